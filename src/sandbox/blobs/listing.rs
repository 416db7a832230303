//! List Containers and List Blobs: XML with a byte order mark, in pages.

use std::fmt::Write as _;
use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::clock::http_date;
use super::conduct::BlobPages;
use super::world::storage::{AccessTier, Blob};
use super::{Errand, Refusal, Reply};

const LARGEST_PAGE: usize = 5000;
const HEAD: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>";

/// What a listing was asked for.
struct Wish {
    prefix: String,
    delimiter: String,
    marker: String,
    size: usize,
    with_metadata: bool,
    with_deleted: bool,
    /// As it goes back into the answer.
    echo: String,
}

impl Errand<'_> {
    /// `GET /{account}/?comp=list`
    pub(super) fn list_containers(&self) -> Result<Reply, Refusal> {
        let wish = self.wish()?;
        let account = self.world.accounts.get(&self.account).ok_or(Refusal::NO_ACCOUNT)?;
        let matching = account.containers.iter().filter(|(name, _)| name.starts_with(&wish.prefix));
        let mut from = matching.skip_while(|(name, _)| **name < wish.marker);
        let mut rows = String::new();
        for (name, container) in from.by_ref().take(wish.size) {
            let (modified, etag) = (http_date(container.modified), &container.etag);
            // Quoted here and bare in List Blobs: recorded so.
            let _ = write!(
                rows,
                "<Container><Name>{}</Name><Properties><Last-Modified>{modified}</Last-Modified>\
                 <Etag>\"{etag}\"</Etag><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>\
                 <DefaultEncryptionScope>$account-encryption-key</DefaultEncryptionScope>\
                 <DenyEncryptionScopeOverride>false</DenyEncryptionScopeOverride>\
                 <HasImmutabilityPolicy>false</HasImmutabilityPolicy><HasLegalHold>false</HasLegalHold>\
                 <ImmutableStorageWithVersioningEnabled>false</ImmutableStorageWithVersioningEnabled>\
                 </Properties></Container>",
                escaped(name)
            );
        }
        let next = from.next().map(|(name, _)| name.as_str());
        let body = format!(
            "{HEAD}<EnumerationResults ServiceEndpoint=\"{}\">{}<Containers>{rows}</Containers>{}\
             </EnumerationResults>",
            self.endpoint(),
            wish.echo,
            next_marker(next)
        );
        Ok(Reply::text(200, "application/xml", &body))
    }

    /// `GET /{account}/{container}?restype=container&comp=list`
    pub(super) fn list_blobs(&self, container: &str) -> Result<Reply, Refusal> {
        let wish = self.wish()?;
        let account = self.world.accounts.get(&self.account).ok_or(Refusal::NO_ACCOUNT)?;
        let found = account.containers.get(container).ok_or(Refusal::NO_CONTAINER)?;
        let size = self.page_size(&wish);
        let start = if wish.marker > wish.prefix { &wish.marker } else { &wish.prefix };
        let from = (Bound::Included(start), Bound::Unbounded);
        let live = found.blobs.range::<String, _>(from).map(|(name, blob)| (name, blob, None));
        let gone = wish.with_deleted.then(|| found.deleted.range::<String, _>(from)).into_iter().flatten();
        let gone = gone.map(|(name, (blob, at, days))| (name, blob, Some((*at, *days))));
        let mut all: Vec<_> = live.chain(gone).collect();
        if wish.with_deleted {
            all.sort_by_key(|(name, ..)| *name);
        }
        let (mut rows, mut count, mut next, mut folder) = (String::new(), 0, None, String::new());
        for (name, blob, gone) in all.into_iter().take_while(|(name, ..)| name.starts_with(&wish.prefix)) {
            if !folder.is_empty() && name.starts_with(&folder) {
                continue;
            }
            if count == size {
                next = Some(name.as_str());
                break;
            }
            count += 1;
            match wish.folder(name) {
                Some(common) => {
                    let _ = write!(rows, "<BlobPrefix><Name>{}</Name></BlobPrefix>", escaped(&common));
                    folder = common;
                }
                None => row(&mut rows, (name, blob, gone), &wish),
            }
        }
        let body = format!(
            "{HEAD}<EnumerationResults ServiceEndpoint=\"{}\" ContainerName=\"{}\">{}<Blobs>{rows}</Blobs>{}\
             </EnumerationResults>",
            self.endpoint(),
            escaped(container),
            wish.echo,
            next_marker(next)
        );
        Ok(Reply::text(200, "application/xml", &body))
    }

    /// A ragged page holds a quarter of what was asked, at most seven, and every third page nothing at all.
    fn page_size(&self, wish: &Wish) -> usize {
        if self.cloud.conduct.blob_pages == BlobPages::Full {
            return wish.size;
        }
        if self.cloud.meters().next_answer().is_multiple_of(3) { 0 } else { (wish.size / 4).clamp(1, 7) }
    }

    fn endpoint(&self) -> String {
        format!("{}/{}/", self.call.origin, self.account)
    }

    fn wish(&self) -> Result<Wish, Refusal> {
        let text = |name: &str| self.call.query(name).unwrap_or_default().to_owned();
        let (prefix, delimiter, raw_marker) = (text("prefix"), text("delimiter"), text("marker"));
        let asked = self.call.query("maxresults").filter(|text| !text.is_empty());
        let size = match asked.map(str::parse::<usize>) {
            None => LARGEST_PAGE,
            Some(Ok(size)) if size > 0 => size.min(LARGEST_PAGE),
            Some(_) => return Err(Refusal::BAD_QUERY),
        };
        let marker = if raw_marker.is_empty() {
            String::new()
        } else {
            unwrapped(&raw_marker).ok_or(Refusal::BAD_QUERY)?
        };
        let mut echo = String::new();
        for (name, value) in [("Prefix", prefix.as_str()), ("Marker", &raw_marker)] {
            if !value.is_empty() {
                let _ = write!(echo, "<{name}>{}</{name}>", escaped(value));
            }
        }
        if asked.is_some() {
            let _ = write!(echo, "<MaxResults>{size}</MaxResults>");
        }
        if !delimiter.is_empty() {
            let _ = write!(echo, "<Delimiter>{}</Delimiter>", escaped(&delimiter));
        }
        let include = text("include");
        let wants = |word: &str| include.split(',').any(|part| part == word);
        let (with_metadata, with_deleted) = (wants("metadata"), wants("deleted"));
        Ok(Wish { prefix, delimiter, marker, size, with_metadata, with_deleted, echo })
    }
}

impl Wish {
    /// The common prefix that a name folds into.
    fn folder(&self, name: &str) -> Option<String> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = name.get(self.prefix.len()..)?;
        let at = rest.find(&self.delimiter)?;
        Some(format!("{}{}{}", self.prefix, &rest[..at], self.delimiter))
    }
}

/// A row; of a deleted blob with when that was and for how many days it is kept.
fn row(rows: &mut String, (name, blob, gone): (&str, &Blob, Option<(Timestamp, u32)>), wish: &Wish) {
    let (mark, deleted) = match gone {
        None => ("", String::new()),
        Some((at, days)) => (
            "<Deleted>true</Deleted>",
            format!(
                "<DeletedTime>{}</DeletedTime><RemainingRetentionDays>{days}</RemainingRetentionDays>",
                http_date(at)
            ),
        ),
    };
    let tier = match blob.tier {
        AccessTier::Hot => {
            "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>".to_owned()
        }
        AccessTier::Archive => format!(
            "<AccessTier>Archive</AccessTier><AccessTierChangeTime>{}</AccessTierChangeTime>",
            http_date(blob.modified)
        ),
    };
    let metadata = match (wish.with_metadata, blob.metadata.is_empty()) {
        (false, _) => String::new(),
        (true, true) => "<Metadata />".to_owned(),
        (true, false) => {
            let pairs = blob.metadata.iter().map(|(key, value)| format!("<{key}>{}</{key}>", escaped(value)));
            format!("<Metadata>{}</Metadata>", pairs.collect::<String>())
        }
    };
    let _ = write!(
        rows,
        "<Blob>{}{mark}<Properties><Creation-Time>{}</Creation-Time><Last-Modified>{}</Last-Modified><Etag>{}</Etag>\
         <Content-Length>{}</Content-Length><Content-Type>{}</Content-Type><Content-Encoding /><Content-Language />\
         <Content-CRC64 /><Content-MD5 /><Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType>{tier}\
         <LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>\
         {deleted}</Properties>{metadata}<OrMetadata /></Blob>",
        name_element(name),
        http_date(blob.created),
        http_date(blob.modified),
        blob.etag,
        blob.length(),
        escaped(&blob.media_type),
    );
}

/// A name with a character that XML cannot hold is percent-encoded, and says so.
fn name_element(name: &str) -> String {
    let fits_xml = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if name.chars().all(fits_xml) {
        format!("<Name>{}</Name>", escaped(name))
    } else {
        format!("<Name Encoded=\"true\">{}</Name>", utf8_percent_encode(name, NON_ALPHANUMERIC))
    }
}

/// A marker is opaque to clients: the next name, wrapped.
fn next_marker(next: Option<&str>) -> String {
    match next {
        None => "<NextMarker />".to_owned(),
        Some(name) => format!("<NextMarker>2!{}!{}</NextMarker>", name.len(), BASE64.encode(name)),
    }
}

fn unwrapped(marker: &str) -> Option<String> {
    let encoded = marker.strip_prefix("2!")?.split_once('!')?.1;
    String::from_utf8(BASE64.decode(encoded).ok()?).ok()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
