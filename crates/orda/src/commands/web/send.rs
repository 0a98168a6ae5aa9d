//! Commands that make the answer. The last body that is sent counts; headers gather.

use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use tessera_values::{Blob, ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use crate::context::Context;
use crate::tags::process_tags_in;
use crate::web::{self, WebBody};

const HTML: &str = "text/html";

/// `WEB SEND TEXT(text {; type})`: tags are read in HTML.
pub(super) fn text(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (text, kind) = (arguments.text(0)?, arguments.text(1)?);
    let kind = if kind.is_empty() { Text::from(HTML) } else { kind };
    let body = if is_html(&kind) { page(context, process, &text, None)?.into() } else { text };
    send(context, &kind, WebBody::Bytes(body.as_bytes().to_vec().into()))
}

/// `WEB SEND BLOB(blob; type)`: tags are read in HTML.
pub(super) fn blob(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let Value::Blob(blob) = arguments.value(0) else {
        return Err(ErrorStack::runtime("WEB SEND BLOB needs a Blob."));
    };
    let kind = arguments.text(1)?;
    let blob = if is_html(&kind) {
        Blob::from(page(context, process, &String::from_utf8_lossy(&blob.0), None)?.into_bytes())
    } else {
        blob
    };
    send(context, if kind.is_empty() { "application/octet-stream" } else { &kind }, WebBody::Bytes(blob))
}

/// `WEB SEND FILE(path)`: a file of the web folder; unlike a page asked for by its URL, `.html` is read for tags too.
pub(super) fn file(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let path = arguments.text(0)?;
    let paths = &context.application().paths;
    let relative = path.strip_prefix(paths.web_folder.as_str()).unwrap_or(&path);
    let Some(file) = paths.web_file(relative) else {
        tracing::warn!(path = %path, "WEB SEND FILE: there is no such file in the web folder");
        context.answer(|answer| {
            answer.status = 404;
            answer.body = WebBody::Nothing;
        });
        return Ok(Value::Undefined);
    };
    let extension = file.extension().unwrap_or_default().to_ascii_lowercase();
    if !matches!(extension.as_str(), "htm" | "html" | "shtm" | "shtml") {
        context.answer(|answer| answer.body = WebBody::File(file));
        return Ok(Value::Undefined);
    }
    let text =
        read(&file).ok_or_else(|| ErrorStack::runtime(format!("The file \"{path}\" can't be read.")))?;
    let page = page(context, process, &text, file.parent())?;
    send(context, HTML, WebBody::Bytes(page.into_bytes().into()))
}

/// `WEB SEND RAW DATA(data {; *})`: what is sent in several calls is one answer.
pub(super) fn raw_data(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    const RAW_BYTES_MAX: usize = 64 << 20;
    let data = match arguments.value(0) {
        Value::Blob(blob) => blob,
        Value::Text(text) => text.as_bytes().to_vec().into(),
        _ => return Err(ErrorStack::runtime("WEB SEND RAW DATA needs a Blob.")),
    };
    context.answer(|answer| match &mut answer.body {
        WebBody::Raw(sent) if sent.len() + data.0.len() > RAW_BYTES_MAX => {
            Err(ErrorStack::runtime("An answer of raw data can't be longer than 64 MB."))
        }
        WebBody::Raw(sent) => {
            sent.extend_from_slice(&data.0);
            Ok(())
        }
        body => {
            *body = WebBody::Raw(data.0.to_vec());
            Ok(())
        }
    })?;
    Ok(Value::Undefined)
}

/// `WEB SEND HTTP REDIRECT(url {; *})`
pub(super) fn redirect(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let url = arguments.text(0)?;
    let Some((name, url)) = web::header("location", &url)? else { return Ok(Value::Undefined) };
    context.answer(|answer| {
        answer.status = 302;
        answer.set_header(name, url);
        answer.body = WebBody::Nothing;
    });
    Ok(Value::Undefined)
}

/// `WEB SET HTTP HEADER(header)` with lines of text, or `(names; values)` with arrays. `X-STATUS` or a status line
/// set the status (`docs/commands/web-set-http-header.md`).
pub(super) fn header(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let pairs: Vec<(Text, Text)> = if arguments.len() > 1 {
        let texts = |position| {
            let array = arguments.array(position)?;
            let elements = array.elements.borrow();
            Ok::<_, ErrorStack>(
                elements.iter().skip(1).map(|value| value.as_text().cloned().unwrap_or_default()).collect(),
            )
        };
        let (names, values): (Vec<Text>, Vec<Text>) = (texts(0)?, texts(1)?);
        names.into_iter().zip(values).collect()
    } else {
        arguments.text(0)?.split(['\r', '\n']).filter(|line| !line.trim().is_empty()).map(field).collect()
    };
    for (name, value) in pairs {
        match name.to_ascii_uppercase().as_str() {
            "X-STATUS" => {
                let status = value.split_whitespace().next().and_then(|number| number.parse().ok());
                let Some(status @ 200..=599) = status else {
                    return Err(ErrorStack::runtime(format!("\"{value}\" is no HTTP status.")));
                };
                context.answer(|answer| answer.status = status);
            }
            // The version is the server's own business.
            "X-VERSION" | "" => {}
            _ => {
                if let Some((name, value)) = web::header(&name, &value)? {
                    context.answer(|answer| answer.set_header(name, value));
                }
            }
        }
    }
    Ok(Value::Undefined)
}

/// A line `name: value`, or a status line.
fn field(line: &str) -> (Text, Text) {
    if let Some(("HTTP/1.0" | "HTTP/1.1", status)) = line.split_once(' ') {
        return ("X-STATUS".into(), status.trim().into());
    }
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    (name.trim().into(), value.trim().into())
}

fn send(context: &Rc<Context>, kind: &str, body: WebBody) -> Result<Value, ErrorStack> {
    let is_bare_html = kind.eq_ignore_ascii_case(HTML);
    let kind = if is_bare_html { "text/html; charset=UTF-8" } else { kind };
    let header = web::header("content-type", kind)?;
    context.answer(|answer| {
        if let Some((name, value)) = header {
            answer.set_header(name, value);
        }
        answer.body = body;
    });
    Ok(Value::Undefined)
}

fn is_html(kind: &str) -> bool {
    kind.get(..HTML.len()).is_some_and(|start| start.eq_ignore_ascii_case(HTML))
}

/// Reads the tags of a page; what it includes lies beside it or below the web folder.
fn page(
    context: &Rc<Context>,
    process: &mut Process,
    text: &str,
    folder: Option<&Utf8Path>,
) -> Result<String, ErrorStack> {
    let paths = &context.application().paths;
    let include = |path: &str| {
        let base = if path.starts_with('/') { None } else { folder };
        let base = base.unwrap_or(&paths.web_folder);
        read(&paths.inside_web_folder(&base.join(path.trim_start_matches('/')))?)
    };
    process_tags_in(context, process, text, &include)
}

fn read(file: &Utf8PathBuf) -> Option<String> {
    std::fs::read(file).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
