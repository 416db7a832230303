//! The data plane of storage.

use std::collections::BTreeSet;

use serde_json::json;

use super::peer::{CORE, Peer, account, instance};

const LIST: &str = "/stcorebackup/apim?restype=container&comp=list";

fn names(text: &str) -> Vec<String> {
    text.split("<Name>").skip(1).filter_map(|rest| rest.split("</Name>").next()).map(str::to_owned).collect()
}

fn marker(text: &str) -> Option<String> {
    Some(
        text.split_once("<NextMarker>")?
            .1
            .split_once("</NextMarker>")?
            .0
            .replace('=', "%3D")
            .replace('+', "%2B"),
    )
}

#[tokio::test]
async fn a_listing_begins_with_a_byte_order_mark_and_ends_with_an_empty_marker() {
    let peer = Peer::quiet().await;
    let answer = peer.blob("GET", LIST, &[], b"").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/xml")));
    assert_eq!(answer.body[..3], [0xEF, 0xBB, 0xBF]);
    let text = answer.text();
    assert!(text.ends_with("<NextMarker /></EnumerationResults>"), "{text}");
    assert_eq!(names(&text).len(), 60);
    for element in ["Creation-Time", "Last-Modified", "Etag", "Content-Length", "AccessTier", "BlobType"] {
        assert_eq!(text.matches(&format!("<{element}>")).count(), 60, "{element}");
    }
}

#[tokio::test]
async fn pages_join_up_full_or_ragged() {
    for scenario in ["quiet", "ragged"] {
        let peer = Peer::in_scenario(scenario).await;
        let (mut all, mut next, mut empty) = (Vec::new(), String::new(), 0);
        for _ in 0..100 {
            let target = format!("{LIST}&maxresults=20&marker={next}");
            let text = peer.blob("GET", &target, &[], b"").await.text();
            let page = names(&text);
            empty += usize::from(page.is_empty());
            all.extend(page);
            match marker(&text) {
                Some(found) => next = found,
                None => break,
            }
        }
        assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (60, 60), "{scenario}");
        assert_eq!(empty > 0, scenario == "ragged");
    }
}

#[tokio::test]
async fn prefixes_folders_and_containers_list() {
    let peer = Peer::quiet().await;
    let search = peer.backups("stcorebackup/auth").await;
    assert_eq!(search.len(), 30);
    let target = format!("{LIST}&prefix={}", "core-");
    assert_eq!(names(&peer.blob("GET", &target, &[], b"").await.text()).len(), 60);
    let containers = peer.blob("GET", "/stcorebackup/?comp=list", &[], b"").await.text();
    assert_eq!(names(&containers), ["apim", "auth", "logs"]);
    assert!(containers.contains("<Etag>\"0x8D"), "quoted for containers, as recorded");
    let key = peer.key(&account(super::peer::PRODUCTS, "rg-docs", "stsharedbackup")).await;
    let target = "/stsharedbackup/geo?restype=container&comp=list&delimiter=/";
    let resource = "/stsharedbackup/geo\ncomp:list\ndelimiter:/\nrestype:container";
    let folders = peer.signed("stsharedbackup", &key, target, resource).await.text();
    assert!(folders.contains("<BlobPrefix><Name>nightly/</Name></BlobPrefix>"), "{folders}");
}

#[tokio::test]
async fn a_deleted_blob_is_listed_only_for_whoever_asks() {
    let peer = Peer::in_scenario("blob-deleted").await;
    let name = peer.backups("stcorebackup/apim").await.pop().unwrap();
    let restore = format!("{}/restore", instance(CORE, "rg-core-dr", "apim-core-dr"));
    let body = json!({ "storageAccount": "stcorebackup", "containerName": "apim", "backupName": name,
        "accessType": "SystemAssignedManagedIdentity" });
    assert_eq!(peer.arm("POST", &restore, &body).await.status, 400);
    let target = format!("{LIST}&prefix={name}");
    let without = names(&peer.blob("GET", &target, &[], b"").await.text());
    assert!(!without.contains(&name), "{without:?}");
    let with = peer.blob("GET", &format!("{target}&include=deleted"), &[], b"").await.text();
    assert!(names(&with).contains(&name));
    assert!(
        with.contains("<Deleted>true</Deleted>") && with.contains("<RemainingRetentionDays>7</"),
        "{with}"
    );
}

#[tokio::test]
async fn a_signature_verifies_with_the_account_twice_in_the_resource() {
    let peer = Peer::quiet().await;
    let key = peer.key(&account(CORE, "rg-core-dr", "stcorebackup")).await;
    let resource = "/stcorebackup/apim\ncomp:list\nmaxresults:5\nrestype:container";
    let target = format!("{LIST}&maxresults=5");
    assert_eq!(peer.signed("stcorebackup", &key, &target, resource).await.status, 200);
    let other = peer.key(&account(super::peer::PAYMENTS, "rg-pay-dr", "stpaybackup")).await;
    for (key, resource) in [(&other, resource), (&key, "/apim\ncomp:list\nmaxresults:5\nrestype:container")] {
        let refused = peer.signed("stcorebackup", key, &target, resource).await;
        assert_eq!((refused.status, refused.header("x-ms-error-code")), (403, Some("AuthenticationFailed")));
    }
}

#[tokio::test]
async fn each_refusal_has_its_code_in_body_and_header() {
    let peer = Peer::quiet().await;
    let list = |place: &str| format!("/{place}?restype=container&comp=list");
    for (target, status, code) in [
        (list("stb2bbackup/apim"), 403, "AuthorizationFailure"),
        (list("stsharedbackup/search"), 403, "AuthorizationPermissionMismatch"),
        (list("stcorebackup/nowhere"), 404, "ContainerNotFound"),
        ("/stcorebackup/apim/nothing".to_owned(), 404, "BlobNotFound"),
        (list("stnowhere/apim"), 404, "ResourceNotFound"),
        (format!("{LIST}&maxresults=0"), 400, "OutOfRangeQueryParameterValue"),
        (format!("{LIST}&marker=mine"), 400, "OutOfRangeQueryParameterValue"),
    ] {
        let answer = peer.blob("GET", &target, &[], b"").await;
        assert_eq!((answer.status, answer.header("x-ms-error-code")), (status, Some(code)), "{target}");
        assert!(answer.text().contains(&format!("<Code>{code}</Code>")), "{target}");
    }
    let head = peer.blob("HEAD", "/stcorebackup/apim/nothing", &[], b"").await;
    assert_eq!(
        (head.status, head.header("x-ms-error-code"), head.body.len()),
        (404, Some("BlobNotFound"), 0)
    );
}

#[tokio::test]
async fn tokens_need_a_version_and_the_right_audience() {
    let peer = Peer::quiet().await;
    let (arm, blob) = (format!("Bearer {}", peer.arm_token), format!("Bearer {}", peer.blob_token));
    for (headers, status, code) in [
        (vec![], 401, "NoAuthenticationInformation"),
        (
            vec![("authorization", arm.as_str()), ("x-ms-version", "2021-12-02")],
            401,
            "InvalidAuthenticationInfo",
        ),
        (vec![("authorization", blob.as_str())], 400, "MissingRequiredHeader"),
        (vec![("authorization", blob.as_str()), ("x-ms-version", "2099-01-01")], 400, "InvalidHeaderValue"),
    ] {
        let answer = peer.send("GET", LIST, &headers, b"").await.unwrap();
        assert_eq!((answer.status, answer.header("x-ms-error-code")), (status, Some(code)));
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
    }
}

#[tokio::test]
async fn an_account_without_shared_keys_takes_only_tokens() {
    let peer = Peer::quiet().await;
    let refused =
        peer.signed("stiotbackup", "AAAA", "/stiotbackup/?comp=list", "/stiotbackup/\ncomp:list").await;
    let code = refused.header("x-ms-error-code");
    assert_eq!((refused.status, code), (403, Some("KeyBasedAuthenticationNotPermitted")));
    let entra = peer.blob("GET", "/stiotbackup/backups?restype=container&comp=list", &[], b"").await;
    assert_eq!(entra.status, 200);
}

#[tokio::test]
async fn a_blob_is_written_once_read_in_pieces_and_described() {
    let peer = Peer::quiet().await;
    let target = "/stcorebackup/logs/a%20b%26c.json";
    let more = [
        ("x-ms-blob-type", "BlockBlob"),
        ("if-none-match", "*"),
        ("content-type", "application/json"),
        ("x-ms-meta-source", "apim-core-prod"),
    ];
    let put = peer.blob("PUT", target, &more, b"{\"a\":1}").await;
    assert_eq!(put.status, 201, "{}", put.text());
    let again = peer.blob("PUT", target, &more, b"{}").await;
    assert_eq!((again.status, again.header("x-ms-error-code")), (409, Some("BlobAlreadyExists")));
    let stale = [("x-ms-blob-type", "BlockBlob"), ("if-match", "\"0x8D\"")];
    assert_eq!(
        peer.blob("PUT", target, &stale, b"{}").await.header("x-ms-error-code"),
        Some("ConditionNotMet")
    );
    let head = peer.blob("HEAD", target, &[], b"").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("7"), 0));
    assert_eq!(head.header("x-ms-meta-source"), Some("apim-core-prod"));
    assert_eq!(head.header("etag"), put.header("etag"));
    assert!(head.header("x-ms-creation-time").unwrap().ends_with(" GMT"));
    let part = peer.blob("GET", target, &[("range", "bytes=1-3")], b"").await;
    assert_eq!((part.status, part.text().as_str()), (206, "\"a\""));
    assert_eq!(part.header("content-range"), Some("bytes 1-3/7"));
    let beyond = peer.blob("GET", target, &[("range", "bytes=9-")], b"").await;
    assert_eq!((beyond.status, beyond.header("x-ms-error-code")), (416, Some("InvalidRange")));
    let listed =
        peer.blob("GET", "/stcorebackup/logs?restype=container&comp=list&include=metadata", &[], b"").await;
    let text = listed.text();
    assert!(text.contains("<Name>a b&amp;c.json</Name>"), "{text}");
    assert!(text.contains("<Metadata><source>apim-core-prod</source></Metadata>"), "{text}");
}

#[tokio::test]
async fn a_name_that_xml_cannot_hold_is_encoded() {
    let peer = Peer::quiet().await;
    let more = [("x-ms-blob-type", "BlockBlob")];
    assert_eq!(peer.blob("PUT", "/stcorebackup/logs/odd%01name", &more, b"x").await.status, 201);
    let text = peer.blob("GET", "/stcorebackup/logs?restype=container&comp=list", &[], b"").await.text();
    assert!(text.contains("<Name Encoded=\"true\">odd%01name</Name>"), "{text}");
}

#[tokio::test]
async fn an_archived_backup_is_listed_and_cannot_be_read() {
    let peer = Peer::quiet().await;
    let text = peer.blob("GET", "/stmobilebackup/apim?restype=container&comp=list", &[], b"").await.text();
    assert!(text.contains("<AccessTier>Archive</AccessTier>"));
    let oldest = &names(&text)[0];
    let refused = peer.blob("GET", &format!("/stmobilebackup/apim/{oldest}"), &[], b"").await;
    assert_eq!((refused.status, refused.header("x-ms-error-code")), (409, Some("BlobArchived")));
    let head = peer.blob("HEAD", &format!("/stmobilebackup/apim/{oldest}"), &[], b"").await;
    assert_eq!((head.status, head.header("x-ms-access-tier")), (200, Some("Archive")));
}

#[tokio::test]
async fn a_backup_is_opaque_and_larger_than_one_would_keep() {
    let peer = Peer::quiet().await;
    let backups = peer.backups("stcorebackup/apim").await;
    let target = format!("/stcorebackup/apim/{}", backups.last().unwrap());
    let part = peer.blob("GET", &target, &[("x-ms-range", "bytes=100-199999")], b"").await;
    assert_eq!((part.status, part.body.len()), (206, 199_900));
    let manifest = peer.blob("GET", &format!("{target}.lifeboat.json"), &[], b"").await.json();
    let head = peer.blob("HEAD", &target, &[], b"").await;
    assert_eq!(head.header("etag").map(|etag| etag.trim_matches('"')), manifest["blob"]["etag"].as_str());
    assert_eq!(head.header("content-length"), Some(manifest["blob"]["length"].to_string().as_str()));
    assert_eq!(manifest["source"]["sku"]["tier"], "Premium");
}
