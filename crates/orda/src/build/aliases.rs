//! Aliases that lead to themselves: they are left out, since reading one would never end.

use std::collections::HashMap;

use tessera_model::{Catalog, DataclassId};
use tessera_values::Text;

/// An alias of an entity class.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    pub(super) dataclass: DataclassId,
    pub(super) name: Text,
    pub(super) path: Text,
    pub(super) exposed: bool,
}

/// The aliases of a project, by dataclass and name.
pub(super) struct Aliases<'a>(HashMap<(DataclassId, &'a str), &'a Alias>);

impl<'a> Aliases<'a> {
    pub(super) fn new(aliases: &'a [Alias]) -> Self {
        Self(aliases.iter().map(|alias| ((alias.dataclass, alias.name.as_str()), alias)).collect())
    }

    /// Does following the alias come back to it, or to another one it led through?
    pub(super) fn leads_to_itself(&self, catalog: &Catalog, alias: &'a Alias) -> bool {
        self.follow(catalog, alias, &mut Vec::new()).is_err()
    }

    /// The dataclass at the end of an alias, when it ends in entities.
    fn follow(
        &self,
        catalog: &Catalog,
        alias: &'a Alias,
        open: &mut Vec<(DataclassId, &'a str)>,
    ) -> Result<Option<DataclassId>, Circle> {
        let place = (alias.dataclass, alias.name.as_str());
        if open.contains(&place) || open.len() >= DEPTH_MAX {
            return Err(Circle);
        }
        open.push(place);
        let mut at = Some(alias.dataclass);
        for step in alias.path.split('.') {
            let Some(dataclass) = at else { break };
            // An attribute of the catalog wins over an alias of its name.
            at = match catalog.dataclass(dataclass).attribute_named(step) {
                Some(attribute) => attribute.target(),
                None => match self.0.get(&(dataclass, step)) {
                    Some(alias) => self.follow(catalog, alias, open)?,
                    None => None,
                },
            };
        }
        open.pop();
        Ok(at)
    }
}

struct Circle;

/// The most aliases one alias leads through.
const DEPTH_MAX: usize = 32;
