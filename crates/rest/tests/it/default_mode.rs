//! Default mode: a licence at the first request, `On REST Authentication`, `$directory/login`.

use tessera_rest::{Method, Request};
use tessera_sessions::PoolSize;

use crate::project::{filled, folder, open};
use crate::server::Server;

const AUTHENTICATION: &str = r#"#DECLARE($name : Text; $password : Text; $digest : Boolean; $ip : Text) : Boolean
Use (Storage)
	Storage.calls:=Num(Storage.calls)+1
	Storage.last:=$name+"/"+$password+"/"+String($digest)+"/"+$ip
End use
return ($name="ann") & ($password="pw")
"#;

fn authenticated(licenses: PoolSize) -> Server {
    let more = [
        ("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm", AUTHENTICATION),
        ("Project/Sources/Methods/calls.4dm", "return Num(Storage.calls)\n"),
        ("Project/Sources/Methods/last.4dm", "return Storage.last\n"),
    ];
    filled(Server::with_licenses(folder(None, &more), licenses))
}

fn with_login(target: &str, name: &str, password: &str) -> Request {
    let mut request = Request::new(Method::Post, target, Vec::new());
    request.user_name = Some(name.into());
    request.password = Some(password.into());
    request
}

#[test]
fn every_first_request_takes_a_licence() {
    // S030, S031, S032, S037
    let server = open();
    let mut client = server.client();
    client.get("/$catalog").ok();
    assert_eq!(server.licenses_used(), 1);
    client.get("/Employee").ok();
    assert_eq!(server.licenses_used(), 1);
    server.client().get("/Employee").ok();
    assert_eq!(server.licenses_used(), 2);
}

#[test]
fn without_a_licence_even_descriptions_are_refused() {
    // S084, R065
    let server = filled(Server::with_licenses(folder(None, &[]), PoolSize::Limited(1)));
    server.client().get("/$catalog").ok();
    server.client().get("/$catalog").refused(402, 1823);
}

#[test]
fn the_database_method_decides_until_it_said_yes() {
    // S033, S035, S036
    let server = authenticated(PoolSize::Limited(5));
    let mut client = server.client();
    client.get("/Employee").refused(401, 1822);
    assert_eq!(server.licenses_used(), 0, "a refused login gives its licence back");
    client.get("/$catalog").refused(401, 1822);
    assert_eq!(server.run("calls").as_integer(), Some(2));
    client.send(with_login("/$directory/login", "ann", "pw")).ok();
    assert_eq!(
        server.run("last").as_text().map(ToString::to_string).as_deref(),
        Some("ann/pw/False/::ffff:127.0.0.1")
    );
    client.get("/Employee").ok();
    client.get("/$catalog").ok();
    assert_eq!(server.run("calls").as_integer(), Some(3));
    assert_eq!(server.licenses_used(), 1);
}

#[test]
fn directory_login_answers_true_or_false() {
    // S034, S038, R082
    let server = authenticated(PoolSize::Unlimited);
    let mut client = server.client();
    let refused = client.send(with_login("/$directory/login", "ann", "wrong"));
    refused.refused(401, 1822);
    assert_eq!(refused.json()["result"], false);
    let mut hashed = with_login("/$directory/login", "ann", "");
    hashed.password = None;
    hashed.hashed_password = Some("digest".into());
    client.send(hashed).refused(401, 1822);
    assert_eq!(
        server.run("last").as_text().map(ToString::to_string).as_deref(),
        Some("ann/digest/True/::ffff:127.0.0.1")
    );
    assert_eq!(client.send(with_login("/$directory/login", "ann", "pw")).ok()["result"], true);
}

#[test]
fn the_length_header_sets_the_idle_time() {
    // S039
    for (given, expected) in [("120", "120 "), ("10", "60 ")] {
        let server = authenticated(PoolSize::Unlimited);
        let mut client = server.client();
        let mut login = with_login("/$directory/login", "ann", "pw");
        login.session_minutes = Some(given.into());
        client.send(login).ok();
        let info = client.get("/$info").ok();
        assert_eq!(format!("{} ", info["sessionInfo"][0]["lifeTime"]), expected);
    }
}

#[test]
fn logout_gives_the_licence_back_and_asks_again() {
    // S027, S029
    let server = authenticated(PoolSize::Limited(1));
    let mut client = server.client();
    client.send(with_login("/$directory/login", "ann", "pw")).ok();
    assert_eq!(server.licenses_used(), 1);
    client.post("/$directory/logout", "").ok();
    assert_eq!(server.licenses_used(), 0);
    client.get("/Employee").refused(401, 1822);
    server.client().send(with_login("/Employee?$method=validate", "ann", "pw")).status();
}

#[test]
fn force_login_never_calls_it() {
    // S042
    let roles = r#"{"forceLogin":true,"privileges":[],"roles":[],"permissions":{"allowed":[]}}"#;
    let more = [("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm", AUTHENTICATION)];
    let server = Server::new(folder(Some(roles), &more));
    server.client().get("/$catalog").ok();
    server.client().send(with_login("/$directory/login", "ann", "pw")).refused(401, 1822);
    assert_eq!(server.licenses_used(), 0);
}
