//! `WEB Server`: the server as an object (`docs/API/WebServerClass.md`).

use std::any::Any;
use std::rc::Rc;

use tessera_model::CorsRule;
use tessera_values::{CollectionRef, ErrorStack, FourDError, Native, ObjectRef, Scope, Text, Value};

use super::settings::{SameSite, WebSettings};
use crate::context::Context;
use crate::quotas::{self, QuotaManager, QuotaScope};

/// `WEB Server`
pub(crate) struct WebServer {
    context: Rc<Context>,
}

impl WebServer {
    pub(crate) fn new(context: &Rc<Context>) -> Self {
        Self { context: Rc::clone(context) }
    }

    /// `start({settings})`: the socket belongs to who started the program; code decides on the settings, as long as the
    /// server does not run.
    fn start(&self, settings: Option<&Value>) -> Result<Value, ErrorStack> {
        let application = self.context.application();
        let given = match settings {
            Some(Value::Object(given)) => given.clone(),
            _ => ObjectRef::new(),
        };
        // Quotas given here come before those of QuotaManager.json (`docs/WebServer/quotas.md`).
        let quotas = match given.get("quotas") {
            Some(Value::Object(quotas)) => Some(quotas::from_object(&quotas)?),
            _ => None,
        };
        if !application.web_server.start(|settings| take(settings, &given)) {
            return Ok(status(Some("The web server is running already.")));
        }
        if let Some(quotas) = quotas {
            application.sessions.set_quotas(quotas);
        }
        Ok(status(None))
    }
}

// UNSPECIFIED: the number of this error. Taken: that of the language's own errors.
fn status(error: Option<&str>) -> Value {
    let errors = error.map(|message| {
        tessera_vm::error_object(&FourDError::new("HTTP", tessera_values::RUNTIME_ERROR, message))
    });
    object([
        ("success", Value::Boolean(error.is_none())),
        ("errors", Value::Collection(errors.into_iter().collect::<CollectionRef>())),
    ])
}

/// Takes the settings an object names; one of another kind changes nothing.
fn take(settings: &mut WebSettings, given: &ObjectRef) {
    let text = |name: &str| given.get(name).and_then(|value| value.as_text().cloned());
    let flag = |name: &str| match given.get(name) {
        Some(Value::Boolean(flag)) => Some(flag),
        _ => None,
    };
    if let Some(same_site) = text("sessionCookieSameSite").and_then(|word| SameSite::of(&word)) {
        settings.same_site = same_site;
    }
    if let Some(path) = text("sessionCookiePath") {
        settings.cookie_path = path;
    }
    if let Some(domain) = text("sessionCookieDomain") {
        // Written `/*.4d.fr` for `.4d.fr` (sessions-privileges-web section 3.2).
        settings.cookie_domain = domain.strip_prefix("/*").unwrap_or(&domain).into();
    }
    let seconds = given.get("HSTSMaxAge").and_then(|value| value.as_integer());
    if let Some(seconds) = seconds.and_then(|seconds| u64::try_from(seconds).ok()) {
        settings.hsts_max_age = seconds;
    }
    for (name, setting) in [
        ("HSTSEnabled", &mut settings.hsts_enabled),
        ("HTTPTrace", &mut settings.trace),
        ("CORSEnabled", &mut settings.cors.enabled),
    ] {
        *setting = flag(name).unwrap_or(*setting);
    }
    if let Some(Value::Collection(rules)) = given.get("CORSSettings") {
        settings.cors.rules = rules.to_vec().iter().filter_map(cors_rule).collect();
    }
}

/// An entry without a host is ignored.
fn cors_rule(entry: &Value) -> Option<CorsRule> {
    let Value::Object(entry) = entry else { return None };
    let text = |name: &str| entry.get(name).and_then(|value| value.as_text().cloned()).unwrap_or_default();
    let host = text("host");
    (!host.is_empty()).then(|| CorsRule { host, methods: text("methods") })
}

fn object(members: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let members = members.into_iter().map(|(name, value)| (Text::from(name), value));
    Value::Object(members.collect())
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
        let settings = application.web_server.get();
        Ok(match name {
            "isRunning" => Value::Boolean(application.web_server.is_running()),
            "scalableSession" => Value::Boolean(!application.sessions.are_off()),
            "quotas" => QuotaManager::value(&self.context, QuotaScope::Server),
            "name" => Value::Text(application.name.clone()),
            "rootFolder" => Value::text(application.paths.web_folder.as_str()),
            "defaultHomepage" => Value::Text(application.settings.home_page.clone()),
            "sessionCookieSameSite" => Value::text(settings.same_site.word()),
            "sessionCookiePath" => Value::Text(settings.cookie_path.clone()),
            "sessionCookieDomain" => Value::Text(settings.cookie_domain.clone()),
            "HSTSEnabled" => Value::Boolean(settings.hsts_enabled),
            "HSTSMaxAge" => Value::Integer(i64::try_from(settings.hsts_max_age).unwrap_or(i64::MAX)),
            "HTTPTrace" => Value::Boolean(settings.trace),
            "CORSEnabled" => Value::Boolean(settings.cors.enabled),
            "CORSSettings" => {
                let rules = settings.cors.rules.iter().map(|rule| {
                    let (host, methods) = (rule.host.clone(), rule.methods.clone());
                    object([("host", Value::Text(host)), ("methods", Value::Text(methods))])
                });
                Value::Collection(rules.collect())
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
        match name {
            "start" => Some(self.start(arguments.first())),
            "stop" => {
                self.context.application().web_server.stop();
                Some(Ok(Value::Undefined))
            }
            _ => None,
        }
    }
}
