//! Who is signed in, and for how long. An operation runs on in Azure without anybody; it is only not seen any more.

use jiff::{SignedDuration, Timestamp};

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

/// Fewer runs than this say nothing about the next one.
const ENOUGH: usize = 5;

/// How long all but the slowest twentieth took; `None` of too few.
pub fn nearly_all_within(mut lasted: Vec<SignedDuration>) -> Option<SignedDuration> {
    lasted.sort_unstable();
    let at = (lasted.len() * 95).div_ceil(100).checked_sub(1)?;
    if lasted.len() < ENOUGH { None } else { lasted.get(at).copied() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_twentieth_is_left_out_and_few_runs_say_nothing() {
        let minutes = |all: &[i64]| all.iter().map(|&it| SignedDuration::from_mins(it)).collect::<Vec<_>>();
        assert_eq!(nearly_all_within(minutes(&[10, 11, 9, 12])), None);
        assert_eq!(nearly_all_within(Vec::new()), None);
        assert_eq!(nearly_all_within(minutes(&[5, 1, 4, 2, 3])), Some(SignedDuration::from_mins(5)));
        let hundred: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(nearly_all_within(minutes(&hundred)), Some(SignedDuration::from_mins(95)));
    }
}
