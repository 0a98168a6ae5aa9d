//! Finding and sorting.

use tessera_model::RecordId;
use tessera_model::query::{Compare, Filter, ObjectStep, ObjectTest, Operand, Operator, Path, RelationStep};
use tessera_store::{Columns, Select, Summed, UsedIndex};
use tessera_values::{Date, Pattern, Scalar, Time};

use crate::fixture::{Data, Engine};

fn filled(engine: &Engine) -> Data {
    let mut data = engine.open();
    data.fill();
    data
}

pub(crate) fn text_ignores_case_and_accents(engine: &Engine) {
    // R181
    let mut data = filled(engine);
    let equal = data.is("Staff", "name", Operator::Equal, "ZOE");
    assert_eq!(data.names("Staff", &equal, &[]), "Zoé zoe");
    let other = data.is("Staff", "name", Operator::NotEqual, "ZOE");
    assert_eq!(data.names("Staff", &other, &[]), "Adam Émile emilie");
    let before = data.is("Staff", "name", Operator::Less, "emilf");
    assert_eq!(data.names("Staff", &before, &[]), "Adam Émile");
}

pub(crate) fn wildcards_match_anywhere(engine: &Engine) {
    // R182, R183
    let mut data = filled(engine);
    for (pattern, expected) in [
        ("em@", "Émile emilie"),
        ("@e", "Zoé zoe Émile emilie"),
        ("@mil@", "Émile emilie"),
        ("a@m", "Adam"),
        ("@", "Zoé zoe Adam Émile emilie"),
        ("é@", "Émile emilie"),
        ("x@", ""),
    ] {
        let filter = data.like("Staff", "name", pattern);
        assert_eq!(data.names("Staff", &filter, &[]), expected, "{pattern}");
    }
    data.create("Staff", &[("name", "a@b".into())]);
    let literal = data.is("Staff", "name", Operator::Equal, "A@B");
    assert_eq!(data.names("Staff", &literal, &[]), "a@b");
    let pattern = Operand::Pattern(Pattern::new("em@"));
    let unlike = data.compare("Staff", "name", Operator::NotEqual, pattern);
    assert_eq!(data.names("Staff", &unlike, &[]), "Zoé zoe Adam a@b");
    data.create("Staff", &[("name", "red car".into())]);
    let keyword = Operand::Pattern(Pattern::new("CAR"));
    let keyword = data.compare("Staff", "name", Operator::Contains, keyword);
    assert_eq!(data.names("Staff", &keyword, &[]), "red car");
}

pub(crate) fn null_follows_its_own_rules(engine: &Engine) {
    // R189, R190
    let mut data = filled(engine);
    let null = data.is("Staff", "salary", Operator::Equal, Scalar::Null);
    assert_eq!(data.names("Staff", &null, &[]), "zoe");
    let some = data.is("Staff", "salary", Operator::NotEqual, Scalar::Null);
    assert_eq!(data.names("Staff", &some, &[]), "Zoé Adam Émile emilie");
    let other = data.is("Staff", "salary", Operator::NotEqual, 100);
    assert_eq!(data.names("Staff", &other, &[]), "Zoé Émile");
    let equal = data.is("Staff", "salary", Operator::Equal, 100);
    let complement = Filter::Not(Box::new(equal));
    assert_eq!(data.names("Staff", &complement, &[]), "Zoé zoe Émile");
}

pub(crate) fn lists_may_hold_anything(engine: &Engine) {
    // R182, R186
    let mut data = filled(engine);
    let list = |items: &[Operand]| Operand::List(items.to_vec());
    let scalar = |value: Scalar| Operand::Scalar(value);
    let names = list(&[scalar("ADAM".into()), Operand::Pattern(Pattern::new("em@")), scalar(Scalar::Null)]);
    let filter = data.compare("Staff", "name", Operator::In, names);
    assert_eq!(data.names("Staff", &filter, &[]), "Adam Émile emilie");
    let many: Vec<Operand> = (90..110).map(|n| scalar(n.into())).chain([scalar(Scalar::Null)]).collect();
    let filter = data.compare("Staff", "salary", Operator::In, list(&many));
    assert_eq!(data.names("Staff", &filter, &[]), "zoe Adam emilie");
    let many: Vec<Operand> = ["a\"b", "ZOE", "c", "d", "e", "f", "g", "h", "i", "j"]
        .iter()
        .map(|name| scalar((*name).into()))
        .collect();
    let filter = data.compare("Staff", "name", Operator::In, list(&many));
    assert_eq!(data.names("Staff", &filter, &[]), "Zoé zoe");
    let none = data.compare("Staff", "name", Operator::In, list(&[]));
    assert_eq!(data.names("Staff", &none, &[]), "");
    let records = Filter::Records(vec![RecordId(3), RecordId(1), RecordId(99)]);
    assert_eq!(data.names("Staff", &records, &[]), "Zoé Adam");
}

pub(crate) fn numbers_dates_and_booleans_compare(engine: &Engine) {
    let mut data = engine.open();
    for (name, rate, born, active, hours) in
        [("a", 1.5, Date::NULL, false, 2), ("b", -2.0, Date::new(2000, 2, 29), true, 30)]
    {
        let values = [
            ("name", Scalar::from(name)),
            ("rate", Scalar::Real(rate)),
            ("born", Scalar::Date(born)),
            ("active", Scalar::Boolean(active)),
            ("shift", Scalar::Time(Time::new(hours, 0, 0))),
        ];
        data.create("Staff", &values);
    }
    let mut check = |path: &str, operator, value: Scalar, expected: &str| {
        let filter = data.is("Staff", path, operator, value);
        assert_eq!(data.names("Staff", &filter, &[]), expected, "{path} {operator:?}");
    };
    check("rate", Operator::Less, Scalar::Integer(1), "b");
    check("rate", Operator::Equal, Scalar::Real(1.5), "a");
    check("born", Operator::Less, Scalar::Date(Date::new(1, 1, 1)), "a");
    check("born", Operator::GreaterOrEqual, Scalar::Date(Date::new(2000, 2, 29)), "b");
    check("active", Operator::Equal, Scalar::Boolean(true), "b");
    check("shift", Operator::Greater, Scalar::Time(Time::new(24, 0, 0)), "b");
}

pub(crate) fn uuids_compare_as_texts(engine: &Engine) {
    let mut data = engine.open();
    for (name, id) in [("a", "0A"), ("b", "AB"), ("c", "B0")] {
        let id = format!("{id}{}", "0".repeat(30));
        data.create("Staff", &[("name", name.into()), ("ID", id.as_str().into())]);
    }
    for pattern in ["ab@", "AB@", "@b@0"] {
        let filter = data.like("Staff", "ID", pattern);
        assert_eq!(
            data.names("Staff", &filter, &[]),
            if pattern == "@b@0" { "b c" } else { "b" },
            "{pattern}"
        );
    }
    let list =
        Operand::List(vec![Operand::Pattern(Pattern::new("b@")), Operand::Pattern(Pattern::new("0a@"))]);
    let listed = data.compare("Staff", "ID", Operator::In, list);
    assert_eq!(data.names("Staff", &listed, &[]), "a c");
    let before = data.is("Staff", "ID", Operator::Less, "b");
    assert_eq!(data.names("Staff", &before, &[]), "a b");
    let behind = data.is("Staff", "ID", Operator::GreaterOrEqual, "ab");
    assert_eq!(data.names("Staff", &behind, &[]), "b c");
}

pub(crate) fn relations_are_followed_both_ways(engine: &Engine) {
    // R191
    let mut data = filled(engine);
    let acme = data.is("Staff", "firm.name", Operator::Equal, "acme");
    assert_eq!(data.names("Staff", &acme, &[]), "Zoé Adam");
    let with_adam = data.is("Firm", "staff.name", Operator::Equal, "adam");
    assert_eq!(data.names("Firm", &with_adam, &[]), "Acme");
    let colleagues = data.is("Staff", "firm.staff.name", Operator::Equal, "adam");
    assert_eq!(data.names("Staff", &colleagues, &[]), "Zoé Adam");

    // Two conditions on one related entity.
    let firm = data.dataclass("Firm");
    let staff = RelationStep::new(&data.catalog, firm, data.attribute("Firm", "staff")).unwrap();
    let both = |a: Filter, b: Filter| Filter::And(vec![a, b]);
    let zoe = data.is("Staff", "name", Operator::Equal, "zoe");
    let poor = data.is("Staff", "salary", Operator::Equal, 100);
    let same = Filter::Related { relations: vec![staff], filter: Box::new(both(zoe, poor)) };
    assert_eq!(data.names("Firm", &same, &[]), "");
    let zoe = data.is("Firm", "staff.name", Operator::Equal, "zoe");
    let poor = data.is("Firm", "staff.salary", Operator::Equal, 100);
    assert_eq!(data.names("Firm", &both(zoe, poor), &[]), "Acme");

    let any = Filter::Related { relations: vec![staff], filter: Box::new(Filter::All) };
    assert_eq!(data.names("Firm", &any, &[]), "Acme Born");
    // The firms of a selection of people.
    let of = Filter::Related { relations: vec![staff], filter: Box::new(Filter::Records(vec![RecordId(2)])) };
    assert_eq!(data.names("Firm", &of, &[]), "Born");
}

pub(crate) fn objects_are_searched(engine: &Engine) {
    // R192, R193, R194
    let mut data = engine.open();
    for (name, json) in [
        ("A", r#"{"c":[{"v":1},{"v":1}],"city":"Évry","n":2}"#),
        ("B", r#"{"c":[{"v":1},{"v":0}],"city":"paris"}"#),
        ("C", r#"{"c":[{"v":0},{"v":0}],"n":10,"sub":{"ok":true}}"#),
        ("D", "null"),
    ] {
        data.create("Staff", &[("name", name.into()), ("info", Scalar::Object(json.into()))]);
    }
    let mut check = |path: &str, operator, value: Scalar, expected: &str| {
        let filter = data.is("Staff", path, operator, value);
        assert_eq!(data.names("Staff", &filter, &[]), expected, "{path}");
    };
    check("info.city", Operator::Equal, "EVRY".into(), "A");
    check("info.city", Operator::NotEqual, "evry".into(), "B");
    check("info.city", Operator::Equal, Scalar::Null, "C D");
    check("info.n", Operator::Greater, 5.into(), "C");
    check("info.sub.ok", Operator::Equal, Scalar::Boolean(true), "C");
    check("info.c.length", Operator::Equal, 2.into(), "A B C");
    let attribute = data.attribute("Staff", "info");
    let property = |name: &str| ObjectStep::Property(name.into());
    let value = |path: Vec<ObjectStep>, operator| ObjectTest::Compare {
        path,
        operator,
        operand: Operand::Scalar(0.into()),
    };
    let any = vec![property("c"), ObjectStep::Elements, property("v")];
    let mut test = |test: ObjectTest, expected: &str| {
        let filter = Filter::Object { attribute, test };
        assert_eq!(data.names("Staff", &filter, &[]), expected);
    };
    test(value(any.clone(), Operator::Equal), "B C");
    test(value(any, Operator::NotEqual), "A B");
    let element = value(vec![property("v")], Operator::NotEqual);
    test(ObjectTest::Element { path: vec![property("c")], test: Box::new(element) }, "A B");

    let by_city = [data.order("Staff", "info.city", false)];
    assert_eq!(data.names("Staff", &Filter::All, &by_city), "C D A B");
    let by_number = [data.order("Staff", "info.n", true)];
    assert_eq!(data.names("Staff", &Filter::All, &by_number), "C A B D");
}

pub(crate) fn order_puts_null_first_and_breaks_ties_by_creation(engine: &Engine) {
    let mut data = filled(engine);
    let by = |data: &Data, path: &str, descending| [data.order("Staff", path, descending)];
    let order = by(&data, "salary", false);
    assert_eq!(data.names("Staff", &Filter::All, &order), "zoe Adam emilie Émile Zoé");
    let order = by(&data, "salary", true);
    assert_eq!(data.names("Staff", &Filter::All, &order), "Zoé Émile Adam emilie zoe");
    let order = by(&data, "name", false);
    assert_eq!(data.names("Staff", &Filter::All, &order), "Adam Émile emilie Zoé zoe");
    let order = by(&data, "firm.name", false);
    assert_eq!(data.names("Staff", &Filter::All, &order), "Émile emilie Zoé Adam zoe");
    let order = [data.order("Staff", "firm.name", true), data.order("Staff", "salary", false)];
    assert_eq!(data.names("Staff", &Filter::All, &order), "zoe Adam Zoé emilie Émile");
}

pub(crate) fn pages_know_the_total(engine: &Engine) {
    let mut data = filled(engine);
    let staff = data.dataclass("Staff");
    let columns = Columns::of([data.attribute("Staff", "name")]);
    let page = |data: &mut Data, skip, limit| {
        let select = Select { skip, limit, with_count: true, columns: columns.clone(), ..Select::all(staff) };
        let page = data.connection.page(&select).unwrap();
        let names: Vec<String> =
            page.rows.iter().map(|row| row.values[0].as_text().unwrap_or_default().to_owned()).collect();
        (names.join(" "), page.count)
    };
    assert_eq!(page(&mut data, 1, Some(2)), ("zoe Adam".into(), Some(5)));
    assert_eq!(page(&mut data, 3, Some(9)), ("Émile emilie".into(), Some(5)));
    // A page that ends exactly with the last row, and one that ends just before it.
    assert_eq!(page(&mut data, 3, Some(2)), ("Émile emilie".into(), Some(5)));
    assert_eq!((page(&mut data, 0, Some(5)).1, page(&mut data, 0, Some(4)).1), (Some(5), Some(5)));
    assert_eq!(page(&mut data, 9, Some(2)), (String::new(), Some(5)));
    assert_eq!(page(&mut data, 0, Some(0)), (String::new(), Some(5)));
    assert_eq!(page(&mut data, 0, None).1, Some(5));
    data.create("Staff", &[]);
    assert_eq!(page(&mut data, 0, Some(1)).1, Some(6));
    data.connection.begin().unwrap();
    data.create("Staff", &[]);
    assert_eq!(page(&mut data, 0, Some(1)).1, Some(7));
    data.connection.rollback().unwrap();
    assert_eq!(page(&mut data, 0, Some(1)).1, Some(6));
}

pub(crate) fn values_are_aggregated(engine: &Engine) {
    let mut data = filled(engine);
    let (staff, firm) = (data.dataclass("Staff"), data.dataclass("Firm"));
    let salary = data.path("Staff", "salary");
    let all = data.connection.aggregate(staff, &Filter::All, &salary).unwrap();
    assert_eq!((all.count, all.min, all.max), (4, 100.into(), 300.into()));
    assert_eq!(all.summed, Some(Summed { sum: 700.into(), average: 175.0 }));
    let none = data.connection.aggregate(staff, &Filter::None, &salary).unwrap();
    assert_eq!((none.count, none.summed, none.min), (0, None, Scalar::Null));
    let name = data.path("Staff", "name");
    let names = data.connection.aggregate(staff, &Filter::All, &name).unwrap();
    assert_eq!((names.count, names.summed, names.min), (5, None, "Adam".into()));
    let paid = data.path("Firm", "staff.salary");
    let related = data.connection.aggregate(firm, &Filter::All, &paid).unwrap();
    assert_eq!(related.summed, Some(Summed { sum: 400.into(), average: 200.0 }));
    let distinct = data.connection.distinct(staff, &Filter::All, &salary).unwrap();
    assert_eq!(distinct, [100.into(), 200.into(), Scalar::Integer(300)]);
    assert_eq!(data.connection.distinct(staff, &Filter::All, &name).unwrap().len(), 4);
    data.create("Staff", &[("salary", i64::MAX.into())]);
    let large = data.connection.aggregate(staff, &Filter::All, &salary).unwrap();
    assert!(matches!(large.summed, Some(Summed { sum: Scalar::Real(_), .. })));
}

pub(crate) fn very_wide_filters_are_answered(engine: &Engine) {
    let mut data = filled(engine);
    let compare = |n: i64| {
        Filter::Compare(Compare {
            path: Path::own(data.attribute("Staff", "salary")),
            operator: Operator::Equal,
            operand: Operand::Scalar(n.into()),
        })
    };
    let filter = Filter::Or((0..5_000).map(compare).collect());
    assert_eq!(data.names("Staff", &filter, &[]), "Zoé Adam Émile emilie");
}

pub(crate) fn relations_join_texts_as_texts(engine: &Engine) {
    // R181: the key of one side may be written otherwise on the other.
    let xml = r#"<base name="b"><table name="Town" uuid="1" id="1">
        <field name="name" uuid="2" type="10" id="1"/><field name="id" uuid="3" type="10" store_as_UUID="true" unique="true" id="2"/>
        <primary_key field_name="name" field_uuid="2"/></table>
    <table name="House" uuid="4" id="2"><field name="ID" uuid="5" type="4" autosequence="true" id="1"/>
        <field name="name" uuid="6" type="10" id="2"/><field name="town" uuid="7" type="10" id="3"/>
        <field name="town_id" uuid="8" type="10" id="4"/><primary_key field_name="ID" field_uuid="5"/></table>
    <relation uuid="9" name_Nto1="in" name_1toN="houses" state="1">
        <related_field kind="source"><field_ref uuid="7" name="town"/></related_field>
        <related_field kind="destination"><field_ref uuid="2" name="name"/></related_field></relation>
    <relation uuid="10" name_Nto1="inToo" name_1toN="housesToo" state="1">
        <related_field kind="source"><field_ref uuid="8" name="town_id"/></related_field>
        <related_field kind="destination"><field_ref uuid="3" name="id"/></related_field></relation></base>"#;
    let mut data = engine.open_catalog(xml);
    let (first, second) = ("0A".repeat(16), "FB".repeat(16));
    data.create("Town", &[("name", "Évry".into()), ("id", first.as_str().into())]);
    data.create("Town", &[("name", "Lyon".into()), ("id", second.as_str().into())]);
    for (name, town, id) in
        [("a", "LYON", &second), ("b", "evry", &first), ("c", "Evry", &second), ("d", "-", &first)]
    {
        let id = id.to_lowercase();
        data.create(
            "House",
            &[("name", name.into()), ("town", town.into()), ("town_id", id.as_str().into())],
        );
    }
    let evry = data.is("House", "in.name", Operator::Equal, "ÉVRY");
    assert_eq!(data.names("House", &evry, &[]), "b c");
    let with_a = data.is("Town", "houses.name", Operator::Equal, "a");
    assert_eq!(data.names("Town", &with_a, &[]), "Lyon");
    let by_town = [data.order("House", "in.name", true)];
    assert_eq!(data.names("House", &Filter::All, &by_town), "a b c d");
    let lyon = data.is("House", "inToo.name", Operator::Equal, "lyon");
    assert_eq!(data.names("House", &lyon, &[]), "a c");
    let (town, names) = (data.dataclass("Town"), data.path("Town", "houses.name"));
    assert_eq!(data.connection.aggregate(town, &Filter::All, &names).unwrap().count, 3);
    let distinct = data.connection.distinct(town, &Filter::All, &data.path("Town", "houses.town")).unwrap();
    assert_eq!(distinct.len(), 2);
}

pub(crate) fn values_of_every_type_have_a_smallest(engine: &Engine) {
    let mut data = engine.open();
    let staff = data.dataclass("Staff");
    let entities: [&[(&str, Scalar)]; 3] = [
        &[
            ("name", "b".into()),
            ("active", Scalar::Boolean(true)),
            ("born", Scalar::Date(Date::new(2000, 1, 1))),
        ],
        &[("name", "Á".into()), ("active", Scalar::Boolean(false)), ("born", Scalar::Date(Date::NULL))],
        &[("shift", Scalar::Time(Time::new(30, 0, 0))), ("rate", Scalar::Real(0.5))],
    ];
    for values in entities {
        data.create("Staff", values);
    }
    let mut check = |name: &str, count: u64, min: Scalar, max: Scalar| {
        let path = data.path("Staff", name);
        let found = data.connection.aggregate(staff, &Filter::All, &path).unwrap();
        assert_eq!((found.count, &found.min, &found.max), (count, &min, &max), "{name}");
        let distinct = data.connection.distinct(staff, &Filter::All, &path).unwrap();
        assert_eq!((distinct.first(), distinct.last()), (Some(&min), Some(&max)), "{name}");
    };
    check("name", 2, "Á".into(), "b".into());
    check("active", 2, Scalar::Boolean(false), Scalar::Boolean(true));
    check("born", 2, Scalar::Date(Date::NULL), Scalar::Date(Date::new(2000, 1, 1)));
    check("shift", 1, Scalar::Time(Time::new(30, 0, 0)), Scalar::Time(Time::new(30, 0, 0)));
    check("rate", 1, Scalar::Real(0.5), Scalar::Real(0.5));
    let shift = data.path("Staff", "shift");
    let hours = data.connection.aggregate(staff, &Filter::All, &shift).unwrap();
    assert_eq!(hours.summed.unwrap().sum, Scalar::Integer(30 * 3_600_000));
}

pub(crate) fn values_inside_objects_are_aggregated(engine: &Engine) {
    let mut data = engine.open();
    let staff = data.dataclass("Staff");
    for json in [r#"{"n":2,"t":"b"}"#, r#"{"n":3,"t":"É"}"#, r#"{"n":null,"t":"e"}"#, r#"{"t":[1]}"#] {
        data.create("Staff", &[("info", Scalar::Object(json.into()))]);
    }
    data.create("Staff", &[]);
    let (numbers, texts) = (data.path("Staff", "info.n"), data.path("Staff", "info.t"));
    let found = data.connection.aggregate(staff, &Filter::All, &numbers).unwrap();
    assert_eq!((found.count, found.min, found.max), (2, 2.into(), 3.into()));
    assert_eq!(found.summed, Some(Summed { sum: 5.into(), average: 2.5 }));
    let found = data.connection.aggregate(staff, &Filter::All, &texts).unwrap();
    assert_eq!((found.count, found.summed, found.min), (3, None, "b".into()));
    let distinct = data.connection.distinct(staff, &Filter::All, &texts).unwrap();
    assert_eq!(distinct, ["b".into(), Scalar::from("É")]);
}

pub(crate) fn searched_indexes_are_named(engine: &Engine) {
    // O112: a plan tells what the engine does.
    let mut data = engine.open();
    data.connection.begin().unwrap();
    for number in 0..600_i64 {
        let name = format!("b{number}");
        data.create("Firm", &[("name", name.as_str().into())]);
        data.create(
            "Staff",
            &[("salary", number.into()), ("rate", Scalar::Real(1.5)), ("firm_id", number.into())],
        );
    }
    data.connection.commit().unwrap();
    let staff = data.dataclass("Staff");
    let used = |place: usize, dataclass: &str, name: &str, data: &Data| UsedIndex {
        place,
        attribute: data.attribute(dataclass, name),
    };
    let salary = data.is("Staff", "salary", Operator::Equal, 100);
    let rate = data.is("Staff", "rate", Operator::Equal, Scalar::Real(1.5));
    assert_eq!(data.connection.indexes(staff, &salary).unwrap(), [used(0, "Staff", "salary", &data)]);
    assert_eq!(data.connection.indexes(staff, &rate).unwrap(), []);
    let both = Filter::And(vec![rate, salary]);
    assert_eq!(data.connection.indexes(staff, &both).unwrap(), [used(0, "Staff", "salary", &data)]);
    // The second relation that is followed leads to the third place.
    let firm = data.is("Staff", "firm.ID", Operator::Equal, 7);
    let name = data.is("Staff", "firm.name", Operator::Equal, "b7");
    let related = data.connection.indexes(staff, &Filter::And(vec![name, firm])).unwrap();
    assert!(related.contains(&used(2, "Firm", "ID", &data)), "{related:?}");
    assert!(!related.contains(&used(1, "Firm", "name", &data)), "{related:?}");
}
