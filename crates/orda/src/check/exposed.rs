//! Exposed functions that nobody can ever call: no role and no code gives a privilege that may.

use tessera_model::{Roles, SourceKind};
use tessera_sessions::{FunctionOwner, Permissions, PrivilegeSet, PrivilegeTable, Rule};
use tessera_syntax::ast::{Body, ExpressionKind, FunctionKind};
use tessera_syntax::{Diagnostic, visit};

use super::finding;
use crate::build::{Built, FileFinding, ParsedFile};

/// Always callable (`docs/REST/authUsers.md`).
const AUTHENTIFY: &str = "authentify";

/// Reports exposed functions that the permissions of `roles` close to everybody.
pub fn unreachable_functions(built: &Built, files: &[ParsedFile<'_>], roles: &Roles) -> Vec<FileFinding> {
    let table = PrivilegeTable::new(Some(roles));
    let permissions = Permissions::new(Some(roles), &built.catalog, &table);
    let reachable = reachable(roles, &table, files);
    let findings = files.iter().filter(|file| file.source.kind == SourceKind::Class).filter_map(|file| {
        let Body::Class(class) = &file.file.body else { return None };
        let owner = owner(built, &file.source.name)?;
        let exposed = class
            .functions
            .iter()
            .filter(|function| function.modifiers.exposed && function.kind == FunctionKind::Plain)
            .filter(|function| owner != FunctionOwner::Datastore || function.name != AUTHENTIFY);
        let closed = exposed.filter(|function| match permissions.function(owner, &function.name) {
            Rule::Allow => false,
            Rule::Deny => true,
            Rule::AnyOf(allowed) => !allowed.intersects(&reachable),
        });
        let diagnostics = closed.map(|function| {
            let message = format!(
                "`{}.{}` is exposed, but nobody can be given a privilege that may execute it",
                file.source.name, function.name
            );
            Diagnostic::warning("check/closed-function", message, function.span)
                .with_hint("name a privilege of a role in its `execute` permission in roles.json, or take `exposed` away")
        });
        finding(file.source, diagnostics.collect())
    });
    findings.collect()
}

/// Every privilege that a session may come to hold: those of roles, of guests, and those that code names.
fn reachable(roles: &Roles, table: &PrivilegeTable, files: &[ParsedFile<'_>]) -> PrivilegeSet {
    let mut reachable = PrivilegeSet::default();
    let mut give = |name: &str| {
        if let Some(privilege) = table.number(name) {
            reachable.extend(table.closure(privilege));
        }
    };
    give("guest");
    roles.roles.iter().flat_map(|role| &role.privileges).for_each(|name| give(name));
    for function in files.iter().flat_map(ParsedFile::functions) {
        visit::statements(&function.body, &mut |statement| {
            visit::expressions(statement, &mut |expression| {
                if let ExpressionKind::Text(text) = &expression.kind {
                    text.split(',').for_each(&mut give);
                }
            });
        });
    }
    reachable
}

/// Whom the functions of a class belong to, as permissions see it.
fn owner<'n>(built: &Built, class: &'n str) -> Option<FunctionOwner<'n>> {
    if class == "DataStore" {
        return Some(FunctionOwner::Datastore);
    }
    let of = |name: &str| built.catalog.dataclass_named(name).map(|dataclass| dataclass.id);
    let dataclass = of(class)
        .or_else(|| class.strip_suffix("Entity").and_then(of))
        .or_else(|| class.strip_suffix("Selection").and_then(of));
    if let Some(dataclass) = dataclass {
        return Some(FunctionOwner::Dataclass(dataclass));
    }
    let described = built.program.class(class)?;
    (described.singleton != tessera_vm::Singleton::No).then_some(FunctionOwner::Singleton(class))
}
