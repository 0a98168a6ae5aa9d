//! A compact form of the tree for tests: one statement a line, expressions as nested lists.
//!
//! Spans are left out, so that two texts that mean the same give the same dump.

use std::fmt::Write as _;

use tessera_syntax::ast::*;
use tessera_syntax::command_name;

/// The tree of a file.
pub(crate) fn file(file: &File) -> String {
    let mut text = String::new();
    if let Some(attributes) = &file.attributes {
        let _ = writeln!(text, "attributes {attributes}");
    }
    match &file.body {
        Body::Method(method) => function(&mut text, method),
        Body::Class(class) => {
            if let Some(parent) = &class.extends {
                let _ = writeln!(text, "extends {parent:?}");
            }
            for property in &class.properties {
                let value = property.value.as_ref().map(|value| format!(" := {}", expression(value)));
                let _ = writeln!(
                    text,
                    "property {} {}{}",
                    property.name,
                    type_name(property.type_name.as_ref()),
                    value.unwrap_or_default()
                );
            }
            for alias in &class.aliases {
                let _ = writeln!(text, "alias {} {} exposed={}", alias.name, alias.path, alias.exposed);
            }
            for routine in class.constructor.iter().chain(&class.functions) {
                function(&mut text, routine);
            }
        }
    }
    text
}

/// Statements, indented.
fn block(text: &mut String, statements: &Block, depth: usize) {
    for one in statements {
        statement(text, &one.kind, depth);
    }
}

fn function(text: &mut String, function: &Function) {
    let _ = write!(text, "{:?} {}", function.kind, function.name);
    let Modifiers { exposed, local, shared, singleton, session, on_http_get } = function.modifiers;
    let words = [
        (exposed, " exposed"),
        (local, " local"),
        (shared, " shared"),
        (singleton, " singleton"),
        (session, " session"),
        (on_http_get, " onHTTPGet"),
    ];
    text.extend(words.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word));
    for parameter in &function.parameters {
        let _ = write!(text, " ${}:{}", parameter.name, type_name(parameter.type_name.as_ref()));
    }
    if function.variadic {
        text.push_str(" ...");
    }
    if let Some(result) = &function.result {
        let name = result.name.as_deref().unwrap_or("");
        let _ = write!(text, " -> {name}:{}", type_name(result.type_name.as_ref()));
    }
    text.push('\n');
    block(text, &function.body, 1);
}

fn statement(text: &mut String, statement: &StatementKind, depth: usize) {
    let mut line = |line: &str| {
        let _ = writeln!(text, "{}{line}", "  ".repeat(depth));
    };
    match statement {
        StatementKind::Declare(variables) => {
            let mut parts = String::from("declare");
            for variable in variables {
                let _ = write!(
                    parts,
                    " {}:{}",
                    expression(&variable.target),
                    type_name(variable.type_name.as_ref())
                );
                if let Some(value) = &variable.value {
                    let _ = write!(parts, ":={}", expression(value));
                }
            }
            line(&parts);
        }
        StatementKind::DeclareArray { kind, target, size, columns } => {
            line(&format!(
                "array {kind} {} {}{}",
                expression(target),
                expression(size),
                optional(columns.as_ref())
            ));
        }
        StatementKind::Assign { target, operator, value } => {
            line(&format!("{operator:?} {} {}", expression(target), expression(value)));
        }
        StatementKind::Expression(value) => line(&expression(value)),
        StatementKind::If { condition, then, otherwise } => {
            line(&format!("if {}", expression(condition)));
            block(text, then, depth + 1);
            part(text, "else", otherwise, depth);
        }
        StatementKind::Case { branches, otherwise } => {
            line("case");
            for (condition, statements) in branches {
                let _ = writeln!(text, "{}: {}", "  ".repeat(depth), expression(condition));
                block(text, statements, depth + 1);
            }
            part(text, "else", otherwise, depth);
        }
        StatementKind::While { condition, body } => {
            line(&format!("while {}", expression(condition)));
            block(text, body, depth + 1);
        }
        StatementKind::Repeat { body, until } => {
            line(&format!("repeat until {}", expression(until)));
            block(text, body, depth + 1);
        }
        StatementKind::For { counter, from, to, step, body } => {
            line(&format!(
                "for {} {} {}{}",
                expression(counter),
                expression(from),
                expression(to),
                optional(step.as_ref())
            ));
            block(text, body, depth + 1);
        }
        StatementKind::ForEach { variable, over, begin, end, while_condition, until_condition, body } => {
            let mut head = format!("each {} {}", expression(variable), expression(over));
            head.push_str(&optional(begin.as_ref()));
            head.push_str(&optional(end.as_ref()));
            for (word, condition) in [("while", while_condition), ("until", until_condition)] {
                if let Some(condition) = condition {
                    let _ = write!(head, " {word} {}", expression(condition));
                }
            }
            line(&head);
            block(text, body, depth + 1);
        }
        StatementKind::Use { object, body } => {
            line(&format!("use {}", expression(object)));
            block(text, body, depth + 1);
        }
        StatementKind::Try { body, catch } => {
            line("try");
            block(text, body, depth + 1);
            part(text, "catch", catch, depth);
        }
        StatementKind::Return(value) => line(&format!("return{}", optional(value.as_ref()))),
        StatementKind::Break => line("break"),
        StatementKind::Continue => line("continue"),
        StatementKind::Sql => line("sql"),
        StatementKind::Invalid => line("INVALID"),
    }
}

fn part(text: &mut String, word: &str, statements: &Block, depth: usize) {
    if !statements.is_empty() {
        let _ = writeln!(text, "{}{word}", "  ".repeat(depth));
        block(text, statements, depth + 1);
    }
}

/// An expression.
fn expression(value: &Expression) -> String {
    match &value.kind {
        ExpressionKind::Text(text) => format!("{text:?}"),
        ExpressionKind::Integer(number) => number.to_string(),
        ExpressionKind::Real(number) => format!("{number:?}"),
        ExpressionKind::Object(pairs) => {
            let pairs: Vec<_> =
                pairs.iter().map(|(key, value)| format!(" {key:?} {}", expression(value))).collect();
            format!("(object{})", pairs.concat())
        }
        ExpressionKind::Collection(elements) => {
            let elements: Vec<_> =
                elements.iter().map(|element| format!(" {}", expression(element))).collect();
            format!("(collection{})", elements.concat())
        }
        ExpressionKind::Local(name) => format!("${name}"),
        ExpressionKind::Positional(number) => format!("${number}"),
        ExpressionKind::Parameter(number) => format!("(parameter {})", expression(number)),
        ExpressionKind::Name(name) => format!("name:{name}"),
        ExpressionKind::Interprocess(name) => format!("<>{name}"),
        ExpressionKind::Command(number) => format!("command:{}", command_name(*number).unwrap_or("?")),
        ExpressionKind::UnknownCommand(name) => format!("unknown:{name}"),
        ExpressionKind::Constant(constant) => format!("{constant:?}"),
        ExpressionKind::Table(table) => format!("table:{}{}", table.name, number(table.number)),
        ExpressionKind::Field(table, field) => {
            format!("field:{}{}/{}{}", table.name, number(table.number), field.name, number(field.number))
        }
        ExpressionKind::Member(value, name) => format!("(member {} {name})", expression(value)),
        ExpressionKind::Call(callee, arguments) => {
            let arguments: Vec<_> = arguments.iter().map(argument).collect();
            format!("(call {}{})", expression(callee), arguments.concat())
        }
        ExpressionKind::Index(a, b) => format!("(index {} {})", expression(a), expression(b)),
        ExpressionKind::Character(a, b) => format!("(character {} {})", expression(a), expression(b)),
        ExpressionKind::Element(a, b) => format!("(element {} {})", expression(a), expression(b)),
        ExpressionKind::Dereference(a) => format!("(deref {})", expression(a)),
        ExpressionKind::PointerTo(a) => format!("(pointer {})", expression(a)),
        ExpressionKind::Negate(a) => format!("(negate {})", expression(a)),
        ExpressionKind::Binary(operator, a, b) => {
            format!("({operator:?} {} {})", expression(a), expression(b))
        }
        ExpressionKind::Ternary(a, b, c) => {
            format!("(ternary {} {} {})", expression(a), expression(b), expression(c))
        }
        ExpressionKind::Try(a) => format!("(try {})", expression(a)),
        ExpressionKind::Formula(body) => match &**body {
            FormulaBody::Expression(value) => format!("(formula {})", expression(value)),
            FormulaBody::Assign(target, operator, value) => {
                format!("(formula {operator:?} {} {})", expression(target), expression(value))
            }
        },
        ExpressionKind::Parenthesis(a) => format!("(paren {})", expression(a)),
        other => format!("{other:?}"),
    }
}

fn argument(argument: &Argument) -> String {
    match argument {
        Argument::Value(value) => format!(" {}", expression(value)),
        Argument::Flag(flag, _) => format!(" flag:{flag}"),
        Argument::Empty(_) => " empty".into(),
    }
}

fn number(number: Option<u32>) -> String {
    number.map(|number| format!(":{number}")).unwrap_or_default()
}

fn optional(value: Option<&Expression>) -> String {
    value.map(|value| format!(" {}", expression(value))).unwrap_or_default()
}

fn type_name(name: Option<&TypeName>) -> String {
    name.map_or_else(|| "-".into(), |name| format!("{name:?}"))
}
