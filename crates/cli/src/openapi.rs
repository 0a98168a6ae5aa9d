//! `tessera openapi`

use std::process::ExitCode;

use anyhow::{Result, bail};
use camino::Utf8PathBuf;
use tessera_orda::{RequestInfo, Run};
use tessera_sessions::Grant;

use crate::config::{Flags, ServeFlags};
use crate::open;

/// `tessera openapi`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tessera openapi ~/projects/shop --role Sales > sales.json")]
pub(crate) struct Arguments {
    /// The project folder
    project: Utf8PathBuf,
    /// As somebody with this role sees it; may be repeated. Without role and --guest: everything
    #[arg(long, value_name = "NAME")]
    role: Vec<String>,
    /// As somebody sees it who did not log in
    #[arg(long, conflicts_with = "role")]
    guest: bool,
    #[command(flatten)]
    flags: Flags,
}

/// Prints the OpenAPI document of the project's REST API.
pub(crate) fn openapi(arguments: &Arguments) -> Result<ExitCode> {
    let project = open::project(&arguments.project)?;
    let (application, _) = open::application(project, &arguments.flags, &ServeFlags::default())?;
    let sessions = &application.sessions;
    if let Some(unknown) = arguments.role.iter().find(|role| sessions.privileges().role(role).is_none()) {
        bail!("roles.json has no role \"{unknown}\"");
    }
    let run = if arguments.role.is_empty() && !arguments.guest {
        application.own_run()
    } else {
        let mut session = sessions.resolve(None, "localhost").session;
        if !arguments.guest {
            let roles = arguments.role.iter().map(|role| role.as_str().into()).collect();
            session = sessions.set_privileges(&session, &Grant { roles, ..Grant::default() })?;
        }
        Run::new(&application, session, RequestInfo::default())
    };
    println!("{}", tessera_rest::openapi(&run));
    Ok(ExitCode::SUCCESS)
}
