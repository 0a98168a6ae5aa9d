//! An XML text as a tree of elements with attributes and positions.
//!
//! The catalog and settings files keep everything in attributes, so text content is dropped. A document type is
//! skipped, never read: no external entity is fetched and no declared entity exists, so none can expand.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// How deeply elements may be nested; real files need ten levels.
const DEPTH_MAX: usize = 64;

/// An element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    offset: usize,
}

/// The text is not XML.
#[derive(Debug)]
pub(crate) struct XmlFault {
    pub(crate) offset: usize,
    pub(crate) message: String,
}

impl Element {
    /// Reads a text; gives its root element.
    pub(crate) fn parse(text: &str) -> Result<Self, XmlFault> {
        let mut reader = quick_xml::Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        loop {
            let offset = reader.buffer_position() as usize;
            let event = reader.read_event().map_err(|error| XmlFault {
                offset: reader.error_position() as usize,
                message: error.to_string(),
            })?;
            let finished = match event {
                Event::Start(tag) => {
                    if open.len() >= DEPTH_MAX {
                        return Err(XmlFault {
                            offset,
                            message: "elements are nested too deeply".to_owned(),
                        });
                    }
                    open.push(Self::read(&tag, offset)?);
                    continue;
                }
                Event::Empty(tag) => Self::read(&tag, offset)?,
                Event::End(_) => match open.pop() {
                    Some(element) => element,
                    None => continue,
                },
                Event::Eof => {
                    let message = open.pop().map_or("there is no element".to_owned(), |element| {
                        format!("<{}> is not closed", element.name)
                    });
                    return Err(XmlFault { offset, message });
                }
                _ => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(finished),
                None => return Ok(finished),
            }
        }
    }

    fn read(tag: &BytesStart<'_>, offset: usize) -> Result<Self, XmlFault> {
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| XmlFault { offset, message: error.to_string() })?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| XmlFault { offset, message: error.to_string() })?;
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self { name: tag.name().as_ref().to_owned(), attributes, children: Vec::new(), offset })
    }

    /// Where it begins, in bytes.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// An attribute's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// An attribute's value, or the empty text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A Boolean attribute. Attributes are only written when they differ from False.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The child elements of a name.
    pub(crate) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child element of a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Line and column of a byte offset, both from 1; the column counts characters.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_a_document_type_do_not_exist() {
        let bomb = r#"<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY c "&a;&a;">]><base name="&c;"/>"#;
        assert!(Element::parse(bomb).is_err());
        let outside = r#"<!DOCTYPE base SYSTEM "http://example.org/x.dtd"><base name="a&amp;b"/>"#;
        assert_eq!(Element::parse(outside).unwrap().get("name"), Some("a&b"));
    }

    #[test]
    fn faults_have_a_position() {
        let text = "<base>\n  <table name=\"a\">\n  </tabel>\n</base>";
        let fault = Element::parse(text).unwrap_err();
        assert_eq!(position(text, fault.offset).0, 3);
        assert!(Element::parse("").is_err());
        assert!(Element::parse("<a><b></b>").is_err());
        assert!(Element::parse(&"<a>".repeat(1000)).is_err());
    }
}
