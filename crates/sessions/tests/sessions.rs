//! Sessions under requests that overlap: whatever the order, no right goes astray and no licence is lost.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use tessera_sessions::{
    Grant, LoginMode, MemoryPool, MemoryRegistry, PoolSize, PrivilegeTable, SessionSettings, Sessions,
};
use tessera_test_support::{ManualClock, SequenceChance};
use tessera_values::{Chance, Clock};

struct Fixture {
    sessions: Sessions,
    clock: Arc<ManualClock>,
}

fn fixture(settings: SessionSettings) -> Fixture {
    let clock = Arc::new(ManualClock::new(1_700_000_000));
    let chance: Arc<dyn Chance> = Arc::new(SequenceChance::new());
    let sessions = Sessions::new(
        Box::new(MemoryRegistry::default()),
        Box::new(MemoryPool::new(PoolSize::Unlimited)),
        Arc::new(PrivilegeTable::new(None)),
        settings,
        Arc::clone(&clock) as Arc<dyn Clock>,
        chance,
    );
    Fixture { sessions, clock }
}

impl Fixture {
    /// The cookie of a new guest.
    fn guest_cookie(&self) -> String {
        let guest = self.sessions.resolve(None, "client").session;
        self.sessions.take_cookie(&guest).unwrap().value()
    }
}

#[test]
fn a_request_under_way_at_login_does_not_inherit_the_rights() {
    let fixture = fixture(SessionSettings::new(LoginMode::Force));
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
    let fixture = fixture(SessionSettings::new(LoginMode::Default));
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
        let found = fixture.sessions.registry().by_id(person.id()).unwrap();
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
    let fixture = fixture(SessionSettings::new(LoginMode::Force));
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
    let settings = SessionSettings { sessions_max: 3, ..SessionSettings::new(LoginMode::Default) };
    let fixture = fixture(settings);
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
