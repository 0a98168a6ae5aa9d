//! `$method=delete` (rest-protocol section 7.5).

use std::rc::Rc;

use tessera_orda::{OnRefusal, Run, Selection, drop_selection};
use tessera_values::FourDError;

use super::{read, selection};
use crate::error::RestError;
use crate::json::level;
use crate::options::Options;
use crate::plan::Chosen;
use crate::request::Response;
use crate::url::Keys;

pub(super) fn answer(run: &mut Run, chosen: &Chosen, options: &Options) -> Result<Response, RestError> {
    let context = Rc::clone(run.context());
    // The dataclass must be readable and droppable before anything is looked up.
    tessera_orda::access::check(&context, chosen.dataclass, tessera_sessions::Action::Drop)?;
    let selection = match chosen.keys {
        Keys::One(_) | Keys::Attribute(..) => {
            let row = read::row(run, chosen, &level::shown())?;
            Selection::of(&context, chosen.dataclass, vec![row.record], false, false)
        }
        Keys::None | Keys::Many(_) | Keys::EntitySet(_) => selection::input(run, chosen, options)?.selection,
    };
    let atomic = options.atomic;
    if atomic {
        run.begin()?;
    }
    let kept = drop_selection(run.process(), &selection, OnRefusal::GoOn);
    if atomic {
        let keep = kept.as_ref().is_ok_and(Vec::is_empty);
        run.end(keep)?;
    }
    let kept = kept?;
    if kept.is_empty() {
        return Ok(Response::ok());
    }
    let mut error = RestError::new(500, 1065, "The record cannot be deleted");
    let outer =
        FourDError::new("dbmg", 1121, format!("{} entities of the selection cannot be deleted", kept.len()));
    error.errors.push((outer.code, outer.component, outer.message));
    Err(error)
}
