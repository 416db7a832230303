//! Listing one container and telling where its backups came from.

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};

use crate::domain::backup::{Backup, Blob};
use crate::domain::instance::Instance;
use crate::domain::manifest::{self, Manifest};
use crate::domain::problem::Problem;
use crate::domain::provenance::{self, Witnesses};
use crate::domain::storage::BackupAddress;

use crate::engine::manifest::{beside, understood};
use crate::engine::parity::OF_ANOTHER;

use super::{AT_ONCE, MANIFEST_LIMIT, Party, Sighting, Site, discovery};

impl Party<'_> {
    /// Lists a container. What needs no manifest is told at once; the others follow as their manifests are read.
    pub(super) async fn list(&self, site: Site<'_>) {
        if self.sink.is_closed() {
            return;
        }
        let location = &site.location;
        let mut blobs: Vec<Blob> = Vec::new();
        let mut page = |page: Vec<Blob>| {
            blobs.extend(page);
            self.see(Sighting::Listing { location: location.clone(), progress: blobs.len() });
        };
        let azure = &self.engine.azure;
        let listed = azure.blobs(site.account, &location.container, site.listing, &mut page).await;
        let (manifests, blobs) = sorted(blobs);
        let counts =
            |blob: &Blob| discovery::is_backup(&blob.address, site.origin, &manifests, &self.remembered);
        let (described, bare): (Vec<Blob>, Vec<Blob>) =
            blobs.into_iter().filter(counts).partition(|blob| manifests.contains(&blob.address.name));
        if !bare.is_empty() {
            let bare = bare.into_iter().map(|blob| self.identify(blob, None)).collect();
            self.see(Sighting::Backups(bare));
        }
        self.read_manifests(&site, described).await;
        match listed {
            Ok(()) => self.see(Sighting::Listed(location.clone())),
            // What was seen before it broke off stays true; it is only not known to be all.
            Err(error) => self.see(Sighting::Problem(error.problem().about(location.to_string()))),
        }
    }

    async fn read_manifests(&self, site: &Site<'_>, described: Vec<Blob>) {
        let total = described.len();
        let read: Vec<BoxFuture<'_, _>> =
            described.into_iter().map(|blob| self.described(site, blob).boxed()).collect();
        let read = futures::stream::iter(read).buffer_unordered(AT_ONCE).ready_chunks(AT_ONCE * 4);
        futures::pin_mut!(read);
        let mut unread: Vec<Problem> = Vec::new();
        let mut strange: Vec<BackupAddress> = Vec::new();
        while let Some(chunk) = read.next().await {
            let mut backups = Vec::with_capacity(chunk.len());
            for (blob, manifest) in chunk {
                let manifest = manifest.map_err(|problem| unread.push(problem)).ok();
                if manifest.as_ref().is_some_and(|it| !it.speaks_of(&blob)) {
                    strange.push(blob.address.clone());
                }
                backups.push(self.identify(blob, manifest.as_ref()));
            }
            self.see(Sighting::Backups(backups));
        }
        self.tell_of_strange(site, &strange);
        let count = unread.len();
        if let Some(first) = unread.into_iter().next() {
            let meaning = "Those backups are known by their names or by the journal only";
            let summary =
                format!("{count} of {total} manifests could not be read, the first: {}", first.summary);
            let problem = Problem { summary, ..first }.meaning(meaning).about(site.location.to_string());
            self.see(Sighting::Problem(problem));
        }
    }

    /// Backups beside a manifest of another blob: somebody copied or overwrote them, or wrote the manifest.
    fn tell_of_strange(&self, site: &Site<'_>, strange: &[BackupAddress]) {
        let Some(first) = strange.first() else { return };
        let count = strange.len();
        let problem = Problem::new(format!(
            "{count} backup(s) with a manifest that is not theirs, the first: {}",
            first.name
        ))
        .meaning(format!("For each of them {OF_ANOTHER}"))
        .next("See who copied or overwrote them; the tier and the age of such a backup are not certain")
        .about(site.location.to_string());
        self.see(Sighting::Problem(problem));
    }

    /// A blob with the manifest beside it.
    async fn described(&self, site: &Site<'_>, blob: Blob) -> (Blob, Result<Manifest, Problem>) {
        let beside = beside(&blob.address);
        let body = self.engine.azure.read_blob(site.account, &beside, site.listing, MANIFEST_LIMIT).await;
        let manifest = body.map_err(|error| error.problem()).and_then(|body| understood(&body));
        (blob, manifest)
    }

    fn identify(&self, blob: Blob, manifest: Option<&Manifest>) -> Backup {
        let (journal, instances) = (&self.remembered, self.named_by(&blob));
        provenance::identify(blob, Witnesses { manifest, journal, logged: None, instances, operator: None })
    }

    /// The instance that the name of a blob speaks of. No other one can bear witness to it here, and there may be
    /// thousands of both.
    fn named_by(&self, blob: &Blob) -> &[Instance] {
        let place = provenance::parse_name(&blob.address.name)
            .and_then(|it| self.named.get(&it.instance.to_ascii_lowercase()).copied());
        place.and_then(|place| self.instances.get(place)).map(std::slice::from_ref).unwrap_or_default()
    }
}

/// Takes the manifests out: the names of the backups that they stand beside, and all other blobs.
fn sorted(blobs: Vec<Blob>) -> (BTreeSet<String>, Vec<Blob>) {
    let mut beside = BTreeSet::new();
    let mut others = Vec::with_capacity(blobs.len());
    for blob in blobs {
        match blob.address.name.strip_suffix(manifest::SUFFIX) {
            Some(name) => drop(beside.insert(name.to_owned())),
            None => others.push(blob),
        }
    }
    (beside, others)
}
