//! Changing elements: their names and values.

use std::rc::Rc;

use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::path::Paths;
use super::tree::{Kind, NodeId, Tree, checked_name, fault};
use super::{on_node, read, values};
use crate::context::Context;

/// `DOM SET XML ELEMENT NAME(element; name)`
pub(super) fn rename(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let name = checked_name(&arguments.text(1)?)?;
    on_node(context, process, arguments, |tree, reference| {
        tree.rename(reference.node, name);
        Ok(Value::Undefined)
    })
}

/// `DOM REMOVE XML ELEMENT(element)`; the document itself stays.
pub(super) fn remove(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    on_node(context, process, arguments, |tree, reference| {
        if tree.name(reference.node).is_none() {
            return Err(fault("Only an XML element can be removed."));
        }
        tree.remove(reference.node);
        Ok(Value::Undefined)
    })
}

/// `DOM SET XML ELEMENT VALUE(element {; path}; value {; *})`: with `*`, as CDATA.
pub(super) fn set_value(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let as_cdata = arguments.flag(arguments.len().saturating_sub(1)) == Some("*");
    let has_path = arguments.len() - usize::from(as_cdata) > 2;
    let path = if has_path { Some(Paths::parse(&arguments.text(1)?)?) } else { None };
    let value = arguments.value(1 + usize::from(has_path));
    let zone = process.environment().time_zone.clone();
    on_node(context, process, arguments, |tree, reference| {
        let node = match &path {
            None => reference.node,
            Some(path) => {
                let found = path.find(tree, reference.node)?;
                *found.first().ok_or_else(|| fault("The XPath finds no element."))?
            }
        };
        if tree.name(node).is_none() {
            return Err(fault("Only an XML element can have a value."));
        }
        // XML knows one line end only.
        let text = values::to_text(&value, tree.options, &zone)?.replace("\r\n", "\n").replace("\r", "\n");
        clear(tree, node);
        if as_cdata {
            tree.insert(node, 0, Kind::CData(text))?;
        } else if tree.options.is_raw() {
            insert_raw(tree, node, &text)?;
        } else if !text.is_empty() {
            tree.insert(node, 0, Kind::Data(text))?;
        }
        Ok(Value::Undefined)
    })
}

/// Removes the texts of an element; its child elements stay.
fn clear(tree: &mut Tree, node: NodeId) {
    let is_text = |child: &NodeId| matches!(tree.kind(*child), Kind::Data(_) | Kind::CData(_));
    let texts: Vec<NodeId> = tree.children(node).iter().copied().filter(is_text).collect();
    for text in texts {
        tree.remove(text);
    }
}

/// Text that is a piece of XML becomes nodes; other text becomes CDATA (`docs/commands/xml-set-options.md`).
fn insert_raw(tree: &mut Tree, node: NodeId, text: &str) -> Result<(), ErrorStack> {
    match read::parse_fragment(text) {
        Ok(fragment) => append_all(tree, node, &fragment),
        Err(_) => tree.insert(node, 0, Kind::CData(text.into())).map(|_| ()),
    }
}

/// Appends what a fragment holds.
pub(super) fn append_all(tree: &mut Tree, node: NodeId, fragment: &Tree) -> Result<(), ErrorStack> {
    let children = fragment.root().map(|root| fragment.children(root)).unwrap_or_default();
    for child in children {
        tree.copy_in(node, usize::MAX, &fragment.part(*child))?;
    }
    Ok(())
}
