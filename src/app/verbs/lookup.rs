//! Which instance is meant: a resource id, or a name that only one instance has.

use super::landscape::{Instances, Landscape};
use crate::app::compose::House;
use crate::domain::instance::Instance;
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;
use crate::engine::survey::Depth;

/// The id of the instance that `word` means. An id is taken at its word, because it may name what no list shows; a name
/// is looked up.
///
/// # Errors
/// It is no id of an instance, or no name that exactly one instance has.
pub(super) async fn instance(house: &House, word: &str) -> Result<ResourceId, Problem> {
    if word.starts_with('/') {
        return id(word);
    }
    let seen = Landscape::survey(house, Depth::Instances, &[]).await;
    by_word(word, &seen.instances, &seen.problems).map(|it| it.id.clone())
}

/// A resource id of an instance.
///
/// # Errors
/// It is none.
pub(super) fn id(word: &str) -> Result<ResourceId, Problem> {
    let wanted = "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ApiManagement/service/NAME";
    let id = word.parse::<ResourceId>().ok().filter(|id| {
        let segments: Vec<&str> = id.as_str().split('/').collect();
        let is = |n: usize, name: &str| segments.get(n).is_some_and(|it| it.eq_ignore_ascii_case(name));
        segments.len() == 9 && is(3, "resourceGroups") && is(6, "Microsoft.ApiManagement") && is(7, "service")
    });
    id.ok_or_else(|| {
        Problem::usage(format!("'{word}' is not the resource id of an instance"))
            .next(format!("It must look like {wanted}"))
    })
}

/// The one instance that `word` means. `unread` are the problems of the list: what was not seen may hold the instance,
/// and the answer says so.
///
/// # Errors
/// None has this name or id, or several have the name.
pub(super) fn by_word<'a>(
    word: &str,
    instances: &'a Instances,
    unread: &[Problem],
) -> Result<&'a Instance, Problem> {
    if word.starts_with('/') {
        return instances.get(&id(word)?).ok_or_else(|| unknown(word, instances, unread));
    }
    let named: Vec<&Instance> = instances.values().filter(|it| it.name.eq_ignore_ascii_case(word)).collect();
    match named.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(word, instances, unread)),
        several => {
            let ids: Vec<&str> = several.iter().map(|it| it.id.as_str()).collect();
            Err(Problem::usage(format!("{} instances are called '{word}'", several.len()))
                .meaning("The name does not say which one is meant, so nothing was done")
                .next(format!("Use the resource id of one of them: {}", ids.join(", ")))
                .about(word))
        }
    }
}

/// Nobody has the name. When a part of the list could not be read, that part is the more likely reason, and the problem
/// takes its kind.
fn unknown(word: &str, instances: &Instances, unread: &[Problem]) -> Problem {
    let problem = Problem::usage(format!(
        "There is no instance '{word}' among the {} that can be seen",
        instances.len()
    ))
    .about(word);
    if let Some(first) = unread.first() {
        let meaning = format!("It may be among what could not be read: {}", first.summary);
        let next = first.next.clone().unwrap_or_else(|| "Solve that first, then try again".to_owned());
        let next = match nearest(word, instances) {
            Some(near) => format!("Did you mean {near}? If not: {next}"),
            None => next,
        };
        return Problem {
            kind: first.kind,
            http_status: first.http_status,
            ..problem.meaning(meaning).next(next)
        };
    }
    match nearest(word, instances) {
        Some(near) => problem.next(format!("Did you mean {near}? `lifeboat instances` lists them all")),
        None => {
            problem.next("`lifeboat instances` lists them; --subscription and --tenant narrow what is seen")
        }
    }
}

/// The name with the fewest differences, when there are few.
fn nearest<'a>(word: &str, instances: &'a Instances) -> Option<&'a str> {
    let word = word.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let distance = |it: &Instance| differences(&word, &it.name.to_ascii_lowercase());
    let near = instances.values().map(|it| (distance(it), it.name.as_str())).min()?;
    (near.0 * 3 <= word.len()).then_some(near.1)
}

/// How many letters must be changed, added or dropped (Levenshtein).
fn differences(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (above, y) in row.iter_mut().skip(1).zip(&b) {
            let changed = diagonal + usize::from(x != *y);
            diagonal = *above;
            left = changed.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instance::samples::instance;
    use crate::domain::problem::Trouble;
    use crate::domain::sku::Tier;

    fn fleet() -> Instances {
        let names = ["apim-core-prod", "apim-core-dr", "apim-pay-prod"];
        names.map(|name| instance(name, Tier::Premium)).into_iter().map(|it| (it.id.clone(), it)).collect()
    }

    #[test]
    fn a_name_or_an_id_in_any_letter_case() {
        let fleet = fleet();
        assert_eq!(by_word("APIM-core-DR", &fleet, &[]).unwrap().name, "apim-core-dr");
        for (id, it) in &fleet {
            assert_eq!(by_word(&id.as_str().to_uppercase(), &fleet, &[]).unwrap(), it);
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_the_nearest_one() {
        let problem = by_word("apim-core-dt", &fleet(), &[]).unwrap_err();
        assert_eq!(problem.kind, Trouble::Usage);
        assert!(problem.next.unwrap().contains("Did you mean apim-core-dr?"));
        let far = by_word("zzz", &fleet(), &[]).unwrap_err();
        assert!(far.next.unwrap().contains("lifeboat instances"));
    }

    #[test]
    fn an_unread_part_is_the_likelier_reason() {
        let unread =
            Problem { kind: Trouble::Forbidden, ..Problem::new("The subscription HR cannot be read") };
        let problem = by_word("apim-hr-prod", &fleet(), &[unread]).unwrap_err();
        assert_eq!(problem.kind, Trouble::Forbidden);
        assert!(problem.meaning.unwrap().contains("HR"));
        let problem = by_word("apim-core-dt", &fleet(), &[Problem::new("HR cannot be read")]).unwrap_err();
        assert!(problem.next.unwrap().starts_with("Did you mean apim-core-dr? If not: "));
    }

    #[test]
    fn an_ambiguous_name_is_told_with_the_ids() {
        let mut fleet = fleet();
        fleet.values_mut().for_each(|it| it.name = "apim-core-prod".into());
        let next = by_word("apim-core-prod", &fleet, &[]).unwrap_err().next.unwrap();
        assert!(fleet.keys().all(|id| next.contains(id.as_str())), "{next}");
    }

    #[test]
    fn an_id_must_be_that_of_an_instance() {
        let good = "/subscriptions/a/resourceGroups/b/providers/Microsoft.ApiManagement/service/c";
        assert_eq!(id(good).unwrap().name(), "c");
        let other = good.replace("Microsoft.ApiManagement/service", "Microsoft.Storage/storageAccounts");
        for word in ["/subscriptions/x", "/x", &other, &format!("{good}/apis/d")] {
            assert!(id(word).unwrap_err().next.unwrap().contains("Microsoft.ApiManagement"), "{word}");
        }
    }

    #[test]
    fn differences_count_letters() {
        for (a, b, n) in [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("apim-dr", "apim-dr", 0)] {
            assert_eq!(differences(a, b), n, "{a} {b}");
        }
    }
}
