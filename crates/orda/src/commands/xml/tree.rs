//! XML documents as trees of nodes, and the references by which code knows the nodes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use tessera_values::{ErrorStack, Text};

use super::options::Options;

/// How deeply elements may be nested.
pub(super) const DEPTH_MAX: usize = 256;
/// How many trees a process may have, and how much memory they may take together.
const TREES_MAX: usize = 1000;
const WEIGHT_MAX: usize = 256 << 20;
/// What a node takes beside its texts.
const NODE_WEIGHT: usize = 96;

/// A node of a tree, by its number. The document itself is number 0.
pub(super) type NodeId = usize;
/// The document.
pub(super) const DOCUMENT: NodeId = 0;

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    Element {
        name: Text,
        attributes: Vec<(Text, Text)>,
    },
    Data(Text),
    CData(Text),
    Comment(Text),
    /// Target and content in one, as between `<?` and `?>`.
    Instruction(Text),
    /// Between `<!DOCTYPE` and `>`.
    DocType(Text),
}

impl Kind {
    fn weight(&self) -> usize {
        NODE_WEIGHT
            + match self {
                Self::Document => 0,
                Self::Element { name, attributes } => {
                    name.len()
                        + attributes.iter().map(|(name, value)| name.len() + value.len() + 32).sum::<usize>()
                }
                Self::Data(text)
                | Self::CData(text)
                | Self::Comment(text)
                | Self::Instruction(text)
                | Self::DocType(text) => text.len(),
            }
    }
}

#[derive(Debug)]
struct Node {
    kind: Kind,
    parent: Option<NodeId>,
    children: Vec<NodeId>,
    /// Where among its parent's children it was last found.
    place: Cell<usize>,
    /// It was taken out of the tree: its reference is no longer valid.
    is_removed: bool,
}

impl Node {
    fn new(kind: Kind, parent: Option<NodeId>) -> Self {
        Self { kind, parent, children: Vec::new(), place: Cell::new(0), is_removed: false }
    }
}

/// A document.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    weight: usize,
    pub(super) version: Text,
    pub(super) encoding: Text,
    pub(super) standalone: bool,
    pub(super) options: Options,
}

impl Tree {
    /// An empty document.
    pub(super) fn new() -> Self {
        let document = Node::new(Kind::Document, None);
        Self {
            nodes: vec![document],
            weight: NODE_WEIGHT,
            version: "1.0".into(),
            encoding: "UTF-8".into(),
            standalone: false,
            options: Options::default(),
        }
    }

    /// The root element.
    pub(super) fn root(&self) -> Option<NodeId> {
        self.elements(DOCUMENT).next()
    }

    pub(super) fn contains(&self, node: NodeId) -> bool {
        self.nodes.get(node).is_some_and(|node| !node.is_removed)
    }

    pub(super) fn kind(&self, node: NodeId) -> &Kind {
        &self.nodes[node].kind
    }

    pub(super) fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.nodes[node].parent
    }

    pub(super) fn children(&self, node: NodeId) -> &[NodeId] {
        &self.nodes[node].children
    }

    /// The children of a node's parent that stand before it, and those after it.
    pub(super) fn beside(&self, node: NodeId) -> (&[NodeId], &[NodeId]) {
        let Some(parent) = self.parent(node) else { return (&[], &[]) };
        let siblings = self.children(parent);
        let own = &self.nodes[node].place;
        // Whoever goes from one to the next must not look through all of them each time.
        if siblings.get(own.get()) != Some(&node) {
            own.set(siblings.iter().position(|sibling| *sibling == node).unwrap_or(0));
        }
        let (before, rest) = siblings.split_at(own.get());
        (before, rest.get(1..).unwrap_or_default())
    }

    /// The child elements.
    pub(super) fn elements(&self, node: NodeId) -> impl DoubleEndedIterator<Item = NodeId> {
        self.children(node).iter().copied().filter(|child| self.name(*child).is_some())
    }

    /// The name of an element.
    pub(super) fn name(&self, node: NodeId) -> Option<&Text> {
        match self.kind(node) {
            Kind::Element { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The attributes of an element, in the order they were written.
    pub(super) fn attributes(&self, node: NodeId) -> &[(Text, Text)] {
        match self.kind(node) {
            Kind::Element { attributes, .. } => attributes,
            _ => &[],
        }
    }

    pub(super) fn attribute(&self, node: NodeId, name: &str) -> Option<&Text> {
        self.attributes(node).iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// How many elements a node lies in.
    pub(super) fn depth(&self, node: NodeId) -> usize {
        std::iter::successors(self.parent(node), |node| self.parent(*node)).count()
    }

    /// The text directly inside an element; that of CDATA sections is another.
    pub(super) fn data(&self, node: NodeId) -> Text {
        let texts = self.children(node).iter().filter_map(|child| match self.kind(*child) {
            Kind::Data(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<String>().into()
    }

    /// What the CDATA sections directly inside an element hold.
    pub(super) fn cdata(&self, node: NodeId) -> Text {
        let texts = self.children(node).iter().filter_map(|child| match self.kind(*child) {
            Kind::CData(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<String>().into()
    }

    /// Puts a new node among the children of another.
    ///
    /// # Errors
    /// It would lie too deep, or the tree grow too large.
    pub(super) fn insert(&mut self, parent: NodeId, at: usize, kind: Kind) -> Result<NodeId, ErrorStack> {
        if self.depth(parent) >= DEPTH_MAX {
            return Err(fault(format!("XML elements can't be nested more than {DEPTH_MAX} deep.")));
        }
        self.grow(kind.weight())?;
        let node = self.nodes.len();
        self.nodes.push(Node::new(kind, Some(parent)));
        let children = &mut self.nodes[parent].children;
        let at = at.min(children.len());
        children.insert(at, node);
        self.nodes[node].place.set(at);
        Ok(node)
    }

    pub(super) fn append(&mut self, parent: NodeId, kind: Kind) -> Result<NodeId, ErrorStack> {
        self.insert(parent, usize::MAX, kind)
    }

    /// Text goes on with the text before it.
    pub(super) fn append_data(&mut self, parent: NodeId, text: &str) -> Result<(), ErrorStack> {
        let last = self.children(parent).last().copied();
        if let Some(last) = last
            && matches!(self.kind(last), Kind::Data(_))
        {
            self.grow(text.len())?;
            if let Kind::Data(before) = &mut self.nodes[last].kind {
                before.push_str(text);
            }
            return Ok(());
        }
        self.append(parent, Kind::Data(text.into())).map(|_| ())
    }

    fn grow(&mut self, by: usize) -> Result<(), ErrorStack> {
        self.weight += by;
        if self.weight > WEIGHT_MAX { Err(too_large()) } else { Ok(()) }
    }

    /// Copies a node of another tree, or of this one, with all it holds.
    pub(super) fn copy_in(&mut self, parent: NodeId, at: usize, part: &Part) -> Result<NodeId, ErrorStack> {
        let node = self.insert(parent, at, part.kind.clone())?;
        for child in &part.children {
            self.copy_in(node, usize::MAX, child)?;
        }
        Ok(node)
    }

    /// A node with all it holds, outside any tree.
    pub(super) fn part(&self, node: NodeId) -> Part {
        Part {
            kind: self.kind(node).clone(),
            children: self.children(node).iter().map(|child| self.part(*child)).collect(),
        }
    }

    /// Takes a node out, with all it holds.
    pub(super) fn remove(&mut self, node: NodeId) {
        if let Some(parent) = self.nodes[node].parent {
            self.nodes[parent].children.retain(|child| *child != node);
        }
        let mut going = vec![node];
        while let Some(node) = going.pop() {
            let removed = &mut self.nodes[node];
            removed.is_removed = true;
            // Nobody reads it again.
            let kind = std::mem::replace(&mut removed.kind, Kind::Document);
            going.append(&mut removed.children);
            self.weight = self.weight.saturating_sub(kind.weight() - NODE_WEIGHT);
        }
    }

    pub(super) fn rename(&mut self, node: NodeId, new: Text) {
        if let Kind::Element { name, .. } = &mut self.nodes[node].kind {
            *name = new;
        }
    }

    /// Sets an attribute; its place among the others stays.
    pub(super) fn set_attribute(&mut self, node: NodeId, name: &str, new: Text) -> Result<(), ErrorStack> {
        self.grow(name.len() + new.len() + 32)?;
        if let Kind::Element { attributes, .. } = &mut self.nodes[node].kind {
            match attributes.iter_mut().find(|(own, _)| own == name) {
                Some((_, value)) => *value = new,
                None => attributes.push((name.into(), new)),
            }
        }
        Ok(())
    }

    /// Removes an attribute; false when there is none.
    pub(super) fn remove_attribute(&mut self, node: NodeId, name: &str) -> bool {
        let Kind::Element { attributes, .. } = &mut self.nodes[node].kind else { return false };
        let before = attributes.len();
        attributes.retain(|(own, _)| own != name);
        attributes.len() < before
    }
}

/// A node with all it holds, outside any tree.
pub(super) struct Part {
    kind: Kind,
    children: Vec<Part>,
}

/// The trees of a process.
#[derive(Default)]
pub(crate) struct XmlTrees {
    trees: RefCell<BTreeMap<u32, Tree>>,
    last: Cell<u32>,
    /// The weight of all of them.
    weight: Cell<usize>,
    /// What `XML GET ERROR` tells.
    pub(super) last_fault: RefCell<Option<(String, usize, usize)>>,
}

/// A node of one of the trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) tree: u32,
    pub(super) node: NodeId,
}

/// The reference of no node.
pub(super) const NO_NODE: &str = "0000000000000000";

impl Reference {
    /// Sixteen hexadecimal digits.
    pub(super) fn to_text(self) -> Text {
        format!("{:08X}{:08X}", self.tree, self.node).into()
    }

    fn parse(text: &str) -> Option<Self> {
        let (tree, node) = (text.len() == 16).then(|| text.split_at_checked(8)).flatten()?;
        let node = usize::try_from(u32::from_str_radix(node, 16).ok()?).ok()?;
        Some(Self { tree: u32::from_str_radix(tree, 16).ok()?, node })
    }
}

impl XmlTrees {
    /// Keeps a tree; gives its number.
    pub(super) fn add(&self, tree: Tree) -> Result<u32, ErrorStack> {
        let mut trees = self.trees.borrow_mut();
        if trees.len() >= TREES_MAX {
            return Err(fault(format!("More than {TREES_MAX} XML trees are open; call DOM CLOSE XML.")));
        }
        let weight = self.weight.get() + tree.weight;
        if weight > WEIGHT_MAX {
            return Err(too_large());
        }
        self.weight.set(weight);
        self.last.set(self.last.get() + 1);
        trees.insert(self.last.get(), tree);
        Ok(self.last.get())
    }

    /// The node of a reference.
    pub(super) fn find(&self, text: &str) -> Result<Reference, ErrorStack> {
        let found = Reference::parse(text).filter(|reference| {
            self.trees.borrow().get(&reference.tree).is_some_and(|tree| tree.contains(reference.node))
        });
        found.ok_or_else(|| fault(format!("\"{text}\" is no reference of an XML element.")))
    }

    /// Works with the tree of a reference that [`find`](Self::find) gave.
    pub(super) fn with<R>(&self, tree: u32, work: impl FnOnce(&mut Tree) -> R) -> Result<R, ErrorStack> {
        let mut trees = self.trees.borrow_mut();
        let tree = trees.get_mut(&tree).ok_or_else(|| fault("The XML tree was closed."))?;
        let before = tree.weight;
        let result = work(tree);
        let weight = self.weight.get() + tree.weight - before.min(self.weight.get());
        self.weight.set(weight);
        if tree.weight > before && weight > WEIGHT_MAX { Err(too_large()) } else { Ok(result) }
    }

    /// Forgets a tree.
    pub(in crate::commands) fn close(&self, tree: u32) {
        if let Some(tree) = self.trees.borrow_mut().remove(&tree) {
            self.weight.set(self.weight.get().saturating_sub(tree.weight));
        }
    }
}

/// An error of the XML commands.
pub(super) fn fault(message: impl Into<Text>) -> ErrorStack {
    ErrorStack::runtime(message)
}

fn too_large() -> ErrorStack {
    fault("The XML trees of the process would take more than 256 MB; call DOM CLOSE XML.")
}

/// May an element or an attribute have this name (XML 1.0, production 5)?
pub(super) fn is_name(name: &str) -> bool {
    let is_first = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    let is_other =
        |c: char| is_first(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}');
    name.starts_with(is_first) && name.chars().all(is_other)
}

/// The name, or the error that it is none.
pub(super) fn checked_name(name: &str) -> Result<Text, ErrorStack> {
    if is_name(name) {
        Ok(name.into())
    } else {
        Err(fault(format!("\"{name}\" is no name of an XML element or attribute.")))
    }
}
