//! Dates and times as text by format constants (`docs/commands/string.md`).

use jiff::tz::TimeZone;
use tessera_values::{Date, Text, Time};

use super::names::{DAYS, MONTHS, short};

/// Added to a format, it makes the null value an empty text.
const BLANK_IF_NULL: i64 = 100;

/// A date by the number of a format constant; 0 is the system's short form.
// UNSPECIFIED: the system's form on a server. Taken: month/day/year.
pub(super) fn date(date: Date, format: i64, time: Option<Time>, zone: &TimeZone) -> Text {
    let format = if format >= BLANK_IF_NULL {
        if date.is_null() {
            return Text::new();
        }
        format - BLANK_IF_NULL
    } else {
        format
    };
    if date.is_null() {
        return if matches!(format, 8 | 9) { "0000-00-00T00:00:00" } else { "00/00/00" }.into();
    }
    let (year, month, day) = date.parts();
    let weekday = DAYS[(date.day_number() - 1).clamp(0, 6) as usize];
    let month_name = MONTHS[(month - 1).clamp(0, 11) as usize];
    let shown = match format {
        2 => format!("{}, {} {day}, {year}", short(weekday), short(month_name)),
        3 => format!("{weekday}, {month_name} {day}, {year}"),
        // Two digits for the years around ours.
        4 if (1930..2030).contains(&year) => format!("{month:02}/{day:02}/{:02}", year % 100),
        5 => format!("{month_name} {day}, {year}"),
        6 => format!("{} {day}, {year}", short(month_name)),
        8 => return format!("{date}T{}", time.unwrap_or_default()).into(),
        9 => return in_utc(date, time, zone, "%Y-%m-%dT%H:%M:%SZ"),
        10 => return in_utc(date, time, zone, "%a, %d %b %Y %H:%M:%S GMT"),
        _ => format!("{month:02}/{day:02}/{year}"),
    };
    match time {
        Some(time) => format!("{shown} {time}").into(),
        None => shown.into(),
    }
}

/// The local moment, midnight without time, told in UTC.
fn in_utc(date: Date, time: Option<Time>, zone: &TimeZone, form: &str) -> Text {
    moment(date, time.unwrap_or_default(), zone)
        .map(|moment| moment.with_time_zone(TimeZone::UTC).strftime(form).to_string().into())
        .unwrap_or_default()
}

/// Date and time in a zone; `None` for the null date and beyond the calendar.
pub(super) fn moment(date: Date, time: Time, zone: &TimeZone) -> Option<jiff::ZonedDateTime> {
    let days = time.seconds().div_euclid(86_400);
    let seconds = time.seconds().rem_euclid(86_400);
    let day = date.add_days(days).civil()?;
    let clock = jiff::civil::Time::new(
        i8::try_from(seconds / 3600).ok()?,
        i8::try_from(seconds / 60 % 60).ok()?,
        i8::try_from(seconds % 60).ok()?,
        0,
    );
    day.to_datetime(clock.ok()?).to_zoned_datetime(zone.clone()).ok()
}

/// A time by the number of a format constant.
// UNSPECIFIED: the system's forms 9 to 11 on a server. Taken: the English ones.
pub(super) fn time(time: Time, format: i64) -> Text {
    let format = if format >= BLANK_IF_NULL {
        if time.seconds() == 0 {
            return Text::new();
        }
        format - BLANK_IF_NULL
    } else {
        format
    };
    let total = time.seconds();
    let sign = if total < 0 { "-" } else { "" };
    let total = total.abs();
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
    let count = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    let half_day = || {
        let hour = if hours % 12 == 0 { 12 } else { hours % 12 };
        (hour, if hours % 24 < 12 { "AM" } else { "PM" })
    };
    let shown = match format {
        2 => format!("{hours:02}:{minutes:02}"),
        3 => format!("{} {} {}", count(hours, "hour"), count(minutes, "minute"), count(seconds, "second")),
        4 => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
        5 | 9 => {
            let (hour, half) = half_day();
            format!("{hour}:{minutes:02} {half}")
        }
        6 => format!("{:02}:{seconds:02}", total / 60),
        7 => format!("{} {}", count(total / 60, "minute"), count(seconds, "second")),
        8 => format!("0000-00-00T{hours:02}:{minutes:02}:{seconds:02}"),
        10 | 11 => {
            let (hour, half) = half_day();
            format!("{hour}:{minutes:02}:{seconds:02} {half}")
        }
        _ => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    };
    format!("{sign}{shown}").into()
}
