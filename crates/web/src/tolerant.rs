//! Lets clients send characters in a request target that strict HTTP parsers refuse.
//!
//! Browsers, curl and 4D's own clients send `"`, `<`, `>`, `[`, `{`, `|` and blanks unencoded in `$filter` and its like
//! (rest-protocol section 1.3). The stream is read through a filter that percent-encodes them in the request line of
//! each HTTP/1 request; everything else passes untouched. It follows the framing only as far as it needs to know where
//! the next request line begins; when unsure it stops looking, and the HTTP library decides.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// The longest request line that is looked at; longer ones go through as they are and are refused later.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// How much is read at once.
const CHUNK: usize = 16 * 1024;
/// `PRI * HTTP/2.0`, and so on to its end. No HTTP/1.1 request is shorter.
const PREFACE_BYTES: usize = 24;
/// What a connection keeps between reads at most.
const IDLE_BYTES: usize = 1024;

thread_local! {
    /// Where a thread reads to: one for all its connections, since what is read is passed on at once.
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; CHUNK].into_boxed_slice());
}

/// What the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    RequestLine,
    Headers,
    Body(u64),
    ChunkSize,
    ChunkData(u64),
    Trailers,
    /// Not looked at any more: HTTP/2, an upgrade, or something unclear.
    Blind,
}

/// A stream whose incoming request lines are made acceptable.
#[derive(Debug)]
pub(crate) struct Tolerant<S> {
    inner: S,
    filter: Filter,
    ready: Vec<u8>,
    sent: usize,
    /// When the first request line must be there. The HTTP library looks after the later ones, but not as long as it
    /// does not know which version is spoken, which may take all of HTTP/2's preface.
    deadline: Option<Pin<Box<Sleep>>>,
    /// How many bytes were passed on while there was a deadline.
    passed: usize,
}

#[derive(Debug)]
struct Filter {
    part: Part,
    line: Vec<u8>,
    length: Option<u64>,
    chunked: bool,
}

impl<S> Tolerant<S> {
    pub(crate) fn new(inner: S, first_line_within: Duration) -> Self {
        let deadline = Some(Box::pin(tokio::time::sleep(first_line_within)));
        let filter = Filter { part: Part::RequestLine, line: Vec::new(), length: None, chunked: false };
        Self { inner, filter, ready: Vec::new(), sent: 0, deadline, passed: 0 }
    }
}

impl Filter {
    /// Passes bytes on, changing request lines.
    fn pass(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            match self.part {
                Part::Blind => {
                    out.extend_from_slice(bytes);
                    return;
                }
                Part::Body(left) | Part::ChunkData(left) => {
                    let take = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    out.extend_from_slice(&bytes[..take]);
                    bytes = &bytes[take..];
                    let left = left - take as u64;
                    self.part = match (self.part, left) {
                        (Part::Body(_), 0) => Part::RequestLine,
                        (Part::ChunkData(_), 0) => Part::ChunkSize,
                        (Part::Body(_), left) => Part::Body(left),
                        (_, left) => Part::ChunkData(left),
                    };
                }
                Part::RequestLine | Part::Headers | Part::ChunkSize | Part::Trailers => {
                    let end = memchr::memchr(b'\n', bytes);
                    let (piece, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
                    bytes = rest;
                    // Only the request line is held back; headers go on at once and are remembered.
                    if self.part != Part::RequestLine {
                        out.extend_from_slice(piece);
                    }
                    if end.is_some() && self.line.is_empty() {
                        self.line_complete(piece, out);
                        continue;
                    }
                    self.line.extend_from_slice(piece);
                    if end.is_some() {
                        let line = std::mem::take(&mut self.line);
                        self.line_complete(&line, out);
                    } else if self.line.len() > LINE_BYTES_MAX {
                        if self.part == Part::RequestLine {
                            out.append(&mut self.line);
                        }
                        self.part = Part::Blind;
                    }
                }
            }
        }
    }

    fn line_complete(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let content = line.trim_ascii();
        match self.part {
            Part::RequestLine => {
                if content.starts_with(b"PRI * HTTP/2") {
                    out.extend_from_slice(line);
                    self.part = Part::Blind;
                } else if content.is_empty() {
                    out.extend_from_slice(line);
                } else {
                    rewrite(line, out);
                    (self.length, self.chunked) = (None, false);
                    self.part = Part::Headers;
                }
            }
            Part::Headers if content.is_empty() => {
                self.part = match (self.chunked, self.length) {
                    (true, _) => Part::ChunkSize,
                    (false, None | Some(0)) => Part::RequestLine,
                    (false, Some(length)) => Part::Body(length),
                };
            }
            Part::Headers => self.header(content),
            Part::ChunkSize => {
                let digits = content.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
                let size =
                    std::str::from_utf8(digits).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok());
                self.part = match size {
                    // The data and the line end after it.
                    Some(size @ 1..) => Part::ChunkData(size.saturating_add(2)),
                    Some(0) => Part::Trailers,
                    None => Part::Blind,
                };
            }
            Part::Trailers => {
                if content.is_empty() {
                    self.part = Part::RequestLine;
                }
            }
            Part::Body(_) | Part::ChunkData(_) | Part::Blind => {}
        }
    }

    fn header(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            self.length = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok());
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = value.to_ascii_lowercase().ends_with(b"chunked");
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            self.part = Part::Blind;
        }
    }
}

/// `METHOD target HTTP/1.1`: everything between the first blank and the last one is the target.
fn rewrite(line: &[u8], out: &mut Vec<u8>) {
    let end = line.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
    let first = line[..end].iter().position(|byte| *byte == b' ');
    let last = line[..end].iter().rposition(|byte| *byte == b' ');
    let (Some(first), Some(last)) = (first, last) else {
        out.extend_from_slice(line);
        return;
    };
    if first == last || !line[last + 1..].starts_with(b"HTTP/") {
        out.extend_from_slice(line);
        return;
    }
    out.extend_from_slice(&line[..=first]);
    let mut target = &line[first + 1..last];
    // What stands between two odd characters goes on as a whole.
    while let Some(odd) = target.iter().position(|byte| is_odd(*byte)) {
        out.extend_from_slice(&target[..odd]);
        out.extend_from_slice(format!("%{:02X}", target[odd]).as_bytes());
        target = &target[odd + 1..];
    }
    out.extend_from_slice(target);
    out.extend_from_slice(&line[last..]);
}

/// Whether HTTP wants a character of a target encoded though clients send it as it is.
fn is_odd(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'[' | b']' | 0x80..=0xFF
    )
}

impl<S: AsyncRead + Unpin> AsyncRead for Tolerant<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.sent < this.ready.len() {
                let take = buffer.remaining().min(this.ready.len() - this.sent);
                buffer.put_slice(&this.ready[this.sent..this.sent + take]);
                this.sent += take;
                if this.sent == this.ready.len() {
                    this.ready.clear();
                    // A connection that waits for its next request holds no memory.
                    this.ready.shrink_to(IDLE_BYTES);
                    this.sent = 0;
                }
                return Poll::Ready(Ok(()));
            }
            if let Some(deadline) = &mut this.deadline
                && deadline.as_mut().poll(context).is_ready()
            {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            let (inner, filter, ready) = (&mut this.inner, &mut this.filter, &mut this.ready);
            let is_end = ready!(SCRATCH.with_borrow_mut(|scratch| {
                let mut read = ReadBuf::new(scratch);
                Pin::new(inner).poll_read(context, &mut read).map_ok(|()| {
                    filter.pass(read.filled(), ready);
                    read.filled().is_empty()
                })
            }))?;
            if this.deadline.is_some() {
                this.passed += ready.len();
                if this.passed >= PREFACE_BYTES {
                    this.deadline = None;
                }
            }
            if is_end {
                // Whatever was held back is passed on as it is.
                if filter.part == Part::RequestLine {
                    ready.append(&mut filter.line);
                }
                filter.part = Part::Blind;
                if ready.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tolerant<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        for size in [1, 3, 7, input.len().max(1)] {
            let mut filter =
                Filter { part: Part::RequestLine, line: Vec::new(), length: None, chunked: false };
            let mut out = Vec::new();
            for piece in input.as_bytes().chunks(size) {
                filter.pass(piece, &mut out);
            }
            assert_eq!(String::from_utf8_lossy(&out), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn odd_characters_in_the_target_are_encoded() {
        // R007
        check(
            "GET /rest/E?$filter=\"a > 'b c'\" HTTP/1.1\r\nHost: <x>\r\n\r\n",
            "GET /rest/E?$filter=%22a%20%3E%20'b%20c'%22 HTTP/1.1\r\nHost: <x>\r\n\r\n",
        );
        check("GET /C[1] HTTP/1.1\r\n\r\n", "GET /C%5B1%5D HTTP/1.1\r\n\r\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_says_what_it_wants_is_let_go() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        for start in ["", "P", "PRI * HTTP/2.0\r\n"] {
            let (mut client, server) = tokio::io::duplex(1024);
            client.write_all(start.as_bytes()).await.unwrap();
            let mut read = Tolerant::new(server, Duration::from_secs(10));
            let mut bytes = Vec::new();
            let error = read.read_to_end(&mut bytes).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_came_may_take_its_time() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut client, server) = tokio::io::duplex(1024);
        client.write_all(b"GET /<> HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut read = Tolerant::new(server, Duration::from_secs(10));
        let mut bytes = [0; 64];
        let count = read.read(&mut bytes).await.unwrap();
        assert!(bytes[..count].starts_with(b"GET /%3C%3E HTTP/1.1"));
        tokio::time::advance(Duration::from_mins(1)).await;
        drop(client);
        assert_eq!(read.read(&mut bytes).await.unwrap(), 0);
    }

    #[test]
    fn bodies_and_later_requests_are_told_apart() {
        check(
            "POST /a HTTP/1.1\r\nContent-Length: 6\r\n\r\n[ < ]\nGET /b<c HTTP/1.1\r\n\r\n",
            "POST /a HTTP/1.1\r\nContent-Length: 6\r\n\r\n[ < ]\nGET /b%3Cc HTTP/1.1\r\n\r\n",
        );
        check(
            "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<<<\r\n0\r\n\r\nGET /<> HTTP/1.1\r\n\r\n",
            "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<<<\r\n0\r\n\r\nGET /%3C%3E HTTP/1.1\r\n\r\n",
        );
    }

    #[test]
    fn what_is_no_http_1_passes_untouched() {
        check("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n<[]>", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n<[]>");
        check("nonsense <here>\r\n", "nonsense <here>\r\n");
    }
}
