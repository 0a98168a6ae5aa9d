//! Local variables that are declared and never mentioned again.

use std::collections::HashMap;

use tessera_syntax::ast::{Expression, ExpressionKind, Function, StatementKind};
use tessera_syntax::{Diagnostic, Span, visit};

/// Commands whose text is code that may mention any variable.
const EXECUTE_FORMULA: u16 = 63;
const PROCESS_TAGS: u16 = 816;

/// Reports declared locals that nothing reads or assigns.
pub(super) fn check(function: &Function, diagnostics: &mut Vec<Diagnostic>) {
    let mut declared: HashMap<String, (String, Span)> = HashMap::new();
    let mut mentioned = Vec::new();
    let mut any = false;
    visit::statements(&function.body, &mut |statement| {
        if let StatementKind::Declare(variables) = &statement.kind {
            for variable in variables {
                if let (ExpressionKind::Local(name), None) = (&variable.target.kind, &variable.value) {
                    let entry = (name.to_string(), variable.target.span);
                    declared.entry(name.to_lowercase().to_string()).or_insert(entry);
                }
            }
        }
        visit::expressions(statement, &mut |expression: &Expression| match &expression.kind {
            ExpressionKind::Local(name) => mentioned.push(name.to_lowercase()),
            ExpressionKind::Command(EXECUTE_FORMULA | PROCESS_TAGS) => any = true,
            _ => {}
        });
    });
    if any {
        return;
    }
    for name in mentioned {
        declared.remove(name.as_str());
    }
    let own = |name: &str| {
        let parameters = function.parameters.iter().map(|parameter| &parameter.name);
        let result = function.result.iter().filter_map(|result| result.name.as_ref());
        parameters.chain(result).any(|known| known.eq_ignore_ascii_case(name))
    };
    let mut unused: Vec<_> = declared.into_values().filter(|(name, _)| !own(name)).collect();
    unused.sort_by_key(|(_, span)| span.start);
    diagnostics.extend(unused.into_iter().map(|(name, span)| {
        Diagnostic::warning("check/unused-variable", format!("`${name}` is declared and never used"), span)
            .with_hint("delete the declaration")
    }));
}
