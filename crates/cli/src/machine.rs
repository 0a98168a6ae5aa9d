//! The machine itself: its clock, its random source, its environment, its log.

use jiff::Timestamp;
use rand::TryRng;
use tessera_values::{Chance, Clock};
use tracing_subscriber::{EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The random source of the operating system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::SysRng.try_fill_bytes(bytes).expect("the operating system has a random source");
    }
}

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "settings are read here and passed down")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// How much memory there is for this process, as far as Linux tells: the machine's, or that of its container.
pub(crate) fn memory_bytes() -> Option<u64> {
    let machine = std::fs::read_to_string("/proc/meminfo").ok()?;
    let total = machine.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let total = total.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)?;
    let container = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let container = container.and_then(|text| text.trim().parse().ok());
    Some(container.map_or(total, |limit: u64| limit.min(total)))
}

/// The folder the command was started in.
#[expect(clippy::disallowed_methods, reason = "paths are resolved here and passed down")]
pub(crate) fn current_folder() -> Option<camino::Utf8PathBuf> {
    camino::Utf8PathBuf::from_path_buf(std::env::current_dir().ok()?).ok()
}

/// What is told while the program runs; the last of it is sent when this is dropped.
#[derive(Default)]
pub(crate) struct Telling {
    #[cfg(feature = "otel")]
    traces: Option<crate::traces::Traces>,
}

/// Logs go to standard error; `TESSERA_LOG` says how much, for instance `debug`. Traces go where `traces.rs` says.
pub(crate) fn begin_telling() -> anyhow::Result<Telling> {
    let telling = Telling {
        #[cfg(feature = "otel")]
        traces: crate::traces::Traces::begin()?,
    };
    let filter = variable("TESSERA_LOG").unwrap_or_else(|| "info".into());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    // A second subscriber would be a fault of this program; a first one can always be set.
    let log = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal)
        .with_target(false)
        .with_filter(filter);
    let registry = tracing_subscriber::registry().with(log);
    #[cfg(feature = "otel")]
    let registry = registry.with(telling.traces.as_ref().map(crate::traces::Traces::layer));
    // A second subscriber would be a fault of this program; a first one can always be set.
    let _ = registry.try_init();
    Ok(telling)
}
