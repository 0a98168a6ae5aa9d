//! The same work with `rusqlite` and statements for exactly this: the floor.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use anyhow::Context as _;
use rusqlite::{Connection, Row, ToSql, params, params_from_iter};

use super::{COMPANIES, Item, PAGE, Side, city_name};

/// Entities in a file of their own.
pub(super) struct ByHand {
    connection: Connection,
    kept: Vec<i64>,
}

type Read = (i64, i64, i64, String, String, f64, i64);

const COLUMNS: &str = "id, stamp, saved, name, city, amount, company";

fn read(row: &Row) -> rusqlite::Result<Read> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
}

impl ByHand {
    pub(super) fn open(file: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(file)?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
            CREATE TABLE item (id INTEGER PRIMARY KEY, stamp INTEGER, saved INTEGER, name TEXT, city TEXT,
                amount REAL, company INTEGER);
            CREATE INDEX item_name ON item (name);
            CREATE INDEX item_city ON item (city);
            CREATE TABLE company (id INTEGER PRIMARY KEY, stamp INTEGER, saved INTEGER, name TEXT);",
        )?;
        for number in 0..COMPANIES {
            connection.execute(
                "INSERT INTO company (stamp, saved, name) VALUES (1, 0, ?)",
                [format!("Company {number}")],
            )?;
        }
        Ok(Self { connection, kept: Vec::new() })
    }

    fn list(&self, sql: &str, parameters: &[&dyn ToSql]) -> anyhow::Result<Vec<Read>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_map(parameters, read)?.collect::<Result<_, _>>()?)
    }

    fn page_of(&self, city: usize) -> anyhow::Result<Vec<Read>> {
        let sql = format!("SELECT {COLUMNS} FROM item WHERE city = ? ORDER BY id LIMIT {PAGE}");
        self.list(&sql, &[&city_name(city)])
    }
}

impl Side for ByHand {
    fn create(&mut self, first: usize, rows: usize, count: usize) -> anyhow::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO item (stamp, saved, name, city, amount, company) VALUES (1, 0, ?, ?, ?, ?)",
            )?;
            for number in first..first + count {
                let item = Item::numbered(number, rows);
                insert.execute(params![item.name, item.city, item.amount, item.company])?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn by_key(&mut self, key: usize) -> anyhow::Result<usize> {
        let sql = format!("SELECT {COLUMNS} FROM item WHERE id = ?");
        let row = self.connection.prepare_cached(&sql)?.query_row([key as i64], read);
        row.context("an entity is missing")?;
        Ok(5)
    }

    fn city(&mut self, city: usize) -> anyhow::Result<usize> {
        let mut count = self.connection.prepare_cached("SELECT count(*) FROM item WHERE city = ?")?;
        count.query_row([city_name(city)], |row| row.get::<_, i64>(0))?;
        Ok(self.page_of(city)?.len())
    }

    fn keep(&mut self) -> anyhow::Result<usize> {
        let mut statement = self.connection.prepare("SELECT id FROM item ORDER BY name")?;
        self.kept = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(self.kept.len())
    }

    fn kept_page(&mut self, skip: usize) -> anyhow::Result<usize> {
        let page = &self.kept[skip..skip + PAGE];
        let places = vec!["?"; PAGE].join(",");
        let mut statement =
            self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM item WHERE id IN ({places})"))?;
        let found = statement.query_map(params_from_iter(page), read)?;
        let mut found: HashMap<i64, Read> =
            found.map(|row| row.map(|row| (row.0, row))).collect::<Result<_, _>>()?;
        Ok(page.iter().filter_map(|id| found.remove(id)).count())
    }

    fn expanded(&mut self, city: usize) -> anyhow::Result<usize> {
        let rows = self.page_of(city)?;
        let keys: BTreeSet<i64> = rows.iter().map(|row| row.6).collect();
        let places = vec!["?"; keys.len()].join(",");
        let sql = format!("SELECT id, stamp, saved, name FROM company WHERE id IN ({places})");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let companies = statement.query_map(params_from_iter(keys), |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, String>(3)?,
            ))
        })?;
        Ok(rows.len() + companies.collect::<Result<Vec<_>, _>>()?.len())
    }

    fn save(&mut self, key: usize) -> anyhow::Result<usize> {
        let sql = "UPDATE item SET amount = 1, stamp = stamp + 1, saved = 0 WHERE id = ?";
        Ok(self.connection.prepare_cached(sql)?.execute([key as i64])?)
    }

    fn aggregate(&mut self) -> anyhow::Result<usize> {
        let sql = "SELECT count(amount), sum(amount), avg(amount), min(amount), max(amount) FROM item";
        let count = self.connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))?;
        Ok(usize::try_from(count)?)
    }
}
