//! The JSON of an instance, with every null that Azure spells out.

use serde_json::{Map, Value, json};

use super::clock::arm_date;
use super::world::World;
use super::world::instance::Instance;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The version whose shape Resource Graph shows.
pub(super) const NEWEST: &str = "2024-05-01";

/// The resource as a GET, a list and a finished operation show it to somebody who asks with this api-version.
pub(super) fn body(world: &World, instance: &Instance, version: &str) -> Value {
    let mut properties = properties(world, instance);
    if version >= NEWEST {
        for (name, value) in since_2024(instance) {
            properties[name] = value;
        }
    }
    let tenant = &world.tenant.id;
    let created = arm_date(instance.created);
    json!({
        "id": instance.id,
        "name": instance.name,
        "type": "Microsoft.ApiManagement/service",
        "location": world.display_region(&instance.region),
        "etag": BASE64.encode(instance.revision.to_be_bytes()),
        "tags": instance.tags,
        "sku": { "name": instance.tier, "capacity": instance.units },
        "zones": if instance.zones.is_empty() { Value::Null } else { json!(instance.zones) },
        "identity": identity(world, instance, tenant),
        "systemData": {
            "createdBy": world.caller.name, "createdByType": "User", "createdAt": created,
            "lastModifiedBy": world.caller.name, "lastModifiedByType": "User", "lastModifiedAt": created,
        },
        "properties": properties,
    })
}

fn properties(world: &World, instance: &Instance) -> Value {
    let name = &instance.name;
    let is_consumption = instance.tier == "Consumption";
    let dedicated = |text: String| if is_consumption { Value::Null } else { Value::String(text) };
    let address = format!("198.51.100.{}", world.seed.within(&format!("address/{name}"), 1, 255));
    let addresses = if is_consumption { Value::Null } else { json!([address]) };
    json!({
        "publisherEmail": "apim@contoso.example",
        "publisherName": "Contoso",
        "notificationSenderEmail": "apimgmt-noreply@mail.windowsazure.com",
        "provisioningState": instance.state,
        "targetProvisioningState": instance.target_state,
        "createdAtUtc": arm_date(instance.created),
        "gatewayUrl": format!("https://{name}.azure-api.net"),
        "gatewayRegionalUrl": dedicated(format!("https://{name}-{}-01.regional.azure-api.net", instance.region)),
        "portalUrl": null,
        "developerPortalUrl": dedicated(format!("https://{name}.developer.azure-api.net")),
        "managementApiUrl": dedicated(format!("https://{name}.management.azure-api.net")),
        "scmUrl": dedicated(format!("https://{name}.scm.azure-api.net")),
        "hostnameConfigurations": hostnames(instance),
        "publicIPAddresses": addresses,
        "privateIPAddresses": null,
        "additionalLocations": further_regions(world, instance),
        "virtualNetworkConfiguration": network(instance),
        "customProperties": protocols(instance),
        "virtualNetworkType": instance.network,
        "certificates": authorities(world, instance),
        "disableGateway": false,
        "natGatewayState": if instance.platform == "stv2.1" { "Unsupported" } else { "Disabled" },
        "outboundPublicIPAddresses": addresses,
        "apiVersionConstraint": { "minApiVersion": instance.min_api_version },
        "publicIpAddressId": null,
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": null,
        "platformVersion": instance.platform,
    })
}

/// What the shape of 2024-05-01 has beyond that of 2022-08-01.
fn since_2024(instance: &Instance) -> [(&'static str, Value); 5] {
    let portal = if instance.tier == "Consumption" { "Disabled" } else { "Enabled" };
    [
        ("dataApiUrl", Value::Null),
        ("configurationApi", Value::Null),
        ("legacyPortalStatus", json!("Disabled")),
        ("developerPortalStatus", json!(portal)),
        // Published for previews only: clients must step over what they do not know.
        ("releaseChannel", json!("Default")),
    ]
}

fn identity(world: &World, instance: &Instance, tenant: &str) -> Value {
    let known = instance.identity.user.iter();
    let user: Map<String, Value> = known
        .filter_map(|name| world.identities.iter().find(|identity| identity.name == *name))
        .map(|found| (found.id.clone(), json!({ "principalId": found.principal, "clientId": found.client })))
        .collect();
    match (&instance.identity.system, user.is_empty()) {
        (Some(principal), true) => {
            json!({ "type": "SystemAssigned", "principalId": principal, "tenantId": tenant })
        }
        (Some(principal), false) => json!({
            "type": "SystemAssigned, UserAssigned", "principalId": principal, "tenantId": tenant,
            "userAssignedIdentities": user,
        }),
        (None, false) => json!({
            "type": "UserAssigned", "principalId": null, "tenantId": tenant, "userAssignedIdentities": user,
        }),
        (None, true) => match &instance.identity.spelling_of_none {
            Some(word) => json!({ "type": word, "principalId": null, "tenantId": null }),
            None => Value::Null,
        },
    }
}

fn hostnames(instance: &Instance) -> Value {
    let built_in = (format!("{}.azure-api.net", instance.name), "BuiltIn");
    let own = instance.hostnames.iter().map(|name| (name.clone(), "Custom"));
    let rows: Vec<Value> = std::iter::once(built_in)
        .chain(own)
        .map(|(host, source)| {
            let certificate = match source {
                "Custom" => json!({
                    "expiry": "2027-08-31T23:59:59+00:00",
                    "thumbprint": "7F0C1A2B3C4D5E6F708192A3B4C5D6E7F8091A2B",
                    "subject": format!("CN={host}"),
                }),
                _ => Value::Null,
            };
            json!({
                "type": if host.starts_with("portal.") { "DeveloperPortal" } else { "Proxy" },
                "hostName": host,
                "encodedCertificate": null,
                "keyVaultId": null,
                "certificatePassword": null,
                "negotiateClientCertificate": false,
                "certificate": certificate,
                "defaultSslBinding": source == "BuiltIn" && instance.hostnames.is_empty() || source == "Custom",
                "identityClientId": null,
                "certificateSource": source,
                "certificateStatus": null,
            })
        })
        .collect();
    Value::Array(rows)
}

fn further_regions(world: &World, instance: &Instance) -> Value {
    if instance.further_regions.is_empty() {
        return Value::Null;
    }
    let row = |further: &super::world::instance::FurtherRegion| {
        json!({
            "location": world.display_region(&further.region),
            "sku": { "name": instance.tier, "capacity": further.units },
            "zones": null,
            "publicIPAddresses": ["203.0.113.17"],
            "privateIPAddresses": null,
            "virtualNetworkConfiguration": null,
            "gatewayRegionalUrl":
                format!("https://{}-{}-01.regional.azure-api.net", instance.name, further.region),
            "natGatewayState": "Disabled",
            "outboundPublicIPAddresses": ["203.0.113.17"],
            "disableGateway": false,
            "publicIpAddressId": null,
            "platformVersion": instance.platform,
        })
    };
    instance.further_regions.iter().map(row).collect()
}

fn network(instance: &Instance) -> Value {
    if instance.network == "None" {
        return Value::Null;
    }
    json!({
        "subnetResourceId": format!(
            "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/virtualNetworks/vnet-apim/subnets/apim",
            instance.subscription, instance.group
        ),
        "vnetid": "00000000-0000-0000-0000-000000000000",
        "subnetname": null,
    })
}

/// Custom root certificates: what is public of them.
fn authorities(world: &World, instance: &Instance) -> Value {
    if instance.surroundings.ca_certificates.is_empty() {
        return Value::Null;
    }
    let row = |name: &String| {
        json!({
            "encodedCertificate": null, "certificatePassword": null, "storeName": "Root",
            "certificate": {
                "expiry": "2031-04-30T23:59:59+00:00",
                "thumbprint": world.seed.guid(&format!("authority/{name}")).replace('-', "").to_uppercase(),
                "subject": format!("CN={name}, O=Contoso"),
            },
        })
    };
    instance.surroundings.ca_certificates.iter().map(row).collect()
}

fn protocols(instance: &Instance) -> Value {
    let prefix = "Microsoft.WindowsAzure.ApiManagement.Gateway";
    let names = [
        "Security.Protocols.Tls10",
        "Security.Protocols.Tls11",
        "Security.Protocols.Ssl30",
        "Security.Ciphers.TripleDes168",
        "Security.Backend.Protocols.Tls10",
        "Security.Backend.Protocols.Tls11",
        "Security.Backend.Protocols.Ssl30",
        "Protocols.Server.Http2",
    ];
    // Words, not booleans: Azure sends them so.
    let on = |name: &str| instance.surroundings.protocols_on.iter().any(|it| it == name);
    let word = |name: &str| json!(if on(name) { "True" } else { "False" });
    names.into_iter().map(|name| (format!("{prefix}.{name}"), word(name))).collect::<Map<_, _>>().into()
}
