//! Who is let in under the quotas.

use std::sync::Arc;

use tessera_model::{Quotas, Rates};

use super::Sessions;
use crate::quota::{EntitySetLimits, Measured, OwnEntitySetLimits, QuotaReached};
use crate::session::Session;

/// How long an entity set lives idle when nobody says otherwise (`docs/API/QuotaManagerClass.md`).
const ENTITY_SET_SECONDS: u64 = 7200;

impl Sessions {
    /// The quotas in force.
    pub fn quotas(&self) -> Quotas {
        self.quotas.in_force().map(|quotas| *quotas).unwrap_or_default()
    }

    /// Puts quotas in force; what was used so far still counts.
    pub fn set_quotas(&self, quotas: Quotas) {
        self.quotas.set(quotas);
    }

    /// Are guests kept so that they can be counted?
    pub(super) fn counts_guests(&self) -> bool {
        self.quotas.in_force().is_some_and(|quotas| {
            quotas.sessions.is_some() || quotas.guest_sessions.is_some() || !quotas.session.is_empty()
        })
    }

    /// A request comes in: the session's quotas are asked first, then those of the server. `session` is `None` for
    /// files, which need none. `bytes` is the length of its head.
    pub fn admit(&self, session: Option<&Arc<Session>>, bytes: u64) -> Result<(), QuotaReached> {
        let Some(quotas) = self.quotas.in_force() else { return Ok(()) };
        let now = self.clock.now();
        let reached = |wait: Option<i64>| match wait {
            Some(seconds) => Err(QuotaReached { retry_after: Some(seconds) }),
            None => Ok(()),
        };
        if let Some(session) = session.filter(|_| !quotas.session.is_empty()) {
            reached(session.with_meter(|meter| meter.wait(&quotas.session, now)))?;
        }
        let mut server = self.quotas.server.lock();
        reached(server.wait(&quotas.server, now))?;
        if let Some(session) = session.filter(|session| !session.is_kept())
            && self.counts_guests()
        {
            let counts = self.counts();
            let is_full = |limit: Option<u64>, used: usize| limit.is_some_and(|limit| used as u64 >= limit);
            if is_full(quotas.sessions, counts.sessions) || is_full(quotas.guest_sessions, counts.guests) {
                return Err(QuotaReached { retry_after: None });
            }
            self.keep(session);
        }
        for measured in [Measured::Request, Measured::In(bytes)] {
            server.add(measured, now);
            self.measure_session(session, &quotas, measured);
        }
        Ok(())
    }

    /// So many bytes of its body came.
    pub fn received(&self, session: &Arc<Session>, bytes: u64) {
        self.measure(Some(session), Measured::In(bytes));
    }

    /// So many bytes are about to be sent. A quota they exceed ends the request.
    pub fn send(&self, session: Option<&Arc<Session>>, bytes: u64) -> Result<(), QuotaReached> {
        let Some(quotas) = self.quotas.in_force() else { return Ok(()) };
        let now = self.clock.now();
        // What is sent in an answer is measured before it is known to fit: the window is used up either way.
        self.measure(session, Measured::Out(bytes));
        let over = |limits: &Rates, used: Rates| {
            let exceeds = |limit: Option<u64>, used: Option<u64>| limit.is_some() && used > limit;
            exceeds(limits.out_bytes.minute, used.out_bytes.minute)
                || exceeds(limits.out_bytes.hour, used.out_bytes.hour)
        };
        let own = session.filter(|_| !quotas.session.is_empty());
        let own = own.map(|session| session.with_meter(|meter| *meter));
        let all = *self.quotas.server.lock();
        for (limits, meter) in own.iter().map(|own| (&quotas.session, own)).chain([(&quotas.server, &all)]) {
            if over(limits, meter.used(now)) {
                return Err(QuotaReached { retry_after: meter.wait(limits, now) });
            }
        }
        Ok(())
    }

    fn measure(&self, session: Option<&Arc<Session>>, measured: Measured) {
        let Some(quotas) = self.quotas.in_force() else { return };
        self.measure_session(session, &quotas, measured);
        self.quotas.server.lock().add(measured, self.clock.now());
    }

    fn measure_session(&self, session: Option<&Arc<Session>>, quotas: &Quotas, measured: Measured) {
        if let Some(session) = session.filter(|_| !quotas.session.is_empty()) {
            session.with_meter(|meter| meter.add(measured, self.clock.now()));
        }
    }

    /// What the session used in the current minute and hour.
    pub fn used_by(&self, session: &Session) -> Rates {
        session.with_meter(|meter| meter.used(self.clock.now()))
    }

    /// What all sessions used in the current minute and hour.
    pub fn used_by_all(&self) -> Rates {
        self.quotas.server.lock().used(self.clock.now())
    }

    /// What holds for the entity sets of a session: what its code said, and else the quotas of the server.
    pub fn entity_set_limits(&self, session: &Session) -> EntitySetLimits {
        let own = session.find_attached::<OwnEntitySetLimits>().map(|own| own.get()).unwrap_or_default();
        let server = self.quotas.in_force().and_then(|quotas| quotas.entity_sets);
        let seconds = own.default_seconds.unwrap_or(ENTITY_SET_SECONDS);
        EntitySetLimits {
            count_max: own.count_max.or(server),
            default_seconds: Some(own.seconds_max.map_or(seconds, |most| seconds.min(most))),
            seconds_max: own.seconds_max,
        }
    }
}
