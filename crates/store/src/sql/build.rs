//! From a plan to one statement.

use std::sync::Arc;

use tessera_model::query::{Compare, Filter, ObjectStep, ObjectTest, Order, Path, RelationStep};
use tessera_model::{AttributeId, DataclassId, FieldType, RecordId, Relation};
use tessera_values::{Pattern, Scalar};

use super::dialect::{Dialect, Tests};
use super::place::{Kind, Place};
use crate::Columns;
use crate::schema::{RECORD, STAMP, Schema, TIME, Table};

/// SQL text and its parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) params: Vec<Param>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Param {
    Value(Scalar),
    Numbers(Vec<i64>),
    Values(Vec<Scalar>),
    /// The key of a text, or what was cut off from it.
    Key(Vec<u8>),
    Keys(Vec<Vec<u8>>),
    Test(Arc<Test>),
    /// The records that pass a test.
    Passing(Arc<Search>),
    /// The records of a search. The next parameter is `SortKeys`: what these records sort by.
    Sorted(Arc<Search>),
    SortKeys,
}

/// A condition, or a path, that Rust code decides for each row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// The text matches.
    Pattern(Pattern),
    /// One word of the text matches.
    Keyword(Pattern),
    /// The object satisfies the condition.
    Object(ObjectTest),
    /// The value at this place in the object.
    Value(Vec<ObjectStep>),
}

/// A statement that gives records and one value of each, and what is asked of that value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Search {
    pub(crate) statement: Statement,
    pub(crate) test: Test,
}

/// Builds one statement.
pub(crate) struct Builder<'s> {
    pub(super) schema: &'s Schema,
    pub(super) dialect: &'s dyn Dialect,
    params: Vec<Param>,
    /// Joins that an order needs.
    pub(super) joins: String,
    aliases: usize,
    /// Are tests taken to hold? Then a statement finds every row for which they matter.
    assume: bool,
}

/// Where a condition stands: it is about the rows of a table, and part of a whole filter on them.
#[derive(Clone, Copy)]
pub(super) struct Scope<'f> {
    pub(super) dataclass: DataclassId,
    pub(super) alias: &'f str,
    pub(super) whole: &'f Filter,
}

impl<'s> Builder<'s> {
    pub(crate) fn new(schema: &'s Schema, dialect: &'s dyn Dialect) -> Self {
        Self { schema, dialect, params: Vec::new(), joins: String::new(), aliases: 1, assume: false }
    }

    fn finish(self, sql: String) -> Statement {
        Statement { sql, params: self.params }
    }

    /// The entities of a filter, in order: their columns, or only their record numbers.
    pub(crate) fn select(
        mut self,
        dataclass: DataclassId,
        columns: Option<&Columns>,
        filter: &Filter,
        order: &[Order],
        window: Option<(u64, Option<u64>)>,
    ) -> Statement {
        let table = self.schema.table(dataclass);
        let wanted = columns
            .map_or_else(|| format!("t0.{RECORD}"), |columns| row_columns(table, columns, self.dialect));
        let condition = self.condition(filter, dataclass);
        let order = self.order_by(order, dataclass, filter);
        let joins = std::mem::take(&mut self.joins);
        let mut sql = format!("SELECT {wanted} FROM {} t0{joins}{condition} ORDER BY {order}", table.sql);
        if let Some((skip, limit)) = window {
            let whole = |n: u64| Param::Value(Scalar::Integer(i64::try_from(n).unwrap_or(i64::MAX)));
            let limit = limit.map(|limit| self.param(whole(limit)));
            let skip = (skip > 0).then(|| self.param(whole(skip)));
            sql.push_str(&self.dialect.window(limit.as_deref(), skip.as_deref()));
        }
        self.finish(sql)
    }

    /// How many entities a filter finds.
    pub(crate) fn count(mut self, dataclass: DataclassId, filter: &Filter) -> Statement {
        let condition = self.condition(filter, dataclass);
        let sql = format!("SELECT count(*) FROM {} t0{condition}", self.schema.table(dataclass).sql);
        self.finish(sql)
    }

    /// Count, sum, average, smallest and largest of the values at a path. `added` gives the expressions that add
    /// and average.
    pub(crate) fn aggregate(
        mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
        added: impl FnOnce(&str) -> String,
    ) -> Statement {
        let (joins, place) = self.joined(path, dataclass);
        let value = place.as_ref().map_or_else(|| "NULL".to_owned(), Place::sql);
        let condition = self.condition(filter, dataclass);
        let from = format!("{} t0{joins}", self.schema.table(dataclass).sql);
        let extremes = match &place {
            // Keys tell which text is the smallest, and not every engine compares every type.
            Some(place) if self.dialect.tests() == Tests::Before && !is_comparable(place) => {
                let end = |descending: bool| {
                    let order = directed(place.sort_terms(), self.dialect.direction(descending));
                    let and = if condition.is_empty() { " WHERE" } else { " AND" };
                    format!(
                        "(SELECT {value} FROM {from}{condition}{and} {value} IS NOT NULL ORDER BY {order} LIMIT 1)"
                    )
                };
                format!("{}, {}", end(false), end(true))
            }
            _ => format!("min({value}), max({value})"),
        };
        let sql = format!("SELECT count({value}), {}, {extremes} FROM {from}{condition}", added(&value));
        self.finish(sql)
    }

    /// The different values at a path, ascending.
    pub(crate) fn distinct(mut self, dataclass: DataclassId, filter: &Filter, path: &Path) -> Statement {
        let (joins, place) = self.joined(path, dataclass);
        let value = place.as_ref().map_or_else(|| "NULL".to_owned(), Place::sql);
        let condition = self.filter(filter, Scope { dataclass, alias: "t0", whole: filter });
        let table = &self.schema.table(dataclass).sql;
        let keys = place.and_then(|place| place.keys());
        let (distinct, order) = match keys {
            Some((key, rest)) => (format!(" ON ({key}, {rest})"), format!("{key}, {rest}, t0.{RECORD}")),
            None => (String::new(), "v".to_owned()),
        };
        let sql = format!(
            "SELECT DISTINCT{distinct} {value} AS v FROM {table} t0{joins} \
             WHERE {value} IS NOT NULL AND {condition} ORDER BY {order}"
        );
        self.finish(sql)
    }

    /// The objects at the beginning of a path into them, one for each way to get there.
    pub(crate) fn objects(mut self, dataclass: DataclassId, filter: &Filter, path: &Path) -> Statement {
        let (joins, place) = self.joined(path, dataclass);
        let value = place.as_ref().map_or_else(|| "NULL".to_owned(), Place::sql);
        let condition = self.condition(filter, dataclass);
        let sql = format!("SELECT {value} FROM {} t0{joins}{condition}", self.schema.table(dataclass).sql);
        self.finish(sql)
    }

    /// The columns of these records.
    pub(crate) fn rows(
        mut self,
        dataclass: DataclassId,
        records: &[RecordId],
        columns: &Columns,
    ) -> Statement {
        let table = self.schema.table(dataclass);
        let listed = self.records(records, "t0");
        let sql = format!(
            "SELECT {} FROM {} t0 WHERE {listed}",
            row_columns(table, columns, self.dialect),
            table.sql
        );
        self.finish(sql)
    }

    /// The records that refer to one of a list through a relation.
    pub(crate) fn referring(mut self, relation: &Relation, records: &[RecordId]) -> Statement {
        let step = RelationStep {
            attribute: relation.foreign_key,
            own: relation.foreign_key,
            target: relation.destination,
            other: relation.referenced,
            many: false,
        };
        let scope = Scope { dataclass: relation.source, alias: "t0", whole: &Filter::All };
        let records = Filter::Records(records.to_vec());
        let condition = self.related(&[step], &records, scope);
        let table = &self.schema.table(relation.source).sql;
        self.finish(format!("SELECT t0.{RECORD} FROM {table} t0 WHERE {condition} ORDER BY t0.{RECORD}"))
    }

    /// The joins that follow a path, and the column at its end.
    fn joined(&mut self, path: &Path, dataclass: DataclassId) -> (String, Option<Place<'s>>) {
        let (mut joins, mut alias, mut here) = (String::new(), "t0".to_owned(), dataclass);
        for step in &path.relations {
            let next = self.alias();
            let table = &self.schema.table(step.target).sql;
            let on = self.equal_places(here, step.own, &alias, step.target, step.other, &next);
            joins.push_str(&format!(" JOIN {table} {next} ON {on}"));
            (alias, here) = (next, step.target);
        }
        (joins, self.place(here, path.leaf, &alias))
    }

    /// The condition that joins two tables.
    pub(super) fn equal_places(
        &self,
        dataclass: DataclassId,
        own: AttributeId,
        alias: &str,
        target: DataclassId,
        other: AttributeId,
        inner: &str,
    ) -> String {
        let sides = self.place(dataclass, own, alias).zip(self.place(target, other, inner));
        match sides.and_then(|(own, other)| own.joined(&other)) {
            None => "FALSE".to_owned(),
            Some((own, other)) if own.starts_with('(') => format!("({other}) = {own}"),
            Some((own, other)) => format!("{other} = {own}"),
        }
    }

    pub(super) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases - 1)
    }

    pub(super) fn param(&mut self, param: Param) -> String {
        self.params.push(param);
        self.dialect.parameter(self.params.len())
    }

    /// A parameter for a function of the engine that calls back.
    pub(super) fn test(&mut self, test: Test) -> String {
        self.param(Param::Test(Arc::new(test)))
    }

    pub(super) fn value(&mut self, value: &Scalar) -> String {
        self.param(Param::Value(value.clone()))
    }

    /// The condition that a column passes a test.
    pub(super) fn passes(&mut self, place: &Place<'_>, scope: Scope<'_>, test: Test) -> String {
        match self.dialect.tests() {
            Tests::Called => {
                let test = self.test(test);
                format!("tessera_test({}, {test})", place.sql())
            }
            Tests::Before if self.assume => "TRUE".to_owned(),
            Tests::Before => {
                let wanted = format!("t0.{}", place.column.sql);
                let search = self.search(scope.dataclass, &wanted, scope.whole, test);
                let records = self.param(Param::Passing(Arc::new(search)));
                self.dialect.is_in(&format!("{}.{RECORD}", scope.alias), &records)
            }
        }
    }

    /// Whatever a filter may find, its tests taken to hold.
    pub(super) fn search(&self, dataclass: DataclassId, wanted: &str, filter: &Filter, test: Test) -> Search {
        let mut builder = Self { assume: true, ..Self::new(self.schema, self.dialect) };
        let condition = builder.condition(filter, dataclass);
        let table = &self.schema.table(dataclass).sql;
        let statement = builder.finish(format!("SELECT t0.{RECORD}, {wanted} FROM {table} t0{condition}"));
        Search { statement, test }
    }

    fn condition(&mut self, filter: &Filter, dataclass: DataclassId) -> String {
        match filter {
            Filter::All => String::new(),
            filter => {
                format!(" WHERE {}", self.filter(filter, Scope { dataclass, alias: "t0", whole: filter }))
            }
        }
    }

    fn filter(&mut self, filter: &Filter, scope: Scope<'_>) -> String {
        match filter {
            Filter::All => "TRUE".to_owned(),
            Filter::None => "FALSE".to_owned(),
            Filter::And(filters) => self.combined(filters, " AND ", "TRUE", scope),
            Filter::Or(filters) => self.combined(filters, " OR ", "FALSE", scope),
            // A test that is only assumed to hold says nothing about its opposite.
            Filter::Not(filter) if self.assume && is_tested(filter) => "TRUE".to_owned(),
            // `NOT` alone would lose the entities for which the condition is neither true nor false.
            Filter::Not(filter) => format!("({} IS NOT TRUE)", self.filter(filter, scope)),
            Filter::Records(records) => self.records(records, scope.alias),
            Filter::Related { relations, filter } => self.related(relations, filter, scope),
            Filter::Object { attribute, test } => {
                match self.place(scope.dataclass, *attribute, scope.alias) {
                    Some(place) => self.passes(&place, scope, Test::Object(test.clone())),
                    None => "FALSE".to_owned(),
                }
            }
            Filter::Compare(compare) if compare.path.relations.is_empty() => self.compare(compare, scope),
            Filter::Compare(Compare { path, operator, operand }) => {
                let leaf = Compare {
                    path: Path {
                        relations: Vec::new(),
                        leaf: path.leaf,
                        object_path: path.object_path.clone(),
                    },
                    operator: *operator,
                    operand: operand.clone(),
                };
                self.related(&path.relations, &Filter::Compare(leaf), scope)
            }
        }
    }

    /// Conditions joined as a balanced tree: engines limit how deep an expression may be, not how wide.
    fn combined(&mut self, filters: &[Filter], operator: &str, empty: &str, scope: Scope<'_>) -> String {
        match filters {
            [] => empty.to_owned(),
            [filter] => self.filter(filter, scope),
            filters => {
                let (left, right) = filters.split_at(filters.len() / 2);
                let left = self.combined(left, operator, empty, scope);
                let right = self.combined(right, operator, empty, scope);
                format!("({left}{operator}{right})")
            }
        }
    }

    /// Is a row one of these records?
    fn records(&mut self, records: &[RecordId], alias: &str) -> String {
        let list = self.param(Param::Numbers(records.iter().map(|record| record.0).collect()));
        self.dialect.is_in(&format!("{alias}.{RECORD}"), &list)
    }

    /// A sub-query that doesn't depend on the outer row: the engine runs it once, and then uses the index of the
    /// field that is compared with its result.
    fn related(&mut self, relations: &[RelationStep], filter: &Filter, scope: Scope<'_>) -> String {
        let Some((step, rest)) = relations.split_first() else {
            return self.filter(filter, Scope { whole: filter, ..scope });
        };
        let inner = self.alias();
        let own = self.place(scope.dataclass, step.own, scope.alias);
        let sides = own.zip(self.place(step.target, step.other, &inner));
        let Some((own, other)) = sides.and_then(|(own, other)| own.joined(&other)) else {
            return "FALSE".to_owned();
        };
        let target = Scope { dataclass: step.target, alias: &inner, whole: filter };
        let condition = self.related(rest, filter, target);
        let table = &self.schema.table(step.target).sql;
        format!("{own} IN (SELECT {other} FROM {table} {inner} WHERE {condition})")
    }
}

/// Does a filter depend on a test? Rather once too often than too seldom.
fn is_tested(filter: &Filter) -> bool {
    match filter {
        Filter::All | Filter::None | Filter::Records(_) => false,
        Filter::And(filters) | Filter::Or(filters) => filters.iter().any(is_tested),
        Filter::Not(filter) | Filter::Related { filter, .. } => is_tested(filter),
        Filter::Object { .. } => true,
        Filter::Compare(compare) => super::compare::is_tested(compare),
    }
}

/// Does every engine have `min` and `max` for the column as it is?
fn is_comparable(place: &Place<'_>) -> bool {
    place.field_type() == FieldType::Uuid || matches!(place.kind(), Kind::Number | Kind::Date | Kind::Time)
}

/// Every term in the same direction.
pub(super) fn directed(terms: Vec<String>, direction: &str) -> String {
    terms.iter().map(|term| format!("{term}{direction}")).collect::<Vec<_>>().join(", ")
}

/// Record number, stamp and time, then the columns asked for.
pub(crate) fn row_columns(table: &Table, columns: &Columns, dialect: &dyn Dialect) -> String {
    let mut sql = format!("t0.{RECORD}, t0.{STAMP}, t0.{TIME}");
    let mut push = |attribute: AttributeId| match table.column(attribute) {
        None => sql.push_str(", NULL"),
        Some(column) if columns.is_length(column) => {
            sql.push_str(", ");
            sql.push_str(&dialect.length(&format!("t0.{}", column.sql)));
        }
        Some(column) => {
            sql.push_str(&format!(", t0.{}", column.sql));
            if let Some(mime) = &column.mime {
                sql.push_str(&format!(", t0.{mime}"));
            }
        }
    };
    match columns.attributes() {
        Some(attributes) => attributes.iter().copied().for_each(&mut push),
        None => (0..table.columns.len()).map(|index| AttributeId(index as u32)).for_each(&mut push),
    }
    sql
}
