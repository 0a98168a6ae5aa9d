//! What only PostgreSQL can show: that indexes are used, and what becomes of slow statements and conflicts.

use std::cell::Cell;
use std::sync::Arc;

use tessera_model::query::{Exposure, NoCode, Parameters, Scope, parse, resolve};
use tessera_model::{AttributeId, Catalog, DataclassId};
use tessera_test_support::{ManualClock, Postgres as Server, SequenceChance};
use tessera_values::Scalar;

use super::meta::Lock;
use super::read::Reading;
use super::{Address, Base, Pool, PostgresConnection, Shared, migrate};
use crate::schema::Schema;
use crate::sql::{Builder, Dialect as _, Postgres, Statement};
use crate::{Columns, Connection as _, Options, Save, StoreError};

const SHOP: &str = crate::sqlite::SHOP;

/// A connection to fresh data; `None` where PostgreSQL isn't installed.
fn connect(options: Options) -> Option<PostgresConnection> {
    let pool = Arc::new(Pool::new(Address::parse(&Server::shared()?.url()).unwrap(), options));
    let schema = Schema::new(&Catalog::parse(SHOP).unwrap(), Postgres.naming());
    let chance = SequenceChance::new();
    let unique_id = migrate::open(&pool, pool.take().unwrap().database(), &schema, &chance).unwrap();
    let base = Base::new(schema, &Postgres, Arc::new(ManualClock::new(0)), Arc::new(chance));
    Some(PostgresConnection { shared: Arc::new(Shared { pool, base, unique_id }), transaction: None })
}

fn named(name: &str) -> Save {
    let values = vec![(AttributeId(1), Scalar::from(name))];
    Save { dataclass: DataclassId(0), record: None, expected_stamp: None, values }
}

/// What PostgreSQL says it does for a query.
fn plan(reading: &Reading<'_>, dataclass: &str, text: &str) -> String {
    let catalog = Catalog::parse(SHOP).unwrap();
    let dataclass = catalog.dataclass_named(dataclass).unwrap().id;
    let parameters = Parameters::default();
    let scope = Scope { catalog: &catalog, dataclass, parameters: &parameters, exposure: Exposure::All };
    let resolved = resolve(&parse(text).unwrap(), &scope, &mut NoCode).unwrap();
    let statement = Builder::new(&reading.base.schema, &Postgres).select(
        dataclass,
        Some(&Columns::all()),
        &resolved.filter,
        &resolved.order,
        Some((0, Some(100))),
    );
    let explained = Statement { sql: format!("EXPLAIN (COSTS OFF) {}", statement.sql), ..statement };
    let mut lines = Vec::new();
    let line = |row: &tokio_postgres::Row| lines.push(row.get::<_, String>(0));
    reading.database.query(&explained, line).unwrap();
    lines.join("\n")
}

#[test]
fn indexes_are_used() {
    let Some(mut connection) = connect(Options::default()) else { return };
    connection.begin().unwrap();
    for number in 0..500 {
        let mut person = named(&format!("name {number}"));
        person.values.push((AttributeId(2), Scalar::Integer(number)));
        connection.save(person).unwrap();
        let firm = vec![(AttributeId(0), Scalar::Integer(number)), (AttributeId(1), Scalar::from("firm"))];
        connection.save(Save { dataclass: DataclassId(1), values: firm, ..named("") }).unwrap();
    }
    connection.commit().unwrap();
    let loan = connection.shared.pool.take().unwrap();
    // The tables are small; read at once they would be quicker, and nothing of them would be seen here.
    loan.database().batch("SET enable_seqscan = off; SET enable_hashjoin = off; ANALYZE").unwrap();
    let reading = Reading { base: &connection.shared.base, database: loan.database() };
    let uses = |dataclass: &str, text: &str, expected: &[&str]| {
        let plan = plan(&reading, dataclass, text);
        for part in expected {
            assert!(plan.contains(part), "{text}: {part}\n{plan}");
        }
        assert!(!plan.contains("Seq Scan"), "{text}\n{plan}");
    };
    let key = "Index Cond: (\"$key:name\" = ";
    let range = "Index Cond: ((\"$key:name\" >= ";
    uses("Staff", "name = zoe", &[key]);
    uses("Staff", "name = 'zo@'", &[range, "~~"]);
    uses("Staff", "name begin zo", &[range]);
    uses("Staff", "name in [a, b, c]", &["Index Cond: (\"$key:name\" = ANY "]);
    uses("Staff", "name > a and name < b", &["\"$key:name\" < "]);
    uses("Staff", "email = 'zoe'", &["Index Cond: (\"$key:email\" = "]);
    uses("Staff", "ID = 1", &["Index Cond: (\"ID\" = "]);
    uses("Staff", "ID > 498.5", &["Index Cond: (\"ID\" > "]);
    uses("Staff", "firm.name = acme", &["Index Cond: (\"$key:name\" = ", "Index Cond: (firm_id = "]);
    uses("Firm", "staff.name = zoe", &["Index Cond: (\"$key:name\" = ", "Index Cond: (\"ID\" = "]);
    // Equal keys are the only ones left to sort.
    uses("Staff", "order by name", &["Incremental Sort", "Presorted Key: \"$key:name\"", "Index Scan using"]);
    uses("Staff", "order by name desc", &["Index Scan Backward"]);
    let ordered = plan(&reading, "Staff", "order by firm_id");
    assert!(ordered.contains("Index Scan") && !ordered.contains("Sort"), "{ordered}");
}

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    let Some(mut connection) = connect(Options { statement_seconds: 1, ..Options::default() }) else {
        return;
    };
    let slow = connection.read(|reading| reading.database.batch("SELECT pg_sleep(60)"));
    assert!(matches!(&slow, Err(StoreError::TooSlow { .. })), "{slow:?}");
    connection.ping().unwrap();
    // Inside a transaction nothing of it is left, and nothing after it is kept by mistake.
    connection.begin().unwrap();
    connection.save(named("a")).unwrap();
    connection.read(|reading| reading.database.batch("SELECT pg_sleep(60)")).unwrap_err();
    assert!(matches!(connection.begin(), Err(StoreError::TransactionLost)));
    assert!(connection.save(named("b")).is_err());
    assert!(matches!(connection.commit(), Err(StoreError::TransactionLost)));
    let all = tessera_model::query::Filter::All;
    assert_eq!((connection.level(), connection.count(DataclassId(0), &all).unwrap()), (0, 0));
}

#[test]
fn a_conflict_is_tried_again_while_nothing_was_promised() {
    let Some(mut connection) = connect(Options::default()) else { return };
    let tries = Cell::new(0);
    let conflict = |code: &str| format!("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$");
    let attempt = |connection: &mut PostgresConnection, code: &str, failures: u32| {
        tries.set(0);
        connection.write(
            Lock::Shared,
            |error| error,
            |writing| {
                tries.set(tries.get() + 1);
                if tries.get() <= failures { writing.batch(&conflict(code)) } else { Ok(()) }
            },
        )
    };
    // A deadlock and a serialisation failure.
    for code in ["40P01", "40001"] {
        attempt(&mut connection, code, 2).unwrap();
        assert_eq!(tries.get(), 3);
        attempt(&mut connection, code, 99).unwrap_err();
        assert_eq!(tries.get(), 5);
    }
    // Any other error is none.
    attempt(&mut connection, "22000", 1).unwrap_err();
    assert_eq!(tries.get(), 1);
    // And inside a transaction somebody relies on what was written before.
    connection.begin().unwrap();
    attempt(&mut connection, "40001", 1).unwrap_err();
    assert_eq!(tries.get(), 1);
}

#[test]
fn texts_get_new_keys_when_their_rules_change() {
    let Some(mut connection) = connect(Options::default()) else { return };
    connection.save(named("Zoé")).unwrap();
    let old =
        "UPDATE \"Staff\" SET \"$key:name\" = ''; UPDATE \"$store\" SET number = 0 WHERE name = 'text_keys'";
    connection.read(|reading| reading.database.batch(old)).unwrap();
    let Shared { pool, base, .. } = &*connection.shared;
    migrate::open(pool, pool.take().unwrap().database(), &base.schema, &SequenceChance::new()).unwrap();
    let zoe = tessera_model::query::Filter::Compare(tessera_model::query::Compare {
        path: tessera_model::query::Path::own(AttributeId(1)),
        operator: tessera_model::query::Operator::Equal,
        operand: tessera_model::query::Operand::Scalar("zoe".into()),
    });
    assert_eq!(connection.count(DataclassId(0), &zoe).unwrap(), 1);
}

#[test]
fn a_user_needs_rights_on_the_schema_and_no_more() {
    let Some(mut owner) = connect(Options::default()) else { return };
    let open = |schema: &str| {
        let url = Server::shared().unwrap().url().replace("tessera@", "visitor@");
        let url = format!("{}schema={schema}", url.split_once("schema=").unwrap().0);
        let catalog = Catalog::parse(SHOP).unwrap();
        let clock = Arc::new(ManualClock::new(0));
        super::open(&url, &catalog, clock, Arc::new(SequenceChance::new()), Options::default()).map(|_| ())
    };
    let mut grant = |sql: &str| owner.read(|reading| reading.database.batch(sql)).unwrap();
    grant("CREATE ROLE visitor LOGIN; CREATE SCHEMA lent");
    for schema in ["lent", "of_nobody_yet"] {
        let refused = open(schema);
        assert!(matches!(&refused, Err(StoreError::NoRights { .. })), "{refused:?}");
        assert!(refused.unwrap_err().to_string().contains("GRANT CREATE"));
    }
    grant("GRANT CREATE, USAGE ON SCHEMA lent TO visitor");
    open("lent").unwrap();
}

#[test]
fn both_sides_notice_when_the_other_is_gone() {
    let Some(server) = Server::shared() else { return };
    let password = tessera_test_support::POSTGRES_PASSWORD.replace(' ', "%20");
    let url = format!("postgres://tessera:{password}@127.0.0.1:{}/postgres", server.port());
    let pool = Arc::new(Pool::new(
        Address::parse(&url).unwrap(),
        Options { write_wait_ms: 70, ..Options::default() },
    ));
    let loan = pool.take().unwrap();
    let setting = |name: &str| {
        let sql = format!("SELECT setting::bigint FROM pg_settings WHERE name = '{name}'");
        loan.database().number(&sql, &[]).unwrap()
    };
    assert_eq!(setting("tcp_keepalives_idle"), Some(30));
    assert_eq!(setting("tcp_user_timeout"), Some(30_000));
    assert_eq!((setting("lock_timeout"), setting("statement_timeout")), (Some(70), Some(60_000)));
}

#[test]
fn pictures_and_blobs_are_stored_so_that_parts_can_be_read() {
    let xml = |more: &str| {
        format!(
            r#"<base name="b"><table name="T" uuid="1" id="1"><field name="ID" uuid="2" type="4" id="1"/>
            <field name="photo" uuid="3" type="12" id="2"/>{more}<primary_key field_name="ID" field_uuid="2"/></table></base>"#
        )
    };
    let Some(server) = Server::shared() else { return };
    let pool = Arc::new(Pool::new(Address::parse(&server.url()).unwrap(), Options::default()));
    let whole = |xml: &str| {
        let schema = Schema::new(&Catalog::parse(xml).unwrap(), Postgres.naming());
        let loan = pool.take().unwrap();
        migrate::open(&pool, loan.database(), &schema, &SequenceChance::new()).unwrap();
        let sql = "SELECT count(*) FROM pg_attribute WHERE attrelid = '\"T\"'::regclass AND attstorage = 'e'";
        loan.database().number(sql, &[]).unwrap()
    };
    assert_eq!(whole(&xml("")), Some(1));
    // A column that is added is one of them too, whatever it is called.
    assert_eq!(whole(&xml(r#"<field name="a &quot;b&quot;" uuid="4" type="18" id="3"/>"#)), Some(2));
}
