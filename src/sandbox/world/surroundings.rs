//! What an instance is set to beside its configuration: a restore leaves it as it is, but for what comes as content.

use serde::Deserialize;

/// The settings of one instance. Every key of the fleet's file may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Surroundings {
    /// Common names of custom root certificates.
    pub(crate) ca_certificates: Vec<String>,
    /// Protocols that are on, without their prefix: `Security.Protocols.Tls11`.
    pub(crate) protocols_on: Vec<String>,
    /// Names of diagnostic settings; each sends its logs to a workspace.
    pub(crate) diagnostics: Vec<String>,
    /// The published revision of the developer portal.
    pub(crate) portal: Option<String>,
    /// How many self-hosted gateways it starts with.
    pub(crate) gateways: u32,
    /// What its named values read at the start.
    pub(crate) vault: Option<VaultUse>,
    /// Kinds of connections that its network blocks, such as `SQLDatabase`.
    pub(crate) blocked: Vec<String>,
}

/// Named values that are read from a Key Vault: a part of the configuration, so a backup carries it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VaultUse {
    /// The name of the vault.
    pub(crate) name: String,
    /// The user-assigned identity that reads it; the system-assigned one when absent.
    pub(crate) identity: Option<String>,
    /// How many of the named values.
    pub(crate) values: u32,
}

/// A Key Vault, as far as it can be seen from outside.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Vault {
    pub(crate) name: String,
    /// Who may read its secrets: instances (their system-assigned identities) and user-assigned identities by name.
    pub(crate) readers: Vec<String>,
}
