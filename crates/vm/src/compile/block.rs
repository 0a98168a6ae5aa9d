//! Walks through statements before they are compiled: which locals something points at.

use std::collections::HashSet;

use tessera_syntax::ast::{Argument, Expression, ExpressionKind, Function, StatementKind};
use tessera_syntax::visit::{expressions, statements};
use tessera_values::Text;

use crate::commands;
use crate::program::lower;

/// The names of locals that need a home of their own: something takes their address, or a command writes into them.
pub(crate) fn pointed_at(function: &Function) -> HashSet<Text> {
    let mut found = HashSet::new();
    let mut note = |target: &Expression| match &target.kind {
        ExpressionKind::Local(name) => {
            found.insert(lower(name));
        }
        ExpressionKind::Positional(number) => {
            found.insert(number.to_string().into());
        }
        _ => {}
    };
    statements(&function.body, &mut |statement| {
        // Assigning a number to the name of an array selects an element instead of replacing the array.
        if let StatementKind::DeclareArray { target, .. } = &statement.kind {
            note(innermost_array(target));
        }
        // A byte of a Blob is changed where the Blob is.
        if let StatementKind::Assign { target, .. } = &statement.kind
            && let ExpressionKind::Element(array, _) = &target.kind
        {
            note(innermost_array(array));
        }
        expressions(statement, &mut |expression| match &expression.kind {
            ExpressionKind::PointerTo(target) => note(innermost_array(target)),
            ExpressionKind::Call(callee, arguments) => {
                let ExpressionKind::Command(number) = callee.kind else { return };
                for (position, argument) in arguments.iter().enumerate() {
                    if let Argument::Value(value) = argument
                        && commands::writes_argument(number, position)
                    {
                        note(innermost_array(value));
                    }
                }
            }
            _ => {}
        });
    });
    found
}

/// `a` of `a{1}{2}`.
pub(crate) fn innermost_array(expression: &Expression) -> &Expression {
    match &expression.kind {
        ExpressionKind::Element(array, _) => innermost_array(array),
        ExpressionKind::Parenthesis(inner) => innermost_array(inner),
        _ => expression,
    }
}
