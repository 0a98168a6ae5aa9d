//! [`Policy`]: what `roles.json` decides about sessions, as one value that a changed file replaces.

use std::sync::Arc;

use tessera_model::Roles;

use super::{LoginMode, Sessions};
use crate::held::{Held, Holdings};
use crate::privilege::PrivilegeTable;
use crate::session::Session;

/// How people log in, and what their privileges include.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) login_mode: LoginMode,
    pub(super) holdings: Holdings,
}

impl Policy {
    pub(super) fn new(roles: Option<&Roles>, table: PrivilegeTable) -> Self {
        let login_mode = match roles {
            Some(roles) if roles.force_login => LoginMode::Force,
            _ => LoginMode::Default,
        };
        Self { login_mode, holdings: Holdings::new(Arc::new(table)) }
    }
}

impl Sessions {
    /// Puts another `roles.json` in force. Sessions go on; each holds what its privileges include from now on, and of
    /// those that are no longer declared nothing. Roles count when they are given: who is logged in keeps the
    /// privileges the role had then.
    pub fn set_roles(&self, roles: Option<&Roles>) {
        let table = self.policy.load().holdings.table().succeeded_by(roles);
        self.policy.store(Arc::new(Policy::new(roles, table)));
        for number in 0..self.registry.parts() {
            for session in self.registry.part(number) {
                self.hold_again(&session);
            }
        }
    }

    /// What everybody holds.
    pub(super) fn guest_holds(&self) -> Arc<Held> {
        Arc::clone(self.policy.load().holdings.guest())
    }

    /// Computes what a session holds by the policy in force. It is looked up under the lock of the session, here and
    /// in `assign`: whoever comes second sees what the first one left.
    pub(super) fn hold_again(&self, session: &Session) {
        let mut state = session.state.write();
        let held = self.policy.load().holdings.of(&state.held.assigned);
        state.held = held;
    }
}
