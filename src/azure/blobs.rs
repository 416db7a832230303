//! Blobs: listing them, asking about one, reading and writing small ones.
//!
//! Addresses come from the account's own `primaryEndpoints.blob` and are never built from its name.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, Response};
use url::Url;

use crate::domain::backup::{Blob, Condition, Deleted};
use crate::domain::storage::{BackupAddress, Location, StorageAccount};

use super::arm::query;
use super::blob_xml::{BadListing, Listing as Reading};
use super::cloud::Cloud;
use super::error::{AzureError, Plane, Reach, RequestIds};
use super::http::{Ask, header, ids};
use super::listing::Listing;
use super::retry::http_date;
use super::transport::cause;
use super::{Azure, Page};

/// Old enough for every cloud and for Azurite, new enough for tokens and `Creation-Time`.
const VERSION: &str = "2021-12-02";
/// The most blobs that a page may have.
const LARGEST: &str = "5000";
/// A page of that many blobs has about ten megabytes at worst.
const PAGE_LIMIT: usize = 64 * 1024 * 1024;
/// More pages than this are no listing but a loop.
const MOST_PAGES: usize = 10_000;
/// An empty page may name its own marker again, but not for ever.
const MOST_TIMES: u32 = 16;

/// What a path segment of a blob's address may hold unencoded. Slashes in names are part of the path.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b'$');

impl Azure {
    /// Every blob of a container, handed over as its page arrives.
    ///
    /// # Errors
    /// No sign-in, no network, storage's refusal, or an answer that is no listing. What was handed over before
    /// stays true.
    pub async fn blobs(
        &self,
        account: &StorageAccount,
        container: &str,
        how: Listing,
        page: Page<'_, Blob>,
    ) -> Result<(), AzureError> {
        let location = Location::new(&account.name, container);
        let mut walk = Walk { account, how, location, names: HashSet::new(), markers: HashMap::new() };
        let mut marker: Option<String> = None;
        loop {
            let url = listing_url(&self.0.cloud, account, container, marker.as_deref(), &[])?;
            let ask = ask(format!("blobs of {}", walk.location), Method::GET, url, account);
            match self.page(&mut walk, &ask, page).await? {
                None => return Ok(()),
                Some(next) if walk.may_go_on(&next) => marker = Some(next),
                Some(_) => return Err(odd(&ask, "the pages lead back to themselves", None)),
            }
        }
    }

    /// What storage says of one blob.
    ///
    /// # Errors
    /// As for a listing.
    pub async fn blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
    ) -> Result<Blob, AzureError> {
        let ask =
            ask(format!("blob {address}"), Method::HEAD, blob_url(&self.0.cloud, account, address)?, account);
        let response = self.with_access(account, how, &ask).await?;
        let headers = response.headers();
        let text = |name| header(headers, name);
        Ok(Blob {
            address: address.clone(),
            // The length of what a GET would give; `Response::content_length` would speak of the empty body.
            size: text("content-length").and_then(|length| length.parse().ok()),
            etag: text("etag").map(|etag| etag.trim_matches('"').to_owned()),
            access_tier: text("x-ms-access-tier"),
            created_at: text("x-ms-creation-time").as_deref().and_then(http_date),
            last_modified: text("last-modified").as_deref().and_then(http_date),
            condition: Condition {
                rehydration: text("x-ms-archive-status"),
                copy: text("x-ms-copy-status"),
                lease: text("x-ms-lease-state"),
                hold: text("x-ms-legal-hold")
                    .filter(|word| word.eq_ignore_ascii_case("true"))
                    .map(|_| "a legal hold".to_owned())
                    .or_else(|| text("x-ms-immutability-policy-until-date")),
            },
        })
    }

    /// Whether a deleted blob of this name is still kept. Where versions are kept instead, none is found.
    ///
    /// # Errors
    /// As for a listing.
    pub async fn deleted_blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
    ) -> Result<Option<Deleted>, AzureError> {
        let more = [("include", "deleted"), ("prefix", address.name.as_str())];
        let mut marker: Option<String> = None;
        for _ in 0..MOST_TIMES {
            let container = &address.location.container;
            let url = listing_url(&self.0.cloud, account, container, marker.as_deref(), &more)?;
            let ask = ask(format!("deleted blobs of {}", address.location), Method::GET, url, account);
            let response = self.with_access(account, how, &ask).await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let page = super::http::whole(response, PAGE_LIMIT).await;
            let page = page.map_err(|cut| cut.into_error(&ask, status, &headers))?;
            let bad = |error: BadListing| odd(&ask, &error.to_string(), Some(ids(&headers)));
            let mut reading = Reading::new(address.location.clone());
            reading.feed(&page).map_err(bad)?;
            if let Some(found) = reading.deleted(&address.name) {
                return Ok(Some(*found));
            }
            marker = reading.finish().map_err(bad)?;
            if marker.is_none() {
                return Ok(None);
            }
        }
        Err(AzureError::Setup(format!("the deleted blobs of {} have too many pages", address.location)))
    }

    /// The content of a small blob.
    ///
    /// # Errors
    /// As for a listing; more than `limit` bytes are [`AzureError::Odd`].
    pub async fn read_blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
        limit: usize,
    ) -> Result<Vec<u8>, AzureError> {
        let ask =
            ask(format!("blob {address}"), Method::GET, blob_url(&self.0.cloud, account, address)?, account);
        let response = self.with_access(account, how, &ask).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        super::http::whole(response, limit).await.map_err(|cut| cut.into_error(&ask, status, &headers))
    }

    /// Writes a small blob, over one of that name.
    ///
    /// # Errors
    /// As for a listing, and [`AzureError::ReadOnly`].
    pub async fn write_blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
        body: Vec<u8>,
    ) -> Result<(), AzureError> {
        let ask = self.writing(account, address, body)?;
        self.with_access(account, how, &ask).await.map(drop)
    }

    /// Writes a small blob where there is none of that name.
    ///
    /// # Errors
    /// As for [`Self::write_blob`], and storage's refusal when there is one.
    pub async fn write_new_blob(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        how: Listing,
        body: Vec<u8>,
    ) -> Result<(), AzureError> {
        let mut ask = self.writing(account, address, body)?;
        ask.headers.push(("if-none-match", "*".to_owned()));
        self.with_access(account, how, &ask).await.map(drop)
    }

    fn writing(
        &self,
        account: &StorageAccount,
        address: &BackupAddress,
        body: Vec<u8>,
    ) -> Result<Ask, AzureError> {
        let mut ask =
            ask(format!("blob {address}"), Method::PUT, blob_url(&self.0.cloud, account, address)?, account);
        ask.body = body;
        ask.headers.push(("content-type", "application/json".to_owned()));
        ask.headers.push(("x-ms-blob-type", "BlockBlob".to_owned()));
        Ok(ask)
    }

    /// Reads one page and gives the marker of the next. A page that breaks off is read again; what was handed over
    /// before is not handed over twice.
    async fn page(
        &self,
        walk: &mut Walk<'_>,
        ask: &Ask,
        page: Page<'_, Blob>,
    ) -> Result<Option<String>, AzureError> {
        loop {
            let response = self.with_access(walk.account, walk.how, ask).await?;
            match walk.stream(ask, response, page).await {
                Err(error @ AzureError::Unreachable { .. }) => self.0.wire.rest(ask, error).await?,
                other => return other,
            }
        }
    }
}

/// A walk through the pages of one container.
struct Walk<'a> {
    account: &'a StorageAccount,
    how: Listing,
    location: Location,
    /// What was handed over: names by their hashes, which are as good as the names and a tenth of their size.
    names: HashSet<u64>,
    markers: HashMap<String, u32>,
}

impl Walk<'_> {
    fn may_go_on(&mut self, marker: &str) -> bool {
        let came = self.markers.entry(marker.to_owned()).or_default();
        *came += 1;
        *came <= MOST_TIMES && self.markers.len() < MOST_PAGES
    }

    fn is_fresh(&mut self, blob: &Blob) -> bool {
        let mut hasher = DefaultHasher::new();
        blob.address.name.hash(&mut hasher);
        self.names.insert(hasher.finish())
    }

    /// Hands a page over as it arrives and gives the marker of the next.
    async fn stream(
        &mut self,
        ask: &Ask,
        mut response: Response,
        page: Page<'_, Blob>,
    ) -> Result<Option<String>, AzureError> {
        let mut reading = Reading::new(self.location.clone());
        let answer = ids(response.headers());
        let bad = |error: BadListing| match error {
            BadListing::Cut => lost(ask, error.to_string()),
            BadListing::Odd(_) => odd(ask, &error.to_string(), Some(answer.clone())),
        };
        let mut length = 0;
        while let Some(piece) = response.chunk().await.map_err(|error| lost(ask, cause(&error)))? {
            length += piece.len();
            if length > PAGE_LIMIT {
                return Err(odd(ask, "a page of the listing is too long", Some(answer)));
            }
            let mut blobs = reading.feed(&piece).map_err(bad)?;
            blobs.retain(|blob| self.is_fresh(blob));
            if !blobs.is_empty() {
                page(blobs);
            }
        }
        reading.finish().map_err(bad)
    }
}

fn lost(ask: &Ask, cause: String) -> AzureError {
    let host = ask.url.host_str().unwrap_or_default().to_owned();
    AzureError::Unreachable { host, cause, reach: Reach::MaybeSent }
}

fn odd(ask: &Ask, detail: &str, ids: Option<RequestIds>) -> AzureError {
    AzureError::Odd {
        what: ask.what.clone(),
        detail: detail.to_owned(),
        http_status: Some(200),
        ids: ids.unwrap_or_default(),
    }
}

fn ask(what: String, method: Method, url: Url, account: &StorageAccount) -> Ask {
    Ask {
        method,
        plane: Plane::Storage,
        headers: vec![("x-ms-version", VERSION.to_owned())],
        subscription: Some(account.id.subscription()),
        ..Ask::get(what, url)
    }
}

/// The account's blob endpoint, where a token or a signature of this cloud may go there.
fn endpoint(cloud: &Cloud, account: &StorageAccount) -> Result<Url, AzureError> {
    let setup = |why: String| AzureError::Setup(format!("storage account {}: {why}", account.name));
    let address = account.blob_endpoint.as_deref();
    let address = address.ok_or_else(|| setup("its blob endpoint is not known".to_owned()))?;
    cloud.check_blob_endpoint(address).map_err(setup)
}

fn at(cloud: &Cloud, account: &StorageAccount, path: &str) -> Result<Url, AzureError> {
    let mut url = endpoint(cloud, account)?;
    let encoded = utf8_percent_encode(path, PATH).to_string();
    url.set_path(&format!("{}/{encoded}", url.path().trim_end_matches('/')));
    Ok(url)
}

fn blob_url(cloud: &Cloud, account: &StorageAccount, address: &BackupAddress) -> Result<Url, AzureError> {
    let url = at(cloud, account, &format!("{}/{}", address.location.container, address.name))?;
    // `.` and `..` between slashes cannot be sent: every client takes them out, and another blob would be meant.
    let is_plain = !address.name.split('/').any(|part| part == "." || part == "..");
    let unsendable = || AzureError::Setup(format!("the name of blob {address} cannot be sent"));
    is_plain.then_some(url).ok_or_else(unsendable)
}

fn listing_url(
    cloud: &Cloud,
    account: &StorageAccount,
    container: &str,
    marker: Option<&str>,
    more: &[(&str, &str)],
) -> Result<Url, AzureError> {
    let mut url = at(cloud, account, container)?;
    let mut pairs = vec![("restype", "container"), ("comp", "list"), ("maxresults", LARGEST)];
    pairs.extend(more);
    pairs.extend(marker.map(|marker| ("marker", marker)));
    url.set_query(Some(&query(&pairs)));
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::region::Region;

    fn account(endpoint: Option<&str>) -> StorageAccount {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stcore";
        StorageAccount {
            id: id.parse().unwrap(),
            name: "stcore".to_owned(),
            region: Region::new("westeurope"),
            blob_endpoint: endpoint.map(str::to_owned),
            shared_key_access: None,
            public_network_access: None,
            default_action: None,
            bypass: None,
            resource_rules: Vec::new(),
            address_rules: Vec::new(),
            key_made_at: None,
            has_folders: None,
        }
    }

    /// The cloud of an endpoint: the public one, or one on this machine.
    fn cloud(endpoint: &str) -> Cloud {
        let is_here = endpoint.contains("127.0.0.1");
        let root = if is_here { "http://127.0.0.1:4000" } else { "https://management.azure.com" };
        Cloud { resource_manager: root.to_owned(), ..Cloud::public() }
    }

    fn url(endpoint: &str, name: &str) -> Option<String> {
        let address = Location::new("stcore", "apim").at(name);
        blob_url(&cloud(endpoint), &account(Some(endpoint)), &address).ok().map(String::from)
    }

    #[test]
    fn addresses_come_from_the_endpoint_and_names_are_encoded_once() {
        let azure = "https://stcore.z13.blob.storage.azure.net/";
        let table = [
            (
                azure,
                "core.apimbackup",
                Some("https://stcore.z13.blob.storage.azure.net/apim/core.apimbackup"),
            ),
            (
                azure,
                "a b/c+d?e#f%20",
                Some("https://stcore.z13.blob.storage.azure.net/apim/a%20b/c%2Bd%3Fe%23f%2520"),
            ),
            (azure, "ü", Some("https://stcore.z13.blob.storage.azure.net/apim/%C3%BC")),
            (azure, "a/../b", None),
            ("http://127.0.0.1:10000/stcore", "x", Some("http://127.0.0.1:10000/stcore/apim/x")),
            ("http://stcore.blob.core.windows.net/", "x", None),
        ];
        for (endpoint, name, expected) in table {
            assert_eq!(url(endpoint, name).as_deref(), expected, "{name}");
        }
        assert!(endpoint(&Cloud::public(), &account(None)).is_err());
    }

    #[test]
    fn a_marker_is_opaque() {
        let url = listing_url(
            &Cloud::public(),
            &account(Some("https://st.blob.core.windows.net/")),
            "apim",
            Some("2!9 2/+="),
            &[],
        )
        .unwrap();
        assert!(url.as_str().ends_with("&maxresults=5000&marker=2%219%202/%2B%3D"), "{url}");
    }
}
