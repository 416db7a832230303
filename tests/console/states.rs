//! States that are designed and not left over: each says what it is, why, and what to do, and keeps what was known.

use lifeboat::azure::error::AzureError;
use lifeboat::console::message::Loaded;
use lifeboat::console::model::Place;
use lifeboat::console::world::SignIn;
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::glance::Quota;
use lifeboat::domain::operation::{OperationEvent, Poll};
use lifeboat::domain::problem::{Problem, Trouble};
use lifeboat::domain::session::Renewal;
use lifeboat::domain::storage::Location;

use super::frames::{SIZES, golden};
use super::stage::{self, Stage, Told, accepted, later, restore};

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
/// The least size and the usual one.
const TWO: [(u16, u16); 2] = [(80, 24), (120, 35)];

/// What the Azure CLI says when a sign-in is lost, as the console hears it.
pub(crate) fn lost(code: &str) -> Problem {
    let message = match code {
        "50078" => format!(
            "ERROR: AADSTS50078: Presented multi-factor authentication has expired due to policies configured by your \
             administrator.\nInteractive authentication is needed. Please run:\naz login --tenant \"{TENANT}\""
        ),
        "700082" => format!(
            "ERROR: AADSTS700082: The refresh token has expired due to inactivity. It was issued in tenant '{TENANT}'."
        ),
        "50079" => {
            format!("ERROR: AADSTS50079: you must enroll in multi-factor authentication in tenant {TENANT}.")
        }
        _ => format!(
            "Please explicitly log in with:\naz login --tenant {TENANT} --claims-challenge eyJhY2Nlc3M9="
        ),
    };
    AzureError::NoToken { via: "Azure CLI".to_owned(), message }.problem()
}

/// Reads the inventory in vain, `seconds` after the start.
pub(crate) fn in_vain(stage: &mut Stage, problem: Problem, seconds: i64) {
    stage.tell(Msg::Tick(later(seconds)));
    if !matches!(stage.effects.last(), Some(Effect::LoadInventory { .. })) {
        stage.press("<C-r>");
    }
    stage.part(Loaded::Problem(problem));
    stage.part(Loaded::Done { as_of: later(seconds) });
    stage.tell(Msg::Drawn);
}

pub(crate) fn unreachable() -> Problem {
    let mut problem = Problem::new("management.azure.com does not answer")
        .meaning("No connection could be made: timeout.")
        .next("Check the network, the proxy (HTTPS_PROXY) and --cloud, then try again.");
    problem.kind = Trouble::Unreachable;
    problem
}

/// A restore that runs and whose last poll brought this.
pub(crate) fn polls(stage: &mut Stage, poll: Poll) {
    let mut running = Told::begin(7, restore("apim-pay-prod", "apim-pay-dr"), later(-725));
    running.then(later(-724), OperationEvent::Submitting);
    running.then(later(-723), accepted());
    running.then(later(-5), OperationEvent::Polled(poll));
    running.send(stage);
}

fn in_every_state(columns: u16, rows: u16) -> Vec<(&'static str, Stage)> {
    let mut all = Vec::new();
    let mut stage = Stage::empty(columns, rows);
    stage.tell(Msg::Tick(later(2)));
    all.push(("first", Stage::empty(columns, rows)));
    stage.part(Loaded::Subscriptions(vec![stage::subscription()]));
    stage.part(Loaded::Instances(stage::fleet()));
    all.push(("arriving", stage));

    let mut stage = Stage::empty(columns, rows);
    stage.part(Loaded::Subscriptions(vec![stage::subscription()]));
    stage.part(Loaded::Done { as_of: stage::now() });
    all.push(("empty", stage));
    let mut stage = Stage::full(columns, rows);
    stage.press("/lab<Enter><Enter>");
    all.push(("no_backup", stage));
    let mut stage = Stage::full(columns, rows);
    stage.press("/bilxing<Enter>");
    all.push(("filtered_to_nothing", stage));

    let mut stage = Stage::full(columns, rows);
    in_vain(&mut stage, lost("50078"), 252);
    all.push(("signed_out", stage));
    let mut stage = Stage::full(columns, rows);
    polls(&mut stage, Poll { problem: Some(lost("700082")), next_in: 60, ..Poll::default() });
    in_vain(&mut stage, lost("700082"), 20);
    all.push(("signed_out_while_running", stage));
    let mut stage = Stage::full(columns, rows);
    in_vain(&mut stage, unreachable(), 60);
    stage.tell(Msg::Tick(later(64)));
    all.push(("offline", stage));
    let mut stage = Stage::full(columns, rows);
    let mut patience = Problem::new("Azure asks for patience");
    patience.kind = Trouble::Throttled;
    polls(
        &mut stage,
        Poll { http_status: Some(429), problem: Some(patience), next_in: 20, ..Poll::default() },
    );
    all.push(("throttled", stage));
    let mut stage = Stage::full(columns, rows);
    unknown(&mut stage);
    all.push(("unknown", stage));
    let mut stage = Stage::full(columns, rows);
    unknown(&mut stage);
    in_vain(&mut stage, lost("50078"), 60);
    all.push(("two_at_once", stage));
    let mut stage = Stage::full(columns, rows);
    polls(&mut stage, Poll { http_status: Some(202), next_in: 60, ..Poll::default() });
    stage.press("q");
    all.push(("leaving", stage));
    let mut stage = Stage::empty(columns, rows);
    stage.part(Loaded::Subscriptions(vec![stage::subscription()]));
    stage.part(Loaded::Instances(stage::fleet()));
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Listed(Location::new("stcorebackup", "apim")));
    stage.part(Loaded::Done { as_of: stage::now() });
    stage.tell(signed_in(2_820));
    all.push(("partial", stage));
    all
}

pub(crate) fn unknown(stage: &mut Stage) {
    let mut unknown = Told::begin(2, restore("apim-core-prod", "apim-core-dr"), later(-300));
    unknown.then(later(-299), OperationEvent::Submitting);
    let lost = Problem::new("The answer was lost after the request had been sent");
    unknown.then(later(-280), OperationEvent::Unconfirmed { problem: lost });
    unknown.send(stage);
}

fn signed_in(seconds: i64) -> Msg {
    let (until, tenant) = (later(seconds), Some(TENANT.to_owned()));
    Msg::SignedIn(SignIn { until, tenant, renewal: Renewal::Assured })
}

#[test]
fn every_state_at_every_size() {
    for (columns, rows) in SIZES {
        for (name, mut stage) in in_every_state(columns, rows) {
            stage.model.notice = None;
            golden(&format!("state_{name}_{columns}x{rows}"), &stage);
        }
    }
    golden("state_too_small_62x18", &Stage::full(62, 18));
}

#[test]
fn e2_a_lost_sign_in_is_a_banner_with_the_exact_line_and_the_data_stays() {
    for code in ["50078", "700082", "50079", "claims challenge"] {
        for (columns, rows) in TWO {
            let mut stage = Stage::full(columns, rows);
            in_vain(&mut stage, lost(code), 252);
            let screen = stage.screen();
            assert!(screen.contains(&format!("az login --tenant {TENANT}")), "{code}\n{screen}");
            assert!(screen.contains("Signed out since 12:08Z"), "{code}\n{screen}");
            assert!(screen.contains("Data is 4m12s old"), "{code}\n{screen}");
            assert!(screen.contains("apim-core-prod"), "{code}: what was known stays\n{screen}");
            stage.tell(Msg::Tick(later(262)));
            assert!(stage.screen().contains("Data is 4m22s old"), "its age goes on: {}", stage.screen());
            let asked = stage.effects.len();
            stage.press("<C-r>");
            assert!(matches!(stage.effects[asked..], [Effect::LoadInventory { .. }]), "Ctrl-R tries again");
            stage.part(Loaded::Instances(stage::fleet()));
            stage.part(Loaded::Done { as_of: later(262) });
            assert!(!stage.screen().contains("Signed out"), "{}", stage.screen());
        }
    }
}

/// A 401 names no tenant; the one that was signed in to before is the one to sign in to again.
#[test]
fn e2_the_tenant_of_before_completes_the_line() {
    let mut refused = Problem::new("Azure does not take the sign-in for the subscriptions");
    refused.next = Some("Sign in with: az login".to_owned());
    refused.kind = Trouble::SignedOut;
    let mut stage = Stage::full(80, 24);
    stage.tell(signed_in(600));
    in_vain(&mut stage, refused, 60);
    assert!(stage.screen().contains(&format!("az login --tenant {TENANT}")), "{}", stage.screen());
}

#[test]
fn e4_a_network_that_is_down_is_tried_again_and_counted_and_nothing_is_cleared() {
    let mut stage = Stage::full(120, 35);
    in_vain(&mut stage, unreachable(), 60);
    stage.effects.push(Effect::Repaint);
    let mut tries = Vec::new();
    // Ten minutes without an answer.
    for second in 61..660 {
        stage.tell(Msg::Tick(later(second)));
        if matches!(stage.effects.last(), Some(Effect::LoadInventory { .. })) {
            tries.push(second);
            stage.part(Loaded::Problem(unreachable()));
            stage.part(Loaded::Done { as_of: later(second) });
            stage.effects.push(Effect::Repaint);
        }
    }
    assert_eq!(tries[..4], [75, 105, 165, 225], "15 s, 30 s, then every minute");
    assert_eq!(tries.len(), 11);
    let screen = stage.screen();
    assert!(screen.contains("Network down since 12:05Z (management.azure.com does not answer)"), "{screen}");
    assert!(screen.contains("(try 13). Ctrl-R now."), "{screen}");
    assert!(screen.contains("apim-core-prod"), "{screen}");
    assert_eq!(*stage.model.place(), Place::Fleet);
    let question = stage.press("<C-r>").question();
    stage.tell(Msg::Loaded { request: question, what: Loaded::Instances(stage::fleet()) });
    stage.tell(Msg::Loaded { request: question, what: Loaded::Done { as_of: later(660) } });
    assert!(!stage.screen().contains("Network down"), "{}", stage.screen());
    assert!(stage.model.world.outage.is_none());
}

/// One account behind a private endpoint is no network that is down.
#[test]
fn e4_a_part_that_does_not_answer_is_no_outage() {
    let mut stage = Stage::full(80, 24);
    stage.press("<C-r>");
    stage.part(Loaded::Instances(stage::fleet()));
    stage.part(Loaded::Problem(unreachable().about("stcorebackup/apim")));
    stage.part(Loaded::Done { as_of: later(0) });
    assert!(!stage.screen().contains("Network down"), "{}", stage.screen());
    assert!(stage.screen().contains("1 part unreadable (!)"), "{}", stage.screen());
}

#[test]
fn e4_polls_that_the_network_swallows_are_counted_too() {
    let mut stage = Stage::full(120, 35);
    let mut running = Told::begin(7, restore("apim-pay-prod", "apim-pay-dr"), later(-725));
    running.then(later(-724), OperationEvent::Submitting);
    running.then(later(-723), accepted());
    for seconds in [-60, -40, -4] {
        let lost = Poll { problem: Some(unreachable()), next_in: 20, ..Poll::default() };
        running.then(later(seconds), OperationEvent::Polled(lost));
    }
    running.send(&mut stage);
    let screen = stage.screen();
    assert!(
        screen.contains("Network down since 12:03Z: the restore of apim-pay-dr cannot be asked"),
        "{screen}"
    );
    assert!(screen.contains("Retry in 16s (try 4)."), "{screen}");
    running.then(later(0), stage::polled("Updating"));
    running.send(&mut stage);
    assert!(!stage.screen().contains("Network down"), "{}", stage.screen());
}

/// Whoever is refused: the banner tells it while it is true, and everywhere but on the wall, which says it itself.
#[test]
fn o4_a_429_anywhere_is_told_while_it_matters() {
    for (columns, rows) in TWO {
        let mut stage = Stage::full(columns, rows);
        let quota = |throttled, closed: Option<i64>| Msg::Quota {
            at: stage::now(),
            quota: Quota { throttled, closed_until: closed.map(later), ..Quota::default() },
        };
        stage.tell(quota(0, None));
        assert!(!stage.screen().contains("429"), "{}", stage.screen());
        stage.tell(quota(2, Some(20)));
        assert!(stage.screen().contains("some kinds of question for 20s"), "{}", stage.screen());
        stage.tell(Msg::Tick(later(21)));
        assert!(stage.screen().contains("2 answers in 15 min"), "{}", stage.screen());
        stage.press("4");
        assert!(
            !stage.screen().contains("sked to wait (429)") && !stage.screen().contains("sked us to wait")
        );
        stage.press("q");
        stage.tell(Msg::Tick(later(15 * 60)));
        assert!(!stage.screen().contains("429"), "{}", stage.screen());

        let mut refused = Problem::new("Azure asks for patience with the note");
        refused.http_status = Some(429);
        stage.tell(Msg::Trouble(refused));
        assert!(stage.screen().contains("1 other question of late (!)"), "{}", stage.screen());
        stage.tell(Msg::Tick(later(17 * 60 + 1)));
        assert!(!stage.screen().contains("429"), "{}", stage.screen());
    }
}

#[test]
fn e1_a_problem_stays_until_it_was_read() {
    let mut stage = Stage::full(80, 24);
    assert!(!stage.screen().contains("unread"));
    stage.tell(Msg::Trouble(Problem::new("The journal is full")));
    stage.press("jjk");
    assert!(stage.screen().contains("! 1 unread"), "{}", stage.screen());
    stage.press("!");
    assert!(stage.screen().contains("The journal is full"), "{}", stage.screen());
    stage.press("q");
    assert!(!stage.screen().contains("unread"), "{}", stage.screen());
    // What a reading tells of again was read already; what is new was not.
    stage.tell(Msg::Tick(later(30)));
    stage.press("<C-r>");
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Done { as_of: later(30) });
    assert!(stage.screen().contains("! 1 unread"), "{}", stage.screen());
    stage.press("!q");
    stage.tell(Msg::Tick(later(60)));
    stage.press("<C-r>");
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Done { as_of: later(60) });
    assert!(!stage.screen().contains("unread"), "{}", stage.screen());
}

#[test]
fn e5_the_life_of_the_token_is_on_the_screen_and_asked_for_before_its_end() {
    let mut stage = Stage::full(80, 24);
    assert!(!stage.screen().contains("auth"));
    stage.tell(signed_in(2_820));
    assert!(stage.screen().contains("auth 47m"), "{}", stage.screen());
    let asked = |stage: &Stage| stage.effects.iter().filter(|it| matches!(it, Effect::AskSignIn)).count();
    stage.tell(Msg::Tick(later(2_510)));
    assert_eq!(asked(&stage), 0);
    for second in [2_530, 2_540, 2_560] {
        stage.tell(Msg::Tick(later(second)));
    }
    assert_eq!(asked(&stage), 1, "once a minute at most");
    stage.tell(Msg::Tick(later(2_900)));
    assert_eq!(asked(&stage), 2);
    assert!(stage.screen().contains("auth ended"), "{}", stage.screen());
    stage.tell(signed_in(2_900 + 3_600));
    assert!(stage.screen().contains("auth 1h00m"), "{}", stage.screen());
}

#[test]
fn s7_a_subscription_that_failed_is_counted_in_the_title() {
    let mut stage = Stage::full(80, 24);
    stage.press("<C-r>");
    stage.part(Loaded::Instances(stage::fleet()));
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Done { as_of: later(0) });
    let screen = stage.screen();
    assert!(screen.contains("1 of 2 subscriptions FAILED (!)"), "{screen}");
    stage.press("<C-r>");
    stage.part(Loaded::Problem(stage::hr_problem()));
    stage.part(Loaded::Problem(unreachable().about("stcorebackup/apim")));
    stage.part(Loaded::Done { as_of: later(0) });
    assert!(stage.screen().contains("1 of 2 subscriptions, 1 part FAILED (!) ╗"), "{}", stage.screen());
    assert!(screen.contains("apim-core-prod"), "{screen}");
}

/// Every banner leaves the list its cursor: the rows that fit are counted without the lines of the banner.
#[test]
fn a_banner_takes_its_lines_from_the_body_and_hides_no_cursor() {
    for (columns, rows) in [(80, 24), (80, 25), (120, 35), (200, 55)] {
        for (_, mut stage) in in_every_state(columns, rows) {
            stage.model.overlay = None;
            for keys in ["1", "G", "gjj", "<PgDn>", "2G", "5", "7", "4", "6"] {
                stage.press(keys);
                let (_, line) = stage.cursor();
                let banner = stage.model.size().banner;
                let below = 3 + banner;
                let is_list = !stage.model.world.inventory.instances.all().is_empty() && line > 0;
                assert!(
                    !is_list || line >= below,
                    "{keys}: line {line}, banner {banner}\n{}",
                    stage.screen()
                );
                assert!(line < rows - 1, "{keys}\n{}", stage.screen());
            }
        }
    }
}

#[test]
fn e2_a_sign_in_that_only_a_poll_missed_is_told_and_one_of_what_has_ended_is_not() {
    let mut stage = Stage::full(120, 35);
    polls(&mut stage, Poll { problem: Some(lost("700082")), next_in: 60, ..Poll::default() });
    let screen = stage.screen();
    assert!(screen.contains("Signed out since"), "{screen}");
    assert_eq!(screen.matches("--tenant").count(), 1, "the tenant is named once\n{screen}");
    let mut ended = Told::begin(7, restore("apim-pay-prod", "apim-pay-dr"), later(-725));
    ended.then(later(-724), OperationEvent::Submitting);
    ended.then(later(-723), accepted());
    ended.then(later(-4), OperationEvent::Failed { problem: lost("700082") });
    let mut stage = Stage::full(120, 35);
    ended.send(&mut stage);
    assert!(!stage.screen().contains("Signed out since"), "{}", stage.screen());
}

#[test]
fn e2_the_sign_in_comes_before_the_network_and_names_its_tenant_once() {
    let mut stage = Stage::full(120, 35);
    in_vain(&mut stage, lost("50078"), 60);
    stage.tell(signed_in(600));
    polls(&mut stage, Poll { problem: Some(unreachable()), next_in: 20, ..Poll::default() });
    let screen = stage.screen();
    assert_eq!(screen.matches("--tenant").count(), 1, "{screen}");
    let (first, second) = (screen.find("Signed out since"), screen.find("Network down since"));
    assert!(first.is_some() && second.is_some() && first < second, "{screen}");
}

#[test]
fn e4_a_try_that_is_due_or_under_way_is_said_to_be_made_now() {
    let mut stage = Stage::full(120, 35);
    in_vain(&mut stage, unreachable(), 60);
    assert!(stage.screen().contains("Retry in 15s"), "{}", stage.screen());
    stage.tell(Msg::Tick(later(64)));
    stage.press("<C-r>");
    assert!(stage.screen().contains("Trying now (try 2)"), "it is under way\n{}", stage.screen());
    let mut stage = Stage::full(120, 35);
    polls(&mut stage, Poll { problem: Some(unreachable()), next_in: 5, ..Poll::default() });
    assert!(stage.screen().contains("Trying now (try 2)"), "it is due\n{}", stage.screen());
}

#[test]
fn o4_every_poll_and_every_part_that_was_refused_is_counted() {
    let mut stage = Stage::full(200, 55);
    let mut patience = Problem::new("Azure asks for patience");
    patience.kind = Trouble::Throttled;
    let poll =
        Poll { http_status: Some(429), problem: Some(patience.clone()), next_in: 20, ..Poll::default() };
    for (number, target) in [(7, "apim-pay-dr"), (8, "apim-core-dr")] {
        let mut running = Told::begin(number, restore("apim-pay-prod", target), later(-725));
        running.then(later(-724), OperationEvent::Submitting);
        running.then(later(-723), accepted());
        running.then(later(-5), OperationEvent::Polled(poll.clone()));
        running.send(&mut stage);
    }
    assert!(stage.screen().contains(" and 1 more, asked again in 15s"), "{}", stage.screen());
    in_vain(&mut stage, patience, 1);
    assert!(stage.screen().contains("1 part of the inventory"), "{}", stage.screen());
}

#[test]
fn e1_the_newest_unknown_is_named_and_the_others_counted() {
    let mut stage = Stage::full(120, 35);
    for (number, target, sent) in
        [(3, "apim-core-dr", -500), (9, "apim-pay-dr", -60), (5, "apim-billing-dr", -400)]
    {
        let mut one = Told::begin(number, restore("apim-core-prod", target), later(sent));
        one.then(later(sent), OperationEvent::Submitting);
        one.then(later(sent), OperationEvent::Unconfirmed { problem: Problem::new("lost") });
        one.send(&mut stage);
    }
    let screen = stage.screen();
    assert!(screen.contains("apim-pay-dr: restore sent") && screen.contains("2 more like it"), "{screen}");
}
