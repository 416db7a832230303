//! List Blobs, read as it arrives: a page has up to five thousand blobs and four megabytes, and its first rows
//! should be on the screen before its last ones are here.
//!
//! Storage begins with a byte order mark, ends with `<NextMarker />` or a marker even on an empty page, and writes
//! names that XML cannot hold percent-encoded with `Encoded="true"`. DOCTYPE is refused.

use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::{BytesStart, Event};

use crate::domain::backup::{Blob, Condition, Deleted};
use crate::domain::storage::Location;

use super::retry::http_date;
use super::words;

/// Deeper nesting than this is not storage's.
const DEEPEST: usize = 64;
/// A tag, a comment or a text longer than this is not storage's: names have 1 024 characters at most.
const LONGEST: usize = 64 * 1024;

/// Why a listing cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadListing {
    /// It breaks off.
    #[error("the listing breaks off")]
    Cut,
    /// It is something else.
    #[error("the answer is no listing: {0}")]
    Odd(String),
}

/// The elements that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Results,
    Blobs,
    Blob,
    Name,
    Properties,
    CreationTime,
    LastModified,
    Etag,
    ContentLength,
    AccessTier,
    Deleted,
    DeletedTime,
    DaysLeft,
    Snapshot,
    NextMarker,
    Other,
}

impl Tag {
    fn of(name: &str) -> Self {
        match name {
            "EnumerationResults" => Self::Results,
            "Blobs" => Self::Blobs,
            "Blob" => Self::Blob,
            "Name" => Self::Name,
            "Properties" => Self::Properties,
            "Creation-Time" => Self::CreationTime,
            "Last-Modified" => Self::LastModified,
            "Etag" => Self::Etag,
            "Content-Length" => Self::ContentLength,
            "AccessTier" => Self::AccessTier,
            "Deleted" => Self::Deleted,
            "DeletedTime" => Self::DeletedTime,
            "RemainingRetentionDays" => Self::DaysLeft,
            "Snapshot" => Self::Snapshot,
            "NextMarker" => Self::NextMarker,
            _ => Self::Other,
        }
    }
}

/// A reader of one page.
pub(crate) struct Listing {
    location: Location,
    pending: Vec<u8>,
    open: Vec<Tag>,
    text: String,
    is_encoded: bool,
    row: Row,
    /// Deleted blobs by name; listed only when asked for.
    deleted: Vec<(String, Deleted)>,
    marker: Option<String>,
    has_begun: bool,
    is_over: bool,
}

#[derive(Default)]
struct Row {
    blob: Option<Blob>,
    is_snapshot: bool,
    /// A deleted one: not to be had by its name.
    is_deleted: bool,
    deleted: Deleted,
}

impl Listing {
    /// A reader of a page of `location`.
    pub(crate) fn new(location: Location) -> Self {
        Self {
            location,
            pending: Vec::new(),
            open: Vec::new(),
            text: String::new(),
            is_encoded: false,
            row: Row::default(),
            deleted: Vec::new(),
            marker: None,
            has_begun: false,
            is_over: false,
        }
    }

    /// Takes the next piece of the page, wherever it was cut, and gives the blobs that are complete.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<Vec<Blob>, BadListing> {
        self.pending.extend_from_slice(piece);
        // Markup ends with '>': up to the last of them there is something to read, unless it stands in a comment.
        let Some(end) = self.pending.iter().rposition(|&byte| byte == b'>').map(|at| at + 1) else {
            return self.wait(Vec::new());
        };
        let pending = std::mem::take(&mut self.pending);
        let bytes = if self.has_begun { &pending[..end] } else { words::strip_bom(&pending[..end]) };
        let skipped = end - bytes.len();
        let text = std::str::from_utf8(bytes).map_err(|_| BadListing::Odd("it is no UTF-8".to_owned()))?;
        self.has_begun = true;
        let mut blobs = Vec::new();
        let read = self.consume(text, &mut blobs)?;
        self.pending = pending[skipped + read..].to_vec();
        self.wait(blobs)
    }

    /// The deleted blob of this name, if one was listed.
    pub(crate) fn deleted(&self, name: &str) -> Option<&Deleted> {
        self.deleted.iter().find(|(own, _)| own == name).map(|(_, it)| it)
    }

    /// Ends the page and gives the marker of the next one.
    pub(crate) fn finish(self) -> Result<Option<String>, BadListing> {
        let is_whole = self.is_over && self.pending.iter().all(u8::is_ascii_whitespace);
        if is_whole { Ok(self.marker) } else { Err(BadListing::Cut) }
    }

    fn wait(&self, blobs: Vec<Blob>) -> Result<Vec<Blob>, BadListing> {
        if self.pending.len() > LONGEST || self.text.len() > LONGEST {
            return Err(BadListing::Odd("a single element is too long".to_owned()));
        }
        Ok(blobs)
    }

    /// Reads as far as the text goes and says how far that was.
    fn consume(&mut self, text: &str, blobs: &mut Vec<Blob>) -> Result<usize, BadListing> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        // Pieces begin anywhere in the tree; the names of ends are checked here, against what was opened before.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.expand_empty_elements = true;
        let mut read = 0;
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return Ok(text.len()),
                Ok(event) => self.take(&event, blobs)?,
                // The rest of it has not arrived yet.
                Err(Error::Syntax(error)) if is_unclosed(&error) => return Ok(read),
                Err(error) => return Err(BadListing::Odd(error.to_string())),
            }
            read = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        }
    }

    fn take(&mut self, event: &Event<'_>, blobs: &mut Vec<Blob>) -> Result<(), BadListing> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => {
                let tag = Tag::of(tag.local_name().as_ref());
                if self.open.pop() != Some(tag) {
                    return Err(BadListing::Odd("an element ends that was not begun".to_owned()));
                }
                self.end(tag, blobs);
                Ok(())
            }
            Event::DocType(_) => Err(BadListing::Odd("it declares a document type".to_owned())),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                if self.open.is_empty() && matches!(event, Event::Text(text) if text.trim().is_empty()) {
                    return Ok(());
                }
                let is_read = !self.open.is_empty() && words::append(&mut self.text, event).is_some();
                is_read
                    .then_some(())
                    .ok_or_else(|| BadListing::Odd("a text that XML does not know".to_owned()))
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), BadListing> {
        let name = Tag::of(tag.local_name().as_ref());
        let is_root = self.open.is_empty();
        if is_root && (name != Tag::Results || self.is_over) {
            return Err(BadListing::Odd(format!("it is <{}>", tag.name().as_ref())));
        }
        if self.open.len() == DEEPEST {
            return Err(BadListing::Odd("it is nested too deeply".to_owned()));
        }
        if name == Tag::Blob {
            self.row = Row::default();
        }
        if name == Tag::Name {
            self.is_encoded = tag
                .attributes()
                .flatten()
                .any(|it| it.key.as_ref() == "Encoded" && it.value.eq_ignore_ascii_case("true"));
        }
        self.open.push(name);
        self.text.clear();
        Ok(())
    }

    fn end(&mut self, tag: Tag, blobs: &mut Vec<Blob>) {
        let within = self.open.last().copied();
        match (within, tag) {
            (None, Tag::Results) => self.is_over = true,
            (Some(Tag::Blobs), Tag::Blob) => {
                let row = std::mem::take(&mut self.row);
                match row.blob {
                    Some(blob) if row.is_deleted && !row.is_snapshot => {
                        self.deleted.push((blob.address.name, row.deleted));
                    }
                    blob => blobs.extend(blob.filter(|_| !row.is_snapshot && !row.is_deleted)),
                }
            }
            (Some(Tag::Blob), Tag::Name) => self.name(),
            (Some(Tag::Blob), Tag::Deleted) => self.row.is_deleted |= self.text.trim() == "true",
            (Some(Tag::Blob), Tag::Snapshot) => self.row.is_snapshot |= !self.text.trim().is_empty(),
            (Some(Tag::Properties), _) => self.property(tag),
            (Some(Tag::Results), Tag::NextMarker) => {
                self.marker = Some(std::mem::take(&mut self.text)).filter(|marker| !marker.is_empty());
            }
            _ => {}
        }
        self.text.clear();
    }

    fn name(&mut self) {
        let text = std::mem::take(&mut self.text);
        let name =
            if self.is_encoded { percent_decode_str(&text).decode_utf8_lossy().into_owned() } else { text };
        self.row.blob = Some(Blob {
            address: self.location.at(name),
            size: None,
            etag: None,
            access_tier: None,
            created_at: None,
            last_modified: None,
            condition: Condition::default(),
        });
    }

    fn property(&mut self, tag: Tag) {
        let text = self.text.trim();
        let Some(blob) = self.row.blob.as_mut().filter(|_| !text.is_empty()) else { return };
        match tag {
            Tag::CreationTime => blob.created_at = http_date(text),
            Tag::LastModified => blob.last_modified = http_date(text),
            Tag::Etag => blob.etag = Some(text.trim_matches('"').to_owned()),
            Tag::ContentLength => blob.size = text.parse().ok(),
            Tag::AccessTier => blob.access_tier = Some(text.to_owned()),
            Tag::DeletedTime => self.row.deleted.at = http_date(text),
            Tag::DaysLeft => self.row.deleted.days_left = text.parse().ok(),
            _ => {}
        }
    }
}

fn is_unclosed(error: &SyntaxError) -> bool {
    matches!(
        error,
        SyntaxError::UnclosedComment
            | SyntaxError::UnclosedCData
            | SyntaxError::UnclosedTag
            | SyntaxError::UnclosedPI
            | SyntaxError::UnclosedXmlDecl
            | SyntaxError::UnclosedSingleQuotedAttributeValue
            | SyntaxError::UnclosedDoubleQuotedAttributeValue
    )
}

#[cfg(test)]
mod tests;
