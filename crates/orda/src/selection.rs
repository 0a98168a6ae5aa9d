//! [`Selection`]: an entity selection, an ordered list of references to entities of one dataclass
//! (`docs/API/EntitySelectionClass.md`).
//!
//! A selection made by a query holds the query until its members are asked for, so that a page of a hundred never
//! reads a million keys. Its members are settled before this process writes anything.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use tessera_model::query::{Filter, Order};
use tessera_model::{AttributeId, AttributeKind, Dataclass, DataclassId, RecordId};
use tessera_sessions::Action;
use tessera_store::{Columns, Row, Select};
use tessera_values::{ClassId, CollectionRef, ErrorStack, Native, Scalar, Scope, SharedNative, Text, Value};
use tessera_vm::Process;

use crate::access;
use crate::context::Context;
use crate::entity::{Entity, native_value};
use crate::error::{attribute_not_found, store_error};
use crate::query::{Explanation, Step};
use crate::user_function;

mod aggregate;
mod functions;
mod paths;
mod sets;
mod shared;

pub use aggregate::Aggregates;
use shared::SharedSelection;

/// How a selection came by its members.
#[derive(Clone, Debug)]
enum Content {
    Query { filter: Filter, order: Vec<Order> },
    Records(Arc<Vec<RecordId>>),
}

/// Rows read ahead while code walks through a selection.
#[derive(Debug, Default)]
struct Ahead {
    first: usize,
    generation: u64,
    rows: Vec<Option<Rc<Row>>>,
}

/// How many rows one statement reads ahead.
const READ_AHEAD: usize = 100;

/// An entity selection.
pub struct Selection {
    pub(crate) context: Rc<Context>,
    pub(crate) dataclass: DataclassId,
    content: RefCell<Content>,
    ordered: Cell<bool>,
    alterable: bool,
    ahead: RefCell<Ahead>,
    explanation: RefCell<Explanation>,
}

impl Selection {
    fn with(
        context: &Rc<Context>,
        dataclass: DataclassId,
        content: Content,
        ordered: bool,
        alterable: bool,
    ) -> Rc<Self> {
        Rc::new(Self {
            context: Rc::clone(context),
            dataclass,
            content: RefCell::new(content),
            ordered: Cell::new(ordered),
            alterable,
            ahead: RefCell::default(),
            explanation: RefCell::default(),
        })
    }

    /// A selection by a query whose members are read when they are needed.
    pub fn lazy(
        context: &Rc<Context>,
        dataclass: DataclassId,
        filter: Filter,
        order: Vec<Order>,
    ) -> Rc<Self> {
        let ordered = !order.is_empty();
        let content = Content::Query { filter, order };
        let selection = Self::with(context, dataclass, content, ordered, context.makes_alterable());
        context.note_lazy(&selection);
        selection
    }

    /// Like [`Selection::lazy`], made from another selection: it can be altered if that one can.
    pub(crate) fn narrowed(source: &Self, filter: Filter, order: Vec<Order>) -> Rc<Self> {
        let ordered = !order.is_empty();
        let content = Content::Query { filter, order };
        let alterable = source.alterable || source.context.makes_alterable();
        let selection = Self::with(&source.context, source.dataclass, content, ordered, alterable);
        source.context.note_lazy(&selection);
        selection
    }

    /// A selection of known records; `alterable` unless all new ones are.
    pub fn of(
        context: &Rc<Context>,
        dataclass: DataclassId,
        records: impl Into<Arc<Vec<RecordId>>>,
        ordered: bool,
        alterable: bool,
    ) -> Rc<Self> {
        let alterable = alterable || context.makes_alterable();
        Self::with(context, dataclass, Content::Records(records.into()), ordered, alterable)
    }

    /// A selection of known records that can be shared, whatever selections are otherwise.
    pub(crate) fn shareable(
        context: &Rc<Context>,
        dataclass: DataclassId,
        records: impl Into<Arc<Vec<RecordId>>>,
        ordered: bool,
    ) -> Rc<Self> {
        Self::with(context, dataclass, Content::Records(records.into()), ordered, false)
    }

    /// Keeps what the query that made it tells about itself.
    pub(crate) fn explain(&self, explanation: Explanation) {
        *self.explanation.borrow_mut() = explanation;
    }

    /// What the query that made it tells about itself; nothing unless it was asked.
    pub fn explanation(&self) -> Explanation {
        self.explanation.borrow().clone()
    }

    /// Do its members keep an order of their own?
    pub fn is_ordered(&self) -> bool {
        self.ordered.get()
    }

    /// May members be added?
    pub(crate) fn alterable(&self) -> bool {
        self.alterable
    }

    /// Its dataclass.
    pub fn dataclass(&self) -> DataclassId {
        self.dataclass
    }

    fn class(&self) -> Option<ClassId> {
        self.context.application().classes.of(self.dataclass).selection
    }

    pub(crate) fn described(&self) -> &Dataclass {
        self.context.application().catalog.dataclass(self.dataclass)
    }

    /// Its query, while its members are not read yet.
    pub fn as_query(&self) -> Option<(Filter, Vec<Order>)> {
        match &*self.content.borrow() {
            Content::Query { filter, order } => Some((filter.clone(), order.clone())),
            Content::Records(_) => None,
        }
    }

    /// A filter that finds its members.
    pub(crate) fn as_filter(&self) -> Result<Filter, ErrorStack> {
        Ok(match &*self.content.borrow() {
            Content::Query { filter, .. } => filter.clone(),
            Content::Records(records) => Filter::Records(records.to_vec()),
        })
    }

    /// Reads the members if that has not happened.
    pub(crate) fn settle(&self) -> Result<(), ErrorStack> {
        self.records().map(|_| ())
    }

    /// The members.
    pub fn records(&self) -> Result<Arc<Vec<RecordId>>, ErrorStack> {
        let (filter, order) = match &*self.content.borrow() {
            Content::Records(records) => return Ok(Arc::clone(records)),
            Content::Query { filter, order } => (filter.clone(), order.clone()),
        };
        let records = self
            .context
            .connection(|connection| connection.records(self.dataclass, &filter, &order))
            .map_err(store_error)?;
        let records = Arc::new(records);
        *self.content.borrow_mut() = Content::Records(Arc::clone(&records));
        Ok(records)
    }

    /// How many references it holds, dropped entities included.
    pub fn length(&self) -> Result<usize, ErrorStack> {
        let filter = match &*self.content.borrow() {
            Content::Records(records) => return Ok(records.len()),
            Content::Query { filter, .. } => filter.clone(),
        };
        let count = self.context.connection(|connection| connection.count(self.dataclass, &filter));
        count.map(|count| count as usize).map_err(store_error)
    }

    /// The rows of a part, and how many members there are in all. One statement for a query not settled yet.
    pub fn page(
        &self,
        skip: u64,
        limit: Option<u64>,
        columns: &Columns,
    ) -> Result<(Vec<Option<Row>>, u64), ErrorStack> {
        if let Some((filter, order)) = self.as_query() {
            let select = Select {
                dataclass: self.dataclass,
                filter,
                order,
                skip,
                limit,
                columns: columns.clone(),
                with_count: true,
            };
            let page = self.context.connection(|connection| connection.page(&select)).map_err(store_error)?;
            let count = page.count.unwrap_or(page.rows.len() as u64);
            return Ok((page.rows.into_iter().map(Some).collect(), count));
        }
        let records = self.records()?;
        let first = (skip as usize).min(records.len());
        let end =
            limit.map_or(records.len(), |limit| first.saturating_add(limit as usize).min(records.len()));
        let rows = Self::rows_of(&self.context, self.dataclass, &records[first..end], columns)?;
        Ok((rows, records.len() as u64))
    }

    /// The rows of references in their order; `None` for an entity that was dropped.
    pub fn rows_of(
        context: &Context,
        dataclass: DataclassId,
        records: &[RecordId],
        columns: &Columns,
    ) -> Result<Vec<Option<Row>>, ErrorStack> {
        context.connection(|connection| connection.rows(dataclass, records, columns)).map_err(store_error)
    }

    /// The references of a part, where `count` are known to be there in all: where they lie among others. A query that
    /// finds far more than the part is not settled for it.
    pub fn part(
        &self,
        skip: u64,
        limit: u64,
        count: u64,
    ) -> Result<(Arc<Vec<RecordId>>, Range<usize>), ErrorStack> {
        /// How many bare references take the room of one row without values.
        const ROW: u64 = 6;
        let query = self.as_query().filter(|_| count / ROW > limit);
        let Some((filter, order)) = query else {
            let records = self.records()?;
            let first = (skip as usize).min(records.len());
            let end = first.saturating_add(limit as usize).min(records.len());
            return Ok((records, first..end));
        };
        let dataclass = self.dataclass;
        let (limit, columns) = (Some(limit), Columns::of([]));
        let select = Select { dataclass, filter, order, skip, limit, columns, with_count: false };
        let page = self.context.connection(|connection| connection.page(&select)).map_err(store_error)?;
        let records: Vec<RecordId> = page.rows.into_iter().map(|row| row.record).collect();
        let all = 0..records.len();
        Ok((Arc::new(records), all))
    }

    /// The entity at an index; `None` when it was dropped. Neighbours are read ahead.
    pub(crate) fn entity(selection: &Rc<Self>, index: usize) -> Result<Option<Rc<Entity>>, ErrorStack> {
        access::check(&selection.context, selection.dataclass, Action::Read)?;
        let row = selection.row_ahead(index)?;
        Ok(row.map(|row| Entity::from_selection(selection, index, row)))
    }

    fn row_ahead(&self, index: usize) -> Result<Option<Rc<Row>>, ErrorStack> {
        let generation = self.context.generation();
        {
            let ahead = self.ahead.borrow();
            if ahead.generation == generation
                && index >= ahead.first
                && index < ahead.first + ahead.rows.len()
            {
                return Ok(ahead.rows[index - ahead.first].clone());
            }
        }
        let records = self.records()?;
        // Jumping about reads one row at a time, walking reads the next hundred at once.
        let walks = index == self.ahead.borrow().first + self.ahead.borrow().rows.len();
        let end =
            if walks { (index + READ_AHEAD).min(records.len()) } else { (index + 1).min(records.len()) };
        let Some(part) = records.get(index..end) else { return Ok(None) };
        let rows = self
            .context
            .connection(|connection| connection.rows(self.dataclass, part, &Columns::all()))
            .map_err(store_error)?;
        let rows: Vec<_> = rows.into_iter().map(|row| row.map(Rc::new)).collect();
        let row = rows.first().cloned().flatten();
        *self.ahead.borrow_mut() = Ahead { first: index, generation, rows };
        Ok(row)
    }

    /// The first entity without reading all keys.
    pub(crate) fn first(selection: &Rc<Self>) -> Result<Option<Rc<Entity>>, ErrorStack> {
        access::check(&selection.context, selection.dataclass, Action::Read)?;
        if selection.as_query().is_some() {
            let (rows, _) = selection.page(0, Some(1), &Columns::all())?;
            let row = rows.into_iter().next().flatten();
            return Ok(row.map(|row| Entity::from_selection(selection, 0, Rc::new(row))));
        }
        Self::entity(selection, 0)
    }

    /// The value of a storage attribute for each member; `None` for one that was dropped. Nothing else of them is read.
    pub(crate) fn column(&self, attribute: AttributeId) -> Result<Vec<Option<Scalar>>, ErrorStack> {
        let (rows, _) = self.page(0, None, &Columns::of([attribute]))?;
        Ok(rows.into_iter().map(|row| row.and_then(|row| row.values.into_iter().next())).collect())
    }

    /// Adds members; only an alterable selection takes them.
    pub(crate) fn push(&self, more: &[RecordId], becomes_ordered: bool) -> Result<(), ErrorStack> {
        if !self.alterable {
            return Err(ErrorStack::data(1637, "This entity selection cannot be altered"));
        }
        self.settle()?;
        if let Content::Records(records) = &mut *self.content.borrow_mut() {
            let records = Arc::make_mut(records);
            for record in more {
                if self.ordered.get() || becomes_ordered || !records.contains(record) {
                    records.push(*record);
                }
            }
        }
        if becomes_ordered {
            self.ordered.set(true);
        }
        Ok(())
    }

    /// `selection.attribute`: the values of a storage attribute, or the related entities without duplicates.
    fn project(selection: &Rc<Self>, process: &mut Process, name: &str) -> Result<Value, ErrorStack> {
        let context = Rc::clone(&selection.context);
        let described = selection.described();
        let Some(attribute) = described.attribute_named(name) else {
            return Err(attribute_not_found(name, &described.name));
        };
        access::check_attribute(&context, selection.dataclass, attribute.id, Action::Read)?;
        match attribute.kind {
            AttributeKind::RelatedEntity { .. } | AttributeKind::RelatedEntities { .. } => {
                let step = tessera_model::query::RelationStep::new(
                    &context.application().catalog,
                    selection.dataclass,
                    attribute.id,
                );
                let Some(step) = step else { return Ok(Value::Undefined) };
                access::check(&context, step.target, Action::Read)?;
                let columns = Columns::of([step.own]);
                let (rows, _) = selection.page(0, None, &columns)?;
                let mut keys: Vec<_> = Vec::new();
                let mut seen = std::collections::HashSet::new();
                for row in rows.into_iter().flatten() {
                    let Some(key) = row.values.into_iter().next().filter(|key| !key.is_null()) else {
                        continue;
                    };
                    if seen.insert(crate::save::key_text(&key)) {
                        keys.push(key);
                    }
                }
                let list = keys.into_iter().map(tessera_model::query::Operand::Scalar).collect();
                let filter = Filter::Compare(tessera_model::query::Compare {
                    path: tessera_model::query::Path::own(step.other),
                    operator: tessera_model::query::Operator::In,
                    operand: tessera_model::query::Operand::List(list),
                });
                let filter = filter.and(crate::restrict::filter(process, &context, step.target)?);
                Ok(Value::Native(Self::lazy(&context, step.target, filter, Vec::new())))
            }
            AttributeKind::Storage(_) => {
                let rows = selection.column(attribute.id)?;
                let values = rows.iter().flatten().map(|value| native_value(attribute, value));
                Ok(Value::Collection(values.collect()))
            }
            AttributeKind::Calculated(_) | AttributeKind::Alias { .. } => {
                let mut values = Vec::new();
                for index in 0..selection.records()?.len() {
                    if let Some(entity) = Self::entity(selection, index)? {
                        values.push(entity.read(process, attribute)?);
                    }
                }
                Ok(Value::Collection(CollectionRef::from_vec(values)))
            }
        }
    }
}

impl Native for Selection {
    fn class_name(&self) -> &str {
        &self.context.application().classes.of(self.dataclass).selection_name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let process = Process::of(scope);
        if name == "length" {
            return Ok(Value::Integer(self.length()? as i64));
        }
        let told = match name {
            "queryPlan" => self.explanation.borrow().plan.as_ref().map(Step::plan_value),
            "queryPath" => self.explanation.borrow().path.as_ref().map(Step::path_value),
            _ => None,
        };
        if let Some(told) = told {
            return Ok(told);
        }
        // A function wins over an attribute of its name.
        match user_function::value(process, self.class(), name) {
            Value::Undefined if self.described().attribute_named(name).is_some() => {
                Self::project(&self, process, name)
            }
            // They exist only where they were asked for (O112).
            Value::Undefined if matches!(name, "queryPlan" | "queryPath") => Ok(Value::Undefined),
            Value::Undefined => Err(attribute_not_found(name, &self.described().name)),
            function => Ok(function),
        }
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let process = Process::of(scope);
        if let Some(result) = functions::call(&self, process, name, arguments) {
            return Some(result);
        }
        user_function::call(process, self.class(), name, self, arguments)
    }

    fn index(self: Rc<Self>, scope: &mut dyn Scope, index: &Value) -> Result<Value, ErrorStack> {
        match index {
            Value::Text(name) => self.get(scope, name),
            index => {
                let at = index.as_integer().and_then(|at| usize::try_from(at).ok());
                match at {
                    Some(at) if at < self.length()? => {
                        Ok(Self::entity(&self, at)?.map_or(Value::Null, |entity| Value::Native(entity)))
                    }
                    _ => Err(ErrorStack::runtime("The index lies outside the entity selection.")),
                }
            }
        }
    }

    fn iteration_length(self: Rc<Self>, _scope: &mut dyn Scope) -> Option<Result<usize, ErrorStack>> {
        Some(self.records().map(|records| records.len()))
    }

    fn iteration_item(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        index: usize,
    ) -> Result<Option<Value>, ErrorStack> {
        Ok(Self::entity(&self, index)?.map(|entity| Value::Native(entity)))
    }

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        self.described().named().map(|attribute| attribute.name.clone()).collect()
    }

    fn copied(self: Rc<Self>, _scope: &mut dyn Scope, shared: bool) -> Option<Result<Value, ErrorStack>> {
        Some(functions::copied(&self, shared).map(|copy| Value::Native(copy)))
    }

    fn to_shared(&self) -> Option<Arc<dyn SharedNative>> {
        if self.alterable {
            return None;
        }
        let records = self.records().ok()?;
        Some(Arc::new(SharedSelection {
            dataclass: self.dataclass,
            records,
            ordered: self.ordered.get(),
            class_name: self.class_name().into(),
        }))
    }
}
