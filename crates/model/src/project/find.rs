//! Where the parts of a project are (`docs/Project/architecture.md`).

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use tessera_values::Text;

use super::ProjectWarning;
use crate::ProjectError;

/// The folders of a project. Only the root and the sources are sure to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectPaths {
    /// The folder that holds `Project`, `Data`, `Resources` and `WebFolder`.
    pub root: Utf8PathBuf,
    /// The `.4DProject` file.
    pub project_file: Utf8PathBuf,
    /// `Project/Sources`
    pub sources: Utf8PathBuf,
    /// Static files.
    pub web_folder: Utf8PathBuf,
    /// `Resources`
    pub resources: Utf8PathBuf,
    /// `Data`
    pub data: Utf8PathBuf,
    /// `Data/Logs`
    pub logs: Utf8PathBuf,
}

impl ProjectPaths {
    /// Where the parts of the project at `path` are, without reading any of them.
    pub fn find(path: &Utf8Path) -> Result<Self, ProjectError> {
        find(path).map(|(_, paths)| paths)
    }

    fn new(project_file: Utf8PathBuf) -> Self {
        let folder = project_file.parent().map_or_else(Utf8PathBuf::new, Utf8Path::to_owned);
        // Usually the file lies in a folder `Project` inside the root; some repositories are the folder itself.
        let root = match folder.parent() {
            Some(parent) if folder.file_name() == Some("Project") => parent.to_owned(),
            _ => folder.clone(),
        };
        Self {
            project_file,
            sources: folder.join("Sources"),
            web_folder: root.join("WebFolder"),
            resources: root.join("Resources"),
            data: root.join("Data"),
            logs: root.join("Data").join("Logs"),
            root,
        }
    }

    /// `roles.json`
    pub fn roles(&self) -> Utf8PathBuf {
        self.sources.join("roles.json")
    }

    /// `HTTPHandlers.json`
    pub fn handlers(&self) -> Utf8PathBuf {
        self.sources.join("HTTPHandlers.json")
    }

    /// `HTTPRules.json`
    pub fn rules(&self) -> Utf8PathBuf {
        self.sources.join("HTTPRules.json")
    }

    /// The file that a decoded path names in the web folder. No link leads out of it, and hidden files, parents and
    /// names of other systems are refused before the disk is asked (S157).
    pub fn web_file(&self, path: &str) -> Option<Utf8PathBuf> {
        let relative = path.trim_start_matches('/');
        let is_plain =
            relative.split('/').all(|part| !part.starts_with('.') && !part.contains(['\\', '\0', ':']));
        if !is_plain { None } else { self.inside_web_folder(&self.web_folder.join(relative)) }
    }

    /// The file at `path`, when it lies in the web folder.
    pub fn inside_web_folder(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        let root = self.web_folder.canonicalize_utf8().ok()?;
        let file = path.canonicalize_utf8().ok()?;
        (file.starts_with(&root) && file.is_file()).then_some(file)
    }

    // UNSPECIFIED: an HTML root outside the project. Taken: not served, `WebFolder` is.
    pub(super) fn set_web_folder(&mut self, html_root: &str, warnings: &mut Vec<ProjectWarning>) {
        let inside = Utf8PathBuf::from(html_root.replace('\\', "/"));
        let mut folder = self.root.clone();
        for component in inside.components() {
            match component {
                Utf8Component::CurDir => {}
                Utf8Component::Normal(name) => folder.push(name),
                Utf8Component::Prefix(_) | Utf8Component::RootDir | Utf8Component::ParentDir => {
                    warnings.push(ProjectWarning::WebFolderOutside { folder: html_root.into() });
                    return;
                }
            }
        }
        self.web_folder = folder;
    }
}

/// The project's name and parts, from its folder or file.
pub(super) fn find(path: &Utf8Path) -> Result<(Text, ProjectPaths), ProjectError> {
    let unreadable = |error| ProjectError::Unreadable { path: path.to_owned(), error };
    let kind = match std::fs::metadata(path) {
        Ok(kind) => kind,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ProjectError::NotFound { path: path.to_owned() });
        }
        Err(error) => return Err(unreadable(error)),
    };
    // Relative paths would lose their parents.
    let path = &path.canonicalize_utf8().map_err(unreadable)?;
    let file = if kind.is_dir() {
        let mut found = files(&path.join("Project"), "4DProject")?;
        if found.is_empty() {
            found = files(path, "4DProject")?;
        }
        match found.len() {
            0 => return Err(ProjectError::NoProject { path: path.clone() }),
            1 => found.remove(0),
            _ => return Err(ProjectError::SeveralProjects { path: path.clone(), found }),
        }
    } else if has_extension(path, "4DProject") {
        path.clone()
    } else {
        return Err(ProjectError::NotAProject { path: path.clone() });
    };
    Ok((file.file_stem().unwrap_or_default().into(), ProjectPaths::new(file)))
}

fn has_extension(path: &Utf8Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// The files of a folder with an extension, by name; none without such a folder. Names that are not Unicode are
/// passed over.
pub(super) fn files(folder: &Utf8Path, extension: &str) -> Result<Vec<Utf8PathBuf>, ProjectError> {
    let unreadable = |error| ProjectError::Unreadable { path: folder.to_owned(), error };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let Ok(path) = Utf8PathBuf::from_path_buf(entry.path()) else { continue };
        // A dot at the beginning marks what other systems leave beside the real files.
        let hidden = path.file_name().is_none_or(|name| name.starts_with('.'));
        if !hidden && has_extension(&path, extension) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
