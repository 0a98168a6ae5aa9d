//! Commands of the web: the server, the request, the answer (`docs/commands/theme/Web-Server.md`).

use std::rc::Rc;

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Value};
use tessera_vm::{Arguments, BuiltInClass, Process};

use super::Command;
use crate::context::Context;
use crate::web::{OutgoingMessage, WebForm, WebServer};

mod request;
mod send;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (617, start_server),
    (619, send::file),
    (634, |_, _, _| {
        tracing::info!("WEB SET ROOT FOLDER was ignored: the project's settings name the web folder");
        Ok(Value::Undefined)
    }),
    (659, send::redirect),
    (660, send::header),
    (677, send::text),
    (683, request::variables),
    (697, request::header),
    (814, request::body),
    (1211, request::part_count),
    (1212, request::part),
    (1531, server_info),
    (1674, web_server),
    (1734, web_event),
    (1735, web_form),
];

pub(super) const NAMED: &[(&str, Command)] = &[
    ("WEB STOP SERVER", stop_server),
    ("WEB SEND BLOB", send::blob),
    ("WEB SEND RAW DATA", send::raw_data),
    ("WEB Is secured connection", request::is_secured),
    ("WEB Is server running", is_running),
    ("WEB Server list", |context, process, arguments| {
        let server = web_server(context, process, arguments)?;
        Ok(Value::Collection(CollectionRef::from_vec(vec![server])))
    }),
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

/// `WEB Is server running`
fn is_running(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(context.application().web_server.is_running()))
}

/// `WEB START SERVER`: it is asked for by who started the program; `OK` tells whether it runs now.
fn start_server(
    context: &Rc<Context>,
    process: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    context.application().web_server.start(|_| {});
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// `WEB STOP SERVER`
fn stop_server(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    context.application().web_server.stop();
    Ok(Value::Undefined)
}

/// `WEB Get server info` (`docs/commands-legacy/web-get-server-info.md`); what this server has no count of is left out.
fn server_info(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let application = context.application();
    let settings = application.web_server.get();
    let options = ObjectRef::from([
        ("CORSEnabled", Value::Boolean(settings.cors.enabled)),
        ("webHSTSEnabled", Value::Boolean(settings.hsts_enabled)),
        ("webCharacterSet", Value::text("UTF-8")),
    ]);
    Ok(Value::Object(ObjectRef::from([
        ("started", Value::Boolean(application.web_server.is_running())),
        ("SOAPServerStarted", Value::Boolean(false)),
        ("startMode", Value::text("automatic")),
        ("options", Value::Object(options)),
    ])))
}

pub(super) const CLASSES: &[BuiltInClass] = &[
    BuiltInClass { name: "WebForm", parent: Some("Object"), new: None },
    BuiltInClass { name: "WebFormItem", parent: Some("Object"), new: None },
    BuiltInClass { name: "WebServer", parent: Some("Object"), new: None },
    BuiltInClass { name: "IncomingMessage", parent: Some("Object"), new: None },
    BuiltInClass {
        name: "OutgoingMessage",
        parent: Some("Object"),
        new: Some(|_, _| Ok(Value::Native(Rc::new(OutgoingMessage::default())))),
    },
];
