//! Twenty times a process that writes with four threads is killed; whatever it had acknowledged is in the file.
//!
//! The test starts itself again as the writer, which is why it has a `main` of its own.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a writer tells what was acknowledged, and a test that can't go on has failed"
)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use tessera_model::query::Filter;
use tessera_model::{AttributeId, Catalog, DataclassId};
use tessera_store::{Columns, Connection, Options, Save, Store};
use tessera_test_support::{ManualClock, SequenceChance};
use tessera_values::Scalar;

const CATALOG: &str = r#"<base name="b"><table name="T" uuid="1" id="1">
    <field name="ID" uuid="2" type="4" autosequence="true" id="1"/><field name="name" uuid="3" type="10" id="2"/>
    <primary_key field_name="ID" field_uuid="2"/></table>
    <index kind="regular" type="1" uuid="I"><field_ref uuid="3" name="name"/></index></base>"#;

const T: DataclassId = DataclassId(0);
const KILLS: usize = 20;

fn main() {
    if std::env::args().any(|word| word == "--list") {
        // Runners that ask for names first find one test, the whole.
        println!("every_acknowledged_write_survives_a_kill: test");
        return;
    }
    match std::env::args().skip_while(|word| word != "write").nth(1) {
        Some(file) => write(&file),
        None => survive(),
    }
}

fn open(file: &str) -> Arc<dyn Store> {
    let catalog = Arc::new(Catalog::parse(CATALOG).unwrap());
    let (clock, chance) = (Arc::new(ManualClock::new(0)), Arc::new(SequenceChance::new()));
    tessera_store::open(&format!("sqlite:{file}"), catalog, clock, chance, Options::default()).unwrap()
}

/// Writes until somebody ends the process, and says a key when its entity is safe: half of them one by one, half in
/// transactions of three.
fn write(file: &str) {
    let store = open(file);
    let save = |connection: &mut dyn Connection, name: &str| {
        let values = vec![(AttributeId(1), name.into())];
        connection.save(Save { dataclass: T, record: None, expected_stamp: None, values }).unwrap().key
    };
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                let mut connection = store.connect();
                loop {
                    let mut keys = Vec::new();
                    if thread % 2 == 0 {
                        keys.push(save(connection.as_mut(), &"alone ".repeat(200)));
                    } else {
                        connection.begin().unwrap();
                        keys.extend((0..3).map(|_| save(connection.as_mut(), "together")));
                        connection.commit().unwrap();
                    }
                    for key in keys {
                        println!("{}", key.as_integer().unwrap());
                    }
                }
            });
        }
    });
}

fn survive() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.sqlite").display().to_string();
    let mut acknowledged = BTreeSet::new();
    for round in 0..KILLS {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["write", &file])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(writer.stdout.take().unwrap()).lines();
        // Another moment each time.
        for line in said.by_ref().take(10 + 7 * round) {
            acknowledged.insert(line.unwrap().parse::<i64>().unwrap());
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        // What it still said before it ended. A line may have been cut.
        acknowledged.extend(said.map_while(Result::ok).filter_map(|line| line.parse::<i64>().ok()));
        check(&file, &acknowledged);
    }
    println!("{KILLS} kills, {} acknowledged writes, none lost", acknowledged.len());
}

fn check(file: &str, acknowledged: &BTreeSet<i64>) {
    let store = open(file);
    let mut connection = store.connect();
    for key in acknowledged {
        let row = connection.by_key(T, &Scalar::Integer(*key), &Columns::all()).unwrap();
        assert!(row.is_some(), "{key} is lost");
    }
    // Of a transaction there is all or nothing.
    let together = Filter::Compare(tessera_model::query::Compare {
        path: tessera_model::query::Path::own(AttributeId(1)),
        operator: tessera_model::query::Operator::Equal,
        operand: tessera_model::query::Operand::Scalar("together".into()),
    });
    assert_eq!(connection.count(T, &together).unwrap() % 3, 0);
    // Indexes hold what the tables hold.
    drop(connection);
    drop(store);
    let found: String = {
        let database = rusqlite::Connection::open(file).unwrap();
        database.create_collation("FOURD", tessera_values::text_compare).unwrap();
        database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(found, "ok");
}
