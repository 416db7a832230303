//! How many of a thing an instance of a tier may hold. A source that is older than the limits of 2026 may hold more than
//! a standby is given: its own limit was set ten per cent above what it held then ("Service limits" of API Management).
//! Whether a restore heeds the limits is written nowhere, so nothing is blocked by them.

use super::{ClosedBy, Collection, Contents, Difference, Parity};
use crate::domain::sku::Tier;

/// The limit of a tier; `None` where the table has none. Operations and tags of APIs have limits too; to count them
/// takes a request for each API.
fn of(tier: &Tier, collection: Collection) -> Option<u64> {
    let column = match tier {
        Tier::Developer => 0,
        Tier::Basic => 1,
        Tier::Standard => 2,
        Tier::Premium => 3,
        _ => return None,
    };
    let row = match collection {
        Collection::NamedValues => [Some(5_000), Some(5_000), Some(10_000), Some(18_000)],
        Collection::Loggers => [Some(100), Some(100), Some(200), Some(400)],
        Collection::Products => [Some(100), Some(200), Some(500), Some(2_000)],
        Collection::Subscriptions => [Some(10_000), Some(15_000), Some(25_000), Some(75_000)],
        Collection::Users => [Some(20_000), Some(20_000), Some(50_000), Some(75_000)],
        Collection::Gateways => [Some(5), None, None, Some(100)],
        _ => return None,
    };
    row[column]
}

/// Whether the source holds more than the tier of the standby is given.
pub(super) fn compare(parity: &mut Parity, collection: Collection, source: &Contents, tier: &Tier) {
    let Some(limit) = of(tier, collection).filter(|limit| source.count > *limit) else { return };
    let sides = (Some(source.count.to_string()), Some(format!("at most {limit} in {tier}")));
    parity.differences.push(
        Difference::new(format!("limit:{}", collection.path()), format!("{collection}, limit"), sides)
            .closed(ClosedBy::ByHand)
            .blocking(None)
            .advising(
                "Ask Azure support to raise the limit of the standby before it is needed. Whether a restore heeds the limit \
                 is not documented",
            ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_above_the_limit_of_the_standby_is_told() {
        let told = |collection, count, tier: Tier| {
            let mut parity = Parity::default();
            compare(&mut parity, collection, &Contents { count, ..Contents::default() }, &tier);
            parity.differences.pop().map(|it| (it.id, it.standby.unwrap()))
        };
        let wanted = |id: &str, words: &str| Some((id.to_owned(), words.to_owned()));
        assert_eq!(told(Collection::Products, 500, Tier::Standard), None);
        assert_eq!(
            told(Collection::Products, 501, Tier::Standard),
            wanted("limit:products", "at most 500 in Standard")
        );
        assert_eq!(
            told(Collection::Gateways, 6, Tier::Developer),
            wanted("limit:gateways", "at most 5 in Developer")
        );
        // The table has no number for them.
        assert_eq!(told(Collection::Gateways, 6, Tier::Standard), None);
        assert_eq!(told(Collection::Apis, 9_999_999, Tier::Premium), None);
        assert_eq!(told(Collection::Users, 9_999_999, Tier::Other("Huge".into())), None);
    }
}
