//! Addresses out of answers and files, made to lead astray: no token and no signature goes where it does not belong.

use std::sync::Mutex;

use reqwest::header::AUTHORIZATION;
use serde_json::json;

use crate::domain::backup::Source as Origin;
use crate::domain::operation::{OperationId, PollStyle};
use crate::domain::plan::{Access, Plan, RestorePlan};
use crate::domain::storage::Location;
use crate::trials::{Chance, seeds, trials};

use super::*;
use crate::azure::listing::Listing;
use crate::azure::polling::Answer;
use crate::azure::sending::Sent;

const HOSTS: [&str; 26] = [
    "management.azure.com",
    "MANAGEMENT.azure.com",
    "management.azure.com.",
    "management.azure.com.evil.example",
    "evil-management.azure.com",
    "xmanagement.azure.com",
    "management.azure.com%2eevil.example",
    "evil.example",
    "management.azure.com@evil.example",
    "me@management.azure.com",
    "me:pw@evil.example",
    "127.0.0.1",
    "[::1]",
    "0x7f.1",
    "2130706433",
    "169.254.169.254",
    "localhost",
    "mänagement.azure.com",
    "xn--mnagement-v2a.azure.com",
    "management。azure。com",
    "management.azure.com\\@evil.example",
    "st.blob.core.windows.net",
    "stevil.blob.core.windows.net.evil.example",
    "st.blob.core.windows.net.",
    "st.z1.blob.storage.azure.net",
    "evilblob.core.windows.net",
];
const SCHEMES: [&str; 10] = [
    "https://",
    "https://",
    "https://",
    "http://",
    "//",
    "https:\\\\",
    "\\\\",
    "ftp://",
    "https:",
    "HTTPS://",
];
const PORTS: [&str; 7] = ["", "", "", ":443", ":444", ":80", ":0443"];
const PATHS: [&str; 9] = [
    "/",
    "",
    "/subscriptions/s/x",
    "/..//evil.example/",
    "/%2f%2fevil.example",
    "?x=https://evil.example",
    "#x",
    "/\\evil.example",
    "/@evil.example",
];

fn address(chance: &mut Chance) -> String {
    let text = format!(
        "{}{}{}{}",
        chance.pick(&SCHEMES),
        chance.pick(&HOSTS),
        chance.pick(&PORTS),
        chance.pick(&PATHS)
    );
    match chance.below(12) {
        0 => text.replace('/', "\\"),
        1 => format!(" \t{text} "),
        2 => text.replace('.', "%2e"),
        3 => text
            .chars()
            .map(|c| if chance.one_in(8) { char::from(33 + chance.below(94) as u8) } else { c })
            .collect(),
        4 => chance.pick(&PATHS).to_string(),
        _ => text,
    }
}

/// Whether a token or a signature may be in this request; written down a second time, on purpose.
fn may_carry(request: &Request) -> bool {
    let url = request.url();
    let host = url.host_str().unwrap_or_default();
    let is_blob = host.ends_with(".blob.core.windows.net") || host.ends_with(".blob.storage.azure.net");
    let is_plain = url.scheme() == "https" && url.port().is_none() && url.username().is_empty();
    is_plain && (host == "management.azure.com" || is_blob)
}

#[derive(Default)]
struct Seen {
    carried: usize,
    astray: Vec<String>,
}

/// Where the address stands in what is answered.
const WAYS: u64 = 8;

fn answer(request: &Request, way: u64, status: u16, address: &str) -> Response {
    let path = request.url().path();
    let at = |name: &'static str| {
        // What no header can hold cannot be sent by anybody.
        http::HeaderValue::from_bytes(address.as_bytes())
            .ok()
            .and_then(|it| it.to_str().ok().map(|it| vec![(name, it.to_owned())]))
            .unwrap_or_default()
    };
    if path.ends_with("listKeys") {
        return response(200, &[], r#"{"keys":[{"value":"Y2FuYXJ5"}]}"#);
    }
    if path.contains("ResourceGraph") {
        return response(400, &at("location"), "{}");
    }
    match way {
        0 => response(202, &at("location"), ""),
        1 => response(202, &at("azure-asyncoperation"), ""),
        2 => response(status, &at("location"), ""),
        3 => response(200, &[], json!({ "value": [], "nextLink": address }).to_string()),
        6 if request.headers()[AUTHORIZATION].to_str().unwrap().starts_with("Bearer") => {
            response(403, &at("location"), "")
        }
        5 | 6 => {
            let xml = "<?xml version=\"1.0\"?><EnumerationResults><Blobs/><NextMarker>M</NextMarker></EnumerationResults>";
            let marker = address.replace('&', "&amp;").replace('<', "&lt;");
            response(200, &[], xml.replace('M', &marker))
        }
        _ => response(200, &[], "{}"),
    }
}

async fn lead_astray(azure: &Azure, way: u64, address: &str) {
    let id = OperationId::new(uuid::Uuid::from_u128(7));
    let ours = format!("{ARM}/subscriptions/{SUB}/operationresults/1");
    let poll =
        |url: String, pinned: String| async move { azure.poll(&url, PollStyle::Location, &pinned, id).await };
    match way {
        0..=2 => {
            let target =
                format!("/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/a");
            let plan = Plan::Restore(RestorePlan {
                target: target.parse().unwrap(),
                backup: Location::new("st", "apim").at("b"),
                access: Access::System,
                source: Origin::UNKNOWN,
                taken: None,
            });
            if let Sent::Accepted(accepted) = azure.start(&plan.request(ARM), None, id).await {
                poll(accepted.operation_url, ARM.to_owned()).await;
            }
            if let Answer::Running(progress) = poll(ours, ARM.to_owned()).await {
                poll(progress.operation_url.unwrap_or_default(), ARM.to_owned()).await;
            }
            let _ = azure.subscriptions().await;
        }
        3 => {
            let _ = azure.subscriptions().await;
            azure.instances(&[subscription(SUB)], &mut |_| {}).await;
        }
        4 => {
            poll(address.to_owned(), ARM.to_owned()).await;
            poll(ours, address.to_owned()).await;
            poll(address.to_owned(), address.to_owned()).await;
        }
        _ => {
            // An endpoint, and a marker that looks like one.
            let endpoint = if way == 7 { address } else { "https://st.blob.core.windows.net/" };
            for how in [Listing::Entra, Listing::Key, Listing::Auto] {
                let account = account(SUB, "st", endpoint);
                let _ = azure.blobs(&account, "apim", how, &mut |_| {}).await;
                let _ = azure.blob(&account, &Location::new("st", "apim").at(address), how).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_authorization_leaves_the_origins_that_it_is_for() {
    let count = trials(600, 10_000);
    let seen: Arc<Mutex<Seen>> = Arc::default();
    for seed in seeds(count) {
        let mut chance = Chance::new(seed);
        let (address, way) = (address(&mut chance), chance.below(WAYS));
        let status = *chance.pick(&[301_u16, 302, 303, 305, 307, 308]);
        let (log, told) = (seen.clone(), address.clone());
        let azure = azure(move |request| {
            let mut seen = log.lock().unwrap();
            if request.headers().contains_key(AUTHORIZATION) {
                seen.carried += 1;
                if !may_carry(request) {
                    seen.astray.push(format!("seed {seed}, way {way}, {told:?}: {}", request.url()));
                }
            }
            Ok(answer(request, way, status, &told))
        });
        lead_astray(&azure, way, &address).await;
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.astray, [""; 0]);
    assert!(seen.carried as u64 > count, "hardly anything was sent: {}", seen.carried);
    println!("R12: seeds 1..={count}, {} requests with Authorization, none astray", seen.carried);
}
