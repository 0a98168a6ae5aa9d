//! The server: sockets, connections, and stopping without cutting anybody off.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tessera_orda::Application;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::connection::Connection;
use crate::patient::Patient;
use crate::service::{self, Site};
use crate::tls::{Certificate, TlsError, TlsFiles};
use crate::tolerant::Tolerant;

/// How long running requests may take to finish when the server stops.
const STOP_SECONDS: u64 = 10;
/// How often an HTTP/2 client is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);

/// How often the log is written and the certificate's files are looked at.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why the server can't start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is taken, or the address is not ours.
    #[error("{address} can't be listened on: {error}. Choose another with --listen.")]
    Listen {
        /// The address.
        address: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The same for administration.
    #[error(
        "{address} can't be listened on for administration: {error}. Choose another with --admin, or \"off\"."
    )]
    ListenAdmin {
        /// The address.
        address: String,
        /// The system's reason.
        error: std::io::Error,
    },
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A server about to run.
pub struct Server {
    sites: Arc<ArcSwap<Site>>,
    listener: TcpListener,
    certificate: Option<Arc<Certificate>>,
}

/// What a server serves, and the way to change it while it runs.
#[derive(Clone)]
pub struct Live(Arc<ArcSwap<Site>>);

impl Live {
    /// The project as it is served now.
    pub fn application(&self) -> Arc<Application> {
        Arc::clone(&self.0.load().application)
    }

    /// Serves another state of the project to every request from now on.
    pub fn replace(&self, application: Arc<Application>) {
        let site = Site::clone(&self.0.load());
        self.0.store(Arc::new(Site { application, ..site }));
    }
}

/// Where a server can be reached.
#[derive(Clone, Copy, Debug)]
pub struct Listening {
    /// Address and port; the port is the real one when 0 was asked for.
    pub address: SocketAddr,
    /// Over TLS?
    pub is_secure: bool,
}

impl std::fmt::Display for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.is_secure { "https" } else { "http" }, self.address)
    }
}

impl Server {
    /// Takes the port.
    pub async fn bind(site: Site, address: &str, tls: Option<&TlsFiles>) -> Result<Self, ServeError> {
        let certificate = tls.map(Certificate::load).transpose()?.map(Arc::new);
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| ServeError::Listen { address: address.into(), error })?;
        Ok(Self { sites: Arc::new(ArcSwap::from_pointee(site)), listener, certificate })
    }

    /// What it serves.
    pub fn live(&self) -> Live {
        Live(Arc::clone(&self.sites))
    }

    /// Where it listens.
    pub fn listening(&self) -> std::io::Result<Listening> {
        Ok(Listening { address: self.listener.local_addr()?, is_secure: self.certificate.is_some() })
    }

    /// Serves until `stop` is done; then finishes running requests, for ten seconds at most.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        // Limits and log are the same for every state of the project.
        let site = self.sites.load_full();
        let connections = Arc::new(Semaphore::new(site.limits.connections_max));
        let builder = Arc::new(builder(&site));
        let upkeep = tokio::spawn(upkeep(Arc::clone(&site), self.certificate.clone()));
        tokio::pin!(stop);
        loop {
            let permit = tokio::select! {
                permit = Arc::clone(&connections).acquire_owned() => permit,
                () = &mut stop => break,
            };
            let Ok(permit) = permit else { break };
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors: wait for connections to end instead of spinning.
                    tracing::warn!(error = %error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let _ = stream.set_nodelay(true);
            let server = stream.local_addr().unwrap_or(peer);
            let (sites, builder, watcher) =
                (Arc::clone(&self.sites), Arc::clone(&builder), graceful.watcher());
            let acceptor =
                self.certificate.as_ref().map(|certificate| TlsAcceptor::from(certificate.config()));
            tokio::spawn(async move {
                let _permit = permit;
                match acceptor {
                    None => {
                        let connection = Connection::new(peer, server, false);
                        serve(&builder, sites, stream, connection, watcher).await;
                    }
                    Some(acceptor) => {
                        let limit = sites.load().limits.header_time();
                        if let Ok(Ok(stream)) = tokio::time::timeout(limit, acceptor.accept(stream)).await {
                            let connection = Connection::new(peer, server, true);
                            serve(&builder, sites, stream, connection, watcher).await;
                        }
                    }
                }
            });
        }
        drop(self.listener);
        upkeep.abort();
        tokio::select! {
            () = graceful.shutdown() => {}
            () = tokio::time::sleep(Duration::from_secs(STOP_SECONDS)) => {
                tracing::warn!("requests still running after {STOP_SECONDS} s were cut off");
            }
        }
        if let Some(log) = &site.log {
            log.flush();
        }
    }
}

fn builder(site: &Site) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(site.limits.header_time())
        .max_buf_size(64 * 1024);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING).max_header_list_size(32 * 1024);
    builder
}

/// What is looked after while the server runs: lines of the log that wait, and the files of the certificate.
async fn upkeep(site: Arc<Site>, certificate: Option<Arc<Certificate>>) {
    let mut interval = tokio::time::interval(UPKEEP);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let (site, certificate) = (Arc::clone(&site), certificate.clone());
        let work = move || {
            if let Some(log) = &site.log {
                log.flush();
            }
            if let Some(certificate) = certificate {
                certificate.refresh();
            }
        };
        if tokio::task::spawn_blocking(work).await.is_err() {
            tracing::error!("looking after log and certificate failed");
        }
    }
}

/// Serves one connection to its end.
async fn serve<S>(
    builder: &Builder<TokioExecutor>,
    sites: Arc<ArcSwap<Site>>,
    stream: S,
    connection: Connection,
    watcher: Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = sites.load().limits;
    let stream = Tolerant::new(Patient::new(stream, limits.send_time()), limits.header_time());
    let service = service_fn(move |request| {
        let (site, connection) = (sites.load_full(), connection.clone());
        // Boxed, since the HTTP library moves what it is given more than once, and this is kilobytes.
        Box::pin(service::counted(site, request, connection))
    });
    // A client that goes away in the middle is nobody's fault.
    let _ = watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await;
}
