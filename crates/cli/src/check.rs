//! `tessera check`

use std::io::{BufWriter, Write as _};
use std::process::ExitCode;

use anyhow::Result;
use camino::Utf8PathBuf;
use tessera_model::{Project, RolesFault, RolesSource, Severity as RolesSeverity};
use tessera_orda::{
    Built, FileFinding, ParsedFile, build_and_keep, check as beyond_syntax, side_by_side,
    unreachable_functions,
};
use tessera_vm::Singleton;

use crate::report::{self, Excerpts};

mod finding;
mod resources;

use finding::Finding;
pub(crate) use resources::Resources;

/// `tessera check`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tessera check ~/projects/shop --format json")]
pub(crate) struct Arguments {
    /// The project folder
    project: Utf8PathBuf,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Warnings count as errors
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With excerpts of the source
    Human,
    /// One JSON object per line
    Json,
}

/// Checks a project; the exit code is 1 when there is an error.
pub(crate) fn check(arguments: &Arguments) -> Result<ExitCode> {
    let project = Project::open(&arguments.project)?;
    let (built, files) = build_and_keep(&project, project.roles.roles());
    let mut findings = of_project(&project, &built);
    findings.extend(of_roles(&project, &built));
    findings.extend(of_web_files(&project, &built));
    let code = of_code(&project, &built, &files);
    let in_code = side_by_side(&code, |file| Finding::in_code(file).collect::<Vec<_>>());
    let mut in_code: Vec<Finding> = in_code.into_iter().flatten().collect();
    in_code.sort_by(Finding::by_place);
    findings.extend(in_code);
    let mut out = BufWriter::new(std::io::stdout().lock());
    // Those of one file belong together: its lines are counted once.
    let of_files: Vec<&[Finding]> = findings.chunk_by(Finding::is_in_file_of).collect();
    for text in side_by_side(&of_files, |findings| written(findings, arguments.format)) {
        out.write_all(&text?)?;
    }
    let errors = findings.iter().filter(|finding| finding.is_error).count();
    if arguments.format == Format::Human {
        writeln!(
            out,
            "{}: {} dataclasses, {} source files, {errors} errors, {} warnings",
            project.name,
            project.catalog.dataclasses().len(),
            project.sources.len(),
            findings.len() - errors
        )?;
    }
    out.flush()?;
    let fails = errors > 0 || (arguments.deny_warnings && !findings.is_empty());
    // The process ends here: nobody is served by taking every tree of the project apart first.
    std::mem::forget((built, files));
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The findings of a file as they are printed.
fn written(findings: &[Finding<'_>], format: Format) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut excerpts = Excerpts::default();
    for finding in findings {
        match format {
            Format::Human => out.extend_from_slice(finding.for_people(&mut excerpts).as_bytes()),
            Format::Json => {
                serde_json::to_writer(&mut out, &finding.for_machines())?;
                out.push(b'\n');
            }
        }
    }
    Ok(out)
}

/// The project's folder and its catalog.
fn of_project(project: &Project, built: &Built) -> Vec<Finding<'static>> {
    let catalog = project.paths.sources.join("catalog.4DCatalog");
    let odd = project
        .warnings
        .iter()
        .map(|warning| Finding::warning(&project.paths.root, "project/warning", warning.to_string()));
    let skipped = project.catalog.warnings.iter().map(|warning| {
        Finding::warning(&catalog, "catalog/warning", warning.reason.to_string())
            .at(warning.line, warning.column)
    });
    let conflicts = built
        .conflicts
        .iter()
        .map(|conflict| Finding::warning(&project.paths.root, "catalog/conflict", conflict.to_string()));
    odd.chain(skipped).chain(conflicts).collect()
}

/// Syntax, then what a compiler says beyond it, file by file.
fn of_code(project: &Project, built: &Built, files: &[ParsedFile<'_>]) -> Vec<FileFinding> {
    let mut findings: Vec<FileFinding> = built.findings.clone();
    findings.extend(beyond_syntax(built, files));
    if let RolesSource::Valid(roles, _) = &project.roles {
        findings.extend(unreachable_functions(built, files, roles));
    }
    findings
}

/// `HTTPHandlers.json` and `HTTPRules.json`, and handlers whose code is missing.
fn of_web_files(project: &Project, built: &Built) -> Vec<Finding<'static>> {
    let faults = project.web_faults.iter().map(|(path, fault)| {
        Finding::error(path, "web/fault", report::web_problem(fault)).at(fault.line, fault.column)
    });
    let handlers = project.paths.handlers();
    let missing = missing_handlers(project, built)
        .into_iter()
        .map(move |missing| Finding::warning(&handlers, "web/handler", missing));
    faults.chain(missing).collect()
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

fn of_roles(project: &Project, built: &Built) -> Vec<Finding<'static>> {
    let mut faults: Vec<RolesFault> = project.roles.faults().to_vec();
    if let RolesSource::Valid(roles, _) = &project.roles {
        faults.extend(roles.check(&Resources::new(built)));
    }
    let path = project.paths.roles();
    let finding = |fault: &RolesFault| {
        let place = if fault.path.is_empty() { String::new() } else { format!("{}: ", fault.path) };
        let message = format!("{place}{}", fault.problem);
        let finding = if fault.problem.severity() == RolesSeverity::Error {
            Finding::error(&path, "roles/fault", message)
        } else {
            Finding::warning(&path, "roles/fault", message)
        };
        finding.at(fault.line, fault.column)
    };
    faults.iter().map(finding).collect()
}
