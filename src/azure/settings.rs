//! The settings of an instance out of its resource. Every field may be missing, null or of another type.

use serde_json::Value;

use crate::domain::instance::Instance;
use crate::domain::parity::{CaCertificate, Certificate, Hostname, Settings};
use crate::domain::region::Region;
use crate::domain::resource::ResourceId;

use super::Azure;
use super::error::AzureError;
use super::wire;
use crate::domain::plan::API_VERSION;

impl Azure {
    /// One instance with its settings, both out of one answer.
    ///
    /// # Errors
    /// As for an instance.
    pub async fn instance_and_settings(&self, id: &ResourceId) -> Result<(Instance, Settings), AzureError> {
        let both = |json: &Value| Some((wire::instance(json)?, settings(json)));
        self.one(format!("instance {}", id.name()), id, API_VERSION, both).await
    }
}

/// What the resource tells beside what [`wire::instance`] takes.
pub(crate) fn settings(json: &Value) -> Settings {
    let instance = wire::instance(json);
    let protocols =
        json.pointer("/properties/customProperties").and_then(Value::as_object).into_iter().flatten();
    let sku = instance.as_ref().and_then(|it| it.sku.clone());
    Settings {
        sku,
        zones: wire::texts(json, "/zones"),
        regions: wire::list(json, "/properties/additionalLocations")
            .filter_map(|place| wire::filled(place, "/location"))
            .map(|name| Region::new(&name))
            .collect(),
        hostnames: wire::list(json, "/properties/hostnameConfigurations").filter_map(hostname).collect(),
        ca_certificates: wire::list(json, "/properties/certificates").filter_map(authority).collect(),
        network: wire::filled(json, "/properties/virtualNetworkType"),
        subnet: wire::filled(json, "/properties/virtualNetworkConfiguration/subnetResourceId"),
        public_access: wire::filled(json, "/properties/publicNetworkAccess"),
        identity: instance.map(|it| it.identity).unwrap_or_default(),
        protocols: protocols
            .filter_map(|(name, word)| Some((name.clone(), word.as_str()?.to_owned())))
            .collect(),
        min_api_version: wire::filled(json, "/properties/apiVersionConstraint/minApiVersion"),
    }
}

fn hostname(json: &Value) -> Option<Hostname> {
    Some(Hostname {
        kind: wire::filled(json, "/type").unwrap_or_else(|| "Proxy".to_owned()),
        host: wire::filled(json, "/hostName")?,
        certificate_source: wire::filled(json, "/certificateSource"),
        certificate_status: wire::filled(json, "/certificateStatus"),
        certificate: json.get("certificate").and_then(certificate),
        vault_secret: wire::filled(json, "/keyVaultId"),
        identity_client_id: wire::filled(json, "/identityClientId"),
    })
}

/// `None` where there is none: null, or an object with nothing in it.
fn certificate(json: &Value) -> Option<Certificate> {
    let it = Certificate {
        subject: wire::filled(json, "/subject"),
        thumbprint: wire::filled(json, "/thumbprint"),
        expires_at: wire::time(json, "/expiry"),
    };
    (it != Certificate::default()).then_some(it)
}

fn authority(json: &Value) -> Option<CaCertificate> {
    let store = wire::filled(json, "/storeName").unwrap_or_else(|| "Root".to_owned());
    Some(CaCertificate { store, certificate: json.get("certificate").and_then(certificate)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim-core";

    #[test]
    fn every_setting_is_taken_from_where_it_stands() {
        let it = settings(&json!({
            "id": ID, "zones": ["1", "2"], "sku": {"name": "Premium", "capacity": 4},
            "identity": {"type": "SystemAssigned", "principalId": "p"},
            "properties": {
                "additionalLocations": [{"location": "Sweden Central"}],
                "hostnameConfigurations": [
                    {"type": "Proxy", "hostName": "apim-core.azure-api.net", "certificateSource": "BuiltIn", "certificate": null},
                    {"type": "Proxy", "hostName": "api.contoso.example", "certificateSource": "KeyVault",
                     "keyVaultId": "https://kv.vault.azure.net/secrets/tls", "identityClientId": "c-1",
                     "certificate": {"expiry": "2035-12-31T23:00:00-08:00", "thumbprint": "AB", "subject": "CN=api"}},
                    {"type": "Proxy", "hostName": null}],
                "certificates": [{"storeName": "Root", "certificate": {"thumbprint": "CD"}}, {"storeName": "Root"}],
                "virtualNetworkType": "External", "virtualNetworkConfiguration": {"subnetResourceId": "/subnets/a"},
                "publicNetworkAccess": "Enabled", "customProperties": {"X.Tls10": "false", "X.Odd": 7},
                "apiVersionConstraint": {"minApiVersion": "2021-08-01"},
            }
        }));
        assert_eq!((it.zones.len(), it.regions.len(), it.hostnames.len()), (2, 1, 2));
        let own: Vec<&Hostname> = it.custom_hostnames().collect();
        let until = own[0].certificate.as_ref().unwrap().expires_at.unwrap().to_string();
        assert_eq!((own.len(), until.as_str()), (1, "2036-01-01T07:00:00Z"));
        assert_eq!(own[0].identity_client_id.as_deref(), Some("c-1"));
        assert_eq!(it.ca_certificates.len(), 1);
        assert_eq!((it.network.as_deref(), it.subnet.as_deref()), (Some("External"), Some("/subnets/a")));
        assert_eq!(it.protocols.len(), 1);
        assert_eq!(it.min_api_version.as_deref(), Some("2021-08-01"));
        assert!(it.has_identity(None));
    }

    #[test]
    fn nothing_and_nonsense_are_no_settings() {
        for odd in [
            json!({}),
            json!({"id": ID, "zones": null, "properties": null}),
            json!({"id": ID, "zones": "1", "properties": {
                "additionalLocations": null, "hostnameConfigurations": {"a": 1}, "certificates": [7, null],
                "customProperties": [], "virtualNetworkConfiguration": null, "apiVersionConstraint": null}}),
        ] {
            assert_eq!(settings(&odd), Settings::default(), "{odd}");
        }
    }
}
