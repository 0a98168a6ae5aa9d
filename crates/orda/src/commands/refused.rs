//! What a server does not do for code, and what to do instead: a refusal names both.

use tessera_values::{ErrorStack, FourDError, Value};
use tessera_vm::{Arguments, BuiltInClass};

use super::Command;

/// 4D's number for a command that is not implemented, as for every other refusal (from general knowledge).
const NOT_IMPLEMENTED: i64 = 33;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (312, |_, _, _| refuse("OPEN DATA FILE", DATA)),
    (313, |_, _, _| refuse("CREATE DATA FILE", DATA)),
    (319, |_, _, _| refuse("PAUSE PROCESS", PAUSES)),
    (338, |_, _, _| refuse("User in group", GROUPS)),
    (694, |_, _, _| refuse("CREATE ALIAS", LINKS)),
    (811, |_, _, _| refuse("LAUNCH EXTERNAL PROCESS", PROGRAMS)),
    (812, |_, _, _| refuse("SET ENVIRONMENT VARIABLE", PROGRAMS)),
    // No formula editor asks for them.
    (805, |_, _, _| Ok(Value::Undefined)),
    (1001, |_, _, arguments| no_texts(arguments)),
    (1017, |_, _, _| refuse("SVG EXPORT TO PICTURE", DRAWINGS)),
    (1385, |_, _, _| refuse("SUSPEND TRANSACTION", SUSPENDED)),
    (1604, |_, _, _| refuse("MAIL Convert to MIME", MAIL)),
    (1608, |_, _, _| refuse("SMTP New transporter", MAIL)),
    (1644, |_, _, _| refuse("MAIL New attachment", MAIL)),
    (1681, |_, _, _| refuse("MAIL Convert from MIME", MAIL)),
    (1723, |_, _, _| refuse("IMAP New transporter", MAIL)),
    (1760, |_, _, _| refuse("Compile project", COMPILER)),
];

pub(super) const NAMED: &[(&str, Command)] =
    &[("POP3 New transporter", |_, _, _| refuse("POP3 New transporter", MAIL))];

pub(super) const CLASSES: &[BuiltInClass] = &[
    BuiltInClass {
        name: "SystemWorker",
        parent: Some("Object"),
        new: Some(|_, _| refuse("4D.SystemWorker", PROGRAMS)),
    },
    BuiltInClass {
        name: "SMTPTransporter",
        parent: Some("Object"),
        new: Some(|_, _| refuse("4D.SMTPTransporter", MAIL)),
    },
    BuiltInClass {
        name: "IMAPTransporter",
        parent: Some("Object"),
        new: Some(|_, _| refuse("4D.IMAPTransporter", MAIL)),
    },
    BuiltInClass {
        name: "POP3Transporter",
        parent: Some("Object"),
        new: Some(|_, _| refuse("4D.POP3Transporter", MAIL)),
    },
];

const PROGRAMS: &str =
    "code may not start programs of the machine; run them as a service and call it with 4D.HTTPRequest";
const DATA: &str = "a server has the data it was started with; start another with `--data`";
const PAUSES: &str = "a process can't be stopped from outside; let it wait for a 4D.Signal";
const LINKS: &str = "links could lead out of the project; copy the document, or keep its path";
const DRAWINGS: &str =
    "the server draws no SVG; send the text of DOM EXPORT TO VAR to the page, as image/svg+xml";
const SUSPENDED: &str =
    "a transaction holds the data until it ends; call VALIDATE TRANSACTION or CANCEL TRANSACTION first";
const MAIL: &str = "the server speaks no mail protocols; call a mail service over HTTP with 4D.HTTPRequest";
const GROUPS: &str =
    "groups of the desktop are not kept; ask Session.hasPrivilege, and put rights into roles.json";
const COMPILER: &str = "code is compiled when it is served; `tessera check` tells its faults";

/// `COMPONENT LIST(components)`: none is loaded.
fn no_texts(arguments: &Arguments) -> Result<Value, ErrorStack> {
    super::write_texts(arguments, 0, [""; 0]);
    Ok(Value::Undefined)
}

fn refuse(what: &str, why: &str) -> Result<Value, ErrorStack> {
    Err(ErrorStack::single(FourDError::new(
        "4DRT",
        NOT_IMPLEMENTED,
        format!("{what} is not available: {why}."),
    )))
}
