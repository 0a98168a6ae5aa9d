//! Syntax trees to a [`Program`].
//!
//! First all names (methods, classes), then all bodies, because a bare name is a method or a variable depending on
//! what the project declares. Compiling never fails: what can't run becomes an instruction that raises, so that one
//! bad line does not take the project down.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use tessera_syntax::visit;
use tessera_syntax::{LineIndex, ast};
use tessera_values::{ClassId, Text};

use crate::bytecode::{Routine, Type};
use crate::program::{Base, Class, Computed, Function, Global, Method, Program, Property, Singleton, lower};

mod block;
mod call;
mod expression;
mod place;
mod routine;
mod statement;

use routine::RoutineCompiler;

/// What a source file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A project method.
    Method,
    /// A class.
    Class,
    /// A database method.
    DatabaseMethod,
}

/// A parsed file to compile.
#[derive(Debug)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// The method's or class's name.
    pub name: Text,
    /// The tree.
    pub file: ast::File,
    /// Its lines, for error places.
    pub lines: LineIndex,
}

/// What every routine of a program sees while it is compiled.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) methods: HashMap<Text, u16>,
    pub(crate) classes: HashMap<Text, ClassId>,
    globals: RefCell<(Vec<Global>, HashMap<Text, u16>)>,
}

impl Names {
    /// What a compiled program knows, for code that is compiled while it runs.
    fn of(program: &Program) -> Self {
        Self {
            methods: program.method_numbers.clone(),
            classes: program.class_numbers.clone(),
            globals: RefCell::new((program.globals.clone(), program.global_numbers.clone())),
        }
    }

    /// The number of a process variable, made on first sight.
    pub(crate) fn global(&self, name: &str) -> u16 {
        let (globals, numbers) = &mut *self.globals.borrow_mut();
        *numbers.entry(lower(name)).or_insert_with(|| {
            globals.push(Global { name: name.into(), declared: Type::Variant });
            (globals.len() - 1).min(usize::from(u16::MAX)) as u16
        })
    }

    /// Remembers the first declaration of a process variable's type.
    pub(crate) fn declare_global(&self, global: u16, declared: &Type) {
        let (globals, _) = &mut *self.globals.borrow_mut();
        if let Some(global) = globals.get_mut(usize::from(global))
            && global.declared == Type::Variant
        {
            global.declared = declared.clone();
        }
    }

    pub(crate) fn global_type(&self, global: u16) -> Type {
        self.globals
            .borrow()
            .0
            .get(usize::from(global))
            .map_or(Type::Variant, |global| global.declared.clone())
    }
}

/// Compiles a project. `is_watched(class, function)` tells which functions the host wants to be told of. Where an
/// earlier state of the same project runs already, classes keep the numbers they have in `earlier`, because instances
/// live in `Storage` and in sessions.
pub fn compile(
    sources: &[Source],
    earlier: Option<&Program>,
    is_watched: &dyn Fn(&str, &str) -> bool,
) -> Program {
    let mut names = Names::default();
    let mut program = Program::default();
    for class in earlier.map(Program::classes).unwrap_or_default() {
        program.classes.push(Class::gone(class.id, class.name.clone()));
    }
    let known: HashMap<Text, ClassId> =
        program.classes.iter().map(|class| (class.name.clone(), class.id)).collect();
    let mut methods = 0..;
    for source in sources {
        match source.kind {
            SourceKind::Method => {
                // Two files may differ in case only; the first one has the name.
                let number = methods.next().unwrap_or(u16::MAX);
                names.methods.entry(lower(&source.name)).or_insert(number);
            }
            SourceKind::Class => {
                let id = known.get(&source.name).copied().unwrap_or_else(|| {
                    let id = ClassId(program.classes.len() as u32);
                    program.classes.push(Class::gone(id, source.name.clone()));
                    id
                });
                names.classes.insert(source.name.clone(), id);
            }
            SourceKind::DatabaseMethod => {}
        }
    }
    declare_globals(sources, &names);

    for source in sources {
        match (&source.file.body, source.kind) {
            (ast::Body::Method(function), SourceKind::Method) => {
                let published = source.file.attributes.as_deref().is_some_and(is_published_web);
                let routine = Arc::new(compile_function(&names, source, function, &source.name, None));
                program.methods.push(Method { name: source.name.clone(), routine, published_web: published });
            }
            (ast::Body::Method(function), SourceKind::DatabaseMethod) => {
                let routine = Arc::new(compile_function(&names, source, function, &source.name, None));
                program.database_methods.insert(lower(&source.name), routine);
            }
            (ast::Body::Class(class), SourceKind::Class) => {
                let id = names.classes[&source.name];
                program.classes[id.0 as usize] = compile_class(&names, source, class, id, is_watched);
            }
            // A class file that is a method, or the reverse: the file's kind is given by its folder.
            _ => {}
        }
    }
    cut_cycles(&mut program.classes);
    program.method_numbers = names.methods;
    program.class_numbers = names.classes;
    let (globals, numbers) = names.globals.into_inner();
    program.globals = globals;
    program.global_numbers = numbers;
    program
}

/// Compiles one expression, for `Formula from string`. `$1`… are its arguments.
pub fn compile_expression(program: &Program, expression: &ast::Expression) -> Arc<Routine> {
    compile_with_locals(program, expression, &[])
}

/// Compiles one expression in which some locals are known: they are its arguments, in this order.
pub fn compile_with_locals(program: &Program, expression: &ast::Expression, locals: &[Text]) -> Arc<Routine> {
    let names = Names::of(program);
    let lines = LineIndex::new("");
    let mut compiler = RoutineCompiler::new(&names, &lines, "Formula".into(), None);
    let body = ast::FormulaBody::Expression(expression.clone());
    if locals.is_empty() {
        compiler.reserve_parameters(&body);
    }
    compiler.name_parameters(locals);
    compiler.formula_body(&body);
    Arc::new(compiler.finish())
}

/// Compiles the formula of a text, for `Formula from string`.
pub(crate) fn compile_formula(program: &Program, body: &ast::FormulaBody, source: &str) -> Arc<Routine> {
    let names = Names::of(program);
    let lines = LineIndex::new("");
    let mut compiler = RoutineCompiler::new(&names, &lines, "Formula".into(), None);
    compiler.whole_formula(body);
    let mut routine = compiler.finish();
    routine.source = source.into();
    Arc::new(routine)
}

fn is_published_web(attributes: &str) -> bool {
    match tessera_values::parse_relaxed(attributes) {
        Ok(tessera_values::Value::Object(object)) => {
            object.get("publishedWeb").and_then(|value| value.as_boolean()).unwrap_or(false)
        }
        _ => false,
    }
}

/// Types of process variables hold in every method, wherever they are declared.
fn declare_globals(sources: &[Source], names: &Names) {
    for source in sources {
        let mut declare = |statement: &ast::Statement| {
            if let ast::StatementKind::Declare(variables) = &statement.kind {
                for variable in variables {
                    if let (ast::ExpressionKind::Name(name), Some(type_name)) =
                        (&variable.target.kind, &variable.type_name)
                    {
                        names.declare_global(names.global(name), &type_of(type_name));
                    }
                }
            }
        };
        match &source.file.body {
            ast::Body::Method(function) => visit::statements(&function.body, &mut declare),
            ast::Body::Class(class) => {
                for function in class.functions.iter().chain(&class.constructor) {
                    visit::statements(&function.body, &mut declare);
                }
            }
        }
    }
}

fn compile_function(
    names: &Names,
    source: &Source,
    function: &ast::Function,
    name: &str,
    class: Option<ClassId>,
) -> Routine {
    let mut compiler = RoutineCompiler::new(names, &source.lines, name.into(), class);
    compiler.function(function);
    let mut routine = compiler.finish();
    routine.locks_this = function.modifiers.shared && class.is_some();
    routine
}

fn compile_class(
    names: &Names,
    source: &Source,
    class: &ast::Class,
    id: ClassId,
    is_watched: &dyn Fn(&str, &str) -> bool,
) -> Class {
    let function = |ast: &ast::Function| {
        let name = match ast.kind {
            ast::FunctionKind::Constructor => format!("{}.constructor", source.name),
            _ => format!("{}.{}", source.name, ast.name),
        };
        let mut routine = compile_function(names, source, ast, &name, Some(id));
        routine.watched = ast.kind == ast::FunctionKind::Plain && is_watched(&source.name, &ast.name);
        let routine = Arc::new(routine);
        let parameters = ast.parameters.iter().map(|p| declared_type(p.type_name.as_ref())).collect();
        Function { routine, modifiers: ast.modifiers, parameters }
    };
    let mut functions = IndexMap::new();
    let mut computed: IndexMap<Text, Computed> = IndexMap::new();
    let mut events = HashMap::new();
    for ast in &class.functions {
        let compiled = function(ast);
        match &ast.kind {
            ast::FunctionKind::Get => {
                let entry = computed.entry(ast.name.clone()).or_default();
                entry.value_type = ast.result.as_ref().map(|result| declared_type(result.type_name.as_ref()));
                entry.get = Some(compiled);
            }
            ast::FunctionKind::Set => computed.entry(ast.name.clone()).or_default().set = Some(compiled),
            ast::FunctionKind::Query => computed.entry(ast.name.clone()).or_default().query = Some(compiled),
            ast::FunctionKind::OrderBy => {
                computed.entry(ast.name.clone()).or_default().order_by = Some(compiled);
            }
            ast::FunctionKind::Event(kind) => {
                events.insert((lower(kind), ast.name.clone()), compiled);
            }
            ast::FunctionKind::Plain | ast::FunctionKind::Method | ast::FunctionKind::Constructor => {
                functions.insert(ast.name.clone(), compiled);
            }
        }
    }
    let modifiers = class.constructor.as_ref().map(|constructor| constructor.modifiers).unwrap_or_default();
    let properties = class.properties.iter().map(|property| Property {
        name: property.name.clone(),
        initial: property.value.as_ref().map(|value| {
            let name = format!("{}.{}", source.name, property.name);
            let mut compiler = RoutineCompiler::new(names, &source.lines, name.into(), Some(id));
            compiler.formula_body(&ast::FormulaBody::Expression(value.clone()));
            Arc::new(compiler.finish())
        }),
    });
    Class {
        id,
        name: source.name.clone(),
        base: base_of(names, class.extends.as_ref()),
        properties: properties.collect(),
        constructor: class.constructor.as_ref().map(function),
        functions,
        computed,
        events,
        aliases: class.aliases.iter().map(|a| (a.name.clone(), a.path.clone(), a.exposed)).collect(),
        shared: modifiers.shared || modifiers.session,
        singleton: match (modifiers.singleton, modifiers.session, modifiers.shared) {
            (false, ..) => Singleton::No,
            (true, true, _) => Singleton::Session,
            (true, false, true) => Singleton::Shared,
            (true, false, false) => Singleton::Process,
        },
    }
}

fn base_of(names: &Names, extends: Option<&ast::TypeName>) -> Base {
    let Some(extends) = extends else { return Base::Object };
    match extends {
        ast::TypeName::BuiltIn(name) => Base::BuiltIn(name.clone()),
        ast::TypeName::Class(name) | ast::TypeName::Unknown(name) => match names.classes.get(name) {
            Some(id) => Base::User(*id),
            None if matches!(
                name.as_str(),
                "DataClass" | "Entity" | "EntitySelection" | "DataStoreImplementation"
            ) =>
            {
                Base::BuiltIn(name.clone())
            }
            None => Base::Missing(name.clone()),
        },
        other => Base::Missing(format!("{other:?}").into()),
    }
}

/// A class that extends itself, however indirectly, extends nothing instead.
fn cut_cycles(classes: &mut [Class]) {
    for start in 0..classes.len() {
        let mut seen = HashSet::from([start]);
        let mut at = start;
        while let Base::User(parent) = classes[at].base {
            let parent = parent.0 as usize;
            if !seen.insert(parent) {
                classes[at].base = Base::Missing(classes[parent].name.clone());
                break;
            }
            at = parent;
        }
    }
}

pub(crate) fn declared_type(name: Option<&ast::TypeName>) -> Type {
    name.map_or(Type::Variant, type_of)
}

pub(crate) fn type_of(name: &ast::TypeName) -> Type {
    use ast::TypeName;
    match name {
        TypeName::Text => Type::Text,
        TypeName::Integer => Type::Integer,
        TypeName::Real => Type::Real,
        TypeName::Boolean => Type::Boolean,
        TypeName::Date => Type::Date,
        TypeName::Time => Type::Time,
        TypeName::Object => Type::Object,
        TypeName::Collection => Type::Collection,
        TypeName::Pointer => Type::Pointer,
        TypeName::Picture => Type::Picture,
        TypeName::Blob => Type::Blob,
        TypeName::BuiltIn(name) => Type::Class(format!("4D.{name}").into()),
        TypeName::Class(name) => Type::Class(format!("cs.{name}").into()),
        TypeName::Variant | TypeName::Unknown(_) => Type::Variant,
    }
}
