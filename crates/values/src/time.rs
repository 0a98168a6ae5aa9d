//! 4D times: a signed number of seconds, possibly more than a day (`docs/Concepts/dt_time.md`).

use std::fmt;

/// A time or duration in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// The longest time, a hundred million years: far beyond 4D's own, and near enough to 0 for all arithmetic with two
/// times to stay exact.
const SECONDS_MAX: i64 = 1 << 52;

impl Time {
    /// From seconds.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(-SECONDS_MAX, SECONDS_MAX))
    }

    /// From hours, minutes and seconds.
    pub fn new(hours: i64, minutes: i64, seconds: i64) -> Self {
        let minutes = hours.saturating_mul(60).saturating_add(minutes);
        Self::from_seconds(minutes.saturating_mul(60).saturating_add(seconds))
    }

    /// In seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// In milliseconds, the unit of REST and of stored time fields.
    pub fn milliseconds(self) -> i64 {
        self.0 * 1000
    }

    /// Reads `HH:MM:SS` or `HH:MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split(':');
        let hours: i64 = parts.next()?.parse().ok()?;
        let minutes: i64 = parts.next()?.parse().ok()?;
        let seconds: i64 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
        if parts.next().is_some() { None } else { Some(Self::new(hours, minutes, seconds)) }
    }
}

impl fmt::Display for Time {
    /// `HH:MM:SS`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, seconds) = if self.0 < 0 { ("-", -self.0) } else { ("", self.0) };
        write!(f, "{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_and_print() {
        assert_eq!(Time::parse("25:30:10").unwrap().to_string(), "25:30:10");
        assert_eq!(Time::parse("08:05").unwrap().seconds(), 29_100);
        assert_eq!(Time::from_seconds(-60).to_string(), "-00:01:00");
        assert!(Time::parse("8").is_none());
        // Input may ask for any number of hours.
        assert!(Time::parse("9000000000000000000:00").unwrap().to_string().starts_with("1250999896491:"));
        assert_eq!(Time::from_seconds(i64::MIN), Time::new(i64::MIN, -1, -1));
    }
}
