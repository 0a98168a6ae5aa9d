//! From the names of a request to dataclasses, attributes and functions; and whether answering it takes a worker.

use tessera_model::{AttributeId, AttributeKind, DataclassId, FieldType};
use tessera_orda::{Application, Ask, ExposedFunction};
use tessera_sessions::LoginMode;
use tessera_values::{Scalar, Text};

use crate::access::is_authentify;
use crate::error::RestError;
use crate::json::projection::Projection;
use crate::options::{Format, Options, SHORT_MAX};
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
    OpenApi,
    /// A page; without a name, the one the project starts with.
    Page(Option<Text>),
    /// A function of the datastore or a singleton.
    Function(FunctionCall),
    ReadEntity(ReadEntity),
    ReadSelection(ReadSelection),
    /// The related entities of one, kept as a set.
    SubEntitySet(SubEntitySet),
    /// An entity set is given up.
    ReleaseSet(Chosen),
    /// Several are.
    ReleaseSets,
    /// The body waits to be used.
    Upload,
    /// The bytes of a picture or blob are sent.
    SendContent(ContentOf),
    /// The body becomes the picture or blob of an entity.
    StoreContent(ContentOf),
    /// A picture or blob is emptied.
    ClearContent(ContentOf),
    /// The session locks an entity, or unlocks it.
    Lock(Chosen, bool),
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
    /// `$refresh`: nothing is written, and the client sees what would be.
    Shown,
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
    /// The attribute list of the path.
    pub(crate) attributes: Option<Text>,
    /// Is the whole selection gone through, not a page of it?
    pub(crate) is_long: bool,
}

/// A picture or blob of one entity.
#[derive(Debug)]
pub(crate) struct ContentOf {
    pub(crate) chosen: Chosen,
    pub(crate) attribute: AttributeId,
}

#[derive(Debug)]
pub(crate) struct SubEntitySet {
    pub(crate) chosen: Chosen,
    /// The relation to follow.
    pub(crate) attribute: AttributeId,
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
    /// The related entities of one.
    Related(SubEntitySet),
    Singleton(Text),
}

impl Plan {
    pub(crate) fn new(
        application: &Application,
        resource: &Resource,
        options: &Options,
        method: Method,
    ) -> Result<Self, RestError> {
        match resource {
            Resource::Catalog => Ok(Self::Catalog),
            Resource::CatalogAll => Ok(Self::CatalogAll),
            Resource::CatalogNamed(names) => catalog_named(application, names, method),
            Resource::Directory(function) => Ok(Self::Directory(function.clone())),
            Resource::OpenApi if method == Method::Get => Ok(Self::OpenApi),
            Resource::OpenApi => Err(RestError::only_get("$openapi")),
            Resource::Info => Ok(Self::Info),
            Resource::Singleton(class, name) => {
                let function = application
                    .singleton_function(class, name)
                    .ok_or_else(|| RestError::function_not_found(name))?;
                call(function, FunctionTarget::Singleton(class.clone()), Ask::Permission, method)
            }
            Resource::Upload if method == Method::Post => Ok(Self::Upload),
            Resource::Upload => Err(RestError::not_applicable("$upload without POST")),
            Resource::ReleaseSets if method == Method::Post => Ok(Self::ReleaseSets),
            Resource::ReleaseSets => Err(RestError::not_applicable("$entityset/$release without POST")),
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
        let is_remote = application.store.is_remote();
        let reads_quickly = |dataclass: DataclassId, projection: &Projection| {
            !is_remote && !application.runs_code_to_read(dataclass) && !projection.runs_code(application)
        };
        match self {
            Self::Catalog | Self::CatalogAll | Self::CatalogOf(_) | Self::Info => false,
            Self::ReadEntity(read) => !reads_quickly(read.chosen.dataclass, &read.projection),
            Self::ReadSelection(read) => {
                read.is_long || !reads_quickly(read.chosen.dataclass, &read.projection)
            }
            Self::Lock(chosen, _) => is_remote || application.runs_code_to_read(chosen.dataclass),
            Self::Upload | Self::ReleaseSet(_) | Self::ReleaseSets => false,
            // A large project takes its time to describe, and a picture to convert.
            Self::OpenApi => true,
            Self::SendContent(_) | Self::StoreContent(_) | Self::ClearContent(_) => true,
            Self::Directory(function) => function == "login",
            Self::Function(_)
            | Self::Update(..)
            | Self::Delete(_)
            | Self::Page(_)
            | Self::SubEntitySet(_) => true,
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
    let (segments, keys) = entity_set(&path.rest, keys)?;
    let mut attributes: Option<&Text> = None;
    for segment in segments {
        if let Some(function) = find_function(application, dataclass, &keys, segment) {
            let (function, target) = function;
            return call(function, target, Ask::Permission, method);
        }
        attributes.get_or_insert(segment);
    }
    let chosen = Chosen { dataclass, keys };
    let verb = Verb::of(options)?;
    if let Some(name) = options.em_method.as_deref() {
        return em_method(application, chosen, attributes, options, (name, method, verb));
    }
    let content = attributes.and_then(|name| content_attribute(application, &chosen, name));
    if let Some(attribute) = content {
        let sends = options.image_format.is_some() || options.binary;
        match (method, verb) {
            (Method::Get, Verb::None) if sends => {
                return Ok(Plan::SendContent(ContentOf { chosen, attribute }));
            }
            (Method::Post | Method::Put, Verb::None | Verb::Update) => {
                return Ok(Plan::StoreContent(ContentOf { chosen, attribute }));
            }
            (Method::Delete, Verb::None) | (Method::Post, Verb::Delete) => {
                return Ok(Plan::ClearContent(ContentOf { chosen, attribute }));
            }
            _ => {}
        }
    }
    // Writing by GET is refused: a link or an image could do it (U04).
    if method == Method::Get && matches!(verb, Verb::Update | Verb::Delete | Verb::Validate) {
        return Err(RestError::not_applicable("A method that changes data with HTTP GET"));
    }
    match (method, verb) {
        (Method::Get | Method::Post, Verb::None) if options.lock.is_some() => match chosen.keys {
            Keys::One(_) | Keys::Attribute(..) => Ok(Plan::Lock(chosen, options.lock == Some(true))),
            _ => Err(RestError::not_applicable("$lock without a single entity")),
        },
        (_, Verb::Release) => Ok(Plan::ReleaseSet(chosen)),
        (Method::Delete, Verb::None) | (_, Verb::Delete) => {
            // Deleting a whole dataclass by mistake is too easy (U32).
            if matches!(chosen.keys, Keys::None) && options.filter.is_none() {
                return Err(RestError::not_applicable("$method=delete without key or $filter"));
            }
            Ok(Plan::Delete(chosen))
        }
        (_, Verb::Validate) => Ok(Plan::Update(dataclass, Trial::Yes)),
        (Method::Post | Method::Put, Verb::None | Verb::Update) => {
            let trial = if options.refresh { Trial::Shown } else { Trial::No };
            Ok(Plan::Update(dataclass, trial))
        }
        (_, Verb::SubEntitySet) if !matches!(chosen.keys, Keys::EntitySet(_)) => {
            sub_entity_set(application, chosen, attributes, options)
        }
        _ => read(application, chosen, attributes, options),
    }
}

/// What `$method` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    None,
    Update,
    Delete,
    Validate,
    EntitySet,
    SubEntitySet,
    Release,
}

impl Verb {
    fn of(options: &Options) -> Result<Self, RestError> {
        Ok(match options.method.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None => Self::None,
            Some("update") => Self::Update,
            Some("delete") => Self::Delete,
            Some("validate") => Self::Validate,
            Some("entityset") => Self::EntitySet,
            Some("subentityset") => Self::SubEntitySet,
            Some("release") => Self::Release,
            Some(other) => return Err(RestError::new(400, 1812, format!("The method {other} is unknown"))),
        })
    }
}

/// Takes `$entityset/{id}` out of the segments; it may stand before or after a function (R016).
fn entity_set(segments: &[Text], keys: Keys) -> Result<(Vec<&Text>, Keys), RestError> {
    let mut rest = Vec::with_capacity(segments.len());
    let mut keys = keys;
    let mut segments = segments.iter();
    while let Some(segment) = segments.next() {
        if !segment.eq_ignore_ascii_case("$entityset") {
            rest.push(segment);
            continue;
        }
        let Some(id) = segments.next() else {
            // After a function an empty id stands for no set; the documentation writes it so.
            if rest.is_empty() {
                return Err(RestError::malformed("$entityset needs the id of a set"));
            }
            break;
        };
        if keys != Keys::None {
            return Err(RestError::malformed("An entity set has no key besides"));
        }
        keys = Keys::EntitySet(id.clone());
    }
    Ok((rest, keys))
}

/// The attribute a path like `Employee(1)/photo` names, when it holds a picture or a blob.
fn content_attribute(application: &Application, chosen: &Chosen, name: &str) -> Option<AttributeId> {
    let attribute = application.catalog.dataclass(chosen.dataclass).attribute_named(name)?;
    let field_type = attribute.field()?.field_type;
    let is_one = matches!(chosen.keys, Keys::One(_) | Keys::Attribute(..));
    let is_content = matches!(field_type, FieldType::Picture | FieldType::Blob);
    (is_one && is_content && application.catalog.is_visible(attribute)).then_some(attribute.id)
}

fn read(
    application: &Application,
    chosen: Chosen,
    attributes: Option<&Text>,
    options: &Options,
) -> Result<Plan, RestError> {
    let is_computed = options.compute.is_some() || options.distinct;
    let projection = if is_computed {
        Projection::everything(application, chosen.dataclass)
    } else {
        Projection::new(application, chosen.dataclass, attributes.map(Text::as_str), options)?
    };
    Ok(match chosen.keys {
        Keys::One(_) | Keys::Attribute(..) => {
            if options.makes_entity_set() {
                return Err(RestError::not_applicable("$method=entityset with a single entity"));
            }
            if options.format == Format::Looker {
                return Err(RestError::not_applicable("$format=looker with a single entity"));
            }
            Plan::ReadEntity(ReadEntity { chosen, projection })
        }
        Keys::None | Keys::Many(_) | Keys::EntitySet(_) => {
            let is_long = is_computed
                || options.limit() > SHORT_MAX
                || options.query_path
                || options.makes_entity_set()
                || options.rebuilds_set();
            let attributes = attributes.cloned();
            Plan::ReadSelection(ReadSelection { chosen, projection, attributes, is_long })
        }
    })
}

/// `$emMethod`: older clients call a function of a selection so, or of the related selection of an entity.
fn em_method(
    application: &Application,
    chosen: Chosen,
    attributes: Option<&Text>,
    options: &Options,
    (name, method, verb): (&str, Method, Verb),
) -> Result<Plan, RestError> {
    let is_related = verb == Verb::SubEntitySet && !matches!(chosen.keys, Keys::EntitySet(_));
    let (dataclass, target) = if is_related {
        let Plan::SubEntitySet(related) = sub_entity_set(application, chosen, attributes, options)? else {
            return Err(RestError::no_sub_entity_set());
        };
        let described = application.catalog.dataclass(related.chosen.dataclass);
        let dataclass = described.attribute(related.attribute).target();
        (dataclass.ok_or_else(RestError::no_sub_entity_set)?, FunctionTarget::Related(related))
    } else {
        (chosen.dataclass, FunctionTarget::Selection(chosen.dataclass, chosen.keys))
    };
    let function =
        application.selection_function(dataclass, name).ok_or_else(|| RestError::function_not_found(name))?;
    call(function, target, Ask::Permission, method)
}

/// `/Company(1)/staff?$expand=staff&$method=subentityset`
fn sub_entity_set(
    application: &Application,
    chosen: Chosen,
    attributes: Option<&Text>,
    options: &Options,
) -> Result<Plan, RestError> {
    let described = application.catalog.dataclass(chosen.dataclass);
    let name = attributes.map(Text::as_str).unwrap_or_default();
    let attribute = described.attribute_named(name).filter(|attribute| {
        application.catalog.is_visible(attribute)
            && matches!(attribute.kind, AttributeKind::RelatedEntities { .. })
    });
    let is_one = matches!(chosen.keys, Keys::One(_) | Keys::Attribute(..));
    match attribute {
        Some(attribute) if is_one && options.expand.as_deref() == Some(name) => {
            Ok(Plan::SubEntitySet(SubEntitySet { chosen, attribute: attribute.id }))
        }
        _ => Err(RestError::no_sub_entity_set()),
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
        Keys::EntitySet(id) => Keys::EntitySet(id.clone()),
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
