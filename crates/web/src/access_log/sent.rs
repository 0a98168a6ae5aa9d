//! A body that counts what is sent of it and has the log tell when it is over: sent, broken off, or not wanted.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};

use super::{AccessLog, Line};
use crate::body::Body;

/// The answer, whose line is written at its end. `line` lacks what is known only then.
pub(crate) fn logged(
    response: Response<Body>,
    log: Arc<AccessLog>,
    line: Line,
    began: Instant,
) -> Response<Body> {
    response.map(|body| Sent { body, log, line, began }.boxed_unsync())
}

struct Sent {
    body: Body,
    log: Arc<AccessLog>,
    line: Line,
    began: Instant,
}

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(bytes) = frame.data_ref()
        {
            self.line.bytes += bytes.len() as u64;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        self.line.milliseconds = self.began.elapsed().as_millis();
        self.log.write(&self.line);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use camino::Utf8Path;
    use tessera_values::ManualClock;

    use super::super::LogFormat;
    use super::*;
    use crate::body::full;

    /// An answer with this body, and what the log says when all is over.
    async fn line(body: Body, read: impl AsyncFnOnce(Body)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        let clock = Arc::new(ManualClock::new(1_795_608_000));
        let log = Arc::new(AccessLog::open(path, LogFormat::Clf, clock).unwrap());
        let response = logged(Response::new(body), Arc::clone(&log), Line::example(), Instant::now());
        log.flush();
        let written = || std::fs::read_to_string(path.join("logweb.txt")).unwrap();
        assert_eq!(written(), "", "the answer is not over yet");
        read(response.into_body()).await;
        log.flush();
        written().trim_end().rsplit('"').next().unwrap_or_default().to_owned()
    }

    /// Pieces that come one after the other.
    struct Streamed(VecDeque<Result<Frame<Bytes>, io::Error>>);

    impl hyper::body::Body for Streamed {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
            Poll::Ready(self.0.pop_front())
        }
    }

    /// Three bytes, four bytes, and then the end or a failure.
    fn streamed(fails: bool) -> Body {
        let pieces = ["abc", "defg"].map(|text| Ok(Frame::data(Bytes::from(text))));
        let failure = fails.then(|| Err(io::Error::other("gone")));
        Streamed(pieces.into_iter().chain(failure).collect()).boxed_unsync()
    }

    #[tokio::test]
    async fn a_line_tells_what_was_sent() {
        let all = async |body: Body| drop(body.collect().await);
        assert_eq!(line(full("0123456789"), all).await, " 200 10");
        assert_eq!(line(streamed(false), all).await, " 200 7");
    }

    #[tokio::test]
    async fn what_was_not_sent_does_not_count() {
        assert_eq!(line(streamed(true), async |body| drop(body.collect().await)).await, " 200 7");
        let first = async |mut body: Body| assert!(body.frame().await.is_some());
        assert_eq!(line(streamed(false), first).await, " 200 3", "the client left after the first piece");
        assert_eq!(line(full("not asked for"), async |body| drop(body)).await, " 200 0", "as for HEAD");
    }
}
