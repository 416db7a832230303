//! P12: how long the end of an operation stays unseen, and what seeing it costs, on the durations on record.

use super::*;
use crate::domain::pulse::Beat;
use crate::trials::trials;

/// Seconds of the recorded operations, each found finished by a poll a minute: the real end is up to a minute earlier.
const RECORDED: [(Kind, u64); 12] = [
    (Kind::Backup, 301),
    (Kind::Restore, 543),
    (Kind::Backup, 544),
    (Kind::Restore, 605),
    (Kind::Backup, 513),
    (Kind::Restore, 665),
    (Kind::Restore, 1147),
    (Kind::Backup, 483),
    (Kind::Restore, 663),
    (Kind::Backup, 855),
    (Kind::Backup, 544),
    (Kind::Backup, 543),
];

/// How long the end stayed unseen, how long its verdict took, and what it cost.
fn replay(kind: Kind, duration: Duration) -> (Duration, Duration, u64) {
    let state = scratch();
    simulate(async {
        let conditions = Conditions { truth: Truth::Succeeds(duration), ..Conditions::default() };
        let cloud = Cloud::new(conditions, Faults::none());
        let began = cloud.wall();
        let laptop = Laptop::start(&cloud, state.path());
        let (operation, reports) = laptop.run(approved(kind, began), 1).await;
        assert_eq!(operation.phase, Phase::Succeeded);
        let counts = cloud.counts();
        assert_eq!(counts.early, 0, "the address was asked too early");
        let end = began + signed(cloud.ended_at().unwrap());
        let seen = reports.iter().find_map(|it| match it {
            Report::Pulse(pulse) if matches!(pulse.beat, Beat::InstanceFree { .. }) => Some(pulse.at),
            Report::Operation(it, _, at) if it.phase == Phase::Succeeded => Some(*at),
            _ => None,
        });
        let verdict = operation.ended_at.unwrap();
        let lag = |at: Timestamp| Duration::try_from(at.duration_since(end)).unwrap();
        (lag(seen.unwrap()), lag(verdict), counts.polls + counts.instance_reads)
    })
}

#[test]
fn p12_the_end_is_seen_soon_and_cheaply_and_never_asked_for_too_early() {
    let samples = trials(10, 200);
    let (mut seen, mut verdicts, mut requests) = (Vec::new(), Vec::new(), 0);
    for (kind, found_after) in RECORDED {
        for sample in 0..samples {
            // Spread evenly over the minute.
            let duration = seconds(found_after) - Duration::from_millis((60_000 * sample + 30_000) / samples);
            let (lag, verdict, cost) = replay(kind, duration);
            seen.push(lag);
            verdicts.push(verdict);
            requests += cost;
        }
    }
    let count = u32::try_from(seen.len()).unwrap();
    seen.sort_unstable();
    verdicts.sort_unstable();
    let mean = |all: &[Duration]| all.iter().sum::<Duration>() / count;
    let p95 = |all: &[Duration]| all[all.len() * 95 / 100];
    let per_operation = requests as f64 / f64::from(count);
    println!(
        "{count} operations: end seen after {:?} (p95 {:?}), verdict after {:?} (p95 {:?}), {per_operation:.1} requests each",
        mean(&seen),
        p95(&seen),
        mean(&verdicts),
        p95(&verdicts),
    );
    assert!(mean(&seen) <= seconds(6) && p95(&seen) <= seconds(15));
    assert!(per_operation <= 32.0);
}
