//! Changes of an instance's tier, as Resource Graph keeps them for fourteen days. They tell of which tier a backup is
//! when all that is known is the instance that it was taken of.

use jiff::{SignedDuration, Timestamp};

use super::sku::Tier;

/// For how long changes are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierChange {
    /// When.
    pub at: Timestamp,
    /// The tier before it; `None` when the instance was made or deleted then.
    pub from: Option<Tier>,
}

/// What the changes say about the tier at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// The one of today: no change since.
    AsToday,
    /// This one.
    Was(Tier),
    /// The instance was made or deleted since, or the moment is longer ago than changes are kept.
    Unclear,
}

/// Which tier an instance had at `moment`, by its changes as they were read at `read_at`.
pub fn tier_then(changes: &[TierChange], moment: Timestamp, read_at: Timestamp) -> Then {
    let since = changes.iter().filter(|it| it.at >= moment);
    match since.min_by_key(|it| it.at) {
        Some(TierChange { from: Some(tier), .. }) => Then::Was(tier.clone()),
        Some(TierChange { from: None, .. }) => Then::Unclear,
        None if read_at.duration_since(moment) <= KEPT => Then::AsToday,
        None => Then::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_change_since_tells_what_was_before_it() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let ago = |days: i64| now - SignedDuration::from_hours(24 * days);
        let change = |days, from: Option<Tier>| TierChange { at: ago(days), from };
        let table: [(Vec<TierChange>, i64, Then); 6] = [
            (vec![], 3, Then::AsToday),
            (vec![], 15, Then::Unclear),
            (vec![change(5, Some(Tier::Basic))], 3, Then::AsToday),
            (vec![change(2, Some(Tier::Basic))], 3, Then::Was(Tier::Basic)),
            (
                vec![change(1, Some(Tier::Basic)), change(2, Some(Tier::Standard))],
                3,
                Then::Was(Tier::Standard),
            ),
            (vec![change(2, None)], 3, Then::Unclear),
        ];
        for (changes, days, expected) in table {
            assert_eq!(tier_then(&changes, ago(days), now), expected, "{changes:?} {days}");
        }
    }
}
