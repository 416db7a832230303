//! Esc at the root ends a reading: what has arrived stays and never passes for all there is.

use lifeboat::console::effect::Effect;
use lifeboat::console::message::{Loaded, Msg, RequestId};
use lifeboat::console::model::Place;

use super::frames::{SIZES, golden};
use super::stage::{Stage, fleet, instance, now, subscription};

fn count(stage: &Stage, wanted: fn(&Effect) -> bool) -> usize {
    stage.effects.iter().filter(|it| wanted(it)).count()
}

fn cancelled(stage: &Stage) -> usize {
    count(stage, |it| *it == Effect::CancelInventory)
}

fn arriving(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::empty(columns, rows);
    stage.part(Loaded::Subscriptions(vec![subscription()]));
    stage.part(Loaded::Instances(fleet().into_iter().take(4).collect()));
    stage.tell(Msg::Drawn);
    stage
}

#[test]
fn a_first_load_is_cancelled_by_esc_and_what_arrived_is_partial() {
    let mut stage = arriving(120, 35);
    assert!(stage.screen().contains("4 instances so far  Esc cancels"), "{}", stage.screen());
    stage.press("<Esc>");
    assert_eq!((cancelled(&stage), count(&stage, |it| *it == Effect::Quit)), (1, 0));
    let screen = stage.screen();
    assert!(screen.contains("PARTIAL, cancelled by you"), "{screen}");
    assert!(screen.contains("reading cancelled: what is shown is partial, Ctrl-R reads anew"), "{screen}");
    assert_eq!(stage.model.fleet_rows().len(), 4);
    // Nothing was read of their backups: that is not known, and no alarm.
    assert!(screen.contains("unknown") && !screen.contains("critical"), "{screen}");
    assert!(!screen.contains("part unreadable"), "{screen}");
    // What was on its way comes too late.
    stage.part(Loaded::Instances(vec![instance("apim-late", "Premium", 1, "westeurope")]));
    stage.part(Loaded::Done { as_of: now() });
    assert_eq!(stage.model.fleet_rows().len(), 4);
    assert!(stage.screen().contains("PARTIAL, cancelled by you"), "{}", stage.screen());
    stage.press("<Esc><Esc>!");
    assert_eq!((cancelled(&stage), count(&stage, |it| *it == Effect::Quit)), (1, 0), "n2");
    assert!(stage.screen().contains("cancelled by you"), "{}", stage.screen());
    stage.press("q<C-r>");
    stage.load();
    assert!(!stage.screen().contains("PARTIAL"), "{}", stage.screen());
    assert_eq!(stage.model.world.inventory.instances.all().len(), fleet().len());
}

#[test]
fn a_later_reading_is_cancelled_too_and_what_was_read_before_stays_with_its_age() {
    let mut stage = Stage::full(120, 35);
    let before = stage.model.fleet_rows().len();
    stage.press("/core<Enter><C-r>");
    stage.tell(Msg::Tick(now() + jiff::SignedDuration::from_secs(120)));
    stage.press("<Esc>");
    assert_eq!(cancelled(&stage), 0, "the filter is the innermost");
    stage.part(Loaded::Instances(fleet().into_iter().take(2).collect()));
    stage.press("<Esc>");
    assert_eq!((cancelled(&stage), stage.model.fleet_rows().len()), (1, before));
    assert_eq!(stage.model.world.inventory.as_of(), Some(now()), "as old as the oldest of it");
    assert!(stage.screen().contains("PARTIAL, cancelled by you"), "{}", stage.screen());
    // It is not tried again by itself.
    let asked = count(&stage, |it| matches!(it, Effect::LoadInventory { .. }));
    for seconds in [180, 600, 3600] {
        stage.tell(Msg::Tick(now() + jiff::SignedDuration::from_secs(seconds)));
    }
    assert_eq!(count(&stage, |it| matches!(it, Effect::LoadInventory { .. })), asked);
    assert_ne!(stage.question(), RequestId(1));
}

#[test]
fn elsewhere_esc_goes_back_and_the_reading_goes_on() {
    let mut stage = arriving(120, 35);
    stage.press("!<Esc>");
    assert_eq!((cancelled(&stage), stage.model.place()), (0, &Place::Fleet));
    stage.part(Loaded::Done { as_of: now() });
    stage.press("<Esc>");
    assert_eq!(cancelled(&stage), 0, "there is nothing to cancel");
}

#[test]
fn it_looks_partial() {
    for (columns, rows) in SIZES {
        let mut stage = arriving(columns, rows);
        stage.press("<Esc>");
        golden(&format!("cancelled_{columns}x{rows}"), &stage);
    }
}
