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

/// Appends what comes before the entities of a page.
pub(crate) fn write_head(out: &mut String, header: &PageHeader<'_>) {
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
}

/// Appends what comes after them.
pub(crate) fn write_tail(out: &mut String, sent: usize) {
    push(out, format_args!("],\"__SENT\":{sent}}}"));
}

/// Appends entities. One dropped since is `{"__STAMP":0}`: `places` names, for each place of the page, the row that
/// stands there.
pub(crate) fn write_entities(
    out: &mut String,
    writer: &EntityWriter<'_>,
    places: &[Option<usize>],
    is_first: bool,
) {
    for (position, place) in places.iter().enumerate() {
        if position > 0 || !is_first {
            out.push(',');
        }
        match place {
            Some(index) => writer.write(out, *index),
            None => out.push_str("{\"__STAMP\":0}"),
        }
    }
}
