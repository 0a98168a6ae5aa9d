//! Clients that nobody here wrote, and the one that `tessera client` writes, against a running server.
//!
//! `xtask/projects/staff` is served; `xtask/clients` holds a script for each. They need npm and its registry, so this
//! is not part of the tests.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::project;
use crate::running::Running;

/// What each script is given besides.
const FILES: [&str; 3] = ["package.json", "wakanda.cjs", "typescript.ts"];

/// Runs every client; false when one of them found a fault.
pub(crate) fn run(root: &Path) -> anyhow::Result<bool> {
    run_in(root, Command::new("cargo").args(["build", "--quiet", "--package", "tessera-cli"]))?;
    let folder = root.join("target/clients");
    let clients = root.join("xtask/clients");
    std::fs::create_dir_all(&folder)?;
    for file in FILES {
        std::fs::copy(clients.join(file), folder.join(file)).with_context(|| file.to_owned())?;
    }
    run_in(&folder, Command::new("npm").args(["install", "--no-audit", "--no-fund", "--silent"]))
        .context("the clients come from npm's registry; install Node.js 20 or later")?;
    let binary = root.join("target/debug/tessera");
    let staff = folder.join("staff");
    if staff.exists() {
        std::fs::remove_dir_all(&staff)?;
    }
    project::copy(&root.join("xtask/projects/staff"), &staff)?;

    let written = Command::new(&binary)
        .args(["client", "--typescript"])
        .arg(&staff)
        .stderr(Stdio::inherit())
        .output()
        .context("tessera can't be started")?;
    ensure!(written.status.success(), "tessera client failed");
    std::fs::write(folder.join("staff.ts"), written.stdout)?;
    let compiler = ["node_modules/.bin/tsc", "--strict", "--target", "es2022", "--module", "nodenext"];
    let more = ["--skipLibCheck", "--types", "node", "typescript.ts"];
    run_in(&folder, Command::new("node").args(compiler).args(more))
        .context("the written client has faults")?;

    let mut serve = Command::new(&binary);
    serve.arg("serve").arg(&staff).args(["--listen", "127.0.0.1:0", "--admin", "off"]);
    let server = Running::start(serve, &folder.join("server.log"))?;
    println!("xtask/projects/staff is served after {:.0?}", server.ready_after);
    let address = format!("http://{}", server.address);
    let mut is_sound = true;
    for script in ["wakanda.cjs", "typescript.js"] {
        println!("{script}");
        let status = Command::new("node").args([script, &address]).current_dir(&folder).status()?;
        is_sound &= status.success();
    }
    server.stop()?;
    Ok(is_sound)
}

fn run_in(folder: &Path, command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().display().to_string();
    let status = command.current_dir(folder).status().with_context(|| format!("{name} can't be started"))?;
    ensure!(status.success(), "{name} failed");
    Ok(())
}
