//! Names that lead nowhere, and calls with more arguments than anybody reads.

use std::collections::HashSet;

use tessera_model::{Catalog, DataclassId, SourceFile};
use tessera_syntax::ast::{Argument, Expression, ExpressionKind, Function, StatementKind, TypeName};
use tessera_syntax::{Diagnostic, Signature, Span, command_name, signatures, visit};
use tessera_values::Text;

use super::Names;
use super::kinds::{Kind, Kinds};
use super::spelling::{Spelling, alike};
use super::{members, queries};

/// The commands that take the name of a method, and where (`docs/commands/theme/Language.md`, `…/Processes.md`).
const TAKE_METHOD: [(u16, usize); 4] = [(155, 0), (317, 0), (1007, 0), (1389, 1)];

struct Checker<'c, 'n, 'p> {
    names: &'n Names<'p>,
    kinds: Kinds<'n, 'p>,
    /// Where `cs.Name` names a component: something of it is asked that no class has.
    components: Vec<Span>,
    /// The commands that stand before parentheses: their arguments have been counted.
    called: HashSet<Span>,
    diagnostics: &'c mut Vec<Diagnostic>,
}

/// Checks the names and calls of a routine.
pub(super) fn check(
    names: &Names<'_>,
    source: &SourceFile,
    function: &Function,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let kinds = Kinds::of(names, source, function);
    let mut checker = Checker { names, kinds, components: Vec::new(), called: HashSet::new(), diagnostics };
    let declared = function.parameters.iter().filter_map(|p| Some((p.type_name.as_ref()?, p.span)));
    let result = function.result.iter().filter_map(|r| Some((r.type_name.as_ref()?, r.span)));
    for (type_name, span) in declared.chain(result) {
        checker.type_name(type_name, span);
    }
    visit::statements(&function.body, &mut |statement| {
        match &statement.kind {
            StatementKind::Declare(variables) => {
                for variable in variables {
                    if let Some(type_name) = &variable.type_name {
                        checker.type_name(type_name, variable.target.span);
                    }
                }
            }
            // A name alone is a call.
            StatementKind::Expression(Expression { kind: ExpressionKind::Name(name), span }) => {
                checker.method(name, *span, 0);
            }
            _ => {}
        }
        visit::expressions(statement, &mut |expression| checker.expression(expression));
    });
}

impl Checker<'_, '_, '_> {
    fn warn(&mut self, code: &'static str, message: String, span: Span, hint: Option<String>) {
        let mut diagnostic = Diagnostic::warning(code, message, span);
        diagnostic.hint = hint;
        self.diagnostics.push(diagnostic);
    }

    fn expression(&mut self, expression: &Expression) {
        match &expression.kind {
            ExpressionKind::Call(callee, arguments) => self.call(callee, arguments),
            ExpressionKind::Command(command) if !self.called.contains(&expression.span) => {
                self.command(*command, expression.span, 0);
            }
            ExpressionKind::Member(object, name) => {
                let of_class_store = matches!(&object.kind, ExpressionKind::Member(store, _) if store.kind == ExpressionKind::ClassStore);
                if of_class_store && !members::has(members::CLASS, name) {
                    self.components.push(object.span);
                }
                if self.components.contains(&expression.span) {
                    return;
                }
                let end = expression.span.end;
                let span = Span::new(end.saturating_sub(name.len() as u32), end);
                self.member(&self.kinds.kind(object), name, span);
            }
            _ => {}
        }
    }

    fn call(&mut self, callee: &Expression, arguments: &[Argument]) {
        match &callee.kind {
            ExpressionKind::Name(name) => self.method(name, callee.span, arguments.len()),
            ExpressionKind::Command(command) => {
                self.called.insert(callee.span);
                self.command(*command, callee.span, arguments.len());
                for (_, position) in TAKE_METHOD.iter().filter(|(taking, _)| taking == command) {
                    if let Some(Argument::Value(value)) = arguments.get(*position)
                        && let ExpressionKind::Text(name) = &value.kind
                        && !name.is_empty()
                    {
                        self.method(name, value.span, 0);
                    }
                }
            }
            ExpressionKind::Member(object, name) => {
                let kind = self.kinds.kind(object);
                self.arguments(&kind, name, callee.span, arguments.len());
                if let (Kind::Dataclass(dataclass) | Kind::Selection(dataclass), "query" | "orderBy") =
                    (&kind, name.as_str())
                    && let Some(Argument::Value(value)) = arguments.first()
                {
                    let found = queries::check(&self.names.built.catalog, *dataclass, name == "query", value);
                    self.diagnostics.extend(found);
                }
            }
            _ => {}
        }
    }

    /// A call of one of 4D's own commands.
    fn command(&mut self, command: u16, span: Span, count: usize) {
        let name = command_name(command).unwrap_or_default();
        self.fits(name, signatures(command), span, count);
    }

    /// A call that fits none of the forms there are.
    fn fits(&mut self, name: &str, forms: &[Signature], span: Span, count: usize) {
        if forms.is_empty() || forms.iter().any(|form| form.takes(count)) {
            return;
        }
        let least = forms.iter().map(|form| *form.arguments().start()).min().unwrap_or_default();
        let most = forms.iter().map(|form| *form.arguments().end()).max().unwrap_or_default();
        let message = format!("`{name}` takes {}, not {count}", between(least, most));
        let written: Vec<String> = forms.iter().map(|form| format!("`{}`", form.form())).collect();
        let hint = format!("write {}", written.join(" or "));
        self.diagnostics.push(Diagnostic::error("check/arguments", message, span).with_hint(hint));
    }

    /// A call of a method.
    fn method(&mut self, name: &str, span: Span, count: usize) {
        let folded = name.to_lowercase();
        match self.names.methods.get(&folded) {
            Some(Some(most)) if count > *most => {
                let message = format!("`{name}` takes {}, not {count}", arguments_of(*most));
                self.warn("check/arguments", message, span, None);
            }
            Some(_) => {}
            None if self.names.variables.contains(&folded) => {}
            None => {
                let known = self.names.method_names.iter().copied();
                let hint = Spelling::of(name).alike(known).map_or_else(
                    || "it raises an error when it runs, unless a component has it".to_owned(),
                    |known| format!("did you mean `{known}`?"),
                );
                self.warn("check/unknown-method", format!("there is no method `{name}`"), span, Some(hint));
            }
        }
    }

    /// A call of a function whose class is known.
    fn arguments(&mut self, kind: &Kind, name: &Text, span: Span, count: usize) {
        let program = &self.names.built.program;
        let class = class_of(self.names, kind);
        let owner = class
            .and_then(|class| program.lineage(class).find(|class| class.functions.contains_key(name)))
            .map(|class| class.name.clone());
        let Some(owner) = owner else {
            if let Some(form) = own_members(kind).and_then(|own| members::signature(own, name)) {
                self.fits(name, &[form], span, count);
            }
            return;
        };
        if let Some(Some(most)) = self.names.functions.get(&(owner.clone(), name.clone()))
            && count > *most
        {
            let message = format!("`{owner}.{name}` takes {}, not {count}", arguments_of(*most));
            self.warn("check/arguments", message, span, None);
        }
    }

    fn member(&mut self, kind: &Kind, name: &str, span: Span) {
        let catalog = &self.names.built.catalog;
        let program = &self.names.built.program;
        let user = |name: &str| {
            class_of(self.names, kind).is_some_and(|class| {
                program.function(class, name).is_some() || program.computed(class, name).is_some()
            })
        };
        let owner = match kind {
            Kind::Datastore => "the datastore".to_owned(),
            Kind::Dataclass(id) => format!("the dataclass {}", catalog.dataclass(*id).name),
            Kind::Selection(id) => format!("a selection of {}", catalog.dataclass(*id).name),
            Kind::Entity(id) => format!("an entity of {}", catalog.dataclass(*id).name),
            Kind::Session => "Session".to_owned(),
            Kind::Class(id) => format!("the class {}", program.class_by_id(*id).name),
            Kind::Collection => "a collection".to_owned(),
            Kind::ClassStore => {
                self.class(name, span);
                return;
            }
            Kind::Instance(id) => {
                // Code may give objects any property; what no code gives to any object is a slip.
                if !user(name) && !self.names.properties.contains(name) {
                    let owner = &program.class_by_id(*id).name;
                    let known = program.lineage(*id).flat_map(|class| class.functions.keys());
                    let hint = alike(name, known.map(Text::as_str));
                    let message = format!("`{owner}` has no function or property `{name}`");
                    self.warn("check/unknown-member", message, span, hint.map(did_you_mean));
                }
                return;
            }
            Kind::Unknown => return,
        };
        let own = own_members(kind).unwrap_or_default();
        if members::has(own, name) || user(name) || attributes(catalog, kind).contains(&name) {
            return;
        }
        let known = members::names(own).chain(attributes(catalog, kind));
        let hint = alike(name, known).map(did_you_mean);
        let code = match kind {
            Kind::Datastore => "check/unknown-dataclass",
            Kind::Entity(_) | Kind::Selection(_) => "check/unknown-attribute",
            _ => "check/unknown-member",
        };
        self.warn(code, format!("{owner} has no `{name}`"), span, hint);
    }

    /// `cs.name`: a class, a dataclass's class, or a component.
    fn class(&mut self, name: &str, span: Span) {
        if self.is_class(name) {
            return;
        }
        let known = self.names.built.program.classes().iter().map(|class| class.name.as_str());
        let hint = alike(name, known).map_or_else(
            || "it raises an error when it is used, unless a component has it".to_owned(),
            |known| format!("did you mean `{known}`?"),
        );
        self.warn("check/unknown-class", format!("there is no class `{name}`"), span, Some(hint));
    }

    fn type_name(&mut self, type_name: &TypeName, span: Span) {
        // With a dot, it is a class of a component.
        if let TypeName::Class(name) = type_name
            && !name.contains('.')
        {
            self.class(name, span);
        }
    }

    fn is_class(&self, name: &str) -> bool {
        let (catalog, program) = (&self.names.built.catalog, &self.names.built.program);
        let of = |name: &str| catalog.dataclass_named(name).is_some();
        program.class(name).is_some()
            || name == "DataStore"
            || of(name)
            || ["Entity", "Selection"].iter().any(|end| name.strip_suffix(end).is_some_and(of))
    }
}

fn did_you_mean(known: &str) -> String {
    format!("did you mean `{known}`?")
}

/// The members that the class of a value has on every server.
fn own_members(kind: &Kind) -> Option<&'static [&'static str]> {
    Some(match kind {
        Kind::Datastore => members::DATASTORE,
        Kind::Dataclass(_) => members::DATACLASS,
        Kind::Selection(_) => members::SELECTION,
        Kind::Entity(_) => members::ENTITY,
        Kind::Session => members::SESSION,
        Kind::Class(_) => members::CLASS,
        Kind::Collection => members::COLLECTION,
        Kind::Instance(_) | Kind::ClassStore | Kind::Unknown => return None,
    })
}

fn between(least: usize, most: usize) -> String {
    let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
    match (least, most) {
        (0, 0) => "no argument".to_owned(),
        (least, usize::MAX) => format!("at least {least} {}", plural(least)),
        (least, most) if least == most => format!("{most} {}", plural(most)),
        (0, most) => arguments_of(most),
        (least, most) if least + 1 == most => format!("{least} or {most} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    }
}

fn arguments_of(most: usize) -> String {
    match most {
        0 => "no argument".into(),
        1 => "one argument at most".into(),
        most => format!("{most} arguments at most"),
    }
}

/// The class of the project that has the functions of a value.
fn class_of(names: &Names<'_>, kind: &Kind) -> Option<tessera_values::ClassId> {
    let (catalog, program) = (&names.built.catalog, &names.built.program);
    let named = |name: String| program.class(&name).map(|class| class.id);
    let of = |id: &DataclassId, suffix: &str| named(format!("{}{suffix}", catalog.dataclass(*id).name));
    match kind {
        Kind::Datastore => named("DataStore".into()),
        Kind::Dataclass(id) => of(id, ""),
        Kind::Selection(id) => of(id, "Selection"),
        Kind::Entity(id) => of(id, "Entity"),
        Kind::Instance(id) => Some(*id),
        _ => None,
    }
}

/// The names of a value that come from the catalog.
fn attributes<'c>(catalog: &'c Catalog, kind: &Kind) -> Vec<&'c str> {
    match kind {
        Kind::Datastore => catalog.dataclasses().iter().map(|dataclass| dataclass.name.as_str()).collect(),
        Kind::Dataclass(id) | Kind::Selection(id) | Kind::Entity(id) => {
            catalog.dataclass(*id).attributes().iter().map(|attribute| attribute.name.as_str()).collect()
        }
        _ => Vec::new(),
    }
}
