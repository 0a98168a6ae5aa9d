//! The administration address: health, metrics, live sessions. For operators, never for visitors.
//!
//! It listens apart from the project, on the loopback interface unless told otherwise. Health and metrics are open to
//! whoever reaches it; sessions need the token that the server writes to a file only its owner can read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics_exporter_prometheus::PrometheusHandle;
use subtle::ConstantTimeEq as _;
use tessera_orda::Application;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::body::{Body, full, not_allowed, plain};
use crate::{ServeError, metrics};

mod sessions;

/// How many operators are served at once.
const CONNECTIONS_MAX: usize = 32;
/// How long an operator may take to send a request.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// How often samples are folded into their histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// The administration server, about to run.
pub struct Admin {
    application: Arc<Application>,
    listener: TcpListener,
    token: String,
    metrics: Option<PrometheusHandle>,
}

impl Admin {
    /// Takes the port, and begins to count.
    pub async fn bind(
        application: Arc<Application>,
        address: &str,
        token: String,
    ) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| ServeError::ListenAdmin { address: address.into(), error })?;
        Ok(Self { application, listener, token, metrics: metrics::install() })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves for as long as it is polled.
    pub async fn run(self) {
        let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        if let Some(metrics) = self.metrics.clone() {
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(UPKEEP).await;
                    metrics.run_upkeep();
                }
            });
        }
        let office =
            Arc::new(Office { application: self.application, token: self.token, metrics: self.metrics });
        loop {
            let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let office = Arc::clone(&office);
            tokio::spawn(async move {
                let _permit = permit;
                let service = service_fn(move |request| {
                    let office = Arc::clone(&office);
                    async move { Ok::<_, std::convert::Infallible>(office.answer(request).await) }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIME)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }
}

/// What answers operators.
struct Office {
    application: Arc<Application>,
    token: String,
    metrics: Option<PrometheusHandle>,
}

impl Office {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let is_trusted = self.is_trusted(request.headers());
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/healthz") => plain(StatusCode::OK, "alive"),
            (&Method::GET | &Method::HEAD, "/readyz") => self.readiness().await,
            (&Method::GET | &Method::HEAD, "/metrics") => match &self.metrics {
                Some(handle) => text(metrics::render(handle, &self.application)),
                None => plain(StatusCode::NOT_FOUND, "Another server of this process counts already."),
            },
            (method, path) => match path.strip_prefix("/sessions") {
                Some(_) if !is_trusted => {
                    plain(StatusCode::UNAUTHORIZED, "This needs the token of the running server.")
                }
                Some("") if method == Method::GET => sessions::list(&self.application),
                Some(id) if method == Method::DELETE && id.starts_with('/') => {
                    sessions::close(&self.application, &id[1..])
                }
                Some("") => not_allowed("GET", "Sessions are listed with GET."),
                Some(id) if id.starts_with('/') => not_allowed("DELETE", "A session is closed with DELETE."),
                _ => plain(StatusCode::NOT_FOUND, "There are /healthz, /readyz, /metrics and /sessions."),
            },
        }
    }

    fn is_trusted(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        bool::from(given.as_bytes().ct_eq(self.token.as_bytes()))
    }

    /// Ready is who is not stopping and reaches the data.
    async fn readiness(&self) -> Response<Body> {
        if self.application.stopping.load(Ordering::Relaxed) {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "stopping");
        }
        let store = Arc::clone(&self.application.store);
        match tokio::task::spawn_blocking(move || store.connect().ping()).await {
            Ok(Ok(())) => plain(StatusCode::OK, "ready"),
            Ok(Err(error)) => {
                tracing::error!(%error, "the data can't be reached");
                plain(StatusCode::SERVICE_UNAVAILABLE, "the data can't be reached")
            }
            Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "the data can't be reached"),
        }
    }
}

fn text(body: String) -> Response<Body> {
    let mut response = Response::new(full(body));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    response
}
