//! How long runs take, in the database and outside it, for whoever counts.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::Counter;

/// Looked up once, since every request adds to them; nothing until somebody counts.
static COUNTERS: OnceLock<Counters> = OnceLock::new();

struct Counters {
    sql: Counter,
    run: Counter,
}

/// Counts `tessera_sql_nanoseconds_total` and `tessera_run_nanoseconds_total` from now on, with the recorder that is
/// installed by then.
pub fn count_run_times() {
    COUNTERS.get_or_init(|| Counters {
        sql: metrics::counter!("tessera_sql_nanoseconds_total"),
        run: metrics::counter!("tessera_run_nanoseconds_total"),
    });
}

/// A run took this long altogether, so much of it in the database.
pub(crate) fn add(whole: Duration, sql: Duration) {
    let Some(counters) = COUNTERS.get() else { return };
    let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    counters.sql.increment(nanoseconds(sql));
    counters.run.increment(nanoseconds(whole.saturating_sub(sql)));
}
