//! Times: each as usual, all as moments, all as durations, on every screen that shows any; and what ticks.

use jiff::SignedDuration;
use lifeboat::console::model::Times;
use lifeboat::console::preferences::{Preferences, Run};
use lifeboat::console::{Key, Msg};

use super::comparing;
use super::failover;
use super::stage::{self, Stage, hr_problem};
use super::timeline;
use super::wall;

fn after(keys: &str) -> Stage {
    let mut stage = Stage::full(120, 35);
    stage.press(keys);
    stage
}

fn checked(keys: &str) -> Stage {
    let mut stage = Stage::full(120, 35);
    stage.check_a_restore();
    stage.answer(|_| {});
    stage.press(keys);
    stage
}

fn problems() -> Stage {
    let mut stage = Stage::full(120, 35);
    stage.tell(Msg::Trouble(hr_problem()));
    stage.press("!");
    stage
}

/// A screen, and what stands on it as usual, as a moment, as a duration.
type Case = (&'static str, Stage, [&'static str; 3]);

fn cases() -> Vec<Case> {
    vec![
        ("fleet, a column", after("/core-prod<Enter>"), ["25h10m 28d22h", "11-22  12-22", "25h10m 28d22h"]),
        ("fleet, its head", after(""), ["as of 12:04Z", "as of 12:04Z", "read <1m ago"]),
        (
            "fleet, the next end",
            after(""),
            ["next expiry 19:50:00", "next expiry 07:54Z", "next expiry 19:50:00"],
        ),
        ("backups, taken", after("/core-prod<Enter><Enter>"), ["11-22 10:54", "11-22 10:54", "25h10m ago"]),
        ("backups, age", after("/core-prod<Enter><Enter>"), ["RPO 25h10m", "RPO 11-22", "RPO 25h10m"]),
        (
            "backups, cover",
            after("/core-prod<Enter><Enter>"),
            ["cover ends in 28d22h", "cover ends 2026-12-22 10:54Z", "cover ends in 28d22h"],
        ),
        (
            "a cell of the matrix",
            after("/core-prod<Enter><Enter><Enter>"),
            ["taken 2026-11-22 10:54Z", "taken 2026-11-22 10:54Z", "taken 25h10m ago"],
        ),
        ("checks", checked(""), ["read 0s ago", "read 12:04:31Z", "read 0s ago"]),
        ("what a check rests on", checked(""), [", 12:04:31Z)", ", 12:04:31Z)", ", <1m ago)"]),
        (
            "failover",
            failover::planned(120, 35),
            ["expires in 28d22h", "expires 2026-12-22", "expires in 28d22h"],
        ),
        (
            "wall, a poll",
            wall::wall(120, 35),
            ["last poll 12:04:27Z", "last poll 12:04:27Z", "last poll <1m ago"],
        ),
        ("wall, how fresh", wall::wall(120, 35), ["live  <10s", "live  12:04:27Z", "live  <10s"]),
        (
            "timeline",
            timeline::open(120, 35),
            ["UTC       OFFSET", "UTC                  OFFSET", "AGO       OFFSET"],
        ),
        (
            "parity",
            comparing::compared(120, 35),
            ["compared 40s ago", "compared 12:03:51Z", "compared 40s ago"],
        ),
        (
            "problems",
            problems(),
            ["12:04Z  Subscription HR", "12:04Z  Subscription HR", "<1m ago  Subscription HR"],
        ),
    ]
}

#[test]
fn d2_every_screen_shows_its_times_as_usual_as_moments_and_as_durations() {
    for (name, mut stage, shown) in cases() {
        for (number, wanted) in shown.iter().chain([&shown[0]]).enumerate() {
            let screen = stage.screen();
            assert!(screen.contains(wanted), "{name}, after {number} times t, has not {wanted:?}\n{screen}");
            stage.press("t");
        }
        assert_eq!(stage.model.times, Times::Moments, "four times t");
    }
    println!("D2: {} places, three ways each", cases().len());
}

#[test]
fn d2_what_t_did_is_said() {
    let mut stage = after("");
    for words in ["every time as a moment in UTC", "every time as a duration", "times as usual"] {
        stage.press("t");
        assert!(stage.screen().contains(words), "{}", stage.screen());
    }
}

#[test]
fn d2_a_countdown_below_a_day_ticks() {
    let mut stage = after("");
    assert!(stage.screen().contains("19:50:00"), "{}", stage.screen());
    stage.tell(Msg::Tick(stage::now() + SignedDuration::from_secs(1)));
    assert!(stage.model.is_dirty());
    assert!(stage.screen().contains("19:49:59"), "{}", stage.screen());
    assert_eq!(stage.model.next_tick().map(|it| it.as_secs() <= 1), Some(true));
}

#[test]
fn h3_whoever_is_here_for_the_first_time_is_told_three_keys_until_the_first_key() {
    let card = "First time here?   ? keys   / filter   : commands";
    let mut stage = Stage::with(Preferences { run: Run::First, ..stage::preferences() }, 80, 24);
    assert!(stage.screen().contains(card), "{}", stage.screen());
    stage.load();
    assert!(stage.screen().contains(card), "it outlives what arrives");
    stage.tell(Msg::Key(Key::Down));
    assert!(!stage.screen().contains(card));
    assert!(!Stage::full(80, 24).screen().contains("First time"));
}
