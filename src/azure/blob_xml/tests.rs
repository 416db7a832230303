use proptest::prelude::*;

use super::*;

const PAGE: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\
<EnumerationResults ServiceEndpoint=\"https://stcore.blob.core.windows.net/\" ContainerName=\"apim\">\
<MaxResults>5000</MaxResults><!-- a > comment --><Blobs>\
<Blob><Name>core &amp; edge/a&#32;&lt;b&gt;.apimbackup</Name><Properties>\
<Creation-Time>Wed, 19 Jun 2024 11:02:41 GMT</Creation-Time><Last-Modified>Wed, 19 Jun 2024 11:02:52 GMT</Last-Modified>\
<Etag>0x8DC904F56E9235D</Etag><Content-Length>131072</Content-Length><Content-Type>application/octet-stream</Content-Type>\
<Content-Encoding /><AccessTier>Hot</AccessTier></Properties><OrMetadata /></Blob>\
<Blob><Name Encoded=\"true\">odd%01name%2F%C3%BC</Name><Properties><Etag>\"0x1\"</Etag></Properties>\
<Metadata><Name>not the name</Name><Etag>no</Etag></Metadata></Blob>\
<Blob><Name>gone</Name><Deleted>true</Deleted><Properties /></Blob>\
<Blob><Name>old</Name><Snapshot>2024-06-19T11:02:41.0000000Z</Snapshot><Properties /></Blob>\
<Blob><Name><![CDATA[c>d]]></Name><Properties><Content-Length>many</Content-Length></Properties></Blob>\
</Blobs><NextMarker>2!92!a--</NextMarker></EnumerationResults>";

type Read = Result<(Vec<Blob>, Option<String>), BadListing>;

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Read {
    let mut listing = Listing::new(Location::new("stcore", "apim"));
    let mut blobs = Vec::new();
    for piece in pieces {
        blobs.extend(listing.feed(piece)?);
    }
    Ok((blobs, listing.finish()?))
}

fn names(read: &Read) -> Vec<&str> {
    read.as_ref().unwrap().0.iter().map(|blob| blob.address.name.as_str()).collect()
}

#[test]
fn a_page_with_everything_storage_writes() {
    let page = read([PAGE.as_bytes()]);
    assert_eq!(names(&page), ["core & edge/a <b>.apimbackup", "odd\u{1}name/ü", "c>d"]);
    let (blobs, marker) = page.unwrap();
    assert_eq!(marker.as_deref(), Some("2!92!a--"));
    assert_eq!(blobs[0].size, Some(131_072));
    assert_eq!(blobs[0].etag.as_deref(), Some("0x8DC904F56E9235D"));
    assert_eq!(blobs[0].access_tier.as_deref(), Some("Hot"));
    assert_eq!(blobs[0].created_at.unwrap().to_string(), "2024-06-19T11:02:41Z");
    assert_eq!(blobs[1].etag.as_deref(), Some("0x1"), "quotes come off, metadata is not the name");
    assert_eq!(blobs[2].size, None);
}

#[test]
fn a_deleted_blob_is_found_by_its_name_and_a_snapshot_is_not() {
    let mut listing = Listing::new(Location::new("stcore", "apim"));
    let page = PAGE.replace(
        "<Deleted>true</Deleted><Properties />",
        "<Deleted>true</Deleted><Properties><DeletedTime>Wed, 19 Jun 2024 11:02:41 GMT</DeletedTime>\
         <RemainingRetentionDays>6</RemainingRetentionDays></Properties>",
    );
    let live = listing.feed(page.as_bytes()).unwrap();
    assert!(live.iter().all(|blob| blob.address.name != "gone"));
    let gone = listing.deleted("gone").unwrap();
    assert_eq!((gone.at.unwrap().to_string().as_str(), gone.days_left), ("2024-06-19T11:02:41Z", Some(6)));
    assert_eq!((listing.deleted("old"), listing.deleted("c>d")), (None, None));
}

#[test]
fn cut_anywhere_in_two_it_reads_the_same() {
    let whole = read([PAGE.as_bytes()]);
    for at in 0..PAGE.len() {
        let (head, tail) = PAGE.as_bytes().split_at(at);
        assert_eq!(read([head, tail]), whole, "cut at {at}");
    }
    assert_eq!(read(PAGE.as_bytes().chunks(1)), whole);
}

#[test]
fn a_page_that_ends_too_early_is_never_taken_for_a_whole_one() {
    for end in 0..PAGE.len() {
        assert!(read([&PAGE.as_bytes()[..end]]).is_err(), "ends at {end}");
    }
}

#[test]
fn empty_pages_with_and_without_a_marker() {
    let page = |inner: &str| read([format!("<EnumerationResults>{inner}</EnumerationResults>").as_bytes()]);
    assert_eq!(page("<Blobs /><NextMarker />"), Ok((vec![], None)));
    assert_eq!(page("<Blobs></Blobs><NextMarker></NextMarker>"), Ok((vec![], None)));
    assert_eq!(page("<Blobs /><NextMarker>m</NextMarker>"), Ok((vec![], Some("m".to_owned()))));
    assert_eq!(page(""), Ok((vec![], None)));
}

#[test]
fn what_is_no_listing_is_said_to_be_none() {
    let deep = format!("<EnumerationResults>{}", "<a>".repeat(100));
    let long = format!("<EnumerationResults><!--{}", "x".repeat(70_000));
    for text in [
        "<html><body>Sign in</body></html>",
        "<!DOCTYPE EnumerationResults [<!ENTITY a \"b\">]><EnumerationResults></EnumerationResults>",
        "<EnumerationResults><Blobs></Name></EnumerationResults>",
        "<EnumerationResults>&unknown;</EnumerationResults>",
        "<EnumerationResults></EnumerationResults><EnumerationResults></EnumerationResults>",
        "words before <EnumerationResults></EnumerationResults>",
        "</EnumerationResults>",
        "<EnumerationResults>\u{fffd}",
        "{\"error\":{}}",
        "",
        &deep,
        &long,
    ] {
        assert!(read([text.as_bytes()]).is_err(), "{text:.60}");
    }
    assert!(read([&b"<EnumerationResults>\xff\xfe</EnumerationResults>"[..]]).is_err());
}

fn xml(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

proptest! {
    #[test]
    fn any_names_survive_and_any_cuts_do_no_harm(
        wanted in proptest::collection::vec("[ -~\u{a1}-\u{2fff}]{1,40}", 0..12),
        cuts in proptest::collection::vec(1_usize..200, 1..30),
    ) {
        let blobs: String = wanted
            .iter()
            .map(|name| format!("<Blob><Name>{}</Name><Properties /></Blob>", xml(name)))
            .collect();
        let page = format!("<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker /></EnumerationResults>");
        let mut pieces = Vec::new();
        let mut rest = page.as_bytes();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, tail) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = tail;
        }
        let page = read(pieces);
        prop_assert_eq!(names(&page), wanted);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read([bytes.as_slice()]);
    }

    #[test]
    fn no_scramble_of_a_page_makes_it_panic(at in 0..PAGE.len(), byte: u8) {
        let mut page = PAGE.as_bytes().to_vec();
        page[at] = byte;
        let _ = read([page.as_slice()]);
    }
}
