//! `postgres://user:password@host:port/database?…`, and how a connection is opened from it.

use std::time::Duration;

use tessera_values::Text;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::{self, Verify};
use crate::StoreError;

/// How long opening a connection may take.
const CONNECT_SECONDS: u64 = 10;

/// A silent peer is asked after so many seconds, and given up after as many again.
pub(super) const SILENCE_SECONDS: u64 = 30;

/// Where the data is, and what is needed to get there.
pub(super) struct Address {
    /// The address without secrets, for messages.
    pub(super) shown: Text,
    /// The schema of the tables, unless it is the user's own.
    pub(super) schema: Option<String>,
    config: Config,
    tls: MakeRustlsConnect,
    io: Io,
}

/// The threads that own the sockets.
struct Io(Option<Runtime>);

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let invalid = |message: String| StoreError::WrongAddress {
            url: crate::without_password(place),
            message: message.into(),
        };
        let (mut schema, mut root, mut verify) = (None, None, Verify::Nothing);
        let mut others = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match (&*name, &*value) {
                ("schema", _) => schema = Some(value.into_owned()),
                ("sslrootcert", _) => root = Some(value.into_owned()),
                ("sslmode", "verify-ca" | "verify-full") => {
                    verify = Verify::Certificate;
                    others.append_pair("sslmode", "require");
                }
                _ => {
                    // `Config` decodes percents, and no plus.
                    others.append_pair(&name, &value);
                }
            }
        }
        let others = others.finish().replace('+', "%20");
        let parsed: Result<Config, _> = format!("{place}?{others}").parse();
        let mut config = parsed.map_err(|error| invalid(cause(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(invalid("it names no host".into()));
        }
        if root.is_some() && config.get_ssl_mode() != SslMode::Disable {
            // A line that has to be the right one must not be an open one.
            verify = Verify::Certificate;
            config.ssl_mode(SslMode::Require);
        }
        let tls =
            if config.get_ssl_mode() == SslMode::Disable { None } else { Some((verify, root.as_deref())) };
        let tls = tls::connector(tls).map_err(invalid)?;
        config
            .application_name("tessera")
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .keepalives_idle(Duration::from_secs(SILENCE_SECONDS))
            .keepalives_interval(Duration::from_secs(SILENCE_SECONDS / 3))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(SILENCE_SECONDS));
        let shown = shown(&config);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("postgres")
            .enable_all()
            .build()
            .map_err(|error| StoreError::Engine { file: shown.clone(), error: error.into() })?;
        Ok(Self { shown, schema, config, tls, io: Io(Some(runtime)) })
    }

    /// Opens a connection; its socket is looked after until the client is dropped.
    pub(super) fn connect(&self) -> Result<Client, StoreError> {
        let (config, tls) = (self.config.clone(), self.tls.clone());
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let opening = async move {
            let opened = tokio::time::timeout(Duration::from_secs(2 * CONNECT_SECONDS), config.connect(tls));
            let client = match opened.await {
                Ok(Ok((client, connection))) => {
                    tokio::spawn(async move {
                        if let Err(error) = connection.await {
                            tracing::warn!(error = %cause(&error), "a connection to the database was lost");
                        }
                    });
                    Ok(client)
                }
                Ok(Err(error)) => Err(Some(error)),
                Err(_) => Err(None),
            };
            // Nobody listens when the thread that asked has ended.
            let _ = sender.send(client);
        };
        self.io.handle().spawn(opening);
        let unreachable =
            |message: &str| StoreError::Unreachable { database: self.shown.clone(), message: message.into() };
        match receiver.recv() {
            Ok(Ok(client)) => Ok(client),
            Ok(Err(Some(error))) => Err(StoreError::from_connecting(&self.shown, &error)),
            Ok(Err(None)) => Err(unreachable("it does not answer")),
            Err(_) => Err(unreachable("the server is stopping")),
        }
    }
}

impl Io {
    fn handle(&self) -> Handle {
        self.0.as_ref().map(Runtime::handle).cloned().expect("the runtime is there until it is dropped")
    }
}

impl Drop for Io {
    fn drop(&mut self) {
        // Waiting for a runtime is not allowed on a thread of another one; the sockets close either way.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// An address that may be shown: no password, no options.
fn shown(config: &Config) -> Text {
    let user = config.get_user().map_or_else(String::new, |user| format!("{user}@"));
    let host = config.get_hosts().iter().enumerate().map(|(index, host)| {
        let port = config.get_ports().get(index).or(config.get_ports().first()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(host) => format!("{host}:{port}"),
            Host::Unix(folder) => format!("{}:{port}", folder.display()),
        }
    });
    let hosts = host.collect::<Vec<_>>().join(",");
    let database = config.get_dbname().map_or_else(String::new, |name| format!("/{name}"));
    format!("postgres://{user}{hosts}{database}").into()
}

/// An error with what caused it.
pub(super) fn cause(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    match error.source() {
        // The database's own message without its kind in front.
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}
