//! What was asked of the sandbox, for tests and for the curious: `GET /_sandbox/requests`.
//!
//! Nothing else under `/_sandbox` exists in Azure, and nothing there changes anything. No header and no body is
//! kept, so no token and no key can be read back.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::exchange::Call;

/// Older entries give way to newer ones beyond this.
const KEPT: usize = 50_000;

/// The requests seen, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Logbook {
    entries: VecDeque<Entry>,
    seen: u64,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    call: Value,
    is_transfer: bool,
    status: Option<u16>,
    fault: Option<&'static str>,
}

impl Logbook {
    /// Notes a request as it arrives and returns its number.
    pub(crate) fn arrived(&mut self, call: &Call) -> u64 {
        self.seen += 1;
        self.entries.push_back(Entry {
            number: self.seen,
            call: json!({
                "method": call.method.as_str(),
                "path": call.path,
                "query": call.raw_query,
                "clientRequestId": call.header("x-ms-client-request-id"),
                "at": call.at.to_string(),
            }),
            is_transfer: call.is_transfer(),
            status: None,
            fault: None,
        });
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
        self.seen
    }

    /// Notes the fault that a request meets, before it is known what becomes of it.
    pub(crate) fn hit(&mut self, number: u64, fault: &'static str) {
        if let Some(entry) = self.entry(number) {
            entry.fault = Some(fault);
        }
    }

    /// Notes the status sent; there is none when the connection was cut or left silent.
    pub(crate) fn answered(&mut self, number: u64, status: u16) {
        if let Some(entry) = self.entry(number) {
            entry.status = Some(status);
        }
    }

    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        self.entries.iter_mut().rev().find(|entry| entry.number == number)
    }

    /// Everything kept, oldest first.
    pub(crate) fn requests(&self) -> Value {
        self.listing(|_| true)
    }

    /// Only the POSTs that ask for a backup or a restore.
    pub(crate) fn posts(&self) -> Value {
        self.listing(|entry| entry.is_transfer)
    }

    fn listing(&self, wanted: impl Fn(&Entry) -> bool) -> Value {
        let requests: Vec<Value> =
            self.entries.iter().filter(|entry| wanted(entry)).map(Entry::json).collect();
        json!({ "seen": self.seen, "count": requests.len(), "requests": requests })
    }
}

impl Entry {
    fn json(&self) -> Value {
        let mut entry = self.call.clone();
        entry["number"] = json!(self.number);
        entry["status"] = json!(self.status);
        entry["fault"] = json!(self.fault);
        entry
    }
}
