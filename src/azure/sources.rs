//! Where tokens can come from, by the way of signing in that was chosen.

use std::path::PathBuf;
use std::sync::Arc;

use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, Transport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use secrecy::ExposeSecret;

use super::client_secret::LoopbackClientSecret;
use super::cloud::{Cloud, check_address};
use super::executor::Quiet;
use super::identity::{AuthMode, EnvironmentVariables, Identity};
use super::issuer::{self, Issuer};
use super::transport::{self, Route};
use super::{Clock, Patience};

/// One source of tokens.
pub(crate) struct Source {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Who gives them over the network; a tool on this machine speaks for itself.
    pub(crate) issuer: Option<Issuer>,
    /// Makes who gives the tokens, or says why nobody does. Made anew for every token: some credentials of
    /// azure_identity keep tokens of their own, and would give back the very one that Azure refused.
    pub(crate) credential: Box<dyn Fn() -> Built + Send + Sync>,
}

/// A credential, or why there is none.
pub(crate) type Built = Result<Arc<dyn TokenCredential>, String>;

/// The sources to ask, in the order in which they are asked.
pub(crate) fn sources(
    identity: &Identity,
    cloud: &Cloud,
    http: &reqwest::Client,
    clock: &Clock,
) -> Vec<Source> {
    let kit = Arc::new(Kit {
        identity: identity.clone(),
        cloud: cloud.clone(),
        http: http.clone(),
        clock: clock.clone(),
    });
    let variables = &identity.environment;
    if identity.mode != AuthMode::Auto {
        // What it lacks is told when a token is asked for, as any other sign-in that does not work: a console that
        // cannot sign in still starts and says so.
        return vec![source(&kit, identity.mode)];
    }
    let wanted = [
        (AuthMode::Environment, variables.client_secret.is_some()),
        (AuthMode::Workload, variables.federated_token_file.is_some()),
        (AuthMode::Managed, variables.identity_endpoint),
        (AuthMode::Cli, true),
        (AuthMode::Azd, true),
    ];
    wanted.into_iter().filter(|(_, is_there)| *is_there).map(|(mode, _)| source(&kit, mode)).collect()
}

fn source(kit: &Arc<Kit>, mode: AuthMode) -> Source {
    let (name, make): (_, fn(&Kit) -> Built) = match mode {
        AuthMode::Environment => ("environment", Kit::environment),
        AuthMode::Workload => ("workload identity", Kit::workload),
        AuthMode::Managed => ("managed identity", Kit::managed),
        AuthMode::Azd => ("Azure Developer CLI", Kit::azd),
        AuthMode::Cli | AuthMode::Auto => ("Azure CLI", Kit::cli),
    };
    let issuer = match mode {
        AuthMode::Environment | AuthMode::Workload => kit.authority().ok().and_then(|it| Issuer::at(&it)),
        AuthMode::Managed => Some(Issuer::of_machine()),
        AuthMode::Azd | AuthMode::Cli | AuthMode::Auto => None,
    };
    let kit = kit.clone();
    Source { name, issuer, credential: Box::new(move || make(&kit)) }
}

/// What every source is made of.
struct Kit {
    identity: Identity,
    cloud: Cloud,
    http: reqwest::Client,
    clock: Clock,
}

impl Kit {
    fn variables(&self) -> &EnvironmentVariables {
        &self.identity.environment
    }

    /// The tenant that was asked for, or the one of the environment.
    fn tenant(&self) -> Result<&str, String> {
        let tenant = self.identity.tenant.as_deref().or(self.variables().tenant_id.as_deref());
        tenant.ok_or_else(|| missing("AZURE_TENANT_ID"))
    }

    fn client_id(&self) -> Result<&str, String> {
        self.variables().client_id.as_deref().ok_or_else(|| missing("AZURE_CLIENT_ID"))
    }

    /// A cloud of the configuration names its own authority; the public one gives way to the environment.
    fn authority(&self) -> Result<String, String> {
        match &self.variables().authority_host {
            Some(host) if self.cloud.name == "public" => {
                check_address(host).map_err(|why| format!("AZURE_AUTHORITY_HOST: {why}"))?;
                Ok(host.clone())
            }
            _ => Ok(self.cloud.authority.clone()),
        }
    }

    fn options(&self) -> Result<ClientOptions, String> {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = self.authority()?;
        Ok(ClientOptions {
            cloud: Some(Arc::new(cloud.into())),
            transport: Some(Transport::new(Arc::new(self.http.clone()))),
            retry: issuer::tries(),
            ..ClientOptions::default()
        })
    }

    fn environment(&self) -> Built {
        let (tenant, client_id) = (self.tenant()?, self.client_id()?.to_owned());
        let secret = self.variables().client_secret.clone().ok_or_else(|| missing("AZURE_CLIENT_SECRET"))?;
        if let Some(endpoint) = LoopbackClientSecret::endpoint(&self.authority()?, tenant) {
            let (http, clock) = (self.http.clone(), self.clock.clone());
            return Ok(Arc::new(LoopbackClientSecret { endpoint, client_id, secret, http, clock }));
        }
        let options = ClientSecretCredentialOptions { client_options: self.options()? };
        let secret = Secret::new(secret.expose_secret().to_owned());
        built(ClientSecretCredential::new(tenant, client_id, secret, Some(options)))
    }

    fn workload(&self) -> Built {
        let file = self.variables().federated_token_file.clone();
        let file = file.ok_or_else(|| missing("AZURE_FEDERATED_TOKEN_FILE"))?;
        built(WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
            credential_options: ClientAssertionCredentialOptions { client_options: self.options()? },
            client_id: Some(self.client_id()?.to_owned()),
            tenant_id: Some(self.tenant()?.to_owned()),
            token_file_path: Some(PathBuf::from(file)),
        })))
    }

    fn managed(&self) -> Built {
        let user_assigned_id = self.variables().client_id.clone().map(UserAssignedId::ClientId);
        let direct = transport::builder(Route::Direct, Patience::default())
            .build()
            .map_err(|error| transport::cause(&error))?;
        let client_options =
            ClientOptions { transport: Some(Transport::new(Arc::new(direct))), ..self.options()? };
        built(ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
            user_assigned_id,
            client_options,
        })))
    }

    fn cli(&self) -> Built {
        built(AzureCliCredential::new(Some(AzureCliCredentialOptions {
            subscription: None,
            tenant_id: self.identity.tenant.clone(),
            executor: Some(Arc::new(Quiet::default())),
        })))
    }

    fn azd(&self) -> Built {
        built(AzureDeveloperCliCredential::new(Some(AzureDeveloperCliCredentialOptions {
            executor: Some(Arc::new(Quiet::default())),
            tenant_id: self.identity.tenant.clone(),
        })))
    }
}

fn built<C: TokenCredential + 'static>(made: azure_core::Result<Arc<C>>) -> Built {
    made.map(|credential| credential as Arc<dyn TokenCredential>).map_err(|error| plain(&error.to_string()))
}

fn missing(variable: &str) -> String {
    format!("{variable} is not set")
}

/// An error of azure_identity without what it says twice and without its advice about another program's library.
pub(crate) fn plain(text: &str) -> String {
    let text = text.split("To troubleshoot").next().unwrap_or_default();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(identity: &Identity) -> Vec<Source> {
        let clock: Clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
        sources(identity, &Cloud::public(), &reqwest::Client::new(), &clock)
    }

    fn names(identity: &Identity) -> Vec<&'static str> {
        all(identity).iter().map(|source| source.name).collect()
    }

    fn service_principal() -> EnvironmentVariables {
        EnvironmentVariables {
            tenant_id: Some("11111111-1111-4111-8111-111111111111".into()),
            client_id: Some("22222222-2222-4222-8222-222222222222".into()),
            client_secret: Some("canary".into()),
            ..EnvironmentVariables::default()
        }
    }

    #[test]
    fn auto_asks_what_is_configured_first_and_the_tools_last() {
        let mut identity = Identity::default();
        assert_eq!(names(&identity), ["Azure CLI", "Azure Developer CLI"]);
        identity.environment = service_principal();
        identity.environment.identity_endpoint = true;
        identity.environment.federated_token_file = Some("/nowhere/token".into());
        assert_eq!(
            names(&identity),
            ["environment", "workload identity", "managed identity", "Azure CLI", "Azure Developer CLI"]
        );
    }

    #[test]
    fn a_mode_that_was_asked_for_says_what_it_lacks() {
        let mut identity = Identity { mode: AuthMode::Environment, ..Identity::default() };
        let lacks = |identity: &Identity| (all(identity)[0].credential)().err();
        assert!(lacks(&identity).unwrap().contains("AZURE_TENANT_ID is not set"));
        identity.environment = service_principal();
        assert_eq!(names(&identity), ["environment"]);
        assert_eq!(lacks(&identity), None);
        identity.environment.authority_host = Some("http://login.example".into());
        let why = lacks(&identity).unwrap();
        assert!(why.contains("AZURE_AUTHORITY_HOST") && !why.contains("canary"), "{why}");
    }

    #[test]
    fn plain_http_is_spoken_to_this_machine_only() {
        let endpoint = |authority| LoopbackClientSecret::endpoint(authority, "t").map(String::from);
        assert_eq!(
            endpoint("http://127.0.0.1:4000/").as_deref(),
            Some("http://127.0.0.1:4000/t/oauth2/v2.0/token")
        );
        assert_eq!(endpoint("https://login.microsoftonline.com"), None);
        assert_eq!(endpoint("http://login.example"), None);
    }

    #[test]
    fn what_azure_identity_says_is_said_once() {
        let text = "AzureCliCredential authentication failed. ERROR: Please run 'az login'\nERROR: x\nERROR: x\n\n\
                    To troubleshoot, visit https://aka.ms/azsdk";
        assert_eq!(
            plain(text),
            "AzureCliCredential authentication failed. ERROR: Please run 'az login' ERROR: x"
        );
    }
}
