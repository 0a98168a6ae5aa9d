//! The login sequence of force login (sessions S001 to S060, S084 to S088).

use tessera_rest::Request;

use crate::project::{open, served, served_with};

#[test]
fn a_guest_gets_a_cookie_and_no_licence() {
    // S003, S005, S006, S007, S008, S058
    let server = served();
    let mut guest = server.client();
    let first = guest.get("/$catalog");
    first.ok();
    assert_eq!(first.new_cookie.as_deref().map(str::len), Some(64));
    assert_eq!(first.session_id.len(), 32);
    assert!(first.session_id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()));
    assert_eq!(server.licenses_used(), 0);
    let again = guest.get("/$catalog/$all");
    again.ok();
    assert_eq!(again.session_id, first.session_id);
    assert!(again.new_cookie.is_none());
    guest.get("/$catalog/Employee").ok();
    assert_eq!(server.licenses_used(), 0);
}

#[test]
fn everything_but_descriptions_is_refused_to_a_guest() {
    // S010, S011, S012, S013, S014, R066
    let server = served();
    for target in [
        "/Employee",
        "/Employee(1)",
        "/Employee(999)",
        "/NoSuch",
        "/$info",
        "/Employee/$entityset/ABC",
        "/Employee?$filter=\"x",
    ] {
        let answer = server.client().get(target);
        answer.refused(401, 1822);
        assert_eq!(answer.response.header("www-authenticate"), Some(""));
    }
    for target in [
        "/$catalog/whoAmI",
        "/$catalog/nothing",
        "/Employee/headCount",
        "/Employee(1)/greet",
        "/$singleton/Tally/next",
        "/$upload",
        "/$directory/login",
    ] {
        server.client().post(target, "[]").refused(401, 1822);
    }
    assert_eq!(server.licenses_used(), 0);
}

#[test]
fn authentify_takes_its_parameters_from_the_array() {
    // S015, S017, S018, S019, S020, R151
    let server = served();
    let mut guest = server.client();
    assert_eq!(guest.post("/$catalog/authentify", r#"["nobody","x"]"#).ok()["result"], "no");
    assert_eq!(guest.post("/$catalog/authentify", r#"["object"]"#).ok()["result"]["b"][1], 2);
    assert_eq!(server.licenses_used(), 0);
    guest.get("/Employee").refused(401, 1822);
}

#[test]
fn a_licence_is_taken_exactly_at_set_privileges() {
    // S021, S023, S069
    let server = served();
    let mut client = server.client();
    assert_eq!(client.login("Reader").json()["result"], true);
    assert_eq!(server.licenses_used(), 1);
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 4);
    client.login("Writer");
    assert_eq!(server.licenses_used(), 1);
    let me = client.post("/$catalog/whoAmI", "[]").ok();
    assert_eq!(me["result"]["user"], "user Writer");
}

#[test]
fn set_privileges_knows_all_its_forms() {
    // S022, S061, S063, S065, S066, S067, S068, S070, S071
    let server = served();
    for (name, expected) in [
        ("empty", vec![]),
        ("unknown", vec![]),
        ("comma", vec!["read", "money"]),
        ("collection", vec!["read", "money"]),
        ("both", vec!["money", "read", "write"]),
        ("Boss", vec!["read", "write", "money"]),
    ] {
        let mut client = server.client();
        assert_eq!(client.login(name).json()["result"], true, "{name}");
        let me = client.post("/$catalog/whoAmI", "[]").ok();
        assert_eq!(me["result"]["guest"], false, "{name}");
        assert_eq!(me["result"]["privileges"], serde_json::json!(expected), "{name}");
    }
    assert_eq!(server.licenses_used(), 6);
}

#[test]
fn reads_inside_authentify_obey_permissions_unless_promoted() {
    // S024, S025
    let server = served();
    let mut guest = server.client();
    guest.post("/$catalog/authentify", r#"["peek"]"#).refused(401, -9991);
    assert_eq!(guest.post("/$catalog/authentify", r#"["count"]"#).ok()["result"], 2);
}

#[test]
fn without_a_free_licence_the_second_person_is_refused() {
    // S084, S085, S087, R065
    let server = served_with(1);
    let (mut first, mut second) = (server.client(), server.client());
    first.login("Reader");
    let refused = second.post("/$catalog/authentify", r#"["Reader"]"#);
    refused.refused(402, 1823);
    second.get("/Employee").refused(401, 1822);
    first.post("/$directory/logout", "").ok();
    second.login("Reader");
    assert_eq!(server.licenses_used(), 1);
}

#[test]
fn a_refused_licence_can_be_handled_by_the_code() {
    // S085
    let server = served_with(0);
    assert_eq!(server.client().post("/$catalog/authentify", r#"["tried"]"#).ok()["result"], true);
}

#[test]
fn logout_keeps_the_session_and_its_storage() {
    // S027, S028, S029, S178, R083
    let server = served();
    let mut client = server.client();
    let login = client.login("Reader");
    client.post("/$catalog/remember", r#"["kept"]"#).refused(401, 1561);
    let mut client = server.client();
    client.get("/$catalog").ok();
    let before = client.cookie.clone();
    client.login("Boss");
    assert_ne!(client.cookie, before, "the secret changes at login");
    let id = client.get("/$catalog").session_id;
    assert_ne!(id, login.session_id);
    let out = client.get("/$directory/logout");
    assert_eq!(out.ok()["result"], true);
    assert_eq!(out.session_id, id);
    client.get("/Employee").refused(401, 1822);
    assert_eq!(server.licenses_used(), 1);
    client.login("Reader");
    assert_eq!(client.get("/$catalog").session_id, id);
    assert_eq!(server.client().post("/$directory/logout", "").ok()["result"], true);
}

#[test]
fn an_old_secret_has_no_rights_after_login() {
    // S178 (D7): honoured for ten seconds, without what was gained since.
    let server = served();
    let mut client = server.client();
    client.get("/$catalog").ok();
    let mut behind = client.clone();
    client.login("Reader");
    client.get("/Employee").ok();
    behind.get("/Employee").refused(401, 1822);
    let answer = behind.get("/$catalog");
    answer.ok();
    assert!(answer.new_cookie.is_none(), "it would overwrite the new cookie");
}

#[test]
fn sessions_close_when_they_were_idle_for_an_hour() {
    // S051, S052, S053, S054, S055
    let server = served();
    let mut client = server.client();
    client.login("Boss");
    let id = client.get("/Employee").session_id;
    server.minutes(59);
    client.get("/Employee").ok();
    server.minutes(59);
    client.get("/Employee").ok();
    server.minutes(61);
    let late = client.get("/Employee");
    late.refused(401, 1822);
    assert_ne!(late.session_id, id);
    assert!(late.new_cookie.is_some());
    assert_eq!(server.licenses_used(), 0);
}

#[test]
fn the_sweep_frees_licences_without_a_request() {
    // S051
    let server = served();
    server.client().login("Reader");
    server.minutes(61);
    assert_eq!(server.licenses_used(), 1);
    assert_eq!(server.application.sessions.close_expired(), 1);
    assert_eq!(server.licenses_used(), 0);
}

#[test]
fn unknown_cookies_are_never_adopted() {
    // S048, S049
    let server = served();
    let mut client = server.client();
    client.cookie = Some("AB".repeat(32));
    let answer = client.get("/$catalog");
    answer.ok();
    assert_ne!(answer.new_cookie.as_deref(), Some("AB".repeat(32).as_str()));
    client.login("Reader");
    let mut elsewhere = Request::get("/Employee");
    elsewhere.address = "::ffff:10.0.0.9".into();
    client.send(elsewhere).ok();
}

#[test]
fn guests_that_stored_nothing_are_kept_nowhere() {
    // D11
    let server = served();
    for n in 0..1000 {
        server.client().get("/$catalog").ok();
        let mut login = Request::post("/$catalog/authentify", r#"["nobody"]"#);
        login.address = format!("::ffff:10.0.{}.{}", n / 250, n % 250).into();
        server.client().send(login).ok();
    }
    assert_eq!(server.application.sessions.registry().len(), 0);
}

#[test]
fn a_server_that_stops_closes_its_sessions() {
    // S056
    let server = served();
    let mut client = server.client();
    client.login("Reader");
    server.application.sessions.close_all();
    assert_eq!(server.licenses_used(), 0);
    client.get("/Employee").refused(401, 1822);
}

#[test]
fn clearing_privileges_keeps_the_licence() {
    // S059, S060, S137: the session is logged in without privileges
    let server = served_open_functions();
    let mut client = server.client();
    client.login("Reader");
    assert_eq!(client.post("/$catalog/clear", "[]").ok()["result"], true);
    assert_eq!(server.licenses_used(), 1);
    let me = client.post("/$catalog/whoAmI", "[]").ok();
    assert_eq!(me["result"]["guest"], false);
    assert_eq!(me["result"]["privileges"], serde_json::json!([]));
}

#[test]
fn storage_and_idle_time_belong_to_the_session() {
    // S039, S053, S054, S055, S072
    let server = served_open_functions();
    let mut client = server.client();
    client.login("Reader");
    assert_eq!(client.post("/$catalog/remember", r#"["mine"]"#).ok()["result"], "mine");
    let mut other = server.client();
    other.login("Reader");
    assert!(other.post("/$catalog/recall", "[]").ok()["result"].is_null());
    assert_eq!(client.post("/$catalog/recall", "[]").ok()["result"], "mine");
    client.post("/$directory/logout", "").ok();
    client.login("Writer");
    assert_eq!(client.post("/$catalog/recall", "[]").ok()["result"], "mine", "storage survives logout");
    let idle = client.post("/$catalog/idle", "[10]").ok();
    assert!(idle["result"].as_str().unwrap().starts_with("60 2023-11-14T23:13:20.000Z"), "{idle}");
    let info = client.post("/$catalog/sessionInfo", "[]").ok();
    assert_eq!(info["result"]["type"], "rest");
    assert_eq!(info["result"]["hostType"], "browser");
    assert_eq!(info["result"]["userName"], "user Writer");
}

#[test]
fn who_is_logged_in_can_be_asked() {
    // S040, S041
    let server = served();
    let mut client = server.client();
    assert!(client.get("/$directory/currentUser").ok()["result"].is_null());
    client.login("Writer");
    let user = client.get("/$directory/currentUser").ok();
    assert_eq!(user["result"]["userName"], "user Writer");
    assert_eq!(user["result"]["ID"].as_str().unwrap().len(), 32);
    let belongs = |client: &mut crate::server::Client, name: &str| {
        client.post("/$directory/currentUserBelongsTo", &format!("[\"{name}\"]")).ok()["result"].clone()
    };
    assert_eq!(belongs(&mut client, "Reader"), true);
    assert_eq!(belongs(&mut client, "Boss"), false);
}

#[test]
fn info_shows_the_caller_only() {
    // S176, S177, R080
    let server = served();
    let mut client = server.client();
    client.login("Writer");
    let info = client.get("/$info").ok();
    assert_eq!(info["sessionInfo"][0]["lifeTime"], 60);
    assert_eq!(info["privileges"][0]["privilege"], "guest");
    assert_eq!(info["sessionInfo"].as_array().unwrap().len(), 1);
}

#[test]
fn without_roles_or_without_the_flag_there_is_no_force_login() {
    // S001, S002
    let server = open();
    server.client().get("/Employee").ok();
    let roles = r#"{"privileges":[],"roles":[],"permissions":{"allowed":[]},"forceLogin":false}"#;
    let folder = crate::project::folder(Some(roles), &[]);
    crate::server::Server::new(folder).client().get("/Employee").ok();
}

/// The usual project in which everybody logged in may call every function.
fn served_open_functions() -> crate::server::Server {
    let roles = r#"{"forceLogin":true,"privileges":[{"privilege":"read"}],
        "roles":[{"role":"Reader","privileges":["read"]},{"role":"Writer","privileges":["read"]}],
        "permissions":{"allowed":[]}}"#;
    crate::project::filled(crate::server::Server::new(crate::project::folder(Some(roles), &[])))
}
