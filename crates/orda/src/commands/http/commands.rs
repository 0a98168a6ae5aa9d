//! `HTTP Get` and `HTTP Request`: the older commands, which wait for the answer (`docs/commands-legacy/http-request.md`).

use std::rc::Rc;
use std::time::Duration;

use tessera_values::{ErrorStack, FourDError, Text, Value};
use tessera_vm::{Arguments, Process};

use super::exchange::{self, Answer, Sent};
use super::options;
use super::request::body_as;
use crate::context::Context;

/// The number of an exchange that failed, as for `4D.HTTPRequest`.
const NO_ANSWER: i64 = 30;
const TIMEOUT: Duration = Duration::from_mins(2);

/// `HTTP Get(url; answer {; names; values} {; *})`: the status.
pub(in crate::commands) fn get(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let url = arguments.text(0)?;
    ask(arguments, "GET".into(), &url, Value::Undefined, 1)
}

/// `HTTP Request(verb; url; content; answer {; names; values} {; *})`: the status.
pub(in crate::commands) fn request(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (verb, url, content) = (arguments.text(0)?, arguments.text(1)?, arguments.value(2));
    ask(arguments, verb.to_uppercase(), &url, content, 3)
}

/// Sends, and fills the variables from `position` on: the answer in the type of its variable, and the two arrays, which
/// hold the headers to send before and those received after.
fn ask(
    arguments: &mut Arguments,
    method: Text,
    url: &str,
    content: Value,
    position: usize,
) -> Result<Value, ErrorStack> {
    let arrays = match (arguments.array(position + 1), arguments.array(position + 2)) {
        (Ok(names), Ok(values)) => Some((names, values)),
        _ => None,
    };
    let mut headers = Vec::new();
    if let Some((names, values)) = &arrays {
        for index in 1..=names.size() {
            let text = |array: &tessera_values::ArrayRef| {
                array.elements.borrow().get(index).and_then(|value| value.as_text().cloned())
            };
            if let (Some(name), Some(value)) = (text(names), text(values)) {
                headers.push((name, value));
            }
        }
    }
    let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if let Some(kind) = options::content_type(&content).filter(|_| !has_type) {
        headers.push(("Content-Type".into(), kind.into()));
    }
    let outcome = exchange::start(Sent {
        url: url.into(),
        method,
        headers,
        body: options::bytes(&content)?,
        redirects: true,
        verify_certificate: true,
        timeout: TIMEOUT,
    })?;
    let answer = outcome.recv().unwrap_or_else(|_| Err("The request ended unexpectedly.".into()));
    let answer = answer.map_err(|message| {
        ErrorStack::single(FourDError::new("HTTP", NO_ANSWER, format!("No answer from {url}: {message}")))
    })?;
    let status = Value::Integer(answer.status.into());
    if let Some((names, values)) = arrays {
        for (array, text) in [(names, name as fn(&(String, String)) -> &str), (values, value)] {
            array.resize(answer.raw_headers.len());
            for (header, element) in
                answer.raw_headers.iter().zip(array.elements.borrow_mut().iter_mut().skip(1))
            {
                *element = Value::text(text(header));
            }
        }
    }
    let wanted = arguments.read(position);
    arguments.write(position, received(&wanted, answer));
    Ok(status)
}

fn name(header: &(String, String)) -> &str {
    &header.0
}

fn value(header: &(String, String)) -> &str {
    &header.1
}

/// The body in the type of the variable that takes it: Text, Blob, or what the media type says.
fn received(wanted: &Value, answer: Answer) -> Value {
    let content_type = answer.headers.iter().find(|(name, _)| name == "content-type");
    let content_type = content_type.map_or("", |(_, content_type)| content_type.as_str());
    let kind = match wanted {
        Value::Text(_) => options::DataType::Text,
        Value::Blob(_) => options::DataType::Blob,
        _ => options::DataType::Auto,
    };
    body_as(kind, content_type, answer.body)
}
