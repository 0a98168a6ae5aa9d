//! The speed of the virtual machine, beside Lua's.
//!
//! `xtask/programs` holds each program twice, as 4D code and as Lua; both must give the same result. The ratio says how
//! many times as long 4D code takes.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tessera_values::{DateForm, write_json};

use crate::language::{self, Code};

/// The two take turns so often, and each turn runs the program `ROUNDS` times; the fastest run counts. What else the
/// machine does then slows both down or neither.
const TURNS: usize = 4;
const ROUNDS: usize = 3;
/// What is to be reached: 4D code takes no more than twice as long.
const TARGET: f64 = 2.0;
const LUA: &str = "lua5.4";

/// Runs the programs and prints the table; false when the target is missed.
pub(crate) fn run(root: &Path, options: &[&str]) -> anyhow::Result<bool> {
    let only = match options {
        [] => None,
        ["--only", word] => Some(*word),
        _ => bail!("bench vm takes --only WORD and nothing else"),
    };
    let folder = root.join("xtask/programs");
    let lua_is_there = Command::new(LUA).arg("-v").output().is_ok();
    if !lua_is_there {
        eprintln!("{LUA} is not installed: times are shown without a ratio.");
    }
    let library = language::library(&folder)?;
    let mut table = String::from("| Program | Tessera | Lua 5.4 | Ratio |\n|---|--:|--:|--:|\n");
    let mut met = true;
    for path in
        std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?
    {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_program = path.extension().is_some_and(|extension| extension == "4dm");
        if !is_program || only.is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let title = text.lines().next().unwrap_or_default().trim_start_matches("//").trim().to_owned();
        let (mut ours, mut lua) = (Duration::MAX, None);
        for _ in 0..TURNS {
            let (result, time) = language::with_deep_stack(|| four_d(&library, &text))??;
            ours = ours.min(time);
            if lua_is_there {
                let (expected, time) = in_lua(&path.with_extension("lua"))?;
                ensure!(expected == result, "{name}: 4D code gives {result}, Lua {expected}");
                lua = Some(lua.map_or(time, |fastest: Duration| fastest.min(time)));
            }
        }
        let ratio = lua.map(|lua| ours.as_secs_f64() / lua.as_secs_f64());
        met &= ratio.is_none_or(|ratio| ratio <= TARGET);
        let shown = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1000.0);
        let _ = writeln!(
            table,
            "| {title} | {} | {} | {} |",
            shown(ours),
            lua.map_or_else(|| "-".into(), shown),
            ratio.map_or_else(|| "-".into(), |ratio| format!("{ratio:.1}"))
        );
    }
    println!("{table}");
    Ok(met)
}

/// The result and the fastest time of 4D code.
fn four_d(library: &[Code], text: &str) -> anyhow::Result<(String, Duration)> {
    let code = [library, &[Code::method("the program", text)]].concat();
    let program = Arc::new(language::program(&code));
    let mut fastest = Duration::MAX;
    let mut json = String::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let result =
            language::run(&program, "the program", &Arc::default()).context("the program is missing")?;
        fastest = fastest.min(started.elapsed());
        let value = result.map_err(|error| anyhow::anyhow!("{error}"))?;
        json.clear();
        write_json(&mut json, &value, DateForm::Day).map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    Ok((json, fastest))
}

/// The same in Lua, timed inside it.
fn in_lua(path: &Path) -> anyhow::Result<(String, Duration)> {
    let driver = "local f = assert(loadfile(arg[1])) local best, result = math.huge
        for _ = 1, tonumber(arg[2]) do
            local started = os.clock() result = f() best = math.min(best, os.clock() - started)
        end
        if result == math.floor(result) then result = math.tointeger(result) end
        print(result) print(best)";
    let file = tempfile::Builder::new().suffix(".lua").tempfile()?;
    std::fs::write(file.path(), driver)?;
    let output =
        Command::new(LUA).arg(file.path()).arg(path).arg(ROUNDS.to_string()).output().context(LUA)?;
    ensure!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let mut lines = text.lines();
    let (Some(result), Some(seconds)) = (lines.next(), lines.next()) else { bail!("{}", path.display()) };
    Ok((result.to_owned(), Duration::from_secs_f64(seconds.parse()?)))
}
