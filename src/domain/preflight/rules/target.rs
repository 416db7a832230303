//! The instance that the request is sent to: its state and its tier.

use crate::domain::compatibility::{self, Reason};
use crate::domain::permission;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};
use crate::domain::verdict::Verdict;

static IDLE: Rule =
    Rule { id: "instance-idle", title: "instance is idle", documented: compatibility::IDLE.documented };

/// Nothing is under way on the instance.
pub(super) fn idle(case: &Case<'_>) -> Option<Finding> {
    let kind = case.plan.kind();
    let instance = &case.facts.instance;
    let finding = match instance.value().map(compatibility::activity) {
        None => IDLE
            .unknown("its state could not be read")
            .advising("Without a reading of the instance nothing can be sent to it"),
        Some(None) => IDLE.ok("Succeeded, and nothing is under way"),
        Some(Some(Reason::TargetBusy(word))) => IDLE
            .blocked(format!("{word}: another change is under way"))
            .advising("Wait until it is done, or attach to the operation that runs"),
        Some(Some(Reason::TargetBroken(word))) => IDLE
            .warn(format!("{word}: its last change ended badly"))
            .advising(format!("Find out why it is {word}; whether a {kind} works then is not documented")),
        Some(Some(reason)) => IDLE.unknown(reason.to_string()),
    };
    let state = instance.map(|it| it.state.clone().unwrap_or_default());
    let target = instance.map(|it| it.target_state.clone().unwrap_or_default());
    Some(
        finding
            .resting_on(Evidence::of("provisioningState", &state))
            .resting_on(Evidence::of("targetProvisioningState", &target)),
    )
}

static TIER: Rule =
    Rule { id: "tier-supported", title: "tier has restore", documented: compatibility::SUPPORTED.documented };

/// The tier has backup and restore at all, and no workspace forbids it.
pub(super) fn tier_supported(case: &Case<'_>) -> Option<Finding> {
    let tier = case.facts.instance.map(|it| it.sku.as_ref().map(|sku| sku.tier.clone()));
    let workspaces = &case.facts.workspaces;
    let opposed = tier.value().map(|tier| compatibility::support(tier.as_ref()));
    const REBUILD: &str = "Rebuild from source (infrastructure as code, APIOps); no backup helps here";
    let finding = match (opposed, workspaces.value()) {
        (Some(Some(reason)), _) if reason.verdict() == Verdict::Blocked => {
            TIER.blocked(reason.to_string()).advising(REBUILD)
        }
        (_, Some(&count)) if count > 0 => TIER
            .blocked(format!("{count} workspace(s): such an instance has no backup and restore"))
            .advising(REBUILD),
        (None, _) => TIER.unread(&case.facts.instance, "its tier", permission::READ),
        (Some(Some(reason)), _) => TIER.unknown(reason.to_string()),
        (Some(None), None) => TIER.unread(workspaces, "whether it has workspaces", permission::WORKSPACES),
        (Some(None), Some(_)) => TIER.ok("the tier has backup and restore; no workspaces"),
    };
    let shown = tier.map(|tier| tier.as_ref().map_or("not reported".to_owned(), ToString::to_string));
    Some(
        finding
            .resting_on(Evidence::of("sku.name", &shown))
            .resting_on(Evidence::of("workspaces", &workspaces.map(ToString::to_string))),
    )
}

#[cfg(test)]
mod tests {
    use crate::domain::fact::{Fact, Unreadable};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, known, unread};
    use crate::domain::sku::Tier;
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown, Warn};

    const ROWS: &[Row] = &[
        ("instance-idle", Ok, |_, _| {}),
        ("instance-idle", Blocked, |_, f| {
            edit(&mut f.instance, |i| i.target_state = Some("Updating".into()))
        }),
        ("instance-idle", Warn, |_, f| edit(&mut f.instance, |i| i.state = Some("Failed".into()))),
        ("instance-idle", Unknown, |_, f| edit(&mut f.instance, |i| i.state = Some("Dreaming".into()))),
        ("instance-idle", Unknown, |_, f| f.instance = unread(Unreadable::Unreachable("down".into()))),
        ("tier-supported", Ok, |_, _| {}),
        ("tier-supported", Blocked, |_, f| {
            edit(&mut f.instance, |i| i.sku.as_mut().unwrap().tier = Tier::BasicV2)
        }),
        ("tier-supported", Blocked, |_, f| f.workspaces = known(2)),
        ("tier-supported", Unknown, |_, f| f.workspaces = Fact::NotAsked),
        ("tier-supported", Unknown, |_, f| {
            edit(&mut f.instance, |i| i.sku.as_mut().unwrap().tier = Tier::Isolated)
        }),
        ("tier-supported", Unknown, |_, f| f.instance = Fact::NotAsked),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
