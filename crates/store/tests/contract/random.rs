//! Random catalogs, rows and query texts: whatever the engine finds has to be what `model::query::evaluate` finds in
//! memory.
//!
//! A round is decided by its seed alone. `cargo test` runs a few; `cargo bench -p tessera-store --bench queries` as
//! many as one likes.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

use tessera_model::query::evaluate::{self, Data as Memory};
use tessera_model::query::{Exposure, Filter, NoCode, Parameters, Resolved, Scope, parse, resolve};
use tessera_model::{AttributeId, Catalog, DataclassId, FieldType, RecordId};
use tessera_store::{Columns, Connection, Save, Select, Store};
use tessera_test_support::Dice;
use tessera_values::{CollectionRef, Date, Scalar, Time, Value};

const TEXTS: [&str; 14] =
    ["", "a", "A", "á", "ab", "Áb c", "b", "a@b", "zoé", "ZOE x", "æon", "straße", "b-c", "x'y"];
const PATTERNS: [&str; 10] = ["a@", "@b", "@b@", "@", "É@", "ae@", "STRASS@", "a@c", "zo@x", "b@"];
const OBJECTS: [&str; 12] = [
    "{}",
    r#"{"v":1}"#,
    r#"{"v":"a"}"#,
    r#"{"v":"Á"}"#,
    r#"{"v":true}"#,
    r#"{"v":2.5}"#,
    r#"{"v":null}"#,
    r#"{"v":{"w":1},"c":[]}"#,
    r#"{"v":"2020-01-02","c":[{"k":"a","n":1},{"k":"b","n":2}]}"#,
    r#"{"v":-1,"c":[{"k":"A","n":2}]}"#,
    r#"{"c":[{"k":null},{"n":2,"k":"á"}]}"#,
    r#"{"c":[1,2,"a"]}"#,
];
const TYPES: [(&str, FieldType); 9] = [
    ("type=\"10\"", FieldType::Text),
    ("type=\"10\" limiting_length=\"20\"", FieldType::Alpha { max: 20 }),
    ("type=\"4\"", FieldType::Long),
    ("type=\"5\"", FieldType::Integer64),
    ("type=\"6\"", FieldType::Real),
    ("type=\"8\"", FieldType::Date),
    ("type=\"9\"", FieldType::Time),
    ("type=\"1\"", FieldType::Boolean),
    ("type=\"21\"", FieldType::Object),
];

/// How many queries a round asked, and how many of them named what can't be asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) asked: usize,
    pub(crate) refused: usize,
}

/// Two to four tables with relations among them, a table to itself included.
fn catalog(dice: &mut Dice) -> Catalog {
    let tables = 2 + dice.below(3);
    let mut xml = String::from("<base name=\"r\" uuid=\"B\">");
    let (mut relations, mut indexes) = (String::new(), String::new());
    for table in 0..tables {
        write!(
            xml,
            "<table name=\"T{table}\" uuid=\"T{table}\" id=\"{}\"><field name=\"ID\" uuid=\"T{table}K\" type=\"4\" \
             autosequence=\"true\" unique=\"true\" not_null=\"true\" id=\"1\"/>",
            table + 1
        )
        .unwrap();
        for field in 0..2 + dice.below(5) {
            let (kind, field_type) = dice.pick(&TYPES);
            let never_null = if dice.one_in(5) { " never_null=\"true\"" } else { "" };
            let name = format!("f{field}");
            let uuid = format!("T{table}F{field}");
            write!(xml, "<field name=\"{name}\" uuid=\"{uuid}\" {kind}{never_null} id=\"{}\"/>", field + 2)
                .unwrap();
            if dice.one_in(2) && *field_type != FieldType::Object {
                write!(
                    indexes,
                    "<index kind=\"regular\" type=\"1\" uuid=\"I{uuid}\"><field_ref uuid=\"{uuid}\" name=\"{name}\"/></index>"
                )
                .unwrap();
            }
        }
        for relation in 0..=dice.below(2) {
            let target = dice.below(tables);
            let uuid = format!("T{table}R{relation}");
            let name = format!("r{relation}");
            write!(xml, "<field name=\"{name}ID\" uuid=\"{uuid}\" type=\"4\" id=\"{}\"/>", relation + 20)
                .unwrap();
            write!(
                relations,
                "<relation uuid=\"{uuid}X\" name_Nto1=\"{name}\" name_1toN=\"of{table}{relation}\" state=\"1\">\
                 <related_field kind=\"source\"><field_ref uuid=\"{uuid}\" name=\"{name}ID\"/></related_field>\
                 <related_field kind=\"destination\"><field_ref uuid=\"T{target}K\" name=\"ID\"/></related_field></relation>"
            )
            .unwrap();
        }
        write!(xml, "<primary_key field_name=\"ID\" field_uuid=\"T{table}K\"/></table>").unwrap();
    }
    Catalog::parse(&format!("{xml}{relations}{indexes}</base>")).unwrap()
}

fn value(dice: &mut Dice, field_type: FieldType) -> Scalar {
    if dice.one_in(6) {
        return Scalar::Null;
    }
    let small = dice.below(7) as i64 - 2;
    match field_type {
        FieldType::Boolean => Scalar::Boolean(dice.one_in(2)),
        FieldType::Real | FieldType::Float => Scalar::Real(small as f64 / 2.0),
        FieldType::Integer64 if dice.one_in(4) => Scalar::Integer(9_007_199_254_740_993 + small),
        FieldType::Integer | FieldType::Long | FieldType::Integer64 => Scalar::Integer(small),
        FieldType::Date => Scalar::Date(Date::new(2020, 1, 1 + small.rem_euclid(4))),
        FieldType::Time => Scalar::Time(Time::from_seconds(small * 3600)),
        FieldType::Object => Scalar::Object((*dice.pick(&OBJECTS)).into()),
        _ => Scalar::from(*dice.pick(&TEXTS)),
    }
}

/// Everything stored, read once.
struct Rows(Vec<Vec<(RecordId, Vec<Scalar>)>>);

impl Memory for Rows {
    fn records(&self, dataclass: DataclassId) -> Vec<RecordId> {
        self.0[dataclass.index()].iter().map(|(record, _)| *record).collect()
    }

    fn value(&self, dataclass: DataclassId, record: RecordId, attribute: AttributeId) -> Scalar {
        let rows = &self.0[dataclass.index()];
        let found = rows.binary_search_by_key(&record, |(record, _)| *record);
        found.map_or(Scalar::Null, |at| rows[at].1[attribute.index()].clone())
    }
}

fn fill(dice: &mut Dice, catalog: &Catalog, connection: &mut dyn Connection) -> Rows {
    connection.begin().unwrap();
    for dataclass in catalog.dataclasses() {
        for _ in 0..dice.below(14) {
            let mut values = Vec::new();
            for attribute in dataclass.storage().iter().filter(|attribute| attribute.id != dataclass.key) {
                let Some(field) = attribute.field() else { continue };
                values.push((attribute.id, value(dice, field.field_type)));
            }
            let save = Save { dataclass: dataclass.id, record: None, expected_stamp: None, values };
            connection.save(save).unwrap();
        }
    }
    connection.commit().unwrap();
    let rows = catalog.dataclasses().iter().map(|dataclass| {
        let page = connection.page(&Select::all(dataclass.id)).unwrap();
        page.rows.into_iter().map(|row| (row.record, row.values)).collect()
    });
    Rows(rows.collect())
}

/// A path, the type at its end, and whether it can be sorted by.
fn path(dice: &mut Dice, catalog: &Catalog, dataclass: DataclassId, singular: bool) -> (String, FieldType) {
    let mut text = String::new();
    let mut here = dataclass;
    for _ in 0..3 {
        if !dice.one_in(3) {
            break;
        }
        let relations: Vec<_> = catalog
            .dataclass(here)
            .attributes()
            .iter()
            .filter(|attribute| {
                attribute.target().is_some() && !(singular && attribute.kind_name() == "relatedEntities")
            })
            .collect();
        if relations.is_empty() {
            break;
        }
        let relation = dice.pick(&relations);
        text.push_str(&relation.name);
        if !singular && dice.one_in(4) {
            write!(text, "{{{}}}", 1 + dice.below(2)).unwrap();
        }
        text.push('.');
        here = relation.target().unwrap();
    }
    let attribute = dice.pick(catalog.dataclass(here).storage());
    text.push_str(&attribute.name);
    let field_type = attribute.field().unwrap().field_type;
    if field_type == FieldType::Object {
        let inside: &[&str] = if singular {
            &[".v", ".c.length"]
        } else {
            &[".v", ".v.w", ".c.length", ".c[].k", ".c[].n", ".c[a].k", ".c[a].n", ".c[b].n", ".c[]"]
        };
        let inside: &str = dice.pick::<&str>(inside);
        text.push_str(inside);
    }
    (text, field_type)
}

fn criterion(dice: &mut Dice, catalog: &Catalog, dataclass: DataclassId, values: &mut Vec<Value>) -> String {
    let (path, field_type) = path(dice, catalog, dataclass, false);
    let given = if field_type == FieldType::Object {
        let inner = [FieldType::Text, FieldType::Long, FieldType::Real, FieldType::Boolean];
        let inner = *dice.pick(&inner);
        value(dice, inner)
    } else {
        value(dice, field_type)
    };
    let is_text = matches!(given, Scalar::Text(_));
    if given.is_null() {
        return format!("{path} {} null", dice.pick(&["=", "#", "IS", "IS NOT"]));
    }
    let mut placeholder = |value: Value| {
        values.push(value);
        format!(":{}", values.len())
    };
    match dice.below(8) {
        0 if is_text => {
            let pattern = placeholder(Value::text(*dice.pick(&PATTERNS)));
            format!("{path} {} {pattern}", dice.pick(&["=", "#", "!==", "==="]))
        }
        1 if is_text => format!("{path} {} {}", dice.pick(&["%", "begin"]), placeholder(given.to_value())),
        2 => {
            let mut list = vec![given.to_value()];
            for _ in 0..dice.below(4) {
                let more = if field_type == FieldType::Object {
                    value(dice, FieldType::Text)
                } else {
                    value(dice, field_type)
                };
                if !more.is_null() {
                    list.push(more.to_value());
                }
            }
            format!("{path} in {}", placeholder(Value::Collection(CollectionRef::from_vec(list))))
        }
        _ => {
            let operators = ["=", "==", "===", "#", "!=", "!==", "<", "<=", ">", ">="];
            format!("{path} {} {}", dice.pick(&operators), placeholder(given.to_value()))
        }
    }
}

fn condition(
    dice: &mut Dice,
    catalog: &Catalog,
    dataclass: DataclassId,
    values: &mut Vec<Value>,
    depth: usize,
) -> String {
    if depth == 0 || dice.one_in(3) {
        return criterion(dice, catalog, dataclass, values);
    }
    let mut part = |dice: &mut Dice| condition(dice, catalog, dataclass, values, depth - 1);
    match dice.below(6) {
        0 => format!("not({})", part(dice)),
        1 | 2 => format!("({} or {})", part(dice), part(dice)),
        3 => format!("{} and {} or {}", part(dice), part(dice), part(dice)),
        _ => format!("({} and {})", part(dice), part(dice)),
    }
}

fn order(dice: &mut Dice, catalog: &Catalog, dataclass: DataclassId) -> String {
    let mut terms = Vec::new();
    for _ in 0..dice.below(3) {
        let (path, _) = path(dice, catalog, dataclass, true);
        terms.push(format!("{path} {}", dice.pick(&["asc", "desc"])));
    }
    if terms.is_empty() { String::new() } else { format!(" order by {}", terms.join(", ")) }
}

/// One catalog with rows, asked `queries` times. `open` makes an empty store for a catalog.
#[track_caller]
pub(crate) fn round(seed: u64, queries: usize, open: &dyn Fn(Arc<Catalog>) -> Arc<dyn Store>) -> Tally {
    let mut dice = Dice::new(seed);
    let catalog = Arc::new(catalog(&mut dice));
    let store = open(Arc::clone(&catalog));
    let mut connection = store.connect();
    let rows = fill(&mut dice, &catalog, connection.as_mut());
    let mut tally = Tally::default();
    for number in 0..queries {
        let dataclass = dice.pick(catalog.dataclasses()).id;
        let mut values = Vec::new();
        let mut text = condition(&mut dice, &catalog, dataclass, &mut values, 3);
        text.push_str(&order(&mut dice, &catalog, dataclass));
        let (skip, limit) = (dice.below(4) as u64, 1 + dice.below(6) as u64);
        let parameters = Parameters::positional(values);
        let scope = Scope { catalog: &catalog, dataclass, parameters: &parameters, exposure: Exposure::All };
        tally.asked += 1;
        let Ok(resolved) = resolve(&parse(&text).unwrap(), &scope, &mut NoCode) else {
            tally.refused += 1;
            continue;
        };
        let told = || {
            let values: Vec<_> = parameters.positional.iter().map(|value| format!("{value:?}")).collect();
            format!("seed {seed}, query {number} of T{}: {text}\nwith {}", dataclass.0, values.join(", "))
        };
        compare(connection.as_mut(), &rows, dataclass, &resolved, (skip, limit), &told);
    }
    tally
}

fn compare(
    connection: &mut dyn Connection,
    rows: &Rows,
    dataclass: DataclassId,
    resolved: &Resolved,
    (skip, limit): (u64, u64),
    told: &dyn Fn() -> String,
) {
    let Resolved { filter, order, .. } = resolved;
    let mut expected = rows.records(dataclass);
    expected.retain(|record| evaluate::matches(filter, dataclass, *record, rows));
    expected.sort_by(|a, b| match evaluate::compare_records(order, dataclass, *a, *b, rows) {
        Ordering::Equal => a.cmp(b),
        order => order,
    });
    let found = connection.records(dataclass, filter, order);
    let found = found.unwrap_or_else(|error| panic!("{error}\n{}", told()));
    assert_eq!(found, expected, "records\n{}\n{filter:?}", told());
    assert_eq!(connection.count(dataclass, filter).unwrap(), expected.len() as u64, "count\n{}", told());
    let select = Select {
        filter: filter.clone(),
        order: order.clone(),
        skip,
        limit: Some(limit),
        columns: Columns::of([AttributeId(0)]),
        with_count: true,
        ..Select::all(dataclass)
    };
    let page = connection.page(&select).unwrap();
    let on_page: Vec<RecordId> = page.rows.iter().map(|row| row.record).collect();
    let end = expected.len().min((skip + limit) as usize);
    assert_eq!(on_page, expected.get(skip as usize..end).unwrap_or_default(), "page\n{}", told());
    assert_eq!(page.count, Some(expected.len() as u64), "count of the page\n{}", told());
    // What is found again among what was found.
    let again = Filter::Records(found.clone()).and(filter.clone());
    assert_eq!(connection.records(dataclass, &again, order).unwrap(), found, "again\n{}", told());
}
