//! The functions and properties of the server's own classes, as their pages list them.

/// `docs/API/DataStoreClass.md`
pub(super) const DATASTORE: &[&str] = &[
    "cancelTransaction",
    "clearAllRemoteContexts",
    "encryptionStatus",
    "flushAndLock",
    "getAllRemoteContexts",
    "getGlobalStamp",
    "getInfo",
    "getRemoteContextInfo",
    "getRequestLog",
    "isAdminProtected",
    "locked",
    "makeSelectionsAlterable",
    "provideDataKey",
    "setAdminProtection",
    "setGlobalStamp",
    "setRemoteContextInfo",
    "startRequestLog",
    "startTransaction",
    "stopRequestLog",
    "unlock",
    "validateTransaction",
];

/// `docs/API/DataClassClass.md`
pub(super) const DATACLASS: &[&str] = &[
    "all",
    "clearRemoteCache",
    "fromCollection",
    "get",
    "getCount",
    "getDataStore",
    "getInfo",
    "getRemoteCache",
    "new",
    "newSelection",
    "query",
    "setRemoteCacheSettings",
];

/// `docs/API/EntitySelectionClass.md`
pub(super) const SELECTION: &[&str] = &[
    "add",
    "and",
    "at",
    "average",
    "clean",
    "contains",
    "copy",
    "count",
    "distinct",
    "distinctPaths",
    "drop",
    "extract",
    "first",
    "getDataClass",
    "getRemoteContextAttributes",
    "isAlterable",
    "isOrdered",
    "last",
    "length",
    "max",
    "min",
    "minus",
    "or",
    "orderBy",
    "orderByFormula",
    "query",
    "queryPath",
    "queryPlan",
    "refresh",
    "selected",
    "slice",
    "sum",
    "toCollection",
];

/// `docs/API/EntityClass.md`
pub(super) const ENTITY: &[&str] = &[
    "clone",
    "diff",
    "drop",
    "first",
    "fromObject",
    "getDataClass",
    "getKey",
    "getRemoteContextAttributes",
    "getSelection",
    "getStamp",
    "indexOf",
    "isNew",
    "last",
    "lock",
    "next",
    "previous",
    "reload",
    "save",
    "toObject",
    "touched",
    "touchedAttributes",
    "unlock",
];

/// `docs/API/SessionClass.md`
pub(super) const SESSION: &[&str] = &[
    "clearPrivileges",
    "createOTP",
    "demote",
    "expirationDate",
    "getPrivileges",
    "hasPrivilege",
    "id",
    "idleTimeout",
    "info",
    "isGuest",
    "promote",
    "quotas",
    "restore",
    "setPrivileges",
    "storage",
    "userName",
];

/// `docs/API/ClassClass.md`
pub(super) const CLASS: &[&str] =
    &["isSessionSingleton", "isShared", "isSingleton", "me", "name", "new", "superclass"];

/// The name among these that a misspelt one may mean: the same but for the case, or with one letter more, less or
/// another.
pub(super) fn alike<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let mut known: Vec<(usize, &str)> =
        known.into_iter().map(|known| (distance(&lower, &known.to_lowercase()), known)).collect();
    known.sort_unstable();
    let allowed = if name.len() > 4 { 2 } else { 1 };
    known.into_iter().find(|(distance, _)| *distance <= allowed).map(|(_, known)| known)
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
    }
}
