//! R1, R6: one POST whatever comes back, and an answer that was lost is settled by evidence or stays UNKNOWN.

use std::collections::BTreeMap;

use super::*;
use crate::trials::{Chance, seeds, trials};

/// Somebody else restores; this console watches it to its end by the log alone, and sends nothing.
#[test]
fn what_somebody_else_has_begun_is_watched_to_its_end() {
    for (truth, expected) in
        [(Truth::Succeeds(seconds(900)), Phase::Succeeded), (Truth::Fails(seconds(900)), Phase::Failed)]
    {
        let state = scratch();
        let (operation, counts) = simulate(async {
            let cloud = Cloud::new(Conditions::default(), Faults::none());
            let laptop = Laptop::start(&cloud, state.path());
            let target = instance("apim-dr", Tier::Premium).id;
            assert!(laptop.engine.under_way(&target).await.is_err(), "nothing runs yet");
            cloud.meddle("restore", truth);
            tokio::time::sleep(seconds(310)).await;
            let observed = laptop.engine.under_way(&target).await.unwrap();
            let (reports, _heard) = unbounded_channel();
            let watching = laptop.engine.attach(observed, id(1), reports);
            assert!(tokio::time::timeout(seconds(100), watching).await.is_err());
            assert!(laptop.engine.under_way(&target).await.is_err(), "it is in the journal now");
            let again = Laptop::start(&cloud, state.path());
            (again.resume(1).await, cloud.counts())
        });
        assert_eq!(operation.phase, expected, "{:?}", operation.problem);
        assert_eq!((counts.posts, counts.polls), (0, 0));
    }
}

#[test]
fn r6_an_ambiguous_post_is_settled_by_evidence_or_stays_unknown() {
    let state = scratch();
    let seeds = seeds(trials(40, 2_000));
    let (mut table, mut posts) = (BTreeMap::new(), 0);
    for &seed in &seeds {
        let folder = state.path().join(seed.to_string());
        let mut chance = Chance::new(seed);
        let duration = seconds(chance.between(120, 3000));
        let truths = [
            Truth::Succeeds(duration),
            Truth::Succeeds(duration),
            Truth::Fails(duration),
            Truth::Refused,
            Truth::Vanishes,
        ];
        let replies = [
            Reply::Lost,
            Reply::Silence,
            Reply::NoAddress,
            Reply::Page(*chance.pick(&[400, 401, 403, 404, 407, 409, 413, 429, 451])),
            Reply::Page(*chance.pick(&[200, 408, 499, 500, 502, 503, 504])),
        ];
        let conditions = Conditions {
            truth: *chance.pick(&truths),
            reply: *chance.pick(&replies),
            log_delay: seconds(chance.between(0, 1800)),
            log_names_client: !chance.one_in(5),
            ..Conditions::default()
        };
        let (truth, named, reply) = (conditions.truth, conditions.log_names_client, conditions.reply);
        let kind = if chance.one_in(2) { Kind::Backup } else { Kind::Restore };
        let somebody_else = chance.one_in(4);
        let faults = Faults::new(chance.bits(), (0, Duration::ZERO), chance.below(30), 0);
        let (operation, counts) = simulate(async {
            let cloud = Cloud::new(conditions, faults);
            let laptop = Laptop::start(&cloud, &folder);
            let run = laptop.run(approved(kind, cloud.wall()), 1);
            let meddle = async {
                tokio::time::sleep(seconds(40)).await;
                if somebody_else {
                    cloud.meddle("restore", Truth::Fails(seconds(900)));
                }
            };
            let ((operation, _), ()) = tokio::join!(run, meddle);
            (operation, cloud.counts())
        });
        let about = format!("seed {seed}: {kind} {truth:?} {reply:?} became {:?}", operation.phase);
        assert!(!is_wrong(operation.phase, truth), "{about}");
        assert_eq!(counts.posts, 1, "{about}");
        let is_open = !operation.phase.is_final();
        // A 202 that names no address has a correlation id all the same, but nobody promises that.
        let tells = named && truth != Truth::Vanishes;
        assert!(!(tells && is_open), "{about}: the evidence was there");
        posts += counts.posts;
        *table.entry(format!("{:?}", operation.phase)).or_insert(0_u64) += 1;
        std::fs::remove_dir_all(&folder).unwrap();
    }
    println!("{} ambiguous POSTs, {posts} sent, 0 wrong verdicts: {table:?}", seeds.len());
}
