//! What a compiler would say of a project beyond its syntax: names that lead nowhere, calls that don't fit, code that
//! never runs. `tessera check` prints it; serving a project asks nothing of it.
//!
//! Only what is certain is said. A name that a component, a plug-in or a form may own, a property that code may give to
//! an object at any time: nothing is said of these.

use std::collections::{HashMap, HashSet};

use tessera_model::{SourceFile, SourceKind};
use tessera_syntax::ast::{Argument, Body, Expression, ExpressionKind, Function, StatementKind};
use tessera_syntax::{Diagnostic, visit};
use tessera_values::Text;

use crate::build::{Built, FileFinding, ParsedFile};
use crate::side_by_side;

mod calls;
mod exposed;
mod flow;
mod kinds;
mod locals;
mod members;
mod queries;
mod spelling;

use spelling::Spelling;

pub use exposed::unreachable_functions;

impl ParsedFile<'_> {
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
    /// How the methods are spelt.
    method_names: Vec<Spelling<'p>>,
    /// Process variables that some code declares or assigns, in lower case.
    variables: HashSet<String>,
    /// Properties that some code gives to some object.
    properties: HashSet<Text>,
    /// The most arguments a function takes, by class and name.
    functions: HashMap<(Text, Text), Option<usize>>,
}

/// All findings of a project beyond syntax, file by file.
pub fn check(built: &Built, files: &[ParsedFile<'_>]) -> Vec<FileFinding> {
    let names = Names::of(built, files);
    let findings = side_by_side(files, |file| {
        let mut diagnostics = Vec::new();
        for function in file.functions() {
            flow::check(&function.body, &mut diagnostics);
            locals::check(function, &mut diagnostics);
            calls::check(&names, file.source, function, &mut diagnostics);
        }
        finding(file.source, diagnostics)
    });
    findings.into_iter().flatten().collect()
}

fn finding(source: &SourceFile, mut diagnostics: Vec<Diagnostic>) -> Option<FileFinding> {
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    (!diagnostics.is_empty()).then(|| FileFinding {
        path: source.path.clone(),
        text: source.text.clone(),
        diagnostics,
    })
}

impl<'p> Names<'p> {
    fn of(built: &'p Built, files: &[ParsedFile<'_>]) -> Self {
        let methods = built.program.methods().iter();
        let mut names = Self {
            built,
            methods: HashMap::new(),
            method_names: methods.map(|method| Spelling::of(&method.name)).collect(),
            variables: HashSet::new(),
            properties: HashSet::new(),
            functions: HashMap::new(),
        };
        for (file, given) in files.iter().zip(side_by_side(files, Given::of)) {
            if let (SourceKind::Method, Body::Method(_), [most]) =
                (file.source.kind, &file.file.body, given.arguments.as_slice())
            {
                names.methods.insert(file.source.name.to_lowercase().to_string(), *most);
            }
            if let Body::Class(class) = &file.file.body {
                // The constructor comes first, and nobody calls it by name.
                let arguments = given.arguments.iter().skip(class.constructor.iter().len());
                for (function, most) in class.functions.iter().zip(arguments) {
                    names.functions.insert((file.source.name.clone(), function.name.clone()), *most);
                }
            }
            names.variables.extend(given.variables);
            names.properties.extend(given.properties);
        }
        names
    }
}

/// The names that one file gives to something.
#[derive(Default)]
struct Given {
    variables: HashSet<String>,
    properties: HashSet<Text>,
    /// The most arguments of each of its routines.
    arguments: Vec<Option<usize>>,
}

impl Given {
    fn of(file: &ParsedFile<'_>) -> Self {
        let mut given = Self::default();
        if let Body::Class(class) = &file.file.body {
            given.properties.extend(class.properties.iter().map(|property| property.name.clone()));
        }
        for function in file.functions() {
            given.arguments.push(most_arguments(function));
            given.note(function);
        }
        given
    }

    /// Notes the names a routine gives to something.
    fn note(&mut self, function: &Function) {
        visit::statements(&function.body, &mut |statement| {
            match &statement.kind {
                StatementKind::Declare(variables) => {
                    for variable in variables {
                        self.note_target(&variable.target);
                    }
                }
                StatementKind::DeclareArray { target, .. } | StatementKind::Assign { target, .. } => {
                    self.note_target(target);
                }
                StatementKind::For { counter, .. } => self.note_target(counter),
                StatementKind::ForEach { variable, .. } => self.note_target(variable),
                _ => {}
            }
            visit::expressions(statement, &mut |expression| match &expression.kind {
                ExpressionKind::Object(entries) => {
                    self.properties.extend(entries.iter().map(|(name, _)| name.clone()));
                }
                // Commands and pointers write where nobody sees it.
                ExpressionKind::PointerTo(inner) => self.note_target(inner),
                ExpressionKind::Call(callee, arguments)
                    if matches!(callee.kind, ExpressionKind::Command(_)) =>
                {
                    for argument in arguments {
                        let Argument::Value(value) = argument else { continue };
                        match &value.kind {
                            ExpressionKind::Text(name) => self.note_property(name),
                            _ => self.note_target(value),
                        }
                    }
                }
                _ => {}
            });
        });
    }

    /// Notes what an expression names that something is written to.
    fn note_target(&mut self, target: &Expression) {
        match &target.kind {
            ExpressionKind::Name(name) => {
                self.variables.insert(name.to_lowercase().to_string());
            }
            ExpressionKind::Member(_, name) => self.note_property(name),
            ExpressionKind::Index(_, index) => {
                if let ExpressionKind::Text(name) = &index.kind {
                    self.note_property(name);
                }
            }
            _ => {}
        }
    }

    fn note_property(&mut self, name: &Text) {
        if !self.properties.contains(name) {
            self.properties.insert(name.clone());
        }
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
