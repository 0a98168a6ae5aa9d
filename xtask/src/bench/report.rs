//! The table at the end: medians over the rounds, and which targets were met.

use std::fmt;
use std::time::Duration;

use super::cases::Case;
use super::lines::PAGES;
use super::load::Measured;

/// Ready to serve the example, from the start of the process.
const START_MAX: Duration = Duration::from_millis(300);
/// Resident memory after the whole run.
const MEMORY_MAX_MB: f64 = 60.0;

/// How much more a page at nine tenths of an entity set may cost than its first pages.
const STEEPNESS_MAX: f64 = 1.3;

/// Both servers on one case, once.
pub(super) struct Round {
    pub(super) ours: Measured,
    /// Processor time of the server per request, in microseconds.
    pub(super) ours_cpu: f64,
    pub(super) floor: Measured,
    pub(super) floor_cpu: f64,
}

/// Everything that was measured.
pub(super) struct Report {
    connections: usize,
    cases: Vec<(Case, Vec<Round>)>,
    pub(super) starts: Vec<Duration>,
    /// Tessera's and the floor's.
    pub(super) memory_mb: (f64, f64),
    pub(super) filled_after: Duration,
}

impl Report {
    pub(super) fn new(connections: usize) -> Self {
        Self {
            connections,
            cases: Vec::new(),
            starts: Vec::new(),
            memory_mb: (0.0, 0.0),
            filled_after: Duration::ZERO,
        }
    }

    pub(super) fn add(&mut self, measured: impl IntoIterator<Item = (Case, Vec<Round>)>) {
        self.cases.extend(measured);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// How many times the processor time of a first page one at nine tenths of a set takes; `None` unless both were
    /// measured.
    fn steepness(&self) -> Option<f64> {
        let cost = |name: &str| {
            let (_, rounds) = self.cases.iter().find(|(case, _)| case.name == name)?;
            Some(median(rounds.iter().map(|round| round.ours_cpu)))
        };
        Some(cost(PAGES[2])? / cost(PAGES[0])?)
    }

    /// Were all targets met?
    pub(super) fn is_met(&self) -> bool {
        self.start() < START_MAX
            && self.memory_mb.0 < MEMORY_MAX_MB
            && self.steepness().is_none_or(|steepness| steepness <= STEEPNESS_MAX)
            && self
                .cases
                .iter()
                .all(|(case, rounds)| case.target.is_none_or(|target| ratio(rounds) >= target))
    }

    fn start(&self) -> Duration {
        Duration::from_secs_f64(median(self.starts.iter().map(Duration::as_secs_f64)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| Case | Tessera req/s | p50 | p99 | CPU/req | Floor req/s | p50 | p99 | CPU/req | Ratio | Target | Met |"
        )?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")?;
        for (case, rounds) in &self.cases {
            let of = |pick: fn(&Round) -> f64| median(rounds.iter().map(pick));
            let ratio = ratio(rounds);
            writeln!(
                f,
                "| {} | {:.0} | {} | {} | {} | {:.0} | {} | {} | {} | {ratio:.2} | {} | {} |",
                case.name,
                of(|round| round.ours.requests_per_second),
                time(of(|round| round.ours.p50.as_secs_f64())),
                time(of(|round| round.ours.p99.as_secs_f64())),
                time(of(|round| round.ours_cpu) / 1e6),
                of(|round| round.floor.requests_per_second),
                time(of(|round| round.floor.p50.as_secs_f64())),
                time(of(|round| round.floor.p99.as_secs_f64())),
                time(of(|round| round.floor_cpu) / 1e6),
                case.target.map_or_else(|| "-".to_owned(), |target| format!("≥ {target}")),
                case.target.map_or("", |target| met(ratio >= target)),
            )?;
        }
        let start = self.start();
        writeln!(f)?;
        writeln!(f, "| Measure | Tessera | Target | Met |")?;
        writeln!(f, "|---|--:|--:|---|")?;
        writeln!(
            f,
            "| start to ready, `projects/crm` with its data | {} | < {} | {} |",
            time(start.as_secs_f64()),
            time(START_MAX.as_secs_f64()),
            met(start < START_MAX)
        )?;
        writeln!(
            f,
            "| resident memory after the run (floor: {:.0} MB) | {:.0} MB | < {MEMORY_MAX_MB} MB | {} |",
            self.memory_mb.1,
            self.memory_mb.0,
            met(self.memory_mb.0 < MEMORY_MAX_MB)
        )?;
        writeln!(
            f,
            "| first start: 10,000 entities saved by 4D code | {} | - | |",
            time(self.filled_after.as_secs_f64())
        )?;
        if let Some(steepness) = self.steepness() {
            writeln!(
                f,
                "| processor time of a page at nine tenths of an entity set, first page = 1 | {steepness:.2} | \
                 ≤ {STEEPNESS_MAX} | {} |",
                met(steepness <= STEEPNESS_MAX)
            )?;
        }
        writeln!(f)?;
        let rounds = self.cases.first().map_or(0, |(_, rounds)| rounds.len());
        write!(f, "{} keep-alive connections, medians of {rounds} rounds.", self.connections)
    }
}

/// The median over the rounds of what Tessera reached of the floor.
fn ratio(rounds: &[Round]) -> f64 {
    median(rounds.iter().map(|round| round.ours.requests_per_second / round.floor.requests_per_second))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        0.0..0.001 => format!("{:.0} µs", seconds * 1e6),
        0.001..0.1 => format!("{:.1} ms", seconds * 1e3),
        0.1..1.0 => format!("{:.0} ms", seconds * 1e3),
        _ => format!("{seconds:.1} s"),
    }
}

fn met(is_met: bool) -> &'static str {
    if is_met { "yes" } else { "**no**" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0].into_iter()), 2.5);
        assert_eq!(median(std::iter::empty()), 0.0);
    }

    #[test]
    fn times_have_a_unit() {
        assert_eq!(time(0.000_25), "250 µs");
        assert_eq!(time(0.012), "12.0 ms");
        assert_eq!(time(0.25), "250 ms");
        assert_eq!(time(2.0), "2.0 s");
    }
}
