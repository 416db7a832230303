//! How to sign in, as values: nothing here asks anybody.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::domain::session::Renewal;

/// Where tokens come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AuthMode {
    /// Environment, workload, managed (when its endpoint variable is set), Azure CLI, azd: the first that works.
    #[default]
    Auto,
    /// `az account get-access-token`.
    Cli,
    /// `azd auth token`.
    Azd,
    /// A service principal with a secret, from `AZURE_*` variables.
    Environment,
    /// A federated token in a file, as Kubernetes hands it out.
    Workload,
    /// The identity of the machine or the app service that this runs on.
    Managed,
}

/// The text is not a way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a way to sign in: use auto, cli, azd, environment, workload or managed")]
pub struct InvalidAuthMode(String);

impl AuthMode {
    /// Every mode.
    pub const ALL: [Self; 6] =
        [Self::Auto, Self::Cli, Self::Azd, Self::Environment, Self::Workload, Self::Managed];

    /// The word that chooses it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cli => "cli",
            Self::Azd => "azd",
            Self::Environment => "environment",
            Self::Workload => "workload",
            Self::Managed => "managed",
        }
    }
}

impl FromStr for AuthMode {
    type Err = InvalidAuthMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| InvalidAuthMode(text.to_owned()))
    }
}

impl fmt::Display for AuthMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who to sign in as.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Where tokens come from.
    pub mode: AuthMode,
    /// The tenant, when it is not the one that the source would choose.
    pub tenant: Option<String>,
    /// What the environment says; read in settings, never here.
    pub environment: EnvironmentVariables,
}

/// The variables that the Azure tools agree on. `Debug` does not show the secret.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentVariables {
    /// `AZURE_TENANT_ID`.
    pub tenant_id: Option<String>,
    /// `AZURE_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `AZURE_CLIENT_SECRET`.
    pub client_secret: Option<SecretString>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token_file: Option<String>,
    /// `AZURE_AUTHORITY_HOST`; counts in the public cloud only, the others name their own.
    pub authority_host: Option<String>,
    /// Whether `IDENTITY_ENDPOINT` is set.
    pub identity_endpoint: bool,
}

/// Who is signed in, as far as the token tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Which source gave the token: "Azure CLI", "environment", …
    pub via: String,
    /// The tenant of the token.
    pub tenant: Option<String>,
    /// The name to show: a user's UPN, or an application's id.
    pub name: Option<String>,
    /// The object id that role assignments name.
    pub object_id: Option<String>,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Whether the next one comes by itself.
    pub renewal: Renewal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_its_word_and_others_are_refused_with_the_list() {
        for mode in AuthMode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        let error = "msi".parse::<AuthMode>().unwrap_err().to_string();
        assert!(error.contains("'msi'") && error.contains("workload"), "{error}");
    }

    #[test]
    fn the_secret_is_not_shown() {
        let identity = Identity {
            environment: EnvironmentVariables {
                client_secret: Some("canary-secret".into()),
                ..EnvironmentVariables::default()
            },
            ..Identity::default()
        };
        assert!(!format!("{identity:?}").contains("canary"));
    }
}
