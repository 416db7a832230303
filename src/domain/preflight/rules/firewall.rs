//! The network rules of the storage account: whether whoever knocks for the instance is let in.
//!
//! It is API Management's control plane that knocks, not the instance in its network, and not this machine.

use crate::domain::plan::Access;
use crate::domain::preflight::{Case, Evidence, Finding, Remedy, Rule, command, word};
use crate::domain::resource::ResourceId;
use crate::domain::storage::StorageAccount;

static FIREWALL: Rule = Rule {
    id: "storage-firewall",
    title: "storage lets it in",
    documented: "a closed account lets in a system-assigned identity as a trusted service or by a resource rule; a key needs the addresses of the control plane and an account in another region (documentation); user-assigned identities are reported not to pass (azure-docs#104165)",
};

const READ: &str = "Microsoft.Storage/storageAccounts/read on the account";

/// The network rules let in whoever will knock.
pub(super) fn lets_in(case: &Case<'_>) -> Option<Finding> {
    let account = &case.facts.account;
    let finding = match account.value() {
        None => FIREWALL.unread(account, "the network rules of the account", READ),
        Some(account) => judge(case, account),
    };
    let or = |value: &Option<String>, absent: &str| value.clone().unwrap_or_else(|| absent.to_owned());
    let access = account.map(|it| or(&it.public_network_access, "absent (Enabled)"));
    let action = account.map(|it| or(&it.default_action, "absent"));
    let bypass = account.map(|it| or(&it.bypass, "absent"));
    let rules = account.map(|it| {
        format!("{} of resources, {} of addresses", it.resource_rules.len(), it.address_rules.len())
    });
    let region = account.map(|it| it.region.to_string());
    let own_region = case.facts.instance.map(|it| it.region.to_string());
    let rows = [
        ("publicNetworkAccess", access),
        ("networkAcls.defaultAction", action),
        ("networkAcls.bypass", bypass),
        ("network rules", rules),
        ("region of the account", region),
        ("region of the instance", own_region),
    ];
    Some(rows.iter().fold(finding, |finding, (name, value)| finding.resting_on(Evidence::of(name, value))))
}

fn judge(case: &Case<'_>, account: &StorageAccount) -> Finding {
    let lower = |word: &Option<String>| word.as_deref().map(str::to_ascii_lowercase);
    match lower(&account.public_network_access).as_deref() {
        // Recorded: old accounts that are open to everybody have no such word.
        None | Some("enabled") => {}
        Some("disabled") => {
            return FIREWALL
                .unknown(
                    "public network access is off: most likely nobody is let in, and nothing says for sure",
                )
                .advising(
                    "A private endpoint of the instance does not help: its control plane knocks from outside",
                );
        }
        Some("securedbyperimeter") => {
            return FIREWALL.unknown("a network security perimeter decides, and its rules are not read here");
        }
        Some(word) => {
            return FIREWALL.unknown(format!("public network access is '{word}', a word not known here"));
        }
    }
    match lower(&account.default_action).as_deref() {
        Some("allow") => FIREWALL.ok("open to all networks"),
        Some("deny") => closed(case, account),
        Some(word) => FIREWALL.unknown(format!("the default action is '{word}', a word not known here")),
        None => FIREWALL.unknown("its default action is not reported"),
    }
}

/// What a closed account does.
fn closed(case: &Case<'_>, account: &StorageAccount) -> Finding {
    let trusts = account.bypass.as_deref().is_some_and(has_azure_services);
    let by_address = !account.address_rules.is_empty();
    match case.plan.access() {
        Access::System if trusts => FIREWALL.ok("closed, but trusted Azure services pass"),
        Access::System if names(account, case.plan.instance()) => {
            FIREWALL.ok("closed, but a resource rule names the instance")
        }
        Access::System if account.resource_rules.iter().any(|rule| rule.contains('*')) => {
            FIREWALL.unknown("closed, and a resource rule with a wildcard may mean the instance")
        }
        Access::System if by_address => by_addresses().advising(open_to_services(account)),
        Access::System => FIREWALL
            .blocked("closed, and neither trusted services nor a resource rule lets the instance in")
            .advising(open_to_services(account)),
        Access::User { .. } if trusts || !account.resource_rules.is_empty() => FIREWALL
            .warn("closed; its exceptions are for system-assigned identities, and user-assigned ones are reported not to pass")
            .advising("Use the system-assigned identity of the instance"),
        Access::User { .. } if by_address => by_addresses(),
        Access::User { .. } => FIREWALL
            .blocked("closed to everybody")
            .advising("Use the system-assigned identity, and let trusted Azure services through"),
        Access::Key => closed_to_keys(case, account),
    }
}

/// A key knocks from the addresses of the control plane; within a region from a private one that no rule can name.
fn closed_to_keys(case: &Case<'_>, account: &StorageAccount) -> Finding {
    let own = case.facts.instance.value().map(|it| &it.region).filter(|it| !it.as_str().is_empty());
    let is_same = own.filter(|_| !account.region.as_str().is_empty()).map(|own| *own == account.region);
    const OTHER_WAY: &str =
        "Use the system-assigned identity of the instance, and let trusted Azure services through";
    match is_same {
        Some(true) => FIREWALL
            .blocked("closed, and in the instance's own region no rule can let a key in")
            .advising(OTHER_WAY),
        _ if account.address_rules.is_empty() => {
            FIREWALL.blocked("closed, and no rule lets an address in: a key cannot pass").advising(OTHER_WAY)
        }
        Some(false) => by_addresses().advising(OTHER_WAY),
        None => FIREWALL
            .unknown("closed, and whether it is in the instance's region is not known")
            .advising(OTHER_WAY),
    }
}

fn by_addresses() -> Finding {
    FIREWALL.unknown(
        "closed but for some addresses: those of API Management's control plane are no longer published, so nobody can \
         say whether they are among them",
    )
}

fn has_azure_services(bypass: &str) -> bool {
    bypass.split(',').any(|word| word.trim().eq_ignore_ascii_case("AzureServices"))
}

fn names(account: &StorageAccount, instance: &ResourceId) -> bool {
    account.resource_rules.iter().any(|rule| rule.parse::<ResourceId>().is_ok_and(|id| id == *instance))
}

/// `--bypass` replaces the list, so what is on it is said again.
fn open_to_services(account: &StorageAccount) -> Remedy {
    let is_word =
        |word: &&str| word.chars().all(|c| c.is_ascii_alphabetic()) && !word.is_empty() && *word != "None";
    let words = account.bypass.as_deref().unwrap_or_default().split(',').map(str::trim).filter(is_word);
    let words: Vec<&str> = words.chain(["AzureServices"]).collect();
    Remedy::from("Let trusted Azure services through the account's firewall").by(command(&[
        "az storage account update --subscription",
        &word(account.id.subscription().as_str()),
        "--resource-group",
        &word(account.id.resource_group()),
        "--name",
        &word(&account.name),
        "--bypass",
        &words.join(" "),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, Unreadable};
    use crate::domain::plan::{Plan, RestorePlan};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, fine, now, unread};
    use crate::domain::preflight::{Facts, Preflight};
    use crate::domain::region::Region;
    use crate::domain::verdict::Verdict::{self, Blocked, Ok, Unknown, Warn};

    const ROWS: &[Row] = &[
        ("storage-firewall", Ok, |_, _| {}),
        ("storage-firewall", Unknown, |_, f| f.account = Fact::NotAsked),
        ("storage-firewall", Unknown, |_, f| f.account = unread(Unreadable::Forbidden("no".into()))),
        ("storage-firewall", Unknown, |_, f| edit(&mut f.account, |a| a.default_action = None)),
        ("storage-firewall", Unknown, |_, f| {
            edit(&mut f.account, |a| a.default_action = Some("Maybe".into()))
        }),
        ("storage-firewall", Ok, |_, f| edit(&mut f.account, |a| a.public_network_access = None)),
        ("storage-firewall", Unknown, |_, f| {
            edit(&mut f.account, |a| a.public_network_access = Some("Sometimes".into()))
        }),
        ("storage-firewall", Unknown, |p, f| {
            p.access = Access::Key;
            edit(&mut f.account, |a| {
                a.default_action = Some("Deny".into());
                a.address_rules = vec!["192.0.2.0/24".into()];
            });
            f.instance = Fact::NotAsked;
        }),
        ("storage-firewall", Unknown, |_, f| {
            edit(&mut f.account, |a| {
                a.default_action = Some("Deny".into());
                a.bypass = None;
                a.resource_rules = vec!["/subscriptions/s-1/resourceGroups/*/providers/X/service/*".into()];
            });
        }),
        ("storage-firewall", Blocked, |_, f| {
            edit(&mut f.account, |a| {
                a.default_action = Some("Deny".into());
                a.bypass = None;
                a.resource_rules =
                    vec!["/subscriptions/s-1/resourceGroups/rg/providers/X/service/other".into()];
            });
        }),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    /// How the account is closed: its bypass, whether a rule names the instance, whether addresses have rules.
    type Closing = (&'static str, bool, bool);

    const NOTHING: Closing = ("None", false, false);
    const SERVICES: Closing = ("Logging, AzureServices", false, false);
    const NAMED: Closing = ("Logging", true, false);
    const ADDRESSES: Closing = ("None", false, true);

    /// What a closed account answers: by system-assigned identity, by user-assigned identity, by key in the instance's
    /// region, by key in another.
    const MATRIX: [(Closing, [Verdict; 4]); 4] = [
        (NOTHING, [Blocked, Blocked, Blocked, Blocked]),
        (SERVICES, [Ok, Warn, Blocked, Blocked]),
        (NAMED, [Ok, Warn, Blocked, Blocked]),
        (ADDRESSES, [Unknown, Unknown, Blocked, Unknown]),
    ];

    fn asked(
        public: Option<&str>,
        action: &str,
        (bypass, is_named, by_address): Closing,
        (access, region): (&str, &str),
    ) -> Finding {
        let (mut plan, mut facts): (RestorePlan, Facts) = fine();
        plan.access = access.parse().unwrap();
        edit(&mut facts.account, |a| {
            a.region = Region::new(region);
            a.public_network_access = public.map(str::to_owned);
            a.default_action = Some(action.to_owned());
            a.bypass = Some(bypass.to_owned());
            a.resource_rules =
                is_named.then(|| plan.target.as_str().to_ascii_uppercase()).into_iter().collect();
            a.address_rules = by_address.then(|| "192.0.2.0/24".to_owned()).into_iter().collect();
        });
        let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
        preflight.findings.into_iter().find(|it| it.id() == FIREWALL.id).unwrap()
    }

    #[test]
    fn the_whole_matrix() {
        let ways = [
            ("system", "westeurope"),
            ("user:c-1", "westeurope"),
            ("key", "West Europe"),
            ("key", "uksouth"),
        ];
        for (closing, expected) in MATRIX {
            for (way, verdict) in ways.into_iter().zip(expected) {
                for public in [Some("Enabled"), None] {
                    let found = asked(public, "Deny", closing, way);
                    assert_eq!(found.verdict, verdict, "{public:?} {closing:?} {way:?}");
                    let is_open = asked(public, "Allow", closing, way);
                    assert_eq!(is_open.verdict, Ok, "{public:?} {closing:?} {way:?}");
                }
                for public in ["Disabled", "SecuredByPerimeter"] {
                    for action in ["Deny", "Allow"] {
                        let found = asked(Some(public), action, closing, way);
                        assert_eq!(found.verdict, Unknown, "{public} {action} {closing:?} {way:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_command_keeps_what_was_let_through_before() {
        let closing = ("Logging, Metrics", false, false);
        let found = asked(None, "Deny", closing, ("system", "westeurope"));
        assert_eq!(
            found.remedy.unwrap().command.as_deref(),
            Some(
                "az storage account update --subscription s --resource-group g --name stcore --bypass Logging Metrics AzureServices"
            )
        );
        let found = asked(None, "Deny", NOTHING, ("system", "westeurope"));
        assert!(found.remedy.unwrap().command.unwrap().ends_with("--bypass AzureServices"));
    }
}
