//! `4D.Vector`: a list of numbers that is compared with others (`docs/API/VectorClass.md`). Shared, and never changed.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{CollectionRef, ErrorStack, Metric, Native, Scope, SharedNative, Value};

use crate::arguments::Arguments;
use crate::process::Process;

struct Vector(Vec<f64>);

/// `4D.Vector.new(collection)`
pub(crate) fn new_vector(_: &mut Process, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let Some(given) = arguments.collection(0)? else {
        return Err(ErrorStack::runtime("4D.Vector.new() needs a collection of numbers."));
    };
    let numbers = given.to_vec();
    let numbers = numbers.iter().enumerate().map(|(index, value)| match value {
        Value::Integer(_) | Value::Real(_) => Ok(value.as_real().unwrap_or_default()),
        other => Err(ErrorStack::runtime(format!(
            "Element {index} of a vector must be a number, not {}.",
            other.kind()
        ))),
    });
    Ok(vector(numbers.collect::<Result<_, _>>()?))
}

/// A `4D.Vector` of these numbers.
pub fn vector(numbers: Vec<f64>) -> Value {
    Value::Native(Rc::new(VectorObject(Arc::new(Vector(numbers)))))
}

impl SharedNative for Vector {
    fn to_local(self: Arc<Self>) -> Rc<dyn Native> {
        Rc::new(VectorObject(self))
    }

    fn class_name(&self) -> &'static str {
        "4D.Vector"
    }
}

struct VectorObject(Arc<Vector>);

impl VectorObject {
    fn other<'a>(&self, arguments: &'a [Value]) -> Result<&'a Vector, ErrorStack> {
        let other = arguments.first().and_then(|value| value.as_native::<Self>());
        let other = other.ok_or_else(|| ErrorStack::runtime("A 4D.Vector is expected."))?;
        if other.0.0.len() == self.0.0.len() {
            Ok(&other.0)
        } else {
            let (own, others) = (self.0.0.len(), other.0.0.len());
            Err(ErrorStack::runtime(format!("The vectors have different lengths: {own} and {others}.")))
        }
    }
}

impl Native for VectorObject {
    fn class_name(&self) -> &'static str {
        "4D.Vector"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(if name == "length" { Value::Integer(self.0.0.len() as i64) } else { Value::Undefined })
    }

    fn index(self: Rc<Self>, _: &mut dyn Scope, index: &Value) -> Result<Value, ErrorStack> {
        let number = index.as_integer().and_then(|index| usize::try_from(index).ok());
        let found = number.and_then(|index| self.0.0.get(index));
        found.map(|number| Value::Real(*number)).ok_or_else(|| {
            ErrorStack::runtime(format!(
                "The vector has the elements 0 to {}.",
                self.0.0.len().saturating_sub(1)
            ))
        })
    }

    fn call(
        self: Rc<Self>,
        _: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let metric = match name {
            "cosineSimilarity" => Metric::Cosine,
            "dotSimilarity" => Metric::Dot,
            "euclideanDistance" => Metric::Euclidean,
            "toCollection" => {
                let numbers = self.0.0.iter().map(|number| Value::Real(*number)).collect();
                return Some(Ok(Value::Collection(CollectionRef::from_vec(numbers))));
            }
            _ => return None,
        };
        Some(self.other(arguments).map(|other| Value::Real(metric.measure(&self.0.0, &other.0))))
    }

    fn iteration_length(self: Rc<Self>, _: &mut dyn Scope) -> Option<Result<usize, ErrorStack>> {
        Some(Ok(self.0.0.len()))
    }

    fn iteration_item(self: Rc<Self>, _: &mut dyn Scope, index: usize) -> Result<Option<Value>, ErrorStack> {
        Ok(self.0.0.get(index).map(|number| Value::Real(*number)))
    }

    fn numbers(&self) -> Option<&[f64]> {
        Some(&self.0.0)
    }

    fn to_shared(&self) -> Option<Arc<dyn SharedNative>> {
        Some(Arc::clone(&self.0) as Arc<dyn SharedNative>)
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| Arc::ptr_eq(&self.0, &other.0))
    }
}
