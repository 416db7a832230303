//! The address at which an operation is asked about, kept out of everything but the journal.
//!
//! Resource Manager signs it (`t`, `c`, `s`, `h`), and whoever knows it has half of what is needed to read the
//! operation's status; the other half is a token. It is no secret by itself, and the journal must hold it, because
//! nothing else leads back to the operation after a restart: the file is for its owner only. To every screen, answer, log
//! and `Debug` its host is all there is.

use std::fmt;

use super::{Acceptation, Operation, Poll};

/// The host of an address, with its port when it names one.
pub fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A user name would be half of a password.
    authority.rsplit('@').next()
}

/// An address that shows its host only.
pub struct Shown<'a>(pub &'a str);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/…", host(self.0).unwrap_or("?"))
    }
}

impl fmt::Debug for Acceptation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptation")
            .field("operation_url", &Shown(&self.operation_url))
            .field("style", &self.style)
            .field("retry_after", &self.retry_after)
            .field("request_id", &self.request_id)
            .field("correlation_id", &self.correlation_id)
            .finish()
    }
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poll")
            .field("http_status", &self.http_status)
            .field("status", &self.status)
            .field("operation_url", &self.operation_url.as_deref().map(Shown))
            .field("next_in", &self.next_in)
            .field("problem", &self.problem)
            .field("correlation_id", &self.correlation_id)
            .finish()
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("intent", &self.intent)
            .field("phase", &self.phase)
            .field("planned_at", &self.planned_at)
            .field("submitted_at", &self.submitted_at)
            .field("accepted_at", &self.accepted_at)
            .field("ended_at", &self.ended_at)
            .field("operation_url", &self.operation_url.as_deref().map(Shown))
            .field("style", &self.style)
            .field("next_in", &self.next_in)
            .field("polls", &self.polls)
            .field("last_http_status", &self.last_http_status)
            .field("last_status", &self.last_status)
            .field("last_polled_at", &self.last_polled_at)
            .field("request_id", &self.request_id)
            .field("correlation_id", &self.correlation_id)
            .field("problem", &self.problem)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_host_is_shown() {
        let table = [
            ("https://m.example/a?t=1&s=canary", Some("m.example")),
            ("http://127.0.0.1:80?s=canary", Some("127.0.0.1:80")),
            ("https://canary@m/", Some("m")),
            ("canary", None),
        ];
        for (url, shown) in table {
            assert_eq!(host(url), shown);
            assert!(!format!("{:?}", Shown(url)).contains("canary"));
        }
        let operation_url = "https://m.example/a?t=1&s=canary".to_owned();
        let poll = Poll { operation_url: Some(operation_url.clone()), ..Poll::default() };
        let accepted = Acceptation { operation_url, ..Acceptation::default() };
        let shown = format!("{accepted:?} {poll:#?}");
        assert!(!shown.contains("canary") && shown.matches("m.example/…").count() == 2, "{shown}");
    }
}
