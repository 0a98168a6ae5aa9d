//! A project folder of a test's own, gone when the test is over.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

/// Where the example projects of the repository are.
const PROJECTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../projects");

/// What a running server leaves in a project folder; a copy starts without it.
const LEFT_BEHIND: [&str; 2] = ["Data", "Logs"];

/// A project in a temporary folder, removed on drop.
#[derive(Debug)]
pub struct TempProject {
    path: Utf8PathBuf,
    _folder: TempDir,
}

impl TempProject {
    /// A copy of a project of the repository's `projects` folder, without its data and logs.
    ///
    /// The folder has the name of the original, since a cookie and a page may show it.
    pub fn copy_of(name: &str) -> Self {
        let original = Utf8Path::new(PROJECTS).join(name);
        assert!(original.is_dir(), "there is no project {original}");
        let project = Self::empty(name);
        copy_folder(&original, &project.path);
        for folder in LEFT_BEHIND {
            let folder = project.path.join(folder);
            if folder.exists() {
                fs::remove_dir_all(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
            }
        }
        project
    }

    /// A project of these files: paths relative to its folder, and their text.
    ///
    /// ```
    /// use tessera_test_support::TempProject;
    ///
    /// let project = TempProject::from_files(&[("Project/small.4DProject", "{}")]);
    /// assert!(project.path().join("Project").is_dir());
    /// ```
    pub fn from_files(files: &[(&str, &str)]) -> Self {
        let project = Self::empty("project");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// The project folder.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Writes a file of the project, with the folders above it.
    pub fn write(&self, path: &str, text: &str) {
        let file = self.path.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
        }
        fs::write(&file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
    }

    fn empty(name: &str) -> Self {
        let folder = TempDir::new().expect("the system has room for a temporary folder");
        let path =
            Utf8Path::from_path(folder.path()).expect("a temporary folder has a UTF-8 name").join(name);
        fs::create_dir(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path, _folder: folder }
    }
}

fn copy_folder(from: &Utf8Path, to: &Utf8Path) {
    fs::create_dir_all(to).unwrap_or_else(|error| panic!("{to}: {error}"));
    for entry in from.read_dir_utf8().unwrap_or_else(|error| panic!("{from}: {error}")) {
        let entry = entry.unwrap_or_else(|error| panic!("{from}: {error}"));
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap_or_else(|error| panic!("{target}: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_code_but_not_the_data() {
        let project = TempProject::copy_of("crm");
        assert_eq!(project.path().file_name(), Some("crm"));
        assert!(project.path().join("Project/Sources/roles.json").is_file());
        assert!(!project.path().join("Data").exists());
    }

    #[test]
    fn the_folder_goes_with_the_project() {
        let project =
            TempProject::from_files(&[("Project/a.4DProject", "{}"), ("WebFolder/index.html", "x")]);
        let path = project.path().to_owned();
        assert_eq!(fs::read_to_string(path.join("WebFolder/index.html")).expect("written"), "x");
        drop(project);
        assert!(!path.exists());
    }
}
