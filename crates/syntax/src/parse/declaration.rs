//! Declarations: `var`, the `C_` and `ARRAY` commands, parameters and types (docs/Concepts/variables.md,
//! docs/Concepts/parameters.md).

use ecow::EcoString;

use super::{Fault, Parsed, Parser};
use crate::ast::{
    DeclaredVariable, Expression, ExpressionKind, Function, Parameter, ResultDeclaration, StatementKind,
    TypeName,
};
use crate::diagnostic::Diagnostic;
use crate::names;
use crate::span::Span;
use crate::token::TokenKind;

impl Parser<'_> {
    /// `var-decl = "var" name {";" name} [":" type] [":=" expr]`
    ///
    /// Further groups after a type (`var $a : Text; $b : Real`) are accepted.
    pub(super) fn var_declaration(&mut self) -> Parsed<StatementKind> {
        self.bump();
        let mut variables: Vec<DeclaredVariable> = Vec::new();
        loop {
            let group = variables.len();
            loop {
                let target = self.declared_name()?;
                variables.push(DeclaredVariable { target, type_name: None, value: None });
                if !self.eat(TokenKind::Semicolon) {
                    break;
                }
            }
            if self.eat(TokenKind::Colon) {
                let type_name = self.type_name()?;
                for variable in &mut variables[group..] {
                    variable.type_name = Some(type_name.clone());
                }
            }
            if self.kind() == TokenKind::Assign {
                if variables.len() - group > 1 {
                    return Err(several_values(self.token().span));
                }
                self.bump();
                let value = self.expression()?;
                if let Some(variable) = variables.last_mut() {
                    variable.value = Some(value);
                }
            }
            if !self.eat(TokenKind::Semicolon) {
                return Ok(StatementKind::Declare(variables));
            }
        }
    }

    /// A plain name is a variable here, whatever else it could be.
    fn declared_name(&mut self) -> Parsed<Expression> {
        let token = self.token();
        match token.kind {
            TokenKind::Word => {
                self.bump();
                while self.follows_with_blank() {
                    self.bump();
                }
                let span = self.span_from(token.span);
                Ok(Expression { kind: ExpressionKind::Name(self.slice(span).into()), span })
            }
            TokenKind::Local | TokenKind::Interprocess | TokenKind::Dollar => {
                self.primary().map(|tree| tree.expression)
            }
            _ => Err(self.unexpected("the name of a variable")),
        }
    }

    /// A statement that begins with one of the declaring commands, else None and nothing is taken.
    pub(super) fn command_declaration(&mut self) -> Parsed<Option<StatementKind>> {
        let word = self.slice(self.token().span);
        let may_declare = ["c_", "array", "_o_"]
            .iter()
            .any(|start| word.get(..start.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(start)));
        if !may_declare {
            return Ok(None);
        }
        let before = self.position;
        if let ExpressionKind::Command(number) = self.word_sequence().kind
            && self.kind() == TokenKind::LeftParenthesis
        {
            if let Some(type_name) = declared_type(number) {
                return self.type_declaration(number, &type_name).map(Some);
            }
            if let Some(kind) = array_kind(number) {
                return self.array_declaration(number, kind).map(Some);
            }
        }
        self.position = before;
        Ok(None)
    }

    /// `C_TEXT(a; $b)`; `C_TEXT(Method; $1)` declares the parameters of another method, which needs no running.
    fn type_declaration(&mut self, command: u16, type_name: &TypeName) -> Parsed<StatementKind> {
        self.bump();
        self.old_length(command)?;
        let mut variables = Vec::new();
        loop {
            let mut target = self.expression()?;
            self.as_variable(&mut target);
            variables.push(DeclaredVariable { target, type_name: Some(type_name.clone()), value: None });
            if !self.eat(TokenKind::Semicolon) {
                break;
            }
        }
        self.expect(TokenKind::RightParenthesis, "`;` or `)` after the variable")?;
        let of_method = matches!(variables[0].target.kind, ExpressionKind::Name(_))
            && variables[1..].iter().any(|variable| {
                matches!(variable.target.kind, ExpressionKind::Positional(_) | ExpressionKind::Parameter(_))
            });
        if of_method {
            variables.clear();
        }
        Ok(StatementKind::Declare(variables))
    }

    /// `C_STRING(80; $a)`, `ARRAY STRING(80; a; 0)`: lengths are of the past.
    fn old_length(&mut self, command: u16) -> Parsed<()> {
        if matches!(command, C_STRING | ARRAY_STRING) && self.kind() == TokenKind::Number {
            self.bump();
            self.expect(TokenKind::Semicolon, "`;` after the length")?;
        }
        Ok(())
    }

    /// `ARRAY TEXT(name; size {; columns})`
    fn array_declaration(&mut self, command: u16, kind: EcoString) -> Parsed<StatementKind> {
        self.bump();
        self.old_length(command)?;
        let mut target = self.expression()?;
        self.as_variable(&mut target);
        self.expect(TokenKind::Semicolon, "`;` and the size of the array")?;
        let size = self.expression()?;
        let columns = if self.eat(TokenKind::Semicolon) { Some(self.expression()?) } else { None };
        self.expect(TokenKind::RightParenthesis, "`)` after the size of the array")?;
        Ok(StatementKind::DeclareArray { kind, target, size, columns })
    }

    /// `"#DECLARE" [params] [result]`
    pub(super) fn declare(&mut self, function: &mut Function) -> Parsed<()> {
        self.bump();
        self.signature(function)
    }

    /// `[params] [result]`
    pub(super) fn signature(&mut self, function: &mut Function) -> Parsed<()> {
        if self.eat(TokenKind::LeftParenthesis) {
            self.parameters(function)?;
        }
        let start = self.token().span;
        if self.eat(TokenKind::Arrow) {
            let token = self.expect(TokenKind::Local, "`$` and the name of the result after `->`")?;
            let name = self.slice(token.span).trim_start_matches('$').into();
            let type_name = if self.eat(TokenKind::Colon) { Some(self.type_name()?) } else { None };
            let span = self.span_from(start);
            function.result = Some(ResultDeclaration { name: Some(name), type_name, span });
        } else if self.eat(TokenKind::Colon) {
            let type_name = Some(self.type_name()?);
            let span = self.span_from(start);
            function.result = Some(ResultDeclaration { name: None, type_name, span });
        }
        Ok(())
    }

    /// `param {";" param} ")"`; `param = $name [":" type] | "..." [":" type]`
    fn parameters(&mut self, function: &mut Function) -> Parsed<()> {
        if self.eat(TokenKind::RightParenthesis) {
            return Ok(());
        }
        loop {
            if (0..3).all(|ahead| self.kind_at(ahead) == TokenKind::Dot) {
                for _ in 0..3 {
                    self.bump();
                }
                // The type of the further parameters is checked by nobody at run time: read and let go.
                if self.eat(TokenKind::Colon) {
                    self.type_name()?;
                }
                function.variadic = true;
                self.expect(TokenKind::RightParenthesis, "`)`: `...` is the last parameter")?;
                return Ok(());
            }
            let token = self.expect(TokenKind::Local, "a parameter: `$`, its name, and `: Type`")?;
            let name = self.slice(token.span).trim_start_matches('$').into();
            let type_name = if self.eat(TokenKind::Colon) { Some(self.type_name()?) } else { None };
            let span = self.span_from(token.span);
            function.parameters.push(Parameter { name, type_name, span });
            if self.eat(TokenKind::RightParenthesis) {
                return Ok(());
            }
            self.expect(TokenKind::Semicolon, "`;` or `)` after the parameter")?;
        }
    }

    /// `type = word | "4D" "." name | "cs" "." name ["." name]`
    pub(super) fn type_name(&mut self) -> Parsed<TypeName> {
        let token = self.expect(TokenKind::Word, "the name of a type")?;
        let word = self.slice(token.span);
        if word.eq_ignore_ascii_case("cs") || word.eq_ignore_ascii_case("4D") {
            // The stores carry tokens here too: `cs:C1710.Employee`.
            if self.kind() == TokenKind::Colon && self.is_adjacent(0) && self.kind_at(2) == TokenKind::Dot {
                self.bump();
                self.bump();
            }
            self.expect(TokenKind::Dot, "`.` and the name of a class")?;
            let mut name = self.member_name()?;
            if word.eq_ignore_ascii_case("4D") {
                return Ok(TypeName::BuiltIn(name));
            }
            while self.eat(TokenKind::Dot) {
                name.push('.');
                name.push_str(&self.member_name()?);
            }
            return Ok(TypeName::Class(name));
        }
        Ok(scalar_type(word).unwrap_or_else(|| {
            self.report(
                Diagnostic::warning("syntax/unknown-type", format!("`{word}` is no type"), token.span)
                    .with_hint("classes are written `cs.Name` and `4D.Name`; it counts as Variant"),
            );
            TypeName::Unknown(word.into())
        }))
    }
}

/// The number of `C_STRING`, texts of a given length.
const C_STRING: u16 = 293;

/// The number of `ARRAY STRING`.
const ARRAY_STRING: u16 = 218;

/// The words of language.md 5 with their other spellings.
fn scalar_type(word: &str) -> Option<TypeName> {
    Some(match word.to_lowercase().as_str() {
        "text" | "string" => TypeName::Text,
        "integer" | "long" | "longint" => TypeName::Integer,
        "real" | "number" => TypeName::Real,
        "boolean" | "bool" => TypeName::Boolean,
        "date" => TypeName::Date,
        "time" => TypeName::Time,
        "object" => TypeName::Object,
        "collection" => TypeName::Collection,
        "variant" | "any" => TypeName::Variant,
        "pointer" => TypeName::Pointer,
        "picture" | "image" => TypeName::Picture,
        "blob" => TypeName::Blob,
        _ => return None,
    })
}

fn declared_type(command: u16) -> Option<TypeName> {
    Some(match command {
        282 | 283 => TypeName::Integer,
        284 | C_STRING => TypeName::Text,
        285 => TypeName::Real,
        286 => TypeName::Picture,
        301 => TypeName::Pointer,
        305 => TypeName::Boolean,
        306 => TypeName::Time,
        307 => TypeName::Date,
        604 => TypeName::Blob,
        1216 => TypeName::Object,
        1488 => TypeName::Collection,
        1683 => TypeName::Variant,
        _ => return None,
    })
}

/// `TEXT` of `ARRAY TEXT`; the other commands that begin with `ARRAY` declare nothing.
fn array_kind(command: u16) -> Option<EcoString> {
    if command == ARRAY_STRING {
        return Some("TEXT".into());
    }
    let kind = names::command_name(command)?.strip_prefix("ARRAY ")?;
    (!kind.contains(' ')).then(|| kind.into())
}

pub(super) fn several_values(span: Span) -> Fault {
    Diagnostic::error("syntax/several-values", "only a single name may be given a value", span)
        .with_hint("declare the names on lines of their own")
        .into()
}
