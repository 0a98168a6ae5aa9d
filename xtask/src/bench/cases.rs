//! What is asked of both servers: the same work in the words of each.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::load;
use super::project::{CITIES, EMAIL, PASSWORD, ROWS};

/// Requests of a list differ; this many of them are sent in turn.
const VARIED: usize = 500;

/// One line of the table.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// The least ratio to the floor that is good enough.
    pub(super) target: Option<f64>,
    /// At most so many connections: where hashing fills the cores, more of them only wait longer.
    pub(super) connections_max: usize,
    pub(super) tessera: Vec<Vec<u8>>,
    pub(super) floor: Vec<Vec<u8>>,
}

/// All cases, or those whose name holds `only`. Logs in to both servers.
pub(super) fn all(tessera: SocketAddr, floor: SocketAddr, only: Option<&str>) -> anyhow::Result<Vec<Case>> {
    let login = format!("{{\"email\":\"{EMAIL}\",\"password\":\"{PASSWORD}\"}}");
    let ours_login = post("/rest/$catalog/authentify", None, &format!("[{login}]"));
    let bare_login = post("/login", None, &login);
    let ours = cookie(tessera, &ours_login)?;
    let bare = cookie(floor, &bare_login)?;

    // Keys that jump about, so that neither the page cache of the system nor the order of the rows helps.
    let keys = || (0..VARIED).map(|n| n * 7919 % ROWS + 1);
    let cities = || (0..CITIES).map(|n| format!("City {n}"));
    let item = |n: usize| {
        format!(
            "\"name\":\"New {n}\",\"city\":\"Elsewhere\",\"amount\":{n}.5,\"active\":true,\"note\":\"Made by the bench.\""
        )
    };
    let cases = vec![
        Case {
            name: "read by key, signed in",
            target: Some(0.6),
            connections_max: usize::MAX,
            tessera: keys().map(|key| get(&format!("/rest/Item({key})"), Some(&ours))).collect(),
            floor: keys().map(|key| get(&format!("/item/{key}"), Some(&bare))).collect(),
        },
        Case {
            name: "filtered list of 100",
            target: Some(0.5),
            connections_max: usize::MAX,
            tessera: cities().map(|city| get(&filter(&city), Some(&ours))).collect(),
            floor: cities()
                .map(|city| get(&format!("/items?city={}", encoded(&city)), Some(&bare)))
                .collect(),
        },
        Case {
            name: "create",
            target: None,
            connections_max: usize::MAX,
            tessera: (0..VARIED)
                .map(|n| post("/rest/Item?$method=update", Some(&ours), &format!("{{{}}}", item(n))))
                .collect(),
            floor: (0..VARIED).map(|n| post("/item", Some(&bare), &format!("{{{}}}", item(n)))).collect(),
        },
        Case {
            name: "$catalog, guest",
            target: None,
            connections_max: usize::MAX,
            tessera: vec![get("/rest/$catalog", None)],
            floor: vec![get("/catalog", None)],
        },
        Case {
            name: "authentify",
            target: None,
            connections_max: 4,
            tessera: vec![ours_login],
            floor: vec![bare_login],
        },
    ];
    let cases: Vec<Case> =
        cases.into_iter().filter(|case| only.is_none_or(|word| case.name.contains(word))).collect();
    for case in &cases {
        compare(case, tessera, floor)?;
    }
    Ok(cases)
}

/// Both answers must be answers, and tell of about as much: a server that says nothing is quick.
fn compare(case: &Case, tessera: SocketAddr, floor: SocketAddr) -> anyhow::Result<()> {
    let mut lengths = Vec::new();
    for (address, requests) in [(tessera, &case.tessera), (floor, &case.floor)] {
        let answer =
            load::ask(address, &requests[0]).with_context(|| format!("the first try of {}", case.name))?;
        let body = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == 200, "{} was answered with {}: {body}", case.name, answer.status);
        if case.name.contains("100") {
            let rows = body.matches("\"note\":").count();
            ensure!(rows == 100, "{} gave {rows} rows: {body}", case.name);
        }
        lengths.push(answer.body.len());
    }
    eprintln!("{}: {} bytes from Tessera, {} from the floor", case.name, lengths[0], lengths[1]);
    Ok(())
}

pub(super) fn cookie(address: SocketAddr, login: &[u8]) -> anyhow::Result<String> {
    let answer = load::ask(address, login)?;
    let body = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 200 && body.contains("Welcome"), "login: {} {body}", answer.status);
    answer.cookie().map(str::to_owned).with_context(|| format!("login sent no cookie: {}", answer.head))
}

fn filter(city: &str) -> String {
    format!(
        "/rest/Item?$filter={}&$params={}&$top=100",
        encoded("city = :1"),
        encoded(&format!("'[\"{city}\"]'"))
    )
}

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

pub(super) fn get(path: &str, cookie: Option<&str>) -> Vec<u8> {
    request("GET", path, cookie, "")
}

pub(super) fn post(path: &str, cookie: Option<&str>, body: &str) -> Vec<u8> {
    request("POST", path, cookie, body)
}

fn request(method: &str, path: &str, cookie: Option<&str>, body: &str) -> Vec<u8> {
    let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
    let length = match method {
        "GET" => String::new(),
        _ => format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{cookie}{length}\r\n{body}")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_whole() {
        let sent = String::from_utf8(post("/a", Some("b=c"), "{}")).expect("UTF-8");
        assert!(sent.starts_with("POST /a HTTP/1.1\r\n"));
        assert!(sent.contains("Cookie: b=c\r\n") && sent.ends_with("Content-Length: 2\r\n\r\n{}"));
    }

    #[test]
    fn a_filter_is_encoded() {
        let path = filter("City 7");
        assert!(!path.contains([' ', '"', '\'']));
        assert!(path.contains("city%20%3D%20%3A1"));
    }
}
