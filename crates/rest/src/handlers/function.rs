//! Calls of exposed functions (rest-protocol section 9).

use std::rc::Rc;

use tessera_orda::{Entity, Run, Target};

use super::{body_text, read, selection};
use crate::error::RestError;
use crate::json::{arguments, level, result};
use crate::options::Options;
use crate::plan::{Chosen, FunctionCall, FunctionTarget};
use crate::request::{Method, Request, Response};

pub(super) fn answer(
    run: &mut Run,
    call: FunctionCall,
    options: &Options,
    request: &Request,
) -> Result<Response, RestError> {
    let FunctionCall { function, target, ask } = call;
    // Refused before the entity it would run on is looked up.
    run.check_call(&function, ask)?;
    let given = match request.method {
        Method::Get => arguments::read(options.params.as_deref().unwrap_or_default())?,
        _ => arguments::read(body_text(request)?)?,
    };
    // The `$expand` of `$emMethod` names the relation on whose entities the function runs, nothing of its result.
    let of_result = match &target {
        FunctionTarget::Related(_) => &Options { expand: None, ..options.clone() },
        _ => options,
    };
    let target = match target {
        FunctionTarget::Datastore => Target::Datastore,
        FunctionTarget::Singleton(class) => Target::Singleton(class),
        FunctionTarget::Dataclass(dataclass) => Target::Dataclass(dataclass),
        FunctionTarget::Entity(dataclass, keys) => {
            let row = read::row(run, &Chosen { dataclass, keys }, &level::shown())?;
            Target::Entity(Entity::from_row(&Rc::clone(run.context()), dataclass, row))
        }
        FunctionTarget::Related(read) => {
            Target::Selection(selection::related_selection(run, &read, options)?)
        }
        FunctionTarget::Selection(dataclass, keys) => {
            // `$params` of a GET are the function's arguments, not the filter's (U33).
            let input = selection::input(run, &Chosen { dataclass, keys }, options)?;
            Target::Selection(input.selection)
        }
    };
    let values = arguments::resolve(run, given, &function.parameters)?;
    let value = run.call_exposed(&function, target, &values, ask)?;
    result::respond(run, &value, of_result)
}
