//! What Resource Graph remembers of the changes of an instance: fourteen days.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::domain::resource::ResourceId;
use crate::domain::sku::Tier;
use crate::domain::tier_change::TierChange;

use super::arm::{self, odd};
use super::budget::Haste;
use super::error::AzureError;
use super::graph::API_VERSION;
use super::http::Ask;
use super::{Azure, wire};

/// Beside the changes of the tier those are told that made or deleted the instance: what it was before is not known.
const QUERY: &str = "resourcechanges
| extend target = tostring(properties.targetResourceId), kind = tostring(properties.changeType),
         at = tostring(properties.changeAttributes.timestamp), ch = properties.changes
| where target =~ 'TARGET'
| extend skuFrom = tostring(ch['sku.name'].previousValue), skuTo = tostring(ch['sku.name'].newValue)
| where kind != 'Update' or isnotempty(skuTo)
| project id, at, kind, skuFrom
| order by at desc";

impl Azure {
    /// How the tier of an instance was changed within the last fourteen days.
    ///
    /// # Errors
    /// As for any reading.
    pub async fn tier_changes(&self, id: &ResourceId) -> Result<Vec<TierChange>, AzureError> {
        let url = self.arm("/providers/Microsoft.ResourceGraph/resources", &[("api-version", API_VERSION)]);
        let options = json!({ "$top": 1000, "resultFormat": "objectArray" });
        let body = json!({
            "subscriptions": [id.subscription().as_str()], "query": query(id), "options": options,
        });
        let what = format!("changes of {} in Resource Graph", id.name());
        let ask = Ask { haste: Haste::Ahead, ..Ask::post(what, url, body.to_string().into()) };
        let reply = self.0.wire.read(&ask, self.bearer()).await?;
        let answer = arm::json(&ask, &reply)?;
        let Some(rows) = answer.get("data").and_then(Value::as_array) else {
            return Err(odd(&ask.what, "the answer holds no rows", &reply));
        };
        Ok(rows.iter().filter_map(of).collect())
    }
}

/// The id stands in a literal of Kusto: whatever could end it is written as its number.
fn query(id: &ResourceId) -> String {
    let mut literal = String::new();
    for letter in id.as_str().chars() {
        match letter {
            '\'' | '\\' | '\n' | '\r' => {
                let _ = write!(literal, "\\u{:04x}", u32::from(letter));
            }
            _ => literal.push(letter),
        }
    }
    QUERY.replace("TARGET", &literal)
}

fn of(row: &Value) -> Option<TierChange> {
    let is_update = wire::text(row, "/kind").is_none_or(|kind| kind.eq_ignore_ascii_case("Update"));
    let from = wire::text(row, "/skuFrom").filter(|tier| is_update && !tier.is_empty());
    Some(TierChange { at: wire::time(row, "/at")?, from: from.map(Tier::from) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_tells_what_was_before_it_and_a_birth_does_not() {
        let at = "2026-11-22T12:00:00.1234567Z";
        let change =
            |kind: &str, from: &str| of(&json!({ "at": at, "kind": kind, "skuFrom": from })).unwrap();
        assert_eq!(change("Update", "Standard").from, Some(Tier::Standard));
        assert_eq!(change("Create", "Standard").from, None);
        assert_eq!(change("Update", "").from, None);
        assert_eq!(of(&json!({ "kind": "Update", "skuFrom": "Basic" })), None);
    }

    #[test]
    fn an_id_cannot_leave_its_literal() {
        let id = "/subscriptions/s/resourceGroups/o'b/providers/Microsoft.ApiManagement/service/a";
        let query = query(&id.parse().unwrap());
        assert!(
            query.contains("where target =~ '/subscriptions/s/resourceGroups/o\\u0027b/providers/"),
            "{query}"
        );
    }
}
