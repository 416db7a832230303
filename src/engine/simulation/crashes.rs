//! R2 in memory: the console dies at every request of a whole operation, before and after its effect, with the last
//! lines of the journal lost, torn or whole; what starts again tells the truth and sends nothing twice.

use std::fs;

use super::*;
use crate::trials::{Chance, seeds, trials};

/// What of the file survives a power failure: every transition was synced; what follows the last one may be lost or
/// torn.
fn lose_power(path: &Path, chance: &mut Chance) {
    let bytes = fs::read(path).unwrap();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    let synced = lines
        .iter()
        .rposition(|line| {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            crate::journal::record::decode(line).is_ok_and(|it| it.event.is_transition())
        })
        .map_or(0, |last| lines.iter().take(last + 1).map(|line| line.len()).sum());
    let kept = synced + usize::try_from(chance.below((bytes.len() - synced + 1) as u64)).unwrap();
    fs::write(path, &bytes[..kept]).unwrap();
}

/// One life and death at the given request, and the life after it. Gives whether there was such a request.
fn die_and_rise(seed: u64, at: u64, side: Side) -> bool {
    let state = scratch();
    let mut chance = Chance::new(seed);
    let duration = seconds(chance.between(120, 1500));
    let truths =
        [Truth::Succeeds(duration), Truth::Succeeds(duration), Truth::Fails(duration), Truth::Refused];
    let truth = *chance.pick(&truths);
    let kind = if chance.one_in(2) { Kind::Backup } else { Kind::Restore };
    let conditions = Conditions { truth, kill: Some((at, side)), ..Conditions::default() };
    let away = seconds(*chance.pick(&[1, 60, 3600, 30 * 3600]));
    let (died, operation, counts) = simulate(async {
        let cloud = Cloud::new(conditions, Faults::new(seed, (10, seconds(4000)), 5, 0));
        let laptop = Laptop::start(&cloud, state.path());
        let died = tokio::select! {
            _ = laptop.run(approved(kind, cloud.wall()), 1) => false,
            () = cloud.killed() => true,
        };
        let path = laptop.journal.read(id(1)).unwrap().path;
        drop(laptop);
        cloud.spare();
        if died {
            lose_power(&path, &mut chance);
            tokio::time::sleep(away).await;
        }
        let again = Laptop::start(&cloud, state.path());
        let open: Vec<_> = again.engine.unfinished().iter().map(Operation::id).collect();
        // Whoever comes so late looks once; a witness that could not be heard then is heard another time.
        let mut operation = again.resume(1).await;
        for _ in 0..20 {
            if !operation.phase.is_final() {
                tokio::time::sleep(seconds(60)).await;
                operation = again.resume(1).await;
            }
        }
        assert!(open.is_empty() || open == [id(1)]);
        // The next run of a verb; an instance that could not be read then is read another time.
        for _ in 0..20 {
            again.engine.catch_up(operation.intent.work.instance()).await;
        }
        (died, operation, cloud.counts())
    });
    let about = format!("seed {seed}, dead at request {at} {side:?}: {truth:?} became {:?}", operation.phase);
    assert!(counts.posts <= 1, "{about}: {} POSTs", counts.posts);
    if counts.posts == 0 {
        assert!(matches!(operation.phase, Phase::NotSent | Phase::Unconfirmed), "{about}: nothing was sent");
    } else {
        assert!(!is_wrong(operation.phase, truth), "{about}");
        assert!(operation.phase.is_final(), "{about}: the evidence was there");
    }
    let deserved = u64::from(kind == Kind::Backup && operation.phase == Phase::Succeeded);
    assert_eq!(counts.writes, deserved, "{about}: manifests written");
    died
}

#[test]
fn r2_a_console_that_dies_at_any_request_has_lost_doubled_and_misstated_nothing() {
    let (mut deaths, mut lives) = (0_u64, 0_u64);
    for seed in seeds(trials(2, 120)) {
        for side in [Side::Before, Side::After] {
            for at in 1.. {
                lives += 1;
                if !die_and_rise(seed, at, side) {
                    break;
                }
                deaths += 1;
            }
        }
    }
    println!("{lives} lives, {deaths} deaths: 0 lost, 0 doubled, 0 misstated");
}
