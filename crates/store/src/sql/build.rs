//! From a plan to one statement.

use std::sync::Arc;

use tessera_model::query::{
    Compare, Filter, ObjectStep, ObjectTest, Operand, Operator, Order, Path, RelationStep,
};
use tessera_model::{AttributeId, DataclassId, FieldType, RecordId};
use tessera_values::{Pattern, Scalar};

use super::dialect::Dialect;
use super::list::{json_list, numbers};
use crate::Columns;
use crate::schema::{RECORD, STAMP, Schema, TIME, Table};

/// Longer `IN` lists travel as one parameter, so that they don't fill the statement cache with variants.
const INLINE_LIST_MAX: usize = 8;

/// SQL text and its parameters.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) params: Vec<Param>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Param {
    Value(Scalar),
    /// A JSON list.
    List(String),
    Test(Arc<Test>),
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

/// Builds one statement.
pub(crate) struct Builder<'s> {
    schema: &'s Schema,
    dialect: &'s dyn Dialect,
    params: Vec<Param>,
    aliases: usize,
}

impl<'s> Builder<'s> {
    pub(crate) fn new(schema: &'s Schema, dialect: &'s dyn Dialect) -> Self {
        Self { schema, dialect, params: Vec::new(), aliases: 1 }
    }

    pub(crate) fn finish(self, sql: String) -> Statement {
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
        let wanted = columns.map_or_else(|| format!("t0.{RECORD}"), |columns| row_columns(table, columns));
        let condition = self.condition(filter, dataclass);
        let order = self.order_by(order, dataclass);
        let mut sql = format!("SELECT {wanted} FROM {} t0{condition} ORDER BY {order}", table.sql);
        if let Some((skip, limit)) = window {
            let whole = |n: u64| Param::Value(Scalar::Integer(i64::try_from(n).unwrap_or(i64::MAX)));
            let limit = limit.map_or(Param::Value(Scalar::Integer(-1)), whole);
            sql.push_str(" LIMIT ");
            sql.push_str(&self.param(limit));
            if skip > 0 {
                sql.push_str(" OFFSET ");
                sql.push_str(&self.param(whole(skip)));
            }
        }
        self.finish(sql)
    }

    /// How many entities a filter finds.
    pub(crate) fn count(mut self, dataclass: DataclassId, filter: &Filter) -> Statement {
        let condition = self.condition(filter, dataclass);
        let sql = format!("SELECT count(*) FROM {} t0{condition}", self.schema.table(dataclass).sql);
        self.finish(sql)
    }

    /// Count, sum, average, smallest and largest of the values at a path. `sum` is the function that adds, or
    /// empty for values that can't be added.
    pub(crate) fn aggregate(
        mut self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
        sum: &str,
    ) -> Statement {
        let (joins, value) = self.joined(path, dataclass);
        let added =
            if sum.is_empty() { "NULL, NULL".to_owned() } else { format!("{sum}({value}), avg({value})") };
        let condition = self.condition(filter, dataclass);
        let table = &self.schema.table(dataclass).sql;
        let sql = format!(
            "SELECT count({value}), {added}, min({value}), max({value}) FROM {table} t0{joins}{condition}"
        );
        self.finish(sql)
    }

    /// The different values at a path, ascending.
    pub(crate) fn distinct(mut self, dataclass: DataclassId, filter: &Filter, path: &Path) -> Statement {
        let (joins, value) = self.joined(path, dataclass);
        let condition = self.filter(filter, dataclass, "t0");
        let table = &self.schema.table(dataclass).sql;
        let sql = format!(
            "SELECT DISTINCT {value} AS v FROM {table} t0{joins} \
             WHERE {value} IS NOT NULL AND {condition} ORDER BY v"
        );
        self.finish(sql)
    }

    /// The joins that follow a path, and the expression of the value at its end.
    fn joined(&mut self, path: &Path, dataclass: DataclassId) -> (String, String) {
        let (mut joins, mut alias, mut here) = (String::new(), "t0".to_owned(), dataclass);
        for step in &path.relations {
            let next = self.alias();
            joins.push_str(&format!(
                " JOIN {} {next} ON {} = {}",
                self.schema.table(step.target).sql,
                self.column(step.target, step.other, &next),
                self.column(here, step.own, &alias),
            ));
            (alias, here) = (next, step.target);
        }
        let column = self.column(here, path.leaf, &alias);
        if path.object_path.is_empty() {
            return (joins, column);
        }
        let test = self.test(Test::Value(path.object_path.clone()));
        let (_, value) = self.dialect.object_value(&column, &test);
        (joins, self.dialect.text(&value))
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases - 1)
    }

    fn param(&mut self, param: Param) -> String {
        self.params.push(param);
        self.dialect.parameter(self.params.len())
    }

    fn test(&mut self, test: Test) -> String {
        self.param(Param::Test(Arc::new(test)))
    }

    fn value(&mut self, value: &Scalar) -> String {
        self.param(Param::Value(value.clone()))
    }

    /// A column of a table by its alias. An attribute without column is Null.
    fn column(&self, dataclass: DataclassId, attribute: AttributeId, alias: &str) -> String {
        self.schema
            .table(dataclass)
            .column(attribute)
            .map_or_else(|| "NULL".to_owned(), |column| format!("{alias}.{}", column.sql))
    }

    /// A column to be compared with texts of any form. UUIDs are stored in the order of their bytes, which is right
    /// among themselves only.
    fn text_column(&self, dataclass: DataclassId, attribute: AttributeId, alias: &str) -> String {
        let column = self.column(dataclass, attribute, alias);
        let found = self.schema.table(dataclass).column(attribute);
        let is_uuid = found.is_some_and(|column| column.field.field_type == FieldType::Uuid);
        if is_uuid { self.dialect.text(&column) } else { column }
    }

    fn condition(&mut self, filter: &Filter, dataclass: DataclassId) -> String {
        match filter {
            Filter::All => String::new(),
            filter => format!(" WHERE {}", self.filter(filter, dataclass, "t0")),
        }
    }

    fn filter(&mut self, filter: &Filter, dataclass: DataclassId, alias: &str) -> String {
        match filter {
            Filter::All => "1".to_owned(),
            Filter::None => "0".to_owned(),
            Filter::And(filters) => self.combined(filters, " AND ", "1", dataclass, alias),
            Filter::Or(filters) => self.combined(filters, " OR ", "0", dataclass, alias),
            // `NOT` alone would lose the entities for which the condition is neither true nor false.
            Filter::Not(filter) => format!("({} IS NOT TRUE)", self.filter(filter, dataclass, alias)),
            Filter::Records(records) => {
                let list = self.records(records);
                format!("{alias}.{RECORD} IN {list}")
            }
            Filter::Related { relations, filter } => self.related(relations, filter, dataclass, alias),
            Filter::Object { attribute, test } => {
                let column = self.column(dataclass, *attribute, alias);
                let test = self.test(Test::Object(test.clone()));
                self.dialect.test(&column, &test)
            }
            Filter::Compare(compare) if compare.path.relations.is_empty() => {
                self.compare(compare, dataclass, alias)
            }
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
                self.related(&path.relations, &Filter::Compare(leaf), dataclass, alias)
            }
        }
    }

    /// Conditions joined as a balanced tree: engines limit how deep an expression may be, not how wide.
    fn combined(
        &mut self,
        filters: &[Filter],
        operator: &str,
        empty: &str,
        dataclass: DataclassId,
        alias: &str,
    ) -> String {
        match filters {
            [] => empty.to_owned(),
            [filter] => self.filter(filter, dataclass, alias),
            filters => {
                let (left, right) = filters.split_at(filters.len() / 2);
                let left = self.combined(left, operator, empty, dataclass, alias);
                let right = self.combined(right, operator, empty, dataclass, alias);
                format!("({left}{operator}{right})")
            }
        }
    }

    pub(crate) fn records(&mut self, records: &[RecordId]) -> String {
        let list = self.param(Param::List(numbers(records.iter().map(|record| record.0))));
        self.dialect.list(&list)
    }

    /// A sub-query that doesn't depend on the outer row: the engine runs it once, and then uses the index of the
    /// field that is compared with its result.
    fn related(
        &mut self,
        relations: &[RelationStep],
        filter: &Filter,
        dataclass: DataclassId,
        alias: &str,
    ) -> String {
        let Some((step, rest)) = relations.split_first() else {
            return self.filter(filter, dataclass, alias);
        };
        let own = self.column(dataclass, step.own, alias);
        let inner = self.alias();
        let other = self.column(step.target, step.other, &inner);
        let condition = self.related(rest, filter, step.target, &inner);
        let table = &self.schema.table(step.target).sql;
        format!("{own} IN (SELECT {other} FROM {table} {inner} WHERE {condition})")
    }

    fn compare(&mut self, compare: &Compare, dataclass: DataclassId, alias: &str) -> String {
        let Compare { path, operator, operand } = compare;
        let column = self.column(dataclass, path.leaf, alias);
        if !path.object_path.is_empty() {
            let test = ObjectTest::Compare {
                path: path.object_path.clone(),
                operator: *operator,
                operand: operand.clone(),
            };
            let test = self.test(Test::Object(test));
            return self.dialect.test(&column, &test);
        }
        match (operator, operand) {
            (Operator::In, Operand::List(list)) => {
                let text = self.text_column(dataclass, path.leaf, alias);
                self.in_list(&column, &text, list)
            }
            (Operator::Contains, Operand::Pattern(pattern)) => {
                let test = self.test(Test::Keyword(pattern.clone()));
                self.dialect.test(&column, &test)
            }
            (Operator::Equal, Operand::Scalar(Scalar::Null)) => format!("{column} IS NULL"),
            (Operator::NotEqual, Operand::Scalar(Scalar::Null)) => format!("{column} IS NOT NULL"),
            (_, Operand::Scalar(Scalar::Null)) => "0".to_owned(),
            (Operator::Equal, Operand::Pattern(pattern)) => {
                let text = self.text_column(dataclass, path.leaf, alias);
                self.pattern(&text, pattern)
            }
            (Operator::NotEqual, Operand::Pattern(pattern)) => {
                let test = self.test(Test::Pattern(pattern.clone()));
                format!("({column} IS NOT NULL AND NOT {})", self.dialect.test(&column, &test))
            }
            (operator, Operand::Scalar(value)) => {
                let sign = match operator {
                    Operator::Equal => "=",
                    Operator::NotEqual => "<>",
                    Operator::Less => "<",
                    Operator::LessOrEqual => "<=",
                    Operator::Greater => ">",
                    Operator::GreaterOrEqual => ">=",
                    Operator::In | Operator::Contains => return "0".to_owned(),
                };
                let column = match operator {
                    Operator::Equal | Operator::NotEqual => column,
                    _ => self.text_column(dataclass, path.leaf, alias),
                };
                let value = self.value(value);
                format!("{column} {sign} {value}")
            }
            _ => "0".to_owned(),
        }
    }

    /// A plain prefix is a range of the index, then checked exactly. Only for ASCII letters, digits and spaces:
    /// there the collation can't disagree with the pattern about where the range begins and ends.
    fn pattern(&mut self, column: &str, pattern: &Pattern) -> String {
        let range = pattern
            .prefix()
            .filter(|prefix| prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' '))
            .map(|prefix| (Scalar::from(prefix), Scalar::from(self.dialect.prefix_end(prefix).as_str())));
        let bounds = range.map(|(first, last)| (self.value(&first), self.value(&last)));
        let test = self.test(Test::Pattern(pattern.clone()));
        let test = self.dialect.test(column, &test);
        match bounds {
            Some((first, last)) => format!("({column} >= {first} AND {column} <= {last} AND {test})"),
            None => test,
        }
    }

    fn in_list(&mut self, column: &str, text_column: &str, list: &[Operand]) -> String {
        let mut values = Vec::new();
        let mut conditions = Vec::new();
        for operand in list {
            match operand {
                Operand::Scalar(Scalar::Null) => conditions.push(format!("{column} IS NULL")),
                Operand::Scalar(value) => values.push(value),
                Operand::Pattern(pattern) => conditions.push(self.pattern(text_column, pattern)),
                Operand::List(_) => {}
            }
        }
        if values.len() > INLINE_LIST_MAX {
            let list = self.param(Param::List(json_list(&values)));
            conditions.push(format!("{column} IN {}", self.dialect.list(&list)));
        } else if !values.is_empty() {
            let values: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
            conditions.push(format!("{column} IN ({})", values.join(", ")));
        }
        if conditions.is_empty() { "0".to_owned() } else { format!("({})", balanced_or(&conditions)) }
    }

    fn order_by(&mut self, order: &[Order], dataclass: DataclassId) -> String {
        let mut terms = Vec::new();
        for Order { path, descending } in order {
            let direction = if *descending { " DESC" } else { "" };
            let (rank, value) = self.sorted(&path.relations, path, dataclass, "t0");
            if let Some(rank) = rank {
                terms.push(format!("{rank}{direction}"));
            }
            terms.push(format!("{value}{direction}"));
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
    ) -> (Option<String>, String) {
        if let Some((step, rest)) = relations.split_first() {
            let own = self.column(dataclass, step.own, alias);
            let inner = self.alias();
            let other = self.column(step.target, step.other, &inner);
            let (rank, value) = self.sorted(rest, path, step.target, &inner);
            let table = &self.schema.table(step.target).sql;
            let text = self
                .schema
                .leaf(dataclass, path)
                .is_some_and(|column| column.field.field_type.is_text() || !path.object_path.is_empty());
            let select = |expression: &str| {
                format!(
                    "(SELECT {expression} FROM {table} {inner} WHERE {other} = {own} ORDER BY {inner}.{RECORD} LIMIT 1)"
                )
            };
            let value = select(&value);
            // A sub-query forgets the collation of its column.
            let value = if text { self.dialect.text(&value) } else { value };
            return (rank.map(|rank| select(&rank)), value);
        }
        let column = self.column(dataclass, path.leaf, alias);
        if path.object_path.is_empty() {
            return (None, column);
        }
        let test = self.test(Test::Value(path.object_path.clone()));
        let (rank, value) = self.dialect.object_value(&column, &test);
        (Some(rank), self.dialect.text(&value))
    }
}

fn balanced_or(conditions: &[String]) -> String {
    match conditions {
        [] => "0".to_owned(),
        [condition] => condition.clone(),
        conditions => {
            let (left, right) = conditions.split_at(conditions.len() / 2);
            format!("({} OR {})", balanced_or(left), balanced_or(right))
        }
    }
}

/// Record number, stamp and time, then the columns asked for.
pub(crate) fn row_columns(table: &Table, columns: &Columns) -> String {
    let mut sql = format!("t0.{RECORD}, t0.{STAMP}, t0.{TIME}");
    let mut push = |attribute: AttributeId| match table.column(attribute) {
        None => sql.push_str(", NULL"),
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
