//! 4D dates: a civil day without time zone, or the null date `!00-00-00!` (`docs/Concepts/dt_date.md`).

use std::fmt;

use jiff::civil;

/// A date. The null date sorts before every other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(Option<civil::Date>);

impl Date {
    /// The null date, `!00-00-00!`.
    pub const NULL: Self = Self(None);

    /// A date, or the null date when there is no such day.
    pub fn new(year: i64, month: i64, day: i64) -> Self {
        let fits = |n: i64| i8::try_from(n).ok();
        let date = i16::try_from(year)
            .ok()
            .filter(|year| *year > 0)
            .and_then(|year| civil::Date::new(year, fits(month)?, fits(day)?).ok());
        Self(date)
    }

    /// From a civil date.
    pub fn from_civil(date: civil::Date) -> Self {
        Self(Some(date))
    }

    /// The civil date, unless it is the null date.
    pub fn civil(self) -> Option<civil::Date> {
        self.0
    }

    /// Is it the null date?
    pub fn is_null(self) -> bool {
        self.0.is_none()
    }

    /// Year, month and day; zeros for the null date.
    pub fn parts(self) -> (i64, i64, i64) {
        self.0.map_or((0, 0, 0), |d| (i64::from(d.year()), i64::from(d.month()), i64::from(d.day())))
    }

    /// Sunday is 1, Saturday 7; 0 for the null date.
    pub fn day_number(self) -> i64 {
        self.0.map_or(0, |d| i64::from(d.weekday().to_sunday_one_offset()))
    }

    /// So many days later. The null date and the ends of the calendar give the null date.
    pub fn add_days(self, days: i64) -> Self {
        let span = jiff::Span::new().try_days(days);
        Self(self.0.and_then(|date| span.ok().and_then(|span| date.checked_add(span).ok())))
    }

    /// `Add to date`: years and months first, the day kept inside its month, then days. From the null date the
    /// parts themselves are the date.
    pub fn add(self, years: i64, months: i64, days: i64) -> Self {
        let Some(date) = self.0 else {
            return Self::new(years, months.max(1), 1).add_days(days.max(1) - 1);
        };
        let span = jiff::Span::new().try_years(years).and_then(|span| span.try_months(months));
        Self(span.ok().and_then(|span| date.checked_add(span).ok())).add_days(days)
    }

    /// The number of days from `other` to this date; 0 when either is the null date.
    pub fn days_since(self, other: Self) -> i64 {
        match (self.0, other.0) {
            (Some(a), Some(b)) => a.duration_since(b).as_hours() / 24,
            _ => 0,
        }
    }

    /// Reads `YYYY-MM-DD`, anything after it ignored, or `YYYY/MM/DD`.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let day = text.get(..10)?;
        let separator = day.as_bytes()[4];
        if !matches!(separator, b'-' | b'/') || day.as_bytes()[7] != separator {
            return None;
        }
        let (year, month, day) = (day.get(..4)?, day.get(5..7)?, day.get(8..10)?);
        let date = Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        if date.is_null() && (year, month) != ("0000", "00") { None } else { Some(date) }
    }

    /// Reads REST's `D!M!YYYY`, padded or not (`docs/REST/manData.md`).
    pub fn parse_rest(text: &str) -> Option<Self> {
        let mut parts = text.split('!');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let date = Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        if date.is_null() && year.bytes().any(|digit| digit != b'0') { None } else { Some(date) }
    }

    /// REST's form: unpadded `D!M!YYYY`.
    pub fn to_rest(self) -> String {
        let (year, month, day) = self.parts();
        format!("{day}!{month}!{year}")
    }
}

impl fmt::Display for Date {
    /// `YYYY-MM-DD`, and `00-00-00` for the null date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => write!(f, "00-00-00"),
            Some(date) => write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_dates_are_unpadded_and_read_either_way() {
        // R044, R045
        assert_eq!(Date::new(2002, 1, 4).to_rest(), "4!1!2002");
        assert_eq!(Date::parse_rest("05!10!2013"), Some(Date::new(2013, 10, 5)));
        assert_eq!(Date::parse_rest("5!10!2013"), Some(Date::new(2013, 10, 5)));
        assert_eq!(Date::parse_iso("2013-10-05T08:00:00Z"), Some(Date::new(2013, 10, 5)));
        assert_eq!(Date::parse_rest("5!13!2013"), None);
    }

    #[test]
    fn arithmetic_stays_in_the_calendar() {
        assert_eq!(Date::new(2024, 1, 31).add(0, 1, 0), Date::new(2024, 2, 29));
        assert_eq!(Date::new(2024, 3, 1).days_since(Date::new(2024, 2, 1)), 29);
        assert_eq!(Date::NULL.add(1990, 5, 12), Date::new(1990, 5, 12));
        assert_eq!(Date::new(2024, 12, 31).add_days(1), Date::new(2025, 1, 1));
        assert_eq!(Date::new(2026, 11, 22).day_number(), 1);
    }
}
