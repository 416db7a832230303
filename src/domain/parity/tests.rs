//! Each setting differs alone, and is told with what closes it; what is not read is never equal.

use super::samples::{contents, hostname, portrait, read, role, user};
use super::*;
use crate::domain::fact::{Unknown, Unreadable};
use crate::domain::sku::Tier;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn edit<T>(fact: &mut Fact<T>, change: impl FnOnce(&mut T)) {
    match fact {
        Fact::Known(known) => change(&mut known.value),
        Fact::Unknown(_) | Fact::NotAsked => panic!("not known"),
    }
}

fn holding(portrait: &mut Portrait, of: Collection, names: &[(&str, &str)]) {
    portrait.contents.insert(of, read(contents(names)));
}

/// The id of a difference, what closes it, whether it blocks a switch, and how the standby is spoiled.
type Row = (&'static str, ClosedBy, Option<bool>, fn(&mut Portrait));

use ClosedBy::{ByHand, None as Nothing, Restore};

const ROWS: &[Row] = &[
    ("hostname:api.contoso.example", ByHand, Some(true), |p| {
        edit(&mut p.settings, |s| s.hostnames.truncate(1));
    }),
    ("hostname:more.example", Nothing, Some(false), |p| {
        edit(&mut p.settings, |s| s.hostnames.push(hostname("more.example")));
    }),
    ("certificate:api.contoso.example", ByHand, None, |p| {
        edit(&mut p.settings, |s| {
            s.hostnames[1].certificate.as_mut().unwrap().thumbprint = Some("OTHER".into());
        });
    }),
    ("certificate:api.contoso.example", ByHand, Some(true), |p| {
        edit(&mut p.settings, |s| {
            s.hostnames[1].certificate.as_mut().unwrap().expires_at = Some(now());
        });
    }),
    ("certificate:api.contoso.example", ByHand, Some(true), |p| {
        edit(&mut p.settings, |s| s.hostnames[1].certificate_status = Some("Failed".into()));
    }),
    ("caCertificate:AA01", ByHand, None, |p| edit(&mut p.settings, |s| s.ca_certificates.clear())),
    ("identity:system", ByHand, None, |p| edit(&mut p.settings, |s| s.identity.system = None)),
    ("identity:id-core", ByHand, None, |p| edit(&mut p.settings, |s| s.identity.user.clear())),
    ("identity:id-more", Nothing, Some(false), |p| {
        edit(&mut p.settings, |s| s.identity.user.push(user("id-more")));
    }),
    (
        "role:4633458b-17de-408a-b874-0445c86b69e6:/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/kv-core",
        ByHand,
        None,
        |p| edit(&mut p.roles, Vec::clear),
    ),
    (
        "role:more:/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/kv-more",
        Nothing,
        Some(false),
        |p| edit(&mut p.roles, |all| all.push(role("Reader of more", "more", "kv-more"))),
    ),
    ("network", ByHand, None, |p| edit(&mut p.settings, |s| s.network = Some("Internal".into()))),
    ("subnet", Nothing, None, |p| edit(&mut p.settings, |s| s.subnet = Some("/subnets/b".into()))),
    ("publicAccess", ByHand, Some(true), |p| {
        edit(&mut p.settings, |s| s.public_access = Some("Disabled".into()));
    }),
    ("tier", ByHand, None, |p| {
        edit(&mut p.settings, |s| s.sku.as_mut().unwrap().tier = Tier::Standard);
    }),
    ("units", ByHand, None, |p| edit(&mut p.settings, |s| s.sku.as_mut().unwrap().units = Some(1))),
    ("units", Nothing, Some(false), |p| {
        edit(&mut p.settings, |s| s.sku.as_mut().unwrap().units = Some(9));
    }),
    ("zones", ByHand, Some(false), |p| edit(&mut p.settings, |s| s.zones.clear())),
    ("regions", ByHand, None, |p| edit(&mut p.settings, |s| s.regions.clear())),
    ("protocol:Security.Protocols.Tls10", ByHand, None, |p| {
        edit(&mut p.settings, |s| s.protocols.values_mut().for_each(|word| *word = "True".into()));
    }),
    ("minApiVersion", ByHand, Some(false), |p| edit(&mut p.settings, |s| s.min_api_version = None)),
    ("diagnostic:to-logs", ByHand, Some(false), |p| edit(&mut p.diagnostics, Vec::clear)),
    ("diagnostic:to-logs", ByHand, Some(false), |p| {
        edit(&mut p.diagnostics, |all| all[0].categories.clear());
    }),
    ("portal", ByHand, Some(false), |p| edit(&mut p.portal, |it| it.published = None)),
    ("apis", Restore, Some(true), |p| holding(p, Collection::Apis, &[("orders", "revision 1")])),
    ("apis", Restore, Some(true), |p| {
        holding(p, Collection::Apis, &[("orders", "revision 1"), ("other", "revision 1")]);
    }),
    ("apis:stock", Restore, None, |p| {
        holding(p, Collection::Apis, &[("orders", "revision 1"), ("stock", "revision 2")]);
    }),
    ("subscriptions", Restore, Some(true), |p| holding(p, Collection::Subscriptions, &[])),
    ("products", Restore, None, |p| holding(p, Collection::Products, &[])),
    ("users", Restore, Some(false), |p| holding(p, Collection::Users, &[])),
    ("gateways", Restore, Some(false), |p| holding(p, Collection::Gateways, &[])),
];

#[test]
fn each_setting_differs_alone_and_says_what_closes_it() {
    let source = portrait("apim-core");
    let same = compare(&source, &portrait("apim-dr"), now());
    assert_eq!((same.differences.as_slice(), same.unreadable.as_slice()), (&[][..], &[][..]));
    for (id, closed_by, blocks, spoil) in ROWS {
        let mut standby = portrait("apim-dr");
        spoil(&mut standby);
        let found = compare(&source, &standby, now());
        let [one] = found.differences.as_slice() else { panic!("{id}: {:#?}", found.differences) };
        assert_eq!((one.id.as_str(), one.closed_by, one.blocks_switch), (*id, *closed_by, *blocks));
        assert!(one.source != one.standby && (one.source.is_some() || one.standby.is_some()), "{one:?}");
        assert_eq!(one.remedy.is_none(), *closed_by == Nothing && *id != "subnet", "{one:?}");
        assert!(found.equal.len() < same.equal.len() || *closed_by != ByHand, "{id}");
    }
}

/// A part that is not read on one side is told, and counts neither as equal nor as different.
#[test]
fn what_is_not_read_is_neither_equal_nor_different() {
    fn lost<T>() -> Fact<T> {
        Fact::Unknown(Unknown {
            reason: Unreadable::Forbidden("no".into()),
            source: "test".into(),
            asked_at: now(),
        })
    }
    let whole = compare(&portrait("a"), &portrait("b"), now());
    let spoil: [fn(&mut Portrait); 5] = [
        |p| p.settings = lost(),
        |p| p.roles = lost(),
        |p| p.diagnostics = lost(),
        |p| p.portal = Fact::NotAsked,
        |p| drop(p.contents.insert(Collection::Apis, lost())),
    ];
    for (number, spoil) in spoil.into_iter().enumerate() {
        for side in [Side::Source, Side::Standby] {
            let (mut source, mut standby) = (portrait("a"), portrait("b"));
            spoil(if side == Side::Source { &mut source } else { &mut standby });
            let found = compare(&source, &standby, now());
            assert_eq!(found.differences, [], "{number}");
            assert!(found.equal.len() < whole.equal.len());
            let [unread] = found.unreadable.as_slice() else { panic!("{found:?}") };
            assert_eq!(unread.side, side);
        }
    }
    let nothing = compare(&Portrait::default(), &portrait("b"), now());
    assert!(nothing.is_blank());
    assert_eq!(nothing.unreadable.len(), 4 + Collection::ALL.len());
}

/// By hand first, and among those what blocks a switch.
#[test]
fn what_blocks_a_switch_comes_first() {
    let mut standby = portrait("b");
    edit(&mut standby.settings, |s| {
        s.hostnames.truncate(1);
        s.zones.clear();
        s.identity.system = None;
        s.subnet = Some("/subnets/b".into());
    });
    holding(&mut standby, Collection::Apis, &[]);
    let found = compare(&portrait("a"), &standby, now());
    let order: Vec<_> = found.differences.iter().map(|it| (it.closed_by, it.blocks_switch)).collect();
    let wanted =
        [(ByHand, Some(true)), (ByHand, None), (ByHand, Some(false)), (Restore, Some(true)), (Nothing, None)];
    assert_eq!(order, wanted);
    assert_eq!((found.blocking(), found.closed_by(ByHand)), (1, 3));
}

#[test]
fn commands_are_whole_and_take_nothing_away() {
    let command = |spoil: fn(&mut Settings), id: &str| {
        let mut standby = portrait("apim-dr");
        edit(&mut standby.settings, spoil);
        let found = compare(&portrait("apim-core"), &standby, now());
        let it = found.differences.into_iter().find(|it| it.id == id).unwrap();
        it.remedy.unwrap().command
    };
    let identity = command(|s| s.identity.system = None, "identity:system").unwrap();
    assert!(identity.contains("SystemAssigned, UserAssigned") && identity.contains("id-core"), "{identity}");
    let bare = command(|s| s.identity = Default::default(), "identity:system").unwrap();
    assert_eq!(
        bare,
        "az rest --method patch --url '/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/\
         apim-dr?api-version=2024-05-01' --body '{\"identity\":{\"type\":\"SystemAssigned\"}}'"
    );
    let units = command(|s| s.sku.as_mut().unwrap().units = Some(1), "units").unwrap();
    assert!(units.ends_with("--body '{\"sku\":{\"name\":\"Premium\",\"capacity\":4}}'"), "{units}");
    let protocols = command(|s| s.protocols.clear(), "protocol:Security.Protocols.Tls10").unwrap();
    assert!(protocols.contains("Gateway.Security.Protocols.Tls10\":\"False\""), "{protocols}");
    let odd = |s: &mut Settings| {
        s.identity.system = None;
        s.identity.user[0].id = "it's".into();
    };
    assert_eq!(command(odd, "identity:system"), None, "no command rather than one that could break out");
}

#[test]
fn many_changed_entries_are_told_as_a_number() {
    let names: Vec<String> = (0..50).map(|n| format!("api-{n:02}")).collect();
    let of = |version: &str| contents(&names.iter().map(|name| (name.as_str(), version)).collect::<Vec<_>>());
    let (mut source, mut standby) = (portrait("a"), portrait("b"));
    source.contents.insert(Collection::Apis, read(of("revision 2")));
    standby.contents.insert(Collection::Apis, read(of("revision 1")));
    let found = compare(&source, &standby, now());
    assert_eq!(found.differences.len(), 21);
    assert_eq!(found.differences.last().unwrap().source.as_deref(), Some("30 more of other versions"));
}

#[test]
fn given_names_are_not_custom_ones() {
    for (host, source, custom) in [
        ("apim-core.azure-api.net", Some("BuiltIn"), false),
        ("apim-core.azure-api.net", None, false),
        ("apim-core.azure-api.us", None, false),
        ("api.contoso.example", Some("Custom"), true),
        ("api.contoso.example", None, true),
    ] {
        let it = Hostname { certificate_source: source.map(str::to_owned), ..hostname(host) };
        assert_eq!(it.is_custom(), custom, "{host} {source:?}");
    }
}

#[test]
fn a_reference_is_followed_with_an_identity_that_is_there() {
    let it = samples::settings();
    assert!(it.has_identity(None) && it.has_identity(Some("CLIENT-id-core")));
    assert!(!it.has_identity(Some("client-other")) && !Settings::default().has_identity(None));
    let reference =
        VaultReference { secret: "https://kv-core.vault.azure.net/secrets/x".into(), ..Default::default() };
    assert_eq!((reference.vault(), reference.reads()), ("kv-core.vault.azure.net", None));
}
