//! `PROCESS 4D TAGS` (`docs/commands-legacy/process-4d-tags.md`).

use std::rc::Rc;

use tessera_values::{Blob, ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;
use crate::tags::process_tags_with;

pub(super) const COMMANDS: &[(u16, Command)] = &[(816, process_tags)];

/// `PROCESS 4D TAGS(input; output {; parameters…})`: text to text, Blob to Blob. The template reads the parameters as
/// `$1`, `$2`…
fn process_tags(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let input = arguments.value(0);
    let text = match &input {
        Value::Blob(blob) => String::from_utf8_lossy(&blob.0).into_owned(),
        _ => arguments.text(0)?.to_string(),
    };
    let parameters: Vec<Value> = (2..arguments.len()).map(|position| arguments.value(position)).collect();
    let page = process_tags_with(context, process, &text, &|_| None, &parameters)?;
    let output = match input {
        Value::Blob(_) => Value::Blob(Blob::from(page.into_bytes())),
        _ => Value::text(page),
    };
    arguments.write(1, output);
    Ok(Value::Undefined)
}
