//! A query as written: names and constants, not yet ids and values.

use tessera_values::Text;

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Which; `None` for a bare `order by`.
    pub condition: Option<Condition>,
    /// In which order.
    pub order: Vec<OrderTerm>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of these.
    And(Vec<Condition>),
    /// Any of these.
    Or(Vec<Condition>),
    /// The first, but none of the others.
    Except(Box<Condition>, Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// `path comparator value`
    Criterion(Criterion),
    /// `eval(…)`: the text between the parentheses.
    Eval(Text),
    /// A placeholder on its own: a formula object.
    Formula(Placeholder),
}

/// `path comparator value`
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// What is compared.
    pub path: PathExpression,
    /// How.
    pub comparator: Comparator,
    /// With what.
    pub value: Literal,
}

/// The left-hand side.
#[derive(Clone, Debug, PartialEq)]
pub enum PathExpression {
    /// Written out.
    Names(Vec<PathPart>),
    /// Given by a placeholder.
    Placeholder(Placeholder),
}

/// A name and what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPart {
    /// The name.
    pub name: Text,
    /// `[]`, `[a]` or `{n}`.
    pub suffix: Suffix,
}

/// What may follow a name in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// Nothing.
    None,
    /// `[]`: any element.
    Elements,
    /// `[a]`: the element all criteria with this letter speak of; lower case.
    Linked(char),
    /// `{n}`: an independent use of the relation.
    Class(u32),
}

/// How values are compared (`docs/REST/$filter.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `=`, `==`
    Equal,
    /// `===`, `IS`: `@` is no wildcard.
    StrictEqual,
    /// `#`, `!=`
    NotEqual,
    /// `!==`, `IS NOT`
    StrictNotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `IN`
    In,
    /// `%`
    Keyword,
    /// `begin`
    Begin,
}

impl Comparator {
    /// As `Function query` of a calculated attribute gets it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::StrictEqual => "===",
            Self::NotEqual => "!=",
            Self::StrictNotEqual => "!==",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "IN",
            Self::Keyword => "%",
            Self::Begin => "begin",
        }
    }
}

/// The right-hand side.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A constant.
    Constant {
        /// Without its quotes.
        text: Text,
        /// Was it quoted? Bare `null`, `true`, `false`, numbers and dates are not text.
        quoted: bool,
    },
    /// A value given with the query.
    Placeholder(Placeholder),
    /// `[a, b]`
    List(Vec<Literal>),
}

/// `:1` or `:name.inner`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// By position, from 1.
    Position(usize),
    /// By name, then properties of the object found.
    Named(Vec<Text>),
}

impl std::fmt::Display for Placeholder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Position(position) => write!(f, ":{position}"),
            Self::Named(names) => write!(f, ":{}", names.join(".")),
        }
    }
}

/// One criterion of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderTerm {
    /// What decides.
    pub path: PathExpression,
    /// From high to low?
    pub descending: bool,
}
