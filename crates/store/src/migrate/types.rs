//! How types are stored and remembered, and which may become which.

use tessera_model::FieldType;
use tessera_values::Text;

/// What a change of type asks for.
pub(super) enum Widening {
    /// Nothing.
    Same,
    /// The column takes the new values as it is.
    Keep,
    /// The values move to a column of another kind.
    Copy,
    /// Keeps the column if no row satisfies the condition; `{}` is the column.
    Check(String),
    /// Values would be lost.
    Loses,
}

/// What it takes to turn a remembered type into a declared one.
pub(super) fn widening(from: &str, to: FieldType) -> Widening {
    use FieldType::*;
    let (kind, length) = from.split_once(' ').unwrap_or((from, ""));
    match (kind, to) {
        (from, to) if from == base_name(to) && !matches!(to, Alpha { .. }) => Widening::Same,
        ("integer", Long | Integer64) | ("long", Integer64) | ("real", Float) | ("float", Real) => {
            Widening::Keep
        }
        ("integer" | "long", Real | Float) => Widening::Copy,
        ("alpha", Text) => Widening::Keep,
        ("uuid", Text) => Widening::Copy,
        ("uuid", Alpha { max }) if max >= 32 => Widening::Copy,
        ("alpha", Alpha { max }) if length.parse::<u32>().is_ok_and(|length| length <= max) => Widening::Keep,
        ("alpha" | "text", Alpha { max }) => Widening::Check(format!("length({{}}) > {max}")),
        ("long" | "integer64", Integer) => Widening::Check("{} NOT BETWEEN -32768 AND 32767".into()),
        ("integer64", Long) => Widening::Check("{} NOT BETWEEN -2147483648 AND 2147483647".into()),
        _ => Widening::Loses,
    }
}

/// The name of a type without its length.
pub(crate) fn base_name(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Boolean => "boolean",
        FieldType::Integer => "integer",
        FieldType::Long => "long",
        FieldType::Integer64 => "integer64",
        FieldType::Real => "real",
        FieldType::Float => "float",
        FieldType::Date => "date",
        FieldType::Time => "time",
        FieldType::Alpha { .. } => "alpha",
        FieldType::Text => "text",
        FieldType::Uuid => "uuid",
        FieldType::Picture => "picture",
        FieldType::Blob => "blob",
        FieldType::Object => "object",
    }
}

/// The name a type is remembered by.
pub(super) fn type_name(field_type: FieldType) -> Text {
    match field_type {
        FieldType::Alpha { max } => format!("alpha {max}").into(),
        other => base_name(other).into(),
    }
}
