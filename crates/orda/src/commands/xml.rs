//! XML: trees that are read, built and searched (DOM), and documents written and read piece by piece (SAX).
//! (`docs/commands/theme/XML-DOM.md`, `XML-SAX.md`, `XML.md`)
//!
//! A process has its trees until `DOM CLOSE XML` or its end; nodes are known by references of sixteen digits.

use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;

mod attributes;
mod change;
mod make;
mod navigate;
mod options;
mod path;
mod read;
mod sax;
mod sax_read;
mod source;
mod tree;
mod values;
mod write;

pub(super) use sax::SaxDocument;
pub(crate) use tree::XmlTrees;
use tree::{Reference, Tree};

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (719, source::parse_source),
    (720, source::parse_variable),
    (721, source::information),
    (722, source::close),
    (723, navigate::first_child),
    (724, navigate::next_sibling),
    (725, navigate::element),
    (726, navigate::count_elements),
    (727, attributes::count),
    (728, attributes::by_name),
    (729, attributes::by_index),
    (730, navigate::name),
    (731, navigate::value),
    (732, source::get_error),
    (851, sax::doctype),
    (852, sax::comment),
    (853, sax::open_element),
    (854, sax::close_element),
    (855, sax::value),
    (856, sax::cdata),
    (857, sax::instruction),
    (858, sax::declaration),
    (859, source::set_declaration),
    (860, sax_read::next_node),
    (861, make::create_root),
    (862, source::export_to_file),
    (863, source::export_to_variable),
    (864, navigate::find),
    (865, make::create_element),
    (866, attributes::set),
    (867, change::rename),
    (868, change::set_value),
    (869, change::remove),
    (873, sax_read::document_values),
    (874, sax_read::comment),
    (875, sax_read::instruction),
    (876, sax_read::element),
    (877, sax_read::value),
    (878, sax_read::cdata),
    (879, sax_read::entity),
    (921, sax::open_element_arrays),
    (923, navigate::parent),
    (924, navigate::previous_sibling),
    (925, navigate::last_child),
    (1010, navigate::find_by_id),
    (1053, navigate::root),
    (1080, make::append_child_node),
    (1081, navigate::child_nodes),
    (1082, make::append_element),
    (1083, make::insert_element),
    (1084, attributes::remove),
    (1088, navigate::document),
    (1090, options::set_options),
    (1091, decode),
    (1096, options::get_options),
    (1097, make::create_element_arrays),
];

/// The text of an argument that a command may also write to.
fn text(arguments: &Arguments, position: usize) -> Result<Text, ErrorStack> {
    match arguments.read(position) {
        Value::Text(text) => Ok(text),
        Value::Undefined | Value::Null => Ok(Text::new()),
        other => Err(ErrorStack::runtime(format!(
            "Argument {} must be a text, not {}.",
            position + 1,
            other.kind()
        ))),
    }
}

/// Works on the node that the first argument refers to. `OK` is 1 when all went well.
fn on_node<R>(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    work: impl FnOnce(&mut Tree, Reference) -> Result<R, ErrorStack>,
) -> Result<R, ErrorStack> {
    process.set_ok(false);
    let reference = context.xml.find(&text(arguments, 0)?)?;
    let result = context.xml.with(reference.tree, |tree| work(tree, reference))??;
    process.set_ok(true);
    Ok(result)
}

/// The reference of a node of the same tree; that of no node where there is none, and `OK` is 0.
fn reference_of(process: &mut Process, of: Reference, node: Option<tree::NodeId>) -> Value {
    process.set_ok(node.is_some());
    Value::Text(node.map_or_else(|| tree::NO_NODE.into(), |node| Reference { node, ..of }.to_text()))
}

/// Writes a text from XML to a variable, as a value of the variable's type.
fn write_value(process: &Process, arguments: &Arguments, position: usize, text: &Text) {
    let value = values::from_text(text, &arguments.read(position), &process.environment().time_zone);
    arguments.write(position, value);
}

/// `XML DECODE(text; variable)` (`docs/commands/xml-decode.md`)
fn decode(_: &Rc<Context>, process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    write_value(process, arguments, 1, &text(arguments, 0)?);
    Ok(Value::Undefined)
}
