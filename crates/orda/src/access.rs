//! Every permission check, for REST and for 4D code alike (`docs/ORDA/privileges.md`).
//!
//! Permissions are asked of the session of the running process, plus what was promoted for the running function.

use tessera_model::{AttributeId, DataclassId};
use tessera_sessions::{Action, FunctionOwner};
use tessera_values::{ErrorStack, FourDError};

use crate::context::Context;
use crate::error::{PERMISSION_DENIED, PERMISSION_EXECUTE, PERMISSION_UPDATE};

fn code(action: Action) -> i64 {
    match action {
        Action::Update => PERMISSION_UPDATE,
        Action::Execute => PERMISSION_EXECUTE,
        Action::Read | Action::Create | Action::Drop => PERMISSION_DENIED,
    }
}

/// May this session do this to the dataclass?
pub fn may(context: &Context, dataclass: DataclassId, action: Action) -> bool {
    context.is_unrestricted()
        || context.application().permissions.dataclass(dataclass, action).allows(&context.privileges())
}

/// Refuses when it may not.
pub fn check(context: &Context, dataclass: DataclassId, action: Action) -> Result<(), ErrorStack> {
    if may(context, dataclass, action) {
        return Ok(());
    }
    let name = &context.application().catalog.dataclass(dataclass).name;
    Err(ErrorStack::single(FourDError::new(
        "dbmg",
        code(action),
        format!("No permission to {} for the {name} dataclass", action.word()),
    )))
}

/// May this session do this to the attribute? What the dataclass demands is demanded too.
pub fn may_attribute(
    context: &Context,
    dataclass: DataclassId,
    attribute: AttributeId,
    action: Action,
) -> bool {
    if context.is_unrestricted() || context.attributes_are_free() {
        return true;
    }
    let application = context.application();
    let own = application.permissions.attribute(dataclass, attribute, action);
    own.is_none_or(|rule| rule.allows(&context.privileges())) && may(context, dataclass, action)
}

/// Refuses when it may not.
pub fn check_attribute(
    context: &Context,
    dataclass: DataclassId,
    attribute: AttributeId,
    action: Action,
) -> Result<(), ErrorStack> {
    if may_attribute(context, dataclass, attribute, action) {
        return Ok(());
    }
    let dataclass = context.application().catalog.dataclass(dataclass);
    Err(ErrorStack::single(FourDError::new(
        "dbmg",
        code(action),
        format!(
            "No permission to {} for \"{}\" attribute in the {} dataclass",
            action.word(),
            dataclass.attribute(attribute).name,
            dataclass.name
        ),
    )))
}

/// Refuses when the session may not call the function through REST. Calls from 4D code are not checked: demo code of
/// 4D's makers calls functions that `execute: none` locks (COMPATIBILITY.md).
pub fn check_function(context: &Context, owner: FunctionOwner<'_>, name: &str) -> Result<(), ErrorStack> {
    if context.is_unrestricted()
        || context.application().permissions.function(owner, name).allows(&context.privileges())
    {
        return Ok(());
    }
    Err(ErrorStack::single(FourDError::new(
        "dbmg",
        PERMISSION_EXECUTE,
        format!("No permission to execute for the {name} function"),
    )))
}

/// Is this error a refused permission?
pub fn is_refusal(error: &ErrorStack) -> bool {
    error.errors.iter().any(|error| {
        error.component == "dbmg"
            && matches!(error.code, PERMISSION_DENIED | PERMISSION_UPDATE | PERMISSION_EXECUTE)
    })
}
