//! `ORDER BY`.

use std::sync::Arc;

use tessera_model::DataclassId;
use tessera_model::query::{Filter, Order, Path, RelationStep};

use super::build::{Builder, Param, Test, directed};
use super::dialect::Tests;
use crate::schema::RECORD;

impl Builder<'_> {
    pub(super) fn order_by(&mut self, order: &[Order], dataclass: DataclassId, filter: &Filter) -> String {
        let mut terms = Vec::new();
        for Order { path, descending } in order {
            let sorted = if path.object_path.is_empty() {
                self.sorted(&path.relations, path, dataclass, "t0")
            } else if self.dialect.tests() == Tests::Called {
                let mut terms = self.sorted(&path.relations, path, dataclass, "t0");
                // Nothing at the end of a relation ranks as a value that is Null.
                if let Some(rank) = terms.first_mut() {
                    *rank = format!("coalesce({rank}, 0)");
                }
                terms
            } else {
                vec![self.sorted_before(path, dataclass, filter)]
            };
            if !sorted.is_empty() {
                terms.push(directed(sorted, self.dialect.direction(*descending)));
            }
        }
        terms.push(format!("t0.{RECORD}"));
        terms.join(", ")
    }

    /// The expressions an order sorts by: for a value inside an object the rank of its kind comes first.
    fn sorted(
        &mut self,
        relations: &[RelationStep],
        path: &Path,
        dataclass: DataclassId,
        alias: &str,
    ) -> Vec<String> {
        let Some((step, rest)) = relations.split_first() else {
            let Some(place) = self.place(dataclass, path.leaf, alias) else { return Vec::new() };
            if path.object_path.is_empty() {
                return place.sort_terms();
            }
            let test = self.test(Test::Value(path.object_path.clone()));
            let column = place.sql();
            return vec![
                format!("tessera_rank({column}, {test})"),
                self.dialect.text(&format!("tessera_value({column}, {test})")),
            ];
        };
        let inner = self.alias();
        let on = self.equal_places(dataclass, step.own, alias, step.target, step.other, &inner);
        let table = &self.schema.table(step.target).sql;
        let select = |term: String| {
            format!("(SELECT {term} FROM {table} {inner} WHERE {on} ORDER BY {inner}.{RECORD} LIMIT 1)")
        };
        let terms: Vec<String> =
            self.sorted(rest, path, step.target, &inner).into_iter().map(select).collect();
        let text = self
            .schema
            .leaf(dataclass, path)
            .is_some_and(|column| column.field.field_type.is_text() || !path.object_path.is_empty());
        match terms.split_last() {
            // A sub-query forgets the collation of its column.
            Some((value, others)) if text => {
                others.iter().cloned().chain([self.dialect.text(value)]).collect()
            }
            _ => terms,
        }
    }

    /// A value inside an object that the engine can't compare: what each row sorts by is found first, and joined.
    fn sorted_before(&mut self, path: &Path, dataclass: DataclassId, filter: &Filter) -> String {
        let plain = Path { object_path: Vec::new(), ..path.clone() };
        let column = self.sorted(&plain.relations, &plain, dataclass, "t0").pop();
        let wanted = column.unwrap_or_else(|| "NULL".to_owned());
        let search = self.search(dataclass, &wanted, filter, Test::Value(path.object_path.clone()));
        let records = self.param(Param::Sorted(Arc::new(search)));
        let keys = self.param(Param::SortKeys);
        let alias = self.alias();
        self.joins.push_str(&format!(
            " LEFT JOIN unnest({records}::bigint[], {keys}::bytea[]) AS {alias}(record, key) \
             ON {alias}.record = t0.{RECORD}"
        ));
        format!("{alias}.key")
    }
}
