//! Selections on the wire (rest-protocol section 3.2).

use tessera_orda::Explanation;
use tessera_values::write_json_string;

use super::entity::EntityWriter;
use super::query_plan;
use super::value::push;

/// What surrounds the entities of a page.
pub(crate) struct PageHeader<'p> {
    pub(crate) dataclass: &'p str,
    pub(crate) count: u64,
    pub(crate) first: u64,
    pub(crate) global_stamp: i64,
    /// The address of the entity set it was kept as.
    pub(crate) set: Option<&'p str>,
    /// What its filter tells about itself.
    pub(crate) explanation: &'p Explanation,
}

/// Appends a page with its entities. An entity dropped since is `{"__STAMP":0}`: `places` names, for each place of
/// the page, the row that stands there.
pub(crate) fn write(
    out: &mut String,
    header: &PageHeader<'_>,
    writer: &EntityWriter<'_>,
    places: &[Option<usize>],
) {
    out.push('{');
    if let Some(set) = header.set {
        out.push_str("\"__ENTITYSET\":");
        write_json_string(out, set);
        out.push(',');
    }
    query_plan::write(out, header.explanation);
    out.push_str("\"__DATACLASS\":");
    write_json_string(out, header.dataclass);
    out.push_str(",\"__entityModel\":");
    write_json_string(out, header.dataclass);
    push(
        out,
        format_args!(
            ",\"__GlobalStamp\":{},\"__COUNT\":{},\"__FIRST\":{},\"__ENTITIES\":[",
            header.global_stamp, header.count, header.first
        ),
    );
    write_entities(out, writer, places);
    push(out, format_args!("],\"__SENT\":{}}}", places.len()));
}

/// Appends the entities as a bare array (`$asArray`).
pub(crate) fn write_array(out: &mut String, writer: &EntityWriter<'_>, places: &[Option<usize>]) {
    out.push('[');
    write_entities(out, writer, places);
    out.push(']');
}

fn write_entities(out: &mut String, writer: &EntityWriter<'_>, places: &[Option<usize>]) {
    for (position, place) in places.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        match place {
            Some(index) => writer.write(out, *index),
            None => out.push_str("{\"__STAMP\":0}"),
        }
    }
}
