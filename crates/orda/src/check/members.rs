//! The functions and properties of the server's own classes, as their pages list them: how functions are called
//! ([`tessera_syntax::Signature`]), and the names of properties.

use tessera_syntax::Signature;

/// `docs/API/DataStoreClass.md`
pub(super) const DATASTORE: &[&str] = &[
    "cancelTransaction()",
    "clearAllRemoteContexts()",
    "encryptionStatus()",
    "flushAndLock()",
    "getAllRemoteContexts()",
    "getGlobalStamp()",
    "getInfo()",
    "getRemoteContextInfo(contextName)",
    "getRequestLog()",
    "isAdminProtected()",
    "locked()",
    "makeSelectionsAlterable()",
    "provideDataKey(passphrase | key)",
    "setAdminProtection(status)",
    "setGlobalStamp(stamp)",
    "setRemoteContextInfo(contextName; dataclass | dataclassName; attributes {; contextType {; pageLength}})",
    "startRequestLog({file | count {; options}})",
    "startTransaction()",
    "stopRequestLog()",
    "unlock()",
    "validateTransaction()",
];

/// `docs/API/DataClassClass.md`
pub(super) const DATACLASS: &[&str] = &[
    "all({settings})",
    "clearRemoteCache()",
    "fromCollection(collection {; settings})",
    "get(key {; settings})",
    "getCount()",
    "getDataStore()",
    "getInfo()",
    "getRemoteCache()",
    "new()",
    "newSelection({keepOrder})",
    "query(query | formula {; value {; …}})",
    "setRemoteCacheSettings(settings)",
];

/// `docs/API/EntitySelectionClass.md`
pub(super) const SELECTION: &[&str] = &[
    "add(entity | selection)",
    "and(entity | selection {; keepOrder})",
    "at(index)",
    "average(path)",
    "clean()",
    "contains(entity)",
    "copy({option})",
    "count(path)",
    "distinct(path {; options})",
    "distinctPaths(attribute)",
    "drop({mode})",
    "extract(path {; options | target {; …}})",
    "first()",
    "getDataClass()",
    "getRemoteContextAttributes()",
    "isAlterable()",
    "isOrdered()",
    "last()",
    "length",
    "max(path)",
    "min(path)",
    "minus(entity | selection {; keepOrder})",
    "or(entity | selection)",
    "orderBy(path | order {; …})",
    "orderByFormula(formula {; order} {; settings})",
    "query(query | formula {; value {; …}})",
    "queryPath",
    "queryPlan",
    "refresh()",
    "selected(selection)",
    "slice(start {; end})",
    "sum(path)",
    "toCollection({filter {; options {; begin {; howMany}}}})",
];

/// `docs/API/EntityClass.md`
pub(super) const ENTITY: &[&str] = &[
    "clone()",
    "diff(entity {; attributes})",
    "drop({mode})",
    "first()",
    "fromObject(object)",
    "getDataClass()",
    "getKey({mode})",
    "getRemoteContextAttributes()",
    "getSelection()",
    "getStamp()",
    "indexOf({selection})",
    "isNew()",
    "last()",
    "lock({mode})",
    "next()",
    "previous()",
    "reload()",
    "save({mode})",
    "toObject({filter {; options}})",
    "touched()",
    "touchedAttributes()",
    "unlock()",
];

/// `docs/API/SessionClass.md`
pub(super) const SESSION: &[&str] = &[
    "clearPrivileges()",
    "createOTP({lifespan})",
    "demote(id)",
    "expirationDate",
    "getPrivileges()",
    "hasPrivilege(privilege)",
    "id",
    "idleTimeout",
    "info",
    "isGuest()",
    "promote(privilege)",
    "quotas",
    "restore(token)",
    "setPrivileges(privilege | privileges | settings)",
    "storage",
    "userName",
];

/// `docs/API/ClassClass.md`
pub(super) const CLASS: &[&str] =
    &["isSessionSingleton", "isShared", "isSingleton", "me", "name", "new({parameter {; …}})", "superclass"];

/// `docs/API/CollectionClass.md`
pub(super) const COLLECTION: &[&str] = &[
    "at(index)",
    "average({path})",
    "clear()",
    "combine(collection {; index})",
    "concat(value {; …})",
    "copy({options {; groupWith}})",
    "count({path})",
    "countValues(value {; path})",
    "distinct({path | options {; options}})",
    "equal(collection {; options})",
    "every({start;} formula {; parameter {; …}})",
    "extract(path {; options | target {; …}})",
    "fill(value {; start {; end}})",
    "filter(formula {; parameter {; …}})",
    "find({start;} formula {; parameter {; …}})",
    "findIndex({start;} formula {; parameter {; …}})",
    "first()",
    "flat({depth})",
    "flatMap(formula {; parameter {; …}})",
    "includes(value {; start})",
    "indexOf(value {; start})",
    "indices(query {; value {; …}})",
    "insert(index; element)",
    "join(separator {; options})",
    "last()",
    "lastIndexOf(value {; start})",
    "length",
    "map(formula {; parameter {; …}})",
    "max({path})",
    "min({path})",
    "multiSort({formula;} {collections})",
    "orderBy({order {; …}})",
    "orderByMethod(formula {; parameter {; …}})",
    "pop()",
    "push(element {; …})",
    "query(query {; value {; …}})",
    "reduce(formula {; initial {; parameter {; …}}})",
    "reduceRight(formula {; initial {; parameter {; …}}})",
    "remove(index {; howMany})",
    "resize(size {; default})",
    "reverse()",
    "shift()",
    "slice(start {; end})",
    "some({start;} formula {; parameter {; …}})",
    "sort({formula {; parameter {; …}}})",
    "sum({path})",
    "unshift(value {; …})",
];

/// The names of a list.
pub(super) fn names<'a>(of: &[&'static str]) -> impl Iterator<Item = &'a str> {
    of.iter().map(|form| form.split('(').next().unwrap_or_default())
}

/// Is there a member of this name?
pub(super) fn has(of: &[&'static str], name: &str) -> bool {
    of.iter().any(|form| is_called(form, name))
}

/// How a member of a list is called.
pub(super) fn signature(of: &[&'static str], name: &str) -> Option<Signature> {
    of.iter().find(|form| is_called(form, name)).map(|form| Signature::read(form))
}

fn is_called(form: &str, name: &str) -> bool {
    form.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_of_collections_are_those_that_run() {
        for name in names(COLLECTION).filter(|name| *name != "length") {
            assert!(tessera_vm::is_collection_function(name), "{name}");
        }
        assert!(has(COLLECTION, "length") && has(COLLECTION, "findIndex"));
        assert!(!has(COLLECTION, "findInd") && !has(COLLECTION, "find(") && !has(COLLECTION, ""));
        assert_eq!(signature(COLLECTION, "slice").map(|form| form.arguments()), Some(1..=2));
        assert_eq!(signature(COLLECTION, "puhs"), None);
    }
}
