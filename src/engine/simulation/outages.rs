//! R10, R23: a day without network, clocks that jump, nobody signed in for hours; and a day of twenty operations that
//! can be repeated to the byte.

use std::fs;

use super::*;
use crate::trials::{Chance, seeds, trials};

#[test]
fn r10_after_a_day_without_network_it_is_attached_again_within_one_interval() {
    for (number, skew) in (1..).zip([0_i64, 48, -48]) {
        let state = scratch();
        let back = seconds(24 * 3600 + 600);
        let (operation, counts) = simulate(async {
            let conditions = Conditions {
                truth: Truth::Succeeds(seconds(25 * 3600)),
                outage: Some((seconds(600), back)),
                ..Conditions::default()
            };
            let cloud = Cloud::new(conditions, Faults::none());
            let laptop = Laptop::start(&cloud, state.path());
            let run = laptop.run(approved(Kind::Restore, cloud.wall()), number);
            let jump = async {
                tokio::time::sleep(seconds(4000)).await;
                cloud.set_skew(SignedDuration::from_hours(skew));
            };
            let ((operation, _), ()) = tokio::join!(run, jump);
            (operation, cloud.counts())
        });
        let late = counts.back_at.unwrap() - back;
        assert_eq!(operation.phase, Phase::Succeeded, "clock {skew} h off");
        assert!(late <= seconds(66), "clock {skew} h off: {late:?} after the network was back");
        assert_eq!((counts.posts, counts.early), (1, 0));
        println!("24 h without network, the clock {skew} h off: attached {late:?} after its return");
    }
}

#[test]
fn r10_nobody_signed_in_for_hours_ends_nothing() {
    let state = scratch();
    let operation = simulate(async {
        let conditions = Conditions { truth: Truth::Succeeds(seconds(7 * 3600)), ..Conditions::default() };
        let cloud = Cloud::new(conditions, Faults::none());
        let laptop = Laptop::start(&cloud, state.path());
        let run = laptop.run(approved(Kind::Restore, cloud.wall()), 1);
        let leave = async {
            tokio::time::sleep(seconds(1800)).await;
            laptop.signed_out.store(true, Ordering::SeqCst);
            tokio::time::sleep(seconds(5 * 3600)).await;
            laptop.signed_out.store(false, Ordering::SeqCst);
        };
        let ((operation, reports), ()) = tokio::join!(run, leave);
        let told = |name| {
            reports
                .iter()
                .any(|it| matches!(it, Report::Operation(_, Some(event), _) if event.name() == name))
        };
        assert!(!told("untracked") && !told("failed"));
        operation
    });
    assert_eq!(operation.phase, Phase::Succeeded);
}

#[test]
fn who_quits_and_comes_back_keeps_what_the_last_answer_asked_for() {
    let state = scratch();
    let mut quits = 0;
    let (operation, counts) = simulate(async {
        let conditions = Conditions { retry_after: Some(300), ..Conditions::default() };
        let cloud = Cloud::new(conditions, Faults::none());
        let laptop = Laptop::start(&cloud, state.path());
        let run = laptop.run(approved(Kind::Restore, cloud.wall()), 1);
        assert!(tokio::time::timeout(seconds(7), run).await.is_err());
        loop {
            let again = Laptop::start(&cloud, state.path());
            match tokio::time::timeout(seconds(37), again.resume(1)).await {
                Ok(operation) => return (operation, cloud.counts()),
                Err(_) => quits += 1,
            }
        }
    });
    assert_eq!(operation.phase, Phase::Succeeded);
    assert_eq!((counts.posts, counts.early), (1, 0));
    println!("{quits} times quit and come back, {} polls, none too early", counts.polls);
}

/// A day of so many operations. The journals, one after the other.
fn a_day(seed: u64, operations: u64) -> (Vec<u8>, u64) {
    let state = scratch();
    let mut chance = Chance::new(seed);
    let stories: Vec<_> = (0..u128::from(operations))
        .map(|number| {
            let duration = seconds(chance.between(300, 23 * 3600));
            let conditions = Conditions {
                truth: if chance.one_in(4) { Truth::Fails(duration) } else { Truth::Succeeds(duration) },
                reply: if chance.one_in(5) { Reply::Lost } else { Reply::Honest },
                outage: chance.one_in(3).then(|| (seconds(3600), seconds(chance.between(3600, 20 * 3600)))),
                ..Conditions::default()
            };
            let faults = Faults::new(chance.bits(), (30, seconds(24 * 3600)), 10, 10);
            let kind = if chance.one_in(2) { Kind::Backup } else { Kind::Restore };
            (number, conditions, faults, kind)
        })
        .collect();
    let requests = simulate(async {
        let runs = stories.into_iter().map(|(number, conditions, faults, kind)| {
            let truth = conditions.truth;
            let cloud = Cloud::new(conditions, faults);
            let folder = state.path().join(format!("{number:02}"));
            async move {
                let laptop = Laptop::start(&cloud, &folder);
                let (operation, _) = laptop.run(approved(kind, cloud.wall()), number).await;
                assert!(!is_wrong(operation.phase, truth), "seed {seed}, {number}: {:?}", operation.phase);
                assert_eq!(cloud.counts().posts, 1);
                cloud.counts().requests
            }
        });
        futures::future::join_all(runs).await.into_iter().sum()
    });
    let mut story = Vec::new();
    for number in 0..u128::from(operations) {
        let journal = Journal::open(&state.path().join(format!("{number:02}"))).unwrap();
        story.extend(fs::read(journal.read(id(number)).unwrap().path).unwrap());
    }
    (story, requests)
}

/// What this process holds open.
fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

#[test]
fn r23_a_day_of_operations_can_be_repeated_to_the_byte() {
    let before = open_files();
    let operations = trials(4, 20);
    for seed in seeds(trials(1, 5)) {
        let (first, requests) = a_day(seed, operations);
        let (second, _) = a_day(seed, operations);
        assert_eq!(first.len(), second.len(), "seed {seed}");
        assert!(first == second, "seed {seed}: the same day went differently");
        println!(
            "seed {seed}: {operations} operations, {requests} requests, {} bytes of journal, twice",
            first.len()
        );
    }
    let after = open_files();
    assert!(after <= before + 8, "{before} files were open and {after} are: other tests have a few");
}

/// The most memory that this process ever had, in kilobytes.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Not a test of its own: the same day again and again, in a process where nothing else takes memory.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by r23_memory_does_not_grow_from_day_to_day"]
fn days_on_end() {
    for _ in 0..5 {
        a_day(1, trials(2, 20));
        println!("peak {}", peak());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn r23_memory_does_not_grow_from_day_to_day() {
    let days = concat!(module_path!(), "::days_on_end").split_once("::").unwrap().1;
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--ignored", "--exact", days, "--nocapture"]).output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let peaks: Vec<u64> = words.lines().filter_map(|line| line.strip_prefix("peak ")?.parse().ok()).collect();
    assert_eq!(peaks.len(), 5, "{words}");
    let growth = peaks[4] - peaks[0];
    println!(
        "five days of {} operations: peaks {peaks:?} kB, {growth} kB more than after the first",
        trials(2, 20)
    );
    assert!(growth <= 1024, "{peaks:?}");
}
