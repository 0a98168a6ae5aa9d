//! A visitor: keeps the session cookie, and can send what a well-behaved library would refuse to.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value as Json;

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value.trim()))
    }

    /// The number of the first error.
    pub(crate) fn error(&self) -> Option<i64> {
        self.json()["__ERROR"][0]["errCode"].as_i64()
    }
}

/// One visitor.
pub(crate) struct Client {
    port: u16,
    pub(crate) cookie: Option<String>,
}

impl Client {
    pub(crate) fn new(port: u16) -> Self {
        Self { port, cookie: None }
    }

    pub(crate) fn get(&mut self, target: &str) -> Reply {
        self.send("GET", target, &[], "")
    }

    pub(crate) fn post(&mut self, target: &str, body: &str) -> Reply {
        self.send("POST", target, &[], body)
    }

    pub(crate) fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(cookie) = &self.cookie {
            request.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        let reply = self.raw(request.as_bytes());
        if let Some(cookie) = reply.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        reply
    }

    /// Sends these very bytes.
    pub(crate) fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        // A silent server fails the test instead of holding it.
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // A server that refuses a long body may close before it has read all of it; what it answered still counts.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        Reply { status, head: head.to_owned(), body: body.to_owned() }
    }
}
