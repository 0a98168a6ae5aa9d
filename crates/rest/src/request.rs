//! Requests and responses as plain values.

use std::hash::{DefaultHasher, Hash, Hasher};

use tessera_values::Text;

use crate::body::Body;

/// The HTTP verbs the protocol knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET, and HEAD, whose answer is cut by the web server.
    Get,
    /// POST
    Post,
    /// PUT: as POST
    Put,
    /// DELETE: as `$method=delete`
    Delete,
    /// Anything else.
    Other,
}

/// A request under `/rest`.
#[derive(Clone, Debug)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// The path after `/rest`, still percent-encoded.
    pub path: String,
    /// The query string without `?`, still percent-encoded.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
    /// `Content-Type`, for a body of several parts.
    pub multipart: Option<String>,
    /// `username-4D`
    pub user_name: Option<String>,
    /// `password-4D`
    pub password: Option<String>,
    /// `hashed-password-4D`
    pub hashed_password: Option<String>,
    /// `session-4D-length`, in minutes
    pub session_minutes: Option<String>,
    /// `If-None-Match`: what the client has already.
    pub if_none_match: Option<String>,
    /// `Host`, for a request that locks.
    pub host: Option<String>,
    /// `User-Agent`, for a request that locks.
    pub user_agent: Option<String>,
    /// The client's address as 4D writes it.
    pub address: Text,
    /// Over TLS?
    pub is_secure: bool,
}

impl Request {
    /// A GET of a path with an optional query, for instance `/Employee(1)?$expand=employer`.
    pub fn get(target: &str) -> Self {
        Self::new(Method::Get, target, Vec::new())
    }

    /// A POST with a body.
    pub fn post(target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Method::Post, target, body.into())
    }

    /// A request without headers.
    pub fn new(method: Method, target: &str, body: Vec<u8>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path: path.into(),
            query: query.into(),
            body,
            multipart: None,
            user_name: None,
            password: None,
            hashed_password: None,
            session_minutes: None,
            if_none_match: None,
            host: None,
            user_agent: None,
            address: "::ffff:127.0.0.1".into(),
            is_secure: false,
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Further headers; `Content-Type` is among them.
    pub headers: Vec<(Text, Text)>,
    /// The body.
    pub body: Body,
}

/// What every JSON answer says of itself.
pub(crate) const JSON: &str = "application/json; charset=UTF-8";

impl Response {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: String) -> Self {
        let headers = vec![("content-type".into(), JSON.into()), ("cache-control".into(), "no-store".into())];
        Self { status, headers, body: body.into_bytes().into() }
    }

    /// `{"ok":true}`: success with nothing to say.
    pub(crate) fn ok() -> Self {
        Self::json(200, "{\"ok\":true}".into())
    }

    /// Lets a client keep the answer and ask whether it still holds (`ETag`), where all of it is known.
    pub(crate) fn revalidated(mut self) -> Self {
        let Body::Whole(bytes) = &self.body else { return self };
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        self.headers.retain(|(name, _)| name != "cache-control");
        self.headers.push(("cache-control".into(), "private, no-cache".into()));
        self.headers.push(("etag".into(), tag.into()));
        self
    }

    /// Answers 304 when the client has just this already.
    pub(crate) fn unless_known(self, if_none_match: Option<&str>) -> Self {
        let is_known = match (self.header("etag"), if_none_match) {
            (Some(tag), Some(known)) if self.status == 200 => {
                known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*")
            }
            _ => false,
        };
        if !is_known {
            return self;
        }
        let headers = self.headers.into_iter().filter(|(name, _)| name != "content-type").collect();
        Self { status: 304, headers, body: Vec::new().into() }
    }

    /// A body that is whole.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.body {
            Body::Whole(bytes) => Some(bytes),
            Body::Pieces(_) => None,
        }
    }

    /// A body that is whole as text, for tests and logs.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes().unwrap_or_default()).into_owned()
    }

    /// A header by name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
