//! Session tokens: one use, one winner, no longer than their session (`Session.createOTP`, `$4DSID`).

use std::collections::HashSet;
use std::sync::Arc;

use tessera_sessions::{Grant, LoginMode, Preset, SessionSettings};

use crate::fixture::{Fixture, preset};

fn force() -> Fixture {
    Fixture::new(LoginMode::Force, SessionSettings::default())
}

#[test]
fn tokens_are_32_hex_digits_and_never_the_same() {
    // S089
    let fixture = force();
    let person = fixture.person("ada");
    let mut seen = HashSet::new();
    for _ in 0..100 {
        let token = fixture.sessions.create_token(&person, None);
        assert_eq!(token.len(), 32);
        assert!(token.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)), "{token}");
        assert!(seen.insert(token));
    }
}

#[test]
fn a_token_leads_to_its_session_once() {
    // S090, S092, S097
    let fixture = force();
    let person = fixture.person("ada");
    let token = fixture.sessions.create_token(&person, None);
    let used = fixture.sessions.licenses().used();
    let other = fixture.sessions.resolve_with_token(None, Some(&token), "elsewhere");
    assert!(Arc::ptr_eq(&other.session, &person));
    assert_eq!(fixture.sessions.licenses().used(), used);
    let again = fixture.sessions.resolve_with_token(None, Some(&token), "elsewhere");
    assert!(again.is_new && !again.session.is_logged());
    // Both devices go on in the session, each with its own cookie.
    let cookie = other.cookie.unwrap().value();
    assert!(Arc::ptr_eq(&fixture.sessions.resolve(Some(&cookie), "elsewhere").session, &person));
}

#[test]
fn a_token_ends_when_its_time_is_over() {
    // S093, S096
    let fixture = force();
    let settings = preset(Preset::FourD);
    let unlimited = Fixture::new(LoginMode::Force, settings);
    for (fixture, seconds, valid) in [
        (&fixture, Some(60), 60),
        // At least ten seconds, and at most an hour unless the settings say otherwise.
        (&fixture, Some(1), 10),
        (&fixture, Some(100_000), 3600),
        (&fixture, None, 3600),
        (&unlimited, None, 7200),
    ] {
        let person = fixture.person("ada");
        person.set_idle_minutes(120);
        let in_time = fixture.sessions.create_token(&person, seconds);
        let late = fixture.sessions.create_token(&person, seconds);
        fixture.clock.advance(valid);
        assert!(fixture.sessions.redeem(&in_time, "x").is_some(), "{seconds:?}");
        fixture.clock.advance(1);
        assert!(fixture.sessions.redeem(&late, "x").is_none(), "{seconds:?}");
    }
}

#[test]
fn a_token_dies_with_its_session() {
    // S094
    let fixture = force();
    let closed = fixture.person("ada");
    let token = fixture.sessions.create_token(&closed, None);
    fixture.sessions.close(&closed);
    assert!(fixture.sessions.redeem(&token, "x").is_none());

    let idle = fixture.person("bea");
    let token = fixture.sessions.create_token(&idle, None);
    drop(idle);
    fixture.clock.advance(61 * 60);
    fixture.sessions.close_expired();
    assert!(fixture.sessions.redeem(&token, "x").is_none());
}

#[test]
fn logout_revokes_tokens() {
    let fixture = force();
    let person = fixture.person("ada");
    let token = fixture.sessions.create_token(&person, None);
    fixture.sessions.logout(&person);
    assert!(fixture.sessions.redeem(&token, "x").is_none());
}

#[test]
fn what_was_known_before_a_login_opens_nothing_of_it() {
    // S178: neither a token from before nor the cookie of a device that came in with one.
    let fixture = force();
    let guest = fixture.sessions.resolve(None, "attacker").session;
    guest.set_idle_minutes(90);
    let guest = fixture.sessions.keep(&guest);
    let first = fixture.sessions.create_token(&guest, None);
    let second = fixture.sessions.create_token(&guest, None);
    let victim = fixture.sessions.redeem(&first, "victim").unwrap();
    let attacker = fixture.sessions.redeem(&fixture.sessions.create_token(&guest, None), "attacker").unwrap();
    fixture.sessions.set_privileges(&victim.session, &Grant::default()).unwrap();
    assert!(fixture.sessions.redeem(&second, "attacker").is_none());
    let cookie = attacker.cookie.unwrap().value();
    assert!(!fixture.sessions.resolve(Some(&cookie), "attacker").session.is_logged());
}

#[test]
fn of_parallel_uses_one_wins() {
    // S098
    let fixture = force();
    let person = fixture.person("ada");
    for _ in 0..200 {
        let token = fixture.sessions.create_token(&person, None);
        let barrier = std::sync::Barrier::new(4);
        let use_it = || {
            barrier.wait();
            usize::from(fixture.sessions.redeem(&token, "x").is_some())
        };
        let winners: usize = std::thread::scope(|scope| {
            let users: Vec<_> = (0..4).map(|_| scope.spawn(use_it)).collect();
            users.into_iter().map(|user| user.join().unwrap()).sum()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn nobody_fills_the_memory_with_tokens_or_devices() {
    let fixture = force();
    let person = fixture.person("ada");
    let tokens: Vec<_> = (0..100).map(|_| fixture.sessions.create_token(&person, None)).collect();
    let devices: Vec<_> = tokens.iter().filter_map(|token| fixture.sessions.redeem(token, "x")).collect();
    assert_eq!(devices.len(), 32, "another token revokes the oldest");
    let leads = |device: &tessera_sessions::Resolved| {
        let cookie = device.cookie.as_ref().unwrap().value();
        fixture.sessions.resolve(Some(&cookie), "x").session.is_logged()
    };
    assert_eq!(devices.iter().filter(|device| leads(device)).count(), 8, "the latest eight devices stay");
    fixture.sessions.close(&person);
    // The secret from before the login is remembered a little longer.
    fixture.clock.advance(11);
    fixture.sessions.close_expired();
    assert!(fixture.sessions.registry().is_empty());
}

#[test]
fn a_guest_with_a_token_is_kept() {
    let fixture = force();
    let guest = fixture.sessions.resolve(None, "client").session;
    let guest = fixture.sessions.keep(&guest);
    let token = fixture.sessions.create_token(&guest, None);
    fixture.sessions.release(&guest);
    let restored = fixture.sessions.redeem(&token, "x").unwrap();
    fixture.sessions.release(&restored.session);
    let cookie = restored.cookie.unwrap().value();
    assert!(Arc::ptr_eq(&fixture.sessions.resolve(Some(&cookie), "x").session, &guest));
}

#[test]
fn no_token_leads_into_the_server_itself() {
    let fixture = force();
    let own = fixture.sessions.stored_procedure();
    assert_eq!(fixture.sessions.create_token(&own, None), "");
    for wrong in ["", "x", "00112233445566778899AABBCCDDEEFF", &"A".repeat(10_000)] {
        assert!(fixture.sessions.redeem(wrong, "x").is_none());
    }
}
