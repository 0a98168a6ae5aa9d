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
/// dataclass restrict nothing. The function's own reads are not checked against permissions (COMPATIBILITY.md).
pub(crate) fn filter(
    process: &mut Process,
    context: &Rc<Context>,
    dataclass: DataclassId,
) -> Result<Filter, ErrorStack> {
    let Some(routine) = context.application().classes(dataclass).restrict.clone() else {
        return Ok(Filter::All);
    };
    let this = DataclassObject::value(context, dataclass);
    let answer = context.restricting(dataclass, || context.unchecked(|| process.call(&routine, this, &[])));
    match answer.transpose()? {
        Some(Value::Native(native)) => match native.into_selection() {
            Ok(selection) if selection.dataclass == dataclass => selection.as_filter(),
            _ => Ok(Filter::All),
        },
        _ => Ok(Filter::All),
    }
}
