//! A page with tags, cut into a tree.

/// A part of a page.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'t> {
    /// Copied as it is.
    Text(&'t str),
    /// `4DTEXT`: the value, HTML-escaped.
    Escaped(&'t str),
    /// `4DHTML` and `4DEVAL`: the value as it is.
    Raw(&'t str),
    /// `4DSCRIPT/Method/Parameter`
    Script(&'t str),
    /// `4DIF … 4DELSEIF … 4DELSE … 4DENDIF`
    If { branches: Vec<(&'t str, Vec<Node<'t>>)>, otherwise: Vec<Node<'t>> },
    /// `4DEACH variable in expression`, and `4DLOOP` over a collection-like expression.
    Each { variable: &'t str, over: &'t str, block: Vec<Node<'t>> },
    /// `4DLOOP` with a Boolean expression.
    While { condition: &'t str, block: Vec<Node<'t>> },
    /// `4DINCLUDE path`
    Include(&'t str),
}

/// How deeply blocks may be nested; deeper ones are copied as text.
const DEPTH_MAX: usize = 64;

/// A tag as written.
struct Tag<'t> {
    keyword: String,
    rest: &'t str,
}

struct Reader<'t> {
    rest: &'t str,
}

/// What ended a block.
enum End<'t> {
    Page,
    Tag(Tag<'t>),
}

/// Cuts a page. An end tag without a beginning is dropped; a block without an end goes to the end of the page.
pub(super) fn read(text: &str) -> Vec<Node<'_>> {
    let mut reader = Reader { rest: text };
    let mut nodes = Vec::new();
    while let End::Tag(_) = reader.block(&mut nodes, 0, &[]) {}
    nodes
}

impl<'t> Reader<'t> {
    /// Reads nodes until the page ends or a tag comes that `ends` names.
    fn block(&mut self, nodes: &mut Vec<Node<'t>>, depth: usize, ends: &[&str]) -> End<'t> {
        loop {
            let Some(tag) = self.next(nodes) else { return End::Page };
            let keyword = tag.keyword.as_str();
            if ends.contains(&keyword) || keyword.starts_with("4DEND") || keyword.starts_with("4DELSE") {
                return End::Tag(tag);
            }
            let rest = tag.rest.trim();
            match keyword {
                "4DTEXT" | "4DVAR" => nodes.push(Node::Escaped(rest)),
                "4DHTML" | "4DHTMLVAR" | "4DEVAL" => nodes.push(Node::Raw(rest)),
                "4DINCLUDE" => nodes.push(Node::Include(rest)),
                "4DIF" if depth < DEPTH_MAX => {
                    let node = self.condition(rest, depth + 1);
                    nodes.push(node);
                }
                "4DEACH" if depth < DEPTH_MAX => {
                    let (variable, over) = split_each(rest);
                    let mut block = Vec::new();
                    self.block(&mut block, depth + 1, &["4DENDEACH"]);
                    nodes.push(Node::Each { variable, over, block });
                }
                "4DLOOP" if depth < DEPTH_MAX => {
                    let mut block = Vec::new();
                    self.block(&mut block, depth + 1, &["4DENDLOOP"]);
                    nodes.push(Node::While { condition: rest, block });
                }
                _ if keyword.starts_with("4DSCRIPT/") => nodes.push(Node::Script(tag.rest)),
                _ => {}
            }
        }
    }

    fn condition(&mut self, first: &'t str, depth: usize) -> Node<'t> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        let mut condition = Some(first);
        loop {
            let mut block = Vec::new();
            let end = self.block(&mut block, depth, &["4DELSEIF", "4DELSE", "4DENDIF"]);
            match condition {
                Some(condition) => branches.push((condition, block)),
                None => otherwise.append(&mut block),
            }
            match end {
                End::Tag(tag) if tag.keyword == "4DELSEIF" => condition = Some(tag.rest.trim()),
                End::Tag(tag) if tag.keyword == "4DELSE" => condition = None,
                End::Tag(_) | End::Page => return Node::If { branches, otherwise },
            }
        }
    }

    /// The next tag; the text before it becomes a node.
    fn next(&mut self, nodes: &mut Vec<Node<'t>>) -> Option<Tag<'t>> {
        const OPEN: &str = "<!--#";
        loop {
            let Some(start) = self.rest.find(OPEN) else {
                push_text(nodes, self.rest);
                self.rest = "";
                return None;
            };
            let inside = &self.rest[start + OPEN.len()..];
            let Some(length) = inside.find("-->") else {
                push_text(nodes, self.rest);
                self.rest = "";
                return None;
            };
            push_text(nodes, &self.rest[..start]);
            let content = inside[..length].trim();
            self.rest = &inside[length + 3..];
            if content.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("4D")) {
                return Some(tag(content));
            }
        }
    }
}

fn push_text<'t>(nodes: &mut Vec<Node<'t>>, text: &'t str) {
    if !text.is_empty() {
        nodes.push(Node::Text(text));
    }
}

fn tag(content: &str) -> Tag<'_> {
    if content.len() > 9 && content[..8].eq_ignore_ascii_case("4DSCRIPT") {
        return Tag { keyword: "4DSCRIPT/".into(), rest: content[9..].trim() };
    }
    let end = content.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(content.len());
    Tag { keyword: content[..end].to_ascii_uppercase(), rest: &content[end..] }
}

/// `$x in expression`
fn split_each(rest: &str) -> (&str, &str) {
    let lower = rest.to_ascii_lowercase();
    match lower.find(" in ") {
        Some(at) => (rest[..at].trim(), rest[at + 4..].trim()),
        None => ("", rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_into_a_tree() {
        let nodes = read("a<!--#4DIF (x)-->b<!--#4DELSE-->c<!--#4DENDIF-->d<!--#4DTEXT y--><!-- plain -->");
        let expected = vec![
            Node::Text("a"),
            Node::If { branches: vec![("(x)", vec![Node::Text("b")])], otherwise: vec![Node::Text("c")] },
            Node::Text("d"),
            Node::Escaped("y"),
            Node::Text("<!-- plain -->"),
        ];
        assert_eq!(nodes, expected);
    }

    #[test]
    fn unfinished_blocks_and_tags_do_not_hang() {
        assert_eq!(read("<!--#4DENDIF-->x"), [Node::Text("x")]);
        assert_eq!(read("<!--#4DTEXT x"), [Node::Text("<!--#4DTEXT x")]);
        assert!(matches!(&read("<!--#4DEACH $c in list-->x")[..],
            [Node::Each { variable: "$c", over: "list", block }] if block.len() == 1));
        let deep = "<!--#4DIF (True)-->".repeat(10_000);
        assert_eq!(read(&deep).len(), 1);
    }
}
