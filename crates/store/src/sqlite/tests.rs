//! What only SQLite can show: that indexes are used, and what becomes of broken files.

use std::sync::Arc;

use tessera_model::query::{Exposure, NoCode, Parameters, Scope, parse, resolve};
use tessera_model::{AttributeId, Catalog, DataclassId, RecordId};
use tessera_values::{Chance, ManualClock, Scalar, Text};

use super::database::{Access, Database};
use super::migrate;
use crate::base::Base;
use crate::schema::{Schema, quote};
use crate::sql::{Builder, Dialect as _, Sqlite, Statement};
use crate::{Columns, Durability, Options, Save, SaveError, Store, StoreError};

/// Two tables with a relation, and indexes.
pub(crate) const SHOP: &str = r#"<base name="b"><table name="Staff" uuid="A0" id="1">
    <field name="ID" uuid="A1" type="4" autosequence="true" id="1"/><field name="name" uuid="A2" type="10" id="2"/>
    <field name="firm_id" uuid="A3" type="4" id="3"/><field name="email" uuid="A4" type="10" unique="true" id="4"/>
    <primary_key field_name="ID" field_uuid="A1"/></table>
<table name="Firm" uuid="F0" id="2"><field name="ID" uuid="F1" type="4" id="1"/><field name="name" uuid="F2" type="10" id="2"/>
    <primary_key field_name="ID" field_uuid="F1"/></table>
<relation uuid="R1" name_Nto1="firm" name_1toN="staff" state="1">
    <related_field kind="source"><field_ref uuid="A3" name="firm_id"/></related_field>
    <related_field kind="destination"><field_ref uuid="F1" name="ID"/></related_field></relation>
<index kind="regular" type="1" uuid="I1"><field_ref uuid="A2" name="name"/></index>
<index kind="regular" type="1" uuid="I2"><field_ref uuid="F2" name="name"/></index></base>"#;

struct Same;

impl Chance for Same {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0xA5);
    }
}

fn open(file: &str) -> Result<Arc<dyn Store>, StoreError> {
    let catalog = Catalog::parse(SHOP).unwrap();
    super::open(file, &catalog, Arc::new(ManualClock::new(0)), Arc::new(Same), Options::default())
}

struct File(tempfile::TempDir);

impl File {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> String {
        self.0.path().join("data.sqlite").display().to_string()
    }
}

/// What SQLite says it does for a query.
fn plan(dataclass: &str, text: &str) -> String {
    let file = File::new();
    let catalog = Catalog::parse(SHOP).unwrap();
    let schema = Schema::new(&catalog, Sqlite.naming());
    let database = Database::open(&file.path(), Access::Write(Durability::Relaxed)).unwrap();
    migrate::open(&file.path(), &database, &schema, &Same).unwrap();
    let dataclass = catalog.dataclass_named(dataclass).unwrap().id;
    let parameters = Parameters::default();
    let scope = Scope { catalog: &catalog, dataclass, parameters: &parameters, exposure: Exposure::All };
    let resolved = resolve(&parse(text).unwrap(), &scope, &mut NoCode).unwrap();
    let statement = Builder::new(&schema, &Sqlite).select(
        dataclass,
        Some(&Columns::all()),
        &resolved.filter,
        &resolved.order,
        None,
    );
    let explained = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
    let mut lines = Vec::new();
    database
        .query(&explained, |row| {
            lines.push(row.get::<_, String>(3)?);
            Ok(())
        })
        .unwrap();
    lines.join("\n")
}

#[track_caller]
fn uses(dataclass: &str, text: &str, index: &str) {
    let plan = plan(dataclass, text);
    assert!(plan.contains(&format!("INDEX $index {index}")), "{text}:\n{plan}");
}

#[test]
fn indexes_are_used() {
    uses("Staff", "name = zoe", "A0 A2 (name=?)");
    uses("Staff", "name = 'zo@'", "A0 A2 (name>? AND name<?)");
    uses("Staff", "name begin zo", "A0 A2 (name>? AND name<?)");
    uses("Staff", "name in [a, b, c]", "A0 A2 (name=?)");
    uses("Staff", "name in [a, b, c, d, e, f, g, h, i, j, k]", "A0 A2 (name=?)");
    uses("Staff", "ID = 1", "A0 A1 (ID=?)");
    uses("Staff", "firm.name = acme", "A0 A3 (firm_id=?)");
    uses("Staff", "firm.name = acme", "F0 F2 (name=?)");
    uses("Firm", "staff.name = zoe", "F0 F1 (ID=?)");
    uses("Staff", "order by name", "A0 A2");
    assert!(!plan("Staff", "order by name").contains("TEMP B-TREE"));
}

#[test]
fn files_that_are_no_data_are_told_apart() {
    let file = File::new();
    let folder = file.0.path().display().to_string();
    assert!(matches!(open(&format!("{folder}/none/data.sqlite")), Err(StoreError::Unreadable { .. })));
    std::fs::write(file.path(), "text, and long enough to be taken for a header of a database file").unwrap();
    assert!(matches!(open(&file.path()), Err(StoreError::NotADatabase { .. })));

    let file = File::new();
    let other = rusqlite::Connection::open(file.path()).unwrap();
    other.execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(open(&file.path()), Err(StoreError::Foreign { .. })));
    other.execute_batch("DROP TABLE t; VACUUM").unwrap();
    drop(other);
    drop(open(&file.path()).unwrap());
    let other = rusqlite::Connection::open(file.path()).unwrap();
    other.execute_batch("PRAGMA user_version = 9").unwrap();
    assert!(matches!(open(&file.path()), Err(StoreError::Newer { found: 9, known: 1, .. })));
}

#[test]
fn addresses_are_understood() {
    let refused = |url: &str| {
        let catalog = Arc::new(Catalog::parse(SHOP).unwrap());
        let clock = Arc::new(ManualClock::new(0));
        let Err(error) = crate::open(url, catalog, clock, Arc::new(Same), Options::default()) else {
            panic!("{url} was opened");
        };
        error.to_string()
    };
    assert!(refused("mysql://x").contains("names no data"));
    assert!(refused("sqlite:").contains("names no data"));
}

#[test]
fn a_full_disk_loses_nothing_acknowledged() {
    let file = File::new();
    let store = open(&file.path()).unwrap();
    let save = |name: &str| Save {
        dataclass: DataclassId(0),
        record: None,
        expected_stamp: None,
        values: vec![(AttributeId(1), Scalar::Text(Text::from(name)))],
    };
    let mut connection = store.connect();
    connection.save(save("a")).unwrap();
    drop(connection);
    drop(store);
    // A limit on pages is to SQLite what a full disk is.
    let catalog = Catalog::parse(SHOP).unwrap();
    let writer = Database::open(&file.path(), Access::Write(Durability::Full)).unwrap();
    writer.connection.pragma_update(None, "max_page_count", 1).unwrap();
    let schema = Schema::new(&catalog, Sqlite.naming());
    let pool = Arc::new(super::Pool::new(file.path(), writer, Options::default()));
    let shared = Arc::new(super::Shared {
        pool,
        base: Base::new(schema, &Sqlite, Arc::new(ManualClock::new(0)), Arc::new(Same)),
        unique_id: Text::new(),
    });
    let mut connection = super::SqliteStore(shared).connect();
    let full = connection.save(save(&"x".repeat(1_000_000)));
    assert!(matches!(full, Err(SaveError::Store(StoreError::DiskFull { .. }))), "{full:?}");
    let all = tessera_model::query::Filter::All;
    assert_eq!(connection.count(DataclassId(0), &all).unwrap(), 1);
    connection.save(save("b")).unwrap();
    // Inside a transaction all of it is lost, and nothing after it is kept by mistake.
    connection.begin().unwrap();
    connection.save(save("c")).unwrap();
    connection.begin().unwrap();
    connection.save(save(&"x".repeat(1_000_000))).unwrap_err();
    let after = connection.save(save("d"));
    assert!(matches!(after, Err(SaveError::Store(StoreError::TransactionLost))));
    assert!(matches!(connection.commit(), Err(StoreError::TransactionLost)));
    assert!(matches!(connection.commit(), Err(StoreError::TransactionLost)));
    assert_eq!((connection.level(), connection.count(DataclassId(0), &all).unwrap()), (0, 2));
}

#[test]
fn a_crash_loses_nothing_acknowledged() {
    let file = File::new();
    let store = open(&file.path()).unwrap();
    let save = Save { dataclass: DataclassId(0), record: None, expected_stamp: None, values: Vec::new() };
    store.connect().save(save.clone()).unwrap();
    let mut unfinished = store.connect();
    unfinished.begin().unwrap();
    unfinished.save(save).unwrap();
    // The files as they are while the server still runs are what a crash leaves.
    let copy = File::new();
    for end in ["", "-wal"] {
        std::fs::copy(format!("{}{end}", file.path()), format!("{}{end}", copy.path())).unwrap();
    }
    let store = open(&copy.path()).unwrap();
    let found = store.connect().count(DataclassId(0), &tessera_model::query::Filter::All).unwrap();
    assert_eq!(found, 1);
    assert!(quote("a\"b") == "\"a\"\"b\"");
}

#[test]
fn what_is_long_lies_behind_what_is_short() {
    let xml = r#"<base name="b"><table name="T" uuid="1" id="1"><field name="photo" uuid="2" type="12" id="1"/>
        <field name="ID" uuid="3" type="4" id="2"/><field name="file" uuid="4" type="18" id="3"/>
        <field name="name" uuid="5" type="10" id="4"/><primary_key field_name="ID" field_uuid="3"/></table></base>"#;
    let file = File::new();
    let schema = Schema::new(&Catalog::parse(xml).unwrap(), Sqlite.naming());
    let database = Database::open(&file.path(), Access::Write(Durability::Relaxed)).unwrap();
    migrate::open(&file.path(), &database, &schema, &Same).unwrap();
    let sql = "SELECT group_concat(name, ' ') FROM pragma_table_info('T')";
    let names: String = database.connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(names, "$record $stamp $time $mime:photo ID name photo file");
}

#[test]
fn numbers_that_were_not_used_are_given_again() {
    let xml = r#"<base name="b"><table name="T" uuid="1" id="1" leave_tag_on_delete="true">
        <field name="ID" uuid="2" type="4" autosequence="true" id="1"/><field name="name" uuid="3" type="10" unique="true" id="2"/>
        <field name="__GlobalStamp" uuid="4" type="5" id="3"/><primary_key field_name="ID" field_uuid="2"/></table>
        <table name="__DeletedRecords" uuid="5" id="2"><field name="ID" uuid="6" type="4" autosequence="true" id="1"/>
        <field name="__Stamp" uuid="7" type="5" id="2"/><primary_key field_name="ID" field_uuid="6"/></table></base>"#;
    let file = File::new();
    let catalog = Catalog::parse(xml).unwrap();
    let open = || {
        super::open(&file.path(), &catalog, Arc::new(ManualClock::new(0)), Arc::new(Same), Options::default())
    };
    let store = open().unwrap();
    let mut connection = store.connect();
    let save = |name: &str| Save {
        dataclass: DataclassId(0),
        record: None,
        expected_stamp: None,
        values: vec![(AttributeId(1), name.into())],
    };
    let create = |connection: &mut dyn crate::Connection, name: &str| {
        let saved = connection.save(save(name)).map_err(|_| ())?;
        let stamp = saved.filled.into_iter().find(|(attribute, _)| *attribute == AttributeId(2)).unwrap().1;
        Ok::<_, ()>((saved.key.as_integer().unwrap(), stamp.as_integer().unwrap(), saved.record))
    };
    let connection = connection.as_mut();
    assert_eq!(create(connection, "a"), Ok((1, 1, RecordId(1))));
    create(connection, "A").unwrap_err();
    assert_eq!(create(connection, "b"), Ok((2, 2, RecordId(2))));
    connection.begin().unwrap();
    assert_eq!(create(connection, "c"), Ok((3, 3, RecordId(3))));
    create(connection, "C").unwrap_err();
    connection.begin().unwrap();
    assert_eq!(create(connection, "d"), Ok((4, 4, RecordId(4))));
    let drop = |record| crate::DropRecords { dataclass: DataclassId(0), records: vec![(record, None)] };
    assert_eq!(connection.drop_records(drop(RecordId(1))).unwrap(), 1);
    connection.drop_records(drop(RecordId(99))).unwrap_err();
    assert_eq!((connection.sequence(DataclassId(0)).unwrap(), connection.global_stamp().unwrap()), (4, 6));
    assert_eq!(connection.sequence(DataclassId(1)).unwrap(), 1);
    connection.rollback().unwrap();
    assert_eq!((connection.sequence(DataclassId(0)).unwrap(), connection.global_stamp().unwrap()), (3, 4));
    connection.set_sequence(DataclassId(0), 50).unwrap();
    connection.set_global_stamp(70).unwrap();
    assert_eq!(create(connection, "e").map(|(key, stamp, _)| (key, stamp)), Ok((51, 70)));
    connection.commit().unwrap();
    let mut other = open().unwrap().connect();
    assert_eq!((other.sequence(DataclassId(0)).unwrap(), other.global_stamp().unwrap()), (51, 71));
    connection.begin().unwrap();
    assert_eq!(create(connection, "f").map(|(key, ..)| key), Ok(52));
    connection.rollback().unwrap();
    assert_eq!(create(connection, "g").map(|(key, ..)| key), Ok(52));
}
