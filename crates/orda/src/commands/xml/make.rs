//! Making trees and elements.

use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use super::navigate::{CDATA, COMMENT, DATA, DOCTYPE, ELEMENT, INSTRUCTION};
use super::path::{Path, Predicate, Step, Test};
use super::tree::{DOCUMENT, Kind, NodeId, Reference, Tree, checked_name, fault};
use super::{change, on_node, read, values};
use crate::context::Context;

fn element(name: &str) -> Result<Kind, ErrorStack> {
    Ok(Kind::Element { name: checked_name(name)?, attributes: Vec::new() })
}

/// `DOM Create XML Ref(root {; nameSpace {; name; value {; …}}})`
pub(super) fn create_root(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let name = arguments.text(0)?;
    let mut tree = Tree::new();
    let root = tree.append(DOCUMENT, element(&name)?)?;
    let name_space = arguments.text(1)?;
    match name.split_once(':') {
        Some((prefix, _)) if name_space.is_empty() => {
            return Err(fault(format!("The name space of \"{prefix}\" is missing.")));
        }
        Some((prefix, _)) => tree.set_attribute(root, &format!("xmlns:{prefix}"), name_space)?,
        None if !name_space.is_empty() => tree.set_attribute(root, "xmlns", name_space)?,
        None => {}
    }
    for position in (2..arguments.len()).step_by(2) {
        let name = checked_name(&arguments.text(position)?)?;
        tree.set_attribute(root, &name, arguments.text(position + 1)?)?;
    }
    let reference = Reference { tree: context.xml.add(tree)?, node: root };
    process.set_ok(true);
    Ok(Value::Text(reference.to_text()))
}

/// `DOM Create XML element(element; path {; name; value {; …}})`
pub(super) fn create_element(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let attributes = of_pairs(arguments)?;
    create(context, process, arguments, &attributes)
}

/// `DOM Create XML element arrays(element; path {; names; values {; …}})`
pub(super) fn create_element_arrays(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let attributes = of_arrays(arguments)?;
    create(context, process, arguments, &attributes)
}

/// Names and values in pairs, which begin at the third argument.
pub(super) fn of_pairs(arguments: &Arguments) -> Result<Vec<(Text, Value)>, ErrorStack> {
    let positions = (2..arguments.len()).step_by(2);
    positions.map(|position| Ok((arguments.text(position)?, arguments.value(position + 1)))).collect()
}

/// Names and values from pairs of arrays, which begin at the third argument.
pub(super) fn of_arrays(arguments: &Arguments) -> Result<Vec<(Text, Value)>, ErrorStack> {
    let mut attributes = Vec::new();
    for position in (2..arguments.len()).step_by(2) {
        let (names, values) = (arguments.array(position)?, arguments.array(position + 1)?);
        for (name, value) in names.elements.borrow().iter().zip(values.elements.borrow().iter()).skip(1) {
            attributes.push((name.as_text().cloned().unwrap_or_default(), value.clone()));
        }
    }
    Ok(attributes)
}

fn create(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    attributes: &[(Text, Value)],
) -> Result<Value, ErrorStack> {
    let path = Path::of_elements(&arguments.text(1)?)?;
    let zone = process.environment().time_zone.clone();
    on_node(context, process, arguments, |tree, reference| {
        let node = make(tree, reference.node, &path)?;
        for (name, value) in attributes {
            let value = values::to_text(value, tree.options, &zone)?;
            tree.set_attribute(node, &checked_name(name)?, value)?;
        }
        Ok(Value::Text(Reference { node, ..reference }.to_text()))
    })
}

/// How many elements one path may make before the one that is asked for: `item[1000]`.
const MADE_MAX: usize = 10_000;

/// Makes the last element of a path, and those on the way that are missing.
fn make(tree: &mut Tree, from: NodeId, path: &Path) -> Result<NodeId, ErrorStack> {
    let mut node = from;
    let mut steps = path.steps.as_slice();
    if path.is_absolute {
        // The first step is the root, which exists.
        let (first, rest) = steps.split_first().ok_or_else(|| fault("The XPath names no element."))?;
        let root = tree.root().filter(|root| tree.name(*root) == name_of(first));
        node = root.ok_or_else(|| fault("The XPath does not begin with the root element."))?;
        steps = rest;
    }
    let Some((last, on_the_way)) = steps.split_last() else {
        return Err(fault("The XPath names the root element, which exists already."));
    };
    for step in on_the_way {
        node = existing_or_new(tree, node, step)?;
    }
    let same = same_name(tree, node, last);
    match last.predicates.first() {
        Some(Predicate::Position(position)) if *position <= same.len() => {
            // It takes the place of the one there, which moves on.
            let at = tree.children(node).iter().position(|child| *child == same[position - 1]);
            tree.insert(node, at.unwrap_or(usize::MAX), new(last)?)
        }
        Some(Predicate::Position(position)) => fill(tree, node, last, *position),
        _ => tree.append(node, new(last)?),
    }
}

fn name_of(step: &Step) -> Option<&Text> {
    match &step.test {
        Test::Name(name) => Some(name),
        _ => None,
    }
}

fn new(step: &Step) -> Result<Kind, ErrorStack> {
    element(name_of(step).map(Text::as_str).unwrap_or_default())
}

fn same_name(tree: &Tree, node: NodeId, step: &Step) -> Vec<NodeId> {
    tree.elements(node).filter(|child| tree.name(*child) == name_of(step)).collect()
}

/// Appends elements until there are so many; gives the last.
fn fill(tree: &mut Tree, node: NodeId, step: &Step, count: usize) -> Result<NodeId, ErrorStack> {
    let missing = count - same_name(tree, node, step).len();
    if missing > MADE_MAX {
        return Err(fault(format!("The XPath would make more than {MADE_MAX} elements.")));
    }
    let mut made = node;
    for _ in 0..missing {
        made = tree.append(node, new(step)?)?;
    }
    Ok(made)
}

fn existing_or_new(tree: &mut Tree, node: NodeId, step: &Step) -> Result<NodeId, ErrorStack> {
    let same = same_name(tree, node, step);
    let wanted = match step.predicates.first() {
        Some(Predicate::Position(position)) => *position,
        Some(_) => same.len().max(1),
        None => 1,
    };
    match same.get(wanted - 1) {
        Some(existing) => Ok(*existing),
        None => fill(tree, node, step, wanted),
    }
}

/// `DOM Append XML element(target; source)`
pub(super) fn append_element(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    copy_before(context, process, arguments, None)
}

/// `DOM Insert XML element(target; source; index)`: before the child element of that number; before the first where
/// there is none.
pub(super) fn insert_element(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let index = usize::try_from(arguments.integer(2)?).unwrap_or(0);
    copy_before(context, process, arguments, Some(index))
}

fn copy_before(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    index: Option<usize>,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let source = context.xml.find(&arguments.text(1)?)?;
    let part =
        context.xml.with(source.tree, |tree| tree.name(source.node).map(|_| tree.part(source.node)))?;
    let part = part.ok_or_else(|| fault("Only an XML element can be appended or inserted."))?;
    on_node(context, process, arguments, |tree, reference| {
        let target = reference.node;
        if tree.name(target).is_none() {
            return Err(fault("An XML document has one root element only."));
        }
        let before = index.and_then(|index| {
            let elements: Vec<NodeId> = tree.elements(target).collect();
            elements.get(index.wrapping_sub(1)).or(elements.first()).copied()
        });
        let place = |node| tree.children(target).iter().position(|child| *child == node);
        let at = before.and_then(place).unwrap_or(if index.is_some() { 0 } else { usize::MAX });
        let node = tree.copy_in(target, at, &part)?;
        Ok(Value::Text(Reference { node, ..reference }.to_text()))
    })
}

/// `DOM Append XML child node(element; kind; value)`: at the document, comments and instructions go before the root,
/// and a document type before everything, in the place of another.
pub(super) fn append_child_node(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let kind = arguments.integer(1)?;
    let text: Text = match arguments.value(2) {
        Value::Blob(blob) => String::from_utf8_lossy(&blob.0).into_owned().into(),
        _ => arguments.text(2)?,
    };
    on_node(context, process, arguments, |tree, reference| {
        let node = append_kind(tree, reference.node, kind, text)?;
        Ok(Value::Text(Reference { node, ..reference }.to_text()))
    })
}

fn append_kind(tree: &mut Tree, target: NodeId, kind: i64, text: Text) -> Result<NodeId, ErrorStack> {
    let holds = |part: &str| {
        if text.contains(part) { Err(fault(format!("The XML node can't hold \"{part}\"."))) } else { Ok(()) }
    };
    let node = match kind {
        COMMENT => holds("--").map(|()| Kind::Comment(text))?,
        INSTRUCTION => holds("?>").map(|()| Kind::Instruction(text))?,
        DOCTYPE => {
            holds(">")?;
            let others = tree.children(DOCUMENT).iter().copied();
            let old: Vec<NodeId> =
                others.filter(|node| matches!(tree.kind(*node), Kind::DocType(_))).collect();
            for node in old {
                tree.remove(node);
            }
            return tree.insert(DOCUMENT, 0, Kind::DocType(text));
        }
        DATA | CDATA | ELEMENT if target == DOCUMENT => {
            return Err(fault("An XML document holds one root element, comments and instructions only."));
        }
        DATA => Kind::Data(text),
        CDATA => Kind::CData(text),
        ELEMENT => return append_fragment(tree, target, &text),
        other => return Err(fault(format!("There are no XML nodes of the kind {other}."))),
    };
    let root = tree.root();
    let before_root = tree.children(target).iter().position(|child| Some(*child) == root);
    tree.insert(target, before_root.unwrap_or(usize::MAX), node)
}

/// A piece of XML, or the name of an empty element.
fn append_fragment(tree: &mut Tree, target: NodeId, text: &str) -> Result<NodeId, ErrorStack> {
    if let Ok(kind) = element(text) {
        return tree.append(target, kind);
    }
    let fragment = read::parse_fragment(text)
        .map_err(|found| fault(format!("The text is no XML: {} (line {}).", found.message, found.line)))?;
    change::append_all(tree, target, &fragment)?;
    tree.children(target).last().copied().ok_or_else(|| fault("The text holds no XML."))
}
