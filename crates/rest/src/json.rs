//! The JSON of the protocol: the only place that knows `__KEY` and its like (rest-protocol section 2).

pub(crate) mod arguments;
pub(crate) mod catalog;
pub(crate) mod entity;
pub(crate) mod level;
pub(crate) mod members;
pub(crate) mod page;
pub(crate) mod projection;
pub(crate) mod result;
pub(crate) mod selection;
pub(crate) mod value;

/// Member names that several writers and readers use.
pub(crate) mod name {
    pub(crate) const KEY: &str = "__KEY";
    pub(crate) const STAMP: &str = "__STAMP";
    pub(crate) const DEFERRED: &str = "__deferred";
    pub(crate) const ENTITIES: &str = "__ENTITIES";
    pub(crate) const ENTITY: &str = "__ENTITY";
    pub(crate) const DATACLASS: &str = "__DATACLASS";
    pub(crate) const DATASET: &str = "__DATASET";
}
