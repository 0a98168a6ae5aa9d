//! Ways through a tree: every statement, every expression.

use crate::ast::{Argument, Expression, ExpressionKind, FormulaBody, Statement, StatementKind};

/// Calls `visit` for every statement, the outer ones first.
pub fn statements(block: &[Statement], visit: &mut dyn FnMut(&Statement)) {
    for statement in block {
        visit(statement);
        match &statement.kind {
            StatementKind::If { then, otherwise, .. } => {
                statements(then, visit);
                statements(otherwise, visit);
            }
            StatementKind::Case { branches, otherwise } => {
                for (_, block) in branches {
                    statements(block, visit);
                }
                statements(otherwise, visit);
            }
            StatementKind::While { body, .. }
            | StatementKind::Repeat { body, .. }
            | StatementKind::For { body, .. }
            | StatementKind::ForEach { body, .. }
            | StatementKind::Use { body, .. } => statements(body, visit),
            StatementKind::Try { body, catch } => {
                statements(body, visit);
                statements(catch, visit);
            }
            _ => {}
        }
    }
}

/// Calls `visit` for every expression of a statement itself, nested ones included, but not for its inner blocks.
pub fn expressions(statement: &Statement, visit: &mut dyn FnMut(&Expression)) {
    let mut all = |list: &[Option<&Expression>]| {
        for expression in list.iter().flatten() {
            deep(expression, visit);
        }
    };
    match &statement.kind {
        StatementKind::Declare(variables) => {
            for variable in variables {
                all(&[variable.value.as_ref()]);
            }
        }
        StatementKind::DeclareArray { target, size, columns, .. } => {
            all(&[Some(target), Some(size), columns.as_ref()]);
        }
        StatementKind::Assign { target, value, .. } => all(&[Some(target), Some(value)]),
        StatementKind::Expression(expression) => all(&[Some(expression)]),
        StatementKind::If { condition, .. } | StatementKind::While { condition, .. } => {
            all(&[Some(condition)]);
        }
        StatementKind::Case { branches, .. } => {
            for (condition, _) in branches {
                all(&[Some(condition)]);
            }
        }
        StatementKind::Repeat { until, .. } => all(&[Some(until)]),
        StatementKind::For { counter, from, to, step, .. } => {
            all(&[Some(counter), Some(from), Some(to), step.as_ref()]);
        }
        StatementKind::ForEach { variable, over, begin, end, while_condition, until_condition, .. } => {
            all(&[
                Some(variable),
                Some(over),
                begin.as_ref(),
                end.as_ref(),
                while_condition.as_ref(),
                until_condition.as_ref(),
            ]);
        }
        StatementKind::Use { object, .. } => all(&[Some(object)]),
        StatementKind::Return(value) => all(&[value.as_ref()]),
        StatementKind::Try { .. }
        | StatementKind::Break
        | StatementKind::Continue
        | StatementKind::Sql
        | StatementKind::Invalid => {}
    }
}

/// Calls `visit` for an expression and everything inside it, formulas included.
pub fn deep(expression: &Expression, visit: &mut dyn FnMut(&Expression)) {
    visit(expression);
    match &expression.kind {
        ExpressionKind::Object(entries) => entries.iter().for_each(|(_, value)| deep(value, visit)),
        ExpressionKind::Collection(elements) => elements.iter().for_each(|element| deep(element, visit)),
        ExpressionKind::Parameter(inner)
        | ExpressionKind::Member(inner, _)
        | ExpressionKind::Dereference(inner)
        | ExpressionKind::PointerTo(inner)
        | ExpressionKind::Negate(inner)
        | ExpressionKind::Try(inner)
        | ExpressionKind::Parenthesis(inner) => deep(inner, visit),
        ExpressionKind::Call(callee, arguments) => {
            deep(callee, visit);
            for argument in arguments {
                if let Argument::Value(value) = argument {
                    deep(value, visit);
                }
            }
        }
        ExpressionKind::Index(a, b)
        | ExpressionKind::Character(a, b)
        | ExpressionKind::Element(a, b)
        | ExpressionKind::Binary(_, a, b) => {
            deep(a, visit);
            deep(b, visit);
        }
        ExpressionKind::Ternary(a, b, c) => {
            deep(a, visit);
            deep(b, visit);
            deep(c, visit);
        }
        ExpressionKind::Formula(body) => formula(body, visit),
        _ => {}
    }
}

/// Calls `visit` for everything inside a formula.
pub fn formula(body: &FormulaBody, visit: &mut dyn FnMut(&Expression)) {
    match body {
        FormulaBody::Expression(inner) => deep(inner, visit),
        FormulaBody::Assign(target, _, value) => {
            deep(target, visit);
            deep(value, visit);
        }
    }
}
