//! Settings of the web server that code may read and change: from the project, from the administrator, from
//! `WEB Server.start()`, each overriding the one before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tessera_model::{Cors, Settings};
use tessera_values::Text;

/// The settings in force (`docs/API/WebServerClass.md`).
#[derive(Clone, Debug, PartialEq)]
pub struct WebSettings {
    /// `sessionCookieSameSite`
    pub same_site: SameSite,
    /// `sessionCookiePath`
    pub cookie_path: Text,
    /// `sessionCookieDomain`, without the `/*` it may be written with; empty for none.
    pub cookie_domain: Text,
    /// `HSTSEnabled`
    pub hsts_enabled: bool,
    /// `HSTSMaxAge`, in seconds.
    pub hsts_max_age: u64,
    /// `CORSEnabled` and `CORSSettings`
    pub cors: Cors,
    /// `HTTPTrace`
    pub trace: bool,
}

/// When browsers send the session cookie with requests that other sites caused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    #[default]
    Strict,
    /// When a link was followed.
    Lax,
    /// Always.
    None,
}

impl SameSite {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }

    /// What a word means, whatever its case.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Strict, Self::Lax, Self::None]
            .into_iter()
            .find(|known| known.word().eq_ignore_ascii_case(word))
    }
}

/// Two years.
const HSTS_MAX_AGE: u64 = 63_072_000;

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            same_site: SameSite::default(),
            cookie_path: "/".into(),
            cookie_domain: Text::new(),
            hsts_enabled: false,
            hsts_max_age: HSTS_MAX_AGE,
            cors: Cors::default(),
            trace: false,
        }
    }
}

/// The settings, shared by all requests: read without waiting, replaced as a whole. Also whether code sees the server
/// running: it takes settings when it starts it, and only then (`docs/API/WebServerClass.md`).
#[derive(Debug)]
pub struct WebServerSettings {
    now: ArcSwap<WebSettings>,
    /// What was in force before code started the server.
    before_start: Mutex<Option<Arc<WebSettings>>>,
    running: AtomicBool,
}

impl WebServerSettings {
    pub(crate) fn new(project: &Settings) -> Self {
        let settings = WebSettings { cors: project.cors.clone(), ..WebSettings::default() };
        Self {
            now: ArcSwap::from_pointee(settings),
            before_start: Mutex::default(),
            running: AtomicBool::new(false),
        }
    }

    /// The settings in force now.
    pub fn get(&self) -> Arc<WebSettings> {
        self.now.load_full()
    }

    /// Changes them for requests from now on.
    pub fn change(&self, change: impl Fn(&mut WebSettings)) {
        self.now.rcu(|settings| {
            let mut settings = WebSettings::clone(settings);
            change(&mut settings);
            settings
        });
    }

    /// Requests are answered from now on.
    pub fn set_running(&self) {
        self.running.store(true, Ordering::Relaxed);
    }

    /// Does code see it running?
    pub(crate) fn is_running(&self) -> bool {
        self.running.load(Ordering::Relaxed)
    }

    /// Starts it with other settings, as far as code is concerned; False when it runs already.
    pub(crate) fn start(&self, change: impl Fn(&mut WebSettings)) -> bool {
        let mut before = self.before_start.lock();
        if self.running.swap(true, Ordering::Relaxed) {
            return false;
        }
        *before = Some(self.get());
        self.change(change);
        true
    }

    /// Stops it, as far as code is concerned: what it was started with is forgotten.
    pub(crate) fn stop(&self) {
        let mut before = self.before_start.lock();
        self.running.store(false, Ordering::Relaxed);
        if let Some(settings) = before.take() {
            self.now.store(settings);
        }
    }
}
