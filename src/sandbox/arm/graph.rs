//! Resource Graph: one POST that answers a query over everything the caller may read.
//!
//! A subscription that the caller may not read is missing without a word; that is how the real one is, and why an
//! inventory must not take silence for emptiness.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Value, json};

use super::kql::{self, Row, Table};
use super::subscriptions;
use super::world::Subscription;
use super::world::instance::{FormerTier, Instance};
use super::{Reply, Visit, error};

const LARGEST_PAGE: usize = 1000;
const USUAL_PAGE: usize = 100;

#[derive(Debug, Deserialize)]
struct Question {
    subscriptions: Option<Vec<String>>,
    query: String,
    #[serde(default)]
    options: Options,
}

#[derive(Debug, Default, Deserialize)]
struct Options {
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skip")]
    skip: Option<usize>,
    #[serde(rename = "$skipToken")]
    skip_token: Option<String>,
    #[serde(rename = "resultFormat")]
    result_format: Option<String>,
}

impl Visit<'_> {
    pub(super) fn resource_graph(&self) -> Result<Reply, Reply> {
        let (rest, resets) = self.cloud.meters().query(self.now());
        let quota = |reply: Reply, left: u32| {
            reply
                .with("x-ms-user-quota-remaining", left.to_string())
                .with("x-ms-user-quota-resets-after", format!("00:00:{resets:02}"))
        };
        let Ok(left) = rest else {
            let message = "Client application has been throttled and should not attempt to repeat the request until \
                           an amount of time has elapsed.";
            let refusal =
                error::refusal(429, "RateLimiting", message).with("retry-after", resets.to_string());
            return Err(quota(refusal, 0));
        };
        let question: Question = serde_json::from_slice(&self.call.body)
            .map_err(|fault| self.bad_query(&[("InvalidRequestBody", &fault.to_string())]))?;
        let source = |table| self.rows(table, question.subscriptions.as_deref());
        // Further pages come out of the answer that gave the first: to answer anew for each would make a large fleet cost
        // the square of its size.
        let key = self.world.seed.draw(&format!("{:?}/{}", question.subscriptions, question.query));
        let goes_on = question.options.skip_token.is_some();
        let rows = match self.cloud.half_read().remove(&key).filter(|_| goes_on) {
            Some(rows) => rows,
            None => kql::answer(&question.query, &source).map_err(|fault| {
                self.bad_query(&[("InvalidQuery", "Query is invalid."), ("ParserFailure", &fault)])
            })?,
        };
        let page = self.graph_page(&question, &rows)?;
        if page.get("$skipToken").is_some() {
            self.cloud.half_read().insert(key, rows);
        }
        Ok(quota(Reply::json(200, &page), left))
    }

    fn graph_page(&self, question: &Question, rows: &[Row]) -> Result<Value, Reply> {
        let options = &question.options;
        let mark = self.world.seed.draw(&question.query);
        let start = match &options.skip_token {
            None => options.skip.unwrap_or(0),
            Some(token) => resumed(token, mark).ok_or_else(|| {
                self.bad_query(&[("InvalidSkipToken", "The skip token does not belong to this query.")])
            })?,
        };
        let top = options.top.unwrap_or(USUAL_PAGE).min(LARGEST_PAGE);
        let total = rows.len();
        // Without `id` in the result there is nothing to continue from.
        let has_id = rows.first().is_none_or(|row| row.contains_key("id"));
        let page: Vec<Row> = rows.iter().skip(start).take(top).cloned().collect();
        let (count, next) = (page.len(), start + page.len());
        let is_truncated = next < total && !has_id;
        let is_table =
            options.result_format.as_deref().is_some_and(|format| format.eq_ignore_ascii_case("table"));
        let mut body = json!({
            "totalRecords": total,
            "count": count,
            "data": if is_table { table(&page) } else { json!(page) },
            "facets": [],
            // Words, not booleans.
            "resultTruncated": if is_truncated { "true" } else { "false" },
        });
        if next < total && has_id {
            body["$skipToken"] =
                json!(BASE64.encode(json!({ "RowsToSkip": next, "Query": mark }).to_string()));
        }
        Ok(body)
    }

    /// The readable rows of a table in the subscriptions asked for.
    fn rows(&self, table: Table, wanted: Option<&[String]>) -> Vec<Row> {
        let in_scope =
            |id: &str| wanted.is_none_or(|wanted| wanted.iter().any(|one| one.eq_ignore_ascii_case(id)));
        let readable =
            |id: &str, action: &str| in_scope(id) && self.may(action, &format!("/subscriptions/{id}"));
        match table {
            Table::Resources => {
                let instances = self
                    .world
                    .instances
                    .values()
                    .filter(|row| readable(&row.subscription, "Microsoft.ApiManagement/service/read"))
                    .map(|row| {
                        self.resource(self.shown_to_graph(row), &row.subscription, (&row.group, &row.region))
                    });
                let accounts = self
                    .world
                    .accounts
                    .values()
                    .filter(|row| readable(&row.subscription, "Microsoft.Storage/storageAccounts/read"))
                    .map(|row| {
                        self.resource(self.account_body(row), &row.subscription, (&row.group, &row.region))
                    });
                instances.chain(accounts).collect()
            }
            Table::Changes => self
                .world
                .instances
                .values()
                .filter(|row| readable(&row.subscription, "Microsoft.ApiManagement/service/read"))
                .flat_map(|row| row.former_tiers.iter().map(|former| self.change(row, former)))
                .collect(),
            Table::Containers => self
                .world
                .subscriptions
                .iter()
                .filter(|row| readable(&row.id, "Microsoft.Resources/subscriptions/read"))
                .filter_map(|row| self.container(row))
                .collect(),
        }
    }

    fn container(&self, subscription: &Subscription) -> Option<Row> {
        let tenant = &self.world.tenant.id;
        let body = subscriptions::body(subscription, tenant);
        let row = json!({
            "id": body["id"], "name": subscription.name, "type": "microsoft.resources/subscriptions",
            "subscriptionId": subscription.id, "tenantId": tenant, "location": "", "resourceGroup": "",
            "properties": body, "tags": {},
        });
        row.as_object().cloned()
    }

    /// How a tier came to be another one, as it is kept for fourteen days.
    fn change(&self, instance: &Instance, former: &FormerTier) -> Row {
        let guid = |what: &str| self.world.seed.guid(&format!("{what}/{}/{}", instance.name, former.until));
        let (id, now) = (guid("change"), &instance.tier);
        let row = json!({
            "id": format!("{}/providers/Microsoft.Resources/changes/{id}", instance.id),
            "name": id, "type": "microsoft.resources/changes", "tenantId": self.world.tenant.id,
            "subscriptionId": instance.subscription, "resourceGroup": instance.group.to_ascii_lowercase(),
            "properties": {
                "targetResourceId": instance.id,
                "targetResourceType": "microsoft.apimanagement/service",
                "changeType": "Update",
                "changes": { "sku.name": {
                    "previousValue": former.tier, "newValue": now, "isTruncated": "false",
                    "propertyChangeType": "Update", "changeCategory": "User",
                } },
                "changeAttributes": {
                    "changesCount": 1, "correlationId": guid("change-correlation"),
                    "timestamp": former.until.to_string(),
                    "previousResourceSnapshotId": guid("before"), "newResourceSnapshotId": guid("after"),
                },
            },
        });
        row.as_object().cloned().unwrap_or_default()
    }

    /// Resource Graph's own rendering: types, groups and regions in lower case, and some columns more.
    fn resource(&self, mut body: Value, subscription: &str, (group, region): (&str, &str)) -> Row {
        let kind = body["type"].as_str().unwrap_or_default().to_ascii_lowercase();
        body["type"] = json!(kind);
        body["location"] = json!(region);
        body["resourceGroup"] = json!(group.to_ascii_lowercase());
        body["subscriptionId"] = json!(subscription);
        body["tenantId"] = json!(self.world.tenant.id);
        for (name, value) in
            [("managedBy", json!("")), ("plan", Value::Null), ("extendedLocation", Value::Null)]
        {
            body[name] = value;
        }
        match body {
            Value::Object(row) => row,
            _ => Row::new(),
        }
    }

    fn bad_query(&self, details: &[(&str, &str)]) -> Reply {
        let id = self.world.seed.guid(&format!("query/{}", self.now()));
        let message = format!(
            "Please provide below info when asking for support: timestamp = {}, correlationId = {id}.",
            super::clock::arm_date(self.now())
        );
        let details: Vec<Value> =
            details.iter().map(|(code, message)| json!({ "code": code, "message": message })).collect();
        Reply::json(
            400,
            &json!({ "error": { "code": "BadRequest", "message": message, "details": details } }),
        )
    }
}

/// Where a skip token continues, if it belongs to the query.
fn resumed(token: &str, mark: u64) -> Option<usize> {
    let inside: Value = serde_json::from_slice(&BASE64.decode(token).ok()?).ok()?;
    (inside["Query"].as_u64()? == mark).then_some(())?;
    usize::try_from(inside["RowsToSkip"].as_u64()?).ok()
}

/// The older form: columns once, then rows.
fn table(rows: &[Row]) -> Value {
    let names: Vec<&String> = rows.first().map(|row| row.keys().collect()).unwrap_or_default();
    let kind = |name: &str| match rows.first().and_then(|row| row.get(name)) {
        Some(Value::Number(_)) => "integer",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Object(_) | Value::Array(_)) => "object",
        Some(Value::String(_) | Value::Null) | None => "string",
    };
    let columns: Vec<Value> = names.iter().map(|name| json!({ "name": name, "type": kind(name) })).collect();
    let cells: Vec<Value> = rows
        .iter()
        .map(|row| names.iter().map(|name| row.get(*name).cloned().unwrap_or(Value::Null)).collect())
        .collect();
    json!({ "columns": columns, "rows": cells })
}
