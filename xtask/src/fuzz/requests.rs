//! Requests that look like the REST protocol: verb, who asks, path, query and body.

use std::fmt;

use tessera_rest::{Method, Request};
use tessera_test_support::Dice;

use super::boundary;

const REQUEST_BYTES_MAX: usize = 4_000;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Anybody, where everything is open to everybody.
    Anybody,
    /// A guest, in force login.
    Guest,
    /// Somebody signed in, who may read and write but not see what anybody earns.
    SignedIn,
}

/// One request.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) who: Who,
    method: Method,
    target: String,
    body: String,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} by {:?}\n{}\n{}", self.method, self.who, self.target, self.body)
    }
}

impl Question {
    /// The request, with the id of an entity set where one is named.
    pub(super) fn request(&self, set: &str) -> Request {
        let body = self.body.replace("{set}", set).into_bytes();
        Request::new(self.method, &self.target.replace("{set}", set), body)
    }

    /// May the entity set be gone afterwards?
    pub(super) fn releases(&self) -> bool {
        self.target.contains("release")
    }

    /// A path with options, or something that is posted.
    pub(super) fn url(dice: &mut Dice) -> Self {
        let who = who(dice);
        if dice.below(2) == 0 {
            let method = [Method::Get, Method::Get, Method::Get, Method::Delete][dice.below(4)];
            return Self { who, method, target: input(dice, &TARGETS), body: String::new() };
        }
        let method = [Method::Post, Method::Post, Method::Post, Method::Put][dice.below(4)];
        let (target, body) = POSTS[dice.below(POSTS.len())];
        // Half of them keep one side as it is, so that the other side is what is looked at.
        let target = if dice.below(4) == 0 { target.to_owned() } else { changed(dice, target, &TARGETS) };
        let body = if dice.below(4) == 0 { body.to_owned() } else { changed(dice, body, &BODIES) };
        Self { who, method, target, body }
    }

    /// A filter in the places that take one.
    pub(super) fn filter(dice: &mut Dice) -> Self {
        let narrowing = input(dice, &NARROWINGS);
        let (method, place, body) = NARROWED[dice.below(NARROWED.len())];
        let mut target = place.to_owned();
        for (name, value) in ["$filter", "$params", "$orderby"].iter().zip(narrowing.splitn(3, '\n')) {
            target.push_str(&format!("&{name}=\""));
            for byte in value.bytes() {
                target.push_str(&format!("%{byte:02X}"));
            }
            target.push('"');
        }
        Self { who: who(dice), method, target, body: body.to_owned() }
    }
}

fn who(dice: &mut Dice) -> Who {
    [Who::Anybody, Who::SignedIn, Who::SignedIn, Who::Guest][dice.below(4)]
}

/// What may be asked with GET, after `/rest`. `{set}` is an entity set of the session.
const TARGETS: [&str; 34] = [
    "/$catalog",
    "/$catalog/$all",
    "/$catalog/Employee,Company",
    "/$info",
    "/$openapi",
    "/$directory/login",
    "/$getWebForm/start",
    "/$entityset/$release",
    "/Employee",
    "/Employee(1)",
    "/Employee[2]",
    "/Employee(\"1\")/employer",
    "/Employee(1,2,3)?$asArray=true",
    "/Employee(lastName=Martin)",
    "/Employee:lastName(Martin)?$expand=employer",
    "/Employee/firstName,lastName,salary?$top=2&$skip=1",
    "/Employee?$filter=\"salary > 100 and lastName = 'M@'\"&$orderby=\"lastName desc,salary\"",
    "/Employee?$filter=\"salary >= :1 or hired < :2\"&$params='[100,\"2020-01-01\"]'",
    "/Employee?$filter=\"employer.name = 'A@' or not(ID in :1)\"&$params='[[1,2]]'",
    "/Employee?$attributes=employer.name,employer.staff.lastName,fullName",
    "/Employee?$expand=employer&$attributes=*&$prettyprint=true",
    "/Employee/salary?$compute=$all",
    "/Employee/lastName?$distinct=true&$top=3",
    "/Employee?$method=entityset&$timeout=60",
    "/Employee/$entityset/00000000000000000000000000000000?$savedfilter=\"ID>1\"&$savedorderby=\"ID desc\"",
    "/Employee/$entityset/{set}?$clean=true&$top=2&$expand=employer",
    "/Employee/$entityset/{set}?$logicOperator=EXCEPT&$otherCollection={set}&$orderby=\"lastName\"",
    "/Employee/$entityset/$none?$logicOperator=OR&$otherCollection=00000000000000000000000000000000",
    "/Employee/$entityset/00000000000000000000000000000000/lastName?$clean=true",
    "/Company(1)/staff?$expand=staff&$method=subentityset&$subOrderby=\"lastName\"",
    "/Employee(1)?$lock=true",
    "/Album(1)/photo?$imageformat=best&$version=1&$expand=photo",
    "/Album(1)/file?$binary=true&$expand=file",
    "/Employee/names?$filter=\"ID > 0\"&$params='[1,null,true,{\"a\":[1.5]}]'",
];

/// What may be posted.
const POSTS: [(&str, &str); 28] = [
    (
        "/Employee?$method=update",
        r#"{"lastName":"New","salary":1.5,"hired":"2020-01-01","employer":{"__KEY":"1"}}"#,
    ),
    ("/Employee?$method=update", r#"{"__KEY":"1","__STAMP":1,"firstName":"Ada","companyID":2}"#),
    (
        "/Employee?$method=update&$atomic=true",
        r#"[{"__KEY":1,"lastName":"A"},{"lastName":"B"},{"__KEY":99}]"#,
    ),
    ("/Employee?$method=validate", r#"[{"__KEY":2,"__STAMP":7,"salary":"many"},{"salary":null}]"#),
    ("/Employee?$refresh=true", r#"{"__KEY":3,"lastName":"Shown","fullName":"x"}"#),
    ("/Employee(1)?$method=update&$expand=employer", r#"{"lastName":"Direct"}"#),
    ("/Company?$method=update", r#"{"name":"Third","staff":[{"__KEY":1}]}"#),
    ("/Album?$method=update", r#"{"photo":{"ID":"00"},"file":null}"#),
    ("/Album(1)/file?$binary=true", "any bytes"),
    ("/Album(1)/photo?$rawPict=image/gif", "GIF89a"),
    ("/$upload?$binary=true&$timeout=5", "uploaded"),
    ("/$upload?$rawPict=true", "<svg/>"),
    ("/Employee(4)?$method=delete", ""),
    ("/Employee/$entityset/{set}?$method=delete&$filter=\"ID > 3\"", ""),
    ("/Employee/$entityset/{set}?$method=release", ""),
    ("/$entityset/$release", r#"["{set}","00",1]"#),
    ("/Employee/$entityset/{set}?$method=entityset&$logicOperator=AND&$otherCollection={set}", ""),
    ("/Employee/$entityset/{set}?$logicOperator=INTERSECT&$otherCollection={set}", ""),
    ("/Employee/$entityset/{set}/names", "[]"),
    ("/Employee/headCount", ""),
    ("/Employee/named?$top=2&$expand=employer&$method=entityset", r#"["M@"]"#),
    ("/Employee/firstOne", "[]"),
    ("/Employee(2)/greet", r#"["hello",{"__DATACLASS":"Employee","__KEY":1,"__ENTITY":true}]"#),
    ("/Employee?$emMethod=names", r#"[{"__DATASET":"{set}","__ENTITIES":true}]"#),
    ("/Employee(1)?$lock=true", ""),
    ("/$catalog/echo", r#"[{"a":[1,null,true,"2020-01-01"]},{"__ENTITYSET":"{set}"}]"#),
    ("/$directory/login", r#"["ann","pw"]"#),
    ("/$catalog/authentify", "[]"),
];

const BODIES: [&str; 8] = [
    r#"{"__KEY":"1","__STAMP":1,"lastName":"x"}"#,
    r#"[{"__KEY":1},{"__KEY":2,"__STAMP":0},{}]"#,
    r#"["text",1,-1.5e3,null,true,{"a":{"b":[]}}]"#,
    r#"[{"__DATACLASS":"Employee","__KEY":1,"__ENTITY":true}]"#,
    r#"{"__ENTITIES":[{"lastName":"y","employer":null}]}"#,
    r#"{"hired":"2020-02-30T25:00:00Z","salary":1e999,"ID":9223372036854775808}"#,
    "[[[[[[[[[[",
    "{\"\\ud800\":\"\\u0000\"}",
];

/// A filter, its parameters and an order, a line each.
const NARROWINGS: [&str; 12] = [
    "salary > 100 and lastName = 'M@'\n[]\nlastName desc,salary",
    "salary >= :1 or hired < :2\n[100,\"2020-01-01\"]\nemployer.name asc",
    "employer.name = 'A@' order by lastName desc, ID\n\nID",
    "not(ID in :1)\n[[1,2,3]]\nsalary,hired desc",
    "ID not in [1,2] && (firstName == \"Ada\" || lastName === 'Durand')\n\n",
    "lastName % 'mart' and firstName # null\n[]\nfirstName",
    "fullName = :1 & hired != !2020-04-01!\n[\"Ada Martin\"]\nfullName",
    "employer.staff.lastName = 'Lopez'\n\nemployer.ID desc",
    "employer.staff{2}.lastName = :name\n{\"name\":1}\n",
    "eval(This.salary > 100)\n[]\n",
    ":1 = :2 and salary begin 1\n[\"salary\",100]\n:1",
    "(((ID > 0)))\n[{\"__KEY\":\"1\"},null,true,1e400]\nID desc desc",
];

/// Where a filter may stand.
const NARROWED: [(Method, &str, &str); 10] = [
    (Method::Get, "/Employee?$top=5", ""),
    (Method::Get, "/Employee?$top=5&$queryplan=true&$querypath=true&$expand=employer", ""),
    (Method::Get, "/Employee/$entityset/{set}?$top=5", ""),
    (Method::Get, "/Employee/salary?$compute=$all", ""),
    (Method::Get, "/Employee/lastName?$distinct=true", ""),
    (Method::Get, "/Employee?$asArray=true", ""),
    (Method::Post, "/Employee?$method=entityset&$timeout=9", ""),
    (
        Method::Post,
        "/Employee/$entityset/{set}?$method=entityset&$logicOperator=OR&$otherCollection={set}",
        "",
    ),
    (Method::Post, "/Employee/names?$clean=true", "[]"),
    (Method::Post, "/Employee?$method=delete", ""),
];

const PIECES: [&str; 64] = [
    "$filter=",
    "$params=",
    "$orderby=",
    "$attributes=",
    "$expand=",
    "$top=",
    "$skip=",
    "$method=",
    "$compute=",
    "$distinct=true",
    "&",
    "?",
    "/",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ",",
    ";",
    ":",
    ":1",
    ":99",
    "=",
    "==",
    "===",
    "#",
    "!=",
    "<",
    ">=",
    "%",
    "@",
    "*",
    "%22",
    "%2",
    "%00",
    "%ff",
    "%C3%A9",
    "\u{e9}",
    "\u{1F600}",
    "+",
    "-1",
    "0",
    "9223372036854775808",
    "1e309",
    "0.1",
    "null",
    "true",
    " and ",
    " or ",
    " not ",
    " in ",
    " order by ",
    "employer.",
    "staff.",
    "Employee",
    "$entityset/",
    "ID",
    "photo",
    "\\",
    "\t",
];

/// One of `samples` with a few changes.
fn input(dice: &mut Dice, samples: &[&str]) -> String {
    let text = dice.pick(samples);
    changed(dice, text, samples)
}

/// A text with a few changes, some of them taken from `samples`.
fn changed(dice: &mut Dice, text: &str, samples: &[&str]) -> String {
    let mut text = text.to_owned();
    for _ in 0..dice.below(8) {
        let at = boundary(&text, dice.below(text.len() + 1));
        let to = boundary(&text, at + dice.below(12)).max(at);
        let (before, cut, after) = (&text[..at], &text[at..to], &text[to..]);
        text = match dice.below(7) {
            0 => format!("{before}{after}"),
            1 => format!("{before}{cut}{cut}{after}"),
            2 => format!("{before}{}{after}", dice.pick(&PIECES)),
            3 => format!("{before}{}{cut}{after}", dice.pick(&PIECES)),
            // Deep and long.
            4 => format!("{before}{}{cut}{after}", dice.pick(&PIECES).repeat(1 + dice.below(300))),
            5 => {
                let other = dice.pick(samples);
                format!("{before}{}", &other[boundary(other, dice.below(other.len() + 1))..])
            }
            _ => {
                let character = char::from_u32(dice.below(0x3000) as u32).unwrap_or('?');
                format!("{before}{character}{cut}{after}")
            }
        };
        text.truncate(boundary(&text, REQUEST_BYTES_MAX));
    }
    text
}

/// What there is before anything is changed.
#[cfg(test)]
pub(super) fn samples(who: Who) -> Vec<Question> {
    let read = TARGETS.iter().map(|target| (Method::Get, *target, ""));
    let posted = POSTS.iter().map(|(target, body)| (Method::Post, *target, *body));
    read.chain(posted)
        .map(|(method, target, body)| Question {
            who,
            method,
            target: target.to_owned(),
            body: body.to_owned(),
        })
        .collect()
}
