//! A small project, and how a test opens and fills it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tessera_model::query::{Compare, Filter, Operand, Operator, Order, Path, RelationStep};
use tessera_model::{AttributeId, Catalog, DataclassId, RecordId};
use tessera_store::{Columns, Connection, Options, Row, Save, Saved, Store, StoreError};
use tessera_test_support::{ManualClock, Postgres};
use tessera_values::{Chance, Pattern, Scalar};

/// An engine with a place for data that vanishes with it.
pub(crate) struct Engine {
    url: String,
    /// What messages call the place.
    pub(crate) place: &'static str,
    folder: Option<tempfile::TempDir>,
    /// How many further places were used.
    more: AtomicU64,
}

impl Engine {
    pub(crate) fn sqlite() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("data.sqlite").display());
        Some(Self { url, place: "data.sqlite", folder: Some(folder), more: AtomicU64::new(1) })
    }

    /// `None` where PostgreSQL isn't installed.
    pub(crate) fn postgres() -> Option<Self> {
        Some(Self {
            url: Postgres::shared()?.url(),
            place: "/postgres",
            folder: None,
            more: AtomicU64::new(1),
        })
    }

    /// A store of the engine for another catalog, in a place of its own.
    pub(crate) fn empty(&self, catalog: &Arc<Catalog>) -> Arc<dyn Store> {
        let url = match &self.folder {
            Some(folder) => {
                let number = self.more.fetch_add(1, Ordering::SeqCst);
                format!("sqlite:{}", folder.path().join(format!("{number}.sqlite")).display())
            }
            None => Postgres::shared().unwrap().url(),
        };
        let (clock, chance) = (Arc::new(ManualClock::new(1_000)), Arc::new(Counter(AtomicU64::new(1))));
        tessera_store::open(&url, Arc::clone(catalog), clock, chance, Options::default()).unwrap()
    }

    pub(crate) fn try_open(&self, xml: &str) -> Result<(Arc<dyn Store>, Arc<Catalog>), StoreError> {
        let options = Options { write_wait_ms: 200, ..Options::default() };
        let catalog = Arc::new(Catalog::parse(xml).unwrap());
        let clock = Arc::new(ManualClock::new(1_000));
        let chance = Arc::new(Counter(AtomicU64::new(1)));
        let store = tessera_store::open(&self.url, Arc::clone(&catalog), clock, chance, options)?;
        Ok((store, catalog))
    }

    pub(crate) fn open(&self) -> Data {
        self.open_catalog(SHOP)
    }

    pub(crate) fn open_catalog(&self, xml: &str) -> Data {
        let (store, catalog) = self.try_open(xml).unwrap();
        Data { connection: store.connect(), store, catalog }
    }
}

/// Different bytes each time, the same in every run.
struct Counter(AtomicU64);

impl Chance for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for (position, byte) in bytes.iter_mut().enumerate() {
            *byte = (n >> (8 * (position % 8))) as u8;
        }
    }
}

/// An open project.
pub(crate) struct Data {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) connection: Box<dyn Connection>,
    pub(crate) catalog: Arc<Catalog>,
}

impl Data {
    pub(crate) fn dataclass(&self, name: &str) -> DataclassId {
        self.catalog.dataclass_named(name).unwrap().id
    }

    pub(crate) fn attribute(&self, dataclass: &str, name: &str) -> AttributeId {
        self.catalog.dataclass_named(dataclass).unwrap().attribute_named(name).unwrap().id
    }

    pub(crate) fn save(&self, dataclass: &str, values: &[(&str, Scalar)]) -> Save {
        let values =
            values.iter().map(|(name, value)| (self.attribute(dataclass, name), value.clone())).collect();
        Save { dataclass: self.dataclass(dataclass), record: None, expected_stamp: None, values }
    }

    #[track_caller]
    pub(crate) fn create(&mut self, dataclass: &str, values: &[(&str, Scalar)]) -> Saved {
        let save = self.save(dataclass, values);
        self.connection.save(save).unwrap()
    }

    /// `relation.relation.attribute`
    pub(crate) fn path(&self, dataclass: &str, path: &str) -> Path {
        let mut here = self.dataclass(dataclass);
        let mut relations = Vec::new();
        let mut names = path.split('.').peekable();
        while let Some(name) = names.next() {
            let attribute = self.catalog.dataclass(here).attribute_named(name).unwrap();
            if let Some(step) = RelationStep::new(&self.catalog, here, attribute.id) {
                relations.push(step);
                here = step.target;
            } else {
                let object_path =
                    names.map(|name| tessera_model::query::ObjectStep::Property(name.into())).collect();
                return Path { relations, leaf: attribute.id, object_path };
            }
        }
        panic!("{path} ends in a relation")
    }

    pub(crate) fn compare(
        &self,
        dataclass: &str,
        path: &str,
        operator: Operator,
        operand: Operand,
    ) -> Filter {
        Filter::Compare(Compare { path: self.path(dataclass, path), operator, operand })
    }

    pub(crate) fn is(
        &self,
        dataclass: &str,
        path: &str,
        operator: Operator,
        value: impl Into<Scalar>,
    ) -> Filter {
        self.compare(dataclass, path, operator, Operand::Scalar(value.into()))
    }

    pub(crate) fn like(&self, dataclass: &str, path: &str, pattern: &str) -> Filter {
        self.compare(dataclass, path, Operator::Equal, Operand::Pattern(Pattern::new(pattern)))
    }

    pub(crate) fn order(&self, dataclass: &str, path: &str, descending: bool) -> Order {
        Order { path: self.path(dataclass, path), descending }
    }

    /// The names of the entities a filter finds, in order.
    #[track_caller]
    pub(crate) fn names(&mut self, dataclass: &str, filter: &Filter, order: &[Order]) -> String {
        let id = self.dataclass(dataclass);
        let records = self.connection.records(id, filter, order).unwrap();
        assert_eq!(self.connection.count(id, filter).unwrap(), records.len() as u64);
        let columns = Columns::of([self.attribute(dataclass, "name")]);
        let rows = self.connection.rows(id, &records, &columns).unwrap();
        let name = |row: Option<Row>| row.unwrap().values[0].as_text().unwrap_or("-").to_owned();
        rows.into_iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(crate) fn row(&mut self, dataclass: &str, record: RecordId) -> Option<Row> {
        let id = self.dataclass(dataclass);
        self.connection.rows(id, &[record], &Columns::all()).unwrap().remove(0)
    }

    /// Two firms and five people, some of them without one.
    pub(crate) fn fill(&mut self) {
        for name in ["Acme", "Born"] {
            self.create("Firm", &[("name", name.into())]);
        }
        let people: [(&str, Option<i64>, Option<i64>); 5] = [
            ("Zoé", Some(1), Some(300)),
            ("zoe", Some(2), None),
            ("Adam", Some(1), Some(100)),
            ("Émile", None, Some(200)),
            ("emilie", Some(7), Some(100)),
        ];
        for (name, firm, salary) in people {
            let whole = |n: Option<i64>| n.map_or(Scalar::Null, Scalar::Integer);
            self.create(
                "Staff",
                &[("name", name.into()), ("firm_id", whole(firm)), ("salary", whole(salary))],
            );
        }
    }
}

pub(crate) const SHOP: &str = r#"<base name="shop" uuid="B0">
<table name="Staff" uuid="A0" id="1">
    <field name="ID" uuid="A1" type="10" store_as_UUID="true" autogenerate="true" unique="true" not_null="true" id="1"/>
    <field name="name" uuid="A2" type="10" limiting_length="20" id="2"/>
    <field name="firm_id" uuid="A3" type="4" id="3"/>
    <field name="salary" uuid="A4" type="5" id="4"/>
    <field name="email" uuid="A5" type="10" limiting_length="80" unique="true" id="5"/>
    <field name="note" uuid="A6" type="10" never_null="true" id="6"/>
    <field name="rate" uuid="A7" type="6" id="7"/>
    <field name="born" uuid="A8" type="8" id="8"/>
    <field name="shift" uuid="A9" type="9" id="9"/>
    <field name="active" uuid="AA" type="1" id="10"/>
    <field name="photo" uuid="AB" type="12" id="11"/>
    <field name="file" uuid="AC" type="18" id="12"/>
    <field name="info" uuid="AD" type="21" id="13"/>
    <field name="grade" uuid="AE" type="3" never_null="true" id="14"/>
    <primary_key field_name="ID" field_uuid="A1"/>
</table>
<table name="Firm" uuid="F0" id="2">
    <field name="ID" uuid="F1" type="4" autosequence="true" unique="true" not_null="true" id="1"/>
    <field name="name" uuid="F2" type="10" not_null="true" id="2"/>
    <primary_key field_name="ID" field_uuid="F1"/>
</table>
<table name="Car" uuid="C0" id="3" leave_tag_on_delete="true">
    <field name="ID" uuid="C1" type="4" autosequence="true" unique="true" id="1"/>
    <field name="name" uuid="C2" type="10" id="2"/>
    <field name="owner" uuid="C3" type="10" store_as_UUID="true" id="3"/>
    <field name="__GlobalStamp" uuid="C4" type="5" id="4"/>
    <primary_key field_name="ID" field_uuid="C1"/>
</table>
<table name="Key" uuid="K0" id="4">
    <field name="ID" uuid="K1" type="4" autosequence="true" unique="true" id="1"/>
    <field name="car" uuid="K2" type="4" id="2"/>
    <primary_key field_name="ID" field_uuid="K1"/>
</table>
<table name="__DeletedRecords" uuid="D0" id="5">
    <field name="ID" uuid="D1" type="4" autosequence="true" unique="true" id="1"/>
    <field name="__PrimaryKey" uuid="D2" type="10" id="2"/>
    <field name="__Stamp" uuid="D3" type="5" id="3"/>
    <field name="__TableName" uuid="D4" type="10" id="4"/>
    <field name="__TableNumber" uuid="D5" type="4" id="5"/>
    <primary_key field_name="ID" field_uuid="D1"/>
</table>
<relation uuid="R1" name_Nto1="firm" name_1toN="staff" state="1">
    <related_field kind="source"><field_ref uuid="A3" name="firm_id"/></related_field>
    <related_field kind="destination"><field_ref uuid="F1" name="ID"/></related_field>
</relation>
<relation uuid="R2" name_Nto1="driver" name_1toN="cars" state="1" integrity="delete">
    <related_field kind="source"><field_ref uuid="C3" name="owner"/></related_field>
    <related_field kind="destination"><field_ref uuid="A1" name="ID"/></related_field>
</relation>
<relation uuid="R3" name_Nto1="opens" name_1toN="keys" state="1" integrity="reject">
    <related_field kind="source"><field_ref uuid="K2" name="car"/></related_field>
    <related_field kind="destination"><field_ref uuid="C1" name="ID"/></related_field>
</relation>
<index kind="regular" type="1" uuid="I1"><field_ref uuid="A2" name="name"/></index>
<index kind="regular" type="1" uuid="I2"><field_ref uuid="A4" name="salary"/></index>
</base>"#;
