//! Findings for people: one line each, or with an excerpt of the source.

use ariadne::{Config, IndexType, Label, Report, ReportKind, Source};
use camino::Utf8Path;
use tessera_model::{Project, RolesFault, WebFileFault};
use tessera_orda::FileFinding;
use tessera_syntax::{Diagnostic, LineIndex, Severity};

/// `file:line:column: error: message`
pub(crate) fn one_line(path: &Utf8Path, text: &str, diagnostic: &Diagnostic) -> String {
    let lines = LineIndex::new(text);
    let start = diagnostic.span.start;
    let word = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    format!("{path}:{}:{}: {word}: {}", lines.line(start), lines.column(start), diagnostic.message)
}

/// Diagnostics with the lines they speak of. The lines of a file are counted once for all that follow each other.
#[derive(Default)]
pub(crate) struct Excerpts<'f> {
    newest: Option<Source<&'f str>>,
}

impl<'f> Excerpts<'f> {
    /// A diagnostic with its excerpt.
    pub(crate) fn show(&mut self, finding: &'f FileFinding, diagnostic: &Diagnostic) -> String {
        let text = finding.text.as_str();
        let known = self.newest.take().filter(|source| std::ptr::eq(source.text(), text));
        let source = self.newest.insert(known.unwrap_or_else(|| Source::from(text)));
        with_excerpt(finding, diagnostic, source)
    }
}

fn with_excerpt(finding: &FileFinding, diagnostic: &Diagnostic, source: &Source<&str>) -> String {
    let path = finding.path.as_str();
    let end = finding.text.len();
    let span = (diagnostic.span.start as usize).min(end)..(diagnostic.span.end as usize).min(end);
    let kind = if diagnostic.severity == Severity::Error { ReportKind::Error } else { ReportKind::Warning };
    let config = Config::default().with_color(false).with_index_type(IndexType::Byte);
    let mut report = Report::build(kind, (path, span.clone()))
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message)
        .with_label(Label::new((path, span)).with_message("here"));
    if let Some(hint) = &diagnostic.hint {
        report = report.with_help(hint);
    }
    let mut out = Vec::new();
    match report.finish().write((path, source), &mut out) {
        Ok(()) => String::from_utf8_lossy(&out).into_owned(),
        Err(_) => one_line(&finding.path, &finding.text, diagnostic),
    }
}

/// A fault of roles.json on one line.
pub(crate) fn roles_fault(project: &Project, fault: &RolesFault) -> String {
    let place = if fault.path.is_empty() { String::new() } else { format!("{}: ", fault.path) };
    format!("{}:{}:{}: {place}{}", project.paths.roles(), fault.line, fault.column, fault.problem)
}

/// What is wrong in `HTTPHandlers.json` or `HTTPRules.json`, without the place in the file.
pub(crate) fn web_problem(fault: &WebFileFault) -> String {
    let separator = if fault.path.is_empty() { "" } else { ": " };
    format!("{}{separator}{}", fault.path, fault.problem)
}

/// All faults of those files, with the cure.
pub(crate) fn web_faults(project: &Project) -> String {
    let faults = project.web_faults.iter();
    let list: String = faults
        .map(|(path, fault)| format!("\n  {path}:{}:{}: {}", fault.line, fault.column, web_problem(fault)))
        .collect();
    format!("what the project says about its web server can't be understood:{list}\nMend the file.")
}

/// All faults of a broken roles.json, with the cure.
pub(crate) fn roles_faults(project: &Project, faults: &[RolesFault]) -> String {
    let list: String = faults.iter().map(|fault| format!("\n  {}", roles_fault(project, fault))).collect();
    format!(
        "roles.json is broken, and serving without it would open everything:{list}\n\
         Mend the file, or set roles.on_error = \"open\" in tessera.toml to do as 4D does."
    )
}

/// 4D writes the faults to `Roles_Errors.json` in the logs, and so do we (S101).
pub(crate) fn write_roles_errors(project: &Project, faults: &[RolesFault]) {
    let errors: Vec<_> = faults
        .iter()
        .map(|fault| {
            serde_json::json!({
                "line": fault.line,
                "column": fault.column,
                "path": fault.path,
                "message": fault.problem.to_string(),
            })
        })
        .collect();
    let text = format!("{:#}\n", serde_json::json!({ "errors": errors }));
    let written = std::fs::create_dir_all(&project.paths.logs)
        .and_then(|()| std::fs::write(project.paths.logs.join(FILE), text));
    if let Err(error) = written {
        tracing::warn!("{FILE} can't be written to {}: {error}", project.paths.logs);
    }
}

/// A mended roles.json takes its error file away (S102).
pub(crate) fn remove_roles_errors(project: &Project) {
    let file = project.paths.logs.join(FILE);
    if file.exists()
        && let Err(error) = std::fs::remove_file(&file)
    {
        tracing::warn!("{file} can't be removed: {error}");
    }
}

const FILE: &str = "Roles_Errors.json";
