//! Commands of the language itself: parameters, types, errors, `Storage`.

use tessera_values::{CollectionRef, ErrorStack, FourDError, ObjectRef, Properties, Scalar, Text, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::limits;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (34, not),
    (82, undefined),
    (259, count_parameters),
    (684, current_method_name),
    (704, method_called_on_error),
    (155, on_err_call),
    (156, abort),
    (315, is_nil_pointer),
    (1007, execute_method),
    (1129, assert),
    (1132, asserted),
    (1131, set_assert_enabled),
    (1015, get_last_error_stack),
    (1509, value_type),
    (295, type_of),
    (1525, storage),
    (1790, copy_parameters),
    // The older name of throw with an object.
    (1520, throw),
    (1799, last_errors),
    (1805, throw),
    (955, choose),
    (1537, bool),
    (1662, call_chain),
];

pub(super) const NAMED: &[(&str, Command)] =
    &[("Get assert enabled", |process, _| Ok(Value::Boolean(process.assertions)))];

fn not(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(!arguments.boolean(0)?))
}

fn undefined(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(matches!(arguments.value(0), Value::Undefined)))
}

fn count_parameters(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(process.frames.last().map_or(0, |frame| frame.count) as i64))
}

/// `Copy parameters({from})`
fn copy_parameters(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let from = arguments.optional_integer(0)?.unwrap_or(1).max(1) as usize - 1;
    let all = process.frame_arguments();
    Ok(Value::Collection(all.into_iter().skip(from).collect()))
}

fn current_method_name(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Text(process.frames.last().map(|frame| frame.code.routine.name.clone()).unwrap_or_default()))
}

fn call_chain(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let chain = process.call_chain().into_iter().map(|(name, line)| {
        let line = Value::Integer(i64::from(line));
        Value::Object(ObjectRef::from([("name", Value::Text(name)), ("line", line)]))
    });
    Ok(Value::Collection(chain.collect()))
}

/// The scopes of an error method (`docs/commands/on-err-call.md`).
const ERRORS_GLOBAL: i64 = 1;
const ERRORS_OF_COMPONENTS: i64 = 2;

/// `ON ERR CALL(method {; scope})`; an empty name removes it. There are no components whose errors one could take.
fn on_err_call(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let method = Some(arguments.text(0)?).filter(|method| !method.is_empty());
    match arguments.integer(1)? {
        ERRORS_OF_COMPONENTS => {}
        ERRORS_GLOBAL => *process.environment().shared.error_method.lock() = method,
        _ => process.error_method = method.map(|method| (method, process.handlers.len())),
    }
    process.set_variable("Error", Value::Integer(0));
    Ok(Value::Undefined)
}

/// `Method called on error({scope})`
fn method_called_on_error(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let method = match arguments.integer(0)? {
        ERRORS_OF_COMPONENTS => None,
        ERRORS_GLOBAL => process.environment().shared.error_method.lock().clone(),
        _ => process.error_method.as_ref().map(|(method, _)| method.clone()),
    };
    Ok(Value::Text(method.unwrap_or_default()))
}

/// `ABORT`: in an error method, the code that failed ends; elsewhere, the process (`docs/commands-legacy/abort.md`).
fn abort(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    process.aborted = process.handling;
    Err(ErrorStack::fatal("ABORT was called."))
}

/// Three arrays: numbers, components, messages (`docs/commands-legacy/get-last-error-stack.md`).
fn get_last_error_stack(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let columns: [fn(&FourDError) -> Value; 3] = [
        |error| Value::Integer(error.code),
        |error| Value::Text(error.component.clone()),
        |error| Value::Text(error.message.clone()),
    ];
    for (position, column) in columns.iter().enumerate() {
        let array = arguments.array(position)?;
        array.resize(process.last_errors.len());
        for (row, error) in process.last_errors.iter().enumerate() {
            array.elements.borrow_mut()[row + 1] = column(error);
        }
    }
    Ok(Value::Undefined)
}

fn is_nil_pointer(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(match arguments.value(0) {
        Value::Pointer(pointer) => pointer.is_nil(),
        value => value.is_nothing(),
    }))
}

fn value_type(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(arguments.value(0).value_type() as i64))
}

/// The numbers of array types (`docs/commands/type.md`).
// UNSPECIFIED: the type a variable was declared with is not known here, so a Variant tells its content's type.
fn type_of(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    use tessera_values::ArrayKind;
    Ok(Value::Integer(match arguments.value(0) {
        Value::Array(array) => match (array.elements.borrow().get(1), array.kind) {
            (Some(Value::Array(_)), _) => 13,
            (_, ArrayKind::Real) => 14,
            (_, ArrayKind::Integer) => 16,
            (_, ArrayKind::Date) => 17,
            (_, ArrayKind::Text) => 18,
            (_, ArrayKind::Picture) => 19,
            (_, ArrayKind::Pointer) => 20,
            (_, ArrayKind::Boolean) => 22,
            (_, ArrayKind::Blob) => 31,
            (_, ArrayKind::Time) => 32,
            (_, ArrayKind::Object) => 39,
        },
        Value::Integer(_) => 9,
        value => value.value_type() as i64,
    }))
}

fn storage(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Object(ObjectRef::Shared(process.environment().shared.storage.clone())))
}

/// All alternatives are computed first (`docs/commands-legacy/choose.md`).
fn choose(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    match arguments.value(0) {
        Value::Boolean(criterion) => Ok(arguments.value(if criterion { 1 } else { 2 })),
        criterion => {
            let number = criterion.as_integer().and_then(|n| usize::try_from(n).ok());
            Ok(match number.filter(|n| n + 1 < arguments.len()) {
                Some(number) => arguments.value(number + 1),
                None => arguments.value(1).emptied(),
            })
        }
    }
}

fn bool(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(super::collection::is_true(&arguments.value(0))))
}

/// `EXECUTE METHOD(name {; result | * {; arguments}})`
fn execute_method(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let name = arguments.text(0)?;
    let Some(routine) = process.program().method(&name).map(|method| method.routine.clone()) else {
        return Err(ErrorStack::runtime(format!("There is no method {name}.")));
    };
    let given: Vec<Value> = (2..arguments.len()).map(|position| arguments.value(position)).collect();
    let result = process.call(&routine, Value::Undefined, &given)?;
    arguments.write(1, result);
    Ok(Value::Undefined)
}

fn assert(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    if process.assertions && !arguments.boolean(0)? {
        let message = arguments.text(1)?;
        let message = if message.is_empty() { "Assertion failed.".into() } else { message };
        return Err(ErrorStack::single(FourDError::new("4DRT", -10518, message)));
    }
    Ok(Value::Undefined)
}

fn asserted(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let holds = arguments.boolean(0)?;
    assert(process, arguments)?;
    Ok(Value::Boolean(holds))
}

fn set_assert_enabled(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    process.assertions = arguments.boolean(0)?;
    Ok(Value::Undefined)
}

/// Null without errors (`docs/commands/last-errors.md`).
fn last_errors(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    if process.last_errors.is_empty() {
        return Ok(Value::Null);
    }
    let errors = process.last_errors.iter().map(error_object);
    Ok(Value::Collection(errors.collect::<CollectionRef>()))
}

/// An error as code sees it, in `Last errors` and in status objects.
pub fn error_object(error: &FourDError) -> Value {
    let mut properties = Properties::from_iter([
        ("errCode".into(), Value::Integer(error.code)),
        ("message".into(), Value::Text(error.message.clone())),
        ("componentSignature".into(), Value::Text(error.component.clone())),
    ]);
    properties.extend(error.details.iter().map(|(name, value)| (name.clone(), value.to_value())));
    Value::Object(ObjectRef::from_properties(properties))
}

/// `throw(code {; text})`, `throw(object)`, `throw` (`docs/commands/throw.md`).
fn throw(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    match arguments.value(0) {
        Value::Undefined if arguments.is_empty() => {
            let errors = std::mem::take(&mut process.last_errors);
            for error in errors {
                process.defer(error);
            }
            Ok(Value::Undefined)
        }
        Value::Object(object) => {
            let (error, deferred) = error_of(&object)?;
            if deferred {
                process.defer(error);
                return Ok(Value::Undefined);
            }
            Err(ErrorStack::single(error))
        }
        code => {
            let code = code.as_integer().unwrap_or(-1);
            let text = arguments.text(1)?;
            let text = if text.is_empty() { format!("Error code: {code} (host)").into() } else { text };
            Err(ErrorStack::single(FourDError::new("host", code, text)))
        }
    }
}

fn error_of(object: &ObjectRef) -> Result<(FourDError, bool), ErrorStack> {
    let text = |name: &str| match object.get(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    };
    let code = object.get("errCode").and_then(|code| code.as_integer()).unwrap_or(-1);
    let component = text("componentSignature").unwrap_or_else(|| "host".into());
    let mut message: Text =
        text("message").unwrap_or_else(|| format!("Error code: {code} ({component})").into());
    let mut details = Vec::new();
    for name in object.keys() {
        if matches!(name.as_str(), "errCode" | "message" | "componentSignature" | "deferred") {
            continue;
        }
        let value = object.get(&name).unwrap_or_default();
        // {name} in the message stands for that property.
        let shown = match &value {
            Value::Text(text) => text.clone(),
            other => other.as_real().map(tessera_values::format_number).unwrap_or_default(),
        };
        message = limits::replaced(&message, &format!("{{{name}}}"), &shown, usize::MAX)?;
        if let Some(value) = Scalar::from_value(&value) {
            details.push((name, value));
        }
    }
    let deferred = object.get("deferred").and_then(|deferred| deferred.as_boolean()).unwrap_or(false);
    Ok((FourDError { details, ..FourDError::new(&component, code, message) }, deferred))
}
