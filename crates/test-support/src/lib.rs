//! What the tests of several crates need: projects in folders of their own, time and chance under control, and a
//! PostgreSQL server.
//!
//! Only ever a dev-dependency (`cargo xtask tidy` holds that). Everything here panics instead of returning errors:
//! a test that can't prepare its ground has failed.
//!
//! ```
//! use tessera_test_support::TempProject;
//!
//! let project = TempProject::copy_of("crm");
//! project.write("Project/Sources/Methods/hello.4dm", "ALERT(\"Hello\")");
//! assert!(project.path().join("Project/crm.4DProject").is_file());
//! ```

mod cases;
mod chance;
mod dice;
mod postgres;
mod project;

pub use cases::{Case, cases, check_cases, code_files};
pub use chance::SequenceChance;
pub use dice::Dice;
pub use postgres::{POSTGRES_PASSWORD, Postgres};
pub use project::TempProject;
pub use tessera_values::ManualClock;
