//! `tessera explain`

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use camino::Utf8PathBuf;
use serde_json::{Value as Json, json};
use tessera_model::{Project, ResourceKind, ResourceNames as _, Roles, RolesSource};
use tessera_orda::build;
use tessera_sessions::{
    Action, Explanation, Finding, PrivilegeId, PrivilegeTable, Question, Step, explain as explain_question,
    held_through,
};

use crate::check::Resources;
use crate::office::Remote;
use crate::report;

/// `tessera explain`
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tessera explain ~/projects/shop --role Sales --resource Customers.notes --action read\n  \
                  tessera explain ~/projects/shop --session 0B3F… --resource ds.summary --action execute"
)]
pub(crate) struct Arguments {
    /// The project folder
    project: Utf8PathBuf,
    /// What is to be used, as roles.json names it: ds, Dataclass, Dataclass.attribute, Dataclass.function,
    /// ds.function, Singleton or Singleton.function
    #[arg(long, value_name = "NAME")]
    resource: String,
    /// What is to be done
    #[arg(long, value_enum)]
    action: Doing,
    /// Somebody with this role; may be repeated. Without role, privilege and session: a guest
    #[arg(long, value_name = "NAME")]
    role: Vec<String>,
    /// Somebody with this privilege; may be repeated
    #[arg(long, value_name = "NAME")]
    privilege: Vec<String>,
    /// A live session of the running server, by its id
    #[arg(long, value_name = "ID", conflicts_with_all = ["role", "privilege"])]
    session: Option<String>,
    /// JSON instead of sentences
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Doing {
    Read,
    Create,
    Update,
    Drop,
    Execute,
}

impl From<Doing> for Action {
    fn from(doing: Doing) -> Self {
        match doing {
            Doing::Read => Self::Read,
            Doing::Create => Self::Create,
            Doing::Update => Self::Update,
            Doing::Drop => Self::Drop,
            Doing::Execute => Self::Execute,
        }
    }
}

/// Whoever is asked about.
struct Somebody {
    name: String,
    /// What they were given, each with where it came from.
    assigned: Vec<(PrivilegeId, String)>,
    is_logged: bool,
}

/// Says what somebody may do, and why; the exit code is 1 when they may not.
pub(crate) fn explain(arguments: &Arguments) -> Result<ExitCode> {
    let project = Project::open(&arguments.project)?;
    let roles = match &project.roles {
        RolesSource::Valid(roles, _) => roles.clone(),
        RolesSource::Absent => Roles::default(),
        RolesSource::Broken(faults) => bail!("{}", report::roles_faults(&project, faults)),
    };
    let table = PrivilegeTable::new(Some(&roles));
    let action = Action::from(arguments.action);
    let kind = kind_of(&Resources::new(&build(&project, Some(&roles))), &arguments.resource, action)?;
    let somebody = somebody(arguments, &project, &roles, &table)?;
    let mut held = table.guest().clone();
    for (privilege, _) in &somebody.assigned {
        held.extend(table.closure(*privilege));
    }
    let question = Question { kind, resource: &arguments.resource, action };
    let explanation = explain_question(&roles, &table, &held, &question);
    let is_login = arguments.resource.eq_ignore_ascii_case("ds.authentify");
    let gate = roles.force_login && !somebody.is_logged;
    let allowed = if gate { is_login } else { explanation.allowed };
    if arguments.json {
        println!("{}", as_json(allowed, gate, &explanation));
    } else {
        let may = if allowed { "may" } else { "may not" };
        println!("{} {may} {} {}.", somebody.name, action.word(), arguments.resource);
        if gate {
            println!("  {}", at_the_gate(is_login));
        }
        if matches!(project.roles, RolesSource::Absent) {
            println!("  The project has no roles.json: everything is open.");
        } else if !(gate && is_login) {
            for step in &explanation.steps {
                println!("  {}", sentence(&project, &roles, &table, &somebody, action, step));
            }
        }
    }
    Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn at_the_gate(is_login: bool) -> &'static str {
    if is_login {
        "forceLogin is on: ds.authentify is the one function a guest may always call."
    } else {
        "forceLogin is on: before a login, REST answers descriptions and ds.authentify only. After one, this decides:"
    }
}

fn somebody(
    arguments: &Arguments,
    project: &Project,
    roles: &Roles,
    table: &PrivilegeTable,
) -> Result<Somebody> {
    if let Some(id) = &arguments.session {
        return live(id, project, table);
    }
    let mut assigned = Vec::new();
    for role in &arguments.role {
        let known = roles.roles.iter().map(|role| role.name.as_str());
        let privileges = table
            .role(role)
            .with_context(|| format!("roles.json has no role \"{role}\"; {}", among(known)))?;
        assigned.extend(privileges.iter().map(|privilege| (*privilege, format!("the role {role}"))));
    }
    for name in &arguments.privilege {
        let known = roles.privileges.iter().map(|privilege| privilege.name.as_str());
        let privilege = table
            .number(name)
            .with_context(|| format!("roles.json has no privilege \"{name}\"; {}", among(known)))?;
        assigned.push((privilege, "the privilege given".into()));
    }
    let given: Vec<&str> = arguments.role.iter().chain(&arguments.privilege).map(String::as_str).collect();
    let is_logged = !given.is_empty();
    let name = if is_logged { format!("Somebody with {}", given.join(" and ")) } else { "A guest".into() };
    Ok(Somebody { name, assigned, is_logged })
}

/// A session as the running server sees it.
fn live(id: &str, project: &Project, table: &PrivilegeTable) -> Result<Somebody> {
    let answer = Remote::find(&project.paths.data)?.get("/sessions")?;
    let list: Json = serde_json::from_str(&answer.text).context("the server's answer can't be understood")?;
    let sessions = list["sessions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = sessions
        .iter()
        .find(|session| session["id"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(id)))
        .with_context(|| format!("there is no session {id}; `tessera sessions PROJECT list` shows them"))?;
    let privileges = found["privileges"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let assigned = privileges.filter_map(|name| Some((table.number(name)?, "the session".into()))).collect();
    let user = found["user"].as_str().filter(|user| !user.is_empty()).unwrap_or("no name");
    let is_logged = found["logged"] == true;
    Ok(Somebody { name: format!("The session of {user}"), assigned, is_logged })
}

/// `known: a, b, c`
fn among<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "it declares none".into() } else { format!("known: {}", names.join(", ")) }
}

/// What kind of resource a name means; a name of nothing is an error.
fn kind_of(names: &Resources<'_>, resource: &str, action: Action) -> Result<ResourceKind> {
    let executes = action == Action::Execute;
    Ok(match resource.split_once('.') {
        None if resource.eq_ignore_ascii_case("ds") => ResourceKind::Datastore,
        None if names.is_dataclass(resource) => ResourceKind::Dataclass,
        None if names.is_singleton(resource) => ResourceKind::Singleton,
        Some((owner, name)) if names.is_singleton_function(owner, name) => ResourceKind::SingletonMethod,
        Some((owner, name)) if executes && names.is_function(owner, name) => ResourceKind::Method,
        Some((owner, name)) if !executes && names.is_attribute(owner, name) => ResourceKind::Attribute,
        _ if executes => bail!("the project has no dataclass, singleton or function \"{resource}\""),
        _ => bail!("the project has no dataclass or attribute \"{resource}\""),
    })
}

fn sentence(
    project: &Project,
    roles: &Roles,
    table: &PrivilegeTable,
    somebody: &Somebody,
    action: Action,
    step: &Step,
) -> String {
    let (kind, resource) = (step.kind.word(), &step.resource);
    match &step.finding {
        Finding::Silent => format!("{kind} {resource}: {} is not listed", action.word()),
        Finding::Default { restricted: true } => {
            "restrictedByDefault is true: what nothing lists is refused".into()
        }
        Finding::Default { restricted: false } => {
            "restrictedByDefault is false: what nothing lists is allowed".into()
        }
        Finding::Listed { line, privileges, held } => {
            let place = format!("{}:{line}: {kind} {resource}, {}", project.paths.roles(), action.word());
            let names = privileges.join(", ");
            match held.first() {
                None => format!("{place}: one of {names} is needed; none is held"),
                Some(name) => format!("{place}: {}", way(roles, table, somebody, name)),
            }
        }
    }
}

/// How a privilege came to somebody.
fn way(roles: &Roles, table: &PrivilegeTable, somebody: &Somebody, name: &str) -> String {
    let assigned: Vec<PrivilegeId> = somebody.assigned.iter().map(|(privilege, _)| *privilege).collect();
    let chain = held_through(roles, table, &assigned, name);
    let Some(first) = chain.first() else { return format!("{name} is held by everybody") };
    let source = somebody
        .assigned
        .iter()
        .find(|(privilege, _)| table.name(*privilege) == first)
        .map_or("the session", |(_, source)| source.as_str());
    format!("{name} is held through {source} ({})", chain.join(" includes "))
}

fn as_json(allowed: bool, gate: bool, explanation: &Explanation) -> Json {
    let steps: Vec<Json> = explanation
        .steps
        .iter()
        .map(|step| match &step.finding {
            Finding::Silent => json!({"type": step.kind.word(), "applyTo": step.resource.as_str()}),
            Finding::Default { restricted } => json!({"restrictedByDefault": restricted}),
            Finding::Listed { line, privileges, held } => json!({
                "type": step.kind.word(),
                "applyTo": step.resource.as_str(),
                "line": line,
                "privileges": privileges.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "held": held.iter().map(ToString::to_string).collect::<Vec<_>>(),
            }),
        })
        .collect();
    json!({"allowed": allowed, "loginNeeded": gate, "steps": steps})
}
