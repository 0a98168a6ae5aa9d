//! `hardening` and the switches it decides about (`docs/security.md`).

use anyhow::{Result, bail};
use serde::Deserialize;
use tessera_sessions::{Hardening, PlainPasswords, Preset};

use super::File;

/// `[roles]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RolesSection {
    on_error: Option<OnError>,
    restrict_null_hides: Option<bool>,
}

/// What a broken `roles.json` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OnError {
    /// The server refuses to start.
    Closed,
    /// As 4D: everything is open. Logged at every start.
    Open,
}

/// `[login]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LoginSection {
    failures_per_minute: Option<u32>,
    plain_passwords: Option<Plain>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Plain {
    Take,
    Warn,
    Refuse,
}

/// `[session]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SessionSection {
    rotate_on_login: Option<bool>,
    set_privileges_replaces: Option<bool>,
    info_shows_all: Option<bool>,
    same_site_at_least_lax: Option<bool>,
    reclaim_orphans: Option<bool>,
    token_seconds_max: Option<i64>,
    max_age_hours: Option<i64>,
    /// No hardening: whether people stay logged in across a restart.
    pub(super) survive_restart: bool,
}

/// The preset, and over it whatever is set by itself. `word` is that of the setting `hardening`.
pub(super) fn gather(word: Option<&str>, file: &File) -> Result<Hardening> {
    let preset = match word {
        None => Preset::default(),
        Some(word) => match Preset::parse(word) {
            Some(preset) => preset,
            None => bail!("hardening is \"4d\", \"standard\" or \"strict\", not \"{word}\""),
        },
    };
    let usual = Hardening::preset(preset);
    let File { session, login, roles, limits, .. } = file;
    Ok(Hardening {
        rotate_on_login: session.rotate_on_login.unwrap_or(usual.rotate_on_login),
        info_shows_all: session.info_shows_all.unwrap_or(usual.info_shows_all),
        same_site_at_least_lax: session.same_site_at_least_lax.unwrap_or(usual.same_site_at_least_lax),
        failed_logins_per_minute: login.failures_per_minute.unwrap_or(usual.failed_logins_per_minute),
        reclaim_orphans: session.reclaim_orphans.unwrap_or(usual.reclaim_orphans),
        token_seconds_max: session
            .token_seconds_max
            .map_or(usual.token_seconds_max, |seconds| (seconds > 0).then_some(seconds)),
        broken_roles_open: roles.on_error.map_or(usual.broken_roles_open, |it| it == OnError::Open),
        restrict_null_hides: roles.restrict_null_hides.unwrap_or(usual.restrict_null_hides),
        max_age_hours: session.max_age_hours.unwrap_or(usual.max_age_hours).max(0),
        plain_passwords: login.plain_passwords.map_or(usual.plain_passwords, |it| match it {
            Plain::Take => PlainPasswords::Take,
            Plain::Warn => PlainPasswords::Warn,
            Plain::Refuse => PlainPasswords::Refuse,
        }),
        guest_body_bytes: limits
            .guest_body_bytes
            .map_or(usual.guest_body_bytes, |bytes| (bytes > 0).then_some(bytes)),
        set_privileges_replaces: session.set_privileges_replaces.unwrap_or(usual.set_privileges_replaces),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Hardening> {
        let file: File = toml::from_str(text)?;
        gather(file.hardening.as_deref(), &file)
    }

    #[test]
    fn a_preset_decides_and_a_switch_overrides_it() {
        // S179, S185
        assert_eq!(read("").unwrap(), Hardening::preset(Preset::Standard));
        for (word, preset) in
            [("4d", Preset::FourD), ("standard", Preset::Standard), ("strict", Preset::Strict)]
        {
            assert_eq!(read(&format!("hardening = \"{word}\"")).unwrap(), Hardening::preset(preset));
        }
        let mixed = read(
            "hardening = \"4d\"\n[session]\nrotate_on_login = true\ntoken_seconds_max = 60\n[login]\nplain_passwords \
             = \"refuse\"\n[roles]\non_error = \"closed\"\n[limits]\nguest_body_bytes = 1000\n",
        );
        let expected = Hardening {
            rotate_on_login: true,
            token_seconds_max: Some(60),
            plain_passwords: PlainPasswords::Refuse,
            broken_roles_open: false,
            guest_body_bytes: Some(1000),
            ..Hardening::preset(Preset::FourD)
        };
        assert_eq!(mixed.unwrap(), expected);
        assert!(read("hardening = \"soft\"").unwrap_err().to_string().contains("\"soft\""));
    }
}
