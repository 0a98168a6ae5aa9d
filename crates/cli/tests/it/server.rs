//! The server as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use camino::Utf8Path;

use crate::client::Client;

/// The program under test.
pub(crate) fn tessera() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
    // What the machine's owner has set must not reach a test.
    for name in ["TESSERA_LISTEN", "TESSERA_DATA", "TESSERA_LICENSES", "TESSERA_LOG", "TESSERA_ADMIN"] {
        command.env_remove(name);
    }
    command
}

/// A server that has said its ready line; killed when dropped.
pub(crate) struct Server {
    child: Child,
    log: Receiver<String>,
    /// What was taken from `log` so far.
    logged: String,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(project: &Utf8Path, more: &[&str]) -> Self {
        Self::start_with(tessera(), project, more)
    }

    /// The same with a program that has its own environment.
    pub(crate) fn start_with(mut command: Command, project: &Utf8Path, more: &[&str]) -> Self {
        let mut child = command
            .args(["serve", project.as_str(), "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let error = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = channel();
        // Read all along: a full pipe would stop the server.
        std::thread::spawn(move || {
            for line in error.lines() {
                let _ = sender.send(line.unwrap());
            }
        });
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let Some((_, port)) = ready.trim().strip_prefix("listening on ").and_then(|url| url.rsplit_once(':'))
        else {
            panic!("no ready line but {ready:?}; the log: {:?}", log.iter().collect::<Vec<_>>());
        };
        Self { child, port: port.parse().unwrap(), log, logged: String::new() }
    }

    /// A new visitor, without a cookie.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Asks the server to stop; how it ended, and everything it logged.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        while let Ok(line) = self.log.recv() {
            self.note(&line);
        }
        (status, std::mem::take(&mut self.logged))
    }

    /// Waits until the log says something; that line.
    pub(crate) fn wait_for_log(&mut self, words: &str) -> String {
        while let Ok(line) = self.log.recv_timeout(Duration::from_mins(1)) {
            self.note(&line);
            if line.contains(words) {
                return line;
            }
        }
        panic!("{words:?} was not logged, but {}", self.logged);
    }

    fn note(&mut self, line: &str) {
        self.logged.push_str(line);
        self.logged.push('\n');
    }

    /// Ends the server as a power failure would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
