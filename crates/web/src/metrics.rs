//! What the server counts, in the form Prometheus reads.
//!
//! Layers below count with the `metrics` crate and know nothing of this; without an administration address nobody
//! listens and counting costs next to nothing.

use std::sync::OnceLock;
use std::time::Duration;

use http::StatusCode;
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tessera_orda::Application;
use tessera_sessions::PoolSize;

/// The bounds of the histogram of request times, in seconds.
const SECONDS: [f64; 10] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// What a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Something under `/rest`.
    Rest,
    /// Anything else.
    Web,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Web => "web",
        }
    }
}

/// Begins to count. Only the first server of a process can; `None` for a second one.
pub(crate) fn install() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("tessera_request_seconds".into()), &SECONDS)
        .ok()?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    metrics::describe_counter!("tessera_requests_total", "Requests answered, by kind and HTTP status");
    metrics::describe_histogram!("tessera_request_seconds", "Seconds from request to answer, by kind");
    metrics::describe_counter!("tessera_sql_nanoseconds_total", "Nanoseconds spent in the database");
    metrics::describe_counter!(
        "tessera_run_nanoseconds_total",
        "Nanoseconds spent running 4D code and writing answers"
    );
    metrics::describe_gauge!("tessera_sessions", "Sessions kept in memory");
    metrics::describe_gauge!("tessera_licenses_used", "Licences held by sessions");
    metrics::describe_gauge!("tessera_licenses_free", "Licences left; absent when there is no limit");
    ANSWERS.get_or_init(Answers::new);
    tessera_orda::count_run_times();
    Some(handle)
}

/// The counters of answers, looked up once for each kind and status.
struct Answers {
    seconds: [Histogram; 2],
    by_status: [[OnceLock<Counter>; STATUSES]; 2],
}

/// One place for each status from 100 to 599.
const STATUSES: usize = 500;

/// Nothing until somebody reads it.
static ANSWERS: OnceLock<Answers> = OnceLock::new();

impl Answers {
    fn new() -> Self {
        let seconds = [Kind::Rest, Kind::Web]
            .map(|kind| metrics::histogram!("tessera_request_seconds", "kind" => kind.word()));
        Self { seconds, by_status: std::array::from_fn(|_| std::array::from_fn(|_| OnceLock::new())) }
    }
}

/// Notes one answer.
pub(crate) fn answered(kind: Kind, status: StatusCode, elapsed: Duration) {
    let Some(answers) = ANSWERS.get() else { return };
    answers.seconds[kind as usize].record(elapsed.as_secs_f64());
    let place = usize::from(status.as_u16()).checked_sub(100);
    if let Some(counter) = place.and_then(|place| answers.by_status[kind as usize].get(place)) {
        let make = || {
            let status = status.as_str().to_owned();
            metrics::counter!("tessera_requests_total", "kind" => kind.word(), "status" => status)
        };
        counter.get_or_init(make).increment(1);
    }
}

/// Everything counted, and what is read off at this moment.
pub(crate) fn render(handle: &PrometheusHandle, application: &Application) -> String {
    let licenses = application.sessions.licenses();
    let used = licenses.used();
    metrics::gauge!("tessera_sessions").set(application.sessions.counts().sessions as f64);
    metrics::gauge!("tessera_licenses_used").set(used as f64);
    if let PoolSize::Limited(size) = licenses.size() {
        metrics::gauge!("tessera_licenses_free").set(size.saturating_sub(used) as f64);
    }
    handle.render()
}
