//! An answer on its way from code to the client: whatever command or message made it.

use camino::Utf8PathBuf;
use tessera_values::{Blob, ErrorStack, Text};

/// An answer that code made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(Text, Text)>,
    /// What is sent.
    pub body: WebBody,
}

/// The body of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WebBody {
    /// Code sent nothing.
    #[default]
    Nothing,
    /// These bytes.
    Bytes(Blob),
    /// A file of the web folder.
    File(Utf8PathBuf),
    /// A whole HTTP answer, status line and all (`docs/commands/web-send-raw-data.md`).
    Raw(Vec<u8>),
}

impl Default for WebAnswer {
    fn default() -> Self {
        Self { status: 200, headers: Vec::new(), body: WebBody::Nothing }
    }
}

impl WebAnswer {
    /// Sets a header in the place of those of the same name.
    pub(crate) fn set_header(&mut self, name: Text, value: Text) {
        // Several cookies are several headers.
        if name != "set-cookie" {
            self.headers.retain(|(known, _)| *known != name);
        }
        self.headers.push((name, value));
    }
}

/// How an answer travels is the server's own business.
const TRAVEL_HEADERS: [&str; 6] =
    ["connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"];

/// Checks a header that code wants to send; `None` when it is the server's own.
pub(crate) fn header(name: &str, value: &str) -> Result<Option<(Text, Text)>, ErrorStack> {
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Err(ErrorStack::runtime(format!("\"{name}\" is no name of an HTTP header.")));
    }
    if value.bytes().any(|byte| byte < 32 && byte != b'\t' || byte == 127) {
        return Err(ErrorStack::runtime(format!("The header {name} can't hold control characters.")));
    }
    let name: Text = name.to_ascii_lowercase().into();
    Ok((!TRAVEL_HEADERS.contains(&name.as_str())).then(|| (name, value.into())))
}
