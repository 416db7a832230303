//! The CORS rules of the storage account's blob service.

use crate::domain::plan::Access;
use crate::domain::preflight::{Case, Evidence, Finding, Remedy, Rule, command, word};

static CORS: Rule = Rule {
    id: "storage-cors",
    title: "no CORS rules",
    documented: "\"CORS should not be enabled on the Blob service in the storage account\" (documentation); with a key, a rule with PATCH ends in \"Requested value … was not found\" (azure-powershell#23411)",
};

const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/read on the account";

/// No CORS rule stands in the way. Soft delete and versioning are shown beside it: they say what can be had back.
pub(super) fn absent(case: &Case<'_>) -> Option<Finding> {
    let service = &case.facts.blob_service;
    let is_by_key = *case.plan.access() == Access::Key;
    let finding = match service.value() {
        None => CORS.unread(service, "the CORS rules of the account", READ),
        Some(it) if it.cors.is_empty() => CORS.ok("it has none"),
        Some(it) if it.allows_patch() && is_by_key => CORS
            .blocked("a rule allows PATCH, which Azure cannot read when it comes with a key")
            .advising(clear(case)),
        Some(it) if is_by_key => CORS
            .warn(format!("{} of them, where the documentation wants none", it.cors.len()))
            .advising(clear(case)),
        Some(it) => CORS
            .warn(format!(
                "{} of them, where the documentation wants none; with an identity it is reported to work",
                it.cors.len()
            ))
            .advising(clear(case)),
    };
    let rules = service.map(|it| match it.cors.as_slice() {
        [] => "none".to_owned(),
        rules => rules.iter().map(|methods| methods.join(",")).collect::<Vec<_>>().join("; "),
    });
    let kept = service.map(|it| match it.keeps_deleted_for {
        Some(days) => format!("{days} days"),
        None => "off".to_owned(),
    });
    let versions =
        service.map(|it| it.versioning.map_or("not reported (off)".to_owned(), |is_on| is_on.to_string()));
    Some(
        finding
            .resting_on(Evidence::of("CORS rules", &rules))
            .resting_on(Evidence::of("deleted blobs are kept", &kept))
            .resting_on(Evidence::of("versioning", &versions)),
    )
}

fn clear(case: &Case<'_>) -> Remedy {
    let advice = match case.plan.access() {
        Access::Key => {
            "Use a managed identity, or take the rules away; whoever needs them in a browser will miss them"
        }
        Access::System | Access::User { .. } => {
            "Take the rules away if it fails; whoever needs them in a browser will miss them"
        }
    };
    let account = &case.plan.address().location.account;
    Remedy::from(advice).by(command(&["az storage cors clear --services b --account-name", &word(account)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, Unreadable};
    use crate::domain::preflight::samples::{Row, assert_rows, edit, finding_of, unread};
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown, Warn};

    const ROWS: &[Row] = &[
        ("storage-cors", Ok, |_, _| {}),
        ("storage-cors", Ok, |p, _| p.access = Access::Key),
        ("storage-cors", Blocked, |p, f| {
            p.access = Access::Key;
            edit(&mut f.blob_service, |it| it.cors = vec![vec!["GET".into()], vec!["Patch".into()]]);
        }),
        ("storage-cors", Warn, |p, f| {
            p.access = Access::Key;
            edit(&mut f.blob_service, |it| it.cors = vec![vec!["GET".into(), "PUT".into()]]);
        }),
        ("storage-cors", Warn, |_, f| edit(&mut f.blob_service, |it| it.cors = vec![vec!["PATCH".into()]])),
        ("storage-cors", Warn, |p, f| {
            p.access = Access::User { client_id: "c".into() };
            edit(&mut f.blob_service, |it| it.cors = vec![vec![]]);
        }),
        ("storage-cors", Unknown, |_, f| f.blob_service = Fact::NotAsked),
        ("storage-cors", Unknown, |_, f| f.blob_service = unread(Unreadable::Forbidden("no".into()))),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    #[test]
    fn whoever_may_not_look_is_told_what_is_missing() {
        let found = finding_of("storage-cors", |_, f| {
            f.blob_service = unread(Unreadable::Forbidden("AuthorizationFailed".into()));
        });
        assert!(found.remedy.unwrap().advice.contains("blobServices/read"));
        let found = finding_of("storage-cors", |_, f| {
            f.blob_service = unread(Unreadable::Unreachable("down".into()));
        });
        assert_eq!(found.remedy, None);
    }
}
