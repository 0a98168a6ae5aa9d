//! What a server takes of the machine.

use std::fs;

use anyhow::Context as _;

use crate::running::Running;

/// Ticks of the times in `/proc/PID/stat`, on every Linux there is.
const TICKS_PER_SECOND: f64 = 100.0;

impl Running {
    /// Resident memory now.
    pub(super) fn resident_mb(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")?;
        Ok(kilobytes / 1024.0)
    }

    /// Processor time used so far, by all its threads.
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid()))?;
        // The name in brackets may hold blanks; the numbers follow it. User and system time are fields 14 and 15.
        let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
        let ticks =
            fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>()?;
        Ok(ticks / TICKS_PER_SECOND)
    }
}
