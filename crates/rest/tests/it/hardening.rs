//! Where Tessera is stricter than 4D (`docs/security.md`), and 4D's behaviour when asked for.

use tessera_rest::{Method, Request};
use tessera_sessions::{Hardening, PoolSize, Preset};

use crate::project::{filled, folder, served};
use crate::server::{Answer, Client, Server};

fn as_preset(preset: Preset, roles: Option<&str>, more: &[(&str, &str)]) -> Server {
    Server::with(folder(roles, more), PoolSize::Unlimited, Hardening::preset(preset))
}

fn guess(client: &mut Client, address: &str) -> Answer {
    let mut login = Request::post("/$catalog/authentify", r#"["nobody"]"#);
    login.address = address.into();
    client.send(login)
}

#[test]
fn the_eleventh_failed_login_has_to_wait() {
    // S180
    let server = served();
    let mut client = server.client();
    for _ in 0..10 {
        guess(&mut client, "::ffff:10.0.0.1").ok();
    }
    let refused = guess(&mut client, "::ffff:10.0.0.1");
    refused.refused(429, -20_429);
    assert_eq!(refused.response.header("retry-after"), Some("2"));
    // Not the client but its address has to wait, and only for logins.
    guess(&mut server.client(), "::ffff:10.0.0.1").refused(429, -20_429);
    client.get("/$catalog").ok();
    guess(&mut client, "::ffff:10.0.0.2").ok();
    server.clock.advance(2);
    let mut right = Request::post("/$catalog/authentify", r#"["Reader"]"#);
    right.address = "::ffff:10.0.0.1".into();
    client.send(right).ok();
    client.get("/Employee").ok();
}

#[test]
fn logins_that_succeed_are_never_counted() {
    let server = served();
    for _ in 0..50 {
        server.client().login("Reader");
    }
}

#[test]
fn as_4d_anybody_may_guess_for_ever() {
    // S185
    let roles = r#"{"forceLogin":true,"privileges":[],"roles":[],"permissions":{"allowed":[]}}"#;
    let server = as_preset(Preset::FourD, Some(roles), &[]);
    for _ in 0..100 {
        guess(&mut server.client(), "::ffff:10.0.0.1").ok();
    }
}

const NOBODY: &str = "#DECLARE($name : Text; $password : Text) : Boolean\nreturn ($password=\"pw\")\n";

fn with_password(target: &str, password: &str) -> Request {
    let mut request = Request::new(Method::Post, target, Vec::new());
    request.user_name = Some("ann".into());
    request.password = Some(password.into());
    request
}

#[test]
fn in_default_mode_password_headers_are_counted_wherever_they_are_sent() {
    // S180
    let method = [("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm", NOBODY)];
    let server = as_preset(Preset::Standard, None, &method);
    for _ in 0..5 {
        server.client().send(with_password("/$directory/login", "wrong")).refused(401, 1822);
        server.client().send(with_password("/Employee", "wrong")).refused(401, 1822);
    }
    // Without a password nothing is guessed.
    server.client().get("/Employee").refused(401, 1822);
    server.client().send(with_password("/$directory/login", "pw")).refused(429, -20_429);
    assert_eq!(server.licenses_used(), 0);
}

#[test]
fn passwords_on_an_open_line() {
    // H19
    let method = [("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm", NOBODY)];
    let login = |server: &Server, address: &str, is_secure: bool| {
        let mut request = with_password("/$directory/login", "pw");
        request.address = address.into();
        request.is_secure = is_secure;
        server.client().send(request)
    };
    let strict = as_preset(Preset::Strict, None, &method);
    login(&strict, "::ffff:10.0.0.1", false).refused(403, -20_403);
    login(&strict, "::ffff:10.0.0.1", true).ok();
    login(&strict, "::ffff:127.0.0.1", false).ok();
    login(&as_preset(Preset::Standard, None, &method), "::ffff:10.0.0.1", false).ok();
}

#[test]
fn a_restriction_that_answers_null() {
    // S144, H15
    let class =
        "Class extends DataClass\n\nFunction event restrict() : cs.EmployeeSelection\n\treturn Null\n";
    let count = |preset| {
        let server = filled(as_preset(preset, None, &[("Project/Sources/Classes/Employee.4dm", class)]));
        server.client().get("/Employee").ok()["__COUNT"].clone()
    };
    assert_eq!(count(Preset::FourD), 4);
    assert_eq!(count(Preset::Standard), 4);
    assert_eq!(count(Preset::Strict), 0);
}

#[test]
fn who_is_shown_the_sessions_of_others() {
    // H3
    let admin = "Class extends DataStoreImplementation\n\nexposed Function authentify() : Boolean\n\treturn \
                 Session.setPrivileges(\"WebAdmin\")\n";
    let seen = |preset, log_in: bool| {
        let server = as_preset(preset, None, &[("Project/Sources/Classes/DataStore.4dm", admin)]);
        server.client().get("/$catalog").ok();
        let mut client = server.client();
        client.get("/$catalog").ok();
        if log_in {
            client.post("/$catalog/authentify", "[]").ok();
        }
        client.get("/$info").ok()["sessionInfo"].as_array().unwrap().len()
    };
    assert_eq!(seen(Preset::FourD, false), 2);
    assert_eq!(seen(Preset::Standard, false), 1);
    assert_eq!(seen(Preset::Standard, true), 2);
}

#[test]
fn privileges_of_two_logins_add_up_unless_the_settings_are_strict() {
    // S185 (F6)
    let class = "Class extends DataStoreImplementation\n\nexposed Function twice() : \
                 Collection\n\tSession.setPrivileges(\"a\")\n\tSession.setPrivileges(\"b\")\n\treturn \
                 Session.getPrivileges()\n";
    let roles =
        r#"{"privileges":[{"privilege":"a"},{"privilege":"b"}],"roles":[],"permissions":{"allowed":[]}}"#;
    let held = |preset| {
        let more = [("Project/Sources/Classes/DataStore.4dm", class)];
        as_preset(preset, Some(roles), &more).client().post("/$catalog/twice", "[]").ok()["result"].clone()
    };
    assert_eq!(held(Preset::FourD), serde_json::json!(["a", "b"]));
    assert_eq!(held(Preset::Strict), serde_json::json!(["b"]));
}
