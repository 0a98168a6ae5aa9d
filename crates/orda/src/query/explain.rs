//! What a query tells about itself: its plan, and the path it took (`queryPlan`, `queryPath` of
//! `docs/API/DataClassClass.md`).
//!
//! The plan is the query's conditions, with what the engine says of the one statement that answers them: which index
//! it searches. A query that is asked for its path is run step by step instead, as 4D runs every query: each
//! condition of a conjunction narrows what the ones before it found. So what the path tells is what was done.

use std::rc::Rc;

use tessera_model::query::{Compare, Filter, ObjectStep, ObjectTest, Operand, Path, RelationStep};
use tessera_model::{AttributeId, DataclassId, RecordId};
use tessera_sessions::Action;
use tessera_store::UsedIndex;
use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::Process;

use super::{Asker, Planned, Scan};
use crate::access;
use crate::context::Context;
use crate::error::store_error;
use crate::restrict;

mod show;

pub(super) use show::shown;
use show::{composed_text, sign, value};

/// What stands for a condition that is not the client's own.
pub(super) const HIDDEN: &str = "(hidden)";

/// What a query is asked to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// How it would be run.
    pub plan: bool,
    /// How it was run.
    pub path: bool,
}

impl Telling {
    /// Anything at all?
    pub(super) fn any(self) -> bool {
        self.plan || self.path
    }
}

/// What a query tells.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// Before it was run.
    pub plan: Option<Step>,
    /// After it was run.
    pub path: Option<Step>,
}

/// One step of a query.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub kind: StepKind,
    /// What came of it; nothing in a plan.
    pub done: Option<Done>,
}

/// What came of a step.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// How long it took.
    pub milliseconds: i64,
    /// How many entities were left after it.
    pub found: u64,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Every one of these narrows what the ones before it found.
    And(Vec<Step>),
    /// What any of these finds.
    Or(Vec<Step>),
    /// What this doesn't find.
    Not(Box<Step>),
    /// What is related to what `filter` finds.
    Join {
        /// Through which fields.
        join: Join,
        /// What is looked for on the other side; nothing when any entity will do.
        filter: Option<Box<Step>>,
    },
    /// A comparison.
    Test(Test),
    /// Code was asked about each entity.
    Code(Text),
}

/// The fields of a relation.
#[derive(Clone, Debug)]
pub struct Join {
    /// On this side.
    pub own: Side,
    /// On the other side.
    pub other: Side,
}

/// A field, and which use of its dataclass is meant: a query may follow several relations to the same one.
#[derive(Clone, Debug)]
pub struct Side {
    /// The dataclass.
    pub dataclass: Text,
    /// The field, or a path into it.
    pub field: Text,
    /// How many uses of the dataclass come before this one.
    pub instance: usize,
}

/// A comparison with a value.
#[derive(Clone, Debug)]
pub struct Test {
    /// What is compared.
    pub side: Side,
    /// How.
    pub operator: &'static str,
    /// With what; texts for what is no scalar.
    pub value: Value,
    /// Is an index searched, or is one entity looked at after the other?
    pub indexed: bool,
}

/// The filter of a planned query inside `base`, and what it tells about itself. If it is to tell its path, it has
/// been run.
pub(crate) fn explain(
    process: &mut Process,
    context: &Rc<Context>,
    dataclass: DataclassId,
    planned: &Planned,
    base: Filter,
) -> Result<(Filter, Explanation), ErrorStack> {
    let mut explanation = Explanation::default();
    if planned.telling.plan {
        let whole = planned.filter.clone().and(base.clone());
        let mut walk = Walk::new(context, dataclass, planned);
        let indexes = walk.indexes(dataclass, &whole)?;
        explanation.plan = walk.plan(&planned.filter, dataclass, 0, &indexes);
    }
    if !planned.telling.path {
        return Ok((planned.filter.clone().and(base), explanation));
    }
    let mut walk = Walk::new(context, dataclass, planned);
    let (step, found) = walk.run(process, &planned.filter, dataclass, 0, &base)?;
    explanation.path = step;
    Ok((Filter::Records(found), explanation))
}

/// Goes through a filter.
struct Walk<'w> {
    context: &'w Rc<Context>,
    asker: Asker,
    scans: Vec<&'w Scan>,
    /// The dataclass at each place that a relation leads to, as `tessera_store::UsedIndex` numbers them.
    places: Vec<DataclassId>,
}

impl<'w> Walk<'w> {
    fn new(context: &'w Rc<Context>, dataclass: DataclassId, planned: &'w Planned) -> Self {
        let scans = planned.scans.iter().collect();
        Self { context, asker: planned.asker, scans, places: vec![dataclass] }
    }

    /// May whoever asks learn of the attribute? A client's query may stand for a condition of the project's own, by
    /// an alias or a `query` function.
    fn is_open(&self, dataclass: DataclassId, attribute: AttributeId) -> bool {
        let catalog = &self.context.application().catalog;
        self.asker == Asker::Code
            || catalog.is_visible(catalog.dataclass(dataclass).attribute(attribute))
                && access::check_attribute(self.context, dataclass, attribute, Action::Read).is_ok()
    }

    /// The step a filter is, before it is run; `None` for one that asks nothing.
    fn plan(
        &mut self,
        filter: &Filter,
        dataclass: DataclassId,
        place: usize,
        indexes: &[UsedIndex],
    ) -> Option<Step> {
        let kind = match filter {
            Filter::All | Filter::None => return None,
            Filter::And(filters) => StepKind::And(self.plans(filters, dataclass, place, indexes)),
            Filter::Or(filters) => StepKind::Or(self.plans(filters, dataclass, place, indexes)),
            Filter::Not(filter) => StepKind::Not(Box::new(self.plan(filter, dataclass, place, indexes)?)),
            Filter::Records(records) => self.code(dataclass, records)?.0,
            Filter::Object { .. } => self.test(filter, dataclass, place, false)?,
            Filter::Compare(compare) => match first_step(&compare.path.relations, || at_end(compare)) {
                Some((step, rest)) => return self.plan_join(&step, &rest, dataclass, place, indexes),
                None => {
                    let used = UsedIndex { place, attribute: compare.path.leaf };
                    self.test(filter, dataclass, place, indexes.contains(&used))?
                }
            },
            Filter::Related { relations, filter } => {
                let (step, rest) = first_step(relations, || filter.as_ref().clone())?;
                return self.plan_join(&step, &rest, dataclass, place, indexes);
            }
        };
        Some(Step { kind, done: None })
    }

    fn plans(
        &mut self,
        filters: &[Filter],
        dataclass: DataclassId,
        place: usize,
        indexes: &[UsedIndex],
    ) -> Vec<Step> {
        filters.iter().filter_map(|filter| self.plan(filter, dataclass, place, indexes)).collect()
    }

    fn plan_join(
        &mut self,
        step: &RelationStep,
        rest: &Filter,
        dataclass: DataclassId,
        place: usize,
        indexes: &[UsedIndex],
    ) -> Option<Step> {
        let (join, inner) = self.join(step, dataclass, place);
        let filter = self.plan(rest, step.target, inner, indexes).map(Box::new);
        Some(Step { kind: StepKind::Join { join, filter }, done: None })
    }

    /// Runs a filter inside `base`: what was done, and the records found, in the order of creation.
    fn run(
        &mut self,
        process: &mut Process,
        filter: &Filter,
        dataclass: DataclassId,
        place: usize,
        base: &Filter,
    ) -> Result<(Option<Step>, Vec<RecordId>), ErrorStack> {
        let began = self.context.milliseconds();
        let mut before = 0;
        let (kind, found) = match filter {
            Filter::And(filters) => self.narrow(process, filters, dataclass, place, base)?,
            Filter::Or(filters) => self.unite(process, filters, dataclass, place, base)?,
            Filter::Not(filter) => {
                let (step, records) = self.run(process, filter, dataclass, place, base)?;
                let others = Filter::Not(Box::new(Filter::Records(records)));
                let found = self.records(dataclass, others.and(base.clone()))?;
                (step.map(|step| StepKind::Not(Box::new(step))), found)
            }
            Filter::Related { relations, filter: inner } => {
                match first_step(relations, || inner.as_ref().clone()) {
                    Some((step, rest)) => self.join_found(process, &step, &rest, dataclass, place, base)?,
                    None => return self.run(process, inner, dataclass, place, base),
                }
            }
            Filter::Compare(compare) => match first_step(&compare.path.relations, || at_end(compare)) {
                Some((step, rest)) => self.join_found(process, &step, &rest, dataclass, place, base)?,
                None => {
                    let whole = filter.clone().and(base.clone());
                    let indexes = self.indexes(dataclass, &whole)?;
                    let used = UsedIndex { place: 0, attribute: compare.path.leaf };
                    let kind = self.test(filter, dataclass, place, indexes.contains(&used));
                    (kind, self.records(dataclass, whole)?)
                }
            },
            Filter::Records(records) => {
                let code = self.code(dataclass, records);
                before = code.as_ref().map_or(0, |(_, milliseconds)| *milliseconds);
                (code.map(|(kind, _)| kind), self.records(dataclass, filter.clone().and(base.clone()))?)
            }
            Filter::All | Filter::None | Filter::Object { .. } => {
                let kind = self.test(filter, dataclass, place, false);
                (kind, self.records(dataclass, filter.clone().and(base.clone()))?)
            }
        };
        let Some(kind) = kind else { return Ok((None, found)) };
        let milliseconds = before + self.context.milliseconds() - began;
        let done = Done { milliseconds, found: self.visible(process, dataclass, place, &found)? };
        Ok((Some(Step { kind, done: Some(done) }), found))
    }

    fn narrow(
        &mut self,
        process: &mut Process,
        filters: &[Filter],
        dataclass: DataclassId,
        place: usize,
        base: &Filter,
    ) -> Result<(Option<StepKind>, Vec<RecordId>), ErrorStack> {
        let (mut steps, mut left) = (Vec::new(), None);
        for filter in filters {
            let inside = left.map_or_else(|| base.clone(), Filter::Records);
            let (step, found) = self.run(process, filter, dataclass, place, &inside)?;
            steps.extend(step);
            left = Some(found);
        }
        let found = match left {
            Some(found) => found,
            None => self.records(dataclass, base.clone())?,
        };
        Ok((Some(StepKind::And(steps)), found))
    }

    fn unite(
        &mut self,
        process: &mut Process,
        filters: &[Filter],
        dataclass: DataclassId,
        place: usize,
        base: &Filter,
    ) -> Result<(Option<StepKind>, Vec<RecordId>), ErrorStack> {
        let (mut steps, mut found) = (Vec::new(), Vec::new());
        for filter in filters {
            let (step, more) = self.run(process, filter, dataclass, place, base)?;
            steps.extend(step);
            found.extend(more);
        }
        found.sort_unstable();
        found.dedup();
        Ok((Some(StepKind::Or(steps)), found))
    }

    /// Looks on the other side of a relation first, then for what is related to that.
    fn join_found(
        &mut self,
        process: &mut Process,
        step: &RelationStep,
        rest: &Filter,
        dataclass: DataclassId,
        place: usize,
        base: &Filter,
    ) -> Result<(Option<StepKind>, Vec<RecordId>), ErrorStack> {
        let (join, inner) = self.join(step, dataclass, place);
        let (filter, related) = self.run(process, rest, step.target, inner, &Filter::All)?;
        let related = Filter::Related { relations: vec![*step], filter: Box::new(Filter::Records(related)) };
        let found = self.records(dataclass, related.and(base.clone()))?;
        Ok((Some(StepKind::Join { join, filter: filter.map(Box::new) }), found))
    }

    /// How many of these may be told of: the other side of a relation may be restricted.
    fn visible(
        &self,
        process: &mut Process,
        dataclass: DataclassId,
        place: usize,
        found: &[RecordId],
    ) -> Result<u64, ErrorStack> {
        if place == 0 {
            return Ok(found.len() as u64);
        }
        match restrict::filter(process, self.context, dataclass)? {
            Filter::All => Ok(found.len() as u64),
            restriction => {
                let visible = Filter::Records(found.to_vec()).and(restriction);
                self.context
                    .connection(|connection| connection.count(dataclass, &visible))
                    .map_err(store_error)
            }
        }
    }

    fn records(&self, dataclass: DataclassId, filter: Filter) -> Result<Vec<RecordId>, ErrorStack> {
        self.context.connection(|connection| connection.records(dataclass, &filter, &[])).map_err(store_error)
    }

    fn indexes(&self, dataclass: DataclassId, filter: &Filter) -> Result<Vec<UsedIndex>, ErrorStack> {
        self.context.connection(|connection| connection.indexes(dataclass, filter)).map_err(store_error)
    }

    /// The join of a relation, and the place it leads to.
    fn join(&mut self, step: &RelationStep, dataclass: DataclassId, place: usize) -> (Join, usize) {
        let inner = self.places.len();
        self.places.push(step.target);
        let mut own = self.side(dataclass, step.own, place, &[]);
        let mut other = self.side(step.target, step.other, inner, &[]);
        if !self.is_open(dataclass, step.attribute) {
            (own.field, other.dataclass, other.field) = (HIDDEN.into(), HIDDEN.into(), HIDDEN.into());
        }
        (Join { own, other }, inner)
    }

    fn side(
        &self,
        dataclass: DataclassId,
        attribute: AttributeId,
        place: usize,
        inside: &[ObjectStep],
    ) -> Side {
        let described = self.context.application().catalog.dataclass(dataclass);
        let mut field = described.attribute(attribute).name.to_string();
        for step in inside {
            match step {
                ObjectStep::Property(name) => field.extend([".", name]),
                ObjectStep::Elements => field.push_str("[]"),
                ObjectStep::Similarity(similarity) => field.extend([" ", similarity.metric.name()]),
            }
        }
        let instance = self.places[..place].iter().filter(|earlier| **earlier == dataclass).count();
        Side { dataclass: described.name.clone(), field: field.into(), instance }
    }

    /// The step of a condition on the dataclass itself; `None` for one that asks nothing.
    fn test(&self, filter: &Filter, dataclass: DataclassId, place: usize, indexed: bool) -> Option<StepKind> {
        let test = |attribute, path: &[ObjectStep], operator, operand: &Operand| {
            if !self.is_open(dataclass, attribute) {
                return StepKind::Code(HIDDEN.into());
            }
            let side = self.side(dataclass, attribute, place, path);
            StepKind::Test(Test { side, operator: sign(operator, operand), value: value(operand), indexed })
        };
        Some(match filter {
            Filter::Compare(compare) => {
                test(compare.path.leaf, &compare.path.object_path, compare.operator, &compare.operand)
            }
            Filter::Object { attribute, test: inner } => match inner {
                ObjectTest::Compare { path, operator, operand } => test(*attribute, path, *operator, operand),
                _ if !self.is_open(dataclass, *attribute) => StepKind::Code(HIDDEN.into()),
                composed => {
                    let side = self.side(dataclass, *attribute, place, &[]);
                    let value = Value::text(composed_text(composed));
                    StepKind::Test(Test { side, operator: "has", value, indexed })
                }
            },
            _ => return None,
        })
    }

    /// What code decided, if these are the records it found.
    fn code(&mut self, dataclass: DataclassId, records: &[RecordId]) -> Option<(StepKind, i64)> {
        let at = self.scans.iter().position(|scan| scan.dataclass == dataclass && scan.found == records)?;
        let scan = self.scans.remove(at);
        Some((StepKind::Code(scan.what.clone()), scan.milliseconds))
    }
}

/// The first of the relations, and what is asked at its end.
fn first_step(relations: &[RelationStep], end: impl FnOnce() -> Filter) -> Option<(RelationStep, Filter)> {
    let (first, rest) = relations.split_first()?;
    let rest = match rest {
        [] => end(),
        rest => Filter::Related { relations: rest.to_vec(), filter: Box::new(end()) },
    };
    Some((*first, rest))
}

/// A comparison as it is at the end of its relations.
fn at_end(compare: &Compare) -> Filter {
    let Compare { path, operator, operand } = compare;
    let path = Path { relations: Vec::new(), leaf: path.leaf, object_path: path.object_path.clone() };
    Filter::Compare(Compare { path, operator: *operator, operand: operand.clone() })
}
