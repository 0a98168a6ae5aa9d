//! Bodies that are made while they are sent.
//!
//! A task of its own has a worker make one piece after the other and offers each to the connection. Between two pieces
//! no worker is held, so that slow clients can't use the workers up. A client that is gone, or takes nothing for a
//! while, ends the task and with it all that the answer holds.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tessera_rest::{BrokenOff, Pieces};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::body::Body;
use crate::workers::Workers;

/// Pieces that wait to be sent, beside the one that is being made and the one on its way.
const WAITING_MAX: usize = 1;

/// What makes a body.
pub(crate) struct Maker {
    pub(crate) pieces: Pieces,
    pub(crate) workers: Arc<Workers>,
    /// How long a client may take nothing.
    pub(crate) patience: Duration,
    /// Asked before each piece, with its length: may it be sent?
    pub(crate) admits: Box<dyn FnMut(u64) -> bool + Send>,
}

/// The body that sends it. Nothing is made before the first piece is asked for, which nobody does for HEAD.
pub(crate) fn body(maker: Maker) -> Body {
    let left = maker.pieces.length();
    MadeBody { state: State::Waiting(Some(maker)), left }.boxed_unsync()
}

/// What the task tells the connection.
enum Told {
    Piece(Bytes),
    /// That was all. Silence without it means that the answer is broken off.
    End,
}

impl Maker {
    async fn run(self, sender: Sender<Told>) {
        let Self { mut pieces, workers, patience, mut admits } = self;
        loop {
            let next = workers.go_on(move || {
                let piece = pieces.next();
                (pieces, piece)
            });
            let made = tokio::select! {
                made = next => made,
                // It is gone; what was made for it is thrown away.
                () = sender.closed() => return,
            };
            let told = match made {
                Ok((rest, Some(Ok(piece)))) => {
                    if !admits(piece.len() as u64) {
                        tracing::info!("a long answer was broken off: a quota is used up");
                        return;
                    }
                    pieces = rest;
                    Told::Piece(piece)
                }
                Ok((_, None)) => {
                    let _ = sender.send(Told::End).await;
                    return;
                }
                // Who failed told the log.
                Ok((_, Some(Err(BrokenOff)))) | Err(_) => return,
            };
            match tokio::time::timeout(patience, sender.send(told)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => {
                    tracing::info!(
                        "a client took nothing of a long answer for {patience:?}: it was broken off"
                    );
                    return;
                }
            }
        }
    }
}

enum State {
    Waiting(Option<Maker>),
    Receiving(Receiver<Told>),
    Ended,
}

struct MadeBody {
    state: State,
    /// How many bytes are still to come, where that is known.
    left: Option<u64>,
}

impl hyper::body::Body for MadeBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        if let State::Waiting(maker) = &mut this.state
            && let Some(maker) = maker.take()
        {
            let (sender, receiver) = channel(WAITING_MAX);
            tokio::spawn(maker.run(sender));
            this.state = State::Receiving(receiver);
        }
        let State::Receiving(receiver) = &mut this.state else { return Poll::Ready(None) };
        match ready!(receiver.poll_recv(context)) {
            Some(Told::Piece(bytes)) => {
                this.left = this.left.map(|left| left.saturating_sub(bytes.len() as u64));
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Some(Told::End) => {
                this.state = State::Ended;
                Poll::Ready(None)
            }
            None => {
                this.state = State::Ended;
                Poll::Ready(Some(Err(io::Error::other("the answer was broken off"))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use hyper::body::Body as _;

    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    /// A body of numbered pieces that ends as `last` says, and how many of them were made.
    fn counted(pieces: usize, last: Option<BrokenOff>, workers: &Arc<Workers>) -> (Body, Arc<AtomicUsize>) {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let pieces = (0..pieces)
            .map(move |number| {
                count.fetch_add(1, Ordering::SeqCst);
                Ok(Bytes::from(format!("{number},")))
            })
            .chain(last.map(Err));
        let maker = Maker {
            pieces: Pieces::new(None, pieces),
            workers: Arc::clone(workers),
            patience: PATIENCE,
            admits: Box::new(|_| true),
        };
        (body(maker), made)
    }

    /// Waits until a worker is free and nobody holds the count of pieces any more: the answer is forgotten.
    async fn forgotten(workers: &Workers, made: &Arc<AtomicUsize>) {
        while Arc::strong_count(made) > 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(workers.run(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn all_pieces_come_in_order() {
        let workers = Arc::new(Workers::new(1, 1));
        let (body, made) = counted(50, None, &workers);
        assert_eq!(made.load(Ordering::SeqCst), 0, "nobody asked yet");
        let expected: String = (0..50).map(|number| format!("{number},")).collect();
        assert_eq!(body.collect().await.unwrap().to_bytes(), expected);
        forgotten(&workers, &made).await;
    }

    #[tokio::test]
    async fn a_failure_is_no_end() {
        let workers = Arc::new(Workers::new(1, 1));
        let (mut body, _) = counted(2, Some(BrokenOff), &workers);
        for expected in ["0,", "1,"] {
            assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), expected);
        }
        assert!(body.frame().await.unwrap().is_err());
        let panics = Maker {
            pieces: Pieces::new(None, std::iter::from_fn(|| panic!("on purpose"))),
            workers,
            patience: PATIENCE,
            admits: Box::new(|_| true),
        };
        assert!(super::body(panics).collect().await.is_err());
    }

    #[tokio::test]
    async fn a_quota_breaks_it_off() {
        let workers = Arc::new(Workers::new(1, 1));
        let mut left = 6;
        let maker = Maker {
            pieces: Pieces::new(Some(9), std::iter::repeat_n(Ok(Bytes::from_static(b"abc")), 3)),
            workers,
            patience: PATIENCE,
            admits: Box::new(move |bytes| {
                left -= bytes as i64;
                left >= 0
            }),
        };
        let mut body = body(maker);
        assert_eq!(body.size_hint().exact(), Some(9));
        assert!(body.frame().await.unwrap().is_ok());
        assert_eq!(body.size_hint().exact(), Some(6));
        assert!(body.collect().await.is_err());
    }

    #[tokio::test]
    async fn a_client_that_goes_away_leaves_nothing_behind() {
        let workers = Arc::new(Workers::new(1, 1));
        let (mut body, made) = counted(usize::MAX, None, &workers);
        assert!(body.frame().await.unwrap().is_ok());
        drop(body);
        forgotten(&workers, &made).await;
        assert!(made.load(Ordering::SeqCst) <= 4, "only a few pieces are made ahead");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_holds_no_worker_and_is_let_go() {
        let workers = Arc::new(Workers::new(1, 1));
        let (mut body, made) = counted(usize::MAX, None, &workers);
        assert!(body.frame().await.unwrap().is_ok());
        assert_eq!(workers.run(|| 1).await, Ok(1), "others get the worker");
        tokio::time::sleep(PATIENCE * 2).await;
        forgotten(&workers, &made).await;
        assert!(made.load(Ordering::SeqCst) <= 4);
        let rest = body.collect().await;
        assert!(rest.is_err(), "when it comes back it learns that this is not all");
    }
}
