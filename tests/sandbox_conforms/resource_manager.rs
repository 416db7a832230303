//! What every request must bring, what every answer carries, and the routes that only read.

use serde_json::{Value, json};

use super::peer::{CORE, HR, PARTNER, PAYMENTS, PRODUCTS, Peer, account, instance};

#[tokio::test]
async fn an_api_version_is_demanded() {
    let peer = Peer::quiet().await;
    let bearer = format!("Bearer {}", peer.arm_token);
    for (target, status, code) in [
        ("/subscriptions", 400, "MissingApiVersionParameter"),
        ("/subscriptions?api-version=", 400, "MissingApiVersionParameter"),
        ("/subscriptions?api-version=latest", 400, "InvalidApiVersionParameter"),
        ("/subscriptions?api-version=2022-13-01", 400, "InvalidApiVersionParameter"),
        ("/subscriptions?api-version=2014-04-01", 200, ""),
        ("/subscriptions?API-VERSION=2025-03-01-preview", 200, ""),
    ] {
        let answer = peer.send("GET", target, &[("authorization", &bearer)], b"").await.unwrap();
        assert_eq!(answer.status, status, "{target}");
        if status != 200 {
            assert_eq!(answer.code(), code, "{target}");
        }
    }
}

#[tokio::test]
async fn every_answer_carries_ids_and_counters() {
    let peer = Peer::quiet().await;
    let bearer = format!("Bearer {}", peer.arm_token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-ms-client-request-id", "11111111-2222-4333-8444-555555555555"),
        ("x-ms-return-client-request-id", "true"),
        ("x-ms-correlation-request-id", "99999999-2222-4333-8444-555555555555"),
    ];
    let answer = peer.send("GET", "/SUBSCRIPTIONS?api-version=2022-12-01", &headers, b"").await.unwrap();
    assert_eq!(answer.header("x-ms-client-request-id"), Some("11111111-2222-4333-8444-555555555555"));
    assert_eq!(answer.header("x-ms-correlation-request-id"), Some("99999999-2222-4333-8444-555555555555"));
    let id = answer.header("x-ms-request-id").unwrap();
    assert!(answer.header("x-ms-routing-request-id").unwrap().ends_with(id));
    assert_eq!(answer.header("x-ms-ratelimit-remaining-subscription-reads"), Some("249"));
    for name in ["date", "strict-transport-security", "x-content-type-options", "cache-control"] {
        assert!(answer.header(name).is_some(), "{name}");
    }
    let again = peer.get("/subscriptions").await;
    assert_ne!(again.header("x-ms-request-id"), Some(id));
    assert_eq!(again.header("x-ms-client-request-id"), None);
}

#[tokio::test]
async fn a_subscription_without_rights_is_listed_and_not_readable() {
    let peer = Peer::quiet().await;
    let subscriptions = peer.get("/subscriptions").await.json();
    assert_eq!(subscriptions["value"].as_array().unwrap().len(), 5);
    for list in ["Microsoft.ApiManagement/service", "Microsoft.Storage/storageAccounts"] {
        let answer = peer.get(&format!("{HR}/providers/{list}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "AuthorizationFailed"));
        assert!(answer.message().contains("oncall@contoso.example"), "{}", answer.message());
    }
}

#[tokio::test]
async fn what_does_not_exist_says_so_in_arms_words() {
    let peer = Peer::quiet().await;
    let elsewhere = "/subscriptions/00000000-0000-4000-8000-000000000000";
    for (target, code) in [
        (format!("{elsewhere}/providers/Microsoft.ApiManagement/service"), "SubscriptionNotFound"),
        (instance(CORE, "rg-core", "apim-nowhere"), "ResourceNotFound"),
        (instance(CORE, "rg-nowhere", "apim-core-dr"), "ResourceGroupNotFound"),
        (account(CORE, "rg-core-dr", "stnowhere"), "ResourceNotFound"),
        (format!("{CORE}/resourceGroups/rg-nowhere"), "ResourceGroupNotFound"),
        ("/nonsense/of/mine".to_owned(), ""),
    ] {
        let answer = peer.get(&target).await;
        assert_eq!(answer.status, 404, "{target}");
        if !code.is_empty() {
            assert_eq!(answer.code(), code, "{target}");
        }
    }
    let answer = peer.arm("DELETE", &instance(CORE, "rg-core", "apim-core-prod"), &Value::Null).await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn paths_match_without_regard_to_case_or_double_slashes() {
    let peer = Peer::quiet().await;
    let path = instance(CORE, "RG-CORE-DR", "APIM-core-DR").replace("/resourceGroups", "//resourcegroups");
    let answer = peer.get(&path).await;
    assert_eq!((answer.status, &answer.json()["name"]), (200, &json!("apim-core-dr")));
}

#[tokio::test]
async fn an_instance_spells_out_its_nulls() {
    let peer = Peer::quiet().await;
    let body = peer.get(&instance(CORE, "rg-core", "apim-core-prod")).await.json();
    assert_eq!(body["location"], "West Europe");
    assert_eq!(body["sku"], json!({ "capacity": 4, "name": "Premium" }));
    let properties = &body["properties"];
    assert_eq!(properties["additionalLocations"][0]["location"], "Sweden Central");
    for name in ["privateIPAddresses", "virtualNetworkConfiguration"] {
        assert!(properties.get(name).is_some_and(Value::is_null), "{name}");
    }
    assert_eq!(properties["certificates"][0]["storeName"], "Root");
    let bare = peer.get(&instance(CORE, "rg-core-dr", "apim-core-dr2")).await.json();
    assert!(bare["properties"].get("certificates").is_some_and(Value::is_null));
    let protocols = properties["customProperties"].as_object().unwrap();
    assert!(protocols.values().all(|value| value == "False"));
    let created = properties["createdAtUtc"].as_str().unwrap();
    assert_eq!(created.len(), "2025-05-16T13:13:06.3258554Z".len());
    let consumption = peer.get(&instance(PRODUCTS, "rg-lab", "apim-events")).await.json();
    assert_eq!(consumption["sku"]["capacity"], 0);
    assert!(consumption["properties"]["managementApiUrl"].is_null());
}

#[tokio::test]
async fn identities_come_in_every_spelling() {
    let peer = Peer::quiet().await;
    for (path, kind) in [
        (instance(CORE, "rg-core-dr", "apim-core-dr"), json!("SystemAssigned")),
        (instance(PAYMENTS, "rg-pay", "apim-pay-prod"), json!("SystemAssigned, UserAssigned")),
        (instance(PAYMENTS, "rg-pay-dr", "apim-pay-dr"), json!("UserAssigned")),
        (instance(PRODUCTS, "rg-search", "apim-search-prod"), json!("none")),
        (instance(PRODUCTS, "rg-search", "apim-search-dr"), json!("None")),
        (instance(CORE, "rg-core-dr", "apim-core-dr2"), Value::Null),
    ] {
        assert_eq!(peer.get(&path).await.json()["identity"]["type"], kind, "{path}");
    }
}

#[tokio::test]
async fn collections_count_and_page() {
    let peer = Peer::quiet().await;
    let core = instance(CORE, "rg-core", "apim-core-prod");
    let apis = peer.get(&format!("{core}/apis?$top=1")).await.json();
    assert_eq!((&apis["count"], apis["value"].as_array().unwrap().len()), (&json!(14), 1));
    let next = peer.get(&peer.target_of(apis["nextLink"].as_str().unwrap())).await.json();
    assert_ne!(next["value"][0]["name"], apis["value"][0]["name"]);
    assert_eq!(peer.get(&format!("{core}/workspaces?$top=1")).await.json()["count"], 0);
    let geo = instance(PRODUCTS, "rg-geo", "apim-geo-prod");
    assert_eq!(peer.get(&format!("{geo}/workspaces?$top=1")).await.json()["count"], 3);
    for child in ["products", "subscriptions", "users", "namedValues", "backends", "groups", "loggers"] {
        let body = peer.get(&format!("{core}/{child}")).await.json();
        assert_eq!(body["count"].as_u64(), Some(body["value"].as_array().unwrap().len() as u64), "{child}");
    }
}

#[tokio::test]
async fn what_hangs_below_an_instance_answers() {
    let peer = Peer::quiet().await;
    let core = instance(CORE, "rg-core", "apim-core-prod");
    assert_eq!(peer.get(&format!("{core}/skus")).await.json()["value"].as_array().unwrap().len(), 5);
    assert_eq!(peer.get(&format!("{core}/regions")).await.json()["count"], 2);
    let status = peer.get(&format!("{core}/networkstatus")).await.json();
    assert_eq!(status[0]["location"], "West Europe");
    assert_eq!(status[0]["networkStatus"]["connectivityStatus"][0]["status"], "success");
    let one = peer.get(&format!("{core}/locations/West%20Europe/networkstatus")).await.json();
    assert_eq!(one["dnsServers"][0], "168.63.129.16");
    let settings = peer.get(&format!("{core}/providers/Microsoft.Insights/diagnosticSettings")).await.json();
    assert_eq!(settings["value"][0]["name"], "to-logs");
    let revisions = peer.get(&format!("{core}/portalRevisions")).await.json();
    assert_eq!(revisions["value"][0]["properties"]["isCurrent"], true);
}

/// A named value of a Key Vault is read with the identity of the instance that holds it: after a restore with the
/// standby's, which the vault may not know.
#[tokio::test]
async fn a_named_value_of_a_vault_tells_how_its_reading_ended() {
    let peer = Peer::quiet().await;
    for (name, group, code) in
        [("apim-mobile-prod", "rg-mobile", "Success"), ("apim-mobile-dr", "rg-mobile-dr", "AccessDenied")]
    {
        let values = peer.get(&format!("{}/namedValues", instance(PRODUCTS, group, name))).await.json();
        let first = &values["value"][0]["properties"];
        assert_eq!(first["keyVault"]["lastStatus"]["code"], code, "{name}");
        assert!(first.get("value").is_none(), "the value of a secret is not listed");
    }
}

#[tokio::test]
async fn the_surroundings_answer() {
    let peer = Peer::quiet().await;
    let tenants = peer.get("/tenants").await.json();
    assert_eq!(tenants["value"][0]["defaultDomain"], "contoso.example");
    let locations = peer.get(&format!("{CORE}/locations")).await.json();
    assert_eq!(locations["value"][0]["metadata"]["pairedRegion"][0]["name"], "northeurope");
    let groups = peer.get(&format!("{CORE}/resourcegroups")).await.json();
    assert!(groups["value"].as_array().unwrap().iter().any(|group| group["name"] == "rg-core-dr"));
    let group = peer.get(&format!("{CORE}/resourceGroups/RG-CORE")).await.json();
    assert_eq!(group["name"], "rg-core");
    let body = json!({ "name": "apim-core-dr" });
    let check = format!("{CORE}/providers/Microsoft.ApiManagement/checkNameAvailability");
    assert_eq!(peer.arm("POST", &check, &body).await.json()["nameAvailable"], false);
}

#[tokio::test]
async fn storage_shows_its_peculiarities() {
    let peer = Peer::quiet().await;
    let core = peer.get(&account(CORE, "rg-core-dr", "stcorebackup")).await.json();
    let endpoint = format!("http://{}/stcorebackup/", peer.authority);
    assert_eq!(core["properties"]["primaryEndpoints"]["blob"], endpoint);
    let iot = account(PARTNER, "rg-iot", "stiotbackup");
    assert_eq!(peer.get(&iot).await.json()["properties"]["allowSharedKeyAccess"], false);
    let pay = account(PAYMENTS, "rg-pay-dr", "stpaybackup");
    assert!(peer.get(&pay).await.json()["properties"].get("allowSharedKeyAccess").is_none());
    let rules = peer.get(&account(PARTNER, "rg-b2b", "stb2bbackup")).await.json();
    assert_eq!(rules["properties"]["networkAcls"]["defaultAction"], "Deny");
    assert_eq!(rules["properties"]["networkAcls"]["bypass"], "AzureServices");
    let mobile = account(PRODUCTS, "rg-mobile-dr", "stmobilebackup");
    let service = peer.get(&format!("{mobile}/blobServices/default")).await.json();
    assert_eq!(service["properties"]["cors"]["corsRules"][0]["allowedMethods"][6], "PATCH");
    let policy = peer.get(&format!("{pay}/managementPolicies/default")).await;
    assert_eq!(policy.status, 200);
    let none = peer.get(&format!("{mobile}/managementPolicies/default")).await;
    assert_eq!((none.status, none.code().as_str()), (404, "ManagementPolicyNotFound"));
    let containers = peer.get(&format!("{mobile}/blobServices/default/containers")).await.json();
    assert_eq!(containers["value"][0]["name"], "apim");
    let missing = peer.get(&format!("{mobile}/blobServices/default/containers/nowhere")).await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "ContainerNotFound"));
    // A reader may not have the keys; neither does a GET give them.
    let refused = peer.arm("POST", &format!("{iot}/listKeys"), &Value::Null).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "AuthorizationFailed"));
    assert_eq!(peer.get(&format!("{pay}/listKeys")).await.status, 405);
}

#[tokio::test]
async fn rights_roles_and_locks_hang_on_any_scope() {
    let peer = Peer::quiet().await;
    let provider = "providers/Microsoft.Authorization";
    let core = instance(CORE, "rg-core-dr", "apim-core-dr");
    let own = peer.get(&format!("{core}/{provider}/permissions")).await.json();
    assert_eq!(own["value"][0]["actions"], json!(["*"]));
    let iot = instance(PARTNER, "rg-iot", "apim-iot-dr");
    let own = peer.get(&format!("{iot}/{provider}/permissions")).await.json();
    assert_eq!(own["value"].as_array().unwrap().len(), 2);
    let locks = peer.get(&format!("{CORE}/{provider}/locks")).await.json();
    assert_eq!(locks["value"].as_array().unwrap().len(), 2);
    let locked = instance(CORE, "rg-core-dr", "apim-core-dr2");
    let locks = peer.get(&format!("{locked}/{provider}/locks")).await.json();
    assert_eq!(locks["value"][0]["properties"]["level"], "ReadOnly");
    let principal = peer.get(&core).await.json()["identity"]["principalId"].clone();
    let filter = format!("principalId%20eq%20'{}'", principal.as_str().unwrap());
    let storage = account(CORE, "rg-core-dr", "stcorebackup");
    let found = peer.get(&format!("{storage}/{provider}/roleAssignments?$filter={filter}")).await.json();
    let role = found["value"][0]["properties"]["roleDefinitionId"].as_str().unwrap();
    assert!(role.ends_with("ba92f5b4-2d11-453d-a403-e96b0029c9fe"), "{role}");
    let definition = peer.get(role).await.json();
    assert_eq!(definition["properties"]["roleName"], "Storage Blob Data Contributor");
    let created = found["value"][0]["properties"]["createdOn"].as_str().unwrap();
    assert!(created.parse::<jiff::Timestamp>().is_ok(), "{created}");
    // A group is followed by one filter and not by the other (documented).
    let docs = peer.get(&instance(PRODUCTS, "rg-docs", "apim-docs-prod")).await.json()["identity"].clone();
    let docs = docs["principalId"].as_str().unwrap();
    let shared = account(PRODUCTS, "rg-docs", "stsharedbackup");
    for (filter, count) in [(format!("principalId%20eq%20'{docs}'"), 0), (format!("assignedTo('{docs}')"), 1)]
    {
        let found = peer.get(&format!("{shared}/{provider}/roleAssignments?$filter={filter}")).await.json();
        assert_eq!(found["value"].as_array().unwrap().len(), count, "{filter}");
    }
    let vault = account(PRODUCTS, "rg-docs", "stdocsvault");
    for (place, count) in [(&vault, 1), (&shared, 0)] {
        let found = peer.get(&format!("{place}/{provider}/denyAssignments?$filter=atScope()")).await.json();
        assert_eq!(found["value"].as_array().unwrap().len(), count, "{place}");
    }
    let odd = peer.get(&format!("{storage}/{provider}/roleAssignments?$filter=name%20eq%20'x'")).await;
    assert_eq!(odd.status, 400);
}

#[tokio::test]
async fn absolute_urls_follow_the_host_that_was_asked() {
    let peer = Peer::in_scenario("ragged").await;
    let bearer = format!("Bearer {}", peer.arm_token);
    let headers =
        [("authorization", bearer.as_str()), ("host", "arm.lab.example"), ("x-forwarded-proto", "https")];
    let target = format!("{CORE}/providers/Microsoft.ApiManagement/service?api-version=2024-05-01");
    let body = peer.send("GET", &target, &headers, b"").await.unwrap().json();
    assert!(body["nextLink"].as_str().unwrap().starts_with("https://arm.lab.example/subscriptions/"));
    let target = format!("{}?api-version=2023-05-01", account(CORE, "rg-core-dr", "stcorebackup"));
    let body = peer.send("GET", &target, &headers, b"").await.unwrap().json();
    assert_eq!(body["properties"]["primaryEndpoints"]["blob"], "https://arm.lab.example/stcorebackup/");
}

#[tokio::test]
async fn a_gateway_is_found_by_its_host() {
    let peer = Peer::in_scenario("region-down").await;
    for (host, status) in [
        ("apim-core-dr.azure-api.net", 200),
        ("apim-core-prod.azure-api.net", 503),
        ("api.contoso.example", 503),
        ("elsewhere.example", 404),
    ] {
        let answer = peer.send("GET", "/status-0123456789abcdef", &[("host", host)], b"").await.unwrap();
        assert_eq!(answer.status, status, "{host}");
    }
}
