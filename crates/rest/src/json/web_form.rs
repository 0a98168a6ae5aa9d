//! `__WEBFORM`: what a function told the page it was called from (qodly-pages section 8).

use tessera_orda::{ItemChange, PageNews, Run};
use tessera_values::{Text, write_json_string};

/// Writes it as one more member of an object; nothing when nothing was told.
pub(super) fn write(out: &mut String, run: &Run) {
    let news = run.context().page_news();
    if news.is_empty() {
        return;
    }
    out.push_str(",\"__WEBFORM\":{");
    write_news(out, &news);
    out.push('}');
}

/// Puts it into an answer that ends with a brace.
pub(super) fn push(body: &mut String, run: &Run) {
    if body.ends_with('}') {
        body.pop();
        write(body, run);
        body.push('}');
    }
}

fn write_news(out: &mut String, news: &PageNews) {
    if let Some(notification) = &news.notification {
        out.push_str("\"__NOTIFICATION\":{\"message\":");
        write_json_string(out, &notification.text);
        out.push_str(&format!(",\"type\":\"{}\"}}", notification.kind));
    }
    // UNSPECIFIED: how states and components are sent. Taken: what qodly-pages section 8 proposes.
    if !news.states.is_empty() {
        separate(out);
        out.push_str("\"__STATES\":[");
        for change in &news.states {
            separate(out);
            let action = if change.enabled { "enable" } else { "disable" };
            out.push_str(&format!("{{\"action\":\"{action}\",\"state\":"));
            write_json_string(out, &change.state);
            out.push('}');
        }
        out.push(']');
    }
    if !news.items.is_empty() {
        separate(out);
        out.push_str("\"__ITEMS\":{");
        for item in names(&news.items) {
            separate(out);
            write_json_string(out, item);
            out.push_str(":[");
            for change in news.items.iter().filter(|change| change.item == *item) {
                separate(out);
                out.push_str(&format!("{{\"op\":\"{}\"", change.operation));
                if let Some(class) = &change.class {
                    out.push_str(",\"value\":");
                    write_json_string(out, class);
                }
                out.push('}');
            }
            out.push(']');
        }
        out.push('}');
    }
}

/// The components something becomes of, each once.
fn names(changes: &[ItemChange]) -> Vec<&Text> {
    let mut names: Vec<&Text> = Vec::new();
    for change in changes {
        if !names.contains(&&change.item) {
            names.push(&change.item);
        }
    }
    names
}

/// A comma, except before the first of a list.
fn separate(out: &mut String) {
    if !out.ends_with(['{', '[']) {
        out.push(',');
    }
}
