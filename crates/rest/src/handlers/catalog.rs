//! `GET /rest/$catalog` and its forms.

use tessera_model::DataclassId;
use tessera_orda::Run;

use crate::json::catalog::{Extent, write};
use crate::request::Response;

pub(super) fn list(run: &Run) -> Response {
    Response::json(200, write(run.context().application(), &Extent::List)).revalidated()
}

pub(super) fn all(run: &Run) -> Response {
    Response::json(200, write(run.context().application(), &Extent::All)).revalidated()
}

pub(super) fn of(run: &Run, dataclasses: &[DataclassId]) -> Response {
    Response::json(200, write(run.context().application(), &Extent::Of(dataclasses))).revalidated()
}
