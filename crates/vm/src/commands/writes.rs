//! Which arguments a command writes to: those are passed as pointers to the variable.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Commands and the positions, from 0, of the arguments they fill.
const WRITES: &[(&str, &[usize])] = &[
    ("APPEND TO ARRAY", &[0]),
    ("Application version", &[0]),
    ("ARRAY TO COLLECTION", &[0]),
    ("BASE64 DECODE", &[0, 1]),
    ("BASE64 ENCODE", &[0, 1]),
    ("BLOB TO PICTURE", &[1]),
    ("BLOB PROPERTIES", &[1, 2, 3]),
    ("BLOB TO VARIABLE", &[1, 2]),
    ("BLOB to integer", &[2]),
    ("BLOB to longint", &[2]),
    ("BLOB to real", &[2]),
    ("BLOB to text", &[2]),
    ("CLEAR VARIABLE", &[0]),
    ("COLLECTION TO ARRAY", &[1, 3, 5, 7, 9, 11, 13, 15]),
    ("COMBINE PICTURES", &[0]),
    ("COMPONENT LIST", &[0]),
    ("Command name", &[1, 2]),
    ("COMPRESS BLOB", &[0]),
    ("CONVERT FROM TEXT", &[2]),
    ("CONVERT PICTURE", &[0]),
    ("COPY ARRAY", &[1]),
    ("COPY BLOB", &[1, 2, 3]),
    ("CREATE THUMBNAIL", &[1]),
    ("DELETE FROM BLOB", &[0]),
    ("DOCUMENT LIST", &[1]),
    ("DOCUMENT TO BLOB", &[1]),
    ("EXECUTE METHOD", &[1]),
    ("EXPAND BLOB", &[0]),
    ("Equal pictures", &[2]),
    ("FOLDER LIST", &[1]),
    ("Find in sorted array", &[3, 4]),
    ("GET DOCUMENT PROPERTIES", &[1, 2, 3, 4, 5, 6]),
    ("GET FIELD PROPERTIES", &[1, 2, 3, 4, 5, 6]),
    ("GET PICTURE FORMATS", &[1]),
    ("GET LAST ERROR STACK", &[0, 1, 2]),
    ("GET SYSTEM FORMAT", &[1]),
    ("GET TEXT KEYWORDS", &[1]),
    ("HTTP Get", &[1, 2, 3]),
    ("HTTP Request", &[3, 4, 5]),
    ("INSERT IN BLOB", &[0]),
    ("INTEGER TO BLOB", &[1, 3]),
    ("JSON PARSE ARRAY", &[1]),
    ("LAUNCH EXTERNAL PROCESS", &[1, 2, 3, 4]),
    ("LONGINT TO BLOB", &[1, 3]),
    ("Match regex", &[3, 4]),
    ("OB GET ARRAY", &[2]),
    ("OB GET PROPERTY NAMES", &[1, 2]),
    ("OB SET", &[0]),
    ("OB SET ARRAY", &[0]),
    ("OB SET NULL", &[0]),
    ("PICTURE CODEC LIST", &[0, 1]),
    ("PICTURE PROPERTIES", &[1, 2, 3, 4, 5]),
    ("PICTURE TO BLOB", &[1]),
    ("PROCESS 4D TAGS", &[1]),
    ("Position", &[3]),
    ("READ PICTURE FILE", &[1]),
    ("REAL TO BLOB", &[1, 3]),
    ("RESOLVE POINTER", &[1, 2, 3]),
    ("SET BLOB SIZE", &[0]),
    ("TEXT TO ARRAY", &[1]),
    ("TRANSFORM PICTURE", &[0]),
    ("TEXT TO BLOB", &[1, 3]),
    ("VARIABLE TO BLOB", &[1, 2]),
    ("WEB GET BODY PART", &[1, 2, 3, 4]),
    ("WEB GET HTTP BODY", &[0]),
    ("WEB GET HTTP HEADER", &[0, 1]),
    ("WEB GET VARIABLES", &[0, 1]),
];

static BY_NUMBER: LazyLock<HashMap<u16, &'static [usize]>> = LazyLock::new(|| {
    let number = |name: &str| {
        tessera_syntax::command_by_name(name)
            .unwrap_or_else(|| panic!("the table of names has no command {name}"))
    };
    WRITES.iter().map(|(name, positions)| (number(name), *positions)).collect()
});

/// Does the command write to the variable given at this position? Such arguments are passed as pointers.
pub(crate) fn writes_argument(command: u16, position: usize) -> bool {
    BY_NUMBER.get(&command).is_some_and(|positions| positions.contains(&position))
}
