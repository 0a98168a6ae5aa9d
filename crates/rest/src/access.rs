//! What a guest may ask at all in force login (`docs/REST/authUsers.md`): descriptive requests and `authentify`.

use tessera_orda::Application;
use tessera_sessions::{LoginMode, Session};

use crate::error::RestError;
use crate::request::Method;
use crate::url::Resource;

/// The one function of the datastore a guest may always call.
pub(crate) const AUTHENTIFY: &str = "authentify";

/// Is this request open to guests? Matching is by name, whatever its case.
pub(crate) fn is_descriptive(application: &Application, resource: &Resource, method: Method) -> bool {
    match resource {
        Resource::Catalog | Resource::CatalogAll | Resource::WebForm(_) | Resource::OpenApi => {
            method == Method::Get
        }
        Resource::CatalogNamed(names) => match method {
            // A function of the datastore is addressed like a dataclass; only descriptions are open to GET.
            Method::Get => names.iter().all(|name| application.datastore_function(name).is_none()),
            Method::Post => is_authentify(names),
            _ => false,
        },
        // Logging out and asking who is logged in are answered for everybody (COMPATIBILITY.md).
        Resource::Directory(function) => matches!(function.as_str(), "logout" | "currentuser"),
        _ => false,
    }
}

/// Is it `$catalog/authentify`?
pub(crate) fn is_authentify(names: &[tessera_values::Text]) -> bool {
    matches!(names, [name] if name.eq_ignore_ascii_case(AUTHENTIFY))
}

/// The gate of force login. It comes before names are looked up, so that a guest can't find out what exists.
pub(crate) fn gate(
    application: &Application,
    session: &Session,
    resource: &Resource,
    method: Method,
) -> Result<(), RestError> {
    let open = application.sessions.login_mode() == LoginMode::Default
        || session.is_logged()
        || is_descriptive(application, resource, method);
    if open { Ok(()) } else { Err(RestError::login_needed()) }
}
