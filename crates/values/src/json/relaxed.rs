//! Turns the JSON people write by hand into strict JSON text.

/// Rewrites comments, unquoted names, single quotes and trailing commas. What is no JSON at all stays wrong, and
/// the strict reader says so.
pub(super) fn to_strict(text: &str) -> String {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '"' => copy_double_quoted(rest, &mut out),
            '\'' => copy_single_quoted(rest, &mut out),
            '/' if rest.starts_with("//") => rest.find('\n').map_or("", |end| &rest[end..]),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or("", |end| &rest[end + 2..]),
            '}' | ']' => {
                let kept = out.trim_end();
                if kept.ends_with(',') {
                    out.truncate(kept.len() - 1);
                }
                out.push(c);
                &rest[1..]
            }
            c if c.is_alphabetic() || c == '_' || c == '$' => copy_word(rest, &mut out),
            c => {
                out.push(c);
                &rest[c.len_utf8()..]
            }
        };
    }
    out
}

fn copy_double_quoted<'t>(text: &'t str, out: &mut String) -> &'t str {
    let mut escaped = false;
    for (position, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                out.push_str(&text[..=position]);
                return &text[position + 1..];
            }
            _ => {}
        }
    }
    out.push_str(text);
    ""
}

/// A doubled quote inside is one quote.
fn copy_single_quoted<'t>(text: &'t str, out: &mut String) -> &'t str {
    let mut content = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((position, c)) = characters.next() {
        match c {
            '\'' if matches!(characters.peek(), Some((_, '\''))) => {
                characters.next();
                content.push('\'');
            }
            '\'' => {
                super::write_json_string(out, &content);
                return &text[position + 1..];
            }
            c => content.push(c),
        }
    }
    out.push_str(text);
    ""
}

fn copy_word<'t>(text: &'t str, out: &mut String) -> &'t str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
    let word = &text[..end];
    if matches!(word, "true" | "false" | "null") && !text[end..].trim_start().starts_with(':') {
        out.push_str(word);
    } else if text[end..].trim_start().starts_with(':') {
        super::write_json_string(out, word);
    } else {
        out.push_str(word);
    }
    &text[end..]
}
