//! A server as a process: started, timed until it is ready, and stopped.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

/// Filling ten thousand rows on a slow disk takes its time; longer than this is a hang.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// A server that said it is ready.
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its `listening on` line.
    pub(crate) ready_after: Duration,
}

impl Running {
    /// Starts a server and waits for its `listening on http://HOST:PORT`.
    pub(crate) fn start(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let errors = File::create(log).with_context(|| log.display().to_string())?;
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .with_context(|| format!("{} can't be started", command.get_program().display()))?;
        let output = child.stdout.take().context("the output was piped")?;
        let (sender, receiver) = mpsc::channel();
        // The thread reads on to the end, so that the server never waits for its output to be read.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("listening on http://") {
                    let _ = sender.send((address.to_owned(), Instant::now()));
                }
            }
        });
        let Ok((address, ready)) = receiver.recv_timeout(READY_WITHIN) else {
            let _ = child.kill();
            let _ = child.wait();
            bail!("the server did not get ready; it said:\n{}", fs::read_to_string(log).unwrap_or_default());
        };
        let address = address.parse().with_context(|| format!("{address} is no address"))?;
        Ok(Self { child, log: log.to_owned(), address, ready_after: ready - started })
    }

    /// The number of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let status = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        ensure!(status.is_ok_and(|status| status.success()), "the server was gone before it was stopped");
        let status = self.child.wait()?;
        // The floor has no handler for the signal, and dies of it.
        let is_fine = status.success() || status.code().is_none();
        ensure!(
            is_fine,
            "the server ended with {status}: {}",
            fs::read_to_string(&self.log).unwrap_or_default()
        );
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
