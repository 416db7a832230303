//! Carrying on an operation of the journal: read along while another console drives it, driven from here as soon as that
//! one lets go of it, however it ended.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::compose::House;
use super::executor::post;
use crate::console::message::Msg;
use crate::domain::operation::{Operation, OperationId};
use crate::domain::problem::Problem;
use crate::engine::{Outcome, Report, Reports};
use crate::journal::driver::Driver;

/// How often the file of an operation that another console drives is read. That console polls at most every ten seconds.
const LOOK: Duration = Duration::from_secs(1);

/// Follows an operation until nothing more can be learnt of it. Never sends anything.
pub(super) async fn carry_on(house: &House, id: OperationId, reports: Reports, inbox: UnboundedSender<Msg>) {
    let mut told: Option<(Operation, Driver)> = None;
    loop {
        let trouble = match house.journal.read(id) {
            Err(error) => error.problem(),
            Ok(one) => match one.driven_by {
                Some(driver) => {
                    tell(house, &mut told, (one.operation, driver), &reports, &inbox);
                    tokio::time::sleep(LOOK).await;
                    continue;
                }
                None => match end(house, id, &reports).await {
                    Ok(()) => return,
                    Err(problem) => problem,
                },
            },
        };
        // Another console may have been quicker; it is followed then. Anything else stays as it is.
        if house.journal.read(id).is_ok_and(|one| one.driven_by.is_some()) {
            continue;
        }
        return post(&inbox, Msg::Trouble(trouble));
    }
}

/// Drives an operation that nobody drives to its end, or tells how it ended before.
async fn end(house: &House, id: OperationId, reports: &Reports) -> Result<(), Problem> {
    match house.engine.resume(id, reports.clone()).await {
        Outcome::NotTaken(problem) => Err(problem),
        Outcome::Stands(operation) => {
            // The screen may be gone; nobody needs to know then.
            drop(reports.send(Report::Operation(operation, None, house.now())));
            Ok(())
        }
    }
}

/// Tells what has changed since the last look.
fn tell(
    house: &House,
    told: &mut Option<(Operation, Driver)>,
    now: (Operation, Driver),
    reports: &Reports,
    inbox: &UnboundedSender<Msg>,
) {
    if told.as_ref() == Some(&now) {
        return;
    }
    let (operation, driver) = &now;
    drop(reports.send(Report::Operation(Box::new(operation.clone()), None, house.now())));
    post(inbox, Msg::DrivenElsewhere { operation: operation.id(), by: driver.to_string() });
    *told = Some(now);
}
