//! What was done to an instance, as the activity log tells it: who, what, when, and whether it has ended.
//!
//! The log is up to twenty minutes late, and what nobody did through Resource Manager is not in it: a developer who
//! signs up in the portal leaves no entry.

use jiff::{SignedDuration, Timestamp};

use super::plan::Kind;
use super::resource::ResourceId;

/// The provider whose actions are told.
const PROVIDER: &str = "Microsoft.ApiManagement/service/";

/// How late an entry may be.
pub const LATE: SignedDuration = SignedDuration::from_mins(20);

/// One request to Resource Manager, with all that the log has of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The action, verbatim: `Microsoft.ApiManagement/service/apis/policies/write`, in any letter case.
    pub action: String,
    /// What it was done to, an ARM id, verbatim.
    pub resource: String,
    /// Its first entry.
    pub began_at: Timestamp,
    /// The entry that tells its end.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub end: End,
    /// A user's UPN or an application's object id.
    pub caller: Option<String>,
    /// Groups its entries.
    pub correlation_id: Option<String>,
    /// Whether this console did it.
    pub doer: Doer,
}

/// How a deed ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// No entry tells an end.
    Open,
    /// It succeeded.
    Well,
    /// It failed, or was cancelled.
    Badly,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doer {
    /// An operation of our journal.
    Us,
    /// Somebody else, or a request of ours that is no operation.
    Others,
}

/// What the log tells of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// From when on all of it was read. What is older may be missing: the log is kept for ninety days, and of one that is
    /// too long the oldest part is left unread.
    pub since: Timestamp,
    /// What it holds, in the order in which it began.
    pub deeds: Vec<Deed>,
}

/// The changes of an instance's configuration after a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes<'a> {
    /// The parts that were changed, and how often; the most changed first.
    pub parts: Vec<(&'a str, usize)>,
    /// The newest of them.
    pub last: &'a Deed,
}

impl Deed {
    /// What follows the provider in the action: `apis`, `policies`, `write`.
    fn words(&self) -> Vec<&str> {
        let is_ours = self.action.get(..PROVIDER.len()).is_some_and(|it| it.eq_ignore_ascii_case(PROVIDER));
        if is_ours { self.action[PROVIDER.len()..].split('/').collect() } else { Vec::new() }
    }

    /// Whether it was done to this instance or to anything in it.
    pub fn is_on(&self, instance: &ResourceId) -> bool {
        let id = instance.as_str();
        let head = self.resource.get(..id.len()).is_some_and(|it| it.eq_ignore_ascii_case(id));
        head && matches!(self.resource.as_bytes().get(id.len()), None | Some(b'/'))
    }

    /// Whether it is a backup or a restore.
    pub fn transfer(&self) -> Option<Kind> {
        match self.words().as_slice() {
            [word, "action"] => [Kind::Backup, Kind::Restore]
                .into_iter()
                .find(|kind| word.eq_ignore_ascii_case(&kind.to_string())),
            _ => None,
        }
    }

    /// Whether it changes the instance as a whole, which keeps others out while it lasts.
    pub fn occupies(&self) -> bool {
        const ACTIONS: [&str; 4] =
            ["managedeployments", "updatehostname", "updatecertificate", "applynetworkconfigurationupdates"];
        let is = |word: &str, one: &str| word.eq_ignore_ascii_case(one);
        match self.words().as_slice() {
            [word] => is(word, "write") || is(word, "delete"),
            [word, "action"] => self.transfer().is_some() || ACTIONS.iter().any(|it| is(word, it)),
            _ => false,
        }
    }

    /// The part of the configuration that it changes: `apis`, `policies`, `namedValues`; `None` when it changes none
    /// that a backup carries.
    pub fn part(&self) -> Option<&str> {
        let words = self.words();
        let (last, above) = words.split_last()?;
        let renews = |word: &&str| word.to_ascii_lowercase().starts_with("regenerate");
        let is_change = match last.to_ascii_lowercase().as_str() {
            "write" | "delete" => true,
            "action" => above.len() > 1 && above.last().is_some_and(renews),
            _ => false,
        };
        let policies = above.iter().find(|word| word.eq_ignore_ascii_case("policies"));
        if is_change { policies.or(above.first()).copied() } else { None }
    }
}

impl Log {
    /// The changes of the configuration from a moment on that have not failed; `None` when there are none.
    pub fn changes_since(&self, moment: Timestamp) -> Option<Changes<'_>> {
        let mut parts: Vec<(&str, usize)> = Vec::new();
        let mut newest: Option<&Deed> = None;
        for deed in self.deeds.iter().filter(|it| it.began_at >= moment && it.end != End::Badly) {
            let Some(part) = deed.part() else { continue };
            match parts.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(part)) {
                Some((_, count)) => *count += 1,
                None => parts.push((part, 1)),
            }
            newest = newest.filter(|it| it.began_at > deed.began_at).or(Some(deed));
        }
        parts.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
        newest.map(|last| Changes { parts, last })
    }

    /// The newest deed of somebody else from a moment on that keeps others out, and of which no end is told.
    pub fn under_way_since(&self, moment: Timestamp) -> Option<&Deed> {
        let is_it = |it: &&Deed| {
            it.began_at >= moment && it.occupies() && it.end == End::Open && it.doer == Doer::Others
        };
        self.deeds.iter().filter(is_it).max_by_key(|it| it.began_at)
    }

    /// Whether everything from a moment on was read, as far as the log is up to date.
    pub fn covers(&self, moment: Timestamp) -> bool {
        self.since <= moment
    }
}

impl Changes<'_> {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// A deed on the instance `name` of [`crate::domain::instance::samples`], at `at`, that went well.
    pub(crate) fn deed(name: &str, what: &str, at: Timestamp) -> Deed {
        Deed {
            action: format!("{PROVIDER}{what}"),
            resource: format!(
                "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/{name}"
            ),
            began_at: at,
            ended_at: Some(at),
            end: End::Well,
            caller: Some("dev@contoso.example".to_owned()),
            correlation_id: Some(format!("{what} {at}")),
            doer: Doer::Others,
        }
    }

    /// A log of these deeds since `since`.
    pub(crate) fn log(since: Timestamp, deeds: Vec<Deed>) -> Log {
        Log { since, deeds }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{deed, log};
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_action_tells_what_it_changes_and_whether_it_keeps_others_out() {
        let table = [
            ("apis/write", Some("apis"), false),
            ("APIs/operations/WRITE", Some("APIs"), false),
            ("apis/operations/policies/write", Some("policies"), false),
            ("namedValues/delete", Some("namedValues"), false),
            ("subscriptions/regeneratePrimaryKey/action", Some("subscriptions"), false),
            ("namedValues/listValue/action", None, false),
            ("apis/read", None, false),
            ("backup/action", None, true),
            ("Restore/action", None, true),
            ("managedeployments/action", None, true),
            ("getssotoken/action", None, false),
            ("write", None, true),
            ("delete", None, true),
            ("", None, false),
        ];
        for (what, part, occupies) in table {
            let it = deed("apim-core", what, noon());
            assert_eq!((it.part(), it.occupies()), (part, occupies), "{what}");
        }
        let mut foreign = deed("apim-core", "write", noon());
        foreign.action = "Microsoft.Storage/storageAccounts/write".into();
        assert_eq!((foreign.part(), foreign.occupies()), (None, false));
        assert_eq!(deed("a", "restore/action", noon()).transfer(), Some(Kind::Restore));
    }

    #[test]
    fn a_deed_is_on_its_instance_and_not_on_a_namesake() {
        let core: ResourceId =
            "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-core"
                .parse()
                .unwrap();
        let mut it = deed("APIM-CORE", "apis/write", noon());
        assert!(it.is_on(&core));
        it.resource.push_str("/apis/orders");
        assert!(it.is_on(&core));
        assert!(!deed("apim-core2", "write", noon()).is_on(&core));
        assert!(!deed("apim", "write", noon()).is_on(&core));
    }

    #[test]
    fn changes_are_counted_by_part_and_the_newest_is_named() {
        let at = |minutes| noon() + SignedDuration::from_mins(minutes);
        let mut failed = deed("a", "products/write", at(9));
        failed.end = End::Badly;
        let log = log(
            noon(),
            vec![
                deed("a", "apis/write", at(-1)),
                deed("a", "products/write", at(5)),
                deed("a", "apis/write", at(1)),
                deed("a", "apis/operations/write", at(2)),
                deed("a", "backup/action", at(3)),
                failed,
            ],
        );
        let changes = log.changes_since(noon()).unwrap();
        assert_eq!(changes.parts, [("apis", 2), ("products", 1)]);
        assert_eq!((changes.count(), changes.last.began_at), (3, at(5)));
        assert_eq!(log.changes_since(at(6)), None);
    }

    #[test]
    fn only_what_somebody_else_began_and_has_not_ended_is_under_way() {
        let open = |what: &str| Deed { end: End::Open, ended_at: None, ..deed("a", what, noon()) };
        let own = Deed { doer: Doer::Us, ..open("restore/action") };
        let found = |deeds: Vec<Deed>| log(noon(), deeds).under_way_since(noon()).is_some();
        assert!(found(vec![open("restore/action")]));
        assert!(found(vec![open("write")]));
        assert!(!found(vec![open("apis/write"), own, deed("a", "write", noon())]));
        assert_eq!(log(noon(), vec![open("write")]).under_way_since(noon() + LATE), None);
    }
}
