//! Between objects and arrays: `OB GET ARRAY`, `OB SET ARRAY`, `OB GET PROPERTY NAMES`.

use tessera_values::{ArrayKind, CollectionRef, ErrorStack, Value};

use crate::arguments::Arguments;
use crate::commands::arrays;
use crate::process::Process;

/// `OB GET ARRAY(object; name; array)`: the elements of a collection, converted to the array's type.
pub(super) fn get_array(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let value = crate::member::get(process, &arguments.value(0), &arguments.text(1)?)?;
    let elements = match value {
        Value::Collection(collection) => collection.to_vec(),
        Value::Undefined | Value::Null => Vec::new(),
        // UNSPECIFIED: a property that is no collection. Taken: an array of one element.
        other => vec![other],
    };
    let kind = elements.iter().find(|value| !value.is_nothing()).map_or(ArrayKind::Text, arrays::kind_for);
    arrays::fill(arguments, 2, kind, elements)?;
    Ok(Value::Undefined)
}

/// `OB SET ARRAY(object; name; array)`: the array becomes a collection; another value becomes one of one element.
pub(super) fn set_array(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = super::target(arguments, 0);
    let elements = match arguments.value(2) {
        Value::Array(array) => arrays::elements(&array),
        Value::Undefined => Vec::new(),
        value => vec![value],
    };
    let collection = Value::Collection(CollectionRef::from_vec(elements));
    crate::member::set(process, &object, &arguments.text(1)?, collection)?;
    Ok(Value::Undefined)
}

/// `OB GET PROPERTY NAMES(object; names {; types})`
pub(super) fn get_property_names(
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let object = arguments.value(0);
    let names = super::names_of(process, &object)?;
    let mut types = Vec::new();
    for name in &names {
        types.push(Value::Integer(crate::member::get(process, &object, name)?.value_type() as i64));
    }
    arrays::fill(arguments, 1, ArrayKind::Text, names.into_iter().map(Value::Text))?;
    if arguments.len() > 2 {
        arrays::fill(arguments, 2, ArrayKind::Integer, types)?;
    }
    Ok(Value::Undefined)
}
