//! `info`: versions, every path, the cloud, the identity, and what is reachable.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;

use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::log;
use crate::app::output::{Paper, or_unknown};
use crate::azure::WriteMode;
use crate::domain::problem::Problem;
use crate::domain::resource::Subscription;
use crate::domain::visible;

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    version: &'static str,
    paths: Paths,
    cloud: CloudShape,
    read_only: bool,
    identity: IdentityShape,
    subscriptions: Option<Vec<Subscription>>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Paths {
    config: PathBuf,
    state: PathBuf,
    journals: PathBuf,
    log: PathBuf,
    cache: PathBuf,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CloudShape {
    name: String,
    resource_manager: String,
    authority: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IdentityShape {
    auth: &'static str,
    via: Option<String>,
    name: Option<String>,
    tenant: Option<String>,
    expires_at: Option<Timestamp>,
}

/// Tells all of it.
///
/// # Errors
/// The answer could not be written.
pub(super) async fn run(house: &House, paper: Paper) -> Result<Exit, Problem> {
    let settings = &house.settings;
    let mut problems = settings.problems.clone();
    let mut unreached = Vec::new();
    let signed_in = house.azure.whoami().await.map_err(|error| unreached.push(error.problem())).ok();
    let subscriptions = match &signed_in {
        Some(_) => house.azure.subscriptions().await.map_err(|error| unreached.push(error.problem())).ok(),
        None => None,
    };
    for problem in &unreached {
        paper.problem(problem);
    }
    let exit = if unreached.is_empty() { Exit::Done } else { Exit::of_problems(&unreached) };
    problems.extend(unreached);
    let answer = Answer {
        version: env!("CARGO_PKG_VERSION"),
        paths: Paths {
            config: settings.paths.config.clone(),
            state: settings.paths.state.clone(),
            journals: settings.paths.state.join("operations"),
            log: log::directory(&settings.paths.state),
            cache: settings.paths.cache.clone(),
        },
        cloud: CloudShape {
            name: settings.cloud.name.clone(),
            resource_manager: settings.cloud.resource_manager.clone(),
            authority: settings.cloud.authority.clone(),
        },
        read_only: settings.write_mode == WriteMode::ReadOnly,
        identity: IdentityShape {
            auth: settings.identity.mode.as_str(),
            via: signed_in.as_ref().map(|it| it.via.clone()),
            name: signed_in.as_ref().and_then(|it| it.name.clone()),
            tenant: signed_in.as_ref().and_then(|it| it.tenant.clone()),
            expires_at: signed_in.as_ref().map(|it| it.expires_at),
        },
        subscriptions,
        problems,
    };
    paper.answer(&answer, &answer)?;
    Ok(exit)
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exists = |path: &PathBuf| if path.exists() { "" } else { " (not there)" };
        let mut row = |label: &str, value: String| writeln!(f, "{label:<14} {}", visible::name(&value));
        row("lifeboat", self.version.to_owned())?;
        row("configuration", format!("{}{}", self.paths.config.display(), exists(&self.paths.config)))?;
        row("journals", self.paths.journals.display().to_string())?;
        row("log", self.paths.log.display().to_string())?;
        row("cache", self.paths.cache.display().to_string())?;
        row("cloud", format!("{}, {}", self.cloud.name, self.cloud.resource_manager))?;
        row("authority", self.cloud.authority.clone())?;
        row("writing", if self.read_only { "read-only" } else { "guarded" }.to_owned())?;
        row("sign-in", format!("--auth {}", self.identity.auth))?;
        match &self.identity.via {
            None => row("", "not signed in".to_owned())?,
            Some(via) => {
                row("", format!("{} by {via}", or_unknown(self.identity.name.as_ref())))?;
                row("tenant", or_unknown(self.identity.tenant.as_ref()))?;
                row("until", or_unknown(self.identity.expires_at))?;
            }
        }
        match &self.subscriptions {
            None => row("subscriptions", "not readable".to_owned()),
            Some(all) => {
                row("subscriptions", all.len().to_string())?;
                all.iter().try_for_each(|it| {
                    row("", format!("{}, {}, {}", it.id, or_unknown(it.state.as_ref()), it.name))
                })
            }
        }
    }
}
