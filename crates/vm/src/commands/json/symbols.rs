//! `__symbols` of `JSON Parse(text; *)`: where in the text each value stands (`docs/commands/json-parse.md`).

use tessera_values::{ObjectRef, Properties, Text, Value};

/// The places of all named and numbered values of a text that is known to be JSON: `a.b[0]` to line and offset.
pub(super) fn of(text: &str) -> Value {
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        line_start: 0,
        found: Properties::new(),
        path_bytes: 0,
    };
    reader.value("");
    Value::Object(ObjectRef::from_properties(reader.found))
}

/// The most bytes all paths take. Every path repeats those around it, so a short text with long names has long paths.
const PATH_BYTES_MAX: usize = 256 << 20;

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    line: i64,
    line_start: usize,
    found: Properties,
    path_bytes: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            if self.peek() == b'\n' {
                self.line += 1;
                self.line_start = self.at + 1;
            }
            self.at += 1;
        }
    }

    fn note(&mut self, path: &str) {
        self.path_bytes += path.len();
        if self.path_bytes > PATH_BYTES_MAX {
            return;
        }
        let place = Properties::from_iter([
            (Text::from("line"), Value::Integer(self.line)),
            (Text::from("offset"), Value::Integer((self.at - self.line_start + 1) as i64)),
        ]);
        self.found.insert(path.into(), Value::Object(ObjectRef::from_properties(place)));
    }

    fn text(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len() && self.peek() != b'"' {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.bytes.len());
        let quoted = String::from_utf8_lossy(&self.bytes[start.min(self.at)..self.at]);
        serde_json::from_str(&quoted).unwrap_or_default()
    }

    fn value(&mut self, path: &str) {
        self.blanks();
        match self.peek() {
            b'{' => self.members(path, b'}'),
            b'[' => self.members(path, b']'),
            b'"' => {
                self.text();
            }
            _ => {
                while !matches!(self.peek(), b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' | 0) {
                    self.at += 1;
                }
            }
        }
    }

    fn members(&mut self, path: &str, close: u8) {
        self.at += 1;
        let mut number = 0;
        loop {
            self.blanks();
            match self.peek() {
                0 => return,
                b',' => self.at += 1,
                c if c == close => {
                    self.at += 1;
                    return;
                }
                _ => {
                    let inner = if close == b'}' {
                        let (at, line, start) = (self.at, self.line, self.line_start);
                        let name = self.text();
                        let inner = if path.is_empty() { name } else { format!("{path}.{name}") };
                        let after = (self.at, self.line, self.line_start);
                        (self.at, self.line, self.line_start) = (at, line, start);
                        self.note(&inner);
                        (self.at, self.line, self.line_start) = after;
                        self.blanks();
                        self.at += 1;
                        inner
                    } else {
                        let inner = format!("{path}[{number}]");
                        self.note(&inner);
                        number += 1;
                        inner
                    };
                    let before = self.at;
                    self.value(&inner);
                    if self.at == before {
                        return;
                    }
                }
            }
        }
    }
}
