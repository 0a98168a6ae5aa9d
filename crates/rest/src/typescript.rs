//! A typed TypeScript client of a project, as far as a session may use it.
//!
//! The part that is the same for every project is a file of its own, `typescript/runtime.ts`; what follows it are the
//! project's dataclasses and functions.

use std::fmt::Write as _;

use tessera_model::{Attribute, AttributeKind, Dataclass, FieldType};
use tessera_orda::{ExposedFunction, Run, Type};
use tessera_sessions::Action;

use crate::openapi::Caller;

const RUNTIME: &str = include_str!("typescript/runtime.ts");

/// The module.
pub fn typescript(run: &Run) -> String {
    let caller = Caller::new(run);
    let application = run.context().application();
    let mut out =
        format!("// A client of the 4D project {}, written by `tessera client`.\n\n", application.name);
    out.push_str(RUNTIME);
    let shown: Vec<&Dataclass> = application
        .catalog
        .dataclasses()
        .iter()
        .filter(|dataclass| dataclass.exposed && caller.may(dataclass.id, Action::Read))
        .collect();
    for dataclass in &shown {
        entity(&mut out, &caller, dataclass);
        accessor(&mut out, &caller, dataclass);
    }
    project(&mut out, &caller, &shown);
    out
}

/// The properties of an entity, as read and as written.
fn entity(out: &mut String, caller: &Caller<'_>, dataclass: &Dataclass) {
    let catalog = &caller.context().application().catalog;
    let attributes: Vec<&Attribute> = dataclass
        .attributes()
        .iter()
        .filter(|attribute| catalog.is_visible(attribute) && caller.may_read(dataclass, attribute))
        .collect();
    let name = &dataclass.name;
    let _ = writeln!(out, "\nexport interface {name} extends Entity {{");
    for attribute in &attributes {
        let _ = writeln!(out, "  {}: {};", property(&attribute.name), read_type(caller, attribute));
    }
    let _ = writeln!(out, "}}\n\nexport interface {name}Input extends EntityInput {{");
    for attribute in &attributes {
        if let Some(kind) = written_type(attribute) {
            let _ = writeln!(out, "  {}?: {kind};", property(&attribute.name));
        }
    }
    out.push_str("}\n");
}

/// The dataclass with its functions.
fn accessor(out: &mut String, caller: &Caller<'_>, dataclass: &Dataclass) {
    let name = &dataclass.name;
    let application = caller.context().application();
    let [own, of_entity, of_selection] = application.functions_of(dataclass.id);
    let _ = writeln!(
        out,
        "\nexport class {name}Class extends DataClass<{name}, {name}Input> {{\n  constructor(client: Transport) {{ \
         super(client, {name:?}); }}"
    );
    let selection_names: Vec<_> = of_selection.iter().map(|function| function.name.clone()).collect();
    for function in of_selection.iter().filter(|function| caller.may_call(function)) {
        let call = "this.onSelection(options, ";
        method(out, caller, function, "options: Options | undefined", call);
    }
    // A function of the selection class hides one of the dataclass.
    let own = own.iter().filter(|function| !selection_names.contains(&function.name));
    for function in own.filter(|function| caller.may_call(function)) {
        method(out, caller, function, "", "this.onClass(");
    }
    for function in of_entity.iter().filter(|function| caller.may_call(function)) {
        method(out, caller, function, "key: Key", "this.onEntity(key, ");
    }
    out.push_str("}\n");
}

/// `name(a: string, b?: number): Promise<Result> { return call("name", [a, b]); }`
fn method(out: &mut String, caller: &Caller<'_>, function: &ExposedFunction, first: &str, call: &str) {
    let declared = function.parameters.iter().enumerate();
    let own = declared.map(|(number, declared)| format!("p{}?: {}", number + 1, type_of(caller, declared)));
    let parameters: Vec<String> =
        std::iter::once(first.to_owned()).filter(|first| !first.is_empty()).chain(own).collect();
    let names: Vec<String> = (1..=function.parameters.len()).map(|number| format!("p{number}")).collect();
    let result = function.result().map_or_else(|| "unknown".into(), |result| result_type(caller, result));
    let _ = writeln!(
        out,
        "  {}({}): Promise<{result}> {{ return {call}{:?}, [{}]); }}",
        property(&function.name),
        parameters.join(", "),
        function.name.as_str(),
        names.join(", ")
    );
}

/// The client itself: dataclasses, functions of the datastore, singletons.
fn project(out: &mut String, caller: &Caller<'_>, shown: &[&Dataclass]) {
    let application = caller.context().application();
    out.push_str("\nexport class Client extends Transport {\n");
    for dataclass in shown {
        let name = &dataclass.name;
        let _ = writeln!(out, "  readonly {name} = new {name}Class(this);");
    }
    for function in application.datastore_functions() {
        if caller.is_login(&function) || caller.may_call(&function) {
            method(out, caller, &function, "", "this.call(\"$catalog\", ");
        }
    }
    let singletons = application.exposed_singletons();
    for (class, functions) in &singletons {
        let functions: Vec<_> = functions.iter().filter(|function| caller.may_call(function)).collect();
        if functions.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "  readonly {class} = new (class {{\n  constructor(private readonly client: Transport) {{}}"
        );
        for function in functions {
            method(out, caller, function, "", &format!("this.client.call(\"$singleton/{class}\", "));
        }
        out.push_str("  })(this);\n");
    }
    out.push_str("}\n");
}

/// A name as a property; one that is no identifier is quoted.
fn property(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_plain { name.to_owned() } else { format!("{name:?}") }
}

fn field_type(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Boolean => "boolean",
        FieldType::Integer
        | FieldType::Long
        | FieldType::Integer64
        | FieldType::Real
        | FieldType::Float
        | FieldType::Time => "number",
        FieldType::Date | FieldType::Alpha { .. } | FieldType::Text | FieldType::Uuid => "string",
        FieldType::Picture | FieldType::Blob => "Deferred",
        FieldType::Object => "Json",
    }
}

fn read_type(caller: &Caller<'_>, attribute: &Attribute) -> String {
    let target = |dataclass| {
        let target = caller.context().application().catalog.dataclass(dataclass);
        caller.may(target.id, Action::Read).then(|| target.name.clone())
    };
    match &attribute.kind {
        AttributeKind::Storage(field) => format!("{} | null", field_type(field.field_type)),
        AttributeKind::RelatedEntity { target: to, .. } => match target(*to) {
            Some(name) => format!("Deferred | {name} | null"),
            None => "Deferred | null".into(),
        },
        AttributeKind::RelatedEntities { target: to, .. } => match target(*to) {
            Some(name) => format!("Deferred | Page<{name}>"),
            None => "Deferred".into(),
        },
        AttributeKind::Calculated(_) | AttributeKind::Alias { .. } => "Json".into(),
    }
}

fn written_type(attribute: &Attribute) -> Option<String> {
    Some(match &attribute.kind {
        AttributeKind::Storage(field) => match field.field_type {
            FieldType::Picture | FieldType::Blob => "Upload | null".into(),
            other => format!("{} | null", field_type(other)),
        },
        AttributeKind::RelatedEntity { .. } => "Key | Pick<Entity, \"__KEY\"> | null".into(),
        AttributeKind::Calculated(calculation) if calculation.has_set => "Json".into(),
        AttributeKind::Alias { path } if !path.contains('.') => "Json".into(),
        _ => return None,
    })
}

/// The dataclass a class of entities or selections belongs to, when the caller may read it.
fn dataclass_of(caller: &Caller<'_>, class: &str, suffix: &str) -> Option<String> {
    let name = class.strip_prefix("cs.")?.strip_suffix(suffix)?;
    let dataclass = caller.context().application().catalog.dataclass_named(name)?;
    (dataclass.exposed && caller.may(dataclass.id, Action::Read)).then(|| dataclass.name.to_string())
}

fn type_of(caller: &Caller<'_>, declared: &Type) -> String {
    match declared {
        Type::Text | Type::Date => "string".into(),
        Type::Integer | Type::Real | Type::Time => "number".into(),
        Type::Boolean => "boolean".into(),
        Type::Collection => "Json[]".into(),
        Type::Object => "JsonObject".into(),
        Type::Picture | Type::Blob => "Upload".into(),
        Type::Class(class) => match dataclass_of(caller, class, "Entity") {
            Some(name) => format!("EntityArgument<{name}Input>"),
            None if class.ends_with("Selection") => "SelectionArgument".into(),
            None => "Json".into(),
        },
        Type::Variant | Type::Pointer => "Json".into(),
    }
}

fn result_type(caller: &Caller<'_>, declared: &Type) -> String {
    match declared {
        Type::Class(class) => {
            let entity = dataclass_of(caller, class, "Entity").map(|name| format!("{name} | null"));
            let page = || dataclass_of(caller, class, "Selection").map(|name| format!("Page<{name}>"));
            entity.or_else(page).unwrap_or_else(|| "unknown".into())
        }
        Type::Variant | Type::Pointer | Type::Picture | Type::Blob => "unknown".into(),
        other => type_of(caller, other),
    }
}
