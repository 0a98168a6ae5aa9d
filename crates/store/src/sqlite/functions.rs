//! What SQLite calls back for: the order of text, patterns, and the content of objects.
//!
//! Every decision is made by `tessera-values` and `model::query::evaluate`, so that SQLite answers as memory does.

use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, Result};
use tessera_model::query::evaluate::{object_values, test_object, words};
use tessera_values::{Value, parse_json, text_compare};

use crate::sql::{Test, stored_date};

pub(super) fn install(connection: &Connection, tests: &Arc<Mutex<Vec<Arc<Test>>>>) -> Result<()> {
    connection.create_collation("FOURD", text_compare)?;
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    let running = Arc::clone(tests);
    connection.create_scalar_function("tessera_test", 2, flags, move |context| {
        let tests = running.lock();
        Ok(test_of(context, &tests)?.is_some_and(|test| holds(test, context.get_raw(0))))
    })?;
    let running = Arc::clone(tests);
    connection.create_scalar_function("tessera_rank", 2, flags, move |context| {
        let tests = running.lock();
        Ok(rank(&value_at(test_of(context, &tests)?, context.get_raw(0))))
    })?;
    let running = Arc::clone(tests);
    connection.create_scalar_function("tessera_value", 2, flags, move |context| {
        let tests = running.lock();
        Ok(stored(&value_at(test_of(context, &tests)?, context.get_raw(0))))
    })
}

fn test_of<'t>(context: &Context<'_>, tests: &'t [Arc<Test>]) -> Result<Option<&'t Test>> {
    Ok(usize::try_from(context.get::<i64>(1)?).ok().and_then(|index| tests.get(index)).map(Arc::as_ref))
}

fn holds(test: &Test, value: ValueRef<'_>) -> bool {
    match (test, value) {
        (Test::Pattern(pattern), ValueRef::Text(text)) => {
            std::str::from_utf8(text).is_ok_and(|text| pattern.matches(text))
        }
        (Test::Keyword(pattern), ValueRef::Text(text)) => {
            std::str::from_utf8(text).is_ok_and(|text| words(text).any(|word| pattern.matches(word)))
        }
        (Test::Object(test), value) => test_object(test, &object(value)),
        _ => false,
    }
}

fn object(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Text(text) => {
            std::str::from_utf8(text).ok().and_then(|text| parse_json(text).ok()).unwrap_or(Value::Null)
        }
        _ => Value::Null,
    }
}

fn value_at(test: Option<&Test>, value: ValueRef<'_>) -> Value {
    match test {
        Some(Test::Value(path)) => object_values(&object(value), path).into_iter().next().unwrap_or_default(),
        _ => Value::Null,
    }
}

/// The ranks of `tessera_values::sort_order`.
fn rank(value: &Value) -> i64 {
    match value {
        Value::Boolean(_) => 1,
        Value::Text(_) => 2,
        Value::Integer(_) | Value::Real(_) => 3,
        Value::Object(_) => 4,
        Value::Collection(_) => 5,
        Value::Date(_) => 6,
        _ => 0,
    }
}

fn stored(value: &Value) -> Sql {
    match value {
        Value::Boolean(b) => Sql::Integer(i64::from(*b)),
        Value::Integer(n) => Sql::Integer(*n),
        Value::Real(n) => Sql::Real(*n),
        Value::Text(text) => Sql::Text(text.to_string()),
        Value::Date(date) => Sql::Text(stored_date(*date)),
        _ => Sql::Null,
    }
}
