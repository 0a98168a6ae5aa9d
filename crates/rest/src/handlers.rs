//! What answers a planned request.

mod catalog;
mod compute;
mod content;
mod delete;
pub(crate) mod directory;
mod function;
mod info;
mod lock;
mod page;
mod read;
mod selection;
mod sent_content;
mod write;

use tessera_orda::Run;

use crate::error::RestError;
use crate::options::Options;
use crate::plan::Plan;
use crate::request::{Request, Response};

/// Answers a planned request.
pub(crate) fn answer(
    run: &mut Run,
    plan: Plan,
    options: &Options,
    request: &Request,
) -> Result<Response, RestError> {
    match plan {
        Plan::Catalog => Ok(catalog::list(run)),
        Plan::CatalogAll => Ok(catalog::all(run)),
        Plan::CatalogOf(dataclasses) => Ok(catalog::of(run, &dataclasses)),
        Plan::Directory(function) => directory::answer(run, &function, request),
        Plan::Info => Ok(info::answer(run)),
        Plan::OpenApi => Ok(crate::openapi::answer(run)),
        Plan::Page(name) => page::answer(run, name.as_deref()),
        Plan::Function(call) => function::answer(run, call, options, request),
        Plan::ReadEntity(read) => read::entity(run, &read),
        Plan::ReadSelection(read) => selection::answer(run, read, options),
        Plan::SubEntitySet(read) => selection::related(run, &read, options),
        Plan::ReleaseSet(chosen) => selection::release(run, &chosen),
        Plan::ReleaseSets => selection::release_all(run, body_text(request)?),
        Plan::Upload => content::upload(run, options, request),
        Plan::SendContent(of) => sent_content::send(run, &of, options, request),
        Plan::StoreContent(of) => content::store(run, &of, options, request),
        Plan::ClearContent(of) => content::clear(run, &of),
        Plan::Lock(chosen, locks) => lock::answer(run, &chosen, locks, request),
        Plan::Update(dataclass, trial) => write::update(run, dataclass, trial, options, request),
        Plan::Delete(chosen) => delete::answer(run, &chosen, options),
    }
}

/// The body as text; bytes that are no UTF-8 are refused.
pub(crate) fn body_text(request: &Request) -> Result<&str, RestError> {
    std::str::from_utf8(&request.body).map_err(|_| RestError::malformed("The body is not UTF-8"))
}
