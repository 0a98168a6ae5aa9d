//! The load: keep-alive connections that each send a request, read the whole answer and send the next.
//!
//! It runs on one thread beside the server it drives and does as little as possible, since it takes its processor
//! time from the same cores.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How hard and how long.
pub(super) struct Load {
    pub(super) connections: usize,
    pub(super) warm_up: Duration,
    pub(super) measured: Duration,
}

/// What one drive saw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub(super) requests_per_second: f64,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// `name=value` of the cookie the answer sets.
    pub(super) fn cookie(&self) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next().unwrap_or(value).trim())
        })
    }
}

impl Load {
    /// Drives a server and tells what it saw, with the server's processor time per request in microseconds.
    pub(super) fn drive(
        &self,
        address: SocketAddr,
        requests: &[Vec<u8>],
        cpu_seconds: impl Fn() -> anyhow::Result<f64>,
    ) -> anyhow::Result<(Measured, f64)> {
        runtime()?.block_on(async {
            let requests: Arc<[Vec<u8>]> = requests.into();
            let start = Instant::now() + self.warm_up;
            let end = start + self.measured;
            let mut connections = Vec::new();
            for number in 0..self.connections {
                // Each connection begins elsewhere in the list, so that they do not ask the same in step.
                let first = number * requests.len() / self.connections;
                connections.push(tokio::spawn(connection(address, Arc::clone(&requests), first, start, end)));
            }
            tokio::time::sleep_until(start.into()).await;
            let cpu_before = cpu_seconds()?;
            tokio::time::sleep_until(end.into()).await;
            let cpu = cpu_seconds()? - cpu_before;
            let mut times = Vec::new();
            for connection in connections {
                times.extend(connection.await.context("a connection of the load failed")??);
            }
            ensure!(!times.is_empty(), "not one request was answered in {:?}", self.measured);
            times.sort_unstable();
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            let count = times.len() as f64;
            let measured = Measured {
                requests_per_second: count / self.measured.as_secs_f64(),
                p50: at(0.50),
                p99: at(0.99),
            };
            Ok((measured, cpu * 1e6 / count))
        })
    }
}

/// One request on a connection of its own.
pub(super) fn ask(address: SocketAddr, request: &[u8]) -> anyhow::Result<Answer> {
    runtime()?.block_on(async {
        let mut stream = TcpStream::connect(address).await?;
        exchange(&mut stream, request, &mut Vec::new()).await
    })
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Sends one request after the other until `end`; the times of those answered after `start`.
async fn connection(
    address: SocketAddr,
    requests: Arc<[Vec<u8>]>,
    first: usize,
    start: Instant,
    end: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(64 * 1024);
    let mut times = Vec::new();
    for request in requests.iter().cycle().skip(first) {
        let sent = Instant::now();
        let (status, length) = round_trip(&mut stream, request, &mut buffer).await?;
        if !(200..300).contains(&status) {
            let body = String::from_utf8_lossy(&buffer[buffer.len() - length..]);
            bail!("{} was answered with {status}: {body}", first_line(request));
        }
        let now = Instant::now();
        if now >= end {
            break;
        }
        if now >= start {
            times.push(now - sent);
        }
    }
    Ok(times)
}

async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> anyhow::Result<Answer> {
    let (status, length) = round_trip(stream, request, buffer).await?;
    let body = buffer.split_off(buffer.len() - length);
    Ok(Answer { status, head: String::from_utf8_lossy(buffer).into_owned(), body })
}

/// Sends a request and fills the buffer with exactly its answer; the status and the length of the body.
async fn round_trip(
    stream: &mut TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> anyhow::Result<(u16, usize)> {
    stream.write_all(request).await?;
    buffer.clear();
    let mut head = None;
    loop {
        if head.is_none() {
            head = read_head(buffer)?;
        }
        if let Some((status, end, length)) = head
            && buffer.len() >= end + length
        {
            ensure!(buffer.len() == end + length, "{} was answered twice", first_line(request));
            return Ok((status, length));
        }
        let read = stream.read_buf(buffer).await?;
        ensure!(read > 0, "the connection was closed while {} was answered", first_line(request));
    }
}

/// Status, length of the head and length of the body, once the head is there.
fn read_head(buffer: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&buffer[..end]).context("the head of an answer is not UTF-8")?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    match (status, length) {
        (Some(status), Some(length)) => Ok(Some((status, end + 4, length))),
        _ => bail!("the load needs a status and a content-length: {head}"),
    }
}

fn first_line(request: &[u8]) -> String {
    String::from_utf8_lossy(request.split(|&byte| byte == b'\r').next().unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(read_head(answer).expect("a head"), Some((200, answer.len() - 2, 2)));
        assert_eq!(read_head(&answer[..20]).expect("no error"), None);
        assert!(read_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }

    #[test]
    fn the_cookie_is_the_pair_without_its_attributes() {
        let answer = Answer {
            status: 200,
            head: "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\n".into(),
            body: vec![],
        };
        assert_eq!(answer.cookie(), Some("a=b"));
    }
}
