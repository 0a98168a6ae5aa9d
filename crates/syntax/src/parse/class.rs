//! `class-item` of the grammar: what a class file holds besides statements (docs/Concepts/classes.md,
//! docs/ORDA/ordaClasses.md, docs/ORDA/orda-events.md).

use ecow::EcoString;

use super::block::Until;
use super::declaration::several_values;
use super::statement::function;
use super::{Parsed, Parser};
use crate::ast::{Alias, Class, Function, FunctionKind, Modifiers, Property, TypeName};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::token::TokenKind;

/// The events of an entity, in 4D's spelling (docs/ORDA/orda-events.md); `restrict` is a dataclass's.
const EVENTS: [&str; 8] =
    ["restrict", "touched", "validateSave", "saving", "afterSave", "validateDrop", "dropping", "afterDrop"];

impl Parser<'_> {
    /// `file = { class-item | statement-line }`
    pub(super) fn class(&mut self) -> Class {
        let mut class = Class::default();
        loop {
            self.skip_newlines();
            if self.kind() == TokenKind::End {
                return class;
            }
            if self.at_class_item() {
                if let Err(fault) = self.class_item(&mut class) {
                    self.report_fault(fault);
                    self.skip_line();
                }
            } else {
                self.statements_outside();
            }
        }
    }

    /// Does this line begin a function, a property, an alias or an `extends`? Its last word decides: the modifiers
    /// before it are ordinary names elsewhere.
    pub(super) fn at_class_item(&self) -> bool {
        let mut ahead = 0;
        while self.is_modifier(ahead) {
            ahead += 1;
        }
        let names = |ahead| matches!(self.kind_at(ahead), TokenKind::Word | TokenKind::Local);
        (self.is_word(ahead, "function") && names(ahead + 1))
            || (self.is_word(ahead, "class")
                && (self.is_word(ahead + 1, "constructor") || self.is_word(ahead + 1, "extends")))
            || (self.is_word(ahead, "alias") && names(ahead + 1))
            || (ahead == 0 && self.is_word(0, "property") && names(1))
    }

    fn is_modifier(&self, ahead: usize) -> bool {
        const WORDS: [&str; 6] = ["exposed", "local", "shared", "singleton", "session", "onHTTPGet"];
        self.kind_at(ahead) == TokenKind::Word && WORDS.iter().any(|word| self.is_word(ahead, word))
    }

    fn class_item(&mut self, class: &mut Class) -> Parsed<()> {
        let start = self.token().span;
        let modifiers = self.modifiers();
        if self.is_word(0, "property") {
            return self.property(class);
        }
        if self.is_word(0, "alias") {
            return self.alias(class, modifiers, start);
        }
        if self.is_word(0, "class") && self.is_word(1, "extends") {
            return self.extends(class, start);
        }
        let (mut function, header) = self.function_header(start, modifiers);
        if let Err(fault) = header.and_then(|()| self.header_ends()) {
            // The body is read all the same: its faults are worth knowing.
            self.report_fault(fault);
            self.skip_line();
            function.body.push(crate::ast::Statement {
                kind: crate::ast::StatementKind::Invalid,
                span: self.span_from(start),
            });
        }
        function.span = self.span_from(start);
        let body = self.statements(Until::ClassItem);
        function.body.extend(body);
        match function.kind {
            FunctionKind::Constructor if class.constructor.is_some() => {
                let message = "a class has one constructor; this one is ignored";
                self.report(Diagnostic::error("syntax/second-constructor", message, function.span));
            }
            FunctionKind::Constructor => class.constructor = Some(function),
            _ => class.functions.push(function),
        }
        Ok(())
    }

    fn header_ends(&self) -> Parsed<()> {
        if self.at_line_end() { Ok(()) } else { Err(self.unexpected("the end of the line")) }
    }

    /// `modifier = exposed | local | shared | session | singleton | onHTTPGet`, in any order and letter case.
    fn modifiers(&mut self) -> Modifiers {
        let mut modifiers = Modifiers::default();
        let mut http_get = None;
        while self.is_modifier(0) {
            let span = self.bump().span;
            match self.slice(span).to_ascii_lowercase().as_str() {
                "exposed" => modifiers.exposed = true,
                "local" => modifiers.local = true,
                "shared" => modifiers.shared = true,
                "singleton" => modifiers.singleton = true,
                "session" => modifiers.session = true,
                _ => {
                    modifiers.on_http_get = true;
                    http_get = Some(span);
                }
            }
        }
        // `docs/ORDA/ordaClasses.md`: a function that GET may call has to be exposed.
        if let Some(span) = http_get.filter(|_| !modifiers.exposed) {
            let message = "`onHTTPGet` needs `exposed`: nobody could call this function";
            self.report(
                Diagnostic::error("syntax/http-get-not-exposed", message, span)
                    .with_hint("write `exposed onHTTPGet Function`"),
            );
        }
        modifiers
    }

    /// `"Class" "constructor" [params]` or `"Function" [accessor] name [params] [result]`
    fn function_header(&mut self, start: Span, modifiers: Modifiers) -> (Function, Parsed<()>) {
        let mut routine = function(FunctionKind::Plain, start);
        routine.modifiers = modifiers;
        if self.eat_word("class") {
            self.bump();
            routine.kind = FunctionKind::Constructor;
        } else {
            self.bump();
            routine.kind = self.accessor();
            let event = matches!(routine.kind, FunctionKind::Event(_));
            if matches!(self.kind(), TokenKind::Word | TokenKind::Local) {
                let span = self.bump().span;
                routine.name = self.slice(span).into();
            } else if !event {
                return (routine, Err(self.unexpected("the name of the function")));
            }
        }
        let signature = self.signature(&mut routine);
        (routine, signature)
    }

    /// `get`, `set`, `query`, `orderBy`, `event kind`: only when a name follows, for functions may bear these names.
    fn accessor(&mut self) -> FunctionKind {
        if !matches!(self.kind_at(1), TokenKind::Word | TokenKind::Local) {
            return FunctionKind::Plain;
        }
        let kind = match self.slice(self.token().span).to_ascii_lowercase().as_str() {
            "get" => FunctionKind::Get,
            "set" => FunctionKind::Set,
            "query" => FunctionKind::Query,
            "orderby" => FunctionKind::OrderBy,
            "event" => {
                self.bump();
                let span = self.bump().span;
                return FunctionKind::Event(self.event_kind(span));
            }
            _ => return FunctionKind::Plain,
        };
        self.bump();
        kind
    }

    fn event_kind(&mut self, span: Span) -> EcoString {
        let word = self.slice(span);
        if let Some(event) = EVENTS.iter().find(|event| event.eq_ignore_ascii_case(word)) {
            return (*event).into();
        }
        self.report(
            Diagnostic::warning(
                "syntax/unknown-event",
                format!("`{word}` is no event; it is never called"),
                span,
            )
            .with_hint(format!("the events are {}", EVENTS.join(", "))),
        );
        word.into()
    }

    /// `"property" name {";" name} [":" type] [":=" expr]`
    fn property(&mut self, class: &mut Class) -> Parsed<()> {
        self.bump();
        let mut properties: Vec<Property> = Vec::new();
        loop {
            let span = self.token().span;
            let name = self.plain_name("the name of a property")?;
            properties.push(Property { name, type_name: None, value: None, span });
            if !self.eat(TokenKind::Semicolon) {
                break;
            }
        }
        if self.eat(TokenKind::Colon) {
            let type_name = self.type_name()?;
            for property in &mut properties {
                property.type_name = Some(type_name.clone());
            }
        }
        if self.kind() == TokenKind::Assign {
            let [property] = properties.as_mut_slice() else {
                return Err(several_values(self.token().span));
            };
            self.bump();
            property.value = Some(self.expression()?);
        }
        self.header_ends()?;
        class.properties.extend(properties);
        Ok(())
    }

    /// `[modifier] "Alias" name path`
    fn alias(&mut self, class: &mut Class, modifiers: Modifiers, start: Span) -> Parsed<()> {
        self.bump();
        let name = self.plain_name("the name of the alias")?;
        let mut path = self.plain_name("the attribute the alias leads to")?;
        while self.eat(TokenKind::Dot) {
            path.push('.');
            path.push_str(&self.member_name()?);
        }
        self.header_ends()?;
        let span = self.span_from(start);
        class.aliases.push(Alias { name, path, exposed: modifiers.exposed, span });
        Ok(())
    }

    /// `"Class" "extends" name`
    fn extends(&mut self, class: &mut Class, start: Span) -> Parsed<()> {
        self.bump();
        self.bump();
        let is_path = self.kind_at(1) == TokenKind::Dot || self.kind_at(1) == TokenKind::Colon;
        let parent = if is_path {
            self.type_name()?
        } else {
            TypeName::Class(self.plain_name("the name of a class")?)
        };
        self.header_ends()?;
        let late = class.extends.is_some() || class.constructor.is_some() || !class.functions.is_empty();
        if late {
            let message = "`Class extends` stands once, before everything else in the class";
            return Err(Diagnostic::error("syntax/late-extends", message, self.span_from(start)).into());
        }
        class.extends = Some(parent);
        Ok(())
    }

    /// Statements before the first function belong to nothing. One report for all of them.
    fn statements_outside(&mut self) {
        let start = self.token().span;
        self.skip_line();
        let span = self.span_from(start);
        while self.kind() != TokenKind::End && !self.at_class_item() {
            self.skip_line();
            self.skip_newlines();
        }
        let message = "this statement belongs to no function";
        self.report(
            Diagnostic::error("syntax/statement-outside", message, span)
                .with_hint("put it below a `Function` or `Class constructor` line"),
        );
    }
}
