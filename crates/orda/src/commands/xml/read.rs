//! XML text to a tree.
//!
//! What a document declares can make it neither large nor curious: external entities are refused, as 4D does unless
//! told otherwise, and declared ones are texts of limited size.

use std::collections::HashMap;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use tessera_values::Text;
use tessera_vm::Charset;

use super::tree::{DOCUMENT, Kind, NodeId, Tree, is_name};

/// How many entities a document may declare, and how much text all references to them may become.
const ENTITIES_MAX: usize = 1000;
const EXPANDED_MAX: usize = 1 << 20;
/// How deeply entities may use each other.
const ENTITY_DEPTH_MAX: usize = 8;

/// The text is not XML, or more than is read.
#[derive(Debug)]
pub(super) struct XmlFault {
    pub(super) message: String,
    /// Both from 1.
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Reads the bytes of a document: in the set its mark or its declaration tells, else UTF-8.
pub(super) fn decode(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(200)];
    let declared = String::from_utf8_lossy(head)
        .split_once("encoding=")
        .and_then(|(_, rest)| rest.split(['"', '\'']).nth(1))
        .and_then(|name| Charset::of(&tessera_values::Value::text(name)));
    // The declaration could be read as letters of one byte, so it is none of the wide sets.
    let declared = declared.filter(|charset| !matches!(charset, Charset::Utf16(_) | Charset::Utf32(_)));
    declared.unwrap_or(Charset::Utf8).decode(bytes)
}

/// Reads a document.
pub(super) fn parse(text: &str) -> Result<Tree, XmlFault> {
    let mut reading =
        Reading { tree: Tree::new(), open: vec![DOCUMENT], entities: HashMap::new(), expanded: 0 };
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        let offset = reader.buffer_position() as usize;
        let fault = |offset: usize, message: String| {
            let before = text.get(..offset).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            XmlFault {
                message,
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
            }
        };
        let event = match reader.read_event() {
            Ok(Event::Eof) => {
                return reading.finish().map_err(|message| fault(offset, message));
            }
            Ok(event) => event,
            Err(error) => return Err(fault(reader.error_position() as usize, error.to_string())),
        };
        reading.event(&event).map_err(|message| fault(offset, message))?;
    }
}

/// Reads what may stand inside an element.
pub(super) fn parse_fragment(text: &str) -> Result<Tree, XmlFault> {
    parse(&format!("<fragment>{text}</fragment>"))
}

struct Reading {
    tree: Tree,
    /// The elements that are open, the document first.
    open: Vec<NodeId>,
    entities: HashMap<String, String>,
    /// How much text entities became.
    expanded: usize,
}

impl Reading {
    fn parent(&self) -> NodeId {
        self.open.last().copied().unwrap_or(DOCUMENT)
    }

    fn append(&mut self, kind: Kind) -> Result<NodeId, String> {
        self.tree.append(self.parent(), kind).map_err(|error| first_message(&error))
    }

    fn data(&mut self, text: &str) -> Result<(), String> {
        if self.parent() == DOCUMENT {
            return if text.trim().is_empty() { Ok(()) } else { Err("text outside the root element".into()) };
        }
        self.tree.append_data(self.parent(), text).map_err(|error| first_message(&error))
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) => {
                let element = self.element(tag)?;
                self.open.push(element);
            }
            Event::Empty(tag) => {
                self.element(tag)?;
            }
            Event::End(_) => {
                self.open.pop();
            }
            Event::Text(text) => self.data(&text.xml10_content())?,
            Event::CData(text) if self.parent() != DOCUMENT => {
                self.append(Kind::CData(text.xml10_content().as_ref().into()))?;
            }
            Event::CData(_) => return Err("a CDATA section outside the root element".into()),
            Event::Comment(text) => {
                self.append(Kind::Comment(text.xml10_content().as_ref().into()))?;
            }
            Event::PI(instruction) => {
                let whole = instruction.borrow().into_inner();
                self.append(Kind::Instruction(whole.trim_end().into()))?;
            }
            Event::Decl(declaration) => {
                let told = |found: &str| Text::from(found);
                if let Ok(version) = declaration.version() {
                    self.tree.version = told(&version);
                }
                if let Some(Ok(encoding)) = declaration.encoding() {
                    self.tree.encoding = told(&encoding);
                }
                self.tree.standalone = matches!(declaration.standalone(), Some(Ok(value)) if value == "yes");
            }
            Event::DocType(declared) => {
                let declared = declared.borrow().into_inner();
                self.declare(&declared)?;
                self.append(Kind::DocType(declared.trim().into()))?;
            }
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(character) => character.to_string(),
                    None => self.entity(&reference.xml10_content(), 0)?,
                };
                self.data(&text)?;
            }
            Event::Eof => {}
        }
        Ok(())
    }

    fn element(&mut self, tag: &BytesStart<'_>) -> Result<NodeId, String> {
        let name = tag.name();
        if !is_name(name.as_ref()) {
            return Err(format!("\"{}\" is no name of an element", name.as_ref()));
        }
        if self.parent() == DOCUMENT && self.tree.root().is_some() {
            return Err("a second root element".into());
        }
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let key = attribute.key.as_ref();
            if !is_name(key) {
                return Err(format!("\"{key}\" is no name of an attribute"));
            }
            attributes.push((Text::from(key), Text::from(self.attribute_value(&attribute)?)));
        }
        self.append(Kind::Element { name: name.as_ref().into(), attributes })
    }

    fn attribute_value(
        &mut self,
        attribute: &quick_xml::events::attributes::Attribute<'_>,
    ) -> Result<String, String> {
        // The declared entities it uses, expanded first: they may use each other.
        let mut used = HashMap::new();
        let mut rest = attribute.value.as_ref();
        while let Some((_, after)) = rest.split_once('&') {
            let (name, after) = after.split_once(';').unwrap_or((after, ""));
            if !name.starts_with('#') && resolve_predefined_entity(name).is_none() && !used.contains_key(name)
            {
                used.insert(name.to_owned(), self.entity(name, 0)?);
            }
            rest = after;
        }
        let resolve =
            |name: &str| resolve_predefined_entity(name).or_else(|| used.get(name).map(String::as_str));
        let value = attribute.normalized_value_with(XmlVersion::Implicit1_0, 1, resolve);
        let value = value.map_err(|error| error.to_string())?.into_owned();
        self.count(value.len().saturating_sub(attribute.value.len()))?;
        Ok(value)
    }

    fn count(&mut self, length: usize) -> Result<(), String> {
        self.expanded += length;
        if self.expanded > EXPANDED_MAX {
            Err("its entities become more than 1 MB of text".into())
        } else {
            Ok(())
        }
    }

    /// What an entity stands for.
    fn entity(&mut self, name: &str, depth: usize) -> Result<String, String> {
        if let Some(character) = resolve_predefined_entity(name) {
            return Ok(character.to_owned());
        }
        if depth >= ENTITY_DEPTH_MAX {
            return Err(format!("the entity \"{name}\" uses others without end"));
        }
        let Some(value) = self.entities.get(name).cloned() else {
            return Err(format!("the entity \"{name}\" is not declared"));
        };
        let mut text = String::new();
        let mut rest = value.as_str();
        while let Some((before, after)) = rest.split_once('&') {
            text.push_str(before);
            let Some((inner, after)) = after.split_once(';') else {
                return Err(format!("the entity \"{name}\" is not well-formed"));
            };
            match inner.strip_prefix('#') {
                Some(number) => text.push(character(number).ok_or("a character reference is not valid")?),
                None => text.push_str(&self.entity(inner, depth + 1)?),
            }
            rest = after;
            self.count(0)?;
        }
        text.push_str(rest);
        self.count(text.len())?;
        Ok(text)
    }

    /// The entities that a document type declares.
    fn declare(&mut self, declared: &str) -> Result<(), String> {
        let mut rest = declared;
        while let Some((_, after)) = rest.split_once("<!ENTITY") {
            let after = after.trim_start();
            if after.starts_with('%') {
                return Err("parameter entities are not read".into());
            }
            let (name, after) =
                after.split_once(char::is_whitespace).ok_or("an entity is not well-formed")?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
            let Some(quote) = quote else {
                return Err(format!("the entity \"{name}\" is external, and external entities are not read"));
            };
            let (value, after) = after[1..].split_once(quote).ok_or("an entity is not well-formed")?;
            if value.contains('<') {
                return Err(format!("the entity \"{name}\" holds markup, which is not read"));
            }
            if self.entities.len() >= ENTITIES_MAX {
                return Err(format!("it declares more than {ENTITIES_MAX} entities"));
            }
            // The first declaration holds.
            self.entities.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            rest = after;
        }
        Ok(())
    }

    fn finish(self) -> Result<Tree, String> {
        if let Some(name) = self.tree.name(self.parent()) {
            return Err(format!("<{name}> is not closed"));
        }
        if self.tree.root().is_none() {
            return Err("there is no element".into());
        }
        Ok(self.tree)
    }
}

fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

fn first_message(error: &tessera_values::ErrorStack) -> String {
    error.errors.first().map(|error| error.message.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fails(text: &str, with: &str) {
        let message = parse(text).expect_err(text).message;
        assert!(message.contains(with), "{message}");
    }

    #[test]
    fn declared_entities_are_texts_of_limited_size() {
        let tree =
            parse("<!DOCTYPE a [<!ENTITY n \"x&#33;\"><!ENTITY m '&n;&n;'>]><a b='&m;'>&m;&lt;</a>").unwrap();
        let root = tree.root().unwrap();
        assert_eq!(
            (tree.data(root).as_str(), tree.attribute(root, "b").unwrap().as_str()),
            ("x!x!<", "x!x!")
        );
        fails("<!DOCTYPE a [<!ENTITY a '&a;'>]><a>&a;</a>", "without end");
        fails("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "external");
        fails("<!DOCTYPE a [<!ENTITY % p SYSTEM \"x\">%p;]><a/>", "parameter entities");
        fails("<a>&unknown;</a>", "not declared");
        let mut laughs = String::from("<!DOCTYPE a [<!ENTITY l0 'lollollollollollollollollollol'>");
        for n in 1..8 {
            laughs.push_str(&format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10)));
        }
        laughs.push_str("]><a>&l7;</a>");
        fails(&laughs, "more than 1 MB");
    }

    #[test]
    fn what_is_no_document_is_named() {
        fails("", "no element");
        fails("<a><b></a>", "b");
        fails("<a>", "not closed");
        fails("<a/><b/>", "second root");
        fails("<a/>text", "outside");
        fails("<1a/>", "no name");
        fails(&"<a>".repeat(300), "nested");
        let fault = parse("<a>\n  <b c=\"1\" c=\"2\"/>\n</a>").unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 3), "{}", fault.message);
    }
}
