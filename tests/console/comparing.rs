//! An instance beside its standby: the frames, and what the keys do.

use jiff::SignedDuration;
use lifeboat::console::intent::ReportFormat;
use lifeboat::console::model::{ParityRow, Place};
use lifeboat::console::preferences::Preferences;
use lifeboat::console::{Effect, Msg, RequestId};
use lifeboat::domain::fact::{Fact, Unknown, Unreadable};
use lifeboat::domain::instance::Identity;
use lifeboat::domain::parity::{
    CaCertificate, Certificate, ClosedBy, Collection, Comparison, Contents, Diagnostic, Hostname,
    IdentityRole, Portal, Portrait, Seen, Settings, compare, paper,
};
use lifeboat::domain::region::Region;
use lifeboat::domain::report::{html, markdown};
use lifeboat::domain::sku::{Sku, Tier};
use lifeboat::domain::storage::Location;

use super::frames::{SIZES, golden};
use super::stage::{self, Stage, known, now};

fn hostname(host: &str) -> Hostname {
    Hostname {
        kind: "Proxy".into(),
        host: host.into(),
        certificate_source: Some("KeyVault".into()),
        certificate: Some(Certificate {
            subject: Some(format!("CN={host}")),
            thumbprint: Some("9C1E44A07B21".into()),
            expires_at: Some("2027-08-31T23:59:59Z".parse().unwrap()),
        }),
        ..Hostname::default()
    }
}

fn settings() -> Settings {
    let prefix = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols";
    Settings {
        sku: Some(Sku { tier: Tier::Premium, units: Some(4) }),
        zones: vec!["1".into(), "2".into()],
        regions: vec![Region::new("swedencentral")],
        hostnames: vec![hostname("api.contoso.example"), hostname("partner.contoso.example")],
        ca_certificates: vec![CaCertificate {
            store: "Root".into(),
            certificate: Certificate {
                subject: Some("CN=Contoso Root G2".into()),
                thumbprint: Some("77AB10FF".into()),
                expires_at: None,
            },
        }],
        network: Some("External".into()),
        subnet: Some("/subscriptions/6f1c/vnet/west".into()),
        public_access: Some("Enabled".into()),
        identity: Identity { system: Some("p".into()), user: Vec::new() },
        protocols: [(format!("{prefix}.Tls10"), "False".into()), (format!("{prefix}.Tls11"), "True".into())]
            .into(),
        min_api_version: None,
    }
}

fn contents(of: Collection, count: u64) -> Contents {
    let names = match of {
        Collection::Apis => {
            (1..=count).map(|n| (format!("api-{n:02}"), format!("revision {}", n % 3 + 1))).collect()
        }
        _ => [].into(),
    };
    Contents { count, versions: names, vault: Vec::new() }
}

pub(crate) fn portrait(name: &str) -> Portrait {
    let counts = Collection::ALL.into_iter().zip([14, 4, 44, 22, 7, 2, 1, 1, 5, 29, 0]);
    Portrait {
        name: name.to_owned(),
        id: super::stage::fleet().into_iter().find(|it| it.name == name).map(|it| it.id),
        settings: known(settings(), now()),
        roles: known(
            vec![IdentityRole {
                name: "Key Vault Secrets User".into(),
                role: "4633458b-17de-408a-b874-0445c86b69e6".into(),
                scope:
                    "/subscriptions/6f1c/resourceGroups/rg-core/providers/Microsoft.KeyVault/vaults/kv-core"
                        .into(),
                by_group: false,
            }],
            now(),
        ),
        diagnostics: known(
            vec![Diagnostic {
                name: "to-logs".into(),
                destinations: vec!["workspace".into()],
                categories: vec!["GatewayLogs".into()],
            }],
            now(),
        ),
        portal: known(Portal { published: Some("20260901".into()) }, now()),
        vault: known(Vec::new(), now()),
        contents: counts.map(|(of, count)| (of, known(contents(of, count), now()))).collect(),
    }
}

/// The standby as a bad day shows it.
pub(crate) fn standby() -> Portrait {
    let mut it = portrait("apim-core-dr");
    let mut own = settings();
    own.hostnames = vec![hostname("api.contoso.example")];
    own.ca_certificates.clear();
    own.identity.system = None;
    own.sku = Some(Sku { tier: Tier::Premium, units: Some(2) });
    own.zones.clear();
    own.subnet = Some("/subscriptions/6f1c/vnet/north".into());
    own.protocols.values_mut().for_each(|word| *word = "False".into());
    it.settings = known(own, now());
    it.roles = known(Vec::new(), now());
    it.portal = Fact::Unknown(Unknown {
        reason: Unreadable::Forbidden(
            "Microsoft.ApiManagement/service/portalRevisions/read is missing".into(),
        ),
        source: "ARM".into(),
        asked_at: now(),
    });
    let mut apis = contents(Collection::Apis, 13);
    apis.versions.insert("api-03".into(), "revision 9".into());
    it.contents.insert(Collection::Apis, known(apis, now()));
    it.contents.insert(Collection::Users, known(contents(Collection::Users, 27), now()));
    it
}

pub(crate) fn comparison(standby: &Portrait, manifest: bool) -> Comparison {
    let source = portrait("apim-core-prod");
    let at = now() - SignedDuration::from_secs(40);
    Comparison {
        source: Seen {
            name: source.name.clone(),
            as_of: if manifest { now() - SignedDuration::from_hours(25) } else { at },
            manifest: manifest.then(|| Location::new("stcorebackup", "apim").at("core-20261122")),
        },
        standby: Seen { name: standby.name.clone(), as_of: at, manifest: None },
        parity: compare(&source, standby, now()),
    }
}

/// The question that was asked last: its id, both names, and whether a manifest may answer for the source.
pub(crate) fn asked(stage: &Stage) -> (RequestId, String, String, bool) {
    let asked = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Compare { request, source, standby, recorded } => {
            Some((*request, source.name().to_owned(), standby.name().to_owned(), recorded.is_some()))
        }
        _ => None,
    });
    asked.expect("a comparison was asked for")
}

pub(crate) fn answer(stage: &mut Stage, comparison: Comparison) {
    let request = asked(stage).0;
    stage.tell(Msg::Compared { request, comparison: Box::new(comparison) });
    stage.tell(Msg::Drawn);
}

/// What differs between apim-core-prod and its standby, just compared.
pub(crate) fn compared(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::full(columns, rows);
    stage.press("/core-prod<Enter>5");
    answer(&mut stage, comparison(&standby(), false));
    stage
}

pub(crate) fn answer_badly(stage: &mut Stage) {
    answer(stage, comparison(&standby(), false));
}

#[test]
fn parity() {
    for (columns, rows) in SIZES {
        let at = |name: &str| format!("{name}_{columns}x{rows}");
        let mut stage = Stage::full(columns, rows);
        stage.press("/core-prod<Enter>5");
        golden(&at("parity_reading"), &stage);
        answer(&mut stage, comparison(&standby(), false));
        golden(&at("parity"), &stage);
        stage.press("nnn");
        golden(&at("parity_chosen"), &stage);
        stage.press("<Enter>");
        golden(&at("parity_both_sides"), &stage);
        stage.press("<Esc>=G");
        golden(&at("parity_all"), &stage);
        stage.press("=ggi");
        golden(&at("parity_ignored"), &stage);
        stage.press("w");
        golden(&at("parity_write"), &stage);
        stage.press("<Esc>=GN");
    }
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter>5");
    answer(&mut stage, comparison(&portrait("apim-core-dr"), true));
    golden("parity_equal_80x24", &stage);
}

#[test]
fn the_configured_standby_is_compared_and_a_standby_with_what_it_stands_by_for() {
    for chosen in ["/core-prod<Enter>5", "/core-dr<Enter>5", "/core-prod<Enter><Enter>5"] {
        let mut stage = Stage::full(80, 24);
        stage.press(chosen);
        let (_, source, standby, recorded) = asked(&stage);
        assert_eq!((source.as_str(), standby.as_str()), ("apim-core-prod", "apim-core-dr"), "{chosen}");
        assert!(recorded, "a manifest of it is known");
    }
}

#[test]
fn another_standby_is_chosen_and_a_late_answer_to_the_first_is_dropped() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter>5");
    let first = asked(&stage);
    stage.press("l");
    let second = asked(&stage);
    assert_ne!(first.2, second.2);
    let late = Box::new(comparison(&standby(), false));
    stage.tell(Msg::Compared { request: first.0, comparison: late });
    assert!(stage.model.comparison().is_none());
    stage.press("<C-r>");
    assert_eq!(asked(&stage).2, second.2, "the same is compared again");
    stage.press("<Esc>");
    assert_eq!(stage.model.trail().len(), 1, "back at the fleet");
}

#[test]
fn the_command_is_copied_and_nothing_is_started() {
    let mut stage = Stage::full(120, 35);
    stage.press("/core-prod<Enter>5");
    let mut bare = standby();
    let mut own = settings();
    own.sku = Some(Sku { tier: Tier::Premium, units: Some(2) });
    bare.settings = known(own, now());
    answer(&mut stage, comparison(&bare, false));
    stage.press("ny");
    stage.press("ggy");
    let copied: Vec<&String> = stage
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Copy(text) => Some(text),
            _ => None,
        })
        .collect();
    assert!(
        copied.last().unwrap().starts_with("az rest --method patch --url '/subscriptions/"),
        "{copied:?}"
    );
    assert_eq!(stage.started(), 0);
}

/// A comparison of a bad day in a console with these rules.
pub(crate) fn ruled(rules: &[&str], columns: u16, rows: u16) -> Stage {
    let ignore = rules.iter().map(|it| (*it).to_owned()).collect();
    let mut stage = Stage::with(Preferences { ignore, ..stage::preferences() }, columns, rows);
    stage.load();
    stage.press("/core-prod<Enter>5");
    answer_badly(&mut stage);
    stage
}

#[test]
fn rules_set_differences_apart_and_the_screen_counts_and_names_them() {
    let mut stage = ruled(&["tags.*", "ZONES", "protocol:*"], 120, 35);
    let screen = stage.screen();
    assert!(screen.contains("5 by hand") && screen.contains("2 ignored"), "{screen}");
    assert!(!screen.contains("availability zones") && !screen.contains("blocking"), "{screen}");
    stage.press("=");
    let screen = stage.screen();
    assert!(screen.contains("availability zones") && screen.contains("Tls11"), "{screen}");
    stage.press("gg");
    let rows = stage.model.parity_rows();
    let place =
        rows.iter().position(|row| matches!(row, ParityRow::Differs(it) if it.id == "zones")).unwrap();
    drop(rows);
    stage.press(&"j".repeat(place));
    assert!(stage.screen().contains("ignored by rule 2 (ZONES)"), "{}", stage.screen());
    let copies = stage.effects.len();
    stage.press("i");
    assert!(stage.screen().contains("rule 2 of the configuration ignores it: ZONES"), "{}", stage.screen());
    assert_eq!(stage.effects.len(), copies, "the configuration is the operator's");
    // What is ignored is nothing to go to, but is read as whole as the others.
    stage.press("<Enter>");
    assert!(stage.screen().contains("ignored by rule 2 (ZONES)."), "{}", stage.screen());
    assert_eq!(stage.started(), 0);
}

#[test]
fn a_difference_is_ignored_for_this_run_aloud_with_its_line_for_the_configuration_and_taken_in_again() {
    let mut stage = ruled(&["zones"], 120, 35);
    let before = stage.model.comparison().unwrap().parity.blocking();
    assert_eq!(before, 1);
    stage.press("ggi");
    assert_eq!(stage.copied(), r#"ignore = ["zones", "hostname:partner.contoso.example"]"#);
    let screen = stage.screen();
    for words in ["ignored for this run", "[parity]", "2 ignored", "2 ignored, 1 blocking"] {
        assert!(screen.contains(words), "no {words:?}\n{screen}");
    }
    // It holds for what is compared later in this run.
    stage.press("<C-r>");
    answer_badly(&mut stage);
    assert_eq!(stage.model.comparison().unwrap().parity.ignored().count(), 2);
    stage.press("=gg");
    let rows = stage.model.parity_rows();
    let is_it =
        |row: &ParityRow<'_>| matches!(row, ParityRow::Differs(it) if it.id.starts_with("hostname:p"));
    let place = rows.iter().position(is_it).unwrap();
    drop(rows);
    stage.press(&"j".repeat(place)).press("i");
    assert!(stage.screen().contains("hostname:partner.contoso.example counts again"), "{}", stage.screen());
    assert_eq!(stage.model.comparison().unwrap().parity.blocking(), 1);
    stage.press("G").press("i");
    assert!(stage.screen().contains("only what differs can be ignored"), "{}", stage.screen());
}

#[test]
fn enter_shows_both_sides_whole_and_what_a_restore_makes_of_it() {
    let mut stage = ruled(&[], 80, 24);
    let by_restore =
        |row: &ParityRow<'_>| matches!(row, ParityRow::Differs(it) if it.id.starts_with("apis/"));
    let rows = stage.model.parity_rows();
    let place = rows.iter().position(by_restore).or_else(|| {
        rows.iter().position(|row| matches!(row, ParityRow::Differs(it) if it.closed_by == ClosedBy::Restore))
    });
    let place = place.unwrap();
    drop(rows);
    stage.press("gg").press(&"j".repeat(place)).press("<Enter>");
    let screen = stage.screen();
    for words in [
        "Closed by a restore",
        "Source apim-core-prod as of",
        "Standby apim-core-dr as of",
        "After a restore of",
    ] {
        assert!(screen.contains(words), "no {words:?}\n{screen}");
    }
    stage.press("y");
    assert!(stage.copied().contains("which the source had when the backup was taken"), "{}", stage.copied());
    stage.press("<Esc>gg<Enter>");
    assert!(stage.screen().contains("KeyVault 9C1E44A0 until 2027-08-31"), "whole: {}", stage.screen());
    stage.press("y<Esc>");
    assert!(stage.copied().contains("unchanged: a backup does not carry it"), "{}", stage.copied());
    assert!(matches!(stage.model.place(), Place::Parity(_)), "it lies over the comparison");
}

#[test]
fn the_comparison_is_written_as_it_is_shown_and_the_path_told_and_copied() {
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter>5w");
    assert!(stage.screen().contains("nothing is compared yet"), "{}", stage.screen());
    answer_badly(&mut stage);
    stage.press("ggi");
    for (key, wanted) in [("m", ReportFormat::Markdown), ("h", ReportFormat::Html), ("j", ReportFormat::Json)]
    {
        stage.press("w").press(key);
        let Some(Effect::WriteComparison { comparison, format }) = stage.effects.last() else {
            panic!("nothing is written");
        };
        assert_eq!((*format, comparison.parity.ignored().count()), (wanted, 1));
    }
    let Some(Effect::WriteComparison { comparison, .. }) = stage.effects.last() else { unreachable!() };
    let text = markdown::page(&paper::of(comparison, now()));
    for words in [
        "hostname:partner.contoso.example",
        "this run",
        "developer portal",
        "az rest",
        "| restore |",
        "1 ignored",
    ] {
        assert!(text.contains(words), "no {words:?}\n{text}");
    }
    let differ = text.split("What differs and is ignored").next().unwrap();
    assert!(!differ.contains("partner"), "what is ignored stands apart\n{text}");
    let page = html::page("Comparison", &paper::of(comparison, now()));
    assert!(page.contains("<title>Comparison</title>") && page.contains("Closed by"), "{page}");
    stage.tell(Msg::ReportWritten { path: "/state/reports/lifeboat-parity-1.md".to_owned() });
    assert_eq!(stage.copied(), "/state/reports/lifeboat-parity-1.md");
    assert!(stage.screen().contains("lifeboat-parity-1.md"), "{}", stage.screen());
    assert_eq!(stage.started(), 0);
}

/// Answers with a comparison whose every word is given.
pub(crate) fn hostile(stage: &mut Stage, [name, value, reason]: [&str; 3]) {
    if !stage.effects.iter().any(|effect| matches!(effect, Effect::Compare { .. })) {
        return;
    }
    let (mut source, mut other) = (portrait("apim-core-prod"), portrait("apim-core-dr"));
    let mut own = settings();
    own.hostnames.insert(0, Hostname { certificate_source: Some(value.to_owned()), ..hostname(name) });
    own.public_access = Some(value.to_owned());
    own.protocols.insert(name.to_owned(), value.to_owned());
    source.settings = known(own, now());
    source.name = name.to_owned();
    other.portal = Fact::Unknown(Unknown {
        reason: Unreadable::Unreachable(reason.to_owned()),
        source: "ARM".into(),
        asked_at: now(),
    });
    let at = now();
    let comparison = Comparison {
        source: Seen { name: name.to_owned(), as_of: at, manifest: None },
        standby: Seen { name: value.to_owned(), as_of: at, manifest: None },
        parity: compare(&source, &other, at),
    };
    answer(stage, comparison);
}
