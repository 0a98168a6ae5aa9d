//! The datastore as code and clients see it: dataclasses, entities, permissions, user functions.
//!
//! An [`Application`] is one project made ready to serve: catalog, compiled code, permissions, store and sessions as
//! one immutable value. [`Run`] is one run of it for one session: a request, a start-up method, a worker. Everything
//! that touches data goes through here, and so does every permission check ([`access`]).
//!
//! What it must not know: HTTP, JSON member names, status codes. `rest` and `web` translate.

pub mod access;
mod application;
mod build;
mod calls;
mod check;
mod classes;
mod client_selections;
mod commands;
mod computed;
mod contents;
mod context;
mod dataclass;
mod datastore;
mod entity;
mod error;
mod events;
mod freeze;
mod hashing;
mod leads;
mod locks;
pub mod pictures;
mod processes;
mod query;
mod quotas;
mod read;
mod relation;
mod remote;
mod restrict;
mod run_times;
mod save;
mod selection;
mod session;
mod side_by_side;
mod tags;
mod user_function;
mod web;

pub use application::{Application, OpenError, OpenOptions, Startup};
pub use build::{Built, FileFinding, ParsedFile, build, build_and_keep};
pub use calls::{Ask, ExposedFunction, Owner, Target};
pub use check::{check, unreachable_functions};
pub use client_selections::Combination;
pub use contents::{ContentError, ContentReader};
pub use context::{Context, RequestInfo, Run};
pub use entity::{Entity, LockFailure, LockingClient, attribute_value, describe_holder};
pub use error::{
    ATTRIBUTE_NOT_FOUND, DATACLASS_NOT_FOUND, LICENSE_REFUSED, PERMISSION_DENIED, PERMISSION_EXECUTE,
    PERMISSION_UPDATE, SERVER_BUSY,
};
pub use leads::Leads;
pub use locks::{Holder, Locks};
pub use query::{
    Asker, Done, Explanation, Join, Planned, Side, Step, StepKind, Telling, Test, key_of, plan_order,
    plan_query, query_error,
};
pub use run_times::count_run_times;
pub use save::{OnRefusal, SaveFailure, drop_selection, save_entity};
pub use selection::{Aggregates, Selection};
pub use side_by_side::side_by_side;
pub use tags::{Include, process_tags};
pub use tessera_vm::bytecode::Type;
pub use web::{
    ItemChange, Notification, OutgoingMessage, PageNews, SameSite, StateChange, WebAnswer, WebBody,
    WebConnection, WebRequest, WebServerSettings, WebSettings, multipart,
};
