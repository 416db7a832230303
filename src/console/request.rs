//! A request as people read and copy it. The account key is no part of it.

use crate::domain::plan::{Request, RequestBody};

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
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
