//! Where a token may go. Every absolute address that an answer names must have the origin that was pinned before:
//! the others are not followed, and nothing is sent to them.

use url::Url;

/// Longer addresses are refused. Recorded ones have 3 331 characters, and ARM asks clients to take 4 kB at least.
const LONGEST: usize = 32 * 1024;

/// Why an address is not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stray {
    /// It leads elsewhere.
    #[error("the address leads to {found} instead of {pinned}")]
    Elsewhere {
        /// Scheme, host and port that it names.
        found: String,
        /// Scheme, host and port that were pinned.
        pinned: String,
    },
    /// It is none.
    #[error("the address cannot be read: {0}")]
    Unreadable(String),
}

/// Reads the address that `text` names, relative to the request that was answered with it.
///
/// The text is kept as it is but for what a relative one lacks: recorded addresses hold double slashes, `%3D` and
/// parameters without a value, and Azure wants them back unchanged.
pub(crate) fn follow(text: &str, request: &Url, pinned: &Url) -> Result<Url, Stray> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return Err(Stray::Unreadable(format!("{} characters", text.len())));
    }
    let url = request.join(text).map_err(|error| Stray::Unreadable(error.to_string()))?;
    require(&url, pinned)?;
    Ok(url)
}

/// Sees that `url` has the pinned origin and carries no user name, which would become a header.
pub(crate) fn require(url: &Url, pinned: &Url) -> Result<(), Stray> {
    let is_plain = url.username().is_empty() && url.password().is_none();
    if url.origin() == pinned.origin() && url.host().is_some() && is_plain {
        return Ok(());
    }
    let found = if is_plain { url.origin().ascii_serialization() } else { "a user name".to_owned() };
    Err(Stray::Elsewhere { found, pinned: pinned.origin().ascii_serialization() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn followed(text: &str) -> Option<String> {
        let arm = url("https://management.azure.com");
        let request = url("https://management.azure.com/subscriptions/s/service/a/backup?api-version=1");
        follow(text, &request, &arm).ok().map(String::from)
    }

    #[test]
    fn recorded_forms_are_kept_to_the_letter() {
        for text in [
            "https://management.azure.com/subscriptions/s/service/a//operationresults/b25l==?api-version=2016-10-10",
            "https://management.azure.com/subscriptions/s/service/a/operationresults/b25l%3D%3D?api-version=1",
            "https://management.azure.com/s/operationResults/eA==?api-version=2&asyncResponse&t=638&c=a-b_c&s=x&h=y",
        ] {
            assert_eq!(followed(text).as_deref(), Some(text));
        }
        let long = format!("https://management.azure.com/s?c={}", "x".repeat(4096));
        assert_eq!(followed(&long), Some(long));
    }

    #[test]
    fn relative_addresses_are_read_against_the_request() {
        assert_eq!(followed("/a/b?x=1").as_deref(), Some("https://management.azure.com/a/b?x=1"));
        assert_eq!(
            followed("operationresults/1").as_deref(),
            Some("https://management.azure.com/subscriptions/s/service/a/operationresults/1")
        );
        assert_eq!(
            followed("https://MANAGEMENT.azure.com:443/a").as_deref(),
            Some("https://management.azure.com/a")
        );
    }

    #[test]
    fn everything_else_is_not_followed() {
        for text in [
            "https://evil.example/a",
            "https://management.azure.com.evil.example/a",
            "https://management.azure.com@evil.example/a",
            "https://user@management.azure.com/a",
            "https://:pass@management.azure.com/a",
            "https://management.azure.com:444/a",
            "http://management.azure.com/a",
            "//evil.example/a",
            "\\\\evil.example/a",
            "https:\\\\evil.example",
            "https://management.azure.com./a",
            "https://xn--mnagement-71a.azure.com/a",
            "https://127.0.0.1/a",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "",
        ] {
            assert_eq!(followed(text), None, "{text}");
        }
        assert_eq!(followed(&format!("/{}", "x".repeat(40_000))), None);
    }

    proptest! {
        #[test]
        fn what_is_followed_has_the_pinned_origin_whatever_the_text(text in "\\PC{0,60}") {
            let arm = url("https://management.azure.com");
            if let Ok(found) = follow(&text, &arm, &arm) {
                prop_assert_eq!(found.origin(), arm.origin());
                prop_assert!(found.username().is_empty());
            }
        }

        #[test]
        fn another_host_is_never_followed(host in "[a-z0-9.-]{1,20}", path in "[ -~]{0,20}") {
            let text = format!("https://{host}/{path}");
            prop_assume!(host != "management.azure.com");
            prop_assert_eq!(followed(&text), None);
        }
    }
}
