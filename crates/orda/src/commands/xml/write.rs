//! A tree to XML text.

use std::fmt::Write as _;

use tessera_values::{Text, Value};
use tessera_vm::Charset;

use super::tree::{DOCUMENT, Kind, NodeId, Tree};

/// What an element lies deeper than the one around it.
pub(super) const INDENT: &str = "  ";

/// The document of an element: declaration, document type and what else stands before the root.
pub(super) fn document(tree: &Tree, node: NodeId) -> String {
    let mut text = String::new();
    declaration(&mut text, &tree.version, &tree.encoding, tree.standalone);
    let whole = node == DOCUMENT || Some(node) == tree.root();
    let parts: Vec<NodeId> = if whole { tree.children(DOCUMENT).to_vec() } else { vec![node] };
    let indents = tree.options.indents();
    for part in parts {
        write(&mut text, tree, part, indents.then_some(0));
        if indents {
            text.push('\n');
        }
    }
    tree.options.with_line_ends(text)
}

/// The same in the set of characters that the declaration tells.
pub(super) fn bytes(tree: &Tree, node: NodeId) -> Vec<u8> {
    let charset = charset(&tree.encoding);
    let mut bytes = if tree.options.has_mark() { charset.mark() } else { Vec::new() };
    bytes.extend(charset.encode(&document(tree, node)));
    bytes
}

/// The set of a name; UTF-8 for one that is not known (`docs/commands/dom-set-xml-declaration.md`).
pub(super) fn charset(name: &str) -> Charset {
    Charset::of(&Value::text(name)).unwrap_or(Charset::Utf8)
}

/// `<?xml … ?>` and the line's end.
pub(super) fn declaration(text: &mut String, version: &str, encoding: &str, standalone: bool) {
    let standalone = if standalone { "yes" } else { "no" };
    // Writing to a String can't fail.
    let _ =
        writeln!(text, "<?xml version=\"{version}\" encoding=\"{encoding}\" standalone=\"{standalone}\" ?>");
}

/// Writes a node. `level` is how deep its lines are indented; none where texts and elements stand side by side.
fn write(text: &mut String, tree: &Tree, node: NodeId, level: Option<usize>) {
    match tree.kind(node) {
        Kind::Document => {}
        Kind::Data(data) => escape(text, data, false),
        Kind::CData(data) => cdata(text, data),
        Kind::Comment(comment) => put(text, &["<!--", comment, "-->"]),
        Kind::Instruction(instruction) => put(text, &["<?", instruction, "?>"]),
        Kind::DocType(declared) => put(text, &["<!DOCTYPE ", declared, ">"]),
        Kind::Element { name, attributes } => {
            put(text, &["<", name]);
            write_attributes(text, attributes);
            let children = tree.children(node);
            if children.is_empty() {
                text.push_str("/>");
                return;
            }
            text.push('>');
            let is_text = |child: &NodeId| matches!(tree.kind(*child), Kind::Data(_) | Kind::CData(_));
            let inside = if children.iter().any(is_text) { None } else { level.map(|level| level + 1) };
            for child in children {
                new_line(text, inside);
                write(text, tree, *child, inside);
            }
            new_line(text, inside.and(level));
            put(text, &["</", name, ">"]);
        }
    }
}

/// A line's end and the indent of the next line.
pub(super) fn new_line(text: &mut String, level: Option<usize>) {
    if let Some(level) = level {
        text.push('\n');
        text.extend(std::iter::repeat_n(INDENT, level));
    }
}

pub(super) fn write_attributes(text: &mut String, attributes: &[(Text, Text)]) {
    for (name, value) in attributes {
        put(text, &[" ", name, "=\""]);
        escape(text, value, true);
        text.push('"');
    }
}

/// A CDATA section; the end of one inside is cut in two.
pub(super) fn cdata(text: &mut String, data: &str) {
    put(text, &["<![CDATA[", &data.replace("]]>", "]]]]><![CDATA[>"), "]]>"]);
}

fn put(text: &mut String, parts: &[&str]) {
    text.extend(parts.iter().copied());
}

/// Text with references in the place of what markup would be. What XML has no way to write is left out.
pub(super) fn escape(text: &mut String, data: &str, in_attribute: bool) {
    for c in data.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' if in_attribute => text.push_str("&quot;"),
            '\n' if in_attribute => text.push_str("&#10;"),
            '\t' if in_attribute => text.push_str("&#9;"),
            '\r' => text.push_str("&#13;"),
            '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::parse;
    use super::*;

    /// Numbers that follow from a seed (an old linear congruential generator).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }

        fn text(&mut self) -> Text {
            const PIECES: [&str; 12] = ["a", "é", "<", ">", "&", "\"", "'", "]]>", "\n", "\t", " ", "&amp;"];
            (0..=self.below(6)).map(|_| PIECES[self.below(12) as usize]).collect::<String>().into()
        }

        fn fill(&mut self, tree: &mut Tree, parent: NodeId, depth: usize) {
            for _ in 0..self.below(4) {
                let text = self.text();
                let kind = match self.below(5) {
                    // Texts side by side are read as one.
                    0 if !matches!(
                        tree.children(parent).last().map(|last| tree.kind(*last)),
                        Some(Kind::Data(_))
                    ) =>
                    {
                        Kind::Data(text)
                    }
                    // The end of a section inside one makes two of it.
                    1 => Kind::CData(text.replace("]", "")),
                    2 => Kind::Comment("c-c".into()),
                    3 => Kind::Instruction("target value".into()),
                    _ => Kind::Element { name: "p:e".into(), attributes: vec![("n".into(), text)] },
                };
                let is_element = matches!(kind, Kind::Element { .. });
                let node = tree.append(parent, kind).unwrap();
                if is_element && depth < 6 {
                    self.fill(tree, node, depth + 1);
                }
            }
        }
    }

    fn same(left: &Tree, a: NodeId, right: &Tree, b: NodeId) -> bool {
        let (of_a, of_b) = (left.children(a), right.children(b));
        left.kind(a) == right.kind(b)
            && of_a.len() == of_b.len()
            && of_a.iter().zip(of_b).all(|(a, b)| same(left, *a, right, *b))
    }

    #[test]
    fn what_is_written_is_read_again_as_the_same_tree() {
        for seed in 0..500 {
            let mut tree = Tree::new();
            let root = Kind::Element { name: "r".into(), attributes: Vec::new() };
            let root = tree.append(DOCUMENT, root).unwrap();
            Numbers(seed).fill(&mut tree, root, 0);
            tree.options = super::super::options::Options::without_indentation();
            let text = document(&tree, DOCUMENT);
            let back = parse(&text).unwrap_or_else(|fault| panic!("seed {seed}: {}\n{text}", fault.message));
            assert!(
                same(&tree, DOCUMENT, &back, DOCUMENT),
                "seed {seed}\n{text}\n{}",
                document(&back, DOCUMENT)
            );
        }
    }
}
