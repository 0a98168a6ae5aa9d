//! The query language from text to answer, on data in memory.

#![expect(clippy::unwrap_used, reason = "a case that can't go on has failed")]

use proptest::prelude::*;
use tessera_model::query::evaluate::{self, Data};
use tessera_model::query::{
    Comparator, ComputedAttributes, Exposure, Filter, NoCode, Order, Parameters, QueryError, Resolved, Scope,
    parse, parse_order, resolve, resolve_elements, resolve_order,
};
use tessera_model::{AttributeId, CalculatedAttribute, Calculation, Catalog, DataclassId, RecordId};
use tessera_values::{CollectionRef, Date, Scalar, Value, parse_json};

const SHOP: &str = r#"<base name="shop"><table name="Staff" uuid="A0" id="1">
    <field name="ID" uuid="A1" type="4" id="1"/><field name="name" uuid="A2" type="10" id="2"/>
    <field name="firm_id" uuid="A3" type="4" id="3"/><field name="salary" uuid="A4" type="5" id="4"/>
    <field name="born" uuid="A5" type="8" id="5"/><field name="active" uuid="A6" type="1" id="6"/>
    <field name="info" uuid="A7" type="21" id="7"/><field name="secret" uuid="A8" type="10" hide_in_REST="true" id="8"/>
    <field name="photo" uuid="A9" type="12" id="9"/><field name="uid" uuid="AA" type="10" store_as_UUID="true" id="10"/>
    <primary_key field_name="ID" field_uuid="A1"/></table>
<table name="Firm" uuid="F0" id="2"><field name="ID" uuid="F1" type="4" id="1"/><field name="name" uuid="F2" type="10" id="2"/>
    <primary_key field_name="ID" field_uuid="F1"/></table>
<relation uuid="R1" name_Nto1="firm" name_1toN="staff" state="1">
    <related_field kind="source"><field_ref uuid="A3" name="firm_id"/></related_field>
    <related_field kind="destination"><field_ref uuid="F1" name="ID"/></related_field></relation></base>"#;

struct Shop {
    catalog: Catalog,
    rows: Vec<(DataclassId, Vec<Scalar>)>,
}

impl Data for Shop {
    fn records(&self, dataclass: DataclassId) -> Vec<RecordId> {
        let all = self.rows.iter().enumerate().filter(|(_, (id, _))| *id == dataclass);
        all.map(|(index, _)| RecordId(index as i64)).collect()
    }

    fn value(&self, _: DataclassId, record: RecordId, attribute: AttributeId) -> Scalar {
        self.rows[record.0 as usize].1.get(attribute.index()).cloned().unwrap_or_default()
    }
}

fn shop() -> Shop {
    let mut catalog = Catalog::parse(SHOP).unwrap();
    let (staff, firm) =
        (catalog.dataclass_named("Staff").unwrap().id, catalog.dataclass_named("Firm").unwrap().id);
    catalog.add_alias(staff, "firmName".into(), "firm.name".into(), true).unwrap();
    catalog.add_alias(staff, "hiddenToo".into(), "secret".into(), true).unwrap();
    catalog.add_alias(staff, "circle".into(), "circle".into(), true).unwrap();
    let calculation =
        Calculation { value_type: "Text".into(), has_set: false, has_query: true, has_order_by: true };
    catalog
        .add_calculated(staff, CalculatedAttribute { name: "label".into(), exposed: true, calculation })
        .unwrap();
    let mut rows: Vec<(DataclassId, Vec<Scalar>)> = ["Acme", "Born"]
        .iter()
        .enumerate()
        .map(|(n, name)| (firm, vec![(n as i64 + 1).into(), (*name).into()]))
        .collect();
    let people = [
        ("Zoé", 1, Scalar::Integer(300), r#"{"l":[{"k":"home","c":"Paris"},{"k":"work","c":"Lyon"}],"v":1}"#),
        ("Adam and Co", 1, Scalar::Integer(20), r#"{"l":[{"k":"home","c":"Lyon"}],"v":0}"#),
        ("Émile", 2, Scalar::Null, r#"{"l":[],"d":"2020-01-02"}"#),
        ("O'Reilly", 9, Scalar::Integer(100), "null"),
    ];
    for (n, (name, firm, salary, info)) in people.into_iter().enumerate() {
        let born = Scalar::Date(Date::new(1990 + n as i64, 5, 1));
        let id = Scalar::Integer(n as i64 + 1);
        let active = Scalar::Boolean(n % 2 == 0);
        let row =
            vec![id, name.into(), firm.into(), salary, born, active, Scalar::Object(info.into()), "x".into()];
        rows.push((staff, row));
    }
    Shop { catalog, rows }
}

/// Class code that answers `label = x` with a filter on the name.
struct Labels(DataclassId);

impl ComputedAttributes for Labels {
    fn filter(
        &mut self,
        dataclass: DataclassId,
        _: AttributeId,
        comparator: Comparator,
        value: &Value,
    ) -> Result<Filter, QueryError> {
        assert_eq!((dataclass, comparator.sign()), (self.0, "=="));
        Ok(Filter::equal(AttributeId(1), Scalar::from_value(value).unwrap()))
    }

    fn order(&mut self, _: DataclassId, _: AttributeId, descending: bool) -> Result<Vec<Order>, QueryError> {
        Ok(vec![Order { path: tessera_model::query::Path::own(AttributeId(3)), descending }])
    }
}

fn run(
    shop: &Shop,
    dataclass: &str,
    text: &str,
    parameters: &Parameters,
    exposure: Exposure,
) -> Result<Resolved, QueryError> {
    let dataclass = shop.catalog.dataclass_named(dataclass).unwrap().id;
    let scope = Scope { catalog: &shop.catalog, dataclass, parameters, exposure };
    let staff = shop.catalog.dataclass_named("Staff").unwrap().id;
    resolve(&parse(text)?, &scope, &mut Labels(staff))
}

#[track_caller]
fn check_with(dataclass: &str, text: &str, parameters: &[Value], expected: &str) {
    let shop = shop();
    let parameters = Parameters::positional(parameters.iter().cloned());
    let resolved = run(&shop, dataclass, text, &parameters, Exposure::Exposed).unwrap();
    let dataclass = shop.catalog.dataclass_named(dataclass).unwrap().id;
    let mut found = shop.records(dataclass);
    found.retain(|record| evaluate::matches(&resolved.filter, dataclass, *record, &shop));
    found.sort_by(|a, b| evaluate::compare_records(&resolved.order, dataclass, *a, *b, &shop));
    let key: Vec<String> = found
        .iter()
        .map(|record| shop.rows[record.0 as usize].1[0].as_integer().unwrap().to_string())
        .collect();
    assert_eq!(key.join(" "), expected, "{text}");
}

#[track_caller]
fn check(text: &str, expected: &str) {
    check_with("Staff", text, &[], expected);
}

#[track_caller]
fn refuse(text: &str, parameters: &[Value], expected: &str) {
    let shop = shop();
    let parameters = Parameters::positional(parameters.iter().cloned());
    let error = run(&shop, "Staff", text, &parameters, Exposure::Exposed).unwrap_err();
    let shown = format!("{error:?}: {error}");
    assert!(shown.contains(expected), "{text}: {shown}");
}

#[test]
fn conjunctions_follow_their_precedence() {
    // R116, R117
    check("salary > 50 and name = 'z@'", "1");
    check("salary = 20 | salary = 100 & name = 'O@'", "2 4");
    check("(salary = 20 or salary = 100) AND name = 'O@'", "4");
    check("not(salary > 50)", "2 3");
    check("NOT (salary = 20)", "1 4");
    check("not(salary = 20 or salary = 100)", "1 3");
    check("firm_id = 1 EXCEPT salary = 20", "1");
    check("firm_id = 2 or firm_id = 1 except salary = 20 && active = false", "1 3");
    check("salary > 1 order by salary desc", "1 4 2");
    check("order by name", "2 3 4 1");
}

#[test]
fn comparators_have_synonyms() {
    // R181-R185
    check("name = ZOE", "1");
    check("name == 'zo@'", "1");
    check("name === 'zo@'", "");
    check("name IS zoe", "1");
    check("name # 'zo@'", "2 3 4");
    check("name !== 'zo@'", "1 2 3 4");
    check("name is not zoe", "2 3 4");
    check("name begin 'ém'", "3");
    check("name % adam", "2");
    check("name % ada", "");
}

#[test]
fn constants_take_the_type_of_the_attribute() {
    // R188, R196
    check("salary = v20", "2");
    check("salary >= 99.5", "1 4");
    check("born > 1991-06-01", "3 4");
    check("born = '1!5!1991'", "2");
    check("active = true", "1 3");
    check("name = 'Adam and Co'", "2");
    check("name = O'Reilly", "4");
    check("name = \"O'Reilly\"", "4");
    check("salary = 300 ", "1");
}

#[test]
fn lists_come_written_or_as_a_value() {
    // R186
    check("salary in [20, 300]", "1 2");
    check("name IN ['zo@', \"Émile\"]", "1 3");
    check("name in [\\\"zoe\\\", x]", "1");
    check("salary in []", "");
    let list = Value::Collection(CollectionRef::from_vec(vec![20.into(), "100".into()]));
    check_with("Staff", "salary in :1", &[list], "2 4");
}

#[test]
fn null_is_written_bare() {
    // R189, R190
    check("salary = null", "3");
    check("salary != null", "1 2 4");
    check("salary != 20", "1 4");
    check("salary != 20 | salary = null", "1 3 4");
    check("name = 'null'", "");
    check("firm = null", "4");
    check("firm != null", "1 2 3");
    check("photo = null", "1 2 3 4");
}

#[test]
fn relations_are_followed() {
    // R191
    check("firm.name = acme", "1 2");
    check("firm = 1", "1 2");
    check_with("Firm", "staff.salary > 200", &[], "1");
    check_with("Firm", "staff.name = 'zo@' and staff.salary = 20", &[], "");
    check_with("Firm", "staff.name = 'zo@' and staff{2}.salary = 20", &[], "1"); // R195
    check_with("Firm", "not(staff.salary = 20)", &[], "2");
    check_with("Firm", "staff = 3", &[], "2");
    check("firmName = born", "3");
    check("label = zoe", "1");
    check_with("Firm", "staff.label = zoe", &[], "1");
    check("salary > 0 order by label desc", "1 4 2");
    check("order by firm.name desc, name", "3 2 1 4");
}

#[test]
fn objects_are_entered() {
    // R192, R193, R194
    check("info.v = 1", "1");
    check("info.v != 1", "2");
    check("info.l[].c = lyon", "1 2");
    check("info.l[].k = home and info.l[].c = lyon", "1 2");
    check("info.l[a].k = home and info.l[A].c = lyon", "2");
    check("info.l[].c != lyon", "3");
    check("info.l[a].c != lyon", "1");
    check("info.l.length = 2", "1");
    check("info.d = 2020-01-02", "3");
}

#[test]
fn placeholders_give_values_and_paths() {
    check_with("Staff", "name = :1 or salary = :2", &["zoe".into(), 20.into()], "1 2");
    check_with("Staff", ":1 = :2", &["firm.name".into(), "acme".into()], "1 2");
    check_with("Staff", "born = :1", &["1990-05-01T00:00:00.000Z".into()], "1");
    // A placeholder's text is never read as a query.
    check_with("Staff", "name = :1", &["zoe' or name = '@".into()], "");
    let settings = parse_json(r#"{"who":{"name":"zoe"}}"#).unwrap();
    let attributes = parse_json(r#"{"path":["firm","name"]}"#).unwrap();
    let parameters = Parameters { positional: Vec::new(), named: settings, attributes };
    let shop = shop();
    run(&shop, "Staff", "name = :who.name and :path = 'Acme'", &parameters, Exposure::All).unwrap();
    refuse("name = :1", &[], "PlaceholderMissing");
    refuse("name = :1", &[Value::Null], "PlaceholderMissing");
    refuse("salary = :1", &["many".into()], "PlaceholderType");
    refuse("name = :who", &[], ":who");
}

#[test]
fn errors_name_column_and_cure() {
    refuse("", &[], "Empty");
    refuse("name", &[], "column: 5");
    refuse("name = ", &[], "a value");
    refuse("name = 'O'Reilly'", &[], "placeholder");
    refuse("name = 'x", &[], "Quote");
    refuse("name = Adam and Co", &[], "a comparator");
    refuse("(name = x", &[], "`)`");
    refuse("name = x) and", &[], "column: 9");
    refuse("salary = many", &[], "WrongValue");
    refuse("name = true", &[], "text in quotes");
    refuse("photo = 1", &[], "WrongComparator");
    refuse("nome = x", &[], "\"nome\" attribute cannot be found in The \"Staff\" dataclass");
    refuse("firm.nome = x", &[], "\"Firm\"");
    refuse("name.x = 1", &[], "UnknownAttribute");
    refuse("Name = x", &[], "UnknownAttribute");
    refuse("secret = x", &[], "UnknownAttribute"); // R203
    refuse("eval(This.name = 1)", &[], "FormulaNotAllowed"); // R197
    refuse("circle = 1", &[], "AliasLoop");
    refuse("order by staff", &[], "UnknownAttribute");
    refuse("order by firm", &[], "NotSortable");
    refuse(&"(".repeat(100), &[], "TooDeep");
    refuse(&"not ".repeat(100), &[], "TooDeep");
    refuse(&"x".repeat(70_000), &[], "TooLong");
}

#[test]
fn the_longest_queries_need_little_stack_and_time() {
    check(&format!("ID < 3{}", " except ID = 2".repeat(4_000)), "1");
    check(&format!("ID < 3{}", " | ID = 3".repeat(6_000)), "1 2 3");
    check(&format!("ID in [{}'1']", "'2',".repeat(15_000)), "1 2");
    check(&format!("name = Adam{}or ID = 1", " ".repeat(60_000)), "1");
    check(&format!("info.v{} = 1", ".a".repeat(62)), "");
    refuse(&format!("info{} = 1", ".a".repeat(30_000)), &[], "at most 64 names");
    refuse(&format!("firm{}.name = acme", ".staff.firm".repeat(5_000)), &[], "at most 64 names");
    refuse(&format!("order by firm{}.name", ".staff.firm".repeat(5_000)), &[], "at most 64 names");
    let names = Value::Collection(CollectionRef::from_vec(vec!["firm".into(); 65]));
    refuse(":1 = 1", &[names], "PlaceholderType");
}

#[test]
fn an_alias_is_touched_itself_and_not_its_path() {
    // S119, S120
    let shop = shop();
    let parameters = Parameters::default();
    let resolved =
        run(&shop, "Staff", "hiddenToo = x and firm.name = a", &parameters, Exposure::Exposed).unwrap();
    let staff = shop.catalog.dataclass_named("Staff").unwrap();
    let name = |name: &str| (staff.id, staff.attribute_named(name).unwrap().id);
    let firm = shop.catalog.dataclass_named("Firm").unwrap();
    let firm_name = (firm.id, firm.attribute_named("name").unwrap().id);
    assert_eq!(resolved.touched, [name("hiddenToo"), name("firm"), firm_name]);
    assert_eq!(resolved.filter.attributes(staff.id), [name("secret"), name("firm"), firm_name]);
    let scope = Scope {
        catalog: &shop.catalog,
        dataclass: staff.id,
        parameters: &parameters,
        exposure: Exposure::All,
    };
    let order = resolve_order(&parse_order("secret desc").unwrap(), &scope, &mut NoCode).unwrap();
    assert_eq!(order.order[0].attributes(staff.id), [name("secret")]);
}

#[test]
fn collections_are_queried_alike() {
    let element = parse_json(r#"{"name":"Zoé","l":[{"k":"a","n":1},{"k":"b","n":2}]}"#).unwrap();
    for (text, expected) in [
        ("name = zo@", true),
        ("name != zoe", false),
        ("l[].n = 2 and l[].k = a", true),
        ("l[x].n = 2 and l[x].k = a", false),
        ("not(l[].n = 3) or name = x", true),
        ("age = null", true),
    ] {
        let query = resolve_elements(&parse(text).unwrap(), &Parameters::default()).unwrap();
        assert_eq!(evaluate::test_object(&query.test.unwrap(), &element), expected, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "((name|salary|firm|staff|info|not|and|or|order by|eval|in|is|begin|[a-z:0-9]|null)[ ()\\[\\]{}.,'\"=!#<>%&|@é]{0,3}){0,12}") {
        let shop = shop();
        let parameters = Parameters::positional([Value::text("name"), Value::Integer(3)]);
        let _ = run(&shop, "Firm", &text, &parameters, Exposure::All);
        if let Ok(query) = parse(&text) {
            let _ = resolve_elements(&query, &parameters);
        }
    }

    #[test]
    fn no_character_makes_it_panic(text in "\\PC{0,40}") {
        let _ = parse(&text);
        let _ = parse_order(&text);
    }
}
