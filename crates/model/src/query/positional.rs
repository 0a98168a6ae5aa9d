//! A query as other servers take it: the REST protocol knows values by position only, and no settings
//! (`docs/REST/$filter.md`).

use tessera_values::{Text, Value};

use super::ast::Placeholder;
use super::parse::{parse_path, placeholders};
use super::{Parameters, QueryError};

/// The text with its named placeholders replaced: those of values by numbers, those of attributes by the paths they
/// stand for. With it come the values by position.
///
/// ```
/// use tessera_model::query::{Parameters, by_position};
/// use tessera_values::{ObjectRef, Value};
///
/// let named = Value::Object(ObjectRef::from([("low", Value::Integer(10))]));
/// let parameters = Parameters { positional: vec![Value::Integer(20)], named, ..Parameters::default() };
/// let (text, values) = by_position("salary > :low and salary < :1", &parameters).unwrap();
/// assert_eq!(text, "salary > :2 and salary < :1");
/// assert_eq!(values[1].as_integer(), Some(10));
/// ```
pub fn by_position(text: &str, parameters: &Parameters) -> Result<(String, Vec<Value>), QueryError> {
    let mut values = parameters.positional.clone();
    let (mut written, mut from) = (String::with_capacity(text.len()), 0);
    for placed in placeholders(text)? {
        if let Placeholder::Position(_) = placed.placeholder {
            continue;
        }
        written.push_str(&text[from..placed.range.start]);
        from = placed.range.end;
        if placed.is_path {
            written.push_str(&path(&parameters.path(&placed.placeholder)?, &placed.placeholder)?);
        } else {
            values.push(parameters.value(&placed.placeholder)?);
            written.push_str(&format!(":{}", values.len()));
        }
    }
    written.push_str(&text[from..]);
    Ok((written, values))
}

/// A path given as a text, or as a collection of its names, as it stands in a query.
fn path(given: &Value, placeholder: &Placeholder) -> Result<Text, QueryError> {
    let wrong = || QueryError::PlaceholderType {
        placeholder: placeholder.to_string().into(),
        expected: "a path of plain names",
    };
    let path: Text = match given {
        Value::Text(path) => path.clone(),
        Value::Collection(names) => {
            let names = names.to_vec();
            // A name with a dot in it would become two.
            let one = |name: &Text| parse_path(name).is_ok_and(|parts| parts.len() == 1);
            let names = names.iter().map(|name| name.as_text().filter(|name| one(name)).map(Text::as_str));
            names.collect::<Option<Vec<_>>>().ok_or_else(wrong)?.join(".").into()
        }
        _ => return Err(wrong()),
    };
    // Nothing but a path may come in here.
    parse_path(&path).map_err(|_| wrong())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use tessera_values::{CollectionRef, ObjectRef};

    use super::*;

    fn shown(value: &Value) -> String {
        value.as_text().map_or_else(|| format!("{}", value.as_integer().unwrap()), ToString::to_string)
    }

    fn check(text: &str, expected: Result<&str, &str>) {
        let object = |members: &[(&str, Value)]| {
            Value::Object(
                members.iter().map(|(name, value)| ((*name).into(), value.clone())).collect::<ObjectRef>(),
            )
        };
        let names = CollectionRef::from_vec(vec![Value::text("firm"), Value::text("name")]);
        let parameters = Parameters {
            positional: vec![Value::text("first")],
            named: object(&[("a", Value::Integer(1)), ("b", object(&[("c", Value::text(":a"))]))]),
            attributes: object(&[
                ("p", Value::text("firm.staff[a].name")),
                ("l", Value::Collection(names)),
                ("bad", Value::text("name = 1 or name")),
                ("n", Value::Integer(7)),
                ("dots", Value::Collection(CollectionRef::from_vec(vec![Value::text("firm.name")]))),
            ]),
        };
        let found = by_position(text, &parameters).map(|(text, values)| {
            let values: Vec<String> = values.iter().map(shown).collect();
            format!("{text} | {}", values.join(" "))
        });
        let found = found.map_err(|error| error.to_string());
        match expected {
            Ok(expected) => assert_eq!(found.as_deref(), Ok(expected)),
            Err(part) => assert!(found.as_ref().is_err_and(|error| error.contains(part)), "{found:?}"),
        }
    }

    #[test]
    fn names_become_numbers_and_paths() {
        // O100
        check("name = :1", Ok("name = :1 | first"));
        check("name = :a or salary in [:a, :b.c]", Ok("name = :2 or salary in [:3, :4] | first 1 1 :a"));
        check(":p = :b.c order by :l desc", Ok("firm.staff[a].name = :2 order by firm.name desc | first :a"));
        // What only looks like one.
        check("name = ':a' and note = see:a", Ok("name = ':a' and note = see:a | first"));
        check("not(é = : a)", Ok("not(é = :2) | first 1"));
    }

    #[test]
    fn what_is_no_path_does_not_come_in() {
        check(":bad = 2", Err(":bad"));
        check(":n = 2", Err(":n"));
        check(":dots = 2", Err(":dots"));
        check(":none = 2", Err(":none"));
        check("name = :none", Err(":none"));
        check("name :a", Err("Column 6"));
    }
}
