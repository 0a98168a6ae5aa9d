//! What sessions keep for their clients between requests: ids, time, and how much of it the server has room for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tessera_orda::Run;
use tessera_values::Text;

use crate::error::RestError;

/// 32 upper-case hex digits nobody can guess.
pub(crate) fn new_id(run: &Run) -> Text {
    let mut random = [0; 16];
    run.context().application().environment.chance.fill(&mut random);
    let id: String = random.iter().map(|byte| format!("{byte:02X}")).collect();
    id.into()
}

/// Now, in milliseconds since 1970.
pub(crate) fn now_ms(run: &Run) -> i64 {
    run.context().application().environment.clock.now().as_millisecond()
}

/// How much is kept by all sessions together. Each of them has limits of its own; in default mode anybody can have as
/// many sessions as they like.
#[derive(Debug, Default)]
pub(crate) struct Room(AtomicUsize);

/// A part of a [`Room`], given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    room: Arc<Room>,
    size: usize,
}

impl Room {
    /// Takes so much of a room of `max`; refuses when it is full.
    pub(crate) fn take(self: &Arc<Self>, size: usize, max: usize) -> Result<Place, RestError> {
        let taken = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| {
            used.checked_add(size).filter(|used| *used <= max)
        });
        match taken {
            Ok(_) => Ok(Place { room: Arc::clone(self), size }),
            Err(_) => Err(RestError::no_room()),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.0.fetch_sub(self.size, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_room_refuses_until_somebody_leaves() {
        let room = Arc::new(Room::default());
        let first = room.take(6, 10).unwrap();
        assert_eq!(room.take(5, 10).unwrap_err().status, 503);
        let second = room.take(4, 10).unwrap();
        drop(first);
        assert!(room.take(6, 10).is_ok());
        drop(second);
        assert!(room.take(usize::MAX, 10).is_err());
    }
}
