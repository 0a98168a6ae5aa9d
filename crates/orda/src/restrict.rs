//! `Function event restrict`: which entities of a dataclass a session sees (`docs/ORDA/entities.md`).

use std::rc::Rc;

use tessera_model::DataclassId;
use tessera_model::query::Filter;
use tessera_values::{ErrorStack, Value};
use tessera_vm::Process;

use crate::context::Context;
use crate::dataclass::DataclassObject;
use crate::entity::functions::IntoOrda as _;

/// The filter that a dataclass's restriction adds for this process. Null, undefined or a selection of another
/// dataclass restrict nothing, as in 4D, unless the administrator wants them to hide everything (hardening H15). The function's own reads are not checked against permissions (COMPATIBILITY.md).
pub(crate) fn filter(
    process: &mut Process,
    context: &Rc<Context>,
    dataclass: DataclassId,
) -> Result<Filter, ErrorStack> {
    let Some(routine) = context.application().classes.of(dataclass).restrict.clone() else {
        return Ok(Filter::All);
    };
    let this = DataclassObject::value(context, dataclass);
    let answer = context.restricting(dataclass, || context.unchecked(|| process.call(&routine, this, &[])));
    let Some(answer) = answer.transpose()? else { return Ok(Filter::All) };
    if let Value::Native(native) = answer
        && let Ok(selection) = native.into_selection()
        && selection.dataclass == dataclass
    {
        return selection.as_filter();
    }
    let hides = context.application().sessions.hardening().restrict_null_hides;
    Ok(if hides { Filter::None } else { Filter::All })
}
