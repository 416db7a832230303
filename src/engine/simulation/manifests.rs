//! A console that dies between the success of a backup and its manifest: the next one makes up for it, and says no more
//! than it knows.

use super::*;
use crate::domain::manifest::Manifest;
use crate::domain::writing::Wish;

/// A backup whose console died as soon as it had told the success, and what was begun on that disk afterwards.
async fn bereft(state: &Path) -> (Cloud, Laptop) {
    let cloud = Cloud::new(Conditions::default(), Faults::none());
    let laptop = Laptop::start(&cloud, state);
    let (reports, mut heard) = unbounded_channel();
    let succeeded = async {
        while let Some(report) = heard.recv().await {
            if matches!(report, Report::Operation(it, _, _) if it.phase == Phase::Succeeded) {
                return;
            }
        }
    };
    let plan = approved(Kind::Backup, cloud.wall());
    tokio::select! {
        _ = laptop.engine.run(plan, id(1), Some(Tier::Standard), reports) => panic!("it was to die before"),
        () = succeeded => {}
    }
    drop(laptop);
    assert_eq!((cloud.manifest(), cloud.counts().writes), (None, 0));
    let again = Laptop::start(&cloud, state);
    (cloud, again)
}

fn notes(laptop: &Laptop) -> String {
    std::fs::read_to_string(laptop.journal.read(id(1)).unwrap().path).unwrap()
}

#[test]
fn the_next_look_makes_up_for_it_once_and_says_when_the_source_was_read() {
    let state = scratch();
    simulate(async {
        let (cloud, laptop) = bereft(state.path()).await;
        let target = instance("apim-dr", Tier::Premium).id;
        tokio::time::sleep(seconds(20 * 3600)).await;
        let before = cloud.wall();
        laptop.engine.catch_up(&target).await;
        let text = cloud.manifest().unwrap();
        let manifest: Manifest = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest.operation_id, id(1).to_string());
        assert_eq!(manifest.source.sku.unwrap().tier, Tier::Standard, "the tier of then");
        assert!(manifest.taken_at < before && manifest.source.read_at.unwrap() >= before, "{text}");
        let is_written = laptop.journal.read(id(1)).unwrap().operation.manifest.is_some();
        assert!(is_written);
        laptop.engine.catch_up(&target).await;
        assert_eq!(cloud.counts().writes, 1);
    });
}

#[test]
fn a_record_that_was_lost_is_made_up_for_without_writing_again() {
    let state = scratch();
    simulate(async {
        let (cloud, laptop) = bereft(state.path()).await;
        let target = instance("apim-dr", Tier::Premium).id;
        let path = laptop.journal.read(id(1)).unwrap().path;
        let before = std::fs::read(&path).unwrap();
        laptop.engine.catch_up(&target).await;
        // The power fails before the last records are on the disk.
        std::fs::write(&path, before).unwrap();
        laptop.engine.catch_up(&target).await;
        assert!(laptop.journal.read(id(1)).unwrap().operation.manifest.is_some());
        assert_eq!(cloud.counts().writes, 1);
    });
}

#[test]
fn a_backup_that_was_written_over_gets_none() {
    let state = scratch();
    simulate(async {
        let (cloud, laptop) = bereft(state.path()).await;
        cloud.meddle("backup", Truth::Succeeds(seconds(600)));
        tokio::time::sleep(seconds(900)).await;
        laptop.engine.catch_up(&instance("apim-dr", Tier::Premium).id).await;
        assert_eq!(cloud.manifest(), None);
        laptop.engine.catch_up(&instance("apim-dr", Tier::Premium).id).await;
        assert_eq!(notes(&laptop).matches("was written over since").count(), 1, "it is said once");
    });
}

#[test]
fn what_lies_there_already_stays() {
    let state = scratch();
    simulate(async {
        let (cloud, laptop) = bereft(state.path()).await;
        cloud.lay_manifest("somebody's own");
        laptop.engine.catch_up(&instance("apim-dr", Tier::Premium).id).await;
        assert_eq!(cloud.manifest().as_deref(), Some("somebody's own"));
        assert!(notes(&laptop).contains("speaks of another backup"));
    });
}

/// A1: read-only is a promise, for the manifest of a backup too that was begun while writing was allowed.
#[test]
fn a_backup_that_outlasts_its_time_to_write_gets_its_manifest_when_there_is_time_again() {
    let state = scratch();
    simulate(async {
        let cloud = Cloud::new(Conditions::default(), Faults::none());
        let laptop = Laptop::start(&cloud, state.path());
        let end = cloud.wall() + jiff::SignedDuration::from_secs(60);
        laptop.engine.azure.set_writing(Wish::For(jiff::SignedDuration::from_secs(60)));
        let (operation, reports) = laptop.run(approved(Kind::Backup, cloud.wall()), 1).await;
        assert_eq!((operation.phase, operation.manifest), (Phase::Succeeded, None));
        let since = format!("read-only since {}", end.strftime("%H:%MZ"));
        assert_eq!(operation.unwritten, Some(since.clone()));
        let told = |it: &Report| match it {
            Report::Operation(_, Some(event), _) => event.in_words(),
            _ => String::new(),
        };
        assert!(reports.iter().any(|it| told(it) == format!("manifest not written: {since}")));
        assert_eq!((cloud.manifest(), cloud.counts().writes), (None, 0));
        // As long as it is read-only nobody tries.
        let before = notes(&laptop);
        laptop.engine.catch_up(operation.intent.work.instance()).await;
        laptop.engine.make_up_manifests(unbounded_channel().0).await;
        assert_eq!((notes(&laptop), cloud.counts().writes), (before, 0));
        laptop.engine.azure.set_writing(Wish::For(jiff::SignedDuration::from_mins(15)));
        let (reports, mut heard) = unbounded_channel();
        laptop.engine.make_up_manifests(reports).await;
        let last = drain(&mut heard).pop().unwrap();
        let Report::Operation(after, ..) = last else { panic!("{last:?}") };
        assert!(after.manifest.is_some() && after.unwritten.is_none(), "{after:?}");
        assert_eq!(laptop.journal.read(id(1)).unwrap().operation, *after);
        assert!(cloud.manifest().is_some());
        laptop.engine.make_up_manifests(unbounded_channel().0).await;
        assert_eq!(cloud.counts().writes, 1);
    });
}
