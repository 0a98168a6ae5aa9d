//! The query string: `$filter`, `$orderby`, `$skip` and their like, as text (rest-protocol sections 1.3 and 8).

use crate::error::RestError;

/// How a selection is written (`$format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// The protocol's own form.
    #[default]
    Json,
    /// A table for Looker Studio.
    Looker,
}

/// The options of a request. Values are decoded and unquoted; what they mean is decided by the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) filter: Option<String>,
    pub(crate) params: Option<String>,
    pub(crate) order_by: Option<String>,
    pub(crate) skip: Option<i64>,
    pub(crate) top: Option<i64>,
    pub(crate) attributes: Option<String>,
    pub(crate) expand: Option<String>,
    pub(crate) method: Option<String>,
    /// The page of `$getWebForm`.
    pub(crate) page: Option<String>,
    pub(crate) atomic: bool,
    pub(crate) pretty: bool,
    pub(crate) format: Format,
    /// A bare array instead of a page.
    pub(crate) as_array: bool,
    /// `sum`, `$all` …
    pub(crate) compute: Option<String>,
    pub(crate) distinct: bool,
    /// Without the references to entities that were dropped.
    pub(crate) clean: bool,
    pub(crate) logic_operator: Option<String>,
    /// The entity set `logic_operator` brings in.
    pub(crate) other_collection: Option<String>,
    /// What an entity set that is gone is made from again.
    pub(crate) saved_filter: Option<String>,
    pub(crate) saved_order_by: Option<String>,
    pub(crate) sub_order_by: Option<String>,
    /// A function, as older clients name it.
    pub(crate) em_method: Option<String>,
    /// An update is shown, not written.
    pub(crate) refresh: bool,
    /// The format of a picture that is sent by itself.
    pub(crate) image_format: Option<String>,
    /// The body, or the answer, is the content of a blob.
    pub(crate) binary: bool,
    /// The body is a picture.
    pub(crate) raw_picture: bool,
    /// Locks (true) or unlocks (false) an entity for the session.
    pub(crate) lock: Option<bool>,
    /// How long an entity set is kept without use, in seconds.
    pub(crate) timeout: Option<i64>,
    /// The answer tells how its `filter` would be run.
    pub(crate) query_plan: bool,
    /// The answer tells how its `filter` was run.
    pub(crate) query_path: bool,
}

/// The most entities one answer holds.
pub(crate) const LIST_MAX: u64 = 1_000_000;
/// The most elements of a bare array when the client does not say.
const ARRAY_DEFAULT: u64 = 100_000;
/// A list of more is read and sent piece by piece, by a worker.
pub(crate) const SHORT_MAX: u64 = 1000;
/// The page when the client does not say.
pub(crate) const PAGE_DEFAULT: u64 = 100;

impl Options {
    /// Reads a query string. The first of a repeated keyword counts; unknown keywords and those without `$` are
    /// ignored.
    pub(crate) fn parse(query: &str) -> Result<Self, RestError> {
        let mut options = Self::default();
        let query = decode(query)?;
        for parameter in split(&query)? {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = unquote(value);
            let is = |keyword: &str| name.eq_ignore_ascii_case(keyword);
            let on = value == "true" || value == "1";
            let number = value.trim().parse().ok();
            if is("$filter") {
                options.filter.get_or_insert(value.into());
            } else if is("$params") {
                options.params.get_or_insert(value.into());
            } else if is("$orderby") {
                options.order_by.get_or_insert(value.into());
            } else if is("$skip") {
                options.skip = options.skip.or(number);
            } else if is("$top") || is("$limit") {
                options.top = options.top.or(number);
            } else if is("$attributes") {
                options.attributes.get_or_insert(value.into());
            } else if is("$expand") {
                options.expand.get_or_insert(value.into());
            } else if is("$method") {
                options.method.get_or_insert(value.into());
            } else if is("$asArray") {
                options.as_array |= on;
            } else if is("$format") {
                options.format = format(value)?;
            } else if is("$compute") {
                options.compute.get_or_insert(value.into());
            } else if is("$distinct") {
                options.distinct |= on;
            } else if is("$clean") {
                options.clean |= on;
            } else if is("$logicOperator") {
                options.logic_operator.get_or_insert(value.into());
            } else if is("$otherCollection") {
                options.other_collection.get_or_insert(value.into());
            } else if is("$savedfilter") {
                options.saved_filter.get_or_insert(value.into());
            } else if is("$savedorderby") {
                options.saved_order_by.get_or_insert(value.into());
            } else if is("$subOrderby") {
                options.sub_order_by.get_or_insert(value.into());
            } else if is("$timeout") {
                options.timeout = options.timeout.or(number);
            } else if is("$emMethod") {
                options.em_method.get_or_insert(value.into());
            } else if is("$refresh") {
                options.refresh |= on;
            } else if is("$imageformat") {
                options.image_format.get_or_insert(value.into());
            } else if is("$binary") {
                options.binary |= on;
            } else if is("$rawPict") {
                // `true`, or the type of the picture.
                options.raw_picture |= on || value.contains('/');
            } else if is("$lock") {
                options.lock = options.lock.or(Some(on));
            } else if is("$queryplan") {
                options.query_plan |= on;
            } else if is("$querypath") {
                options.query_path |= on;
            } else if is("w") || is("webform") || is("name") {
                options.page.get_or_insert(value.into());
            } else if is("$atomic") || is("$atOnce") {
                options.atomic |= on;
            } else if is("$prettyprint") || is("$prettyformatting") {
                options.pretty |= on;
            }
        }
        Ok(options)
    }

    /// How many entities to skip.
    pub(crate) fn skip(&self) -> u64 {
        self.skip.unwrap_or(0).max(0) as u64
    }

    /// May a set have to be made again from its saved filter and order?
    pub(crate) fn rebuilds_set(&self) -> bool {
        self.saved_filter.is_some()
            || self.saved_order_by.is_some()
            || self.clean
            || self.logic_operator.is_some()
    }

    /// Is the selection to be kept as an entity set?
    pub(crate) fn makes_entity_set(&self) -> bool {
        self.method.as_deref().is_some_and(|method| method.eq_ignore_ascii_case("entityset"))
    }

    /// How many entities to send. A negative `$top` means all.
    pub(crate) fn limit(&self) -> u64 {
        match self.top {
            None if self.as_array => ARRAY_DEFAULT,
            None => PAGE_DEFAULT,
            Some(top) if top < 0 => LIST_MAX,
            Some(top) => (top as u64).min(LIST_MAX),
        }
    }

    /// Is a selection of `count` entities too long for the bare array that was asked for? Nobody may take the beginning
    /// of one for all of it, since an array tells no count.
    pub(crate) fn is_too_long(&self, count: u64) -> bool {
        self.as_array
            && self.top.is_none_or(|top| top < 0)
            && count.saturating_sub(self.skip()) > self.limit()
    }
}

/// The older formats `xml` and `ado.net` are not served.
fn format(word: &str) -> Result<Format, RestError> {
    match word.to_ascii_lowercase().as_str() {
        "json" => Ok(Format::Json),
        "looker" => Ok(Format::Looker),
        _ => Err(RestError::new(
            400,
            1801,
            format!("The format \"{word}\" is not supported: use json or looker"),
        )),
    }
}

/// Percent-decodes; `+` stays a plus (R014). Bytes that are no UTF-8 are refused.
pub(crate) fn decode(text: &str) -> Result<String, RestError> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| RestError::malformed("The URL is not UTF-8"))
}

/// Splits at `&` outside quotes. A quote only opens at the start of a value, so that an apostrophe inside a value is
/// just that.
fn split(query: &str) -> Result<Vec<&str>, RestError> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut open: Option<char> = None;
    let mut previous = '&';
    let mut characters = query.char_indices().peekable();
    while let Some((position, c)) = characters.next() {
        match open {
            // The closing quote is the one before `&` or the end; others belong to the value.
            Some(quote) if c == quote && characters.peek().is_none_or(|(_, next)| *next == '&') => {
                open = None;
            }
            Some(_) => {}
            None if matches!(c, '"' | '\'') && previous == '=' => open = Some(c),
            None if c == '&' => {
                parts.push(&query[start..position]);
                start = position + 1;
            }
            None => {}
        }
        previous = c;
    }
    match open {
        Some('\'') => Err(RestError::new(400, 1808, "A closing ' is expected")),
        Some(_) => Err(RestError::new(400, 1809, "A closing \" is expected")),
        None => {
            parts.push(&query[start..]);
            Ok(parts)
        }
    }
}

/// Removes the quotes around a value.
pub(crate) fn unquote(value: &str) -> &str {
    for quote in ['"', '\''] {
        if value.len() >= 2
            && let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote))
        {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn options(query: &str) -> Options {
        Options::parse(query).unwrap()
    }

    #[test]
    fn quotes_keep_their_content_together() {
        // R008, R009
        let raw = options(r#"$filter="name='A & B' and x=1"&$top=5"#);
        assert_eq!(raw.filter.as_deref(), Some("name='A & B' and x=1"));
        assert_eq!(raw.top, Some(5));
        assert_eq!(options("$filter=%22ID%20%3E%200%22"), options("$filter=\"ID > 0\""));
    }

    #[test]
    fn a_plus_is_a_plus_and_unknown_words_are_ignored() {
        // R013, R014
        assert_eq!(options("$filter=a+b&$what=1&filter=x").filter.as_deref(), Some("a+b"));
    }

    #[test]
    fn unterminated_quotes_are_named() {
        // R011
        assert_eq!(Options::parse("$filter=\"abc").unwrap_err().errors[0].0, 1809);
        assert_eq!(Options::parse("$params='[1]").unwrap_err().errors[0].0, 1808);
    }

    #[test]
    fn params_may_hold_apostrophes() {
        // R010
        assert_eq!(
            options(r#"$params='["O'Reilly",1]'&$skip=2"#).params.as_deref(),
            Some(r#"["O'Reilly",1]"#)
        );
    }

    #[test]
    fn paging_has_limits() {
        // R030, R031, R035, R218
        assert_eq!(options("").limit(), 100);
        assert_eq!(options("$limit=7").limit(), 7);
        assert_eq!(options("$top=-1").limit(), LIST_MAX);
        assert_eq!(options("$asArray=true").limit(), ARRAY_DEFAULT);
        assert!(!options("$asArray=true").is_too_long(ARRAY_DEFAULT));
        assert!(options("$asArray=true").is_too_long(ARRAY_DEFAULT + 1));
        assert!(!options("$asArray=true&$skip=1").is_too_long(ARRAY_DEFAULT + 1));
        assert!(options("$asArray=true&$top=-1").is_too_long(LIST_MAX + 1));
        assert!(!options("$asArray=true&$top=10").is_too_long(ARRAY_DEFAULT + 1));
        assert!(!options("").is_too_long(LIST_MAX + 1));
        assert_eq!(options("$skip=-4").skip(), 0);
    }
}
