//! What code may ask of the structure: tables and fields by number or pointer (`docs/commands/theme/Structure_Access.md`),
//! and the transaction that is open.

use std::rc::Rc;

use tessera_model::{AttributeKind, Field, Table};
use tessera_values::{Array, ArrayKind, ErrorStack, Pointer, Text, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (252, table),
    (253, field),
    (254, last_table_number),
    (255, last_field_number),
    (256, table_name),
    (257, field_name),
    (258, get_field_properties),
    (397, in_transaction),
    (803, get_table_titles),
    (804, get_field_titles),
    (961, transaction_level),
    (999, is_table_number_valid),
    (1000, is_field_number_valid),
    // None is ever suspended: the one that is open is the active one.
    (1387, in_transaction),
];

/// The table that an argument means: a number, a pointer, or a name as `[Name]` gives it.
pub(super) fn table_of<'c>(context: &'c Context, value: &Value) -> Option<&'c Table> {
    let catalog = &context.application().catalog;
    match value {
        Value::Pointer(Pointer::Table(number) | Pointer::Field(number, _)) => catalog.table_numbered(*number),
        Value::Text(name) => catalog.table_named(name),
        value => catalog.table_numbered(u32::try_from(value.as_integer()?).ok()?),
    }
}

fn known_table<'c>(context: &'c Context, value: &Value) -> Result<&'c Table, ErrorStack> {
    table_of(context, value).ok_or_else(|| ErrorStack::runtime("There is no such table."))
}

/// Number and name of the field that a pointer, or a table and a number from `position` on, mean.
fn field_of(
    context: &Context,
    arguments: &Arguments,
    position: usize,
) -> Result<(u32, (u32, Text)), ErrorStack> {
    let first = arguments.value(position);
    let table = known_table(context, &first)?;
    let field = match first {
        Value::Pointer(Pointer::Field(_, field)) => Value::Integer(i64::from(field)),
        // A command that fills its arguments is given the variable.
        _ => arguments.read(position + 1),
    };
    let found = table.fields.iter().find(|(number, name)| match &field {
        // As `->[Table]Field` gives it.
        Value::Text(asked) => name.eq_ignore_ascii_case(asked),
        value => value.as_integer() == Some(i64::from(*number)),
    });
    found.map(|field| (table.number, field.clone())).ok_or_else(|| {
        let asked =
            field.as_text().map_or_else(|| field.as_integer().unwrap_or(0).to_string(), Text::to_string);
        ErrorStack::runtime(format!("The table {} has no field {asked}.", table.name))
    })
}

/// `Table(number)` gives a pointer, `Table(pointer)` a number.
fn table(context: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let given = arguments.value(0);
    let table = known_table(context, &given)?;
    Ok(match given {
        Value::Pointer(_) => Value::Integer(i64::from(table.number)),
        _ => Value::Pointer(Pointer::Table(table.number)),
    })
}

/// `Field(table; number)` gives a pointer, `Field(pointer)` a number.
fn field(context: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (table, (field, _)) = field_of(context, arguments, 0)?;
    Ok(match arguments.value(0) {
        Value::Pointer(Pointer::Field(..)) => Value::Integer(i64::from(field)),
        _ => Value::Pointer(Pointer::Field(table, field)),
    })
}

/// Fills two arrays with names and numbers.
fn write_titles<'n>(arguments: &Arguments, position: usize, titles: impl Iterator<Item = (&'n Text, u32)>) {
    let (names, numbers): (Vec<Text>, Vec<u32>) = titles.map(|(name, number)| (name.clone(), number)).unzip();
    super::write_texts(arguments, position, names);
    let array = Array::new(ArrayKind::Integer, 0);
    array.elements.borrow_mut().extend(numbers.into_iter().map(|number| Value::Integer(i64::from(number))));
    arguments.write(position + 1, Value::Array(array));
}

/// `GET TABLE TITLES(titles; numbers)`: the names of the structure, which nobody replaces here
/// (`docs/commands/get-table-titles.md`).
fn get_table_titles(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let tables = context.application().catalog.tables().iter();
    write_titles(arguments, 0, tables.map(|table| (&table.name, table.number)));
    Ok(Value::Undefined)
}

/// `GET FIELD TITLES(table; titles; numbers)`
fn get_field_titles(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let table = known_table(context, &arguments.value(0))?;
    write_titles(arguments, 1, table.fields.iter().map(|(number, name)| (name, *number)));
    Ok(Value::Undefined)
}

/// `Last table number`
fn last_table_number(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let tables = context.application().catalog.tables();
    Ok(Value::Integer(tables.iter().map(|table| i64::from(table.number)).max().unwrap_or(0)))
}

/// `Last field number(table)`
fn last_field_number(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let table = known_table(context, &arguments.value(0))?;
    Ok(Value::Integer(table.fields.iter().map(|(number, _)| i64::from(*number)).max().unwrap_or(0)))
}

/// `Table name(table)`
fn table_name(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Text(known_table(context, &arguments.value(0))?.name.clone()))
}

/// `Field name(table; number)` or `Field name(pointer)`
fn field_name(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    field_of(context, arguments, 0).map(|(_, (_, name))| Value::Text(name))
}

fn is_table_number_valid(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(table_of(context, &arguments.value(0)).is_some()))
}

fn is_field_number_valid(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(field_of(context, arguments, 0).is_ok()))
}

/// `GET FIELD PROPERTIES(field; type {; length {; indexed {; unique {; invisible}}}})`
/// (`docs/commands-legacy/get-field-properties.md`)
fn get_field_properties(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (table, (number, name)) = field_of(context, arguments, 0)?;
    let catalog = &context.application().catalog;
    let table = catalog.table_numbered(table).and_then(|table| table.dataclass);
    let attribute = table.and_then(|id| catalog.dataclass(id).field_numbered(number));
    let Some((attribute, described)) = attribute.and_then(|attribute| match &attribute.kind {
        AttributeKind::Storage(described) => Some((attribute, described)),
        _ => None,
    }) else {
        return Err(ErrorStack::runtime(format!("Nothing is known of the field {name}.")));
    };
    let first = if matches!(arguments.value(0), Value::Pointer(Pointer::Field(..))) { 1 } else { 2 };
    let values = [
        Value::Integer(described.field_type.type_number()),
        Value::Integer(length(described)),
        Value::Boolean(described.indexed),
        Value::Boolean(described.unique),
        Value::Boolean(!attribute.exposed),
    ];
    for (at, value) in values.into_iter().enumerate() {
        arguments.write(first + at, value);
    }
    Ok(Value::Undefined)
}

/// The length of an Alpha field; 0 for others.
fn length(field: &Field) -> i64 {
    match field.field_type {
        tessera_model::FieldType::Alpha { max } => i64::from(max),
        _ => 0,
    }
}

/// `In transaction`
fn in_transaction(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(context.is_in_transaction()))
}

/// `Transaction level`: 0 outside.
fn transaction_level(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(i64::from(context.connection(|connection| connection.level()))))
}
