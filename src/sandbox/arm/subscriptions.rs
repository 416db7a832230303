//! Tenants, subscriptions, locations, resource groups, and the metadata by which a cloud introduces itself.

use serde_json::{Value, json};

use super::world::Subscription;
use super::{Call, Reply, Visit, error};

/// `GET /metadata/endpoints`: what `az cloud register` asks before it knows anything. Needs no token. Since 2022-09-01
/// it is one cloud, before that a list.
pub(super) fn metadata(call: &Call) -> Reply {
    let origin = &call.origin;
    let cloud = json!({
        "name": "lifeboat-sandbox",
        "resourceManager": format!("{origin}/"),
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": format!("{origin}/"),
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graph": "https://graph.windows.net/",
        "graphAudience": "https://graph.windows.net/",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "gallery": "https://gallery.azure.com/",
        "suffixes": { "storage": "core.windows.net", "keyVaultDns": "vault.azure.net" },
    });
    let is_list = call.query("api-version").is_some_and(|version| version < "2022-09-01");
    Reply::json(200, &if is_list { json!([cloud]) } else { cloud })
}

impl Visit<'_> {
    pub(super) fn tenants(&self) -> Reply {
        let tenant = &self.world.tenant;
        let value = json!({
            "id": format!("/tenants/{}", tenant.id),
            "tenantId": tenant.id,
            "displayName": tenant.name,
            "defaultDomain": tenant.domain,
            "domains": [tenant.domain],
            "tenantCategory": "Home",
            "tenantType": "AAD",
            "countryCode": "NL",
        });
        Reply::json(200, &json!({ "value": [value] }))
    }

    pub(super) fn subscriptions(&self) -> Reply {
        let tenant = &self.world.tenant.id;
        let items: Vec<Value> = self.world.subscriptions.iter().map(|row| body(row, tenant)).collect();
        let count = items.len();
        let mut reply = json!({ "value": items });
        reply["count"] = json!({ "type": "Total", "value": count });
        Reply::json(200, &reply)
    }

    pub(super) fn one_subscription(&self) -> Reply {
        match self.world.subscription(&self.path[1]) {
            Some(subscription) => Reply::json(200, &body(subscription, &self.world.tenant.id)),
            None => error::no_route(&self.call.path),
        }
    }

    pub(super) fn locations(&self) -> Reply {
        let subscription = &self.path[1];
        let id = |region: &str| format!("/subscriptions/{subscription}/locations/{region}");
        let items: Vec<Value> = self
            .world
            .regions
            .iter()
            .map(|region| {
                let pairs: Vec<Value> =
                    region.pair.iter().map(|pair| json!({ "name": pair, "id": id(pair) })).collect();
                json!({
                    "id": id(&region.name),
                    "name": region.name,
                    "type": "Region",
                    "displayName": region.display_name,
                    "regionalDisplayName": region.display_name,
                    "metadata": {
                        "regionType": "Physical", "regionCategory": "Recommended", "pairedRegion": pairs,
                    },
                })
            })
            .collect();
        Reply::json(200, &json!({ "value": items }))
    }

    pub(super) fn groups(&self) -> Result<Reply, Reply> {
        let subscription = self.path[1].clone();
        let action = "Microsoft.Resources/subscriptions/resourceGroups/read";
        self.require(action, &format!("/subscriptions/{subscription}"))?;
        let groups = self.world.groups(&subscription);
        let items = groups.into_iter().map(|(name, region)| group(&subscription, name, region)).collect();
        Ok(self.page(items))
    }

    pub(super) fn one_group(&self) -> Result<Reply, Reply> {
        let (subscription, wanted) = (self.path[1].clone(), &self.path[3]);
        self.require("Microsoft.Resources/subscriptions/resourceGroups/read", &self.scope(4))?;
        let groups = self.world.groups(&subscription);
        let found = groups.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let (name, region) = found.ok_or_else(|| error::no_group(wanted))?;
        Ok(Reply::json(200, &group(&subscription, name, region)))
    }
}

/// A subscription as the list and the single read show it.
pub(super) fn body(subscription: &Subscription, tenant: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{}", subscription.id),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.id,
        "tenantId": tenant,
        "displayName": subscription.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}

fn group(subscription: &str, name: &str, region: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{subscription}/resourceGroups/{name}"),
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": region,
        "tags": {},
        "properties": { "provisioningState": "Succeeded" },
    })
}
