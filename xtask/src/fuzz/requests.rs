//! Requests that look like the REST protocol, sent to a project as function calls: whatever is asked, the answer is the
//! protocol's, and JSON.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use tessera_model::{Project, SessionMode};
use tessera_orda::{Application, OpenOptions, build};
use tessera_rest::{Request, Response, prepare};
use tessera_sessions::{Hardening, MemoryPool, MemoryRegistry, PoolSize, SessionSettings, Sessions};
use tessera_test_support::SequenceChance;
use tessera_values::{Chance, Clock, ManualClock};
use tessera_vm::Environment;

use super::{Dice, boundary};
use crate::project;

/// Inputs before the project is opened anew, so that neither its data nor its sessions drift away.
const INPUTS_PER_PROJECT: u64 = 20_000;
const REQUEST_BYTES_MAX: usize = 4_000;

/// What a client may send, after `/rest`.
pub(super) const TARGETS: [&str; 32] = [
    "/$catalog",
    "/$catalog/$all",
    "/$catalog/Employee,Company",
    "/$info",
    "/$openapi",
    "/$directory/login",
    "/$getWebForm/start",
    "/$entityset/$release",
    "/Employee",
    "/Employee(1)",
    "/Employee[2]",
    "/Employee(\"1\")/employer",
    "/Employee(1,2,3)?$asArray=true",
    "/Employee(lastName=Martin)",
    "/Employee:lastName(Martin)?$expand=employer",
    "/Employee/firstName,lastName,salary?$top=2&$skip=1",
    "/Employee?$filter=\"salary > 100 and lastName = 'M@'\"&$orderby=\"lastName desc,salary\"",
    "/Employee?$filter=\"salary >= :1 or hired < :2\"&$params='[100,\"2020-01-01\"]'",
    "/Employee?$filter=\"employer.name = 'A@' or not(ID in :1)\"&$params='[[1,2]]'",
    "/Employee?$attributes=employer.name,employer.staff.lastName,fullName",
    "/Employee?$expand=employer&$attributes=*&$prettyprint=true",
    "/Employee/salary?$compute=$all",
    "/Employee/lastName?$distinct=true&$top=3",
    "/Employee?$method=entityset&$timeout=60",
    "/Employee/$entityset/00000000000000000000000000000000?$savedfilter=\"ID>1\"&$savedorderby=\"ID desc\"",
    "/Employee/$entityset/$none?$logicOperator=OR&$otherCollection=00000000000000000000000000000000",
    "/Employee/$entityset/00000000000000000000000000000000/lastName?$clean=true",
    "/Company(1)/staff?$expand=staff&$method=subentityset&$subOrderby=\"lastName\"",
    "/Employee(1)?$lock=true",
    "/Album(1)/photo?$imageformat=best&$version=1&$expand=photo",
    "/Album(1)/file?$binary=true&$expand=file",
    "/Employee/names?$filter=\"ID > 0\"&$params='[1,null,true,{\"a\":[1.5]}]'",
];

/// A filter, its parameters and an order, a line each.
pub(super) const NARROWINGS: [&str; 12] = [
    "salary > 100 and lastName = 'M@'\n[]\nlastName desc,salary",
    "salary >= :1 or hired < :2\n[100,\"2020-01-01\"]\nemployer.name asc",
    "employer.name = 'A@' order by lastName desc, ID\n\nID",
    "not(ID in :1)\n[[1,2,3]]\nsalary,hired desc",
    "ID not in [1,2] && (firstName == \"Ada\" || lastName === 'Durand')\n\n",
    "lastName % 'mart' and firstName # null\n[]\nfirstName",
    "fullName = :1 & hired != !2020-04-01!\n[\"Ada Martin\"]\nfullName",
    "employer.staff.lastName = 'Lopez'\n\nemployer.ID desc",
    "employer.staff{2}.lastName = :name\n{\"name\":1}\n",
    "eval(This.salary > 100)\n[]\n",
    ":1 = :2 and salary begin 1\n[\"salary\",100]\n:1",
    "(((ID > 0)))\n[{\"__KEY\":\"1\"},null,true,1e400]\nID desc desc",
];

const PIECES: [&str; 64] = [
    "$filter=",
    "$params=",
    "$orderby=",
    "$attributes=",
    "$expand=",
    "$top=",
    "$skip=",
    "$method=",
    "$compute=",
    "$distinct=true",
    "&",
    "?",
    "/",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ",",
    ";",
    ":",
    ":1",
    ":99",
    "=",
    "==",
    "===",
    "#",
    "!=",
    "<",
    ">=",
    "%",
    "@",
    "*",
    "%22",
    "%2",
    "%00",
    "%ff",
    "%C3%A9",
    "\u{e9}",
    "\u{1F600}",
    "+",
    "-1",
    "0",
    "9223372036854775808",
    "1e309",
    "0.1",
    "null",
    "true",
    " and ",
    " or ",
    " not ",
    " in ",
    " order by ",
    "employer.",
    "staff.",
    "Employee",
    "$entityset/",
    "ID",
    "photo",
    "\\",
    "\t",
];

/// The text of a seed: one of `samples` with a few changes.
pub(super) fn input(dice: &mut Dice, samples: &[&str]) -> String {
    let mut text = dice.pick(samples).to_owned();
    for _ in 0..dice.below(8) {
        let at = boundary(&text, dice.below(text.len() + 1));
        let to = boundary(&text, at + dice.below(12)).max(at);
        let (before, cut, after) = (&text[..at], &text[at..to], &text[to..]);
        text = match dice.below(7) {
            0 => format!("{before}{after}"),
            1 => format!("{before}{cut}{cut}{after}"),
            2 => format!("{before}{}{after}", dice.pick(&PIECES)),
            3 => format!("{before}{}{cut}{after}", dice.pick(&PIECES)),
            // Deep and long.
            4 => format!("{before}{}{cut}{after}", dice.pick(&PIECES).repeat(1 + dice.below(300))),
            5 => {
                let other = dice.pick(samples);
                format!("{before}{}", &other[boundary(other, dice.below(other.len() + 1))..])
            }
            _ => {
                let character = char::from_u32(dice.below(0x3000) as u32).unwrap_or('?');
                format!("{before}{character}{cut}{after}")
            }
        };
        text.truncate(boundary(&text, REQUEST_BYTES_MAX));
    }
    text
}

/// The path and query a narrowing is sent as.
pub(super) fn target(narrowing: &str) -> String {
    let mut target = String::from("/Employee?$top=5");
    for (name, value) in ["$filter", "$params", "$orderby"].iter().zip(narrowing.splitn(3, '\n')) {
        target.push_str(&format!("&{name}=\""));
        for byte in value.bytes() {
            target.push_str(&format!("%{byte:02X}"));
        }
        target.push('"');
    }
    target
}

/// The project that is asked.
pub(super) struct Served {
    from: PathBuf,
    application: Arc<Application>,
    asked: u64,
    folder: tempfile::TempDir,
}

impl Served {
    pub(super) fn open(root: &Path) -> anyhow::Result<Self> {
        let from = root.join("xtask/projects/staff");
        let (application, folder) = opened(&from)?;
        Ok(Self { from, application, asked: 0, folder })
    }

    /// Sends a GET; an error when the answer is not the protocol's.
    pub(super) fn ask(&mut self, target: &str) -> Result<(), String> {
        if self.asked == INPUTS_PER_PROJECT {
            (self.application, self.folder) = opened(&self.from).map_err(|error| format!("{error:#}"))?;
            self.asked = 0;
        }
        self.asked += 1;
        let request = Request::get(target);
        let session = self.application.sessions.resolve(None, &request.address).session;
        let (response, _) = prepare(&self.application, session, request).respond();
        check(&response)
    }
}

/// `errCode` of a store that failed: a request that makes the database stumble is a finding, whereas a filter that can't
/// be understood is answered 500 by the protocol itself.
const STORE_FAILED: i64 = 1046;

/// An answer that says it is JSON is JSON, and one that refuses names a cause that is not the server's own fault.
fn check(response: &Response) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}, status {}: {}", response.status, response.text()));
    let is_json = response.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !is_json {
        return if response.status < 400 { Ok(()) } else { wrong("a refusal without JSON") };
    }
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(&response.body) else {
        return wrong("JSON that is none");
    };
    let codes: Vec<i64> = json
        .get("__ERROR")
        .and_then(|errors| errors.as_array())
        .map(|errors| errors.iter().filter_map(|error| error.get("errCode")?.as_i64()).collect())
        .unwrap_or_default();
    match response.status {
        400.. if codes.is_empty() => wrong("a refusal without a cause"),
        _ if codes.contains(&STORE_FAILED) => wrong("the store failed"),
        _ => Ok(()),
    }
}

/// A copy of the project with its data filled in, open to everybody.
fn opened(from: &Path) -> anyhow::Result<(Arc<Application>, tempfile::TempDir)> {
    let folder = tempfile::tempdir()?;
    project::copy(from, folder.path())?;
    let authentication = folder.path().join("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm");
    std::fs::remove_file(&authentication).with_context(|| authentication.display().to_string())?;
    let path = folder.path().to_str().context("the temporary folder has no UTF-8 name")?;
    let project = Project::open(path.as_ref())?;
    let built = build(&project, None);
    if let Some(finding) = built.findings.iter().find(|finding| !finding.diagnostics.is_empty()) {
        bail!("{}: {:?}", finding.path, finding.diagnostics);
    }
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(1_700_000_000));
    let chance: Arc<dyn Chance> = Arc::new(SequenceChance::new());
    let store = tessera_store::open(
        &format!("{path}/data.sqlite"),
        Arc::new(project.catalog.clone()),
        Arc::clone(&clock),
        Arc::clone(&chance),
        tessera_store::Options::default(),
    )?;
    let sessions = Sessions::new(
        Box::new(MemoryRegistry::default()),
        Box::new(MemoryPool::new(PoolSize::Unlimited)),
        None,
        SessionSettings {
            without_sessions: project.settings.session_mode == SessionMode::None,
            hardening: Hardening::default(),
            quotas: project.quotas,
            ..SessionSettings::default()
        },
        Arc::clone(&clock),
        Arc::clone(&chance),
    );
    let environment = Environment::new(clock, chance, jiff::tz::TimeZone::UTC, 1);
    let options = OpenOptions { built, roles: None, store, sessions, environment, hash_threads: 1 };
    let application = Application::open(project, options)?;
    match application.own_run().call_method("fill", &[]) {
        Some(Ok(_)) => Ok((application, folder)),
        Some(Err(error)) => bail!("the project can't be filled: {error}"),
        None => bail!("the project has no method fill"),
    }
}
