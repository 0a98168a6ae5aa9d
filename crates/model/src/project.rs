//! The one reader of a project folder: finds its parts and reads what the layers above need.
//!
//! It writes nothing and compiles nothing: `orda` compiles the sources, `web` serves the folders.

use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};
use tessera_values::Text;

use crate::{
    Catalog, HttpHandlers, HttpRules, ProjectError, Quotas, QuotasFault, Roles, RolesFault, Settings,
    WebFileFault,
};

mod find;
mod pages;

pub use find::ProjectPaths;
pub use pages::{Page, read_page, start_page};

/// The largest file read; the largest known catalog has a few megabytes.
const MEGABYTES_MAX: u64 = 64;

/// A project as its folder says.
#[derive(Clone, Debug)]
pub struct Project {
    /// The name of the project file.
    pub name: Text,
    /// Where everything is.
    pub paths: ProjectPaths,
    /// What the settings files say.
    pub settings: Settings,
    /// The structure, without what class code adds.
    pub catalog: Catalog,
    /// `roles.json`.
    pub roles: RolesSource,
    /// `QuotaManager.json`; nothing is limited without one.
    pub quotas: Quotas,
    /// `HTTPHandlers.json`
    pub handlers: HttpHandlers,
    /// `HTTPRules.json`
    pub rules: HttpRules,
    /// What is wrong in those two, with the file.
    pub web_faults: Vec<(Utf8PathBuf, WebFileFault)>,
    /// The code, in a fixed order.
    pub sources: Vec<SourceFile>,
    /// What was odd, each with a sentence for people.
    pub warnings: Vec<ProjectWarning>,
}

/// What is to be said of `roles.json`.
#[derive(Clone, Debug, PartialEq)]
pub enum RolesSource {
    /// There is none: everything is open.
    Absent,
    /// It is valid, with warnings.
    Valid(Roles, Vec<RolesFault>),
    /// It has errors; warnings are among them.
    Broken(Vec<RolesFault>),
}

/// One file of 4D code.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFile {
    /// What it holds.
    pub kind: SourceKind,
    /// The name of the method or class: the file's without its extension.
    pub name: Text,
    /// The file.
    pub path: Utf8PathBuf,
    /// Its text with `\n` line ends and without a mark at the beginning.
    pub text: String,
}

/// What a source file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// A project method.
    Method,
    /// A class.
    Class,
    /// A database method such as `onStartup`.
    DatabaseMethod,
    /// The trigger of a table, named `table_5`.
    Trigger,
}

/// Something odd in a project folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectWarning {
    /// A source file that is not UTF-8.
    #[error("{path} is not UTF-8; characters that can't be read were replaced. Save it as UTF-8.")]
    NotUtf8 {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A quota that does not exist.
    #[error("{path}: there is no quota {name}; it limits nothing. Check the spelling.")]
    UnknownQuota {
        /// The file.
        path: Utf8PathBuf,
        /// As written.
        name: String,
    },
    /// A project without a structure, such as a component that is code alone.
    #[error(
        "{path} is missing: the project has no dataclasses. If it should have some, copy the file from a backup."
    )]
    NoCatalog {
        /// Where it would be.
        path: Utf8PathBuf,
    },
    /// The settings put static files outside the project.
    #[error("The settings put static files at {folder}, outside the project; WebFolder is used instead.")]
    WebFolderOutside {
        /// As written.
        folder: Text,
    },
}

impl Project {
    /// Reads the project in a folder, or the one of a `.4DProject` file.
    pub fn open(path: &Utf8Path) -> Result<Self, ProjectError> {
        let (name, mut paths) = find::find(path)?;
        let mut warnings = Vec::new();
        let settings = read_settings(&paths)?;
        paths.set_web_folder(&settings.html_root, &mut warnings);
        let mut web_faults = Vec::new();
        let handlers = read_web_file(paths.handlers(), HttpHandlers::parse, &mut web_faults)?;
        let rules = read_web_file(paths.rules(), HttpRules::parse, &mut web_faults)?;
        Ok(Self {
            name,
            catalog: read_catalog(&paths, &mut warnings)?,
            roles: read_roles(&paths)?,
            quotas: read_quotas(&paths, &mut warnings)?,
            handlers,
            rules,
            web_faults,
            sources: read_sources(&paths, &mut warnings)?,
            paths,
            settings,
            warnings,
        })
    }
}

impl RolesSource {
    /// Reads the text of a `roles.json`.
    pub fn parse(text: &str) -> Self {
        match Roles::parse(text) {
            Ok((roles, warnings)) => Self::Valid(roles, warnings),
            Err(faults) => Self::Broken(faults),
        }
    }

    /// The roles, when they are valid.
    pub fn roles(&self) -> Option<&Roles> {
        match self {
            Self::Valid(roles, _) => Some(roles),
            Self::Absent | Self::Broken(_) => None,
        }
    }

    /// Everything wrong with the file.
    pub fn faults(&self) -> &[RolesFault] {
        match self {
            Self::Absent => &[],
            Self::Valid(_, faults) | Self::Broken(faults) => faults,
        }
    }
}

fn read_settings(paths: &ProjectPaths) -> Result<Settings, ProjectError> {
    let mut settings = Settings::default();
    // From the least to the most important (`docs/Desktop/user-settings.md`).
    let folders = [paths.sources.clone(), paths.root.join("Settings"), paths.data.join("Settings")];
    for folder in folders {
        let path = folder.join("settings.4DSettings");
        if let Some(bytes) = read(&path)?
            && let Err(fault) = settings.apply(&String::from_utf8_lossy(&bytes))
        {
            let (line, column, message) = (fault.line, fault.column, fault.message);
            return Err(ProjectError::BrokenSettings { path, line, column, message });
        }
    }
    Ok(settings)
}

/// 4D writes the file with the first table, so a project may be without.
fn read_catalog(paths: &ProjectPaths, warnings: &mut Vec<ProjectWarning>) -> Result<Catalog, ProjectError> {
    let path = paths.sources.join("catalog.4DCatalog");
    let Some(bytes) = read(&path)? else {
        warnings.push(ProjectWarning::NoCatalog { path });
        return Ok(Catalog::default());
    };
    Catalog::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|error| ProjectError::BrokenCatalog { path, error })
}

fn read_quotas(paths: &ProjectPaths, warnings: &mut Vec<ProjectWarning>) -> Result<Quotas, ProjectError> {
    let path = paths.sources.join("QuotaManager.json");
    let Some(bytes) = read(&path)? else { return Ok(Quotas::default()) };
    match Quotas::parse(&String::from_utf8_lossy(&bytes)) {
        Ok((quotas, unknown)) => {
            let unknown = unknown.into_iter();
            warnings.extend(unknown.map(|name| ProjectWarning::UnknownQuota { path: path.clone(), name }));
            Ok(quotas)
        }
        Err(QuotasFault { line, column, message }) => {
            Err(ProjectError::BrokenQuotas { path, line, column, message })
        }
    }
}

fn read_roles(paths: &ProjectPaths) -> Result<RolesSource, ProjectError> {
    let bytes = read(&paths.roles())?;
    Ok(bytes.map_or(RolesSource::Absent, |bytes| RolesSource::parse(&String::from_utf8_lossy(&bytes))))
}

fn read_web_file<T: Default>(
    path: Utf8PathBuf,
    parse: fn(&str) -> (T, Vec<WebFileFault>),
    all_faults: &mut Vec<(Utf8PathBuf, WebFileFault)>,
) -> Result<T, ProjectError> {
    let Some(bytes) = read(&path)? else { return Ok(T::default()) };
    let (found, faults) = parse(&String::from_utf8_lossy(&bytes));
    all_faults.extend(faults.into_iter().map(|fault| (path.clone(), fault)));
    Ok(found)
}

fn read_sources(
    paths: &ProjectPaths,
    warnings: &mut Vec<ProjectWarning>,
) -> Result<Vec<SourceFile>, ProjectError> {
    let mut sources = Vec::new();
    for (folder, kind) in [
        ("Methods", SourceKind::Method),
        ("Classes", SourceKind::Class),
        ("DatabaseMethods", SourceKind::DatabaseMethod),
        ("Triggers", SourceKind::Trigger),
    ] {
        for path in find::files(&paths.sources.join(folder), "4dm")? {
            // A name in parentheses belongs to something deleted.
            let Some(name) = path.file_stem().filter(|name| !name.starts_with('(')) else { continue };
            let Some(bytes) = read(&path)? else { continue };
            let text = match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => {
                    warnings.push(ProjectWarning::NotUtf8 { path: path.clone() });
                    String::from_utf8_lossy(error.as_bytes()).into_owned()
                }
            };
            sources.push(SourceFile { kind, name: name.into(), text: plain_lines(text), path });
        }
    }
    Ok(sources)
}

/// One kind of line end, and no mark at the beginning.
fn plain_lines(text: String) -> String {
    let text = match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// A file's bytes, or `None` without such a file.
fn read(path: &Utf8Path) -> Result<Option<Vec<u8>>, ProjectError> {
    let unreadable = |error| ProjectError::Unreadable { path: path.to_owned(), error };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let bytes_max = MEGABYTES_MAX * 1024 * 1024;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > bytes_max {
        return Err(ProjectError::TooLarge { path: path.to_owned(), megabytes_max: MEGABYTES_MAX });
    }
    Ok(Some(bytes))
}
