//! A page as a table with its columns described, for Looker Studio (`docs/REST/$format.md`).

use tessera_model::{Attribute, AttributeKind};
use tessera_orda::Context;
use tessera_values::{DateForm, Scalar, Value, write_json_string};

use super::catalog::value_type;
use super::level::Level;
use super::projection::Projection;
use super::value::{push, write_any, write_scalar};

/// What Looker Studio knows of a column
/// (<https://developers.google.com/looker-studio/connector/semantics>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Boolean,
    Date,
}

impl Kind {
    /// The kind for a type of the catalog; what is no plain value has no column.
    fn of(value_type: &str) -> Option<Self> {
        match value_type {
            "word" | "long" | "long64" | "number" | "float" | "duration" => Some(Self::Number),
            "string" | "uuid" | "object" => Some(Self::Text),
            "bool" => Some(Self::Boolean),
            "date" => Some(Self::Date),
            _ => None,
        }
    }

    /// `dataType`, `conceptType`, `semanticGroup`, `semanticType`.
    fn words(self) -> [&'static str; 4] {
        match self {
            Self::Number => ["NUMBER", "METRIC", "NUMERIC", "NUMBER"],
            Self::Text => ["STRING", "DIMENSION", "TEXT", "TEXT"],
            Self::Boolean => ["BOOLEAN", "DIMENSION", "BOOLEAN", "BOOLEAN"],
            Self::Date => ["STRING", "DIMENSION", "DATETIME", "YEAR_MONTH_DAY"],
        }
    }
}

struct Column<'c> {
    attribute: &'c Attribute,
    kind: Kind,
    /// A column that was asked for by name and may not be read is there, and empty.
    readable: bool,
}

/// Appends what comes before the rows: the columns. Relations, pictures and blobs have none.
pub(crate) fn write_head(
    out: &mut String,
    context: &Context,
    projection: &Projection,
    count: u64,
    first: u64,
) {
    push(out, format_args!("{{\"__COUNT\":{count},\"__FIRST\":{first},\"schema\":["));
    for (position, column) in columns(context, projection).iter().enumerate() {
        out.push_str(if position > 0 { ",{\"name\":" } else { "{\"name\":" });
        write_json_string(out, &column.attribute.name);
        let [data, concept, group, semantic] = column.kind.words();
        push(
            out,
            format_args!(
                ",\"dataType\":\"{data}\",\"semantics\":{{\"conceptType\":\"{concept}\",\
                 \"semanticGroup\":\"{group}\",\"semanticType\":\"{semantic}\"}}}}"
            ),
        );
    }
    out.push_str("],\"rows\":[");
}

/// Appends rows. Entities dropped since have none.
pub(crate) fn write_rows(
    out: &mut String,
    context: &Context,
    projection: &Projection,
    level: &Level,
    is_first: bool,
) {
    let columns = columns(context, projection);
    for (index, row) in level.rows.iter().enumerate() {
        out.push_str(if index > 0 || !is_first { ",{\"values\":[" } else { "{\"values\":[" });
        for (position, column) in columns.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            match column.attribute.kind {
                _ if !column.readable => out.push_str("null"),
                AttributeKind::Storage(_) => {
                    write_cell(out, row.values.get(column.attribute.id.index()).unwrap_or(&Scalar::Null));
                }
                _ => {
                    let values = level.computed.get(&column.attribute.id);
                    write_computed_cell(out, values.and_then(|values| values.get(index)));
                }
            }
        }
        out.push_str("]}");
    }
}

/// What comes after them. The client's own filters are left to Looker Studio; `$filter` is none of them.
pub(crate) const TAIL: &str = "],\"filtersApplied\":false}";

fn columns<'c>(context: &'c Context, projection: &Projection) -> Vec<Column<'c>> {
    let application = context.application();
    let Some(dataclass) = projection.dataclass else { return Vec::new() };
    let described = application.catalog.dataclass(dataclass);
    let columns = projection.readable(context).filter_map(|(node, readable)| {
        let attribute = described.attribute(node.attribute);
        let kind = Kind::of(&value_type(application, described, attribute)?)?;
        Some(Column { attribute, kind, readable })
    });
    columns.collect()
}

/// A stored value: dates as `YYYYMMDD`, objects as the text of their JSON.
fn write_cell(out: &mut String, value: &Scalar) {
    match value {
        Scalar::Date(date) if !date.is_null() => {
            let (year, month, day) = date.parts();
            push(out, format_args!("\"{year:04}{month:02}{day:02}\""));
        }
        Scalar::Object(json) => write_json_string(out, json),
        value => write_scalar(out, value),
    }
}

fn write_computed_cell(out: &mut String, value: Option<&Value>) {
    match value.map(|value| (value, Scalar::from_value(value))) {
        None => out.push_str("null"),
        Some((_, Some(scalar))) => write_cell(out, &scalar),
        Some((value, None)) => {
            let mut json = String::new();
            write_any(&mut json, value, DateForm::Day);
            if json == "null" { out.push_str("null") } else { write_json_string(out, &json) }
        }
    }
}
