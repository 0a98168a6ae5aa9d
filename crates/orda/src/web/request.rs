//! The HTTP request a process serves, as far as code may read it.

use tessera_values::{Blob, Text};

use super::multipart::{self, BodyPart};

/// A request as it came in.
#[derive(Clone, Debug, Default)]
pub struct WebRequest {
    /// The verb, in upper case.
    pub verb: Text,
    /// Path and query as sent.
    pub target: Text,
    /// `HTTP/1.1`
    pub version: Text,
    /// Headers in their order, names in lower case.
    pub headers: Vec<(Text, Text)>,
    /// The body.
    pub body: Blob,
}

impl WebRequest {
    /// The path as sent.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The query; empty without one.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The first header of a name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&Text> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Text {
        String::from_utf8_lossy(&self.body.0).into()
    }

    /// Request line and headers as they travel.
    pub(crate) fn head(&self) -> String {
        let mut head = format!("{} {} {}\r\n", self.verb, self.target, self.version);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        head
    }

    /// The parameters of the query.
    pub(crate) fn query_parameters(&self) -> impl Iterator<Item = (Text, Text)> {
        parameters(self.query().as_bytes())
    }

    /// What a form sent: in the query, or in a body of either kind (`docs/commands/web-get-variables.md`).
    pub(crate) fn variables(&self) -> Vec<(Text, Text)> {
        let mut variables: Vec<_> = self.query_parameters().collect();
        let kind = self.header("content-type").map(Text::to_lowercase).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            variables.extend(parameters(&self.body.0));
        } else {
            let fields = self.parts().into_iter().filter(|part| part.file_name.is_empty());
            variables.extend(fields.map(|part| (part.name, String::from_utf8_lossy(part.bytes).into())));
        }
        variables
    }

    /// The parts of a multipart body; none when it is another kind of body.
    pub(crate) fn parts(&self) -> Vec<BodyPart<'_>> {
        let boundary = self.header("content-type").and_then(|kind| multipart::boundary(kind));
        boundary.map(|boundary| multipart::parts(&self.body.0, &boundary)).unwrap_or_default()
    }
}

fn parameters(query: &[u8]) -> impl Iterator<Item = (Text, Text)> {
    form_urlencoded::parse(query).map(|(name, value)| (name.as_ref().into(), value.as_ref().into()))
}
