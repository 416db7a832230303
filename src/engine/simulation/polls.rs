//! R7, R8: whatever the address of an operation answers, nobody is told a verdict that is not so, and nobody asks too
//! early or waits for ever.

use std::collections::BTreeMap;

use super::*;
use crate::domain::pulse::Beat;
use crate::trials::{Chance, seeds, trials};

/// The conditions of one schedule.
fn conditions(chance: &mut Chance) -> Conditions {
    let duration = seconds(chance.between(30, 2400));
    Conditions {
        truth: if chance.one_in(3) { Truth::Fails(duration) } else { Truth::Succeeds(duration) },
        log_delay: seconds(chance.between(5, 1800)),
        log_names_client: !chance.one_in(4),
        address_lives: seconds(if chance.one_in(5) { chance.below(900) } else { 24 * 3600 }),
        retry_after: *chance.pick(&[Some(60), Some(60), Some(20), None]),
        ..Conditions::default()
    }
}

fn kind(chance: &mut Chance) -> Kind {
    if chance.one_in(3) { Kind::Backup } else { Kind::Restore }
}

#[test]
fn r7_no_answer_of_an_address_brings_a_false_verdict() {
    let state = scratch();
    let seeds = seeds(trials(120, 20_000));
    let (mut ends, mut polls, mut untracked) = (BTreeMap::new(), 0, 0);
    for &seed in &seeds {
        let folder = state.path().join(seed.to_string());
        let mut chance = Chance::new(seed);
        let (conditions, kind) = (conditions(&mut chance), kind(&mut chance));
        let truth = conditions.truth;
        let bad = (chance.between(0, 90), seconds(chance.between(60, 4000)));
        let faults = Faults::new(chance.bits(), bad, chance.below(40), chance.below(40));
        let (operation, counts, reports) = simulate(async {
            let cloud = Cloud::new(conditions, faults);
            let laptop = Laptop::start(&cloud, &folder);
            let (operation, reports) = laptop.run(approved(kind, cloud.wall()), 1).await;
            (operation, cloud.counts(), reports)
        });
        assert!(!is_wrong(operation.phase, truth), "seed {seed}: {truth:?} became {:?}", operation.phase);
        assert_eq!(counts.posts, 1, "seed {seed}");
        assert_eq!(counts.early, 0, "seed {seed}: a poll came too early");
        assert_eq!(counts.strays, 0, "seed {seed}: a token went astray");
        for report in &reports {
            if let Report::Operation(_, Some(OperationEvent::Polled(poll)), _) = report {
                assert!((10..=660).contains(&poll.next_in), "seed {seed}: next in {} s", poll.next_in);
            }
        }
        *ends.entry(format!("{:?}", operation.phase)).or_insert(0_u64) += 1;
        polls += counts.polls;
        untracked += u64::from(
            reports
                .iter()
                .any(|it| matches!(it, Report::Operation(_, Some(OperationEvent::Untracked { .. }), _))),
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
    println!(
        "{} schedules (seeds {:?} to {:?}), {polls} polls, {untracked} left their address: 0 false verdicts; {ends:?}",
        seeds.len(),
        seeds.first(),
        seeds.last()
    );
}

#[test]
fn r8_an_address_that_is_gone_never_ends_an_operation_and_is_given_five_minutes() {
    for status in [404, 410] {
        let state = scratch();
        let (operation, reports) = simulate(async {
            let conditions = Conditions { truth: Truth::Succeeds(seconds(1200)), ..Conditions::default() };
            let cloud = Cloud::new(conditions, Faults::always(status));
            let laptop = Laptop::start(&cloud, state.path());
            laptop.run(approved(Kind::Restore, cloud.wall()), 1).await
        });
        assert_eq!(operation.phase, Phase::Succeeded, "{status}: the activity log tells");
        let first = reports.iter().find_map(|it| match it {
            Report::Operation(_, Some(OperationEvent::Polled(poll)), at) if poll.problem.is_some() => {
                Some(*at)
            }
            _ => None,
        });
        let left = reports.iter().find_map(|it| match it {
            Report::Operation(_, Some(OperationEvent::Untracked { .. }), at) => Some(*at),
            _ => None,
        });
        let grace = left.unwrap().duration_since(first.unwrap());
        assert!(grace >= SignedDuration::from_mins(5), "{status}: given up after {grace:#}");
        assert!(
            reports
                .iter()
                .any(|it| matches!(it, Report::Pulse(it) if matches!(it.beat, Beat::Looking { .. })))
        );
        println!("{status} for good: {grace:#} of grace, then the log");
    }
}
