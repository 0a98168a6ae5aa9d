//! `4D.Signal`: a flag that processes wait for (`docs/API/SignalClass.md`).

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tessera_values::{
    ErrorStack, Group, Native, Scope, SharedNative, SharedObject, SharedValue, Text, Value,
};

use crate::process::Process;

/// How often a waiting process looks whether it must stop.
const WAIT_SLICE: Duration = Duration::from_millis(50);
/// Longer than anybody waits.
const WAIT_SECONDS_MAX: f64 = 1e9;

struct Signal {
    triggered: Mutex<bool>,
    told: Condvar,
    /// `description` and what code adds.
    properties: Arc<SharedObject>,
}

/// A new signal, not triggered.
pub(crate) fn new_signal(description: Text) -> Result<Value, ErrorStack> {
    let properties = SharedObject::new(None);
    properties.put("description".into(), SharedValue::Text(description))?;
    Ok(Value::Native(Rc::new(SignalObject(Arc::new(Signal {
        triggered: Mutex::new(false),
        told: Condvar::new(),
        properties,
    })))))
}

impl Signal {
    fn trigger(&self) {
        *self.triggered.lock() = true;
        self.told.notify_all();
    }

    /// Waits until it is triggered or the time is over; answers which. Whoever waits may be told to stop.
    fn wait(&self, mut left: Option<Duration>, process: &Process) -> Result<bool, ErrorStack> {
        let mut triggered = self.triggered.lock();
        while !*triggered {
            process.check_stop()?;
            let slice = left.map_or(WAIT_SLICE, |left| left.min(WAIT_SLICE));
            if slice.is_zero() {
                break;
            }
            let over = self.told.wait_for(&mut triggered, slice).timed_out();
            left = left.map(|left| if over { left.saturating_sub(slice) } else { left });
        }
        Ok(*triggered)
    }
}

impl SharedNative for Signal {
    fn to_local(self: Arc<Self>) -> Rc<dyn Native> {
        Rc::new(SignalObject(self))
    }

    fn class_name(&self) -> &'static str {
        "4D.Signal"
    }
}

struct SignalObject(Arc<Signal>);

impl Native for SignalObject {
    fn class_name(&self) -> &'static str {
        "4D.Signal"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(match name {
            "signaled" => Value::Boolean(*self.0.triggered.lock()),
            _ => self.0.properties.get(name).map_or(Value::Undefined, SharedValue::into_value),
        })
    }

    fn set(self: Rc<Self>, scope: &mut dyn Scope, name: &str, value: Value) -> Result<(), ErrorStack> {
        if name == "signaled" {
            return Err(ErrorStack::runtime("The property \"signaled\" of 4D.Signal is read-only."));
        }
        let value = SharedValue::from_value(&value)?;
        Ok(self.0.properties.set(Process::of(scope).id(), name.into(), value)?)
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        match name {
            "trigger" => {
                self.0.trigger();
                Some(Ok(Value::Undefined))
            }
            "wait" => {
                let seconds =
                    arguments.first().and_then(Value::as_real).filter(|seconds| seconds.is_finite());
                let left =
                    seconds.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, WAIT_SECONDS_MAX)));
                Some(self.0.wait(left, Process::of(scope)).map(Value::Boolean))
            }
            _ => None,
        }
    }

    fn keys(self: Rc<Self>, _: &mut dyn Scope) -> Vec<Text> {
        [self.0.properties.keys(), vec!["signaled".into()]].concat()
    }

    fn to_shared(&self) -> Option<Arc<dyn SharedNative>> {
        Some(Arc::clone(&self.0) as Arc<dyn SharedNative>)
    }

    fn group(&self) -> Option<Arc<Group>> {
        Some(self.0.properties.group())
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| Arc::ptr_eq(&self.0, &other.0))
    }
}
