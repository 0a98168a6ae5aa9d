//! `GET /rest/$getWebForm/{page}`: a page as Qodly Studio stored it. Drawing it is the browser's part.

use tessera_model::{read_page, start_page};
use tessera_orda::Run;

use crate::error::RestError;
use crate::request::{JSON, Response};

pub(super) fn answer(run: &Run, name: Option<&str>) -> Result<Response, RestError> {
    let paths = &run.context().application().paths;
    let start = match name {
        Some(_) => None,
        None => start_page(paths).map_err(unreadable)?,
    };
    let name = name.or(start.as_deref()).ok_or_else(RestError::no_start_page)?;
    let page = read_page(paths, name).map_err(unreadable)?.ok_or_else(|| RestError::page_not_found(name))?;
    let headers = vec![("content-type".into(), JSON.into())];
    Ok(Response { status: 200, headers, body: page.json.into() }.revalidated())
}

/// What is wrong with the disk is for the log, not for the client.
fn unreadable(error: tessera_model::ProjectError) -> RestError {
    tracing::error!(%error, "a page can't be read");
    RestError::new(500, 1800, "The page cannot be read")
}
