//! An instance of which everything was read, for the tests of whoever compares.

use super::*;
use crate::domain::fact::Known;
use crate::domain::instance::{Identity, UserIdentity};
use crate::domain::sku::{Sku, Tier};

pub(crate) fn read<T>(value: T) -> Fact<T> {
    Fact::Known(Known { value, source: "test".into(), read_at: Timestamp::UNIX_EPOCH })
}

pub(crate) fn hostname(host: &str) -> Hostname {
    Hostname {
        kind: "Proxy".into(),
        host: host.into(),
        certificate_source: Some("Custom".into()),
        certificate: Some(Certificate {
            subject: Some(format!("CN={host}")),
            thumbprint: Some("7F0C1A2B3C".into()),
            expires_at: Some("2027-08-31T23:59:59Z".parse().unwrap()),
        }),
        ..Hostname::default()
    }
}

pub(crate) fn user(name: &str) -> UserIdentity {
    UserIdentity {
        id: format!(
            "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
        ),
        client_id: Some(format!("client-{name}")),
        principal_id: None,
    }
}

pub(crate) fn settings() -> Settings {
    let prefix = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security";
    Settings {
        sku: Some(Sku { tier: Tier::Premium, units: Some(4) }),
        zones: vec!["1".into(), "2".into()],
        regions: vec![crate::domain::region::Region::new("Sweden Central")],
        hostnames: vec![
            Hostname {
                kind: "Proxy".into(),
                host: "apim-core.azure-api.net".into(),
                certificate_source: Some("BuiltIn".into()),
                ..Hostname::default()
            },
            hostname("api.contoso.example"),
        ],
        ca_certificates: vec![CaCertificate {
            store: "Root".into(),
            certificate: Certificate {
                subject: Some("CN=Contoso Root".into()),
                thumbprint: Some("AA01".into()),
                expires_at: None,
            },
        }],
        network: Some("External".into()),
        subnet: Some("/subnets/a".into()),
        public_access: Some("Enabled".into()),
        identity: Identity { system: Some("principal".into()), user: vec![user("id-core")] },
        protocols: [(format!("{prefix}.Protocols.Tls10"), "False".to_owned())].into(),
        min_api_version: Some("2021-08-01".into()),
    }
}

pub(crate) fn role(name: &str, role: &str, on: &str) -> IdentityRole {
    let scope = format!("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/{on}");
    IdentityRole { name: name.into(), role: role.into(), scope, by_group: false }
}

/// A named value that is read with the system-assigned identity.
pub(crate) fn reference() -> VaultReference {
    VaultReference {
        holder: "named value".into(),
        name: "db-password".into(),
        secret: "https://kv-core.vault.azure.net/secrets/db".into(),
        identity_client_id: None,
        last_status: Some("Success".into()),
        last_message: None,
    }
}

pub(crate) fn contents(names: &[(&str, &str)]) -> Contents {
    Contents {
        count: names.len() as u64,
        versions: names.iter().map(|&(name, version)| (name.to_owned(), version.to_owned())).collect(),
        vault: Vec::new(),
    }
}

/// An instance of which everything was read.
pub(crate) fn portrait(name: &str) -> Portrait {
    let id = format!("/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/{name}");
    let full = |of: Collection| (of, read(contents(&[("orders", "revision 1"), ("stock", "revision 3")])));
    Portrait {
        name: name.to_owned(),
        id: Some(id.parse().unwrap()),
        settings: read(settings()),
        roles: read(vec![role("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", "kv-core")]),
        diagnostics: read(vec![Diagnostic {
            name: "to-logs".into(),
            destinations: vec!["workspace".into()],
            categories: vec!["GatewayLogs".into()],
        }]),
        portal: read(Portal { published: Some("20260901".into()) }),
        vault: read(vec![reference()]),
        contents: Collection::ALL.into_iter().map(full).collect(),
    }
}
