//! `Project/Sources/QuotaManager.json`: how much the clients of the web server may ask for
//! (`docs/WebServer/quotas.md`).
//!
//! A file that can't be understood stops the server, as in 4D: a limit that is silently not there protects nobody.

use crate::json::{Json, Node};
use crate::xml::position;

/// A limit per minute and one per hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerTime {
    /// In one minute.
    pub minute: Option<u64>,
    /// In one hour.
    pub hour: Option<u64>,
}

/// What may pass in a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Requests.
    pub requests: PerTime,
    /// Bytes received, headers included.
    pub in_bytes: PerTime,
    /// Bytes sent.
    pub out_bytes: PerTime,
}

impl Rates {
    /// Is nothing limited?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// All limits; what is `None` is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// For all sessions together.
    pub server: Rates,
    /// For each session.
    pub session: Rates,
    /// Sessions at once.
    pub sessions: Option<u64>,
    /// Sessions of guests at once.
    pub guest_sessions: Option<u64>,
    /// Entity sets of each session at once.
    pub entity_sets: Option<u64>,
}

type Place = fn(&mut Quotas) -> &mut Option<u64>;

/// The name of each quota (`docs/API/QuotaManagerClass.md`). The number of entity sets has two: it is spelt without
/// `PerSession` on the page of 21 R4.
const NAMES: [(&str, Place); 16] = [
    ("nbRequestsPerMin", |q| &mut q.server.requests.minute),
    ("nbRequestsPerHour", |q| &mut q.server.requests.hour),
    ("inBytesPerMin", |q| &mut q.server.in_bytes.minute),
    ("inBytesPerHour", |q| &mut q.server.in_bytes.hour),
    ("outBytesPerMin", |q| &mut q.server.out_bytes.minute),
    ("outBytesPerHour", |q| &mut q.server.out_bytes.hour),
    ("nbRequestsPerMinPerSession", |q| &mut q.session.requests.minute),
    ("nbRequestsPerHourPerSession", |q| &mut q.session.requests.hour),
    ("inBytesPerMinPerSession", |q| &mut q.session.in_bytes.minute),
    ("inBytesPerHourPerSession", |q| &mut q.session.in_bytes.hour),
    ("outBytesPerMinPerSession", |q| &mut q.session.out_bytes.minute),
    ("outBytesPerHourPerSession", |q| &mut q.session.out_bytes.hour),
    ("nbSessions", |q| &mut q.sessions),
    ("nbGuestSessions", |q| &mut q.guest_sessions),
    ("nbEntitySetsPerSession", |q| &mut q.entity_sets),
    ("nbEntitySets", |q| &mut q.entity_sets),
];

/// What is wrong with a `QuotaManager.json`, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotasFault {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// In words.
    pub message: String,
}

impl Quotas {
    /// The quota of a name, to read or set it; `None` for a name that is none.
    pub fn named(&mut self, name: &str) -> Option<&mut Option<u64>> {
        let (_, place) = NAMES.iter().find(|(known, _)| *known == name)?;
        Some(place(self))
    }

    /// Every name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Is nothing limited?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the text of a `QuotaManager.json`. Names it does not know are answered as well: a newer 4D may know them.
    pub fn parse(text: &str) -> Result<(Self, Vec<String>), QuotasFault> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let fault = |offset: usize, message: String| {
            let (line, column) = position(text, offset);
            QuotasFault { line, column, message }
        };
        let file = Node::parse(text).map_err(|it| {
            fault(it.offset, format!("JSON malformed (error 551): expected {}", it.expected))
        })?;
        let Json::Object(members) = &file.value else {
            return Err(fault(file.offset, "expected an object of quotas".into()));
        };
        let (mut quotas, mut unknown) = (Self::default(), Vec::new());
        for (name, node) in members {
            let Some(place) = quotas.named(name) else {
                unknown.push(name.to_string());
                continue;
            };
            if matches!(node.value, Json::Null) {
                continue;
            }
            let digits: String = text[node.offset..].chars().take_while(char::is_ascii_digit).collect();
            let number = digits.parse().ok().filter(|number| *number > 0);
            let is_whole = !text[node.offset + digits.len()..].starts_with(['.', 'e', 'E']);
            match number.filter(|_| is_whole) {
                Some(number) => *place = Some(number),
                None => return Err(fault(node.offset, format!("{name} must be a whole number above 0"))),
            }
        }
        Ok((quotas, unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_file() {
        let text = "{\n\t\"inBytesPerHour\": 100000000,\n\t\"inBytesPerHourPerSession\": 10000000,\n\
                    \t\"nbRequestsPerMin\": 1000,\n\t\"nbRequestsPerMinPerSession\": 100,\n\t\"nbNews\": 1\n}";
        let (quotas, unknown) = Quotas::parse(text).unwrap();
        assert_eq!(quotas.server.in_bytes.hour, Some(100_000_000));
        assert_eq!(quotas.session.in_bytes.hour, Some(10_000_000));
        assert_eq!(quotas.server.requests.minute, Some(1000));
        assert_eq!(quotas.session.requests.minute, Some(100));
        assert_eq!(unknown, ["nbNews"]);
    }

    #[test]
    fn each_name_has_a_place_of_its_own() {
        let mut quotas = Quotas::default();
        for (number, name) in Quotas::names().enumerate() {
            *quotas.named(name).unwrap() = Some(number as u64);
        }
        for (number, name) in Quotas::names().enumerate().take(14) {
            assert_eq!(*quotas.named(name).unwrap(), Some(number as u64), "{name}");
        }
    }

    #[test]
    fn a_fault_has_its_place() {
        // S173
        for (text, place, message) in [
            ("{\n \"nbSessions\": 5,,\n}", (2, 18), "551"),
            ("{\n \"nbSessions\": 0\n}", (2, 16), "nbSessions must be"),
            ("{\"nbSessions\": -1}", (1, 16), "nbSessions must be"),
            ("{\"nbSessions\": 1.5}", (1, 16), "nbSessions must be"),
            ("{\"nbSessions\": \"5\"}", (1, 16), "nbSessions must be"),
            ("{\"nbSessions\": 99999999999999999999}", (1, 16), "nbSessions must be"),
            ("[]", (1, 1), "object"),
            ("", (1, 1), "551"),
        ] {
            let fault = Quotas::parse(text).unwrap_err();
            assert!(fault.message.contains(message), "{text}: {fault:?}");
            assert_eq!((fault.line, fault.column), place, "{text}: {fault:?}");
        }
    }
}
