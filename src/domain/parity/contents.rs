//! What hangs below an instance: collections that a backup carries, and those that it does not.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A collection of an instance that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Collection {
    /// APIs, without their revisions.
    Apis,
    /// Products.
    Products,
    /// Named values; those of a secret are listed without their value.
    NamedValues,
    /// Backends.
    Backends,
    /// Subscriptions: the keys that clients send.
    Subscriptions,
    /// Users of the developer portal.
    Users,
    /// Groups of users.
    Groups,
    /// Client certificates towards backends.
    Certificates,
    /// Loggers.
    Loggers,
    /// The policy for all APIs.
    Policies,
    /// Self-hosted gateways, as entities.
    Gateways,
}

/// What a collection holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// How many.
    pub count: u64,
    /// The entries by name, each with what tells one version of it from another: the revision of an API, otherwise the
    /// beginning of a hash. Empty where only the number is known.
    pub versions: BTreeMap<String, String>,
    /// The entries that are read from a Key Vault.
    pub vault: Vec<VaultReference>,
}

/// Something that an instance reads from a Key Vault by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VaultReference {
    /// What holds it: "named value", "certificate", "hostname".
    pub holder: String,
    /// Its name.
    pub name: String,
    /// The identifier of the secret: the vault's address and the secret's name, never its value.
    pub secret: String,
    /// The user-assigned identity that reads it; `None` is the system-assigned one.
    pub identity_client_id: Option<String>,
    /// `lastStatus.code`: how the last reading of the vault ended.
    pub last_status: Option<String>,
    /// `lastStatus.message`, Azure's words.
    pub last_message: Option<String>,
}

/// The developer portal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Portal {
    /// The name of the revision that is published; `None` when none is.
    pub published: Option<String>,
}

/// A diagnostic setting: where Azure Monitor sends what the instance tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Diagnostic {
    /// Its name.
    pub name: String,
    /// The kinds of places that it sends to, such as `workspace`.
    pub destinations: Vec<String>,
    /// The categories of logs and metrics that are on.
    pub categories: Vec<String>,
}

/// Something of Azure's that an instance in a virtual network cannot reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkFault {
    /// The region that it was seen in.
    pub region: String,
    /// The host.
    pub host: String,
    /// What it is, such as `SQLDatabase`.
    pub kind: String,
    /// Azure's words.
    pub error: String,
    /// Whether Azure calls it optional.
    pub optional: bool,
}

impl Collection {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Apis,
        Self::Products,
        Self::Subscriptions,
        Self::NamedValues,
        Self::Backends,
        Self::Certificates,
        Self::Policies,
        Self::Loggers,
        Self::Groups,
        Self::Users,
        Self::Gateways,
    ];

    /// The word in the address, and in the manifest.
    pub fn path(self) -> &'static str {
        match self {
            Self::Apis => "apis",
            Self::Products => "products",
            Self::NamedValues => "namedValues",
            Self::Backends => "backends",
            Self::Subscriptions => "subscriptions",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Certificates => "certificates",
            Self::Loggers => "loggers",
            Self::Policies => "policies",
            Self::Gateways => "gateways",
        }
    }

    /// One of it, in words.
    pub fn one(self) -> &'static str {
        match self {
            Self::Apis => "API",
            Self::Products => "product",
            Self::NamedValues => "named value",
            Self::Backends => "backend",
            Self::Subscriptions => "subscription",
            Self::Users => "user",
            Self::Groups => "group",
            Self::Certificates => "certificate",
            Self::Loggers => "logger",
            Self::Policies => "policy",
            Self::Gateways => "self-hosted gateway",
        }
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Apis => "APIs",
            Self::Products => "products",
            Self::NamedValues => "named values",
            Self::Backends => "backends",
            Self::Subscriptions => "subscriptions",
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Certificates => "certificates",
            Self::Loggers => "loggers",
            Self::Policies => "global policies",
            Self::Gateways => "self-hosted gateways",
        })
    }
}

impl VaultReference {
    /// The host of the vault.
    pub fn vault(&self) -> &str {
        let rest = self.secret.split_once("://").map_or(self.secret.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    /// Whether the last reading of the vault went well; `None` when Azure does not say.
    pub fn reads(&self) -> Option<bool> {
        self.last_status.as_deref().map(|code| code.eq_ignore_ascii_case("Success"))
    }
}
