//! What is broken after a restore that went well: what the backup does not bring, and what cannot be read then.
//!
//! Nothing here blocks a restore. A rule speaks up only where something that the source has will really be missing.

use std::collections::BTreeMap;

use crate::domain::fact::Fact;
use crate::domain::parity::{Collection, VaultReference};
use crate::domain::preflight::{Case, Evidence, Facts, Finding, Rule};

static VAULTS: Rule = Rule {
    id: "key-vault",
    title: "Key Vaults can be read",
    documented: "managed identities are not in a backup (documentation); named values and certificates of a Key Vault are read with the identity of the instance that they were restored into",
};

/// Whether the target can follow the references to Key Vaults that come with the backup. Roles on a vault are not
/// asked for: that the target reads the same vault with the same identity today proves them.
pub(super) fn vaults_readable(case: &Case<'_>) -> Option<Finding> {
    case.restore()?;
    let facts = case.facts;
    let lost = facts.settings.value().map(|settings| {
        let read = settings.custom_hostnames().filter(|it| it.vault_secret.is_some());
        let lost = read.filter(|it| !settings.has_identity(it.identity_client_id.as_deref()));
        lost.map(|it| it.host.as_str()).collect::<Vec<_>>()
    });
    let finding = match (facts.source.vault.value(), facts.settings.value()) {
        _ if lost.as_ref().is_some_and(|all| !all.is_empty()) => VAULTS
            .warn(format!(
                "the target has no longer the identity that reads the certificate of {}",
                lost.unwrap_or_default().join(", ")
            ))
            .advising("Attach that identity to the target again: its certificate is not renewed without it"),
        (None, _) => VAULTS.unknown("what the source reads from Key Vaults is not known"),
        (Some(all), _) if all.is_empty() => VAULTS.ok("the source reads nothing from a Key Vault"),
        (Some(_), None) => VAULTS.unknown("the identities of the target could not be read"),
        (Some(all), Some(_)) => by_way(facts, all),
    };
    let shown = facts.source.vault.map(|all| all.len().to_string());
    Some(finding.resting_on(Evidence::of("references to Key Vaults", &shown)))
}

/// A way to a vault: its host, and the client id of the identity; `None` is the system-assigned one.
type Way<'a> = (&'a str, Option<&'a str>);

fn by_way(facts: &Facts, all: &[VaultReference]) -> Finding {
    const GRANT: &str = "Before the restore attach the identity to the target and grant it Key Vault Secrets User on the \
                         vault; after it refresh each named value (POST …/refreshSecret), Azure does so every 4 hours only";
    let mut ways: BTreeMap<Way<'_>, usize> = BTreeMap::new();
    for it in all {
        *ways.entry((it.vault(), it.identity_client_id.as_deref())).or_default() += 1;
    }
    let (mut broken, mut unproven) = (Vec::new(), Vec::new());
    for ((vault, client), count) in ways {
        let identity =
            client.map_or("the system-assigned identity".to_owned(), |client| format!("identity {client}"));
        let of = if count == 1 { "1 reference".to_owned() } else { format!("{count} references") };
        let attached = facts.settings.value().is_some_and(|it| it.has_identity(client));
        match reading(facts.vault.value(), (vault, client)) {
            _ if !attached => broken.push(format!("{of} to {vault}: the target lacks {identity}")),
            Some((false, words)) => {
                broken.push(format!("{of} to {vault}: the target is refused today ({words})"))
            }
            Some((true, _)) => {}
            None => unproven.push(format!("{of} to {vault} with {identity}")),
        }
    }
    match (broken.as_slice(), unproven.as_slice()) {
        ([], []) => VAULTS.ok(format!("the target reads the same vaults today ({} references)", all.len())),
        ([], unproven) => VAULTS
            .unknown(format!("whether the target may read them is not known: {}", unproven.join("; ")))
            .advising(GRANT),
        (broken, _) => VAULTS.warn(broken.join("; ")).advising(GRANT),
    }
}

/// How the target's own references by the same way were read last: the worst of them, with Azure's words.
fn reading(own: Option<&Vec<VaultReference>>, way: Way<'_>) -> Option<(bool, String)> {
    let same = own?.iter().filter(|it| (it.vault(), it.identity_client_id.as_deref()) == way);
    let told = same.filter_map(|it| {
        let words = it.last_message.as_ref().or(it.last_status.as_ref()).cloned().unwrap_or_default();
        Some((it.reads()?, words))
    });
    told.min_by_key(|(reads, _)| *reads)
}

static LEFT: Rule = Rule {
    id: "left-behind",
    title: "nothing is left behind",
    documented: "hostnames with their certificates and the content of the developer portal are not in a backup (documentation); self-hosted gateways come back as entities and must be deployed anew",
};

/// What the source has and the target lacks, of what a backup does not bring.
pub(super) fn left_behind(case: &Case<'_>) -> Option<Finding> {
    case.restore()?;
    let facts = case.facts;
    let parts = [hostnames(facts), portal(facts), gateways(facts)];
    let mut missing = Vec::new();
    let mut unclear = Vec::new();
    for part in parts {
        match part {
            Left::Nothing => {}
            Left::Missing(what, advice) => missing.push((what, advice)),
            Left::Unclear(what) => unclear.push(what),
        }
    }
    let finding = if !missing.is_empty() {
        let what: Vec<&str> = missing.iter().map(|(what, _)| what.as_str()).collect();
        let advice: Vec<&str> = missing.iter().map(|(_, advice)| *advice).collect();
        LEFT.warn(what.join("; ")).advising(advice.join(". "))
    } else if !unclear.is_empty() {
        LEFT.unknown(unclear.join("; ")).advising(
            "After the restore compare the target with what you know of the source: lifeboat parity",
        )
    } else {
        LEFT.ok("hostnames, portal and gateways need nothing")
    };
    let names = |all: &crate::domain::parity::Settings| {
        let names: Vec<&str> = all.custom_hostnames().map(|it| it.host.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let finding = finding
        .resting_on(Evidence::of("hostnames of the source", &facts.source.settings.map(names)))
        .resting_on(Evidence::of("hostnames of the target", &facts.settings.map(names)))
        .resting_on(Evidence::of("manifest", &facts.manifest.map(|it| format!("version {}", it.version))));
    Some(finding)
}

/// What becomes of one thing that a backup does not bring.
enum Left {
    Nothing,
    /// It is missing, and what to do.
    Missing(String, &'static str),
    /// Whether it is missing is not known.
    Unclear(String),
}

fn hostnames(facts: &Facts) -> Left {
    let (Some(source), Some(target)) = (facts.source.settings.value(), facts.settings.value()) else {
        return Left::Unclear(unread("hostnames of the source", &facts.source.settings));
    };
    let lacks = |name: &&crate::domain::parity::Hostname| !target.hostnames.iter().any(|it| it.is_same(name));
    let names: Vec<&str> = source.custom_hostnames().filter(lacks).map(|it| it.host.as_str()).collect();
    if names.is_empty() {
        return Left::Nothing;
    }
    Left::Missing(
        format!("the target does not answer to {}", names.join(", ")),
        "Bind the hostnames to the target with their certificates before traffic is switched (15 minutes or more)",
    )
}

fn portal(facts: &Facts) -> Left {
    match (facts.source.portal.value(), facts.portal.value()) {
        (None, _) => Left::Unclear(unread("developer portal of the source", &facts.source.portal)),
        (Some(source), _) if source.published.is_none() => Left::Nothing,
        (Some(_), None) => Left::Unclear(unread("developer portal of the target", &facts.portal)),
        (Some(_), Some(target)) if target.published.is_none() => Left::Missing(
            "its developer portal is not published".to_owned(),
            "Move the portal's content with its migration scripts and publish it",
        ),
        (Some(_), Some(_)) => Left::Nothing,
    }
}

fn gateways(facts: &Facts) -> Left {
    match facts.source.contents.get(&Collection::Gateways).unwrap_or(&Fact::NotAsked) {
        Fact::Known(known) if known.value.count == 0 => Left::Nothing,
        Fact::Known(known) => Left::Missing(
            format!("{} self-hosted gateway(s) still speak to the source", known.value.count),
            "Deploy each self-hosted gateway anew with the target's configuration endpoint and a new token",
        ),
        other => Left::Unclear(unread("self-hosted gateways of the source", other)),
    }
}

/// That something is not known, with the reason where there is one.
fn unread<T>(what: &str, fact: &Fact<T>) -> String {
    match fact {
        Fact::Unknown(unknown) => format!("{what}: {}", unknown.reason),
        Fact::Known(_) | Fact::NotAsked => format!("{what} could not be compared"),
    }
}

static NETWORK: Rule = Rule {
    id: "network-status",
    title: "its network reaches Azure",
    documented: "an instance in a virtual network needs its storage, SQL and management connections (virtual network reference); networkstatus tells which of them fail",
};

/// A target in a virtual network reaches what it needs.
pub(super) fn network_reaches(case: &Case<'_>) -> Option<Finding> {
    case.restore()?;
    let facts = case.facts;
    let shown = facts.instance.map(|it| it.virtual_network.clone().unwrap_or_else(|| "none".to_owned()));
    let finding = match (facts.instance.value(), &facts.network) {
        (None, _) => NETWORK.unknown("whether the target is in a virtual network could not be read"),
        (Some(target), _) if !target.is_in_a_network() => NETWORK.ok("the target is in no virtual network"),
        (Some(_), Fact::Unknown(unknown)) => {
            NETWORK.unknown(format!("its network status is not known: {}", unknown.reason))
        }
        (Some(_), Fact::NotAsked) => NETWORK.unknown("its network status was not read"),
        (Some(_), Fact::Known(known)) => {
            let told = |it: &&crate::domain::parity::NetworkFault| {
                format!("{} {} ({})", it.kind, it.host, it.region)
            };
            let faults: Vec<String> =
                known.value.iter().filter(|it| !it.optional).map(|it| told(&it)).collect();
            match faults.as_slice() {
                [] => NETWORK.ok("everything that it needs is reached"),
                [first, rest @ ..] => {
                    let more =
                        if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
                    NETWORK.warn(format!("not reached: {first}{more}")).advising(
                        "Mend the network security groups and routes of its subnet, then apply network configuration \
                         updates; a restore into an instance that does not reach its storage or SQL may fail or hang",
                    )
                }
            }
        }
    };
    Some(
        finding
            .resting_on(Evidence::of("virtualNetworkType", &shown))
            .resting_on(Evidence::of("failed connections", &facts.network.map(|all| all.len().to_string()))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::Unreadable;
    use crate::domain::parity::samples::{contents, reference};
    use crate::domain::parity::{NetworkFault, Portal};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, known, unread};
    use crate::domain::verdict::Verdict::{Ok, Unknown, Warn};

    fn fault(optional: bool) -> NetworkFault {
        NetworkFault {
            region: "West Europe".into(),
            host: "sql.example".into(),
            kind: "SQLDatabase".into(),
            error: "no".into(),
            optional,
        }
    }

    fn injected(facts: &mut Facts, faults: Fact<Vec<NetworkFault>>) {
        edit(&mut facts.instance, |it| it.virtual_network = Some("External".into()));
        facts.network = faults;
    }

    const ROWS: &[Row] = &[
        ("key-vault", Ok, |_, _| {}),
        ("key-vault", Ok, |_, f| {
            f.source.vault = known(Vec::new());
            f.vault = Fact::NotAsked;
        }),
        ("key-vault", Warn, |_, f| edit(&mut f.settings, |s| s.identity.system = None)),
        ("key-vault", Warn, |_, f| edit(&mut f.vault, |v| v[0].last_status = Some("Forbidden".into()))),
        ("key-vault", Warn, |_, f| {
            edit(&mut f.source.vault, |v| v[0].identity_client_id = Some("client-other".into()));
        }),
        ("key-vault", Warn, |_, f| {
            edit(&mut f.settings, |s| {
                s.hostnames[1].vault_secret = Some("https://kv-core.vault.azure.net/secrets/tls".into());
                s.hostnames[1].identity_client_id = Some("client-gone".into());
            });
        }),
        ("key-vault", Unknown, |_, f| edit(&mut f.vault, Vec::clear)),
        ("key-vault", Unknown, |_, f| {
            edit(&mut f.vault, |v| v[0].secret = "https://kv-other.vault.azure.net/secrets/db".into());
        }),
        ("key-vault", Unknown, |_, f| edit(&mut f.vault, |v| v[0].last_status = None)),
        ("key-vault", Unknown, |_, f| f.vault = unread(Unreadable::Forbidden("no".into()))),
        ("key-vault", Unknown, |_, f| f.settings = Fact::NotAsked),
        ("key-vault", Unknown, |_, f| f.source.vault = Fact::NotAsked),
        ("left-behind", Ok, |_, _| {}),
        ("left-behind", Warn, |_, f| edit(&mut f.settings, |s| s.hostnames.truncate(1))),
        ("left-behind", Warn, |_, f| f.portal = known(Portal::default())),
        ("left-behind", Ok, |_, f| {
            f.source.portal = known(Portal::default());
            f.portal = Fact::NotAsked;
        }),
        ("left-behind", Warn, |_, f| {
            f.source.contents.insert(Collection::Gateways, known(contents(&[("shop", "")])));
        }),
        ("left-behind", Unknown, |_, f| f.source.contents.clear()),
        ("left-behind", Unknown, |_, f| f.portal = unread(Unreadable::Forbidden("no".into()))),
        ("left-behind", Unknown, |_, f| f.source.portal = Fact::NotAsked),
        ("left-behind", Unknown, |_, f| f.source.settings = unread(Unreadable::Unreachable("dark".into()))),
        ("left-behind", Unknown, |_, f| f.settings = Fact::NotAsked),
        ("network-status", Ok, |_, _| {}),
        ("network-status", Ok, |_, f| injected(f, known(Vec::new()))),
        ("network-status", Ok, |_, f| injected(f, known(vec![fault(true)]))),
        ("network-status", Warn, |_, f| injected(f, known(vec![fault(true), fault(false)]))),
        ("network-status", Unknown, |_, f| injected(f, Fact::NotAsked)),
        ("network-status", Unknown, |_, f| injected(f, unread(Unreadable::Forbidden("no".into())))),
        ("network-status", Unknown, |_, f| f.instance = Fact::NotAsked),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    /// One way that is closed is told even where another is open, each with what lacks.
    #[test]
    fn each_way_to_a_vault_is_judged_for_itself() {
        let (plan, mut facts) = crate::domain::preflight::samples::fine();
        let other = VaultReference { identity_client_id: Some("client-gone".into()), ..reference() };
        facts.source.vault = known(vec![reference(), reference(), other]);
        let plan = crate::domain::plan::Plan::Restore(plan);
        let case = Case { plan: &plan, facts: &facts, now: crate::domain::preflight::samples::now() };
        let finding = vaults_readable(&case).unwrap();
        assert_eq!(
            finding.summary,
            "1 reference to kv-core.vault.azure.net: the target lacks identity client-gone"
        );
    }
}
