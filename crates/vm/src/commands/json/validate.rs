//! `JSON Validate` (`docs/commands/json-validate.md`): drafts 4 and 2020-12, as far as their keywords are common.
//!
//! Not checked: `unevaluatedProperties`, `unevaluatedItems`, `propertyNames`, `dependentSchemas`, anchors, remote
//! references.

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Properties, Text, Value, length};

use crate::arguments::Arguments;
use crate::process::Process;

/// The deepest nesting of values and references.
const DEPTH_MAX: usize = 128;

/// The most errors told of one value.
const ERRORS_MAX: usize = 10_000;

/// The numbers of the errors.
mod code {
    pub(super) const MULTIPLE_OF: i64 = 2;
    pub(super) const MAXIMUM: i64 = 3;
    pub(super) const EXCLUSIVE_MAXIMUM: i64 = 4;
    pub(super) const MINIMUM: i64 = 5;
    pub(super) const EXCLUSIVE_MINIMUM: i64 = 6;
    pub(super) const MAX_LENGTH: i64 = 7;
    pub(super) const MIN_LENGTH: i64 = 8;
    pub(super) const PATTERN: i64 = 9;
    pub(super) const ADDITIONAL_ITEMS: i64 = 10;
    pub(super) const MAX_ITEMS: i64 = 11;
    pub(super) const MIN_ITEMS: i64 = 12;
    pub(super) const UNIQUE_ITEMS: i64 = 13;
    pub(super) const MAX_PROPERTIES: i64 = 14;
    pub(super) const MIN_PROPERTIES: i64 = 15;
    pub(super) const REQUIRED: i64 = 16;
    pub(super) const ADDITIONAL_PROPERTIES: i64 = 17;
    pub(super) const DEPENDENCIES: i64 = 18;
    pub(super) const ENUM: i64 = 19;
    pub(super) const TYPE: i64 = 20;
    pub(super) const ONE_OF_SEVERAL: i64 = 21;
    pub(super) const ONE_OF_NONE: i64 = 22;
    pub(super) const NOT: i64 = 23;
    pub(super) const CONST: i64 = 25;
    pub(super) const CONTAINS: i64 = 29;
    pub(super) const DEPENDENT_REQUIRED: i64 = 32;
    pub(super) const REFERENCE: i64 = 37;
}

/// `JSON Validate(value; schema)` answers `{success; errors}`.
pub(super) fn json_validate(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let value = arguments.value(0);
    let Some(schema) = arguments.object(1)? else {
        return Err(ErrorStack::runtime("JSON Validate needs a schema."));
    };
    if let Some(Value::Text(draft)) = schema.get("$schema")
        && !draft.contains("draft-04")
        && !draft.contains("draft/2020-12")
    {
        return Err(ErrorStack::runtime(format!("JSON Validate does not know the schema draft {draft}.")));
    }
    let symbols = match &value {
        Value::Object(object) => object.get("__symbols"),
        _ => None,
    };
    let mut validator = Validator { process, root: schema.clone(), symbols, errors: Vec::new() };
    validator.check(&value, &Value::Object(schema), &Place::root())?;
    let success = validator.errors.is_empty();
    Ok(Value::Object(ObjectRef::from([
        ("success", Value::Boolean(success)),
        ("errors", Value::Collection(CollectionRef::from_vec(validator.errors))),
    ])))
}

/// Where a check stands: in the value, in the schema, and how deep.
#[derive(Clone, Debug)]
struct Place {
    value: String,
    schema: String,
    depth: usize,
}

impl Place {
    fn root() -> Self {
        Self { value: String::new(), schema: "#".to_owned(), depth: 0 }
    }

    /// The same value under another part of the schema.
    fn under(&self, keyword: &str) -> Self {
        Self {
            schema: format!("{}/{keyword}", self.schema),
            depth: self.depth + 1,
            value: self.value.clone(),
        }
    }

    fn property(&self, name: &str, keyword: &str) -> Self {
        let value = if self.value.is_empty() { name.to_owned() } else { format!("{}.{name}", self.value) };
        Self { value, ..self.under(keyword) }
    }

    fn element(&self, index: usize, keyword: &str) -> Self {
        Self { value: format!("{}[{index}]", self.value), ..self.under(keyword) }
    }
}

struct Validator<'p> {
    /// Asked now and then whether to go on: schemas that refer to themselves twice take a time without end.
    process: &'p mut Process,
    root: ObjectRef,
    symbols: Option<Value>,
    errors: Vec<Value>,
}

impl Validator<'_> {
    fn fail(&mut self, code: i64, place: &Place, keyword: &str, message: &str) {
        if self.errors.len() >= ERRORS_MAX {
            return;
        }
        let mut error = Properties::from_iter([
            (Text::from("code"), Value::Integer(code)),
            (Text::from("message"), Value::text(message)),
            (Text::from("jsonPath"), Value::text(place.value.as_str())),
            (
                Text::from("schemaPaths"),
                Value::Collection([Value::text(format!("{}/{keyword}", place.schema))].into_iter().collect()),
            ),
        ]);
        if let Some(Value::Object(symbols)) = &self.symbols
            && let Some(Value::Object(symbol)) = symbols.get(&place.value)
        {
            for name in symbol.keys() {
                let value = symbol.get(&name).unwrap_or_default();
                error.insert(name, value);
            }
        }
        self.errors.push(Value::Object(ObjectRef::from_properties(error)));
    }

    /// How many errors a check finds, without keeping them.
    fn holds(&mut self, value: &Value, schema: &Value, place: &Place) -> Result<bool, ErrorStack> {
        let kept = std::mem::take(&mut self.errors);
        let result = self.check(value, schema, place);
        let found = std::mem::replace(&mut self.errors, kept);
        result.map(|()| found.is_empty())
    }

    fn check(&mut self, value: &Value, schema: &Value, place: &Place) -> Result<(), ErrorStack> {
        self.process.burn()?;
        if place.depth > DEPTH_MAX {
            self.fail(code::REFERENCE + 1, place, "$ref", "References go in a circle.");
            return Ok(());
        }
        let schema = match schema {
            Value::Object(schema) => schema.clone(),
            Value::Boolean(true) => return Ok(()),
            Value::Boolean(false) => {
                self.fail(code::NOT, place, "", "Nothing is allowed here.");
                return Ok(());
            }
            _ => return Err(ErrorStack::runtime(format!("The schema is not valid at {}.", place.schema))),
        };
        if let Some(Value::Text(reference)) = schema.get("$ref") {
            return match self.referred(&reference) {
                Some(target) => self.check(value, &target, &place.under("$ref")),
                None => {
                    self.fail(code::REFERENCE, place, "$ref", &format!("{reference} leads nowhere."));
                    Ok(())
                }
            };
        }
        self.check_general(value, &schema, place);
        self.check_logic(value, &schema, place)?;
        match value {
            Value::Text(text) => self.check_text(text, &schema, place)?,
            Value::Object(object) => self.check_object(object, &schema, place)?,
            Value::Collection(collection) => self.check_collection(&collection.to_vec(), &schema, place)?,
            value => {
                if let Some(n) = value.as_real() {
                    self.check_number(n, &schema, place);
                }
            }
        }
        Ok(())
    }

    /// The part of the schema that `#/a/b` names.
    fn referred(&self, reference: &str) -> Option<Value> {
        let path = reference.strip_prefix('#')?;
        let mut at = Value::Object(self.root.clone());
        for part in path.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            at = match at {
                Value::Object(object) => object.get(&part)?,
                Value::Collection(list) => list.get(part.parse().ok()?)?,
                _ => return None,
            };
        }
        Some(at)
    }

    fn check_general(&mut self, value: &Value, schema: &ObjectRef, place: &Place) {
        let fits = |wanted: &Value| wanted.as_text().is_some_and(|name| is_type(value, name));
        let has_type = match schema.get("type") {
            None => true,
            Some(Value::Collection(types)) => types.to_vec().iter().any(fits),
            Some(wanted) => fits(&wanted),
        };
        if !has_type {
            self.fail(code::TYPE, place, "type", &format!("{} is not of the type asked for.", value.kind()));
        }
        if let Some(Value::Collection(allowed)) = schema.get("enum")
            && !allowed.to_vec().iter().any(|allowed| same(allowed, value))
        {
            self.fail(code::ENUM, place, "enum", "The value is none of those allowed.");
        }
        if let Some(wanted) = schema.get("const")
            && !same(&wanted, value)
        {
            self.fail(code::CONST, place, "const", "The value is not the one asked for.");
        }
    }

    fn check_logic(&mut self, value: &Value, schema: &ObjectRef, place: &Place) -> Result<(), ErrorStack> {
        let list = |keyword: &str| match schema.get(keyword) {
            Some(Value::Collection(list)) => Some(list.to_vec()),
            _ => None,
        };
        for part in list("allOf").unwrap_or_default() {
            self.check(value, &part, &place.under("allOf"))?;
        }
        for (keyword, exactly_one) in [("anyOf", false), ("oneOf", true)] {
            let Some(parts) = list(keyword) else { continue };
            let mut count = 0;
            for part in &parts {
                count += usize::from(self.holds(value, part, &place.under(keyword))?);
            }
            if count == 0 {
                self.fail(code::ONE_OF_NONE, place, keyword, "The value fits none of the schemas.");
            } else if exactly_one && count > 1 {
                self.fail(code::ONE_OF_SEVERAL, place, keyword, "The value fits several of the schemas.");
            }
        }
        if let Some(part) = schema.get("not")
            && self.holds(value, &part, &place.under("not"))?
        {
            self.fail(code::NOT, place, "not", "The value fits a schema it must not fit.");
        }
        if let Some(condition) = schema.get("if") {
            let branch = if self.holds(value, &condition, &place.under("if"))? { "then" } else { "else" };
            if let Some(part) = schema.get(branch) {
                self.check(value, &part, &place.under(branch))?;
            }
        }
        Ok(())
    }

    fn check_number(&mut self, n: f64, schema: &ObjectRef, place: &Place) {
        let limit = |keyword: &str| schema.get(keyword).and_then(|limit| limit.as_real());
        let is_set = |keyword: &str| schema.get(keyword).and_then(|flag| flag.as_boolean()) == Some(true);
        if limit("multipleOf").is_some_and(|step| step > 0.0 && (n / step).fract().abs() > 1e-9) {
            self.fail(code::MULTIPLE_OF, place, "multipleOf", "The number is not a multiple.");
        }
        if let Some(maximum) = limit("maximum") {
            if is_set("exclusiveMaximum") && n >= maximum {
                self.fail(code::EXCLUSIVE_MAXIMUM, place, "exclusiveMaximum", "The number is too large.");
            } else if n > maximum {
                self.fail(code::MAXIMUM, place, "maximum", "The number is too large.");
            }
        }
        if limit("exclusiveMaximum").is_some_and(|maximum| n >= maximum) {
            self.fail(code::EXCLUSIVE_MAXIMUM, place, "exclusiveMaximum", "The number is too large.");
        }
        if let Some(minimum) = limit("minimum") {
            if is_set("exclusiveMinimum") && n <= minimum {
                self.fail(code::EXCLUSIVE_MINIMUM, place, "exclusiveMinimum", "The number is too small.");
            } else if n < minimum {
                self.fail(code::MINIMUM, place, "minimum", "The number is too small.");
            }
        }
        if limit("exclusiveMinimum").is_some_and(|minimum| n <= minimum) {
            self.fail(code::EXCLUSIVE_MINIMUM, place, "exclusiveMinimum", "The number is too small.");
        }
    }

    fn check_text(&mut self, text: &str, schema: &ObjectRef, place: &Place) -> Result<(), ErrorStack> {
        let count = length(text) as i64;
        self.check_count(
            count,
            schema,
            place,
            ("maxLength", code::MAX_LENGTH),
            ("minLength", code::MIN_LENGTH),
        );
        if let Some(Value::Text(pattern)) = schema.get("pattern")
            && !crate::commands::regex::contains(&pattern, text)?
        {
            self.fail(code::PATTERN, place, "pattern", &format!("The text does not match {pattern}."));
        }
        Ok(())
    }

    fn check_count(
        &mut self,
        count: i64,
        schema: &ObjectRef,
        place: &Place,
        (most, too_many): (&str, i64),
        (least, too_few): (&str, i64),
    ) {
        let limit = |keyword: &str| schema.get(keyword).and_then(|limit| limit.as_integer());
        if limit(most).is_some_and(|limit| count > limit) {
            self.fail(too_many, place, most, &format!("{count} is more than {most} allows."));
        }
        if limit(least).is_some_and(|limit| count < limit) {
            self.fail(too_few, place, least, &format!("{count} is less than {least} asks for."));
        }
    }

    fn check_object(
        &mut self,
        value: &ObjectRef,
        schema: &ObjectRef,
        place: &Place,
    ) -> Result<(), ErrorStack> {
        let names: Vec<Text> = value.keys().into_iter().filter(|name| name != "__symbols").collect();
        self.check_count(
            names.len() as i64,
            schema,
            place,
            ("maxProperties", code::MAX_PROPERTIES),
            ("minProperties", code::MIN_PROPERTIES),
        );
        if let Some(Value::Collection(required)) = schema.get("required") {
            for name in required.to_vec() {
                if let Value::Text(name) = name
                    && !names.contains(&name)
                {
                    self.fail(code::REQUIRED, place, "required", &format!("The property {name} is missing."));
                }
            }
        }
        for (keyword, number) in
            [("dependencies", code::DEPENDENCIES), ("dependentRequired", code::DEPENDENT_REQUIRED)]
        {
            let Some(Value::Object(dependencies)) = schema.get(keyword) else { continue };
            for name in dependencies.keys().iter().filter(|name| names.contains(name)) {
                match dependencies.get(name) {
                    Some(Value::Collection(needed)) => {
                        let complete = needed
                            .to_vec()
                            .iter()
                            .all(|needed| needed.as_text().is_none_or(|needed| names.contains(needed)));
                        if !complete {
                            let message = format!("The property {name} needs others that are missing.");
                            self.fail(number, place, keyword, &message);
                        }
                    }
                    Some(part) => {
                        self.check(&Value::Object(value.clone()), &part, &place.under(keyword))?;
                    }
                    None => {}
                }
            }
        }
        self.check_properties(value, &names, schema, place)
    }

    fn check_properties(
        &mut self,
        value: &ObjectRef,
        names: &[Text],
        schema: &ObjectRef,
        place: &Place,
    ) -> Result<(), ErrorStack> {
        for name in names {
            let property = value.get(name).unwrap_or_default();
            let mut known = false;
            if let Some(Value::Object(properties)) = schema.get("properties")
                && let Some(part) = properties.get(name)
            {
                known = true;
                self.check(&property, &part, &place.property(name, "properties"))?;
            }
            if let Some(Value::Object(patterns)) = schema.get("patternProperties") {
                for pattern in patterns.keys() {
                    if crate::commands::regex::contains(&pattern, name)? {
                        known = true;
                        let part = patterns.get(&pattern).unwrap_or_default();
                        self.check(&property, &part, &place.property(name, "patternProperties"))?;
                    }
                }
            }
            match schema.get("additionalProperties") {
                Some(Value::Boolean(false)) if !known => {
                    let message = format!("The property {name} is not allowed.");
                    self.fail(code::ADDITIONAL_PROPERTIES, place, "additionalProperties", &message);
                }
                Some(part @ Value::Object(_)) if !known => {
                    self.check(&property, &part, &place.property(name, "additionalProperties"))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn has_equal(&mut self, elements: &[Value]) -> Result<bool, ErrorStack> {
        for (at, element) in elements.iter().enumerate() {
            self.process.burn()?;
            if elements[..at].iter().any(|other| same(element, other)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn check_collection(
        &mut self,
        elements: &[Value],
        schema: &ObjectRef,
        place: &Place,
    ) -> Result<(), ErrorStack> {
        self.check_count(
            elements.len() as i64,
            schema,
            place,
            ("maxItems", code::MAX_ITEMS),
            ("minItems", code::MIN_ITEMS),
        );
        let is_unique = schema.get("uniqueItems").and_then(|flag| flag.as_boolean()) == Some(true);
        if is_unique && self.has_equal(elements)? {
            self.fail(code::UNIQUE_ITEMS, place, "uniqueItems", "Elements are equal.");
        }
        // A list of schemas is for the first elements: `items` of draft 4, `prefixItems` of 2020-12.
        let (first, rest) = match (schema.get("items"), schema.get("prefixItems")) {
            (Some(Value::Collection(first)), _) => (first.to_vec(), schema.get("additionalItems")),
            (rest, Some(Value::Collection(first))) => (first.to_vec(), rest),
            (rest, _) => (Vec::new(), rest),
        };
        for (index, element) in elements.iter().enumerate() {
            match (first.get(index), &rest) {
                (Some(part), _) => self.check(element, part, &place.element(index, "items"))?,
                (None, Some(Value::Boolean(false))) => {
                    self.fail(
                        code::ADDITIONAL_ITEMS,
                        place,
                        "additionalItems",
                        "There are too many elements.",
                    );
                    break;
                }
                (None, Some(part)) => self.check(element, part, &place.element(index, "items"))?,
                (None, None) => {}
            }
        }
        if let Some(part) = schema.get("contains") {
            let mut found = false;
            for element in elements {
                found = found || self.holds(element, &part, &place.under("contains"))?;
            }
            if !found {
                self.fail(code::CONTAINS, place, "contains", "No element fits the schema.");
            }
        }
        Ok(())
    }
}

/// Dates are texts in JSON.
fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_nothing(),
        "boolean" => matches!(value, Value::Boolean(_)),
        "string" => matches!(value, Value::Text(_) | Value::Date(_)),
        "number" => value.as_real().is_some(),
        "integer" => value.as_real().is_some_and(|n| n.fract() == 0.0),
        "object" => matches!(value, Value::Object(_) | Value::Native(_)),
        "array" => matches!(value, Value::Collection(_)),
        _ => false,
    }
}

/// The same JSON.
fn same(a: &Value, b: &Value) -> bool {
    let written = |value: &Value| super::written(value, false).ok().and_then(|json| json.as_text().cloned());
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (a, b) if a.as_real().is_some() && b.as_real().is_some() => a.as_real() == b.as_real(),
        (a, b) => written(a).is_some_and(|json| written(b) == Some(json)),
    }
}
