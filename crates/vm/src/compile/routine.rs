//! The state of compiling one routine: its registers, its locals and the code so far.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tessera_syntax::visit;
use tessera_syntax::{LineIndex, Span, ast};
use tessera_values::{ClassId, Scalar, Text};

use super::{Names, block, declared_type};
use crate::bytecode::{Capture, Instruction, Register, Routine, Type};
use crate::program::lower;

/// A local variable.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) slot: Register,
    pub(super) boxed: bool,
    pub(super) declared: Type,
}

/// A loop being compiled: where its jumps have to be patched in.
#[derive(Debug, Default)]
pub(super) struct Loop {
    pub(super) breaks: Vec<usize>,
    pub(super) continues: Vec<usize>,
    /// How many `Use` and `Try` were open when the loop began.
    pub(super) guards: usize,
}

/// What has to be closed when a jump leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    Use,
    Try,
}

pub(super) struct RoutineCompiler<'n> {
    pub(super) names: &'n Names,
    pub(super) lines: &'n LineIndex,
    pub(super) routine: Routine,
    locals: HashMap<Text, Local>,
    boxed: HashSet<Text>,
    next: Register,
    pub(super) loops: Vec<Loop>,
    pub(super) guards: Vec<Guard>,
    pub(super) captures: Vec<Capture>,
    name_numbers: HashMap<Text, u16>,
    line: u32,
    /// Something has a number that no instruction can hold.
    is_too_large: bool,
}

impl<'n> RoutineCompiler<'n> {
    pub(super) fn new(names: &'n Names, lines: &'n LineIndex, name: Text, class: Option<ClassId>) -> Self {
        Self {
            names,
            lines,
            routine: Routine { name, class, ..Routine::default() },
            locals: HashMap::new(),
            boxed: HashSet::new(),
            next: 0,
            loops: Vec::new(),
            guards: Vec::new(),
            captures: Vec::new(),
            name_numbers: HashMap::new(),
            line: 0,
            is_too_large: false,
        }
    }

    /// Compiles a method, function or constructor.
    pub(super) fn function(&mut self, function: &ast::Function) {
        self.boxed = block::pointed_at(function);
        let positional = positional(&function.body);
        let declared = function.parameters.len();
        let highest = positional.iter().max().copied().unwrap_or_default().min(128);
        for position in 1..=declared.max(highest) {
            let parameter = function.parameters.get(position - 1);
            let declared = declared_type(parameter.and_then(|parameter| parameter.type_name.as_ref()));
            let slot = self.register();
            self.routine.parameters.push(declared.clone());
            let boxed = self.boxed.contains(position.to_string().as_str())
                || parameter.is_some_and(|parameter| self.boxed.contains(&lower(&parameter.name)));
            let local = Local { slot, boxed, declared };
            if let Some(parameter) = parameter {
                self.locals.insert(lower(&parameter.name), local.clone());
            }
            self.locals.insert(position.to_string().into(), local);
            if boxed {
                self.routine.boxed.push(slot);
            }
        }
        if let Some(result) = &function.result {
            let declared = declared_type(result.type_name.as_ref());
            // A result that has no name and that nobody writes to needs no variable.
            if result.name.is_some() || positional.contains(&0) {
                let local = self.declare(result.name.as_deref().unwrap_or("0"), &declared);
                self.locals.insert("0".into(), local.clone());
                self.routine.result = Some(local.slot);
            }
            self.routine.result_type = Some(declared);
        }
        self.declare_locals(&function.body);
        self.reserve_locals(&function.body);
        if self.routine.result.is_none() {
            self.routine.result = self.locals.get("0").map(|local| local.slot);
        }
        self.statements(&function.body);
        self.emit(Instruction::ReturnResult);
    }

    /// The `$1`, `$2`… of a formula take its first registers.
    pub(super) fn reserve_parameters(&mut self, body: &ast::FormulaBody) {
        let mut positional = 0;
        let mut see = |expression: &ast::Expression| {
            if let ast::ExpressionKind::Positional(number) = expression.kind {
                positional = positional.max(number as usize);
            }
        };
        visit::formula(body, &mut see);
        for position in 1..=positional.min(128) {
            let slot = self.register();
            self.routine.parameters.push(Type::Variant);
            let local = Local { slot, boxed: false, declared: Type::Variant };
            self.locals.insert(position.to_string().into(), local);
        }
    }

    /// Locals that the caller gives as arguments.
    pub(super) fn name_parameters(&mut self, names: &[Text]) {
        for name in names {
            let slot = self.register();
            self.routine.parameters.push(Type::Variant);
            self.locals.insert(lower(name), Local { slot, boxed: false, declared: Type::Variant });
        }
    }

    /// Compiles a whole formula, which captures nothing.
    pub(super) fn whole_formula(&mut self, body: &ast::FormulaBody) {
        self.describe(body);
        self.reserve_parameters(body);
        self.formula_body(body);
    }

    /// What a formula is as a value: its source, and the method it hands its arguments to.
    pub(super) fn describe(&mut self, body: &ast::FormulaBody) {
        self.routine.source = match body {
            ast::FormulaBody::Expression(expression) => {
                if let ast::ExpressionKind::Name(name) = &expression.kind {
                    self.routine.delegate = self.names.methods.get(&lower(name)).copied();
                }
                tessera_syntax::print_expression(expression).into()
            }
            ast::FormulaBody::Assign(target, _, value) => {
                let (target, value) =
                    (tessera_syntax::print_expression(target), tessera_syntax::print_expression(value));
                format!("{target}:={value}").into()
            }
        };
    }

    /// Compiles the inside of a formula, whose value is its result.
    pub(super) fn formula_body(&mut self, body: &ast::FormulaBody) {
        match body {
            ast::FormulaBody::Expression(expression) => {
                let from = self.expression(expression);
                self.emit(Instruction::Return { from });
            }
            ast::FormulaBody::Assign(target, operator, value) => {
                self.assign(target, *operator, value);
                self.emit(Instruction::ReturnResult);
            }
        }
    }

    /// Makes a captured local of the creator visible inside a formula.
    pub(super) fn capture(&mut self, name: &Text, outer: &Local) {
        let slot = self.register();
        self.captures.push(Capture { outer: outer.slot, boxed: outer.boxed, inner: slot });
        self.locals.insert(name.clone(), Local { slot, boxed: false, declared: Type::Variant });
    }

    pub(super) fn finish(mut self) -> Routine {
        self.routine.registers = self.routine.registers.max(self.next);
        if self.is_too_large {
            let name = &self.routine.name;
            let message = format!("{name} is too large to be compiled: it has too many values in one place.");
            self.routine.constants = vec![Scalar::Text(message.into())];
            // An error method may let the code go on.
            self.routine.code = vec![Instruction::Raise { message: 0 }, Instruction::ReturnResult];
            self.routine.lines.truncate(1);
            self.routine.statements.clear();
            self.routine.initial.clear();
            self.routine.boxed.clear();
            self.routine.result = None;
        }
        self.routine
    }

    /// The number of something new, after `count` others.
    fn number(&mut self, count: usize) -> u16 {
        u16::try_from(count).unwrap_or_else(|_| {
            self.is_too_large = true;
            0
        })
    }

    /// Types hold from the start of the routine, wherever the declaration stands.
    fn declare_locals(&mut self, body: &[ast::Statement]) {
        let mut found: Vec<(Text, Type)> = Vec::new();
        visit::statements(body, &mut |statement| {
            if let ast::StatementKind::Declare(variables) = &statement.kind {
                for variable in variables {
                    let name = match &variable.target.kind {
                        ast::ExpressionKind::Local(name) => lower(name),
                        ast::ExpressionKind::Positional(number) => number.to_string().into(),
                        _ => continue,
                    };
                    found.push((name, declared_type(variable.type_name.as_ref())));
                }
            }
        });
        for (name, declared) in found {
            match self.locals.get_mut(&name) {
                Some(local) if local.declared == Type::Variant && declared != Type::Variant => {
                    local.declared = declared.clone();
                    let slot = local.slot;
                    match self.routine.parameters.get_mut(usize::from(slot)) {
                        Some(parameter) => *parameter = declared,
                        None => self.routine.initial.push((slot, declared)),
                    }
                }
                Some(_) => {}
                None => {
                    self.declare(&name, &declared);
                }
            }
        }
    }

    fn declare(&mut self, name: &str, declared: &Type) -> Local {
        let slot = self.register();
        let name = lower(name);
        let boxed = self.boxed.contains(&name);
        let local = Local { slot, boxed, declared: declared.clone() };
        if *declared != Type::Variant {
            self.routine.initial.push((slot, declared.clone()));
        }
        if boxed {
            self.routine.boxed.push(slot);
        }
        self.locals.insert(name, local.clone());
        local
    }

    /// Locals that no declaration names get their register before any temporary, so that arguments stay side by side.
    fn reserve_locals(&mut self, body: &[ast::Statement]) {
        let mut found = Vec::new();
        visit::statements(body, &mut |statement| {
            visit::expressions(statement, &mut |expression| {
                if let ast::ExpressionKind::Local(name) = &expression.kind {
                    found.push(name.clone());
                }
            });
        });
        for name in found {
            self.local(&name);
        }
    }

    /// The local of a name, made on first sight: 4D needs no declaration.
    pub(super) fn local(&mut self, name: &str) -> Local {
        match self.locals.get(&lower(name)) {
            Some(local) => local.clone(),
            None => self.declare(name, &Type::Variant),
        }
    }

    /// The local of a name, if the routine has one.
    pub(super) fn known_local(&self, name: &str) -> Option<&Local> {
        self.locals.get(&lower(name))
    }

    /// A fresh register.
    pub(super) fn register(&mut self) -> Register {
        let register = self.next;
        match self.next.checked_add(1) {
            Some(next) => self.next = next,
            None => self.is_too_large = true,
        }
        self.routine.registers = self.routine.registers.max(self.next);
        register
    }

    /// Does a register hold no variable?
    pub(super) fn is_temporary(&self, register: Register) -> bool {
        self.locals.values().all(|local| local.slot != register)
    }

    /// Where temporaries begin now.
    pub(super) fn mark(&self) -> Register {
        self.next
    }

    /// Gives the temporaries taken since `mark` back.
    pub(super) fn release(&mut self, mark: Register) {
        self.next = mark;
    }

    pub(super) fn emit(&mut self, instruction: Instruction) -> usize {
        let position = self.routine.code.len();
        if self.routine.lines.last().is_none_or(|(_, line)| *line != self.line) {
            self.routine.lines.push((position as u32, self.line));
        }
        self.routine.code.push(instruction);
        position
    }

    /// Where the next instruction goes.
    pub(super) fn here(&self) -> u32 {
        self.routine.code.len() as u32
    }

    /// Lets the jump at `position` go to the next instruction.
    pub(super) fn patch(&mut self, position: usize) {
        let here = self.here();
        self.patch_to(position, here);
    }

    pub(super) fn patch_to(&mut self, position: usize, to: u32) {
        match &mut self.routine.code[position] {
            Instruction::Jump { target }
            | Instruction::JumpIfFalse { target, .. }
            | Instruction::JumpIfTrue { target, .. }
            | Instruction::JumpIfFalsy { target, .. }
            | Instruction::JumpIfTruthy { target, .. }
            | Instruction::TryEnter { target } => *target = to,
            other => unreachable!("{other:?} is no jump"),
        }
    }

    pub(super) fn at(&mut self, span: Span) {
        self.line = self.lines.line(span.start);
    }

    pub(super) fn constant(&mut self, value: Scalar) -> u16 {
        if let Some(found) = self.routine.constants.iter().position(|known| *known == value) {
            return found as u16;
        }
        let number = self.number(self.routine.constants.len());
        self.routine.constants.push(value);
        number
    }

    pub(super) fn name(&mut self, name: &str) -> u16 {
        if let Some(number) = self.name_numbers.get(name) {
            return *number;
        }
        let number = self.number(self.routine.names.len());
        self.routine.names.push(name.into());
        self.name_numbers.insert(name.into(), number);
        number
    }

    pub(super) fn type_index(&mut self, declared: &Type) -> u16 {
        if let Some(found) = self.routine.types.iter().position(|known| known == declared) {
            return found as u16;
        }
        let number = self.number(self.routine.types.len());
        self.routine.types.push(declared.clone());
        number
    }

    pub(super) fn formula(&mut self, routine: Routine, captures: Vec<Capture>) -> u16 {
        let number = self.number(self.routine.formulas.len());
        self.routine.formulas.push((Arc::new(routine), captures));
        number
    }

    /// An instruction that raises an error when it is reached.
    pub(super) fn raise(&mut self, message: impl Into<Text>) {
        let message = self.constant(Scalar::Text(message.into()));
        self.emit(Instruction::Raise { message });
    }
}

/// The numbers of the parameters that a body names by number; 0 is its result.
fn positional(body: &[ast::Statement]) -> HashSet<usize> {
    let mut found = HashSet::new();
    let mut see = |expression: &ast::Expression| {
        if let ast::ExpressionKind::Positional(number) = expression.kind {
            found.insert(number as usize);
        }
    };
    visit::statements(body, &mut |statement| {
        if let ast::StatementKind::Declare(variables) = &statement.kind {
            for variable in variables {
                see(&variable.target);
            }
        }
        visit::expressions(statement, &mut see);
    });
    found
}
