//! 4D values as XML writes them, and back (`docs/commands/xml-set-options.md`, `xml-decode.md`).
// UNSPECIFIED: dates and times, of which the pages of attributes and of options tell two forms. Taken: that of the
// options, which say what the default is.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use tessera_values::{Blob, Date, ErrorStack, Picture, Text, Time, Value};

use super::options::{self, Options};
use super::tree::fault;

/// The text of a value.
pub(super) fn to_text(value: &Value, options: Options, zone: &TimeZone) -> Result<Text, ErrorStack> {
    Ok(match value {
        Value::Undefined | Value::Null => Text::new(),
        Value::Text(text) => text.clone(),
        Value::Boolean(value) => Text::from(if *value { "true" } else { "false" }),
        Value::Integer(number) => number.to_string().into(),
        Value::Real(number) => number.to_string().into(),
        Value::Array(array) => array.selected.get().to_string().into(),
        Value::Date(date) => date_text(*date, options, zone).into(),
        Value::Time(time) => time_text(*time, options, zone).into(),
        Value::Blob(blob) => encoded(&blob.0, "", options),
        Value::Picture(picture) => {
            let picture = if options.keeps_codec() { picture.as_ref().clone() } else { as_png(picture)? };
            encoded(&picture.bytes.0, &picture.mime, options)
        }
        other => return Err(fault(format!("{} can't be written into XML.", other.kind()))),
    })
}

fn as_png(picture: &Picture) -> Result<Picture, ErrorStack> {
    if picture.bytes.is_empty() {
        return Ok(Picture::default());
    }
    crate::commands::pictures::converted(picture, ".png")
        .ok_or_else(|| fault("The picture can't be made a PNG; choose XML native codec."))
}

fn encoded(bytes: &[u8], mime: &str, options: Options) -> Text {
    let encoded = STANDARD.encode(bytes);
    if options.uses_data_uri() { format!("data:{mime};base64,{encoded}").into() } else { encoded.into() }
}

/// How far the zone is from UTC on a day, as `+01:00`.
fn offset(date: Date, zone: &TimeZone) -> String {
    let noon = date.civil().and_then(|date| date.at(12, 0, 0, 0).to_zoned_datetime(zone.clone()).ok());
    let seconds = noon.map_or(0, |noon| noon.offset().seconds());
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
}

fn date_text(date: Date, options: Options, zone: &TimeZone) -> String {
    let (year, month, day) = date.parts();
    let day = format!("{year:04}-{month:02}-{day:02}");
    match options.dates() {
        options::LOCAL => format!("{day} {}", offset(date, zone)),
        options::DATETIME_LOCAL => format!("{day}T00:00:00 {}", offset(date, zone)),
        options::UTC => format!("{day}Z"),
        options::DATETIME_UTC => format!("{day}T00:00:00Z"),
        _ => day,
    }
}

fn time_text(time: Time, options: Options, zone: &TimeZone) -> String {
    let parts = |seconds: i64| (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let seconds = time.seconds();
    let (hours, minutes, rest) = parts(seconds);
    let absolute = format!("0000-00-00T{hours:02}:{minutes:02}:{rest:02}");
    let shift = zone.to_fixed_offset().map_or(0, |offset| i64::from(offset.seconds()));
    match options.times() {
        options::SECONDS => seconds.to_string(),
        options::DURATION => format!("PT{hours:02}H{minutes:02}M{rest:02}S"),
        options::DATETIME_LOCAL => {
            let sign = if shift < 0 { '-' } else { '+' };
            format!("{absolute}{sign}{:02}:{:02}", shift.abs() / 3600, shift.abs() / 60 % 60)
        }
        options::DATETIME_UTC => {
            let (hours, minutes, rest) = parts((seconds - shift).rem_euclid(86_400));
            format!("0000-00-00T{hours:02}:{minutes:02}:{rest:02}Z")
        }
        _ => absolute,
    }
}

/// The value of a text, of the type of the variable that takes it; a text where that has none.
pub(super) fn from_text(text: &Text, target: &Value, zone: &TimeZone) -> Value {
    let trimmed = text.trim();
    match target {
        Value::Boolean(_) => Value::Boolean(matches!(trimmed.to_ascii_lowercase().as_str(), "true" | "1")),
        Value::Integer(_) => Value::Integer(number(trimmed).round() as i64),
        Value::Real(_) => Value::Real(number(trimmed)),
        Value::Date(_) => Value::Date(date(trimmed)),
        Value::Time(_) => Value::Time(time(trimmed, zone)),
        Value::Blob(_) => Value::Blob(Blob(decoded(trimmed).into())),
        Value::Picture(_) => {
            let bytes = decoded(trimmed);
            let mime = Picture::sniff(&bytes).unwrap_or_default();
            Value::Picture(Rc::new(Picture { mime: mime.into(), bytes: Blob(bytes.into()) }))
        }
        _ => Value::Text(text.clone()),
    }
}

/// A comma may stand for the decimal point.
fn number(text: &str) -> f64 {
    text.replace(',', ".").parse().unwrap_or(0.0)
}

/// The day, without time and zone.
fn date(text: &str) -> Date {
    text.get(..10).and_then(Date::parse_iso).unwrap_or(Date::NULL)
}

/// The time of day, moved from the zone it tells into the server's; or seconds, or a duration.
fn time(text: &str, zone: &TimeZone) -> Time {
    if let Ok(seconds) = text.parse() {
        return Time::from_seconds(seconds);
    }
    if let Some(duration) = text.strip_prefix("PT") {
        let mut seconds = 0;
        let mut rest = duration;
        for (unit, letter) in [(3600, 'H'), (60, 'M'), (1, 'S')] {
            if let Some((count, after)) = rest.split_once(letter) {
                seconds += count.parse::<i64>().unwrap_or(0).saturating_mul(unit);
                rest = after;
            }
        }
        return Time::from_seconds(seconds);
    }
    let clock = text.split_once('T').map_or(text, |(_, clock)| clock).trim();
    let shown = clock.get(..8).and_then(Time::parse).unwrap_or_default().seconds();
    let told =
        clock.get(8..).map(|rest| rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).trim());
    let from = match told.unwrap_or_default() {
        "" => return Time::from_seconds(shown),
        "Z" => 0,
        told => {
            let distance = told.get(1..).unwrap_or_default();
            let (hours, minutes) = distance.split_once(':').unwrap_or((distance, "0"));
            let seconds = hours.parse::<i64>().unwrap_or(0) * 3600 + minutes.parse::<i64>().unwrap_or(0) * 60;
            if told.starts_with('-') { -seconds } else { seconds }
        }
    };
    // A day is needed to know the zone's own distance: the one told, where there is one.
    let day = text.get(..10).and_then(Date::parse_iso).and_then(Date::civil);
    let own = day.and_then(|day| day.at(12, 0, 0, 0).to_zoned_datetime(zone.clone()).ok());
    let own = own.map(|moment| i64::from(moment.offset().seconds()));
    let own = own.or_else(|| zone.to_fixed_offset().ok().map(|offset| i64::from(offset.seconds())));
    Time::from_seconds((shown - from + own.unwrap_or(0)).rem_euclid(86_400))
}

/// Base64, with or without the head of a data URI.
fn decoded(text: &str) -> Vec<u8> {
    let encoded = match text.strip_prefix("data:") {
        Some(uri) => uri.split_once(',').map_or("", |(_, data)| data),
        None => text,
    };
    let encoded: String = encoded.split_whitespace().collect();
    STANDARD.decode(encoded).unwrap_or_default()
}
