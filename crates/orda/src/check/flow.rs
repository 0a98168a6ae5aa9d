//! Statements that never run.

use tessera_syntax::Diagnostic;
use tessera_syntax::ast::{Block, Statement, StatementKind};

/// Reports the first statement after one that always leaves, in each block.
pub(super) fn check(block: &Block, diagnostics: &mut Vec<Diagnostic>) {
    let leaves = block.iter().position(always_leaves);
    if let Some(next) = leaves.and_then(|at| block.get(at + 1)) {
        diagnostics.push(
            Diagnostic::warning(
                "check/unreachable",
                "this never runs: the line before always leaves",
                next.span,
            )
            .with_hint("delete it, or put the `return`, `break` or `continue` before it under a condition"),
        );
    }
    for statement in block {
        for block in inner(&statement.kind) {
            check(block, diagnostics);
        }
    }
}

/// The blocks of a statement.
fn inner(statement: &StatementKind) -> Vec<&Block> {
    match statement {
        StatementKind::If { then, otherwise, .. } => vec![then, otherwise],
        StatementKind::Case { branches, otherwise } => {
            branches.iter().map(|(_, block)| block).chain([otherwise]).collect()
        }
        StatementKind::While { body, .. }
        | StatementKind::Repeat { body, .. }
        | StatementKind::For { body, .. }
        | StatementKind::ForEach { body, .. }
        | StatementKind::Use { body, .. } => vec![body],
        StatementKind::Try { body, catch } => vec![body, catch],
        _ => Vec::new(),
    }
}

/// Does nothing after this statement run, whatever happens?
fn always_leaves(statement: &Statement) -> bool {
    let leaves = |block: &Block| block.iter().any(always_leaves);
    match &statement.kind {
        StatementKind::Return(_) | StatementKind::Break | StatementKind::Continue => true,
        StatementKind::If { then, otherwise, .. } => leaves(then) && leaves(otherwise),
        StatementKind::Case { branches, otherwise } => {
            leaves(otherwise) && branches.iter().all(|(_, block)| leaves(block))
        }
        StatementKind::Use { body, .. } => leaves(body),
        StatementKind::Try { body, catch } => leaves(body) && leaves(catch),
        _ => false,
    }
}
