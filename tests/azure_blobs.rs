//! Blobs over real HTTP: pages, rights, and what breaks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod azure_support;

use std::sync::atomic::{AtomicUsize, Ordering};

use azure_support::{Act, Asked, KEY, Server, answer};
use lifeboat::azure::error::AzureError;
use lifeboat::azure::listing::Listing;
use lifeboat::domain::problem::Trouble;
use lifeboat::domain::storage::{BackupAddress, Location};

fn page(names: &[&str], marker: &str) -> String {
    let blobs: String = names
        .iter()
        .map(|name| format!("<Blob><Name>{name}</Name><Properties><Etag>0x1</Etag></Properties></Blob>"))
        .collect();
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>{blobs}</Blobs>\
         <NextMarker>{marker}</NextMarker></EnumerationResults>"
    )
}

fn storage_error(status: u16, code: &str) -> Act {
    answer(status, format!("\u{feff}<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Azure says {code}</Message></Error>"))
        .with("x-ms-error-code", code)
}

fn keys() -> Act {
    answer(200, format!(r#"{{"keys":[{{"keyName":"key1","value":"{KEY}","permissions":"FULL"}}]}}"#))
}

fn is_signed(asked: &Asked) -> bool {
    asked.header("authorization").is_some_and(|value| value.starts_with("SharedKey stcore:"))
}

async fn list(server: &Server, how: Listing) -> (Vec<String>, Result<(), AzureError>) {
    let mut found = Vec::new();
    let (azure, account) = (server.azure(), server.account());
    let ended = azure
        .blobs(&account, "apim", how, &mut |page| found.extend(page.into_iter().map(|it| it.address.name)))
        .await;
    (found, ended)
}

fn address() -> BackupAddress {
    Location::new("stcore", "apim").at("nightly/core 1.apimbackup")
}

#[tokio::test]
async fn pages_are_followed_through_empty_ones_to_the_end() {
    let count = AtomicUsize::new(0);
    let asked_before = |count: &AtomicUsize| count.fetch_add(1, Ordering::SeqCst);
    let server = Server::start(move |asked, _| match asked.target.split("marker=").nth(1) {
        None => answer(200, page(&["a", "b"], "m1")),
        // An empty page may lead to itself for a while.
        Some("m1") if asked_before(&count) < 3 => answer(200, page(&[], "m1")),
        Some("m1") => answer(200, page(&[], "m2/%")),
        Some("m2/%25") => answer(200, page(&["b", "c"], "")),
        Some(other) => answer(400, other.to_owned()),
    })
    .await;
    let (found, ended) = list(&server, Listing::Entra).await;
    ended.unwrap();
    assert_eq!(found, ["a", "b", "c"], "a blob that comes twice is one blob");
    assert_eq!(server.asked().len(), 6);
    let asked = &server.asked()[0];
    assert!(asked.target.starts_with("/stcore/apim?restype=container&comp=list&maxresults=5000"));
    assert_eq!(asked.header("x-ms-version"), Some("2021-12-02"));
}

#[tokio::test]
async fn a_page_that_breaks_off_is_read_again_and_nothing_is_lost_or_doubled() {
    let whole = page(&["a", "b", "c"], "");
    let cut = whole.find("<Blob><Name>c").unwrap();
    let half = whole.as_bytes()[..cut].to_vec();
    let server = Server::start(move |_, number| match number {
        0 => Act::BreakOff { body: half.clone() },
        1 => answer(500, ""),
        _ => answer(200, whole.clone()),
    })
    .await;
    let (found, ended) = list(&server, Listing::Entra).await;
    ended.unwrap();
    assert_eq!(found, ["a", "b", "c"]);
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_listing_that_never_ends_or_is_none_is_said_to_be_so() {
    let bodies = [
        page(&["a"], "same"),
        "<html>Sign in</html>".to_owned(),
        page(&["a"], "")[..150].to_owned(),
        String::new(),
    ];
    for body in bodies {
        let served = body.clone();
        let server = Server::start(move |_, _| answer(200, served.clone())).await;
        let (_, ended) = list(&server, Listing::Entra).await;
        let problem = ended.unwrap_err().problem();
        assert!(problem.next.is_some(), "{body}: {problem}");
    }
}

/// Tokens are refused with `code`; keys are taken.
async fn key_only(status: u16, code: &'static str) -> Server {
    Server::start(move |asked, _| match () {
        () if asked.is("POST", "listKeys") => keys(),
        () if is_signed(asked) => answer(200, page(&["a"], "")),
        () => storage_error(status, code),
    })
    .await
}

#[tokio::test]
async fn auto_takes_the_key_when_the_token_is_refused_and_remembers_it() {
    for (status, code) in [(403, "AuthorizationPermissionMismatch"), (401, "NoAuthenticationInformation")] {
        let server = key_only(status, code).await;
        let (azure, account) = (server.azure(), server.account());
        for _ in 0..3 {
            azure.blobs(&account, "apim", Listing::Auto, &mut |_| {}).await.unwrap();
        }
        assert_eq!(server.count("POST", "listKeys"), 1, "{code}");
        let by_token = server.asked().iter().filter(|it| it.is("GET", "comp=list") && !is_signed(it)).count();
        assert!(by_token <= 2, "{code}: the token is not tried for every listing");
        let signed = server.asked().into_iter().find(is_signed).unwrap();
        assert_eq!(signed.header("x-ms-date"), Some("Mon, 23 Nov 2026 12:00:00 GMT"));
    }
}

#[tokio::test]
async fn auto_gives_the_first_refusal_back_when_keys_do_not_help() {
    let server = key_only(403, "AuthorizationPermissionMismatch").await;
    let mut account = server.account();
    account.shared_key_access = Some(false);
    let error = server.azure().blobs(&account, "apim", Listing::Auto, &mut |_| {}).await.unwrap_err();
    assert_eq!(error.problem().code.as_deref(), Some("AuthorizationPermissionMismatch"));
    assert_eq!(server.count("POST", "listKeys"), 0);

    let server = Server::start(|asked, _| match asked.is("POST", "listKeys") {
        true => answer(403, r#"{"error":{"code":"AuthorizationFailed","message":"no keys for you"}}"#),
        false => storage_error(403, "AuthorizationFailure"),
    })
    .await;
    let (_, ended) = list(&server, Listing::Auto).await;
    let problem = ended.unwrap_err().problem();
    assert_eq!(problem.code.as_deref(), Some("AuthorizationFailure"));
    assert_eq!(problem.server_message.as_deref(), Some("Azure says AuthorizationFailure"));
    assert!(problem.meaning.unwrap().contains("network"));
}

#[tokio::test]
async fn entra_never_takes_a_key_and_key_never_shows_a_token() {
    let server = key_only(403, "AuthorizationPermissionMismatch").await;
    let (_, ended) = list(&server, Listing::Entra).await;
    assert_eq!(ended.unwrap_err().trouble(), Trouble::Forbidden);
    assert_eq!(server.count("POST", "listKeys"), 0);
    let server = key_only(403, "AuthorizationPermissionMismatch").await;
    let (found, ended) = list(&server, Listing::Key).await;
    ended.unwrap();
    assert_eq!(found, ["a"]);
    assert!(server.asked().iter().filter(|it| it.is("GET", "comp=list")).all(is_signed));
}

#[tokio::test]
async fn a_rotated_key_is_read_anew() {
    let server = Server::start(|asked, number| match () {
        () if asked.is("POST", "listKeys") => keys(),
        // The third question is the second listing: by then the key has been rotated.
        () if number == 2 => storage_error(403, "AuthenticationFailed"),
        () => answer(200, page(&["a"], "")),
    })
    .await;
    let (azure, account) = (server.azure(), server.account());
    for _ in 0..2 {
        azure.blobs(&account, "apim", Listing::Key, &mut |_| {}).await.unwrap();
    }
    assert_eq!(server.count("POST", "listKeys"), 2);
}

#[tokio::test]
async fn one_blob_is_asked_about_read_and_written() {
    let server = Server::start(|asked, _| match asked.method.as_str() {
        "HEAD" => answer(200, "")
            .with("content-length", "123456")
            .with("etag", "\"0x8DC\"")
            .with("last-modified", "Wed, 19 Jun 2024 11:02:41 GMT")
            .with("x-ms-creation-time", "Tue, 18 Jun 2024 11:02:41 GMT")
            .with("x-ms-access-tier", "Archive"),
        "PUT" => answer(201, ""),
        _ => answer(200, r#"{"version":1}"#),
    })
    .await;
    let (azure, account) = (server.azure(), server.account());
    let blob = azure.blob(&account, &address(), Listing::Entra).await.unwrap();
    assert_eq!((blob.size, blob.etag.as_deref(), blob.is_archived()), (Some(123_456), Some("0x8DC"), true));
    assert_eq!(blob.created_at.unwrap().to_string(), "2024-06-18T11:02:41Z");
    let body = azure.read_blob(&account, &address(), Listing::Entra, 64).await.unwrap();
    assert_eq!(body, br#"{"version":1}"#);
    let error = azure.read_blob(&account, &address(), Listing::Entra, 4).await.unwrap_err();
    assert!(matches!(error, AzureError::Odd { .. }));
    azure.write_blob(&account, &address(), Listing::Entra, b"{}".to_vec()).await.unwrap();
    let put = server.asked().into_iter().find(|asked| asked.method == "PUT").unwrap();
    assert_eq!(put.target, "/stcore/apim/nightly/core%201.apimbackup");
    assert_eq!((put.header("x-ms-blob-type"), put.body.as_str()), (Some("BlockBlob"), "{}"));
}

#[tokio::test]
async fn a_blob_that_is_not_there_says_so_without_a_body() {
    let server = Server::start(|_, _| answer(404, "").with("x-ms-error-code", "BlobNotFound")).await;
    let error = server.azure().blob(&server.account(), &address(), Listing::Auto).await.unwrap_err();
    assert!(error.is_absent());
    assert_eq!(error.problem().code.as_deref(), Some("BlobNotFound"));
    let mut nowhere = server.account();
    nowhere.blob_endpoint = None;
    let error = server.azure().blob(&nowhere, &address(), Listing::Auto).await.unwrap_err();
    assert!(error.to_string().contains("endpoint"), "{error}");
}
