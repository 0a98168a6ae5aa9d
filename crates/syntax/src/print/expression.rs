//! Prints expressions. Parentheses are nodes of the tree, so none are added.

use std::fmt::Write as _;

use super::assign_operator;
use crate::ast::{Argument, BinaryOperator, Constant, Expression, ExpressionKind, FormulaBody};
use crate::lexer::is_word_character;
use crate::names;

/// What is printed for what could not be read; it can't be read either.
pub(super) const INVALID: &str = ")";

pub(super) fn write(text: &mut String, expression: &Expression) {
    match &expression.kind {
        ExpressionKind::Text(value) => write_text(text, value),
        ExpressionKind::Integer(value) => put(text, format_args!("{value}")),
        ExpressionKind::Real(value) => write_real(text, *value),
        ExpressionKind::Date(year, month, day) => {
            put(text, format_args!("!{year:04}-{month:02}-{day:02}!"));
        }
        ExpressionKind::Time(seconds) => {
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            put(text, format_args!("?{hours:02}:{minutes:02}:{seconds:02}?"));
        }
        ExpressionKind::Object(pairs) => {
            text.push('{');
            for (place, (key, value)) in pairs.iter().enumerate() {
                text.push_str(if place > 0 { "; " } else { "" });
                write_key(text, key);
                text.push_str(": ");
                write(text, value);
            }
            text.push('}');
        }
        ExpressionKind::Collection(elements) => {
            text.push('[');
            for (place, element) in elements.iter().enumerate() {
                text.push_str(if place > 0 { "; " } else { "" });
                write(text, element);
            }
            text.push(']');
        }
        ExpressionKind::Local(name) => put(text, format_args!("${name}")),
        ExpressionKind::Positional(number) => put(text, format_args!("${number}")),
        ExpressionKind::Parameter(number) => around(text, "${", number, "}"),
        ExpressionKind::Name(name) => text.push_str(name),
        ExpressionKind::Interprocess(name) => put(text, format_args!("<>{name}")),
        ExpressionKind::Command(number) => text.push_str(names::command_name(*number).unwrap_or(INVALID)),
        ExpressionKind::UnknownCommand(name) => {
            text.push_str(name);
            // A single word would be read as a variable.
            text.push_str(if name.contains([' ', ':']) { "" } else { ":P1" });
        }
        ExpressionKind::Constant(constant) => write_constant(text, constant),
        ExpressionKind::This => text.push_str("This"),
        ExpressionKind::Super => text.push_str("Super"),
        ExpressionKind::ClassStore => text.push_str("cs"),
        ExpressionKind::BuiltInStore => text.push_str("4D"),
        ExpressionKind::Table(table) => write_bracketed(text, &table.name, table.number),
        ExpressionKind::Field(table, field) => {
            write_bracketed(text, &table.name, table.number);
            text.push_str(&field.name);
            if let Some(number) = field.number {
                put(text, format_args!(":{number}"));
            }
        }
        ExpressionKind::Member(value, name) => {
            write(text, value);
            put(text, format_args!(".{name}"));
        }
        ExpressionKind::Call(callee, arguments) => {
            write(text, callee);
            text.push('(');
            for (place, argument) in arguments.iter().enumerate() {
                text.push_str(if place > 0 { "; " } else { "" });
                match argument {
                    Argument::Value(value) => write(text, value),
                    Argument::Flag(flag, _) => text.push(*flag),
                    Argument::Empty(_) => {}
                }
            }
            text.push(')');
        }
        ExpressionKind::Index(value, index) => {
            write(text, value);
            // `[[` would begin a character reference.
            let list = matches!(index.kind, ExpressionKind::Collection(_) | ExpressionKind::Table(_));
            around(text, if list { "[ " } else { "[" }, index, "]");
        }
        ExpressionKind::Character(value, position) => {
            write(text, value);
            around(text, "[[", position, "]]");
        }
        ExpressionKind::Element(value, index) => {
            write(text, value);
            around(text, "{", index, "}");
        }
        ExpressionKind::Dereference(value) => around(text, "", value, "->"),
        ExpressionKind::PointerTo(value) => around(text, "->", value, ""),
        ExpressionKind::Negate(value) => around(text, "-", value, ""),
        ExpressionKind::Binary(operator, left, right) => {
            write(text, left);
            put(text, format_args!(" {} ", symbol(*operator)));
            write(text, right);
        }
        ExpressionKind::Ternary(condition, yes, no) => {
            write(text, condition);
            around(text, " ? ", yes, " : ");
            write(text, no);
        }
        ExpressionKind::Try(value) => around(text, "Try(", value, ")"),
        ExpressionKind::Formula(body) => {
            text.push_str("Formula(");
            match &**body {
                FormulaBody::Expression(value) => write(text, value),
                FormulaBody::Assign(target, operator, value) => {
                    around(text, "", target, assign_operator(*operator));
                    write(text, value);
                }
            }
            text.push(')');
        }
        ExpressionKind::Parenthesis(value) => around(text, "(", value, ")"),
        ExpressionKind::Invalid => text.push_str(INVALID),
    }
}

fn around(text: &mut String, before: &str, value: &Expression, after: &str) {
    text.push_str(before);
    write(text, value);
    text.push_str(after);
}

fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = text.write_fmt(arguments);
}

fn write_text(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other => text.push(other),
        }
    }
    text.push('"');
}

fn write_real(text: &mut String, value: f64) {
    if value.is_infinite() {
        text.push_str("1e999");
    } else {
        put(text, format_args!("{value:?}"));
    }
}

fn write_key(text: &mut String, key: &str) {
    let name = key.strip_prefix('$').unwrap_or(key);
    let is_name = !name.is_empty()
        && name.chars().all(is_word_character)
        && !name.starts_with(|character: char| character.is_ascii_digit());
    if is_name {
        text.push_str(key);
    } else {
        write_text(text, key);
    }
}

fn write_constant(text: &mut String, constant: &Constant) {
    match (names::constant_spelling(constant), constant) {
        (Some(name), _) => text.push_str(name),
        // A constant we know only by the token it came with.
        (None, Constant::Named(name)) => put(text, format_args!("{name}:K0:0")),
        (None, Constant::Integer(value)) => put(text, format_args!("{value}")),
        (None, Constant::Real(value)) => write_real(text, *value),
        (None, Constant::Text(value)) => write_text(text, value),
    }
}

fn write_bracketed(text: &mut String, name: &str, number: Option<u32>) {
    match number {
        Some(number) => put(text, format_args!("[{name}:{number}]")),
        None => put(text, format_args!("[{name}]")),
    }
}

fn symbol(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::IntegerDivide => "\\",
        BinaryOperator::Modulo => "%",
        BinaryOperator::Power => "^",
        BinaryOperator::Equal => "=",
        BinaryOperator::NotEqual => "#",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::And => "&",
        BinaryOperator::Or => "|",
        BinaryOperator::ExclusiveOr => "^|",
        BinaryOperator::AndThen => "&&",
        BinaryOperator::OrElse => "||",
        BinaryOperator::ShiftLeft => "<<",
        BinaryOperator::ShiftRight => ">>",
        BinaryOperator::BitSet => "?+",
        BinaryOperator::BitClear => "?-",
        BinaryOperator::BitTest => "??",
        BinaryOperator::Picture => "*+",
    }
}
