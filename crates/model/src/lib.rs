//! What a project declares: catalog, dataclasses, roles, settings, and the query language.
//!
//! Nothing here runs anything, and only [`Project`] reads files. The layers above share one [`Catalog`] unchanged:
//!
//! ```
//! let xml = r#"<base name="b"><table name="Staff" uuid="1" id="1"><field name="ID" uuid="2" type="4" id="1"/>
//!     <primary_key field_name="ID" field_uuid="2"/></table></base>"#;
//! let catalog = tessera_model::Catalog::parse(xml).unwrap();
//! assert!(catalog.dataclass_named("Staff").is_some());
//! ```

mod attribute;
mod catalog;
mod convert;
mod cors;
mod dataclass;
mod error;
mod http_handlers;
mod http_rules;
mod json;
mod names;
mod project;
pub mod query;
mod quotas;
mod relation;
mod roles;
mod settings;
mod web_file;
mod xml;

pub use attribute::{Attribute, AttributeKind, Calculation, Field, FieldType};
pub use catalog::{CalculatedAttribute, Catalog, NameTaken, Table};
pub use cors::{Cors, CorsRule};
pub use dataclass::Dataclass;
pub use error::{CatalogError, CatalogWarning, ProjectError, SkipReason};
pub use http_handlers::{HandlerMatch, HttpHandler, HttpHandlers};
pub use http_rules::{HeaderChange, HttpRule, HttpRules};
pub use names::{AttributeId, DataclassId, RecordId};
pub use project::{
    Page, Project, ProjectPaths, ProjectWarning, RolesSource, SourceFile, SourceKind, read_page, start_page,
};
pub use quotas::{PerTime, Quotas, QuotasFault, Rates};
pub use relation::{Integrity, Relation};
pub use roles::{
    Permission, Privilege, ResourceKind, ResourceNames, Role, Roles, RolesFault, RolesProblem, Severity,
};
pub use settings::{SessionMode, Settings, SettingsFault};
pub use web_file::{WebFileFault, WebFileProblem};
