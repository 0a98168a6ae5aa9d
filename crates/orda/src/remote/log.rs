//! The requests sent to a remote datastore, as `getRequestLog()` tells them (`docs/API/DataStoreClass.md`).

use std::collections::VecDeque;

use jiff::Timestamp;
use tessera_values::{CollectionRef, ObjectRef, Text, Value};

/// How many requests are kept when code names no number, and at most.
const KEPT_DEFAULT: usize = 100;
const KEPT_MAX: usize = 10_000;

/// One request and its answer.
pub(super) struct Entry {
    pub(super) url: Text,
    pub(super) method: &'static str,
    pub(super) began: Timestamp,
    pub(super) ended: Timestamp,
    /// `None` when nothing came back.
    pub(super) status: Option<u16>,
}

/// The last requests, while they are being logged.
#[derive(Default)]
pub(super) struct RequestLog {
    kept: usize,
    sequence: u64,
    entries: VecDeque<(u64, Entry)>,
}

impl RequestLog {
    /// `startRequestLog({number})`: begins anew.
    pub(super) fn start(&mut self, number: Option<i64>) {
        let number = number.and_then(|number| usize::try_from(number).ok()).filter(|number| *number > 0);
        *self = Self { kept: number.unwrap_or(KEPT_DEFAULT).min(KEPT_MAX), ..Self::default() };
    }

    /// `stopRequestLog()`: what was logged stays.
    pub(super) fn stop(&mut self) {
        self.kept = 0;
    }

    pub(super) fn note(&mut self, entry: Entry) {
        if self.kept == 0 {
            return;
        }
        if self.entries.len() >= self.kept {
            self.entries.pop_back();
        }
        self.sequence += 1;
        self.entries.push_front((self.sequence, entry));
    }

    /// The newest first.
    pub(super) fn value(&self) -> Value {
        let whole = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        let entries = self.entries.iter().map(|(sequence, entry)| {
            let duration = entry.ended.as_millisecond() - entry.began.as_millisecond();
            let status = entry.status.map_or(Value::Null, |status| Value::Integer(status.into()));
            Value::Object(ObjectRef::from([
                ("sequenceNumber", whole(*sequence)),
                ("url", Value::Text(entry.url.clone())),
                ("method", Value::text(entry.method)),
                ("startTime", Value::text(entry.began.to_string())),
                ("endTime", Value::text(entry.ended.to_string())),
                ("duration", Value::Integer(duration)),
                ("response", Value::Object(ObjectRef::from([("status", status)]))),
            ]))
        });
        Value::Collection(CollectionRef::from_vec(entries.collect()))
    }
}
