//! `4D.HTTPRequest`: requests that code sends to other servers (`docs/API/HTTPRequestClass.md`).
//!
//! A request runs on a thread of its own from `new` on, so that code can send several and wait for them in turn.

use std::rc::Rc;

use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, BuiltInClass, Process};

mod commands;
mod exchange;
mod message;
mod options;
mod recorder;
mod request;

pub(crate) use exchange::{Answer, Sent, send_and_wait};
use options::Options;
use request::HttpRequest;

pub(super) const COMMANDS: &[(u16, super::Command)] =
    &[(1157, commands::get), (1158, commands::request), (1824, message::parse_message)];

pub(super) const CLASSES: &[BuiltInClass] =
    &[BuiltInClass { name: "HTTPRequest", parent: Some("Object"), new: Some(new) }];

fn new(_: &mut Process, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let Value::Text(url) = arguments.value(0) else {
        return Err(ErrorStack::runtime("4D.HTTPRequest.new() needs a URL as its first parameter."));
    };
    let options = Options::read(&url, &arguments.value(1))?;
    Ok(Value::Native(Rc::new(HttpRequest::send(options)?)))
}
