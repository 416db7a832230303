//! The settings of two instances, compared one by one.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::settings::{Certificate, Hostname, Settings};
use super::{ClosedBy, Difference, Parity};
use crate::domain::plan::API_VERSION;
use crate::domain::preflight::Remedy;
use crate::domain::resource::ResourceId;

/// What stands before the names of protocols and ciphers.
const GATEWAY: &str = "Microsoft.WindowsAzure.ApiManagement.Gateway.";

/// Both sides.
type Pair<'a> = (&'a Settings, &'a Settings);

pub(super) fn compare(parity: &mut Parity, pair: Pair<'_>, standby: Option<&ResourceId>, now: Timestamp) {
    hostnames(parity, pair, now);
    ca_certificates(parity, pair);
    identities(parity, pair, standby);
    network(parity, pair);
    size(parity, pair, standby);
    protocols(parity, pair, standby);
    let constraint = |it: &Settings| it.min_api_version.clone();
    plain(parity, ("minApiVersion", "oldest api-version"), (constraint(pair.0), constraint(pair.1)), |it| {
        it.closed(ClosedBy::ByHand)
            .advising("It decides which tools may speak to the instance; set it on both alike")
    });
}

/// A value that is the same or not.
fn plain(
    parity: &mut Parity,
    (id, setting): (&str, &str),
    sides: (Option<String>, Option<String>),
    differ: impl FnOnce(Difference) -> Difference,
) {
    let same = match (&sides.0, &sides.1) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (one, other) => one == other,
    };
    if same {
        parity.same(id, setting, sides.0.unwrap_or_else(|| "not set".to_owned()));
    } else {
        parity.differences.push(differ(Difference::new(id, setting, sides)));
    }
}

fn hostnames(parity: &mut Parity, (source, standby): Pair<'_>, now: Timestamp) {
    for one in source.custom_hostnames() {
        let id = format!("hostname:{}", one.host);
        match standby.hostnames.iter().find(|it| it.is_same(one)) {
            Some(other) => certificates(parity, one, other, now),
            None => parity.differences.push(
                Difference::new(id, format!("hostname {}", one.host), (Some(bound(one)), None))
                    .closed(ClosedBy::ByHand)
                    .blocking(Some(one.is_gateway()))
                    .advising(
                        "A restore does not change the hostnames of the target: without it TLS fails for whoever comes \
                         by that name. Bind it on the standby with its certificate; that takes 15 minutes or more",
                    ),
            ),
        }
    }
    for other in standby.custom_hostnames().filter(|it| !source.hostnames.iter().any(|one| one.is_same(it))) {
        let sides = (None, Some(bound(other)));
        parity.differences.push(Difference::new(
            format!("hostname:{}", other.host),
            format!("hostname {}", other.host),
            sides,
        ));
    }
}

/// The certificates of a name that both have.
fn certificates(parity: &mut Parity, one: &Hostname, other: &Hostname, now: Timestamp) {
    let thumbprint = |it: &Hostname| it.certificate.as_ref().and_then(|it| it.thumbprint.clone());
    let failed = other.certificate_status.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("Failed"));
    let expired =
        other.certificate.as_ref().and_then(|it| it.expires_at).is_some_and(|expires| expires <= now);
    let same = thumbprint(one)
        .is_some_and(|print| thumbprint(other).is_some_and(|other| other.eq_ignore_ascii_case(&print)));
    let (id, setting) = (format!("hostname:{}", one.host), format!("hostname {}", one.host));
    if same && !failed && !expired {
        return parity.same(id, setting, bound(one));
    }
    let advice = match (failed, expired) {
        (true, _) => "Azure says that the standby's certificate could not be set: bind it again",
        (_, true) => "The standby's certificate is no longer good: renew it",
        _ => {
            "Clients that pin the certificate, or do not know the other authority, will refuse it: bind the same"
        }
    };
    parity.differences.push(
        Difference::new(
            format!("certificate:{}", one.host),
            format!("certificate of {}", one.host),
            (Some(bound(one)), Some(bound(other))),
        )
        .closed(ClosedBy::ByHand)
        .blocking(if failed || expired { Some(one.is_gateway()) } else { None })
        .advising(advice),
    );
}

/// A hostname's certificate in words.
fn bound(it: &Hostname) -> String {
    let source = it.certificate_source.as_deref().unwrap_or("certificate");
    let status = it.certificate_status.as_deref().map_or(String::new(), |status| format!(", {status}"));
    match &it.certificate {
        Some(certificate) => format!("{source} {}{status}", named(certificate)),
        None => format!("{source}{status}"),
    }
}

/// A certificate by its thumbprint, its subject and its last day.
fn named(it: &Certificate) -> String {
    let print = it.thumbprint.as_deref().unwrap_or("?");
    let print: String = print.chars().take(8).collect();
    let until = it.expires_at.map_or(String::new(), |at| format!(" until {}", at.strftime("%Y-%m-%d")));
    format!("{print}{until}")
}

fn ca_certificates(parity: &mut Parity, (source, standby): Pair<'_>) {
    let print = |it: &super::CaCertificate| {
        it.certificate.thumbprint.clone().unwrap_or_default().to_ascii_uppercase()
    };
    let told = |it: &super::CaCertificate| {
        let subject = it.certificate.subject.as_deref().unwrap_or("no subject");
        format!("{subject} {}", named(&it.certificate))
    };
    let id = |it: &super::CaCertificate| format!("caCertificate:{}", print(it));
    let setting = |it: &super::CaCertificate| format!("CA certificate ({})", it.store);
    for one in &source.ca_certificates {
        if standby.ca_certificates.iter().any(|it| print(it) == print(one)) {
            parity.same(id(one), setting(one), told(one));
        } else {
            parity.differences.push(
                Difference::new(id(one), setting(one), (Some(told(one)), None))
                    .closed(ClosedBy::ByHand)
                    .blocking(None)
                    .advising(
                        "A backup does not carry it: calls that need it, to backends or with client certificates, fail. \
                         Add it to the standby",
                    ),
            );
        }
    }
    let only = |it: &&super::CaCertificate| !source.ca_certificates.iter().any(|one| print(one) == print(it));
    for other in standby.ca_certificates.iter().filter(only) {
        parity.differences.push(Difference::new(id(other), setting(other), (None, Some(told(other)))));
    }
}

fn identities(parity: &mut Parity, (source, standby): Pair<'_>, id: Option<&ResourceId>) {
    const ROLES: &str = "A backup does not carry identities. Assign it, then grant it what the source's has \
                         (Key Vaults, backends, Event Hubs)";
    let assigned = |it: &Settings| it.identity.system.as_ref().map(|_| "assigned".to_owned());
    match (assigned(source), assigned(standby)) {
        (Some(value), Some(_)) => parity.same("identity:system", "system identity", value),
        (None, None) => parity.same("identity:system", "system identity", "none"),
        (one, other) => {
            let lacks = one.is_some();
            let difference = Difference::new("identity:system", "system identity", (one, other));
            parity.differences.push(if lacks {
                let remedy = Remedy::from(ROLES);
                let remedy = match id.and_then(|id| assign_system(standby, id)) {
                    Some(command) => remedy.by(command),
                    None => remedy,
                };
                difference.closed(ClosedBy::ByHand).blocking(None).advising(remedy)
            } else {
                difference
            });
        }
    }
    let name = |id: &str| id.rsplit('/').next().unwrap_or(id).to_owned();
    let has = |all: &Settings, id: &str| all.identity.user.iter().any(|it| it.id.eq_ignore_ascii_case(id));
    for user in &source.identity.user {
        let (key, setting) = (format!("identity:{}", name(&user.id)), format!("identity {}", name(&user.id)));
        if has(standby, &user.id) {
            parity.same(key, setting, "attached");
        } else {
            parity.differences.push(
                Difference::new(key, setting, (Some("attached".to_owned()), None))
                    .closed(ClosedBy::ByHand)
                    .blocking(None)
                    .advising("Attach it to the standby: what names it by its client id cannot work there"),
            );
        }
    }
    for user in standby.identity.user.iter().filter(|it| !has(source, &it.id)) {
        let sides = (None, Some("attached".to_owned()));
        let (key, setting) = (format!("identity:{}", name(&user.id)), format!("identity {}", name(&user.id)));
        parity.differences.push(Difference::new(key, setting, sides));
    }
}

fn network(parity: &mut Parity, (source, standby): Pair<'_>) {
    let word = |value: &Option<String>| value.clone();
    plain(parity, ("network", "network type"), (word(&source.network), word(&standby.network)), |it| {
        it.closed(ClosedBy::ByHand).blocking(None).advising(
            "What the gateway reaches, and who reaches it, depends on it. A change takes 15 to 45 minutes",
        )
    });
    if source.subnet.is_some() && standby.subnet.is_some() {
        plain(parity, ("subnet", "subnet"), (word(&source.subnet), word(&standby.subnet)), |it| {
            it.blocking(None)
                .advising("Another region has another subnet; see that it reaches the same backends")
        });
    }
    plain(
        parity,
        ("publicAccess", "public network access"),
        (word(&source.public_access), word(&standby.public_access)),
        |it| {
            let shut = it.standby.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("Disabled"));
            it.closed(ClosedBy::ByHand)
                .blocking(Some(shut))
                .advising("Clients that come by the public address need it enabled on the standby")
        },
    );
}

fn size(parity: &mut Parity, (source, standby): Pair<'_>, id: Option<&ResourceId>) {
    let tier = |it: &Settings| it.sku.as_ref().map(|sku| sku.tier.to_string());
    plain(parity, ("tier", "tier"), (tier(source), tier(standby)), |it| {
        it.closed(ClosedBy::ByHand).blocking(None).advising(
            "A restore is refused while the tiers differ. A change of tier takes 15 to 45 minutes or more",
        )
    });
    let units = |it: &Settings| it.sku.as_ref().and_then(|sku| sku.units);
    let told = |it: &Settings| units(it).map(|units| units.to_string());
    let fewer = units(standby) < units(source);
    plain(parity, ("units", "units"), (told(source), told(standby)), |it| {
        if !fewer {
            return it;
        }
        let remedy = Remedy::from(
            "Fewer units carry less load. Add them before the switch; it takes 15 to 45 minutes",
        );
        let scale = |id: &ResourceId| {
            let (sku, units) = (standby.sku.as_ref()?, units(source)?);
            patch(id, &format!(r#"{{"sku":{{"name":"{}","capacity":{units}}}}}"#, sku.tier))
        };
        let same_tier = tier(source) == tier(standby);
        let remedy = match id.filter(|_| same_tier).and_then(scale) {
            Some(command) => remedy.by(command),
            None => remedy,
        };
        it.closed(ClosedBy::ByHand).blocking(None).advising(remedy)
    });
    let list = |names: Vec<String>| if names.is_empty() { None } else { Some(names.join(", ")) };
    let zones = |it: &Settings| list(it.zones.clone());
    plain(parity, ("zones", "availability zones"), (zones(source), zones(standby)), |it| {
        if standby.zones.len() < source.zones.len() {
            it.closed(ClosedBy::ByHand)
                .advising("Until it has them the standby does not survive the loss of a zone")
        } else {
            it
        }
    });
    let regions = |it: &Settings| list(it.regions.iter().map(ToString::to_string).collect());
    plain(parity, ("regions", "further regions"), (regions(source), regions(standby)), |it| {
        if it.source.is_some() {
            it.closed(ClosedBy::ByHand).blocking(None).advising(
                "Whoever comes by the address of such a region finds nobody on the standby; add it, or send them to the \
                 first region",
            )
        } else {
            it
        }
    });
}

fn protocols(parity: &mut Parity, (source, standby): Pair<'_>, id: Option<&ResourceId>) {
    let names: BTreeSet<&String> = source.protocols.keys().chain(standby.protocols.keys()).collect();
    for name in names {
        let short = name.strip_prefix(GATEWAY).unwrap_or(name);
        let sides = (source.protocols.get(name).cloned(), standby.protocols.get(name).cloned());
        plain(
            parity,
            (&format!("protocol:{short}"), short.strip_prefix("Security.").unwrap_or(short)),
            sides,
            |it| {
                let advice = "A backup does not carry it. Clients that speak nothing else fail where it is off. The command \
                          sets all of the source's: Azure resets to its default what a change leaves out";
                let remedy = Remedy::from(advice);
                let remedy = match id.and_then(|id| set_protocols(source, id)) {
                    Some(command) => remedy.by(command),
                    None => remedy,
                };
                it.closed(ClosedBy::ByHand).blocking(None).advising(remedy)
            },
        );
    }
}

/// Turns the system-assigned identity on, and keeps the others.
fn assign_system(standby: &Settings, id: &ResourceId) -> Option<String> {
    if standby.identity.user.is_empty() {
        return patch(id, r#"{"identity":{"type":"SystemAssigned"}}"#);
    }
    if standby.identity.user.iter().any(|it| it.id.contains(['"', '\\'])) {
        return None;
    }
    let users: Vec<String> = standby.identity.user.iter().map(|it| format!(r#""{}":{{}}"#, it.id)).collect();
    let body = r#"{"identity":{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{"#;
    patch(id, &format!("{body}{}}}}}}}", users.join(",")))
}

/// Sets all protocols and ciphers of the source at once. None when a name or a word could end its quotes.
fn set_protocols(source: &Settings, id: &ResourceId) -> Option<String> {
    let plain =
        |text: &String| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if source.protocols.is_empty() || !source.protocols.iter().all(|(name, word)| plain(name) && plain(word))
    {
        return None;
    }
    let all: Vec<String> =
        source.protocols.iter().map(|(name, word)| format!(r#""{name}":"{word}""#)).collect();
    patch(id, &format!(r#"{{"properties":{{"customProperties":{{{}}}}}}}"#, all.join(",")))
}

/// A change of the instance as a command; `az rest` puts the address of the signed-in cloud before a resource id.
fn patch(id: &ResourceId, body: &str) -> Option<String> {
    let unsafe_in_quotes = |c: char| c == '\'' || c.is_control();
    if id.as_str().contains(unsafe_in_quotes) || body.contains(unsafe_in_quotes) {
        return None;
    }
    Some(format!("az rest --method patch --url '{id}?api-version={API_VERSION}' --body '{body}'"))
}
