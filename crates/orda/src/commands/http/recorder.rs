//! Keeps the head of an answer as it came: the HTTP library folds header names to lower case, and code may ask for the
//! original ones (`rawHeaders`, `docs/API/HTTPRequestClass.md`).

use std::sync::Arc;

use parking_lot::Mutex;
use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// No head is kept beyond this; the library refuses larger ones itself.
const HEAD_BYTES_MAX: usize = 256 * 1024;

/// The bytes of the newest answer up to the end of its head.
#[derive(Clone, Debug, Default)]
pub(super) struct Head(Arc<Mutex<Vec<u8>>>);

impl Head {
    /// Names and values as the other server wrote them.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let bytes = self.0.lock();
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().skip(1).take_while(|line| !line.is_empty());
        lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect()
    }
}

impl<In: Transport> Connector<In> for Head {
    type Out = Recorder<In>;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|inner| Recorder { inner, head: self.clone() }))
    }
}

/// A connection that is listened to.
#[derive(Debug)]
pub(super) struct Recorder<In> {
    inner: In,
    head: Head,
}

impl<In: Transport> Transport for Recorder<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.head.0.lock().clear();
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let more = self.inner.await_input(timeout)?;
        let mut head = self.head.0.lock();
        // While the head is incomplete, nothing is taken out of the buffer: it holds all of it so far.
        if !ends(&head) {
            let input = self.inner.buffers().input();
            head.clear();
            head.extend_from_slice(&input[..input.len().min(HEAD_BYTES_MAX)]);
        }
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

fn ends(head: &[u8]) -> bool {
    head.windows(4).any(|window| window == b"\r\n\r\n")
}
