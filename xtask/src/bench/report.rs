//! The table at the end: medians over the rounds, and which targets were met.

use std::fmt;
use std::time::Duration;

use super::cases::Case;
use super::load::Measured;

/// Ready to serve the example, from the start of the process.
const START_MAX: Duration = Duration::from_millis(300);
/// Resident memory after the whole run.
const MEMORY_MAX_MB: f64 = 60.0;

/// Both servers on one case, once.
pub(super) struct Round {
    pub(super) ours: Measured,
    /// Processor time of the server per request, in microseconds.
    pub(super) ours_cpu: f64,
    pub(super) floor: Measured,
    pub(super) floor_cpu: f64,
}

/// Everything that was measured.
pub(super) struct Report<'c> {
    cases: &'c [Case],
    connections: usize,
    rounds: Vec<Vec<Round>>,
    pub(super) starts: Vec<Duration>,
    /// Tessera's and the floor's.
    pub(super) memory_mb: (f64, f64),
    pub(super) filled_after: Duration,
}

impl<'c> Report<'c> {
    pub(super) fn new(cases: &'c [Case], connections: usize) -> Self {
        Self {
            cases,
            connections,
            rounds: cases.iter().map(|_| Vec::new()).collect(),
            starts: Vec::new(),
            memory_mb: (0.0, 0.0),
            filled_after: Duration::ZERO,
        }
    }

    pub(super) fn add(&mut self, case: usize, round: Round) {
        self.rounds[case].push(round);
    }

    /// Were all targets met?
    pub(super) fn is_met(&self) -> bool {
        self.start() < START_MAX
            && self.memory_mb.0 < MEMORY_MAX_MB
            && self
                .cases
                .iter()
                .zip(&self.rounds)
                .all(|(case, rounds)| case.target.is_none_or(|target| ratio(rounds) >= target))
    }

    fn start(&self) -> Duration {
        Duration::from_secs_f64(median(self.starts.iter().map(Duration::as_secs_f64)))
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| Case | Tessera req/s | p50 | p99 | CPU/req | Floor req/s | p50 | p99 | CPU/req | Ratio | Target | Met |"
        )?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")?;
        for (case, rounds) in self.cases.iter().zip(&self.rounds) {
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
        writeln!(f)?;
        write!(f, "{} keep-alive connections, medians of {} rounds.", self.connections, self.rounds[0].len())
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
