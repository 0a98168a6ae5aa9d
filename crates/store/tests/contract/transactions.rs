//! Transactions, and writers that meet.

use tessera_model::query::Filter;
use tessera_store::{SaveError, StoreError};
use tessera_values::Scalar;

use crate::fixture::{Data, Engine};

#[track_caller]
fn check(data: &mut Data, expected: &str) {
    assert_eq!(data.names("Firm", &Filter::All, &[]), expected);
}

fn add(data: &mut Data, name: &str) {
    data.create("Firm", &[("name", name.into())]);
}

pub(crate) fn a_rollback_takes_everything_back(engine: &Engine) {
    let mut data = engine.open();
    add(&mut data, "a");
    data.connection.begin().unwrap();
    add(&mut data, "b");
    check(&mut data, "a b");
    data.connection.rollback().unwrap();
    check(&mut data, "a");
    data.connection.begin().unwrap();
    add(&mut data, "c");
    data.connection.commit().unwrap();
    check(&mut data, "a c");
    assert!(matches!(data.connection.commit(), Err(StoreError::NoTransaction)));
    assert!(matches!(data.connection.rollback(), Err(StoreError::NoTransaction)));
}

pub(crate) fn levels_nest(engine: &Engine) {
    let mut data = engine.open();
    data.connection.begin().unwrap();
    add(&mut data, "a");
    data.connection.begin().unwrap();
    add(&mut data, "b");
    data.connection.begin().unwrap();
    add(&mut data, "c");
    assert_eq!(data.connection.level(), 3);
    data.connection.commit().unwrap();
    data.connection.rollback().unwrap();
    check(&mut data, "a");
    data.connection.begin().unwrap();
    add(&mut data, "d");
    data.connection.commit().unwrap();
    data.connection.commit().unwrap();
    assert_eq!(data.connection.level(), 0);
    check(&mut data, "a d");
}

pub(crate) fn others_see_nothing_before_the_commit(engine: &Engine) {
    let mut data = engine.open();
    let mut other =
        Data { store: data.store.clone(), connection: data.store.connect(), catalog: data.catalog.clone() };
    data.connection.begin().unwrap();
    add(&mut data, "a");
    check(&mut other, "");
    data.connection.commit().unwrap();
    check(&mut other, "a");
}

pub(crate) fn a_dropped_connection_takes_back(engine: &Engine) {
    let mut data = engine.open();
    data.connection.begin().unwrap();
    add(&mut data, "a");
    data.connection = data.store.connect();
    check(&mut data, "");
    add(&mut data, "b");
    check(&mut data, "b");
}

pub(crate) fn concurrent_saves_are_all_kept(engine: &Engine) {
    let mut data = engine.open();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (store, save) =
                (&data.store, data.save("Firm", &[("name", format!("{thread}").as_str().into())]));
            scope.spawn(move || {
                let mut connection = store.connect();
                for round in 0..20 {
                    if round == 10 {
                        connection.begin().unwrap();
                    }
                    connection.save(save.clone()).unwrap();
                    if round == 12 {
                        connection.commit().unwrap();
                    }
                }
            });
        }
    });
    let firm = data.dataclass("Firm");
    assert_eq!(data.connection.count(firm, &Filter::All).unwrap(), 160);
    assert_eq!(data.connection.sequence(firm).unwrap(), 160);
}

pub(crate) fn a_failed_save_leaves_the_transaction_usable(engine: &Engine) {
    let mut data = engine.open();
    data.connection.begin().unwrap();
    add(&mut data, "a");
    let twice = data.save("Firm", &[("name", "b".into()), ("ID", 1.into())]);
    assert!(matches!(data.connection.save(twice), Err(SaveError::DuplicateKey { .. })));
    let nameless = data.save("Firm", &[("name", Scalar::Null)]);
    assert!(data.connection.save(nameless).is_err());
    add(&mut data, "c");
    data.connection.commit().unwrap();
    check(&mut data, "a c");
}

pub(crate) fn a_second_writer_waits_and_then_gives_up(engine: &Engine) {
    let mut data = engine.open();
    data.connection.begin().unwrap();
    let mut other = data.store.connect();
    let save = data.save("Firm", &[("name", "a".into())]);
    let late = other.save(save.clone());
    assert!(matches!(late, Err(SaveError::Store(StoreError::Busy { .. }))));
    assert!(matches!(other.begin(), Err(StoreError::Busy { .. })));
    data.connection.commit().unwrap();
    other.save(save).unwrap();
    check(&mut data, "a");
}
