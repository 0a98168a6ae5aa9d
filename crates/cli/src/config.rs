//! Settings: what 4D does not know. In rising order: defaults, the project's own settings, `tessera.toml` beside the
//! `Project` folder, the environment, flags.

use anyhow::{Context as _, Result, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use tessera_model::Project;
use tessera_sessions::{Hardening, PoolSize};
use tessera_store::Durability;
use tessera_web::TlsFiles;

use self::hardening::{LoginSection, RolesSection, SessionSection};
use crate::machine::{memory_bytes, variable};

mod hardening;
mod http;

pub(crate) use http::HttpSection;

/// `tessera.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    listen: Option<String>,
    admin: Option<String>,
    licenses: Option<Licenses>,
    tls_cert: Option<Utf8PathBuf>,
    tls_key: Option<Utf8PathBuf>,
    data: DataSection,
    hardening: Option<String>,
    roles: RolesSection,
    #[serde(alias = "sessions")]
    session: SessionSection,
    login: LoginSection,
    limits: LimitsSection,
    code: CodeSection,
    http: HttpSection,
    pub(crate) demo: Demo,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Licenses {
    Number(usize),
    Word(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DataSection {
    url: Option<String>,
    durability: Option<String>,
    connections: Option<usize>,
    statement_seconds: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsSection {
    body_bytes: usize,
    guest_body_bytes: Option<usize>,
    connections: usize,
    sessions: Option<usize>,
    workers: usize,
    queue: usize,
    run_seconds: i64,
}

impl Default for LimitsSection {
    fn default() -> Self {
        let web = tessera_web::Limits::default();
        Self {
            body_bytes: web.body_bytes,
            guest_body_bytes: None,
            connections: web.connections_max,
            sessions: None,
            workers: 64,
            queue: 1024,
            run_seconds: 60,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CodeSection {
    random_seed: Option<u64>,
}

/// What an example project says of itself at start.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Demo {
    /// Who can log in.
    pub(crate) logins: Vec<String>,
    /// The page to open in a browser.
    pub(crate) page: Option<String>,
}

/// Flags that several commands share.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Flags {
    /// Where the data is: sqlite:FILE; default: a SQLite file in the project's Data folder
    #[arg(long, value_name = "URL")]
    pub(crate) data: Option<String>,
    /// Another settings file than tessera.toml beside the Project folder
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<Utf8PathBuf>,
}

/// Flags of `serve`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct ServeFlags {
    /// Address and port to listen on; port 0 takes any free one [default: 127.0.0.1:8044]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<String>,
    /// Address and port for administration: health, metrics, `tessera sessions`; or "off" [default: a free port of
    /// 127.0.0.1]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) admin: Option<String>,
    /// How many sessions may be logged in at once: a number, unlimited, or single-user (three) [default: unlimited]
    #[arg(long, value_name = "N")]
    pub(crate) licenses: Option<String>,
    /// The server's certificate chain (PEM); together with --tls-key, HTTPS is served
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<Utf8PathBuf>,
    /// The certificate's private key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<Utf8PathBuf>,
}

/// Everything decided.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: String,
    /// Where operators are served; nowhere when `None`.
    pub(crate) admin: Option<String>,
    pub(crate) licenses: PoolSize,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) data: String,
    pub(crate) store: tessera_store::Options,
    pub(crate) hardening: Hardening,
    pub(crate) survive_restart: bool,
    pub(crate) limits: tessera_web::Limits,
    pub(crate) http: HttpSection,
    pub(crate) sessions_max: usize,
    pub(crate) workers: usize,
    pub(crate) queue: usize,
    pub(crate) run_seconds: i64,
    pub(crate) random_seed: Option<u64>,
    pub(crate) demo: Demo,
}

/// Ports below this need rights that a server should not have.
const FIRST_FREE_PORT: u16 = 1024;

impl Config {
    /// Gathers the settings of a project.
    pub(crate) fn load(project: &Project, flags: &Flags, serve: &ServeFlags) -> Result<Self> {
        let file = read(&project.paths.root, flags.config.as_deref())?;
        let word = variable("TESSERA_HARDENING").or_else(|| file.hardening.clone());
        let hardening = hardening::gather(word.as_deref(), &file)?;
        let port = project.settings.http_port;
        // A project that says 80 means "the usual port"; ours is 8044.
        let own_port = if port >= FIRST_FREE_PORT { port } else { 8044 };
        let pick = |flag: &Option<String>, name: &str, file: Option<String>| {
            flag.clone().or_else(|| variable(name)).or(file)
        };
        let licenses = pick(
            &serve.licenses,
            "TESSERA_LICENSES",
            file.licenses.map(|licenses| match licenses {
                Licenses::Number(number) => number.to_string(),
                Licenses::Word(word) => word,
            }),
        );
        let path = |flag: &Option<Utf8PathBuf>, name: &str, file: Option<Utf8PathBuf>| {
            flag.clone()
                .or_else(|| variable(name).map(Utf8PathBuf::from))
                .or_else(|| file.map(|file| project.paths.root.join(file)))
        };
        let certificate = path(&serve.tls_cert, "TESSERA_TLS_CERT", file.tls_cert);
        let key = path(&serve.tls_key, "TESSERA_TLS_KEY", file.tls_key);
        let tls = match (certificate, key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            _ => bail!("tls_cert and tls_key must be given together"),
        };
        Ok(Self {
            listen: pick(&serve.listen, "TESSERA_LISTEN", file.listen)
                .unwrap_or_else(|| format!("127.0.0.1:{own_port}")),
            admin: pick(&serve.admin, "TESSERA_ADMIN", file.admin)
                .map_or_else(|| Some("127.0.0.1:0".into()), |given| (given != "off").then_some(given)),
            licenses: pool_size(licenses.as_deref())?,
            tls,
            data: pick(&flags.data, "TESSERA_DATA", file.data.url.clone())
                .unwrap_or_else(|| default_data(project)),
            store: store_options(&file.data)?,
            hardening,
            survive_restart: file.session.survive_restart,
            limits: tessera_web::Limits {
                body_bytes: file.limits.body_bytes,
                guest_body_bytes: hardening.guest_body_bytes.unwrap_or(file.limits.body_bytes),
                connections_max: file.limits.connections.max(1),
                ..tessera_web::Limits::default()
            },
            http: file.http,
            sessions_max: file.limits.sessions.map_or_else(usual_sessions, |sessions| sessions.max(1)),
            workers: file.limits.workers.max(1),
            queue: file.limits.queue.max(1),
            run_seconds: file.limits.run_seconds,
            random_seed: file.code.random_seed,
            demo: file.demo,
        })
    }
}

/// How many sessions are kept unless somebody says otherwise: a quarter of the machine's memory, at a KB each with what
/// they store (docs/performance.md).
fn usual_sessions() -> usize {
    const BYTES_EACH: u64 = 1024;
    const FEWEST: u64 = 100_000;
    const MOST: u64 = 4_000_000;
    let sessions = memory_bytes().map_or(FEWEST, |bytes| (bytes / 4 / BYTES_EACH).clamp(FEWEST, MOST));
    usize::try_from(sessions).unwrap_or(usize::MAX)
}

fn default_data(project: &Project) -> String {
    format!("sqlite:{}", project.paths.data.join(format!("{}.sqlite", project.name)))
}

fn store_options(data: &DataSection) -> Result<tessera_store::Options> {
    let usual = tessera_store::Options::default();
    let durability = match data.durability.as_deref() {
        None | Some("full") => Durability::Full,
        Some("relaxed") => Durability::Relaxed,
        Some(other) => bail!("data.durability is \"full\" or \"relaxed\", not \"{other}\""),
    };
    Ok(tessera_store::Options {
        durability,
        connections_max: data.connections.map_or(usual.connections_max, |connections| connections.max(1)),
        statement_seconds: data.statement_seconds.unwrap_or(usual.statement_seconds),
        ..usual
    })
}

fn pool_size(licenses: Option<&str>) -> Result<PoolSize> {
    Ok(match licenses {
        None | Some("unlimited") => PoolSize::Unlimited,
        Some("single-user") => PoolSize::SINGLE_USER,
        Some(number) => PoolSize::Limited(number.parse().with_context(|| {
            format!("licenses is a number, \"unlimited\" or \"single-user\", not \"{number}\"")
        })?),
    })
}

/// Reads the settings file; without `--config` it may be missing.
fn read(root: &Utf8Path, given: Option<&Utf8Path>) -> Result<File> {
    let path = given.map_or_else(|| root.join("tessera.toml"), Utf8Path::to_owned);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if given.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(File::default());
        }
        Err(error) => return Err(error).with_context(|| format!("{path} can't be read")),
    };
    toml::from_str(&text)
        .map_err(|error| anyhow!("{path} can't be understood: {}", without_passwords(&error.to_string())))
}

/// The faulty line is shown, and it may be that of the data's address.
fn without_passwords(text: &str) -> String {
    let line = |line: &str| match (line.find("://"), line.rfind('@')) {
        (Some(begin), Some(end)) if begin < end => format!("{}://…{}", &line[..begin], &line[end..]),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_faulty_line_is_not_shown() {
        let error = toml::from_str::<File>("[data]\nurl = \"postgres://me:geheim@host/db").unwrap_err();
        let shown = without_passwords(&error.to_string());
        assert!(shown.contains("postgres://…@host/db") && !shown.contains("geheim"), "{shown}");
        assert!(shown.contains("line 2"), "{shown}");
    }

    #[test]
    fn licences_are_a_number_or_a_word() {
        assert_eq!(pool_size(None).unwrap(), PoolSize::Unlimited);
        assert_eq!(pool_size(Some("single-user")).unwrap(), PoolSize::Limited(3));
        assert_eq!(pool_size(Some("7")).unwrap(), PoolSize::Limited(7));
        assert!(pool_size(Some("many")).unwrap_err().to_string().contains("\"many\""));
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = toml::from_str::<File>("[limits]\nbody_byte = 3\n").unwrap_err().to_string();
        assert!(error.contains("body_byte"), "{error}");
    }
}
