//! `4D.OutgoingMessage`: an answer that code makes itself (`docs/API/OutgoingMessageClass.md`).

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use tessera_values::{Blob, DateForm, ErrorStack, Native, Scope, Text, Value, write_json};

use super::answer::{WebAnswer, WebBody, header};

#[derive(Debug)]
struct Outgoing {
    status: u16,
    headers: Vec<(Text, Text)>,
    body: Value,
}

/// A `4D.OutgoingMessage`: an answer that code makes itself (`docs/API/OutgoingMessageClass.md`).
#[derive(Debug)]
pub struct OutgoingMessage(RefCell<Outgoing>);

impl Default for OutgoingMessage {
    fn default() -> Self {
        Self(RefCell::new(Outgoing { status: 200, headers: Vec::new(), body: Value::Undefined }))
    }
}

impl OutgoingMessage {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.0.borrow().status
    }

    /// The headers, names in lower case.
    pub fn headers(&self) -> Vec<(Text, Text)> {
        self.0.borrow().headers.clone()
    }

    /// The bytes of the body.
    pub fn body(&self) -> Result<Blob, ErrorStack> {
        bytes(&self.0.borrow().body)
    }

    /// The whole of it, ready to leave the process.
    pub(crate) fn answer(&self) -> Result<WebAnswer, ErrorStack> {
        let body = WebBody::Bytes(self.body()?);
        Ok(WebAnswer { status: self.status(), headers: self.headers(), body })
    }

    fn set_header(&self, name: &str, value: &str) -> Result<(), ErrorStack> {
        let Some((name, value)) = header(name, value)? else { return Ok(()) };
        let mut message = self.0.borrow_mut();
        message.headers.retain(|(known, _)| *known != name);
        message.headers.push((name, value));
        Ok(())
    }

    fn set_body(&self, body: Value) -> Result<(), ErrorStack> {
        let Some(content_type) = content_type(&body) else {
            return Err(ErrorStack::runtime(format!("{} can't be sent as a body.", body.kind())));
        };
        self.set_header("content-type", &content_type)?;
        self.0.borrow_mut().body = body;
        Ok(())
    }
}

/// The bytes a value is sent as.
fn bytes(value: &Value) -> Result<Blob, ErrorStack> {
    Ok(match value {
        Value::Undefined | Value::Null => Blob::default(),
        Value::Text(text) => text.as_bytes().to_vec().into(),
        Value::Blob(blob) => blob.clone(),
        Value::Picture(picture) => picture.bytes.clone(),
        value => {
            let mut json = String::new();
            write_json(&mut json, value, DateForm::Day)
                .map_err(|error| ErrorStack::runtime(error.to_string()))?;
            json.into_bytes().into()
        }
    })
}

/// The type a body has unless code says another; `None` for what is no body.
fn content_type(body: &Value) -> Option<Text> {
    Some(match body {
        Value::Text(_) => "text/plain".into(),
        Value::Blob(_) => "application/octet-stream".into(),
        Value::Object(_) | Value::Collection(_) => "application/json".into(),
        Value::Picture(picture) => picture.mime.clone(),
        _ => return None,
    })
}

/// Any value as an answer: handlers may return whatever they like (`docs/API/IncomingMessageClass.md`).
// UNSPECIFIED: how other values than messages are sent. Taken: as `setBody` would; numbers, dates and the like as JSON.
pub(crate) fn answer_of(value: &Value) -> Result<WebAnswer, ErrorStack> {
    if let Value::Native(native) = value
        && let Some(message) = native.as_any().downcast_ref::<OutgoingMessage>()
    {
        return message.answer();
    }
    if matches!(value, Value::Undefined | Value::Null) {
        return Ok(WebAnswer::default());
    }
    let content_type = content_type(value).unwrap_or_else(|| "application/json".into());
    let headers = vec![("content-type".into(), content_type)];
    Ok(WebAnswer { status: 200, headers, body: WebBody::Bytes(bytes(value)?) })
}

impl Native for OutgoingMessage {
    fn class_name(&self) -> &'static str {
        "4D.OutgoingMessage"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let message = self.0.borrow();
        Ok(match name {
            "status" => Value::Integer(i64::from(message.status)),
            "body" => message.body.clone(),
            "headers" => {
                let headers =
                    message.headers.iter().map(|(name, value)| (name.clone(), Value::Text(value.clone())));
                Value::Object(headers.collect())
            }
            _ => Value::Undefined,
        })
    }

    fn set(self: Rc<Self>, _scope: &mut dyn Scope, name: &str, value: Value) -> Result<(), ErrorStack> {
        if name == "body" {
            self.0.borrow_mut().body = value;
            return Ok(());
        }
        Err(ErrorStack::runtime(format!("The property \"{name}\" of 4D.OutgoingMessage is read-only.")))
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let result = match name {
            "setBody" => self.set_body(arguments.first().cloned().unwrap_or_default()),
            "setHeader" => match arguments {
                [Value::Text(name), Value::Text(value), ..] => self.set_header(name, value),
                _ => Err(ErrorStack::runtime("The name and the value of a header must be texts.")),
            },
            "setStatus" => match arguments.first().and_then(Value::as_integer) {
                Some(status @ 200..=599) => {
                    self.0.borrow_mut().status = status as u16;
                    Ok(())
                }
                _ => Err(ErrorStack::runtime("The HTTP status must be a number from 200 to 599.")),
            },
            _ => return None,
        };
        Some(result.map(|()| Value::Undefined))
    }
}
