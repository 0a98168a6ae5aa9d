//! How many sessions there are, without looking through them.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use super::Sessions;
use crate::session::{Counted, Session};

/// How many sessions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub sessions: usize,
    /// Those in which nobody is logged in.
    pub guests: usize,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    guests: AtomicUsize,
    people: AtomicUsize,
}

impl Counters {
    fn of(&self, counted: Counted) -> Option<&AtomicUsize> {
        match counted {
            Counted::Not => None,
            Counted::Guest => Some(&self.guests),
            Counted::Person => Some(&self.people),
        }
    }

    fn note(&self, (before, after): (Counted, Counted)) {
        if before == after {
            return;
        }
        if let Some(counter) = self.of(after) {
            counter.fetch_add(1, Ordering::AcqRel);
        }
        if let Some(counter) = self.of(before) {
            counter.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Sessions {
    /// How many sessions are kept now.
    pub fn counts(&self) -> Counts {
        let guests = self.counters.guests.load(Ordering::Acquire);
        Counts { sessions: guests + self.counters.people.load(Ordering::Acquire), guests }
    }

    pub(super) fn mark_kept(&self, session: &Session, kept: bool) {
        self.counters.note(session.set_kept(kept));
    }

    pub(super) fn mark_logged(&self, session: &Session, at: Option<Timestamp>) {
        self.counters.note(session.set_logged(at));
    }
}
