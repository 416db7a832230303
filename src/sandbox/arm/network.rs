//! What an instance says of its network, and which tiers there are.

use serde_json::{Value, json};

use super::clock::arm_date;
use super::world::instance::Instance;
use super::{Reply, Visit, error};

/// The tiers: name, fewest and most units, how they grow.
const TIERS: [(&str, u32, u32, &str); 5] = [
    ("Developer", 1, 1, "None"),
    ("Basic", 1, 2, "Manual"),
    ("Standard", 1, 4, "Automatic"),
    ("Premium", 1, 10, "Automatic"),
    ("Isolated", 1, 1, "Automatic"),
];

/// The tiers that an instance could move to, as `{svc}/skus` lists them: the way they grow is in lower case there.
pub(super) fn tiers() -> Vec<Value> {
    TIERS
        .into_iter()
        .map(|(name, minimum, maximum, growth)| {
            json!({
                "resourceType": "Microsoft.ApiManagement/service",
                "sku": { "name": name },
                "capacity": {
                    "minimum": minimum, "maximum": maximum, "default": 1, "scaleType": growth.to_lowercase(),
                },
            })
        })
        .collect()
}

impl Visit<'_> {
    /// What can be bought in a subscription: another shape than that of [`tiers`].
    pub(super) fn offered_tiers(&self) -> Reply {
        let regions: Vec<&str> = self.world.regions.iter().map(|region| region.name.as_str()).collect();
        let rows: Vec<Value> = TIERS
            .into_iter()
            .map(|(name, minimum, maximum, growth)| {
                json!({
                    "resourceType": "service", "name": name, "locations": regions,
                    "capacity": { "minimum": minimum, "maximum": maximum, "default": 1, "scaleType": growth },
                })
            })
            .collect();
        Reply::json(200, &json!({ "value": rows }))
    }

    /// All regions: an array at the top level, not a `value`.
    pub(super) fn network_status(&self, instance: &Instance) -> Reply {
        let further = instance.further_regions.iter().map(|further| further.region.as_str());
        let rows: Value = std::iter::once(instance.region.as_str())
            .chain(further)
            .map(|region| {
                let name = self.world.display_region(region);
                json!({ "location": name, "networkStatus": self.status_in(instance, region) })
            })
            .collect();
        Reply::json(200, &rows)
    }

    /// One region; the name may be written in either form.
    pub(super) fn regional_network_status(&self, instance: &Instance, asked: &str) -> Result<Reply, Reply> {
        let plain = asked.replace(' ', "");
        let further = instance.further_regions.iter().map(|further| further.region.as_str());
        let mut regions = std::iter::once(instance.region.as_str()).chain(further);
        match regions.find(|region| *region == plain) {
            Some(region) => Ok(Reply::json(200, &self.status_in(instance, region))),
            None => {
                Err(error::not_found("Microsoft.ApiManagement/service/locations", asked, &instance.group))
            }
        }
    }

    fn status_in(&self, instance: &Instance, region: &str) -> Value {
        let status = if self.is_down(region) { "failure" } else { "success" };
        let fault = if self.is_down(region) { "A connection attempt failed." } else { "" };
        let mark = self.world.seed.letters(&format!("network/{}/{region}", instance.name), 12).to_lowercase();
        let mark = mark.replace(['-', '_'], "x");
        let row = |host: String, kind: &str, optional: &str| {
            let blocked = instance.surroundings.blocked.iter().any(|it| it == kind);
            let (status, fault) =
                if blocked { ("failure", "A connection attempt timed out.") } else { (status, fault) };
            json!({
                "name": host, "status": status, "error": fault,
                "lastUpdated": arm_date(self.now()), "lastStatusChange": arm_date(instance.created),
                "resourceType": kind, "isOptional": optional == "optional",
            })
        };
        json!({
            "dnsServers": ["168.63.129.16"],
            "connectivityStatus": [
                row(format!("apimst{mark}.blob.core.windows.net"), "BlobStorage", "required"),
                row(format!("apimst{mark}.table.core.windows.net"), "TableStorage", "required"),
                row(format!("apimst{mark}.file.core.windows.net"), "FileStorage", "optional"),
                row(format!("apirpsql{mark}.database.windows.net"), "SQLDatabase", "required"),
                row("login.microsoftonline.com".to_owned(), "AzureActiveDirectory", "optional"),
            ],
        })
    }
}
