//! The project that is asked, twice: open to everybody, and in force login. Whatever is asked, the answer is the
//! protocol's, and nobody sees what he may not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use tessera_orda::Application;
use tessera_rest::{Request, Response, prepare};

use super::application::{self, Faults};
use super::requests::{Question, Who};
use crate::project;

/// Before every seed that is a multiple of this the project is opened anew: its data and sessions can't drift away, and
/// what was found is found again from the last of them on.
pub(super) const INPUTS_PER_PROJECT: u64 = 2_000;

/// A name that no guest may see, and what somebody earns, which only `money` may see. No request holds them.
const UNSEEN_NAME: &str = "Hu5h-hu5h";
const UNSEEN_SALARY: &str = "31415926";

const ROLES: &str = r#"{"forceLogin": true, "restrictedByDefault": true,
    "privileges": [{"privilege": "work"}, {"privilege": "money"}], "roles": [],
    "permissions": {"allowed": [
        {"applyTo": "ds", "type": "datastore", "read": ["work"], "create": ["work"], "update": ["work"],
            "drop": ["work"], "execute": ["work"]},
        {"applyTo": "ds.authentify", "type": "method", "execute": ["guest"]},
        {"applyTo": "Employee.salary", "type": "attribute", "read": ["money"], "create": ["money"],
            "update": ["money"]}]}}"#;
const DATASTORE: &str = "Class extends DataStoreImplementation

exposed Function authentify() : Boolean
\treturn Session.setPrivileges(\"work\")

exposed Function echo($first : Variant; $second : Variant) : Collection
\treturn [$first; $second]
";
const UNSEEN: &str = "var $employee : cs.EmployeeEntity
$employee:=ds.Employee.new()
$employee.lastName:=\"Hu5h-hu5h\"
$employee.salary:=31415926
$employee.save()
";

/// A project with somebody who asks it.
struct Client {
    application: Arc<Application>,
    cookie: Option<String>,
    /// The id of the session he entered, and an entity set in it.
    entered: String,
    set: String,
    _folder: tempfile::TempDir,
}

/// The projects that are asked.
pub(super) struct Served {
    from: PathBuf,
    open: Client,
    closed: Client,
}

impl Served {
    pub(super) fn open(root: &Path) -> anyhow::Result<Self> {
        let from = root.join("xtask/projects/staff");
        Ok(Self { open: Client::of(&from, false)?, closed: Client::of(&from, true)?, from })
    }

    /// Asks; an error when the answer is not the protocol's, or says too much.
    pub(super) fn ask(&mut self, question: &Question, seed: u64) -> Result<(), String> {
        if seed.is_multiple_of(INPUTS_PER_PROJECT) {
            let again = |closed| Client::of(&self.from, closed).map_err(|error| format!("{error:#}"));
            (self.open, self.closed) = (again(false)?, again(true)?);
        }
        match question.who {
            Who::Anybody => check(&self.open.ask(question)?, &[]),
            Who::SignedIn => check(&self.closed.ask(question)?, &[UNSEEN_SALARY]),
            Who::Guest => {
                let request = question.request(&self.closed.set);
                let session = self.closed.application.sessions.resolve(None, &request.address).session;
                let (response, _) = prepare(&self.closed.application, session, request).respond();
                check(&whole(response), &[UNSEEN_SALARY, UNSEEN_NAME])
            }
        }
    }
}

impl Client {
    /// A copy of the project with its data filled in.
    fn of(from: &Path, closed: bool) -> anyhow::Result<Self> {
        let (application, folder) = opened(from, closed)?;
        let (entered, set) = (String::new(), String::new());
        let mut client = Self { application, cookie: None, entered, set, _folder: folder };
        client.enter()?;
        ensure!(client.set.len() == 32, "no entity set was kept");
        Ok(client)
    }

    /// Begins a session and keeps an entity set in it, unless he has one.
    fn enter(&mut self) -> anyhow::Result<()> {
        let address = Request::get("/").address;
        let resolve = |client: &Self| client.application.sessions.resolve(client.cookie.as_deref(), &address);
        let session = resolve(self).session;
        if *session.id() == *self.entered && (session.is_logged() || !self.is_closed()) {
            return Ok(());
        }
        self.cookie = None;
        if self.is_closed() {
            let entered = self.send(Request::post("/$catalog/authentify", "[]"));
            ensure!(entered.status == 200, "nobody can log in: {}", entered.text());
        }
        let kept = self.send(Request::get("/Employee?$method=entityset&$top=1"));
        let page: serde_json::Value = serde_json::from_slice(kept.bytes().unwrap_or_default())?;
        let address = page["__ENTITYSET"].as_str().with_context(|| format!("no entity set: {page}"))?;
        address.rsplit('/').next().unwrap_or_default().clone_into(&mut self.set);
        self.entered = resolve(self).session.id().to_string();
        Ok(())
    }

    fn ask(&mut self, question: &Question) -> Result<Response, String> {
        self.enter().map_err(|error| format!("{error:#}"))?;
        let response = self.send(question.request(&self.set));
        if question.releases() {
            self.entered.clear();
        }
        Ok(response)
    }

    fn is_closed(&self) -> bool {
        self.application.sessions.login_mode() == tessera_sessions::LoginMode::Force
    }

    fn send(&mut self, request: Request) -> Response {
        let sessions = &self.application.sessions;
        let session = sessions.resolve(self.cookie.as_deref(), &request.address).session;
        let (response, session) = prepare(&self.application, session, request).respond();
        if let Some(secret) = sessions.take_cookie(&session) {
            self.cookie = Some(secret.value());
        }
        whole(response)
    }
}

/// An answer whose body was made to its end.
fn whole(mut response: Response) -> Response {
    response.body = match response.body.gathered() {
        Ok(bytes) => bytes.into(),
        // Which is no JSON, and so a finding.
        Err(_) => b"broken off".to_vec().into(),
    };
    response
}

/// `errCode` of a store that failed, where nothing else is the cause: a request that makes the database stumble is a finding, whereas a filter that can't
/// be understood is answered 500 by the protocol itself.
const STORE_FAILED: i64 = 1046;

/// An answer that says it is JSON is JSON, one that refuses names a cause that is not the server's own fault, and none
/// holds a word that is not for this client.
fn check(response: &Response, unseen: &[&str]) -> Result<(), String> {
    let text = response.text();
    let wrong = |what: &str| Err(format!("{what}, status {}: {text}", response.status));
    if unseen.iter().any(|word| text.contains(word)) {
        return wrong("what this client may not see");
    }
    let is_json = response.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !is_json {
        return if response.status < 400 { Ok(()) } else { wrong("a refusal without JSON") };
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else {
        return wrong("JSON that is none");
    };
    // Of the answer, or of the entities in it.
    let entities = json["__ENTITIES"].as_array().into_iter().flatten();
    let causes: Vec<i64> = std::iter::once(&json)
        .chain(entities)
        .filter_map(|one| one["__ERROR"][0]["errCode"].as_i64())
        .collect();
    match response.status {
        400.. if causes.is_empty() => wrong("a refusal without a cause"),
        _ if causes.contains(&STORE_FAILED) => wrong("the store failed"),
        _ => Ok(()),
    }
}

/// A copy of the project with its data filled in: open to everybody, or in force login.
fn opened(from: &Path, closed: bool) -> anyhow::Result<(Arc<Application>, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    project::copy(from, folder.path())?;
    let authentication = folder.path().join("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm");
    std::fs::remove_file(&authentication).with_context(|| authentication.display().to_string())?;
    let write =
        |path: &str, text: &str| std::fs::write(folder.path().join("Project/Sources").join(path), text);
    write("Classes/DataStore.4dm", DATASTORE)?;
    write("Methods/unseen.4dm", UNSEEN)?;
    if closed {
        write("roles.json", ROLES)?;
    }
    let application = application::open(folder.path(), Faults::Refused)?;
    for method in ["fill", "unseen"] {
        match application.own_run().call_method(method, &[]) {
            Some(Ok(_)) => {}
            Some(Err(error)) => bail!("the project can't be filled: {error}"),
            None => bail!("the project has no method {method}"),
        }
    }
    Ok((application, folder))
}

#[cfg(test)]
mod tests {
    use super::super::requests::samples;
    use super::*;

    fn served() -> Served {
        Served::open(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).expect("the project is served")
    }

    #[test]
    fn everybody_sees_what_is_meant_for_him() {
        let mut served = served();
        let everything = || Request::get("/Employee");
        let open = served.open.send(everything()).text();
        assert!(open.contains(UNSEEN_NAME) && open.contains(UNSEEN_SALARY));
        let signed_in = served.closed.send(everything()).text();
        assert!(signed_in.contains(UNSEEN_NAME) && !signed_in.contains(UNSEEN_SALARY));
        served.closed.cookie = None;
        let guest = served.closed.send(everything());
        assert!(guest.status == 401 && !guest.text().contains(UNSEEN_NAME));
    }

    #[test]
    fn most_samples_are_answered_as_they_are() {
        let mut served = served();
        let mut refused = Vec::new();
        let all = samples(Who::SignedIn);
        let count = all.len();
        for question in all {
            let response = served.closed.ask(&question).expect("an answer");
            check(&response, &[UNSEEN_SALARY]).expect("a good answer");
            if response.status >= 400 {
                refused.push(format!("{question}: {}", response.text()));
            }
        }
        assert!(refused.len() * 3 < count, "{} of {count}: {refused:#?}", refused.len());
    }
}
