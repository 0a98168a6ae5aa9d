//! Reading an XML document event by event (`docs/commands/sax-get-xml-node.md`).
// UNSPECIFIED: when references to entities are events. Taken: never; they are read as the texts they stand for.

use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use super::navigate::{CDATA, COMMENT, DATA, INSTRUCTION};
use super::tree::{DOCUMENT, Kind, NodeId, Tree, fault};
use super::{read, write_value};
use crate::commands::files::OpenDocument;
use crate::commands::write_texts;
use crate::context::Context;

const START_DOCUMENT: i64 = 1;
const START_ELEMENT: i64 = 4;
const END_ELEMENT: i64 = 5;
const END_DOCUMENT: i64 = 9;

/// A document that is read, and how far.
pub(super) struct Reading {
    /// Its tree, by number: it counts among those of the process.
    pub(super) tree: u32,
    events: Vec<(i64, NodeId)>,
    /// How many events were given.
    given: usize,
}

impl Reading {
    fn of(context: &Context, content: &[u8]) -> Result<Self, ErrorStack> {
        let tree = read::parse(&read::decode(content)).map_err(|found| {
            fault(format!("XML, line {}, column {}: {}.", found.line, found.column, found.message))
        })?;
        let mut events = vec![(START_DOCUMENT, DOCUMENT)];
        for node in tree.children(DOCUMENT) {
            add_events(&tree, *node, &mut events);
        }
        events.push((END_DOCUMENT, DOCUMENT));
        Ok(Self { tree: context.xml.add(tree)?, events, given: 0 })
    }

    /// The event that was given last.
    fn current(&self) -> (i64, NodeId) {
        self.events[self.given.clamp(1, self.events.len()) - 1]
    }
}

fn add_events(tree: &Tree, node: NodeId, events: &mut Vec<(i64, NodeId)>) {
    match tree.kind(node) {
        Kind::Element { .. } => {
            events.push((START_ELEMENT, node));
            for child in tree.children(node) {
                add_events(tree, *child, events);
            }
            events.push((END_ELEMENT, node));
        }
        Kind::Data(_) => events.push((DATA, node)),
        Kind::CData(_) => events.push((CDATA, node)),
        Kind::Comment(_) => events.push((COMMENT, node)),
        Kind::Instruction(_) => events.push((INSTRUCTION, node)),
        Kind::Document | Kind::DocType(_) => {}
    }
}

/// Works with what is read of the document in the first argument; it is read when this is asked first.
fn on_document<R>(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    work: impl FnOnce(&mut Reading) -> Result<R, ErrorStack>,
) -> Result<R, ErrorStack> {
    process.set_ok(false);
    let document = context.documents.get(arguments.read(0).as_integer().unwrap_or(0))?;
    let mut document = document.borrow_mut();
    let document: &mut OpenDocument = &mut document;
    if document.sax.reading.is_none() {
        document.go_to(0)?;
        let content = document.read(u64::MAX)?;
        document.sax.reading = Some(Reading::of(context, &content)?);
    }
    let reading =
        document.sax.reading.as_mut().ok_or_else(|| fault("The XML document is not being read."))?;
    let result = work(reading)?;
    process.set_ok(true);
    Ok(result)
}

/// `SAX Get XML node(document)`: the kind of the next event; at the end, always that of the end.
pub(super) fn next_node(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    on_document(context, process, arguments, |reading| {
        reading.given = (reading.given + 1).min(reading.events.len());
        Ok(Value::Integer(reading.current().0))
    })
}

/// What the node of the last event holds, when the event is one of these.
fn current<R>(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    read: impl FnOnce(i64, &Tree, NodeId) -> Option<R>,
) -> Result<R, ErrorStack> {
    on_document(context, process, arguments, |reading| {
        let (event, node) = reading.current();
        let found = context.xml.with(reading.tree, |tree| read(event, tree, node))?;
        found.ok_or_else(|| fault("The last event of SAX Get XML node has nothing of this kind."))
    })
}

/// The text of the last event's node.
fn text_of(event: i64, tree: &Tree, node: NodeId, wanted: i64) -> Option<Text> {
    match tree.kind(node) {
        Kind::Data(text) | Kind::CData(text) | Kind::Comment(text) | Kind::Instruction(text)
            if event == wanted =>
        {
            Some(text.clone())
        }
        _ => None,
    }
}

/// `SAX GET XML DOCUMENT VALUES(document; encoding; version; standalone)`
pub(super) fn document_values(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (encoding, version, standalone) = current(context, process, arguments, |event, tree, _| {
        (event == START_DOCUMENT).then(|| (tree.encoding.clone(), tree.version.clone(), tree.standalone))
    })?;
    arguments.write(1, Value::Text(encoding));
    arguments.write(2, Value::Text(version));
    arguments.write(3, Value::Boolean(standalone));
    Ok(Value::Undefined)
}

/// `SAX GET XML ELEMENT(document; name; prefix; names; values)`
pub(super) fn element(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (name, attributes) = current(context, process, arguments, |event, tree, node| {
        let is_element = matches!(event, START_ELEMENT | END_ELEMENT);
        is_element.then(|| (tree.name(node).cloned().unwrap_or_default(), tree.attributes(node).to_vec()))
    })?;
    let (prefix, local) = name.split_once(':').unwrap_or(("", &name));
    arguments.write(1, Value::text(local));
    arguments.write(2, Value::text(prefix));
    write_texts(arguments, 3, attributes.iter().map(|(name, _)| name.clone()));
    write_texts(arguments, 4, attributes.into_iter().map(|(_, value)| value));
    Ok(Value::Undefined)
}

/// `SAX GET XML ELEMENT VALUE(document; value)`
pub(super) fn value(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let value = current(context, process, arguments, |event, tree, node| text_of(event, tree, node, DATA))?;
    write_value(process, arguments, 1, &value);
    Ok(Value::Undefined)
}

/// `SAX GET XML CDATA(document; value)`: Base64 is decoded for a Blob.
pub(super) fn cdata(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let value = current(context, process, arguments, |event, tree, node| text_of(event, tree, node, CDATA))?;
    write_value(process, arguments, 1, &value);
    Ok(Value::Undefined)
}

/// `SAX GET XML COMMENT(document; comment)`
pub(super) fn comment(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let comment =
        current(context, process, arguments, |event, tree, node| text_of(event, tree, node, COMMENT))?;
    arguments.write(1, Value::Text(comment));
    Ok(Value::Undefined)
}

/// `SAX GET XML PROCESSING INSTRUCTION(document; name; value)`
pub(super) fn instruction(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let whole =
        current(context, process, arguments, |event, tree, node| text_of(event, tree, node, INSTRUCTION))?;
    let (name, value) = whole.split_once(char::is_whitespace).unwrap_or((&whole, ""));
    arguments.write(1, Value::text(name));
    arguments.write(2, Value::text(value.trim_start()));
    Ok(Value::Undefined)
}

/// `SAX GET XML ENTITY(document; name; value)`: no event is one of an entity.
pub(super) fn entity(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    current(context, process, arguments, |_, _, _| None::<Value>)
}
