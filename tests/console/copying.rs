//! D3: what is copied of the thing under the cursor, read by the shells that it is meant for; the portal; T3: a text that
//! nothing can carry.

use std::process::Command;

use lifeboat::console::message::Loaded;
use lifeboat::console::preferences::{Browser, Preferences};
use lifeboat::console::{Effect, Msg};
use lifeboat::domain::backup::Provenance;
use lifeboat::domain::operation::OperationEvent;
use lifeboat::domain::plan::{Access, Plan};
use lifeboat::domain::problem::Problem;

use super::facts::account;
use super::stage::{self, Stage, Told};
use super::trials::{Chance, seeds, trials};

/// The words of every call of `az` and `curl` when bash reads this text: each with its name first.
fn calls(text: &str) -> Vec<Vec<String>> {
    let script = format!(
        "set -eu\nACCOUNT_KEY='the+key/=='\nsay() {{ printf '%s\\0' \"$@\" >&2; printf '\\n\\0' >&2; }}\n\
         az() {{ say az \"$@\"; printf 'the-token'; }}\ncurl() {{ say curl \"$@\"; }}\n{text}\n"
    );
    let output = Command::new("bash").args(["--norc", "-c", &script]).output().unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stderr).unwrap();
    let calls = said.split("\n\0").filter(|call| !call.is_empty());
    calls.map(|call| call.split_terminator('\0').map(str::to_owned).collect()).collect()
}

fn after<'a>(words: &'a [String], option: &str) -> &'a str {
    let at =
        words.iter().position(|word| word == option).unwrap_or_else(|| panic!("no {option} in {words:?}"));
    &words[at + 1]
}

/// A console at the review of a restore with this access.
fn review(access: &str) -> Stage {
    let mut stage = Stage::full(120, 35);
    stage.press("/core-prod<Enter><Enter>arn");
    let draft = stage.model.draft.as_mut().unwrap();
    let access: Access = access.parse().unwrap();
    draft.access = draft.accesses.iter().position(|it| *it == access).unwrap();
    stage.press("n");
    stage.answer(|_| {});
    stage.press("n");
    assert!(stage.screen().contains("4 REVIEW"), "{}", stage.screen());
    stage
}

#[test]
fn d3_the_exact_request_of_a_plan_can_be_copied_for_three_shells() {
    let mut stage = review("system");
    let Plan::Restore(plan) = stage.model.draft.as_ref().unwrap().plan().unwrap() else { panic!() };
    let request = Plan::Restore(plan).request("https://management.azure.com");
    let body = serde_json::to_value(&request.body).unwrap();
    stage.press("Ya");
    let calls_of_az = calls(stage.copied());
    let az = &calls_of_az[0];
    assert_eq!(az[..4], ["az", "rest", "--method", "post"]);
    assert_eq!(after(az, "--url"), request.url);
    assert_eq!(serde_json::from_str::<serde_json::Value>(after(az, "--body")).unwrap(), body);
    stage.press("Yc");
    let calls_of_curl = calls(stage.copied());
    assert_eq!(calls_of_curl[0][..3], ["az", "account", "get-access-token"]);
    let curl = &calls_of_curl[1];
    assert_eq!((after(curl, "--request"), curl.last().unwrap()), ("POST", &request.url));
    assert_eq!(serde_json::from_str::<serde_json::Value>(after(curl, "--data-raw")).unwrap(), body);
    assert!(curl.contains(&"Authorization: Bearer the-token".to_owned()), "{curl:?}");
    stage.press("Yp");
    let powershell = stage.copied();
    let path = request.url.strip_prefix("https://management.azure.com").unwrap();
    assert!(
        powershell.starts_with(&format!("Invoke-AzRestMethod -Method POST -Path '{path}' -Payload '{{")),
        "{powershell}"
    );
    stage.press("Yu");
    assert_eq!(stage.copied(), request.url);
    stage.press("Yj");
    assert_eq!(serde_json::from_str::<serde_json::Value>(stage.copied()).unwrap(), body);
    assert_eq!(stage.started(), 0);
}

#[test]
fn d5_a_key_is_a_variable_in_every_form() {
    let mut stage = review("key");
    stage.press("Ya");
    let az = calls(stage.copied()).remove(0);
    let body: serde_json::Value = serde_json::from_str(after(&az, "--body")).unwrap();
    assert_eq!((&body["accessKey"], &body["accessType"]), (&"the+key/==".into(), &"AccessKey".into()));
    assert!(stage.copied().contains("\"$ACCOUNT_KEY\""), "{}", stage.copied());
    stage.press("Yp");
    assert!(stage.copied().contains("\"accessKey\":\"' + $env:ACCOUNT_KEY + '\"}')"), "{}", stage.copied());
    stage.press("Yj");
    assert!(!stage.copied().contains("accessKey"), "{}", stage.copied());
}

#[test]
fn d3_of_an_instance_a_backup_and_an_operation_the_reading_is_copied() {
    let mut stage = Stage::full(120, 35);
    stage.part(Loaded::Accounts(vec![account()]));
    stage.press("/core-prod<Enter>Ya");
    let az = calls(stage.copied()).remove(0);
    assert!(after(&az, "--url").ends_with("/service/apim-core-prod?api-version=2024-05-01"), "{az:?}");
    assert_eq!(after(&az, "--method"), "get");
    stage.press("Yj");
    assert!(stage.copied().contains("\"name\": \"apim-core-prod\""), "{}", stage.copied());
    stage.press("<Enter>Ya");
    let az = calls(stage.copied()).remove(0);
    assert_eq!(az[..4], ["az", "storage", "blob", "show"], "{az:?}");
    assert!(az.iter().any(|word| word.starts_with("--name=apim-core-prod-")), "{az:?}");
    stage.wall();
    stage.press("4");
    let all = stage.model.world.operations();
    let running = all.iter().find(|it| it.operation.correlation_id.is_some()).unwrap().operation.id();
    stage.model.wall.cursor = Some(running);
    stage.press("Yu");
    let url = stage.copied();
    assert!(!url.contains("operationresults"), "its own address is signed: {url}");
    assert!(url.contains("/providers/Microsoft.Insights/eventtypes/management/values?api-version="), "{url}");
    assert!(url.contains("correlationId%20eq%20%277f1e2b6c"), "{url}");
}

/// What shells, line editors and terminals take for something else than a letter.
const MARKS: [&str; 27] = [
    "'",
    "\"",
    "\\",
    "$HOME",
    "$(id)",
    "`id`",
    "!",
    "-",
    " ",
    ";",
    "&",
    "*",
    "[a]",
    "{x}",
    "%41",
    "é",
    "’",
    "\u{202e}",
    "\n",
    "~",
    "#",
    "\u{15}",
    "\u{1b}[201~",
    "\t",
    "\r",
    "\u{7f}",
    "\u{9b}",
];

#[test]
fn d3_hostile_names_reach_the_other_side_of_bash_to_the_letter() {
    let seeds = seeds(trials(60, 5_000));
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let name: String = (0..chance.between(1, 8)).map(|_| *chance.pick(&MARKS)).collect();
        let mut backup = stage::backup("apim-core-prod", Some("Premium"), 1, Provenance::Manifest);
        backup.blob.address.name = format!("{name}x");
        let wanted = backup.blob.address.name.clone();
        let mut stage = Stage::full(120, 35);
        stage.press("<C-r>");
        stage.part(Loaded::Instances(stage::fleet()));
        stage.part(Loaded::Accounts(vec![account()]));
        stage.part(Loaded::Backups(vec![backup]));
        stage.press("/core-prod<Enter><Enter>Ya");
        assert!(
            !stage.copied().contains(|c: char| c != '\n' && c.is_control()),
            "seed {seed}: it acts when pasted"
        );
        let az = calls(stage.copied()).remove(0);
        assert!(az.contains(&format!("--name={wanted}")), "seed {seed}: {az:?}");
        stage.press("arnn");
        stage.answer(|_| {});
        // Whatever the checks say of such a name: the review is what is looked at.
        stage.model.draft.as_mut().unwrap().step = lifeboat::console::draft::Step::Review;
        for (form, name, option) in [("Ya", "az", "--body"), ("Yc", "curl", "--data-raw")] {
            stage.press(form);
            let all = calls(stage.copied());
            let call = all.last().unwrap();
            assert_eq!(call[0], name);
            let body: serde_json::Value = serde_json::from_str(after(call, option)).unwrap();
            assert_eq!(body["backupName"], wanted.as_str(), "seed {seed}");
            assert!(stage.copied().chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "seed {seed}");
        }
    }
    println!("{} hostile names through bash, seeds 1 to {}", seeds.len(), seeds.len());
}

/// The journal of somebody else may say any time.
#[test]
fn a_time_at_the_end_of_all_times_can_be_copied() {
    for at in [jiff::Timestamp::MIN, jiff::Timestamp::MAX] {
        let mut stage = Stage::full(120, 35);
        let mut told = Told::begin(1, stage::restore("apim-core-prod", "apim-core-dr"), at);
        told.then(at, OperationEvent::Submitting);
        told.then(at, stage::accepted());
        told.send(&mut stage);
        stage.press("4Yu");
        assert!(stage.copied().contains("eventTimestamp"), "{}", stage.copied());
    }
}

#[test]
fn the_portal_page_is_shown_and_copied_and_opened_only_before_a_display() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter>o");
    let page = stage.copied();
    assert!(page.starts_with("https://portal.azure.com/#resource/subscriptions/6f1c/"), "{page}");
    let shown: String = stage.screen().split_whitespace().filter(|word| !word.contains(['║', '|'])).collect();
    assert!(shown.contains("service/apim-core-prod/overview"), "{}", stage.screen());
    assert!(!stage.effects.iter().any(|it| matches!(it, Effect::Browse(_))));
    stage.press("<Esc>");
    assert!(stage.model.overlay.is_none());
    let mut stage = Stage::with(Preferences { browser: Browser::Here, ..stage::preferences() }, 80, 24);
    stage.load();
    stage.press("/core-prod<Enter>o");
    assert!(stage.effects.contains(&Effect::Browse(stage.copied().to_owned())));
    let lab = Preferences { resource_manager: "http://127.0.0.1:4711".to_owned(), ..stage::preferences() };
    let mut stage = Stage::with(lab, 80, 24);
    stage.load();
    stage.press("/core-prod<Enter>o");
    assert!(stage.screen().contains("no portal is known for this cloud"), "{}", stage.screen());
}

#[test]
fn t3_what_nothing_can_carry_is_shown_whole_and_can_be_scrolled() {
    let mut stage = Stage::full(80, 24);
    let text: String = (0..200).map(|line| format!("line {line} of it\n")).collect();
    stage.tell(Msg::Uncopied { text, problem: Problem::new("This terminal has no clipboard") });
    let screen = stage.screen();
    assert!(
        screen.contains("Not copied") && screen.contains("no clipboard") && screen.contains("line 0 of it"),
        "{screen}"
    );
    stage.press("G");
    assert!(stage.screen().contains("line 199 of it"), "{}", stage.screen());
    stage.press("g");
    assert!(stage.screen().contains("line 0 of it"), "{}", stage.screen());
    stage.press("<Esc>");
    assert!(stage.model.overlay.is_none());
}
