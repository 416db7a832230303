//! Azurite, Microsoft's own storage emulator, as a witness of the blob client: whether signatures verify, and whether
//! names, sizes, tags and times come out as the official SDK reads them.
//!
//! `.ci/peers/run` starts Azurite, fills it through that SDK and sets the variables. Without `LIFEBOAT_AZURITE_URL`
//! the tests say that they were skipped; with `LIFEBOAT_PEERS=required` that is a failure.
//!
//! The key comes the way it always does, through Resource Manager: a stand-in on the loopback answers sign-in and
//! `listKeys`, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own environment and clock")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use jiff::Timestamp;
use lifeboat::azure::cloud::Cloud;
use lifeboat::azure::identity::{AuthMode, EnvironmentVariables, Identity};
use lifeboat::azure::listing::Listing;
use lifeboat::azure::{Azure, Connection, Patience, WriteMode};
use lifeboat::domain::backup::{Blob, Provenance};
use lifeboat::domain::manifest::{self, Manifest};
use lifeboat::domain::provenance::{Witnesses, identify};
use lifeboat::domain::region::Region;
use lifeboat::domain::storage::{Location, StorageAccount};
use serde::Deserialize;
use serde_json::json;

/// A page of List Blobs holds no more.
const LONGEST_PAGE: usize = 5000;
const CONTAINER: &str = "apim";

/// Where Azurite is and what the official SDK lists in it.
struct Azurite {
    url: String,
    key: String,
    listing: Vec<Listed>,
}

/// One blob as the official SDK read it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    size: u64,
    etag: String,
    created_at: Timestamp,
    last_modified: Timestamp,
}

impl Azurite {
    fn from_environment() -> Option<Azurite> {
        let Ok(url) = std::env::var("LIFEBOAT_AZURITE_URL") else {
            let is_required = std::env::var("LIFEBOAT_PEERS").is_ok_and(|word| word == "required");
            assert!(!is_required, "LIFEBOAT_PEERS=required, but LIFEBOAT_AZURITE_URL names no Azurite");
            eprintln!("skipped: LIFEBOAT_AZURITE_URL is not set (.ci/peers/run sets it)");
            return None;
        };
        let key = std::env::var("LIFEBOAT_AZURITE_KEY").unwrap();
        let listing = std::fs::read(std::env::var("LIFEBOAT_AZURITE_LISTING").unwrap()).unwrap();
        Some(Azurite { url, key, listing: serde_json::from_slice(&listing).unwrap() })
    }

    fn account(&self) -> StorageAccount {
        let name = self.url.rsplit('/').next().unwrap();
        let id = format!(
            "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-peers/providers/Microsoft.Storage/storageAccounts/{name}"
        );
        StorageAccount {
            id: id.parse().unwrap(),
            name: name.to_owned(),
            region: Region::new("westeurope"),
            blob_endpoint: Some(format!("{}/", self.url)),
            shared_key_access: Some(true),
            public_network_access: Some("Enabled".to_owned()),
            default_action: Some("Allow".to_owned()),
            bypass: None,
            resource_rules: Vec::new(),
            address_rules: Vec::new(),
            key_made_at: None,
            has_folders: None,
        }
    }

    /// The wire, signed in to a stand-in that hands out Azurite's key.
    async fn azure(&self) -> Azure {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(stand_in).with_state(self.key.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let cloud = Cloud {
            name: "peers".to_owned(),
            resource_manager: origin.clone(),
            authority: origin,
            ..Cloud::public()
        };
        let environment = EnvironmentVariables {
            tenant_id: Some("00000000-0000-4000-8000-00000000c0de".to_owned()),
            client_id: Some("00000000-0000-4000-8000-00000000beef".to_owned()),
            client_secret: Some("any".into()),
            ..EnvironmentVariables::default()
        };
        let connection = Connection {
            cloud,
            identity: Identity { mode: AuthMode::Environment, tenant: None, environment },
            write_mode: WriteMode::Guarded,
            read_only_subscriptions: BTreeSet::new(),
            patience: Patience::default(),
            clock: Arc::new(Timestamp::now),
        };
        Azure::connect(connection).unwrap()
    }
}

/// Sign-in and `listKeys`.
async fn stand_in(State(key): State<String>, method: Method, uri: Uri) -> (StatusCode, String) {
    let path = uri.path().to_ascii_lowercase();
    let body = match (method.as_str(), path.rsplit('/').next().unwrap_or_default()) {
        ("POST", "token") => {
            json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": "e30.e30.c2ln" })
        }
        ("POST", "listkeys") => {
            json!({ "keys": [{ "keyName": "key1", "value": key, "permissions": "FULL" }] })
        }
        _ => {
            return (
                StatusCode::NOT_FOUND,
                json!({ "error": { "code": "NotFound", "message": path } }).to_string(),
            );
        }
    };
    (StatusCode::OK, body.to_string())
}

#[tokio::test]
async fn our_listing_is_the_official_one_page_by_page() {
    let Some(azurite) = Azurite::from_environment() else { return };
    let (azure, account) = (azurite.azure().await, azurite.account());
    let mut pages: Vec<Vec<Blob>> = Vec::new();
    azure.blobs(&account, CONTAINER, Listing::Key, &mut |page| pages.push(page)).await.unwrap();
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert!(azurite.listing.len() > LONGEST_PAGE && sizes.len() > 1, "pages of {sizes:?}");

    let mut ours: BTreeMap<String, Listed> = BTreeMap::new();
    for blob in pages.into_iter().flatten() {
        assert_eq!(blob.address.location, Location::new(&account.name, CONTAINER));
        let row = listed(&blob);
        assert!(ours.insert(row.name.clone(), row).is_none(), "{} is listed twice", blob.address.name);
    }
    assert_eq!(ours.len(), azurite.listing.len());
    for row in &azurite.listing {
        assert_eq!(ours.get(&row.name), Some(row));
    }
}

#[tokio::test]
async fn a_blob_with_any_name_is_found_again_by_it() {
    let Some(azurite) = Azurite::from_environment() else { return };
    let (azure, account) = (azurite.azure().await, azurite.account());
    let hurting: Vec<&Listed> = azurite.listing.iter().filter(|row| !row.name.starts_with("bulk/")).collect();
    assert!(hurting.len() > 5);
    for row in hurting {
        let address = Location::new(&account.name, CONTAINER).at(&row.name);
        let blob = azure.blob(&account, &address, Listing::Key).await.unwrap();
        assert_eq!(listed(&blob), *row);
        let content = azure.read_blob(&account, &address, Listing::Key, 1024).await.unwrap();
        assert_eq!(content.len() as u64, row.size, "{}", row.name);
    }
}

#[tokio::test]
async fn a_manifest_is_read_back_as_it_was_written_and_written_over() {
    let Some(azurite) = Azurite::from_environment() else { return };
    let (azure, account) = (azurite.azure().await, azurite.account());
    // Apart from the listing, which must stay as the official SDK saw it.
    let address = Location::new(&account.name, "manifests").at("Zürich 100% + mehr.lifeboat.json");
    for text in ["{\"schema\":1,\"source\":\"Zürich\"}", "{\"schema\":1}"] {
        azure.write_blob(&account, &address, Listing::Key, text.as_bytes().to_vec()).await.unwrap();
        let read = azure.read_blob(&account, &address, Listing::Key, 64 * 1024).await.unwrap();
        assert_eq!(String::from_utf8(read).unwrap(), text);
        let blob = azure.blob(&account, &address, Listing::Key).await.unwrap();
        assert_eq!(blob.size, Some(text.len() as u64));
    }
}

/// What a console leaves beside a backup and the next one believes, until the blob is another one.
#[tokio::test]
async fn a_manifest_is_believed_until_the_backup_is_tampered_with() {
    let Some(azurite) = Azurite::from_environment() else { return };
    let (azure, account) = (azurite.azure().await, azurite.account());
    let backup = Location::new(&account.name, "manifests").at("core/ü 1+1.apimbackup");
    let beside = backup.location.at(manifest::name_for(&backup.name));
    azure.write_blob(&account, &backup, Listing::Key, b"a backup".to_vec()).await.unwrap();
    let blob = azure.blob(&account, &backup, Listing::Key).await.unwrap();
    assert_eq!(blob.condition.lease.as_deref(), Some("available"));
    let written = json!({
        "version": manifest::VERSION, "operationId": "1", "takenAt": "2026-11-23T12:00:00Z",
        "source": { "id": account.id, "name": "apim-core", "sku": { "tier": "Premium", "units": 1 },
            "location": "westeurope", "platformVersion": "stv2", "hostnames": [], "identities": [] },
        "blob": { "etag": blob.etag, "length": blob.size },
    });
    azure.write_blob(&account, &beside, Listing::Key, serde_json::to_vec(&written).unwrap()).await.unwrap();

    let listed = async || {
        let mut found = Vec::new();
        azure.blobs(&account, "manifests", Listing::Key, &mut |page| found.extend(page)).await.unwrap();
        assert!(found.iter().any(|it: &Blob| it.address == beside));
        found.into_iter().find(|it| it.address == backup).unwrap()
    };
    let provenance = async || {
        let body = azure.read_blob(&account, &beside, Listing::Key, 64 * 1024).await.unwrap();
        let manifest: Manifest = serde_json::from_slice(&body).unwrap();
        let witnesses = Witnesses {
            manifest: Some(&manifest),
            journal: &[],
            logged: None,
            instances: &[],
            operator: None,
        };
        identify(listed().await, witnesses).source
    };
    let believed = provenance().await;
    assert_eq!(
        (believed.provenance, believed.instance.as_deref()),
        (Provenance::Manifest, Some("apim-core"))
    );
    // Of the same length, and not the same: only the etag tells.
    azure.write_blob(&account, &backup, Listing::Key, b"tampered".to_vec()).await.unwrap();
    let doubted = provenance().await;
    assert_eq!((doubted.provenance, doubted.instance), (Provenance::Unknown, None));
}

#[tokio::test]
async fn where_nothing_is_kept_no_deleted_blob_is_found() {
    let Some(azurite) = Azurite::from_environment() else { return };
    let (azure, account) = (azurite.azure().await, azurite.account());
    let absent = Location::new(&account.name, CONTAINER).at("bulk/nobody put this here");
    assert_eq!(azure.deleted_blob(&account, &absent, Listing::Key).await.unwrap(), None);
}

#[tokio::test]
async fn a_wrong_key_and_an_absent_blob_are_told_apart() {
    let Some(azurite) = Azurite::from_environment() else { return };
    let account = azurite.account();
    let absent = Location::new(&account.name, CONTAINER).at("nobody put this here");
    let honest = azurite.azure().await.blob(&account, &absent, Listing::Key).await.unwrap_err();
    let key = format!("{}==", "A".repeat(86));
    let liar = Azurite { url: azurite.url.clone(), key, listing: Vec::new() };
    let refused = liar.azure().await.blob(&account, &absent, Listing::Key).await.unwrap_err();
    assert_eq!(honest.problem().http_status, Some(404));
    assert_eq!(refused.problem().http_status, Some(403));
}

fn listed(blob: &Blob) -> Listed {
    Listed {
        name: blob.address.name.clone(),
        size: blob.size.unwrap(),
        etag: blob.etag.clone().unwrap(),
        created_at: blob.created_at.unwrap(),
        last_modified: blob.last_modified.unwrap(),
    }
}
