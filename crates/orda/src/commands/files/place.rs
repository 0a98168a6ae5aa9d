//! [`Place`]: a path as code writes it, and whether code may go there.

use camino::{Utf8Path, Utf8PathBuf};
use tessera_model::ProjectPaths;
use tessera_values::{ErrorStack, FourDError, Text};

/// The component that file errors carry (`docs/Concepts/error-handling.md`).
const COMPONENT: &str = "FiFo";

/// File not found.
pub(super) const NOT_FOUND: i64 = -43;
/// The path leads out of the folders that code may use.
// UNSPECIFIED: 4D has no such rule. Taken: the number of "access denied".
pub(super) const FORBIDDEN: i64 = -54;
/// The folder does not exist.
pub(super) const NO_FOLDER: i64 = -120;
/// The folder is not empty.
pub(super) const NOT_EMPTY: i64 = -47;
/// Something of the name exists already.
pub(super) const EXISTS: i64 = -48;
/// The system refused.
pub(super) const SYSTEM: i64 = -36;

/// An error about a path.
pub(super) fn failure(code: i64, message: impl Into<Text>) -> ErrorStack {
    ErrorStack::single(FourDError::new(COMPONENT, code, message))
}

/// The file system's own error about a path.
pub(super) fn system_failure(place: &Place, error: &std::io::Error) -> ErrorStack {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => NOT_FOUND,
        std::io::ErrorKind::AlreadyExists => EXISTS,
        std::io::ErrorKind::PermissionDenied => FORBIDDEN,
        std::io::ErrorKind::DirectoryNotEmpty => NOT_EMPTY,
        _ => SYSTEM,
    };
    failure(code, format!("{}: {error}", place.shown()))
}

/// The names of folders that a path may begin with (`docs/Concepts/paths.md`).
const FILE_SYSTEMS: [&str; 6] = ["PACKAGE", "PROJECT", "SOURCES", "RESOURCES", "DATA", "LOGS"];

fn root_of(paths: &ProjectPaths, file_system: &str) -> Utf8PathBuf {
    match file_system {
        "PROJECT" => paths.sources.parent().map_or_else(|| paths.root.clone(), Utf8Path::to_owned),
        "SOURCES" => paths.sources.clone(),
        "RESOURCES" => paths.resources.clone(),
        "DATA" => paths.data.clone(),
        "LOGS" => paths.logs.clone(),
        _ => paths.root.clone(),
    }
}

/// A file or folder that may or may not exist.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// As code wrote it, for refusals.
    written: Text,
    /// The name of its file system and that folder's path, when code wrote it so.
    file_system: Option<(&'static str, Utf8PathBuf)>,
    /// Absolute, without `.` and `..`.
    path: Utf8PathBuf,
}

impl Place {
    /// From what code wrote: an absolute POSIX path, or one that begins with the name of a file system.
    pub(super) fn of_text(paths: &ProjectPaths, written: &str) -> Result<Self, ErrorStack> {
        let Some(inside) = written.strip_prefix('/') else {
            return Err(failure(NOT_FOUND, format!("The path \"{written}\" is not absolute.")));
        };
        let (first, rest) = inside.split_once('/').unwrap_or((inside, ""));
        if let Some(name) = FILE_SYSTEMS.into_iter().find(|name| *name == first) {
            let root = root_of(paths, name);
            let path = joined(&root, rest, written)?;
            return Ok(Self { written: written.into(), file_system: Some((name, root)), path });
        }
        Ok(Self {
            written: written.into(),
            file_system: None,
            path: joined(Utf8Path::new("/"), inside, written)?,
        })
    }

    /// From the text of an older command, where relative paths begin at the project's folder.
    pub(super) fn of_document(paths: &ProjectPaths, written: &str) -> Result<Self, ErrorStack> {
        let place = if written.starts_with('/') {
            Self::of_text(paths, written)?
        } else {
            Self { written: written.into(), file_system: None, path: joined(&paths.root, written, written)? }
        };
        place.check(paths)?;
        Ok(place)
    }

    /// A path below this one.
    pub(super) fn join(&self, inside: &str) -> Result<Self, ErrorStack> {
        let path = joined(&self.path, inside, inside)?;
        Ok(Self { written: inside.into(), file_system: self.file_system.clone(), path })
    }

    /// One name below this one: no separators, no `..`.
    pub(super) fn child(&self, name: &str) -> Result<Self, ErrorStack> {
        if name.is_empty() || matches!(name, "." | "..") || name.contains(['/', '\0']) {
            return Err(failure(NOT_FOUND, format!("\"{name}\" can't be the name of a file or folder.")));
        }
        Ok(Self { written: name.into(), file_system: self.file_system.clone(), path: self.path.join(name) })
    }

    /// The folder around it. The root of a file system is its own parent; the root of the disk has none.
    pub(super) fn parent(&self) -> Option<Self> {
        if self.file_system.as_ref().is_some_and(|(_, root)| *root == self.path) {
            return Some(self.clone());
        }
        let path = self.path.parent()?.to_owned();
        Some(Self { written: path.as_str().into(), file_system: self.file_system.clone(), path })
    }

    /// The path on the disk.
    pub(super) fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The path as code wrote it: with its file system when it had one and is still inside.
    pub(super) fn shown(&self) -> Text {
        match &self.file_system {
            Some((name, root)) => match self.path.strip_prefix(root) {
                Ok(inside) if inside.as_str().is_empty() => format!("/{name}").into(),
                Ok(inside) => format!("/{name}/{inside}").into(),
                Err(_) => self.path.as_str().into(),
            },
            None => self.path.as_str().into(),
        }
    }

    /// Is it inside the folders that code may use? Links are followed first, so that none leads out.
    pub(super) fn check(&self, paths: &ProjectPaths) -> Result<(), ErrorStack> {
        if self.is_inside(&[&paths.root, &paths.data, &temporary_folder()]) {
            return Ok(());
        }
        Err(failure(
            FORBIDDEN,
            format!("{} lies outside the project, its data and the temporary folder.", self.written),
        ))
    }

    fn is_inside(&self, roots: &[&Utf8Path]) -> bool {
        let Some(real) = real_path(&self.path) else { return false };
        // An empty root would contain everything.
        let contains = |root: &&Utf8Path| real_path(root).is_some_and(|root| real.starts_with(root));
        real.is_absolute() && roots.iter().any(contains)
    }
}

/// Adds a relative path and resolves `.` and `..`.
fn joined(root: &Utf8Path, inside: &str, written: &str) -> Result<Utf8PathBuf, ErrorStack> {
    if inside.contains('\0') {
        return Err(failure(NOT_FOUND, format!("The path \"{}\" is not valid.", written.replace('\0', "?"))));
    }
    let mut path = root.to_owned();
    for part in inside.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    Ok(path)
}

/// The path with all links resolved, of which the end may not exist yet. `None` when a link leads nowhere: what is
/// written through it could end up anywhere.
fn real_path(path: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut missing = Vec::new();
    let mut existing = path;
    loop {
        match existing.canonicalize_utf8() {
            Ok(mut real) => {
                real.extend(missing.iter().rev());
                return Some(real);
            }
            Err(_) if existing.symlink_metadata().is_ok() => return None,
            Err(_) => {
                missing.push(existing.file_name()?);
                existing = existing.parent()?;
            }
        }
    }
}

/// The system's folder for temporary files.
pub(super) fn temporary_folder() -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(std::env::temp_dir()).unwrap_or_else(|_| Utf8PathBuf::from("/tmp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This crate as a project, and a neighbour as the temporary folder: the checkout itself may well lie in the
    /// system's own.
    const TEMPORARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../values");

    fn paths() -> ProjectPaths {
        let root = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        ProjectPaths {
            project_file: root.join("Cargo.toml"),
            sources: root.join("src"),
            web_folder: root.join("WebFolder"),
            resources: root.join("Resources"),
            data: root.join("Data"),
            logs: root.join("Data/Logs"),
            root,
        }
    }

    #[track_caller]
    fn check(written: &str, allowed: bool) {
        let paths = paths();
        let roots = [&paths.root, &paths.data, Utf8Path::new(TEMPORARY)];
        let inside = Place::of_text(&paths, written).is_ok_and(|place| place.is_inside(&roots));
        assert_eq!(inside, allowed, "{written}");
    }

    #[test]
    fn code_stays_inside_its_folders() {
        check("/PACKAGE/src/lib.rs", true);
        check("/PACKAGE/not/there/yet.txt", true);
        check("/SOURCES/../Cargo.toml", true);
        check("/DATA/a.txt", true);
        check(concat!(env!("CARGO_MANIFEST_DIR"), "/src"), true);
        check(concat!(env!("CARGO_MANIFEST_DIR"), "/../values/some file"), true);
        check("/PACKAGE/../store/Cargo.toml", false);
        check("/PACKAGE/../../../etc/passwd", false);
        check("/etc/passwd", false);
        check("/", false);
        check(concat!(env!("CARGO_MANIFEST_DIR"), "-other/x"), false);
        check("relative.txt", false);
        check("/PACKAGE/a\0b", false);
    }

    #[test]
    fn refusals_name_the_path_as_written() {
        let paths = paths();
        let error = Place::of_text(&paths, "/LOGS/../../../../../../../../../../secret")
            .and_then(|place| place.check(&paths));
        let message = error.unwrap_err().errors[0].message.to_string();
        assert!(message.starts_with("/LOGS/../../../../../../../../../../secret lies outside"), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_before_deciding() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        std::os::unix::fs::symlink("/etc", root.join("out")).unwrap();
        std::os::unix::fs::symlink("/not-there", root.join("dangling")).unwrap();
        for (name, allowed) in
            [("out/passwd", false), ("out/new file", false), ("dangling", false), ("inside", true)]
        {
            let place = Place::of_text(&paths(), root.join(name).as_str()).unwrap();
            assert_eq!(place.is_inside(&[root]), allowed, "{name}");
        }
    }

    #[test]
    fn paths_keep_their_file_system() {
        let paths = paths();
        let place = Place::of_text(&paths, "/PACKAGE/a/./b/../c.txt").unwrap();
        assert_eq!(place.shown(), "/PACKAGE/a/c.txt");
        assert_eq!(place.parent().unwrap().shown(), "/PACKAGE/a");
        let root = Place::of_text(&paths, "/PACKAGE/").unwrap();
        assert_eq!(root.parent().unwrap().shown(), "/PACKAGE");
        assert_eq!(root.join("x/y.txt").unwrap().shown(), "/PACKAGE/x/y.txt");
        assert!(root.child("../x").is_err());
    }
}
