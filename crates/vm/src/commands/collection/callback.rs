//! Callbacks: a formula, a function or the name of a method, called with an object that holds the element.

use std::cell::OnceCell;
use std::rc::Rc;

use tessera_values::{CollectionRef, ErrorStack, Local, Properties, Value};

use crate::arguments::Arguments;
use crate::function::FunctionValue;
use crate::process::Process;

use super::expression::{Expression, Given};

/// What to call for each element.
pub(super) struct Callback {
    function: FunctionValue,
    /// Arguments after the object.
    extra: Vec<Value>,
    /// `$1` of the last call, used again while nobody kept it.
    item: Rc<Local>,
    /// How many properties it was given.
    given: usize,
    /// The code as an expression, if it is nothing else; found out when it is asked the first time.
    expression: OnceCell<Option<Expression>>,
}

impl Callback {
    /// From the argument at a position; the arguments after it are passed on.
    pub(super) fn new(
        process: &mut Process,
        arguments: &Arguments,
        position: usize,
    ) -> Result<Self, ErrorStack> {
        let value = arguments.value(position);
        let function = match (&value, value.as_native::<FunctionValue>()) {
            (_, Some(function)) => function.called(process),
            (Value::Text(name), _) => FunctionValue::method(process, name)
                .ok_or_else(|| ErrorStack::runtime(format!("There is no method {name}.")))?,
            (other, _) => {
                return Err(ErrorStack::runtime(format!(
                    "Argument {} must be a formula or the name of a method, not {}.",
                    position + 1,
                    other.kind()
                )));
            }
        };
        let extra = (position + 1..arguments.len()).map(|position| arguments.value(position)).collect();
        Ok(Self { function, extra, item: Rc::default(), given: 0, expression: OnceCell::new() })
    }

    /// The same as [`Callback::call`] where nothing but the result counts: what the code did to `$1` may be lost. The
    /// properties are the same each time, in the same order.
    #[inline]
    pub(super) fn ask<T>(
        &mut self,
        process: &mut Process,
        properties: &Given<'_>,
        work: impl FnOnce(&mut Value) -> T,
    ) -> Result<T, ErrorStack> {
        let expression = self
            .expression
            .get_or_init(|| Expression::of(self.function.code(), self.function.captured(), properties));
        // What runs long has to look up now and then, which only code that is called does.
        if let Some(expression) = expression
            && process.fuel > 1
        {
            process.fuel -= 1;
            if let Some(mut value) = expression.value(properties) {
                return Ok(work(&mut value));
            }
        }
        self.call(process, properties, work)
    }

    /// Calls with `.value` and further properties; `work` is shown the result, or what the code put into `.result`.
    #[inline]
    pub(super) fn call<T>(
        &mut self,
        process: &mut Process,
        properties: &Given<'_>,
        work: impl FnOnce(&mut Value) -> T,
    ) -> Result<T, ErrorStack> {
        if Rc::strong_count(&self.item) > 1 {
            self.item = Rc::default();
        }
        fill(&mut self.item.properties.borrow_mut(), properties);
        self.given = properties.len();
        // UNSPECIFIED: This inside a callback. Taken: the object passed as $1.
        let result = self.function.call_on(process, &self.item, &self.extra)?;
        let result = &mut process.stack[result];
        if let Value::Undefined = result {
            *result = self.property("result");
        }
        let answer = work(result);
        result.put(Value::Undefined);
        Ok(answer)
    }

    /// A property of `$1` after the call.
    pub(super) fn property(&self, name: &str) -> Value {
        self.item.properties.borrow().get(name).cloned().unwrap_or_default()
    }

    /// Did the code ask to end the loop?
    pub(super) fn must_stop(&self) -> bool {
        self.item.properties.borrow().len() > self.given && super::is_true(&self.property("stop"))
    }

    /// Calls for each element from `start` on, until the code sets `.stop` or `work` answers False.
    #[inline]
    pub(super) fn each(
        &mut self,
        process: &mut Process,
        collection: &CollectionRef,
        start: usize,
        mut work: impl FnMut(usize, &Value, &mut Value) -> bool,
    ) -> Result<(), ErrorStack> {
        let length = collection.len();
        let mut element = Value::Undefined;
        for index in start..length {
            // The code may have shortened the collection.
            if !collection.copy_at(index, &mut element) {
                break;
            }
            let goes_on =
                self.ask(process, &[("value", &element)], |result| work(index, &element, result))?;
            if !goes_on || self.must_stop() {
                break;
            }
        }
        Ok(())
    }
}

/// Makes these all the properties there are. Where they are already, only their values change.
#[inline]
fn fill(properties: &mut Properties, wanted: &Given<'_>) {
    for (place, (name, value)) in wanted.iter().enumerate() {
        if properties.place(name, place) != Some(place) {
            properties.truncate(place);
            properties.insert((*name).into(), Value::Undefined);
        }
        if let Some(slot) = properties.at_mut(place) {
            slot.copy_from(value);
        }
    }
    if properties.len() > wanted.len() {
        properties.truncate(wanted.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filled_properties_are_all_there_is() {
        let mut properties = Properties::new();
        let shown = |properties: &Properties| {
            let each = properties.iter().map(|(name, value)| format!("{name}{value:?}"));
            each.collect::<Vec<_>>().join(" ")
        };
        let [one, two] = [Value::Integer(1), Value::text("two")];
        fill(&mut properties, &[("a", &one), ("b", &two)]);
        assert_eq!(shown(&properties), format!("a{one:?} b{two:?}"));
        properties.insert("c".into(), Value::Null);
        fill(&mut properties, &[("a", &two)]);
        assert_eq!(shown(&properties), format!("a{two:?}"));
        properties.extend((0..12).map(|n| (format!("more{n}").into(), Value::Integer(n))));
        fill(&mut properties, &[("b", &one), ("a", &two)]);
        assert_eq!(shown(&properties), format!("b{one:?} a{two:?}"));
    }
}
