//! The syntax tree of one `.4dm` file: what is written, before anyone asks what the names mean.
//!
//! Every node carries a [`Span`]. Word sequences that name a command or a constant are already recognised,
//! because without that 4D text can't be cut into words; whether a plain name is a method or a variable is decided
//! by whoever compiles the tree.

use ecow::EcoString;

use crate::span::Span;

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// The properties of a `//%attributes = {…}` line, as the JSON text after `=`.
    pub attributes: Option<EcoString>,
    /// A class file or a method.
    pub body: Body,
}

/// The two shapes a file can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A project method, database method or trigger.
    Method(Function),
    /// A class.
    Class(Class),
}

impl Default for Body {
    fn default() -> Self {
        Self::Class(Class::default())
    }
}

/// A class file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Class {
    /// `Class extends Parent`
    pub extends: Option<TypeName>,
    /// `property a; b : Text := …`, one entry per name.
    pub properties: Vec<Property>,
    /// `Class constructor`
    pub constructor: Option<Function>,
    /// Every `Function`, accessors and events included, in source order.
    pub functions: Vec<Function>,
    /// `Alias name path`
    pub aliases: Vec<Alias>,
}

/// A declared property.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The name.
    pub name: EcoString,
    /// The declared type.
    pub type_name: Option<TypeName>,
    /// The initial value.
    pub value: Option<Expression>,
    /// Where the name stands.
    pub span: Span,
}

/// `{exposed} Alias name path.to.attribute`
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name.
    pub name: EcoString,
    /// The dotted target.
    pub path: EcoString,
    /// Visible to REST?
    pub exposed: bool,
    /// The whole line.
    pub span: Span,
}

/// The words before `Function` or `Class constructor`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// `exposed`
    pub exposed: bool,
    /// `local`
    pub local: bool,
    /// `shared`
    pub shared: bool,
    /// `singleton`
    pub singleton: bool,
    /// `session` (before `singleton`)
    pub session: bool,
    /// `onHTTPGet`
    pub on_http_get: bool,
}

/// What kind of routine a [`Function`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// The body of a method file.
    Method,
    /// `Class constructor`
    Constructor,
    /// `Function name`
    Plain,
    /// `Function get name`
    Get,
    /// `Function set name`
    Set,
    /// `Function query name`
    Query,
    /// `Function orderBy name`
    OrderBy,
    /// `Function event kind {attribute}`; the kind in 4D's spelling, for instance `restrict` or `validateSave`.
    Event(EcoString),
}

/// A routine: method body, constructor or function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// What it is.
    pub kind: FunctionKind,
    /// The function's, computed attribute's or event attribute's name; empty for methods, constructors and
    /// events of the whole entity.
    pub name: EcoString,
    /// The words before it.
    pub modifiers: Modifiers,
    /// The declared parameters.
    pub parameters: Vec<Parameter>,
    /// `... : Type` at the end of the list.
    pub variadic: bool,
    /// The declared result.
    pub result: Option<ResultDeclaration>,
    /// The statements.
    pub body: Block,
    /// The header, or the whole file for a method.
    pub span: Span,
}

/// `$name : Type`
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Without `$`.
    pub name: EcoString,
    /// The declared type; none means Variant.
    pub type_name: Option<TypeName>,
    /// Where it stands.
    pub span: Span,
}

/// `-> $name : Type` or `: Type`
#[derive(Clone, Debug, PartialEq)]
pub struct ResultDeclaration {
    /// Without `$`; none for the short form.
    pub name: Option<EcoString>,
    /// The declared type.
    pub type_name: Option<TypeName>,
    /// Where it stands.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeName {
    /// `Text`
    Text,
    /// `Integer`, `Longint`
    Integer,
    /// `Real`, `Number`
    Real,
    /// `Boolean`
    Boolean,
    /// `Date`
    Date,
    /// `Time`
    Time,
    /// `Object`
    Object,
    /// `Collection`
    Collection,
    /// `Variant`, `any`
    Variant,
    /// `Pointer`
    Pointer,
    /// `Picture`
    Picture,
    /// `Blob`
    Blob,
    /// `4D.Name`
    BuiltIn(EcoString),
    /// `cs.Name`, or `cs.Namespace.Name` with the dot inside. In `extends`, also a bare name.
    Class(EcoString),
    /// A word that names no type; reported, and then treated as Variant.
    Unknown(EcoString),
}

/// A list of statements.
pub type Block = Vec<Statement>;

/// A statement with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// `:=` and its compound forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignOperator {
    /// `:=`
    Set,
    /// `+=`
    Add,
    /// `-=`
    Subtract,
    /// `*=`
    Multiply,
    /// `/=`
    Divide,
}

/// A variable in a declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredVariable {
    /// The variable: [`ExpressionKind::Local`], [`ExpressionKind::Name`], [`ExpressionKind::Interprocess`],
    /// [`ExpressionKind::Positional`].
    pub target: Expression,
    /// The declared type; none means Variant, or the type of the value.
    pub type_name: Option<TypeName>,
    /// The initial value.
    pub value: Option<Expression>,
}

/// The kinds of statement.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `var …` and the `C_…` commands. Several names of one type give several entries.
    Declare(Vec<DeclaredVariable>),
    /// `ARRAY TEXT(name; size {; columns})`; the word after `ARRAY` in capitals.
    DeclareArray {
        /// `TEXT`, `LONGINT`…
        kind: EcoString,
        /// The array variable (or an element of one, or a dereferenced pointer).
        target: Expression,
        /// The number of elements.
        size: Expression,
        /// The second dimension.
        columns: Option<Expression>,
    },
    /// `target := value`
    Assign {
        /// Where to.
        target: Expression,
        /// Which form.
        operator: AssignOperator,
        /// What.
        value: Expression,
    },
    /// An expression for its effect.
    Expression(Expression),
    /// `If … Else … End if`
    If {
        /// The condition.
        condition: Expression,
        /// When True.
        then: Block,
        /// Otherwise.
        otherwise: Block,
    },
    /// `Case of … End case`
    Case {
        /// Conditions with their statements.
        branches: Vec<(Expression, Block)>,
        /// After `Else`.
        otherwise: Block,
    },
    /// `While … End while`
    While {
        /// The condition.
        condition: Expression,
        /// The statements.
        body: Block,
    },
    /// `Repeat … Until`
    Repeat {
        /// The statements.
        body: Block,
        /// Ends when True.
        until: Expression,
    },
    /// `For ($i; from; to; step) … End for`
    For {
        /// The counter.
        counter: Expression,
        /// The first value.
        from: Expression,
        /// The last value.
        to: Expression,
        /// The step, 1 when absent.
        step: Option<Expression>,
        /// The statements.
        body: Block,
    },
    /// `For each ($x; expression {; begin {; end}}) {While | Until (condition)} … End for each`
    ForEach {
        /// The loop variable.
        variable: Expression,
        /// What is walked through.
        over: Expression,
        /// First position.
        begin: Option<Expression>,
        /// Position after the last.
        end: Option<Expression>,
        /// Tested before each turn.
        while_condition: Option<Expression>,
        /// Tested after each turn.
        until_condition: Option<Expression>,
        /// The statements.
        body: Block,
    },
    /// `Use (object) … End use`
    Use {
        /// What is locked.
        object: Expression,
        /// The statements.
        body: Block,
    },
    /// `Try … Catch … End try`
    Try {
        /// The tried statements.
        body: Block,
        /// After `Catch`.
        catch: Block,
    },
    /// `return {expression}`
    Return(Option<Expression>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `Begin SQL … End SQL`, skipped; raises an error when it runs.
    Sql,
    /// A line that could not be read. The diagnostics say why; running it raises that error.
    Invalid,
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    /// A text literal, escapes resolved.
    Text(EcoString),
    /// A whole number literal that fits 64 bits.
    Integer(i64),
    /// Any other number literal.
    Real(f64),
    /// `!2024-01-31!` as year, month, day; zeros for the null date.
    Date(i64, i64, i64),
    /// `?10:20:30?` in seconds.
    Time(i64),
    /// `{key: value; …}`
    Object(Vec<(EcoString, Expression)>),
    /// `[a; b]`
    Collection(Vec<Expression>),
    /// `$name`, without `$`. Compared without regard to case.
    Local(EcoString),
    /// `$0`, `$1`…
    Positional(u32),
    /// `${expression}`
    Parameter(Box<Expression>),
    /// A bare name that is no command and no constant: a project method or a process variable.
    Name(EcoString),
    /// `<>name`
    Interprocess(EcoString),
    /// A command without its arguments; what follows is in [`ExpressionKind::Call`] around it.
    Command(u16),
    /// A command word sequence that is not in the table, kept by name: one whose token has an unknown number, one
    /// of a plug-in, or several words that are no name at all.
    UnknownCommand(EcoString),
    /// A built-in constant.
    Constant(Constant),
    /// `This`
    This,
    /// `Super`
    Super,
    /// `cs`
    ClassStore,
    /// `4D`
    BuiltInStore,
    /// `[Table]`
    Table(TableName),
    /// `[Table]Field`
    Field(TableName, FieldName),
    /// `object.name`
    Member(Box<Expression>, EcoString),
    /// `callee(arguments)`. The callee is a command, a name, a member, or any value that is a function.
    Call(Box<Expression>, Vec<Argument>),
    /// `value[index]`
    Index(Box<Expression>, Box<Expression>),
    /// `text[[position]]`
    Character(Box<Expression>, Box<Expression>),
    /// `array{index}`
    Element(Box<Expression>, Box<Expression>),
    /// `pointer->`
    Dereference(Box<Expression>),
    /// `->variable`
    PointerTo(Box<Expression>),
    /// `-value` (unary plus leaves no node)
    Negate(Box<Expression>),
    /// Every binary operator, strictly left to right.
    Binary(BinaryOperator, Box<Expression>, Box<Expression>),
    /// `condition ? a : b`
    Ternary(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `Try(expression)`
    Try(Box<Expression>),
    /// `Formula(expression)`, `Formula(return expression)`, `Formula(target := value)`
    Formula(Box<FormulaBody>),
    /// `( expression )`: kept, so that the tree prints back as it was written.
    Parenthesis(Box<Expression>),
    /// Something that could not be read.
    Invalid,
}

/// What stands inside `Formula( )`.
#[derive(Clone, Debug, PartialEq)]
pub enum FormulaBody {
    /// An expression, with or without `return`.
    Expression(Expression),
    /// An assignment.
    Assign(Expression, AssignOperator, Expression),
}

/// The value of a constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// A number that is whole.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// A text.
    Text(EcoString),
    /// A constant whose value nobody recorded (forms, menus): only its name.
    Named(EcoString),
}

/// A table in a reference: by name, and by number when a token follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// As written.
    pub name: EcoString,
    /// The token number.
    pub number: Option<u32>,
}

/// A field in a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName {
    /// As written.
    pub name: EcoString,
    /// The token number.
    pub number: Option<u32>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A value.
    Value(Expression),
    /// `*`, `>`, `<`, `&`, `|`, `#` standing alone.
    Flag(char, Span),
    /// Nothing between two `;`.
    Empty(Span),
}

/// The binary operators; all of the same precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `\`
    IntegerDivide,
    /// `%`
    Modulo,
    /// `^`
    Power,
    /// `=`
    Equal,
    /// `#`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^|`
    ExclusiveOr,
    /// `&&`
    AndThen,
    /// `||`
    OrElse,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `?+`
    BitSet,
    /// `?-`
    BitClear,
    /// `??`
    BitTest,
    /// `*+` and `*|`: pictures only.
    Picture,
}
