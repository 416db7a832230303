//! What an instance is set to: everything that one reading of the resource itself tells, and no backup carries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::instance::Identity;
use crate::domain::region::Region;
use crate::domain::sku::Sku;

/// The settings of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Tier and units.
    pub sku: Option<Sku>,
    /// Availability zones of the primary region, such as `1`.
    pub zones: Vec<String>,
    /// Further regions of a multi-region instance.
    pub regions: Vec<Region>,
    /// Host names, those that Azure gives included.
    pub hostnames: Vec<Hostname>,
    /// Custom root and intermediate certificates (`properties.certificates`).
    pub ca_certificates: Vec<CaCertificate>,
    /// `None`, `External` or `Internal`, verbatim.
    pub network: Option<String>,
    /// The ARM id of its subnet.
    pub subnet: Option<String>,
    /// `publicNetworkAccess`, verbatim.
    pub public_access: Option<String>,
    /// Its managed identities.
    pub identity: Identity,
    /// `customProperties`: protocols and ciphers, under the names that Azure gives them.
    pub protocols: BTreeMap<String, String>,
    /// `apiVersionConstraint.minApiVersion`.
    pub min_api_version: Option<String>,
}

/// One host name of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Hostname {
    /// `Proxy` (the gateway), `DeveloperPortal`, `Portal`, `Management`, …
    pub kind: String,
    /// The name.
    pub host: String,
    /// `BuiltIn`, `Custom`, `Managed` or `KeyVault`.
    pub certificate_source: Option<String>,
    /// `Completed`, `Failed` or `InProgress`; mostly absent.
    pub certificate_status: Option<String>,
    /// The certificate that it answers with.
    pub certificate: Option<Certificate>,
    /// The secret that the certificate is read from.
    pub vault_secret: Option<String>,
    /// The user-assigned identity that reads it; `None` is the system-assigned one.
    pub identity_client_id: Option<String>,
}

/// What is public of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Certificate {
    /// Whose it is.
    pub subject: Option<String>,
    /// What identifies it.
    pub thumbprint: Option<String>,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

/// A certificate of a custom authority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CaCertificate {
    /// `Root` or `CertificateAuthority`.
    pub store: String,
    /// The certificate.
    pub certificate: Certificate,
}

/// The endings of the host names that Azure gives, in its clouds.
const GIVEN: [&str; 3] = [".azure-api.net", ".azure-api.us", ".azure-api.cn"];

impl Hostname {
    /// Whether somebody bound it, so that a standby needs it too.
    pub fn is_custom(&self) -> bool {
        let built_in =
            self.certificate_source.as_deref().is_some_and(|source| source.eq_ignore_ascii_case("BuiltIn"));
        let host = self.host.to_ascii_lowercase();
        !built_in && !GIVEN.iter().any(|ending| host.ends_with(ending))
    }

    /// Whether clients of the APIs use it.
    pub fn is_gateway(&self) -> bool {
        self.kind.eq_ignore_ascii_case("Proxy")
    }

    /// Whether it is the same name for the same purpose.
    pub fn is_same(&self, other: &Self) -> bool {
        self.kind.eq_ignore_ascii_case(&other.kind) && self.host.eq_ignore_ascii_case(&other.host)
    }
}

impl Settings {
    /// The host names that somebody bound.
    pub fn custom_hostnames(&self) -> impl Iterator<Item = &Hostname> {
        self.hostnames.iter().filter(|it| it.is_custom())
    }

    /// Whether a reference that names this identity can be followed: `None` is the system-assigned one.
    pub fn has_identity(&self, client_id: Option<&str>) -> bool {
        match client_id {
            None => self.identity.system.is_some(),
            Some(wanted) => {
                let mut clients = self.identity.user.iter().filter_map(|user| user.client_id.as_deref());
                clients.any(|client| client.eq_ignore_ascii_case(wanted))
            }
        }
    }
}
