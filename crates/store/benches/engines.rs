//! SQLite and PostgreSQL side by side, asked for the same things.
//!
//! `cargo bench -p tessera-store` (`-- 5000` for another number of entities). PostgreSQL is a server of the bench's own
//! on the same machine, with every write on disk; where it isn't installed only SQLite is measured. The figures of a
//! build are in `docs/performance.md`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops where it fails and tells the rest"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use tessera_model::query::{Compare, Filter, ObjectStep, Operand, Operator, Order, Path};
use tessera_model::{AttributeId, Catalog, DataclassId};
use tessera_store::{Columns, Connection, Options, Save, Select, Store};
use tessera_test_support::{ManualClock, Postgres, SequenceChance};
use tessera_values::{Pattern, Scalar};

const CATALOG: &str = r#"<base name="b"><table name="Person" uuid="1" id="1">
    <field name="ID" uuid="2" type="4" autosequence="true" id="1"/><field name="name" uuid="3" type="10" id="2"/>
    <field name="city" uuid="4" type="10" id="3"/><field name="info" uuid="5" type="21" id="4"/>
    <primary_key field_name="ID" field_uuid="2"/></table>
    <index kind="regular" type="1" uuid="I1"><field_ref uuid="3" name="name"/></index>
    <index kind="regular" type="1" uuid="I2"><field_ref uuid="4" name="city"/></index></base>"#;

const PERSON: DataclassId = DataclassId(0);
const NAME: AttributeId = AttributeId(1);
const CITY: AttributeId = AttributeId(2);
const INFO: AttributeId = AttributeId(3);
const CITIES: usize = 100;
const WRITERS: usize = 16;

/// How long one thing is measured.
const MEASURED: Duration = Duration::from_secs(1);

fn main() {
    let number = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(20_000);
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("data.sqlite").display());
    let mut engines = vec![("SQLite", measure(&file, number))];
    let server = Postgres::durable();
    if let Some(server) = &server {
        engines.push(("PostgreSQL", measure(&server.url(), number)));
    }
    println!("{number} entities, microseconds each");
    let row = |cells: Vec<String>| println!("| {} |", cells.join(" | "));
    row(std::iter::once(String::new()).chain(engines.iter().map(|(name, _)| (*name).to_owned())).collect());
    row(std::iter::once("---".to_owned()).chain(engines.iter().map(|_| "--:".to_owned())).collect());
    for (index, (what, _)) in engines[0].1.iter().enumerate() {
        let figures = engines.iter().map(|(_, figures)| format!("{:.0}", figures[index].1));
        row(std::iter::once((*what).to_owned()).chain(figures).collect());
    }
}

fn open(url: &str) -> Arc<dyn Store> {
    let catalog = Arc::new(Catalog::parse(CATALOG).unwrap());
    let (clock, chance) = (Arc::new(ManualClock::new(0)), Arc::new(SequenceChance::new()));
    tessera_store::open(url, catalog, clock, chance, Options::default()).unwrap()
}

fn person(number: usize) -> Save {
    // Neither in order nor all of one case.
    let letters = number.wrapping_mul(7_919) % 26 * 26 + number % 26;
    let name = format!(
        "{}{} Émile {number}",
        (b'A' + (letters / 26) as u8) as char,
        (b'a' + (letters % 26) as u8) as char
    );
    let info = format!(r#"{{"age":{},"tags":["a","b"]}}"#, number % 90);
    let values = vec![
        (NAME, name.as_str().into()),
        (CITY, format!("City {}", number % CITIES).as_str().into()),
        (INFO, Scalar::Object(info.into())),
    ];
    Save { dataclass: PERSON, record: None, expected_stamp: None, values }
}

type Figures = Vec<(&'static str, f64)>;

fn measure(url: &str, number: usize) -> Figures {
    let store = open(url);
    let mut connection = store.connect();
    let mut figures = Vec::new();
    let begun = Instant::now();
    connection.begin().unwrap();
    for number in 0..number {
        connection.save(person(number)).unwrap();
    }
    connection.commit().unwrap();
    figures.push(("save, all in one transaction", begun.elapsed().as_micros() as f64 / number as f64));
    let connection = connection.as_mut();
    let mut time = |what, work: &mut dyn FnMut(&mut dyn Connection, usize)| {
        figures.push((what, each(connection, work)));
    };
    time("save, alone", &mut |connection, round| {
        connection.save(person(round)).unwrap();
    });
    time("entity by key", &mut |connection, round| {
        let key = Scalar::Integer((round * 17 % number + 1) as i64);
        assert!(connection.by_key(PERSON, &key, &Columns::all()).unwrap().is_some());
    });
    let city = |round: usize| {
        is(CITY, Operator::Equal, Operand::Scalar(format!("CITY {}", round % CITIES).as_str().into()))
    };
    let page = |connection: &mut dyn Connection, filter: Filter, order: Vec<Order>| {
        let select = Select { filter, order, limit: Some(100), ..Select::all(PERSON) };
        assert!(!connection.page(&select).unwrap().rows.is_empty());
    };
    let like = |pattern: String| is(NAME, Operator::Equal, Operand::Pattern(Pattern::new(pattern)));
    time("100 of an indexed city", &mut |connection, round| page(connection, city(round), Vec::new()));
    time("100 of a city by name", &mut |connection, round| page(connection, city(round), by_name()));
    time("first 100 by name", &mut |connection, _| page(connection, Filter::All, by_name()));
    time("100 that begin with a letter", &mut |connection, round| {
        let letter = (b'a' + (round % 26) as u8) as char;
        page(connection, like(format!("{letter}@")), Vec::new());
    });
    time("count of a word inside all names", &mut |connection, round| {
        connection.count(PERSON, &like(format!("@emile {}@", round % 10))).unwrap();
    });
    time("count by a value in all objects", &mut |connection, round| {
        let path =
            Path { relations: Vec::new(), leaf: INFO, object_path: vec![ObjectStep::Property("age".into())] };
        let operand = Operand::Scalar(Scalar::Integer((round % 90) as i64));
        connection
            .count(PERSON, &Filter::Compare(Compare { path, operator: Operator::Equal, operand }))
            .unwrap();
    });
    figures.push(("save, sixteen writers, for each", together(store.as_ref())));
    figures
}

fn is(attribute: AttributeId, operator: Operator, operand: Operand) -> Filter {
    Filter::Compare(Compare { path: Path::own(attribute), operator, operand })
}

fn by_name() -> Vec<Order> {
    vec![Order { path: Path::own(NAME), descending: false }]
}

/// Microseconds for one of what is done again and again.
fn each(connection: &mut dyn Connection, work: &mut dyn FnMut(&mut dyn Connection, usize)) -> f64 {
    for round in 0..20 {
        work(connection, round);
    }
    let begun = Instant::now();
    let mut rounds = 0;
    while begun.elapsed() < MEASURED {
        work(connection, rounds);
        rounds += 1;
    }
    begun.elapsed().as_micros() as f64 / rounds as f64
}

/// Microseconds of the clock for each save of many writers.
fn together(store: &dyn Store) -> f64 {
    let begun = Instant::now();
    let saved: usize = std::thread::scope(|scope| {
        let write = |writer: usize| {
            let mut connection = store.connect();
            let mut saved = 0;
            while begun.elapsed() < MEASURED {
                connection.save(person(writer + saved)).unwrap();
                saved += 1;
            }
            saved
        };
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    begun.elapsed().as_micros() as f64 / saved as f64
}
