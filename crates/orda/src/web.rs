//! What code sees of the web: `WEB Server`, `Web Form`, `4D.OutgoingMessage`.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use parking_lot::RwLock;
use tessera_values::{
    Blob, DateForm, ErrorStack, Native, ObjectRef, Properties, Scope, Text, Value, write_json,
};

use crate::context::{Context, WebFormMessage};
use crate::quotas::{self, QuotaManager, QuotaScope};

/// What start-up code may change about the web server (`docs/API/WebServerClass.md`).
#[derive(Debug, Default)]
pub struct WebServerSettings {
    same_site: RwLock<Option<Text>>,
}

impl WebServerSettings {
    /// `sessionCookieSameSite`, when code set it: `Strict`, `Lax` or `None`.
    pub fn same_site(&self) -> Option<Text> {
        self.same_site.read().clone()
    }
}

/// `WEB Server`
pub(crate) struct WebServer {
    context: Rc<Context>,
}

impl WebServer {
    pub(crate) fn new(context: &Rc<Context>) -> Self {
        Self { context: Rc::clone(context) }
    }

    /// `start({settings})`. The server is started and stopped from outside; settings that code may change are taken.
    fn start(&self, settings: Option<&Value>) -> Result<Value, ErrorStack> {
        // Quotas given here come before those of QuotaManager.json (`docs/WebServer/quotas.md`).
        if let Some(Value::Object(settings)) = settings
            && let Some(Value::Object(quotas)) = settings.get("quotas")
        {
            self.context.application().sessions.set_quotas(quotas::from_object(&quotas)?);
        }
        if let Some(Value::Object(settings)) = settings
            && let Some(Value::Text(same_site)) = settings.get("sessionCookieSameSite")
        {
            let known =
                ["Strict", "Lax", "None"].into_iter().find(|word| word.eq_ignore_ascii_case(&same_site));
            *self.context.application().web_server.same_site.write() = known.map(Text::from);
        }
        Ok(Value::Object(ObjectRef::from_properties(Properties::from_iter([(
            "success".into(),
            Value::Boolean(true),
        )]))))
    }
}

impl Native for WebServer {
    fn class_name(&self) -> &'static str {
        "4D.WebServer"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let application = self.context.application();
        Ok(match name {
            "isRunning" | "scalableSession" => Value::Boolean(true),
            "quotas" => QuotaManager::value(&self.context, QuotaScope::Server),
            "name" => Value::Text(application.name.clone()),
            "sessionCookieSameSite" => {
                Value::Text(application.web_server.same_site().unwrap_or_else(|| "Strict".into()))
            }
            "rootFolder" => Value::text(application.paths.web_folder.as_str()),
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        match name {
            "start" => Some(self.start(arguments.first())),
            "stop" => Some(Ok(Value::Undefined)),
            _ => None,
        }
    }
}

/// `Web Form`: what it is told is kept and sent back with the answer.
pub(crate) struct WebForm {
    context: Rc<Context>,
}

impl WebForm {
    pub(crate) fn new(context: &Rc<Context>) -> Self {
        Self { context: Rc::clone(context) }
    }
}

impl Native for WebForm {
    fn class_name(&self) -> &'static str {
        "4D.WebForm"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let kind = match name {
            "setMessage" => "message",
            "setError" => "error",
            "setWarning" => "warning",
            // States belong to the page; without one they change nothing.
            "enableState" | "disableState" => return Some(Ok(Value::Undefined)),
            _ => return None,
        };
        let text = arguments.first().and_then(|text| text.as_text().cloned()).unwrap_or_default();
        self.context.add_message(WebFormMessage { kind, text });
        Some(Ok(Value::Undefined))
    }
}

const TRAVEL_HEADERS: [&str; 6] =
    ["connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"];

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
        Ok(match &self.0.borrow().body {
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

    fn set_header(&self, name: &str, value: &str) -> Result<(), ErrorStack> {
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(ErrorStack::runtime(format!("\"{name}\" is no name of an HTTP header.")));
        }
        if value.bytes().any(|byte| byte < 32 && byte != b'\t' || byte == 127) {
            return Err(ErrorStack::runtime(format!("The header {name} can't hold control characters.")));
        }
        let name: Text = name.to_ascii_lowercase().into();
        // How an answer travels is the server's own business.
        if TRAVEL_HEADERS.contains(&name.as_str()) {
            return Ok(());
        }
        let mut message = self.0.borrow_mut();
        message.headers.retain(|(known, _)| *known != name);
        message.headers.push((name, value.into()));
        Ok(())
    }

    fn set_body(&self, body: Value) -> Result<(), ErrorStack> {
        let content_type = match &body {
            Value::Text(_) => "text/plain",
            Value::Blob(_) => "application/octet-stream",
            Value::Object(_) | Value::Collection(_) => "application/json",
            Value::Picture(picture) => &picture.mime.clone(),
            other => return Err(ErrorStack::runtime(format!("{} can't be sent as a body.", other.kind()))),
        };
        self.set_header("content-type", content_type)?;
        self.0.borrow_mut().body = body;
        Ok(())
    }
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
        let text = |at: usize| arguments.get(at).and_then(|text| text.as_text().cloned()).unwrap_or_default();
        let result = match name {
            "setBody" => self.set_body(arguments.first().cloned().unwrap_or_default()),
            "setHeader" => self.set_header(&text(0), &text(1)),
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
