//! What an expression is, as far as its text tells: the datastore, an entity of a dataclass, an instance of a class…

use std::collections::{HashMap, HashSet};

use tessera_model::{AttributeKind, Catalog, DataclassId, SourceFile, SourceKind};
use tessera_syntax::ast::{
    Argument, Expression, ExpressionKind, Function, FunctionKind, StatementKind, TypeName,
};
use tessera_syntax::{Span, visit};
use tessera_values::{ClassId, Text};

use super::Names;

/// The commands whose answer is known.
const DS: u16 = 1482;
const SESSION: u16 = 1714;
const NEW_COLLECTION: u16 = 1472;
const SPLIT_STRING: u16 = 1554;

/// Beliefs hang on one another, but never so far.
const CONTRADICTIONS_MAX: usize = 100;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Unknown,
    Datastore,
    Dataclass(DataclassId),
    Selection(DataclassId),
    Entity(DataclassId),
    /// An instance of a class of the project.
    Instance(ClassId),
    /// The class itself, as `cs.Name`.
    Class(ClassId),
    ClassStore,
    Collection,
    Session,
}

/// The kinds of the locals of one routine.
pub(super) struct Kinds<'n, 'p> {
    names: &'n Names<'p>,
    locals: HashMap<String, Kind>,
    /// Those whose kind is declared: what is unknown does not contradict it.
    declared: HashSet<String>,
    this: Kind,
    /// Where formulas stand: `This` is another one in there.
    formulas: Vec<Span>,
}

impl<'n, 'p> Kinds<'n, 'p> {
    pub(super) fn of(names: &'n Names<'p>, source: &SourceFile, function: &Function) -> Self {
        let this = match source.kind {
            SourceKind::Class => names.this_of(&source.name),
            _ => Kind::Unknown,
        };
        let mut formulas = Vec::new();
        visit::statements(&function.body, &mut |statement| {
            visit::expressions(statement, &mut |expression| {
                if let ExpressionKind::Formula(_) = expression.kind {
                    formulas.push(expression.span);
                }
            });
        });
        let mut kinds = Self { names, locals: HashMap::new(), declared: HashSet::new(), this, formulas };
        for parameter in &function.parameters {
            kinds.declare(&parameter.name, parameter.type_name.as_ref());
        }
        // A local has the kind of what is assigned to it, when that is always the same. The first known kind is
        // believed; whatever contradicts it, the second time round, takes the belief away again.
        let mut assigned = Vec::new();
        visit::statements(&function.body, &mut |statement| kinds.assignments(statement, &mut assigned));
        for (name, kind) in assigned {
            if kind != Kind::Unknown {
                kinds.locals.entry(name).or_insert(kind);
            }
        }
        for _ in 0..CONTRADICTIONS_MAX {
            let mut assigned = Vec::new();
            visit::statements(&function.body, &mut |statement| kinds.assignments(statement, &mut assigned));
            let before = kinds.locals.len();
            for (name, kind) in assigned {
                let contradicts = kind != Kind::Unknown || !kinds.declared.contains(&name);
                if contradicts && kinds.locals.get(&name).is_some_and(|known| *known != kind) {
                    kinds.locals.remove(&name);
                }
            }
            if kinds.locals.len() == before {
                break;
            }
        }
        if function.kind == FunctionKind::Method {
            kinds.this = Kind::Unknown;
        }
        kinds
    }

    fn declare(&mut self, name: &str, type_name: Option<&TypeName>) {
        let kind = type_name.map_or(Kind::Unknown, |type_name| self.names.kind_of_type(type_name));
        if kind != Kind::Unknown && self.declared.insert(name.to_lowercase()) {
            self.locals.insert(name.to_lowercase(), kind);
        }
    }

    /// What a statement assigns to locals.
    fn assignments(
        &mut self,
        statement: &tessera_syntax::ast::Statement,
        assigned: &mut Vec<(String, Kind)>,
    ) {
        let mut note = |target: &Expression, kind: Kind| {
            if let ExpressionKind::Local(name) = &target.kind {
                assigned.push((name.to_lowercase().to_string(), kind));
            }
        };
        match &statement.kind {
            StatementKind::Declare(variables) => {
                for variable in variables {
                    if let Some(value) = &variable.value {
                        note(&variable.target, self.kind(value));
                    }
                    if let (ExpressionKind::Local(name), Some(type_name)) =
                        (&variable.target.kind, &variable.type_name)
                    {
                        let name = name.to_string();
                        self.declare(&name, Some(type_name));
                    }
                }
            }
            StatementKind::Assign { target, value, .. } if !is_null(value) => note(target, self.kind(value)),
            StatementKind::ForEach { variable, over, .. } => {
                let kind = match self.kind(over) {
                    Kind::Selection(dataclass) => Kind::Entity(dataclass),
                    _ => Kind::Unknown,
                };
                note(variable, kind);
            }
            _ => {}
        }
    }

    /// What an expression is.
    pub(super) fn kind(&self, expression: &Expression) -> Kind {
        match &expression.kind {
            ExpressionKind::Parenthesis(inner) => self.kind(inner),
            ExpressionKind::This => {
                let place = expression.span.start;
                let in_formula = self.formulas.iter().any(|span| (span.start..span.end).contains(&place));
                if in_formula { Kind::Unknown } else { self.this.clone() }
            }
            ExpressionKind::Local(name) => {
                self.locals.get(name.to_lowercase().as_str()).cloned().unwrap_or(Kind::Unknown)
            }
            ExpressionKind::Command(DS) => Kind::Datastore,
            ExpressionKind::Command(SESSION) => Kind::Session,
            ExpressionKind::ClassStore => Kind::ClassStore,
            ExpressionKind::Collection(_) => Kind::Collection,
            ExpressionKind::Member(object, name) => self.member(&self.kind(object), name),
            ExpressionKind::Index(object, index) => match (self.kind(object), &index.kind) {
                (kind, ExpressionKind::Text(name)) => self.member(&kind, name),
                (Kind::Selection(dataclass), _) => Kind::Entity(dataclass),
                _ => Kind::Unknown,
            },
            ExpressionKind::Call(callee, arguments) => self.call(callee, arguments),
            _ => Kind::Unknown,
        }
    }

    fn call(&self, callee: &Expression, arguments: &[Argument]) -> Kind {
        match &callee.kind {
            ExpressionKind::Command(DS) if arguments.is_empty() => Kind::Datastore,
            ExpressionKind::Command(NEW_COLLECTION | SPLIT_STRING) => Kind::Collection,
            ExpressionKind::Member(object, name) => match (self.kind(object), name.as_str()) {
                (Kind::Dataclass(of), "all" | "query" | "newSelection" | "fromCollection") => {
                    Kind::Selection(of)
                }
                (Kind::Dataclass(of), "get" | "new") => Kind::Entity(of),
                (Kind::Selection(of), "first" | "last" | "at") => Kind::Entity(of),
                (
                    Kind::Selection(of),
                    "query" | "orderBy" | "orderByFormula" | "and" | "or" | "minus" | "slice" | "copy"
                    | "add" | "clean",
                ) => Kind::Selection(of),
                (Kind::Selection(_), "toCollection" | "extract" | "distinct") => Kind::Collection,
                (Kind::Entity(of), "first" | "last" | "next" | "previous" | "clone") => Kind::Entity(of),
                (Kind::Entity(of), "getSelection") => Kind::Selection(of),
                (Kind::Entity(of) | Kind::Selection(of), "getDataClass") => Kind::Dataclass(of),
                (Kind::Class(class), "new") => self.names.instance(class),
                _ => Kind::Unknown,
            },
            _ => Kind::Unknown,
        }
    }

    /// What `object.name` is.
    fn member(&self, object: &Kind, name: &str) -> Kind {
        let catalog = &self.names.built.catalog;
        match object {
            Kind::Datastore => {
                catalog.dataclass_named(name).map_or(Kind::Unknown, |dataclass| Kind::Dataclass(dataclass.id))
            }
            Kind::ClassStore => {
                self.names.built.program.class(name).map_or(Kind::Unknown, |class| Kind::Class(class.id))
            }
            Kind::Class(class) if name == "me" => self.names.instance(*class),
            Kind::Entity(dataclass) => related(catalog, *dataclass, name, Kind::Entity),
            Kind::Selection(dataclass) => related(catalog, *dataclass, name, Kind::Selection),
            _ => Kind::Unknown,
        }
    }
}

fn is_null(value: &Expression) -> bool {
    const NULL: u16 = 1517;
    matches!(value.kind, ExpressionKind::Command(NULL))
}

/// What a relation attribute leads to.
fn related(catalog: &Catalog, dataclass: DataclassId, name: &str, one: fn(DataclassId) -> Kind) -> Kind {
    match catalog.dataclass(dataclass).attribute_named(name).map(|attribute| &attribute.kind) {
        Some(AttributeKind::RelatedEntity { target, .. }) => one(*target),
        Some(AttributeKind::RelatedEntities { target, .. }) => Kind::Selection(*target),
        _ => Kind::Unknown,
    }
}

impl Names<'_> {
    /// What `This` is in a class.
    fn this_of(&self, class: &str) -> Kind {
        let catalog = &self.built.catalog;
        if class == "DataStore" {
            return Kind::Datastore;
        }
        let of = |name: &str| catalog.dataclass_named(name).map(|dataclass| dataclass.id);
        let extends = |base: &str| self.extends(class, base);
        if let Some(dataclass) = of(class).filter(|_| extends("DataClass")) {
            return Kind::Dataclass(dataclass);
        }
        if let Some(dataclass) = class.strip_suffix("Entity").and_then(of).filter(|_| extends("Entity")) {
            return Kind::Entity(dataclass);
        }
        if let Some(dataclass) =
            class.strip_suffix("Selection").and_then(of).filter(|_| extends("EntitySelection"))
        {
            return Kind::Selection(dataclass);
        }
        self.built.program.class(class).map_or(Kind::Unknown, |class| self.instance(class.id))
    }

    fn extends(&self, class: &str, base: &str) -> bool {
        let class = self.built.program.class(class);
        class.is_some_and(|class| class.base == tessera_vm::Base::BuiltIn(Text::from(base)))
    }

    /// An instance, unless the class inherits what is not known here.
    fn instance(&self, class: ClassId) -> Kind {
        let known = self
            .built
            .program
            .lineage(class)
            .all(|class| matches!(class.base, tessera_vm::Base::Object | tessera_vm::Base::User(_)));
        if known { Kind::Instance(class) } else { Kind::Unknown }
    }

    fn kind_of_type(&self, type_name: &TypeName) -> Kind {
        match type_name {
            TypeName::Collection => Kind::Collection,
            TypeName::Class(name) => {
                let catalog = &self.built.catalog;
                let of = |name: &str| catalog.dataclass_named(name).map(|dataclass| dataclass.id);
                of(name)
                    .map(Kind::Dataclass)
                    .or_else(|| name.strip_suffix("Entity").and_then(of).map(Kind::Entity))
                    .or_else(|| name.strip_suffix("Selection").and_then(of).map(Kind::Selection))
                    .or_else(|| self.built.program.class(name).map(|class| self.instance(class.id)))
                    .unwrap_or(Kind::Unknown)
            }
            _ => Kind::Unknown,
        }
    }
}
