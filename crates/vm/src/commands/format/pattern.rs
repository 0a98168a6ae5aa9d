//! Dates and times by patterns of letters (`docs/Project/date-time-formats.md`).

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use tessera_values::{Date, Text, Time};

use super::names::{DAYS, MONTHS, short};

/// A date, with a time when there is one. Letters that mean nothing make the whole text empty.
pub(super) fn date(date: Date, time: Option<Time>, pattern: &str, zone: &TimeZone) -> Text {
    match super::date::moment(date, time.unwrap_or_default(), zone) {
        Some(moment) => write(&moment, pattern).unwrap_or_default(),
        None => Text::new(),
    }
}

/// A time alone. The fields of its date are those of a day in the past and mean nothing.
pub(super) fn time(time: Time, pattern: &str, zone: &TimeZone) -> Text {
    date(Date::new(1970, 1, 1), Some(time), pattern, zone)
}

fn write(moment: &ZonedDateTime, pattern: &str) -> Option<Text> {
    let mut shown = Text::new();
    let mut rest = pattern.trim();
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            rest = quoted(&rest[1..], &mut shown);
        } else if c.is_ascii_alphabetic() {
            let count = rest.chars().take_while(|other| *other == c).count();
            shown.push_str(&field(moment, c, count)?);
            rest = &rest[count..];
        } else {
            shown.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Some(shown)
}

/// Text between single quotes; two of them are one. Returns what follows.
fn quoted<'p>(mut rest: &'p str, shown: &mut Text) -> &'p str {
    if let Some(after) = rest.strip_prefix('\'') {
        shown.push('\'');
        return after;
    }
    while let Some(end) = rest.find('\'') {
        shown.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                shown.push('\'');
                rest = after;
            }
            None => return rest,
        }
    }
    shown.push_str(rest);
    ""
}

/// The widest field that is shown.
const WIDTH_MAX: usize = 100;

/// One field of so many letters.
fn field(moment: &ZonedDateTime, letter: char, count: usize) -> Option<String> {
    let count = count.min(WIDTH_MAX);
    let padded = |n: i64| format!("{n:0count$}");
    let hour = i64::from(moment.hour());
    let year = i64::from(moment.year());
    let weekday = usize::from(moment.weekday().to_sunday_zero_offset().unsigned_abs());
    Some(match letter {
        'G' => match count {
            1..=3 => "AD".to_owned(),
            4 => "Anno Domini".to_owned(),
            _ => "A".to_owned(),
        },
        'y' | 'u' => year_of(year, letter, count),
        'Y' => year_of(i64::from(moment.date().iso_week_date().year()), letter, count),
        'Q' | 'q' => {
            let quarter = (i64::from(moment.month()) - 1) / 3 + 1;
            match count {
                1 | 2 => padded(quarter),
                3 => format!("Q{quarter}"),
                4 => format!("{} quarter", ["1st", "2nd", "3rd", "4th"][(quarter - 1).clamp(0, 3) as usize]),
                _ => quarter.to_string(),
            }
        }
        'M' | 'L' => {
            let name = MONTHS[usize::from(moment.month().unsigned_abs()).clamp(1, 12) - 1];
            name_or(name, count, || padded(i64::from(moment.month())))
        }
        'w' => padded(i64::from(moment.date().iso_week_date().week())),
        'd' => padded(i64::from(moment.day())),
        'D' => padded(i64::from(moment.day_of_year())),
        'E' if count < 3 => short(DAYS[weekday]).to_owned(),
        'E' | 'e' | 'c' => name_or(DAYS[weekday], count, || padded(weekday as i64 + 1)),
        'a' => half_day(hour, count).to_owned(),
        'b' => match (hour, moment.minute()) {
            (0, 0) => "midnight".to_owned(),
            (12, 0) => "noon".to_owned(),
            _ => half_day(hour, count).to_owned(),
        },
        'B' => match hour {
            6..12 => "in the morning".to_owned(),
            12..18 => "in the afternoon".to_owned(),
            18..21 => "in the evening".to_owned(),
            _ => "at night".to_owned(),
        },
        'h' => padded(if hour % 12 == 0 { 12 } else { hour % 12 }),
        'H' => padded(hour),
        'K' => padded(hour % 12),
        'k' => padded(if hour == 0 { 24 } else { hour }),
        'm' => padded(i64::from(moment.minute())),
        's' => padded(i64::from(moment.second())),
        'X' | 'x' | 'O' | 'z' => zone_of(moment.offset().seconds(), letter, count),
        _ => return None,
    })
}

fn year_of(year: i64, letter: char, count: usize) -> String {
    if count == 2 && letter != 'u' { format!("{:02}", year % 100) } else { format!("{year:0count$}") }
}

/// Three letters are the short name, four the whole one, five its first letter, six its first two.
fn name_or(name: &str, count: usize, number: impl Fn() -> String) -> String {
    match count {
        1 | 2 => number(),
        3 => short(name).to_owned(),
        5 => name[..1].to_owned(),
        6 => name[..2].to_owned(),
        _ => name.to_owned(),
    }
}

fn half_day(hour: i64, count: usize) -> &'static str {
    match (hour < 12, count) {
        (true, 5) => "a",
        (false, 5) => "p",
        (true, _) => "AM",
        (false, _) => "PM",
    }
}

fn zone_of(offset: i32, letter: char, count: usize) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 3600, offset.abs() / 60 % 60);
    match (letter, count) {
        ('X', _) if offset == 0 => "Z".to_owned(),
        ('X' | 'x', 1) if minutes == 0 => format!("{sign}{hours:02}"),
        ('X' | 'x', 1 | 2 | 4) => format!("{sign}{hours:02}{minutes:02}"),
        ('X' | 'x', _) => format!("{sign}{hours:02}:{minutes:02}"),
        (_, 4) if offset != 0 => format!("GMT{sign}{hours:02}:{minutes:02}"),
        _ if offset == 0 => "GMT".to_owned(),
        _ if minutes == 0 => format!("GMT{sign}{hours}"),
        _ => format!("GMT{sign}{hours}:{minutes:02}"),
    }
}
