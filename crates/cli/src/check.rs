//! `tessera check`

use std::collections::HashSet;
use std::process::ExitCode;

use anyhow::Result;
use camino::Utf8PathBuf;
use tessera_model::{Catalog, Project, ResourceNames, RolesFault, RolesSource, Severity as RolesSeverity};
use tessera_orda::{Built, build};
use tessera_syntax::{LineIndex, Severity};
use tessera_vm::{Program, Singleton};

use crate::report;

/// `tessera check`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tessera check ~/projects/shop --format json")]
pub(crate) struct Arguments {
    /// The project folder
    project: Utf8PathBuf,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With excerpts of the source
    Human,
    /// One JSON object per line
    Json,
}

/// How many findings there were.
#[derive(Default)]
struct Count {
    errors: usize,
    warnings: usize,
}

/// Checks a project; the exit code is 1 when there is an error.
pub(crate) fn check(arguments: &Arguments) -> Result<ExitCode> {
    let project = Project::open(&arguments.project)?;
    let built = build(&project, project.roles.roles());
    let mut count = Count::default();
    for warning in &project.warnings {
        count.warnings += 1;
        plain(
            arguments.format,
            project.paths.root.as_str(),
            "warning",
            "project/warning",
            &warning.to_string(),
        );
    }
    for warning in &project.catalog.warnings {
        count.warnings += 1;
        let file = format!(
            "{}:{}:{}",
            project.paths.sources.join("catalog.4DCatalog"),
            warning.line,
            warning.column
        );
        plain(arguments.format, &file, "warning", "catalog/warning", &warning.reason.to_string());
    }
    for conflict in &built.conflicts {
        count.warnings += 1;
        plain(arguments.format, project.paths.root.as_str(), "warning", "catalog/conflict", conflict);
    }
    roles(arguments.format, &project, &built, &mut count);
    web_files(arguments.format, &project, &built, &mut count);
    for finding in &built.findings {
        for diagnostic in &finding.diagnostics {
            let is_error = diagnostic.severity == Severity::Error;
            if is_error {
                count.errors += 1;
            } else {
                count.warnings += 1;
            }
            match arguments.format {
                Format::Human => print!("{}", report::with_excerpt(finding, diagnostic)),
                Format::Json => {
                    let lines = LineIndex::new(&finding.text);
                    let object = serde_json::json!({
                        "file": finding.path,
                        "line": lines.line(diagnostic.span.start),
                        "column": lines.column(diagnostic.span.start),
                        "end": { "line": lines.line(diagnostic.span.end), "column": lines.column(diagnostic.span.end) },
                        "severity": if is_error { "error" } else { "warning" },
                        "code": diagnostic.code,
                        "message": diagnostic.message,
                    });
                    println!("{object}");
                }
            }
        }
    }
    if arguments.format == Format::Human {
        println!(
            "{}: {} dataclasses, {} source files, {} errors, {} warnings",
            project.name,
            project.catalog.dataclasses().len(),
            project.sources.len(),
            count.errors,
            count.warnings
        );
    }
    Ok(if count.errors > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn plain(format: Format, file: &str, severity: &str, code: &str, message: &str) {
    match format {
        Format::Human => println!("{file}: {severity}: {message}"),
        Format::Json => {
            println!(
                "{}",
                serde_json::json!({ "file": file, "severity": severity, "code": code, "message": message })
            );
        }
    }
}

/// `HTTPHandlers.json` and `HTTPRules.json`, and handlers whose code is missing.
fn web_files(format: Format, project: &Project, built: &Built, count: &mut Count) {
    for (path, fault) in &project.web_faults {
        count.errors += 1;
        match format {
            Format::Human => {
                println!("{path}:{}:{}: error: {}", fault.line, fault.column, report::web_problem(fault));
            }
            Format::Json => {
                let object = serde_json::json!({
                    "file": path,
                    "line": fault.line,
                    "column": fault.column,
                    "severity": "error",
                    "code": "web/fault",
                    "message": report::web_problem(fault),
                });
                println!("{object}");
            }
        }
    }
    for missing in missing_handlers(project, built) {
        count.warnings += 1;
        plain(format, project.paths.handlers().as_str(), "warning", "web/handler", &missing);
    }
}

/// Handlers that will answer "Cannot find singleton" (S163).
pub(crate) fn missing_handlers(project: &Project, built: &Built) -> Vec<String> {
    let program = &built.program;
    let missing = project.handlers.iter().filter_map(|handler| {
        let class = program.class(&handler.class);
        let problem = match class {
            None => format!("there is no class {}", handler.class),
            Some(class) if class.singleton != Singleton::Shared => {
                format!("{} is no shared singleton", handler.class)
            }
            Some(class) if program.function(class.id, &handler.function).is_none() => {
                format!("{} has no function {}", handler.class, handler.function)
            }
            Some(_) => return None,
        };
        Some(format!("{problem}; its handler will answer 500"))
    });
    missing.collect()
}

fn roles(format: Format, project: &Project, built: &Built, count: &mut Count) {
    let mut faults: Vec<RolesFault> = project.roles.faults().to_vec();
    if let RolesSource::Valid(roles, _) = &project.roles {
        faults.extend(roles.check(&Resources::new(built)));
    }
    for fault in &faults {
        let is_error = fault.problem.severity() == RolesSeverity::Error;
        let severity = if is_error { "error" } else { "warning" };
        if is_error {
            count.errors += 1;
        } else {
            count.warnings += 1;
        }
        match format {
            Format::Human => {
                println!(
                    "{}",
                    report::roles_fault(project, fault).replacen(": ", &format!(": {severity}: "), 1)
                );
            }
            Format::Json => {
                let object = serde_json::json!({
                    "file": project.paths.roles(),
                    "line": fault.line,
                    "column": fault.column,
                    "severity": severity,
                    "code": "roles/fault",
                    "message": format!("{}: {}", fault.path, fault.problem),
                });
                println!("{object}");
            }
        }
    }
}

/// The names that permissions may speak of.
pub(crate) struct Resources<'b> {
    catalog: &'b Catalog,
    functions: HashSet<(String, String)>,
    singletons: HashSet<String>,
}

impl<'b> Resources<'b> {
    pub(crate) fn new(built: &'b Built) -> Self {
        let (catalog, program) = (&built.catalog, &built.program);
        let mut functions = HashSet::new();
        let mut add = |owner: &str, class: &str| {
            functions.extend(functions_of(program, class).map(|name| (owner.to_lowercase(), name)));
        };
        add("ds", "DataStore");
        for dataclass in catalog.dataclasses() {
            let name = &dataclass.name;
            for class in [name.to_string(), format!("{name}Entity"), format!("{name}Selection")] {
                add(name, &class);
            }
        }
        let mut singletons = HashSet::new();
        for class in program.classes().iter().filter(|class| class.singleton != Singleton::No) {
            add(&class.name, &class.name);
            singletons.insert(class.name.to_lowercase().to_string());
        }
        Self { catalog, functions, singletons }
    }
}

fn functions_of<'p>(program: &'p Program, class: &str) -> impl Iterator<Item = String> + use<'p> {
    let class = program.class(class).map(|class| class.id);
    class
        .into_iter()
        .flat_map(|class| program.lineage(class).flat_map(|class| class.functions.keys()))
        .map(|name| name.to_lowercase().to_string())
}

impl ResourceNames for Resources<'_> {
    fn is_dataclass(&self, name: &str) -> bool {
        self.catalog.dataclasses().iter().any(|dataclass| dataclass.name.eq_ignore_ascii_case(name))
    }

    fn is_attribute(&self, dataclass: &str, attribute: &str) -> bool {
        let dataclass =
            self.catalog.dataclasses().iter().find(|known| known.name.eq_ignore_ascii_case(dataclass));
        dataclass.is_some_and(|dataclass| {
            dataclass.attributes().iter().any(|known| known.name.eq_ignore_ascii_case(attribute))
        })
    }

    fn is_function(&self, owner: &str, function: &str) -> bool {
        self.functions.contains(&(owner.to_lowercase(), function.to_lowercase()))
    }

    fn is_singleton(&self, name: &str) -> bool {
        self.singletons.contains(&name.to_lowercase())
    }

    fn is_singleton_function(&self, singleton: &str, function: &str) -> bool {
        self.is_singleton(singleton) && self.is_function(singleton, function)
    }
}
