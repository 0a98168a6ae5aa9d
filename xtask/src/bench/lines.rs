//! A million entities over HTTP: a page with a relation expanded, and pages of an entity set, which must cost the same
//! wherever they begin.
//!
//! `xtask/projects/lines` has lines and their makers. A million entities made by 4D code would take their time, so the
//! store makes them before the project is served.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tessera_model::Project;
use tessera_store::{Options, Save};
use tessera_values::{Chance, ManualClock, Scalar};

use super::cases::{Case, cookie, encoded, get, post};
use super::load;

/// How many lines there are.
pub(super) const ROWS: usize = 1_000_000;
/// And in a quick run.
pub(super) const QUICK_ROWS: usize = 100_000;
/// Lines of one box, which is a page.
pub(super) const PAGE: usize = 100;
/// Those who made the lines.
pub(super) const MAKERS: usize = 1_000;
/// Pages asked for in turn from each beginning, and boxes.
const VARIED: usize = 100;
/// Lines saved in one transaction.
const BATCH: usize = 50_000;

const EXPANDED: &str = "page of 100, a relation expanded";
/// Pages of a set: the first ones, those in the middle, and those from nine tenths on.
pub(super) const PAGES: [&str; 3] =
    ["entity set, first pages", "entity set, middle pages", "entity set, pages at nine tenths"];

/// A line as both servers have it.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) number: i64,
    pub(super) maker: i64,
}

impl Line {
    /// The line with the key `number + 1` of so many.
    pub(super) fn numbered(number: usize, rows: usize) -> Self {
        // Neither names nor boxes come in order.
        let mixed = number * 7_919 % rows;
        Self {
            name: format!("Line {mixed:07}"),
            number: (mixed % (rows / PAGE)) as i64,
            maker: (mixed % MAKERS + 1) as i64,
        }
    }
}

pub(super) fn maker_name(maker: usize) -> String {
    format!("Maker {maker}")
}

/// Does somebody who asks for cases that hold this word want any of these?
pub(super) fn are_wanted(only: Option<&str>) -> bool {
    PAGES.iter().chain([&EXPANDED]).any(|name| is_wanted(name, only))
}

fn is_wanted(name: &str, only: Option<&str>) -> bool {
    only.is_none_or(|word| name.contains(word))
}

struct Zeros;

impl Chance for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// Makes the data of the project.
pub(super) fn fill(project: &Path, url: &str, rows: usize) -> anyhow::Result<()> {
    let project = camino(project)?;
    let catalog = Project::open(project).map_err(|error| anyhow::anyhow!("{error}"))?.catalog;
    let catalog = Arc::new(catalog);
    let attribute = |dataclass: &str, name: &str| {
        let dataclass = catalog.dataclass_named(dataclass).context("no such dataclass")?;
        let attribute = dataclass.attribute_named(name).context("no such attribute")?;
        anyhow::Ok((dataclass.id, attribute.id))
    };
    let (maker, maker_name_attribute) = attribute("Maker", "name")?;
    let (line, name) = attribute("Line", "name")?;
    let (number, by) = (attribute("Line", "box")?.1, attribute("Line", "makerID")?.1);
    let clock = Arc::new(ManualClock::new(0));
    let store = tessera_store::open(url, Arc::clone(&catalog), clock, Arc::new(Zeros), Options::default())?;
    let mut connection = store.connect();
    let new = |dataclass, values| Save { dataclass, record: None, expected_stamp: None, values };
    connection.begin()?;
    for key in 1..=MAKERS {
        let values = vec![(maker_name_attribute, maker_name(key).as_str().into())];
        connection.save(new(maker, values))?;
    }
    connection.commit()?;
    for first in (0..rows).step_by(BATCH) {
        connection.begin()?;
        for key in first..rows.min(first + BATCH) {
            let made = Line::numbered(key, rows);
            let values = vec![
                (name, made.name.as_str().into()),
                (number, Scalar::Integer(made.number)),
                (by, Scalar::Integer(made.maker)),
            ];
            connection.save(new(line, values))?;
        }
        connection.commit()?;
    }
    Ok(())
}

fn camino(path: &Path) -> anyhow::Result<&camino::Utf8Path> {
    camino::Utf8Path::from_path(path).context("the temporary folder's name is not UTF-8")
}

/// The cases, or those whose name holds `only`. Keeps an entity set of all lines in the order of their names.
pub(super) fn cases(
    tessera: SocketAddr,
    floor: SocketAddr,
    rows: usize,
    only: Option<&str>,
) -> anyhow::Result<Vec<Case>> {
    let ours = cookie(tessera, &post("/rest/$catalog/authentify", None, "[{\"email\":\"reader\"}]"))?;
    let set = keep(tessera, &ours, rows)?;
    let boxes = || (0..VARIED).map(|n| n * 37 % (rows / PAGE));
    let expanded = Case {
        name: EXPANDED,
        target: Some(0.4),
        connections_max: usize::MAX,
        tessera: boxes().map(|number| get(&filter(number), Some(&ours))).collect(),
        floor: boxes().map(|number| get(&format!("/box/{number}"), None)).collect(),
    };
    let pages = PAGES.into_iter().zip([0, rows / 2, rows / 10 * 9]).map(|(name, first)| {
        let skips = || (0..VARIED).map(move |n| first + n * PAGE);
        Case {
            name,
            target: Some(0.4),
            connections_max: usize::MAX,
            tessera: skips()
                .map(|skip| get(&format!("{set}?$skip={skip}&$top={PAGE}"), Some(&ours)))
                .collect(),
            floor: skips().map(|skip| get(&format!("/kept/{skip}"), None)).collect(),
        }
    });
    let cases: Vec<Case> =
        std::iter::once(expanded).chain(pages).filter(|case| is_wanted(case.name, only)).collect();
    for case in &cases {
        compare(case, tessera, floor)?;
    }
    Ok(cases)
}

/// Keeps all lines as an entity set; its address.
fn keep(tessera: SocketAddr, cookie: &str, rows: usize) -> anyhow::Result<String> {
    let request = get("/rest/Line?$method=entityset&$orderby=name&$top=1", Some(cookie));
    let answer = load::ask(tessera, &request)?;
    let page: serde_json::Value = serde_json::from_slice(&answer.body)?;
    ensure!(page["__COUNT"] == rows, "the set was not kept: {page}");
    Ok(page["__ENTITYSET"].as_str().context("the set has no address")?.to_owned())
}

fn filter(number: usize) -> String {
    let (filter, parameters) = (encoded("box = :1"), encoded(&format!("'[{number}]'")));
    format!("/rest/Line?$filter={filter}&$params={parameters}&$expand=maker&$top={PAGE}")
}

/// What an answer shows.
struct Shown {
    lines: Vec<String>,
    makers: usize,
    bytes: usize,
}

impl Shown {
    fn of(case: &Case, address: SocketAddr, requests: &[Vec<u8>]) -> anyhow::Result<Self> {
        let answer = load::ask(address, requests.last().context("a case without requests")?)?;
        let body = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == 200, "{} was answered with {}: {body}", case.name, answer.status);
        let texts = |start| body.split('"').filter(move |text| text.starts_with(start));
        let lines = texts("Line ").map(str::to_owned).collect();
        Ok(Self { lines, makers: texts("Maker ").count(), bytes: answer.body.len() })
    }
}

/// Both must answer with the same lines, and with their makers where these are asked for.
fn compare(case: &Case, tessera: SocketAddr, floor: SocketAddr) -> anyhow::Result<()> {
    let ours = Shown::of(case, tessera, &case.tessera)?;
    let bare = Shown::of(case, floor, &case.floor)?;
    ensure!(ours.lines == bare.lines && ours.lines.len() == PAGE, "{}: not the same lines", case.name);
    let makers = if case.name == EXPANDED { PAGE } else { 0 };
    ensure!((ours.makers, bare.makers) == (makers, makers), "{}: not the same makers", case.name);
    eprintln!("{}: {} bytes from Tessera, {} from the floor", case.name, ours.bytes, bare.bytes);
    Ok(())
}
