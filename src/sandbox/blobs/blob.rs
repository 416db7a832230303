//! One blob: Get, Head and Put; and the properties of a container.

use super::clock::http_date;
use super::world::storage::{AccessTier, Blob, Matter, Peculiarity, etag};
use super::{Content, Errand, Refusal, Reply};

impl Errand<'_> {
    /// `HEAD|GET /{account}/{container}?restype=container`
    pub(super) fn container_properties(&self, container: &str) -> Result<Reply, Refusal> {
        let account = self.world.accounts.get(&self.account).ok_or(Refusal::NO_ACCOUNT)?;
        let found = account.containers.get(container).ok_or(Refusal::NO_CONTAINER)?;
        Ok(Reply::empty(200)
            .with("last-modified", http_date(found.modified))
            .with("etag", format!("\"{}\"", found.etag))
            .with("x-ms-lease-status", "unlocked")
            .with("x-ms-lease-state", "available")
            .with("x-ms-has-immutability-policy", "false")
            .with("x-ms-has-legal-hold", "false"))
    }

    /// `HEAD|GET /{account}/{container}/{blob}`, whole or a range.
    pub(super) fn read_blob(&self, container: &str, name: &str) -> Result<Reply, Refusal> {
        let account = self.world.accounts.get(&self.account).ok_or(Refusal::NO_ACCOUNT)?;
        let found = account.containers.get(container).ok_or(Refusal::NO_CONTAINER)?;
        let blob = found.blobs.get(name).ok_or(Refusal::NO_BLOB)?;
        if self.call.header("if-match").is_some_and(|wanted| !fits(wanted, blob)) {
            return Err(Refusal::CONDITION);
        }
        let length = blob.length();
        if self.call.method == "HEAD" {
            return Ok(described(Reply::empty(200), blob).with("content-length", length.to_string()));
        }
        if blob.tier == AccessTier::Archive {
            return Err(Refusal::ARCHIVED);
        }
        let range = self.call.header("x-ms-range").or_else(|| self.call.header("range"));
        let reply = match range {
            None => Reply { content: piece(blob, 0, length), ..Reply::empty(200) },
            Some(range) => {
                let (first, last) = span(range, length).ok_or(Refusal::BAD_RANGE)?;
                Reply { content: piece(blob, first, last - first + 1), ..Reply::empty(206) }
                    .with("content-range", format!("bytes {first}-{last}/{length}"))
            }
        };
        Ok(described(reply, blob))
    }

    /// `PUT /{account}/{container}/{blob}` of a block blob.
    pub(super) fn put_blob(&mut self, container: &str, name: &str) -> Result<Reply, Refusal> {
        let is_block =
            self.call.header("x-ms-blob-type").is_some_and(|kind| kind.eq_ignore_ascii_case("BlockBlob"));
        if !is_block {
            return Err(Refusal::NO_VERSION);
        }
        let (seed, now) = (self.world.seed, self.call.at);
        let number = self.cloud.meters().next_answer();
        let account = self.world.accounts.get_mut(&self.account).ok_or(Refusal::NO_ACCOUNT)?;
        let found = account.containers.get_mut(container).ok_or(Refusal::NO_CONTAINER)?;
        let old = found.blobs.get(name);
        if self.call.header("if-none-match") == Some("*") && old.is_some() {
            return Err(Refusal::EXISTS);
        }
        if let Some(wanted) = self.call.header("if-match")
            && !old.is_some_and(|old| fits(wanted, old))
        {
            return Err(Refusal::CONDITION);
        }
        let mut blob = Blob::new(
            etag(seed, &format!("put/{}/{container}/{name}/{number}", self.account)),
            now,
            Matter::Bytes(self.call.body.to_vec()),
        );
        let media_type =
            self.call.header("x-ms-blob-content-type").or_else(|| self.call.header("content-type"));
        if let Some(media_type) = media_type {
            blob.media_type = media_type.to_owned();
        }
        for (key, value) in &self.call.headers {
            if let (Some(key), Ok(value)) = (key.as_str().strip_prefix("x-ms-meta-"), value.to_str()) {
                blob.metadata.insert(key.to_owned(), value.to_owned());
            }
        }
        let reply = Reply::empty(201)
            .with("etag", format!("\"{}\"", blob.etag))
            .with("last-modified", http_date(now))
            .with("x-ms-request-server-encrypted", "true");
        found.blobs.insert(name.to_owned(), blob);
        Ok(reply)
    }
}

fn fits(wanted: &str, blob: &Blob) -> bool {
    wanted == "*" || wanted.trim_matches('"') == blob.etag
}

fn described(reply: Reply, blob: &Blob) -> Reply {
    let reply = reply
        .with("content-type", &blob.media_type)
        .with("etag", format!("\"{}\"", blob.etag))
        .with("last-modified", http_date(blob.modified))
        .with("x-ms-creation-time", http_date(blob.created))
        .with("x-ms-blob-type", "BlockBlob")
        .with("x-ms-server-encrypted", "true")
        .with("accept-ranges", "bytes");
    let reply = if blob.peculiarity == Some(Peculiarity::Leased) {
        reply
            .with("x-ms-lease-status", "locked")
            .with("x-ms-lease-state", "leased")
            .with("x-ms-lease-duration", "infinite")
    } else {
        reply.with("x-ms-lease-status", "unlocked").with("x-ms-lease-state", "available")
    };
    let reply = match blob.peculiarity {
        Some(Peculiarity::Rehydrating) => reply.with("x-ms-archive-status", "rehydrate-pending-to-hot"),
        Some(Peculiarity::BeingCopied) => reply
            .with("x-ms-copy-id", "0c0b1ed0-0000-4000-8000-000000000001")
            .with("x-ms-copy-status", "pending")
            .with("x-ms-copy-progress", format!("0/{}", blob.length())),
        Some(Peculiarity::Leased) | None => reply,
    };
    let reply = match blob.tier {
        AccessTier::Hot => reply.with("x-ms-access-tier", "Hot").with("x-ms-access-tier-inferred", "true"),
        AccessTier::Archive => reply.with("x-ms-access-tier", "Archive"),
    };
    blob.metadata.iter().fold(reply, |reply, (key, value)| reply.with(&format!("x-ms-meta-{key}"), value))
}

/// `length` bytes from `first` on.
fn piece(blob: &Blob, first: u64, length: u64) -> Content {
    match &blob.matter {
        Matter::Backup { .. } => Content::Opaque(length),
        Matter::Bytes(bytes) => {
            let bytes = bytes.iter().skip(usize::try_from(first).unwrap_or(usize::MAX));
            Content::Bytes(bytes.take(usize::try_from(length).unwrap_or(usize::MAX)).copied().collect())
        }
    }
}

/// First and last byte of `bytes=first-last`; the last may be missing or lie beyond the end.
fn span(range: &str, length: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first: u64 = first.parse().ok()?;
    let last = if last.is_empty() {
        length.checked_sub(1)?
    } else {
        last.parse::<u64>().ok()?.min(length.checked_sub(1)?)
    };
    (first <= last).then_some((first, last))
}
