//! The log of requests, `logweb.txt` (`docs/WebServer/webServerAdmin.md`): one line per answer, at its end.
//!
//! Never in it: session ids, `$4DSID` values, passwords. It knows of a request what [`Line`] holds and nothing else.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::IpAddr;
use std::sync::Arc;

use camino::Utf8Path;
use http::{Method, StatusCode, Uri, Version};
use parking_lot::Mutex;
use tessera_values::{Clock, Text};

mod sent;

pub(crate) use sent::logged;

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Common log format.
    Clf,
    /// One JSON object per line.
    Json,
}

/// Writes lines; they reach the disk when a kilobyte has gathered, when [`AccessLog::flush`] is called, and at the
/// end.
pub struct AccessLog {
    format: LogFormat,
    clock: Arc<dyn Clock>,
    file: Mutex<BufWriter<File>>,
}

/// What is said of one answer.
pub(crate) struct Line {
    pub(crate) client: IpAddr,
    pub(crate) user: Option<Text>,
    pub(crate) method: Method,
    pub(crate) target: Uri,
    pub(crate) version: Version,
    pub(crate) status: StatusCode,
    /// Of the body, as they were sent: compressed, or only the beginning of an answer that was broken off.
    pub(crate) bytes: u64,
    /// From the request to the end of the answer.
    pub(crate) milliseconds: u128,
}

/// The name of the session's user, noted on an answer for the log.
#[derive(Clone, Debug)]
pub(crate) struct User(pub(crate) Text);

/// How much is gathered before it is written.
const BUFFER_BYTES: usize = 1024;
/// Query parameters whose values are credentials.
const SECRETS: [&str; 1] = ["$4dsid"];

impl AccessLog {
    /// Opens the log in a folder, to go on where it ended.
    pub fn open(folder: &Utf8Path, format: LogFormat, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = File::options().create(true).append(true).open(folder.join("logweb.txt"))?;
        Ok(Self { format, clock, file: Mutex::new(BufWriter::with_capacity(BUFFER_BYTES, file)) })
    }

    /// Writes what has gathered.
    pub fn flush(&self) {
        if let Err(error) = self.file.lock().flush() {
            tracing::warn!("logweb.txt can't be written: {error}");
        }
    }

    pub(crate) fn write(&self, line: &Line) {
        let text = self.text(line);
        if let Err(error) = self.file.lock().write_all(text.as_bytes()) {
            tracing::warn!("logweb.txt can't be written: {error}");
        }
    }

    fn text(&self, line: &Line) -> String {
        let now = self.clock.now();
        let (target, status) = (harmless(&line.target), line.status.as_u16());
        match self.format {
            LogFormat::Clf => {
                let user = line.user.as_ref().map(|user| one_word(user)).filter(|user| !user.is_empty());
                format!(
                    "{} - {} [{}] \"{} {target} {:?}\" {status} {}\r\n",
                    line.client,
                    user.as_deref().unwrap_or("-"),
                    now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                    line.method,
                    line.version,
                    line.bytes,
                )
            }
            LogFormat::Json => {
                let object = serde_json::json!({
                    "time": now.to_string(),
                    "client": line.client.to_string(),
                    "user": line.user.as_deref().filter(|user| !user.is_empty()),
                    "method": line.method.as_str(),
                    "target": target,
                    "status": status,
                    "bytes": line.bytes,
                    "milliseconds": u64::try_from(line.milliseconds).unwrap_or(u64::MAX),
                });
                format!("{object}\n")
            }
        }
    }
}

/// A name as one word of a line; spaces are `_` as in 4D.
fn one_word(name: &str) -> String {
    name.chars().map(|c| if c.is_whitespace() || c.is_control() || c == '"' { '_' } else { c }).collect()
}

/// Path and query without the values of credentials. A URI holds no blanks, quotes or line ends.
fn harmless(target: &Uri) -> String {
    let Some(query) = target.query() else { return target.path().to_owned() };
    let parameters: Vec<String> = query
        .split('&')
        .map(|parameter| {
            let name = parameter.split('=').next().unwrap_or_default();
            let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy().to_lowercase();
            if SECRETS.contains(&decoded.as_str()) { format!("{name}=-") } else { parameter.to_owned() }
        })
        .collect();
    format!("{}?{}", target.path(), parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use tessera_values::ManualClock;

    use super::*;

    impl Line {
        pub(super) fn example() -> Self {
            Self {
                client: IpAddr::from([127, 0, 0, 1]),
                user: Some("Ada \"L\"\n".into()),
                method: Method::GET,
                target: Uri::from_static("/rest/A?$top=1&%244DSID=SECRET"),
                version: Version::HTTP_11,
                status: StatusCode::OK,
                bytes: 0,
                milliseconds: 0,
            }
        }
    }

    fn line(format: LogFormat) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Utf8Path::from_path(folder.path()).expect("a UTF-8 name");
        let log = AccessLog::open(path, format, Arc::new(ManualClock::new(1_795_608_000))).expect("a log");
        log.write(&Line { bytes: 12, milliseconds: 3, ..Line::example() });
        let file = path.join("logweb.txt");
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), "", "it waits for more");
        log.flush();
        std::fs::read_to_string(&file).expect("a file")
    }

    #[test]
    fn the_common_form_has_no_secrets_and_one_line() {
        let expected = "127.0.0.1 - Ada__L__ [25/Nov/2026:12:00:00 +0000] \
                        \"GET /rest/A?$top=1&%244DSID=- HTTP/1.1\" 200 12\r\n";
        assert_eq!(line(LogFormat::Clf), expected);
    }

    #[test]
    fn the_json_form_is_one_object() {
        let object: serde_json::Value = serde_json::from_str(&line(LogFormat::Json)).expect("JSON");
        assert_eq!((object["status"].as_i64(), object["user"].as_str()), (Some(200), Some("Ada \"L\"\n")));
        assert!(!object["target"].as_str().expect("a text").contains("SECRET"));
    }
}
