//! What the administrator decides about HTTP, beyond what the project's own settings say.

/// How pages ask for a name and password (`docs/WebServer/authentication.md`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passwords {
    /// The project's own way; without `On Web Authentication` everybody is let in.
    #[default]
    Custom,
    /// HTTP Basic; without `On Web Authentication` nobody is let in.
    Basic,
}

/// The `[http]` part of the settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// How pages ask for a name and password.
    pub passwords: Passwords,
    /// `nosniff` and `no-store` where they fit (H21).
    pub security_headers: bool,
    /// Writes from pages of other sites are refused unless CORS allows them (H8).
    pub origin_check: bool,
    /// Text and JSON are compressed for clients that take gzip or Zstandard.
    pub compression: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            passwords: Passwords::default(),
            security_headers: true,
            origin_check: true,
            compression: true,
        }
    }
}
