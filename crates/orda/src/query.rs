//! Queries by code and by clients: from text and values to a selection.

use std::rc::Rc;
use std::sync::Arc;

use tessera_model::query::{
    Comparator, ComputedAttributes, Exposure, Filter, Formula, Order, Parameters, QueryError, Resolved,
    Scope, evaluate, parse, parse_order, resolve, resolve_elements, resolve_order,
};
use tessera_model::{AttributeId, DataclassId, RecordId};
use tessera_sessions::Action;
use tessera_store::Columns;
use tessera_syntax::parse_expression;
use tessera_values::{ErrorStack, FourDError, Scalar, Text, Value, compare_order, equal};
use tessera_vm::{FunctionValue, Process, compile_expression};

use crate::access;
use crate::computed;
use crate::context::Context;
use crate::entity::Entity;
use crate::error::store_error;
use crate::restrict;
use crate::selection::Selection;

mod call;
mod explain;
mod path;

use call::read_call;
pub(crate) use explain::explain;
pub use explain::{Done, Explanation, Join, Side, Step, StepKind, Telling, Test};
use explain::{HIDDEN, shown};
pub(crate) use path::path;

/// How many rows are looked at in one go when code decides.
const SCAN_ROWS: usize = 500;

/// A query error as 4D numbers it (rest-protocol section 4.3).
pub fn query_error(error: QueryError) -> ErrorStack {
    let code = match &error {
        QueryError::Code(stack) => return stack.clone(),
        QueryError::PlaceholderMissing { .. } => 1279,
        QueryError::PlaceholderType { .. } | QueryError::WrongValue { .. } => 1280,
        QueryError::UnknownAttribute { .. } => crate::error::ATTRIBUTE_NOT_FOUND,
        QueryError::FormulaNotAllowed => 1278,
        QueryError::WrongComparator { .. } => 1112,
        _ => 1162,
    };
    ErrorStack::data(code, error.to_string()).within(FourDError::new(
        "dbmg",
        1200,
        "Cannot complete the query",
    ))
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// 4D code: every attribute, formulas allowed.
    Code,
    /// A client: exposed attributes, no formulas.
    Client,
}

impl Asker {
    fn exposure(self) -> Exposure {
        match self {
            Self::Code => Exposure::All,
            Self::Client => Exposure::Exposed,
        }
    }
}

/// Plans a query. Every attribute it names must be readable, because its answer tells about their values.
pub fn plan_query(
    process: &mut Process,
    dataclass: DataclassId,
    text: &str,
    parameters: &Parameters,
    asker: Asker,
    telling: Telling,
) -> Result<Planned, ErrorStack> {
    let context = Context::of(process);
    let catalog = Arc::clone(&context.application().catalog);
    let query = parse(text).map_err(query_error)?;
    let scope = Scope { catalog: &catalog, dataclass, parameters, exposure: asker.exposure() };
    let mut code = Code { telling, ..Code::new(process, &context, asker) };
    let resolved = resolve(&query, &scope, &mut code).map_err(query_error)?;
    let scans = code.scans;
    check_touched(&context, &resolved)?;
    Ok(Planned { filter: resolved.filter, order: resolved.order, scans, telling, asker })
}

/// Plans an order such as `name desc, city`.
pub fn plan_order(
    process: &mut Process,
    dataclass: DataclassId,
    text: &str,
    asker: Asker,
) -> Result<Vec<Order>, QueryError> {
    let context = Context::of(process);
    let catalog = Arc::clone(&context.application().catalog);
    let terms = parse_order(text)?;
    let parameters = Parameters::default();
    let scope = Scope { catalog: &catalog, dataclass, parameters: &parameters, exposure: asker.exposure() };
    let mut code = Code::new(process, &context, asker);
    let resolved = resolve_order(&terms, &scope, &mut code)?;
    check_touched(&context, &resolved).map_err(QueryError::Code)?;
    Ok(resolved.order)
}

fn check_touched(context: &Context, resolved: &Resolved) -> Result<(), ErrorStack> {
    resolved.touched.iter().try_for_each(|(dataclass, attribute)| {
        access::check_attribute(context, *dataclass, *attribute, Action::Read)
    })
}

/// The class code behind computed attributes and formulas.
struct Code<'p> {
    process: &'p mut Process,
    context: &'p Rc<Context>,
    asker: Asker,
    /// `args` of the query settings: `$1` of every formula.
    argument: Value,
    /// How many `query` and `orderBy` functions led here.
    depth: usize,
    /// What the query is to tell about itself.
    telling: Telling,
    /// What was looked at one by one, for that.
    scans: Vec<Scan>,
}

/// Entities that code was asked about one after the other.
struct Scan {
    /// What decided.
    what: Text,
    dataclass: DataclassId,
    /// Those it is true for.
    found: Vec<RecordId>,
    milliseconds: i64,
}

/// A query ready to run; by default one that asks nothing.
pub struct Planned {
    /// Which entities.
    pub filter: Filter,
    /// In which order.
    pub order: Vec<Order>,
    scans: Vec<Scan>,
    telling: Telling,
    asker: Asker,
}

impl Default for Planned {
    fn default() -> Self {
        Self {
            filter: Filter::All,
            order: Vec::new(),
            scans: Vec::new(),
            telling: Telling::default(),
            asker: Asker::Client,
        }
    }
}

/// The answers of `query` and `orderBy` functions may name computed attributes again, but not without end.
const ANSWERS_DEPTH_MAX: usize = 16;

impl<'p> Code<'p> {
    fn new(process: &'p mut Process, context: &'p Rc<Context>, asker: Asker) -> Self {
        let (argument, telling) = (Value::Undefined, Telling::default());
        Self { process, context, asker, argument, depth: 0, telling, scans: Vec::new() }
    }

    /// Resolves what such a function answered.
    fn deeper<R>(
        &mut self,
        attribute: &str,
        work: impl FnOnce(&mut Self) -> Result<R, QueryError>,
    ) -> Result<R, QueryError> {
        if self.depth >= ANSWERS_DEPTH_MAX {
            return Err(QueryError::Code(ErrorStack::runtime(format!(
                "The query or orderBy function of \"{attribute}\" leads to itself."
            ))));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    fn function(
        &self,
        dataclass: DataclassId,
        attribute: &str,
        pick: impl Fn(tessera_vm::Computed) -> Option<tessera_vm::Function>,
    ) -> Option<tessera_vm::Function> {
        let class = self.context.application().classes.of(dataclass).entity?;
        self.process.program().computed(class, attribute).cloned().and_then(pick)
    }

    /// Calls a `query` or `orderBy` function; `$event.result` wins over what it returns.
    fn ask(
        &mut self,
        dataclass: DataclassId,
        function: &tessera_vm::Function,
        event: &Value,
    ) -> Result<Value, QueryError> {
        let this = computed::this(self.context, dataclass);
        let answer = self
            .process
            .call(&function.routine, this, std::slice::from_ref(event))
            .map_err(QueryError::Code)?;
        Ok(computed::event_result(event).unwrap_or(answer))
    }

    /// What a query text of class code stands for.
    fn inner(
        &mut self,
        dataclass: DataclassId,
        text: &str,
        parameters: &Parameters,
    ) -> Result<Filter, QueryError> {
        if text.is_empty() {
            return Ok(Filter::None);
        }
        let catalog = Arc::clone(&self.context.application().catalog);
        let query = parse(text)?;
        let scope = Scope { catalog: &catalog, dataclass, parameters, exposure: Exposure::All };
        resolve(&query, &scope, self).map(|resolved| resolved.filter)
    }

    /// The records for which code says yes, looked at in batches.
    fn scan(
        &mut self,
        dataclass: DataclassId,
        what: impl Into<Text>,
        mut holds: impl FnMut(&mut Process, &Rc<Entity>) -> Result<bool, ErrorStack>,
    ) -> Result<Filter, QueryError> {
        let began = self.context.milliseconds();
        let found = scan(self.process, self.context, dataclass, &Filter::All, &mut holds)
            .map_err(QueryError::Code)?;
        if self.telling.any() {
            let milliseconds = self.context.milliseconds() - began;
            // What code answered is the project's own affair.
            let own = self.asker == Asker::Client && self.depth > 0;
            let what = if own { HIDDEN.into() } else { what.into() };
            self.scans.push(Scan { what, dataclass, found: found.clone(), milliseconds });
        }
        Ok(Filter::Records(found))
    }
}

/// A test of one entity by code.
type Holds<'h> = dyn FnMut(&mut Process, &Rc<Entity>) -> Result<bool, ErrorStack> + 'h;

fn scan(
    process: &mut Process,
    context: &Rc<Context>,
    dataclass: DataclassId,
    filter: &Filter,
    holds: &mut Holds<'_>,
) -> Result<Vec<RecordId>, ErrorStack> {
    let records =
        context.connection(|connection| connection.records(dataclass, filter, &[])).map_err(store_error)?;
    let mut found = Vec::new();
    for part in records.chunks(SCAN_ROWS) {
        let rows = context
            .connection(|connection| connection.rows(dataclass, part, &Columns::all()))
            .map_err(store_error)?;
        for row in rows.into_iter().flatten() {
            let record = row.record;
            if holds(process, &Entity::from_row(context, dataclass, row))? {
                found.push(record);
            }
        }
    }
    Ok(found)
}

impl ComputedAttributes for Code<'_> {
    fn filter(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        comparator: Comparator,
        value: &Value,
    ) -> Result<Filter, QueryError> {
        let catalog = Arc::clone(&self.context.application().catalog);
        let described = catalog.dataclass(dataclass);
        let attribute = described.attribute(attribute);
        if let Some(function) = self.function(dataclass, &attribute.name, |computed| computed.query) {
            let more = [("value", value.clone()), ("operator", Value::text(comparator.sign()))];
            let event = computed::event(described, &attribute.name, "query", &more);
            match self.ask(dataclass, &function, &event)? {
                Value::Text(text) => {
                    return self.deeper(&attribute.name, |code| {
                        code.inner(dataclass, &text, &Parameters::default())
                    });
                }
                Value::Object(answer) => {
                    let text =
                        answer.get("query").and_then(|text| text.as_text().cloned()).unwrap_or_default();
                    let values = match answer.get("parameters") {
                        Some(Value::Collection(values)) => values.to_vec(),
                        _ => Vec::new(),
                    };
                    return self.deeper(&attribute.name, |code| {
                        code.inner(dataclass, &text, &Parameters::positional(values))
                    });
                }
                // Null: one entity after the other.
                _ => {}
            }
        }
        let context = Rc::clone(self.context);
        let what = format!("{}.{} {} {}", described.name, attribute.name, comparator.sign(), shown(value));
        self.scan(dataclass, what, |process, entity| {
            let found = context.unchecked_attributes(|| entity.read(process, attribute))?;
            compares(&found, comparator, value)
        })
    }

    fn order(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        descending: bool,
    ) -> Result<Vec<Order>, QueryError> {
        let catalog = Arc::clone(&self.context.application().catalog);
        let described = catalog.dataclass(dataclass);
        let attribute = described.attribute(attribute);
        let not_sortable = || QueryError::NotSortable { attribute: attribute.name.clone() };
        let function = self
            .function(dataclass, &attribute.name, |computed| computed.order_by)
            .ok_or_else(not_sortable)?;
        let more = [
            ("operator", Value::text(if descending { "desc" } else { "asc" })),
            ("descending", Value::Boolean(descending)),
        ];
        let event = computed::event(described, &attribute.name, "orderBy", &more);
        let Value::Text(text) = self.ask(dataclass, &function, &event)? else { return Err(not_sortable()) };
        let terms = parse_order(&text)?;
        let parameters = Parameters::default();
        let scope = Scope { catalog: &catalog, dataclass, parameters: &parameters, exposure: Exposure::All };
        self.deeper(&attribute.name, |code| {
            resolve_order(&terms, &scope, code).map(|resolved| resolved.order)
        })
    }

    fn formula(&mut self, dataclass: DataclassId, formula: Formula<'_>) -> Result<Filter, QueryError> {
        if self.asker == Asker::Client {
            return Err(QueryError::FormulaNotAllowed);
        }
        let function = match formula {
            Formula::Object(value) => value.as_native::<FunctionValue>().cloned(),
            Formula::Text(text) => formula_of(self.context, text),
        };
        let Some(function) = function else { return Err(QueryError::FormulaNotAllowed) };
        let argument = self.argument.clone();
        let what = match formula {
            Formula::Text(text) => format!("eval({text})"),
            Formula::Object(_) => "Formula".to_owned(),
        };
        self.scan(dataclass, what, |process, entity| {
            let this = Value::Native(Rc::clone(entity) as Rc<dyn tessera_values::Native>);
            // Anything but True counts as False (`docs/API/DataClassClass.md`).
            let answer = function.call(process, this, std::slice::from_ref(&argument))?;
            Ok(matches!(answer, Value::Boolean(true)))
        })
    }
}

/// The formula a text holds.
pub(crate) fn formula_of(context: &Context, text: &str) -> Option<FunctionValue> {
    let application = context.application();
    let (expression, _) = parse_expression(text, &application.vocabulary);
    expression.map(|expression| FunctionValue::routine(compile_expression(&application.program, &expression)))
}

/// Compares a computed value the way the query language does.
fn compares(found: &Value, comparator: Comparator, value: &Value) -> Result<bool, ErrorStack> {
    let ordered = |holds: fn(std::cmp::Ordering) -> bool| {
        Ok(compare_order(found, value).ok().flatten().is_some_and(holds))
    };
    match comparator {
        Comparator::Equal | Comparator::StrictEqual => Ok(equal(found, value)),
        Comparator::NotEqual | Comparator::StrictNotEqual => Ok(!found.is_nothing() && !equal(found, value)),
        Comparator::Less => ordered(std::cmp::Ordering::is_lt),
        Comparator::LessOrEqual => ordered(std::cmp::Ordering::is_le),
        Comparator::Greater => ordered(std::cmp::Ordering::is_gt),
        Comparator::GreaterOrEqual => ordered(std::cmp::Ordering::is_ge),
        Comparator::In => Ok(match value {
            Value::Collection(list) => list.to_vec().iter().any(|element| equal(found, element)),
            _ => false,
        }),
        Comparator::Keyword => Ok(match (found, value) {
            (Value::Text(text), Value::Text(word)) => tessera_vm::contains_keyword(text, word),
            _ => false,
        }),
        Comparator::Begin => Ok(match (found, value) {
            (Value::Text(text), Value::Text(start)) => tessera_values::text_prefix(text, start),
            _ => false,
        }),
    }
}

fn run(
    process: &mut Process,
    context: &Rc<Context>,
    dataclass: DataclassId,
    arguments: &[Value],
) -> Result<Planned, ErrorStack> {
    access::check(context, dataclass, Action::Read)?;
    let call = read_call(arguments)?;
    let catalog = Arc::clone(&context.application().catalog);
    let scope = Scope { catalog: &catalog, dataclass, parameters: &call.parameters, exposure: Exposure::All };
    let asker = if call.formulas_allowed { Asker::Code } else { Asker::Client };
    let telling = call.telling;
    let mut code = Code { argument: call.argument, telling, ..Code::new(process, context, asker) };
    let (filter, order) = match (&call.text, &call.formula) {
        (Some(text), _) => {
            let query = parse(text).map_err(query_error)?;
            let resolved = resolve(&query, &scope, &mut code).map_err(query_error)?;
            check_touched(context, &resolved)?;
            (resolved.filter, resolved.order)
        }
        (None, Some(formula)) => {
            let formula = Value::Native(Rc::new(formula.clone()));
            let filter = code.formula(dataclass, Formula::Object(&formula)).map_err(query_error)?;
            (filter, Vec::new())
        }
        (None, None) => (Filter::None, Vec::new()),
    };
    Ok(Planned { filter, order, scans: code.scans, telling, asker: Asker::Code })
}

/// `dataclass.query(…)`
pub(crate) fn dataclass_query(
    process: &mut Process,
    context: &Rc<Context>,
    dataclass: DataclassId,
    arguments: &[Value],
) -> Result<Rc<Selection>, ErrorStack> {
    let planned = run(process, context, dataclass, arguments)?;
    let restriction = restrict::filter(process, context, dataclass)?;
    let (filter, explanation) = explain(process, context, dataclass, &planned, restriction)?;
    let selection = Selection::lazy(context, dataclass, filter, planned.order);
    selection.explain(explanation);
    Ok(selection)
}

/// `selection.query(…)`: searches inside the selection only.
pub(crate) fn selection_query(
    process: &mut Process,
    selection: &Rc<Selection>,
    arguments: &[Value],
) -> Result<Rc<Selection>, ErrorStack> {
    let (context, dataclass) = (&selection.context, selection.dataclass);
    let planned = run(process, context, dataclass, arguments)?;
    let (filter, explanation) = explain(process, context, dataclass, &planned, selection.as_filter()?)?;
    let narrowed = Selection::narrowed(selection, filter, planned.order);
    narrowed.explain(explanation);
    Ok(narrowed)
}

/// `selection.orderBy(…)`: a text, or a collection of `{propertyPath; descending}`. A wrong path gives an empty
/// selection (`docs/API/EntitySelectionClass.md`).
pub(crate) fn order_selection(
    process: &mut Process,
    selection: &Rc<Selection>,
    criteria: &Value,
) -> Result<Rc<Selection>, ErrorStack> {
    let context = Rc::clone(&selection.context);
    let text = match criteria {
        Value::Text(text) => text.clone(),
        Value::Collection(criteria) => criteria
            .to_vec()
            .iter()
            .filter_map(|criterion| match criterion {
                Value::Object(criterion) => {
                    let path = criterion.get("propertyPath").and_then(|path| path.as_text().cloned())?;
                    let descending =
                        criterion.get("descending").and_then(|d| d.as_boolean()).unwrap_or(false);
                    Some(format!("{path} {}", if descending { "desc" } else { "asc" }))
                }
                _ => None,
            })
            .collect::<Vec<_>>()
            .join(", ")
            .into(),
        other => return Err(ErrorStack::runtime(format!("orderBy can't sort by {}.", other.kind()))),
    };
    match plan_order(process, selection.dataclass, &text, Asker::Code) {
        Ok(order) => Ok(Selection::narrowed(selection, selection.as_filter()?, order)),
        Err(QueryError::Code(error)) => Err(error),
        Err(QueryError::NotSortable { attribute }) => sort_by_value(process, selection, &attribute, &text),
        Err(_) => Ok(Selection::of(&context, selection.dataclass, Vec::new(), true, selection.alterable())),
    }
}

/// Sorts by a computed attribute without `orderBy` function: its value is computed for every entity.
fn sort_by_value(
    process: &mut Process,
    selection: &Rc<Selection>,
    attribute: &str,
    text: &str,
) -> Result<Rc<Selection>, ErrorStack> {
    let context = Rc::clone(&selection.context);
    if text.contains(',') {
        return Err(ErrorStack::runtime(format!(
            "The computed attribute \"{attribute}\" has no orderBy function and can't be one of several criteria."
        )));
    }
    let Some(described) = selection.described().attribute_named(attribute).cloned() else {
        return Ok(Selection::of(&context, selection.dataclass, Vec::new(), true, selection.alterable()));
    };
    let descending = text.trim_end().to_ascii_lowercase().ends_with(" desc");
    let filter = selection.as_filter()?;
    let mut keyed: Vec<(Value, RecordId)> = Vec::new();
    scan(process, &context, selection.dataclass, &filter, &mut |process, entity| {
        let value = entity.read(process, &described)?;
        keyed.extend(entity.state.borrow().record.map(|record| (value, record)));
        Ok(false)
    })?;
    keyed.sort_by(|(a, _), (b, _)| {
        let order = tessera_values::sort_order(a, b);
        if descending { order.reverse() } else { order }
    });
    let records: Vec<RecordId> = keyed.into_iter().map(|(_, record)| record).collect();
    Ok(Selection::of(&context, selection.dataclass, records, true, selection.alterable()))
}

/// `collection.query(…)`: the indexes of the elements that match, in the order asked for.
pub(crate) fn collection_query(elements: &[Value], arguments: &[Value]) -> Result<Vec<usize>, ErrorStack> {
    let call = read_call(arguments)?;
    let Some(text) = call.text else {
        return Err(ErrorStack::data(1278, "A formula is not allowed in this query."));
    };
    let query = parse(&text).map_err(query_error)?;
    let plan = resolve_elements(&query, &call.parameters).map_err(query_error)?;
    let mut found: Vec<usize> = (0..elements.len())
        .filter(|index| plan.test.as_ref().is_none_or(|test| evaluate::test_object(test, &elements[*index])))
        .collect();
    found.sort_by(|a, b| {
        plan.order.iter().fold(std::cmp::Ordering::Equal, |order, (path, descending)| {
            order.then_with(|| {
                let value =
                    |index: &usize| evaluate::object_values(&elements[*index], path).into_iter().next();
                let next =
                    tessera_values::sort_order(&value(a).unwrap_or_default(), &value(b).unwrap_or_default());
                if *descending { next.reverse() } else { next }
            })
        })
    });
    Ok(found)
}

/// A key given by a client, read as the key's type.
pub fn key_of(context: &Context, dataclass: DataclassId, key: &Scalar) -> Option<Scalar> {
    let described = context.application().catalog.dataclass(dataclass);
    described
        .key_attribute()
        .field()
        .and_then(|field| field.field_type.accept(key))
        .filter(|key| !key.is_null())
}
