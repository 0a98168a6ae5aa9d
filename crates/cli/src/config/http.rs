//! `[http]`: how pages and answers are served.

use serde::Deserialize;
use tessera_model::{Cors, CorsRule};
use tessera_orda::{SameSite, WebSettings};
use tessera_web::{LogFormat, Options, Passwords};

/// What the project's own settings do not say about serving it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpSection {
    passwords: PasswordsWord,
    security_headers: bool,
    origin_check: bool,
    compression: bool,
    log: Option<LogWord>,
    same_site: Option<SameSiteWord>,
    cookie_path: Option<String>,
    cookie_domain: Option<String>,
    hsts_seconds: Option<u64>,
    cors: Option<Vec<CorsEntry>>,
    trace: bool,
}

impl Default for HttpSection {
    fn default() -> Self {
        Self {
            passwords: PasswordsWord::default(),
            security_headers: true,
            origin_check: true,
            compression: true,
            log: None,
            same_site: None,
            cookie_path: None,
            cookie_domain: None,
            hsts_seconds: None,
            cors: None,
            trace: false,
        }
    }
}

impl HttpSection {
    pub(crate) fn options(&self) -> Options {
        Options {
            passwords: match self.passwords {
                PasswordsWord::Custom => Passwords::Custom,
                PasswordsWord::Basic => Passwords::Basic,
            },
            security_headers: self.security_headers,
            origin_check: self.origin_check,
            compression: self.compression,
        }
    }

    /// How requests are written down; `None` for not at all.
    pub(crate) fn log(&self) -> Option<LogFormat> {
        self.log.map(|word| match word {
            LogWord::Clf => LogFormat::Clf,
            LogWord::Json => LogFormat::Json,
        })
    }

    /// Overrides what the project's own settings say.
    pub(crate) fn apply(&self, settings: &mut WebSettings) {
        if let Some(word) = self.same_site {
            settings.same_site = match word {
                SameSiteWord::Strict => SameSite::Strict,
                SameSiteWord::Lax => SameSite::Lax,
                SameSiteWord::None => SameSite::None,
            };
        }
        if let Some(path) = &self.cookie_path {
            settings.cookie_path = path.as_str().into();
        }
        if let Some(domain) = &self.cookie_domain {
            settings.cookie_domain = domain.as_str().into();
        }
        if let Some(seconds) = self.hsts_seconds {
            settings.hsts_enabled = true;
            settings.hsts_max_age = seconds;
        }
        if let Some(entries) = &self.cors {
            let rules = entries.iter().map(|entry| CorsRule {
                host: entry.host.as_str().into(),
                methods: entry.methods.as_str().into(),
            });
            settings.cors = Cors { enabled: true, rules: rules.collect() };
        }
        settings.trace |= self.trace;
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SameSiteWord {
    Strict,
    Lax,
    None,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LogWord {
    Clf,
    Json,
}

/// An origin that may ask from a page of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CorsEntry {
    host: String,
    #[serde(default)]
    methods: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PasswordsWord {
    #[default]
    Custom,
    Basic,
}
