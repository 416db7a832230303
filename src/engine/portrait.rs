//! Everything that is compared of one instance, read at once; what cannot be read is unknown with its reason.

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};

use super::Engine;
use crate::domain::fact::Fact;
use crate::domain::parity::{Collection, Contents, IdentityRole, Portrait, Settings, VaultReference};
use crate::domain::resource::ResourceId;

/// How many requests of one portrait are under way at once.
const AT_ONCE: usize = 6;

/// One answer, as a change to the portrait.
type Stroke = Box<dyn FnOnce(&mut Portrait) + Send>;

/// The collections whose entries may be read from a Key Vault.
const FROM_VAULTS: [Collection; 2] = [Collection::NamedValues, Collection::Certificates];

impl Engine {
    /// An instance as Azure shows it now: a request for each part.
    pub(super) async fn portrait(&self, id: &ResourceId) -> Portrait {
        let set = async {
            let read = self.azure.instance_and_settings(id).await.map(|(_, settings)| settings);
            let settings = self.fact(read, format!("ARM GET {}", id.name()));
            let roles = match settings.value() {
                Some(it) => self.roles_of(id, it).await,
                None => settings.map(|_| Vec::new()),
            };
            (roles, settings)
        };
        let (portrait, (roles, settings)) = futures::join!(self.below(id), set);
        Portrait { settings, roles, ..portrait }
    }

    /// What the system-assigned identity may do: without one nothing, and without a request.
    pub(super) async fn roles_of(&self, id: &ResourceId, settings: &Settings) -> Fact<Vec<IdentityRole>> {
        let source = format!("roles of the identity of {}", id.name());
        let read = match settings.identity.system.as_deref() {
            Some(principal) => self.azure.roles_within(&id.subscription(), principal).await,
            None => Ok(Vec::new()),
        };
        self.fact(read, source)
    }

    /// The same without its settings, for whoever has read them already.
    pub(super) async fn below(&self, id: &ResourceId) -> Portrait {
        let mut strokes: Vec<BoxFuture<'_, Stroke>> =
            vec![self.diagnostics_of(id).boxed(), self.portal_of(id).boxed()];
        strokes.extend(Collection::ALL.into_iter().map(|of| self.contents_of(id, of).boxed()));
        self.drawn(id, strokes).await
    }

    /// What of the source a restore leaves to be done: a part of its portrait, for fewer requests.
    pub(super) async fn sketch(&self, id: &ResourceId) -> Portrait {
        let mut strokes: Vec<BoxFuture<'_, Stroke>> =
            vec![self.settings_of(id).boxed(), self.portal_of(id).boxed()];
        let collections = FROM_VAULTS.into_iter().chain([Collection::Gateways]);
        strokes.extend(collections.map(|of| self.contents_of(id, of).boxed()));
        self.drawn(id, strokes).await
    }

    /// What an instance reads from Key Vaults by itself.
    pub(super) async fn vault_of(&self, id: &ResourceId) -> Fact<Vec<VaultReference>> {
        let strokes = FROM_VAULTS.into_iter().map(|of| self.contents_of(id, of).boxed()).collect();
        self.drawn(id, strokes).await.vault
    }

    async fn drawn(&self, id: &ResourceId, strokes: Vec<BoxFuture<'_, Stroke>>) -> Portrait {
        let mut portrait =
            Portrait { name: id.name().to_owned(), id: Some(id.clone()), ..Portrait::default() };
        let mut strokes = futures::stream::iter(strokes).buffer_unordered(AT_ONCE);
        while let Some(stroke) = strokes.next().await {
            stroke(&mut portrait);
        }
        portrait.vault = vault(&portrait);
        portrait
    }

    async fn settings_of(&self, id: &ResourceId) -> Stroke {
        let read = self.azure.instance_and_settings(id).await.map(|(_, settings)| settings);
        let fact = self.fact(read, format!("ARM GET {}", id.name()));
        Box::new(|portrait| portrait.settings = fact)
    }

    async fn diagnostics_of(&self, id: &ResourceId) -> Stroke {
        let fact =
            self.fact(self.azure.diagnostics(id).await, format!("diagnostic settings of {}", id.name()));
        Box::new(|portrait| portrait.diagnostics = fact)
    }

    async fn portal_of(&self, id: &ResourceId) -> Stroke {
        let fact = self.fact(self.azure.portal(id).await, format!("ARM GET {}/portalRevisions", id.name()));
        Box::new(|portrait| portrait.portal = fact)
    }

    async fn contents_of(&self, id: &ResourceId, of: Collection) -> Stroke {
        let source = format!("ARM GET {}/{}", id.name(), of.path());
        let fact = self.fact(self.azure.contents(id, of).await, source);
        Box::new(move |portrait| drop(portrait.contents.insert(of, fact)))
    }
}

/// The references of both collections; not known unless both are.
fn vault(portrait: &Portrait) -> Fact<Vec<VaultReference>> {
    const UNASKED: &Fact<Contents> = &Fact::NotAsked;
    let of = |collection| portrait.contents.get(&collection).unwrap_or(UNASKED);
    let [named, certificates] = FROM_VAULTS.map(of);
    match (named.value(), certificates.value()) {
        (Some(one), Some(other)) => named.map(|_| one.vault.iter().chain(&other.vault).cloned().collect()),
        (Some(_), None) => certificates.map(|_| Vec::new()),
        (None, _) => named.map(|_| Vec::new()),
    }
}
