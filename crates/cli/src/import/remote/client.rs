//! A client of a REST server: its address, its session, its errors.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use tessera_rest::name;
use ureq::http::{Response, StatusCode, header};

use crate::machine::variable;

/// How long the server may take for one answer.
const ANSWER_TIME: Duration = Duration::from_mins(2);
/// The largest answer that is read: a page, or one picture.
const ANSWER_BYTES: u64 = 256 << 20;
/// How often a request that reached nobody is sent again, with a longer wait each time.
const TRIES: u32 = 4;
/// What stays as it is in a part of an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'$');

/// A part of an address.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// What is sent.
enum Request<'r> {
    Get,
    Post { headers: &'r [(&'r str, &'r str)], body: &'r str },
}

pub(super) struct Client {
    agent: ureq::Agent,
    /// Scheme, host and port.
    origin: String,
    /// The path of the REST server, without a slash at its end.
    base: String,
    cookies: BTreeMap<String, String>,
}

impl Client {
    /// For `https://host/rest`; without a path, `/rest` is meant.
    pub(super) fn new(address: &str, insecure: bool) -> Result<Self> {
        let (scheme, rest) = address.split_once("://").unwrap_or_default();
        if !matches!(scheme, "http" | "https") {
            bail!("{address} is no http or https address");
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = path.trim_end_matches('/');
        let base = if path.is_empty() { "/rest".to_owned() } else { format!("/{path}") };
        let tls = ureq::tls::TlsConfig::builder().disable_verification(insecure).build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(ANSWER_TIME))
            .tls_config(tls);
        Ok(Self {
            agent: ureq::Agent::new_with_config(config.build()),
            origin: format!("{scheme}://{host}"),
            base,
            cookies: BTreeMap::new(),
        })
    }

    /// Logs in, when somebody is named.
    pub(super) fn log_in(&mut self, user: Option<&str>, authentify: Option<&str>) -> Result<()> {
        let password = variable("TESSERA_IMPORT_PASSWORD").unwrap_or_default();
        let base = self.base.clone();
        let answer = if let Some(user) = user {
            let headers =
                [("username-4D", user), ("password-4D", password.as_str()), ("session-4D-length", "60")];
            let target = format!("{base}/$directory/login");
            self.send(&target, &Request::Post { headers: &headers, body: "" })?
        } else if let Some(parameters) = authentify {
            let mut parameters: Json = serde_json::from_str(parameters).context("--authentify is no JSON")?;
            put_password(&mut parameters, &password);
            if !parameters.is_array() {
                parameters = Json::Array(vec![parameters]);
            }
            let target = format!("{base}/$catalog/authentify");
            self.send(&target, &Request::Post { headers: &[], body: &parameters.to_string() })?
        } else {
            return Ok(());
        };
        let answer = read_json(answer).context("the login failed")?;
        if answer.get("result") == Some(&Json::Bool(false)) {
            bail!("the login was refused");
        }
        Ok(())
    }

    /// Gives the licence back. Who never logged in has none.
    pub(super) fn log_out(&mut self) {
        let target = format!("{}/$directory/logout", self.base);
        let _ = self.send(&target, &Request::Post { headers: &[], body: "" });
    }

    /// What the server answers to a path below its REST address.
    pub(super) fn json(&mut self, path: &str) -> Result<Json> {
        let target = format!("{}{path}", self.base);
        let answer = self.send(&target, &Request::Get)?;
        read_json(answer).with_context(|| format!("the server refused {target}"))
    }

    /// The bytes at an address that an answer named.
    pub(super) fn bytes(&mut self, uri: &str) -> Result<Vec<u8>> {
        // Never elsewhere: it would get this session's cookies.
        if !uri.starts_with('/') {
            bail!("the server refers to {uri}, which is not a path of its own");
        }
        let answer = self.send(uri, &Request::Get)?;
        let status = answer.status();
        let (_, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(ANSWER_BYTES).read_to_vec().context("an answer broke off")?;
        match status {
            StatusCode::OK => Ok(bytes),
            StatusCode::NO_CONTENT => Ok(Vec::new()),
            _ => Err(refusal(status, &bytes)).with_context(|| format!("the server refused {uri}")),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a command may wait for a server; nobody waits for the command"
    )]
    fn send(&mut self, target: &str, request: &Request<'_>) -> Result<Response<ureq::Body>> {
        let url = format!("{}{target}", self.origin);
        let mut tries = 1;
        let answer = loop {
            match self.try_once(&url, request) {
                Ok(answer) => break answer,
                Err(
                    error @ (ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed),
                ) if tries < TRIES => {
                    tracing::debug!(%error, tries, "asking again");
                    std::thread::sleep(Duration::from_secs(1 << tries));
                    tries += 1;
                }
                Err(error) => {
                    let went_on = "what came so far is kept, and the same command goes on";
                    return Err(error)
                        .with_context(|| format!("{} does not answer ({went_on})", self.origin));
                }
            }
        };
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        Ok(answer)
    }

    fn try_once(&self, url: &str, request: &Request<'_>) -> Result<Response<ureq::Body>, ureq::Error> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        match request {
            Request::Get => self.agent.get(url).header(header::COOKIE, cookies).call(),
            Request::Post { headers, body } => {
                let mut sending = self.agent.post(url).header(header::COOKIE, cookies);
                for (name, value) in *headers {
                    sending = sending.header(*name, *value);
                }
                sending.header(header::CONTENT_TYPE, "application/json").send(*body)
            }
        }
    }
}

/// Puts the password where the parameters of `authentify` want it.
fn put_password(parameters: &mut Json, password: &str) {
    match parameters {
        Json::String(text) if text == "$PASSWORD" => password.clone_into(text),
        Json::Array(list) => list.iter_mut().for_each(|one| put_password(one, password)),
        Json::Object(object) => object.values_mut().for_each(|one| put_password(one, password)),
        _ => {}
    }
}

fn read_json(answer: Response<ureq::Body>) -> Result<Json> {
    let status = answer.status();
    let (_, mut body) = answer.into_parts();
    let bytes = body.with_config().limit(ANSWER_BYTES).read_to_vec().context("an answer broke off")?;
    if !status.is_success() {
        return Err(refusal(status, &bytes));
    }
    serde_json::from_slice(&bytes).context("the answer is no JSON; is this the address of a REST server?")
}

/// What the server says in `__ERROR`, or its status.
fn refusal(status: StatusCode, body: &[u8]) -> anyhow::Error {
    let body: Json = serde_json::from_slice(body).unwrap_or_default();
    let said: Vec<&str> = body
        .get(name::ERROR)
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|error| error.get("message").and_then(Json::as_str))
        .collect();
    if said.is_empty() { anyhow!("HTTP status {status}") } else { anyhow!("{} ({status})", said.join("; ")) }
}
