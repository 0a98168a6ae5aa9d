//! The SQLite engine: one writer, many readers, write-ahead log.
//!
//! Reads run on the caller's thread, on a connection borrowed for one statement. Writes queue; whoever gets the
//! writer does all that is queued in one transaction (see `pool`). An explicit transaction borrows the writer until
//! it ends, and its reads go there too.

use std::sync::Arc;

use tessera_model::query::{Filter, Order, Path};
use tessera_model::{AttributeId, Catalog, DataclassId, RecordId};
use tessera_values::{Chance, Clock, Scalar, Text};

use crate::base::Base;
use crate::schema::Schema;
use crate::sql::{Dialect as _, Sqlite};
use crate::{
    Aggregates, Columns, Connection, DropError, DropRecords, Options, Page, Part, Piece, Row, Save,
    SaveError, Saved, Select, Store, StoreError, UsedIndex,
};
use counters::Counters;
use database::{Access, Database};
use pool::{Held, Pool};
use write::{Work, Writing};

mod content;
mod counters;
mod database;
mod fault;
mod functions;
mod meta;
mod migrate;
mod pool;
mod read;
mod row;
#[cfg(test)]
mod tests;
mod text_file;
mod write;

#[cfg(test)]
pub(crate) use tests::SHOP;
pub use text_file::TextFile;

/// What every connection of a store shares.
struct Shared {
    pool: Arc<Pool>,
    base: Base,
    unique_id: Text,
}

impl Shared {
    fn fault(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.pool.file, error)
    }
}

struct SqliteStore(Arc<Shared>);

/// Opens a file, creating or migrating it to fit the catalog.
pub(crate) fn open(
    file: &str,
    catalog: &Catalog,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    options: Options,
) -> Result<Arc<dyn Store>, StoreError> {
    let writer = Database::open(file, Access::Write(options.durability))?;
    let schema = Schema::new(catalog, Sqlite.naming());
    let unique_id = migrate::open(file, &writer, &schema, chance.as_ref())?;
    let pool = Arc::new(Pool::new(file.to_owned(), writer, options));
    let base = Base::new(schema, &Sqlite, clock, chance);
    Ok(Arc::new(SqliteStore(Arc::new(Shared { pool, base, unique_id }))))
}

impl Store for SqliteStore {
    fn connect(&self) -> Box<dyn Connection> {
        Box::new(SqliteConnection { shared: Arc::clone(&self.0), transaction: None })
    }

    fn unique_id(&self) -> Text {
        self.0.unique_id.clone()
    }
}

struct SqliteConnection {
    shared: Arc<Shared>,
    transaction: Option<Transaction>,
}

/// The writer while a transaction is open. Dropped, it takes back what was not committed.
struct Transaction {
    writer: Held,
    level: u32,
    counters: Counters,
}

impl Transaction {
    fn writing<'w>(&'w self, shared: &'w Shared) -> Writing<'w> {
        Writing { shared, database: self.writer.database(), counters: &self.counters }
    }

    /// Runs a statement after what was counted is written.
    fn statement(&self, sql: &str) -> rusqlite::Result<()> {
        let database = self.writer.database();
        self.counters.store(database)?;
        database.connection.execute_batch(sql)
    }
}

impl SqliteConnection {
    /// Reads on the transaction's connection, or on a borrowed one. `work` learns whether the connection may have
    /// changed the data itself.
    fn read<T>(
        &mut self,
        work: impl FnOnce(&mut Database, &Shared, bool) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let shared = &self.shared;
        let result = match &mut self.transaction {
            Some(transaction) => work(transaction.writer.database_mut(), shared, true),
            None => work(shared.pool.reader()?.database(), shared, false),
        };
        result.map_err(|error| shared.fault(&error))
    }

    /// A small write of the engine's own: inside the open transaction, or in one of its own.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Database, &Shared) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        if let Some(transaction) = self.writer()? {
            let database = transaction.writer.database();
            let written = transaction.counters.store(database).and_then(|()| work(database, &shared));
            transaction.counters.forget();
            return written.map_err(|error| shared.fault(&error));
        }
        self.begin()?;
        let result = self.write(work);
        match result {
            Ok(value) => self.commit().map(|()| value),
            Err(error) => {
                self.transaction = None;
                Err(error)
            }
        }
    }

    /// Answers the level that is innermost from now on.
    fn leave_level(&mut self) -> Result<u32, StoreError> {
        let transaction = self.transaction.as_mut().ok_or(StoreError::NoTransaction)?;
        transaction.level -= 1;
        Ok(transaction.level)
    }

    /// Gives the writer back when the outermost level has ended.
    fn end_at(&mut self, level: u32) {
        if level == 0 {
            self.transaction = None;
        }
    }

    /// The open transaction, if there is one.
    fn writer(&self) -> Result<Option<&Transaction>, StoreError> {
        match &self.transaction {
            Some(transaction) if write::is_lost(transaction.writer.database()) => {
                Err(StoreError::TransactionLost)
            }
            transaction => Ok(transaction.as_ref()),
        }
    }

    fn statement(&self, sql: &str) -> Result<(), StoreError> {
        let transaction = self.writer()?.ok_or(StoreError::NoTransaction)?;
        transaction.statement(sql).map_err(|error| self.shared.fault(&error))
    }

    /// Reads a counter, which may have moved in the open transaction.
    fn counter(
        &mut self,
        read: impl FnOnce(&Database, &Shared) -> rusqlite::Result<i64>,
    ) -> Result<i64, StoreError> {
        if let Some(transaction) = self.writer()? {
            let stored = transaction.counters.store(transaction.writer.database());
            stored.map_err(|error| self.shared.fault(&error))?;
        }
        self.read(|database, shared, _| read(database, shared))
    }
}

impl Connection for SqliteConnection {
    fn ping(&mut self) -> Result<(), StoreError> {
        self.read(|database, _, _| meta::unique_id(database)).map(|_| ())
    }

    fn by_key(
        &mut self,
        dataclass: DataclassId,
        key: &Scalar,
        columns: &Columns,
    ) -> Result<Option<Row>, StoreError> {
        self.read(|database, shared, _| {
            read::by_key(database, &shared.base.schema, &shared.base.texts, dataclass, key, columns)
        })
    }

    fn page(&mut self, select: &Select) -> Result<Page, StoreError> {
        self.read(|database, shared, fresh| read::page(database, &shared.base.schema, select, fresh))
    }

    fn records(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        order: &[Order],
    ) -> Result<Vec<RecordId>, StoreError> {
        self.read(|database, shared, _| {
            read::records(database, &shared.base.schema, dataclass, filter, order)
        })
    }

    fn indexes(&mut self, dataclass: DataclassId, filter: &Filter) -> Result<Vec<UsedIndex>, StoreError> {
        self.read(|database, shared, _| read::indexes(database, &shared.base.schema, dataclass, filter))
    }

    fn rows(
        &mut self,
        dataclass: DataclassId,
        records: &[RecordId],
        columns: &Columns,
    ) -> Result<Vec<Option<Row>>, StoreError> {
        self.read(|database, shared, _| {
            read::rows(database, &shared.base.schema, dataclass, records, columns)
        })
    }

    fn by_values(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        values: &[Scalar],
        columns: &Columns,
    ) -> Result<Vec<Row>, StoreError> {
        self.read(|database, shared, _| {
            read::by_values(database, &shared.base.schema, dataclass, attribute, values, columns)
        })
    }

    fn part(&mut self, part: &Part) -> Result<Option<Piece>, StoreError> {
        self.read(|database, shared, _| content::part(database, &shared.base.schema, part))
    }

    fn count(&mut self, dataclass: DataclassId, filter: &Filter) -> Result<u64, StoreError> {
        self.read(|database, shared, fresh| {
            read::count(database, &shared.base.schema, dataclass, filter, fresh)
        })
    }

    fn aggregate(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
    ) -> Result<Aggregates, StoreError> {
        self.read(|database, shared, _| {
            read::aggregate(database, &shared.base.schema, dataclass, filter, path)
        })
    }

    fn distinct(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
    ) -> Result<Vec<Scalar>, StoreError> {
        self.read(|database, shared, _| {
            read::distinct(database, &shared.base.schema, dataclass, filter, path)
        })
    }

    fn save(&mut self, save: Save) -> Result<Saved, SaveError> {
        let shared = &self.shared;
        if let Some(transaction) = self.writer().map_err(SaveError::Store)? {
            return transaction.writing(shared).save(&save);
        }
        let work = Work::save(save);
        let run = |database: &Database, works: &[Arc<Work>]| write::batch(shared, database, works);
        shared.pool.submit(&work, run).map_err(SaveError::Store)?;
        work.saved()
    }

    fn drop_records(&mut self, drop: DropRecords) -> Result<u64, DropError> {
        let shared = &self.shared;
        if let Some(transaction) = self.writer().map_err(DropError::Store)? {
            return transaction.writing(shared).drop_records(&drop);
        }
        let work = Work::drop(drop);
        let run = |database: &Database, works: &[Arc<Work>]| write::batch(shared, database, works);
        shared.pool.submit(&work, run).map_err(DropError::Store)?;
        work.dropped()
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if let Some(transaction) = &self.transaction {
            self.statement(&format!("SAVEPOINT level{}", transaction.level))?;
        } else {
            let writer = self.shared.pool.writer()?;
            let begun = writer.database().connection.execute_batch("BEGIN IMMEDIATE");
            begun.map_err(|error| self.shared.fault(&error))?;
            self.transaction = Some(Transaction { writer, level: 0, counters: Counters::default() });
        }
        if let Some(transaction) = &mut self.transaction {
            transaction.level += 1;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let level = self.leave_level()?;
        // Should the commit fail, giving the writer back takes everything back.
        let result = match level {
            0 => self.statement("COMMIT"),
            level => self.statement(&format!("RELEASE level{level}")),
        };
        self.end_at(level);
        result
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        let level = self.leave_level()?;
        if let Some(transaction) = &self.transaction {
            // They were written when the level began, and are what they were then.
            transaction.counters.forget();
        }
        let result = match level {
            0 => self.statement("ROLLBACK"),
            level => self.statement(&format!("ROLLBACK TO level{level}; RELEASE level{level}")),
        };
        self.end_at(level);
        match result {
            // What was wanted has happened already.
            Err(StoreError::TransactionLost) => Ok(()),
            result => result,
        }
    }

    fn level(&self) -> u32 {
        self.transaction.as_ref().map_or(0, |transaction| transaction.level)
    }

    fn sequence(&mut self, dataclass: DataclassId) -> Result<i64, StoreError> {
        self.counter(|database, shared| meta::sequence(database, shared.base.schema.table(dataclass)))
    }

    fn set_sequence(&mut self, dataclass: DataclassId, last: i64) -> Result<(), StoreError> {
        self.write(|database, shared| {
            meta::set_sequence(database, &shared.base.schema.table(dataclass).uuid, last)
        })
    }

    fn global_stamp(&mut self) -> Result<i64, StoreError> {
        self.counter(|database, _| meta::global_stamp(database))
    }

    fn set_global_stamp(&mut self, stamp: i64) -> Result<(), StoreError> {
        self.write(|database, _| meta::set_global_stamp(database, stamp))
    }
}
