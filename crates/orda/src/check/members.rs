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
    of.iter().map(|form| name_of(form))
}

/// How a member of a list is called.
pub(super) fn signature(of: &[&'static str], name: &str) -> Option<Signature> {
    of.iter().find(|form| name_of(form) == name).map(|form| Signature::read(form))
}

fn name_of(form: &'static str) -> &'static str {
    form.split('(').next().unwrap_or_default()
}

/// The name among these that a misspelt one may mean: the same but for the case, or with one letter more, less or
/// another.
pub(super) fn alike<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let allowed = if name.len() > 4 { 2 } else { 1 };
    // Most names differ too much in their length or letters alone, and a project may have very many. One slip changes
    // the set of letters by two at most.
    let (length, letters) = (name.chars().count(), letters_of(name));
    let is_near = |known: &&str| {
        known.chars().count().abs_diff(length) <= allowed
            && (letters_of(known) ^ letters).count_ones() as usize <= 2 * allowed
    };
    let mut known: Vec<(usize, &str)> = known
        .into_iter()
        .filter(is_near)
        .map(|known| (distance(&lower, &known.to_lowercase()), known))
        .collect();
    known.sort_unstable();
    known.into_iter().find(|(distance, _)| *distance <= allowed).map(|(_, known)| known)
}

/// Which letters a name has, case aside: a bit for each of them, and one for several of the rarer ones.
fn letters_of(name: &str) -> u64 {
    name.chars().fold(0, |letters, letter| {
        letters | 1 << (letter.to_lowercase().next().unwrap_or(letter) as u32 % 64)
    })
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(left != right)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *right && *left == b[j - 1] {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_recognised() {
        assert_eq!(alike("firts", ["first", "last"]), Some("first"));
        assert_eq!(alike("orderby", ["orderBy", "or"]), Some("orderBy"));
        assert_eq!(alike("nmae", ["name", "salary"]), Some("name"));
        assert_eq!(alike("colour", ["name", "salary"]), None);
        assert_eq!(alike("PréÑom", ["préñom"]), Some("préñom"));
        assert_eq!(alike("abcxyz", ["abcxy", "bacxyz", "abcxyq"]), Some("abcxy"));
    }

    #[test]
    fn the_functions_of_collections_are_those_that_run() {
        for name in names(COLLECTION).filter(|name| *name != "length") {
            assert!(tessera_vm::is_collection_function(name), "{name}");
        }
        assert_eq!(signature(COLLECTION, "slice").map(|form| form.arguments()), Some(1..=2));
        assert_eq!(signature(COLLECTION, "puhs"), None);
    }
}
