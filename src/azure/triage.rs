//! From an error to what a person reads: what happened, what it means, what to do next.

use crate::domain::problem::Problem;

use super::error::AzureError;

/// What a person reads of an error.
pub(crate) fn problem(error: &AzureError) -> Problem {
    Problem::new(error.to_string())
}
