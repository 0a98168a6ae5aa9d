//! The path of a REST request (rest-protocol sections 1.2 and 1.4): what is addressed, as text.

use tessera_values::{Scalar, Text};

use crate::error::RestError;
use crate::options::decode;

/// What a path addresses. Names are not looked up yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resource {
    /// `$catalog`
    Catalog,
    /// `$catalog/$all`
    CatalogAll,
    /// `$catalog/{name}`: dataclasses, or a function of the datastore.
    CatalogNamed(Vec<Text>),
    /// `$directory/{function}`
    Directory(Text),
    /// `$singleton/{class}/{function}`
    Singleton(Text, Text),
    /// `$entityset/$release`
    ReleaseSets,
    /// `$upload`
    Upload,
    /// `$openapi`
    OpenApi,
    /// `$info`
    Info,
    /// `$getWebForm` or `$getWebForm/{page}`
    WebForm(Option<Text>),
    /// A reserved name that is not served.
    Reserved(Text),
    /// A dataclass and what follows.
    Data(DataPath),
}

/// `{dataclass}` with a key and further segments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DataPath {
    pub(crate) dataclass: Text,
    pub(crate) keys: Keys,
    /// The segments after it: attribute lists, a function.
    pub(crate) rest: Vec<Text>,
}

/// Which entities of the dataclass.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Keys {
    /// All.
    None,
    /// One, by key.
    One(Scalar),
    /// Several, by key.
    Many(Vec<Scalar>),
    /// The first whose attribute has this value.
    Attribute(Text, Scalar),
    /// Those of an entity set.
    EntitySet(Text),
}

/// The longest path, in bytes.
const PATH_BYTES_MAX: usize = 16 * 1024;
/// The most keys a path lists.
const KEYS_MAX: usize = 1000;

/// Reads the path after `/rest`.
pub(crate) fn parse(path: &str) -> Result<Resource, RestError> {
    if path.len() > PATH_BYTES_MAX {
        return Err(RestError::malformed("The URL is too long"));
    }
    if path.contains('&') && !path.contains(['(', '[', '"']) {
        return Err(RestError::new(400, 1807, "& was found where ? was expected"));
    }
    let mut segments = segments(path)?.into_iter();
    let Some(first) = segments.next() else { return Err(RestError::malformed("The URL names no resource")) };
    let rest: Vec<Text> = segments.collect();
    let lower = first.to_ascii_lowercase();
    Ok(match (lower.as_str(), rest.as_slice()) {
        ("$catalog" | "$service", []) => Resource::Catalog,
        ("$catalog" | "$service", [all]) if all.eq_ignore_ascii_case("$all") => Resource::CatalogAll,
        ("$catalog" | "$service", [names]) => {
            Resource::CatalogNamed(names.split(',').map(|name| Text::from(name.trim())).collect())
        }
        ("$directory", [function]) => Resource::Directory(function.to_ascii_lowercase()),
        ("$singleton", [class, function]) => Resource::Singleton(class.clone(), function.clone()),
        ("$entityset", [release]) if release.eq_ignore_ascii_case("$release") => Resource::ReleaseSets,
        ("$upload", []) => Resource::Upload,
        ("$openapi", []) => Resource::OpenApi,
        ("$info", _) => Resource::Info,
        ("$getwebform", []) => Resource::WebForm(None),
        ("$getwebform", [page]) => Resource::WebForm(Some(page.clone())),
        _ if first.starts_with('$') => Resource::Reserved(first),
        _ => Resource::Data(data_path(&first, rest)?),
    })
}

/// Splits at `/` outside quotes, parentheses and brackets; empty segments are dropped.
fn segments(path: &str) -> Result<Vec<Text>, RestError> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut depth = 0_u32;
    let mut quote: Option<char> = None;
    for (position, c) in path.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if depth > 0 => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, '/') if depth == 0 => {
                parts.push(&path[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&path[start..]);
    parts.into_iter().filter(|part| !part.is_empty()).map(|part| decode(part).map(Text::from)).collect()
}

/// `Name`, `Name(key)`, `Name[key]`, `Name:attribute(value)`
fn data_path(first: &str, rest: Vec<Text>) -> Result<DataPath, RestError> {
    let malformed = || RestError::malformed(format!("\"{first}\" is no dataclass with a key"));
    let end = first.find(['(', '[', ':']).unwrap_or(first.len());
    let (dataclass, keys) = (Text::from(&first[..end]), &first[end..]);
    let keys = match keys.chars().next() {
        None => Keys::None,
        Some('[') => {
            let inner =
                keys.strip_prefix('[').and_then(|keys| keys.strip_suffix(']')).ok_or_else(malformed)?;
            Keys::One(json_key(inner.trim()).ok_or_else(malformed)?)
        }
        Some('(') => {
            let inner =
                keys.strip_prefix('(').and_then(|keys| keys.strip_suffix(')')).ok_or_else(malformed)?;
            key_list(inner).ok_or_else(malformed)?
        }
        Some(_) => {
            let (attribute, value) = keys[1..].split_once('(').ok_or_else(malformed)?;
            let value = value.strip_suffix(')').ok_or_else(malformed)?;
            Keys::Attribute(attribute.into(), bare_key(value.trim()))
        }
    };
    Ok(DataPath { dataclass, keys, rest })
}

fn key_list(inner: &str) -> Option<Keys> {
    let mut keys = Vec::new();
    let mut rest = inner.trim();
    if rest.is_empty() {
        return None;
    }
    loop {
        let end = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].find(quote)? + 2,
            _ => rest.find(',').unwrap_or(rest.len()),
        };
        keys.push(bare_key(rest[..end].trim()));
        rest = rest[end..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => break,
            None => return None,
        }
        if keys.len() > KEYS_MAX {
            return None;
        }
    }
    if keys.len() == 1 { keys.pop().map(Keys::One) } else { Some(Keys::Many(keys)) }
}

/// A key between parentheses: quoted or not, it is text; the key's type decides what it is read as.
fn bare_key(text: &str) -> Scalar {
    Scalar::Text(crate::options::unquote(text).into())
}

/// A key between brackets is JSON, but unquoted text is understood as well.
fn json_key(text: &str) -> Option<Scalar> {
    match tessera_values::parse_json(text) {
        Ok(value) => Scalar::from_value(&value).filter(|key| !key.is_null()),
        Err(_) if text.is_empty() => None,
        Err(_) => Some(bare_key(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn data(path: &str) -> DataPath {
        match parse(path).unwrap() {
            Resource::Data(data) => data,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn slashes_at_the_end_do_not_matter() {
        // R002
        assert_eq!(data("/Employee"), data("/Employee/"));
        assert_eq!(data("/Employee").keys, Keys::None);
    }

    #[test]
    fn keys_come_in_every_form() {
        // R004, R005
        assert_eq!(data("/C(22)").keys, Keys::One("22".into()));
        assert_eq!(data("/C(\"IT09\")").keys, Keys::One("IT09".into()));
        assert_eq!(data("/C(IT09)").keys, Keys::One("IT09".into()));
        assert_eq!(data("/C[22]").keys, Keys::One(Scalar::Integer(22)));
        assert_eq!(data("/C[%22a/b%22]").keys, Keys::One("a/b".into()));
        assert_eq!(data("/C:name('x')/a").keys, Keys::Attribute("name".into(), "x".into()));
        // R006
        assert_eq!(data("/C(1, 2,3)").keys, Keys::Many(vec!["1".into(), "2".into(), "3".into()]));
    }

    #[test]
    fn a_slash_inside_a_key_belongs_to_it() {
        let path = data("/C(\"a/b\")/name,city");
        assert_eq!(path.keys, Keys::One("a/b".into()));
        assert_eq!(path.rest, ["name,city"]);
    }

    #[test]
    fn reserved_names_are_no_dataclasses() {
        assert_eq!(parse("/$catalog/$all"), Ok(Resource::CatalogAll));
        assert_eq!(parse("/$directory/Login"), Ok(Resource::Directory("login".into())));
        assert!(matches!(parse("/$file/x"), Ok(Resource::Reserved(_))));
        // R012
        assert_eq!(parse("/Employee&$top=1").unwrap_err().errors[0].0, 1807);
        assert!(parse("/C(").is_err());
        assert!(parse("/").is_err());
    }
}
