//! Attempts to log in: counted when they fail (hardening H5), and refused when a password came over a line that
//! others can read (hardening H19).

use std::sync::atomic::{AtomicBool, Ordering};

use tessera_orda::Application;
use tessera_sessions::{Attempt, PlainPasswords, Session};

use crate::access::is_authentify;
use crate::error::RestError;
use crate::request::Request;
use crate::url::Resource;

/// An attempt under way.
pub(crate) struct LoginAttempt(Option<Attempt>);

impl LoginAttempt {
    /// Begins one if the request is an attempt: `authentify` by somebody not logged in, or name and password for
    /// `On REST Authentication`. An address with too many failures has to wait, before any code runs.
    pub(crate) fn begin(
        application: &Application,
        session: &Session,
        resource: &Resource,
        request: &Request,
        asks_authentication: bool,
    ) -> Result<Option<Self>, RestError> {
        let credentials =
            request.user_name.is_some() || request.password.is_some() || request.hashed_password.is_some();
        if request.password.is_some() || request.hashed_password.is_some() {
            check_line(application, session, request)?;
        }
        let calls_login = match resource {
            Resource::CatalogNamed(names) => is_authentify(names) && !session.is_logged(),
            Resource::Directory(function) => asks_authentication && function == "login",
            _ => false,
        };
        let is_attempt = calls_login || (asks_authentication && credentials);
        if !is_attempt {
            return Ok(None);
        }
        match application.sessions.begin_login(&request.address) {
            Ok(attempt) => Ok(Some(Self(attempt))),
            Err(wait) => {
                application.sessions.audit_refusal(session, "throttle");
                Err(RestError::too_many_logins(wait.0))
            }
        }
    }

    /// It is over; `result` is what the client hears.
    pub(crate) fn end<T>(self, application: &Application, session: &Session, result: &Result<T, RestError>) {
        // Who was only refused for want of a licence knew the password.
        let no_license = matches!(result, Err(error) if error.status == 402);
        if !session.is_logged() && !no_license {
            application.sessions.login_failed(session, self.0);
        }
    }

    /// `On REST Authentication` said no.
    pub(crate) fn refused(self, application: &Application, session: &Session) {
        application.sessions.login_failed(session, self.0);
    }
}

fn check_line(application: &Application, session: &Session, request: &Request) -> Result<(), RestError> {
    static WARNED: AtomicBool = AtomicBool::new(false);
    let is_local = matches!(request.address.as_str(), "::1")
        || request.address.trim_start_matches("::ffff:").starts_with("127.");
    if request.is_secure || is_local {
        return Ok(());
    }
    match application.sessions.hardening().plain_passwords {
        PlainPasswords::Take => Ok(()),
        PlainPasswords::Warn => {
            if !WARNED.swap(true, Ordering::Relaxed) {
                tracing::warn!("a password came without TLS; see login.plain_passwords in docs/security.md");
            }
            Ok(())
        }
        PlainPasswords::Refuse => {
            application.sessions.audit_refusal(session, "plain");
            Err(RestError::plain_password())
        }
    }
}
