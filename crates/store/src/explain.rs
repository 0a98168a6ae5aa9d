//! Which indexes an engine reads to answer a filter, as the engine itself tells.

use tessera_model::AttributeId;

use crate::schema::Table;

/// An index that is searched for a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsedIndex {
    /// Where: 0 is the dataclass that is searched; each relation a filter follows, in the order in which they are
    /// met from left to right, opens the next place.
    pub place: usize,
    /// The attribute of the dataclass at that place.
    pub attribute: AttributeId,
}

/// The index of a name, if it is one of the schema's.
pub(crate) fn used_index(
    tables: &[Table],
    alias: &str,
    name: impl Fn(&Table, AttributeId) -> bool,
) -> Option<UsedIndex> {
    let place = alias.strip_prefix('t')?.parse().ok()?;
    let attribute = tables.iter().find_map(|table| {
        let attributes = (0..table.columns.len()).map(|index| AttributeId(index as u32));
        attributes.into_iter().find(|attribute| name(table, *attribute))
    })?;
    Some(UsedIndex { place, attribute })
}
