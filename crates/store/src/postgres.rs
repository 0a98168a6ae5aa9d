//! The PostgreSQL engine: a pool of connections, for any number of servers on one database.
//!
//! Reads borrow a connection for one statement. A single save is a transaction of its own, beside those of others;
//! PostgreSQL flushes them to disk together. An explicit transaction keeps its connection until it ends, and other
//! writers wait for it, in this server and in every other one (see `meta::Lock`).
//!
//! Text is compared by key columns (`schema::TextKeys`), conditions that only Rust code can decide are decided before
//! the statement runs (`sql::Search`).
//!
//! Everything blocks, on threads of any kind: see `wait`.

use std::sync::Arc;

use tessera_model::query::{Filter, Order, Path};
use tessera_model::{AttributeId, Catalog, DataclassId, Integrity, RecordId};
use tessera_values::{Chance, Clock, Scalar, Text};

use crate::base::Base;
use crate::drop::drop_records;
use crate::save::save;
use crate::schema::Schema;
use crate::sql::{Dialect as _, Postgres};
use crate::{
    Aggregates, Columns, Connection, DropError, DropRecords, Options, Page, Part, Piece, Row, Save,
    SaveError, Saved, Select, Store, StoreError, UsedIndex,
};
use address::Address;
use database::Done;
use meta::Lock;
use pool::{Loan, Pool};
use read::Reading;
use write::Writing;

mod address;
mod content;
mod database;
mod fault;
mod meta;
mod migrate;
mod pool;
mod read;
mod row;
#[cfg(test)]
mod tests;
mod tls;
mod value;
mod wait;
mod write;

/// How often a save is tried that fails only because of what others do at the same time.
const ATTEMPTS_MAX: usize = 5;

/// What every connection of a store shares.
struct Shared {
    pool: Arc<Pool>,
    base: Base,
    unique_id: Text,
}

struct PostgresStore(Arc<Shared>);

/// Opens a database, creating or migrating its tables to fit the catalog.
pub(crate) fn open(
    url: &str,
    catalog: &Catalog,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    options: Options,
) -> Result<Arc<dyn Store>, StoreError> {
    let pool = Arc::new(Pool::new(Address::parse(url)?, options));
    let schema = Schema::new(catalog, Postgres.naming());
    let unique_id = migrate::open(&pool, pool.take()?.database(), &schema, chance.as_ref())?;
    let base = Base::new(schema, &Postgres, clock, chance);
    Ok(Arc::new(PostgresStore(Arc::new(Shared { pool, base, unique_id }))))
}

impl Store for PostgresStore {
    fn connect(&self) -> Box<dyn Connection> {
        Box::new(PostgresConnection { shared: Arc::clone(&self.0), transaction: None })
    }

    fn unique_id(&self) -> Text {
        self.0.unique_id.clone()
    }

    fn is_remote(&self) -> bool {
        true
    }
}

struct PostgresConnection {
    shared: Arc<Shared>,
    transaction: Option<Transaction>,
}

/// The connection while a transaction is open. Dropped, it takes back what was not committed.
struct Transaction {
    loan: Loan,
    level: u32,
    /// Is the savepoint of the last piece of work still there? It goes with the next one's coming, which saves a
    /// journey to the server and back.
    guarded: bool,
    /// Has PostgreSQL given the transaction up after an error?
    lost: bool,
}

impl PostgresConnection {
    /// Reads on the transaction's connection, or on a borrowed one.
    fn read<T>(&mut self, work: impl FnOnce(&Reading<'_>) -> Done<T>) -> Result<T, StoreError> {
        let Shared { pool, base, .. } = &*self.shared;
        let Some(transaction) = &mut self.transaction else {
            let loan = pool.take()?;
            let database = loan.database();
            return work(&Reading { base, database }).map_err(|error| pool.fault(&error));
        };
        if transaction.lost {
            return Err(StoreError::TransactionLost);
        }
        let result = work(&Reading { base, database: transaction.loan.database() });
        result.map_err(|error| {
            transaction.lost = true;
            pool.fault(&error)
        })
    }

    /// Writes: in a savepoint of the open transaction, or in a transaction of its own. `store` makes the work's error
    /// from one of the store.
    fn write<T, E>(
        &mut self,
        lock: Lock,
        store: fn(StoreError) -> E,
        work: impl Fn(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let Shared { pool, base, .. } = &*self.shared;
        if let Some(transaction) = &mut self.transaction {
            return transaction.guarded(pool, base, store, work);
        }
        let mut attempts = 0;
        loop {
            attempts += 1;
            let loan = pool.take().map_err(store)?;
            let database = loan.database();
            let writing = Writing::new(base, database, pool);
            let done = writing.run(database.begin(&meta::begin(lock))).map_err(store).and_then(|()| {
                let answer = work(&writing)?;
                writing.run(database.end("COMMIT")).map_err(store)?;
                Ok(answer)
            });
            // Whoever met a conflict was promised nothing yet.
            if done.is_ok() || !writing.met_a_conflict() || attempts == ATTEMPTS_MAX {
                return done;
            }
        }
    }

    /// Answers the level that is innermost from now on.
    fn leave_level(&mut self) -> Result<u32, StoreError> {
        let transaction = self.transaction.as_mut().ok_or(StoreError::NoTransaction)?;
        transaction.level -= 1;
        Ok(transaction.level)
    }

    /// Ends a level with a statement, and the transaction with the outermost level.
    fn end_level(&mut self, level: u32, sql: &str) -> Result<(), StoreError> {
        let pool = Arc::clone(&self.shared.pool);
        let Some(transaction) = &mut self.transaction else { return Err(StoreError::NoTransaction) };
        let database = transaction.loan.database();
        let result = match () {
            () if transaction.lost => Err(StoreError::TransactionLost),
            () if level == 0 => database.end(sql).map_err(|error| pool.fault(&error)),
            () => database.batch(sql).map_err(|error| pool.fault(&error)),
        };
        transaction.lost |= result.is_err();
        // The savepoints inside a level go with it.
        transaction.guarded = false;
        if level == 0 {
            self.transaction = None;
        }
        result
    }
}

impl Transaction {
    /// Runs a piece of work in a savepoint and takes it back unless it succeeded.
    fn guarded<T, E>(
        &mut self,
        pool: &Pool,
        base: &Base,
        store: fn(StoreError) -> E,
        work: impl Fn(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.lost {
            return Err(store(StoreError::TransactionLost));
        }
        let database = self.loan.database();
        let run = |sql: &str| database.batch(sql).map_err(|error| store(pool.fault(&error)));
        let guarded = run(&self.savepoint("work")).and_then(|()| {
            let answer = work(&Writing::new(base, database, pool));
            if answer.is_err() {
                run("ROLLBACK TO work")?;
            }
            Ok(answer)
        });
        self.guarded = true;
        guarded.unwrap_or_else(|error| {
            self.lost = true;
            Err(error)
        })
    }

    /// Makes a savepoint in the place of that of the last piece of work.
    fn savepoint(&self, name: &str) -> String {
        let last = if self.guarded { "RELEASE work; " } else { "" };
        format!("{last}SAVEPOINT {name}")
    }
}

impl Connection for PostgresConnection {
    fn ping(&mut self) -> Result<(), StoreError> {
        self.read(|reading| reading.database.batch("SELECT 1"))
    }

    fn by_key(
        &mut self,
        dataclass: DataclassId,
        key: &Scalar,
        columns: &Columns,
    ) -> Result<Option<Row>, StoreError> {
        self.read(|reading| reading.by_key(dataclass, key, columns))
    }

    fn page(&mut self, select: &Select) -> Result<Page, StoreError> {
        self.read(|reading| reading.page(select))
    }

    fn records(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        order: &[Order],
    ) -> Result<Vec<RecordId>, StoreError> {
        self.read(|reading| reading.records(dataclass, filter, order))
    }

    fn indexes(&mut self, dataclass: DataclassId, filter: &Filter) -> Result<Vec<UsedIndex>, StoreError> {
        self.read(|reading| reading.indexes(dataclass, filter))
    }

    fn rows(
        &mut self,
        dataclass: DataclassId,
        records: &[RecordId],
        columns: &Columns,
    ) -> Result<Vec<Option<Row>>, StoreError> {
        self.read(|reading| reading.rows(dataclass, records, columns))
    }

    fn by_values(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        values: &[Scalar],
        columns: &Columns,
    ) -> Result<Vec<Row>, StoreError> {
        self.read(|reading| reading.by_values(dataclass, attribute, values, columns))
    }

    fn part(&mut self, part: &Part) -> Result<Option<Piece>, StoreError> {
        self.read(|reading| reading.part(part))
    }

    fn count(&mut self, dataclass: DataclassId, filter: &Filter) -> Result<u64, StoreError> {
        self.read(|reading| reading.count(dataclass, filter))
    }

    fn aggregate(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
    ) -> Result<Aggregates, StoreError> {
        self.read(|reading| reading.aggregate(dataclass, filter, path))
    }

    fn distinct(
        &mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
    ) -> Result<Vec<Scalar>, StoreError> {
        self.read(|reading| reading.distinct(dataclass, filter, path))
    }

    fn save(&mut self, request: Save) -> Result<Saved, SaveError> {
        let shared = Arc::clone(&self.shared);
        let table = shared.base.schema.table(request.dataclass);
        let numbers_itself =
            |attribute: AttributeId| table.column(attribute).is_some_and(|column| column.field.autosequence);
        // A number that is given moves the sequence, which nobody may use meanwhile.
        let lock = match request.record {
            None if request
                .values
                .iter()
                .any(|(attribute, value)| !value.is_null() && numbers_itself(*attribute)) =>
            {
                Lock::Alone
            }
            _ => Lock::Shared,
        };
        self.write(lock, SaveError::Store, |writing| save(&shared.base, writing, &request))
    }

    fn drop_records(&mut self, drop: DropRecords) -> Result<u64, DropError> {
        let shared = Arc::clone(&self.shared);
        // What refers to an entity must not change between the question and the drop.
        let table = shared.base.schema.table(drop.dataclass);
        let follows = table.referring.iter().any(|relation| relation.integrity != Integrity::None);
        let lock = if follows || table.tracked { Lock::Alone } else { Lock::Shared };
        self.write(lock, DropError::Store, |writing| drop_records(&shared.base, writing, &drop))
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        let pool = &self.shared.pool;
        if let Some(transaction) = &mut self.transaction {
            if transaction.lost {
                return Err(StoreError::TransactionLost);
            }
            let savepoint = transaction.savepoint(&format!("level{}", transaction.level));
            transaction.guarded = false;
            if let Err(error) = transaction.loan.database().batch(&savepoint) {
                transaction.lost = true;
                return Err(pool.fault(&error));
            }
            transaction.level += 1;
            return Ok(());
        }
        let loan = pool.take()?;
        loan.database().begin(&meta::begin(Lock::Alone)).map_err(|error| pool.fault(&error))?;
        self.transaction = Some(Transaction { loan, level: 1, guarded: false, lost: false });
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        match self.leave_level()? {
            0 => self.end_level(0, "COMMIT"),
            level => self.end_level(level, &format!("RELEASE level{level}")),
        }
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        let result = match self.leave_level()? {
            0 => self.end_level(0, "ROLLBACK"),
            level => self.end_level(level, &format!("ROLLBACK TO level{level}; RELEASE level{level}")),
        };
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
        self.read(|reading| reading.last_number(dataclass))
    }

    fn set_sequence(&mut self, dataclass: DataclassId, last: i64) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let table = shared.base.schema.table(dataclass);
        self.write(Lock::Alone, |error| error, |writing| writing.set_last_number(table, last))
    }

    fn global_stamp(&mut self) -> Result<i64, StoreError> {
        self.read(read::global_stamp)
    }

    fn set_global_stamp(&mut self, stamp: i64) -> Result<(), StoreError> {
        self.write(Lock::Alone, |error| error, |writing| writing.set_global_stamp(stamp))
    }
}
