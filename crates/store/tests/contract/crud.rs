//! Creating, reading, changing and dropping.

use tessera_model::RecordId;
use tessera_model::query::{Filter, Operator};
use tessera_store::{Columns, DropError, DropRecords, SaveError, Saved};
use tessera_values::{Blob, Date, Picture, Scalar, Time};

use crate::fixture::{Data, Engine};

fn drop_one(data: &mut Data, dataclass: &str, record: RecordId) -> Result<u64, DropError> {
    let dataclass = data.dataclass(dataclass);
    data.connection.drop_records(DropRecords { dataclass, records: vec![(record, None)] })
}

#[track_caller]
fn change(
    data: &mut Data,
    dataclass: &str,
    record: RecordId,
    stamp: Option<i64>,
    values: &[(&str, Scalar)],
) -> Result<Saved, SaveError> {
    let mut save = data.save(dataclass, values);
    save.record = Some(record);
    save.expected_stamp = stamp;
    data.connection.save(save)
}

pub(crate) fn an_entity_is_created_read_changed_and_dropped(engine: &Engine) {
    let mut data = engine.open();
    let firm = data.dataclass("Firm");
    let saved = data.create("Firm", &[("name", "Acme".into())]);
    assert_eq!((saved.stamp, &saved.key), (1, &Scalar::Integer(1)));
    assert_eq!(saved.timestamp_ms, 1_000_000);

    let row = data.connection.by_key(firm, &1.into(), &Columns::all()).unwrap().unwrap();
    assert_eq!(row.values, [Scalar::Integer(1), "Acme".into()]);
    // A key in another form that means the same.
    assert!(data.connection.by_key(firm, &"1".into(), &Columns::all()).unwrap().is_some());
    assert!(data.connection.by_key(firm, &"one".into(), &Columns::all()).unwrap().is_none());
    assert!(data.connection.by_key(firm, &Scalar::Null, &Columns::all()).unwrap().is_none());

    let changed = change(&mut data, "Firm", saved.record, None, &[("name", "Bond".into())]).unwrap();
    assert_eq!((changed.stamp, &changed.key), (2, &Scalar::Integer(1)));
    let name = Columns::of([data.attribute("Firm", "name")]);
    let row = data.connection.by_key(firm, &1.into(), &name).unwrap().unwrap();
    assert_eq!((row.stamp, row.values), (2, vec!["Bond".into()]));

    assert_eq!(drop_one(&mut data, "Firm", saved.record).unwrap(), 1);
    assert_eq!(data.row("Firm", saved.record), None);
    assert!(matches!(drop_one(&mut data, "Firm", saved.record), Err(DropError::Missing { .. })));
    let gone = change(&mut data, "Firm", saved.record, None, &[("name", "x".into())]);
    assert!(matches!(gone, Err(SaveError::Missing)));
    // Record numbers are never given twice.
    assert!(data.create("Firm", &[("name", "Next".into())]).record > saved.record);
}

pub(crate) fn every_type_comes_back_as_it_went(engine: &Engine) {
    let mut data = engine.open();
    let values = [
        ("ID", Scalar::from("f182bfdb-899c-45a5-87ef-a25ae271891d")),
        ("name", "Zoé \u{1F600}".into()),
        ("salary", i64::MAX.into()),
        ("note", "a\0b".into()),
        ("rate", Scalar::Real(0.1)),
        ("born", Scalar::Date(Date::new(1999, 12, 31))),
        ("shift", Scalar::Time(Time::new(30, 0, 1))),
        ("active", Scalar::Boolean(true)),
        ("photo", Scalar::Picture(Picture { mime: "image/png".into(), bytes: vec![1, 2].into() })),
        ("file", Scalar::Blob(Blob::from(vec![0, 255]))),
        ("info", Scalar::Object(r#"{"a":[1,null]}"#.into())),
        ("grade", (-3).into()),
    ];
    let saved = data.create("Staff", &values);
    let row = data.row("Staff", saved.record).unwrap();
    for (name, value) in &values {
        let expected = match name {
            &"ID" => Scalar::from("F182BFDB899C45A587EFA25AE271891D"),
            _ => value.clone(),
        };
        assert_eq!(row.values[data.attribute("Staff", name).index()], expected, "{name}");
    }
    let null_date = [("born", Scalar::Date(Date::NULL)), ("photo", Scalar::Null)];
    change(&mut data, "Staff", saved.record, None, &null_date).unwrap();
    let row = data.row("Staff", saved.record).unwrap();
    assert_eq!(row.values[data.attribute("Staff", "born").index()], Scalar::Date(Date::NULL));
    assert_eq!(row.values[data.attribute("Staff", "photo").index()], Scalar::Null);
}

pub(crate) fn stamps_protect_from_lost_updates(engine: &Engine) {
    // R201
    let mut data = engine.open();
    let saved = data.create("Firm", &[("name", "a".into())]);
    change(&mut data, "Firm", saved.record, Some(1), &[("name", "b".into())]).unwrap();
    let late = change(&mut data, "Firm", saved.record, Some(1), &[("name", "c".into())]);
    assert!(matches!(late, Err(SaveError::StampChanged { current: 2 })));
    // A save that changes nothing counts too.
    assert_eq!(change(&mut data, "Firm", saved.record, Some(2), &[]).unwrap().stamp, 3);
    let dataclass = data.dataclass("Firm");
    let drop = DropRecords { dataclass, records: vec![(saved.record, Some(1))] };
    let refused = data.connection.drop_records(drop);
    assert!(matches!(refused, Err(DropError::StampChanged { current: 3, .. })));
}

pub(crate) fn unique_and_mandatory_attributes_are_enforced(engine: &Engine) {
    let mut data = engine.open();
    data.create("Staff", &[("email", "zoe@example.org".into())]);
    // Case and accents don't make a difference in an index either.
    let twice = data.save("Staff", &[("email", "ZOÉ@example.org".into())]);
    let email = data.attribute("Staff", "email");
    assert!(matches!(data.connection.save(twice),
        Err(SaveError::DuplicateKey { attribute }) if attribute == email));
    // Null is no value, so several entities may lack it.
    data.create("Staff", &[]);
    data.create("Staff", &[]);
    let nameless = data.save("Firm", &[]);
    let name = data.attribute("Firm", "name");
    assert!(matches!(data.connection.save(nameless),
        Err(SaveError::NullNotAllowed { attribute }) if attribute == name));
    let saved = data.create("Firm", &[("name", "a".into())]);
    let emptied = change(&mut data, "Firm", saved.record, None, &[("name", Scalar::Null)]);
    assert!(matches!(emptied, Err(SaveError::NullNotAllowed { .. })));
}

pub(crate) fn null_becomes_blank_where_the_field_says_so(engine: &Engine) {
    let mut data = engine.open();
    let saved = data.create("Staff", &[("note", Scalar::Null)]);
    let row = data.row("Staff", saved.record).unwrap();
    let (note, grade) = (data.attribute("Staff", "note"), data.attribute("Staff", "grade"));
    assert_eq!(row.values[note.index()], "".into());
    assert_eq!(row.values[grade.index()], 0.into());
    assert_eq!(row.values[data.attribute("Staff", "name").index()], Scalar::Null);
    assert!(saved.filled.contains(&(note, "".into())) && saved.filled.contains(&(grade, 0.into())));
}

pub(crate) fn values_of_a_wrong_type_are_refused(engine: &Engine) {
    let mut data = engine.open();
    for (name, value) in [
        ("salary", Scalar::from("many")),
        ("grade", 40_000.into()),
        ("active", 1.into()),
        ("ID", "no uuid".into()),
        ("firm", 1.into()),
    ] {
        let save = data.save("Staff", &[(name, value)]);
        assert!(matches!(data.connection.save(save), Err(SaveError::WrongType { .. })), "{name}");
    }
    let long = data.create("Staff", &[("name", "x".repeat(30).as_str().into())]);
    assert!(long.filled.contains(&(data.attribute("Staff", "name"), "x".repeat(20).as_str().into())));
}

pub(crate) fn sequences_never_repeat(engine: &Engine) {
    let mut data = engine.open();
    let firm = data.dataclass("Firm");
    assert_eq!(data.connection.sequence(firm).unwrap(), 0);
    assert_eq!(data.create("Firm", &[("name", "a".into())]).key, 1.into());
    assert_eq!(data.create("Firm", &[("name", "b".into()), ("ID", 10.into())]).key, 10.into());
    let third = data.create("Firm", &[("name", "c".into())]);
    assert_eq!(third.key, 11.into());
    assert!(third.filled.contains(&(data.attribute("Firm", "ID"), 11.into())));
    drop_one(&mut data, "Firm", third.record).unwrap();
    assert_eq!(data.create("Firm", &[("name", "d".into())]).key, 12.into());
    data.connection.set_sequence(firm, 99).unwrap();
    assert_eq!(data.create("Firm", &[("name", "e".into())]).key, 100.into());
    let uuid = data.create("Staff", &[]).key;
    assert!(uuid.as_text().is_some_and(|text| text.len() == 32 && text.as_bytes()[12] == b'4'));
}

pub(crate) fn acknowledged_data_survives_reopening(engine: &Engine) {
    let mut data = engine.open();
    data.fill();
    let id = data.store.unique_id();
    assert_eq!(id.len(), 32);
    drop(data);
    let mut data = engine.open();
    assert_eq!(data.store.unique_id(), id);
    assert_eq!(data.names("Firm", &Filter::All, &[]), "Acme Born");
    assert_eq!(data.create("Firm", &[("name", "c".into())]).key, 3.into());
}

pub(crate) fn relations_decide_what_a_drop_takes_along(engine: &Engine) {
    let mut data = engine.open();
    let person = data.create("Staff", &[("name", "Zoé".into())]);
    let first = data.create("Car", &[("name", "a".into()), ("owner", person.key.clone())]);
    data.create("Car", &[("name", "b".into()), ("owner", person.key.clone())]);
    data.create("Car", &[("name", "c".into())]);
    let key = data.create("Key", &[("car", first.key)]);
    let refused = drop_one(&mut data, "Staff", person.record);
    assert!(matches!(refused, Err(DropError::Referenced { .. })));
    assert!(data.row("Staff", person.record).is_some());
    drop_one(&mut data, "Key", key.record).unwrap();
    assert_eq!(drop_one(&mut data, "Staff", person.record).unwrap(), 3);
    assert_eq!(data.names("Car", &Filter::All, &[]), "c");
}

const CIRCLE: &str = r#"<base name="circle">
<table name="Folder" uuid="A0" id="1">
    <field name="ID" uuid="A1" type="4" id="1"/><field name="document" uuid="A2" type="4" id="2"/>
    <field name="parent" uuid="A3" type="4" id="3"/><primary_key field_name="ID" field_uuid="A1"/>
</table>
<table name="Document" uuid="B0" id="2">
    <field name="ID" uuid="B1" type="4" id="1"/><field name="folder" uuid="B2" type="4" id="2"/>
    <primary_key field_name="ID" field_uuid="B1"/>
</table>
<relation uuid="R1" name_Nto1="first" name_1toN="firstOf" state="1" integrity="delete">
    <related_field kind="source"><field_ref uuid="A2" name="document"/></related_field>
    <related_field kind="destination"><field_ref uuid="B1" name="ID"/></related_field>
</relation>
<relation uuid="R2" name_Nto1="inside" name_1toN="holds" state="1" integrity="delete">
    <related_field kind="source"><field_ref uuid="B2" name="folder"/></related_field>
    <related_field kind="destination"><field_ref uuid="A1" name="ID"/></related_field>
</relation>
<relation uuid="R3" name_Nto1="above" name_1toN="below" state="1" integrity="delete">
    <related_field kind="source"><field_ref uuid="A3" name="parent"/></related_field>
    <related_field kind="destination"><field_ref uuid="A1" name="ID"/></related_field>
</relation></base>"#;

pub(crate) fn circles_of_relations_are_dropped_once(engine: &Engine) {
    let mut data = engine.open_catalog(CIRCLE);
    let folder = |id: i64, document: i64, parent: i64| {
        [("ID", id.into()), ("document", document.into()), ("parent", parent.into())]
    };
    // The folder and its document refer to each other, so do the second folder and the third.
    let first = data.create("Folder", &folder(1, 1, 0));
    data.create("Document", &[("ID", 1.into()), ("folder", 1.into())]);
    let second = data.create("Folder", &folder(2, 0, 3));
    data.create("Folder", &folder(3, 0, 2));
    data.create("Folder", &folder(4, 0, 4));
    assert_eq!(drop_one(&mut data, "Folder", first.record).unwrap(), 2);
    assert_eq!(drop_one(&mut data, "Folder", second.record).unwrap(), 2);
    let folders = data.dataclass("Folder");
    assert_eq!(data.connection.count(folders, &Filter::All).unwrap(), 1);
}

pub(crate) fn tracked_changes_get_a_global_stamp(engine: &Engine) {
    // R202
    let mut data = engine.open();
    data.connection.set_global_stamp(8).unwrap();
    let car = data.create("Car", &[("name", "a".into())]);
    let stamp = data.attribute("Car", "__GlobalStamp");
    assert_eq!(data.row("Car", car.record).unwrap().values[stamp.index()], 8.into());
    assert_eq!(data.connection.global_stamp().unwrap(), 9);
    drop_one(&mut data, "Car", car.record).unwrap();
    assert_eq!(data.connection.global_stamp().unwrap(), 10);
    let graves = data.dataclass("__DeletedRecords");
    let all = tessera_store::Select::all(graves);
    let row = data.connection.page(&all).unwrap().rows.remove(0);
    assert_eq!(row.values[1..], ["1".into(), 9.into(), "Car".into(), Scalar::Integer(3)]);
}

pub(crate) fn rows_come_in_the_order_asked_for(engine: &Engine) {
    let mut data = engine.open();
    data.fill();
    let firm = data.dataclass("Firm");
    let wanted = [RecordId(2), RecordId(77), RecordId(1), RecordId(2)];
    let rows = data.connection.rows(firm, &wanted, &Columns::all()).unwrap();
    let records: Vec<Option<i64>> = rows.into_iter().map(|row| row.map(|row| row.record.0)).collect();
    assert_eq!(records, [Some(2), None, Some(1), Some(2)]);
    let (staff, firm_id) = (data.dataclass("Staff"), data.attribute("Staff", "firm_id"));
    let columns = Columns::of([data.attribute("Staff", "name"), firm_id]);
    let values = [1.into(), Scalar::Null, 2.into(), "x".into()];
    let rows = data.connection.by_values(staff, firm_id, &values, &columns).unwrap();
    let names: Vec<&str> = rows.iter().filter_map(|row| row.values[0].as_text()).collect();
    assert_eq!(names, ["Zoé", "zoe", "Adam"]);
}

/// Letters in an order that nothing compresses.
fn scrambled(length: usize) -> String {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(char::from(b'a' + (*state >> 24) as u8 % 26))
    };
    std::iter::repeat(()).scan(7, |state, ()| next(state)).take(length).collect()
}

pub(crate) fn long_texts_are_compared_to_their_end(engine: &Engine) {
    let xml = r#"<base name="b"><table name="T" uuid="1" id="1">
        <field name="ID" uuid="2" type="10" id="1"/><field name="t" uuid="3" type="10" id="2"/>
        <field name="name" uuid="4" type="10" id="3"/><primary_key field_name="ID" field_uuid="2"/></table>
        <index kind="regular" type="1" uuid="I1"><field_ref uuid="3" name="t"/></index></base>"#;
    let mut data = engine.open_catalog(xml);
    let long = scrambled(20_000);
    let texts = ["z", "a", "É", ""].map(|end| format!("{long}{end}"));
    for (text, name) in texts.iter().zip(["z", "a", "e", "-"]) {
        data.create("T", &[("ID", text.as_str().into()), ("t", text.as_str().into()), ("name", name.into())]);
    }
    let twice = data.save("T", &[("ID", texts[2].to_uppercase().as_str().into())]);
    assert!(matches!(data.connection.save(twice), Err(SaveError::DuplicateKey { .. })));
    let order = [data.order("T", "t", true)];
    assert_eq!(data.names("T", &Filter::All, &order), "z e a -");
    let check = |data: &mut Data, operator, end: &str, expected: &str| {
        let filter = data.is("T", "t", operator, format!("{long}{end}").as_str());
        assert_eq!(data.names("T", &filter, &[]), expected, "{operator:?} {end}");
    };
    check(&mut data, Operator::Equal, "E", "e");
    check(&mut data, Operator::NotEqual, "e", "z a -");
    check(&mut data, Operator::Less, "e", "a -");
    check(&mut data, Operator::GreaterOrEqual, "e", "z e");
    let prefix = data.like("T", "t", &format!("{}@", &long[..1_200]));
    assert_eq!(data.names("T", &prefix, &[]), "z a e -");
    let key = data.connection.by_key(data.dataclass("T"), &texts[1].as_str().into(), &Columns::all());
    assert_eq!(key.unwrap().unwrap().values[2], "a".into());
    let (dataclass, attribute) = (data.dataclass("T"), data.attribute("T", "t"));
    let values = [texts[0].as_str().into(), "short".into()];
    let rows = data.connection.by_values(dataclass, attribute, &values, &Columns::all()).unwrap();
    assert_eq!(rows.len(), 1);
}

pub(crate) fn long_names_stay_apart(engine: &Engine) {
    // 31 characters are allowed, of up to four bytes each.
    let name = |end: &str| format!("{}{end}", "價".repeat(30));
    let catalog = |first: &str, second: &str| {
        let (table, other) = (name("T"), name("U"));
        format!(
            r#"<base name="b"><table name="{table}" uuid="1" id="1">
            <field name="ID" uuid="2" type="4" autosequence="true" id="1"/>
            <field name="{first}" uuid="3" type="10" unique="true" id="2"/>
            <field name="{second}" uuid="4" type="12" id="3"/><primary_key field_name="ID" field_uuid="2"/></table>
            <table name="{other}" uuid="5" id="2"><field name="ID" uuid="6" type="4" autosequence="true" id="1"/>
            <primary_key field_name="ID" field_uuid="6"/></table></base>"#
        )
    };
    let mut data = engine.open_catalog(&catalog(&name("a"), &name("b")));
    let picture = Scalar::Picture(Picture { mime: "image/png".into(), bytes: vec![1, 2].into() });
    data.create(&name("T"), &[(&name("a"), "x".into()), (&name("b"), picture.clone())]);
    data.create(&name("U"), &[]);
    drop(data);
    // The same names, exchanged.
    let mut data = engine.open_catalog(&catalog(&name("b"), &name("a")));
    let row = data.row(&name("T"), RecordId(1)).unwrap();
    assert_eq!(row.values, [1.into(), "x".into(), picture]);
    let twice = data.save(&name("T"), &[(&name("b"), "X".into())]);
    let attribute = data.attribute(&name("T"), &name("b"));
    assert!(matches!(data.connection.save(twice),
        Err(SaveError::DuplicateKey { attribute: twice }) if twice == attribute));
}
