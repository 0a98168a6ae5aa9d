//! Reads for clients: the one way from REST to rows. Each checks the permission to read the dataclass and applies its
//! restriction.

use std::rc::Rc;

use tessera_model::query::{Compare, Filter, Operand, Operator, Path, RelationStep};
use tessera_model::{AttributeId, DataclassId};
use tessera_sessions::Action;
use tessera_store::{Columns, Row, Select};
use tessera_values::{ErrorStack, Scalar};

use crate::access;
use crate::context::Run;
use crate::error::store_error;
use crate::relation::row_by;
use crate::restrict;

impl Run {
    /// The row whose attribute has a value: an entity by key, or by another attribute.
    pub fn read_row(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        value: &Scalar,
        columns: &Columns,
    ) -> Result<Option<Row>, ErrorStack> {
        let context = Rc::clone(self.context());
        access::check(&context, dataclass, Action::Read)?;
        if value.is_null() {
            return Ok(None);
        }
        let filter = restrict::filter(self.process(), &context, dataclass)?;
        row_by(&context, dataclass, attribute, value, filter, columns)
    }

    /// The rows at the other end of a relation from these values, in one statement; of pictures and blobs the lengths.
    pub fn read_linked(&mut self, step: &RelationStep, values: Vec<Scalar>) -> Result<Vec<Row>, ErrorStack> {
        let context = Rc::clone(self.context());
        access::check(&context, step.target, Action::Read)?;
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let restriction = restrict::filter(self.process(), &context, step.target)?;
        if restriction == Filter::All {
            return context
                .connection(|connection| connection.by_values(step.target, step.other, &values, &lengths()))
                .map_err(store_error);
        }
        let filter = Filter::Compare(Compare {
            path: Path::own(step.other),
            operator: Operator::In,
            operand: Operand::List(values.into_iter().map(Operand::Scalar).collect()),
        });
        let select =
            Select { filter: filter.and(restriction), columns: lengths(), ..Select::all(step.target) };
        context.connection(|connection| connection.page(&select)).map(|page| page.rows).map_err(store_error)
    }

    /// The same for an alias, whose reader needs no permission for what lies on its way (`docs/ORDA/privileges.md`).
    pub fn read_linked_for_alias(
        &mut self,
        step: &RelationStep,
        values: Vec<Scalar>,
    ) -> Result<Vec<Row>, ErrorStack> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        self.context()
            .connection(|connection| connection.by_values(step.target, step.other, &values, &lengths()))
            .map_err(store_error)
    }
}

/// What is shown of a page's entities, whose pictures and blobs are fetched on their own.
fn lengths() -> Columns {
    Columns::all().with_lengths()
}

/// Writes of a client that belong together.
impl Run {
    /// Opens a transaction.
    pub fn begin(&mut self) -> Result<(), ErrorStack> {
        self.context().connection(|connection| connection.begin()).map_err(store_error)
    }

    /// Ends the transaction: keeps what was done, or takes it back.
    pub fn end(&mut self, keep: bool) -> Result<(), ErrorStack> {
        self.context()
            .connection(|connection| if keep { connection.commit() } else { connection.rollback() })
            .map_err(store_error)
    }
}
