//! Calls of 4D's own commands, whatever they are given.

use std::sync::LazyLock;

use tessera_syntax::command_name;
use tessera_test_support::Dice;

/// Values of all kinds, some of them at the border of what there is.
const ARGUMENTS: [&str; 40] = [
    "$a",
    "->$a",
    "$result",
    "->$result",
    "$array",
    "->$array",
    "$blob",
    "*",
    ">",
    "0",
    "1",
    "-1",
    "2.5",
    "1e308",
    "-9223372036854775808",
    "9223372036854775807",
    "2147483648",
    "\"\"",
    "\"text\"",
    "\"@é😀\"",
    "\"/PACKAGE/a.txt\"",
    "\"<a b=\\\"c\\\">d</a>\"",
    "\"{\\\"a\\\":[1]}\"",
    "Null",
    "Undefined",
    "True",
    "!2024-02-29!",
    "!00-00-00!",
    "?10:20:30?",
    "{a: 1; b: {c: [2]}}",
    "[1; \"b\"; Null; {d: 3}]",
    "File(\"/PACKAGE/a.txt\")",
    "Folder(\"/PACKAGE\")",
    "Formula($1)",
    "Current process",
    "ds",
    "ds.Person",
    "ds.Person.all()",
    "Session",
    "Storage",
];

static COMMANDS: LazyLock<Vec<&str>> = LazyLock::new(|| (1..=u16::MAX).filter_map(command_name).collect());

/// Lines that call a command.
pub(super) fn call(dice: &mut Dice) -> String {
    let arguments: Vec<&str> = (0..dice.below(6)).map(|_| *dice.pick(&ARGUMENTS)).collect();
    let call = format!("{}({})", dice.pick(&COMMANDS), arguments.join("; "));
    match dice.below(4) {
        // Most commands answer nothing or something; both forms are tried.
        0 => call,
        1 => format!("$result:=Try({call})"),
        2 => format!("Try\n\t$result:={call}\nCatch\nEnd try"),
        _ => format!("var $blob : Blob\nARRAY TEXT($array; 3)\nTry\n\t{call}\nCatch\nEnd try"),
    }
}
