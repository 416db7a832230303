//! The blob service of a storage account: what it keeps of deleted blobs, and its CORS rules, which are meant for web
//! pages and stand in the way of a backup all the same.

/// What Resource Manager says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlobService {
    /// The methods of each CORS rule, verbatim.
    pub cors: Vec<Vec<String>>,
    /// For how many days a deleted blob is kept; `None` when it is not, or not said.
    pub keeps_deleted_for: Option<u32>,
    /// `isVersioningEnabled`: a deleted blob then becomes an older version, which "undelete" does not bring back.
    pub versioning: Option<bool>,
}

impl BlobService {
    /// Whether a rule allows PATCH, the method that Azure's backup cannot read.
    pub fn allows_patch(&self) -> bool {
        self.cors.iter().flatten().any(|method| method.eq_ignore_ascii_case("PATCH"))
    }
}
