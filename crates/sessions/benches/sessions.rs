//! What a million people who are logged in cost: memory for each, time for a look-up, time of a sweep.
//!
//! `cargo bench -p tessera-sessions` (Linux; `-- 100000` for another number). The figures of a build are in
//! `docs/performance.md`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops where it fails and tells the rest"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tessera_model::{Catalog, Roles};
use tessera_sessions::{
    Action, Grant, MemoryPool, MemoryRegistry, Permissions, PoolSize, PrivilegeTable, SessionSettings,
    Sessions,
};
use tessera_test_support::{ManualClock, SequenceChance};
use tessera_values::{Clock, ProcessId, SharedValue};

const ROLES: &str = r#"{"privileges":[{"privilege":"read"},{"privilege":"write","includes":["read"]},
    {"privilege":"money"}],"roles":[{"role":"Reader","privileges":["read"]},
    {"role":"Seller","privileges":["write","money"]}],"permissions":{"allowed":[
    {"applyTo":"Item","type":"dataclass","read":["read"]},
    {"applyTo":"Item.price","type":"attribute","read":["money"]}]},"forceLogin":true}"#;
/// What is read: one dataclass of seven attributes, one of them with a rule of its own.
const CATALOG: &str = r#"<base name="b"><table name="Item" uuid="0" id="1">
    <field name="ID" uuid="1" type="4" id="1"/><field name="name" uuid="2" type="10" id="2"/>
    <field name="city" uuid="3" type="10" id="3"/><field name="price" uuid="4" type="6" id="4"/>
    <field name="stock" uuid="5" type="4" id="5"/><field name="added" uuid="6" type="8" id="6"/>
    <field name="note" uuid="7" type="10" id="7"/>
    <primary_key field_name="ID" field_uuid="1"/></table></base>"#;

/// Who writes into the storages, as `Use` does.
const PROCESS: ProcessId = ProcessId(1);
/// Look-ups that are timed.
const LOOK_UPS: usize = 1_000_000;
/// Cookies that are looked up; taken evenly from all.
const COOKIES: usize = 50_000;

fn main() {
    questions();
    let number = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let few = Server::with(COOKIES.min(number));
    let before = few.look_up();
    drop(few);
    let empty = resident();
    let began = Instant::now();
    let server = Server::with(number);
    let logins = began.elapsed();
    let mib = (resident() - empty) as f64 / 1024.0;
    println!("{number} people logged in: {mib:.0} MiB, {:.0} bytes each", mib * 1_048_576.0 / number as f64);
    println!("login: {:.2} µs each", micros(logins, number));
    println!(
        "look-up among {}: {before:.2} µs; among {number}: {:.2} µs",
        COOKIES.min(number),
        server.look_up()
    );
    server.sweeps();
}

/// What permissions cost a read of one entity with all its attributes.
fn questions() {
    let (roles, catalog) = (Roles::parse(ROLES).unwrap().0, Catalog::parse(CATALOG).unwrap());
    let table = PrivilegeTable::new(Some(&roles));
    let permissions = Permissions::new(Some(&roles), &catalog, &table);
    let item = &catalog.dataclasses()[0];
    let attributes: Vec<_> = item.attributes().iter().map(|attribute| attribute.id).collect();
    let mut held = table.guest().clone();
    held.extend(table.closure(table.number("money").unwrap()));
    held.extend(table.closure(table.number("write").unwrap()));
    let began = Instant::now();
    for _ in 0..LOOK_UPS {
        let held = black_box(&held);
        assert!(permissions.dataclass(item.id, Action::Read).allows(held));
        for attribute in &attributes {
            let rule = permissions.attribute(item.id, *attribute, Action::Read);
            assert!(rule.is_none_or(|rule| rule.allows(held)));
        }
    }
    println!("permissions of a read of seven attributes: {:.3} µs", micros(began.elapsed(), LOOK_UPS));
}

struct Server {
    sessions: Arc<Sessions>,
    clock: Arc<ManualClock>,
    cookies: Vec<String>,
}

impl Server {
    /// A server with so many people, each with a name, two roles and a text in the storage.
    fn with(number: usize) -> Self {
        let clock = Arc::new(ManualClock::new(1_700_000_000));
        let settings = SessionSettings { sessions_max: usize::MAX, ..SessionSettings::default() };
        let roles = Roles { force_login: true, ..Roles::parse(ROLES).unwrap().0 };
        let sessions = Sessions::new(
            Box::new(MemoryRegistry::default()),
            Box::new(MemoryPool::new(PoolSize::Unlimited)),
            Some(&roles),
            settings,
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::new(SequenceChance::new()),
        );
        let mut cookies = Vec::new();
        for person in 0..number {
            let address = format!("::ffff:10.{}.{}.{}", person >> 16, person >> 8 & 255, person & 255);
            let guest = sessions.resolve(None, &address).session;
            let grant = Grant {
                roles: vec!["Reader".into(), "Seller".into()],
                user_name: Some(format!("Person {person}").into()),
                ..Grant::default()
            };
            let session = sessions.set_privileges(&guest, &grant).unwrap();
            let storage = session.storage();
            storage.group().lock(PROCESS, &|| false).unwrap();
            storage.set(PROCESS, "note".into(), SharedValue::Text("a note of some length".into())).unwrap();
            storage.group().unlock(PROCESS);
            let cookie = sessions.take_cookie(&session).unwrap();
            if person % (number / COOKIES.min(number)) == 0 {
                cookies.push(cookie.value());
            }
            if person % 100_000 == 99_999 {
                // Retired secrets go after ten seconds, as they would while so many log in.
                clock.advance(11);
                sessions.close_expired();
            }
        }
        Self { sessions: Arc::new(sessions), clock, cookies }
    }

    /// Microseconds of a look-up, in an order no cache foresees.
    fn look_up(&self) -> f64 {
        let mut at = 0;
        let began = Instant::now();
        for _ in 0..LOOK_UPS {
            at = (at + 17_389) % self.cookies.len();
            black_box(self.sessions.resolve(Some(&self.cookies[at]), "somewhere"));
        }
        micros(began.elapsed(), LOOK_UPS)
    }

    /// The longest look-up while all sessions are swept, and then closed because nobody came back.
    fn sweeps(&self) {
        for (what, seconds) in [("sweep that closes nobody", 60), ("sweep that closes all", 61 * 60)] {
            self.clock.advance(seconds);
            let swept = std::thread::spawn({
                let sessions = Arc::clone(&self.sessions);
                move || {
                    let began = Instant::now();
                    (sessions.close_expired(), began.elapsed())
                }
            });
            let (mut slowest, mut count) = (Duration::ZERO, 0);
            while !swept.is_finished() {
                let began = Instant::now();
                black_box(
                    self.sessions.resolve(Some(&self.cookies[count % self.cookies.len()]), "somewhere"),
                );
                slowest = slowest.max(began.elapsed());
                count += 1;
            }
            let (closed, time) = swept.join().unwrap();
            println!(
                "{what}: {closed} closed in {time:.0?}; slowest of {count} requests meanwhile {slowest:.1?}"
            );
        }
    }
}

fn micros(time: Duration, number: usize) -> f64 {
    time.as_secs_f64() * 1e6 / number as f64
}

/// KiB that the process holds in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
