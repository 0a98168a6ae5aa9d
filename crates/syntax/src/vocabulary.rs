//! The names a project adds to the language: its methods and its tables.
//!
//! Method names may hold spaces and `[Name]` may be a table or a collection, so 4D text can't be cut into words
//! without them (docs/Concepts/identifiers.md). Whoever loads a project builds this once for all its files.

use std::collections::HashSet;

/// The project's own names, compared without regard to case.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    methods: HashSet<String>,
    tables: HashSet<String>,
    words_max: usize,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { methods: HashSet::new(), tables: HashSet::new(), words_max: 1 }
    }
}

impl Vocabulary {
    /// Gathers the names of project methods and of tables.
    pub fn new<M, T>(methods: M, tables: T) -> Self
    where
        M: IntoIterator,
        M::Item: AsRef<str>,
        T: IntoIterator,
        T::Item: AsRef<str>,
    {
        let methods: HashSet<String> =
            methods.into_iter().map(|method| method.as_ref().to_lowercase()).collect();
        let tables = tables.into_iter().map(|table| table.as_ref().to_lowercase()).collect();
        let words_max = methods.iter().map(|method| method.split(' ').count()).max().unwrap_or(1);
        Self { methods, tables, words_max }
    }

    /// Is there a project method of this name?
    pub fn has_method(&self, name: &str) -> bool {
        self.methods.contains(&name.to_lowercase())
    }

    /// Is there a table of this name?
    pub fn has_table(&self, name: &str) -> bool {
        self.tables.contains(&name.to_lowercase())
    }

    /// As [`Self::has_method`], for a name that is in lower case already.
    pub(crate) fn has_folded_method(&self, name: &str) -> bool {
        self.methods.contains(name)
    }

    /// The most words a method name has.
    pub(crate) fn words_max(&self) -> usize {
        self.words_max
    }
}
