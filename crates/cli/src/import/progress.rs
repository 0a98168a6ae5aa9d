//! How far an import is.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on a terminal, and a closing line everywhere.
pub(crate) struct Progress {
    bar: ProgressBar,
    name: String,
    began: Instant,
}

impl Progress {
    /// For so many steps: bytes of a file, or entities.
    pub(crate) fn new(name: &str, steps: u64) -> Self {
        let bar = ProgressBar::new(steps);
        // A bar with a fixed template can always be made.
        if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {percent} % {msg} {eta} left") {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, name: name.to_owned(), began: Instant::now() }
    }

    /// Where it is, and what to show beside the bar.
    pub(crate) fn at(&self, step: u64, rows: u64) {
        self.bar.set_position(step);
        self.bar.set_message(format!("{rows} rows,"));
    }

    /// A line above the bar.
    pub(crate) fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Ends with what was done.
    pub(crate) fn end(self, what: &str) {
        self.bar.finish_and_clear();
        eprintln!("{}: {what} in {:.1?}", self.name, self.began.elapsed());
    }
}
