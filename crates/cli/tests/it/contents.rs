//! Pictures and blobs that are sent while they are read, over a real connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use tessera_test_support::TempProject;

use crate::server::Server;

const CATALOG: &str = r#"<base name="files" uuid="B0"><table name="File" uuid="F0" id="1">
    <field name="ID" uuid="F1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
    <field name="data" uuid="F2" type="18" id="2"/><primary_key field_name="ID" field_uuid="F1"/></table></base>"#;
const SETTINGS: &str = r#"<preferences><com.4d><web><standalone_server>
    <configuration session_mode="1"/><rest launch_at_startup="true"/></standalone_server></web></com.4d></preferences>"#;
const TARGET: &str = "/rest/File(1)/data?$binary=true";

#[test]
fn a_long_blob_arrives_whole_and_one_that_is_saved_meanwhile_does_not() {
    // R129
    let project = TempProject::from_files(&[
        ("Project/files.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", CATALOG),
        ("Project/Sources/settings.4DSettings", SETTINGS),
        ("tessera.toml", "[limits]\nbody_bytes = 100000000\n"),
    ]);
    let server = Server::start(project.path(), &[]);
    let mut client = server.client();
    assert_eq!(client.post("/rest/File?$method=update", "{}").status, 200);
    // More than the buffers between client and server hold.
    let data: String = (0..4_000_000).map(|line| format!("line {line}\n")).collect();
    assert_eq!(client.post(TARGET, &data).status, 200);
    let sent = client.get(TARGET);
    assert_eq!((sent.status, sent.header("content-length")), (200, Some(data.len().to_string().as_str())));
    assert!(sent.body == data, "{} bytes of {}", sent.body.len(), data.len());
    let tag = sent.header("etag").unwrap().to_owned();
    assert_eq!(client.send("GET", TARGET, &[("If-None-Match", &tag)], "").status, 304);
    let head = client.send("HEAD", TARGET, &[], "");
    assert_eq!((head.header("content-length"), head.body.len()), (sent.header("content-length"), 0));

    // Somebody who reads the beginning and waits.
    let mut slow = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let cookie = client.cookie.clone().unwrap();
    let request = format!("GET {TARGET} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    slow.write_all(request.as_bytes()).unwrap();
    let mut beginning = [0; 1000];
    slow.read_exact(&mut beginning).unwrap();
    assert_eq!(client.post(TARGET, "short").status, 200);
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(rest.len() < data.len(), "it was broken off");
    assert_eq!(client.get(TARGET).body, "short");
}
