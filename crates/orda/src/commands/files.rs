//! Files and folders: not written yet.

use tessera_values::Value;

use super::Command;

pub(super) const COMMANDS: &[(u16, Command)] = &[];

pub(super) fn class(_name: &str) -> Option<Value> {
    None
}
