//! One comparison of a column with a value, a pattern or a list.

use tessera_model::FieldType;
use tessera_model::query::{Compare, ObjectTest, Operand, Operator};
use tessera_values::{Pattern, Scalar, text_compare};

use super::adapt::{Adapted, adapt};
use super::build::{Builder, Param, Scope, Test};
use super::dialect::Tests;
use super::keys::{is_whole, key_and_rest};
use super::place::{Kind, Place};

/// Longer `IN` lists travel as one parameter, so that they don't fill the statement cache with variants.
const INLINE_LIST_MAX: usize = 8;

/// Is the comparison one that only Rust code decides, whatever the engine?
pub(super) fn is_tested(compare: &Compare) -> bool {
    !compare.path.object_path.is_empty() || compare.operator == Operator::Contains
}

impl Builder<'_> {
    pub(super) fn compare(&mut self, compare: &Compare, scope: Scope<'_>) -> String {
        let Compare { path, operator, operand } = compare;
        let Some(place) = self.place(scope.dataclass, path.leaf, scope.alias) else {
            return truth(is_null_asked(*operator, operand));
        };
        if !path.object_path.is_empty() {
            let test = ObjectTest::Compare {
                path: path.object_path.clone(),
                operator: *operator,
                operand: operand.clone(),
            };
            return self.passes(&place, scope, Test::Object(test));
        }
        let column = place.sql();
        match (operator, operand) {
            (Operator::In, Operand::List(list)) => self.in_list(&place, list),
            (Operator::Contains, Operand::Pattern(pattern)) => {
                self.passes(&place, scope, Test::Keyword(pattern.clone()))
            }
            (Operator::Equal, Operand::Scalar(Scalar::Null)) => format!("{column} IS NULL"),
            (Operator::NotEqual, Operand::Scalar(Scalar::Null)) => format!("{column} IS NOT NULL"),
            (_, Operand::Scalar(Scalar::Null)) => truth(false),
            (Operator::Equal, Operand::Pattern(pattern)) => self.pattern(&place, pattern),
            (Operator::NotEqual, Operand::Pattern(pattern)) => {
                format!("({column} IS NOT NULL AND NOT {})", self.matches(&place, pattern))
            }
            (operator, Operand::Scalar(value)) => self.compare_value(&place, *operator, value),
            _ => truth(false),
        }
    }

    fn compare_value(&mut self, place: &Place<'_>, operator: Operator, value: &Scalar) -> String {
        let (operator, value) = match adapt(place.field_type(), operator, value) {
            Adapted::Never => return truth(false),
            Adapted::Always => return format!("{} IS NOT NULL", place.sql()),
            Adapted::Compare(operator, value) => (operator, value),
        };
        let Some(sign) = sign(operator) else { return truth(false) };
        if let (Some((key, rest)), Scalar::Text(text)) = (place.keys(), &value) {
            let (own, cut) = key_and_rest(text);
            let whole = is_whole(&own);
            let own = self.param(Param::Key(own));
            if whole {
                return format!("{key} {sign} {own}");
            }
            let cut = self.param(Param::Key(cut));
            return format!("({key}, {rest}) {sign} ({own}, {cut})");
        }
        let orders = !matches!(operator, Operator::Equal | Operator::NotEqual);
        match &value {
            Scalar::Text(text) if orders && place.field_type() == FieldType::Uuid => {
                self.uuid_order(place, operator, text)
            }
            value => format!("{} {sign} {}", place.sql(), self.value(value)),
        }
    }

    /// The order of UUIDs and a text of any form.
    fn uuid_order(&mut self, place: &Place<'_>, operator: Operator, text: &str) -> String {
        if self.dialect.tests() == Tests::Called {
            let sign = sign(operator).unwrap_or("=");
            return format!("{} {sign} {}", self.text_of(place), self.value(&text.into()));
        }
        // Among UUIDs bytes are in the right order, so the first one that is not below the text divides them.
        let (above, below) = match operator {
            Operator::Less => (false, true),
            Operator::GreaterOrEqual => (true, true),
            Operator::LessOrEqual => (false, false),
            _ => (true, false),
        };
        let sign = if above { ">=" } else { "<" };
        match first_uuid(|uuid| match text_compare(uuid, text) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => below,
            std::cmp::Ordering::Greater => true,
        }) {
            Some(first) => format!("{} {sign} {}", place.sql(), self.value(&first.as_str().into())),
            None if above => truth(false),
            None => format!("{} IS NOT NULL", place.sql()),
        }
    }

    /// A plain prefix is a range of the index, then checked exactly. Only for ASCII letters, digits and spaces:
    /// there the collation can't disagree with the pattern about where the range begins and ends.
    fn pattern(&mut self, place: &Place<'_>, pattern: &Pattern) -> String {
        if place.kind() != Kind::Text {
            return truth(false);
        }
        let prefix =
            pattern.prefix().filter(|prefix| prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' '));
        let range = prefix.map(|prefix| {
            let first = self.bound(place, ">=", prefix);
            let end = self.dialect.prefix_end(prefix);
            let last = self.bound(place, "<=", &end);
            format!("{first} AND {last} AND ")
        });
        let matches = self.matches(place, pattern);
        match range {
            Some(range) => format!("({range}{matches})"),
            None => matches,
        }
    }

    /// One end of a range of texts.
    fn bound(&mut self, place: &Place<'_>, sign: &str, text: &str) -> String {
        let operator = if sign == ">=" { Operator::GreaterOrEqual } else { Operator::LessOrEqual };
        self.compare_value(place, operator, &text.into())
    }

    /// Does a text match a pattern, no index asked?
    fn matches(&mut self, place: &Place<'_>, pattern: &Pattern) -> String {
        if place.kind() != Kind::Text {
            return truth(false);
        }
        if self.dialect.tests() == Tests::Called {
            let column = self.text_of(place);
            let test = self.test(Test::Pattern(pattern.clone()));
            return format!("tessera_test({column}, {test})");
        }
        if !pattern.has_wildcard() {
            return self.compare_value(place, Operator::Equal, &pattern.source().into());
        }
        match pattern.pieces() {
            None => truth(false),
            Some(pieces) => {
                let pieces: Vec<String> = pieces.iter().map(|piece| literally(piece)).collect();
                let like = self.value(&pieces.join("%").as_str().into());
                format!("({} LIKE {like})", place.fold())
            }
        }
    }

    fn in_list(&mut self, place: &Place<'_>, list: &[Operand]) -> String {
        let column = place.sql();
        let mut values = Vec::new();
        let mut conditions = Vec::new();
        for operand in list {
            match operand {
                Operand::Scalar(Scalar::Null) => conditions.push(format!("{column} IS NULL")),
                Operand::Scalar(value) => match adapt(place.field_type(), Operator::Equal, value) {
                    Adapted::Compare(_, value) => values.push(value),
                    Adapted::Never | Adapted::Always => {}
                },
                Operand::Pattern(pattern) => conditions.push(self.pattern(place, pattern)),
                Operand::List(_) => {}
            }
        }
        let keys = match place.keys() {
            None => None,
            Some((key, _)) => {
                let mut keys = Vec::new();
                values.retain(|value| {
                    let (own, _) = key_and_rest(value.as_text().unwrap_or_default());
                    let whole = is_whole(&own);
                    if whole {
                        keys.push(own);
                    }
                    !whole
                });
                Some((key, keys))
            }
        };
        match keys {
            Some((key, keys)) => {
                if !keys.is_empty() {
                    let keys = self.param(Param::Keys(keys));
                    conditions.push(self.dialect.is_in(&key, &keys));
                }
                for value in values {
                    conditions.push(self.compare_value(place, Operator::Equal, &value));
                }
            }
            None if values.len() > INLINE_LIST_MAX => {
                let list = self.param(Param::Values(values));
                conditions.push(self.dialect.is_in(&column, &list));
            }
            None if !values.is_empty() => {
                let values: Vec<String> = values.iter().map(|value| self.value(value)).collect();
                conditions.push(format!("{column} IN ({})", values.join(", ")));
            }
            None => {}
        }
        if conditions.is_empty() { truth(false) } else { format!("({})", balanced_or(&conditions)) }
    }
}

fn truth(value: bool) -> String {
    if value { "TRUE" } else { "FALSE" }.to_owned()
}

/// Is Null among what is looked for?
fn is_null_asked(operator: Operator, operand: &Operand) -> bool {
    match operand {
        Operand::Scalar(Scalar::Null) => operator == Operator::Equal,
        Operand::List(list) => list.contains(&Operand::Scalar(Scalar::Null)),
        _ => false,
    }
}

fn sign(operator: Operator) -> Option<&'static str> {
    Some(match operator {
        Operator::Equal => "=",
        Operator::NotEqual => "<>",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::In | Operator::Contains => return None,
    })
}

/// The lowest UUID, the blank one included, for which something holds that holds for all above it as well.
fn first_uuid(holds: impl Fn(&str) -> bool) -> Option<String> {
    let (digits, length) = (b"0123456789ABCDEF", 32);
    let mut first = String::with_capacity(length);
    if holds("") {
        return Some(first);
    }
    if !holds(&"F".repeat(length)) {
        return None;
    }
    while first.len() < length {
        // The lowest digit with which the highest UUID of this beginning is high enough.
        let digit = digits.iter().find(|digit| {
            let beginning = format!("{first}{}", char::from(**digit));
            holds(&format!("{beginning}{}", "F".repeat(length - beginning.len())))
        });
        first.push(char::from(*digit.unwrap_or(&b'F')));
    }
    Some(first)
}

/// Text as part of a `LIKE` pattern.
fn literally(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

fn balanced_or(conditions: &[String]) -> String {
    match conditions {
        [] => truth(false),
        [condition] => condition.clone(),
        conditions => {
            let (left, right) = conditions.split_at(conditions.len() / 2);
            format!("({} OR {})", balanced_or(left), balanced_or(right))
        }
    }
}
