//! The manifests that lie beside some backups at the start: what a console of today leaves there.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::arm::children::item_name;
use super::super::seed::Seed;
use super::super::world::World;
use super::super::world::access::{Grant, within};
use super::super::world::instance::Instance;
use super::super::world::storage::{Blob, Matter, etag};

const GATEWAY: &str = "Microsoft.WindowsAzure.ApiManagement.Gateway";

/// The manifest of a backup that was taken then, as a blob.
pub(super) fn beside(
    world: &World,
    instance: &Instance,
    (taken, backup): (Timestamp, &Blob),
    seed: Seed,
) -> Blob {
    let operation = seed.guid(&format!("operation/{}/{taken}", instance.name));
    let body = manifest(world, instance, (taken, backup), &operation);
    let written = backup.created + jiff::SignedDuration::from_secs(3);
    let mut blob = Blob::new(
        etag(seed, &operation),
        written,
        Matter::Bytes(serde_json::to_vec_pretty(&body).unwrap_or_default()),
    );
    blob.media_type = "application/json".to_owned();
    blob
}

fn manifest(
    world: &World,
    instance: &Instance,
    (taken, backup): (Timestamp, &Blob),
    operation: &str,
) -> Value {
    let tier = match &backup.matter {
        Matter::Backup { snapshot, .. } => snapshot.tier.as_str(),
        Matter::Bytes(_) => instance.tier.as_str(),
    };
    let system = instance.identity.system.as_ref().map(|_| "system");
    let identities: Vec<&str> =
        system.into_iter().chain(instance.identity.user.iter().map(String::as_str)).collect();
    json!({
        "version": 2,
        "operationId": operation,
        "takenAt": taken.to_string(),
        "source": {
            "id": instance.id,
            "name": instance.name,
            "location": instance.region,
            "sku": { "tier": tier, "units": instance.units },
            "platformVersion": instance.platform,
            "hostnames": instance.hostnames,
            "identities": identities,
            "settings": settings(world, instance, tier),
            "roles": roles(world, instance),
            "diagnostics": instance.surroundings.diagnostics.iter().map(|name| json!({
                "name": name, "destinations": ["workspace"], "categories": ["AllMetrics", "GatewayLogs"],
            })).collect::<Vec<_>>(),
            "portal": { "published": instance.surroundings.portal },
            "counts": instance.content.counts,
            "vaultReferences": references(world, instance),
        },
        "blob": { "etag": backup.etag, "length": backup.length() },
    })
}

/// What the system-assigned identity may do in the subscription of the instance.
fn roles(world: &World, instance: &Instance) -> Vec<Value> {
    let Some(principal) = instance.identity.system.as_deref() else { return Vec::new() };
    let subscription: Vec<&str> = instance.id.split('/').take(3).collect();
    let (subscription, held) = (subscription.join("/"), |grant: &&Grant| world.is_to(grant, principal));
    let here = |grant: &&Grant| within(&grant.scope, &subscription) || within(&subscription, &grant.scope);
    let role = |grant: &Grant| {
        let name = world.roles.iter().find(|it| it.id == grant.role).map(|it| it.name.as_str());
        json!({
            "name": name,
            "role": grant.role,
            "scope": grant.scope,
            "byGroup": grant.principal != principal,
        })
    };
    world.grants.iter().filter(held).filter(here).map(role).collect()
}

fn settings(world: &World, instance: &Instance, tier: &str) -> Value {
    let hostname = |host: &String| {
        json!({
            "kind": if host.starts_with("portal.") { "DeveloperPortal" } else { "Proxy" },
            "host": host,
            "certificateSource": "Custom",
            "certificateStatus": null,
            "certificate": {
                "subject": format!("CN={host}"),
                "thumbprint": "7F0C1A2B3C4D5E6F708192A3B4C5D6E7F8091A2B",
                "expiresAt": "2027-08-31T23:59:59Z",
            },
            "vaultSecret": null,
            "identityClientId": null,
        })
    };
    let authority = |name: &String| {
        json!({
            "store": "Root",
            "certificate": {
                "subject": format!("CN={name}, O=Contoso"),
                "thumbprint": world.seed.guid(&format!("authority/{name}")).replace('-', "").to_uppercase(),
                "expiresAt": "2031-04-30T23:59:59Z",
            },
        })
    };
    let users: Vec<Value> = world
        .identities
        .iter()
        .filter(|it| instance.identity.user.contains(&it.name))
        .map(|it| json!({ "id": it.id, "clientId": it.client, "principalId": it.principal }))
        .collect();
    json!({
        "sku": { "tier": tier, "units": instance.units },
        "zones": instance.zones,
        "regions": instance.further_regions.iter().map(|it| it.region.as_str()).collect::<Vec<_>>(),
        "hostnames": instance.hostnames.iter().map(hostname).collect::<Vec<_>>(),
        "caCertificates": instance.surroundings.ca_certificates.iter().map(authority).collect::<Vec<_>>(),
        "network": instance.network,
        "subnet": null,
        "publicAccess": "Enabled",
        "identity": { "system": instance.identity.system, "user": users },
        "protocols": protocols(instance),
        "minApiVersion": null,
    })
}

fn protocols(instance: &Instance) -> Map<String, Value> {
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
    let word = |name: &str| {
        let on = instance.surroundings.protocols_on.iter().any(|it| it == name);
        json!(if on { "True" } else { "False" })
    };
    names.into_iter().map(|name| (format!("{GATEWAY}.{name}"), word(name))).collect()
}

fn references(world: &World, instance: &Instance) -> Vec<Value> {
    let Some(vault) = &instance.content.vault else { return Vec::new() };
    let identity = vault.identity.as_ref();
    let client = identity.and_then(|name| world.identities.iter().find(|it| it.name == *name));
    (0..vault.values)
        .map(|number| {
            let name = item_name(&instance.content, "namedValues", number);
            json!({
                "holder": "named value",
                "name": name,
                "secret": format!("https://{}.vault.azure.net/secrets/{name}", vault.name),
                "identityClientId": client.map(|it| it.client.as_str()),
                "lastStatus": "Success",
                "lastMessage": null,
            })
        })
        .collect()
}
