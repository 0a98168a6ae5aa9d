//! Finding elements, and what they hold.

use std::rc::Rc;

use tessera_values::{Array, ArrayKind, ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use super::path::Paths;
use super::tree::{DOCUMENT, Kind, NodeId, Reference, Tree};
use super::{on_node, reference_of, text, write_value};
use crate::context::Context;

/// The kinds of nodes by the constants of the theme "XML".
pub(super) const COMMENT: i64 = 2;
pub(super) const INSTRUCTION: i64 = 3;
pub(super) const DATA: i64 = 6;
pub(super) const CDATA: i64 = 7;
pub(super) const DOCTYPE: i64 = 10;
pub(super) const ELEMENT: i64 = 11;

/// Finds a neighbour of the element in the first argument; its name and value go to the second and third.
fn neighbour(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    find: impl FnOnce(&Tree, NodeId) -> Option<NodeId>,
) -> Result<Value, ErrorStack> {
    let (reference, found) = on_node(context, process, arguments, |tree, reference| {
        let found = find(tree, reference.node).map(|node| {
            let name = tree.name(node).cloned().unwrap_or_else(|| "#document".into());
            (node, name, tree.data(node))
        });
        Ok((reference, found))
    })?;
    let node = found.as_ref().map(|(node, ..)| *node);
    if let Some((_, name, value)) = &found {
        arguments.write(1, Value::Text(name.clone()));
        write_value(process, arguments, 2, value);
    }
    Ok(reference_of(process, reference, node))
}

/// `DOM Get first child XML element(element {; name {; value}})`
pub(super) fn first_child(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    neighbour(context, process, arguments, |tree, node| tree.elements(node).next())
}

/// `DOM Get last child XML element(element {; name {; value}})`
pub(super) fn last_child(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    neighbour(context, process, arguments, |tree, node| tree.elements(node).next_back())
}

/// `DOM Get next sibling XML element(element {; name {; value}})`
pub(super) fn next_sibling(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    neighbour(context, process, arguments, |tree, node| {
        tree.beside(node).1.iter().copied().find(|sibling| tree.name(*sibling).is_some())
    })
}

/// `DOM Get previous sibling XML element(element {; name {; value}})`
pub(super) fn previous_sibling(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    neighbour(context, process, arguments, |tree, node| {
        tree.beside(node).0.iter().rev().copied().find(|sibling| tree.name(*sibling).is_some())
    })
}

/// `DOM Get parent XML element(element {; name {; value}})`: that of the root is the document.
pub(super) fn parent(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    neighbour(context, process, arguments, Tree::parent)
}

/// `DOM Get root XML element(element)`
pub(super) fn root(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    neighbour(context, process, arguments, |tree, _| tree.root())
}

/// `DOM Get XML document ref(element)`
pub(super) fn document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    neighbour(context, process, arguments, |_, _| Some(DOCUMENT))
}

/// The child elements of a name, its case as the option says.
fn named(tree: &Tree, node: NodeId, name: &str) -> Vec<NodeId> {
    let ignores_case = tree.options.ignores_case();
    let is_named =
        |own: &Text| if ignores_case { own.to_lowercase() == name.to_lowercase() } else { own == name };
    tree.elements(node).filter(|child| tree.name(*child).is_some_and(is_named)).collect()
}

/// `DOM Count XML elements(element; name)`
pub(super) fn count_elements(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let name = arguments.text(1)?;
    on_node(context, process, arguments, |tree, reference| {
        Ok(Value::Integer(named(tree, reference.node, &name).len() as i64))
    })
}

/// Fills an array variable with texts.
fn write_texts(arguments: &Arguments, position: usize, texts: impl IntoIterator<Item = Text>) {
    if position < arguments.len() {
        super::super::write_texts(arguments, position, texts);
    }
}

/// `DOM Get XML element(element; name; index {; value {; names {; values}}})`
pub(super) fn element(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (name, index) = (text(arguments, 1)?, arguments.read(2).as_integer().unwrap_or(0));
    let (reference, found) = on_node(context, process, arguments, |tree, reference| {
        let nth = usize::try_from(index - 1).ok();
        let node = nth.and_then(|nth| named(tree, reference.node, &name).get(nth).copied());
        Ok((reference, node.map(|node| (node, tree.data(node), tree.attributes(node).to_vec()))))
    })?;
    let node = found.as_ref().map(|(node, ..)| *node);
    if let Some((_, value, attributes)) = found {
        write_value(process, arguments, 3, &value);
        write_texts(arguments, 4, attributes.iter().map(|(name, _)| name.clone()));
        write_texts(arguments, 5, attributes.into_iter().map(|(_, value)| value));
    }
    Ok(reference_of(process, reference, node))
}

/// `DOM Find XML element(element; path {; elements})`
pub(super) fn find(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let paths = Paths::parse(&text(arguments, 1)?)?;
    let (reference, found) = on_node(context, process, arguments, |tree, reference| {
        Ok((reference, paths.find(tree, reference.node)?))
    })?;
    write_texts(arguments, 2, found.iter().map(|node| Reference { node: *node, ..reference }.to_text()));
    Ok(reference_of(process, reference, found.first().copied()))
}

/// `DOM Find XML element by ID(element; id)`: in the whole document.
pub(super) fn find_by_id(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let id = arguments.text(1)?;
    neighbour(context, process, arguments, |tree, _| {
        let mut nodes = vec![DOCUMENT];
        while let Some(node) = nodes.pop() {
            if tree.attribute(node, "id") == Some(&id) {
                return Some(node);
            }
            nodes.extend(tree.children(node).iter().rev());
        }
        None
    })
}

/// `DOM GET XML ELEMENT NAME(element; name)`
pub(super) fn name(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let name = on_node(context, process, arguments, |tree, reference| {
        Ok(tree.name(reference.node).cloned().unwrap_or_else(|| "#document".into()))
    })?;
    write_value(process, arguments, 1, &name);
    Ok(Value::Undefined)
}

/// `DOM GET XML ELEMENT VALUE(element; value {; cdata})`
pub(super) fn value(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (data, cdata) = on_node(context, process, arguments, |tree, reference| {
        Ok((tree.data(reference.node), tree.cdata(reference.node)))
    })?;
    write_value(process, arguments, 1, &data);
    write_value(process, arguments, 2, &cdata);
    Ok(Value::Undefined)
}

/// `DOM GET XML CHILD NODES(element; kinds; nodes)`: references of elements, and what the others hold.
pub(super) fn child_nodes(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (kinds, nodes): (Vec<i64>, Vec<Text>) = on_node(context, process, arguments, |tree, reference| {
        let children = tree.children(reference.node).iter();
        Ok(children
            .map(|child| match tree.kind(*child) {
                Kind::Document | Kind::Element { .. } => {
                    (ELEMENT, Reference { node: *child, ..reference }.to_text())
                }
                Kind::Data(text) => (DATA, text.clone()),
                Kind::CData(text) => (CDATA, text.clone()),
                Kind::Comment(text) => (COMMENT, text.clone()),
                Kind::Instruction(text) => (INSTRUCTION, text.clone()),
                Kind::DocType(text) => (DOCTYPE, text.clone()),
            })
            .unzip())
    })?;
    let array = Array::new(ArrayKind::Integer, 0);
    array.elements.borrow_mut().extend(kinds.into_iter().map(Value::Integer));
    arguments.write(1, Value::Array(array));
    write_texts(arguments, 2, nodes);
    Ok(Value::Undefined)
}
