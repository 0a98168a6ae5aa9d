//! Strict JSON with the position of every value, so that a fault can be shown where it stands.

use tessera_values::Text;

/// How deeply values may be nested.
const DEPTH_MAX: usize = 64;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// In bytes.
    pub(crate) offset: usize,
    pub(crate) value: Json,
}

#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Number(f64),
    Text(Text),
    List(Vec<Node>),
    /// In the order written; of equal names the last counts.
    Object(Vec<(Text, Node)>),
}

/// The text is not JSON.
#[derive(Debug)]
pub(crate) struct JsonFault {
    pub(crate) offset: usize,
    pub(crate) expected: &'static str,
}

impl Node {
    pub(crate) fn parse(text: &str) -> Result<Self, JsonFault> {
        let mut reader = Reader { text, at: 0 };
        let node = reader.value(0)?;
        reader.blanks();
        if reader.at < text.len() { Err(reader.fault("the end of the file")) } else { Ok(node) }
    }

    /// A member of an object; Null counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match &self.value {
            Json::Object(members) => members
                .iter()
                .rev()
                .find(|(key, _)| key == name)
                .map(|(_, node)| node)
                .filter(|node| !matches!(node.value, Json::Null)),
            _ => None,
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn fault(&self, expected: &'static str) -> JsonFault {
        JsonFault { offset: self.at, expected }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        self.at += self.rest().bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn take(&mut self, sign: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonFault> {
        self.blanks();
        let offset = self.at;
        if depth > DEPTH_MAX {
            return Err(self.fault("less deeply nested data"));
        }
        let value = match self.rest().bytes().next() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Json::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ if self.take("true") => Json::Boolean(true),
            _ if self.take("false") => Json::Boolean(false),
            _ if self.take("null") => Json::Null,
            _ => return Err(self.fault("a value")),
        };
        Ok(Node { offset, value })
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonFault> {
        let mut members = Vec::new();
        self.take("{");
        if self.take("}") {
            return Ok(Json::Object(members));
        }
        loop {
            self.blanks();
            if !self.rest().starts_with('"') {
                return Err(self.fault("a name in double quotes"));
            }
            let name = self.string()?;
            if !self.take(":") {
                return Err(self.fault("`:`"));
            }
            members.push((name, self.value(depth + 1)?));
            if self.take("}") {
                return Ok(Json::Object(members));
            }
            if !self.take(",") {
                return Err(self.fault("`,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonFault> {
        let mut items = Vec::new();
        self.take("[");
        if self.take("]") {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take("]") {
                return Ok(Json::List(items));
            }
            if !self.take(",") {
                return Err(self.fault("`,` or `]`"));
            }
        }
    }

    /// Finds the end of a string here and leaves its escapes to `serde_json`.
    fn string(&mut self) -> Result<Text, JsonFault> {
        let mut escaped = false;
        let end = self.rest().bytes().enumerate().skip(1).find(|(_, byte)| {
            let end = !escaped && *byte == b'"';
            escaped = !escaped && *byte == b'\\';
            end
        });
        let Some((end, _)) = end else { return Err(self.fault("a text that ends with a double quote")) };
        let text: Result<String, _> = serde_json::from_str(&self.rest()[..=end]);
        let Ok(text) = text else {
            return Err(self.fault("a text without line breaks and unknown escapes"));
        };
        self.at += end + 1;
        Ok(text.into())
    }

    fn number(&mut self) -> Result<Json, JsonFault> {
        let part = |c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
        let end = self.rest().find(part).unwrap_or(self.rest().len());
        let number: Result<f64, _> = serde_json::from_str(&self.rest()[..end]);
        let Ok(number) = number else { return Err(self.fault("a number")) };
        self.at += end;
        Ok(Json::Number(number))
    }
}
