//! An OpenAPI 3.1 document of what a session may use: its dataclasses, attributes, functions, and nothing else.
//!
//! It is read off the same catalog and asks the same permissions as the requests themselves, so it can't promise what
//! is then refused.

use serde_json::{Map, Value as Json, json};
use tessera_orda::{Ask, ExposedFunction, Run, access};
use tessera_sessions::{Action, LoginMode};

use crate::request::{JSON, Response};

mod paths;
mod schema;

/// The path prefix of the protocol.
const PREFIX: &str = "/rest";

/// Whose document it is.
pub(crate) struct Caller<'r> {
    run: &'r Run,
    /// Past the gate of force login?
    is_in: bool,
}

impl<'r> Caller<'r> {
    pub(crate) fn new(run: &'r Run) -> Self {
        let session = run.context().session();
        let sessions = &run.context().application().sessions;
        let is_in = sessions.login_mode() == LoginMode::Default
            || session.is_logged()
            || run.context().is_unrestricted();
        Self { run, is_in }
    }

    pub(crate) fn context(&self) -> &tessera_orda::Context {
        self.run.context()
    }

    pub(crate) fn may(&self, dataclass: tessera_model::DataclassId, action: Action) -> bool {
        self.is_in && access::may(self.run.context(), dataclass, action)
    }

    pub(crate) fn may_read(
        &self,
        dataclass: &tessera_model::Dataclass,
        attribute: &tessera_model::Attribute,
    ) -> bool {
        access::may_attribute(self.run.context(), dataclass.id, attribute.id, Action::Read)
    }

    pub(crate) fn may_call(&self, function: &ExposedFunction) -> bool {
        self.is_in && self.run.check_call(function, Ask::Permission).is_ok()
    }

    /// `authentify` of a force login, which guests may call whatever `roles.json` says.
    pub(crate) fn is_login(&self, function: &ExposedFunction) -> bool {
        let sessions = &self.run.context().application().sessions;
        sessions.login_mode() == LoginMode::Force
            && function.name.eq_ignore_ascii_case(crate::access::AUTHENTIFY)
    }
}

/// The document, for a session or for the server itself.
pub fn openapi(run: &Run) -> String {
    let caller = Caller::new(run);
    let application = run.context().application();
    let mut schemas = schema::common();
    let mut all = paths::service(&caller);
    for dataclass in application.catalog.dataclasses().iter().filter(|dataclass| dataclass.exposed) {
        if caller.may(dataclass.id, Action::Read) || caller.may(dataclass.id, Action::Create) {
            schemas.extend(schema::of(&caller, dataclass));
        }
        all.extend(paths::of(&caller, dataclass));
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": application.name.as_str(),
            "version": "1",
            "description": "The 4D REST API of this project, as far as the caller may use it.",
        },
        "servers": [{"url": PREFIX}],
        "security": [{}, {"session": []}],
        "paths": all,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": format!("4DSID_{}", application.name)},
            },
        },
    });
    document.to_string()
}

/// `GET $openapi`
pub(crate) fn answer(run: &Run) -> Response {
    let headers = vec![("content-type".into(), JSON.into())];
    Response { status: 200, headers, body: openapi(run).into_bytes().into() }.revalidated()
}

/// A reference to a schema.
fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// An object's members.
type Members = Map<String, Json>;
