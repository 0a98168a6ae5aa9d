//! The path of a request as everything but REST decides by it: decoded once, in one spelling.

/// The decoded path with single slashes, so that no rule can be walked around by another spelling; `None` when it is
/// not UTF-8.
pub(crate) fn plain_path(path: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let mut plain = String::with_capacity(decoded.len());
    for c in decoded.chars() {
        if c != '/' || !plain.ends_with('/') {
            plain.push(c);
        }
    }
    Some(plain)
}

/// What follows a word of the server at the beginning of a path, whatever its case: `/4daction/M/p` gives `M/p`.
pub(crate) fn after_word<'p>(path: &'p str, word: &str) -> Option<&'p str> {
    let rest = path.strip_prefix('/')?;
    if !rest.get(..word.len())?.eq_ignore_ascii_case(word) {
        return None;
    }
    let rest = &rest[word.len()..];
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    // S151
    #[test]
    fn words_have_no_case_and_end_at_a_slash() {
        assert_eq!(after_word("/4daction/Photo/smith", "4DACTION"), Some("Photo/smith"));
        assert_eq!(after_word("/REST", "rest"), Some(""));
        assert_eq!(after_word("/restaurant", "rest"), None);
        assert_eq!(after_word("/réest", "rest"), None);
    }

    #[test]
    fn a_path_has_one_spelling() {
        assert_eq!(plain_path("//priv%61te///x%2Fy").as_deref(), Some("/private/x/y"));
        assert_eq!(plain_path("/%ff"), None);
    }
}
