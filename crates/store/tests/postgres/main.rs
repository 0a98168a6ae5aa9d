//! PostgreSQL as the other side of a wire: it crashes, refuses, and serves several servers at once.
//!
//! Each test passes where PostgreSQL isn't installed; `tessera_test_support::Postgres` says so.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod crash;
mod refusals;
mod servers;
mod tls;

use std::sync::Arc;

use tessera_model::{AttributeId, Catalog, DataclassId};
use tessera_store::{Options, Save, Store, StoreError};
use tessera_test_support::{ManualClock, SequenceChance};

/// One tracked table with a sequence.
const CATALOG: &str = r#"<base name="b"><table name="T" uuid="1" id="1" leave_tag_on_delete="true">
    <field name="ID" uuid="2" type="4" autosequence="true" unique="true" id="1"/>
    <field name="name" uuid="3" type="10" id="2"/><field name="__GlobalStamp" uuid="4" type="5" id="3"/>
    <primary_key field_name="ID" field_uuid="2"/></table></base>"#;

const T: DataclassId = DataclassId(0);

fn open(url: &str, options: Options) -> Result<Arc<dyn Store>, StoreError> {
    let catalog = Arc::new(Catalog::parse(CATALOG).unwrap());
    tessera_store::open(url, catalog, Arc::new(ManualClock::new(0)), Arc::new(SequenceChance::new()), options)
}

fn named(name: &str) -> Save {
    Save { dataclass: T, record: None, expected_stamp: None, values: vec![(AttributeId(1), name.into())] }
}
