//! Steps of a query in words, and as the objects code reads.

use tessera_model::query::{ObjectStep, ObjectTest, Operand, Operator};
use tessera_values::{CollectionRef, DateForm, ObjectRef, Scalar, Value, write_json};

use super::{Done, Join, Step, StepKind, Test};

/// A comparison that knows no wildcard is shown as the strict one it is.
pub(super) fn sign(operator: Operator, operand: &Operand) -> &'static str {
    match (operator, operand) {
        (Operator::Equal, Operand::Scalar(Scalar::Text(_))) => "===",
        (Operator::Equal, _) => "=",
        (Operator::NotEqual, _) => "#",
        (Operator::Less, _) => "<",
        (Operator::LessOrEqual, _) => "<=",
        (Operator::Greater, _) => ">",
        (Operator::GreaterOrEqual, _) => ">=",
        (Operator::In, _) => "in",
        (Operator::Contains, _) => "%",
    }
}

pub(super) fn value(operand: &Operand) -> Value {
    match operand {
        Operand::Scalar(scalar) => scalar.to_value(),
        Operand::Pattern(pattern) => Value::text(pattern.source()),
        Operand::List(list) => {
            let elements = list.iter().map(value).collect();
            Value::Collection(CollectionRef::from_vec(elements))
        }
    }
}

/// A value as a step shows it; long ones are cut.
pub(in crate::query) fn shown(value: &Value) -> String {
    const SHOWN_MAX: usize = 200;
    let mut text = match value {
        Value::Text(text) => text.to_string(),
        value => {
            let mut json = String::new();
            match write_json(&mut json, value, DateForm::Day) {
                Ok(()) => json,
                Err(_) => value.kind().to_string(),
            }
        }
    };
    if let Some((end, _)) = text.char_indices().nth(SHOWN_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// A condition of several parts on the content of an object.
pub(super) fn composed_text(test: &ObjectTest) -> String {
    let several = |tests: &[ObjectTest], word: &str| {
        let texts: Vec<String> = tests.iter().map(composed_text).collect();
        format!("({})", texts.join(word))
    };
    let path = |path: &[ObjectStep]| {
        path.iter()
            .map(|step| match step {
                ObjectStep::Property(name) => format!(".{name}"),
                ObjectStep::Elements => "[]".to_owned(),
                ObjectStep::Similarity(similarity) => format!(" {}", similarity.metric.name()),
            })
            .collect::<String>()
    };
    match test {
        ObjectTest::And(tests) => several(tests, " and "),
        ObjectTest::Or(tests) => several(tests, " or "),
        ObjectTest::Not(test) => format!("not {}", composed_text(test)),
        ObjectTest::Compare { path: way, operator, operand } => {
            format!("{} {} {}", path(way), sign(*operator, operand), shown(&value(operand)))
        }
        ObjectTest::Reference { path: way, .. } => format!("{} is the object given", path(way)),
        ObjectTest::Element { path: way, test } => format!("{}[] with {}", path(way), composed_text(test)),
    }
}

impl Step {
    /// What is done, in words for humans.
    pub fn description(&self) -> String {
        match &self.kind {
            StepKind::And(_) => "AND".into(),
            StepKind::Or(_) => "OR".into(),
            StepKind::Not(_) => "NOT".into(),
            StepKind::Join { join: Join { own, other }, .. } => format!(
                "Join on Table : {}  :  {}.{} = {}.{}",
                other.dataclass, own.dataclass, own.field, other.dataclass, other.field
            ),
            StepKind::Test(Test { side, operator, value, indexed }) => {
                let name = format!("{}.{}", side.dataclass, side.field);
                let name = if *indexed { format!("[index : {name} ]") } else { name };
                format!("{name} {operator} {}", shown(value))
            }
            StepKind::Code(what) => what.to_string(),
        }
    }

    /// As `queryPlan` shows it.
    pub fn plan_value(&self) -> Value {
        let list = |steps: &[Self]| collection(steps.iter().map(Self::plan_value));
        match &self.kind {
            StepKind::And(steps) => object([("And", list(steps))]),
            StepKind::Or(steps) => object([("Or", list(steps))]),
            StepKind::Not(step) => object([("Not", list(std::slice::from_ref(step)))]),
            StepKind::Join { filter, .. } => {
                let item = Value::text(self.description());
                let inner = filter.iter().map(|step| step.plan_value());
                object([("item", item), ("subquery", collection(inner))])
            }
            StepKind::Test(_) | StepKind::Code(_) => object([("item", Value::text(self.description()))]),
        }
    }

    /// As `queryPath` shows it.
    pub fn path_value(&self) -> Value {
        object([("steps", collection([self.step_value()]))])
    }

    fn step_value(&self) -> Value {
        let done = self.done.unwrap_or(Done { milliseconds: 0, found: 0 });
        let mut members = vec![
            ("description", Value::text(self.description())),
            ("time", Value::Integer(done.milliseconds)),
            ("recordsfounds", Value::Integer(done.found as i64)),
        ];
        let steps = |steps: &[Self]| collection(steps.iter().map(Self::step_value));
        match &self.kind {
            StepKind::And(inner) | StepKind::Or(inner) => members.push(("steps", steps(inner))),
            StepKind::Not(inner) => members.push(("steps", steps(std::slice::from_ref(inner)))),
            StepKind::Join { filter: Some(filter), .. } => {
                members.push(("steps", collection([filter.path_value()])));
            }
            StepKind::Join { filter: None, .. } | StepKind::Test(_) | StepKind::Code(_) => {}
        }
        object(members)
    }
}

fn object(members: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let members = members.into_iter().map(|(name, value)| (name.into(), value));
    Value::Object(ObjectRef::from_properties(members.collect()))
}

fn collection(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Collection(CollectionRef::from_vec(values.into_iter().collect()))
}
