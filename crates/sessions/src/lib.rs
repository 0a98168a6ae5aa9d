//! Web sessions, privileges, permissions and licences.
//!
//! [`Sessions`] is the whole of it for a server: it finds the session of a cookie, logs it in and out, and takes and
//! gives back licences. [`Permissions`] is `roles.json` compiled to a table that answers in constant time. Who may do
//! what to which entity is *asked* here by `orda::access`; this crate knows no entities and runs no user code.
//!
//! Two traits are made for several servers that share sessions: [`Registry`] and [`LicensePool`].
//!
//! What a session is: `docs/WebServer/sessions.md`, `docs/REST/authUsers.md`; what it may do:
//! `docs/ORDA/privileges.md`.

mod archive;
mod audit;
mod by_name;
mod cookie;
mod explain;
mod grant;
mod hardening;
mod held;
mod license;
mod orphan;
mod otp;
mod permission;
mod privilege;
mod quota;
mod registry;
mod session;
mod sessions;
mod throttle;

pub use archive::{Archive, Change};
pub use cookie::Secret;
pub use explain::{Explanation, Finding, Question, Step, explain, held_through};
pub use grant::Grant;
pub use hardening::{Hardening, PlainPasswords, Preset};
pub use license::{License, LicensePool, LicenseView, MemoryPool, PoolSize};
pub use permission::{Action, FunctionOwner, Permissions, Rule};
pub use privilege::{PrivilegeId, PrivilegeSet, PrivilegeTable};
pub use quota::{EntitySetLimits, OwnEntitySetLimits, QuotaReached};
pub use registry::{Entry, Inserted, MemoryRegistry, Registry, SecretHash};
pub use session::{Session, SessionKind, SessionView};
pub use sessions::{Counts, LoginMode, NoLicense, Resolved, SessionSettings, Sessions};
pub use throttle::{Attempt, Throttle, Wait};
