//! What a compiler would say of a project beyond its syntax: names that lead nowhere, calls that don't fit, code that
//! never runs. `tessera check` prints it; serving a project asks nothing of it.
//!
//! Only what is certain is said. A name that a component, a plug-in or a form may own, a property that code may give to
//! an object at any time: nothing is said of these.

use std::collections::{HashMap, HashSet};

use tessera_model::{Project, SourceFile, SourceKind};
use tessera_syntax::ast::{Body, Expression, ExpressionKind, File, Function, StatementKind};
use tessera_syntax::{Diagnostic, FileKind, parse, visit};
use tessera_values::Text;

use crate::build::{Built, FileFinding};

mod calls;
mod exposed;
mod flow;
mod kinds;
mod locals;
mod members;
mod queries;

pub use exposed::unreachable_functions;

/// A parsed source file.
struct Parsed<'p> {
    source: &'p SourceFile,
    file: File,
}

impl Parsed<'_> {
    /// Every routine of the file.
    fn functions(&self) -> Vec<&Function> {
        match &self.file.body {
            Body::Method(method) => vec![method],
            Body::Class(class) => class.constructor.iter().chain(&class.functions).collect(),
        }
    }
}

/// What the whole project says of its names.
struct Names<'p> {
    built: &'p Built,
    /// The most arguments a method takes, by its name in lower case; `None` for any number.
    methods: HashMap<String, Option<usize>>,
    /// Process variables that some code declares or assigns, in lower case.
    variables: HashSet<String>,
    /// Properties that some code gives to some object.
    properties: HashSet<Text>,
    /// The most arguments a function takes, by class and name.
    functions: HashMap<(Text, Text), Option<usize>>,
}

/// All findings of a project beyond syntax, file by file.
pub fn check(project: &Project, built: &Built) -> Vec<FileFinding> {
    let files = parsed(project, built);
    let names = Names::of(built, &files);
    let findings = files.iter().filter_map(|file| {
        let mut diagnostics = Vec::new();
        for function in file.functions() {
            flow::check(&function.body, &mut diagnostics);
            locals::check(function, &mut diagnostics);
            calls::check(&names, file.source, function, &mut diagnostics);
        }
        finding(file.source, diagnostics)
    });
    findings.collect()
}

fn finding(source: &SourceFile, mut diagnostics: Vec<Diagnostic>) -> Option<FileFinding> {
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    (!diagnostics.is_empty()).then(|| FileFinding {
        path: source.path.clone(),
        text: source.text.clone(),
        diagnostics,
    })
}

fn parsed<'p>(project: &'p Project, built: &Built) -> Vec<Parsed<'p>> {
    let sources = project.sources.iter().filter(|source| source.kind != SourceKind::Trigger);
    let parsed = sources.map(|source| {
        let kind = if source.kind == SourceKind::Class { FileKind::Class } else { FileKind::Method };
        Parsed { source, file: parse(&source.text, kind, &built.vocabulary).file }
    });
    parsed.collect()
}

impl<'p> Names<'p> {
    fn of(built: &'p Built, files: &[Parsed<'_>]) -> Self {
        let mut names = Self {
            built,
            methods: HashMap::new(),
            variables: HashSet::new(),
            properties: HashSet::new(),
            functions: HashMap::new(),
        };
        for file in files {
            if let (SourceKind::Method, Body::Method(method)) = (file.source.kind, &file.file.body) {
                names.methods.insert(file.source.name.to_lowercase().to_string(), most_arguments(method));
            }
            if let Body::Class(class) = &file.file.body {
                names.properties.extend(class.properties.iter().map(|property| property.name.clone()));
                for function in &class.functions {
                    let key = (file.source.name.clone(), function.name.clone());
                    names.functions.insert(key, most_arguments(function));
                }
            }
            for function in file.functions() {
                names.note(function);
            }
        }
        names
    }

    /// Notes the names a routine gives to something.
    fn note(&mut self, function: &Function) {
        let mut target = |expression: &Expression| match &expression.kind {
            ExpressionKind::Name(name) => {
                self.variables.insert(name.to_lowercase().to_string());
            }
            ExpressionKind::Member(_, name) => {
                self.properties.insert(name.clone());
            }
            ExpressionKind::Index(_, index) => {
                if let ExpressionKind::Text(name) = &index.kind {
                    self.properties.insert(name.clone());
                }
            }
            _ => {}
        };
        visit::statements(&function.body, &mut |statement| {
            match &statement.kind {
                StatementKind::Declare(variables) => {
                    for variable in variables {
                        target(&variable.target);
                    }
                }
                StatementKind::DeclareArray { target: array, .. } => target(array),
                StatementKind::Assign { target: to, .. } => target(to),
                StatementKind::For { counter, .. } => target(counter),
                StatementKind::ForEach { variable, .. } => target(variable),
                _ => {}
            }
            visit::expressions(statement, &mut |expression| match &expression.kind {
                ExpressionKind::Object(entries) => {
                    for (name, _) in entries {
                        target(&Expression {
                            kind: ExpressionKind::Member(Box::new(expression.clone()), name.clone()),
                            span: expression.span,
                        });
                    }
                }
                // Commands and pointers write where nobody sees it.
                ExpressionKind::PointerTo(inner) => target(inner),
                ExpressionKind::Call(callee, arguments)
                    if matches!(callee.kind, ExpressionKind::Command(_)) =>
                {
                    for argument in arguments {
                        if let tessera_syntax::ast::Argument::Value(value) = argument {
                            match &value.kind {
                                ExpressionKind::Text(name) => {
                                    target(&Expression {
                                        kind: ExpressionKind::Member(Box::new(value.clone()), name.clone()),
                                        span: value.span,
                                    });
                                }
                                _ => target(value),
                            }
                        }
                    }
                }
                _ => {}
            });
        });
    }
}

/// How many arguments a routine takes at most: the declared ones, or the highest it reads by number. `None` when it
/// asks how many there are.
fn most_arguments(function: &Function) -> Option<usize> {
    const COUNT_PARAMETERS: u16 = 259;
    const COPY_PARAMETERS: u16 = 1790;
    let mut any = function.variadic;
    let mut highest = function.parameters.len();
    let mut see = |expression: &Expression| match expression.kind {
        ExpressionKind::Positional(number) => highest = highest.max(number as usize),
        ExpressionKind::Parameter(_) | ExpressionKind::Command(COUNT_PARAMETERS | COPY_PARAMETERS) => {
            any = true;
        }
        _ => {}
    };
    visit::statements(&function.body, &mut |statement| {
        if let StatementKind::Declare(variables) = &statement.kind {
            for variable in variables {
                see(&variable.target);
            }
        }
        visit::expressions(statement, &mut see);
    });
    (!any).then_some(highest)
}
