//! Runs the cases under `testdata/run`: code that needs the server around it, and the value it returns.
//!
//! Each case is a method of a project of its own, with the methods and classes beside it and the dataclasses of
//! `testdata/catalog.4DCatalog`; the method `makeStaff` fills two companies.
//! The time is 2023-11-14T22:13:20Z. The method `origin` answers the address of a server on this machine
//! ([`origin`]).

#![expect(clippy::unwrap_used, reason = "a case that can't be prepared fails the test")]

mod origin;

use std::path::Path;
use std::sync::Arc;

use tessera_model::Project;
use tessera_orda::{Application, OpenOptions, build};
use tessera_sessions::{MemoryPool, MemoryRegistry, PoolSize, SessionSettings, Sessions};
use tessera_test_support::{Case, SequenceChance, TempProject, check_cases, code_files};
use tessera_values::{Chance, Clock, DateForm, ManualClock, Value, write_json};
use tessera_vm::Environment;

/// The methods and classes every case may use, as paths in the project and texts.
fn library(origin: &str) -> Vec<(String, String)> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let catalog = std::fs::read_to_string(testdata.join("catalog.4DCatalog")).unwrap();
    let folders = [("methods", "Methods"), ("classes", "Classes")];
    let mut files = vec![
        ("Project/people.4DProject".to_owned(), "{}".to_owned()),
        ("Project/Sources/catalog.4DCatalog".to_owned(), catalog),
        ("Project/Sources/Methods/origin.4dm".to_owned(), format!("return \"{origin}\"")),
    ];
    for (folder, target) in folders {
        let code = code_files(&testdata.join(folder)).into_iter();
        files.extend(code.map(|(name, text)| (format!("Project/Sources/{target}/{name}.4dm"), text)));
    }
    files
}

fn application(folder: &TempProject) -> Arc<Application> {
    let project = Project::open(folder.path()).unwrap();
    let built = build(&project, None);
    for finding in &built.findings {
        assert!(finding.diagnostics.is_empty(), "{}: {:?}", finding.path, finding.diagnostics);
    }
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(1_700_000_000));
    let chance: Arc<dyn Chance> = Arc::new(SequenceChance::new());
    let store = tessera_store::open(
        folder.path().join("data.sqlite").as_str(),
        Arc::new(project.catalog.clone()),
        Arc::clone(&clock),
        Arc::clone(&chance),
        tessera_store::Options::default(),
    )
    .unwrap();
    let sessions = Sessions::new(
        Box::new(MemoryRegistry::default()),
        Box::new(MemoryPool::new(PoolSize::Unlimited)),
        None,
        SessionSettings::default(),
        Arc::clone(&clock),
        Arc::clone(&chance),
    );
    let environment = Environment::new(clock, chance, jiff::tz::TimeZone::UTC, 1);
    let options = OpenOptions { built, roles: None, store, sessions, environment, hash_threads: 1 };
    Application::open(project, options).unwrap()
}

/// The result of a case as JSON, or its error messages.
fn run(case: &Case, library: &[(String, String)]) -> Result<String, String> {
    let mut files: Vec<(&str, &str)> =
        library.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("Project/Sources/Methods/theCase.4dm", &case.code));
    let folder = TempProject::from_files(&files);
    let application = application(&folder);
    let result = application.own_run().call_method("theCase", &[]).unwrap();
    match result {
        Ok(Value::Undefined) => Ok("undefined".into()),
        Ok(value) => {
            let mut out = String::new();
            write_json(&mut out, &value, DateForm::Day).unwrap();
            Ok(out)
        }
        Err(error) => {
            Err(error.errors.iter().map(|error| format!("{}: {}\n", error.code, error.message)).collect())
        }
    }
}

#[test]
fn every_case_gives_its_result() {
    let library = library(&origin::start());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/run");
    let count = check_cases(&folder, |case| run(case, &library));
    println!("{count} cases");
}

#[test]
fn a_delay_ends_when_the_server_stops() {
    let files = [
        ("Project/people.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", include_str!("../../testdata/catalog.4DCatalog")),
        ("Project/Sources/Methods/sleeper.4dm", "DELAY PROCESS(Current process; 3600)"),
    ];
    let folder = TempProject::from_files(&files);
    let application = application(&folder);
    application.stop();
    let error = application.own_run().call_method("sleeper", &[]).unwrap().unwrap_err();
    assert_eq!(error.errors[0].message, "The server is stopping.");
}
