//! Lists too long to be made at once, and bodies that come in pieces (rest-protocol sections 3.2, 3.3 and 8.7).

use std::collections::HashSet;

use serde_json::{Value as Json, json};
use tessera_rest::{Body, BrokenOff, Pieces, Request, prepare};
use tessera_store::Save;
use tessera_values::Scalar;

use crate::project::{ROLES, filled, folder, open};
use crate::server::{Client, Server};

/// How many employees there are.
const MANY: usize = 4004;
/// No piece is longer.
const PIECE_BYTES_MAX: usize = 256 << 10;

/// Four employees are there already.
fn with_many(server: Server) -> Server {
    let catalog = &server.application.catalog;
    let employee = catalog.dataclass_named("Employee").unwrap();
    let attribute = |name: &str| employee.attribute_named(name).unwrap().id;
    let mut connection = server.application.store.connect();
    connection.begin().unwrap();
    for number in 0..MANY as i64 - 4 {
        let values = vec![
            (attribute("lastName"), Scalar::Text(format!("Name {:04}", number * 37 % 4000).into())),
            (attribute("salary"), Scalar::Real(number as f64)),
            (attribute("companyID"), Scalar::Integer(1 + number % 2)),
        ];
        connection.save(Save { dataclass: employee.id, record: None, expected_stamp: None, values }).unwrap();
    }
    connection.commit().unwrap();
    server
}

/// The pieces of an answer that is too long to be whole.
#[track_caller]
fn pieces(server: &Server, client: &Client, target: &str) -> Pieces {
    let request = Request::get(target);
    let resolved = server.application.sessions.resolve(client.cookie.as_deref(), &request.address);
    let prepared = prepare(&server.application, resolved.session, request);
    assert!(prepared.needs_worker());
    let (response, _) = prepared.respond();
    assert_eq!(response.status, 200, "{}", response.text());
    let Body::Pieces(pieces) = response.body else { panic!("{} is whole", response.text()) };
    pieces
}

fn json_of(pieces: Pieces) -> Json {
    serde_json::from_slice(&Body::Pieces(pieces).gathered().unwrap()).unwrap()
}

/// What `member` of pages of a thousand has, put together.
fn by_pages(client: &mut Client, target: &str, member: &str) -> Vec<Json> {
    let page = |skip| client.get(&format!("{target}&$skip={skip}&$top=1000")).ok()[member].clone();
    (0..MANY).step_by(1000).map(page).flat_map(|page| page.as_array().unwrap().clone()).collect()
}

#[test]
pub(crate) fn a_long_list_is_its_pages_put_together() {
    // R029, R031, R035, R037
    let server = with_many(open());
    let mut client = server.client();
    for target in [
        "/Employee?",
        "/Employee?$orderby=lastName desc&$expand=employer",
        "/Employee?$filter=\"salary > 10\"&$attributes=lastName,fullName,employer.name,employer.city",
    ] {
        let long = json_of(pieces(&server, &client, &format!("{target}&$top=-1")));
        let expected = by_pages(&mut client, target, "__ENTITIES");
        let first = client.get(target).ok();
        assert_eq!(long["__ENTITIES"].as_array().unwrap(), &expected, "{target}");
        assert_eq!((&long["__SENT"], &long["__COUNT"]), (&json!(expected.len()), &first["__COUNT"]));
        assert_eq!((&long["__FIRST"], &long["__DATACLASS"]), (&json!(0), &json!("Employee")));
        let part = json_of(pieces(&server, &client, &format!("{target}&$skip=7&$top=1500")));
        assert_eq!(part["__ENTITIES"].as_array().unwrap(), &expected[7..1507]);
        assert_eq!(
            (&part["__SENT"], &part["__FIRST"], &part["__COUNT"]),
            (&json!(1500), &json!(7), &first["__COUNT"])
        );
    }
}

#[test]
fn every_form_of_a_list_comes_in_pieces() {
    // R130, R134
    let server = with_many(open());
    let mut client = server.client();
    let array = json_of(pieces(&server, &client, "/Employee?$asArray=true"));
    let one = client.get("/Employee?$asArray=true&$top=1&$skip=4000").ok();
    assert_eq!((array.as_array().unwrap().len(), &array[4000]), (MANY, &one[0]));
    let table = json_of(pieces(&server, &client, "/Employee?$format=looker&$top=-1"));
    let rows = by_pages(&mut client, "/Employee?$format=looker", "rows");
    assert_eq!(table["rows"].as_array().unwrap(), &rows);
    assert_eq!(table["schema"], client.get("/Employee?$format=looker").ok()["schema"]);
    assert_eq!((&table["__COUNT"], &table["filtersApplied"]), (&json!(MANY), &json!(false)));
    let plain = Body::Pieces(pieces(&server, &client, "/Employee?$top=-1")).gathered().unwrap();
    let pretty = Body::Pieces(pieces(&server, &client, "/Employee?$top=-1&$prettyprint=true"));
    let pretty = String::from_utf8(pretty.gathered().unwrap()).unwrap();
    assert!(pretty.contains("\n\t\t{\n\t\t\t\"__KEY\":\"4000\","), "{}", &pretty[..500]);
    let plain: Json = serde_json::from_slice(&plain).unwrap();
    assert_eq!(serde_json::from_str::<Json>(&pretty).unwrap(), plain);
}

#[test]
fn a_function_and_a_set_answer_at_length_as_well() {
    // R160, R164
    let server = with_many(open());
    let mut client = server.client();
    let named = client.post("/Employee/named?$top=2000", r#"["Name @"]"#).ok();
    assert_eq!((&named["__COUNT"], &named["__SENT"]), (&json!(4000), &json!(2000)));
    let made = client.get("/Employee?$filter=\"salary < 3000\"&$method=entityset&$top=1").ok();
    let set = made["__ENTITYSET"].as_str().unwrap().trim_start_matches("/rest").to_owned();
    let all = json_of(pieces(&server, &client, &format!("{set}?$top=-1")));
    assert_eq!(&all["__COUNT"], &made["__COUNT"]);
    assert_eq!(all["__ENTITIES"].as_array().unwrap().len() as u64, all["__COUNT"].as_u64().unwrap());
}

#[test]
fn only_what_is_asked_for_is_made_and_no_piece_is_long() {
    let server = with_many(open());
    let client = server.client();
    let mut lengths = Vec::new();
    for piece in pieces(&server, &client, "/Employee?$top=-1&$expand=employer") {
        lengths.push(piece.unwrap().len());
    }
    let whole: usize = lengths.iter().sum();
    assert!(lengths.len() > 4 && whole > 2 * PIECE_BYTES_MAX, "{lengths:?}");
    assert!(lengths.iter().all(|length| *length <= PIECE_BYTES_MAX), "{lengths:?}");
}

#[test]
fn who_asks_for_little_or_finds_little_gets_it_whole() {
    let server = with_many(open());
    let mut client = server.client();
    let worker = |target: &str| {
        let request = Request::get(target);
        let session = server.application.sessions.resolve(None, &request.address).session;
        prepare(&server.application, session, request).needs_worker()
    };
    assert!(!worker("/Company?$top=1000") && worker("/Company?$top=1001"));
    let request = Request::get("/Company?$top=-1");
    let session = server.application.sessions.resolve(None, &request.address).session;
    let (response, _) = prepare(&server.application, session, request).respond();
    assert!(response.bytes().is_some());
    assert_eq!(response.text(), client.get("/Company").response.text());
}

#[test]
fn a_list_keeps_its_members_and_shows_them_as_they_are() {
    let server = with_many(open());
    let mut client = server.client();
    let mut list = pieces(&server, &client, "/Employee?$orderby=ID&$top=-1");
    let mut bytes = list.next().unwrap().unwrap().to_vec();
    client.get("/Employee(4003)?$method=delete").refused(400, 1813);
    client.post("/Employee(4003)?$method=delete", "").ok();
    client.post("/Employee", r#"{"__KEY":4002,"lastName":"Changed"}"#).ok();
    client.post("/Employee", r#"{"lastName":"Late"}"#).ok();
    for piece in list {
        bytes.extend(piece.unwrap());
    }
    let list: Json = serde_json::from_slice(&bytes).unwrap();
    let entities = list["__ENTITIES"].as_array().unwrap();
    assert_eq!((entities.len(), &list["__SENT"], &list["__COUNT"]), (MANY, &json!(MANY), &json!(MANY)));
    assert_eq!(entities[4001]["lastName"], "Changed");
    assert_eq!(entities[4002], json!({"__STAMP": 0}));
    let keys: HashSet<_> = entities.iter().filter_map(|entity| entity["__KEY"].as_str()).collect();
    assert_eq!(keys.len(), MANY - 1, "each once, and the late one not at all");
}

#[test]
fn a_list_ends_with_the_rights_of_its_reader() {
    let server = with_many(filled(Server::new(folder(Some(ROLES), &[]))));
    let mut client = server.client();
    client.login("Reader");
    let mut list = pieces(&server, &client, "/Employee?$top=-1");
    assert!(list.next().unwrap().is_ok() && list.next().unwrap().is_ok());
    client.get("/$directory/logout");
    assert_eq!(list.next(), Some(Err(BrokenOff)));
    assert_eq!(list.next(), None);
}

#[test]
fn what_fails_before_the_first_piece_is_an_answer_like_any_other() {
    let server = with_many(filled(Server::new(folder(Some(ROLES), &[]))));
    let mut client = server.client();
    client.get("/Employee?$top=-1").refused(401, 1822);
    client.login("Reader");
    client.get("/Employee?$top=-1&$filter=\"salary > 0\"").refused(401, -9991);
    client.get("/Employee?$top=-1&$orderby=nothing").refused(404, 1810);
}

#[test]
pub(crate) fn many_bytes_come_in_pieces_of_known_length() {
    // R129
    let server = open();
    let mut client = server.client();
    client.post("/Album", "{}").ok();
    let blob: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    client.send(Request::post("/Album(1)/file?$binary=true", blob.clone())).ok();
    let sent = pieces(&server, &client, "/Album(1)/file?$binary=true");
    assert_eq!(sent.length(), Some(3_000_000));
    assert_eq!(Body::Pieces(sent).gathered().unwrap(), blob);
    let tag = client.get("/Album(1)/file?$binary=true").response.header("etag").map(str::to_owned);
    let again = Request { if_none_match: tag, ..Request::get("/Album(1)/file?$binary=true") };
    assert_eq!(client.send(again).status(), 304);
}
