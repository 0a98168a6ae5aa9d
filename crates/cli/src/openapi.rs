//! `tessera openapi` and `tessera client`: descriptions of a project's REST API, as somebody sees it.

use std::process::ExitCode;

use anyhow::{Result, bail};
use camino::Utf8PathBuf;
use tessera_orda::{RequestInfo, Run};
use tessera_sessions::Grant;

use crate::config::{Flags, ServeFlags};
use crate::open;

/// As whom, and of what.
#[derive(Debug, clap::Args)]
pub(crate) struct Seen {
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

/// `tessera openapi`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tessera openapi ~/projects/shop --role Sales > sales.json")]
pub(crate) struct OpenApiArguments {
    #[command(flatten)]
    seen: Seen,
}

/// `tessera client`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tessera client ~/projects/shop --typescript > shop.ts")]
pub(crate) struct ClientArguments {
    #[command(flatten)]
    seen: Seen,
    /// In TypeScript, the one language there is
    #[arg(long, required = true)]
    typescript: bool,
}

/// Prints the OpenAPI document of the project's REST API.
pub(crate) fn openapi(arguments: &OpenApiArguments) -> Result<ExitCode> {
    arguments.seen.print(tessera_rest::openapi)
}

/// Prints a client of the project's REST API.
pub(crate) fn client(arguments: &ClientArguments) -> Result<ExitCode> {
    arguments.seen.print(tessera_rest::typescript)
}

impl Seen {
    fn print(&self, describe: impl Fn(&Run) -> String) -> Result<ExitCode> {
        let project = open::project(&self.project)?;
        let (application, _) = open::application(project, &self.flags, &ServeFlags::default())?;
        let sessions = &application.sessions;
        if let Some(unknown) = self.role.iter().find(|role| sessions.privileges().role(role).is_none()) {
            bail!("roles.json has no role \"{unknown}\"");
        }
        let run = if self.role.is_empty() && !self.guest {
            application.own_run()
        } else {
            let mut session = sessions.resolve(None, "localhost").session;
            if !self.guest {
                let roles = self.role.iter().map(|role| role.as_str().into()).collect();
                session = sessions.set_privileges(&session, &Grant { roles, ..Grant::default() })?;
            }
            Run::new(&application, session, RequestInfo::default())
        };
        println!("{}", describe(&run).trim_end());
        Ok(ExitCode::SUCCESS)
    }
}
