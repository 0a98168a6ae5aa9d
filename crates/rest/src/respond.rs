//! From a request to its answer: the order in which a request is looked at (sessions-privileges-web section 10.8).

use std::sync::Arc;

use tessera_orda::{Application, RequestInfo, Run};
use tessera_sessions::{LoginMode, QuotaReached, Session};
use tessera_values::Value;

use crate::access;
use crate::attempt::LoginAttempt;
use crate::body::Body;
use crate::error::RestError;
use crate::handlers;
use crate::indent::Indent;
use crate::options::Options;
use crate::plan::Plan;
use crate::request::{JSON, Request, Response};
use crate::url::{self, Resource};

/// A request that was read and planned, ready to be answered here or on a worker.
pub struct Prepared {
    application: Arc<Application>,
    session: Arc<Session>,
    request: Request,
    parsed: Result<(Resource, Options), RestError>,
    plan: Option<Plan>,
    asks_authentication: bool,
    attempt: Option<LoginAttempt>,
}

/// Reads a request. In force login a guest's request stops here unless it is descriptive.
pub fn prepare(application: &Arc<Application>, session: Arc<Session>, mut request: Request) -> Prepared {
    session.mark_rest();
    let parsed = url::parse(&request.path)
        .and_then(|resource| Options::parse(&request.query).map(|options| (resource, options)));
    let mut asks_authentication = false;
    let (mut plan, mut attempt) = (None, None);
    let parsed = parsed.and_then(|(resource, options)| {
        access::gate(application, &session, &resource, request.method)?;
        let is_login = matches!(&resource, Resource::Directory(name) if name == "login");
        if is_login {
            handlers::directory::read_credentials(&mut request);
        }
        asks_authentication = needs_authentication(application, &session, is_login && is_named(&request));
        attempt = LoginAttempt::begin(application, &session, &resource, &request, asks_authentication)?;
        if !asks_authentication {
            plan = Some(Plan::new(application, &resource, &options, request.method)?);
        }
        Ok((resource, options))
    });
    // What can't be read is refused, but a guest only hears that it has to log in.
    let parsed = match parsed {
        Err(error)
            if !matches!(error.status, 401 | 403 | 429) && is_closed_to(application, &session, &request) =>
        {
            Err(RestError::login_needed())
        }
        parsed => parsed,
    };
    Prepared {
        application: Arc::clone(application),
        session,
        request,
        parsed,
        plan,
        asks_authentication,
        attempt,
    }
}

/// Is everything but descriptions closed to this session?
fn is_closed_to(application: &Application, session: &Session, request: &Request) -> bool {
    application.sessions.login_mode() == LoginMode::Force
        && !session.is_logged()
        && url::parse(&request.path)
            .map_or(true, |resource| !access::is_descriptive(application, &resource, request.method))
}

/// Does the request say who is asking?
fn is_named(request: &Request) -> bool {
    request.user_name.as_deref().is_some_and(|name| !name.is_empty())
}

/// Default mode with `On REST Authentication`: it decides until it once said yes (`docs/REST/authUsers.md`). Whoever
/// gives a name to `$directory/login` is asked about in any case: nobody is told that a wrong password was right.
fn needs_authentication(application: &Application, session: &Session, is_login: bool) -> bool {
    application.sessions.login_mode() == LoginMode::Default
        && application.program.database_method("onRESTAuthentication").is_some()
        && (is_login
            || !session
                .find_attached::<handlers::directory::Accepted>()
                .is_some_and(|accepted| accepted.is_set()))
}

impl Prepared {
    /// Does answering run user code or wait for the disk?
    pub fn needs_worker(&self) -> bool {
        self.asks_authentication
            || self.plan.as_ref().is_some_and(|plan| plan.needs_worker(&self.application))
    }

    /// Answers. The session in the answer is the one to send the cookie of: a guest that logged in may have been
    /// given another.
    pub fn respond(self) -> (Response, Arc<Session>) {
        let pretty = self.parsed.as_ref().is_ok_and(|(_, options)| options.pretty);
        let if_none_match = self.request.if_none_match.clone();
        let (result, session) = self.run();
        let mut response = result.unwrap_or_else(RestError::into_response);
        if pretty {
            pretty_print(&mut response);
        }
        let mut response = response.unless_known(if_none_match.as_deref());
        response.headers.push(("4drest-info".into(), "1.0".into()));
        (response, session)
    }

    fn run(self) -> (Result<Response, RestError>, Arc<Session>) {
        let Self { application, mut session, request, parsed, plan, asks_authentication, mut attempt } = self;
        let (resource, options) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return (Err(error), session),
        };
        if application.sessions.login_mode() == LoginMode::Default {
            // Every REST request of default mode holds a licence.
            let held = session.holds_license();
            session = match application.sessions.open(&session) {
                Ok(session) => session,
                Err(_) => return (Err(RestError::no_license()), session),
            };
            if asks_authentication {
                let info = RequestInfo {
                    address: request.address.clone(),
                    is_secure: request.is_secure,
                    message: None,
                };
                let mut run = Run::new(&application, Arc::clone(&session), info);
                let accepted = handlers::directory::authenticate(&mut run, &request);
                session = run.context().session();
                drop(run);
                match accepted {
                    // It said yes, whatever comes of the request.
                    Ok(true) => attempt = None,
                    refused => {
                        if let Some(attempt) = attempt {
                            attempt.refused(&application, &session);
                        }
                        if !held {
                            application.sessions.refuse(&session);
                        }
                        let is_login = matches!(&resource, Resource::Directory(name) if name == "login");
                        return (refused.and_then(|_| handlers::directory::refusal(is_login)), session);
                    }
                }
            }
        }
        let plan = match plan.map_or_else(|| Plan::new(&application, &resource, &options, request.method), Ok)
        {
            Ok(plan) => plan,
            Err(error) => return (Err(error), session),
        };
        let info =
            RequestInfo { address: request.address.clone(), is_secure: request.is_secure, message: None };
        let mut run = Run::new(&application, session, info);
        let result = handlers::answer(&mut run, plan, &options, &request);
        let session = run.context().session();
        if let Some(attempt) = attempt {
            attempt.end(&application, &session, &result);
        }
        (result, session)
    }
}

/// The answer to a request that a quota refuses, before anybody looked at it.
pub fn quota_reached(reached: QuotaReached) -> Response {
    RestError::quota_reached(reached.retry_after).into_response()
}

/// `$prettyprint=true`
fn pretty_print(response: &mut Response) {
    if response.header("content-type") != Some(JSON) {
        return;
    }
    let mut indent = Indent::default();
    response.body = match std::mem::replace(&mut response.body, Body::Whole(Vec::new())) {
        Body::Whole(json) => Body::Whole(indent.pass(&json)),
        Body::Pieces(pieces) => Body::Pieces(pieces.changed(move |json| indent.pass(&json).into())),
    };
}

/// An argument of `On REST Authentication`.
pub(crate) fn text(value: Option<&str>) -> Value {
    Value::text(value.unwrap_or_default())
}
