//! Who is signed in, and for how long. An operation runs on in Azure without anybody; it is only not seen any more.

use jiff::{SignedDuration, Timestamp};

use super::usual::Usual;

/// A sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which source gave the token: "Azure CLI", "environment", …
    pub via: String,
    /// The name to show: a user's UPN, or an application's id.
    pub name: Option<String>,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// What happens then.
    pub renewal: Renewal,
}

/// Whether a new token comes without anybody's help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The source has what it needs for the next one.
    Assured,
    /// The source signed in with an assertion that may have ended itself by then, as a pipeline's federated one does
    /// after minutes (AADSTS700024).
    Doubtful,
}

/// How long an operation may take by the documentation: "up to 45 minutes or more".
pub const LONGEST: SignedDuration = SignedDuration::from_mins(45);

/// Fewer runs than this say little of the slowest.
const ENOUGH: usize = 5;

/// How long an operation must be reckoned with: by what was seen of such on the instance, or by the documentation.
pub fn reckoned(usual: Option<&Usual>) -> SignedDuration {
    usual.filter(|it| it.runs >= ENOUGH).map_or(LONGEST, |it| it.p95)
}
