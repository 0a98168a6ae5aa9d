//! JSON with line ends and tabs (`$prettyprint`), without reading it: only quotes and brackets matter, and these are
//! ASCII.

/// Indents JSON that comes in pieces.
#[derive(Debug, Default)]
pub(crate) struct Indent {
    depth: usize,
    quoted: bool,
    escaped: bool,
}

impl Indent {
    /// The next piece, indented.
    pub(crate) fn pass(&mut self, json: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(json.len() * 2);
        for byte in json {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.quoted => self.escaped = true,
                b'"' => self.quoted = !self.quoted,
                _ if self.quoted => {}
                b'{' | b'[' => {
                    self.depth += 1;
                    out.push(*byte);
                    self.line(&mut out);
                    continue;
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.line(&mut out);
                }
                b',' => {
                    out.push(*byte);
                    self.line(&mut out);
                    continue;
                }
                _ => {}
            }
            out.push(*byte);
        }
        out
    }

    fn line(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b'\t', self.depth));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_indented_as_the_whole_is() {
        let json = r#"{"a":[1,"b, {\"é\"}"],"c":{}}"#.as_bytes();
        let whole = Indent::default().pass(json);
        let expected = "{\n\t\"a\":[\n\t\t1,\n\t\t\"b, {\\\"é\\\"}\"\n\t],\n\t\"c\":{\n\t\t\n\t}\n}";
        assert_eq!(String::from_utf8(whole.clone()).unwrap(), expected);
        for at in 0..json.len() {
            let mut indent = Indent::default();
            let pieces = [indent.pass(&json[..at]), indent.pass(&json[at..])].concat();
            assert_eq!(pieces, whole, "cut at {at}");
        }
    }
}
