//! Sessions under requests that overlap: whatever the order, no right goes astray and no licence is lost.

use std::sync::Arc;

use tessera_model::Roles;
use tessera_sessions::{Grant, LoginMode, PoolSize, Preset, SessionSettings};

use tessera_values::{SharedValue, Text};

use crate::fixture::{Fixture, preset};

fn fixture(mode: LoginMode) -> Fixture {
    Fixture::new(mode, SessionSettings::default())
}

#[test]
fn a_request_under_way_at_login_does_not_inherit_the_rights() {
    let fixture = fixture(LoginMode::Force);
    let cookie = fixture.guest_cookie();
    let before = fixture.sessions.resolve(Some(&cookie), "somebody else").session;
    let person = fixture.sessions.resolve(Some(&cookie), "client").session;
    let person = fixture.sessions.set_privileges(&person, &Grant::default()).unwrap();
    assert!(person.is_logged());
    let kept = fixture.sessions.keep(&before);
    assert!(!kept.is_logged());
    assert!(!Arc::ptr_eq(&kept, &person));
}

#[test]
fn a_cookie_from_before_the_login_leads_to_nothing_and_loses_nothing() {
    // S051, S178
    let fixture = fixture(LoginMode::Default);
    let cookie = fixture.guest_cookie();
    let person = fixture.sessions.resolve(Some(&cookie), "client").session;
    let person = fixture.sessions.set_privileges(&person, &Grant::default()).unwrap();
    for seconds in [1, 60] {
        fixture.clock.advance(seconds);
        let old = fixture.sessions.resolve(Some(&cookie), "client").session;
        assert!(!old.is_logged());
        let old = fixture.sessions.open(&old).unwrap();
        assert!(fixture.sessions.take_cookie(&old).is_none(), "it must not replace the person's new cookie");
        fixture.sessions.refuse(&old);
        drop(old);
        let found = fixture.sessions.registry().by_id(&person.id()).unwrap();
        assert!(Arc::ptr_eq(&found, &person));
    }
    drop(person);
    fixture.clock.advance(61 * 60);
    fixture.sessions.close_expired();
    assert_eq!(fixture.sessions.licenses().used(), 0);
    assert!(fixture.sessions.registry().is_empty());
}

#[test]
fn all_cookies_of_a_guest_lead_to_one_session() {
    let fixture = fixture(LoginMode::Force);
    let cookie = fixture.guest_cookie();
    fixture.clock.advance(120);
    let first = fixture.sessions.resolve(Some(&cookie), "client").session;
    let renewed = fixture.sessions.take_cookie(&first).unwrap().value();
    first.set_idle_minutes(90);
    let first = fixture.sessions.keep(&first);
    for cookie in [cookie, renewed] {
        assert!(Arc::ptr_eq(&fixture.sessions.resolve(Some(&cookie), "client").session, &first));
    }
}

#[test]
fn memory_for_sessions_is_limited_but_people_still_get_in() {
    let settings = SessionSettings { sessions_max: 3, ..SessionSettings::default() };
    let fixture = Fixture::new(LoginMode::Default, settings);
    for _ in 0..10 {
        let session = fixture.sessions.resolve(None, "client").session;
        fixture.sessions.open(&session).unwrap();
    }
    assert_eq!(fixture.sessions.registry().len(), 3);
    assert_eq!(fixture.sessions.licenses().used(), 3, "a session that is not kept gives its licence back");
    let person = fixture.sessions.resolve(None, "client").session;
    let person = fixture.sessions.set_privileges(&person, &Grant::default()).unwrap();
    let cookie = fixture.sessions.take_cookie(&person).unwrap().value();
    assert!(fixture.sessions.resolve(Some(&cookie), "client").session.is_logged());
}

#[test]
fn in_default_mode_a_licence_nobody_came_back_for_is_found_again() {
    // H7
    let fixture =
        Fixture::with_licenses(LoginMode::Default, SessionSettings::default(), PoolSize::Limited(3));
    let visit = |cookie: Option<&str>| {
        let session = fixture.sessions.resolve(cookie, "client").session;
        let cookie = fixture.sessions.take_cookie(&session).map(|secret| secret.value());
        fixture.sessions.open(&session).map(|_| cookie)
    };
    let returning = visit(None).unwrap().unwrap();
    visit(None).unwrap();
    let person = fixture.person("ada");
    visit(Some(&returning)).unwrap();
    assert!(visit(None).is_err(), "somebody may still come back within a minute");
    fixture.clock.advance(61);
    visit(None).unwrap();
    assert_eq!(fixture.sessions.licenses().used(), 3);
    assert!(visit(None).is_err(), "all others came back, logged in, or are new");
    assert!(person.holds_license());
    visit(Some(&returning)).unwrap();
    fixture.clock.advance(61);
    let as_4d = preset(Preset::FourD);
    let fixture = Fixture::with_licenses(LoginMode::Default, as_4d, PoolSize::Limited(1));
    fixture.sessions.open(&fixture.sessions.resolve(None, "client").session).unwrap();
    fixture.clock.advance(61);
    assert!(fixture.sessions.open(&fixture.sessions.resolve(None, "client").session).is_err());
}

#[test]
fn an_old_login_has_to_be_renewed_however_busy_it_was() {
    // H17
    let settings = preset(Preset::Strict);
    let fixture = Fixture::new(LoginMode::Force, settings);
    let person = fixture.person("ada");
    let mut cookie = fixture.sessions.take_cookie(&person).unwrap().value();
    for _ in 0..24 {
        fixture.clock.advance(3600);
        assert!(fixture.sessions.resolve(Some(&cookie), "client").session.is_logged());
    }
    fixture.clock.advance(1);
    let session = fixture.sessions.resolve(Some(&cookie), "client").session;
    assert!(!session.is_logged());
    assert_eq!(fixture.sessions.licenses().used(), 0);
    cookie = fixture.sessions.take_cookie(&session).unwrap().value();
    let session = fixture.sessions.resolve(Some(&cookie), "client").session;
    fixture.sessions.set_privileges(&session, &Grant::default()).unwrap();
    fixture.clock.advance(3600);
    cookie = fixture.sessions.take_cookie(&session).unwrap().value();
    assert!(fixture.sessions.resolve(Some(&cookie), "client").session.is_logged());
}

#[test]
fn as_4d_the_cookie_stays_the_same() {
    // S179
    let settings = preset(Preset::FourD);
    let fixture = Fixture::new(LoginMode::Force, settings);
    let cookie = fixture.guest_cookie();
    let guest = fixture.sessions.resolve(Some(&cookie), "client").session;
    let person = fixture.sessions.set_privileges(&guest, &Grant::default()).unwrap();
    assert!(fixture.sessions.take_cookie(&person).is_none());
    assert!(fixture.sessions.resolve(Some(&cookie), "client").session.is_logged());
    fixture.sessions.logout(&person);
    assert!(Arc::ptr_eq(&fixture.sessions.resolve(Some(&cookie), "client").session, &person));
}

#[test]
fn what_a_request_stores_stays_when_one_beside_it_ends_first() {
    let fixture = fixture(LoginMode::Force);
    let cookie = fixture.guest_cookie();
    let visit = || fixture.sessions.resolve(Some(&cookie), "client").session;
    let slow = fixture.sessions.keep(&visit());
    let quick = visit();
    assert!(Arc::ptr_eq(&slow, &quick));
    fixture.sessions.release(&quick);
    slow.storage().put("note".into(), SharedValue::Integer(1)).unwrap();
    fixture.sessions.release(&slow);
    assert!(Arc::ptr_eq(&visit(), &slow));
    assert!(!visit().storage().is_empty());
}

fn roles(privileges: &str) -> Roles {
    let text = format!(r#"{{"privileges":[{privileges}],"permissions":{{"allowed":[]}},"forceLogin":true}}"#);
    Roles::parse(&text).unwrap().0
}

#[test]
fn changed_roles_reach_every_session() {
    let first = roles(r#"{"privilege":"clerk"},{"privilege":"chief","includes":["clerk"]}"#);
    let fixture = Fixture::with_roles(SessionSettings::default(), PoolSize::Unlimited, Some(&first));
    let number = |name: &str| fixture.sessions.privileges().number(name).unwrap();
    let (chief, clerk) = (number("chief"), number("clerk"));
    let person = fixture.person("ada");
    fixture.sessions.set_privileges(&person, &Grant::from_text("chief")).unwrap();
    assert!(person.privileges().contains(chief) && person.privileges().contains(clerk));
    // Not kept when the roles change, and kept afterwards.
    let guest = fixture.sessions.resolve(None, "client").session;
    assert_eq!(fixture.sessions.login_mode(), LoginMode::Force);

    let second = roles(r#"{"privilege":"guest","includes":["clerk"]},{"privilege":"clerk"}"#);
    fixture.sessions.set_roles(Some(&second));
    assert!(!person.privileges().contains(chief), "it is gone");
    assert_eq!(fixture.sessions.assigned_names(&person), Vec::<Text>::new());
    assert!(person.privileges().contains(clerk), "as everybody");
    assert!(fixture.sessions.keep(&guest).privileges().contains(clerk));
    assert!(fixture.sessions.resolve(None, "client").session.privileges().contains(clerk));

    fixture.sessions.set_roles(Some(&first));
    assert!(person.privileges().contains(chief), "it was given and is declared again");
    assert_eq!(fixture.sessions.assigned_names(&person), ["clerk", "chief"]);
    fixture.sessions.set_roles(None);
    assert_eq!(fixture.sessions.login_mode(), LoginMode::Default);
}
