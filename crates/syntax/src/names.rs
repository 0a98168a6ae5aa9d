//! The names 4D itself owns: commands and constants, with their token numbers.
//!
//! It knows how names are spelled and numbered, never what they do. The parser asks it to cut word sequences;
//! the compiler and the virtual machine ask it for numbers.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::LazyLock;

use ecow::EcoString;

use crate::ast::Constant;

/// The first number that is our own: commands whose token number nobody recorded are numbered from here.
pub const OWN_NUMBERS: u16 = 60000;

/// What a server does with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Runs on a server.
    Server,
    /// The classic record language (`QUERY`, `SAVE RECORD`…), replaced by ORDA.
    Record,
    /// Needs a screen: calling it raises an error.
    Desktop,
    /// Would open a dialog; a headless server answers it itself (docs/Admin/cli.md).
    Quiet,
    /// No such number.
    Unknown,
}

/// The number of a command, by its name in any letter case.
pub fn command_by_name(name: &str) -> Option<u16> {
    COMMANDS.by_name.get(name.to_lowercase().as_str()).copied()
}

/// The name of a command, in 4D's spelling.
pub fn command_name(number: u16) -> Option<&'static str> {
    COMMANDS.by_number.get(&number).map(|entry| entry.0)
}

/// What a server does with a command.
pub fn command_family(number: u16) -> Family {
    COMMANDS.by_number.get(&number).map_or(Family::Unknown, |entry| entry.1)
}

/// Every command once: number, name, family; in the order of the table.
pub fn commands() -> impl Iterator<Item = (u16, &'static str, Family)> {
    COMMANDS.in_order.iter().filter_map(|number| {
        let (name, family) = COMMANDS.by_number.get(number)?;
        Some((*number, *name, *family))
    })
}

/// A constant, by its name in any letter case.
pub fn constant_by_name(name: &str) -> Option<Constant> {
    CONSTANTS.by_name.get(name.to_lowercase().as_str()).cloned()
}

/// A constant, by the two numbers of its token (`:K8:3`).
pub fn constant_by_token(theme: u32, number: u32) -> Option<Constant> {
    CONSTANTS.by_token.get(&(theme, number)).cloned()
}

/// A name in 4D's spelling, and the two numbers of its token (`:K8:3`).
pub type Spelling = (&'static str, Option<(u32, u32)>);

/// A constant's name in 4D's spelling, and the two numbers of its token where somebody recorded them.
pub fn constant_token(name: &str) -> Option<Spelling> {
    CONSTANTS.spellings.get(name.to_lowercase().as_str()).copied()
}

/// A name whose constant has this value, for printing. Several constants share a value; the first one of the
/// table is given, so the tree read back is the same but the name may be another.
pub(crate) fn constant_spelling(value: &Constant) -> Option<&'static str> {
    CONSTANTS.in_order.iter().find(|(_, constant)| constant == value).map(|(name, _)| *name)
}

/// The most words a command or a constant has.
pub(crate) fn words_max() -> usize {
    COMMANDS.words_max.max(CONSTANTS.words_max)
}

/// As [`command_by_name`], for a name that is in lower case already.
pub(crate) fn command_by_folded(name: &str) -> Option<u16> {
    COMMANDS.by_name.get(name).copied()
}

/// As [`constant_by_name`], for a name that is in lower case already.
pub(crate) fn constant_by_folded(name: &str) -> Option<Constant> {
    CONSTANTS.by_name.get(name).cloned()
}

static COMMANDS: LazyLock<Commands> = LazyLock::new(|| Commands::read(include_str!("names/commands.txt")));
static CONSTANTS: LazyLock<Constants> =
    LazyLock::new(|| Constants::read(include_str!("names/constants.txt")));

#[derive(Default)]
struct Commands {
    by_name: HashMap<String, u16>,
    by_number: HashMap<u16, (&'static str, Family)>,
    in_order: Vec<u16>,
    words_max: usize,
}

impl Commands {
    fn read(table: &'static str) -> Self {
        let mut commands = Self::default();
        for line in lines(table) {
            let mut parts = line.splitn(3, ' ');
            let (Some(number), Some(family), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let (Ok(number), Some(family)) = (number.parse(), Family::read(family)) else { continue };
            commands.words_max = commands.words_max.max(name.split(' ').count());
            commands.by_name.entry(name.to_lowercase()).or_insert(number);
            if let Entry::Vacant(place) = commands.by_number.entry(number) {
                place.insert((name, family));
                commands.in_order.push(number);
            }
        }
        commands
    }
}

impl Family {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "server" => Self::Server,
            "record" => Self::Record,
            "desktop" => Self::Desktop,
            "quiet" => Self::Quiet,
            _ => return None,
        })
    }
}

#[derive(Default)]
struct Constants {
    by_name: HashMap<String, Constant>,
    by_token: HashMap<(u32, u32), Constant>,
    spellings: HashMap<String, Spelling>,
    in_order: Vec<(&'static str, Constant)>,
    words_max: usize,
}

impl Constants {
    fn read(table: &'static str) -> Self {
        let mut constants = Self::default();
        for line in lines(table) {
            let mut parts = line.split('\t');
            let (Some(name), Some(value), Some(token)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let value = read_value(name, value);
            constants.words_max = constants.words_max.max(name.split(' ').count());
            constants.by_name.entry(name.to_lowercase()).or_insert_with(|| value.clone());
            let token = read_token(token);
            if let Some(token) = token {
                constants.by_token.entry(token).or_insert_with(|| value.clone());
            }
            constants.spellings.entry(name.to_lowercase()).or_insert((name, token));
            constants.in_order.push((name, value));
        }
        constants
    }
}

fn read_value(name: &str, value: &str) -> Constant {
    if let Some(text) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let text = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").replace("\\\"", "\"");
        Constant::Text(text.into())
    } else if let Ok(whole) = value.parse::<i64>() {
        Constant::Integer(whole)
    } else if let Ok(real) = value.parse::<f64>() {
        Constant::Real(real)
    } else {
        Constant::Named(EcoString::from(name))
    }
}

fn read_token(token: &str) -> Option<(u32, u32)> {
    let (theme, number) = token.strip_prefix('K')?.split_once(':')?;
    Some((theme.parse().ok()?, number.parse().ok()?))
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_agree() {
        assert_eq!(command_by_name("new OBJECT"), Some(1471));
        assert_eq!(command_name(1471), Some("New object"));
        assert_eq!(command_by_name("Call chain"), command_by_name("get call chain"));
        assert_eq!(command_family(41), Family::Quiet);
        assert_eq!(command_family(277), Family::Record);
        assert_eq!(command_family(603), Family::Desktop);
        assert_eq!(command_family(1), Family::Server);
        assert_eq!(command_family(59999), Family::Unknown);
        assert!(command_by_name("PROCESS PROPERTIES") >= Some(OWN_NUMBERS));
    }

    #[test]
    fn every_line_of_the_tables_is_read_and_every_spelling_is_unique() {
        let written = lines(include_str!("names/commands.txt")).count();
        assert_eq!(COMMANDS.by_name.len(), written - 1, "Super has two numbers and one spelling");
        let written = lines(include_str!("names/constants.txt")).count();
        assert_eq!(CONSTANTS.by_name.len(), written);
        for name in CONSTANTS.in_order.iter().map(|entry| entry.0) {
            assert_eq!(command_by_name(name), None, "{name} is a command and a constant");
        }
    }

    #[test]
    fn constants_are_found_by_name_and_by_token() {
        assert_eq!(constant_by_name("is LONGINT"), Some(Constant::Integer(9)));
        assert_eq!(constant_by_token(8, 6), Some(Constant::Integer(9)));
        assert_eq!(constant_by_name("Carriage return"), Some(Constant::Text("\r".into())));
        assert_eq!(constant_by_name("On Load"), Some(Constant::Named("On Load".into())));
        assert_eq!(constant_by_token(9999, 1), None);
        assert_eq!(constant_token("IS longint"), Some(("Is longint", Some((8, 6)))));
        assert_eq!(constant_token("nothing"), None);
    }
}
