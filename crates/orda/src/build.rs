//! A project's source files to a program and a catalog: parse, compile, and add to the dataclasses what their classes
//! declare.

use std::collections::HashSet;

use camino::Utf8PathBuf;
use tessera_model::{
    CalculatedAttribute, Calculation, Catalog, Project, ResourceKind, Roles, SourceFile, SourceKind,
};
use tessera_syntax::ast::{Body, File};
use tessera_syntax::{Diagnostic, FileKind, LineIndex, Vocabulary, parse};
use tessera_values::Text;
use tessera_vm::{Class, Program, Source};

use crate::side_by_side;

mod aliases;

use aliases::{Alias, Aliases};

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct FileFinding {
    /// The file.
    pub path: Utf8PathBuf,
    /// Its text, for excerpts.
    pub text: String,
    /// What is wrong in it.
    pub diagnostics: Vec<Diagnostic>,
}

/// A project, compiled.
#[derive(Debug)]
pub struct Built {
    /// The code.
    pub program: Program,
    /// The catalog with computed attributes and aliases.
    pub catalog: Catalog,
    /// Files with findings; the project runs all the same.
    pub findings: Vec<FileFinding>,
    /// Declarations of classes that don't fit the catalog.
    pub conflicts: Vec<Text>,
    pub(crate) vocabulary: Vocabulary,
}

/// A source file and what it was parsed to.
#[derive(Debug)]
pub struct ParsedFile<'p> {
    pub(crate) source: &'p SourceFile,
    pub(crate) file: File,
}

/// Compiles a project. Never fails: a file with faults raises its error when it is run.
pub fn build(project: &Project, roles: Option<&Roles>) -> Built {
    build_after(project, roles, None)
}

/// The same where an earlier state of the project is being served.
pub(crate) fn build_after(project: &Project, roles: Option<&Roles>, earlier: Option<&Program>) -> Built {
    compile(project, roles, earlier).0
}

/// The same for whoever wants to look at the files as well.
pub fn build_and_keep<'p>(project: &'p Project, roles: Option<&Roles>) -> (Built, Vec<ParsedFile<'p>>) {
    let (built, sources) = compile(project, roles, None);
    let files = project.sources.iter().filter(|source| source.kind != SourceKind::Trigger);
    let parsed = files.zip(sources).map(|(source, compiled)| ParsedFile { source, file: compiled.file });
    (built, parsed.collect())
}

/// Parses and compiles all files but triggers, in their order.
fn compile(project: &Project, roles: Option<&Roles>, earlier: Option<&Program>) -> (Built, Vec<Source>) {
    let methods = project.sources.iter().filter(|source| source.kind == SourceKind::Method);
    let tables = project.catalog.tables().iter().map(|table| table.name.as_str());
    let vocabulary = Vocabulary::new(methods.map(|source| source.name.as_str()), tables);
    let mut findings = Vec::new();
    let mut sources = Vec::with_capacity(project.sources.len());
    for (finding, source) in side_by_side(&project.sources, |file| read(file, &vocabulary)) {
        findings.extend(finding);
        sources.extend(source);
    }
    let watched = promoting_functions(roles);
    let program = tessera_vm::compile(&sources, earlier, &|class, function| {
        let function = function.to_lowercase();
        owner_names(class).any(|owner| watched.contains(&format!("{}.{function}", owner.to_lowercase())))
    });
    let mut catalog = project.catalog.clone();
    let conflicts = add_class_attributes(&mut catalog, &program);
    (Built { program, catalog, findings, conflicts, vocabulary }, sources)
}

/// Parses one file: what is wrong in it, and the tree to compile, which a trigger has not.
fn read(file: &SourceFile, vocabulary: &Vocabulary) -> (Option<FileFinding>, Option<Source>) {
    let (kind, file_kind) = match file.kind {
        SourceKind::Method => (tessera_vm::SourceKind::Method, FileKind::Method),
        SourceKind::Class => (tessera_vm::SourceKind::Class, FileKind::Class),
        SourceKind::DatabaseMethod => (tessera_vm::SourceKind::DatabaseMethod, FileKind::Method),
        SourceKind::Trigger => return (unused_trigger(file, vocabulary), None),
    };
    let parsed = parse(&file.text, file_kind, vocabulary);
    let finding = (!parsed.diagnostics.is_empty()).then(|| FileFinding {
        path: file.path.clone(),
        text: file.text.clone(),
        diagnostics: parsed.diagnostics,
    });
    let lines = LineIndex::new(&file.text);
    (finding, Some(Source { kind, name: file.name.clone(), file: parsed.file, lines }))
}

/// Triggers are written in the record language, which is not there yet: nobody may believe that one runs.
fn unused_trigger(file: &SourceFile, vocabulary: &Vocabulary) -> Option<FileFinding> {
    let parsed = parse(&file.text, FileKind::Method, vocabulary);
    let Body::Method(trigger) = &parsed.file.body else { return None };
    let first = trigger.body.first()?;
    let message = "triggers do not run on this server; nothing of this file happens at a save or drop";
    let diagnostic = Diagnostic::warning("project/trigger", message, first.span)
        .with_hint("write it as an event of the entity class, such as `Function event validateSave`");
    Some(FileFinding { path: file.path.clone(), text: file.text.clone(), diagnostics: vec![diagnostic] })
}

/// The names under which `roles.json` may know the functions of a class: dataclass, entity and selection class share
/// the dataclass's name.
fn owner_names(class: &str) -> impl Iterator<Item = &str> {
    let datastore = (class == "DataStore").then_some("ds");
    let entity = class.strip_suffix("Entity");
    let selection = class.strip_suffix("Selection");
    [Some(class), datastore, entity, selection].into_iter().flatten()
}

fn promoting_functions(roles: Option<&Roles>) -> HashSet<String> {
    let permissions = roles.into_iter().flat_map(|roles| &roles.permissions);
    permissions
        .filter(|permission| permission.promote.as_ref().is_some_and(|promoted| !promoted.is_empty()))
        .filter(|permission| {
            matches!(permission.resource, ResourceKind::Method | ResourceKind::SingletonMethod)
        })
        .map(|permission| permission.apply_to.to_lowercase().to_string())
        .collect()
}

fn add_class_attributes(catalog: &mut Catalog, program: &Program) -> Vec<Text> {
    let mut conflicts = Vec::new();
    let dataclasses: Vec<_> =
        catalog.dataclasses().iter().map(|d| (d.id, format!("{}Entity", d.name))).collect();
    let mut aliases = Vec::new();
    for (dataclass, class) in dataclasses {
        let Some(class) = program.class(&class) else { continue };
        for calculated in calculated_attributes(class) {
            if let Err(taken) = catalog.add_calculated(dataclass, calculated) {
                conflicts.push(taken.to_string().into());
            }
        }
        aliases.extend(class.aliases.iter().map(|(name, path, exposed)| Alias {
            dataclass,
            name: name.clone(),
            path: path.clone(),
            exposed: *exposed,
        }));
    }
    let by_name = Aliases::new(&aliases);
    let (circles, sound): (Vec<_>, Vec<_>) =
        aliases.iter().partition(|alias| by_name.leads_to_itself(catalog, alias));
    for alias in circles {
        let class = &catalog.dataclass(alias.dataclass).name;
        conflicts
            .push(format!("{class}Entity: the alias {} leads to itself and is left out", alias.name).into());
    }
    for alias in sound {
        if let Err(taken) =
            catalog.add_alias(alias.dataclass, alias.name.clone(), alias.path.clone(), alias.exposed)
        {
            conflicts.push(taken.to_string().into());
        }
    }
    conflicts
}

fn calculated_attributes(class: &Class) -> impl Iterator<Item = CalculatedAttribute> {
    class.computed.iter().map(|(name, computed)| {
        let value_type = computed.value_type.as_ref().map(tessera_vm::convert::type_name);
        CalculatedAttribute {
            name: name.clone(),
            exposed: computed.get.as_ref().is_some_and(|get| get.modifiers.exposed),
            calculation: Calculation {
                value_type: value_type.unwrap_or_default().into(),
                has_set: computed.set.is_some(),
                has_query: computed.query.is_some(),
                has_order_by: computed.order_by.is_some(),
            },
        }
    })
}
