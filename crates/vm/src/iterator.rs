//! The state of one `For each`.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use tessera_values::{CollectionRef, ErrorStack, Native, Text, Value};

use crate::process::Process;

/// Walks through a collection, the property names of an object, or a native such as an entity selection. The number
/// of turns is fixed at the start (`docs/Concepts/cf_looping.md`).
pub(crate) struct ForEach {
    over: Over,
    next: Cell<usize>,
    end: usize,
}

enum Over {
    Nothing,
    Collection(CollectionRef),
    Names(Vec<Text>),
    Native(Rc<dyn Native>),
}

impl ForEach {
    pub(crate) fn new(
        process: &mut Process,
        over: &Value,
        begin: &Value,
        end: &Value,
    ) -> Result<Self, ErrorStack> {
        let (over, length) = match over {
            Value::Undefined | Value::Null => (Over::Nothing, 0),
            Value::Collection(collection) => (Over::Collection(collection.clone()), collection.len()),
            Value::Object(object) => {
                let names = object.keys();
                let length = names.len();
                (Over::Names(names), length)
            }
            Value::Native(native) => match Rc::clone(native).iteration_length(process) {
                Some(length) => (Over::Native(Rc::clone(native)), length?),
                None => {
                    let names = Rc::clone(native).keys(process);
                    let length = names.len();
                    (Over::Names(names), length)
                }
            },
            other => {
                return Err(ErrorStack::runtime(format!("For each can't walk through {}.", other.kind())));
            }
        };
        if matches!(over, Over::Names(_)) {
            return Ok(Self { over, next: Cell::new(0), end: length });
        }
        let bound = |value: &Value, default: usize| match value.as_integer() {
            None => default,
            Some(at) if at < 0 => length.saturating_sub(at.unsigned_abs() as usize),
            Some(at) => (at as usize).min(length),
        };
        Ok(Self { over, next: Cell::new(bound(begin, 0)), end: bound(end, length) })
    }

    pub(crate) fn next(&self, process: &mut Process) -> Result<Option<Value>, ErrorStack> {
        loop {
            let at = self.next.get();
            if at >= self.end {
                return Ok(None);
            }
            self.next.set(at + 1);
            match &self.over {
                Over::Nothing => return Ok(None),
                Over::Collection(collection) => return Ok(Some(collection.get(at).unwrap_or(Value::Null))),
                Over::Names(names) => return Ok(Some(Value::Text(names[at].clone()))),
                Over::Native(native) => {
                    if let Some(item) = Rc::clone(native).iteration_item(process, at)? {
                        return Ok(Some(item));
                    }
                }
            }
        }
    }
}

impl Native for ForEach {
    fn class_name(&self) -> &'static str {
        "For each"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
