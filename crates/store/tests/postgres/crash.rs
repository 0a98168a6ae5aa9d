//! The database server is killed while everybody writes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tessera_model::query::Filter;
use tessera_store::{Columns, Options, SaveError, StoreError};
use tessera_test_support::Postgres;
use tessera_values::Scalar;

use crate::{T, named, open};

#[test]
fn every_acknowledged_write_survives_a_crash_and_service_comes_back_by_itself() {
    let Some(server) = Postgres::durable() else { return };
    let store = open(&server.url(), Options::default()).unwrap();
    let (done, saved, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let wait_for = |counter: &AtomicUsize, more: usize| {
        let end = counter.load(Ordering::Relaxed) + more;
        while counter.load(Ordering::Relaxed) < end {
            std::thread::park_timeout(Duration::from_millis(1));
        }
    };
    let acknowledged: Vec<Scalar> = std::thread::scope(|scope| {
        let write = || {
            let mut keys = Vec::new();
            while !done.load(Ordering::Relaxed) {
                // One transaction for every few single saves.
                let mut connection = store.connect();
                let transaction = keys.len() % 5 == 4;
                let mut attempt = || -> Result<Scalar, SaveError> {
                    if transaction {
                        connection.begin().map_err(SaveError::Store)?;
                    }
                    let key = connection.save(named("x"))?.key;
                    if transaction {
                        connection.commit().map_err(SaveError::Store)?;
                    }
                    Ok(key)
                };
                match attempt() {
                    Ok(key) => {
                        keys.push(key);
                        saved.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(SaveError::Store(error)) => {
                        let expected = matches!(
                            error,
                            StoreError::ConnectionLost { .. }
                                | StoreError::Unreachable { .. }
                                | StoreError::TransactionLost
                        );
                        assert!(expected, "{error}");
                        refused.fetch_add(1, Ordering::Relaxed);
                        // The server needs the processor to come back.
                        std::thread::park_timeout(Duration::from_millis(20));
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            keys
        };
        let writers: Vec<_> = (0..6).map(|_| scope.spawn(write)).collect();
        wait_for(&saved, 100);
        server.crash();
        wait_for(&refused, 12);
        assert!(store.connect().ping().is_err(), "who is not there is not ready");
        server.restart();
        wait_for(&saved, 100);
        store.connect().ping().unwrap();
        done.store(true, Ordering::Relaxed);
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let mut connection = store.connect();
    for key in &acknowledged {
        assert!(connection.by_key(T, key, &Columns::all()).unwrap().is_some(), "{key:?} is lost");
    }
    // What was written without an answer may be there as well.
    assert!(connection.count(T, &Filter::All).unwrap() >= acknowledged.len() as u64);
    assert!(acknowledged.len() >= 200);
}

#[test]
fn a_server_that_was_stopped_and_started_is_used_again() {
    let Some(server) = Postgres::own() else { return };
    let store = open(&server.url(), Options::default()).unwrap();
    let mut connection = store.connect();
    connection.save(named("a")).unwrap();
    let mut transaction = store.connect();
    transaction.begin().unwrap();
    transaction.save(named("b")).unwrap();
    server.stop();
    assert!(matches!(
        connection.ping(),
        Err(StoreError::Unreachable { .. } | StoreError::ConnectionLost { .. })
    ));
    server.restart();
    connection.ping().unwrap();
    // What was not committed is gone, and says so.
    assert!(transaction.save(named("c")).is_err());
    assert!(transaction.commit().is_err());
    assert_eq!(transaction.level(), 0);
    transaction.save(named("d")).unwrap();
    assert_eq!(connection.count(T, &Filter::All).unwrap(), 2);
}
