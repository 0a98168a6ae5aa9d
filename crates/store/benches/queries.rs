//! Random queries, as many as one likes: `cargo bench -p tessera-store --bench queries -- 10000 7` asks 10,000 queries
//! from the seed 7 on each engine, and stops with seed and query at the first answer that is not that of the memory.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a difference ends it, and the rest is told")]

#[path = "../tests/contract/random.rs"]
mod random;

use std::sync::Arc;

use tessera_model::Catalog;
use tessera_store::{Options, Store};
use tessera_test_support::{ManualClock, Postgres, SequenceChance};

/// Queries for one catalog with its rows.
const QUERIES_A_ROUND: usize = 50;

fn open(url: &str, catalog: Arc<Catalog>) -> Arc<dyn Store> {
    let (clock, chance) = (Arc::new(ManualClock::new(1_000)), Arc::new(SequenceChance::new()));
    tessera_store::open(url, catalog, clock, chance, Options::default()).unwrap()
}

fn all(engine: &str, queries: usize, seed: u64, url: &dyn Fn() -> String) {
    let mut sum = random::Tally::default();
    let mut round = seed;
    while sum.asked < queries {
        let tally = random::round(round, QUERIES_A_ROUND, &|catalog| open(&url(), catalog));
        sum.asked += tally.asked;
        sum.refused += tally.refused;
        round += 1;
    }
    println!("{engine}: {} queries answered as memory does, {} refused", sum.asked, sum.refused);
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let queries = usize::try_from(numbers.next().unwrap_or(10_000)).unwrap();
    let seed = numbers.next().unwrap_or(1);
    let folder = tempfile::tempdir().unwrap();
    let file = std::cell::Cell::new(0);
    all("SQLite", queries, seed, &|| {
        file.set(file.get() + 1);
        format!("sqlite:{}", folder.path().join(format!("{}.sqlite", file.get())).display())
    });
    if let Some(postgres) = Postgres::shared() {
        all("PostgreSQL", queries, seed, &|| postgres.url());
    }
}
