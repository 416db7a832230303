//! What hangs on a storage account: its blob service and its lifecycle rules.

use serde_json::Value;

use crate::domain::blob_service::BlobService;
use crate::domain::lifecycle::{Deed, Fate, LifecycleRule, Since};
use crate::domain::resource::ResourceId;

use super::arm::{STORAGE, json, odd};
use super::budget::Haste;
use super::error::AzureError;
use super::http::Ask;
use super::{Azure, wire};

/// The refusals that say that the account itself is not there; with any other 404 there is no policy
/// (`ManagementPolicyNotFound` in the tests of Azure's own SDK).
const NO_ACCOUNT: [&str; 3] = ["ResourceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound"];

impl Azure {
    /// The blob service of an account.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn blob_service(&self, account: &ResourceId) -> Result<BlobService, AzureError> {
        let what = format!("blob service of {}", account.name());
        self.part(what, &format!("{account}/blobServices/default"), blob_service).await
    }

    /// The lifecycle rules of an account that are on.
    ///
    /// # Errors
    /// As for any reading; an account without a policy has no rules.
    pub async fn lifecycle(&self, account: &ResourceId) -> Result<Vec<LifecycleRule>, AzureError> {
        let what = format!("lifecycle rules of {}", account.name());
        match self.part(what, &format!("{account}/managementPolicies/default"), lifecycle).await {
            Err(AzureError::Refused(refusal))
                if refusal.status == 404 && !NO_ACCOUNT.iter().any(|code| refusal.has_code(code)) =>
            {
                Ok(Vec::new())
            }
            read => read,
        }
    }

    async fn part<T>(&self, what: String, path: &str, of: fn(&Value) -> Option<T>) -> Result<T, AzureError> {
        let url = self.arm(path, &[("api-version", STORAGE)]);
        let ask = Ask { haste: Haste::Ahead, ..Ask::get(what, url) };
        let reply = self.glance(&ask).await?;
        of(&json(&ask, &reply)?).ok_or_else(|| odd(&ask.what, "the answer describes something else", &reply))
    }
}

/// `None` where nothing is said of CORS at all: that there are no rules must be said.
fn blob_service(json: &Value) -> Option<BlobService> {
    let properties = json.get("properties")?.as_object()?;
    let rules = match properties.get("cors") {
        None | Some(Value::Null) => return None,
        Some(cors) => match cors.get("corsRules") {
            None | Some(Value::Null) => &[][..],
            Some(rules) => rules.as_array()?,
        },
    };
    let deleted = json.pointer("/properties/deleteRetentionPolicy");
    let is_kept = deleted.and_then(|it| it.get("enabled")).and_then(Value::as_bool) == Some(true);
    Some(BlobService {
        cors: rules.iter().map(|rule| wire::texts(rule, "/allowedMethods")).collect(),
        keeps_deleted_for: deleted.filter(|_| is_kept).and_then(|it| days(it.get("days"))),
        versioning: json.pointer("/properties/isVersioningEnabled").and_then(Value::as_bool),
    })
}

/// Rules that are off, and rules for other kinds of blobs, are left out. A rule whose filter cannot be read is for
/// every blob.
fn lifecycle(json: &Value) -> Option<Vec<LifecycleRule>> {
    let rules = json.pointer("/properties/policy/rules")?.as_array()?;
    let is_on = |rule: &&Value| rule.get("enabled").and_then(Value::as_bool) != Some(false);
    let is_for_backups = |rule: &&Value| {
        let kinds = wire::texts(rule, "/definition/filters/blobTypes");
        kinds.is_empty() || kinds.iter().any(|kind| kind.eq_ignore_ascii_case("blockBlob"))
    };
    let rule = |json: &Value| LifecycleRule {
        name: wire::text(json, "/name").unwrap_or_default(),
        prefixes: wire::texts(json, "/definition/filters/prefixMatch"),
        is_for_tagged: json
            .pointer("/definition/filters/blobIndexMatch")
            .and_then(Value::as_array)
            .is_some_and(|tags| !tags.is_empty()),
        deeds: deeds(json),
    };
    Some(rules.iter().filter(is_on).filter(is_for_backups).map(rule).collect())
}

fn deeds(rule: &Value) -> Vec<Deed> {
    let mut found = Vec::new();
    for (action, fate) in [("delete", Fate::Deleted), ("tierToArchive", Fate::Archived)] {
        for (key, since) in [
            ("daysAfterModificationGreaterThan", Since::Modification),
            ("daysAfterCreationGreaterThan", Since::Creation),
            ("daysAfterLastAccessTimeGreaterThan", Since::Access),
        ] {
            let value = rule.pointer(&format!("/definition/actions/baseBlob/{action}/{key}"));
            found.extend(days(value).map(|days| Deed { fate, days, since }));
        }
    }
    found
}

/// Whole days; the specification has them as a floating-point number.
fn days(value: Option<&Value>) -> Option<u32> {
    let days = value?.as_f64().filter(|days| (0.0..=f64::from(u32::MAX)).contains(days))?;
    Some(days as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_blob_service_with_and_without_rules() {
        let bare = blob_service(&json!({ "properties": { "cors": { "corsRules": [] },
            "deleteRetentionPolicy": { "allowPermanentDelete": false, "enabled": false } } }));
        assert_eq!(bare, Some(BlobService::default()), "as recorded");
        let full = blob_service(&json!({ "properties": {
            "cors": { "corsRules": [{ "allowedMethods": ["GET", "patch"], "allowedOrigins": ["*"] }, {}] },
            "deleteRetentionPolicy": { "enabled": true, "days": 7 }, "isVersioningEnabled": true } }))
        .unwrap();
        assert!(full.allows_patch() && full.cors.len() == 2);
        assert_eq!((full.keeps_deleted_for, full.versioning), (Some(7), Some(true)));
        for odd in [
            json!({}),
            json!({ "properties": null }),
            json!({ "properties": {} }),
            json!({ "properties": { "cors": { "corsRules": "none" } } }),
        ] {
            assert_eq!(blob_service(&odd), None, "{odd}");
        }
    }

    #[test]
    fn lifecycle_rules_that_are_on_and_concern_backups() {
        let rule = |name: &str, enabled: Value, filters: Value, base: Value| {
            json!({ "name": name, "enabled": enabled, "type": "Lifecycle",
                "definition": { "filters": filters, "actions": { "baseBlob": base } } })
        };
        let delete = json!({ "delete": { "daysAfterModificationGreaterThan": 20.0 } });
        let both = json!({ "delete": { "daysAfterCreationGreaterThan": 60 },
            "tierToArchive": { "daysAfterLastAccessTimeGreaterThan": 10, "daysAfterLastTierChangeGreaterThan": 7 },
            "tierToCool": { "daysAfterModificationGreaterThan": 1 } });
        let read = lifecycle(&json!({ "properties": { "policy": { "rules": [
            rule("off", json!(false), json!({}), delete.clone()),
            rule("pages", json!(true), json!({ "blobTypes": ["pageBlob"] }), delete.clone()),
            rule("tidy", json!(true), json!({ "blobTypes": ["blockBlob"], "prefixMatch": ["apim/"] }), delete),
            rule("tags", Value::Null, json!({ "blobIndexMatch": [{ "name": "a" }] }), both),
        ] } } }))
        .unwrap();
        let (tidy, tags) = (&read[0], &read[1]);
        assert_eq!(read.len(), 2);
        assert_eq!((tidy.prefixes.as_slice(), tidy.is_for_tagged), (&["apim/".to_owned()][..], false));
        let deed = |fate, days, since| Deed { fate, days, since };
        assert_eq!(tidy.deeds, [deed(Fate::Deleted, 20, Since::Modification)]);
        assert!(tags.is_for_tagged);
        assert_eq!(
            tags.deeds,
            [deed(Fate::Deleted, 60, Since::Creation), deed(Fate::Archived, 10, Since::Access)]
        );
        for odd in [json!({}), json!({ "properties": { "policy": { "rules": {} } } })] {
            assert_eq!(lifecycle(&odd), None, "{odd}");
        }
        assert_eq!(days(Some(&json!(-1))), None);
    }
}
