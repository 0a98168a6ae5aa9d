//! The floor: the least a server can do that answers the same questions.
//!
//! One session look-up, one indexed select on a kept statement, JSON, all inline on the worker that read the request.
//! No permissions, no catalog, no 4D rules of comparison, no protocol: what Tessera adds is measured against this.
//! Same HTTP library family, same SQLite, same durability, same hashing cost, same number of workers.

mod lines;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use axum::extract::{Path as UrlPath, Query, State};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::project::{CITIES, EMAIL, PASSWORD, ROWS};

/// The cost of 4D's `Generate password hash` unless told otherwise.
const BCRYPT_COST: u32 = 10;
const COOKIE_NAME: &str = "FLOOR=";
const CATALOG: &str = r#"{"dataClasses":[{"name":"Item","uri":"/Item","dataURI":"/Item"},{"name":"Users","uri":"/Users","dataURI":"/Users"}]}"#;

struct Floor {
    database: PathBuf,
    writer: Mutex<Connection>,
    sessions: papaya::HashMap<[u8; 32], String>,
    /// The keys of all lines, in the order of their names.
    kept: Vec<i64>,
}

type Answer = Result<Response, Refused>;

/// Anything that went wrong; the bench stops at the first.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

#[derive(Serialize)]
struct Item {
    id: i64,
    name: String,
    city: String,
    amount: f64,
    since: Option<String>,
    active: bool,
    note: String,
}

#[derive(Deserialize)]
struct NewItem {
    name: String,
    city: String,
    amount: f64,
    active: bool,
    note: String,
}

#[derive(Deserialize)]
struct City {
    city: String,
}

#[derive(Deserialize)]
struct Login {
    email: String,
    password: String,
}

/// The process that is the floor: this binary, again. It has the items, or so many lines.
pub(super) fn command(database: &Path, lines: usize) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("where am I?")?);
    command.args(["floor", "--listen", "127.0.0.1:0", "--lines", &lines.to_string(), "--db"]).arg(database);
    Ok(command)
}

/// `xtask floor --listen ADDRESS --lines NUMBER --db FILE`
pub(crate) fn run(words: &[&str]) -> anyhow::Result<()> {
    let ["--listen", listen, "--lines", lines, "--db", database] = *words else {
        bail!("floor needs --listen ADDRESS --lines NUMBER --db FILE")
    };
    let mut writer = open(Path::new(database))?;
    let kept = match lines.parse().context("--lines needs a number")? {
        0 => fill(&mut writer).map(|()| Vec::new())?,
        lines => lines::fill(&mut writer, lines)?,
    };
    let floor = Arc::new(Floor {
        database: database.into(),
        writer: Mutex::new(writer),
        sessions: papaya::HashMap::new(),
        kept,
    });
    let router = Router::new()
        .route("/item/{id}", get(read))
        .route("/items", get(list))
        .route("/item", post(create))
        .route("/catalog", get(catalog))
        .route("/login", post(login))
        .route("/box/{number}", get(lines::expanded))
        .route("/kept/{skip}", get(lines::page))
        .with_state(floor);
    // As many workers as there are cores, as in Tessera.
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        println!("listening on http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}

async fn read(State(floor): State<Arc<Floor>>, headers: HeaderMap, UrlPath(id): UrlPath<i64>) -> Answer {
    signed_in(&floor, &headers)?;
    let item = with_reader(&floor, |reader| {
        reader
            .prepare_cached("SELECT id, name, city, amount, since, active, note FROM item WHERE id = ?1")?
            .query_row([id], item)
            .optional()
    })?;
    match item {
        Some(item) => Ok(Json(item).into_response()),
        None => Err(Refused(StatusCode::NOT_FOUND, format!("There is no item {id}."))),
    }
}

async fn list(State(floor): State<Arc<Floor>>, headers: HeaderMap, Query(asked): Query<City>) -> Answer {
    signed_in(&floor, &headers)?;
    let items = with_reader(&floor, |reader| {
        reader
            .prepare_cached(
                "SELECT id, name, city, amount, since, active, note FROM item WHERE city = ?1 LIMIT 100",
            )?
            .query_map([asked.city], item)?
            .collect::<Result<Vec<Item>, _>>()
    })?;
    Ok(Json(items).into_response())
}

async fn create(State(floor): State<Arc<Floor>>, headers: HeaderMap, Json(new): Json<NewItem>) -> Answer {
    signed_in(&floor, &headers)?;
    let item = {
        let writer = floor.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer
            .prepare_cached(
                "INSERT INTO item (name, city, amount, active, note) VALUES (?1, ?2, ?3, ?4, ?5)
                 RETURNING id, name, city, amount, since, active, note",
            )?
            .query_row(params![new.name, new.city, new.amount, new.active, new.note], item)?
    };
    Ok(Json(item).into_response())
}

async fn catalog() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], CATALOG)
}

async fn login(State(floor): State<Arc<Floor>>, Json(login): Json<Login>) -> Answer {
    let hash: Option<String> = with_reader(&floor, |reader| {
        reader
            .prepare_cached("SELECT password FROM users WHERE email = ?1")?
            .query_row([&login.email], |row| row.get(0))
            .optional()
    })?;
    let hash = hash.ok_or_else(|| Refused(StatusCode::UNAUTHORIZED, "Wrong user".into()))?;
    let verified = tokio::task::spawn_blocking(move || bcrypt::verify(login.password, &hash)).await;
    if !matches!(verified, Ok(Ok(true))) {
        return Err(Refused(StatusCode::UNAUTHORIZED, "Wrong password".into()));
    }
    // Not random enough for anybody but a bench: the size and the work are those of a real token.
    let salt = (std::time::Instant::now(), floor.sessions.len());
    let token = hex(&Sha256::digest(format!("{salt:?}")));
    floor.sessions.pin().insert(Sha256::digest(&token).into(), login.email);
    let cookie = format!("{COOKIE_NAME}{token}; Path=/; HttpOnly; SameSite=Strict");
    Ok(([(SET_COOKIE, cookie)], Json("Welcome")).into_response())
}

/// Looks the session up by the hash of its cookie.
fn signed_in(floor: &Floor, headers: &HeaderMap) -> Result<(), Refused> {
    let token = headers
        .get(COOKIE)
        .and_then(|cookie| cookie.to_str().ok())
        .and_then(|cookie| cookie.split("; ").find_map(|pair| pair.strip_prefix(COOKIE_NAME)));
    let is_known = token.is_some_and(|token| {
        let hash: [u8; 32] = Sha256::digest(token).into();
        floor.sessions.pin().contains_key(&hash)
    });
    if is_known { Ok(()) } else { Err(Refused(StatusCode::UNAUTHORIZED, "Login needed".into())) }
}

/// A connection of the worker's own, with the statements it prepared.
fn with_reader<T>(
    floor: &Floor,
    read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    thread_local! {
        static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
    }
    READER.with_borrow_mut(|reader| {
        if reader.is_none() {
            *reader = Some(Connection::open(&floor.database)?);
        }
        reader.as_ref().map_or(Err(rusqlite::Error::InvalidQuery), read)
    })
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        name: row.get(1)?,
        city: row.get(2)?,
        amount: row.get(3)?,
        since: row.get(4)?,
        active: row.get(5)?,
        note: row.get(6)?,
    })
}

/// The connection that writes.
fn open(database: &Path) -> anyhow::Result<Connection> {
    let writer = Connection::open(database)?;
    writer.pragma_update(None, "journal_mode", "WAL")?;
    writer.pragma_update(None, "synchronous", "FULL")?;
    Ok(writer)
}

/// The same rows as the 4D project fills itself with.
fn fill(writer: &mut Connection) -> anyhow::Result<()> {
    let transaction = writer.transaction()?;
    transaction.execute_batch(
        "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, city TEXT, amount REAL, since TEXT, active INTEGER, note TEXT);
         CREATE INDEX item_name ON item (name);
         CREATE INDEX item_city ON item (city);
         CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, password TEXT);",
    )?;
    for n in 1..=ROWS {
        transaction
            .prepare_cached("INSERT INTO item VALUES (?1, ?2, ?3, ?4, '2020-01-01T00:00:00.000Z', ?5, ?6)")?
            .execute(params![
                n as i64,
                format!("Item {n}"),
                format!("City {}", n % CITIES),
                n as f64 * 1.5,
                n % 7 != 0,
                format!("Note of item {n}")
            ])?;
    }
    transaction.execute(
        "INSERT INTO users (email, password) VALUES (?1, ?2)",
        params![EMAIL, bcrypt::hash(PASSWORD, BCRYPT_COST)?],
    )?;
    Ok(transaction.commit()?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
