//! The body of an answer: whole, or in pieces that are made while it is sent.
//!
//! Nobody makes pieces ahead: whoever sends them asks for the next one when there is room for it, on a worker thread of
//! its choice, so that a slow client holds neither thread nor database connection.

use bytes::Bytes;

/// A body of more bytes than this is sent in pieces.
pub(crate) const WHOLE_BYTES_MAX: usize = 1 << 20;
/// The longest piece.
pub(crate) const PIECE_BYTES: usize = 256 << 10;

/// The body of an answer.
#[derive(Debug)]
pub enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// Made piece by piece.
    Pieces(Pieces),
}

/// The rest of a body can't be made. Why is in the log; whoever sends must let the client see that it is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer could not be made to its end")
    }
}

impl std::error::Error for BrokenOff {}

/// A long body: an iterator that makes one piece after the other, and may wait for the database to do so.
pub struct Pieces {
    length: Option<u64>,
    pieces: Box<dyn Iterator<Item = Result<Bytes, BrokenOff>> + Send>,
}

impl Pieces {
    /// A body of these pieces; `length` bytes together, where that is known before. Long pieces are cut. After one
    /// that could not be made none is asked for.
    pub fn new(
        length: Option<u64>,
        pieces: impl Iterator<Item = Result<Bytes, BrokenOff>> + Send + 'static,
    ) -> Self {
        let cut = pieces.flat_map(|made| {
            let (bytes, broken) =
                made.map_or_else(|broken| (Bytes::new(), Some(broken)), |bytes| (bytes, None));
            Cut(bytes).map(Ok).chain(broken.map(Err))
        });
        Self { length, pieces: Box::new(cut) }
    }

    /// How many bytes there will be, where that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The same body with every piece changed.
    pub(crate) fn changed(self, mut change: impl FnMut(Bytes) -> Bytes + Send + 'static) -> Self {
        Self::new(None, self.pieces.map(move |piece| piece.map(&mut change)))
    }
}

/// Bytes in pieces.
struct Cut(Bytes);

impl Iterator for Cut {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let piece = self.0.split_to(PIECE_BYTES.min(self.0.len()));
        (!piece.is_empty()).then_some(piece)
    }
}

impl Iterator for Pieces {
    type Item = Result<Bytes, BrokenOff>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pieces.next()
    }
}

impl std::fmt::Debug for Pieces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pieces").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Body {
    /// Bytes that are there already, cut into pieces when they are many.
    pub(crate) fn of(bytes: impl AsRef<[u8]> + Send + 'static) -> Self {
        if bytes.as_ref().len() <= WHOLE_BYTES_MAX {
            return Self::Whole(bytes.as_ref().to_vec());
        }
        let bytes = Bytes::from_owner(bytes);
        Self::Pieces(Pieces::new(Some(bytes.len() as u64), std::iter::once(Ok(bytes))))
    }

    /// All bytes, for whoever has room for them.
    pub fn gathered(self) -> Result<Vec<u8>, BrokenOff> {
        match self {
            Self::Whole(bytes) => Ok(bytes),
            Self::Pieces(pieces) => pieces.collect::<Result<Vec<_>, _>>().map(|pieces| pieces.concat()),
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_bytes_are_cut_and_few_are_not() {
        let bytes: Vec<u8> = (0..WHOLE_BYTES_MAX + 7).map(|n| n as u8).collect();
        let Body::Pieces(pieces) = Body::of(bytes.clone()) else { panic!("these are many") };
        assert_eq!(pieces.length(), Some(bytes.len() as u64));
        let pieces: Vec<Bytes> = pieces.map(Result::unwrap).collect();
        assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= PIECE_BYTES));
        assert_eq!(pieces.concat(), bytes);
        assert!(matches!(Body::of(vec![0; WHOLE_BYTES_MAX]), Body::Whole(_)));
    }

    #[test]
    fn what_is_broken_off_is_not_gathered() {
        let pieces = [Ok(Bytes::from_static(b"[1")), Err(BrokenOff), Ok(Bytes::from_static(b"]"))];
        assert_eq!(Body::Pieces(Pieces::new(None, pieces.into_iter())).gathered(), Err(BrokenOff));
    }
}
