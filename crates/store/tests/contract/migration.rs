//! Opening data with a catalog that has changed.

use tessera_model::query::{Filter, Operator};
use tessera_store::{Refusal, StoreError};
use tessera_values::Scalar;

use crate::fixture::Engine;

fn catalog(table: &str, fields: &str) -> String {
    format!(
        r#"<base name="b" uuid="B"><table name="{table}" uuid="T0" id="1">
        <field name="ID" uuid="T1" type="4" autosequence="true" id="1"/>{fields}
        <primary_key field_name="ID" field_uuid="T1"/></table></base>"#
    )
}

const NAME: &str = r#"<field name="name" uuid="T2" type="10" limiting_length="10" id="2"/>"#;

pub(crate) fn new_tables_fields_and_indexes_are_made(engine: &Engine) {
    let mut data = engine.open_catalog(&catalog("T", NAME));
    data.create("T", &[("name", "a".into())]);
    drop(data);
    let more = format!(
        r#"{NAME}<field name="n" uuid="T3" type="4" never_null="true" id="3"/>
        <field name="p" uuid="T4" type="12" id="4"/>"#
    );
    let index = r#"<table name="U" uuid="U0" id="2"><field name="k" uuid="U1" type="10" id="1"/>
        <primary_key field_name="k" field_uuid="U1"/></table>
        <index kind="regular" type="1" uuid="I"><field_ref uuid="T2" name="name"/></index></base>"#;
    let mut data = engine.open_catalog(&catalog("T", &more).replace("</base>", index));
    let row = data.row("T", tessera_model::RecordId(1)).unwrap();
    assert_eq!(row.values, [1.into(), "a".into(), 0.into(), Scalar::Null]);
    data.create("U", &[("k", "x".into())]);
}

pub(crate) fn renames_keep_their_data(engine: &Engine) {
    let more = r#"<field name="a" uuid="T2" type="10" id="2"/><field name="b" uuid="T3" type="12" id="3"/>
        <field name="c" uuid="T4" type="10" unique="true" id="4"/>"#;
    let mut data = engine.open_catalog(&catalog("T", more));
    let picture = tessera_values::Picture { mime: "image/png".into(), bytes: vec![1].into() };
    data.create("T", &[("a", "x".into()), ("b", Scalar::Picture(picture.clone())), ("c", "y".into())]);
    drop(data);
    // Two names exchanged, one new, and the table renamed.
    let renamed = r#"<field name="c" uuid="T2" type="10" id="2"/><field name="z" uuid="T3" type="12" id="3"/>
        <field name="a" uuid="T4" type="10" unique="true" id="4"/>"#;
    let mut data = engine.open_catalog(&catalog("People", renamed));
    let row = data.row("People", tessera_model::RecordId(1)).unwrap();
    assert_eq!(row.values, [1.into(), "x".into(), Scalar::Picture(picture), "y".into()]);
    let twice = data.save("People", &[("a", "Y".into())]);
    assert!(data.connection.save(twice).is_err());
    // The number of the save that failed may be lost; it is never given twice.
    assert!(data.create("People", &[]).key.as_integer().unwrap() > 1);
}

pub(crate) fn wider_types_keep_their_data(engine: &Engine) {
    let before = r#"<field name="n" uuid="T2" type="3" unique="true" id="2"/>
        <field name="t" uuid="T3" type="10" limiting_length="10" id="3"/>
        <field name="u" uuid="T4" type="10" store_as_UUID="true" id="4"/>
        <field name="e" uuid="T5" type="8" id="5"/>"#;
    let mut data = engine.open_catalog(&catalog("T", before));
    let uuid = "F182BFDB899C45A587EFA25AE271891D";
    data.create("T", &[("n", 7.into()), ("t", "Été".into()), ("u", uuid.into())]);
    drop(data);
    let after = r#"<field name="n" uuid="T2" type="6" unique="true" id="2"/>
        <field name="t" uuid="T3" type="10" limiting_length="3" id="3"/>
        <field name="u" uuid="T4" type="10" id="4"/>
        <field name="e" uuid="T5" type="21" id="5"/>"#;
    let mut data = engine.open_catalog(&catalog("T", after));
    let row = data.row("T", tessera_model::RecordId(1)).unwrap();
    assert_eq!(row.values, [1.into(), Scalar::Real(7.0), "Été".into(), uuid.into(), Scalar::Null]);
    let lower = data.is("T", "u", Operator::Equal, uuid.to_lowercase().as_str());
    let id = data.dataclass("T");
    assert_eq!(data.connection.count(id, &lower).unwrap(), 1);
}

pub(crate) fn losses_are_refused_with_the_whole_list(engine: &Engine) {
    let before = r#"<field name="a" uuid="T2" type="10" id="2"/><field name="b" uuid="T3" type="10" id="3"/>
        <field name="c" uuid="T4" type="4" id="4"/><field name="d" uuid="T5" type="4" id="5"/>"#;
    let mut data = engine.open_catalog(&catalog("T", before));
    data.create("T", &[("a", "x".into()), ("b", "long text".into()), ("c", 5.into())]);
    data.create("T", &[("c", 5.into())]);
    drop(data);
    // `a` is gone, `b` too short, `c` now unique, `d` gone but empty.
    let after = r#"<field name="b" uuid="T3" type="10" limiting_length="4" id="3"/>
        <field name="c" uuid="T4" type="4" unique="true" id="4"/>"#;
    let Err(error) = engine.try_open(&catalog("T", after)) else { panic!("the loss was not noticed") };
    let message = error.to_string();
    let StoreError::Migration { refused, .. } = error else { panic!("{error}") };
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().any(|r| matches!(r, Refusal::FieldGone { field, values: 1, .. } if field == "a")));
    assert!(refused.iter().any(|r| matches!(r, Refusal::TypeChanged { field, .. } if field == "b")));
    assert!(refused.iter().any(|r| matches!(r, Refusal::NotUnique { field, values: 1, .. } if field == "c")));
    assert!(message.contains("T.a") && message.contains(engine.place));
    // Nothing was changed.
    let mut data = engine.open_catalog(&catalog("T", before));
    let id = data.dataclass("T");
    assert_eq!(data.connection.count(id, &Filter::All).unwrap(), 2);
    drop(data);
    let other = r#"<base name="b" uuid="B"></base>"#;
    let Err(StoreError::Migration { refused, .. }) = engine.try_open(other) else { panic!() };
    assert!(matches!(&refused[..], [Refusal::TableGone { rows: 2, .. }]));
}
