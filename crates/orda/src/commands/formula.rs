//! `Parse formula` (`docs/commands/parse-formula.md`): the formula as written, with each name in its proper spelling,
//! and with tokens where they are asked for.
// UNSPECIFIED: virtual structures, which are set by commands of the desktop. Taken: there are none, so their names
// are the real ones.

use std::rc::Rc;

use tessera_syntax::ast::{Expression, ExpressionKind, TableName};
use tessera_syntax::{Severity, Span, Vocabulary, command_name, constant_token, parse_statements, visit};
use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;

pub(super) const COMMANDS: &[(u16, Command)] = &[(1576, parse_formula)];

/// `Formula out with tokens`
const WITH_TOKENS: i64 = 4;

/// `Parse formula(formula {; options} {; errorMessage})`
fn parse_formula(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let source = arguments.text(0)?;
    // The options may be left out, and the message still be asked for.
    let has_options = arguments.read(1).as_integer().is_some();
    let message_at = if arguments.len() > 2 || has_options { 2 } else { 1 };
    let tokens = has_options && arguments.read(1).as_integer().unwrap_or(0) & WITH_TOKENS != 0;
    let methods = process.program().methods().iter().map(|method| method.name.as_str());
    let vocabulary = Vocabulary::new(methods, [""; 0]);
    let (statements, diagnostics) = parse_statements(&source, &vocabulary);
    let fault = diagnostics.into_iter().find(|fault| fault.severity == Severity::Error);
    if let Some(fault) = fault {
        arguments.write(message_at, Value::text(fault.message));
        return Ok(Value::Text(source));
    }
    arguments.write(message_at, Value::text(""));
    let mut names: Vec<(Span, String)> = Vec::new();
    visit::statements(&statements, &mut |statement| {
        visit::expressions(statement, &mut |expression| {
            if let Some(name) = proper(context, expression, &source, tokens) {
                names.push((expression.span, name));
            }
        });
    });
    names.sort_by_key(|(span, _)| span.start);
    let mut parsed = String::new();
    let mut end = 0;
    for (span, name) in names {
        let (begin, after) = (span.start as usize, span.end as usize);
        // A field's table lies inside it.
        if begin >= end
            && let Some(between) = source.get(end..begin)
        {
            parsed.push_str(between);
            parsed.push_str(&name);
            end = after;
        }
    }
    parsed.push_str(source.get(end..).unwrap_or_default());
    Ok(Value::text(parsed))
}

/// How the name of a command, a constant, a table or a field is written.
fn proper(context: &Context, expression: &Expression, source: &str, tokens: bool) -> Option<String> {
    let catalog = &context.application().catalog;
    let table_of = |written: &TableName| {
        let number = written.number.and_then(|number| catalog.table_numbered(number));
        number.or_else(|| catalog.table_named(&written.name))
    };
    Some(match &expression.kind {
        ExpressionKind::Command(number) => {
            let name = command_name(*number)?;
            let has_token = tokens && *number < tessera_syntax::OWN_NUMBERS;
            if has_token { format!("{name}:C{number}") } else { name.to_owned() }
        }
        ExpressionKind::Constant(_) => {
            let written = source.get(expression.span.start as usize..expression.span.end as usize)?;
            let name = written.split(":K").next()?;
            let (name, token) = constant_token(name)?;
            match token.filter(|_| tokens) {
                Some((theme, number)) => format!("{name}:K{theme}:{number}"),
                None => name.to_owned(),
            }
        }
        ExpressionKind::Table(written) => {
            let table = table_of(written)?;
            if tokens { format!("[{}:{}]", table.name, table.number) } else { format!("[{}]", table.name) }
        }
        ExpressionKind::Field(written, field) => {
            let table = table_of(written)?;
            let is_field = |(number, name): &&(u32, tessera_values::Text)| match field.number {
                Some(asked) => *number == asked,
                None => name.eq_ignore_ascii_case(&field.name),
            };
            let (number, name) = table.fields.iter().find(is_field)?;
            if tokens {
                format!("[{}:{}]{name}:{number}", table.name, table.number)
            } else {
                format!("[{}]{name}", table.name)
            }
        }
        _ => return None,
    })
}
