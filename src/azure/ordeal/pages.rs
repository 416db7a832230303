//! Lists in every split: the whole of them arrives, or somebody says that it did not.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicUsize;

use serde_json::{Value, json};

use crate::trials::{Chance, seeds, trials};

use super::*;
use crate::azure::listing::Listing;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// The page fails once with 500, and then no more.
    Once,
    /// It fails for good.
    Always,
    /// It names itself, or an earlier one, as its next.
    Loop,
}

#[derive(Clone, Debug)]
struct Split {
    pages: Vec<Vec<usize>>,
    fault: Fault,
    at: usize,
}

impl Split {
    fn of(chance: &mut Chance) -> Self {
        let rows = chance.below(60) as usize;
        let mut pages = vec![Vec::new()];
        for row in 0..rows {
            if chance.one_in(5) {
                pages.push(Vec::new());
            }
            if chance.one_in(12) {
                pages.push(Vec::new());
            }
            pages.last_mut().unwrap().push(row);
        }
        // Some pages come twice, at once or later on.
        for _ in 0..chance.below(4) {
            let page = pages[chance.below(pages.len() as u64) as usize].clone();
            pages.insert(chance.below(pages.len() as u64 + 1) as usize, page);
        }
        let at = chance.below(pages.len() as u64) as usize;
        let fault = *chance.pick(&[Fault::None, Fault::Once, Fault::Always, Fault::Loop]);
        Self { pages, fault, at }
    }

    fn all(&self) -> BTreeSet<String> {
        self.pages.iter().flatten().map(|row| format!("it{row}")).collect()
    }

    /// The rows of a page and the number of the next, or a failure.
    fn page(&self, number: usize, tried: &AtomicUsize) -> Option<(Vec<usize>, Option<usize>)> {
        let here = number == self.at;
        let is_down = match self.fault {
            Fault::Always => here,
            Fault::Once => here && tried.fetch_add(1, Ordering::SeqCst) == 0,
            Fault::None | Fault::Loop => false,
        };
        if is_down {
            return None;
        }
        let next = if here && self.fault == Fault::Loop { Some(number / 2) } else { Some(number + 1) };
        Some((self.pages[number].clone(), next.filter(|next| *next < self.pages.len())))
    }
}

fn instance(row: usize) -> Value {
    json!({ "id": format!("/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/it{row}") })
}

/// The list in the dress of the three that there are.
fn serve(request: &Request, split: &Split, tried: &AtomicUsize, with_graph: u64) -> Response {
    let url = request.url();
    let of =
        |name: &str| url.query_pairs().find(|(own, _)| own == name).and_then(|(_, value)| value.parse().ok());
    if url.path().contains("ResourceGraph") {
        let asked: Value = serde_json::from_slice(body(request)).unwrap();
        let number = asked["options"]["$skipToken"].as_str().map_or(0, |token| token.parse().unwrap());
        if with_graph == 0 {
            return response(400, &[], "{}");
        }
        let Some((rows, next)) = split.page(number, tried) else { return response(500, &[], "") };
        let rows: Vec<_> = rows.into_iter().map(instance).collect();
        return response(
            200,
            &[],
            json!({ "data": rows, "$skipToken": next.map(|it| it.to_string()) }).to_string(),
        );
    }
    if url.host_str() == Some("st.blob.core.windows.net") {
        let Some((rows, next)) = split.page(of("marker").unwrap_or(0), tried) else {
            return response(500, &[], "");
        };
        let rows: String =
            rows.iter().map(|row| format!("<Blob><Name>it{row}</Name><Properties/></Blob>")).collect();
        let next = next.map(|it| it.to_string()).unwrap_or_default();
        let xml = format!(
            "<EnumerationResults><Blobs>{rows}</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>"
        );
        return response(200, &[], xml);
    }
    let Some((rows, next)) = split.page(of("page").unwrap_or(0), tried) else {
        return response(500, &[], "");
    };
    let rows: Vec<_> = rows.into_iter().map(instance).collect();
    let next = next.map(|it| format!("{ARM}{}?page={it}", url.path()));
    response(200, &[], json!({ "value": rows, "nextLink": next }).to_string())
}

#[tokio::test(start_paused = true)]
async fn a_list_is_the_exact_union_of_its_pages_or_a_problem_says_that_it_is_not() {
    let count = trials(600, 5_000);
    let (mut whole, mut told) = (0, 0);
    for seed in seeds(count) {
        let mut chance = Chance::new(seed);
        let (split, way) = (Split::of(&mut chance), chance.below(3));
        let asked = Arc::new(AtomicUsize::new(0));
        let (own, counted, tried) = (split.clone(), asked.clone(), AtomicUsize::new(0));
        let azure = azure(move |request| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(serve(request, &own, &tried, way))
        });
        let mut found = Vec::new();
        let problems = if way == 2 {
            let account = account(SUB, "st", "https://st.blob.core.windows.net/");
            let take = &mut |page: Vec<crate::domain::backup::Blob>| {
                found.extend(page.into_iter().map(|it| it.address.name));
            };
            usize::from(azure.blobs(&account, "apim", Listing::Entra, take).await.is_err())
        } else {
            let take = &mut |page: Vec<crate::domain::instance::Instance>| {
                found.extend(page.into_iter().map(|it| it.name));
            };
            azure.instances(&[subscription(SUB)], take).await.len()
        };
        let names: BTreeSet<String> = found.iter().cloned().collect();
        let about = format!("seed {seed}, way {way}: {split:?}");
        assert_eq!(names.len(), found.len(), "twice. {about}");
        assert!(names.is_subset(&split.all()), "invented. {about}");
        assert!(problems > 0 || names == split.all(), "silently cut. {about}");
        assert_eq!(problems > 0, matches!(split.fault, Fault::Always | Fault::Loop), "{about}");
        let bound = (split.pages.len() + 1) * 2 * 18 + 40;
        assert!(asked.load(Ordering::SeqCst) <= bound, "{} requests. {about}", asked.load(Ordering::SeqCst));
        if problems == 0 { whole += 1 } else { told += 1 }
    }
    println!("R20: seeds 1..={count}, {whole} lists whole, {told} said not to be");
}
