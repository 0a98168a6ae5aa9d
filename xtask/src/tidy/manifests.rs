//! Who may depend on whom. The table is the architecture; `ARCHITECTURE.md` tells it in prose.

use toml::Table;

use super::{Finding, Tree};

/// Our crates from the bottom up, each with those it may use. `cli` may use everything below it.
const LAYERS: [(&str, &[&str]); 10] = [
    ("values", &[]),
    ("syntax", &[]),
    ("model", &["values"]),
    ("vm", &["values", "syntax"]),
    ("store", &["values", "model"]),
    ("sessions", &["values", "model"]),
    ("orda", &["values", "syntax", "model", "vm", "store", "sessions"]),
    ("rest", &["values", "model", "store", "sessions", "orda"]),
    ("web", &["values", "model", "sessions", "orda", "rest"]),
    ("cli", &["values", "syntax", "model", "vm", "store", "sessions", "orda", "rest", "web"]),
];

/// Others' crates that belong to some of ours only, and why.
const KEPT_IN: [(&str, &[&str], &str); 11] = [
    ("rusqlite", &["store"], "SQL lives in store"),
    ("tokio-postgres", &["store"], "SQL lives in store"),
    ("tokio", &["web", "cli", "store"], "async ends at the HTTP edge"),
    ("hyper", &["web"], "only web speaks HTTP"),
    ("axum", &["web"], "only web speaks HTTP"),
    ("cookie", &["web"], "only web knows cookies"),
    ("rustls", &["web", "store", "cli", "orda"], "TLS belongs to those who open connections"),
    ("anyhow", &["cli"], "libraries name their errors with thiserror"),
    ("ariadne", &["cli"], "only the command line prints diagnostics"),
    ("clap", &["cli"], "only the command line reads arguments"),
    ("rand", &["cli"], "chance is an argument: take a `Chance`"),
];

const PREFIX: &str = "tessera-";
const TEST_SUPPORT: &str = "test-support";

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in &tree.0 {
        if !file.path.ends_with("Cargo.toml") {
            continue;
        }
        let manifest: Table = match file.text.parse() {
            Ok(manifest) => manifest,
            Err(error) => {
                findings.push(Finding::new(&file.path, 0, format!("is no TOML: {}", error.message())));
                continue;
            }
        };
        if manifest.contains_key("package") && !inherits_lints(&manifest) {
            findings.push(Finding::new(&file.path, 0, "add `[lints]` with `workspace = true`"));
        }
        if let Some(name) =
            file.path.strip_prefix("crates/").and_then(|path| path.strip_suffix("/Cargo.toml"))
        {
            edges(&file.path, name, &manifest, findings);
        }
    }
}

fn inherits_lints(manifest: &Table) -> bool {
    manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool)
        == Some(true)
}

fn edges(path: &str, name: &str, manifest: &Table, findings: &mut Vec<Finding>) {
    if name == TEST_SUPPORT {
        return;
    }
    let Some(position) = LAYERS.iter().position(|(layer, _)| *layer == name) else {
        findings.push(Finding::new(path, 0, "is a new crate: give it a row in xtask/src/tidy/manifests.rs"));
        return;
    };
    let mut refuse = |cure: String| findings.push(Finding::new(path, 0, cure));
    for section in ["dependencies", "build-dependencies"] {
        for used in names(manifest, section) {
            match used.strip_prefix(PREFIX) {
                Some(TEST_SUPPORT) => {
                    refuse(format!("move {used} to [dev-dependencies]: it is for tests only"));
                }
                Some(ours) if !LAYERS[position].1.contains(&ours) => refuse(format!(
                    "{name} may not use {used}; it may use: {}",
                    if LAYERS[position].1.is_empty() {
                        "none of ours".to_owned()
                    } else {
                        LAYERS[position].1.join(", ")
                    }
                )),
                Some(_) => {}
                None => {
                    if let Some((_, kept_in, reason)) = KEPT_IN.iter().find(|(krate, ..)| *krate == used)
                        && !kept_in.contains(&name)
                    {
                        refuse(format!("{name} may not use {used}: {reason}"));
                    }
                }
            }
        }
    }
    // Tests may reach deeper than the code does, but never up.
    for used in names(manifest, "dev-dependencies") {
        if let Some(ours) = used.strip_prefix(PREFIX)
            && ours != TEST_SUPPORT
            && !LAYERS[..position].iter().any(|(below, _)| *below == ours)
        {
            refuse(format!("tests of {name} may not use {used}: it lies above"));
        }
    }
}

/// The crates a section names, also under `[target.….]`.
fn names<'a>(manifest: &'a Table, section: &str) -> Vec<&'a str> {
    let targets = manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(Table::values);
    targets
        .filter_map(toml::Value::as_table)
        .chain([manifest])
        .filter_map(|table| table.get(section).and_then(toml::Value::as_table))
        .flat_map(Table::keys)
        .map(String::as_str)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    fn manifest(name: &str, text: &str) -> Vec<String> {
        check(&[(
            &format!("crates/{name}/Cargo.toml"),
            &format!("[package]\nname = \"tessera-{name}\"\n[lints]\nworkspace = true\n{text}"),
        )])
    }

    #[test]
    fn every_layer_uses_only_layers_below() {
        for (position, (_, allowed)) in LAYERS.iter().enumerate() {
            for used in *allowed {
                assert!(LAYERS[..position].iter().any(|(below, _)| below == used), "{used}");
            }
        }
    }

    #[test]
    fn an_edge_of_the_table_passes() {
        assert!(manifest("rest", "[dependencies]\ntessera-orda.workspace = true\n").is_empty());
        assert!(manifest("web", "[dev-dependencies]\ntessera-store.workspace = true\n").is_empty());
    }

    #[test]
    fn an_edge_outside_the_table_fails() {
        let found = manifest("values", "[dependencies]\ntessera-model.workspace = true\n");
        assert_eq!(
            found,
            ["crates/values/Cargo.toml: values may not use tessera-model; it may use: none of ours"]
        );
        let found = manifest("rest", "[dependencies]\ntessera-vm.workspace = true\n");
        assert!(found[0].contains("rest may not use tessera-vm"));
        let found = manifest("orda", "[dev-dependencies]\ntessera-rest.workspace = true\n");
        assert!(found[0].contains("it lies above"));
        let found = manifest("rest", "[target.'cfg(unix)'.dependencies]\ntessera-web.workspace = true\n");
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn test_support_is_for_tests() {
        assert!(manifest("values", "[dev-dependencies]\ntessera-test-support.workspace = true\n").is_empty());
        let found = manifest("web", "[dependencies]\ntessera-test-support.workspace = true\n");
        assert!(found[0].contains("[dev-dependencies]"));
    }

    #[test]
    fn others_crates_stay_where_they_belong() {
        assert!(manifest("store", "[dependencies]\nrusqlite.workspace = true\n").is_empty());
        let found = manifest("orda", "[dependencies]\nrusqlite.workspace = true\n");
        assert!(found[0].contains("SQL lives in store"));
    }

    #[test]
    fn lints_are_inherited() {
        let found = check(&[("xtask/Cargo.toml", "[package]\nname = \"xtask\"\n")]);
        assert_eq!(found, ["xtask/Cargo.toml: add `[lints]` with `workspace = true`"]);
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert!(manifest("studio", "")[0].contains("give it a row"));
    }
}
