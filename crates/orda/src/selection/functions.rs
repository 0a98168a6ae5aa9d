//! The functions every entity selection has (`docs/API/EntitySelectionClass.md`).

use std::collections::HashSet;
use std::rc::Rc;

use tessera_model::query::Filter;
use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Properties, Text, Value, equal};
use tessera_vm::Process;

use super::{Selection, aggregate, paths, sets};
use crate::dataclass::DataclassObject;
use crate::entity::Entity;
use crate::entity::functions::IntoOrda as _;
use crate::entity::object::{Wanted, to_collection};
use crate::error::store_error;
use crate::query;
use crate::save;

/// `ck keep null`
const KEEP_NULL: i64 = 16;

pub(super) fn call(
    selection: &Rc<Selection>,
    process: &mut Process,
    name: &str,
    arguments: &[Value],
) -> Option<Result<Value, ErrorStack>> {
    let first = arguments.first().cloned().unwrap_or_default();
    let entity = |found: Result<Option<Rc<Entity>>, ErrorStack>| {
        found.map(|entity| entity.map_or(Value::Null, |entity| Value::Native(entity)))
    };
    Some(match name {
        "first" => entity(Selection::first(selection)),
        "last" => {
            let length = selection.records().map(|records| records.len());
            entity(length.and_then(|length| match length.checked_sub(1) {
                Some(index) => Selection::entity(selection, index),
                None => Ok(None),
            }))
        }
        "at" => entity(at(selection, &first)),
        "query" => query::selection_query(process, selection, arguments).map(native),
        "orderBy" => query::order_selection(process, selection, &first).map(native),
        "orderByFormula" => order_by_formula(process, selection, arguments).map(native),
        "and" | "or" | "minus" => sets::combine(process, selection, name, arguments).map(native),
        "selected" => sets::selected(selection, &first),
        "add" => sets::add(selection, &first),
        "contains" => sets::contains(selection, &first),
        "copy" => copy(selection, &first).map(native),
        "slice" => slice(selection, arguments).map(native),
        "clean" => clean(selection).map(native),
        "drop" => drop_all(process, selection, &first),
        "refresh" => Ok(Value::Undefined),
        "isOrdered" => Ok(Value::Boolean(selection.ordered.get())),
        "isAlterable" => Ok(Value::Boolean(selection.alterable)),
        "getDataClass" => Ok(DataclassObject::value(&selection.context, selection.dataclass)),
        "getRemoteContextAttributes" => Ok(Value::text("")),
        "toCollection" => collection(process, selection, arguments),
        "extract" => extract(process, selection, arguments),
        "sum" | "average" | "min" | "max" | "count" => aggregate::compute(process, selection, name, &first),
        "distinct" => aggregate::distinct(process, selection, arguments),
        "distinctPaths" => paths::distinct_paths(selection, &first),
        _ => return None,
    })
}

fn native(selection: Rc<Selection>) -> Value {
    Value::Native(selection)
}

fn at(selection: &Rc<Selection>, index: &Value) -> Result<Option<Rc<Entity>>, ErrorStack> {
    let length = selection.records()?.len() as i64;
    let index = index.as_integer().unwrap_or_default();
    let index = if index < 0 { index + length } else { index };
    match usize::try_from(index) {
        Ok(index) if (index as i64) < length => Selection::entity(selection, index),
        _ => Ok(None),
    }
}

/// `copy({option})`: alterable, unless `ck shared` asks for one that can be shared
/// (`docs/API/EntitySelectionClass.md`).
fn copy(selection: &Rc<Selection>, option: &Value) -> Result<Rc<Selection>, ErrorStack> {
    const SHARED: i64 = 32;
    copied(selection, option.as_integer().is_some_and(|option| option & SHARED != 0))
}

/// The same for `OB Copy`.
pub(super) fn copied(selection: &Rc<Selection>, shared: bool) -> Result<Rc<Selection>, ErrorStack> {
    let Selection { context, dataclass, ordered, .. } = selection.as_ref();
    let records = selection.records()?.to_vec();
    Ok(if shared {
        Selection::shareable(context, *dataclass, records, ordered.get())
    } else {
        Selection::of(context, *dataclass, records, ordered.get(), true)
    })
}

/// `slice(from {; end})`: the end is excluded, negative positions count from the end.
fn slice(selection: &Rc<Selection>, arguments: &[Value]) -> Result<Rc<Selection>, ErrorStack> {
    let records = selection.records()?;
    let length = records.len() as i64;
    let bound = |value: Option<&Value>, default: i64| {
        let at = value.and_then(Value::as_integer).unwrap_or(default);
        (if at < 0 { at + length } else { at }).clamp(0, length) as usize
    };
    let (from, end) = (bound(arguments.first(), 0), bound(arguments.get(1), length));
    let part = records.get(from..end).map(<[_]>::to_vec).unwrap_or_default();
    Ok(Selection::of(
        &selection.context,
        selection.dataclass,
        part,
        selection.ordered.get(),
        selection.alterable,
    ))
}

fn clean(selection: &Rc<Selection>) -> Result<Rc<Selection>, ErrorStack> {
    let records = selection.records()?;
    let all = Filter::Records(records.to_vec());
    let there = selection.context.connection(|connection| connection.records(selection.dataclass, &all, &[]));
    let there: HashSet<_> = there.map_err(store_error)?.into_iter().collect();
    let kept: Vec<_> = records.iter().copied().filter(|record| there.contains(record)).collect();
    Ok(Selection::of(
        &selection.context,
        selection.dataclass,
        kept,
        selection.ordered.get(),
        selection.alterable,
    ))
}

/// `drop({dk stop dropping on first error})`: the entities that could not be dropped.
fn drop_all(process: &mut Process, selection: &Rc<Selection>, option: &Value) -> Result<Value, ErrorStack> {
    /// `dk stop dropping on first error`
    const STOP: i64 = 1;
    let stops = option.as_integer().is_some_and(|option| option & STOP != 0);
    let on_refusal = if stops { save::OnRefusal::Stop } else { save::OnRefusal::GoOn };
    let kept = save::drop_selection(process, selection, on_refusal)?;
    Ok(native(Selection::of(&selection.context, selection.dataclass, kept, false, selection.alterable)))
}

/// `toCollection({paths {; options {; begin {; howMany}}}})`
fn collection(
    process: &mut Process,
    selection: &Rc<Selection>,
    arguments: &[Value],
) -> Result<Value, ErrorStack> {
    crate::access::check(&selection.context, selection.dataclass, tessera_sessions::Action::Read)?;
    let (paths, numbers) = match arguments.first() {
        Some(Value::Text(_) | Value::Collection(_)) => (arguments.first(), arguments.get(1..)),
        _ => (None, Some(arguments)),
    };
    let number = |at: usize| numbers.and_then(|numbers| numbers.get(at)).and_then(Value::as_integer);
    let wanted = Wanted::from_argument(paths);
    let begin = number(1).unwrap_or(0).max(0) as usize;
    let how_many = number(2).map(|n| n.max(0) as usize);
    to_collection(process, selection, &wanted, number(0).unwrap_or(0), begin, how_many)
}

/// `extract(path {; ck keep null})` or `extract(path; name {; path; name…})`
fn extract(
    process: &mut Process,
    selection: &Rc<Selection>,
    arguments: &[Value],
) -> Result<Value, ErrorStack> {
    let Some(Value::Text(path)) = arguments.first() else {
        return Err(ErrorStack::runtime("extract needs the path of an attribute."));
    };
    if !is_path(selection, path) {
        return Ok(Value::Collection(CollectionRef::new()));
    }
    let texts: Vec<&Text> = arguments.iter().map_while(Value::as_text).collect();
    let mut extracted = Vec::new();
    for index in 0..selection.records()?.len() {
        let Some(entity) = Selection::entity(selection, index)? else { continue };
        if texts.len() < 2 {
            let value = follow(process, &entity, path)?;
            let keeps_null = arguments.get(1).and_then(Value::as_integer) == Some(KEEP_NULL);
            if keeps_null || !value.is_nothing() {
                extracted.push(value);
            }
            continue;
        }
        let mut properties = Properties::new();
        for pair in texts.chunks_exact(2) {
            if is_path(selection, pair[0]) {
                let value = follow(process, &entity, pair[0])?;
                // What lies behind a missing link is null as well.
                let value = if value.is_nothing() { Value::Null } else { value };
                properties.insert(pair[1].clone(), value);
            }
        }
        extracted.push(Value::Object(ObjectRef::from_properties(properties)));
    }
    Ok(Value::Collection(CollectionRef::from_vec(extracted)))
}

fn is_path(selection: &Selection, path: &str) -> bool {
    let head = path.split('.').next().unwrap_or_default();
    selection.described().attribute_named(head).is_some()
}

/// The value at a dotted path of an entity.
pub(super) fn follow(process: &mut Process, entity: &Rc<Entity>, path: &str) -> Result<Value, ErrorStack> {
    let start = Value::Native(Rc::clone(entity) as Rc<dyn Native>);
    path.split('.').try_fold(start, |value, step| tessera_vm::get_member(process, &value, step))
}

/// `orderByFormula(formula {; dk descending})`: each entity's value is computed once. The formula may be a text.
fn order_by_formula(
    process: &mut Process,
    selection: &Rc<Selection>,
    arguments: &[Value],
) -> Result<Rc<Selection>, ErrorStack> {
    /// `dk descending`
    const DESCENDING: i64 = 1;
    let formula = match arguments.first() {
        Some(Value::Text(text)) => query::formula_of(&selection.context, text),
        Some(formula) => formula.as_native::<tessera_vm::FunctionValue>().cloned(),
        None => None,
    };
    let Some(formula) = formula else {
        return Err(ErrorStack::data(1626, "Expecting a text or formula"));
    };
    let descending = arguments.iter().skip(1).any(|argument| argument.as_integer() == Some(DESCENDING));
    let settings = arguments.iter().skip(1).find(|argument| matches!(argument, Value::Object(_)));
    let parameter = match settings {
        Some(Value::Object(settings)) => settings.get("args").unwrap_or_default(),
        _ => Value::Undefined,
    };
    let records = selection.records()?;
    let mut keyed = Vec::with_capacity(records.len());
    for (index, record) in records.iter().enumerate() {
        if let Some(entity) = Selection::entity(selection, index)? {
            let value = formula.call(process, Value::Native(entity), std::slice::from_ref(&parameter))?;
            keyed.push((value, *record));
        }
    }
    keyed.sort_by(|(a, _), (b, _)| {
        let order = tessera_values::sort_order(a, b);
        if descending { order.reverse() } else { order }
    });
    let sorted: Vec<_> = keyed.into_iter().map(|(_, record)| record).collect();
    Ok(Selection::of(&selection.context, selection.dataclass, sorted, true, selection.alterable))
}

/// Compares by record, as `contains` and the set functions do.
pub(super) fn record_of(
    value: &Value,
    selection: &Selection,
) -> Result<Option<tessera_model::RecordId>, ErrorStack> {
    match value {
        Value::Undefined | Value::Null => Ok(None),
        Value::Native(other) => match Rc::clone(other).into_entity() {
            Ok(entity) if entity.dataclass == selection.dataclass => Ok(entity.state.borrow().record),
            _ => Err(crate::error::incompatible()),
        },
        other if equal(other, &Value::Null) => Ok(None),
        _ => Err(crate::error::incompatible()),
    }
}
