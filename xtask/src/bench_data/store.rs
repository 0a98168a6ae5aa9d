//! The work as a server does it: through the store.

use std::collections::BTreeSet;
use std::path::Path as FilePath;
use std::sync::Arc;

use anyhow::Context as _;
use tessera_model::query::{Compare, Filter, Operand, Operator, Order, Path};
use tessera_model::{AttributeId, Catalog, DataclassId, RecordId};
use tessera_store::{Columns, Connection, Options, Row, Save, Select, Store};
use tessera_values::{Chance, ManualClock, Scalar};

use super::{COMPANIES, Item, PAGE, Side, city_name};

const CATALOG: &str = r#"<base name="b"><table name="Item" uuid="1" id="1">
    <field name="ID" uuid="2" type="4" autosequence="true" id="1"/><field name="name" uuid="3" type="10" id="2"/>
    <field name="city" uuid="4" type="10" id="3"/><field name="amount" uuid="5" type="6" id="4"/>
    <field name="companyID" uuid="6" type="4" id="5"/><primary_key field_name="ID" field_uuid="2"/></table>
    <table name="Company" uuid="7" id="2"><field name="ID" uuid="8" type="4" autosequence="true" id="1"/>
    <field name="name" uuid="9" type="10" id="2"/><primary_key field_name="ID" field_uuid="8"/></table>
    <index kind="regular" type="1" uuid="I1"><field_ref uuid="3" name="name"/></index>
    <index kind="regular" type="1" uuid="I2"><field_ref uuid="4" name="city"/></index></base>"#;

const ITEM: DataclassId = DataclassId(0);
const COMPANY: DataclassId = DataclassId(1);
const ID: AttributeId = AttributeId(0);
const NAME: AttributeId = AttributeId(1);
const CITY: AttributeId = AttributeId(2);
const AMOUNT: AttributeId = AttributeId(3);
const COMPANY_ID: AttributeId = AttributeId(4);

struct Zeros;

impl Chance for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// Entities in a store.
pub(super) struct Stored {
    connection: Box<dyn Connection>,
    kept: Vec<RecordId>,
    _store: Arc<dyn Store>,
}

impl Stored {
    pub(super) fn open(file: &FilePath) -> anyhow::Result<Self> {
        let catalog = Arc::new(Catalog::parse(CATALOG).map_err(|error| anyhow::anyhow!("{error:?}"))?);
        let url = format!("sqlite:{}", file.display());
        let clock = Arc::new(ManualClock::new(0));
        let store = tessera_store::open(&url, catalog, clock, Arc::new(Zeros), Options::default())?;
        let mut connection = store.connect();
        connection.begin()?;
        for number in 0..COMPANIES {
            let values = vec![(NAME, format!("Company {number}").as_str().into())];
            connection.save(Save { dataclass: COMPANY, record: None, expected_stamp: None, values })?;
        }
        connection.commit()?;
        Ok(Self { connection, kept: Vec::new(), _store: store })
    }

    fn page_of(&mut self, city: usize, with_count: bool) -> anyhow::Result<Vec<Row>> {
        let operand = Operand::Scalar(city_name(city).as_str().into());
        let filter = Filter::Compare(Compare { path: Path::own(CITY), operator: Operator::Equal, operand });
        let select = Select { filter, limit: Some(PAGE as u64), with_count, ..Select::all(ITEM) };
        Ok(self.connection.page(&select)?.rows)
    }
}

impl Side for Stored {
    fn create(&mut self, first: usize, rows: usize, count: usize) -> anyhow::Result<()> {
        self.connection.begin()?;
        for number in first..first + count {
            let item = Item::numbered(number, rows);
            let values = vec![
                (NAME, item.name.as_str().into()),
                (CITY, item.city.as_str().into()),
                (AMOUNT, Scalar::Real(item.amount)),
                (COMPANY_ID, Scalar::Integer(item.company)),
            ];
            self.connection.save(Save { dataclass: ITEM, record: None, expected_stamp: None, values })?;
        }
        Ok(self.connection.commit()?)
    }

    fn by_key(&mut self, key: usize) -> anyhow::Result<usize> {
        let row = self.connection.by_key(ITEM, &Scalar::Integer(key as i64), &Columns::all())?;
        Ok(row.context("an entity is missing")?.values.len())
    }

    fn city(&mut self, city: usize) -> anyhow::Result<usize> {
        Ok(self.page_of(city, true)?.len())
    }

    fn keep(&mut self) -> anyhow::Result<usize> {
        let by_name = Order { path: Path::own(NAME), descending: false };
        self.kept = self.connection.records(ITEM, &Filter::All, &[by_name])?;
        Ok(self.kept.len())
    }

    fn kept_page(&mut self, skip: usize) -> anyhow::Result<usize> {
        let rows = self.connection.rows(ITEM, &self.kept[skip..skip + PAGE], &Columns::all())?;
        Ok(rows.into_iter().flatten().count())
    }

    fn expanded(&mut self, city: usize) -> anyhow::Result<usize> {
        let rows = self.page_of(city, false)?;
        let keys: BTreeSet<i64> =
            rows.iter().filter_map(|row| row.values[COMPANY_ID.index()].to_value().as_integer()).collect();
        let keys: Vec<Scalar> = keys.into_iter().map(Scalar::Integer).collect();
        let companies = self.connection.by_values(COMPANY, ID, &keys, &Columns::all())?;
        Ok(rows.len() + companies.len())
    }

    fn save(&mut self, key: usize) -> anyhow::Result<usize> {
        let values = vec![(AMOUNT, Scalar::Real(1.0))];
        let record = Some(RecordId(key as i64));
        self.connection.save(Save { dataclass: ITEM, record, expected_stamp: None, values })?;
        Ok(1)
    }

    fn aggregate(&mut self) -> anyhow::Result<usize> {
        Ok(self.connection.aggregate(ITEM, &Filter::All, &Path::own(AMOUNT))?.count as usize)
    }
}
