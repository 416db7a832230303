//! A request as people read and copy it. The account key is no part of it.

use crate::domain::plan::{Request, RequestBody};
use crate::domain::visible;

/// Method, address and body.
pub fn written_out(request: &Request) -> String {
    format!("{} {}\n{}", request.method, request.url, body(&request.body))
}

/// The body of a request as JSON. The account key is no part of it.
pub fn body(body: &RequestBody) -> String {
    let mut fields = vec![
        ("storageAccount", body.storage_account.as_str()),
        ("containerName", body.container_name.as_str()),
        ("backupName", body.backup_name.as_str()),
        ("accessType", body.access_type),
    ];
    fields.extend(body.client_id.as_deref().map(|id| ("clientId", id)));
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("  \"{name}\": {}", quoted(value))).collect();
    format!("{{\n{}\n}}", fields.join(",\n"))
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", visible::json(&text))
}
