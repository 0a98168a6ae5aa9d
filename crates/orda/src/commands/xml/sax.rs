//! Writing an XML document piece by piece (`docs/commands/theme/XML-SAX.md`). The document is one that
//! `Create document` or its like opened; what is open when it is closed is closed first.

use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Charset, Process};

use super::options::Options;
use super::sax_read::Reading;
use super::tree::{DEPTH_MAX, checked_name, fault};
use super::{make, source, values, write};
use crate::context::Context;

/// What SAX commands know of an open document.
#[derive(Default)]
pub(in crate::commands) struct SaxDocument {
    pub(super) options: Options,
    /// The set of characters, once the declaration is written.
    charset: Option<Charset>,
    open: Vec<OpenElement>,
    pub(super) reading: Option<Reading>,
}

/// An element without its end yet.
struct OpenElement {
    name: Text,
    /// Its tag may still turn out to be an empty element's.
    tag_is_open: bool,
    has_children: bool,
    has_text: bool,
}

impl SaxDocument {
    /// Begins the document, unless something was written.
    fn begin(&mut self, out: &mut String, encoding: &str, standalone: bool) {
        if self.charset.is_none() {
            self.charset = Some(write::charset(encoding));
            if self.options.has_mark() {
                out.push('\u{FEFF}');
            }
            write::declaration(out, "1.0", encoding, standalone);
        }
    }

    /// Goes where the next child of the open element is written.
    fn child(&mut self, out: &mut String) {
        self.begin(out, "UTF-8", false);
        let level = self.open.len();
        let indents = self.options.indents();
        if let Some(parent) = self.open.last_mut() {
            if std::mem::take(&mut parent.tag_is_open) {
                out.push('>');
            }
            parent.has_children = true;
            write::new_line(out, (indents && !parent.has_text).then_some(level));
        }
    }

    /// What follows something outside the root.
    fn after(&self, out: &mut String) {
        if self.open.is_empty() && self.options.indents() {
            out.push('\n');
        }
    }

    fn open_element(
        &mut self,
        out: &mut String,
        name: Text,
        attributes: &[(Text, Text)],
    ) -> Result<(), ErrorStack> {
        if self.open.len() >= DEPTH_MAX {
            return Err(fault(format!("XML elements can't be nested more than {DEPTH_MAX} deep.")));
        }
        self.child(out);
        out.push('<');
        out.push_str(&name);
        write::write_attributes(out, attributes);
        self.open.push(OpenElement { name, tag_is_open: true, has_children: false, has_text: false });
        Ok(())
    }

    fn close_element(&mut self, out: &mut String) -> Result<(), ErrorStack> {
        let element = self.open.pop().ok_or_else(|| fault("No XML element is open in the document."))?;
        if element.tag_is_open {
            out.push_str("/>");
        } else {
            let on_line = element.has_children && !element.has_text && self.options.indents();
            write::new_line(out, on_line.then_some(self.open.len()));
            out.push_str("</");
            out.push_str(&element.name);
            out.push('>');
        }
        self.after(out);
        Ok(())
    }

    /// Goes where text inside the open element is written.
    fn inside(&mut self, out: &mut String) -> Result<(), ErrorStack> {
        let element = self.open.last_mut().ok_or_else(|| fault("No XML element is open in the document."))?;
        if std::mem::take(&mut element.tag_is_open) {
            out.push('>');
        }
        element.has_text = true;
        Ok(())
    }

    fn encode(&self, out: String) -> Vec<u8> {
        let charset = self.charset.unwrap_or(Charset::Utf8);
        charset.encode(&self.options.with_line_ends(out))
    }

    /// The tree of the document, when it is read.
    pub(in crate::commands) fn tree(&self) -> Option<u32> {
        self.reading.as_ref().map(|reading| reading.tree)
    }

    /// The ends of all open elements.
    pub(in crate::commands) fn finish(&mut self) -> Vec<u8> {
        let mut out = String::new();
        while !self.open.is_empty() {
            let _ = self.close_element(&mut out);
        }
        self.encode(out)
    }
}

/// Writes something into the document of the first argument.
fn on_document(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    work: impl FnOnce(&mut SaxDocument, &mut String) -> Result<(), ErrorStack>,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let document = context.documents.get(arguments.integer(0)?)?;
    let mut document = document.borrow_mut();
    let mut out = String::new();
    work(&mut document.sax, &mut out)?;
    let bytes = document.sax.encode(out);
    document.write(&bytes)?;
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// `SAX SET XML DECLARATION(document; encoding {; standalone})`
pub(super) fn declaration(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (encoding, standalone) = (source::known_encoding(arguments.text(1)?), arguments.boolean(2)?);
    on_document(context, process, arguments, |sax, out| {
        if sax.charset.is_some() {
            return Err(fault("SAX SET XML DECLARATION must come before everything else in the document."));
        }
        sax.begin(out, &encoding, standalone);
        Ok(())
    })
}

/// `SAX ADD XML DOCTYPE(document; docType)`
pub(super) fn doctype(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    beside(context, process, arguments, "<!DOCTYPE ", ">")
}

/// `SAX ADD XML COMMENT(document; comment)`
pub(super) fn comment(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    if arguments.text(1)?.contains("--") {
        return Err(fault("An XML comment can't hold \"--\"."));
    }
    beside(context, process, arguments, "<!--", "-->")
}

/// `SAX ADD PROCESSING INSTRUCTION(document; statement)`
pub(super) fn instruction(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    beside(context, process, arguments, "<?", "?>")
}

/// Writes what may stand beside elements; it can't hold its own end.
fn beside(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    begin: &str,
    end: &str,
) -> Result<Value, ErrorStack> {
    let text = arguments.text(1)?;
    if text.contains(end) {
        return Err(fault(format!("The text can't hold \"{end}\".")));
    }
    on_document(context, process, arguments, |sax, out| {
        sax.child(out);
        out.extend([begin, &text, end]);
        sax.after(out);
        Ok(())
    })
}

/// `SAX OPEN XML ELEMENT(document; tag {; name; value {; …}})`
pub(super) fn open_element(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let attributes = make::of_pairs(arguments)?;
    open_with(context, process, arguments, &attributes)
}

/// `SAX OPEN XML ELEMENT ARRAYS(document; tag {; names; values {; …}})`
pub(super) fn open_element_arrays(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let attributes = make::of_arrays(arguments)?;
    open_with(context, process, arguments, &attributes)
}

fn open_with(
    context: &Context,
    process: &mut Process,
    arguments: &Arguments,
    attributes: &[(Text, Value)],
) -> Result<Value, ErrorStack> {
    let name = checked_name(&arguments.text(1)?)?;
    let zone = process.environment().time_zone.clone();
    on_document(context, process, arguments, |sax, out| {
        let attributes = attributes
            .iter()
            .map(|(name, value)| Ok((checked_name(name)?, values::to_text(value, sax.options, &zone)?)))
            .collect::<Result<Vec<_>, ErrorStack>>()?;
        sax.open_element(out, name, &attributes)
    })
}

/// `SAX CLOSE XML ELEMENT(document)`
pub(super) fn close_element(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    on_document(context, process, arguments, SaxDocument::close_element)
}

/// `SAX ADD XML ELEMENT VALUE(document; data {; *})`: what would be markup is escaped, unless the option says that
/// texts are raw and no `*` asks for it.
pub(super) fn value(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (value, escapes) = (arguments.value(1), arguments.has_star());
    let zone = process.environment().time_zone.clone();
    on_document(context, process, arguments, |sax, out| {
        sax.inside(out)?;
        // Bytes go in as they are: code that wants Base64 makes it itself.
        let text = match &value {
            Value::Blob(blob) => String::from_utf8_lossy(&blob.0).into_owned().into(),
            value => values::to_text(value, sax.options, &zone)?,
        };
        if sax.options.is_raw() && !escapes {
            out.push_str(&text);
        } else {
            write::escape(out, &text, false);
        }
        Ok(())
    })
}

/// `SAX ADD XML CDATA(document; data)`
pub(super) fn cdata(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let text: Text = match arguments.value(1) {
        Value::Blob(blob) => String::from_utf8_lossy(&blob.0).into_owned().into(),
        _ => arguments.text(1)?,
    };
    on_document(context, process, arguments, |sax, out| {
        sax.inside(out)?;
        write::cdata(out, &text);
        Ok(())
    })
}
