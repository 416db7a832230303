//! What the cache of an earlier run may do: be shown with its age, and nothing else. A restore is never approved from it.

use jiff::{SignedDuration, Timestamp};
use lifeboat::console::message::{Cached, Loaded};
use lifeboat::domain::fact::Fact;

use super::stage::{self, Stage};

/// A console that has nothing but the cache of an earlier run, read at this time.
fn remembering(as_of: Timestamp) -> Stage {
    let mut stage = Stage::empty(80, 24);
    stage.part(Loaded::Cache(Box::new(Cached {
        as_of,
        subscriptions: vec![stage::subscription()],
        instances: stage::fleet(),
        accounts: vec![stage::account()],
        backups: stage::backups(),
    })));
    stage
}

/// Makes a fact as old as the cache.
fn age<T>(fact: &mut Fact<T>, as_of: Timestamp) {
    if let Fact::Known(known) = fact {
        known.read_at = as_of;
    }
}

#[test]
fn what_the_cache_remembers_is_shown_with_its_age_and_approves_nothing() {
    let ages = [(61, "1m"), (3600, "1h00m"), (30 * 86_400, "30d00h"), (-61, "<1m"), (-86_400, "<1m")];
    for (old, told) in ages {
        let old = SignedDuration::from_secs(old);
        let as_of = stage::now() - old;
        let mut stage = remembering(as_of);
        let screen = stage.screen();
        assert!(screen.contains("apim-core-prod"), "{screen}");
        assert!(screen.contains(&format!("shown: cache, {told} old")), "{screen}");
        stage.check_a_restore();
        stage.press("nnapim-core-dr<Enter><Enter>");
        assert_eq!(stage.started(), 0, "nothing was read since");
        stage.answer(|facts| {
            age(&mut facts.instance, as_of);
            age(&mut facts.backup, as_of);
        });
        stage.press("<Enter>nnapim-core-dr<Enter><Enter>");
        assert_eq!(stage.started(), 0, "{old:#}: what was read is as old as the cache");
    }
    // The same keys with fresh facts begin one: it was the age.
    let mut stage = remembering(stage::now() - SignedDuration::from_hours(1));
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press("nnapim-core-dr<Enter><Enter>");
    assert_eq!(stage.started(), 1);
}
