//! The speed of `tessera check`, and that reading nonsense takes time in proportion to its length.
//!
//! The project is the repository's own 4D code, again and again: what is measured is one process from its start to its
//! exit, with every finding printed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tessera_vm::SourceKind;

use crate::language::{self, Code};

/// How much code is checked.
const LINES: usize = 400_000;
/// The fastest of these runs counts.
const ROUNDS: usize = 3;
/// What is to be reached.
const LINES_PER_SECOND: f64 = 200_000.0;
/// How long each piece of nonsense is, and how long reading it may take.
const NONSENSE_BYTES: usize = 1 << 20;
const NONSENSE_MAX: Duration = Duration::from_secs(1);

/// What is repeated: openings that are never closed, words that might be names, ends without a beginning.
const NONSENSE: [&str; 40] = [
    "alpha beta gamma ",
    "new new object ",
    "(",
    "[",
    "{",
    "{a:",
    "If (True)\n",
    "\"",
    "/*",
    "$a:=",
    "$a.b",
    ".a",
    "-",
    "->",
    "Case of\n:(\n",
    "\\\n",
    "Formula(",
    "Try(",
    "$a[[",
    "x{",
    "a ? b : ",
    "!",
    "<>",
    "[Employee]a ",
    "Function f\n",
    "Begin SQL\n",
    "var a;",
    "For each (",
    "Use (\n",
    "ds.x.y(",
    "1+",
    "\u{e9}",
    "`",
    "\r",
    "#DECLARE(",
    "Else\n",
    "End if\n",
    "Catch\n",
    ";",
    "try(try(",
];

/// Measures both; false when a target is missed.
pub(crate) fn run(root: &Path, options: &[&str]) -> anyhow::Result<bool> {
    ensure!(options.is_empty(), "bench check takes no options");
    let binary = binary(root)?;
    let folder = tempfile::Builder::new().prefix("tessera-bench").tempdir().context("no temporary folder")?;
    let (files, lines, bytes) = project(root, folder.path())?;
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        best = best.min(checked(&binary, folder.path())?);
    }
    let per_second = lines as f64 / best.as_secs_f64();
    println!("| Measure | Figure | Target | Met |\n|---|--:|--:|---|");
    println!(
        "| `tessera check`, {files} files, {lines} lines, {:.1} MB: {:.2} s | {per_second:.0} lines/s | ≥ \
         {LINES_PER_SECOND} lines/s | {} |",
        bytes as f64 / 1e6,
        best.as_secs_f64(),
        word(per_second >= LINES_PER_SECOND)
    );
    let (slowest, took) = language::with_deep_stack(slowest_nonsense)?;
    println!(
        "| a megabyte of nonsense read, the slowest of {} kinds: `{}` | {:.2} s | < {} s | {} |",
        NONSENSE.len(),
        slowest.escape_debug(),
        took.as_secs_f64(),
        NONSENSE_MAX.as_secs(),
        word(took < NONSENSE_MAX)
    );
    Ok(per_second >= LINES_PER_SECOND && took < NONSENSE_MAX)
}

fn word(met: bool) -> &'static str {
    if met { "yes" } else { "no" }
}

/// The release, which lies beside this program.
fn binary(root: &Path) -> anyhow::Result<std::path::PathBuf> {
    eprintln!("Building the release …");
    let status = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--package", "tessera-cli"])
        .current_dir(root)
        .status()
        .context("cargo could not be started")?;
    ensure!(status.success(), "the release does not build");
    let binary = std::env::current_exe()?.with_file_name("tessera");
    ensure!(binary.is_file(), "there is no {}", binary.display());
    Ok(binary)
}

/// Writes a project of so many lines; how many files, lines and bytes it has.
fn project(root: &Path, folder: &Path) -> anyhow::Result<(usize, usize, usize)> {
    let mut methods = Vec::new();
    for source in ["crates/vm/testdata/run", "crates/orda/testdata/run", "xtask/programs", "projects"] {
        for path in language::files(&root.join(source))? {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            // Classes need a name of their own and are left out.
            if !text.contains("Function ") {
                methods.push(text);
            }
        }
    }
    let target = folder.join("Project/Sources/Methods");
    std::fs::create_dir_all(&target)?;
    std::fs::write(folder.join("Project/bench.4DProject"), "{}")?;
    let catalog = root.join("crates/orda/testdata/catalog.4DCatalog");
    std::fs::copy(catalog, folder.join("Project/Sources/catalog.4DCatalog"))?;
    let (mut files, mut lines, mut bytes) = (0, 0, 0);
    while lines < LINES {
        let text = &methods[files % methods.len()];
        std::fs::write(target.join(format!("m{files}.4dm")), text)?;
        (files, lines, bytes) = (files + 1, lines + text.lines().count(), bytes + text.len());
    }
    Ok((files, lines, bytes))
}

fn checked(binary: &Path, folder: &Path) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let status = Command::new(binary)
        .arg("check")
        .arg(folder)
        .args(["--format", "json"])
        .stdout(Stdio::null())
        .status()?;
    let took = started.elapsed();
    match status.code() {
        Some(0 | 1) => Ok(took),
        other => bail!("tessera check ended with {other:?}"),
    }
}

/// Which piece of nonsense takes the longest to read, as a method or as a class.
fn slowest_nonsense() -> (&'static str, Duration) {
    let mut slowest = ("", Duration::ZERO);
    let vocabulary = language::vocabulary(&[Code::method("my method", "")]);
    for piece in NONSENSE {
        let text = piece.repeat(NONSENSE_BYTES / piece.len());
        for kind in [SourceKind::Method, SourceKind::Class] {
            let code = Code { kind, name: "nonsense".to_owned(), text: text.clone() };
            let started = Instant::now();
            drop(language::parsed(&code, &vocabulary));
            let took = started.elapsed();
            if took > slowest.1 {
                slowest = (piece, took);
            }
        }
    }
    slowest
}
