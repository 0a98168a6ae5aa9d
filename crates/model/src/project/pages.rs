//! Pages made with Qodly Studio, as they are stored (`docs/WebServer/qodly-studio.md`).
//!
//! They are read when they are asked for: a page that was edited shows at the next request.

use tessera_values::Text;

use super::{ProjectPaths, find, read};
use crate::ProjectError;

/// A page as its file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The name of the file without its extension.
    pub name: Text,
    /// Its JSON, byte by byte.
    pub json: Vec<u8>,
}

/// The page of a name, whatever its case; `None` when there is none.
///
/// Names are only compared with those of the folder, so none leads out of it.
pub fn read_page(paths: &ProjectPaths, name: &str) -> Result<Option<Page>, ProjectError> {
    for path in find::files(&paths.sources.join("WebForms"), "WebForm")? {
        if let Some(stem) = path.file_stem().filter(|stem| stem.to_lowercase() == name.to_lowercase()) {
            return Ok(read(&path)?.map(|json| Page { name: stem.into(), json }));
        }
    }
    Ok(None)
}

/// The name of the page the project starts with: what `qodlyApp.json` says or, without that file, `settings.json`.
pub fn start_page(paths: &ProjectPaths) -> Result<Option<Text>, ProjectError> {
    for file in ["qodlyApp.json", "settings.json"] {
        let Some(bytes) = read(&paths.sources.join(file))? else { continue };
        let settings: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let page = settings.get("webforms.renderer.indexPage").and_then(serde_json::Value::as_str);
        return Ok(page.filter(|page| !page.is_empty()).map(Text::from));
    }
    Ok(None)
}
