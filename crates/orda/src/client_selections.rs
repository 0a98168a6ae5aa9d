//! Selections that clients address: by a filter, by an entity set they made earlier, through a relation. Each way in
//! checks the permission to read.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use tessera_model::query::{Compare, Filter, Operand, Operator, Order, Path, RelationStep};
use tessera_model::{DataclassId, RecordId};
use tessera_sessions::Action;
use tessera_values::{ErrorStack, Scalar, Value};

use crate::access;
use crate::context::Run;
use crate::query::{Asker, Planned, explain};
use crate::restrict;
use crate::selection::{Aggregates, Selection};

/// How two selections of one dataclass are brought together (`docs/REST/$entityset.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combination {
    /// What is in both.
    And,
    /// What is in either.
    Or,
    /// What is in the first only.
    Except,
}

impl Run {
    /// The entities of a filter under the dataclass's restriction, as code gets them.
    pub fn select(&mut self, dataclass: DataclassId, filter: Filter) -> Result<Rc<Selection>, ErrorStack> {
        self.select_ordered(dataclass, filter, Vec::new())
    }

    /// The same, in an order.
    pub fn select_ordered(
        &mut self,
        dataclass: DataclassId,
        filter: Filter,
        order: Vec<Order>,
    ) -> Result<Rc<Selection>, ErrorStack> {
        let context = Rc::clone(self.context());
        access::check(&context, dataclass, Action::Read)?;
        let restriction = restrict::filter(self.process(), &context, dataclass)?;
        Ok(Selection::lazy(&context, dataclass, filter.and(restriction), order))
    }

    /// The entities a query finds inside `base`, under the dataclass's restriction; the selection tells about the
    /// query what it was asked to.
    pub fn select_planned(
        &mut self,
        dataclass: DataclassId,
        planned: Planned,
        base: Filter,
    ) -> Result<Rc<Selection>, ErrorStack> {
        let context = Rc::clone(self.context());
        access::check(&context, dataclass, Action::Read)?;
        let restriction = restrict::filter(self.process(), &context, dataclass)?;
        let (filter, explanation) =
            explain(self.process(), &context, dataclass, &planned, base.and(restriction))?;
        let selection = Selection::lazy(&context, dataclass, filter, planned.order);
        selection.explain(explanation);
        Ok(selection)
    }

    /// The members of an entity set, as they were kept.
    pub fn open_records(
        &mut self,
        dataclass: DataclassId,
        records: &Arc<Vec<RecordId>>,
        ordered: bool,
    ) -> Result<Rc<Selection>, ErrorStack> {
        let context = Rc::clone(self.context());
        access::check(&context, dataclass, Action::Read)?;
        Ok(Selection::of(&context, dataclass, Arc::clone(records), ordered, false))
    }

    /// Those members that exist and that the session may see, in the order they have.
    pub fn existing(&mut self, selection: &Rc<Selection>) -> Result<Rc<Selection>, ErrorStack> {
        let records = selection.records()?;
        let filter = Filter::Records(records.to_vec());
        let there: HashSet<RecordId> =
            self.select(selection.dataclass(), filter)?.records()?.iter().copied().collect();
        let kept: Vec<_> = records.iter().filter(|record| there.contains(record)).copied().collect();
        let context = Rc::clone(self.context());
        Ok(Selection::of(&context, selection.dataclass(), kept, selection.is_ordered(), false))
    }

    /// Two selections brought together; unordered, in the order of creation.
    pub fn combined(
        &mut self,
        combination: Combination,
        first: &Rc<Selection>,
        second: &Rc<Selection>,
    ) -> Result<Rc<Selection>, ErrorStack> {
        let (own, other) = (first.records()?, second.records()?);
        let mut records: Vec<RecordId> = match combination {
            Combination::Or => own.iter().chain(other.iter()).copied().collect(),
            Combination::And | Combination::Except => {
                let in_other: HashSet<RecordId> = other.iter().copied().collect();
                let wanted = combination == Combination::And;
                own.iter().filter(|record| in_other.contains(record) == wanted).copied().collect()
            }
        };
        records.sort_unstable();
        records.dedup();
        let context = Rc::clone(self.context());
        Ok(Selection::of(&context, first.dataclass(), records, false, false))
    }

    /// The related entities of a row along a 1→N relation.
    pub fn select_related(
        &mut self,
        step: &RelationStep,
        link: Scalar,
        order: Vec<Order>,
    ) -> Result<Rc<Selection>, ErrorStack> {
        let filter = if link.is_null() {
            Filter::None
        } else {
            Filter::Compare(Compare {
                path: Path::own(step.other),
                operator: Operator::Equal,
                operand: Operand::Scalar(link),
            })
        };
        self.select_ordered(step.target, filter, order)
    }

    /// What a client learns of the values behind a path: their number, sum, average and bounds.
    pub fn aggregates(
        &mut self,
        selection: &Rc<Selection>,
        path: &str,
        distinct: bool,
    ) -> Result<Aggregates, ErrorStack> {
        if distinct {
            let values = Selection::distinct_values(self.process(), selection, path, Asker::Client)?;
            return Ok(Aggregates::of(&values));
        }
        Selection::aggregates(self.process(), selection, path, Asker::Client)
    }

    /// The different values behind a path, from low to high, without null.
    pub fn distinct(&mut self, selection: &Rc<Selection>, path: &str) -> Result<Vec<Value>, ErrorStack> {
        Selection::distinct_values(self.process(), selection, path, Asker::Client)
    }
}
