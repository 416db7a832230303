//! Backup and restore: from the POST to the end, and every way to be refused.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::peer::{Answer, CORE, PARTNER, PAYMENTS, PRODUCTS, Peer, account, instance};

const USER: &str = "1d0a9170-0000-4000-8000-00000000c001";

fn order(place: &str, access: &str) -> Value {
    let (account, rest) = place.split_once('/').unwrap();
    let (container, name) = rest.split_once('/').unwrap();
    json!({ "storageAccount": account, "containerName": container, "backupName": name, "accessType": access })
}

fn system(place: &str) -> Value {
    order(place, "SystemAssignedManagedIdentity")
}

fn by_key(place: &str, key: &str) -> Value {
    let mut order = order(place, "AccessKey");
    order["accessKey"] = json!(key);
    order
}

fn by_user(place: &str, client: &str) -> Value {
    let mut order = order(place, "UserAssignedManagedIdentity");
    order["clientId"] = json!(client);
    order
}

/// Polls the newest address until something other than 202 comes; returns it with the number of 202s.
async fn watched(peer: &Peer, accepted: &Answer) -> (Answer, usize) {
    let mut target = peer.target_of(accepted.header("location").unwrap());
    for polls in 0..600 {
        let answer = peer.get(&target).await;
        if answer.status != 202 {
            return (answer, polls);
        }
        assert_eq!((answer.body.len(), answer.header("retry-after")), (0, Some("1")));
        target = peer.target_of(answer.header("location").unwrap());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never ended");
}

async fn newest(peer: &Peer, place: &str) -> String {
    format!("{place}/{}", peer.backups(place).await.last().unwrap())
}

#[tokio::test]
async fn a_restore_is_accepted_watched_and_changes_the_target() {
    let peer = Peer::quiet().await;
    let target = instance(CORE, "rg-core-dr", "apim-core-dr");
    let before = peer.get(&target).await.json();
    let backup = newest(&peer, "stcorebackup/apim").await;
    let accepted = peer.arm("POST", &format!("{target}/restore"), &system(&backup)).await;
    assert_eq!((accepted.status, accepted.body.len()), (202, 0), "{}", accepted.text());
    assert_eq!((accepted.header("retry-after"), accepted.header("content-length")), (Some("1"), Some("0")));
    assert!(accepted.header("azure-asyncoperation").is_none() && accepted.header("content-type").is_none());
    let during = peer.get(&target).await.json();
    assert_eq!(during["properties"]["provisioningState"], "Succeeded");
    assert_eq!(during["properties"]["targetProvisioningState"], "Updating");
    let second = peer.arm("POST", &format!("{target}/restore"), &system(&backup)).await;
    assert_eq!((second.status, second.code().as_str()), (409, "ServiceLocked"));
    let text =
        "The API Service apim-core-dr is transitioning at this time. Please try the request again later.";
    assert_eq!((second.message().as_str(), second.header("retry-after")), (text, None));
    let (end, polls) = watched(&peer, &accepted).await;
    assert_eq!((end.status, end.header("location")), (200, None), "{}", end.text());
    assert!(polls >= 2);
    let after = end.json();
    assert_ne!(after["etag"], before["etag"]);
    assert_eq!(after["properties"]["targetProvisioningState"], "");
    assert_eq!(after["properties"]["hostnameConfigurations"], before["properties"]["hostnameConfigurations"]);
    assert_eq!((&after["sku"], &after["identity"]), (&before["sku"], &before["identity"]));
    let apis = peer.get(&format!("{target}/apis?$top=1")).await.json();
    assert_eq!(apis["count"], 14, "the source has one API more than the standby had");
    assert_eq!(peer.behind("posts").await["count"], 2);
    // The result stays readable.
    assert_eq!(peer.get(&peer.target_of(accepted.header("location").unwrap())).await.status, 200);
}

#[tokio::test]
async fn a_backup_writes_its_blob_at_the_end_and_makes_its_container() {
    let peer = Peer::quiet().await;
    let source = instance(CORE, "rg-core", "apim-core-prod");
    let place = "stcorebackup/fresh/core.apimbackup";
    let accepted = peer.arm("POST", &format!("{source}/backup"), &system(place)).await;
    assert_eq!(accepted.status, 202, "{}", accepted.text());
    assert_eq!(peer.backups("stcorebackup/fresh").await, Vec::<String>::new());
    assert_eq!(watched(&peer, &accepted).await.0.status, 200);
    assert_eq!(peer.backups("stcorebackup/fresh").await, ["core.apimbackup"]);
    let head = peer.blob("HEAD", &format!("/{place}"), &[], b"").await;
    assert!(head.header("content-length").unwrap().parse::<u64>().unwrap() > 1024 * 1024);
    // And it can be restored.
    let target = instance(CORE, "rg-core-dr", "apim-core-dr");
    let accepted = peer.arm("POST", &format!("{target}/restore"), &system(place)).await;
    assert_eq!(watched(&peer, &accepted).await.0.status, 200);
    assert_eq!(peer.state_of("apim-core-dr").await["contentOf"], "apim-core-prod");
}

#[tokio::test]
async fn every_access_type_has_a_way_that_works() {
    let peer = Peer::quiet().await;
    let bil = peer.key(&account(PAYMENTS, "rg-billing", "stbilbackup")).await;
    for (source, body) in [
        (instance(PAYMENTS, "rg-billing", "apim-billing-prod"), by_key("stbilbackup/apim/k", &bil)),
        (instance(PAYMENTS, "rg-pay", "apim-pay-prod"), by_user("stpaybackup/apim/u", USER)),
        (instance(PARTNER, "rg-iot", "apim-iot-prod"), system("stiotbackup/backups/s")),
    ] {
        let accepted = peer.arm("POST", &format!("{source}/backup"), &body).await;
        assert_eq!(accepted.status, 202, "{source}: {}", accepted.text());
    }
    // Without a word about the access type a key is meant.
    let target = instance(PAYMENTS, "rg-billing", "apim-billing-dr");
    let body = json!({ "storageAccount": "stbilbackup", "containerName": "apim", "backupName": "d",
        "accessKey": bil });
    assert_eq!(peer.arm("POST", &format!("{target}/backup"), &body).await.status, 202);
}

/// Sees that an order is refused at once with exactly this text, framed as the provider frames it.
async fn assert_refused(peer: &Peer, action: &str, body: &Value, text: &str) {
    let answer = peer.arm("POST", action, body).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "InvalidParameters"),
        "{body}: {}",
        answer.text()
    );
    assert_eq!(answer.message(), format!("Invalid parameter: {text}"), "{body}");
    assert!(answer.header("location").is_none());
    let error = answer.json()["error"].clone();
    assert!(error.get("details").is_some_and(Value::is_null));
    assert!(error.get("innerError").is_some_and(Value::is_null));
}

#[tokio::test]
async fn an_account_that_cannot_be_reached_is_refused_at_once() {
    let peer = Peer::quiet().await;
    let core = format!("{}/backup", instance(CORE, "rg-core-dr", "apim-core-dr"));
    let shared = format!("{}/restore", instance(CORE, "rg-core-dr", "apim-shared-dr"));
    let mobile = format!("{}/backup", instance(PRODUCTS, "rg-mobile", "apim-mobile-prod"));
    let iot = format!("{}/backup", instance(PARTNER, "rg-iot", "apim-iot-prod"));
    let at = |container: &str| format!("\r\nParameter name: backupContainerName (value: [{container}])");
    let permission = "This request is not authorized to perform this operation using this permission.";
    let unauthorized = "This request is not authorized to perform this operation.";
    let key = peer.key(&account(PRODUCTS, "rg-mobile-dr", "stmobilebackup")).await;
    for (action, body, text) in [
        (&shared, system("stcorebackup/apim/x"), format!("{permission}{}", at("apim"))),
        (&core, system("stb2bbackup/apim/x"), format!("{permission}{}", at("apim"))),
        (&iot, by_key("stb2bbackup/apim/x", "AAAA"), format!("{unauthorized}{}", at("apim"))),
        (
            &core,
            system("stabsent/apim/x"),
            format!("The remote name could not be resolved: 'stabsent.blob.core.windows.net'{}", at("apim")),
        ),
        (
            &core,
            system("stcorebackup/BAD_name/x"),
            "The specifed resource name contains invalid characters.\r\nParameter name: backupContainerName"
                .to_owned(),
        ),
        (
            &mobile,
            by_key("stmobilebackup/apim/x", &key),
            "Requested value 'GET,HEAD,POST,PUT,DELETE,OPTIONS,PATCH' was not found.\r\nParameter name: \
             backupStorageAccount"
                .to_owned(),
        ),
        (
            &iot,
            by_key("stiotbackup/backups/x", "AAAA"),
            format!("Key based authentication is not permitted on this storage account.{}", at("backups")),
        ),
    ] {
        assert_refused(&peer, action, &body, &text).await;
    }
    assert_eq!(peer.behind("state").await["operations"], json!([]));
}

#[tokio::test]
async fn a_blob_that_cannot_be_restored_is_refused_at_once() {
    let peer = Peer::quiet().await;
    let core = format!("{}/restore", instance(CORE, "rg-core-dr", "apim-core-dr"));
    let mobile = format!("{}/restore", instance(PRODUCTS, "rg-mobile-dr", "apim-mobile-dr"));
    let archived = peer.backups("stmobilebackup/apim").await.remove(0);
    let at_name = |name: &str| format!("\r\nParameter name: backupName (value: [{name}])");
    let no_blob = format!("The specified blob does not exist.{}", at_name("absent"));
    assert_refused(&peer, &core, &system("stcorebackup/apim/absent"), &no_blob).await;
    let no_container =
        "The specified container does not exist.\r\nParameter name: backupContainerName (value: [absent])";
    assert_refused(&peer, &core, &system("stcorebackup/absent/x"), no_container).await;
    let cold = format!("This operation is not permitted on an archived blob.{}", at_name(&archived));
    assert_refused(&peer, &mobile, &system(&format!("stmobilebackup/apim/{archived}")), &cold).await;
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused_at_once() {
    let peer = Peer::quiet().await;
    let core = instance(CORE, "rg-core-dr", "apim-core-dr");
    for (path, body) in [
        (instance(PRODUCTS, "rg-search", "apim-search-prod"), system("stsharedbackup/search/x")),
        (
            instance(PAYMENTS, "rg-pay", "apim-pay-prod"),
            by_user("stpaybackup/apim/x", "00000000-0000-4000-8000-000000000000"),
        ),
        (core.clone(), by_user("stcorebackup/apim/x", USER)),
        (core.clone(), order("stcorebackup/apim/x", "AccessKey")),
        (core.clone(), by_key("stcorebackup/apim/x", "AAAA")),
        (core.clone(), order("stcorebackup/apim/x", "Sas")),
        (core, json!({ "storageAccount": "stcorebackup" })),
    ] {
        let answer = peer.arm("POST", &format!("{path}/backup"), &body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "InvalidParameters"),
            "{body}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn a_closed_firewall_has_its_exceptions() {
    let peer = Peer::quiet().await;
    let docs_key = peer.key(&account(PRODUCTS, "rg-docs", "stdocsvault")).await;
    let auth_key = peer.key(&account(CORE, "rg-auth", "stauthvault")).await;
    let at = |subscription, group, name| format!("{}/backup", instance(subscription, group, name));
    for (why, action, body, passes) in [
        ("a trusted service", at(PARTNER, "rg-iot", "apim-iot-prod"), system("stb2bbackup/apim/x"), true),
        (
            "a user-assigned identity",
            at(PAYMENTS, "rg-pay", "apim-pay-prod"),
            by_user("stb2bbackup/apim/x", USER),
            false,
        ),
        ("named in a rule", at(CORE, "rg-auth", "apim-auth-prod"), system("stauthvault/keep/x"), true),
        ("not named in a rule", at(CORE, "rg-core", "apim-core-prod"), system("stauthvault/keep/x"), false),
        (
            "a key past a rule",
            at(CORE, "rg-auth-dr", "apim-auth-dr"),
            by_key("stauthvault/keep/x", &auth_key),
            false,
        ),
        (
            "a key, same region",
            at(PRODUCTS, "rg-docs", "apim-docs-prod"),
            by_key("stdocsvault/keep/x", &docs_key),
            false,
        ),
        (
            "a key, other region",
            at(PRODUCTS, "rg-docs", "apim-docs-dr"),
            by_key("stdocsvault/keep/x", &docs_key),
            true,
        ),
    ] {
        let answer = peer.arm("POST", &action, &body).await;
        if passes {
            assert_eq!(answer.status, 202, "{why}: {}", answer.text());
        } else {
            let text = "Invalid parameter: This request is not authorized to perform this operation.\r\n";
            assert!(answer.status == 400 && answer.message().starts_with(text), "{why}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn rights_locks_and_tiers_come_before_storage() {
    let peer = Peer::quiet().await;
    let body = system("stcorebackup/apim/x");
    for (path, status, code) in [
        (instance(PARTNER, "rg-b2b", "apim-b2b-dr"), 403, "AuthorizationFailed"),
        (instance(CORE, "rg-core-dr", "apim-core-dr2"), 409, "ScopeLocked"),
        (instance(PRODUCTS, "rg-lab", "apim-events"), 400, "MethodNotAllowedInPricingTier"),
        (instance(PRODUCTS, "rg-geo", "apim-geo-prod"), 400, "MethodNotAllowedInPricingTier"),
        (instance(PRODUCTS, "rg-geo", "apim-geo-dr"), 409, "ServiceLocked"),
        (instance(CORE, "rg-core-dr", "apim-absent"), 404, "ResourceNotFound"),
    ] {
        let answer = peer.arm("POST", &format!("{path}/restore"), &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{path}");
    }
    let rights =
        peer.arm("POST", &format!("{}/backup", instance(PARTNER, "rg-b2b", "apim-b2b-prod")), &body).await;
    assert!(
        rights.message().contains("'Microsoft.ApiManagement/service/backup/action'"),
        "{}",
        rights.message()
    );
}

#[tokio::test]
async fn tier_and_age_are_found_out_only_on_a_poll() {
    let peer = Peer::quiet().await;
    let core = peer.backups("stcorebackup/apim").await;
    let billing = instance(PAYMENTS, "rg-billing", "apim-billing-dr");
    let standard = format!("stbilbackup/apim/{}", peer.backups("stbilbackup/apim").await.last().unwrap());
    let target = instance(CORE, "rg-core-dr", "apim-core-dr");
    for (path, body, message) in [
        (billing, system(&standard), "Cannot restore: current SKU is 'Standard', backup SKU is 'Premium'"),
        (target, system(&format!("stcorebackup/apim/{}", core[0])), "Cannot restore: backup expired"),
    ] {
        let before = peer.get(&path).await.json();
        let accepted = peer.arm("POST", &format!("{path}/restore"), &body).await;
        assert_eq!(accepted.status, 202, "{}", accepted.text());
        let (end, _) = watched(&peer, &accepted).await;
        assert_eq!(
            (end.status, end.code().as_str(), end.message().as_str()),
            (400, "RestoreFailed", message)
        );
        let after = peer.get(&path).await.json();
        assert_eq!(after["properties"]["provisioningState"], before["properties"]["provisioningState"]);
        assert_eq!(after["properties"]["targetProvisioningState"], "");
    }
}

#[tokio::test]
async fn the_address_is_signed_anew_each_time_and_must_be_followed_verbatim() {
    let peer = Peer::quiet().await;
    let target = instance(CORE, "rg-core-dr", "apim-core-dr");
    let backup = newest(&peer, "stcorebackup/apim").await;
    let accepted = peer.arm("POST", &format!("{target}/restore"), &system(&backup)).await;
    let first = accepted.header("location").unwrap().to_owned();
    assert!(first.contains("/locations/northeurope/operationResults/"), "{first}");
    assert!(first.len() > 3000 && first.contains("&t=") && first.contains("&h="));
    let id = first.split("operationResults/").nth(1).unwrap().split('?').next().unwrap();
    let id = String::from_utf8(BASE64.decode(id).unwrap()).unwrap();
    assert!(id.starts_with("northeurope:apim-core-dr_Restore_"), "{id}");
    let poll = peer.get(&peer.target_of(&first)).await;
    assert_ne!(poll.header("location"), Some(first.as_str()));
    let reencoded = first.replacen("/operationResults/b", "/operationresults/%62", 1);
    assert_ne!(reencoded, first);
    assert_eq!(peer.get(&peer.target_of(&reencoded)).await.status, 202);
    let changed = peer.target_of(&first).replacen("&t=6", "&t=7", 1);
    assert_eq!(peer.get(&changed).await.status, 403);
    let unknown = peer.target_of(&first).replacen("operationResults/", "operationResults/AAAA", 1);
    assert_eq!(peer.get(&unknown).await.status, 404);
}

#[tokio::test]
async fn an_older_api_version_polls_below_the_instance() {
    let peer = Peer::quiet().await;
    let target = instance(CORE, "rg-core-dr", "apim-core-dr");
    let backup = newest(&peer, "stcorebackup/apim").await;
    let path = format!("{target}/restore?api-version=2022-08-01");
    let accepted = peer.arm("POST", &path, &system(&backup)).await;
    let location = accepted.header("location").unwrap();
    assert!(location.contains("/service/apim-core-dr/operationresults/"), "{location}");
    assert_eq!(watched(&peer, &accepted).await.0.status, 200);
}
