//! Why an entity was not saved or dropped, and how code hears of it.

use tessera_values::{ErrorStack, ObjectRef, Properties, Value};
use tessera_vm::Process;

use crate::access;
use crate::entity::{LockFailure, lock_failure};
use crate::events;
use crate::locks::Holder;

/// Why an entity was not saved or dropped.
#[derive(Debug)]
pub enum SaveFailure {
    /// Somebody else saved it meanwhile (status 2).
    StampChanged,
    /// Somebody else holds a lock on it (status 3).
    Locked(Holder),
    /// It is gone (status 5).
    Gone,
    /// Somebody else changed the same attribute meanwhile (status 6).
    MergeFailed,
    /// One of its events refused.
    Event {
        /// 7 for a mild refusal, 8 for a serious one, 4 for one of `saving` or `dropping`.
        status: i64,
        /// The error object, as the event returned it.
        error: Value,
        /// What is thrown besides.
        thrown: Option<ErrorStack>,
    },
    /// A refused permission (status 1) or anything else (status 4): the errors are thrown as well.
    Other(ErrorStack),
}

impl SaveFailure {
    /// 4D's status number (`docs/API/EntityClass.md`).
    pub fn status(&self) -> i64 {
        match self {
            Self::StampChanged => 2,
            Self::Locked(_) => 3,
            Self::Other(errors) if access::is_refusal(errors) => 1,
            Self::Other(_) => 4,
            Self::Gone => 5,
            Self::MergeFailed => 6,
            Self::Event { status, .. } => *status,
        }
    }

    /// 4D's status text.
    pub fn text(&self) -> &'static str {
        match self.status() {
            1 => "Permission Error",
            2 => "Stamp has changed",
            3 => "Already locked",
            5 => "Entity does not exist anymore",
            6 => "Auto merge failed",
            7 => "Mild Validation Error",
            8 => "Serious Validation Error",
            _ => "Other error",
        }
    }

    /// The same as errors, for a client.
    pub fn into_stack(self) -> ErrorStack {
        match self {
            Self::Other(errors) => errors,
            Self::Event { thrown: Some(errors), .. } => errors,
            Self::Event { error, .. } => events::error_of(&error),
            other => ErrorStack::data(1517, other.text()),
        }
    }
}

/// What `save` and `drop` answer. A serious failure is answered as well as thrown, so that
/// `$status:=$entity.save()` inside a `Try` has both. `auto_merged` is told where it was asked for.
pub(super) fn answer(
    process: &mut Process,
    outcome: Result<(), SaveFailure>,
    auto_merged: Option<bool>,
) -> Result<Value, ErrorStack> {
    let (status, thrown) = match outcome {
        Ok(()) => (success(), None),
        Err(failure) => describe(failure),
    };
    if let (Some(auto_merged), Value::Object(status)) = (auto_merged, &status) {
        status.set(process.id(), "autoMerged", Value::Boolean(auto_merged)).map_err(ErrorStack::from)?;
    }
    match thrown {
        None => Ok(status),
        Some(errors) => {
            process.answer_and_fail(status);
            Err(errors)
        }
    }
}

/// The status object of a failure, and what is thrown besides.
fn describe(failure: SaveFailure) -> (Value, Option<ErrorStack>) {
    let (status, text) = (failure.status(), failure.text());
    let with_errors = |error: Value| {
        let mut properties = failure_properties(status, text);
        properties.insert("errors".into(), Value::Collection(std::iter::once(error).collect()));
        Value::Object(ObjectRef::from_properties(properties))
    };
    match failure {
        SaveFailure::Other(errors) => {
            let error = Value::Object(ObjectRef::from_properties(events::describe(&errors)));
            (with_errors(error), Some(errors))
        }
        SaveFailure::Event { error, thrown, .. } => (with_errors(error), thrown),
        SaveFailure::Locked(holder) => (lock_failure(&LockFailure::Held(holder)), None),
        SaveFailure::StampChanged | SaveFailure::MergeFailed | SaveFailure::Gone => {
            (failure_object(status, text), None)
        }
    }
}

/// `{success: True}`
pub(crate) fn success() -> Value {
    Value::Object(std::iter::once(("success".into(), Value::Boolean(true))).collect())
}

/// `{success: False; status; statusText}`
pub(crate) fn failure_object(status: i64, text: &str) -> Value {
    Value::Object(ObjectRef::from_properties(failure_properties(status, text)))
}

pub(crate) fn failure_properties(status: i64, text: &str) -> Properties {
    Properties::from_iter([
        ("success".into(), Value::Boolean(false)),
        ("status".into(), Value::Integer(status)),
        ("statusText".into(), Value::text(text)),
    ])
}
