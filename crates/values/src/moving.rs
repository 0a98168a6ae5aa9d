//! Writing values where they stay.
//!
//! A value that was just put together from its parts is slow to be moved as a whole: the processor has to wait until all
//! parts are in memory. Numbers and Booleans, which occur most, are therefore read and written by their parts; and since
//! they own nothing, what is written over them needs no look at what they were.
#![expect(clippy::inline_always, reason = "a value handed to a call that is not inlined is moved as a whole")]

use crate::Value;

impl Value {
    /// `*self = value`
    #[inline(always)]
    pub fn put(&mut self, value: Self) {
        if matches!(self, Self::Undefined | Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Real(_))
        {
            std::mem::forget(std::mem::replace(self, value));
        } else {
            *self = value;
        }
    }

    /// `*self = other.clone()`
    #[inline(always)]
    pub fn copy_from(&mut self, other: &Self) {
        match other {
            Self::Integer(n) => self.put(Self::Integer(*n)),
            Self::Real(n) => self.put(Self::Real(*n)),
            Self::Boolean(b) => self.put(Self::Boolean(*b)),
            other => self.put(other.clone()),
        }
    }

    /// `*self = take(other)`; a number or Boolean may also stay where it was.
    #[inline(always)]
    pub fn move_from(&mut self, other: &mut Self) {
        match other {
            Self::Integer(n) => self.put(Self::Integer(*n)),
            Self::Real(n) => self.put(Self::Real(*n)),
            Self::Boolean(b) => self.put(Self::Boolean(*b)),
            other => self.put(std::mem::take(other)),
        }
    }

    /// Appends a copy to a list.
    #[inline(always)]
    pub fn copy_to(&self, list: &mut Vec<Self>) {
        match self {
            Self::Integer(n) => list.push(Self::Integer(*n)),
            other => list.push(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Value> {
        vec![
            Value::Undefined,
            Value::Null,
            Value::Boolean(true),
            Value::Integer(7),
            Value::Real(1.5),
            Value::text("a text that is too long to lie in the value itself"),
            Value::Object(crate::ObjectRef::default()),
        ]
    }

    #[test]
    fn every_value_can_be_written_over_every_other() {
        let shown = |value: &Value| format!("{value:?}");
        for value in all() {
            for old in all() {
                let (mut put, mut copied, mut moved) = (old.clone(), old.clone(), old.clone());
                put.put(value.clone());
                copied.copy_from(&value);
                moved.move_from(&mut value.clone());
                let mut list = vec![old];
                value.copy_to(&mut list);
                for written in [&put, &copied, &moved, &list[1]] {
                    assert_eq!(shown(written), shown(&value));
                }
            }
        }
    }

    #[test]
    fn what_is_written_over_is_given_up() {
        let object = crate::Local::new(None);
        let mut value = Value::Object(crate::ObjectRef::Local(std::rc::Rc::clone(&object)));
        assert_eq!(std::rc::Rc::strong_count(&object), 2);
        value.copy_from(&Value::Integer(1));
        assert_eq!(std::rc::Rc::strong_count(&object), 1);
    }
}
