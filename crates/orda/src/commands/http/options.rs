//! What code asks of a request: the options object, read and checked.

use std::rc::Rc;
use std::time::Duration;

use tessera_values::{Blob, DateForm, ErrorStack, Native, ObjectRef, Text, Value, write_json};

/// A request may wait this long for its answer when code sets no `timeout`.
// UNSPECIFIED: the page names no limit; without one, a silent server would hold a worker for ever.
const TIMEOUT_DEFAULT: Duration = Duration::from_mins(2);
const TIMEOUT_MAX_SECONDS: f64 = 3600.0;

/// How the body of the answer is handed to code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DataType {
    Auto,
    Text,
    Blob,
    Object,
}

impl DataType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Text => "text",
            Self::Blob => "blob",
            Self::Object => "object",
        }
    }
}

/// What is called when something happened.
#[derive(Default)]
pub(super) struct Callbacks {
    pub(super) on_headers: Option<Rc<dyn Native>>,
    pub(super) on_data: Option<Rc<dyn Native>>,
    pub(super) on_response: Option<Rc<dyn Native>>,
    pub(super) on_error: Option<Rc<dyn Native>>,
    pub(super) on_terminate: Option<Rc<dyn Native>>,
}

/// One request, ready to be sent.
pub(super) struct Options {
    pub(super) url: Text,
    pub(super) method: Text,
    pub(super) headers: Vec<(Text, Text)>,
    pub(super) body: Vec<u8>,
    pub(super) data_type: DataType,
    pub(super) encoding: Text,
    pub(super) redirects: bool,
    pub(super) verify_certificate: bool,
    pub(super) timeout: Duration,
    pub(super) returns_body: bool,
    pub(super) callbacks: Callbacks,
}

impl Options {
    /// # Errors
    /// An option of the wrong kind, named.
    pub(super) fn read(url: &str, options: &Value) -> Result<Self, ErrorStack> {
        let options = match options {
            Value::Undefined | Value::Null => ObjectRef::new(),
            Value::Object(options) => options.clone(),
            other => return Err(wrong("options", "an object", other)),
        };
        let body = options.get("body").unwrap_or_default();
        let mut headers = headers(options.get("headers").unwrap_or_default())?;
        if let Some(content_type) = content_type(&body)
            && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            headers.push(("Content-Type".into(), content_type.into()));
        }
        let on_data = callback(&options, "onData")?;
        let returns_body = boolean(&options, "returnResponseBody", true)?;
        if !returns_body && on_data.is_none() {
            return Err(ErrorStack::runtime(
                "HTTPRequest: without \"returnResponseBody\" an \"onData\" function must take the body.",
            ));
        }
        Ok(Self {
            url: with_scheme(url),
            method: text(&options, "method", "GET")?.to_uppercase(),
            headers,
            body: bytes(&body)?,
            data_type: data_type(&text(&options, "dataType", "auto")?)?,
            encoding: text(&options, "encoding", "UTF-8")?,
            redirects: boolean(&options, "automaticRedirections", true)?,
            verify_certificate: boolean(&options, "validateTLSCertificate", true)?,
            timeout: timeout(options.get("timeout").unwrap_or_default())?,
            returns_body,
            callbacks: Callbacks {
                on_headers: callback(&options, "onHeaders")?,
                on_data,
                on_response: callback(&options, "onResponse")?,
                on_error: callback(&options, "onError")?,
                on_terminate: callback(&options, "onTerminate")?,
            },
        })
    }
}

/// A URL without a scheme is one of https.
fn with_scheme(url: &str) -> Text {
    if url.contains("://") { url.into() } else { format!("https://{url}").into() }
}

fn wrong(name: &str, expected: &str, value: &Value) -> ErrorStack {
    ErrorStack::runtime(format!("HTTPRequest: \"{name}\" must be {expected}, not {}.", value.kind()))
}

fn text(options: &ObjectRef, name: &str, default: &str) -> Result<Text, ErrorStack> {
    match options.get(name) {
        None | Some(Value::Undefined | Value::Null) => Ok(default.into()),
        Some(Value::Text(text)) => Ok(text),
        Some(other) => Err(wrong(name, "a text", &other)),
    }
}

fn boolean(options: &ObjectRef, name: &str, default: bool) -> Result<bool, ErrorStack> {
    match options.get(name) {
        None | Some(Value::Undefined | Value::Null) => Ok(default),
        Some(Value::Boolean(flag)) => Ok(flag),
        Some(other) => Err(wrong(name, "a Boolean", &other)),
    }
}

fn callback(options: &ObjectRef, name: &str) -> Result<Option<Rc<dyn Native>>, ErrorStack> {
    match options.get(name) {
        None | Some(Value::Undefined | Value::Null) => Ok(None),
        Some(Value::Native(function)) if function.class_name() == "4D.Function" => Ok(Some(function)),
        Some(other) => Err(wrong(name, "a function", &other)),
    }
}

fn timeout(value: Value) -> Result<Duration, ErrorStack> {
    let seconds = match value {
        Value::Undefined | Value::Null => return Ok(TIMEOUT_DEFAULT),
        Value::Integer(seconds) => seconds as f64,
        Value::Real(seconds) => seconds,
        other => return Err(wrong("timeout", "a number of seconds", &other)),
    };
    if !seconds.is_finite() || seconds <= 0.0 {
        return Ok(TIMEOUT_DEFAULT);
    }
    Ok(Duration::from_secs_f64(seconds.min(TIMEOUT_MAX_SECONDS)))
}

fn data_type(name: &str) -> Result<DataType, ErrorStack> {
    [DataType::Auto, DataType::Text, DataType::Blob, DataType::Object]
        .into_iter()
        .find(|kind| kind.name().eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            ErrorStack::runtime(format!(
                "HTTPRequest: \"dataType\" must be \"auto\", \"text\", \"blob\" or \"object\", not \"{name}\"."
            ))
        })
}

/// A collection as a value repeats the header.
fn headers(value: Value) -> Result<Vec<(Text, Text)>, ErrorStack> {
    let object = match value {
        Value::Undefined | Value::Null => return Ok(Vec::new()),
        Value::Object(object) => object,
        other => return Err(wrong("headers", "an object", &other)),
    };
    let mut headers = Vec::new();
    for name in object.keys() {
        match object.get(&name).unwrap_or_default() {
            Value::Collection(values) => {
                for value in values.to_vec() {
                    headers.push((name.clone(), header_value(&name, &value)?));
                }
            }
            value => headers.push((name.clone(), header_value(&name, &value)?)),
        }
    }
    Ok(headers)
}

fn header_value(name: &str, value: &Value) -> Result<Text, ErrorStack> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string().into()),
        Value::Real(number) => Ok(number.to_string().into()),
        Value::Boolean(flag) => Ok(flag.to_string().into()),
        other => Err(wrong(&format!("headers.{name}"), "a text", other)),
    }
}

pub(super) fn content_type(body: &Value) -> Option<&'static str> {
    match body {
        Value::Undefined | Value::Null => None,
        Value::Object(_) | Value::Collection(_) => Some("application/json;charset=UTF-8"),
        Value::Blob(_) | Value::Native(_) => Some("application/octet-stream"),
        _ => Some("text/plain;charset=UTF-8"),
    }
}

pub(super) fn bytes(body: &Value) -> Result<Vec<u8>, ErrorStack> {
    match body {
        Value::Undefined | Value::Null => Ok(Vec::new()),
        Value::Text(text) => Ok(text.as_bytes().to_vec()),
        Value::Blob(Blob(bytes)) => Ok(bytes.to_vec()),
        Value::Picture(picture) => Ok(picture.bytes.0.to_vec()),
        Value::Object(_) | Value::Collection(_) | Value::Integer(_) | Value::Real(_) | Value::Boolean(_) => {
            let mut json = String::new();
            write_json(&mut json, body, DateForm::Day).map_err(|error| {
                ErrorStack::runtime(format!("HTTPRequest: the body can't be sent: {error}"))
            })?;
            Ok(json.into_bytes())
        }
        other => Err(wrong("body", "a text, a blob or an object", other)),
    }
}
