//! Lists too long for one piece, over a real connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tessera_model::Project;
use tessera_store::{Options, Save, Store};
use tessera_test_support::{SequenceChance, TempProject};
use tessera_values::{ManualClock, Scalar};

use crate::client::Client;
use crate::server::Server;

const MANY: usize = 200_000;

const CATALOG: &str = r#"<base name="long" uuid="B0"><table name="Line" uuid="L0" id="1">
    <field name="ID" uuid="L1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
    <field name="text" uuid="L2" type="10" id="2"/><primary_key field_name="ID" field_uuid="L1"/></table></base>"#;
const ROLES: &str = r#"{"forceLogin":true,"privileges":[{"privilege":"reader"}],"roles":[],"permissions":{"allowed":[
    {"applyTo":"ds","type":"datastore","read":["reader"]}]}}"#;
const DATASTORE: &str = "Class extends DataStoreImplementation

exposed Function authentify() : Boolean
	return Session.setPrivileges(\"reader\")
";

const SETTINGS: &str = r#"<preferences><com.4d><web><standalone_server>
    <configuration session_mode="1"/><rest launch_at_startup="true"/></standalone_server></web></com.4d></preferences>"#;

fn empty(toml: &str) -> TempProject {
    TempProject::from_files(&[
        ("Project/long.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", CATALOG),
        ("Project/Sources/settings.4DSettings", SETTINGS),
        ("Project/Sources/roles.json", ROLES),
        ("Project/Sources/Classes/DataStore.4dm", DATASTORE),
        ("tessera.toml", toml),
    ])
}

/// A project with many lines, made once for all tests: each serves a copy of its data.
static FILLED: LazyLock<TempProject> = LazyLock::new(|| {
    let project = empty("");
    let catalog = Arc::new(Project::open(project.path()).unwrap().catalog);
    let line = catalog.dataclass_named("Line").unwrap();
    let (dataclass, text) = (line.id, line.attribute_named("text").unwrap().id);
    let url = format!("sqlite:{}", project.path().join("lines.sqlite"));
    let (clock, chance) = (Arc::new(ManualClock::new(0)), Arc::new(SequenceChance::new()));
    let store: Arc<dyn Store> =
        tessera_store::open(&url, Arc::clone(&catalog), clock, chance, Options::default()).unwrap();
    let mut connection = store.connect();
    connection.begin().unwrap();
    for number in 0..MANY {
        let values = vec![(text, Scalar::Text(format!("Line {number}, \"quoted\"").into()))];
        connection.save(Save { dataclass, record: None, expected_stamp: None, values }).unwrap();
    }
    connection.commit().unwrap();
    project
});

/// The project served with these settings, and somebody who may read it.
fn served(toml: &str) -> (TempProject, Server, Client) {
    let project = empty(toml);
    std::fs::copy(FILLED.path().join("lines.sqlite"), project.path().join("lines.sqlite")).unwrap();
    let data = format!("sqlite:{}", project.path().join("lines.sqlite"));
    let server = Server::start(project.path(), &["--data", &data]);
    let mut client = server.client();
    assert_eq!(client.post("/rest/$catalog/authentify", "[]").status, 200);
    (project, server, client)
}

/// A request on a connection of its own, and what was read of its answer so far.
struct Asked(TcpStream, Vec<u8>);

impl Asked {
    fn new(server: &Server, client: &Client, target: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let cookie = client.cookie.as_deref().unwrap();
        write!(
            stream,
            "{target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: {cookie}\r\n{headers}\r\n"
        )
        .unwrap();
        let mut asked = Self(stream, Vec::new());
        // The answer has begun.
        asked.read(1000);
        asked
    }

    fn read(&mut self, bytes: u64) {
        let _ = (&self.0).take(bytes).read_to_end(&mut self.1);
    }

    /// Reads to the end of the connection: the head, and the body out of its chunks; none when its end did not come.
    fn finish(mut self) -> (String, Option<Vec<u8>>) {
        self.read(u64::MAX);
        let end = self.1.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(self.1[..end].to_vec()).unwrap().to_lowercase();
        (head, unchunked(&self.1[end + 4..]))
    }
}

fn unchunked(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|bytes| bytes == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&chunks[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return (chunks == b"0\r\n\r\n").then_some(body);
        }
        body.extend(chunks.get(end + 2..end + 2 + length)?);
        chunks = chunks.get(end + 2 + length + 2..)?;
    }
}

/// The text between the header of a page and what follows its entities.
fn entities(page: &str) -> &str {
    let begin = page.find("\"__ENTITIES\":[").unwrap() + "\"__ENTITIES\":[".len();
    &page[begin..page.rfind("],\"__SENT\":").unwrap()]
}

// R029, R031, R037
#[test]
fn a_long_list_arrives_whole() {
    let (_project, server, mut client) = served("");
    let (head, body) =
        Asked::new(&server, &client, &format!("GET /rest/Line?$top={MANY}&$orderby=ID"), "").finish();
    assert!(head.contains("transfer-encoding: chunked") && !head.contains("content-length"), "{head}");
    let list = String::from_utf8(body.unwrap()).unwrap();
    assert!(list.ends_with(&format!("],\"__SENT\":{MANY}}}")));
    assert!(list[..300].contains(&format!("\"__COUNT\":{MANY},\"__FIRST\":0,")));
    let pages: Vec<String> = (0..MANY)
        .step_by(1000)
        .map(|skip| client.get(&format!("/rest/Line?$skip={skip}&$top=1000&$orderby=ID")).body)
        .collect();
    let together = pages.iter().map(|page| entities(page)).collect::<Vec<_>>().join(",");
    assert!(entities(&list) == together, "the list is not its pages");

    let gzip = "Accept-Encoding: gzip\r\n";
    let (head, packed) = Asked::new(&server, &client, &format!("GET /rest/Line?$top={MANY}"), gzip).finish();
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let packed = packed.unwrap();
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
    assert!(packed.len() < list.len() / 4 && unpacked == list);

    let (head, body) = Asked::new(&server, &client, &format!("HEAD /rest/Line?$top={MANY}"), "").finish();
    assert!(head.starts_with("http/1.1 200") && !head.contains("content-length: 0"), "{head}");
    assert_eq!(body, None);
}

#[test]
fn clients_that_read_slowly_or_go_away_hold_no_worker() {
    let (_project, server, mut client) = served("[limits]\nworkers = 1\n");
    let ask = || Asked::new(&server, &client, &format!("GET /rest/Line?$top={MANY}"), "");
    let mut slow: Vec<Asked> = (0..5).map(|_| ask()).collect();
    // These need the only worker as well.
    assert_eq!(client.get("/rest/Line?$top=2000&$skip=199500").json()["__SENT"], 500);
    let last = slow.pop().unwrap();
    drop(slow);
    let (_, body) = last.finish();
    assert!(String::from_utf8(body.unwrap()).unwrap().ends_with(&format!("\"__SENT\":{MANY}}}")));
    assert_eq!(client.get("/rest/Line?$top=2000&$skip=199500").json()["__SENT"], 500);
}

#[test]
fn half_a_list_is_never_taken_for_a_whole_one() {
    let (_project, mut server, client) = served("");
    for headers in ["", "Accept-Encoding: zstd\r\n", "Accept-Encoding: gzip\r\n"] {
        let mut reader = server.client();
        assert_eq!(reader.post("/rest/$catalog/authentify", "[]").status, 200);
        let list =
            Asked::new(&server, &reader, &format!("GET /rest/Line?$top={MANY}&$prettyprint=true"), headers);
        assert_eq!(reader.get("/rest/$directory/logout").status, 200);
        let (head, body) = list.finish();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(body.is_none(), "a list that was broken off has an end: {headers:?}");
        let line = server.wait_for_log("a list was broken off");
        assert!(line.contains("Line") && line.contains("what its session may do has changed"), "{line}");
    }
    let (_, body) = Asked::new(&server, &client, "GET /rest/Line?$top=3000", "").finish();
    assert!(body.is_some(), "others are still served");
}
