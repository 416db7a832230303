//! Management locks.

use serde_json::Value;

use crate::domain::lock::{Lock, Locks};
use crate::domain::resource::ResourceId;

use super::budget::Haste;
use super::error::AzureError;
use super::{Azure, wire};

const API_VERSION: &str = "2020-05-01";

impl Azure {
    /// The locks that hold on a resource: its own, its group's and its subscription's.
    ///
    /// The list of a subscription names all that are below it. Who may not read that gets the list of the group, and it
    /// is said that the subscription was not seen.
    ///
    /// # Errors
    /// As for any reading; none of the lists may be read.
    pub async fn locks(&self, id: &ResourceId) -> Result<Locks, AzureError> {
        let subscription = format!("/subscriptions/{}", id.subscription());
        let refusal = match self.locks_below(&subscription, id).await {
            Ok(standing) => return Ok(Locks { standing, unseen: None }),
            Err(error) => error,
        };
        let group = format!("{subscription}/resourceGroups/{}", id.resource_group());
        match self.locks_below(&group, id).await {
            Ok(standing) => {
                let unseen =
                    Some(format!("the locks of the subscription were not: {}", refusal.unreadable()));
                Ok(Locks { standing, unseen })
            }
            Err(_) => Err(refusal),
        }
    }

    async fn locks_below(&self, scope: &str, id: &ResourceId) -> Result<Vec<Lock>, AzureError> {
        let path = format!("{scope}/providers/Microsoft.Authorization/locks");
        let url = self.arm(&path, &[("api-version", API_VERSION)]);
        let mut found = Vec::new();
        self.pages(&format!("locks on {}", id.name()), url, Haste::Ahead, |entries| {
            found.extend(entries.iter().filter_map(of).filter(|it| id.is_within(&it.scope)));
        })
        .await?;
        Ok(found)
    }
}

/// The scope is what stands before the extension in the id of the lock.
fn of(json: &Value) -> Option<Lock> {
    let id = wire::text(json, "/id")?;
    let at = id.to_ascii_lowercase().rfind("/providers/microsoft.authorization/locks/")?;
    Some(Lock {
        name: wire::text(json, "/name")
            .unwrap_or_else(|| id[at..].rsplit('/').next().unwrap_or_default().to_owned()),
        level: wire::text(json, "/properties/level").unwrap_or_default(),
        scope: id[..at].to_owned(),
        notes: wire::text(json, "/properties/notes").filter(|notes| !notes.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_lock_tells_where_it_was_put() {
        let lock = of(&json!({
            "id": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-dr/providers/\
                   Microsoft.Authorization/locks/frozen",
            "name": "frozen", "type": "Microsoft.Authorization/locks",
            "properties": { "level": "ReadOnly", "notes": "until the audit is over" },
        }))
        .unwrap();
        assert!(lock.is_read_only() && lock.scope.ends_with("/service/apim-dr"), "{lock:?}");
        let bare =
            of(&json!({ "id": "/subscriptions/s/providers/Microsoft.Authorization/locks/keep" })).unwrap();
        assert_eq!((bare.name.as_str(), bare.scope.as_str(), bare.notes), ("keep", "/subscriptions/s", None));
        for odd in [json!({}), json!({ "id": 7 }), json!({ "id": "/subscriptions/s" }), json!([])] {
            assert_eq!(of(&odd), None, "{odd}");
        }
    }
}
