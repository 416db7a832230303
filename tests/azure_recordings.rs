//! Everything that was recorded of the real Azure, read through the same client over real HTTP.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]

mod azure_support;

use std::collections::{BTreeMap, BTreeSet};

use azure_support::{
    Act, Asked, Server, account, answer, files, instance, now, operation, shared, subscriptions,
};
use lifeboat::azure::listing::Listing;
use lifeboat::azure::polling::Answer;
use lifeboat::azure::sending::Sent;
use lifeboat::domain::compatibility;
use lifeboat::domain::instance::Instance;
use lifeboat::domain::operation::PollStyle;
use lifeboat::domain::plan::{Access, BackupPlan, Plan, RestorePlan};
use lifeboat::domain::problem::Problem;
use lifeboat::domain::storage::Location;
use secrecy::SecretString;
use serde_json::Value;

/// A recorded answer; the recorded host becomes ours.
fn recorded(entry: &Value, base: &str) -> Act {
    let body = match &entry["response_body"] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        json => json.to_string(),
    };
    let mut act = answer(u16::try_from(entry["status"].as_u64().unwrap()).unwrap(), body);
    for (name, value) in entry["response_headers"].as_object().into_iter().flatten() {
        let value = value.as_str().or_else(|| value[0].as_str()).unwrap_or_default();
        let is_of_the_transport = ["content-length", "transfer-encoding", "connection", "content-encoding"]
            .contains(&name.to_lowercase().as_str());
        if !is_of_the_transport && value.is_ascii() {
            act = act.with(name, value.replace("https://management.azure.com", base));
        }
    }
    act
}

/// A server that answers with these in turn, and then with the last again.
async fn play(entries: Vec<Value>) -> Server {
    // The base is known only once the server listens; the script finds it in the Host header.
    Server::start(move |asked, number| {
        let base = format!("http://{}", asked.header("host").unwrap());
        recorded(&entries[number.min(entries.len() - 1)], &base)
    })
    .await
}

fn entries(json: &Value) -> Vec<Value> {
    match json {
        Value::Array(entries) => entries.clone(),
        json => json["entries"].as_array().cloned().unwrap_or_default(),
    }
}

fn plan(entry: &Value) -> Plan {
    let body = &entry["request_body"];
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let address = Location::new(text("storageAccount"), text("containerName")).at(text("backupName"));
    let access = match body["accessType"].as_str() {
        Some("SystemAssignedManagedIdentity") => Access::System,
        _ => Access::Key,
    };
    if entry["url"].as_str().unwrap().contains("/restore") {
        let source = lifeboat::domain::backup::Source::UNKNOWN;
        Plan::Restore(RestorePlan { target: instance(), backup: address, access, source, taken: None })
    } else {
        Plan::Backup(BackupPlan { instance: instance(), to: address, access })
    }
}

fn location(entry: &Value) -> Option<String> {
    let headers = entry["response_headers"].as_object()?;
    let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"))?;
    Some(found.1.as_str()?.to_owned())
}

#[tokio::test]
async fn every_recorded_operation_ends_as_it_did_with_the_polls_it_had() {
    let Some(folder) = shared("recordings/operations") else { return };
    let files = files(&folder);
    for (name, json) in &files {
        let script = entries(json);
        let server = play(script.clone()).await;
        let azure = server.azure();
        let key = SecretString::from(azure_support::KEY);
        let request = plan(&script[0]).request(&server.base);
        let Sent::Accepted(accepted) = azure.start(&request, Some(&key), operation()).await else {
            panic!("{name}: not accepted")
        };
        let (mut url, mut style, mut polls) = (accepted.operation_url, accepted.style, 0);
        let mut newest = location(&script[0]).unwrap();
        loop {
            polls += 1;
            let answer = azure.poll(&url, style, &server.base, operation()).await;
            // What was asked is the newest address to the letter: double slash, %3D and all.
            let target = newest.strip_prefix("https://management.azure.com").unwrap();
            assert_eq!(server.asked()[polls].target, target, "{name}: poll {polls}");
            match answer {
                Answer::Running(progress) => {
                    assert_eq!(progress.http_status, 202, "{name}");
                    url = progress.operation_url.unwrap_or(url);
                    style = progress.style;
                    newest = location(&script[polls]).unwrap_or(newest);
                }
                Answer::Succeeded { .. } => break,
                other => panic!("{name}: poll {polls}: {other:?}"),
            }
        }
        assert_eq!(polls - 1, usize::try_from(json["polls_202"].as_u64().unwrap()).unwrap(), "{name}");
        assert_eq!(server.count("POST", "/"), 1, "{name}");
    }
    eprintln!("{} operations replayed", files.len());
    assert_eq!(files.len(), 12);
}

#[tokio::test]
async fn signed_addresses_that_change_with_every_answer_are_followed() {
    let Some(folder) = shared("recordings/long_running") else { return };
    for (name, json) in files(&folder) {
        let entries = entries(&json);
        let put = entries.iter().position(|entry| entry["method"] == "PUT").unwrap();
        let polls: Vec<Value> = entries[put + 1..]
            .iter()
            .filter(|entry| entry["response_body"]["status"].is_string())
            .cloned()
            .collect();
        let server = play(polls.clone()).await;
        let azure = server.azure();
        let first = location(&entries[put]).unwrap().replace("https://management.azure.com", &server.base);
        let (mut url, mut answers) = (first, 0);
        loop {
            answers += 1;
            match azure.poll(&url, PollStyle::Location, &server.base, operation()).await {
                Answer::Running(progress) => {
                    assert_eq!(progress.status.as_deref(), Some("InProgress"), "{name}");
                    url = progress.operation_url.unwrap();
                }
                Answer::Succeeded { .. } => break,
                other => panic!("{name}: {other:?}"),
            }
        }
        assert_eq!(answers, polls.len(), "{name}");
    }
}

async fn instances(server: &Server) -> (Vec<Instance>, Vec<Problem>) {
    let mut found = Vec::new();
    let scope = subscriptions(&[azure_support::SUB]);
    let problems = server.azure().instances(&scope, &mut |page| found.extend(page)).await;
    (found, problems)
}

/// A server whose Graph refuses, so that the list is asked.
async fn list(body: Value) -> Server {
    Server::start(move |asked, _| match asked.is("POST", "ResourceGraph") {
        true => answer(400, r#"{"error":{"code":"BadRequest","message":"no"}}"#),
        false => answer(200, body.to_string()),
    })
    .await
}

#[tokio::test]
async fn every_recorded_instance_is_read_with_its_tier() {
    let Some(folder) = shared("recordings/services") else { return };
    let mut read = 0;
    let mut verdicts: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (name, json) in files(&folder) {
        let mut bodies: Vec<Value> =
            entries(&json).iter().map(|entry| entry["response_body"].clone()).collect();
        bodies.extend(json.get("body").cloned());
        for body in bodies.into_iter().filter(Value::is_object) {
            let wanted = body["value"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
            let server = list(serde_json::json!({ "value": wanted })).await;
            let (found, problems) = instances(&server).await;
            assert!(problems.is_empty(), "{name}: {problems:?}");
            assert_eq!(found.len(), wanted.len(), "{name}");
            for (it, json) in found.iter().zip(&wanted) {
                let tier = it.sku.as_ref().unwrap().tier.to_string();
                assert_eq!(tier, json["sku"]["name"].as_str().unwrap(), "{name}: {}", it.name);
                assert_eq!(it.state.as_deref(), json["properties"]["provisioningState"].as_str());
                let verdict = format!("{:?}", compatibility::support(it.sku.as_ref().map(|sku| &sku.tier)));
                let id = json["id"].as_str().unwrap_or(&it.name).to_lowercase();
                verdicts.entry((tier, verdict)).or_default().insert(id);
            }
            read += found.len();
        }
    }
    let instances: BTreeSet<&String> = verdicts.values().flatten().collect();
    println!("{read} readings of {} instances", instances.len());
    for ((tier, verdict), ids) in &verdicts {
        println!("{tier:<12} {:>4} instances: {verdict}", ids.len());
        assert_eq!(verdict, &documented(tier), "{tier}");
    }
    assert!(read > 288 && instances.len() >= 288, "{read} readings of {} instances", instances.len());
}

/// What the documentation says of a tier, word for word: of a tier that it does not name nothing is known.
fn documented(tier: &str) -> String {
    match tier {
        "Developer" | "Basic" | "Standard" | "Premium" => "None".to_owned(),
        "Consumption" | "BasicV2" | "StandardV2" | "PremiumV2" => format!("Some(TierUnsupported({tier}))"),
        _ => "Some(TargetTierUnknown)".to_owned(),
    }
}

/// How many of a list were recorded.
fn recorded_count(json: &Value, path: &str) -> usize {
    json.pointer(path)
        .map_or(0, |it| it.as_array().map_or_else(|| it.as_object().map_or(0, |it| it.len()), Vec::len))
}

#[tokio::test]
async fn every_recorded_instance_is_read_with_its_settings() {
    let Some(folder) = shared("recordings/services") else { return };
    let (mut read, mut hostnames, mut authorities) = (0, 0, 0);
    for (name, json) in files(&folder) {
        let mut bodies: Vec<Value> =
            entries(&json).iter().map(|entry| entry["response_body"].clone()).collect();
        bodies.extend(json.get("body").cloned());
        for body in bodies.into_iter().filter(Value::is_object) {
            for one in body["value"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]) {
                let told = one.to_string();
                let server = Server::start(move |_, _| answer(200, told.clone())).await;
                let (it, settings) = server.azure().instance_and_settings(&instance()).await.unwrap();
                let wanted = |path| recorded_count(&one, path);
                // While an instance is made, a hostname may be null: that is none.
                let named = one["properties"]["hostnameConfigurations"].as_array().into_iter().flatten();
                let named = named.filter(|it| it["hostName"].is_string()).count();
                assert_eq!(settings.hostnames.len(), named, "{name}");
                assert_eq!(settings.ca_certificates.len(), wanted("/properties/certificates"), "{name}");
                assert_eq!(settings.protocols.len(), wanted("/properties/customProperties"), "{name}");
                assert_eq!(settings.regions.len(), wanted("/properties/additionalLocations"), "{name}");
                assert_eq!(settings.zones.len(), wanted("/zones"), "{name}");
                assert_eq!((&settings.sku, &settings.identity), (&it.sku, &it.identity), "{name}");
                // A certificate that was recorded has its last day.
                let dated = settings.hostnames.iter().filter_map(|it| it.certificate.as_ref());
                assert!(dated.clone().all(|it| it.expires_at.is_some()), "{name}: {}", it.name);
                read += 1;
                hostnames += settings.custom_hostnames().count();
                authorities += settings.ca_certificates.len();
            }
        }
    }
    eprintln!("{read} instances with {hostnames} custom hostnames and {authorities} CA certificates");
    assert!(read > 288 && hostnames > 0 && authorities > 0);
}

/// An answer that says nothing of a constraint would make a check unknown.
#[tokio::test]
async fn every_instance_of_the_great_list_says_which_versions_it_answers() {
    let Some(folder) = shared("recordings/services") else { return };
    let named = |name: &str| name.contains("list_services") && name.contains("large");
    let (_, json) = files(&folder).into_iter().find(|(name, _)| named(name)).unwrap();
    let wanted = entries(&json).iter().find_map(|entry| entry["response_body"]["value"].as_array().cloned());
    let wanted = wanted.or_else(|| json["body"]["value"].as_array().cloned()).unwrap();
    let (found, _) = instances(&list(serde_json::json!({ "value": wanted })).await).await;
    let told: Vec<&str> = found.iter().filter_map(|it| it.min_api_version.as_deref()).collect();
    let restricted = told.iter().filter(|version| !version.is_empty()).count();
    println!("{} instances, {} tell it, {restricted} are restricted", found.len(), told.len());
    assert_eq!((told.len(), restricted), (288, 6));
}

#[tokio::test]
async fn every_published_example_is_read() {
    let Some(folder) = shared("examples") else { return };
    let files = files(&folder);
    for (name, json) in &files {
        let body = &json["responses"]["200"]["body"];
        if name.contains("GetService") || name.contains("MultiRegion") || name.contains("ListService") {
            let wanted = body["value"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
            let (found, _) = instances(&list(serde_json::json!({ "value": wanted })).await).await;
            assert_eq!(found.len(), wanted.len(), "{name}");
            assert!(found.iter().all(|it| it.sku.is_some() && it.state.is_some()), "{name}");
        } else if name.contains("Backup") || name.contains("Restore") {
            // The 200 of an example is the finished instance, the 202 an address.
            let (body, accepted) = (body.clone(), json["responses"]["202"].clone());
            let server = Server::start(move |asked, _| {
                let base = format!("http://{}", asked.header("host").unwrap());
                let named = accepted["headers"]["location"].as_str().unwrap_or("/operationresults/1");
                match asked.method.as_str() {
                    "POST" => {
                        answer(202, "").with("location", named.replace("https://management.azure.com", &base))
                    }
                    _ => answer(200, body.to_string()),
                }
            })
            .await;
            let azure = server.azure();
            let address = Location::new("stcore", "apim").at("b");
            let plan = Plan::Backup(BackupPlan { instance: instance(), to: address, access: Access::System });
            let sent = azure.start(&plan.request(&server.base), None, operation()).await;
            let Sent::Accepted(accepted) = sent else { panic!("{name}: {sent:?}") };
            let answer = azure.poll(&accepted.operation_url, accepted.style, &server.base, operation()).await;
            assert!(matches!(answer, Answer::Succeeded { .. }), "{name}: {answer:?}");
        } else if name.contains("GetNetworkStatus") {
            let failed = body.to_string().matches(r#""status":"failure""#).count();
            let body = body.to_string();
            let server = Server::start(move |_, _| answer(200, body.clone())).await;
            let faults = server.azure().network_faults(&instance()).await.unwrap();
            assert_eq!(faults.len(), failed, "{name}");
        } else {
            // SKUs are not asked for yet; they are at least the JSON that they say they are.
            assert!(body.is_object() || body.is_array(), "{name}");
        }
    }
    assert_eq!(files.len(), 11);
}

#[tokio::test]
async fn every_recorded_refusal_keeps_its_words() {
    let Some(folder) = shared("recordings/errors") else { return };
    let mut read = 0;
    for (name, json) in files(&folder) {
        for entry in entries(&json) {
            let body = match entry.get("response_body") {
                Some(body) => body.clone(),
                None => serde_json::json!({ "error": entry["error"] }),
            };
            let error = body.get("error").unwrap_or(&body);
            let (Some(status), Some(message)) = (entry["status"].as_u64(), error["message"].as_str()) else {
                continue;
            };
            let (code, message) = (error["code"].as_str().map(str::to_owned), message.to_owned());
            let status = u16::try_from(status).unwrap();
            let server = Server::start(move |_, _| answer(status, body.to_string())).await;
            let azure = server.azure();
            let problem = azure.instance(&instance()).await.unwrap_err().problem();
            assert_eq!(problem.server_message.as_deref(), Some(message.as_str()), "{name}");
            assert_eq!(problem.code, code, "{name}");
            read += 1;
            if name.starts_with("backup_restore") || name.starts_with("service_locked") {
                refused_at_once(&azure, &server, &message).await;
            }
            let is_poll = entry["stage"].as_str().is_some_and(|stage| stage.starts_with("poll"))
                || code.as_deref() == Some("ActivationFailed");
            if is_poll && status == 400 {
                let url = format!("{}/operationresults/1", server.base);
                let answer = azure.poll(&url, PollStyle::Location, &server.base, operation()).await;
                let Answer::Failed(problem) = answer else { panic!("{name}: {answer:?}") };
                assert_eq!(problem.server_message.as_deref(), Some(message.as_str()));
            }
        }
    }
    eprintln!("{read} refusals read");
    assert!(read >= 26, "{read}");
}

async fn refused_at_once(azure: &lifeboat::azure::Azure, server: &Server, message: &str) {
    let address = Location::new("stcore", "apim").at("b");
    let plan = Plan::Backup(BackupPlan { instance: instance(), to: address, access: Access::System });
    let sent = azure.start(&plan.request(&server.base), None, operation()).await;
    let Sent::Refused(problem) = sent else { panic!("{sent:?}") };
    assert_eq!(problem.server_message.as_deref(), Some(message));
    assert_eq!(server.count("POST", "/"), 1);
}

#[derive(Debug, Default)]
struct Read {
    accounts: usize,
    services: usize,
    containers: usize,
    blobs: usize,
    keys: usize,
    heads: usize,
    refusals: usize,
}

#[tokio::test]
async fn recorded_storage_is_read() {
    let Some(folder) = shared("recordings/storage") else { return };
    let mut read = Read::default();
    for (name, json) in files(&folder) {
        for entry in entries(&json) {
            eprintln!("{name}: {} {}", entry["method"], entry["url"]);
            let served = entry.clone();
            let server = Server::start(move |asked, _| match asked.is("POST", "ResourceGraph") {
                true => answer(503, "").with("retry-after", "3600"),
                false => recorded(&served, ""),
            })
            .await;
            read_storage(&entry, &server, &mut read).await;
        }
    }
    eprintln!("{read:?}");
    assert!(read.accounts >= 22 && read.blobs >= 3 && read.keys >= 3 && read.containers >= 2, "{read:?}");
    assert!(read.heads >= 1 && read.refusals >= 1 && read.services >= 1, "{read:?}");
}

/// Asks for whatever the recording is an answer to.
async fn read_storage(entry: &Value, server: &Server, read: &mut Read) {
    let url = entry["url"].as_str().unwrap();
    let (azure, place) = (server.azure(), account(&format!("{}/stcore", server.base)));
    match (entry["method"].as_str().unwrap(), entry["status"].as_u64().unwrap()) {
        ("GET", 200) if url.contains("Microsoft.Storage/storageAccounts?") => {
            let (found, problems) = azure.storage_accounts(&subscriptions(&[azure_support::SUB])).await;
            assert_eq!(found.len(), entry["response_body"]["value"].as_array().unwrap().len());
            assert!(problems.is_empty() && found.iter().all(|it| it.blob_endpoint.is_some()));
            read.accounts += found.len();
        }
        ("GET", 200) if url.contains("blobServices/default?") => {
            let service = azure.blob_service(&place.id).await.unwrap();
            assert_eq!((service.cors.len(), service.keeps_deleted_for), (0, None));
            read.services += 1;
        }
        ("GET", 200) if url.contains("blobServices/default/containers?") => {
            read.containers += azure.containers(&place).await.unwrap().len();
        }
        ("GET", 200) if url.contains("comp=list&maxresults") && url.contains("restype=container") => {
            let mut found = Vec::new();
            azure.blobs(&place, "apim", Listing::Entra, &mut |page| found.extend(page)).await.unwrap();
            assert!(found.iter().all(|it| it.created_at.is_some() && it.etag.is_some()));
            read.blobs += found.len();
        }
        ("GET", 200) if url.contains("/storageAccounts/") && !url.contains("blobServices") => {
            azure.storage_account(&place.id).await.unwrap();
            read.accounts += 1;
        }
        ("POST", 200) if url.contains("listKeys") => {
            azure.account_key(&place).await.unwrap();
            read.keys += 1;
        }
        ("HEAD", 200) => {
            let address = Location::new("stcore", "apim").at("b");
            let blob = azure.blob(&place, &address, Listing::Entra).await.unwrap();
            assert!(blob.etag.is_some() && blob.last_modified.is_some());
            read.heads += 1;
        }
        ("GET", 404) => {
            let problem = azure.containers(&place).await.unwrap_err().problem();
            assert_eq!(problem.code.as_deref(), Some("ContainerNotFound"));
            read.refusals += 1;
        }
        // Writing, and single containers, are not ours.
        _ => {}
    }
}

#[tokio::test]
async fn recorded_graph_roles_and_activity_are_read() {
    let Some(folder) = shared("recordings/other") else { return };
    let graph: Value = serde_json::from_str(
        &std::fs::read_to_string(folder.join("resource_graph_page_and_error.json")).unwrap(),
    )
    .unwrap();
    let (page, error) = (graph[0].clone(), graph[1].clone());
    let server = Server::start(move |asked: &Asked, _| {
        match (asked.method.as_str(), asked.body.contains("$skipToken")) {
            ("POST", false) => recorded(&page, ""),
            // The recorded page names a further one, and the recorded error follows it.
            ("POST", true) => recorded(&error, ""),
            _ => answer(200, r#"{"value":[]}"#),
        }
    })
    .await;
    let (found, problems) = instances(&server).await;
    assert_eq!(
        (found.len(), problems.len()),
        (3, 0),
        "rows before the error stay, the list is asked after it"
    );
    assert_eq!(server.count("POST", "ResourceGraph"), 2);

    for (name, json) in files(&folder) {
        for entry in entries(&json) {
            let (url, status) =
                (entry["url"].as_str().unwrap().to_owned(), entry["status"].as_u64().unwrap());
            let served = entry.clone();
            let server = Server::start(move |_, _| recorded(&served, "")).await;
            if url.to_lowercase().contains("eventtypes") {
                let since = now() - jiff::SignedDuration::from_hours(24);
                let problem = server.azure().activity(&instance(), since, now()).await.unwrap_err().problem();
                let words = "The start time cannot be more than 90 days in the past.";
                assert_eq!(problem.server_message.as_deref(), Some(words), "{name}: the flat form");
            } else if entry["method"] == "GET" && url.contains("roleAssignments?") && status == 200 {
                let wanted = entry["response_body"]["value"].as_array().unwrap().len();
                let group = url
                    .split("/providers/")
                    .next()
                    .unwrap()
                    .trim_start_matches("https://management.azure.com");
                let resource =
                    format!("{group}/providers/Microsoft.ApiManagement/service/a").parse().unwrap();
                let roles = server.azure().role_assignments(&resource, "p").await.unwrap();
                assert_eq!(roles.len(), wanted, "{name}: recorded with atScope()");
            }
        }
    }
}
