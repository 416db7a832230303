//! When a reading is tried again, and when an answer asks for patience. Pure: chance and time are arguments.
//!
//! Only readings come here. The request that starts something is sent once.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::HeaderMap;

/// Tries in all, the first included.
const TRIES: u32 = 4;
/// The first pause; each further one doubles.
const FIRST: Duration = Duration::from_millis(500);
/// Whoever asks for more patience than this gets the error instead of a screen that stands still.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What went wrong with a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection, a timeout, an answer that broke off.
    Network,
    /// An answer with this status, and the seconds that it asks to wait.
    Status(u16, Option<u64>),
}

/// How long to wait before the next try; `None` when there is to be none.
///
/// `tried` counts the tries so far. `jitter` is a random byte: it stretches the pause by up to a quarter, so that
/// many readings that failed together do not return together.
pub(crate) fn pause(tried: u32, fault: Fault, jitter: u8) -> Option<Duration> {
    let asked = match fault {
        Fault::Network => None,
        Fault::Status(408 | 429 | 500 | 502 | 503 | 504, asked) => asked.map(Duration::from_secs),
        Fault::Status(..) => return None,
    };
    if tried >= TRIES || asked.is_some_and(|asked| asked > PATIENCE) {
        return None;
    }
    let own = FIRST * 2_u32.pow(tried.saturating_sub(1));
    let own = own + own * u32::from(jitter) / 1024;
    Some(asked.map_or(own, |asked| asked.max(own)))
}

/// The seconds that an answer asks to wait, rounded up: `Retry-After` as seconds or as a date, or one of Azure's
/// headers in milliseconds. The longest counts when there are several; what cannot be read does not.
///
/// A date is taken relative to the answer's own `Date` where there is one, so that a wrong clock here does no harm.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<u64> {
    let texts = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(str::trim);
    let now = texts("date").find_map(http_date).unwrap_or(now);
    let seconds = texts("retry-after").filter_map(|text| match text.parse::<u64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => http_date(text).map(|at| u64::try_from(at.duration_since(now).as_secs()).unwrap_or(0)),
    });
    let milliseconds = ["x-ms-retry-after-ms", "retry-after-ms"].into_iter().flat_map(texts);
    seconds.chain(milliseconds.filter_map(|text| text.parse::<u64>().ok()).map(|ms| ms.div_ceil(1000))).max()
}

/// A date as HTTP writes it, such as `Wed, 19 Jun 2024 11:02:41 GMT`. A wrong weekday does no harm.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

    #[test]
    fn what_may_pass_by_itself_is_tried_again_and_nothing_else() {
        let ms = |n| Some(Duration::from_millis(n));
        let table = [
            (1, Fault::Network, ms(500)),
            (2, Fault::Network, ms(1_000)),
            (3, Fault::Network, ms(2_000)),
            (4, Fault::Network, None),
            (1, Fault::Status(503, None), ms(500)),
            (1, Fault::Status(408, None), ms(500)),
            (1, Fault::Status(429, Some(7)), ms(7_000)),
            (1, Fault::Status(429, Some(0)), ms(500)),
            (1, Fault::Status(429, Some(31)), None),
            (1, Fault::Status(429, Some(u64::MAX)), None),
            (1, Fault::Status(400, None), None),
            (1, Fault::Status(401, None), None),
            (1, Fault::Status(403, Some(1)), None),
            (1, Fault::Status(404, None), None),
            (1, Fault::Status(409, None), None),
            (1, Fault::Status(501, None), None),
        ];
        for (tried, fault, expected) in table {
            assert_eq!(pause(tried, fault, 0), expected, "{tried} {fault:?}");
        }
        assert!(pause(1, Fault::Network, 255) > pause(1, Fault::Network, 0));
    }

    fn asked(pairs: &[(&'static str, &str)]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        retry_after(&headers, "2026-11-23T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn patience_in_every_spelling() {
        type Headers = &'static [(&'static str, &'static str)];
        let table: [(Headers, Option<u64>); 14] = [
            (&[], None),
            (&[("retry-after", "60")], Some(60)),
            (&[("retry-after", " 20 ")], Some(20)),
            (&[("retry-after", "1000000000")], Some(1_000_000_000)),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "-5")], None),
            (&[("retry-after", "1e9")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "Mon, 23 Nov 2026 12:01:30 GMT")], Some(90)),
            (&[("retry-after", "Mon, 23 Nov 2026 11:00:00 GMT")], Some(0)),
            (
                &[
                    ("retry-after", "Fri, 23 Nov 2026 12:01:30 GMT"),
                    ("date", "Mon, 23 Nov 2026 12:01:00 GMT"),
                ],
                Some(30),
            ),
            (&[("x-ms-retry-after-ms", "1500")], Some(2)),
            (&[("retry-after", "5"), ("retry-after", "9"), ("retry-after", "x")], Some(9)),
            (&[("retry-after", "5"), ("retry-after-ms", "100")], Some(5)),
        ];
        for (headers, expected) in table {
            assert_eq!(asked(headers), expected, "{headers:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_can_stop_it_or_make_it_hot(text in "[ -~]{0,40}", tried in 1_u32..9, jitter: u8) {
            let patience = asked(&[("retry-after", &text)]);
            if let Some(pause) = pause(tried, Fault::Status(429, patience), jitter) {
                prop_assert!(pause >= FIRST && pause <= PATIENCE);
            }
        }
    }
}
