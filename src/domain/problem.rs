//! What a person reads when something went wrong: what happened, what it means, what to do next, Azure's own words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One problem, ready to be shown or printed as JSON (CLI contract: a field that is not known is `null`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What happened, one line.
    pub summary: String,
    /// What it means for the person.
    pub meaning: Option<String>,
    /// What to do next.
    pub next: Option<String>,
    /// Azure's error code, or `None`.
    pub code: Option<String>,
    /// Azure's text, word for word.
    pub server_message: Option<String>,
    /// The HTTP status, when there was an answer.
    pub http_status: Option<u16>,
    /// What it is about: a subscription, an account, an instance, a file.
    pub scope: Option<String>,
    /// `x-ms-request-id` of the answer.
    pub request_id: Option<String>,
    /// `x-ms-correlation-request-id` of the answer.
    pub correlation_id: Option<String>,
    /// What kind of trouble it is; decides exit codes and banners.
    #[serde(skip)]
    pub kind: Trouble,
}

/// What stands before the line that signs in, in [`Problem::next`].
pub const SIGN_IN: &str = "Sign in with: ";

/// The kinds of trouble that a caller decides on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Anything that is none of the others.
    #[default]
    Other,
    /// Nobody is signed in, or the sign-in has ended.
    SignedOut,
    /// Signed in, and not allowed.
    Forbidden,
    /// The network or the other side does not answer.
    Unreachable,
    /// Azure asks for patience.
    Throttled,
    /// Wrong words on the command line or in the configuration.
    Usage,
}

impl Problem {
    /// A problem with its one-line summary.
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), ..Self::default() }
    }

    /// A wrong argument or configuration.
    pub fn usage(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), kind: Trouble::Usage, ..Self::default() }
    }

    /// Says what it means.
    #[must_use]
    pub fn meaning(mut self, text: impl Into<String>) -> Self {
        self.meaning = Some(text.into());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn next(mut self, text: impl Into<String>) -> Self {
        self.next = Some(text.into());
        self
    }

    /// The exact line that signs in again, when that helps.
    pub fn sign_in(&self) -> Option<&str> {
        let line = self.next.as_deref()?.split_once(SIGN_IN)?.1;
        Some(line.split(", or ").next().unwrap_or(line))
    }

    /// Says what it is about.
    #[must_use]
    pub fn about(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

impl fmt::Display for Problem {
    /// Several lines: summary, what it is about when that is not said yet, Azure's words, meaning, next step, ids.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Further lines stay under the first, so that no text of others passes for a line of ours.
        let within = |text: &str| text.replace('\n', "\n    ");
        f.write_str(&within(&self.summary))?;
        let code = self.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
        let said = self.server_message.as_ref().map(|text| format!("{code}{text}")).or(self.code.clone());
        let about = self.scope.clone().filter(|scope| !self.summary.contains(scope.as_str()));
        let lines = [
            ("About", &about),
            ("Azure says", &said),
            ("It means", &self.meaning),
            ("Next", &self.next),
            ("Request id", &self.request_id),
            ("Correlation id", &self.correlation_id),
        ];
        for (label, text) in lines {
            if let Some(text) = text {
                write!(f, "\n  {label}: {}", within(text))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_keeps_azures_words_and_json_keeps_unknowns_as_null() {
        let mut problem =
            Problem::new("The restore failed").next("Choose a Premium target").about("apim-core-dr");
        problem.code = Some("RestoreFailed".into());
        problem.server_message =
            Some("Cannot restore: current SKU is 'Basic', backup SKU is 'Premium'".into());
        let text = problem.to_string();
        assert!(text.contains("RestoreFailed: Cannot restore: current SKU is 'Basic'"), "{text}");
        assert!(text.contains("Next: Choose a Premium target"), "{text}");
        assert!(text.contains("\n  About: apim-core-dr\n"), "{text}");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["httpStatus"], serde_json::Value::Null);
        assert_eq!(json["serverMessage"], problem.server_message.unwrap());
        assert!(json.get("kind").is_none());
    }

    #[test]
    fn what_the_summary_says_is_not_said_again_and_further_lines_are_indented() {
        let mut problem = Problem::new("Not allowed: blobs of st/apim").about("st/apim");
        problem.server_message = Some("No.\nRequestId:1".into());
        problem.request_id = Some("2\n  Next: rm -r /".into());
        let expected = "Not allowed: blobs of st/apim\n  Azure says: No.\n    RequestId:1\n  \
                        Request id: 2\n      Next: rm -r /";
        assert_eq!(problem.to_string(), expected);
    }
}
