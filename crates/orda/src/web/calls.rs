//! Code that answers requests: functions of `HTTPHandlers.json`, 4DACTION, and the two database methods of the web.

use std::sync::Arc;

use tessera_model::HttpHandler;
use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Singleton, singleton};

use super::answer::WebAnswer;
use super::incoming::IncomingMessage;
use super::outgoing::answer_of;
use crate::context::Run;

/// What `On Web Authentication` and `On Web Connection` are told (`docs/WebServer/authentication.md`).
#[derive(Clone, Debug, Default)]
pub struct WebConnection {
    /// The client's address.
    pub client: Text,
    /// The server's address the client came to.
    pub server: Text,
    /// The name given with HTTP Basic; empty otherwise.
    pub user: Text,
    /// Its password.
    pub password: Text,
}

/// How much of a request database methods see.
const CONTENT_BYTES_MAX: usize = 32 * 1024;

impl Run {
    /// Has a handler answer the request. Its function needs no permission; what it does is checked as everywhere.
    pub fn answer_by_handler(&mut self, handler: &HttpHandler) -> Result<WebAnswer, ErrorStack> {
        let program = Arc::clone(self.process().program());
        let missing =
            |what: &str| ErrorStack::data(1827, format!("{what} ({}.{})", handler.class, handler.function));
        let class = program.class(&handler.class).ok_or_else(|| missing("Cannot find singleton function"))?;
        if class.singleton != Singleton::Shared {
            return Err(missing("Cannot find singleton"));
        }
        let function = program
            .function(class.id, &handler.function)
            .ok_or_else(|| missing("Cannot find singleton function"))?;
        let message = self.context().request().message.as_ref().map(IncomingMessage::value);
        let this = singleton(self.process(), class, &[])?;
        let arguments: Vec<Value> = message.into_iter().collect();
        let result = self.call(&function.routine, this, &arguments)?;
        match self.context().take_answer() {
            // A handler may also use the commands of the web and return nothing.
            Some(answer) if matches!(result, Value::Undefined | Value::Null) => Ok(answer),
            _ => answer_of(&result),
        }
    }

    /// Runs a method for a 4DACTION; `None` unless there is one of that name published for it (S156).
    pub fn answer_by_method(&mut self, name: &str, parameter: &str) -> Option<Result<WebAnswer, ErrorStack>> {
        let program = Arc::clone(self.process().program());
        let method = program.method(name).filter(|method| method.published_web)?;
        let result = self.call(&method.routine, Value::Undefined, &[Value::text(parameter)]);
        Some(result.map(|_| self.made()))
    }

    /// Asks `On Web Authentication`; `None` when the project has none. Only an error or False refuses.
    pub fn authenticate(&mut self, connection: &WebConnection) -> Option<bool> {
        let arguments = self.arguments(connection);
        Some(match self.call_database_method("onWebAuthentication", &arguments)? {
            Ok(Value::Boolean(accepted)) => accepted,
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(error = %error, "On Web Authentication failed: the request is refused");
                false
            }
        })
    }

    /// Has `On Web Connection` answer; `None` when the project has none.
    pub fn answer_by_connection(
        &mut self,
        connection: &WebConnection,
    ) -> Option<Result<WebAnswer, ErrorStack>> {
        let arguments = self.arguments(connection);
        let result = self.call_database_method("onWebConnection", &arguments)?;
        Some(result.map(|_| self.made()))
    }

    fn made(&self) -> WebAnswer {
        self.context().take_answer().unwrap_or_default()
    }

    /// URL, content, both addresses, user and password.
    fn arguments(&self, connection: &WebConnection) -> [Value; 6] {
        let (url, content) = match &self.context().request().message {
            Some(message) => {
                let mut content = message.head();
                content.push_str(&message.text());
                content.truncate(content.floor_char_boundary(CONTENT_BYTES_MAX));
                (message.target.clone(), content)
            }
            None => Default::default(),
        };
        [
            Value::Text(url),
            Value::text(content),
            Value::Text(connection.client.clone()),
            Value::Text(connection.server.clone()),
            Value::Text(connection.user.clone()),
            Value::Text(connection.password.clone()),
        ]
    }
}
