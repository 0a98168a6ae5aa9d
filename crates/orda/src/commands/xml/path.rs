//! XPath, as far as 4D's commands take it (`docs/commands/dom-find-xml-element.md`,
//! `docs/commands/dom-create-xml-element.md`).
// UNSPECIFIED: what a path to an attribute finds. Taken: the element that has it, since attributes have no references.

use std::collections::HashSet;

use tessera_values::{ErrorStack, Text};

use super::tree::{DOCUMENT, Kind, NodeId, Tree, fault};

/// How many steps a path may have, and how many nodes may be looked at to follow it.
const STEPS_MAX: usize = 100;
const VISITS_MAX: usize = 10_000_000;

/// Paths, any of which may find something: `//title | //price`.
pub(super) struct Paths(Vec<Path>);

/// One path.
pub(super) struct Path {
    /// From the document on.
    pub(super) is_absolute: bool,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, PartialEq, Eq)]
enum Axis {
    Child,
    Descendant,
    Itself,
    Parent,
}

/// What a step finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Test {
    Name(Text),
    AnyElement,
    TextNode,
    AnyNode,
    /// The element stays, if it has the attribute: any, or that of a name.
    Attribute(Option<Text>),
}

/// One step of a path.
#[derive(Debug)]
pub(super) struct Step {
    axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Predicate>,
}

/// What stands in brackets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Predicate {
    Position(usize),
    Last,
    Has(Operand),
    Equals(Operand, Text),
    Contains(Operand, Text),
}

/// What a predicate looks at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Attribute(Text),
    Child(Text),
    Itself,
    LocalName,
}

fn invalid(path: &str) -> ErrorStack {
    fault(format!("The XPath \"{path}\" is not valid, or uses what is not supported."))
}

impl Paths {
    /// Reads a path.
    pub(super) fn parse(written: &str) -> Result<Self, ErrorStack> {
        let mut parser = Parser { rest: written.trim() };
        let mut paths = Vec::new();
        loop {
            paths.push(parser.path().ok_or_else(|| invalid(written))?);
            parser.skip();
            if parser.rest.is_empty() {
                break;
            }
            if !parser.take("|") || paths.len() > STEPS_MAX {
                return Err(invalid(written));
            }
        }
        Ok(Self(paths))
    }

    /// The nodes that are found from a node on, each once.
    pub(super) fn find(&self, tree: &Tree, from: NodeId) -> Result<Vec<NodeId>, ErrorStack> {
        let mut visits = 0;
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for path in &self.0 {
            for node in path.find(tree, from, &mut visits)? {
                if seen.insert(node) {
                    found.push(node);
                }
            }
        }
        Ok(found)
    }
}

impl Path {
    /// A path of child elements only, as for making elements.
    pub(super) fn of_elements(written: &str) -> Result<Self, ErrorStack> {
        let path = Parser { rest: written.trim() }.whole_path().ok_or_else(|| invalid(written))?;
        let is_plain = |step: &Step| {
            step.axis == Axis::Child
                && matches!(step.test, Test::Name(_))
                && step.predicates.len() <= 1
                && step
                    .predicates
                    .iter()
                    .all(|predicate| matches!(predicate, Predicate::Position(_) | Predicate::Last))
        };
        if path.steps.is_empty() || !path.steps.iter().all(is_plain) {
            return Err(invalid(written));
        }
        Ok(path)
    }

    fn find(&self, tree: &Tree, from: NodeId, visits: &mut usize) -> Result<Vec<NodeId>, ErrorStack> {
        let mut nodes = vec![if self.is_absolute { DOCUMENT } else { from }];
        for step in &self.steps {
            let mut next = Vec::new();
            let mut seen = HashSet::new();
            for node in nodes {
                for found in step.from(tree, node, visits)? {
                    if seen.insert(found) {
                        next.push(found);
                    }
                }
            }
            nodes = next;
        }
        nodes.retain(|node| *node != DOCUMENT || self.steps.is_empty());
        Ok(nodes)
    }
}

impl Step {
    fn from(&self, tree: &Tree, node: NodeId, visits: &mut usize) -> Result<Vec<NodeId>, ErrorStack> {
        let mut found = Vec::new();
        match self.axis {
            Axis::Itself => found.extend(self.matches(tree, node).then_some(node)),
            Axis::Parent => found.extend(tree.parent(node)),
            Axis::Child => {
                look(visits, tree.children(node).len())?;
                found.extend(tree.children(node).iter().copied().filter(|child| self.matches(tree, *child)));
                self.filter(tree, &mut found, visits)?;
            }
            // The predicates count among the children of each parent, as `//para[1]` means.
            Axis::Descendant => {
                let mut parents = vec![node];
                while let Some(parent) = parents.pop() {
                    look(visits, tree.children(parent).len())?;
                    let children = tree.children(parent).iter().copied();
                    let mut here: Vec<NodeId> = children.filter(|child| self.matches(tree, *child)).collect();
                    self.filter(tree, &mut here, visits)?;
                    found.append(&mut here);
                    parents.extend(tree.children(parent).iter().rev());
                }
            }
        }
        if matches!(self.axis, Axis::Itself | Axis::Parent) {
            self.filter(tree, &mut found, visits)?;
        }
        Ok(found)
    }

    fn matches(&self, tree: &Tree, node: NodeId) -> bool {
        match &self.test {
            Test::Name(name) => tree.name(node) == Some(name),
            Test::AnyElement => tree.name(node).is_some(),
            Test::TextNode => matches!(tree.kind(node), Kind::Data(_) | Kind::CData(_)),
            Test::AnyNode => true,
            Test::Attribute(None) => !tree.attributes(node).is_empty(),
            Test::Attribute(Some(name)) => tree.attribute(node, name).is_some(),
        }
    }

    fn filter(&self, tree: &Tree, nodes: &mut Vec<NodeId>, visits: &mut usize) -> Result<(), ErrorStack> {
        for predicate in &self.predicates {
            let count = nodes.len();
            let mut position = 0;
            nodes.retain(|node| {
                position += 1;
                *visits <= VISITS_MAX && predicate.holds(tree, *node, position, count, visits)
            });
            look(visits, 0)?;
        }
        Ok(())
    }
}

/// Counts nodes that are looked at.
fn look(visits: &mut usize, count: usize) -> Result<(), ErrorStack> {
    *visits += count;
    if *visits > VISITS_MAX { Err(fault("The XPath looks at too many nodes.")) } else { Ok(()) }
}

impl Predicate {
    fn holds(&self, tree: &Tree, node: NodeId, position: usize, count: usize, visits: &mut usize) -> bool {
        match self {
            Self::Position(wanted) => position == *wanted,
            Self::Last => position == count,
            Self::Has(operand) => operand.any(tree, node, visits, |_| true),
            Self::Equals(operand, wanted) => {
                operand.any(tree, node, visits, |value| value == wanted.as_str())
            }
            Self::Contains(operand, part) => {
                operand.any(tree, node, visits, |value| value.contains(part.as_str()))
            }
        }
    }
}

impl Operand {
    /// Does one of its values pass the test?
    fn any(&self, tree: &Tree, node: NodeId, visits: &mut usize, test: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Attribute(name) => tree.attribute(node, name).is_some_and(|value| test(value)),
            Self::Child(name) => tree
                .elements(node)
                .filter(|child| tree.name(*child) == Some(name))
                .any(|child| test(&string_value(tree, child, visits))),
            Self::Itself => test(&string_value(tree, node, visits)),
            Self::LocalName => {
                tree.name(node).is_some_and(|name| test(name.rsplit(':').next().unwrap_or_default()))
            }
        }
    }
}

/// How many letters count as a node that is looked at.
const LETTERS: usize = 64;

/// All text inside a node.
fn string_value(tree: &Tree, node: NodeId, visits: &mut usize) -> String {
    let mut text = String::new();
    let mut nodes = vec![node];
    while let Some(node) = nodes.pop() {
        *visits += 1;
        if *visits > VISITS_MAX {
            break;
        }
        if let Kind::Data(data) | Kind::CData(data) = tree.kind(node) {
            *visits += data.len() / LETTERS;
            text.push_str(data);
        }
        nodes.extend(tree.children(node).iter().rev());
    }
    text
}

struct Parser<'p> {
    rest: &'p str,
}

impl Parser<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, word: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn name(&mut self) -> Option<Text> {
        self.skip();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        // An axis (`following::a`) is none of the forms that are taken.
        (super::tree::is_name(name) && !name.contains("::")).then(|| name.into())
    }

    fn whole_path(mut self) -> Option<Path> {
        let path = self.path()?;
        self.skip();
        self.rest.is_empty().then_some(path)
    }

    fn path(&mut self) -> Option<Path> {
        let mut steps = Vec::new();
        self.skip();
        let is_absolute = self.rest.starts_with('/');
        let mut axis = Axis::Child;
        if self.take("//") {
            axis = Axis::Descendant;
        } else if self.take("/")
            && (self.rest.trim_start().is_empty() || self.rest.trim_start().starts_with('|'))
        {
            return Some(Path { is_absolute, steps });
        }
        loop {
            steps.push(self.step(axis)?);
            if steps.len() > STEPS_MAX {
                return None;
            }
            axis = if self.take("//") {
                Axis::Descendant
            } else if self.take("/") {
                Axis::Child
            } else {
                return Some(Path { is_absolute, steps });
            };
        }
    }

    fn step(&mut self, axis: Axis) -> Option<Step> {
        let (axis, test) = if self.take("..") {
            (Axis::Parent, Test::AnyNode)
        } else if self.take(".") {
            (Axis::Itself, Test::AnyNode)
        } else if self.take("@") {
            let name = if self.take("*") { None } else { Some(self.name()?) };
            // After `//`, elements at any depth that have the attribute.
            (if axis == Axis::Descendant { axis } else { Axis::Itself }, Test::Attribute(name))
        } else if self.take("*") {
            (axis, Test::AnyElement)
        } else if self.take("text()") {
            (axis, Test::TextNode)
        } else if self.take("node()") {
            (axis, Test::AnyNode)
        } else {
            (axis, Test::Name(self.name()?))
        };
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.predicate()?);
            if !self.take("]") || predicates.len() > STEPS_MAX {
                return None;
            }
        }
        Some(Step { axis, test, predicates })
    }

    fn predicate(&mut self) -> Option<Predicate> {
        self.skip();
        let digits = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        if digits > 0 {
            let (number, rest) = self.rest.split_at(digits);
            self.rest = rest;
            return number.parse().ok().filter(|number| *number > 0).map(Predicate::Position);
        }
        if self.take("last()") {
            return Some(Predicate::Last);
        }
        if self.take("contains(") {
            let operand = self.operand()?;
            let part = self.take(",").then(|| self.literal()).flatten()?;
            return self.take(")").then_some(Predicate::Contains(operand, part));
        }
        let operand = self.operand()?;
        Some(if self.take("=") {
            Predicate::Equals(operand, self.literal()?)
        } else {
            Predicate::Has(operand)
        })
    }

    fn operand(&mut self) -> Option<Operand> {
        if self.take("@") {
            return self.name().map(Operand::Attribute);
        }
        if self.take("local-name()") {
            return Some(Operand::LocalName);
        }
        if self.take("text()") || self.take(".") {
            return Some(Operand::Itself);
        }
        self.name().map(Operand::Child)
    }

    fn literal(&mut self) -> Option<Text> {
        self.skip();
        let quote = self.rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (text, rest) = self.rest[1..].split_once(quote)?;
        self.rest = rest;
        Some(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::parse;
    use super::*;

    const SHOP: &str = "<shop xmlns:n='u'><book lang='en'><title>A</title><price>1</price></book>\
        <book lang='de'><title>B</title></book><n:book/><box><book lang='fr'/><!--c-->t</box></shop>";

    #[track_caller]
    fn check(path: &str, expected: &[&str]) {
        let tree = parse(SHOP).unwrap();
        let found = Paths::parse(path).unwrap().find(&tree, tree.root().unwrap()).unwrap();
        let names: Vec<String> = found
            .into_iter()
            .map(|node| match (tree.name(node), tree.attribute(node, "lang")) {
                (Some(name), Some(language)) => format!("{name}:{language}"),
                (Some(name), None) => name.to_string(),
                (None, _) => format!("{:?}", tree.kind(node)),
            })
            .collect();
        assert_eq!(names, expected, "{path}");
    }

    #[test]
    fn every_form_of_the_page_finds_what_it_should() {
        // docs/commands/dom-find-xml-element.md
        check("book", &["book:en", "book:de"]);
        check("/shop/book[2]/title", &["title"]);
        check("//book", &["book:en", "book:de", "book:fr"]);
        check("//book[1]", &["book:en", "book:fr"]);
        check("book[last()]", &["book:de"]);
        check(".", &["shop"]);
        check("book/..", &["shop"]);
        check("*", &["book:en", "book:de", "n:book", "box"]);
        check("book/@lang", &["book:en", "book:de"]);
        check("*/@*", &["book:en", "book:de"]);
        check("box/text()", &["Data(\"t\")"]);
        check("box/node()", &["book:fr", "Comment(\"c\")", "Data(\"t\")"]);
        check("*[local-name()='book']", &["book:en", "book:de", "n:book"]);
        check("book[title=\"B\"]", &["book:de"]);
        check("book[price]", &["book:en"]);
        check("book[@lang='de'][1]", &["book:de"]);
        check("book[2][@lang='en']", &[]);
        check("//book[contains(@lang,'r')]", &["book:fr"]);
        check("//title | //price", &["title", "title", "price"]);
        check("nothing", &[]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in ["", "/a/", "a[", "a[0]", "a]", "a b", "following::a", "a[position()<3]", "///a"] {
            assert!(Paths::parse(path).is_err(), "{path}");
        }
        assert!(Path::of_elements("a/@b").is_err() && Path::of_elements("//a").is_err());
        assert!(Path::of_elements("/a/b[2]").is_ok());
    }
}
