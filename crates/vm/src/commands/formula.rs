//! Code held in texts: `Formula from string`, `EXECUTE FORMULA` (`docs/commands/formula-from-string.md`).

use std::rc::Rc;
use std::sync::Arc;

use tessera_syntax::ast::{ExpressionKind, FormulaBody, StatementKind};
use tessera_syntax::{Severity, Vocabulary, parse_statements};
use tessera_values::{ErrorStack, FourDError, Text, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::bytecode::Routine;
use crate::function::FunctionValue;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[(63, execute_formula), (1601, formula_from_string)];

/// The text uses a local variable, which it can't see.
const USES_LOCAL: i64 = -10_737;

/// `Formula from string(text {; context})`: there is one project, so the context changes nothing.
fn formula_from_string(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    let routine = compiled(process, &text)?;
    Ok(Value::Native(Rc::new(FunctionValue::routine(routine))))
}

/// `EXECUTE FORMULA(text)`: one statement.
fn execute_formula(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    let routine = compiled(process, &text)?;
    FunctionValue::routine(routine).call(process, Value::Undefined, &[])?;
    Ok(Value::Undefined)
}

fn compiled(process: &Process, text: &str) -> Result<Arc<Routine>, ErrorStack> {
    let program = process.program();
    let vocabulary = Vocabulary::new(program.methods().iter().map(|method| method.name.as_str()), [""; 0]);
    let (mut statements, diagnostics) = parse_statements(text, &vocabulary);
    if let Some(fault) = diagnostics.iter().find(|fault| fault.severity == Severity::Error) {
        return Err(ErrorStack::runtime(format!(
            "The formula \"{text}\" has a syntax error: {}",
            fault.message
        )));
    }
    let body = match (statements.pop().map(|statement| statement.kind), statements.is_empty()) {
        (Some(StatementKind::Expression(expression) | StatementKind::Return(Some(expression))), true) => {
            FormulaBody::Expression(expression)
        }
        (Some(StatementKind::Assign { target, operator, value }), true) => {
            FormulaBody::Assign(target, operator, value)
        }
        _ => return Err(ErrorStack::runtime(format!("\"{text}\" is not one expression or assignment."))),
    };
    let mut local: Option<Text> = None;
    tessera_syntax::visit::formula(&body, &mut |expression| {
        if let ExpressionKind::Local(name) = &expression.kind {
            local = Some(name.clone());
        }
    });
    if let Some(name) = local {
        let message = format!("The formula uses the local variable ${name}, which it can't see.");
        return Err(ErrorStack::single(FourDError::new("4DRT", USES_LOCAL, message)));
    }
    Ok(crate::compile::compile_formula(program, &body, text.trim()))
}
