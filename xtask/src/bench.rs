//! The speed of the server, against a bare server that does the same work without being one.
//!
//! Both run as processes of their own on the same machine and data, and are driven in turn by the same load, so that
//! the ratio between them says what Tessera costs and hardly what the machine can do. `docs/performance.md` explains
//! how to read the table.

mod cases;
mod floor;
mod lines;
mod load;
mod project;
mod report;
mod weight;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use crate::project::copy;
use crate::running::Running;
use cases::Case;
use load::{Load, Measured};
use report::{Report, Round};

pub(crate) use floor::run as floor;

/// How often a start is timed.
const STARTS: usize = 5;

/// What the command line asks for.
struct Options {
    quick: bool,
    build: bool,
    only: Option<String>,
    rounds: usize,
    connections: usize,
}

impl Options {
    fn parse(words: &[&str]) -> anyhow::Result<Self> {
        let mut options = Self { quick: false, build: true, only: None, rounds: 3, connections: 16 };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match *word {
                "--quick" => options.quick = true,
                "--no-build" => options.build = false,
                "--only" => options.only = Some((*value()?).to_owned()),
                "--rounds" => options.rounds = value()?.parse().context("--rounds needs a number")?,
                "--connections" => {
                    options.connections = value()?.parse().context("--connections needs a number")?;
                }
                other => bail!("bench does not know {other}"),
            }
        }
        ensure!(options.rounds > 0 && options.connections > 0, "a bench of nothing measures nothing");
        Ok(options)
    }

    /// Measures cases on two servers, round after round.
    fn measure(
        &self,
        cases: Vec<Case>,
        tessera: &Running,
        floor: &Running,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let measured = Duration::from_secs(if self.quick { 1 } else { 5 });
        let load = Load { connections: self.connections, warm_up: Duration::from_secs(1), measured };
        let mut rounds: Vec<Vec<Round>> = cases.iter().map(|_| Vec::new()).collect();
        for round in 0..self.rounds {
            for (case, rounds) in cases.iter().zip(&mut rounds) {
                eprintln!("Round {} of {}: {} …", round + 1, self.rounds, case.name);
                rounds.push(one_round(case, &load, tessera, floor, round % 2 == 0)?);
            }
        }
        report.add(cases.into_iter().zip(rounds));
        Ok(())
    }
}

/// Runs the bench; false when a target was missed.
pub(crate) fn run(root: &Path, words: &[&str]) -> anyhow::Result<bool> {
    let options = Options::parse(words)?;
    let binary = binary(root, options.build)?;
    let folder = tempfile::Builder::new().prefix("tessera-bench").tempdir().context("no temporary folder")?;
    let folder = folder.path();

    eprintln!("Filling 10,000 rows …");
    let items = folder.join("items");
    copy(&root.join("xtask/projects/items"), &items)?;
    let tessera = Running::start(serve(&binary, &items), &folder.join("tessera.log"))?;
    let floor = Running::start(floor::command(&folder.join("floor.sqlite"), 0)?, &folder.join("floor.log"))?;
    let cases = cases::all(tessera.address, floor.address, options.only.as_deref())?;
    let mut report = Report::new(options.connections);
    options.measure(cases, &tessera, &floor, &mut report)?;
    report.filled_after = tessera.ready_after;
    report.memory_mb = (tessera.resident_mb()?, floor.resident_mb()?);
    tessera.stop()?;
    floor.stop()?;

    if lines::are_wanted(options.only.as_deref()) {
        many_lines(root, &binary, folder, &options, &mut report)?;
    }
    ensure!(!report.is_empty(), "no case has that word in its name");
    report.starts = start_times(root, &binary, folder)?;
    println!("{report}");
    Ok(options.quick || report.is_met())
}

/// What is asked of a million entities.
fn many_lines(
    root: &Path,
    binary: &Path,
    folder: &Path,
    options: &Options,
    report: &mut Report,
) -> anyhow::Result<()> {
    let rows = if options.quick { lines::QUICK_ROWS } else { lines::ROWS };
    eprintln!("Filling {rows} rows …");
    let project = folder.join("lines");
    copy(&root.join("xtask/projects/lines"), &project)?;
    let data = format!("sqlite:{}", folder.join("lines.sqlite").display());
    lines::fill(&project, &data, rows)?;
    let mut command = serve(binary, &project);
    command.args(["--data", &data]);
    let tessera = Running::start(command, &folder.join("lines.log"))?;
    let floor = floor::command(&folder.join("floor-lines.sqlite"), rows)?;
    let floor = Running::start(floor, &folder.join("floor-lines.log"))?;
    let cases = lines::cases(tessera.address, floor.address, rows, options.only.as_deref())?;
    options.measure(cases, &tessera, &floor, report)?;
    tessera.stop()?;
    floor.stop()
}

/// Both servers on one case; who goes first changes from round to round.
fn one_round(
    case: &Case,
    load: &Load,
    tessera: &Running,
    floor: &Running,
    floor_first: bool,
) -> anyhow::Result<Round> {
    let load = Load { connections: load.connections.min(case.connections_max), ..*load };
    let drive = |server: &Running, requests: &[Vec<u8>], who: &str| -> anyhow::Result<(Measured, f64)> {
        load.drive(server.address, requests, || server.cpu_seconds())
            .with_context(|| format!("{who}, {}", case.name))
    };
    let (ours, bare);
    if floor_first {
        bare = drive(floor, &case.floor, "the floor")?;
        ours = drive(tessera, &case.tessera, "Tessera")?;
    } else {
        ours = drive(tessera, &case.tessera, "Tessera")?;
        bare = drive(floor, &case.floor, "the floor")?;
    }
    Ok(Round { ours: ours.0, ours_cpu: ours.1, floor: bare.0, floor_cpu: bare.1 })
}

/// From the start of the process to `listening on`, for the example project with its data there.
fn start_times(root: &Path, binary: &Path, folder: &Path) -> anyhow::Result<Vec<Duration>> {
    let crm = folder.join("crm");
    copy(&root.join("projects/crm"), &crm)?;
    let log = folder.join("crm.log");
    Running::start(serve(binary, &crm), &log)?.stop()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let running = Running::start(serve(binary, &crm), &log)?;
        times.push(running.ready_after);
        running.stop()?;
    }
    Ok(times)
}

fn serve(binary: &Path, project: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("serve").arg(project).args(["--listen", "127.0.0.1:0"]);
    command
}

/// The release binary, built unless told otherwise.
fn binary(root: &Path, build: bool) -> anyhow::Result<PathBuf> {
    if build {
        eprintln!("Building the release …");
        let status = Command::new("cargo")
            .args(["build", "--release", "--quiet", "--package", "tessera-cli"])
            .current_dir(root)
            .status()
            .context("cargo could not be started")?;
        ensure!(status.success(), "the release does not build");
    }
    let metadata = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root)
        .output()
        .context("cargo could not be started")?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).context("cargo metadata")?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
    let binary = Path::new(target).join("release/tessera");
    ensure!(binary.is_file(), "there is no {}: run without --no-build", binary.display());
    Ok(binary)
}
