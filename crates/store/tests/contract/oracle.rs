//! Random filters over random data: the engine has to answer what `evaluate` answers.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tessera_model::query::evaluate::{self, Data as Memory};
use tessera_model::query::{Compare, Filter, Operand, Operator, Order, Path, RelationStep};
use tessera_model::{AttributeId, DataclassId, RecordId};
use tessera_store::{Columns, DropRecords};
use tessera_values::{Date, Pattern, Scalar};

use crate::fixture::{Data, Engine};
use crate::random;

const TEXTS: [&str; 12] = ["", "a", "A", "ab", "áb", "abc", "Ab c", "zoé", "ZOE", "æon", "straße", "b-c"];
const PATTERNS: [&str; 10] = ["a@", "@b", "@b@", "ab@", "@", "é@", "ae@", "STRASS@", "a@c", "b@"];

/// Everything stored, read once.
struct Copy(Vec<(DataclassId, RecordId, Vec<Scalar>)>);

impl Memory for Copy {
    fn records(&self, dataclass: DataclassId) -> Vec<RecordId> {
        self.0.iter().filter(|(id, ..)| *id == dataclass).map(|(_, record, _)| *record).collect()
    }

    fn value(&self, dataclass: DataclassId, record: RecordId, attribute: AttributeId) -> Scalar {
        let found = self.0.iter().find(|(id, other, _)| (*id, *other) == (dataclass, record));
        found.map_or(Scalar::Null, |(.., values)| values[attribute.index()].clone())
    }
}

fn copy(data: &mut Data) -> Copy {
    let mut all = Vec::new();
    for name in ["Staff", "Firm"] {
        let dataclass = data.dataclass(name);
        let records = data.connection.records(dataclass, &Filter::All, &[]).unwrap();
        for row in data.connection.rows(dataclass, &records, &Columns::all()).unwrap() {
            let row = row.unwrap();
            all.push((dataclass, row.record, row.values));
        }
    }
    Copy(all)
}

fn text() -> impl Strategy<Value = Scalar> {
    prop_oneof![1 => Just(Scalar::Null), 5 => prop::sample::select(&TEXTS[..]).prop_map(Scalar::from)]
}

fn whole() -> impl Strategy<Value = Scalar> {
    prop_oneof![1 => Just(Scalar::Null), 5 => (-2_i64..5).prop_map(Scalar::Integer)]
}

fn real() -> impl Strategy<Value = Scalar> {
    prop_oneof![1 => Just(Scalar::Null), 5 => (-4_i64..8).prop_map(|n| Scalar::Real(n as f64 / 2.0))]
}

fn date() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        1 => Just(Scalar::Null),
        1 => Just(Scalar::Date(Date::NULL)),
        4 => (1_i64..4).prop_map(|day| Scalar::Date(Date::new(2020, 1, day)))
    ]
}

fn object() -> impl Strategy<Value = Scalar> {
    let objects = [
        "{}",
        r#"{"v":1}"#,
        r#"{"v":"a"}"#,
        r#"{"v":"Á"}"#,
        r#"{"v":true}"#,
        r#"{"v":2.5}"#,
        r#"{"v":null}"#,
        r#"{"v":[1]}"#,
        r#"{"v":{}}"#,
    ];
    let object = prop::sample::select(objects.to_vec()).prop_map(|json| Scalar::Object(json.into()));
    prop_oneof![1 => Just(Scalar::Null), 5 => object]
}

fn person() -> impl Strategy<Value = Vec<(&'static str, Scalar)>> {
    (text(), whole(), whole(), real(), date(), any::<bool>(), object()).prop_map(
        |(name, firm, salary, rate, born, active, info)| {
            vec![
                ("info", info),
                ("name", name),
                ("firm_id", firm),
                ("salary", salary),
                ("rate", rate),
                ("born", born),
                ("active", Scalar::Boolean(active)),
            ]
        },
    )
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator::*;
    prop::sample::select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual])
}

fn pattern() -> impl Strategy<Value = Operand> {
    prop::sample::select(&PATTERNS[..]).prop_map(|text| Operand::Pattern(Pattern::new(text)))
}

fn list(values: impl Strategy<Value = Operand> + 'static) -> impl Strategy<Value = (Operator, Operand)> {
    prop::collection::vec(values, 0..12).prop_map(|values| (Operator::In, Operand::List(values)))
}

fn scalars(values: impl Strategy<Value = Scalar> + Clone + 'static) -> BoxedStrategy<(Operator, Operand)> {
    let one = (operator(), values.clone().prop_map(Operand::Scalar));
    prop_oneof![4 => one, 1 => list(values.prop_map(Operand::Scalar))].boxed()
}

fn comparison() -> impl Strategy<Value = (&'static str, Operator, Operand)> {
    let sign = prop::sample::select(vec![Operator::Equal, Operator::NotEqual]);
    let texts = prop_oneof![
        3 => (operator(), text().prop_map(Operand::Scalar)),
        3 => (sign, pattern()),
        1 => list(prop_oneof![text().prop_map(Operand::Scalar), pattern()]),
        1 => pattern().prop_map(|pattern| (Operator::Contains, pattern)),
    ];
    let numbers = prop_oneof![3 => whole().boxed(), 1 => real().boxed()].boxed();
    let numbers = std::rc::Rc::new(numbers);
    let inside = std::rc::Rc::new(prop_oneof![whole(), text()]);
    prop_oneof![
        3 => texts.prop_map(|(operator, operand)| ("name", operator, operand)),
        2 => scalars(numbers).prop_map(|(operator, operand)| ("salary", operator, operand)),
        1 => scalars(std::rc::Rc::new(real())).prop_map(|(operator, operand)| ("rate", operator, operand)),
        1 => scalars(std::rc::Rc::new(date())).prop_map(|(operator, operand)| ("born", operator, operand)),
        1 => scalars(inside.clone()).prop_map(|(operator, operand)| ("info.v", operator, operand)),
    ]
}

/// A filter on people, before names become ids.
#[derive(Clone, Debug)]
enum Plan {
    Compare(Vec<&'static str>, &'static str, Operator, Operand),
    And(Vec<Plan>),
    Or(Vec<Plan>),
    Not(Box<Plan>),
    Colleague(Box<Plan>),
}

fn plan() -> impl Strategy<Value = Plan> {
    let way = prop::sample::select(vec![vec![], vec![], vec!["firm", "staff"]]);
    let leaf = (way, comparison())
        .prop_map(|(way, (name, operator, operand))| Plan::Compare(way, name, operator, operand));
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Plan::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Plan::Or),
            inner.clone().prop_map(|plan| Plan::Not(Box::new(plan))),
            inner.prop_map(|plan| Plan::Colleague(Box::new(plan))),
        ]
    })
}

fn steps(data: &Data, way: &[&str]) -> Vec<RelationStep> {
    let mut here = data.dataclass("Staff");
    way.iter()
        .map(|name| {
            let attribute = data.catalog.dataclass(here).attribute_named(name).unwrap().id;
            let step = RelationStep::new(&data.catalog, here, attribute).unwrap();
            here = step.target;
            step
        })
        .collect()
}

fn filter(data: &Data, plan: &Plan) -> Filter {
    match plan {
        Plan::And(plans) => Filter::And(plans.iter().map(|plan| filter(data, plan)).collect()),
        Plan::Or(plans) => Filter::Or(plans.iter().map(|plan| filter(data, plan)).collect()),
        Plan::Not(plan) => Filter::Not(Box::new(filter(data, plan))),
        Plan::Colleague(plan) => Filter::Related {
            relations: steps(data, &["firm", "staff"]),
            filter: Box::new(filter(data, plan)),
        },
        Plan::Compare(way, name, operator, operand) => Filter::Compare(Compare {
            path: Path { relations: steps(data, way), ..data.path("Staff", name) },
            operator: *operator,
            operand: operand.clone(),
        }),
    }
}

fn order() -> impl Strategy<Value = Vec<(&'static str, bool)>> {
    let path = prop::sample::select(vec!["name", "salary", "rate", "born", "active", "firm.name", "info.v"]);
    prop::collection::vec((path, any::<bool>()), 0..3)
}

pub(crate) fn random_filters_agree_with_memory(engine: &Engine) {
    let mut data = engine.open();
    let staff = data.dataclass("Staff");
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    let people = prop::collection::vec(person(), 0..12);
    let data = std::cell::RefCell::new({
        data.create("Firm", &[("name", "b".into())]);
        data.create("Firm", &[("name", "Á".into())]);
        data
    });
    let result = TestRunner::new(config).run(&(people, plan(), order()), |(people, plan, order)| {
        let data = &mut *data.borrow_mut();
        data.connection.begin().unwrap();
        for person in people {
            data.create("Staff", &person);
        }
        let filter = filter(data, &plan);
        let order: Vec<Order> =
            order.iter().map(|(path, descending)| data.order("Staff", path, *descending)).collect();
        let memory = copy(data);
        let mut expected = memory.records(staff);
        expected.retain(|record| evaluate::matches(&filter, staff, *record, &memory));
        expected.sort_by(|a, b| evaluate::compare_records(&order, staff, *a, *b, &memory));
        let found = data.connection.records(staff, &filter, &order).unwrap();
        let count = data.connection.count(staff, &filter).unwrap();
        data.connection.rollback().unwrap();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(count, expected.len() as u64);
        Ok(())
    });
    result.unwrap();
}

pub(crate) fn random_patterns_agree_with_memory(engine: &Engine) {
    let mut data = engine.open();
    let staff = data.dataclass("Staff");
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let words = prop::collection::vec("[a-cA-CéÉæÆß\u{301} \\-'@1\u{1}가각中Ω]{0,6}", 1..12);
    let data = std::cell::RefCell::new(std::mem::replace(&mut data, engine.open()));
    let result = TestRunner::new(config).run(&(words, "[a-c1 é]{0,3}@"), |(words, pattern)| {
        let data = &mut *data.borrow_mut();
        data.connection.begin().unwrap();
        for word in &words {
            data.create("Staff", &[("name", word.as_str().into())]);
        }
        let memory = copy(data);
        let filter = data.like("Staff", "name", &pattern);
        let mut expected = memory.records(staff);
        expected.retain(|record| evaluate::matches(&filter, staff, *record, &memory));
        let found = data.connection.records(staff, &filter, &[]).unwrap();
        let by_name = [data.order("Staff", "name", false)];
        let sorted = data.connection.records(staff, &Filter::All, &by_name).unwrap();
        let mut in_memory = memory.records(staff);
        in_memory.sort_by(|a, b| evaluate::compare_records(&by_name, staff, *a, *b, &memory));
        let drop = DropRecords { dataclass: staff, records: Vec::new() };
        assert_eq!(data.connection.drop_records(drop).unwrap(), 0);
        data.connection.rollback().unwrap();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(sorted, in_memory);
        Ok(())
    });
    result.unwrap();
}

pub(crate) fn random_queries_agree_with_memory(engine: &Engine) {
    // Each round is a catalog of its own; `benches/queries.rs` runs more of them.
    for seed in 1..=6 {
        let tally = random::round(seed, 50, &|catalog| engine.empty(&catalog));
        assert!(tally.refused * 2 < tally.asked, "{tally:?}");
    }
}
