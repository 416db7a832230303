//! What hangs below the instances, compared.

use super::contents::{Collection, Contents, Diagnostic, Portal};
use super::{ClosedBy, Difference, Parity};

/// More entries of one collection than this are told as a number.
const TOLD: usize = 20;

pub(super) fn diagnostics(parity: &mut Parity, source: &[Diagnostic], standby: &[Diagnostic]) {
    let told = |it: &Diagnostic| format!("{} to {}", it.categories.join(", "), it.destinations.join(", "));
    let id = |name: &str| format!("diagnostic:{name}");
    for one in source {
        let setting = format!("diagnostics {}", one.name);
        match standby.iter().find(|it| it.name.eq_ignore_ascii_case(&one.name)) {
            Some(other) if told(one) == told(other) => parity.same(id(&one.name), setting, told(one)),
            Some(other) => parity.differences.push(
                Difference::new(id(&one.name), setting, (Some(told(one)), Some(told(other))))
                    .closed(ClosedBy::ByHand)
                    .advising("Set it on the standby as on the source, or what it tells will be missed"),
            ),
            None => parity.differences.push(
                Difference::new(id(&one.name), setting, (Some(told(one)), None))
                    .closed(ClosedBy::ByHand)
                    .advising("Create it on the standby: without it nobody sees what its gateway does"),
            ),
        }
    }
    for other in standby.iter().filter(|it| !source.iter().any(|one| one.name.eq_ignore_ascii_case(&it.name)))
    {
        let setting = format!("diagnostics {}", other.name);
        parity.differences.push(Difference::new(id(&other.name), setting, (None, Some(told(other)))));
    }
}

pub(super) fn portal(parity: &mut Parity, source: &Portal, standby: &Portal) {
    const SETTING: &str = "developer portal";
    let told = |it: &Portal| if it.published.is_some() { "published" } else { "not published" }.to_owned();
    if source.published.is_some() == standby.published.is_some() {
        // That both are published does not say that they show the same: the content is not compared.
        return parity.same("portal", SETTING, told(source));
    }
    let difference = Difference::new("portal", SETTING, (Some(told(source)), Some(told(standby))));
    parity.differences.push(if standby.published.is_some() {
        difference
    } else {
        difference.closed(ClosedBy::ByHand).advising(
            "Move the content with the migration scripts of the developer portal, then publish it; a backup does not \
             carry it",
        )
    });
}

/// Compares one collection by number, and by version where both sides tell it.
pub(super) fn contents(parity: &mut Parity, of: Collection, source: &Contents, standby: &Contents) {
    let missing: Vec<&str> = source
        .versions
        .keys()
        .filter(|name| !standby.versions.contains_key(*name))
        .map(String::as_str)
        .collect();
    let listed = !source.versions.is_empty() && !standby.versions.is_empty();
    if source.count == standby.count && (missing.is_empty() || !listed) {
        parity.same(of.path(), of.to_string(), source.count.to_string());
    } else {
        let which =
            if listed && !missing.is_empty() { format!(", with {}", few(&missing)) } else { String::new() };
        let sides = (Some(format!("{}{which}", source.count)), Some(standby.count.to_string()));
        parity.differences.push(
            Difference::new(of.path(), of.to_string(), sides)
                .closed(ClosedBy::Restore)
                .blocking(harm(of, source.count, standby.count, missing.len()))
                .advising(afterwards(of)),
        );
    }
    let both =
        source.versions.iter().filter_map(|(name, one)| Some((name, one, standby.versions.get(name)?)));
    let changed: Vec<_> = both.filter(|(_, one, other)| one != other).collect();
    for (name, one, other) in changed.iter().take(TOLD) {
        let id = format!("{}:{name}", of.path());
        let sides = (Some((*one).clone()), Some((*other).clone()));
        parity.differences.push(
            Difference::new(id, format!("{} {name}", of.one()), sides)
                .closed(ClosedBy::Restore)
                .blocking(None)
                .advising("A restore of a backup of the source makes them the same"),
        );
    }
    if changed.len() > TOLD {
        let more = format!("{} more of other versions", changed.len() - TOLD);
        parity.differences.push(
            Difference::new(format!("{}:more", of.path()), of.to_string(), (Some(more), None))
                .closed(ClosedBy::Restore)
                .blocking(None),
        );
    }
}

/// Whether clients fail on a standby that lacks some.
fn harm(of: Collection, source: u64, standby: u64, missing: usize) -> Option<bool> {
    let lacks = standby < source || missing > 0;
    match of {
        // Calls to an API that is not there, and keys that nobody knows, are refused.
        Collection::Apis | Collection::Subscriptions if lacks => Some(true),
        Collection::Users | Collection::Groups | Collection::Loggers | Collection::Gateways => Some(false),
        _ if lacks => None,
        _ => Some(false),
    }
}

fn afterwards(of: Collection) -> &'static str {
    match of {
        Collection::Gateways => {
            "They come with a restore as entities; each must then be deployed anew with the standby's configuration \
             endpoint and a new token."
        }
        _ => "A restore of a backup of the source brings them; until then they differ.",
    }
}

/// The first of them, and how many more.
fn few(names: &[&str]) -> String {
    const SHOWN: usize = 3;
    let first = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
