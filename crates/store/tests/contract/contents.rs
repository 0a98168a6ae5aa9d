//! Pictures and blobs: their lengths, and their bytes in parts.

use tessera_model::query::{Filter, Operator};
use tessera_store::{Columns, DropRecords, Part, Saved, Select};
use tessera_values::{Blob, Picture, Scalar};

use crate::fixture::{Data, Engine};

/// More than a page of any engine holds, and no two parts alike.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

fn photo(length: usize) -> Scalar {
    Scalar::Picture(Picture { mime: "image/png".into(), bytes: bytes(length).into() })
}

fn file(length: usize) -> Scalar {
    Scalar::Blob(Blob(bytes(length).into()))
}

/// A part of an attribute of somebody who was just saved.
fn part(data: &Data, saved: &Saved, attribute: &str, skip: u64, limit: usize) -> Part {
    Part {
        dataclass: data.dataclass("Staff"),
        record: saved.record,
        stamp: saved.stamp,
        attribute: data.attribute("Staff", attribute),
        skip,
        limit,
    }
}

pub(crate) fn lengths_are_read_without_the_bytes(engine: &Engine) {
    let mut data = engine.open();
    let zoe = data.create("Staff", &[("name", "Zoé".into()), ("photo", photo(300_000)), ("file", file(7))]);
    let adam = data.create("Staff", &[("name", "Adam".into()), ("file", file(0))]);
    let staff = data.dataclass("Staff");
    let lengths = Columns::all().with_lengths();
    let expected = [
        [Scalar::Text("Zoé".into()), Scalar::Integer(300_000), Scalar::Integer(7)],
        ["Adam".into(), Scalar::Null, Scalar::Integer(0)],
    ];
    let places = ["name", "photo", "file"].map(|name| data.attribute("Staff", name));
    let shown = |rows: Vec<tessera_store::Row>| -> Vec<[Scalar; 3]> {
        rows.into_iter().map(|row| places.map(|at| row.values[at.index()].clone())).collect()
    };

    let select = Select { columns: lengths.clone(), ..Select::all(staff) };
    assert_eq!(shown(data.connection.page(&select).unwrap().rows), expected);
    let records = [zoe.record, adam.record];
    let rows = data.connection.rows(staff, &records, &lengths).unwrap();
    assert_eq!(shown(rows.into_iter().flatten().collect()), expected);
    let names = ["Zoé".into(), "Adam".into()];
    assert_eq!(shown(data.connection.by_values(staff, places[0], &names, &lengths).unwrap()), expected);
    let row = data.connection.by_key(staff, &zoe.key, &lengths).unwrap();
    assert_eq!(shown(row.into_iter().collect()), expected[..1]);

    // What was not named stays as it is, and the rest of a row is what it always is.
    let some = Columns::of([places[1], places[0]]).with_lengths();
    let row = data.connection.by_key(staff, &zoe.key, &some).unwrap().unwrap();
    assert_eq!(row.values, [Scalar::Integer(300_000), "Zoé".into()]);
    assert_eq!(data.row("Staff", zoe.record).unwrap().values[places[1].index()], photo(300_000));
}

pub(crate) fn parts_make_up_the_whole(engine: &Engine) {
    let mut data = engine.open();
    let whole = bytes(1_000_003);
    let saved = data.create("Staff", &[("photo", photo(whole.len())), ("file", file(whole.len()))]);
    for (attribute, mime) in [("photo", Some("image/png")), ("file", None)] {
        let mut found = Vec::new();
        loop {
            let part = part(&data, &saved, attribute, found.len() as u64, 65_536);
            let piece = data.connection.part(&part).unwrap().unwrap();
            assert_eq!(piece.mime.as_deref(), mime);
            if piece.bytes.is_empty() {
                break;
            }
            assert!(piece.bytes.len() <= 65_536);
            found.extend(piece.bytes);
        }
        assert!(found == whole, "{attribute}");
    }
    // Wherever it begins and ends.
    let mut check = |skip: u64, limit: usize, expected: &[u8]| {
        let piece = data.connection.part(&part(&data, &saved, "photo", skip, limit)).unwrap().unwrap();
        assert!(piece.bytes == expected, "{skip} {limit}");
    };
    check(17, 5, &whole[17..22]);
    check(1_000_000, 65_536, &whole[1_000_000..]);
    check(1_000_003, 1, &[]);
    check(u64::MAX, usize::MAX, &[]);
    check(0, 0, &[]);
}

pub(crate) fn parts_are_of_one_moment(engine: &Engine) {
    let mut data = engine.open();
    let first = data.create("Staff", &[("name", "Zoé".into()), ("photo", photo(10))]);
    let none = part(&data, &first, "file", 0, 10);
    assert!(data.connection.part(&none).unwrap().unwrap().bytes.is_empty());
    let name = part(&data, &first, "name", 0, 10);
    assert_eq!(data.connection.part(&name).unwrap(), None);

    // Inside a transaction its own writes are seen; others go on with what was stored before.
    let mut other = data.store.connect();
    data.connection.begin().unwrap();
    let mut save = data.save("Staff", &[("photo", photo(20))]);
    save.record = Some(first.record);
    let second = data.connection.save(save).unwrap();
    let (old, new) = (part(&data, &first, "photo", 0, 99), part(&data, &second, "photo", 0, 99));
    assert_eq!(data.connection.part(&old).unwrap(), None);
    assert_eq!(data.connection.part(&new).unwrap().unwrap().bytes, bytes(20));
    assert_eq!(other.part(&old).unwrap().unwrap().bytes, bytes(10));
    assert_eq!(other.part(&new).unwrap(), None);
    data.connection.commit().unwrap();
    assert_eq!(other.part(&old).unwrap(), None);
    assert_eq!(other.part(&new).unwrap().unwrap().bytes, bytes(20));

    let named = data.is("Staff", "name", Operator::Equal, "Zoé");
    assert_eq!(data.connection.count(new.dataclass, &named).unwrap(), 1);
    let drop = DropRecords { dataclass: new.dataclass, records: vec![(first.record, None)] };
    assert_eq!(data.connection.drop_records(drop).unwrap(), 1);
    assert_eq!(data.connection.part(&new).unwrap(), None);
    assert_eq!(data.connection.count(new.dataclass, &Filter::All).unwrap(), 0);
}
