//! [`Parcel`]: a value on its way to another process (`docs/Develop/processes.md`).
//!
//! Ordinary objects and collections are copied, shared ones arrive as themselves. What belongs to its process
//! (pointers to variables, arrays, entities) can't be sent.

use std::sync::Arc;

use tessera_values::{
    ClassId, CollectionRef, ErrorStack, Local, ObjectRef, Picture, Pointer, Properties, SharedValue, Text,
    Value,
};

use crate::bytecode::{Register, Routine};
use crate::code::Code;
use crate::function::FunctionValue;

/// A value outside any process.
pub struct Parcel(Inside);

enum Inside {
    Undefined,
    Shareable(SharedValue),
    Picture(Box<Picture>),
    Object(Option<ClassId>, Vec<(Text, Inside)>),
    Collection(Vec<Inside>),
    Function(Arc<Routine>, Vec<(Register, Inside)>),
    /// To a table or a field.
    Pointer(u32, Option<u32>),
}

/// The deepest nesting that is sent.
const DEPTH_MAX: usize = 256;

impl Parcel {
    /// Packs a value.
    ///
    /// # Errors
    /// It can't leave its process, or objects lie in each other without end.
    pub fn pack(value: &Value) -> Result<Self, ErrorStack> {
        pack(value, 0).map(Self)
    }

    /// The value, in the process that opens the parcel.
    pub fn unpack(self) -> Value {
        self.0.unpack()
    }
}

fn pack(value: &Value, depth: usize) -> Result<Inside, ErrorStack> {
    if depth > DEPTH_MAX {
        return Err(ErrorStack::runtime("The value is nested too deeply to be passed to another process."));
    }
    if let Value::Undefined = value {
        return Ok(Inside::Undefined);
    }
    if let Ok(shareable) = SharedValue::from_value(value) {
        return Ok(Inside::Shareable(shareable));
    }
    Ok(match value {
        Value::Object(object) => {
            let properties = object.keys().into_iter().map(|name| {
                let inside = pack(&object.get(&name).unwrap_or_default(), depth + 1)?;
                Ok((name, inside))
            });
            Inside::Object(object.class(), properties.collect::<Result<_, ErrorStack>>()?)
        }
        Value::Collection(collection) => {
            let elements = collection.to_vec();
            Inside::Collection(
                elements.iter().map(|element| pack(element, depth + 1)).collect::<Result<_, _>>()?,
            )
        }
        Value::Picture(picture) => Inside::Picture(Box::new(picture.as_ref().clone())),
        Value::Pointer(Pointer::Table(table)) => Inside::Pointer(*table, None),
        Value::Pointer(Pointer::Field(table, field)) => Inside::Pointer(*table, Some(*field)),
        value => match value.as_native::<FunctionValue>() {
            Some(function) => {
                let captured = function
                    .captured()
                    .iter()
                    .map(|(register, value)| Ok((*register, pack(value, depth + 1)?)));
                Inside::Function(
                    Arc::clone(function.compiled()),
                    captured.collect::<Result<_, ErrorStack>>()?,
                )
            }
            None => {
                return Err(ErrorStack::runtime(format!(
                    "{} can't be passed to another process.",
                    value.kind()
                )));
            }
        },
    })
}

impl Inside {
    fn unpack(self) -> Value {
        match self {
            Self::Undefined => Value::Undefined,
            Self::Shareable(value) => value.into_value(),
            Self::Picture(picture) => Value::Picture((*picture).into()),
            Self::Object(class, properties) => {
                let object = Local::new(class);
                *object.properties.borrow_mut() = properties
                    .into_iter()
                    .map(|(name, inside)| (name, inside.unpack()))
                    .collect::<Properties>();
                Value::Object(ObjectRef::Local(object))
            }
            Self::Collection(elements) => {
                Value::Collection(elements.into_iter().map(Self::unpack).collect::<CollectionRef>())
            }
            Self::Function(routine, captured) => {
                let captured =
                    captured.into_iter().map(|(register, inside)| (register, inside.unpack())).collect();
                Value::Native(std::rc::Rc::new(FunctionValue::formula(Code::new(routine), captured)))
            }
            Self::Pointer(table, None) => Value::Pointer(Pointer::Table(table)),
            Self::Pointer(table, Some(field)) => Value::Pointer(Pointer::Field(table, field)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tessera_values::SharedObject;

    use super::*;

    #[test]
    fn objects_are_copied_and_shared_ones_are_not() {
        // L203
        let inner = ObjectRef::from([("n", Value::Integer(1))]);
        let shared = ObjectRef::Shared(SharedObject::new(None));
        let outer = ObjectRef::from([
            ("inner", Value::Object(inner.clone())),
            ("list", Value::Collection(CollectionRef::from_vec(vec![Value::text("x"), Value::Null]))),
            ("shared", Value::Object(shared.clone())),
        ]);
        let Value::Object(arrived) = Parcel::pack(&Value::Object(outer.clone())).unwrap().unpack() else {
            panic!("an object stays one");
        };
        assert!(!arrived.is_same(&outer));
        let same = |name: &str, object: &ObjectRef| matches!(arrived.get(name), Some(Value::Object(found)) if found.is_same(object));
        assert!(!same("inner", &inner));
        assert!(same("shared", &shared));
        assert_eq!(arrived.keys(), ["inner", "list", "shared"]);
    }

    #[test]
    fn what_belongs_to_its_process_is_refused() {
        let variable = Pointer::Variable(tessera_values::Variable::new("x", Value::Null));
        assert!(Parcel::pack(&Value::Pointer(variable)).is_err());
        let object = ObjectRef::new();
        object.set(tessera_values::NOBODY, "itself", Value::Object(object.clone())).unwrap();
        assert!(Parcel::pack(&Value::Object(object)).is_err(), "it never ends");
    }

    #[test]
    fn a_parcel_may_change_threads() {
        fn sendable<T: Send>(_: &T) {}
        sendable(&Parcel::pack(&Value::text("x")).unwrap());
    }
}
