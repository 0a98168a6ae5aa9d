//! A compiled project: its methods, its classes, and the names of its process variables.
//!
//! Immutable once built and shared by every process; a changed file builds a new one.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use tessera_syntax::ast;
use tessera_values::{ClassId, Text};

use crate::bytecode::{Routine, Type};

/// What a class inherits from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing but `4D.Object`.
    Object,
    /// Another class of the project.
    User(ClassId),
    /// A class of the server: `DataClass`, `Entity`, `EntitySelection`, `DataStoreImplementation`, `4D.…`.
    BuiltIn(Text),
    /// A class that does not exist; using the class raises an error that names it.
    Missing(Text),
}

/// One function of a class.
#[derive(Clone, Debug)]
pub struct Function {
    /// The code.
    pub routine: Arc<Routine>,
    /// The words before `Function`.
    pub modifiers: ast::Modifiers,
    /// The types of the parameters, as a REST call needs them.
    pub parameters: Vec<Type>,
}

/// The accessor functions of one computed property or attribute.
#[derive(Clone, Debug, Default)]
pub struct Computed {
    /// `Function get`
    pub get: Option<Function>,
    /// `Function set`
    pub set: Option<Function>,
    /// `Function query`
    pub query: Option<Function>,
    /// `Function orderBy`
    pub order_by: Option<Function>,
    /// The type `Function get` declares.
    pub value_type: Option<Type>,
}

/// A declared property with its initial value.
#[derive(Clone, Debug)]
pub struct Property {
    /// The name.
    pub name: Text,
    /// Computes the initial value.
    pub initial: Option<Arc<Routine>>,
}

/// How many instances a class has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Singleton {
    /// As many as code makes.
    #[default]
    No,
    /// One per process.
    Process,
    /// One per server.
    Shared,
    /// One per web session.
    Session,
}

/// A compiled class.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its number in the program.
    pub id: ClassId,
    /// As the file is called.
    pub name: Text,
    /// What it extends.
    pub base: Base,
    /// `property` lines.
    pub properties: Vec<Property>,
    /// `Class constructor`
    pub constructor: Option<Function>,
    /// Plain functions by name.
    pub functions: IndexMap<Text, Function>,
    /// Computed properties and attributes by name.
    pub computed: IndexMap<Text, Computed>,
    /// Events by kind (lower case) and attribute name (empty for the entity level).
    pub events: HashMap<(Text, Text), Function>,
    /// Aliases: name, target path, exposed.
    pub aliases: Vec<(Text, Text, bool)>,
    /// `shared Class constructor`
    pub shared: bool,
    /// Which kind of singleton.
    pub singleton: Singleton,
}

impl Class {
    /// What is left of a class whose file is gone.
    pub(crate) fn gone(id: ClassId, name: Text) -> Self {
        Self {
            id,
            name,
            base: Base::Object,
            properties: Vec::new(),
            constructor: None,
            functions: IndexMap::new(),
            computed: IndexMap::new(),
            events: HashMap::new(),
            aliases: Vec::new(),
            shared: false,
            singleton: Singleton::No,
        }
    }
}

static UNKNOWN_CLASS: LazyLock<Class> = LazyLock::new(|| Class::gone(ClassId(u32::MAX), Text::new()));

/// A project method.
#[derive(Clone, Debug)]
pub struct Method {
    /// As the file is called.
    pub name: Text,
    /// The code.
    pub routine: Arc<Routine>,
    /// May web URLs and tags call it?
    pub published_web: bool,
}

/// A process variable.
#[derive(Clone, Debug)]
pub struct Global {
    /// As first written.
    pub name: Text,
    /// As first declared; Variant without declaration.
    pub declared: Type,
}

/// A compiled project.
#[derive(Debug, Default)]
pub struct Program {
    pub(crate) methods: Vec<Method>,
    pub(crate) method_numbers: HashMap<Text, u16>,
    pub(crate) classes: Vec<Class>,
    pub(crate) class_numbers: HashMap<Text, ClassId>,
    pub(crate) database_methods: HashMap<Text, Arc<Routine>>,
    pub(crate) globals: Vec<Global>,
    pub(crate) global_numbers: HashMap<Text, u16>,
}

impl Program {
    /// A class by its exact name.
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.class_numbers.get(name).map(|id| self.class_by_id(*id))
    }

    /// A class by its number. An instance in `Storage` may be of a class that this program no longer has, or does not
    /// have yet, because the program was compiled anew meanwhile; it is then one without properties and functions.
    pub fn class_by_id(&self, id: ClassId) -> &Class {
        self.classes.get(id.0 as usize).unwrap_or(&UNKNOWN_CLASS)
    }

    /// All classes by number.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// All project methods.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// A project method; the case of the name does not count.
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.method_numbers.get(&lower(name)).map(|number| &self.methods[usize::from(*number)])
    }

    /// A database method such as `onRESTAuthentication`; the case of the name does not count.
    pub fn database_method(&self, name: &str) -> Option<&Arc<Routine>> {
        self.database_methods.get(&lower(name))
    }

    /// A function of a class or of the classes it extends.
    pub fn function(&self, class: ClassId, name: &str) -> Option<&Function> {
        self.lineage(class).find_map(|class| class.functions.get(name))
    }

    /// A computed property of a class or of the classes it extends.
    pub fn computed(&self, class: ClassId, name: &str) -> Option<&Computed> {
        self.lineage(class).find_map(|class| class.computed.get(name))
    }

    /// The class itself, then what it extends. Cycles were refused when the program was built.
    pub fn lineage(&self, class: ClassId) -> impl Iterator<Item = &Class> {
        std::iter::successors(Some(self.class_by_id(class)), |class| match class.base {
            Base::User(parent) => Some(self.class_by_id(parent)),
            _ => None,
        })
    }
}

/// The form in which case-insensitive names are looked up.
pub(crate) fn lower(name: &str) -> Text {
    if name.bytes().any(|byte| byte.is_ascii_uppercase() || byte >= 128) {
        name.to_lowercase().into()
    } else {
        name.into()
    }
}
