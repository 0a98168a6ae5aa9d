//! From the names of a request to dataclasses, attributes and functions; and whether answering it takes a worker.

use tessera_model::{AttributeKind, DataclassId};
use tessera_orda::{Application, Ask, ExposedFunction};
use tessera_sessions::LoginMode;
use tessera_values::{Scalar, Text};

use crate::access::is_authentify;
use crate::error::RestError;
use crate::json::projection::Projection;
use crate::options::Options;
use crate::request::Method;
use crate::url::{DataPath, Keys, Resource};

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Plan {
    Catalog,
    CatalogAll,
    CatalogOf(Vec<DataclassId>),
    Directory(Text),
    Info,
    /// A page; without a name, the one the project starts with.
    Page(Option<Text>),
    /// A function of the datastore or a singleton.
    Function(FunctionCall),
    ReadEntity(ReadEntity),
    ReadSelection(ReadSelection),
    Update(DataclassId, Trial),
    Delete(Chosen),
}

/// Whether an update is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trial {
    /// It is.
    No,
    /// `$method=validate`: it is taken back.
    Yes,
}

/// Entities addressed by a path.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) dataclass: DataclassId,
    pub(crate) keys: Keys,
}

#[derive(Debug)]
pub(crate) struct ReadEntity {
    pub(crate) chosen: Chosen,
    pub(crate) projection: Projection,
}

#[derive(Debug)]
pub(crate) struct ReadSelection {
    pub(crate) chosen: Chosen,
    pub(crate) projection: Projection,
}

/// A call of an exposed function.
#[derive(Debug)]
pub(crate) struct FunctionCall {
    pub(crate) function: ExposedFunction,
    pub(crate) target: FunctionTarget,
    pub(crate) ask: Ask,
}

/// On what it is called.
#[derive(Debug)]
pub(crate) enum FunctionTarget {
    Datastore,
    Dataclass(DataclassId),
    Entity(DataclassId, Keys),
    Selection(DataclassId, Keys),
    Singleton(Text),
}

impl Plan {
    pub(crate) fn new(
        application: &Application,
        resource: &Resource,
        options: &Options,
        method: Method,
    ) -> Result<Self, RestError> {
        if let Some(keyword) = options.unsupported {
            return Err(RestError::new(
                400,
                1811,
                format!("The keyword {keyword} is not available in this version"),
            ));
        }
        match resource {
            Resource::Catalog => Ok(Self::Catalog),
            Resource::CatalogAll => Ok(Self::CatalogAll),
            Resource::CatalogNamed(names) => catalog_named(application, names, method),
            Resource::Directory(function) => Ok(Self::Directory(function.clone())),
            Resource::Info => Ok(Self::Info),
            Resource::Singleton(class, name) => {
                let function = application
                    .singleton_function(class, name)
                    .ok_or_else(|| RestError::function_not_found(name))?;
                call(function, FunctionTarget::Singleton(class.clone()), Ask::Permission, method)
            }
            Resource::WebForm(page) if method == Method::Get => {
                Ok(Self::Page(page.clone().or_else(|| options.page.as_deref().map(Text::from))))
            }
            Resource::WebForm(_) => Err(RestError::only_get("$getWebForm")),
            Resource::Reserved(name) => Err(RestError::function_not_found(name)),
            Resource::Data(path) => data(application, path, options, method),
        }
    }

    /// Does answering it run user code, wait for a write, or read at length? Then it needs a worker.
    pub(crate) fn needs_worker(&self, application: &Application) -> bool {
        let reads_quickly = |dataclass: DataclassId, projection: &Projection| {
            !application.runs_code_to_read(dataclass) && !projection.runs_code(application)
        };
        match self {
            Self::Catalog | Self::CatalogAll | Self::CatalogOf(_) | Self::Info => false,
            Self::ReadEntity(read) => !reads_quickly(read.chosen.dataclass, &read.projection),
            Self::ReadSelection(read) => !reads_quickly(read.chosen.dataclass, &read.projection),
            Self::Directory(function) => function == "login",
            Self::Function(_) | Self::Update(..) | Self::Delete(_) | Self::Page(_) => true,
        }
    }
}

fn catalog_named(application: &Application, names: &[Text], method: Method) -> Result<Plan, RestError> {
    if let [name] = names
        && (method != Method::Get || application.catalog.dataclass_named(name).is_none())
        && let Some(function) = application.datastore_function(name)
    {
        let is_login = is_authentify(names) && application.sessions.login_mode() == LoginMode::Force;
        let ask = if is_login { Ask::Nothing } else { Ask::Permission };
        return call(function, FunctionTarget::Datastore, ask, method);
    }
    if method != Method::Get {
        let name = names.first().map(Text::as_str).unwrap_or_default();
        return Err(RestError::function_not_found(name));
    }
    let dataclasses = names.iter().map(|name| exposed(application, name)).collect::<Result<_, _>>()?;
    Ok(Plan::CatalogOf(dataclasses))
}

fn call(
    function: ExposedFunction,
    target: FunctionTarget,
    ask: Ask,
    method: Method,
) -> Result<Plan, RestError> {
    match method {
        Method::Post | Method::Put => {}
        Method::Get if function.on_http_get => {}
        _ => return Err(RestError::function_needs_post(&function.name)),
    }
    Ok(Plan::Function(FunctionCall { function, target, ask }))
}

/// A dataclass that REST may see.
pub(crate) fn exposed(application: &Application, name: &str) -> Result<DataclassId, RestError> {
    application
        .catalog
        .dataclass_named(name)
        .filter(|dataclass| dataclass.exposed)
        .map(|dataclass| dataclass.id)
        .ok_or_else(|| RestError::dataclass_not_found(name))
}

fn data(
    application: &Application,
    path: &DataPath,
    options: &Options,
    method: Method,
) -> Result<Plan, RestError> {
    let dataclass = exposed(application, &path.dataclass)?;
    let keys = resolve_keys(application, dataclass, &path.keys)?;
    let mut attributes: Option<&Text> = None;
    for segment in &path.rest {
        if segment.eq_ignore_ascii_case("$entityset") {
            return Err(RestError::new(404, 1802, "Entity sets are not available in this version"));
        }
        if let Some(function) = find_function(application, dataclass, &keys, segment) {
            let (function, target) = function;
            return call(function, target, Ask::Permission, method);
        }
        attributes.get_or_insert(segment);
    }
    let verb = match options.method.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => None,
        Some("update") => Some("update"),
        Some("delete") => Some("delete"),
        Some("validate") => Some("validate"),
        Some("entityset" | "release" | "subentityset") => {
            return Err(RestError::new(400, 1813, "Entity sets are not available in this version"));
        }
        Some(other) => return Err(RestError::new(400, 1812, format!("The method {other} is unknown"))),
    };
    // Writing by GET is refused: a link or an image could do it (U04).
    if method == Method::Get && verb.is_some() {
        return Err(RestError::not_applicable("A method that changes data with HTTP GET"));
    }
    let chosen = Chosen { dataclass, keys };
    match (method, verb) {
        (Method::Delete, None) | (_, Some("delete")) => {
            // Deleting a whole dataclass by mistake is too easy (U32).
            if matches!(chosen.keys, Keys::None) && options.filter.is_none() {
                return Err(RestError::not_applicable("$method=delete without key or $filter"));
            }
            Ok(Plan::Delete(chosen))
        }
        (_, Some("validate")) => Ok(Plan::Update(dataclass, Trial::Yes)),
        (Method::Post | Method::Put, _) => Ok(Plan::Update(dataclass, Trial::No)),
        _ => {
            let projection = Projection::new(application, dataclass, attributes.map(Text::as_str), options)?;
            Ok(match chosen.keys {
                Keys::One(_) | Keys::Attribute(..) => Plan::ReadEntity(ReadEntity { chosen, projection }),
                Keys::None | Keys::Many(_) => Plan::ReadSelection(ReadSelection { chosen, projection }),
            })
        }
    }
}

/// Keys in the type of the dataclass's key; one that can't be converted finds nothing later.
fn resolve_keys(application: &Application, dataclass: DataclassId, keys: &Keys) -> Result<Keys, RestError> {
    let described = application.catalog.dataclass(dataclass);
    let convert = |key: &Scalar| {
        let field = described.key_attribute().field().map(|field| field.field_type);
        field.and_then(|field| field.accept(key)).unwrap_or_else(|| key.clone())
    };
    Ok(match keys {
        Keys::None => Keys::None,
        Keys::One(key) => Keys::One(convert(key)),
        Keys::Many(keys) => Keys::Many(keys.iter().map(convert).collect()),
        Keys::Attribute(name, value) => {
            let attribute = described
                .attribute_named(name)
                .filter(|attribute| attribute.exposed && matches!(attribute.kind, AttributeKind::Storage(_)));
            let field = attribute.and_then(|attribute| attribute.field());
            let field = field.ok_or_else(|| RestError::attribute_not_found(name, &described.name))?;
            Keys::Attribute(name.clone(), field.field_type.accept(value).unwrap_or_default())
        }
    })
}

/// A function named by a segment: of the entity with a key, otherwise of the selection class first, then of the
/// dataclass class.
fn find_function(
    application: &Application,
    dataclass: DataclassId,
    keys: &Keys,
    name: &str,
) -> Option<(ExposedFunction, FunctionTarget)> {
    if matches!(keys, Keys::One(_) | Keys::Attribute(..)) {
        let function = application.entity_function(dataclass, name)?;
        return Some((function, FunctionTarget::Entity(dataclass, keys.clone())));
    }
    if let Some(function) = application.selection_function(dataclass, name) {
        return Some((function, FunctionTarget::Selection(dataclass, keys.clone())));
    }
    let function = application.dataclass_function(dataclass, name)?;
    Some((function, FunctionTarget::Dataclass(dataclass)))
}
