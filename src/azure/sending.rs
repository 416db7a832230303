//! The one request that starts something, and what its outcome means.

use crate::domain::operation::Acceptation;
use crate::domain::problem::Problem;

/// What became of the POST. Only the first goes on by itself; none is ever sent again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// 202, with an address to ask at.
    Accepted(Acceptation),
    /// 200 with the finished instance: rare, and recorded.
    Done {
        /// How we know.
        evidence: String,
    },
    /// No byte of it left.
    NotSent(Problem),
    /// Azure said no; nothing was started.
    Refused(Problem),
    /// It may have been taken.
    Unconfirmed(Problem),
}
