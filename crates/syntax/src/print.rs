//! Writes a tree back as 4D source: plain names, no tokens, one statement a line.
//!
//! What is printed parses to the same tree. Comments are not in the tree and so are lost; constants are kept by
//! value, so one of another name with the same value may be printed. Lines that could not be read stay unreadable.
//! For tests, and for whoever wants to show a piece of code.

mod expression;

use std::fmt::Write as _;

use crate::ast::{
    AssignOperator, Block, Body, Class, DeclaredVariable, Expression, ExpressionKind, File, Function,
    FunctionKind, Modifiers, StatementKind, TypeName,
};

/// The source of a file.
pub fn print(file: &File) -> String {
    let mut printer = Printer::default();
    if let Some(attributes) = &file.attributes {
        printer.line(&format!("//%attributes = {attributes}"));
    }
    match &file.body {
        Body::Method(method) => printer.method(method),
        Body::Class(class) => printer.class(class),
    }
    printer.text
}

/// The source of an expression.
pub fn print_expression(expression: &Expression) -> String {
    let mut text = String::new();
    expression::write(&mut text, expression);
    text
}

#[derive(Default)]
struct Printer {
    text: String,
    depth: usize,
}

impl Printer {
    fn line(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push('\t');
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn method(&mut self, method: &Function) {
        let signature = signature(method);
        if !signature.is_empty() {
            self.line(&format!("#DECLARE{signature}"));
        }
        self.block(&method.body);
    }

    fn class(&mut self, class: &Class) {
        match &class.extends {
            Some(TypeName::Class(name)) if !name.contains('.') => self.line(&format!("Class extends {name}")),
            Some(parent) => self.line(&format!("Class extends {}", type_name(parent))),
            None => {}
        }
        for property in &class.properties {
            let mut line = format!("property {}", property.name);
            write_type(&mut line, property.type_name.as_ref());
            write_value(&mut line, property.value.as_ref());
            self.line(&line);
        }
        for alias in &class.aliases {
            let exposed = if alias.exposed { "exposed " } else { "" };
            self.line(&format!("{exposed}Alias {} {}", alias.name, alias.path));
        }
        for function in class.constructor.iter().chain(&class.functions) {
            self.text.push('\n');
            self.line(&header(function));
            self.inside(&function.body);
        }
    }

    fn inside(&mut self, block: &Block) {
        self.depth += 1;
        self.block(block);
        self.depth -= 1;
    }

    fn block(&mut self, block: &Block) {
        for statement in block {
            self.statement(&statement.kind);
        }
    }

    fn statement(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Declare(variables) => self.line(&declaration(variables)),
            StatementKind::DeclareArray { kind, target, size, columns } => {
                let columns = columns.as_ref().map(|columns| format!("; {}", print_expression(columns)));
                let line = format!(
                    "ARRAY {kind}({}; {}{})",
                    print_expression(target),
                    print_expression(size),
                    columns.unwrap_or_default()
                );
                self.line(&line);
            }
            StatementKind::Assign { target, operator, value } => {
                let operator = assign_operator(*operator);
                self.line(&format!("{}{operator}{}", print_expression(target), print_expression(value)));
            }
            StatementKind::Expression(expression) => self.line(&print_expression(expression)),
            StatementKind::If { condition, then, otherwise } => {
                self.line(&format!("If ({})", print_expression(condition)));
                self.inside(then);
                self.part("Else", otherwise);
                self.line("End if");
            }
            StatementKind::Case { branches, otherwise } => {
                self.line("Case of");
                self.depth += 1;
                for (condition, block) in branches {
                    self.line(&format!(": ({})", print_expression(condition)));
                    self.inside(block);
                }
                self.part("Else", otherwise);
                self.depth -= 1;
                self.line("End case");
            }
            StatementKind::While { condition, body } => {
                self.line(&format!("While ({})", print_expression(condition)));
                self.inside(body);
                self.line("End while");
            }
            StatementKind::Repeat { body, until } => {
                self.line("Repeat");
                self.inside(body);
                self.line(&format!("Until ({})", print_expression(until)));
            }
            StatementKind::For { counter, from, to, step, body } => {
                let head = [Some(counter), Some(from), Some(to), step.as_ref()];
                self.line(&format!("For ({})", list(head)));
                self.inside(body);
                self.line("End for");
            }
            StatementKind::ForEach { variable, over, begin, end, while_condition, until_condition, body } => {
                let head = [Some(variable), Some(over), begin.as_ref(), end.as_ref()];
                let mut line = format!("For each ({})", list(head));
                for (word, condition) in [("While", while_condition), ("Until", until_condition)] {
                    if let Some(condition) = condition {
                        let _ = write!(line, " {word} ({})", print_expression(condition));
                    }
                }
                self.line(&line);
                self.inside(body);
                self.line("End for each");
            }
            StatementKind::Use { object, body } => {
                self.line(&format!("Use ({})", print_expression(object)));
                self.inside(body);
                self.line("End use");
            }
            StatementKind::Try { body, catch } => {
                self.line("Try");
                self.inside(body);
                self.part("Catch", catch);
                self.line("End try");
            }
            StatementKind::Return(None) => self.line("return"),
            StatementKind::Return(Some(value)) => self.line(&format!("return {}", print_expression(value))),
            StatementKind::Break => self.line("break"),
            StatementKind::Continue => self.line("continue"),
            StatementKind::Sql => {
                self.line("Begin SQL");
                self.line("End SQL");
            }
            StatementKind::Invalid => self.line(expression::INVALID),
        }
    }

    /// The second part of a block, when there is one.
    fn part(&mut self, word: &str, block: &Block) {
        if !block.is_empty() {
            self.line(word);
            self.inside(block);
        }
    }
}

fn header(function: &Function) -> String {
    let mut line = modifiers(function.modifiers);
    let name = &function.name;
    match &function.kind {
        FunctionKind::Method | FunctionKind::Constructor => line.push_str("Class constructor"),
        FunctionKind::Plain => line.push_str(&format!("Function {name}")),
        FunctionKind::Get => line.push_str(&format!("Function get {name}")),
        FunctionKind::Set => line.push_str(&format!("Function set {name}")),
        FunctionKind::Query => line.push_str(&format!("Function query {name}")),
        FunctionKind::OrderBy => line.push_str(&format!("Function orderBy {name}")),
        FunctionKind::Event(event) => {
            line.push_str(format!("Function event {event} {name}").trim_end());
        }
    }
    let signature = signature(function);
    line.push_str(if signature.is_empty() { "()" } else { &signature });
    line
}

fn modifiers(modifiers: Modifiers) -> String {
    let words = [
        (modifiers.exposed, "exposed "),
        (modifiers.local, "local "),
        (modifiers.shared, "shared "),
        (modifiers.session, "session "),
        (modifiers.singleton, "singleton "),
        (modifiers.on_http_get, "onHTTPGet "),
    ];
    words.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word).collect()
}

fn signature(function: &Function) -> String {
    let mut parts: Vec<String> = Vec::new();
    for parameter in &function.parameters {
        let mut part = format!("${}", parameter.name);
        write_type(&mut part, parameter.type_name.as_ref());
        parts.push(part);
    }
    if function.variadic {
        parts.push("...".into());
    }
    let mut text = String::new();
    if !parts.is_empty() {
        text = format!("({})", parts.join("; "));
    }
    if let Some(result) = &function.result {
        if text.is_empty() {
            text.push_str("()");
        }
        if let Some(name) = &result.name {
            let _ = write!(text, "->${name}");
        }
        write_type(&mut text, result.type_name.as_ref());
    }
    text
}

/// `var` where it can hold the names, else the command of the type.
fn declaration(variables: &[DeclaredVariable]) -> String {
    let Some(first) = variables.first() else {
        // The parameters of another method, whose name nobody kept.
        return "C_VARIANT(another; $0)".into();
    };
    let is_named = variables.iter().all(|variable| {
        matches!(
            variable.target.kind,
            ExpressionKind::Local(_)
                | ExpressionKind::Positional(_)
                | ExpressionKind::Name(_)
                | ExpressionKind::Interprocess(_)
        )
    });
    if !is_named {
        let targets = variables.iter().map(|variable| Some(&variable.target));
        return format!("{}({})", type_command(first.type_name.as_ref()), list(targets));
    }
    let mut line = String::from("var ");
    for (place, variable) in variables.iter().enumerate() {
        if place > 0 {
            line.push_str("; ");
        }
        expression::write(&mut line, &variable.target);
        let same_as_next = variable.value.is_none()
            && variables
                .get(place + 1)
                .is_some_and(|next| next.type_name == variable.type_name && next.value.is_none());
        if !same_as_next {
            write_type(&mut line, variable.type_name.as_ref());
            write_value(&mut line, variable.value.as_ref());
        }
    }
    line
}

fn type_command(type_name: Option<&TypeName>) -> &'static str {
    match type_name {
        Some(TypeName::Text) => "C_TEXT",
        Some(TypeName::Integer) => "C_LONGINT",
        Some(TypeName::Real) => "C_REAL",
        Some(TypeName::Boolean) => "C_BOOLEAN",
        Some(TypeName::Date) => "C_DATE",
        Some(TypeName::Time) => "C_TIME",
        Some(TypeName::Object) => "C_OBJECT",
        Some(TypeName::Collection) => "C_COLLECTION",
        Some(TypeName::Pointer) => "C_POINTER",
        Some(TypeName::Picture) => "C_PICTURE",
        Some(TypeName::Blob) => "C_BLOB",
        _ => "C_VARIANT",
    }
}

fn write_type(text: &mut String, written: Option<&TypeName>) {
    if let Some(written) = written {
        let _ = write!(text, " : {}", type_name(written));
    }
}

fn write_value(text: &mut String, value: Option<&Expression>) {
    if let Some(value) = value {
        text.push_str(":=");
        expression::write(text, value);
    }
}

fn type_name(name: &TypeName) -> String {
    match name {
        TypeName::Text => "Text".into(),
        TypeName::Integer => "Integer".into(),
        TypeName::Real => "Real".into(),
        TypeName::Boolean => "Boolean".into(),
        TypeName::Date => "Date".into(),
        TypeName::Time => "Time".into(),
        TypeName::Object => "Object".into(),
        TypeName::Collection => "Collection".into(),
        TypeName::Variant => "Variant".into(),
        TypeName::Pointer => "Pointer".into(),
        TypeName::Picture => "Picture".into(),
        TypeName::Blob => "Blob".into(),
        TypeName::BuiltIn(name) => format!("4D.{name}"),
        TypeName::Class(name) => format!("cs.{name}"),
        TypeName::Unknown(name) => name.to_string(),
    }
}

fn assign_operator(operator: AssignOperator) -> &'static str {
    match operator {
        AssignOperator::Set => ":=",
        AssignOperator::Add => "+=",
        AssignOperator::Subtract => "-=",
        AssignOperator::Multiply => "*=",
        AssignOperator::Divide => "/=",
    }
}

fn list<'a>(expressions: impl IntoIterator<Item = Option<&'a Expression>>) -> String {
    let printed: Vec<_> = expressions.into_iter().flatten().map(print_expression).collect();
    printed.join("; ")
}
