//! The web folder and the edges of HTTP.

use tessera_test_support::TempProject;

use crate::server::Server;

fn crm() -> (TempProject, Server) {
    let project = TempProject::copy_of("crm");
    project.write("secret.txt", "not for the web");
    let server = Server::start(project.path(), &[]);
    (project, server)
}

// S157
#[test]
fn nothing_outside_the_web_folder_is_served() {
    let (project, server) = crm();
    std::os::unix::fs::symlink(project.path().join("secret.txt"), project.path().join("WebFolder/link.txt"))
        .unwrap();
    for target in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/a/../../secret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/link.txt",
        "/%00",
        "/tessera.toml",
    ] {
        let reply = server.client().get(target);
        assert!(matches!(reply.status, 400 | 403 | 404), "{target}: {}", reply.status);
        assert!(!reply.body.contains("not for the web") && !reply.body.contains("root:"), "{target}");
    }
    assert_eq!(server.client().get("/").status, 200);
    assert_eq!(server.client().get("/no-such-page.html").status, 404);
}

// S150, S151
#[test]
fn without_rest_its_paths_are_like_any_other() {
    let (project, server) = crm();
    assert_eq!(server.client().get("/REST/$catalog").status, 200);
    drop(server);
    let settings = "Project/Sources/settings.4DSettings";
    let text = std::fs::read_to_string(project.path().join(settings)).unwrap();
    project.write(settings, &text.replace("launch_at_startup=\"true\"", "launch_at_startup=\"false\""));
    project.write("Project/Sources/DatabaseMethods/onWebConnection.4dm", "WEB SEND TEXT(\"the end\")\n");
    let server = Server::start(project.path(), &[]);
    assert_eq!(server.client().get("/rest/$catalog").body, "the end");
    assert_eq!(server.client().get("/4DWEBTEST").status, 200);
    for closed in ["/4DSTATS", "/4dhtmlstats", "/4DCACHECLEAR", "/4DWSDL", "/$lib/renderer", "/$shared/x"] {
        assert_eq!(server.client().get(closed).status, 404, "{closed}");
    }
}

// S169
#[test]
fn trace_is_refused() {
    let (_project, server) = crm();
    for target in ["/", "/rest/$catalog"] {
        assert_eq!(server.client().send("TRACE", target, &[], "").status, 405);
    }
}

// R007
#[test]
fn raw_characters_in_a_target() {
    let (_project, server) = crm();
    let raw = "GET /rest/$catalog?$filter=\"ID < 3\"&$params='[\"é\"]' HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(server.client().raw(raw.as_bytes()).status, 200);
}

// S170
#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let (_project, server) = crm();
    let long = "x".repeat(3_000_000);
    assert_eq!(server.client().post("/rest/$catalog/authentify", &long).status, 413);
    let announced =
        "POST /rest/$catalog/authentify HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
    assert_eq!(server.client().raw(announced.as_bytes()).status, 413);
    assert_eq!(server.client().get("/rest/$catalog").status, 200);
}

#[test]
fn clients_that_break_off_or_talk_nonsense_harm_nobody() {
    use std::io::Write as _;
    let (_project, server) = crm();
    for start in ["", "GET", "POST /rest/$catalog/authentify HTTP/1.1\r\nContent-Length: 500\r\n\r\n[{"] {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
    }
    assert_eq!(server.client().raw(b"\x16\x03\x01 nonsense\r\n\r\n").status, 400);
    assert_eq!(server.client().get("/rest/$catalog").status, 200);
}

#[test]
fn malformed_json_names_the_place() {
    let (_project, server) = crm();
    let reply = server.client().post("/rest/$catalog/authentify", "[{");
    assert_eq!((reply.status, reply.error()), (400, Some(1806)));
    assert!(reply.body.contains("line 1, column"), "{}", reply.body);
}
