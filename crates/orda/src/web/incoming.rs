//! `4D.IncomingMessage`: the request a handler is given (`docs/API/IncomingMessageClass.md`).

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use tessera_values::{ErrorStack, Native, Picture, Scope, Text, Value, parse_json};

use super::request::WebRequest;

/// A request as an object. Nothing in it can be changed.
pub(crate) struct IncomingMessage(Arc<WebRequest>);

impl IncomingMessage {
    pub(crate) fn value(request: &Arc<WebRequest>) -> Value {
        Value::Native(Rc::new(Self(Arc::clone(request))))
    }

    fn url_path(&self) -> Value {
        let parts = self.0.path().split('/').filter(|part| !part.is_empty());
        let decoded = parts.map(|part| Value::text(percent_decode_str(part).decode_utf8_lossy()));
        Value::Collection(decoded.collect())
    }

    /// JSON is sent between single quotes, which are not part of it.
    fn url_query(&self) -> Value {
        let unquoted = |value: Text| match value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            Some(inner) => Value::text(inner),
            None => Value::Text(value),
        };
        object(self.0.query_parameters().map(|(name, value)| (name, unquoted(value))))
    }

    fn json(&self) -> Result<Value, ErrorStack> {
        parse_json(&self.0.text()).map_err(|error| ErrorStack::runtime(error.to_string()))
    }

    fn picture(&self) -> Value {
        let is_announced =
            self.0.header("content-type").is_some_and(|kind| kind.to_lowercase().starts_with("image/"));
        match Picture::sniff(&self.0.body.0).filter(|_| is_announced) {
            Some(mime) => Value::Picture(Picture { mime: mime.into(), bytes: self.0.body.clone() }.into()),
            None => Value::Null,
        }
    }
}

/// An object; of equal names the last counts.
fn object(members: impl Iterator<Item = (Text, Value)>) -> Value {
    Value::Object(members.collect())
}

impl Native for IncomingMessage {
    fn class_name(&self) -> &'static str {
        "4D.IncomingMessage"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(match name {
            "url" => Value::Text(self.0.target.clone()),
            "urlPath" => self.url_path(),
            "urlQuery" => self.url_query(),
            "verb" => Value::Text(self.0.verb.clone()),
            "headers" => {
                let headers = self.0.headers.iter();
                object(headers.map(|(name, value)| (name.clone(), Value::Text(value.clone()))))
            }
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        Some(match name {
            "getHeader" => {
                let wanted = arguments.first().and_then(Value::as_text).cloned().unwrap_or_default();
                Ok(Value::Text(self.0.header(&wanted).cloned().unwrap_or_default()))
            }
            "getText" => Ok(Value::Text(self.0.text())),
            "getBlob" => Ok(Value::Blob(self.0.body.clone())),
            "getJSON" => self.json(),
            "getPicture" => Ok(self.picture()),
            _ => return None,
        })
    }
}
