//! A session on another server: where it is, its cookie, its catalog, and requests to it.

use std::rc::Rc;
use std::time::Duration;

use parking_lot::Mutex;
use tessera_values::{ErrorStack, FourDError, ObjectRef, Text, Value, parse_json};

use super::catalog::Catalog;
use super::log::{Entry, RequestLog};
use super::wire;
use crate::commands::{HttpAnswer, HttpSent, send_http};
use crate::context::Context;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_mins(2);
/// `docs/commands/open-datastore.md`: an hour at least.
const IDLE_MINUTES_MIN: i64 = 60;
/// Cookies that are sent back: a session has one, proxies before it may have theirs.
const COOKIES_MAX: usize = 20;

/// What `Open datastore` is given.
pub(super) struct Login {
    hostname: Text,
    user: Text,
    password: Text,
    idle_minutes: i64,
    tls: bool,
}

impl Login {
    pub(super) fn read(info: &Value) -> Result<Self, ErrorStack> {
        let Value::Object(info) = info else {
            return Err(ErrorStack::runtime("Open datastore needs an object with a \"hostname\"."));
        };
        let text = |name: &str| info.get(name).and_then(|value| value.as_text().cloned()).unwrap_or_default();
        let kind = text("type");
        if !kind.is_empty() && kind != "4D Server" {
            return Err(ErrorStack::runtime(format!(
                "Open datastore: the type must be \"4D Server\", not \"{kind}\"."
            )));
        }
        if info.get("api-key").is_some_and(|key| !key.is_nothing()) {
            return Err(ErrorStack::runtime("Open datastore: api keys of Qodly Cloud are not supported."));
        }
        let hostname = text("hostname");
        if hostname.is_empty() || hostname.contains(['/', '?', '#', '@']) {
            return Err(ErrorStack::runtime("Open datastore: the hostname must be like \"host:port\"."));
        }
        let idle = info.get("idleTimeout").and_then(|minutes| minutes.as_integer()).unwrap_or_default();
        Ok(Self {
            hostname,
            user: text("user"),
            password: text("password"),
            idle_minutes: idle.max(IDLE_MINUTES_MIN),
            tls: info.get("tls").and_then(|tls| tls.as_boolean()).unwrap_or(false),
        })
    }
}

/// A session on another server.
pub(super) struct Connection {
    pub(super) local_id: Text,
    hostname: Text,
    user: Text,
    idle_minutes: i64,
    tls: bool,
    cookies: Mutex<Vec<(String, String)>>,
    catalog: Catalog,
    pub(super) log: Mutex<RequestLog>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    content_type: String,
    body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; Null when it is none.
    pub(super) fn json(&self) -> Value {
        std::str::from_utf8(&self.body).ok().and_then(|text| parse_json(text).ok()).unwrap_or(Value::Null)
    }

    /// The bytes of a picture or a blob, and their type.
    pub(super) fn content(self) -> (String, Vec<u8>) {
        (self.content_type, self.body)
    }
}

impl Connection {
    /// Logs in, if a user is named, and reads the catalog.
    pub(super) fn open(context: &Rc<Context>, login: Login, local_id: Text) -> Result<Self, ErrorStack> {
        let Login { hostname, user, password, idle_minutes, tls } = login;
        let mut connection = Self {
            local_id,
            hostname,
            user,
            idle_minutes,
            tls,
            cookies: Mutex::default(),
            catalog: Catalog::default(),
            log: Mutex::default(),
        };
        if !connection.user.is_empty() {
            let headers = vec![
                ("username-4D".into(), connection.user.clone()),
                ("password-4D".into(), password),
                ("session-4D-length".into(), connection.idle_minutes.to_string().into()),
            ];
            let answer = connection.send(context, "POST", "$directory/login", headers, Vec::new())?;
            connection.checked(answer)?;
        }
        connection.catalog = Catalog::read(&connection.get(context, "$catalog/$all")?);
        Ok(connection)
    }

    /// What the other server has.
    pub(super) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// `getInfo()`
    pub(super) fn info(&self) -> Value {
        let connection = ObjectRef::from([
            ("hostname", Value::Text(self.hostname.clone())),
            ("tls", Value::Boolean(self.tls)),
            ("idleTimeout", Value::Integer(self.idle_minutes)),
            ("user", Value::Text(self.user.clone())),
        ]);
        Value::Object(ObjectRef::from([
            ("type", Value::text("4D Server")),
            ("networked", Value::Boolean(true)),
            ("localID", Value::Text(self.local_id.clone())),
            ("connection", Value::Object(connection)),
        ]))
    }

    /// Asks for JSON; an error of the other server is raised here.
    pub(super) fn get(&self, context: &Rc<Context>, path: &str) -> Result<Value, ErrorStack> {
        let answer = self.send(context, "GET", path, Vec::new(), Vec::new())?;
        self.checked(answer)
    }

    /// Sends JSON.
    pub(super) fn post(&self, context: &Rc<Context>, path: &str, body: String) -> Result<Value, ErrorStack> {
        let answer = self.post_plainly(context, path, body)?;
        self.checked(answer)
    }

    /// Sends JSON, and leaves it to the caller what a refusal means.
    pub(super) fn post_plainly(
        &self,
        context: &Rc<Context>,
        path: &str,
        body: String,
    ) -> Result<Answer, ErrorStack> {
        let headers = vec![("Content-Type".into(), "application/json".into())];
        self.send(context, "POST", path, headers, body.into_bytes())
    }

    /// Sends the bytes of a picture or a blob.
    pub(super) fn post_bytes(
        &self,
        context: &Rc<Context>,
        path: &str,
        mime: Text,
        bytes: Vec<u8>,
    ) -> Result<Value, ErrorStack> {
        let answer = self.send(context, "POST", path, vec![("Content-Type".into(), mime)], bytes)?;
        self.checked(answer)
    }

    /// Asks for whatever is at a path.
    pub(super) fn get_plainly(&self, context: &Rc<Context>, path: &str) -> Result<Answer, ErrorStack> {
        self.send(context, "GET", path, Vec::new(), Vec::new())
    }

    /// The JSON of an answer, or the errors it tells.
    pub(super) fn checked(&self, answer: Answer) -> Result<Value, ErrorStack> {
        let json = answer.json();
        match wire::errors(&json) {
            Some(stack) => Err(stack),
            None if answer.status >= 400 => {
                Err(self.failed(&format!("it answered with the status {}", answer.status)))
            }
            None => Ok(json),
        }
    }

    /// Sends a request for a path behind `/rest/`.
    fn send(
        &self,
        context: &Rc<Context>,
        method: &'static str,
        path: &str,
        mut headers: Vec<(Text, Text)>,
        body: Vec<u8>,
    ) -> Result<Answer, ErrorStack> {
        let cookies: Vec<String> =
            self.cookies.lock().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.push(("Cookie".into(), cookies.join("; ").into()));
        }
        let scheme = if self.tls { "https" } else { "http" };
        let sent = HttpSent {
            url: format!("{scheme}://{}/rest/{path}", self.hostname).into(),
            method: method.into(),
            headers,
            body,
            redirects: false,
            verify_certificate: true,
            timeout: TIMEOUT,
        };
        let clock = &context.application().environment.clock;
        let began = clock.now();
        let answer = send_http(&sent);
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let url = format!("rest/{path}").into();
        self.log.lock().note(Entry { url, method, began, ended: clock.now(), status });
        let HttpAnswer { status, headers, body, .. } = answer.map_err(|error| self.failed(&error))?;
        self.keep_cookies(&headers);
        let content_type = headers.into_iter().find(|(name, _)| name == "content-type");
        let content_type = content_type.map(|(_, kind)| kind).unwrap_or_default();
        Ok(Answer { status, content_type, body })
    }

    fn keep_cookies(&self, headers: &[(String, String)]) {
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.trim().split_once('=') else { continue };
            let mut cookies = self.cookies.lock();
            cookies.retain(|(known, _)| known != name);
            if cookies.len() < COOKIES_MAX {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// 4D's error for a server that can't be reached (`docs/commands/open-datastore.md`).
    pub(super) fn failed(&self, why: &str) -> ErrorStack {
        ErrorStack::single(FourDError::new(
            "dbmg",
            1610,
            format!("A remote request to host {} has failed: {why}", self.hostname),
        ))
    }
}
