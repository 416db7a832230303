//! Every place in every state at every size. What a place looks like in a state is made here, or it is said why there is
//! no such thing; a place that is new does not compile until it has a line of its own.

use std::collections::BTreeMap;

use lifeboat::console::message::{Gathering, Loaded};
use lifeboat::console::model::Place;
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::fact::{Fact, Unknown, Unreadable};
use lifeboat::domain::glance::Glance;
use lifeboat::domain::operation::Poll;
use lifeboat::domain::parity::Portrait;
use lifeboat::domain::preflight::Facts;
use lifeboat::domain::problem::{Problem, Trouble};
use lifeboat::domain::storage::Location;
use lifeboat::domain::writing::Permit;

use super::frames::{SIZES, stored, whole};
use super::stage::{self, Stage, later};
use super::{comparing, failover, states, timeline, wall};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spot {
    Fleet,
    Backups,
    Wizard,
    Failover,
    Operations,
    Parity,
    Problems,
    Timeline,
}

pub(crate) const SPOTS: [Spot; 8] = [
    Spot::Fleet,
    Spot::Backups,
    Spot::Wizard,
    Spot::Failover,
    Spot::Operations,
    Spot::Parity,
    Spot::Problems,
    Spot::Timeline,
];

fn spot(place: &Place) -> Spot {
    match place {
        Place::Fleet => Spot::Fleet,
        Place::Backups(_) => Spot::Backups,
        Place::Wizard(_) => Spot::Wizard,
        Place::Failover => Spot::Failover,
        Place::Operations => Spot::Operations,
        Place::Parity(_) => Spot::Parity,
        Place::Problems => Spot::Problems,
        Place::Timeline => Spot::Timeline,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Usual,
    Loading,
    Empty,
    FilteredToNothing,
    Failed,
    Partial,
    Stale,
    Frozen,
    SignedOut,
    Throttled,
    Offline,
    OutcomeNotKnown,
    WritingOff,
    Leaving,
}

pub(crate) const STATES: [State; 14] = [
    State::Usual,
    State::Loading,
    State::Empty,
    State::FilteredToNothing,
    State::Failed,
    State::Partial,
    State::Stale,
    State::Frozen,
    State::SignedOut,
    State::Throttled,
    State::Offline,
    State::OutcomeNotKnown,
    State::WritingOff,
    State::Leaving,
];

/// A console, or why there is none such.
pub(crate) type Shown = Result<Stage, &'static str>;

pub(crate) fn shown(spot: Spot, state: State, columns: u16, rows: u16) -> Shown {
    match state {
        State::Usual => Ok(usual(spot, columns, rows)),
        State::Loading => loading(spot, columns, rows),
        State::Empty => empty(spot, columns, rows),
        State::FilteredToNothing => filtered(spot, columns, rows),
        State::Failed => failed(spot, columns, rows),
        State::Partial => partial(spot, columns, rows),
        State::Throttled | State::OutcomeNotKnown if spot == Spot::Wizard => {
            Err("a wizard keeps its lines; the head says that something runs, and the wall what")
        }
        State::Stale if matches!(spot, Spot::Problems | Spot::Timeline) => {
            Err("what happened does not grow old; each line has its time")
        }
        State::Leaving if spot != Spot::Fleet => Err("q goes back to the fleet first"),
        _ => {
            let mut stage = usual(spot, columns, rows);
            befall(state, &mut stage);
            Ok(stage)
        }
    }
}

fn usual(spot: Spot, columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::full(columns, rows);
    match spot {
        Spot::Fleet => {}
        Spot::Backups => {
            stage.press("/core-prod<Enter><Enter>");
        }
        Spot::Wizard => {
            stage.check_a_restore().answer(|_| {});
        }
        Spot::Failover => return failover::checked(columns, rows),
        Spot::Operations => {
            stage = wall::wall(columns, rows);
            wall::answer(&mut stage);
        }
        Spot::Parity => return comparing::compared(columns, rows),
        Spot::Problems => {
            stage.tell(Msg::Trouble(stage::hr_problem()));
            stage.tell(Msg::Trouble(states::lost("50078")));
            stage.press("7");
        }
        Spot::Timeline => return timeline::open(columns, rows),
    }
    stage
}

/// A console that knows the fleet and is still reading backups.
fn reading(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::empty(columns, rows);
    stage.part(Loaded::Subscriptions(vec![stage::subscription()]));
    stage.part(Loaded::Instances(stage::fleet()));
    stage.tell(Msg::Tick(later(2)));
    stage
}

fn loading(spot: Spot, columns: u16, rows: u16) -> Shown {
    let mut stage = match spot {
        Spot::Fleet => return Ok(reading(columns, rows)),
        Spot::Backups => {
            let mut stage = reading(columns, rows);
            stage.press("/core-prod<Enter><Enter>");
            return Ok(stage);
        }
        Spot::Wizard => {
            let mut stage = Stage::full(columns, rows);
            stage.check_a_restore();
            stage
        }
        Spot::Failover => {
            let mut stage = failover::planned(columns, rows);
            stage.press("n");
            stage
        }
        Spot::Operations => return Ok(wall::wall(columns, rows)),
        Spot::Parity => {
            let mut stage = Stage::full(columns, rows);
            stage.press("/core-prod<Enter>5");
            stage
        }
        Spot::Problems => return Err("nobody reads problems: they are told"),
        Spot::Timeline => {
            let mut stage = timeline::knows(Stage::full(columns, rows), &timeline::all());
            stage.press("6");
            stage
        }
    };
    stage.tell(Msg::Tick(later(2)));
    Ok(stage)
}

fn empty(spot: Spot, columns: u16, rows: u16) -> Shown {
    let mut stage = Stage::full(columns, rows);
    match spot {
        Spot::Fleet => {
            stage = Stage::empty(columns, rows);
            stage.part(Loaded::Subscriptions(vec![stage::subscription()]));
            stage.part(Loaded::Done { as_of: stage::now() });
        }
        Spot::Backups => {
            stage.press("/lab<Enter><Enter>");
        }
        Spot::Wizard => return Err("without a place to go to the act says why and does not begin"),
        Spot::Failover => return Err("a plan has a row for every marked instance"),
        Spot::Operations => {
            stage.press("4");
        }
        Spot::Parity => {
            stage.press("/core-prod<Enter>5");
            comparing::answer(&mut stage, comparing::comparison(&comparing::portrait("apim-core-dr"), true));
        }
        Spot::Problems => {
            stage.press("7");
        }
        Spot::Timeline => {
            stage.press("6");
        }
    }
    Ok(stage)
}

fn filtered(spot: Spot, columns: u16, rows: u16) -> Shown {
    let mut stage = usual(spot, columns, rows);
    match spot {
        Spot::Wizard => return Err("targets and checks are not filtered"),
        Spot::Failover => return Err("a plan is not filtered"),
        Spot::Operations => return Err("the log is searched, not filtered"),
        Spot::Problems => return Err("problems are not filtered"),
        Spot::Fleet | Spot::Backups | Spot::Parity | Spot::Timeline => {}
    }
    stage.press("/bilxing<Enter>");
    Ok(stage)
}

fn unread<T>() -> Fact<T> {
    Fact::Unknown(Unknown {
        reason: Unreadable::Unreachable("management.azure.com: connection reset".to_owned()),
        source: "ARM GET".to_owned(),
        asked_at: stage::now(),
    })
}

/// No question about a restore had an answer.
pub(crate) fn nothing_answered(facts: &mut Facts) {
    facts.instance = unread();
    facts.workspaces = unread();
    facts.permissions = unread();
    facts.account = unread();
    facts.account_permissions = unread();
    facts.backup = unread();
    facts.blob_service = unread();
    facts.traffic = unread();
    facts.log = unread();
    facts.source_log = unread();
}

fn failed(spot: Spot, columns: u16, rows: u16) -> Shown {
    let mut stage = match spot {
        Spot::Fleet | Spot::Backups => reading(columns, rows),
        Spot::Wizard => loading(spot, columns, rows)?,
        Spot::Failover => failover::planned(columns, rows),
        Spot::Operations | Spot::Parity | Spot::Timeline => loading(spot, columns, rows)?,
        Spot::Problems => return Err("what failed is what it lists"),
    };
    match spot {
        Spot::Fleet => {
            stage = Stage::empty(columns, rows);
            stage.part(Loaded::Problem(stage::hr_problem()));
            stage.part(Loaded::Done { as_of: stage::now() });
        }
        Spot::Backups => {
            stage.part(Loaded::Problem(states::unreachable().about("stcorebackup/apim")));
            stage.part(Loaded::Done { as_of: stage::now() });
            stage.press("/core-prod<Enter><Enter>");
        }
        Spot::Wizard => stage.answer(nothing_answered),
        Spot::Failover => {
            for _ in 0..3 {
                stage.press("n").answer(nothing_answered);
            }
        }
        Spot::Operations => glanced(&mut stage, false),
        Spot::Parity => {
            let nothing = Portrait {
                settings: unread(),
                portal: unread(),
                vault: unread(),
                ..comparing::portrait("apim-core-dr")
            };
            let comparison = comparing::comparison(&nothing, false);
            comparing::answer(&mut stage, comparison);
        }
        Spot::Timeline => {
            let (request, _) = timeline::question(&stage).unwrap();
            let problems =
                vec![Problem::new("The journal of restore_1 cannot be read").next("Look at the disk")];
            stage.tell(Msg::Stories { request, told: Vec::new(), problems });
        }
        Spot::Problems => {}
    }
    Ok(stage)
}

/// Answers what the wall asked: one instance or none could be read.
fn glanced(stage: &mut Stage, one: bool) {
    let (request, what) = wall::question(stage).expect("the wall asked");
    let instances = what.instances.iter().enumerate().map(|(place, id)| {
        let instance = stage::instance(id.name(), "Premium", 2, "northeurope");
        (id.clone(), if one && place == 0 { Ok(instance) } else { Err(states::unreachable()) })
    });
    let log = what.log.as_ref().map(|(id, _)| (id.clone(), Err(states::unreachable())));
    let glance = Glance { at: stage.model.now(), instances: instances.collect(), log, quota: wall::quota() };
    stage.tell(Msg::Glanced { request, glance: Box::new(glance) });
}

fn partial(spot: Spot, columns: u16, rows: u16) -> Shown {
    let stage = match spot {
        Spot::Fleet | Spot::Backups => {
            let mut stage = Stage::full(columns, rows);
            stage.press(if spot == Spot::Backups { "/core-prod<Enter><Enter><C-r>" } else { "<C-r>" });
            stage.part(Loaded::Instances(stage::fleet()));
            stage.part(Loaded::Backups(stage::backups()));
            stage.part(Loaded::Listed(Location::new("stcorebackup", "apim")));
            stage.part(Loaded::Problem(stage::hr_problem()));
            stage.part(Loaded::Done { as_of: stage::now() });
            stage
        }
        Spot::Wizard => {
            let mut stage = Stage::full(columns, rows);
            stage.check_a_restore();
            let (request, plan) = stage.gathering();
            let mut facts = stage::facts(&plan, stage.model.now());
            facts.account = Fact::NotAsked;
            facts.traffic = unread();
            stage.tell(Msg::Facts { request, facts: Box::new(facts), gathering: Gathering::Open });
            stage
        }
        Spot::Failover => {
            let mut stage = failover::planned(columns, rows);
            stage.press("n").answer(|facts| facts.traffic = unread());
            stage.press("n").press("n");
            stage
        }
        Spot::Operations => {
            let mut stage = wall::wall(columns, rows);
            glanced(&mut stage, true);
            stage
        }
        Spot::Parity => {
            let mut stage = loading(spot, columns, rows)?;
            let part = Portrait { settings: unread(), ..comparing::standby() };
            comparing::answer(&mut stage, comparing::comparison(&part, false));
            stage
        }
        Spot::Problems => return Err("it lists what is missing elsewhere"),
        Spot::Timeline => {
            let mut stage = loading(spot, columns, rows)?;
            let (request, _) = timeline::question(&stage).unwrap();
            let problems =
                vec![Problem::new("The journal of restore_2 cannot be read").next("Look at the disk")];
            let told = vec![timeline::all().remove(0)];
            stage.tell(Msg::Stories { request, told, problems });
            stage
        }
    };
    Ok(stage)
}

/// What can happen to a console anywhere.
fn befall(state: State, stage: &mut Stage) {
    let polled = |stage: &mut Stage, problem: Problem, http_status: Option<u16>| {
        states::polls(stage, Poll { http_status, problem: Some(problem), next_in: 20, ..Poll::default() });
    };
    match state {
        State::Stale => stage.tell(Msg::Tick(later(20 * 60))),
        State::Frozen => {
            stage.press("f");
            stage.tell(Msg::Tick(later(30)));
        }
        State::SignedOut | State::Offline => {
            let problem = if state == State::Offline { states::unreachable() } else { states::lost("50078") };
            let before = stage.effects.len();
            stage.tell(Msg::Tick(later(60)));
            stage.press("<C-r>");
            if stage.effects[before..].iter().any(|it| matches!(it, Effect::LoadInventory { .. })) {
                states::in_vain(stage, problem, 60);
            } else {
                polled(stage, problem, None);
            }
        }
        State::Throttled => {
            let mut patience = Problem::new("Azure asks for patience");
            patience.kind = Trouble::Throttled;
            polled(stage, patience, Some(429));
        }
        State::OutcomeNotKnown => states::unknown(stage),
        State::WritingOff => {
            stage.tell(Msg::Writing(Permit::NotNow));
            match stage.model.place() {
                Place::Wizard(_) => stage.press("nnapim-core-dr<Enter>"),
                _ => stage.press("a"),
            };
        }
        State::Leaving => {
            states::polls(stage, Poll { http_status: Some(202), next_in: 60, ..Poll::default() });
            stage.press("q");
        }
        _ => {}
    }
    stage.tell(Msg::Drawn);
}

#[test]
fn every_place_in_every_state_at_every_size() {
    let mut frames = 0;
    let mut reasons: BTreeMap<(Spot, State), &str> = BTreeMap::new();
    for (columns, rows) in SIZES {
        for at in SPOTS {
            let mut all = String::new();
            for state in STATES {
                match shown(at, state, columns, rows) {
                    Ok(stage) => {
                        assert_eq!(spot(stage.model.place()), at, "{state:?}\n{}", stage.screen());
                        all.push_str(&format!("== {at:?}: {state:?}\n{}", whole(&stage)));
                        frames += 1;
                    }
                    Err(why) => {
                        reasons.insert((at, state), why);
                    }
                }
            }
            stored(&format!("every_{}_{columns}x{rows}", format!("{at:?}").to_lowercase()), &all);
        }
    }
    println!("{frames} frames: {} places, {} states, {SIZES:?}; none for", SPOTS.len(), STATES.len());
    for ((at, state), why) in reasons {
        println!("  {at:?}, {state:?}: {why}");
    }
}
