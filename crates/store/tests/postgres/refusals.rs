//! What can't be, and what a reader of the message can do about it.

use tessera_model::query::Filter;
use tessera_store::{Options, Save, StoreError};
use tessera_test_support::{POSTGRES_PASSWORD, Postgres};

use crate::{T, named, open};

/// The error of opening an address; no secret is in it.
#[track_caller]
fn refused(url: &str) -> StoreError {
    let Err(error) = open(url, Options::default()) else { panic!("{url} was opened") };
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("geheim"), "{shown}");
    error
}

#[test]
fn every_refusal_names_its_cure() {
    let Some(server) = Postgres::shared() else { return };
    let host = format!("127.0.0.1:{}", server.port());
    let password = POSTGRES_PASSWORD.replace(' ', "%20");
    let check = |url: &str, cure: &str| {
        let message = refused(url).to_string();
        assert!(message.contains(cure), "{url}: {message}");
    };
    check(&format!("postgres://tessera:geheim@{host}/postgres"), "Check user and password");
    check(&format!("postgres://stranger:geheim@{host}/postgres"), "Check user and password");
    check(&format!("postgres://tessera:{password}@{host}/nowhere"), "CREATE DATABASE");
    check("postgres://tessera:geheim@127.0.0.1:1/postgres", "Check host and port");
    check(&format!("postgres://tessera:geheim@{host}/postgres?sslmode=require"), "does not support TLS");
    check(&format!("postgres://tessera:geheim@{host}/postgres?sslmode=verify-full"), "sslrootcert=FILE");
    check(&format!("postgres://tessera:geheim@{host}/postgres?sslrootcert=/none.pem"), "/none.pem");
    check("postgres://tessera:geheim@127.0.0.1:port/postgres", "Give postgres://");
    check("postgres://tessera:geheim@/postgres", "names no host");
    check("postgres://tessera:geheim@127.0.0.1/postgres?colour=geheim", "unknown option");
    check("mysql://tessera:geheim@127.0.0.1/x?password=geheim", "names no data");
    // The right password, for comparison.
    open(&format!("postgres://tessera:{password}@{host}/postgres?schema=by_password"), Options::default())
        .unwrap();
}

#[test]
fn data_of_another_program_is_left_alone() {
    let Some(server) = Postgres::shared() else { return };
    let url = server.url();
    let system = format!("{}schema=information_schema", url.split_once("schema=").unwrap().0);
    let error = refused(&system);
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
}

#[test]
fn connections_have_a_limit_and_waiting_an_end() {
    let Some(server) = Postgres::shared() else { return };
    let options = Options { connections_max: 1, connection_wait_ms: 50, ..Options::default() };
    let store = open(&server.url(), options).unwrap();
    let mut holder = store.connect();
    holder.begin().unwrap();
    let none_left = store.connect().count(T, &Filter::All);
    assert!(matches!(none_left, Err(StoreError::Exhausted { max: 1, waited_ms: 50 })), "{none_left:?}");
    // The transaction itself has what it needs.
    assert_eq!(holder.count(T, &Filter::All).unwrap(), 0);
    drop(holder);
    assert_eq!(store.connect().count(T, &Filter::All).unwrap(), 0);
}

#[test]
fn a_query_beyond_the_protocol_is_refused_alone() {
    let Some(server) = Postgres::shared() else { return };
    let store = open(&server.url(), Options::default()).unwrap();
    let mut connection = store.connect();
    let one = |n: i64| {
        Filter::Compare(tessera_model::query::Compare {
            path: tessera_model::query::Path::own(tessera_model::AttributeId(0)),
            operator: tessera_model::query::Operator::Equal,
            operand: tessera_model::query::Operand::Scalar(n.into()),
        })
    };
    let wide = Filter::Or((0..70_000).map(one).collect());
    let refused = connection.count(T, &wide);
    assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
    connection.save(Save { ..named("a") }).unwrap();
}
