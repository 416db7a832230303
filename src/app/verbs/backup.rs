//! `backup`: check, one POST, watch, write the manifest.

use super::judge::judge;
use super::lookup;
use super::restore::carry_out;
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::Paper;
use crate::cli::BackupArguments;
use crate::domain::plan::{BackupPlan, Plan};
use crate::domain::problem::Problem;
use crate::domain::provenance;
use crate::domain::storage::BackupAddress;

/// Backs an instance up.
///
/// # Errors
/// It came to no operation.
pub(super) async fn run(house: &House, paper: Paper, arguments: &BackupArguments) -> Result<Exit, Problem> {
    house.may_write()?;
    let instance = lookup::instance(house, &arguments.instance).await?;
    let name = provenance::make_name(&arguments.name, instance.name(), house.now());
    let to: BackupAddress = arguments
        .to
        .at(name)
        .to_string()
        .parse()
        .map_err(|error| Problem::usage(format!("--name makes no name of a blob: {error}")))?;
    let plan = BackupPlan { instance, to, access: arguments.access.clone() };
    house.engine.catch_up(&plan.instance).await;
    let judged = judge(house, Plan::Backup(plan.clone())).await;
    let approved = plan.approve(&judged.preflight, &arguments.accepting.accepted, house.now());
    carry_out(house, paper, &judged, approved, (&arguments.accepting, arguments.waiting)).await
}
