//! `distinctPaths`: which paths lead into the objects of an attribute (`docs/API/EntitySelectionClass.md`).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use tessera_model::{AttributeKind, FieldType};
use tessera_sessions::Action;
use tessera_store::Columns;
use tessera_values::{CollectionRef, ErrorStack, Text, Value, text_compare};

use super::Selection;
use crate::access;
use crate::error::attribute_not_found;

/// How many objects are read at once.
const READ_AT_ONCE: u64 = 500;
/// The deepest nesting that is looked into.
const DEPTH_MAX: usize = 64;

/// One step of a path.
#[derive(Clone, PartialEq, Eq)]
enum ObjectStep {
    Property(Text),
    Elements,
}

/// A path. Elements come before the properties of a collection, names in the order of texts.
#[derive(Clone, PartialEq, Eq)]
struct Way(Vec<ObjectStep>);

impl Ord for Way {
    fn cmp(&self, other: &Self) -> Ordering {
        let steps = self.0.iter().zip(&other.0).map(|steps| match steps {
            (ObjectStep::Elements, ObjectStep::Elements) => Ordering::Equal,
            (ObjectStep::Elements, _) => Ordering::Less,
            (_, ObjectStep::Elements) => Ordering::Greater,
            (ObjectStep::Property(a), ObjectStep::Property(b)) => text_compare(a, b).then_with(|| a.cmp(b)),
        });
        let differs = steps.into_iter().find(|order| order.is_ne());
        differs.unwrap_or_else(|| self.0.len().cmp(&other.0.len()))
    }
}

impl PartialOrd for Way {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Way {
    fn text(&self) -> Text {
        let mut text = String::new();
        for step in &self.0 {
            match step {
                ObjectStep::Elements => text.push_str("[]"),
                ObjectStep::Property(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                }
            }
        }
        text.into()
    }
}

/// `distinctPaths(attribute)`: the attribute has to hold objects and to be indexed, as in 4D, where the index knows
/// the paths.
pub(super) fn distinct_paths(selection: &Selection, attribute: &Value) -> Result<Value, ErrorStack> {
    let (context, dataclass) = (&selection.context, selection.dataclass);
    access::check(context, dataclass, Action::Read)?;
    let Value::Text(name) = attribute else {
        return Err(ErrorStack::runtime("distinctPaths needs the name of an attribute."));
    };
    let described = selection.described();
    let attribute =
        described.attribute_named(name).ok_or_else(|| attribute_not_found(name, &described.name))?;
    match &attribute.kind {
        AttributeKind::Storage(field) if field.field_type == FieldType::Object && field.indexed => {}
        _ => {
            return Err(ErrorStack::runtime(format!(
                "The attribute \"{name}\" is no indexed object attribute."
            )));
        }
    }
    access::check_attribute(context, dataclass, attribute.id, Action::Read)?;
    let mut ways = BTreeSet::new();
    let columns = Columns::of([attribute.id]);
    let mut skip = 0;
    loop {
        let (rows, _) = selection.page(skip, Some(READ_AT_ONCE), &columns)?;
        for value in rows.iter().flatten().filter_map(|row| row.values.first()) {
            collect(&value.to_value(), &mut Vec::new(), &mut ways);
        }
        skip += rows.len() as u64;
        if (rows.len() as u64) < READ_AT_ONCE {
            break;
        }
    }
    let paths = ways.iter().map(|way| Value::Text(way.text())).collect();
    Ok(Value::Collection(CollectionRef::from_vec(paths)))
}

fn collect(value: &Value, way: &mut Vec<ObjectStep>, ways: &mut BTreeSet<Way>) {
    if way.len() > DEPTH_MAX {
        return;
    }
    let mut below = |step: ObjectStep, value: &Value| {
        way.push(step);
        ways.insert(Way(way.clone()));
        collect(value, way, ways);
        way.pop();
    };
    match value {
        Value::Object(object) => {
            for name in object.keys() {
                below(ObjectStep::Property(name.clone()), &object.get(&name).unwrap_or_default());
            }
        }
        Value::Collection(collection) => {
            below(ObjectStep::Property("length".into()), &Value::Null);
            for element in collection.to_vec() {
                below(ObjectStep::Elements, &element);
            }
        }
        _ => {}
    }
}
