//! What can go wrong with a single answer, drawn from a seed.

use std::time::Duration;

use serde_json::{Value, json};

use super::cloud::Truth;
use crate::azure::simulation::Reach;
use crate::trials::Chance;

/// An answer as it comes back, or does not.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Http(u16, Vec<(String, String)>, String),
    /// A page of something in between, which carries none of Azure's ids.
    Page(u16),
    Lost(Reach),
    Silence,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::Http(status, Vec::new(), body.to_string())
    }

    /// Storage knows no such blob.
    pub(super) fn absent() -> Self {
        Self::Http(404, vec![("x-ms-error-code".to_owned(), "BlobNotFound".to_owned())], String::new())
    }

    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"error": {"code": code, "message": message}}))
    }
}

/// One answer of an operation's address that says nothing about the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    Status(u16),
    Throttled(u64),
    Reset,
    NoName,
    NoTls,
    Silence,
    SignInPage,
    Empty,
    Cut,
    StillBusy,
    Created,
    GatewayError,
    Redirect,
}

impl Fault {
    pub(super) const ALL: [Self; 22] = [
        Self::Status(401),
        Self::Status(403),
        Self::Status(404),
        Self::Status(408),
        Self::Status(409),
        Self::Status(410),
        Self::Status(500),
        Self::Status(502),
        Self::Status(503),
        Self::Status(504),
        Self::Throttled(17),
        Self::Reset,
        Self::NoName,
        Self::NoTls,
        Self::Silence,
        Self::SignInPage,
        Self::Empty,
        Self::Cut,
        Self::StillBusy,
        Self::Created,
        Self::GatewayError,
        Self::Redirect,
    ];

    /// The answer, and how long it binds the next poll.
    pub(super) fn answer(self, target: &str) -> (Answer, Option<Duration>) {
        let busy = json!({"id": target, "properties": {"provisioningState": "Activating"}});
        let plain = |status: u16, body: &str| Answer::Http(status, Vec::new(), body.to_owned());
        let answer = match self {
            Self::Status(status) => Answer::error(status, "Trouble", "something is the matter"),
            Self::Throttled(seconds) => {
                let headers = vec![("retry-after".to_owned(), seconds.to_string())];
                return (Answer::Http(429, headers, String::new()), Some(Duration::from_secs(seconds)));
            }
            Self::Reset => Answer::Lost(Reach::MaybeSent),
            Self::NoName | Self::NoTls => Answer::Lost(Reach::NothingSent),
            Self::Silence => Answer::Silence,
            Self::SignInPage => Answer::Page(200),
            Self::Empty => plain(200, ""),
            Self::Cut => plain(200, "{\"id\":\"/subscr"),
            Self::StillBusy => Answer::json(200, &busy),
            Self::Created => Answer::json(201, &busy),
            Self::GatewayError => {
                let headers = vec![("x-ms-failure-cause".to_owned(), "gateway".to_owned())];
                let body = json!({"error": {"code": "ResourceNotFound", "message": "not found"}});
                Answer::Http(404, headers, body.to_string())
            }
            Self::Redirect => {
                Answer::Http(307, vec![("location".into(), "https://evil.example/".into())], String::new())
            }
        };
        (answer, None)
    }
}

/// How bad a world is.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    chance: Chance,
    /// Of a hundred polls, how many meet a fault, until when.
    polls: (u64, Duration),
    /// Of a hundred other readings, how many fail.
    readings: u64,
    /// Of a hundred addresses and times that are named, how many are odd.
    oddities: u64,
    /// The one fault of polls, where it is not drawn.
    only: Option<Fault>,
    serial: u64,
}

impl Faults {
    /// A good world.
    pub(super) fn none() -> Self {
        Self::new(0, (0, Duration::ZERO), 0, 0)
    }

    pub(super) fn new(seed: u64, polls: (u64, Duration), readings: u64, oddities: u64) -> Self {
        Self { chance: Chance::new(seed), polls, readings, oddities, only: None, serial: 0 }
    }

    /// Every poll of an operation is answered so.
    pub(super) fn always(status: u16) -> Self {
        Self { only: Some(Fault::Status(status)), ..Self::new(0, (100, Duration::MAX), 0, 0) }
    }

    fn strikes(&mut self, percent: u64) -> bool {
        percent > 0 && self.chance.below(100) < percent
    }

    pub(super) fn latency(&mut self) -> Duration {
        Duration::from_millis(self.chance.between(20, 400))
    }

    pub(super) fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn of_poll(&mut self, now: Duration) -> Option<Fault> {
        if now >= self.polls.1 || !self.strikes(self.polls.0) {
            return None;
        }
        self.only.or_else(|| Some(*self.chance.pick(&Fault::ALL)))
    }

    pub(super) fn of_reading(&mut self) -> Option<Answer> {
        if !self.strikes(self.readings) {
            return None;
        }
        let kinds = [
            Answer::error(500, "InternalServerError", "boom"),
            Answer::error(403, "AuthorizationFailed", "no"),
            Answer::Lost(Reach::MaybeSent),
            Answer::Page(200),
        ];
        Some(self.chance.pick(&kinds).clone())
    }

    /// What the header says: what it should, or something odd.
    pub(super) fn retry_after(&mut self, honest: Option<u64>) -> Option<String> {
        if !self.strikes(self.oddities) {
            return honest.map(|seconds| seconds.to_string());
        }
        let odd = [
            None,
            Some("soon"),
            Some("-1"),
            Some("NaN"),
            Some("1e9"),
            Some("1000000000"),
            Some("0"),
            Some("17"),
        ];
        self.chance.pick(&odd).map(str::to_owned)
    }

    pub(super) fn location(&mut self, honest: &str) -> String {
        if !self.strikes(self.oddities) {
            return format!("{}{honest}", super::cloud::ROOT);
        }
        let odd = [
            format!("{}{honest}", super::cloud::ROOT).replace("/operationresults", "//operationResults"),
            honest.to_owned(),
            "https://evil.example/operationresults/eDox".to_owned(),
            "https://management.azure.com@evil.example/operationresults/eDox".to_owned(),
            "http://management.azure.com/operationresults/eDox".to_owned(),
            String::new(),
        ];
        self.chance.pick(&odd).clone()
    }

    /// How the address tells the end: one of the forms on record.
    pub(super) fn end(&mut self, truth: Truth, instance: &Value) -> Answer {
        let is_monitor = self.chance.one_in(3);
        let words = json!({"code": "RestoreFailed", "message": "Cannot restore: backup expired"});
        match truth {
            Truth::Fails(_) if is_monitor => Answer::json(200, &json!({"status": "Failed", "error": words})),
            Truth::Fails(_) => Answer::json(400, &json!({"error": words})),
            _ if is_monitor => Answer::json(200, &json!({"status": "Succeeded"})),
            _ => Answer::json(200, instance),
        }
    }
}
