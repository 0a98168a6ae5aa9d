//! Several servers on one database.

use std::collections::HashSet;

use tessera_model::AttributeId;
use tessera_model::query::Filter;
use tessera_store::{Columns, DropRecords, Options, Save, SaveError, Select, StoreError};
use tessera_test_support::Postgres;
use tessera_values::Scalar;

use crate::{T, named, open};

#[test]
fn servers_that_start_together_and_write_side_by_side_give_every_number_once() {
    let Some(server) = Postgres::shared() else { return };
    let url = server.url();
    let results: Vec<(Scalar, i64)> = std::thread::scope(|scope| {
        let serve = |number: i64| {
            // All of them find an empty database, and one makes the tables.
            let store = open(&url, Options::default()).unwrap();
            let mut connection = store.connect();
            let mut results = Vec::new();
            for round in 0..30 {
                // Some give the numbers themselves, far ahead of the sequence.
                let mut save = named("x");
                if round % 10 == 9 {
                    save.values.push((AttributeId(0), Scalar::Integer(1_000 * (round + number))));
                }
                let Ok(saved) = connection.save(save) else { continue };
                let stamp = saved.filled.iter().find(|(attribute, _)| *attribute == AttributeId(2));
                results.push((saved.key.clone(), stamp.unwrap().1.as_integer().unwrap()));
            }
            results
        };
        let servers: Vec<_> = (0..4).map(|number| scope.spawn(move || serve(number))).collect();
        servers.into_iter().flat_map(|server| server.join().unwrap()).collect()
    });
    assert_eq!(results.len(), 120);
    let keys: HashSet<String> = results.iter().map(|(key, _)| format!("{key:?}")).collect();
    let stamps: HashSet<i64> = results.iter().map(|(_, stamp)| *stamp).collect();
    assert_eq!((keys.len(), stamps.len()), (120, 120));
    let mut connection = open(&url, Options::default()).unwrap().connect();
    assert_eq!(connection.global_stamp().unwrap(), 121);
    assert_eq!(connection.count(T, &Filter::All).unwrap(), 120);
}

#[test]
fn one_servers_transaction_is_waited_for_by_the_other() {
    let Some(server) = Postgres::shared() else { return };
    let url = server.url();
    let hurried = Options { write_wait_ms: 100, ..Options::default() };
    let (first, second) = (open(&url, Options::default()).unwrap(), open(&url, hurried).unwrap());
    let saved = first.connect().save(named("a")).unwrap();
    let mut transaction = first.connect();
    transaction.begin().unwrap();
    let mut other = second.connect();
    assert!(matches!(other.save(named("b")), Err(SaveError::Store(StoreError::Busy { waited_ms: 100 }))));
    // Reading goes on, and finds what was there before.
    let update = Save { record: Some(saved.record), ..named("changed") };
    transaction.save(update.clone()).unwrap();
    let name = |connection: &mut dyn tessera_store::Connection| {
        let row = connection.by_key(T, &saved.key, &Columns::all()).unwrap().unwrap();
        row.values[1].as_text().unwrap().to_owned()
    };
    assert_eq!((name(transaction.as_mut()), name(other.as_mut())), ("changed".into(), "a".into()));
    transaction.commit().unwrap();
    assert_eq!(name(other.as_mut()), "changed");
    // R201: the stamp of before is the wrong one, whichever server asks.
    let late = other.save(Save { expected_stamp: Some(1), ..update });
    assert!(matches!(late, Err(SaveError::StampChanged { current: 2 })), "{late:?}");
    let drop = DropRecords { dataclass: T, records: vec![(saved.record, Some(2))] };
    assert_eq!(other.drop_records(drop).unwrap(), 1);
}

#[test]
fn places_in_one_database_know_nothing_of_one_another() {
    let Some(server) = Postgres::shared() else { return };
    let (here, there) = (server.url(), server.url());
    let (first, second) =
        (open(&here, Options::default()).unwrap(), open(&there, Options::default()).unwrap());
    let mut transaction = first.connect();
    transaction.begin().unwrap();
    transaction.save(named("a")).unwrap();
    // Not even their locks.
    second.connect().save(named("b")).unwrap();
    transaction.commit().unwrap();
    assert_eq!(second.connect().page(&Select::all(T)).unwrap().rows.len(), 1);
}
