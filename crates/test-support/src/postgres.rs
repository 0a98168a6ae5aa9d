//! A PostgreSQL server of a test process's own, in a temporary folder, gone with the process however that ends.
//!
//! The server is the child of a small shell that waits on a pipe from the test process. The pipe closes with the
//! process, even when it is killed; then the shell stops the server and removes the folder.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The password of the user `tessera`, which is asked for on the loopback address and not on the socket.
pub const POSTGRES_PASSWORD: &str = "open sesame";

/// Starts, stops and ends the server as it is told. Every answer is one line.
const KEEPER: &str = r#"
bin=$1; folder=$2; options=$3
# The process that asks may be gone before its answer comes; the server has to end all the same.
trap '' PIPE
start() { "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -t 60 -w -o "$options" start >"$folder/start" 2>&1; }
postmaster() { head -n 1 "$folder/data/postmaster.pid"; }
"$bin/initdb" -D "$folder/data" -U tessera -E UTF8 --no-locale --no-sync --auth-local=trust \
    --auth-host=scram-sha-256 --pwfile="$folder/password" >"$folder/initdb" 2>&1 && start && echo ready || echo failed
while read -r order; do
    case $order in
        crash) kill -9 "$(postmaster)" $(pgrep -P "$(postmaster)"); echo ready;;
        stop) "$bin/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null 2>&1; echo ready;;
        # It can't start while a process of the killed server is left.
        start) tries=0; until start || [ "$tries" -ge 50 ]; do tries=$((tries + 1)); sleep 0.1; done; echo ready;;
    esac
done
"$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$folder"
"#;

/// A running server.
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    keeper: Mutex<Keeper>,
}

struct Keeper {
    shell: Child,
    /// `None` when the server has to end.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Postgres {
    /// The server of this test process, started with the first call, quick and forgetful; `None`, and one line that
    /// says so, where PostgreSQL isn't installed.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        SHARED.get_or_init(Self::own).as_ref()
    }

    /// A server for one test that stops it; as quick as the shared one.
    pub fn own() -> Option<Self> {
        Self::start_with("-F -c full_page_writes=off -c synchronous_commit=off")
    }

    /// A server for one test that crashes it, and that loses nothing then.
    pub fn durable() -> Option<Self> {
        Self::start_with("-c recovery_init_sync_method=syncfs")
    }

    /// A server for one test that speaks TLS, with a certificate and its key in PEM.
    pub fn with_tls(certificate: &str, key: &str) -> Option<Self> {
        let files = [("certificate", certificate), ("key", key)];
        Self::begin(&files, "-F -c ssl=on -c ssl_cert_file=../certificate -c ssl_key_file=../key")
    }

    /// The address of a place for data that nobody else uses.
    pub fn url(&self) -> String {
        static PLACES: AtomicU32 = AtomicU32::new(0);
        let place = PLACES.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://tessera@{folder}:{}/postgres?schema=place_{place}", self.port)
    }

    /// The port on the loopback address, where the user `tessera` needs the [password](POSTGRES_PASSWORD).
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server and all its processes.
    pub fn crash(&self) {
        self.order("crash");
    }

    /// Stops the server as its administrator would.
    pub fn stop(&self) {
        self.order("stop");
    }

    /// Starts it again.
    pub fn restart(&self) {
        self.order("start");
    }

    fn order(&self, order: &str) {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = keeper.orders.as_mut().expect("the pipe is open until the server is dropped");
        writeln!(orders, "{order}").expect("the shell reads orders");
        assert_eq!(keeper.answer(), "ready", "{order}: {}", log(&self.folder));
    }

    fn start_with(options: &str) -> Option<Self> {
        Self::begin(&[], options)
    }

    /// Starts a server with files of its own beside its data.
    fn begin(files: &[(&str, &str)], options: &str) -> Option<Self> {
        let Some(bin) = installed() else {
            #[expect(clippy::print_stderr, reason = "whoever runs the tests has to see it")]
            {
                eprintln!(
                    "PostgreSQL IS NOT INSTALLED: tests on it are passed over. Install postgresql (initdb)."
                );
            }
            return None;
        };
        let folder = tempfile::Builder::new().prefix("tessera-pg-").tempdir().expect("there is room").keep();
        let folder_text = folder.display().to_string();
        let files: Vec<PathBuf> = [("password", POSTGRES_PASSWORD)]
            .iter()
            .chain(files)
            .map(|(name, text)| {
                let file = folder.join(name);
                fs::write(&file, text).expect("the folder is new");
                fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("it is ours");
                file
            })
            .collect();
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port is free").port();
        let options = format!(
            "-k {folder_text} -h 127.0.0.1 -p {port} -c max_connections=300 -c shared_buffers=32MB {options}"
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEPER, "sh"]).arg(&bin).arg(&folder).arg(&options);
        // Whoever interrupts the tests must not interrupt the shell: it ends the server.
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).current_dir("/").process_group(0);
        if let Some((user, group)) = another_user() {
            for path in files.iter().chain([&folder]) {
                std::os::unix::fs::chown(path, Some(user), Some(group)).expect("root may give files away");
            }
            shell.uid(user).gid(group);
        }
        let mut shell = shell.spawn().expect("there is a shell");
        let (orders, answers) = (shell.stdin.take(), shell.stdout.take().expect("it was piped"));
        let mut keeper = Keeper { shell, orders, answers: BufReader::new(answers) };
        assert_eq!(keeper.answer(), "ready", "PostgreSQL does not start: {}", log(&folder));
        Some(Self { folder, port, keeper: Mutex::new(keeper) })
    }
}

impl Keeper {
    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the shell answers");
        line.trim_end().to_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let keeper = self.keeper.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(keeper.orders.take());
        // It has nobody left to tell how it ended.
        let _ = keeper.shell.wait();
    }
}

/// What the server and its tools said.
fn log(folder: &Path) -> String {
    ["initdb", "start", "log"].map(|file| fs::read_to_string(folder.join(file)).unwrap_or_default()).concat()
}

/// The folder of PostgreSQL's programs: the newest of Debian's, or that of the first `initdb` on the path.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort_by_key(|folder| version(folder));
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path =
        std::env::split_paths(&path).filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok());
    folders.extend(on_path.filter_map(|initdb| Some(initdb.parent()?.to_owned())));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn version(bin: &Path) -> u32 {
    let name = bin.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// PostgreSQL refuses to run as root; then it runs as its own user, or as nobody.
fn another_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() != 0) {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody"))
}
