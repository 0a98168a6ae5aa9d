//! `HTTP Parse message` (`docs/commands/http-parse-message.md`).
// UNSPECIFIED: which properties a part has beside its type and its id. Taken: `headers`, `name`, `fileName` and
// `data`, a Blob; a body that is not of several parts is one part.

use std::rc::Rc;

use memchr::memmem;
use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Text, Value};
use tessera_vm::{Arguments, Process};

use crate::context::Context;
use crate::web::parameter;

/// How many parts are read.
const PARTS_MAX: usize = 10_000;

/// `HTTP Parse message(data)`: the first line, the headers and the parts of a message.
pub(super) fn parse_message(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let data = match arguments.value(0) {
        Value::Blob(blob) => blob.0.to_vec(),
        _ => arguments.text(0)?.as_bytes().to_vec(),
    };
    let (head, body) = split_head(&data);
    let first = head.lines().next().unwrap_or_default();
    let has_first = first.contains("HTTP/");
    let headers = Headers::read(head.lines().skip(usize::from(has_first)));
    let kind = headers.get("content-type");
    let boundary = kind.starts_with("multipart/").then(|| parameter(kind, "boundary")).flatten();
    let parts = match boundary.filter(|boundary| !boundary.is_empty()) {
        Some(boundary) => parts(body, &boundary),
        None if body.is_empty() => Vec::new(),
        None => vec![part(&headers, body)],
    };
    Ok(Value::Object(ObjectRef::from([
        ("requestLine", Value::text(if has_first { first } else { "" })),
        ("headers", headers.to_value()),
        ("parts", Value::Collection(CollectionRef::from_vec(parts))),
    ])))
}

/// Headers in their order; what comes twice is one, with a comma between.
struct Headers(Vec<(Text, Text)>);

impl Headers {
    fn read<'l>(lines: impl Iterator<Item = &'l str>) -> Self {
        let mut headers: Vec<(Text, Text)> = Vec::new();
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim(), value.trim());
            match headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, before)) => before.push_str(&format!(", {value}")),
                None => headers.push((name.into(), value.into())),
            }
        }
        Self(headers)
    }

    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    fn to_value(&self) -> Value {
        let headers = self.0.iter().map(|(name, value)| (name.clone(), Value::Text(value.clone())));
        Value::Object(headers.collect::<ObjectRef>())
    }
}

/// What stands before the first empty line, and what after it.
fn split_head(data: &[u8]) -> (String, &[u8]) {
    let ends =
        [memmem::find(data, b"\r\n\r\n").map(|at| (at, 4)), memmem::find(data, b"\n\n").map(|at| (at, 2))];
    let (at, length) = ends.into_iter().flatten().min().unwrap_or((data.len(), 0));
    (String::from_utf8_lossy(&data[..at]).into_owned(), &data[at + length..])
}

fn parts(body: &[u8], boundary: &str) -> Vec<Value> {
    let delimiter = format!("--{boundary}");
    let starts: Vec<usize> = memmem::find_iter(body, delimiter.as_bytes())
        // A delimiter stands at the beginning of a line.
        .filter(|at| *at == 0 || body[..*at].ends_with(b"\n"))
        .take(PARTS_MAX)
        .collect();
    let between = starts.windows(2).map(|pair| &body[pair[0] + delimiter.len()..pair[1]]);
    between
        .map(|piece| {
            let piece = piece.strip_prefix(b"\r\n").or_else(|| piece.strip_prefix(b"\n")).unwrap_or(piece);
            let piece =
                piece.strip_suffix(b"\n").map_or(piece, |piece| piece.strip_suffix(b"\r").unwrap_or(piece));
            let (head, data) = split_head(piece);
            part(&Headers::read(head.lines()), data)
        })
        .collect()
}

fn part(headers: &Headers, data: &[u8]) -> Value {
    let disposition = headers.get("content-disposition");
    let named = |name: &str| Value::text(parameter(disposition, name).unwrap_or_default());
    Value::Object(ObjectRef::from([
        ("contentType", Value::text(headers.get("content-type"))),
        ("contentID", Value::text(headers.get("content-id").trim_matches(['<', '>']))),
        ("name", named("name")),
        ("fileName", named("filename")),
        ("headers", headers.to_value()),
        ("data", Value::Blob(data.to_vec().into())),
    ]))
}
