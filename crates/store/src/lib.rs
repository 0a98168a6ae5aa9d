//! Runs query plans and saves entities on a database engine.
//!
//! The contract, the same for SQLite and PostgreSQL and proved by `tests/contract`:
//!
//! - **Connections.** A [`Store`] is shared; [`Store::connect`] costs nothing and gives a [`Connection`] to one
//!   process. Everything blocks, and reads run on the caller's thread. A connection holds a database connection
//!   only for one statement, or for one transaction.
//! - **Reading.** A read sees everything acknowledged before it began. Without an order, entities come in the order
//!   of creation; ties of an order are broken that way too. Null sorts before every value. Text compares as
//!   [`tessera_values::text_compare`] says, wildcards as [`tessera_values::Pattern`]; the answer is always that of
//!   [`tessera_model::query::evaluate`].
//! - **Saving.** A save is all or nothing. The stamp is 1 after creation and grows by one with each save
//!   (`docs/ORDA/entities.md`); a save that names the stamp it expects fails when another one is stored. When `save`
//!   answers, the entity is on disk, unless durability was relaxed. Saves of several connections share one commit.
//! - **Records.** A [`RecordId`] is given once and never reused, and so is a number of a sequence; the number of a save
//!   that failed may be lost. Records are internal: clients know keys.
//! - **Transactions.** `begin` nests. Inside, the connection's own reads see its writes and nobody else's do; other
//!   writers wait. A connection that is dropped takes back what it did not commit.
//! - **Values.** A [`Row`] holds one [`Scalar`] for each attribute asked for. What is saved must have the
//!   attribute's type, or a form that converts to it without loss.
//! - **Pictures and blobs.** A read may ask for their lengths alone ([`Columns::with_lengths`]), and [`Connection::part`]
//!   reads them in pieces: memory is taken for one piece, not for the whole.
//!
//! ```
//! use std::sync::Arc;
//! use tessera_model::Catalog;
//! use tessera_store::{Columns, Options, Save, open};
//! use tessera_values::{Chance, ManualClock, Scalar};
//!
//! struct Dice; // No dice in an example.
//! impl Chance for Dice {
//!     fn fill(&self, bytes: &mut [u8]) {
//!         bytes.fill(4);
//!     }
//! }
//!
//! let xml = r#"<base name="b"><table name="T" uuid="1" id="1"><field name="ID" uuid="2" type="4" id="1"
//!     autosequence="true"/><primary_key field_name="ID" field_uuid="2"/></table></base>"#;
//! let catalog = Arc::new(Catalog::parse(xml).unwrap());
//! let dataclass = catalog.dataclasses()[0].id;
//! let folder = tempfile::tempdir().unwrap();
//! let url = format!("sqlite:{}", folder.path().join("data.sqlite").display());
//! let store = open(&url, catalog, Arc::new(ManualClock::new(0)), Arc::new(Dice), Options::default()).unwrap();
//!
//! let mut connection = store.connect();
//! let save = Save { dataclass, record: None, expected_stamp: None, values: Vec::new() };
//! assert_eq!(connection.save(save).unwrap().key, Scalar::Integer(1));
//! assert!(connection.by_key(dataclass, &Scalar::Integer(1), &Columns::all()).unwrap().is_some());
//! ```
//!
//! This crate checks no permission and knows no calculated attribute; the layer above does.

use std::sync::Arc;

use tessera_model::query::{Filter, Order, Path};
use tessera_model::{AttributeId, Catalog, DataclassId, RecordId};
use tessera_values::{Chance, Clock, Scalar, Text};

mod base;
mod drop;
mod error;
mod explain;
mod inside;
mod migrate;
mod page;
mod postgres;
mod request;
mod save;
mod schema;
mod sql;
mod sqlite;

pub use base::uuid;
pub use error::{DropError, Refusal, SaveError, StoreError};
pub use explain::UsedIndex;
pub use request::{
    Aggregates, Columns, DropRecords, Durability, Options, Page, Part, Piece, Row, Save, Saved, Select,
    Summed,
};

pub use sqlite::TextFile;

/// The data of one project.
pub trait Store: Send + Sync {
    /// A connection for one process or one request; cheap.
    fn connect(&self) -> Box<dyn Connection>;

    /// 32 hex digits made when the data was created, and never changed.
    fn unique_id(&self) -> Text;

    /// Is the data on another machine, or at least in another process? Then even a short read waits for others, and
    /// no thread that serves the network should do it.
    fn is_remote(&self) -> bool {
        false
    }
}

/// One process's access to the data.
pub trait Connection {
    /// Does the database answer?
    fn ping(&mut self) -> Result<(), StoreError>;

    /// The entity with this key, if there is one. A key that can't be converted to the key's type finds nothing.
    fn by_key(
        &mut self,
        dataclass: DataclassId,
        key: &Scalar,
        columns: &Columns,
    ) -> Result<Option<Row>, StoreError>;

    /// A part of the entities a filter finds, and how many there are in all.
    fn page(&mut self, select: &Select) -> Result<Page, StoreError>;

    /// The records a filter finds, in order.
    fn records(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        order: &[Order],
    ) -> Result<Vec<RecordId>, StoreError>;

    /// The indexes the engine searches when [`records`](Self::records) finds the entities of a filter; nothing is
    /// read.
    fn indexes(&mut self, dataclass: DataclassId, filter: &Filter) -> Result<Vec<UsedIndex>, StoreError>;

    /// The entities of these records in the order asked for; `None` for one that is gone.
    fn rows(
        &mut self,
        dataclass: DataclassId,
        records: &[RecordId],
        columns: &Columns,
    ) -> Result<Vec<Option<Row>>, StoreError>;

    /// Every entity whose attribute holds one of these values, in the order of creation: a whole page's relations in
    /// one go.
    fn by_values(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        values: &[Scalar],
        columns: &Columns,
    ) -> Result<Vec<Row>, StoreError>;

    /// A part of the bytes of a picture or a blob as they were with a stamp; `None` when the entity has another one by
    /// now, or is gone. So whoever reads part after part gets the bytes of one moment or learns that they are no more,
    /// and keeps nobody from writing meanwhile.
    fn part(&mut self, part: &Part) -> Result<Option<Piece>, StoreError>;

    /// How many entities a filter finds.
    fn count(&mut self, dataclass: DataclassId, filter: &Filter) -> Result<u64, StoreError>;

    /// Count, sum, average, smallest and largest of the values at a path. Through a 1→N relation every related
    /// value counts.
    fn aggregate(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
    ) -> Result<Aggregates, StoreError>;

    /// The different values at a path from low to high, Null left out.
    fn distinct(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
    ) -> Result<Vec<Scalar>, StoreError>;

    /// Creates or changes one entity.
    fn save(&mut self, save: Save) -> Result<Saved, SaveError>;

    /// Drops entities, all or none, and what their relations say must go with them. Answers how many are gone,
    /// related ones included.
    fn drop_records(&mut self, drop: DropRecords) -> Result<u64, DropError>;

    /// Opens a transaction, or a level inside the open one. The outermost level waits for other writers.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Keeps what the innermost level did; the outermost makes it durable and visible.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Takes back what the innermost level did.
    fn rollback(&mut self) -> Result<(), StoreError>;

    /// How many levels are open.
    fn level(&self) -> u32;

    /// The last number the dataclass's sequence gave; 0 when none yet.
    fn sequence(&mut self, dataclass: DataclassId) -> Result<i64, StoreError>;

    /// Sets the last number given: the next entity gets the one after it.
    fn set_sequence(&mut self, dataclass: DataclassId, last: i64) -> Result<(), StoreError>;

    /// The global stamp: the number the next change of a tracked dataclass gets (`docs/ORDA/global-stamp.md`).
    fn global_stamp(&mut self) -> Result<i64, StoreError>;

    /// Sets the global stamp.
    fn set_global_stamp(&mut self, stamp: i64) -> Result<(), StoreError>;
}

/// Opens the data at `sqlite:FILE`, at a plain path, or at `postgres://user:password@host:port/database`, creating
/// or migrating it to fit the catalog.
pub fn open(
    url: &str,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    options: Options,
) -> Result<Arc<dyn Store>, StoreError> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    match scheme {
        "postgres" | "postgresql" => postgres::open(url, &catalog, clock, chance, options),
        "sqlite" => {
            let file = url["sqlite:".len()..].trim_start_matches("//");
            if file.is_empty() {
                return Err(StoreError::UnknownEngine { url: url.into() });
            }
            sqlite::open(file, &catalog, clock, chance, options)
        }
        _ if url.is_empty() || url.contains("://") => {
            Err(StoreError::UnknownEngine { url: without_password(url) })
        }
        _ => sqlite::open(url, &catalog, clock, chance, options),
    }
}

/// An address that may be shown: without user, password, and options, of which one may be a password too.
fn without_password(url: &str) -> Text {
    let url = url.split_once('?').map_or(url, |(place, _)| place);
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => {
            format!("{}…{}", &url[..scheme + 3], &url[at..]).into()
        }
        _ => url.into(),
    }
}
