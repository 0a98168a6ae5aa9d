//! The exchange itself, on a thread that knows nothing of 4D values.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tessera_values::{ErrorStack, Text};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, DefaultConnector};

use super::recorder::Head;

/// What an answer may weigh at most.
const ANSWER_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// `docs/API/HTTPRequestClass.md`: five redirections at most.
const REDIRECTS_MAX: u32 = 5;

/// What goes over the wire.
pub(crate) struct Sent {
    pub(crate) url: Text,
    pub(crate) method: Text,
    pub(crate) headers: Vec<(Text, Text)>,
    pub(crate) body: Vec<u8>,
    pub(crate) redirects: bool,
    pub(crate) verify_certificate: bool,
    pub(crate) timeout: Duration,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) status_text: &'static str,
    /// In the order received, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// As the other server wrote them.
    pub(crate) raw_headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back, in words for the code that asked.
pub(crate) type Outcome = Result<Answer, String>;

/// Sends on a thread of its own.
///
/// # Errors
/// The machine gives no more threads.
pub(super) fn start(sent: Sent) -> Result<Receiver<Outcome>, ErrorStack> {
    let (done, outcome) = channel();
    std::thread::Builder::new()
        .name("http-request".into())
        .spawn(move || {
            // Nobody waits any more when the process has ended.
            let _ = done.send(run(&sent).map_err(|error| error.to_string()));
        })
        .map_err(|error| ErrorStack::runtime(format!("The request can't be sent: {error}")))?;
    Ok(outcome)
}

/// Sends on the caller's thread and waits for the answer.
pub(crate) fn send_and_wait(sent: &Sent) -> Outcome {
    run(sent).map_err(|error| error.to_string())
}

fn run(sent: &Sent) -> Result<Answer, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(sent.timeout))
        .max_redirects(if sent.redirects { REDIRECTS_MAX } else { 0 })
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .tls_config(ureq::tls::TlsConfig::builder().disable_verification(!sent.verify_certificate).build())
        .build();
    let head = Head::default();
    let connector = DefaultConnector::default().chain(head.clone());
    let agent = ureq::Agent::with_parts(config, connector, DefaultResolver::default());
    let mut response = match (sent.method.as_str(), sent.body.is_empty()) {
        // These carry no body unless code insists.
        ("GET", false) => {
            with_headers(agent.get(sent.url.as_str()), sent).force_send_body().send(&sent.body)?
        }
        ("DELETE", false) => {
            with_headers(agent.delete(sent.url.as_str()), sent).force_send_body().send(&sent.body)?
        }
        (method, nothing) => {
            let mut request = ureq::http::Request::builder().method(method).uri(sent.url.as_str());
            for (name, value) in &sent.headers {
                request = request.header(name.as_str(), value.as_str());
            }
            if nothing {
                agent.run(request.body(())?)?
            } else {
                agent.run(request.body(sent.body.as_slice())?)?
            }
        }
    };
    let status = response.status();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    Ok(Answer {
        status: status.as_u16(),
        status_text: status.canonical_reason().unwrap_or_default(),
        headers,
        raw_headers: head.headers(),
        body: response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?,
    })
}

fn with_headers<B>(mut request: ureq::RequestBuilder<B>, sent: &Sent) -> ureq::RequestBuilder<B> {
    for (name, value) in &sent.headers {
        request = request.header(name.as_str(), value.as_str());
    }
    request
}
