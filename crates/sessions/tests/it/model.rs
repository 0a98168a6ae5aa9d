//! Ten thousand random events against a model simple enough to be believed (S183).
//!
//! Logins, logouts, requests, tokens, privileges, time and sweeps come in any order. After each event what the server
//! says is compared with what the model knows, and what always holds is checked: as many licences are taken as sessions
//! hold, never more than there are, and nobody sees anything of another's session.

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_model::Roles;
use tessera_sessions::{Grant, Hardening, LoginMode, PoolSize, Preset, Session, SessionSettings};
use tessera_test_support::SequenceChance;
use tessera_values::{Chance, SharedValue, Text};

use crate::fixture::Fixture;

const LICENSES: usize = 6;
const BROWSERS: usize = 12;
const IDLE_SECONDS: i64 = 60 * 60;
const PRIVILEGES: [&str; 3] = ["read", "write", "money"];
const ROLES: &str = r#"{"privileges":[{"privilege":"read"},{"privilege":"write","includes":["read"]},
    {"privilege":"money"}],"permissions":{"allowed":[]},"forceLogin":true}"#;

/// A session as the model knows it.
#[derive(Clone, Debug)]
struct Person {
    logged: bool,
    ever_logged: bool,
    license: bool,
    user: Option<usize>,
    /// Positions in [`PRIVILEGES`], as assigned.
    assigned: Vec<usize>,
    note: Option<i64>,
    last_access: i64,
}

/// A session token as the model knows it.
#[derive(Clone, Debug)]
struct Token {
    text: Text,
    session: Text,
    deadline: i64,
}

/// A browser keeps one cookie, and knows whose session it opens.
#[derive(Clone, Debug, Default)]
struct Browser {
    cookie: Option<String>,
    session: Option<Text>,
}

struct Dice(SequenceChance);

impl Dice {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    }
}

struct World {
    fixture: Fixture,
    mode: LoginMode,
    rotates: bool,
    dice: Dice,
    now: i64,
    browsers: Vec<Browser>,
    sessions: BTreeMap<Text, Person>,
    tokens: Vec<Token>,
    /// Dead tokens and cookies: used, revoked, or replaced.
    dead_tokens: Vec<Text>,
    dead_cookies: Vec<String>,
}

impl World {
    fn new(mode: LoginMode, preset: Preset, seed: u64) -> Self {
        let hardening = Hardening {
            // The model does not know these; they have tests of their own.
            reclaim_orphans: false,
            max_age_hours: 0,
            set_privileges_replaces: false,
            ..Hardening::preset(preset)
        };
        let rotates = hardening.rotate_on_login;
        let settings = SessionSettings { hardening, ..SessionSettings::default() };
        let mut roles = Roles::parse(ROLES).unwrap().0;
        roles.force_login = mode == LoginMode::Force;
        let fixture = Fixture::with_roles(settings, PoolSize::Limited(LICENSES), Some(&roles));
        Self {
            fixture,
            mode,
            rotates,
            dice: Dice(SequenceChance::with_seed(seed)),
            now: 0,
            browsers: vec![Browser::default(); BROWSERS],
            sessions: BTreeMap::new(),
            tokens: Vec::new(),
            dead_tokens: Vec::new(),
            dead_cookies: Vec::new(),
        }
    }

    fn used(&self) -> usize {
        self.sessions.values().filter(|person| person.license).count()
    }

    /// The session of a browser's cookie, if it is still there.
    fn expected(&self, browser: usize) -> Option<Text> {
        let id = self.browsers[browser].session.clone()?;
        let person = self.sessions.get(&id)?;
        (self.now - person.last_access <= IDLE_SECONDS).then_some(id)
    }

    /// A session ends, or all that leads to it does.
    fn cut_off(&mut self, id: &Text, but: Option<usize>) {
        let (dead, live): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.tokens).into_iter().partition(|token| token.session == *id);
        self.tokens = live;
        self.dead_tokens.extend(dead.into_iter().map(|token| token.text));
        for (number, browser) in self.browsers.iter_mut().enumerate() {
            if browser.session.as_ref() == Some(id) && Some(number) != but {
                self.dead_cookies.extend(browser.cookie.take());
                browser.session = None;
            }
        }
    }

    fn end(&mut self, id: &Text) {
        self.sessions.remove(id);
        self.cut_off(id, None);
    }

    /// A request of a browser begins: its session, as the server found it.
    fn visit(&mut self, browser: usize) -> Arc<Session> {
        let resolved = self.fixture.sessions.resolve(self.browsers[browser].cookie.as_deref(), "client");
        match self.expected(browser) {
            Some(id) => {
                assert_eq!(resolved.session.id(), id, "the cookie leads to its session");
                self.sessions.get_mut(&id).unwrap().last_access = self.now;
            }
            None => {
                // Whatever was known before, this is a guest without anything.
                if let Some(id) = self.browsers[browser].session.take()
                    && self.sessions.contains_key(&id)
                {
                    self.end(&id);
                }
                assert!(!resolved.session.is_logged() && resolved.session.storage().is_empty());
                assert!(!resolved.session.holds_license());
            }
        }
        resolved.session
    }

    /// The answer goes out: the browser keeps the cookie that came with it.
    fn answer(&mut self, browser: usize, session: &Arc<Session>) {
        self.fixture.sessions.release(session);
        self.forget_if_empty(&session.id());
        if let Some(secret) = self.fixture.sessions.take_cookie(session) {
            let value = secret.value();
            if self.browsers[browser].cookie.as_ref() != Some(&value) {
                let old = self.browsers[browser].cookie.replace(value);
                // A guest that holds nothing has several cookies for one session.
                if self.sessions.contains_key(&session.id()) {
                    self.dead_cookies.extend(old);
                }
            }
        }
        let id = session.id();
        self.browsers[browser].session = self.sessions.contains_key(&id).then_some(id);
    }

    fn person(&mut self, session: &Arc<Session>) -> &mut Person {
        let now = self.now;
        self.sessions.entry(session.id()).or_insert(Person {
            logged: false,
            ever_logged: false,
            license: false,
            user: None,
            assigned: Vec::new(),
            note: None,
            last_access: now,
        })
    }

    /// Default mode: every request of REST opens its session first.
    fn opened(&mut self, session: Arc<Session>) -> Option<Arc<Session>> {
        if self.mode == LoginMode::Force {
            return Some(session);
        }
        let is_free = session.holds_license() || self.used() < LICENSES;
        let opened = self.fixture.sessions.open(&session);
        assert_eq!(opened.is_ok(), is_free);
        let opened = opened.ok()?;
        self.person(&opened).license = true;
        Some(opened)
    }

    fn login(&mut self, browser: usize) {
        let session = self.visit(browser);
        let user = self.dice.below(100);
        let privilege = self.dice.below(PRIVILEGES.len());
        let grant = Grant {
            privileges: vec![PRIVILEGES[privilege].into()],
            user_name: Some(format!("user {user}").into()),
            ..Grant::default()
        };
        let Some(session) = self.opened(session) else { return };
        let is_free = session.holds_license() || self.used() < LICENSES;
        let known = self.sessions.get(&session.id()).cloned();
        match self.fixture.sessions.set_privileges(&session, &grant) {
            Ok(session) => {
                assert!(is_free, "nobody is let in without a licence");
                let id = session.id();
                let was_logged = known.is_some_and(|person| person.logged);
                let person = self.person(&session);
                (person.logged, person.ever_logged, person.license, person.user) =
                    (true, true, true, Some(user));
                if !person.assigned.contains(&privilege) {
                    person.assigned.push(privilege);
                }
                if !was_logged && self.rotates {
                    // Nothing known before leads to the person now.
                    self.cut_off(&id, Some(browser));
                }
                self.answer(browser, &session);
            }
            Err(_) => {
                assert!(!is_free, "a free licence is given");
                self.answer(browser, &session);
            }
        }
    }

    fn logout(&mut self, browser: usize) {
        let session = self.visit(browser);
        let Some(session) = self.opened(session) else { return };
        self.fixture.sessions.logout(&session);
        let id = session.id();
        if let Some(person) = self.sessions.get_mut(&id) {
            let was_logged = person.logged;
            (person.logged, person.license, person.user) = (false, false, None);
            person.assigned.clear();
            self.tokens_die(&id);
            if was_logged && self.rotates {
                self.cut_off(&id, Some(browser));
            }
        }
        self.answer(browser, &session);
    }

    fn tokens_die(&mut self, id: &Text) {
        let (dead, live): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.tokens).into_iter().partition(|token| token.session == *id);
        self.tokens = live;
        self.dead_tokens.extend(dead.into_iter().map(|token| token.text));
    }

    /// The server may forget a guest that holds nothing and that nothing leads to.
    fn forget_if_empty(&mut self, id: &Text) {
        let Some(person) = self.sessions.get(id) else { return };
        let is_led_to = self.tokens.iter().any(|token| token.session == *id && token.deadline >= self.now);
        let holds = person.ever_logged || person.license || person.note.is_some() || is_led_to;
        if !holds && self.fixture.sessions.registry().by_id(id).is_none() {
            self.sessions.remove(id);
        }
    }

    fn store(&mut self, browser: usize) {
        let session = self.visit(browser);
        let Some(session) = self.opened(session) else { return };
        let note = self.dice.below(1000) as i64;
        let session = self.fixture.sessions.keep(&session);
        session.storage().put("note".into(), SharedValue::Integer(note)).unwrap();
        self.person(&session).note = Some(note);
        self.answer(browser, &session);
    }

    fn clear(&mut self, browser: usize) {
        let session = self.visit(browser);
        let Some(session) = self.opened(session) else { return };
        self.fixture.sessions.clear_privileges(&session);
        if let Some(person) = self.sessions.get_mut(&session.id()) {
            person.assigned.clear();
        }
        self.answer(browser, &session);
    }

    fn look(&mut self, browser: usize) {
        let session = self.visit(browser);
        let Some(session) = self.opened(session) else { return };
        self.answer(browser, &session);
    }

    fn make_token(&mut self, browser: usize) {
        let session = self.visit(browser);
        let Some(session) = self.opened(session) else { return };
        let session = self.fixture.sessions.keep(&session);
        let seconds = 10 + self.dice.below(3000) as i64;
        let text = self.fixture.sessions.create_token(&session, Some(seconds));
        assert_eq!(text.len(), 32);
        self.person(&session);
        self.tokens.push(Token { text, session: session.id(), deadline: self.now + seconds });
        let own: Vec<_> = self.tokens.iter().filter(|token| token.session == session.id()).cloned().collect();
        // One more than may be unused revokes the oldest.
        if own.len() > 32 {
            let oldest = own[0].text.clone();
            self.tokens.retain(|token| token.text != oldest);
            self.dead_tokens.push(oldest);
        }
        self.answer(browser, &session);
    }

    /// Another browser comes in with a token.
    fn use_token(&mut self, browser: usize) {
        if self.tokens.is_empty() {
            return;
        }
        let token = self.tokens.swap_remove(self.dice.below(self.tokens.len()));
        let person = self.sessions.get(&token.session).cloned();
        let is_good = token.deadline >= self.now
            && person.is_some_and(|person| self.now - person.last_access <= IDLE_SECONDS);
        let redeemed = self.fixture.sessions.redeem(&token.text, "elsewhere");
        assert_eq!(redeemed.is_some(), is_good, "{token:?}");
        self.dead_tokens.push(token.text.clone());
        let Some(redeemed) = redeemed else { return };
        assert_eq!(redeemed.session.id(), token.session);
        self.sessions.get_mut(&token.session).unwrap().last_access = self.now;
        // The session the browser had stays until its time is over; this browser forgot it.
        let cookie = redeemed.cookie.as_ref().unwrap().value();
        self.browsers[browser] = Browser { cookie: Some(cookie), session: Some(token.session.clone()) };
        self.drop_ninth_device(&token.session);
    }

    /// Eight devices besides the first may share a session: this model has fewer browsers than could tell, so a browser
    /// whose cookie was given up is found by asking.
    fn drop_ninth_device(&mut self, id: &Text) {
        for browser in &mut self.browsers {
            if browser.session.as_ref() == Some(id)
                && let Some(cookie) = &browser.cookie
                && self.fixture.sessions.resolve(Some(cookie), "client").session.id() != *id
            {
                self.dead_cookies.extend(browser.cookie.take());
                browser.session = None;
            }
        }
        self.sessions.get_mut(id).unwrap().last_access = self.now;
    }

    fn use_dead_token(&mut self) {
        if !self.dead_tokens.is_empty() {
            let token = self.dead_tokens[self.dice.below(self.dead_tokens.len())].clone();
            assert!(self.fixture.sessions.redeem(&token, "thief").is_none(), "{token}");
        }
    }

    fn use_dead_cookie(&mut self) {
        if !self.dead_cookies.is_empty() {
            let cookie = self.dead_cookies[self.dice.below(self.dead_cookies.len())].clone();
            let session = self.fixture.sessions.resolve(Some(&cookie), "thief").session;
            assert!(!session.is_logged() && session.storage().is_empty() && !session.holds_license());
        }
    }

    fn pass_time(&mut self) {
        let seconds = [1, 30, 600, 3000, IDLE_SECONDS + 1][self.dice.below(5)];
        self.now += seconds;
        self.fixture.clock.advance(seconds);
    }

    fn sweep(&mut self) {
        self.fixture.sessions.close_expired();
        let over: Vec<Text> = self
            .sessions
            .iter()
            .filter(|(_, person)| self.now - person.last_access > IDLE_SECONDS)
            .map(|(id, _)| id.clone())
            .collect();
        for id in over {
            self.end(&id);
        }
    }

    fn close(&mut self, browser: usize) {
        if let Some(id) = self.browsers[browser].session.clone()
            && let Some(session) = self.fixture.sessions.registry().by_id(&id)
        {
            self.fixture.sessions.close(&session);
            self.fixture.sessions.close(&session);
            self.end(&id);
        }
    }

    fn event(&mut self) -> &'static str {
        let browser = self.dice.below(BROWSERS);
        match self.dice.below(24) {
            0..=5 => (self.look(browser), "look").1,
            6..=9 => (self.login(browser), "login").1,
            10..=11 => (self.logout(browser), "logout").1,
            12..=13 => (self.store(browser), "store").1,
            14 => (self.clear(browser), "clear").1,
            15..=16 => (self.make_token(browser), "token").1,
            17..=18 => (self.use_token(browser), "use token").1,
            19 => (self.use_dead_token(), "dead token").1,
            20 => (self.use_dead_cookie(), "dead cookie").1,
            21 => (self.pass_time(), "time").1,
            22 => (self.sweep(), "sweep").1,
            _ => (self.close(browser), "close").1,
        }
    }

    /// What always holds (sessions-privileges-web section 18), and what the model knows of each session.
    fn check(&self) {
        let sessions = &self.fixture.sessions;
        let used = sessions.licenses().used();
        assert_eq!(used, self.used(), "as many licences are taken as sessions hold");
        assert!(used <= LICENSES);
        for (id, person) in &self.sessions {
            let Some(session) = sessions.registry().by_id(id) else { panic!("{id} is gone: {person:?}") };
            assert_eq!(session.is_logged(), person.logged, "{person:?}");
            assert_eq!(session.holds_license(), person.license, "{person:?}");
            let user = person.user.map(|user| format!("user {user}")).unwrap_or_default();
            assert_eq!(session.user_name(), user);
            let note = session.storage().get("note");
            match person.note {
                None => assert!(note.is_none()),
                Some(known) => assert!(matches!(note, Some(SharedValue::Integer(note)) if note == known)),
            }
            for (position, name) in PRIVILEGES.iter().enumerate() {
                let included = position == 0 && person.assigned.contains(&1);
                let held = sessions.privileges().number(name).unwrap();
                let expected = person.assigned.contains(&position) || included;
                assert_eq!(session.privileges().contains(held), expected, "{name} of {person:?}");
            }
            if self.mode == LoginMode::Force {
                assert!(person.logged || !person.license, "a guest holds no licence in force login");
                assert_eq!(sessions.is_guest(&session), !person.logged);
            }
        }
        let counts = sessions.counts();
        assert_eq!(counts.sessions, self.sessions.len(), "the server keeps what the model keeps");
        assert_eq!(counts.guests, self.sessions.values().filter(|person| !person.logged).count());
    }
}

#[test]
fn ten_thousand_random_events() {
    // S183
    for (mode, preset, seed, events) in [
        (LoginMode::Force, Preset::Standard, 1, 10_000),
        (LoginMode::Force, Preset::FourD, 2, 2_000),
        (LoginMode::Default, Preset::Standard, 3, 2_000),
        (LoginMode::Default, Preset::FourD, 4, 2_000),
    ] {
        let mut world = World::new(mode, preset, seed);
        let mut history = Vec::new();
        for number in 0..events {
            history.push(world.event());
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.check()));
            let from = history.len().saturating_sub(20);
            assert!(checked.is_ok(), "{mode:?} {preset:?}: event {number} of {:?}", &history[from..]);
        }
        assert!(world.dead_tokens.len() > 50 && world.dead_cookies.len() > 50, "something happened");
    }
}
