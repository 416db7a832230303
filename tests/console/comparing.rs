//! An instance beside its standby: the frames, and what the keys do.

use jiff::SignedDuration;
use lifeboat::console::{Effect, Msg, RequestId};
use lifeboat::domain::fact::{Fact, Unknown, Unreadable};
use lifeboat::domain::instance::Identity;
use lifeboat::domain::parity::{
    CaCertificate, Certificate, Collection, Comparison, Contents, Diagnostic, Hostname, IdentityRole, Portal,
    Portrait, Seen, Settings, compare,
};
use lifeboat::domain::region::Region;
use lifeboat::domain::sku::{Sku, Tier};
use lifeboat::domain::storage::Location;

use super::frames::{SIZES, golden};
use super::stage::{Stage, known, now};

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

fn portrait(name: &str) -> Portrait {
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
fn standby() -> Portrait {
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

fn comparison(standby: &Portrait, manifest: bool) -> Comparison {
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
fn asked(stage: &Stage) -> (RequestId, String, String, bool) {
    let asked = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Compare { request, source, standby, recorded } => {
            Some((*request, source.name().to_owned(), standby.name().to_owned(), recorded.is_some()))
        }
        _ => None,
    });
    asked.expect("a comparison was asked for")
}

fn answer(stage: &mut Stage, comparison: Comparison) {
    let request = asked(stage).0;
    stage.tell(Msg::Compared { request, comparison: Box::new(comparison) });
    stage.tell(Msg::Drawn);
}

/// Answers the comparison that was asked for with what a bad day shows.
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
        golden(&at("parity_reading"), &stage.screen());
        answer(&mut stage, comparison(&standby(), false));
        golden(&at("parity"), &stage.screen());
        stage.press("nnn");
        golden(&at("parity_chosen"), &stage.screen());
        stage.press("=G");
        golden(&at("parity_all"), &stage.screen());
    }
    let mut stage = Stage::full(80, 24);
    stage.press("/core-prod<Enter>5");
    answer(&mut stage, comparison(&portrait("apim-core-dr"), true));
    golden("parity_equal_80x24", &stage.screen());
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
