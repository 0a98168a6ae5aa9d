//! Where trees come from and go to.

use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use super::read;
use super::tree::{DOCUMENT, Kind, Reference, fault};
use super::{on_node, write};
use crate::commands::files;
use crate::context::Context;

/// `DOM Parse XML variable(variable {; validation {; grammar}})`
pub(super) fn parse_variable(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let content = match arguments.value(0) {
        Value::Blob(blob) => read::decode(&blob.0),
        _ => arguments.text(0)?.trim_start_matches('\u{FEFF}').to_owned(),
    };
    parsed(context, process, arguments, &content)
}

/// `DOM Parse XML source(document {; validation {; grammar}})`
// UNSPECIFIED: how addresses are fetched. Taken: they are not; code fetches and parses what it got.
pub(super) fn parse_source(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let path = arguments.text(0)?;
    if path.is_empty() {
        return Ok(Value::text(""));
    }
    if path.contains("://") {
        return Err(fault(
            "DOM Parse XML source reads files; use HTTP Get and DOM Parse XML variable for an address.",
        ));
    }
    let (content, shown) = files::read_document(context, &path)?;
    process.set_variable("Document", Value::Text(shown));
    parsed(context, process, arguments, &read::decode(&content))
}

fn parsed(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    content: &str,
) -> Result<Value, ErrorStack> {
    if arguments.boolean(1)? {
        return Err(fault("XML is not validated by a DTD or a schema here; parse it without validation."));
    }
    let tree = read::parse(content).map_err(|found| {
        let message = format!("XML, line {}, column {}: {}.", found.line, found.column, found.message);
        *context.xml.last_fault.borrow_mut() = Some((found.message, found.line, found.column));
        fault(message)
    })?;
    let root = tree.root().unwrap_or(DOCUMENT);
    let reference = Reference { tree: context.xml.add(tree)?, node: root };
    process.set_ok(true);
    Ok(Value::Text(reference.to_text()))
}

/// `XML GET ERROR(element; text {; row {; column}})`: what the last document that could not be read had wrong.
pub(super) fn get_error(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (message, line, column) = context.xml.last_fault.borrow().clone().unwrap_or_default();
    arguments.write(1, Value::text(message));
    arguments.write(2, Value::Integer(line as i64));
    arguments.write(3, Value::Integer(column as i64));
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// `DOM CLOSE XML(element)`: the root, or the document.
pub(super) fn close(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let tree = on_node(context, process, arguments, |tree, reference| {
        if reference.node == DOCUMENT || Some(reference.node) == tree.root() {
            Ok(reference.tree)
        } else {
            Err(fault("DOM CLOSE XML needs the root element."))
        }
    })?;
    context.xml.close(tree);
    Ok(Value::Undefined)
}

/// `DOM EXPORT TO VAR(element; variable)`: a text, or a Blob where the variable is one.
pub(super) fn export_to_variable(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let as_blob = matches!(arguments.read(1), Value::Blob(_));
    let exported = on_node(context, process, arguments, |tree, reference| {
        Ok(if as_blob {
            Value::Blob(write::bytes(tree, reference.node).into())
        } else {
            Value::text(write::document(tree, reference.node))
        })
    })?;
    arguments.write(1, exported);
    Ok(Value::Undefined)
}

/// `DOM EXPORT TO FILE(element; path)`
pub(super) fn export_to_file(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let path = arguments.text(1)?;
    let exported =
        on_node(context, process, arguments, |tree, reference| Ok(write::bytes(tree, reference.node)))?;
    process.set_ok(false);
    // An empty path would open a dialog: as if it was cancelled.
    if !path.is_empty() {
        files::write_document(context, &path, &exported)?;
        process.set_ok(true);
    }
    Ok(Value::Undefined)
}

/// `DOM SET XML DECLARATION(element; encoding {; standalone {; indentation}})`
pub(super) fn set_declaration(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (encoding, standalone) = (known_encoding(arguments.text(1)?), arguments.boolean(2)?);
    on_node(context, process, arguments, |tree, _| {
        tree.encoding = encoding;
        tree.standalone = standalone;
        Ok(Value::Undefined)
    })
}

/// The name of a set that is known; UTF-8 in the place of others.
pub(super) fn known_encoding(name: Text) -> Text {
    let is_known = !name.is_empty() && tessera_vm::Charset::of(&Value::Text(name.clone())).is_some();
    if is_known { name } else { "UTF-8".into() }
}

/// The selectors of `DOM Get XML information`.
const PUBLIC_ID: i64 = 1;
const SYSTEM_ID: i64 = 2;
const DOCTYPE_NAME: i64 = 3;
const ENCODING: i64 = 4;
const VERSION: i64 = 5;
const DOCUMENT_URI: i64 = 6;

/// `DOM Get XML information(element; selector)`
pub(super) fn information(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let selector = arguments.integer(1)?;
    on_node(context, process, arguments, |tree, _| {
        let declared = tree.children(DOCUMENT).iter().find_map(|node| match tree.kind(*node) {
            Kind::DocType(declared) => Some(declared.as_str()),
            _ => None,
        });
        let declared = declared.unwrap_or_default();
        // `name`, `name SYSTEM "uri"` or `name PUBLIC "id" "uri"`, and perhaps brackets.
        let outside = declared.split('[').next().unwrap_or_default();
        let quoted: Vec<&str> = outside.split(['"', '\'']).skip(1).step_by(2).collect();
        let is_public = outside.split_whitespace().nth(1) == Some("PUBLIC");
        let found = match selector {
            PUBLIC_ID if is_public => quoted.first().copied().unwrap_or_default(),
            SYSTEM_ID | DOCUMENT_URI => quoted.get(usize::from(is_public)).copied().unwrap_or_default(),
            DOCTYPE_NAME => outside.split_whitespace().next().unwrap_or_default(),
            ENCODING => &tree.encoding,
            VERSION => &tree.version,
            _ => "",
        };
        Ok(Value::text(found))
    })
}
