//! What `Session.setPrivileges` was asked to grant.

use tessera_values::Text;

/// The contents of a `setPrivileges` call, whatever its form (`docs/API/SessionClass.md`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// Privilege names; unknown ones are ignored.
    pub privileges: Vec<Text>,
    /// Role names; unknown ones are ignored.
    pub roles: Vec<Text>,
    /// Replaces the user name, when given.
    pub user_name: Option<Text>,
}

impl Grant {
    /// The text form: one name, or several separated by commas. The empty text grants nothing, and still logs in.
    pub fn from_text(names: &str) -> Self {
        Self { privileges: split(names), ..Self::default() }
    }

    /// The object form's lists, each a text or several texts.
    pub fn names(texts: impl IntoIterator<Item = Text>) -> Vec<Text> {
        texts.into_iter().flat_map(|text| split(&text)).collect()
    }
}

fn split(names: &str) -> Vec<Text> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Text::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_commas_and_trimmed() {
        // S065
        assert_eq!(Grant::from_text(" a, b ,,c").privileges, ["a", "b", "c"]);
        // S022
        assert!(Grant::from_text("").privileges.is_empty());
    }
}
