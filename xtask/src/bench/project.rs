//! The 4D projects that are measured, as folders of their own.
//!
//! `xtask/projects/items` has one dataclass of ten thousand entities, one user, and everything restricted. It fills
//! itself when it is served for the first time.

/// Entities of the dataclass `Item`, as `fillDatabase.4dm` makes them.
pub(super) const ROWS: usize = 10_000;
/// Cities they are in: a filter by city finds a hundred.
pub(super) const CITIES: usize = 100;
/// Who logs in.
pub(super) const EMAIL: &str = "bench@example.com";
/// With what.
pub(super) const PASSWORD: &str = "bench-secret";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_fills_itself_as_the_cases_expect() {
        let code = include_str!("../../projects/items/Project/Sources/Methods/fillDatabase.4dm");
        assert!(
            code.contains(&format!("For ($i; 1; {ROWS})")) && code.contains(&format!("String($i%{CITIES})"))
        );
        assert!(code.contains(EMAIL) && code.contains(PASSWORD));
    }
}
