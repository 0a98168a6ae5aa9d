//! The speed of the data layer on SQLite, against the same work written by hand.
//!
//! A million entities lie in a store as a server has it, and in a second file that `rusqlite` alone fills and reads: the
//! floor. Both are asked for the same things in turn. `docs/performance.md` shows the figures.

mod by_hand;
mod store;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use by_hand::ByHand;
use store::Stored;

/// How many entities there are unless the command line says otherwise.
const ROWS: usize = 1_000_000;
/// Entities of one city, which is a page.
const PAGE: usize = 100;
/// Companies the entities belong to.
const COMPANIES: usize = 1_000;
/// Entities created in one transaction.
const BATCH: usize = 10_000;
/// Every case is measured so often on both; the fastest counts.
const ROUNDS: usize = 3;
/// The most memory that is good enough, in MB.
const MEMORY_MAX: u64 = 200;

/// One side of the comparison: the same work through the store, and by hand.
trait Side {
    /// Creates `count` of `rows` entities from `first` on, in one transaction.
    fn create(&mut self, first: usize, rows: usize, count: usize) -> anyhow::Result<()>;
    /// Reads an entity by its key.
    fn by_key(&mut self, key: usize) -> anyhow::Result<usize>;
    /// The entities of a city and how many there are.
    fn city(&mut self, city: usize) -> anyhow::Result<usize>;
    /// Keeps all entities in the order of their names. Answers how many there are.
    fn keep(&mut self) -> anyhow::Result<usize>;
    /// A page of the kept selection.
    fn kept_page(&mut self, skip: usize) -> anyhow::Result<usize>;
    /// The entities of a city with their companies.
    fn expanded(&mut self, city: usize) -> anyhow::Result<usize>;
    /// Changes one entity, on disk when it returns.
    fn save(&mut self, key: usize) -> anyhow::Result<usize>;
    /// Count, sum, average, smallest and largest of all amounts.
    fn aggregate(&mut self) -> anyhow::Result<usize>;
}

/// An entity's values, the same on both sides.
struct Item {
    name: String,
    city: String,
    amount: f64,
    company: i64,
}

impl Item {
    fn numbered(number: usize, rows: usize) -> Self {
        // Neither names nor cities come in order.
        let mixed = number.wrapping_mul(7_919) % rows.max(1);
        Self {
            name: format!("Item {mixed:07} Émile"),
            city: city_name(mixed % cities(rows)),
            amount: mixed as f64 / 4.0,
            company: (mixed % COMPANIES + 1) as i64,
        }
    }
}

fn cities(rows: usize) -> usize {
    (rows / PAGE).max(1)
}

fn city_name(city: usize) -> String {
    format!("City {city}")
}

/// What is measured: its name, the least ratio that is good enough, how often in a round, and the work.
struct Case {
    name: &'static str,
    target: Option<f64>,
    times: usize,
    work: fn(&mut dyn Side, usize, usize) -> anyhow::Result<usize>,
}

const CASES: &[Case] = &[
    Case {
        name: "read by key",
        target: Some(0.6),
        times: 20_000,
        work: |side, turn, rows| side.by_key(turn * 7_919 % rows + 1),
    },
    Case {
        name: "indexed query, count and page of 100",
        target: Some(0.6),
        times: 1_000,
        work: |side, turn, rows| side.city(turn * 17 % cities(rows)),
    },
    Case {
        name: "kept selection, first page of 100",
        target: Some(0.6),
        times: 1_000,
        work: |side, turn, _| side.kept_page(turn % 10 * PAGE),
    },
    Case {
        name: "kept selection, page of 100 at nine tenths",
        target: Some(0.6),
        times: 1_000,
        work: |side, turn, rows| side.kept_page(rows / 10 * 9 + turn % 10 * PAGE),
    },
    Case {
        name: "page of 100 with its companies",
        target: Some(0.6),
        times: 1_000,
        work: |side, turn, rows| side.expanded(turn * 17 % cities(rows)),
    },
    Case {
        name: "save",
        target: None,
        times: 100,
        work: |side, turn, rows| side.save(turn * 7_919 % rows + 1),
    },
    Case {
        name: "count, sum, average, min, max of all",
        target: None,
        times: 3,
        work: |side, _, _| side.aggregate(),
    },
];

/// Runs the bench; false when a target was missed.
pub(crate) fn run(options: &[&str]) -> anyhow::Result<bool> {
    let rows = match options {
        [] => ROWS,
        ["--rows", number] => number.parse().context("--rows needs a number")?,
        _ => bail!("bench data takes --rows NUMBER and nothing else"),
    };
    ensure!(
        rows >= 10 * BATCH && rows % BATCH == 0,
        "--rows must be a multiple of {BATCH}, ten of them at least"
    );
    let folder = tempfile::Builder::new().prefix("tessera-bench-data").tempdir()?;
    let mut table =
        String::from("| Case | Tessera | By hand | Ratio | Target | Met |\n|---|--:|--:|--:|--:|---|\n");
    let mut met = true;
    let mut line = |name: &str, ours: Duration, by_hand: Duration, target: Option<f64>| {
        let ratio = by_hand.as_secs_f64() / ours.as_secs_f64();
        let is_met = target.is_none_or(|target| ratio >= target);
        met &= is_met;
        let _ = writeln!(
            table,
            "| {name} | {} | {} | {ratio:.2} | {} | {} |",
            shown(ours),
            shown(by_hand),
            target.map_or_else(|| "-".into(), |target| format!("≥ {target}")),
            if target.is_none() {
                ""
            } else if is_met {
                "yes"
            } else {
                "no"
            },
        );
    };

    let mut stored = Stored::open(&folder.path().join("tessera.sqlite"))?;
    let mut by_hand = ByHand::open(&folder.path().join("by-hand.sqlite"))?;
    // The last batches of both count as the case; then the file is as large as it will be.
    let (mut ours_best, mut floor_best) = (Duration::MAX, Duration::MAX);
    for first in (0..rows).step_by(BATCH) {
        let ours = timed(|| stored.create(first, rows, BATCH))?;
        let floor = timed(|| by_hand.create(first, rows, BATCH))?;
        if first + 10 * BATCH >= rows {
            ours_best = ours_best.min(ours);
            floor_best = floor_best.min(floor);
        }
        if first % (10 * BATCH) == 0 {
            eprintln!("{first} of {rows} …");
        }
    }
    line("10,000 creates in one transaction", ours_best, floor_best, Some(0.5));
    ensure!(stored.keep()? == rows && by_hand.keep()? == rows, "not everything was created");

    for case in CASES {
        let (mut ours_best, mut floor_best) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            let (ours, found) = each(case, &mut stored, rows)?;
            let (floor, expected) = each(case, &mut by_hand, rows)?;
            ensure!(found == expected, "{}: {found} found, {expected} by hand", case.name);
            ours_best = ours_best.min(ours);
            floor_best = floor_best.min(floor);
        }
        line(case.name, ours_best, floor_best, case.target);
    }
    println!("{rows} entities on SQLite, the fastest of {ROUNDS} rounds\n\n{table}");
    if let Some(peak) = peak_memory() {
        println!(
            "Largest memory of the process, by-hand side included: {peak} MB (target: under {MEMORY_MAX} MB)"
        );
        met &= peak < MEMORY_MAX;
    }
    Ok(met)
}

/// The time of one turn of a case, and how much all turns found.
fn each(case: &Case, side: &mut dyn Side, rows: usize) -> anyhow::Result<(Duration, usize)> {
    let mut found = 0;
    let time = timed(|| {
        for turn in 0..case.times {
            found += (case.work)(side, turn, rows)?;
        }
        Ok(())
    })?;
    Ok((time / u32::try_from(case.times)?, found))
}

fn timed(work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed())
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 10_000.0 { format!("{micros:.1} µs") } else { format!("{:.0} ms", micros / 1000.0) }
}

/// The most memory the process ever had, in MB; where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
