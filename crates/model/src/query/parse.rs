//! The grammar of queries and orders, by recursive descent.
//!
//! One grammar serves REST filters, `.query()` and `collection.query()`; what only one of them has (`begin`, `EXCEPT`)
//! is understood everywhere.

use std::ops::Range;

use tessera_values::Text;

use super::QueryError;
use super::ast::{
    Comparator, Condition, Criterion, Literal, OrderTerm, PathExpression, PathPart, Placeholder, Query,
    Suffix,
};
use super::lexer::Cursor;

/// The longest query.
const BYTES_MAX: usize = 64 * 1024;
/// How deeply conditions may be nested.
const DEPTH_MAX: usize = 64;
/// The most names in a path. Whoever follows one does so by recursion.
pub(super) const NAMES_MAX: usize = 64;

/// Reads a query.
///
/// ```
/// let query = tessera_model::query::parse("name = 'A@' and salary > 100 order by name desc").unwrap();
/// assert!(query.order[0].descending);
/// ```
pub fn parse(text: &str) -> Result<Query, QueryError> {
    Parser::new(text)?.query()
}

/// Reads an order, as `$orderby` and `.orderBy()` take it.
///
/// ```
/// assert_eq!(tessera_model::query::parse_order("name desc, firm.name").unwrap().len(), 2);
/// ```
pub fn parse_order(text: &str) -> Result<Vec<OrderTerm>, QueryError> {
    let mut parser = Parser::new(text)?;
    if parser.cursor.is_at_end() {
        return Err(QueryError::Empty);
    }
    let order = parser.order()?;
    parser.end("`,` or the end of the order")?;
    Ok(order)
}

/// Reads a path, as a placeholder may hold it.
pub(super) fn parse_path(text: &str) -> Result<Vec<PathPart>, QueryError> {
    let mut parser = Parser::new(text)?;
    let path = parser.names()?;
    parser.end("the end of the path")?;
    Ok(path)
}

/// A placeholder and where it stands, colon included.
pub(super) struct Placed {
    pub(super) range: Range<usize>,
    pub(super) placeholder: Placeholder,
    /// In the place of an attribute, not of a value?
    pub(super) is_path: bool,
}

/// The placeholders of a query, from left to right.
pub(super) fn placeholders(text: &str) -> Result<Vec<Placed>, QueryError> {
    let mut parser = Parser::new(text)?;
    parser.query()?;
    Ok(parser.placed)
}

struct Parser<'q> {
    cursor: Cursor<'q>,
    depth: usize,
    placed: Vec<Placed>,
}

impl<'q> Parser<'q> {
    fn new(text: &'q str) -> Result<Self, QueryError> {
        if text.len() > BYTES_MAX {
            return Err(QueryError::TooLong { bytes_max: BYTES_MAX });
        }
        Ok(Self { cursor: Cursor::new(text), depth: 0, placed: Vec::new() })
    }

    /// The same place, to look ahead from.
    fn ahead(&self) -> Self {
        Self { cursor: self.cursor, depth: self.depth, placed: Vec::new() }
    }

    fn query(&mut self) -> Result<Query, QueryError> {
        if self.cursor.is_at_end() {
            return Err(QueryError::Empty);
        }
        let condition = if self.cursor.at_order_by() { None } else { Some(self.any()?) };
        let order = if self.cursor.take_word("order") {
            self.expect_word("by", "`by`")?;
            self.order()?
        } else {
            Vec::new()
        };
        self.end("a conjunction or the end of the query")?;
        Ok(Query { condition, order })
    }

    fn end(&mut self, expected: &'static str) -> Result<(), QueryError> {
        if self.cursor.is_at_end() { Ok(()) } else { Err(self.cursor.expected(expected)) }
    }

    fn expect_word(&mut self, word: &str, expected: &'static str) -> Result<(), QueryError> {
        if self.cursor.take_word(word) { Ok(()) } else { Err(self.cursor.expected(expected)) }
    }

    fn expect(&mut self, sign: &str, expected: &'static str) -> Result<(), QueryError> {
        if self.cursor.take(sign) { Ok(()) } else { Err(self.cursor.expected(expected)) }
    }

    // UNSPECIFIED: precedence (U57). The documented plan of `a and b or c` is Or[And[a,b],c]; taken: NOT before AND
    // before EXCEPT before OR.
    fn any(&mut self) -> Result<Condition, QueryError> {
        let mut conditions = vec![self.except()?];
        while self.cursor.take("||") || self.cursor.take("|") || self.cursor.take_word("or") {
            conditions.push(self.except()?);
        }
        Ok(one_or(conditions, Condition::Or))
    }

    fn except(&mut self) -> Result<Condition, QueryError> {
        let condition = self.all()?;
        let mut others = Vec::new();
        while self.cursor.take_word("except") {
            others.push(self.all()?);
        }
        Ok(if others.is_empty() { condition } else { Condition::Except(Box::new(condition), others) })
    }

    fn all(&mut self) -> Result<Condition, QueryError> {
        let mut conditions = vec![self.term()?];
        while self.cursor.take("&&") || self.cursor.take("&") || self.cursor.take_word("and") {
            conditions.push(self.term()?);
        }
        Ok(one_or(conditions, Condition::And))
    }

    fn term(&mut self) -> Result<Condition, QueryError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(QueryError::TooDeep { depth_max: DEPTH_MAX });
        }
        let before = self.cursor;
        let term = if self.cursor.take("(") {
            let condition = self.any()?;
            self.expect(")", "`)` or a conjunction")?;
            condition
        } else if self.cursor.take_word("not") && !self.at_comparator() {
            Condition::Not(Box::new(self.term()?))
        } else {
            self.cursor = before;
            self.criterion()?
        };
        self.depth -= 1;
        Ok(term)
    }

    /// `not` may be an attribute's name.
    fn at_comparator(&mut self) -> bool {
        self.ahead().take_comparator().is_some()
    }

    fn criterion(&mut self) -> Result<Condition, QueryError> {
        let before = self.cursor;
        if self.cursor.take_word("eval") && self.cursor.take("(") {
            return Ok(Condition::Eval(self.cursor.enclosed()?.into()));
        }
        self.cursor = before;
        let path = self.path()?;
        if let PathExpression::Placeholder(placeholder) = &path
            && self.ahead().take_comparator().is_none()
        {
            return Ok(Condition::Formula(placeholder.clone()));
        }
        let comparator = self.comparator()?;
        let value = self.literal(false)?;
        Ok(Condition::Criterion(Criterion { path, comparator, value }))
    }

    fn path(&mut self) -> Result<PathExpression, QueryError> {
        if self.cursor.take(":") {
            return Ok(PathExpression::Placeholder(self.placeholder(true)?));
        }
        Ok(PathExpression::Names(self.names()?))
    }

    fn names(&mut self) -> Result<Vec<PathPart>, QueryError> {
        let mut parts = Vec::new();
        loop {
            if parts.len() == NAMES_MAX {
                return Err(self.cursor.expected("a path of at most 64 names"));
            }
            let Some(name) = self.cursor.name() else {
                return Err(self.cursor.expected("an attribute name"));
            };
            parts.push(PathPart { name: name.into(), suffix: self.suffix()? });
            if self.cursor.peek() != Some('.') {
                return Ok(parts);
            }
            self.cursor.bump();
        }
    }

    fn suffix(&mut self) -> Result<Suffix, QueryError> {
        match self.cursor.peek() {
            Some('[') => {
                self.cursor.bump();
                if self.cursor.take("]") {
                    return Ok(Suffix::Elements);
                }
                let letter = self.cursor.peek().filter(char::is_ascii_alphabetic);
                let Some(letter) = letter else { return Err(self.cursor.expected("`]` or a letter")) };
                self.cursor.bump();
                self.expect("]", "`]`")?;
                Ok(Suffix::Linked(letter.to_ascii_lowercase()))
            }
            Some('{') => {
                self.cursor.bump();
                self.cursor.skip_blanks();
                let before = self.cursor;
                let number = self.cursor.digits().filter(|number| *number > 0);
                let Some(number) = number else { return Err(before.expected("a number other than 0")) };
                self.expect("}", "`}`")?;
                Ok(Suffix::Class(number))
            }
            _ => Ok(Suffix::None),
        }
    }

    /// A placeholder behind its colon.
    fn placeholder(&mut self, is_path: bool) -> Result<Placeholder, QueryError> {
        let start = self.cursor.at() - 1;
        let placeholder = self.number_or_names()?;
        let range = start..self.cursor.at();
        self.placed.push(Placed { range, placeholder: placeholder.clone(), is_path });
        Ok(placeholder)
    }

    fn number_or_names(&mut self) -> Result<Placeholder, QueryError> {
        if let Some(position) = self.cursor.digits() {
            return Ok(Placeholder::Position(position as usize));
        }
        let mut names: Vec<Text> = Vec::new();
        loop {
            let Some(name) = self.cursor.name() else {
                return Err(self.cursor.expected("a number or name of a placeholder"));
            };
            names.push(name.into());
            if self.cursor.peek() != Some('.') {
                return Ok(Placeholder::Named(names));
            }
            self.cursor.bump();
        }
    }

    fn comparator(&mut self) -> Result<Comparator, QueryError> {
        self.take_comparator()
            .ok_or_else(|| self.cursor.expected("a comparator such as `=`, `!=`, `<`, `IN`"))
    }

    fn take_comparator(&mut self) -> Option<Comparator> {
        const SIGNS: [(&str, Comparator); 11] = [
            ("===", Comparator::StrictEqual),
            ("==", Comparator::Equal),
            ("=", Comparator::Equal),
            ("!==", Comparator::StrictNotEqual),
            ("!=", Comparator::NotEqual),
            ("#", Comparator::NotEqual),
            ("<=", Comparator::LessOrEqual),
            (">=", Comparator::GreaterOrEqual),
            ("<", Comparator::Less),
            (">", Comparator::Greater),
            ("%", Comparator::Keyword),
        ];
        if let Some((_, comparator)) = SIGNS.iter().find(|(sign, _)| self.cursor.take(sign)) {
            return Some(*comparator);
        }
        if self.cursor.take_word("is") {
            let not = self.cursor.take_word("not");
            return Some(if not { Comparator::StrictNotEqual } else { Comparator::StrictEqual });
        }
        if self.cursor.take_word("in") {
            return Some(Comparator::In);
        }
        if self.cursor.take_word("begin") {
            return Some(Comparator::Begin);
        }
        None
    }

    fn literal(&mut self, in_list: bool) -> Result<Literal, QueryError> {
        self.cursor.skip_blanks();
        match self.cursor.peek() {
            Some(':') => {
                self.cursor.bump();
                Ok(Literal::Placeholder(self.placeholder(false)?))
            }
            Some('[') if !in_list => {
                self.cursor.bump();
                let mut items = Vec::new();
                if self.cursor.take("]") {
                    return Ok(Literal::List(items));
                }
                loop {
                    items.push(self.literal(true)?);
                    if !self.cursor.take(",") {
                        break;
                    }
                }
                self.expect("]", "`,` or `]`")?;
                Ok(Literal::List(items))
            }
            Some('\'') => self.quoted("'", in_list),
            Some('"') => self.quoted("\"", in_list),
            // A list inside `$filter="…"` writes its quotes as `\"`.
            Some('\\') if self.cursor.rest().starts_with("\\\"") => self.quoted("\\\"", in_list),
            _ => {
                let text = self.cursor.bare(in_list);
                if text.is_empty() {
                    return Err(self.cursor.expected("a value"));
                }
                Ok(Literal::Constant { text: text.into(), quoted: false })
            }
        }
    }

    fn quoted(&mut self, quote: &str, in_list: bool) -> Result<Literal, QueryError> {
        let opening = self.cursor;
        let text = self.cursor.quoted(quote)?;
        self.cursor.skip_blanks();
        // Whatever stands between the closing quote and the next conjunction was meant to be inside.
        if self.cursor.at_conjunction() || self.cursor.bare(in_list).is_empty() {
            return Ok(Literal::Constant { text, quoted: true });
        }
        Err(QueryError::Quote { column: opening.column() })
    }

    fn order(&mut self) -> Result<Vec<OrderTerm>, QueryError> {
        let mut terms = Vec::new();
        loop {
            let path = self.path()?;
            let descending = if self.cursor.take_word("desc") {
                true
            } else {
                self.cursor.take_word("asc");
                false
            };
            terms.push(OrderTerm { path, descending });
            if !self.cursor.take(",") {
                return Ok(terms);
            }
        }
    }
}

fn one_or(mut conditions: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        Some(last) => {
            conditions.push(last);
            many(conditions)
        }
        None => many(conditions),
    }
}
