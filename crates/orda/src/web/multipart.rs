//! Bodies of several parts, as forms with files send them (RFC 7578).

use memchr::memmem;
use tessera_values::Text;

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub struct BodyPart<'b> {
    /// The name of the field.
    pub name: Text,
    /// Empty for a plain field.
    pub file_name: Text,
    /// What the client says it is.
    pub content_type: Text,
    /// The content.
    pub bytes: &'b [u8],
}

/// Why no file was found in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MultipartFault {
    /// Another kind of several parts.
    Kind(Text),
    /// Nothing says how the parts are separated.
    NoBoundary,
    /// The boundary does not occur.
    NoPart(Text),
    /// The last boundary is missing: the body is not whole.
    CutOff,
    /// A part, counted from 1, that has no head, or one that names no field.
    NoHead(usize),
    /// All parts are plain fields.
    NoFile,
}

impl std::fmt::Display for MultipartFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kind(kind) => {
                write!(f, "A body of the type {kind} is not understood: send multipart/form-data")
            }
            Self::NoBoundary => f.write_str("multipart/form-data needs its boundary in Content-Type"),
            Self::NoPart(boundary) => write!(f, "The boundary \"{boundary}\" does not occur in the body"),
            Self::CutOff => f.write_str("The body ends inside a part: its last boundary is missing"),
            Self::NoHead(number) => {
                write!(f, "Part {number} of the body has no Content-Disposition with the name of a field")
            }
            Self::NoFile => f.write_str("No part of the body is a file: one of them needs a filename"),
        }
    }
}

/// A body of the size limit holds at most this many parts worth reading.
const PARTS_MAX: usize = 10_000;

/// Is a body of this `Content-Type` one of several parts?
pub fn is_multipart(content_type: &[u8]) -> bool {
    content_type.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"))
}

/// The first file of a body.
pub fn file<'b>(body: &'b [u8], content_type: &str) -> Result<BodyPart<'b>, MultipartFault> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return Err(MultipartFault::Kind(kind.into()));
    }
    let boundary = boundary(content_type).ok_or(MultipartFault::NoBoundary)?;
    let delimiter = format!("--{boundary}");
    let starts = delimiters(body, &delimiter);
    let Some(last) = starts.last() else { return Err(MultipartFault::NoPart(boundary.into())) };
    for (number, place) in starts.windows(2).enumerate() {
        let part = read(&body[place[0] + delimiter.len()..place[1]]);
        let part = part.ok_or(MultipartFault::NoHead(number + 1))?;
        if !part.file_name.is_empty() {
            return Ok(part);
        }
    }
    let is_closed = body[last + delimiter.len()..].starts_with(b"--");
    Err(if is_closed { MultipartFault::NoFile } else { MultipartFault::CutOff })
}

/// The boundary a `Content-Type` names, when it is one of several parts.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    kind.trim().eq_ignore_ascii_case("multipart/form-data").then_some(())?;
    parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty())
}

/// The parts of a body. One that is cut off or has no name is left out.
pub(crate) fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<BodyPart<'b>> {
    let delimiter = format!("--{boundary}");
    let starts = delimiters(body, &delimiter);
    starts.windows(2).filter_map(|place| read(&body[place[0] + delimiter.len()..place[1]])).collect()
}

/// Where the lines begin that separate parts.
fn delimiters(body: &[u8], delimiter: &str) -> Vec<usize> {
    let is_line = |at: &usize| {
        let rest = &body[at + delimiter.len()..];
        // What only begins as the delimiter does is content.
        (*at == 0 || body[..*at].ends_with(b"\r\n")) && (rest.starts_with(b"\r\n") || rest.starts_with(b"--"))
    };
    memmem::find_iter(body, delimiter).filter(is_line).take(PARTS_MAX + 1).collect()
}

fn read(part: &[u8]) -> Option<BodyPart<'_>> {
    let part = part.strip_prefix(b"\r\n")?;
    let part = part.strip_suffix(b"\r\n")?;
    let split = memmem::find(part, b"\r\n\r\n")?;
    let (head, bytes) = (String::from_utf8_lossy(&part[..split]), &part[split + 4..]);
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    Some(BodyPart {
        name: parameter(&disposition, "name")?.into(),
        file_name: parameter(&disposition, "filename").unwrap_or_default().into(),
        content_type: header("content-type").unwrap_or_default().into(),
        bytes,
    })
}

/// A parameter such as `name="a"` among those separated by semicolons.
pub(crate) fn parameter(parameters: &str, name: &str) -> Option<String> {
    let mut quoted = false;
    let split = parameters.split(|c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    split.filter_map(|parameter| parameter.split_once('=')).find_map(|(known, value)| {
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_files_are_told_apart() {
        let body = b"preamble\r\n--xX\r\nContent-Disposition: form-data; name=\"a;b\"\r\n\r\none\r\n--xX\r\n\
            Content-Disposition: form-data; name=\"f\"; filename=\"c.txt\"\r\nContent-Type: text/plain\r\n\r\n\
            two\r\nlines --xX\r\n--xX--\r\n";
        let boundary = boundary("multipart/form-data; boundary=\"xX\"").expect("there is one");
        let parts = parts(body, &boundary);
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].name.as_str(), parts[0].bytes), ("a;b", b"one".as_slice()));
        assert_eq!((parts[1].file_name.as_str(), parts[1].content_type.as_str()), ("c.txt", "text/plain"));
        assert_eq!(parts[1].bytes, b"two\r\nlines --xX");
    }

    #[test]
    fn the_first_file_is_found_and_what_is_wrong_is_named() {
        let kind = "multipart/form-data; boundary=b";
        let field = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nplain\r\n";
        let sent = |name: &str, text: &str| {
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
            )
        };
        let whole = [field, &sent("1", "one\r\n--bb\r\n"), &sent("2", "two"), "--b--\r\n"].concat();
        assert_eq!(file(whole.as_bytes(), kind).map(|part| part.bytes), Ok(b"one\r\n--bb\r\n".as_slice()));
        let fault = |body: &str, kind: &str| file(body.as_bytes(), kind).expect_err("it is faulty");
        assert_eq!(
            fault(&whole, "multipart/mixed; boundary=b"),
            MultipartFault::Kind("multipart/mixed".into())
        );
        assert_eq!(fault(&whole, "multipart/form-data"), MultipartFault::NoBoundary);
        assert_eq!(fault(&whole, "multipart/form-data; boundary=x"), MultipartFault::NoPart("x".into()));
        assert_eq!(fault(&[field, &sent("1", "cut")].concat(), kind), MultipartFault::CutOff);
        assert_eq!(fault(&[field, "--b\r\n\r\nx\r\n--b--"].concat(), kind), MultipartFault::NoHead(2));
        assert_eq!(fault(&[field, "--b--"].concat(), kind), MultipartFault::NoFile);
        assert!(is_multipart(b"Multipart/Form-Data; boundary=b") && !is_multipart(b"multi"));
    }

    #[test]
    fn nonsense_has_no_parts() {
        assert_eq!(boundary("text/plain; boundary=a"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
        assert_eq!(parts(b"--a\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ncut off", "a"), []);
        assert_eq!(parts(b"--a\r\n--a\r\nno head\r\n--a--", "a"), []);
    }
}
