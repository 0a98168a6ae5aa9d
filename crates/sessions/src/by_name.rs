//! [`ByName`]: a table whose names are found whatever their case, without making a lower-case copy of what is asked.

use tessera_values::Text;

/// Values by name. 4D's names differ in more than case.
#[derive(Clone, Debug)]
pub(crate) struct ByName<T>(Vec<(Text, T)>);

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(Text, T)> for ByName<T> {
    /// Of two entries with the same name the first counts.
    fn from_iter<I: IntoIterator<Item = (Text, T)>>(entries: I) -> Self {
        let mut entries: Vec<_> =
            entries.into_iter().map(|(name, value)| (Text::from(name.to_lowercase()), value)).collect();
        entries.sort_by(|(a, _), (b, _)| a.chars().cmp(b.chars()));
        entries.dedup_by(|(later, _), (earlier, _)| later == earlier);
        Self(entries)
    }
}

impl<T> ByName<T> {
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        let folded = || name.chars().flat_map(char::to_lowercase);
        let position = self.0.binary_search_by(|(known, _)| known.chars().cmp(folded())).ok()?;
        self.0.get(position).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_case() {
        let table: ByName<u8> = [("Zoé", 1), ("able", 2), ("ABLE", 3), ("b c", 4)]
            .map(|(n, v)| (n.into(), v))
            .into_iter()
            .collect();
        assert_eq!(table.get("ZOÉ"), Some(&1));
        assert_eq!(table.get("Able"), Some(&2));
        assert_eq!(table.get("B C"), Some(&4));
        assert_eq!(table.get("abl"), None);
        assert_eq!(table.get(""), None);
    }
}
