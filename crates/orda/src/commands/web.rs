//! `WEB Server`, `Web Form`, `Web Event`.

use std::rc::Rc;

use tessera_values::{ErrorStack, ObjectRef, Value};
use tessera_vm::{Arguments, BuiltInClass, Process};

use super::Command;
use crate::context::Context;
use crate::web::{OutgoingMessage, WebForm, WebServer};

pub(super) const COMMANDS: &[(u16, Command)] = &[(1674, web_server), (1735, web_form), (1734, web_event)];

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

pub(super) const CLASSES: &[BuiltInClass] = &[BuiltInClass {
    name: "OutgoingMessage",
    parent: Some("Object"),
    new: Some(|_, _| Ok(Value::Native(Rc::new(OutgoingMessage::default())))),
}];
