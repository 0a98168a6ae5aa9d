//! Refusals and failures on the wire: the one place that knows `errCode` and HTTP status (rest-protocol section 4).

use tessera_orda::{ATTRIBUTE_NOT_FOUND, DATACLASS_NOT_FOUND, LICENSE_REFUSED, SERVER_BUSY, access};
use tessera_values::{ErrorStack, FourDError, Text, write_json_string};

use crate::request::Response;

/// Why a request was not answered as asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RestError {
    pub(crate) status: u16,
    pub(crate) errors: Vec<(i64, Text, Text)>,
    /// An entity set the client should know of, and other headers.
    pub(crate) headers: Vec<(Text, Text)>,
}

impl RestError {
    pub(crate) fn new(status: u16, code: i64, message: impl Into<Text>) -> Self {
        Self { status, errors: vec![(code, "dbmg".into(), message.into())], headers: Vec::new() }
    }

    fn and(mut self, code: i64, message: impl Into<Text>) -> Self {
        self.errors.push((code, "dbmg".into(), message.into()));
        self
    }

    pub(crate) fn dataclass_not_found(name: &str) -> Self {
        Self::new(404, DATACLASS_NOT_FOUND, format!("The \"{name}\" dataclass cannot be found"))
    }

    pub(crate) fn attribute_not_found(attribute: &str, dataclass: &str) -> Self {
        Self::new(
            404,
            ATTRIBUTE_NOT_FOUND,
            format!("The \"{attribute}\" attribute cannot be found in The \"{dataclass}\" dataclass"),
        )
        .and(
            1804,
            format!(
                "Cannot completely build a list of attributes with \"{attribute}\" for the \"{dataclass}\" dataclass"
            ),
        )
    }

    pub(crate) fn expand_not_found(attribute: &str, dataclass: &str) -> Self {
        Self::new(
            404,
            1805,
            format!(
                "Cannot build the list of attributes to expand with \"{attribute}\" for the \"{dataclass}\" dataclass"
            ),
        )
    }

    pub(crate) fn wrong_order(text: &str, dataclass: &str) -> Self {
        Self::new(404, 1810, format!("Cannot build the order \"{text}\" for the \"{dataclass}\" dataclass"))
    }

    pub(crate) fn entity_not_found(key: &str, dataclass: &str) -> Self {
        Self::new(404, 1543, format!("Cannot load entity# {key} in the \"{dataclass}\" dataclass"))
    }

    pub(crate) fn set_not_found(id: &str) -> Self {
        Self::new(404, 1802, format!("The \"{id}\" entity set cannot be found"))
    }

    /// An entity set of another dataclass than the path's.
    pub(crate) fn other_dataclass(id: &str, dataclass: &str) -> Self {
        Self::new(404, 1803, format!("The \"{id}\" entity set is not one of the \"{dataclass}\" dataclass"))
    }

    pub(crate) fn no_sub_entity_set() -> Self {
        Self::new(500, 1815, "subentityset needs one 1 to N relation of one entity, named in $expand as well")
    }

    /// What sessions keep for their clients fills the room there is for it.
    pub(crate) fn no_room() -> Self {
        let mut error = Self::new(503, SERVER_BUSY, "The server keeps too much for its clients already");
        error.headers.push(("retry-after".into(), "60".into()));
        error
    }

    pub(crate) fn malformed(message: impl Into<Text>) -> Self {
        Self::new(400, 1806, message)
    }

    pub(crate) fn not_applicable(what: &str) -> Self {
        Self::new(400, 1813, format!("{what} is not applicable here"))
    }

    pub(crate) fn array_too_long(longest: u64) -> Self {
        Self::new(
            500,
            1813,
            format!("An array of more than {longest} entities is sent only in parts: use $top and $skip"),
        )
    }

    pub(crate) fn function_not_found(name: &str) -> Self {
        Self::new(404, 1827, format!("The function \"{name}\" cannot be found"))
    }

    pub(crate) fn page_not_found(name: &str) -> Self {
        Self::new(404, 1800, format!("The page \"{name}\" cannot be found"))
    }

    /// The project names no page to start with.
    pub(crate) fn no_start_page() -> Self {
        Self::new(404, 1800, "The project has no start page: name one, as in $getWebForm/Home")
    }

    /// Something that can only be read.
    pub(crate) fn only_get(what: &str) -> Self {
        let mut error = Self::new(405, 1813, format!("{what} can only be read with HTTP GET"));
        error.headers.push(("allow".into(), "GET".into()));
        error
    }

    /// GET of a function that is not declared `onHTTPGet`.
    pub(crate) fn function_needs_post(name: &str) -> Self {
        let mut error =
            Self::new(405, 1829, format!("The function \"{name}\" cannot be called with HTTP GET"));
        error.headers.push(("allow".into(), "POST".into()));
        error
    }

    /// A guest asked for something only people who are logged in may have.
    pub(crate) fn login_needed() -> Self {
        Self::new(401, 1822, "Login needed: call authentify first").challenged()
    }

    pub(crate) fn login_failed() -> Self {
        Self::new(401, 1822, "Login failed").challenged()
    }

    /// Too many logins of the address failed. The number is our own.
    pub(crate) fn too_many_logins(seconds: i64) -> Self {
        let message = format!("Too many failed logins. Try again in {seconds} seconds.");
        let mut error = Self::new(429, -20_429, message);
        error.headers.push(("retry-after".into(), seconds.to_string().into()));
        error
    }

    /// A quota is used up. Without a time, as for sessions, `Retry-After` is there and empty
    /// (`docs/WebServer/quotas.md`).
    pub(crate) fn quota_reached(retry_after: Option<i64>) -> Self {
        let mut error = Self::new(429, -20_430, "A quota of this server has been reached");
        let seconds = retry_after.map(|seconds| seconds.to_string()).unwrap_or_default();
        error.headers.push(("retry-after".into(), seconds.into()));
        error
    }

    /// A password that others could read on its way. The number is our own.
    pub(crate) fn plain_password() -> Self {
        Self::new(403, -20_403, "Passwords are only taken over HTTPS")
    }

    pub(crate) fn no_license() -> Self {
        Self::new(402, LICENSE_REFUSED, "The maximum number of sessions has been reached").challenged()
    }

    /// An empty challenge keeps browsers from asking for a password in a dialog of their own.
    fn challenged(mut self) -> Self {
        self.headers.push(("www-authenticate".into(), "".into()));
        self.headers.push(("4d-credentials".into(), "1.0".into()));
        self
    }

    /// A 4D error that came up while the request ran.
    pub(crate) fn from_stack(stack: &ErrorStack) -> Self {
        let has =
            |code: i64| stack.errors.iter().any(|error| error.component == "dbmg" && error.code == code);
        let status = if access::is_refusal(stack) {
            401
        } else if has(LICENSE_REFUSED) {
            402
        } else if has(SERVER_BUSY) {
            503
        } else {
            500
        };
        let mut error = Self {
            status,
            errors: stack
                .errors
                .iter()
                .map(|e: &FourDError| (e.code, e.component.clone(), e.message.clone()))
                .collect(),
            headers: Vec::new(),
        };
        match status {
            401 | 402 => error = error.challenged(),
            503 => error.headers.push(("retry-after".into(), "1".into())),
            _ => {}
        }
        error
    }

    /// `"__ERROR":[…]` without braces around it.
    pub(crate) fn write_member(&self, out: &mut String) {
        out.push_str("\"__ERROR\":[");
        for (position, (code, component, message)) in self.errors.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push_str("{\"message\":");
            write_json_string(out, message);
            out.push_str(",\"componentSignature\":");
            write_json_string(out, component);
            out.push_str(&format!(",\"errCode\":{code}}}"));
        }
        out.push(']');
    }

    pub(crate) fn into_response(self) -> Response {
        let mut body = String::from("{");
        self.write_member(&mut body);
        body.push('}');
        let mut response = Response::json(self.status, body);
        response.headers.extend(self.headers);
        response
    }
}

impl From<ErrorStack> for RestError {
    fn from(stack: ErrorStack) -> Self {
        Self::from_stack(&stack)
    }
}
