//! A request that was sent, as code sees it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tessera_values::{
    CollectionRef, ErrorStack, FourDError, Native, ObjectRef, Properties, Scope, Text, Value, parse_json,
};

use super::exchange::{self, Answer, Outcome, Sent};
use super::options::{Callbacks, DataType, Options};

/// A `4D.HTTPRequest`.
pub(super) struct HttpRequest {
    url: Text,
    method: Text,
    headers: Value,
    data_type: DataType,
    encoding: Text,
    timeout: Duration,
    returns_body: bool,
    callbacks: Callbacks,
    under_way: RefCell<Option<Receiver<Outcome>>>,
    response: RefCell<Value>,
    errors: RefCell<Value>,
    terminated: Cell<bool>,
}

impl HttpRequest {
    pub(super) fn send(options: Options) -> Result<Self, ErrorStack> {
        let headers = pairs_to_object(&options.headers);
        let outcome = exchange::start(Sent {
            url: options.url.clone(),
            method: options.method.clone(),
            headers: options.headers,
            body: options.body,
            redirects: options.redirects,
            verify_certificate: options.verify_certificate,
            timeout: options.timeout,
        })?;
        Ok(Self {
            url: options.url,
            method: options.method,
            headers,
            data_type: options.data_type,
            encoding: options.encoding,
            timeout: options.timeout,
            returns_body: options.returns_body,
            callbacks: options.callbacks,
            under_way: RefCell::new(Some(outcome)),
            response: RefCell::default(),
            errors: RefCell::default(),
            terminated: Cell::new(false),
        })
    }

    /// Takes the outcome when it is there, waiting `patience` at most, and calls the callbacks.
    fn settle(self: &Rc<Self>, scope: &mut dyn Scope, patience: Duration) -> Result<(), ErrorStack> {
        let outcome = match self.under_way.borrow().as_ref() {
            None => return Ok(()),
            Some(receiver) => match receiver.recv_timeout(patience) {
                Ok(outcome) => outcome,
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => Err("The request ended unexpectedly.".to_owned()),
            },
        };
        self.under_way.replace(None);
        self.terminated.set(true);
        match outcome {
            Ok(mut answer) => {
                let body = std::mem::take(&mut answer.body);
                let data = self.callbacks.on_data.as_ref().map(|_| Value::Blob(body.clone().into()));
                let response = self.response_object(answer, body);
                self.response.replace(response);
                self.tell(scope, self.callbacks.on_headers.as_ref(), "headers", None)?;
                self.tell(scope, self.callbacks.on_data.as_ref(), "data", data)?;
                self.tell(scope, self.callbacks.on_response.as_ref(), "response", None)?;
            }
            Err(message) => {
                self.errors.replace(errors(&self.url, &message));
                self.tell(scope, self.callbacks.on_error.as_ref(), "error", None)?;
            }
        }
        self.tell(scope, self.callbacks.on_terminate.as_ref(), "terminate", None)
    }

    fn tell(
        self: &Rc<Self>,
        scope: &mut dyn Scope,
        callback: Option<&Rc<dyn Native>>,
        kind: &str,
        data: Option<Value>,
    ) -> Result<(), ErrorStack> {
        let Some(callback) = callback else { return Ok(()) };
        let this = Value::Native(Rc::clone(self) as Rc<dyn Native>);
        let event = match data {
            Some(data) => object([("type", Value::text(kind)), ("data", data)]),
            None => object([("type", Value::text(kind))]),
        };
        match Rc::clone(callback).call(scope, "call", &[this.clone(), this, event]) {
            Some(result) => result.map(drop),
            None => Ok(()),
        }
    }

    fn response_object(&self, answer: Answer, body: Vec<u8>) -> Value {
        let content_type = answer.headers.iter().find(|(name, _)| name == "content-type");
        let content_type = content_type.map_or("", |(_, content_type)| content_type.as_str());
        let response = [
            ("status", Value::Integer(answer.status.into())),
            ("statusText", Value::text(answer.status_text)),
            ("headers", pairs_to_object(&answer.headers)),
            ("rawHeaders", pairs_to_object(&answer.raw_headers)),
        ];
        let mut properties: Properties =
            response.map(|(name, value)| (name.into(), value)).into_iter().collect();
        if self.returns_body {
            properties.insert("body".into(), body_as(self.data_type, content_type, body));
        }
        Value::Object(ObjectRef::from_properties(properties))
    }
}

fn object<const N: usize>(properties: [(&str, Value); N]) -> Value {
    let properties = properties.into_iter().map(|(name, value)| (name.into(), value));
    Value::Object(ObjectRef::from_properties(properties.collect()))
}

fn pairs_to_object<T: AsRef<str>>(pairs: &[(T, T)]) -> Value {
    let mut properties = Properties::default();
    for (name, value) in pairs {
        let value = match properties.get(name.as_ref()) {
            Some(Value::Text(first)) => format!("{first}, {}", value.as_ref()),
            _ => value.as_ref().to_owned(),
        };
        properties.insert(name.as_ref().into(), Value::text(value));
    }
    Value::Object(ObjectRef::from_properties(properties))
}

// UNSPECIFIED: the numbers of network errors. Taken: 30, the first of the legacy HTTP client's.
fn errors(url: &str, message: &str) -> Value {
    let error = FourDError::new("HTTP", 30, format!("No answer from {url}: {message}"));
    let error = tessera_vm::error_object(&error);
    Value::Collection(CollectionRef::from_vec(vec![error]))
}

/// The body in the form asked for; `auto` goes by the media type.
pub(super) fn body_as(wanted: DataType, content_type: &str, bytes: Vec<u8>) -> Value {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = match wanted {
        DataType::Auto if media_type.ends_with("json") => DataType::Object,
        DataType::Auto if is_text(&media_type) => DataType::Text,
        DataType::Auto => DataType::Blob,
        other => other,
    };
    match kind {
        DataType::Blob | DataType::Auto => Value::Blob(bytes.into()),
        DataType::Text => Value::text(text_of(content_type, &bytes)),
        DataType::Object => {
            let text = text_of(content_type, &bytes);
            parse_json(&text).unwrap_or_else(|_| Value::text(text))
        }
    }
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || ["javascript", "xml", "http", "x-www-form-urlencoded"]
            .iter()
            .any(|word| media_type.strip_prefix("application/").is_some_and(|kind| kind.ends_with(word)))
}

fn text_of(content_type: &str, bytes: &[u8]) -> String {
    if content_type.to_ascii_lowercase().contains("iso-8859-1") {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

impl Native for HttpRequest {
    fn class_name(&self) -> &'static str {
        "4D.HTTPRequest"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        if matches!(name, "response" | "errors" | "terminated") {
            self.settle(scope, Duration::ZERO)?;
        }
        Ok(match name {
            "url" => Value::Text(self.url.clone()),
            "method" => Value::Text(self.method.clone()),
            "headers" => self.headers.clone(),
            "dataType" => Value::text(self.data_type.name()),
            "encoding" => Value::Text(self.encoding.clone()),
            "protocol" => Value::text("HTTP1"),
            "returnResponseBody" => Value::Boolean(self.returns_body),
            "timeout" => Value::Real(self.timeout.as_secs_f64()),
            "response" => self.response.borrow().clone(),
            "errors" => self.errors.borrow().clone(),
            "terminated" => Value::Boolean(self.terminated.get()),
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let patience = match name {
            "wait" => match arguments.first() {
                Some(Value::Integer(seconds)) => Duration::from_secs((*seconds).clamp(0, 3600) as u64),
                Some(Value::Real(seconds)) => {
                    Duration::from_secs_f64(if seconds.is_nan() { 0.0 } else { seconds.clamp(0.0, 3600.0) })
                }
                // The exchange has its own timeout; a little longer, so that its error is the one told.
                _ => self.timeout + Duration::from_secs(5),
            },
            "terminate" => {
                self.under_way.replace(None);
                let told = !self.terminated.replace(true);
                let callback = self.callbacks.on_terminate.as_ref().filter(|_| told);
                return Some(self.tell(scope, callback, "terminate", None).map(|()| Value::Undefined));
            }
            _ => return None,
        };
        Some(self.settle(scope, patience).map(|()| Value::Native(self)))
    }
}
