//! Who gets in: the credentials first, then the firewall, then the role.

use super::identity::{self, Audience, Rejection};
use super::signature;
use super::world::access::Plane;
use super::world::storage::{Firewall, SharedKeys};
use super::{Errand, Refusal};

/// What a request wants to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Want {
    ReadContainers,
    ReadBlobs,
    WriteBlobs,
}

impl Want {
    /// The right that a token needs. A key has them all.
    fn right(self) -> (Plane, &'static str) {
        match self {
            Want::ReadContainers => {
                (Plane::Control, "Microsoft.Storage/storageAccounts/blobServices/containers/read")
            }
            Want::ReadBlobs => {
                (Plane::Data, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read")
            }
            Want::WriteBlobs => {
                (Plane::Data, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write")
            }
        }
    }
}

impl Errand<'_> {
    /// Lets the caller in or says why not.
    pub(super) fn authorize(&self, want: Want) -> Result<(), Refusal> {
        let account = self.world.accounts.get(&self.account).ok_or(Refusal::NO_ACCOUNT)?;
        let header = self.call.header("authorization").ok_or(Refusal::NO_CREDENTIALS)?;
        let is_key = header.starts_with("SharedKey ");
        if is_key && account.shared_keys == SharedKeys::Forbidden {
            return Err(Refusal::NO_KEYS);
        }
        if is_key {
            signature::check(self.call, account)?;
        } else {
            self.check_token()?;
        }
        if account.firewall != Firewall::Open {
            return Err(Refusal::FIREWALL);
        }
        if is_key {
            return Ok(());
        }
        let (plane, action) = want.right();
        let caller = &self.world.caller.object_id;
        if self.world.allows(caller, plane, action, &account.id) { Ok(()) } else { Err(Refusal::NO_ROLE) }
    }

    fn check_token(&self) -> Result<(), Refusal> {
        // Before 2017-11-09 storage knew no tokens, and without the header it would assume an older version.
        if self.call.header("x-ms-version").is_none() {
            return Err(Refusal::NO_VERSION);
        }
        identity::check(self.cloud, self.call, Audience::Storage).map_err(|rejection| match rejection {
            Rejection::Missing => Refusal::NO_CREDENTIALS,
            Rejection::Unreadable | Rejection::Expired | Rejection::Revoked | Rejection::WrongAudience(_) => {
                Refusal::BAD_TOKEN
            }
        })
    }
}
