//! Versions that must fit: of the requests, and of the platforms of both sides.

use jiff::civil::Date;

use crate::domain::fact::Fact;
use crate::domain::plan::API_VERSION;
use crate::domain::preflight::{Case, Evidence, Finding, Remedy, Rule};
use crate::domain::resource::ResourceId;

static API: Rule = Rule {
    id: "api-version",
    title: "it answers our version",
    documented: "apiVersionConstraint.minApiVersion: \"limit control plane API calls to API Management service with version equal to or newer than this value\" (published contract)",
};

/// The oldest version that the instance may be set to without losing what is still served: older ones are retired.
const OLDEST_SERVED: &str = "2021-08-01";

/// The instance does not refuse requests of our api-version.
pub(super) fn api(case: &Case<'_>) -> Option<Finding> {
    let oldest = case.facts.instance.map(|it| it.min_api_version.clone());
    let finding = match oldest.value() {
        None => API.unknown("the instance could not be read"),
        Some(None) => API.unknown("whether it is restricted was not told"),
        Some(Some(oldest)) if oldest.is_empty() => API.ok("it answers every version"),
        Some(Some(oldest)) => match (date(oldest), date(API_VERSION)) {
            (Some(least), Some(ours)) if least <= ours => {
                API.ok(format!("it asks for {oldest} or newer, and ours is {API_VERSION}"))
            }
            (Some(_), Some(_)) => API
                .blocked(format!("it refuses versions before {oldest}, and ours is {API_VERSION}"))
                .advising(lowering(case.plan.instance(), oldest)),
            _ => API.unknown(format!("it asks for the version '{oldest}', which cannot be compared")),
        },
    };
    let shown = oldest.map(|it| match it.as_deref() {
        None => "not reported".to_owned(),
        Some("") => "none".to_owned(),
        Some(oldest) => oldest.to_owned(),
    });
    Some(finding.resting_on(Evidence::of("minApiVersion", &shown)))
}

/// The date of a version. A preview is as old as its date.
fn date(version: &str) -> Option<Date> {
    version.strip_suffix("-preview").unwrap_or(version).parse().ok()
}

/// The request itself must be of a version that the instance still answers.
fn lowering(instance: &ResourceId, oldest: &str) -> Remedy {
    let remedy = Remedy::from("Lower the constraint, and raise it again afterwards");
    let is_plain = |text: &str| !text.contains(['\'', '\\', '\n']);
    if !is_plain(instance.as_str()) || !is_plain(oldest) {
        return remedy;
    }
    remedy.by(format!(
        "az rest --method patch --uri '{instance}?api-version={oldest}' --body \
         '{{\"properties\":{{\"apiVersionConstraint\":{{\"minApiVersion\":\"{OLDEST_SERVED}\"}}}}}}'"
    ))
}

static PLATFORM: Rule = Rule {
    id: "platform-equal",
    title: "platforms are equal",
    documented: "backups that could not be restored after days because the platform had moved on (azure-docs PR 43273); which platforms fit is documented nowhere",
};

/// Source and target are of one platform. Whether both have had the same update cannot be read, and is no finding.
pub(super) fn platform(case: &Case<'_>) -> Option<Finding> {
    case.restore()?;
    let then = &case.facts.platform_then;
    let now = case.facts.instance.map(|it| it.platform_version.clone().unwrap_or_default());
    let is_told = |word: &str| !word.is_empty() && !word.eq_ignore_ascii_case("undetermined");
    let finding = match (then.value(), now.value()) {
        (Some(then), Some(now)) if !is_told(then) || !is_told(now) => {
            PLATFORM.unknown("Azure does not tell the platform of both")
        }
        (Some(then), Some(now)) if then.eq_ignore_ascii_case(now) => PLATFORM.ok(format!("both {now}")),
        (Some(then), Some(now)) => PLATFORM
            .warn(format!("backup {then}, target {now}"))
            .advising("Choose a backup that is younger than the move; have another target at hand"),
        (None, _) => PLATFORM.unknown("the platform of the source at that time is not recorded"),
        (_, None) => PLATFORM.unknown("the platform of the target could not be read"),
    };
    Some(finding.resting_on(Evidence::of("platform of the backup", then)).resting_on(Evidence::of(
        "platform of the target",
        &match now {
            Fact::Known(it) if it.value.is_empty() => Fact::Known(it).map(|_| "not reported".to_owned()),
            other => other,
        },
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::Unreadable;
    use crate::domain::plan::Plan;
    use crate::domain::preflight::Preflight;
    use crate::domain::preflight::samples::{Row, assert_rows, edit, fine, known, now, unread};
    use crate::domain::verdict::Verdict::{Blocked, Ok, Unknown, Warn};

    const ROWS: &[Row] = &[
        ("api-version", Ok, |_, _| {}),
        ("api-version", Ok, |_, f| edit(&mut f.instance, |i| i.min_api_version = Some("2024-05-01".into()))),
        ("api-version", Ok, |_, f| edit(&mut f.instance, |i| i.min_api_version = Some("2019-12-01".into()))),
        ("api-version", Blocked, |_, f| {
            edit(&mut f.instance, |i| i.min_api_version = Some("2024-06-01-preview".into()));
        }),
        ("api-version", Unknown, |_, f| {
            edit(&mut f.instance, |i| i.min_api_version = Some("newest".into()));
        }),
        ("api-version", Unknown, |_, f| edit(&mut f.instance, |i| i.min_api_version = None)),
        ("api-version", Unknown, |_, f| f.instance = Fact::NotAsked),
        ("platform-equal", Ok, |_, _| {}),
        ("platform-equal", Warn, |_, f| f.platform_then = known("stv1".into())),
        ("platform-equal", Unknown, |_, f| f.platform_then = known("undetermined".into())),
        ("platform-equal", Unknown, |_, f| edit(&mut f.instance, |i| i.platform_version = None)),
        ("platform-equal", Unknown, |_, f| {
            f.platform_then = unread(Unreadable::NotRecorded("no manifest".into()));
        }),
        ("platform-equal", Unknown, |_, f| f.instance = Fact::NotAsked),
    ];

    #[test]
    fn each_rule_gives_each_of_its_answers() {
        assert_rows(ROWS);
    }

    #[test]
    fn the_command_asks_in_a_version_that_is_still_answered() {
        let (plan, mut facts) = fine();
        edit(&mut facts.instance, |i| i.min_api_version = Some("2025-03-01-preview".into()));
        let target = plan.target.clone();
        let preflight = Preflight::run(&Plan::Restore(plan), &facts, now());
        let finding = preflight.findings.iter().find(|it| it.id() == "api-version").unwrap();
        let command = finding.remedy.as_ref().unwrap().command.as_deref().unwrap();
        assert_eq!(
            command,
            format!(
                "az rest --method patch --uri '{target}?api-version=2025-03-01-preview' --body \
                 '{{\"properties\":{{\"apiVersionConstraint\":{{\"minApiVersion\":\"2021-08-01\"}}}}}}'"
            )
        );
    }
}
