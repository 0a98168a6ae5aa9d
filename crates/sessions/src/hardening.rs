//! [`Hardening`]: where Tessera is stricter than 4D, and the presets that decide about all of it at once.
//!
//! The table below is the one in `docs/security.md`.

/// One word for all switches (the setting `hardening`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// As 4D behaves.
    FourD,
    /// What a server on the internet needs, and well-behaved clients never notice.
    #[default]
    Standard,
    /// Least privilege, at the price that some projects have to be changed.
    Strict,
}

impl Preset {
    /// Reads the setting.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "4d" => Some(Self::FourD),
            "standard" => Some(Self::Standard),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }
}

/// What becomes of a password header on a connection that others can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainPasswords {
    /// It is taken.
    Take,
    /// It is taken, and the log says so once.
    Warn,
    /// It is refused, unless it comes from this machine.
    Refuse,
}

/// Every switch, by the numbers of the threats it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hardening {
    /// H1: a new cookie secret at login and logout.
    pub rotate_on_login: bool,
    /// H3: `$info` lists the sessions of everybody.
    pub info_shows_all: bool,
    /// H4: `SameSite=None` becomes `Lax`.
    pub same_site_at_least_lax: bool,
    /// H5: failed logins of one address within a minute before it has to wait; 0: any number.
    pub failed_logins_per_minute: u32,
    /// H7: in default mode, a licence whose holder made one request and never came back may be taken when all others
    /// are taken.
    pub reclaim_orphans: bool,
    /// H12: the longest a session token may be valid for, in seconds.
    pub token_seconds_max: Option<i64>,
    /// H13: a broken `roles.json` opens everything instead of stopping the server.
    pub broken_roles_open: bool,
    /// H15: `event restrict` that answers Null hides everything instead of nothing.
    pub restrict_null_hides: bool,
    /// H17: hours after which somebody has to log in again however busy the session was; 0: never.
    pub max_age_hours: i64,
    /// H19: password headers without TLS.
    pub plain_passwords: PlainPasswords,
    /// H24: the longest body of a guest's request in force login; `None`: as for everybody.
    pub guest_body_bytes: Option<usize>,
    /// F6: `setPrivileges` empties before it adds.
    pub set_privileges_replaces: bool,
}

impl Hardening {
    /// The switches of a preset.
    pub fn preset(preset: Preset) -> Self {
        // One row for each switch: as 4D, standard, strict.
        macro_rules! pick {
            ($four_d:expr, $standard:expr, $strict:expr) => {
                match preset {
                    Preset::FourD => $four_d,
                    Preset::Standard => $standard,
                    Preset::Strict => $strict,
                }
            };
        }
        use PlainPasswords::{Refuse, Take, Warn};
        Self {
            rotate_on_login: pick!(false, true, true),
            info_shows_all: pick!(true, false, false),
            same_site_at_least_lax: pick!(false, false, true),
            failed_logins_per_minute: pick!(0, 10, 10),
            reclaim_orphans: pick!(false, true, true),
            token_seconds_max: pick!(None, Some(3600), Some(3600)),
            broken_roles_open: pick!(true, false, false),
            restrict_null_hides: pick!(false, false, true),
            max_age_hours: pick!(0, 0, 24),
            plain_passwords: pick!(Take, Warn, Refuse),
            guest_body_bytes: pick!(None, Some(65_536), Some(65_536)),
            set_privileges_replaces: pick!(false, false, true),
        }
    }
}

impl Default for Hardening {
    fn default() -> Self {
        Self::preset(Preset::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_4d_nothing_is_stricter() {
        // S179, S185
        let as_4d = Hardening::preset(Preset::FourD);
        let expected = Hardening {
            rotate_on_login: false,
            info_shows_all: true,
            same_site_at_least_lax: false,
            failed_logins_per_minute: 0,
            reclaim_orphans: false,
            token_seconds_max: None,
            broken_roles_open: true,
            restrict_null_hides: false,
            max_age_hours: 0,
            plain_passwords: PlainPasswords::Take,
            guest_body_bytes: None,
            set_privileges_replaces: false,
        };
        assert_eq!(as_4d, expected);
    }

    #[test]
    fn the_page_tells_what_the_table_says() {
        let page = include_str!("../../../docs/security.md");
        let presets = [Preset::FourD, Preset::Standard, Preset::Strict].map(Hardening::preset);
        let row = |setting: &str, value: &dyn Fn(&Hardening) -> String| {
            let values = presets.each_ref().map(|preset| format!("`{}`", value(preset))).join(" | ");
            let row = format!("| `{setting}` | {values} |");
            assert!(page.contains(&row), "docs/security.md lacks {row}");
        };
        row("session.rotate_on_login", &|h| h.rotate_on_login.to_string());
        row("session.info_shows_all", &|h| h.info_shows_all.to_string());
        row("session.same_site_at_least_lax", &|h| h.same_site_at_least_lax.to_string());
        row("login.failures_per_minute", &|h| h.failed_logins_per_minute.to_string());
        row("session.reclaim_orphans", &|h| h.reclaim_orphans.to_string());
        row("session.token_seconds_max", &|h| h.token_seconds_max.unwrap_or(0).to_string());
        row("roles.on_error", &|h| if h.broken_roles_open { "open" } else { "closed" }.into());
        row("roles.restrict_null_hides", &|h| h.restrict_null_hides.to_string());
        row("session.max_age_hours", &|h| h.max_age_hours.to_string());
        row("login.plain_passwords", &|h| format!("{:?}", h.plain_passwords).to_lowercase());
        row("limits.guest_body_bytes", &|h| h.guest_body_bytes.unwrap_or(0).to_string());
        row("session.set_privileges_replaces", &|h| h.set_privileges_replaces.to_string());
    }
}
