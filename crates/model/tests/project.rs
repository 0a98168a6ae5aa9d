//! Reading project folders.

#![expect(clippy::unwrap_used, reason = "a case that can't go on has failed")]

use camino::{Utf8Path, Utf8PathBuf};
use tessera_model::{Project, ProjectError, ProjectWarning, RolesSource, SourceKind};

struct Folder(tempfile::TempDir);

const CATALOG: &str = r#"<base name="b"><table name="T" uuid="1" id="1"><field name="ID" uuid="2" type="4" id="1"/>
    <primary_key field_name="ID" field_uuid="2"/></table></base>"#;

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, content) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        folder
    }

    fn path(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path()).unwrap().canonicalize_utf8().unwrap()
    }

    #[track_caller]
    fn refuse(&self, path: &str, expected: &str) -> ProjectError {
        let error = Project::open(&self.path().join(path)).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        error
    }
}

fn settings(port: u16) -> String {
    format!(
        "<preferences><com.4d><web><standalone_server><configuration port_number=\"{port}\"><hosts>\
         <host html_root=\"./www/\"/></hosts></configuration></standalone_server></web></com.4d></preferences>"
    )
}

#[test]
fn a_project_is_read_from_its_folder_or_its_file() {
    let (structure, user) = (settings(8044), settings(9000));
    let folder = Folder::new(&[
        ("Project/shop.4DProject", b"{}"),
        ("Project/Sources/catalog.4DCatalog", CATALOG.as_bytes()),
        ("Project/Sources/settings.4DSettings", structure.as_bytes()),
        ("Settings/settings.4DSettings", user.as_bytes()),
        ("Project/Sources/Methods/a.4dm", b"\xEF\xBB\xBFALERT(1)\r\nx\ry"),
        ("Project/Sources/Methods/(gone).4dm", b"x"),
        ("Project/Sources/Methods/notes.txt", b"x"),
        ("Project/Sources/Classes/T.4dm", b"// caf\xE9"),
        ("Project/Sources/DatabaseMethods/onStartup.4dm", b""),
        ("Project/Sources/Triggers/table_1.4dm", b""),
        ("Project/Trash/Methods/b.4dm", b"x"),
    ]);
    for path in ["", "Project", "Project/shop.4DProject"] {
        let project = Project::open(&folder.path().join(path)).unwrap();
        assert_eq!(project.name, "shop");
        assert_eq!(project.paths.root, folder.path());
        assert_eq!(project.paths.web_folder, folder.path().join("www"));
        assert_eq!(project.settings.http_port, 9000);
        assert_eq!(project.roles, RolesSource::Absent);
        let sources: Vec<(SourceKind, &str)> =
            project.sources.iter().map(|source| (source.kind, source.name.as_str())).collect();
        assert_eq!(
            sources,
            [
                (SourceKind::Method, "a"),
                (SourceKind::Class, "T"),
                (SourceKind::DatabaseMethod, "onStartup"),
                (SourceKind::Trigger, "table_1"),
            ]
        );
        assert_eq!(project.sources[0].text, "ALERT(1)\nx\ny");
        assert!(matches!(&project.warnings[..], [ProjectWarning::NotUtf8 { .. }]));
    }
}

#[test]
fn faults_name_the_place_and_the_cure() {
    let folder = Folder::new(&[
        ("two/Project/a.4DProject", b"{}"),
        ("two/Project/b.4DProject", b"{}"),
        ("three/Project/a.4DProject", b"{}"),
        ("three/Project/Sources/catalog.4DCatalog", b"<base>\n<table>"),
        ("four/readme.md", b""),
        ("five/Project/a.4DProject", b"{}"),
        ("five/Project/Sources/catalog.4DCatalog", CATALOG.as_bytes()),
        ("five/Project/Sources/settings.4DSettings", b"<preferences"),
    ]);
    folder.refuse("nowhere", "does not exist");
    folder.refuse("two", "a.4DProject, b.4DProject");
    folder.refuse("three", "catalog.4DCatalog:2:");
    folder.refuse("four", "holds no .4DProject file");
    folder.refuse("four/readme.md", "is not a .4DProject file");
    folder.refuse("five", "settings.4DSettings:1:");
}

#[test]
fn a_project_of_code_alone_needs_no_catalog() {
    let folder =
        Folder::new(&[("Project/a.4DProject", b"{}"), ("Project/Sources/Methods/m.4dm", b"return 1")]);
    let project = Project::open(&folder.path()).unwrap();
    assert_eq!((project.catalog.dataclasses().len(), project.sources.len()), (0, 1));
    assert!(matches!(&project.warnings[..], [ProjectWarning::NoCatalog { .. }]));
}

#[test]
fn broken_roles_are_a_state_and_no_failure() {
    // S101
    let roles = |text: &'static [u8]| {
        let folder = Folder::new(&[
            ("Project/a.4DProject", b"{}"),
            ("Project/Sources/catalog.4DCatalog", CATALOG.as_bytes()),
            ("Project/Sources/roles.json", text),
        ]);
        Project::open(&folder.path()).unwrap().roles
    };
    assert!(
        matches!(roles(b"{\"permissions\":{\"allowed\":[]}}"), RolesSource::Valid(_, faults) if faults.is_empty())
    );
    assert!(
        matches!(roles(b"{\"permissions\":{\"allowed\":[4.]}}"), RolesSource::Broken(faults) if faults.len() == 1)
    );
}
