//! Commands of the web: the server, the request, the answer (`docs/commands/theme/Web-Server.md`).

use std::rc::Rc;

use tessera_values::{ErrorStack, ObjectRef, Value};
use tessera_vm::{Arguments, BuiltInClass, Process};

use super::Command;
use crate::context::Context;
use crate::web::{OutgoingMessage, WebForm, WebServer};

mod request;
mod send;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (619, send::file),
    (659, send::redirect),
    (660, send::header),
    (677, send::text),
    (683, request::variables),
    (697, request::header),
    (814, request::body),
    (1211, request::part_count),
    (1212, request::part),
    (1674, web_server),
    (1734, web_event),
    (1735, web_form),
    (60015, send::blob),
    (60016, send::raw_data),
    (60017, request::is_secured),
    (60018, is_running),
];

fn web_server(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Native(Rc::new(WebServer::new(context))))
}

fn web_form(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Native(Rc::new(WebForm::new(context))))
}

/// Without a page there is no event: an empty object.
fn web_event(_: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Object(ObjectRef::new()))
}

/// `WEB Is server running`: whoever asks is served by it, or about to be.
fn is_running(_: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(true))
}

pub(super) const CLASSES: &[BuiltInClass] = &[
    BuiltInClass { name: "IncomingMessage", parent: Some("Object"), new: None },
    BuiltInClass {
        name: "OutgoingMessage",
        parent: Some("Object"),
        new: Some(|_, _| Ok(Value::Native(Rc::new(OutgoingMessage::default())))),
    },
];
