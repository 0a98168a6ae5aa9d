//! Licences, login, privileges and logout.

use std::sync::Arc;

use jiff::Timestamp;
use tessera_values::Text;

use super::{LoginMode, NoLicense, RETIRED_FOR, Sessions};
use crate::audit::{self, CloseReason, LogoutReason};
use crate::cookie::Secret;
use crate::grant::Grant;
use crate::license::License;
use crate::session::Session;

impl Sessions {
    /// Default mode: the session a REST request opens takes a licence at once; one that has it keeps it.
    pub fn open(&self, session: &Arc<Session>) -> Result<Arc<Session>, NoLicense> {
        if session.holds_license() {
            return Ok(Arc::clone(session));
        }
        let license = match self.pool.acquire().or_else(|| self.reclaim_orphan()) {
            Some(license) => license.since(self.clock.now()),
            None => {
                audit::refused(session, "licences");
                return Err(NoLicense);
            }
        };
        let session = self.keep(session);
        session.state.write().license.get_or_insert(license);
        if self.login_mode() == LoginMode::Default {
            self.orphans.note(&session, self.pool.size());
            audit::open(&session, self.pool.used());
        }
        Ok(session)
    }

    /// All licences are taken: one held by a guest who made a single request and never came back is free for somebody
    /// else (hardening H7). Only default mode knows such guests.
    fn reclaim_orphan(&self) -> Option<License> {
        if !self.settings.hardening.reclaim_orphans || self.login_mode() != LoginMode::Default {
            return None;
        }
        let orphan = self.orphans.oldest(self.clock.now())?;
        self.close_because(&orphan, CloseReason::Orphan);
        self.pool.acquire()
    }

    /// Gives back what [`Sessions::open`] took, because the login was refused.
    pub fn refuse(&self, session: &Arc<Session>) {
        let license = session.state.write().license.take();
        drop(license);
        self.release(session);
    }

    /// `Session.setPrivileges`: logs the session in. In force login the licence is taken here, and when none is free
    /// nothing changes.
    pub fn set_privileges(&self, session: &Arc<Session>, grant: &Grant) -> Result<Arc<Session>, NoLicense> {
        // `docs/API/SessionClass.md`: it does nothing in stored procedures.
        if session.is_unrestricted() {
            return Ok(Arc::clone(session));
        }
        // One pool, one rule: sessions that never saw REST take a licence as well (COMPATIBILITY.md).
        let session = self.open(session)?;
        self.assign(&session, grant);
        if session.is_logged() {
            audit::privileges(&session, &self.assigned_names(&session));
            session.set_changed();
            return Ok(session);
        }
        self.mark_logged(&session, Some(self.clock.now()));
        audit::login(&session, &self.assigned_names(&session), self.pool.used());
        // A session that could not be kept needs a secret of its own in any case.
        if self.settings.hardening.rotate_on_login || !session.is_kept() {
            self.rotate(&session);
        }
        session.set_changed();
        Ok(session)
    }

    fn assign(&self, session: &Session, grant: &Grant) {
        let mut state = session.state.write();
        let policy = self.policy.load();
        let table = policy.holdings.table();
        let mut assigned = if self.settings.hardening.set_privileges_replaces {
            Vec::new()
        } else {
            state.held.assigned.to_vec()
        };
        let named = grant.privileges.iter().filter_map(|name| table.number(name));
        let by_role = grant.roles.iter().filter_map(|name| table.role(name)).flatten().copied();
        for privilege in named.chain(by_role) {
            if !assigned.contains(&privilege) {
                assigned.push(privilege);
            }
        }
        if let Some(user_name) = &grant.user_name {
            state.user_name = user_name.clone();
        }
        state.held = policy.holdings.of(&assigned);
    }

    /// `Session.clearPrivileges`: the licence stays (`docs/API/SessionClass.md`).
    pub fn clear_privileges(&self, session: &Session) {
        let had_some = {
            let mut state = session.state.write();
            let had = std::mem::replace(&mut state.held, self.guest_holds());
            !had.assigned.is_empty()
        };
        if had_some {
            audit::privileges(session, &[]);
            session.set_changed();
        }
    }

    /// `Session.getPrivileges`: assigned names with everything they include, included ones first; never `guest`.
    pub fn assigned_names(&self, session: &Session) -> Vec<Text> {
        let held = Arc::clone(&session.state.read().held);
        let table = self.privileges();
        let mut names: Vec<Text> = Vec::new();
        for privilege in held.assigned.iter().flat_map(|p| table.ordered_closure(*p)) {
            let name = table.name(*privilege);
            if name != crate::privilege::GUEST && !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// `Session.isGuest` of 4D 21: in force login, never logged in or logged out since; in default mode, no
    /// privileges.
    pub fn is_guest(&self, session: &Session) -> bool {
        if session.is_unrestricted() {
            return false;
        }
        match self.login_mode() {
            LoginMode::Force => !session.is_logged(),
            LoginMode::Default => !session.has_assigned_privileges(),
        }
    }

    /// Logout: privileges, user name, licence and session tokens go; id and storage stay until the idle time is over.
    pub fn logout(&self, session: &Arc<Session>) {
        self.logout_because(session, LogoutReason::Asked);
    }

    pub(super) fn logout_because(&self, session: &Arc<Session>, reason: LogoutReason) {
        let (user, license) = {
            let mut state = session.state.write();
            state.held = self.guest_holds();
            (std::mem::take(&mut state.user_name), state.license.take())
        };
        let was_logged = session.is_logged();
        self.mark_logged(session, None);
        self.tokens.revoke_all(session);
        let had_license = license.is_some();
        drop(license);
        if was_logged || had_license {
            audit::logout(session, &user, reason, self.pool.used());
        }
        if was_logged && self.settings.hardening.rotate_on_login {
            self.rotate(session);
        }
        if was_logged {
            self.archive_end(session);
        }
    }

    /// A new secret for the same session. What led to it before leads nowhere any more: other secrets, and session
    /// tokens, with which somebody could otherwise wait for another's login.
    fn rotate(&self, session: &Arc<Session>) {
        self.tokens.revoke_all(session);
        let secret = Secret::random(self.chance.as_ref());
        let hash = secret.hash();
        let old = {
            let mut state = session.state.write();
            state.new_cookie = Some(Box::new(secret));
            let old = state.take_secrets();
            state.secret = Some(hash);
            old
        };
        let until = self.clock.now().saturating_add(RETIRED_FOR).unwrap_or(Timestamp::MAX);
        self.mark_kept(session, true);
        self.registry.rotate(&old, hash, session, until.as_millisecond());
    }
}
