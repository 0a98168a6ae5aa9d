//! Bodies of several parts, as forms with files send them (RFC 7578).

use memchr::memmem;
use tessera_values::Text;

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BodyPart<'b> {
    pub(crate) name: Text,
    /// Empty for a plain field.
    pub(crate) file_name: Text,
    pub(crate) content_type: Text,
    pub(crate) bytes: &'b [u8],
}

/// A body of the size limit holds at most this many parts worth reading.
const PARTS_MAX: usize = 10_000;

/// The boundary a `Content-Type` names, when it is one of several parts.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    kind.trim().eq_ignore_ascii_case("multipart/form-data").then_some(())?;
    parameter(parameters, "boundary").filter(|boundary| !boundary.is_empty())
}

/// The parts of a body. One that is cut off or has no name is left out.
pub(crate) fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<BodyPart<'b>> {
    let delimiter = format!("--{boundary}");
    let mut starts = memmem::find_iter(body, delimiter.as_bytes())
        // A delimiter stands at the beginning of a line.
        .filter(|at| *at == 0 || body[..*at].ends_with(b"\n"));
    let mut found = Vec::new();
    let Some(mut start) = starts.next() else { return found };
    for end in starts.take(PARTS_MAX) {
        let part = &body[start + delimiter.len()..end];
        found.extend(read(part));
        start = end;
    }
    found
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
fn parameter(parameters: &str, name: &str) -> Option<String> {
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
    fn nonsense_has_no_parts() {
        assert_eq!(boundary("text/plain; boundary=a"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
        assert_eq!(parts(b"--a\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ncut off", "a"), []);
        assert_eq!(parts(b"--a\r\n--a\r\nno head\r\n--a--", "a"), []);
    }
}
