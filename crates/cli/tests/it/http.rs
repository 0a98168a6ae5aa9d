//! What is true of every answer: rules, other origins, headers, error pages.

use tessera_test_support::TempProject;

use crate::server::Server;

fn crm(toml: &str, files: &[(&str, &str)]) -> (TempProject, Server) {
    let project = TempProject::copy_of("crm");
    project.write("tessera.toml", toml);
    for (path, text) in files {
        project.write(path, text);
    }
    let server = Server::start(project.path(), &[]);
    (project, server)
}

// S165, S166
#[test]
fn rules_of_the_project_change_answers_and_deny_access() {
    let rules = r#"[{"regexPattern": "^/private/", "denyAccess": true},
        {"regexPattern": "^/private/open", "denyAccess": false},
        {"regexPattern": "^/old", "redirect": "/"},
        {"regexPattern": "^/maintenance", "status": 503},
        {"RegExPattern": "/(.*)", "setHeaders": {"X-Frame-Options": "DENY", "Content-Length": "1"}},
        {"regexPattern": "^/rest/", "addHeaders": {"X-Rest": "yes"}, "removeHeaders": "Set-Cookie"}]"#;
    let (_project, server) = crm(
        "",
        &[
            ("Project/Sources/HTTPRules.json", rules),
            ("WebFolder/private/secret.txt", "secret"),
            ("WebFolder/private/open.txt", "open"),
            ("WebFolder/maintenance.html", "soon"),
        ],
    );
    for path in
        ["/private/secret.txt", "//private/secret.txt", "/priv%61te/secret.txt", "/x/../private/secret.txt"]
    {
        let reply = server.client().get(path);
        assert!(matches!(reply.status, 403 | 404), "{path}: {}", reply.status);
        assert!(!reply.body.contains("secret"), "{path}");
    }
    assert_eq!(server.client().get("/private/secret.txt").status, 403);
    assert_eq!(server.client().get("/private/open.txt").body, "open");
    let reply = server.client().get("/old/page");
    assert_eq!((reply.status, reply.header("location")), (302, Some("/")));
    let reply = server.client().get("/maintenance.html");
    assert_eq!((reply.status, reply.body.as_str()), (503, "soon"));
    let reply = server.client().get("/rest/$catalog");
    assert_eq!((reply.header("x-frame-options"), reply.header("x-rest")), (Some("DENY"), Some("yes")));
    assert!(reply.header("set-cookie").is_some(), "a cookie can't be removed");
    assert_ne!(reply.header("content-length"), Some("1"));
}

// S167
#[test]
fn other_origins_are_ignored_until_cors_is_on() {
    let evil = [("Origin", "https://evil.org")];
    let (project, server) = crm("", &[]);
    let reply = server.client().send("GET", "/rest/$catalog", &evil, "");
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, None));
    drop(server);
    project.write("tessera.toml", "[http]\ncors = [{ host = \"*.friend.org\", methods = \"get;post\" }]\n");
    let server = Server::start(project.path(), &[]);
    assert_eq!(server.client().send("GET", "/rest/$catalog", &evil, "").status, 403);
    let friend = ("Origin", "https://www.friend.org");
    let reply = server.client().send("GET", "/rest/$catalog", &[friend], "");
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://www.friend.org"));
    assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
    let asks = [friend, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-a")];
    let reply = server.client().send("OPTIONS", "/rest/$catalog/authentify", &asks, "");
    assert_eq!((reply.status, reply.header("access-control-allow-headers")), (204, Some("x-a")));
    assert!(reply.header("set-cookie").is_none(), "a preflight opens no session");
}

// S168
#[test]
fn hsts_is_sent_when_it_is_switched_on() {
    let (project, server) = crm("", &[]);
    assert_eq!(server.client().get("/").header("strict-transport-security"), None);
    drop(server);
    project.write("tessera.toml", "[http]\nhsts_seconds = 63072000\n");
    let server = Server::start(project.path(), &[]);
    for path in ["/", "/rest/$catalog", "/no-such-page"] {
        let reply = server.client().get(path);
        assert_eq!(reply.header("strict-transport-security"), Some("max-age=63072000"), "{path}");
    }
}

// S159
#[test]
fn the_page_of_a_status_comes_before_that_of_its_class() {
    let (project, server) = crm("", &[("WebFolder/4xx.html", "some error")]);
    let reply = server.client().get("/no-such-page");
    assert_eq!((reply.status, reply.body.as_str()), (404, "some error"));
    assert_eq!(reply.header("content-type"), Some("text/html; charset=UTF-8"));
    project.write("WebFolder/404.html", "not there");
    assert_eq!(server.client().get("/no-such-page").body, "not there");
    assert_eq!(server.client().post("/", "").body, "some error");
    let reply = server.client().get("/rest/NoSuch");
    assert!(reply.body.contains("__ERROR"), "REST keeps its own errors: {}", reply.body);
}

// S181
#[test]
fn a_lax_cookie_is_guarded_from_writes_of_other_sites() {
    let (project, server) =
        crm("[http]\nsame_site = \"lax\"\ncookie_path = \"/app\"\ncookie_domain = \"a.org\"\n", &[]);
    let body = r#"[{"email":"ada@example.com","password":"ada-secret"}]"#;
    let evil = [("Origin", "https://evil.org")];
    let send = |server: &Server, headers: &[(&str, &str)]| {
        server.client().send("POST", "/rest/$catalog/authentify", headers, body).status
    };
    assert_eq!(send(&server, &evil), 403);
    assert_eq!(send(&server, &[("Origin", "http://127.0.0.1")]), 200);
    assert_eq!(send(&server, &[]), 200);
    let cookie = server.client().get("/rest/$catalog").header("set-cookie").unwrap().to_owned();
    for part in ["SameSite=Lax", "Path=/app", "Domain=a.org"] {
        assert!(cookie.contains(part), "{part} is missing in {cookie}");
    }
    drop(server);
    project.write("tessera.toml", "[http]\nsame_site = \"lax\"\norigin_check = false\n");
    let server = Server::start(project.path(), &[]);
    assert_eq!(send(&server, &evil), 200);
}

// H21
#[test]
fn answers_say_how_they_may_be_kept() {
    let (_project, server) = crm("", &[]);
    let page = server.client().get("/");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let etag = page.header("etag").unwrap().to_owned();
    let again = server.client().send("GET", "/", &[("If-None-Match", &etag)], "");
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let rest = server.client().get("/rest/Customers");
    assert_eq!(rest.header("cache-control"), Some("no-store"));
}

#[test]
fn text_beyond_a_kilobyte_is_compressed_for_those_who_take_it() {
    let long = "all the same ".repeat(1000);
    let picture = "x".repeat(5000);
    let (_project, server) = crm("", &[("WebFolder/long.txt", &long), ("WebFolder/picture.png", &picture)]);
    let gzip = [("Accept-Encoding", "br, gzip")];
    let reply = server.client().send("GET", "/long.txt", &gzip, "");
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert!(reply.header("vary").unwrap().to_lowercase().contains("accept-encoding"), "{}", reply.head);
    assert!(reply.body.len() < long.len() / 10);
    assert_eq!(server.client().get("/long.txt").body, long);
    assert_eq!(server.client().send("GET", "/long.txt", &[("Accept-Encoding", "gzip;q=0")], "").body, long);
    for (wanted, given) in [
        ("gzip, deflate, br, zstd", Some("zstd")),
        ("zstd;q=0.5, gzip;q=0.9", Some("gzip")),
        ("gzip;q=0.5, zstd;q=0.9", Some("zstd")),
        ("zstd;q=0, gzip", Some("gzip")),
        ("GZIP", Some("gzip")),
        ("zstd;q=0", None),
        ("br, deflate", None),
    ] {
        let reply = server.client().send("GET", "/long.txt", &[("Accept-Encoding", wanted)], "");
        assert_eq!(reply.header("content-encoding"), given, "{wanted}");
        assert_eq!(reply.body == long, given.is_none(), "{wanted}");
    }
    assert_eq!(server.client().send("GET", "/picture.png", &gzip, "").header("content-encoding"), None);
    let rest = server.client().send("GET", "/rest/$catalog/$all", &gzip, "");
    assert_eq!(rest.header("content-encoding"), Some("gzip"), "{}", rest.head);
    let short = server.client().send("GET", "/rest/NoSuch", &gzip, "");
    assert_eq!(short.header("content-encoding"), None);
}

// R086
#[test]
fn a_form_uploads_its_file() {
    let (_project, server) = crm("", &[]);
    let mut ada = server.client();
    ada.post("/rest/$catalog/authentify", r#"[{"email":"ada@example.com","password":"ada-secret"}]"#);
    let kind = [("Content-Type", "Multipart/Form-Data; boundary=\"x y\"")];
    let part = "--x y\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n";
    let upload = "/rest/$upload?$binary=true";
    let reply = ada.send("POST", upload, &kind, &format!("{part}content\r\n--x y--\r\n"));
    assert_eq!((reply.status, reply.json()["ID"].as_str().unwrap().len()), (200, 32));
    let reply = ada.send("POST", upload, &kind, &format!("{part}content"));
    assert_eq!((reply.status, reply.error()), (400, Some(1806)));
    let long = format!("{part}{}\r\n--x y--\r\n", "x".repeat(2_000_001));
    assert_eq!(ada.send("POST", upload, &kind, &long).status, 413);
}

#[test]
fn requests_are_written_down_without_secrets() {
    let (project, server) = crm("[http]\nlog = \"clf\"\n", &[]);
    let mut ada = server.client();
    let body = r#"[{"email":"ada@example.com","password":"ada-secret"}]"#;
    ada.post("/rest/$catalog/authentify", body);
    let headers = [("password-4D", "hidden"), ("username-4D", "ada")];
    ada.send("GET", "/rest/Customers?$top=1&$4DSID=0123456789", &headers, "");
    let plain = ada.get("/rest/$catalog/$all").body.len();
    ada.send("GET", "/rest/$catalog/$all", &[("Accept-Encoding", "gzip")], "");
    let secret = ada.cookie.clone().unwrap();
    server.terminate();
    let log = std::fs::read_to_string(project.path().join("Data/Logs/logweb.txt")).unwrap();
    let lines: Vec<&str> = log.split("\r\n").collect();
    assert!(
        lines[0].starts_with("127.0.0.1 - Ada")
            && lines[0].contains("\"POST /rest/$catalog/authentify HTTP/1.1\" 200 "),
        "{log}"
    );
    assert!(lines[1].contains("GET /rest/Customers?$top=1 HTTP/1.1"), "{log}");
    let bytes = |line: &str| line.rsplit(' ').next().and_then(|bytes| bytes.parse::<usize>().ok());
    assert_eq!(bytes(lines[2]), Some(plain), "{log}");
    assert!(bytes(lines[3]).is_some_and(|compressed| compressed > 0 && compressed < plain), "{log}");
    for hidden in ["0123456789", "hidden", "ada-secret", secret.split('=').nth(1).unwrap()] {
        assert!(!log.contains(hidden), "{hidden} is in {log}");
    }
}

// H20
#[test]
fn everything_is_served_over_tls() {
    use ureq::tls::{Certificate, RootCerts, TlsConfig};
    let project = TempProject::copy_of("crm");
    project.write(
        "Project/Sources/DatabaseMethods/onWebConnection.4dm",
        "WEB SEND TEXT(String(WEB Is secured connection))\n",
    );
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    project.write("cert.pem", &made.cert.pem());
    project.write("key.pem", &made.signing_key.serialize_pem());
    project.write("tessera.toml", "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\n");
    let server = Server::start(project.path(), &[]);
    let root = Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let tls = TlsConfig::builder().root_certs(RootCerts::from(vec![root])).build();
    let agent = ureq::Agent::new_with_config(ureq::config::Config::builder().tls_config(tls).build());
    let base = format!("https://127.0.0.1:{}", server.port);
    let mut reply = agent.get(format!("{base}/rest/$catalog")).call().unwrap();
    let cookie = reply.headers().get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.contains("; Secure"), "{cookie}");
    assert!(reply.body_mut().read_to_string().unwrap().contains("Customers"));
    let mut reply = agent.get(format!("{base}/any")).call().unwrap();
    assert_eq!(reply.body_mut().read_to_string().unwrap(), "True");
    assert!(ureq::get(format!("{base}/any")).call().is_err(), "an unknown certificate is not trusted");
}

// R001
#[test]
fn rest_that_is_off_is_not_there() {
    let project = TempProject::copy_of("crm");
    let settings = "Project/Sources/settings.4DSettings";
    let text = std::fs::read_to_string(project.path().join(settings)).unwrap();
    let off = text.replace("<rest launch_at_startup=\"true\"/>", "<rest launch_at_startup=\"false\"/>");
    assert_ne!(off, text);
    project.write(settings, &off);
    let server = Server::start(project.path(), &[]);
    for target in ["/rest/$catalog", "/rest/$catalog/authentify", "/rest/Customers", "/rest"] {
        let reply = server.client().get(target);
        assert_eq!((reply.status, reply.header("set-cookie")), (404, None), "{target}: {}", reply.body);
    }
    assert_eq!(server.client().get("/").status, 200);
}
