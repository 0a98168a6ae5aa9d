//! Sessions across a restart: writing them down, and going on in them.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::Sessions;
use crate::archive::{Archive, Change, Record, storage};
use crate::cookie::SessionId;
use crate::session::Session;

/// How many sessions are written at once.
const BATCH: usize = 500;

impl Sessions {
    /// From now on, people who are logged in survive a restart: goes on in the sessions that were written down, and
    /// writes down what becomes of them. Answers how many go on. Those whose idle time is over are forgotten; when
    /// there are fewer licences than people, those who came last have them.
    pub fn survive_restarts(&self, archive: Box<dyn Archive>) -> usize {
        let now = self.clock.now();
        let texts = archive.read();
        let mut records: Vec<Record> = texts.iter().filter_map(|text| Record::from_text(text)).collect();
        if records.len() < texts.len() {
            let lost = texts.len() - records.len();
            tracing::warn!(lost, "sessions of another form or damaged ones were not read");
        }
        records.sort_by_key(|record| std::cmp::Reverse(record.last_access_ms));
        let (mut resumed, mut forgotten, mut refused) = (0, Vec::new(), 0_usize);
        for record in records {
            let id = record.id.clone();
            if record.is_expired(now) || self.counts().sessions >= self.settings.sessions_max {
                forgotten.push(Change { id, text: None });
            } else if self.resume(record, now) {
                resumed += 1;
            } else {
                refused += 1;
                forgotten.push(Change { id, text: None });
            }
        }
        if refused > 0 {
            tracing::warn!(refused, "sessions could not go on: all licences are taken");
        }
        archive.write(&forgotten);
        // Set once; a second archive would mean a second server.
        let _ = self.archive.set(Mutex::new(archive));
        resumed
    }

    fn resume(&self, record: Record, now: Timestamp) -> bool {
        let Some(id) = SessionId::parse(&record.id) else { return false };
        let Some(license) = self.pool.acquire() else { return false };
        let created = Timestamp::from_millisecond(record.created_ms).unwrap_or(now);
        let session = Arc::new(Session::new(id, created, &record.address, self.guest_holds()));
        storage::unpack(&record.storage, session.storage());
        session.set_idle_minutes(record.idle_minutes);
        session.resume_at(record.last_access_ms);
        if record.is_rest {
            session.mark_rest();
        }
        session.set_returned();
        {
            let mut state = session.state.write();
            state.user_name = record.user_name;
            let policy = self.policy.load();
            let table = policy.holdings.table();
            let assigned: Vec<_> = record.privileges.iter().filter_map(|name| table.number(name)).collect();
            state.held = policy.holdings.of(&assigned);
            state.license = Some(license.since(now));
            state.secret = record.secrets.first().copied();
            for secret in record.secrets.iter().skip(1) {
                state.add_secret(*secret);
            }
        }
        self.mark_kept(&session, true);
        self.mark_logged(&session, Timestamp::from_millisecond(record.logged_at_ms).ok().or(Some(now)));
        for (position, secret) in record.secrets.iter().enumerate() {
            if position == 0 {
                self.registry.insert(*secret, &session);
            } else {
                self.registry.add_secret(*secret, &session, None);
            }
        }
        true
    }

    /// Writes down what became of a session in a request that logged it in or changed its privileges.
    pub(super) fn archive_now(&self, session: &Session) {
        if let Some(archive) = self.archive.get() {
            // Looked at and written under one lock: what is written last is what was true last.
            let archive = archive.lock();
            archive.write(&[self.change_of(session)]);
        }
    }

    /// Forgets a session that ended, or in which nobody is logged in any more.
    pub(super) fn archive_end(&self, session: &Session) {
        if let Some(archive) = self.archive.get() {
            archive.lock().write(&[Change { id: session.id(), text: None }]);
        }
    }

    /// Writes down those that were used since they were written last: what is in their storage, and how long they
    /// still live.
    pub(super) fn archive_used(&self) {
        let Some(archive) = self.archive.get() else { return };
        for number in 0..self.registry.parts() {
            let mut used = self.registry.part(number);
            used.retain(|session| session.is_logged() && session.take_used_since_saved());
            for batch in used.chunks(BATCH) {
                let archive = archive.lock();
                let changes: Vec<_> = batch.iter().map(|session| self.change_of(session)).collect();
                archive.write(&changes);
            }
        }
    }

    fn change_of(&self, session: &Session) -> Change {
        let id = session.id();
        // Guests are forgotten by a restart.
        if !session.is_logged() || !session.is_kept() {
            return Change { id, text: None };
        }
        let packed = storage::pack(session.storage()).unwrap_or_else(|| {
            tracing::warn!(session.id = %id, "the storage of a session is too large to survive a restart");
            tessera_values::Value::Null
        });
        let (secrets, held, user_name) = {
            let state = session.state.read();
            (state.secrets(), Arc::clone(&state.held), state.user_name.clone())
        };
        let table = self.privileges();
        let record = Record {
            id: id.clone(),
            secrets,
            address: session.address().clone(),
            user_name,
            privileges: held.assigned.iter().map(|privilege| table.name(*privilege).clone()).collect(),
            is_rest: session.kind() == crate::session::SessionKind::Rest,
            created_ms: session.created().as_millisecond(),
            logged_at_ms: session.logged_at_ms(),
            last_access_ms: session.last_access_ms(),
            idle_minutes: session.idle_minutes(),
            storage: packed,
        };
        Change { id, text: record.to_text() }
    }
}
