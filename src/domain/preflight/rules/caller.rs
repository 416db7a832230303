//! What the signed-in person may do.

use crate::domain::permission;
use crate::domain::plan::Kind;
use crate::domain::preflight::{Case, Evidence, Finding, Rule};

static MAY_ACT: Rule = Rule {
    id: "permissions",
    title: "you may do it",
    documented: "the action is what the POST asks for; who may act but not poll sees \"forbidden\" while the operation goes on (azure-powershell#26536)",
};

/// The caller holds the action and may read the polling address.
pub(super) fn may_act(case: &Case<'_>) -> Option<Finding> {
    let kind = case.plan.kind();
    let action = match kind {
        Kind::Restore => permission::RESTORE,
        Kind::Backup => permission::BACKUP,
    };
    let finding = match case.facts.permissions.value() {
        None => MAY_ACT.unread(&case.facts.permissions, "your permissions", permission::PERMISSIONS),
        Some(held) if !held.allow(action) => MAY_ACT
            .blocked(format!("{action} is not granted to you"))
            .advising("Ask for: API Management Service Operator Role on the instance, or a custom role with the action"),
        Some(held) if !held.allow(permission::POLL) => MAY_ACT
            .warn("you may start it but not read its progress")
            .advising(format!("Ask for {} too; without it the end is only inferred", permission::POLL)),
        Some(_) => MAY_ACT.ok(format!("{kind} and its progress are granted")),
    };
    let shown = case.facts.permissions.map(|held| {
        let grants: Vec<String> = held.0.iter().flat_map(|grant| grant.actions.clone()).collect();
        grants.join(", ")
    });
    Some(finding.resting_on(Evidence::of("granted actions", &shown)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::Unreadable;
    use crate::domain::preflight::samples::{Row, assert_rows, grants, known, unread};
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown, Warn};

    const ROWS: &[Row] = &[
        ("permissions", Ok, |_, _| {}),
        ("permissions", Blocked, |_, f| f.permissions = known(grants(&["*/read"]))),
        ("permissions", Warn, |_, f| f.permissions = known(grants(&[permission::RESTORE]))),
        ("permissions", Unknown, |_, f| f.permissions = unread(Unreadable::Forbidden("no".into()))),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }
}
