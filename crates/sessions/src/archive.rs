//! What of a session outlives a restart of the server (the setting `sessions.survive_restart`).
//!
//! Sessions of people who are logged in are written down as one JSON text each: when a request that logged them in or
//! changed their privileges is over, within half a minute after other uses, and when the server stops. At logout the
//! text goes at once. Where the texts are kept is an
//! [`Archive`]'s business. Secrets stay hashed.

use jiff::Timestamp;
use tessera_values::{
    CollectionRef, DateForm, NOBODY, ObjectRef, Properties, Text, Value, parse_client_json, write_json,
};

use crate::cookie::{hex, unhex};
use crate::registry::SecretHash;

pub(crate) mod storage;

/// Keeps the texts of sessions where a restart does not reach them.
pub trait Archive: Send + Sync {
    /// Every text that was written and not removed, in no order.
    fn read(&self) -> Vec<String>;
    /// Writes the text of each session, or removes it. What can't be written is told to the log.
    fn write(&self, changes: &[Change]);
}

/// What became of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The session's public id.
    pub id: Text,
    /// Its text; `None` when there is nothing to go on in any more.
    pub text: Option<String>,
}

/// A session as it is written down.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: Text,
    pub(crate) secrets: Vec<SecretHash>,
    pub(crate) address: Text,
    pub(crate) user_name: Text,
    /// By name: `roles.json` may be another one when they are read.
    pub(crate) privileges: Vec<Text>,
    pub(crate) is_rest: bool,
    pub(crate) created_ms: i64,
    pub(crate) logged_at_ms: i64,
    pub(crate) last_access_ms: i64,
    pub(crate) idle_minutes: i64,
    /// As [`storage::pack`] packs it.
    pub(crate) storage: Value,
}

/// Counts up when the form changes; others are not read.
const FORM: i64 = 1;

impl Record {
    pub(crate) fn to_text(&self) -> Option<String> {
        let texts = |texts: &mut dyn Iterator<Item = Text>| {
            Value::Collection(texts.map(Value::Text).collect::<CollectionRef>())
        };
        let record = Properties::from_iter([
            ("form".into(), Value::Integer(FORM)),
            ("id".into(), Value::Text(self.id.clone())),
            ("secrets".into(), texts(&mut self.secrets.iter().map(|secret| hex(&secret.0).into()))),
            ("address".into(), Value::Text(self.address.clone())),
            ("user".into(), Value::Text(self.user_name.clone())),
            ("privileges".into(), texts(&mut self.privileges.iter().cloned())),
            ("rest".into(), Value::Boolean(self.is_rest)),
            ("created".into(), Value::Integer(self.created_ms)),
            ("login".into(), Value::Integer(self.logged_at_ms)),
            ("access".into(), Value::Integer(self.last_access_ms)),
            ("idle".into(), Value::Integer(self.idle_minutes)),
            ("storage".into(), self.storage.clone()),
        ]);
        let mut text = String::new();
        write_json(&mut text, &Value::Object(ObjectRef::from_properties(record)), DateForm::Day).ok()?;
        Some(text)
    }

    /// Reads a text; `None` when it is of another form or damaged.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let Value::Object(record) = parse_client_json(text).ok()? else { return None };
        let number = |name: &str| record.get(name).and_then(|value| value.as_integer());
        let word = |name: &str| record.get(name).and_then(|value| value.as_text().cloned());
        let texts = |name: &str| match record.get(name) {
            Some(Value::Collection(texts)) => {
                texts.to_vec().iter().map(|text| text.as_text().cloned()).collect::<Option<Vec<Text>>>()
            }
            _ => None,
        };
        if number("form")? != FORM {
            return None;
        }
        let secrets: Option<Vec<_>> =
            texts("secrets")?.iter().map(|secret| unhex(secret).map(SecretHash)).collect();
        Some(Self {
            id: word("id").filter(|id| unhex::<16>(id).is_some())?,
            secrets: secrets.filter(|secrets| !secrets.is_empty())?,
            address: word("address")?,
            user_name: word("user")?,
            privileges: texts("privileges")?,
            is_rest: matches!(record.get("rest"), Some(Value::Boolean(true))),
            created_ms: number("created")?,
            logged_at_ms: number("login")?,
            last_access_ms: number("access")?,
            idle_minutes: number("idle")?,
            storage: record.get("storage").unwrap_or_default(),
        })
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        now.as_millisecond() > self.last_access_ms.saturating_add(self.idle_minutes.saturating_mul(60_000))
    }
}

/// Puts a value into an object nobody else has seen.
fn put(object: &ObjectRef, name: Text, value: Value) {
    // A local object takes everything.
    let _ = object.set(NOBODY, name, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_as_it_was_written() {
        let record = Record {
            id: "00112233445566778899AABBCCDDEEFF".into(),
            secrets: vec![SecretHash([7; 32]), SecretHash([9; 32])],
            address: "::ffff:10.0.0.1".into(),
            user_name: "Zoé \"the\" first\n".into(),
            privileges: vec!["read".into(), "write".into()],
            is_rest: true,
            created_ms: 1,
            logged_at_ms: 2,
            last_access_ms: 3,
            idle_minutes: 60,
            storage: Value::Null,
        };
        let text = record.to_text().unwrap();
        let read = Record::from_text(&text).unwrap();
        assert_eq!(read.to_text(), Some(text.clone()));
        assert_eq!((read.id, read.secrets, read.user_name), (record.id, record.secrets, record.user_name));
        for damaged in
            ["", "{}", "[]", &text.replace("\"form\":1", "\"form\":2"), &text.replace("0011", "00")]
        {
            assert!(Record::from_text(damaged).is_none(), "{damaged}");
        }
    }
}
