//! Member names of the protocol (`docs/REST`), for all who write or read it.

/// With these letters begins every name that is no attribute.
pub const MARK: &str = "__";
/// The key of an entity, as text.
pub const KEY: &str = "__KEY";
/// The stamp of an entity.
pub const STAMP: &str = "__STAMP";
/// Stands for what was not sent.
pub const DEFERRED: &str = "__deferred";
/// A list of entities.
pub const ENTITIES: &str = "__ENTITIES";
/// Marks an entity as an argument of a function.
pub const ENTITY: &str = "__ENTITY";
/// The dataclass of an entity.
pub const DATACLASS: &str = "__DATACLASS";
/// The entity set of a selection.
pub const DATASET: &str = "__DATASET";
/// How many entities there are in all.
pub const COUNT: &str = "__COUNT";
/// A list of errors.
pub const ERROR: &str = "__ERROR";
