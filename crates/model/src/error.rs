//! What can be wrong with a project folder or its catalog, with place and cure.

use camino::Utf8PathBuf;
use tessera_values::Text;

/// A project that can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// Nothing at this path.
    #[error("{path} does not exist. Give the folder that holds Project/<name>.4DProject, or that file.")]
    NotFound {
        /// The path as given.
        path: Utf8PathBuf,
    },
    /// A folder without a project.
    #[error(
        "{path} holds no .4DProject file. Give the folder that holds Project/<name>.4DProject, or that file."
    )]
    NoProject {
        /// The folder.
        path: Utf8PathBuf,
    },
    /// A file that is no project.
    #[error(
        "{path} is not a .4DProject file. Give that file, or the folder that holds Project/<name>.4DProject."
    )]
    NotAProject {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Several projects in one folder.
    #[error("{path} holds several projects: {}. Name the one to open.", list(found))]
    SeveralProjects {
        /// The folder.
        path: Utf8PathBuf,
        /// The project files.
        found: Vec<Utf8PathBuf>,
    },
    /// A catalog that can't be understood.
    #[error("{path}:{}:{}: {error}. Correct the file, or save the structure again with 4D.", error.line(), error.column())]
    BrokenCatalog {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        error: CatalogError,
    },
    /// A settings file that is not XML.
    #[error("{path}:{line}:{column}: {message}. Correct the file, or delete it to work with the defaults.")]
    BrokenSettings {
        /// The file.
        path: Utf8PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A `QuotaManager.json` that can't be understood.
    #[error("{path}:{line}:{column}: {message}. Correct the file, or delete it to work without quotas.")]
    BrokenQuotas {
        /// The file.
        path: Utf8PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A file or folder that can't be read.
    #[error("{path} can't be read: {error}. Check that it exists and that its permissions allow reading.")]
    Unreadable {
        /// The file.
        path: Utf8PathBuf,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// Something larger than any real project.
    #[error(
        "{path} is larger than {megabytes_max} MB. Remove it, or correct it if it belongs to the project."
    )]
    TooLarge {
        /// The file.
        path: Utf8PathBuf,
        /// The limit.
        megabytes_max: u64,
    },
}

fn list(paths: &[Utf8PathBuf]) -> String {
    paths.iter().filter_map(|path| path.file_name()).collect::<Vec<_>>().join(", ")
}

/// A catalog file that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The text is not XML.
    #[error("the catalog is not valid XML: {message}")]
    Xml {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the reader says.
        message: String,
    },
    /// The root element is another one.
    #[error("the root element is <{found}>, not <base>")]
    NotACatalog {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// Its name.
        found: String,
    },
    /// A table or field without a name.
    #[error("<{element}> has no name")]
    Nameless {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The element.
        element: &'static str,
    },
    /// Two tables or two fields of a table share a name or number.
    #[error("{name} is declared twice")]
    Twice {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// `table A`, `field A.b`, `table number 3`.
        name: String,
    },
}

impl CatalogError {
    /// The line, from 1.
    pub fn line(&self) -> usize {
        match self {
            Self::Xml { line, .. }
            | Self::NotACatalog { line, .. }
            | Self::Nameless { line, .. }
            | Self::Twice { line, .. } => *line,
        }
    }

    /// The column, from 1.
    pub fn column(&self) -> usize {
        match self {
            Self::Xml { column, .. }
            | Self::NotACatalog { column, .. }
            | Self::Nameless { column, .. }
            | Self::Twice { column, .. } => *column,
        }
    }
}

/// Something in a catalog that was skipped, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogWarning {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// What was skipped, and why.
    pub reason: SkipReason,
}

/// Why a part of the catalog was skipped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// A field of a type that no known catalog uses.
    #[error("the field {table}.{field} has the unknown type {code} and is left out")]
    UnknownType {
        /// The table.
        table: Text,
        /// The field.
        field: Text,
        /// The code.
        code: Text,
    },
    /// A table without a single key field.
    #[error("the table {table} has {keys} primary key fields and is therefore no dataclass")]
    NoSingleKey {
        /// The table.
        table: Text,
        /// How many.
        keys: usize,
    },
    /// A relation whose ends are missing.
    #[error("the relation {name} has an end that is no field of a dataclass and is left out")]
    RelationEnd {
        /// Its names.
        name: Text,
    },
    /// A relation named like a field.
    #[error(
        "the field {dataclass}.{name} can't be reached by its name, which a relation has as well; rename one of them"
    )]
    FieldHidden {
        /// The dataclass.
        dataclass: Text,
        /// The name.
        name: Text,
    },
    /// A relation named like another relation, or like the key.
    #[error("{dataclass} already has an attribute {name}; the relation of that name is left out")]
    NameTaken {
        /// The dataclass.
        dataclass: Text,
        /// The name.
        name: Text,
    },
}
