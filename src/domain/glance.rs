//! What is read now and then while operations are watched: the instances they work on, what the activity log tells of
//! them, and how much Azure still lets us ask. Each part says for itself when it was read, or why it was not.

use jiff::Timestamp;

use super::deed::Deed;
use super::instance::Instance;
use super::problem::Problem;
use super::resource::ResourceId;

/// One look.
#[derive(Clone, Debug, PartialEq)]
pub struct Glance {
    /// When it ended.
    pub at: Timestamp,
    /// The instances that were asked for.
    pub instances: Vec<(ResourceId, Result<Instance, Problem>)>,
    /// What the activity log tells of one of them; `None` when nobody asked.
    pub log: Option<(ResourceId, Result<Vec<Deed>, Problem>)>,
    /// How much may still be asked.
    pub quota: Quota,
}

/// How much may still be asked of Resource Manager and Resource Graph, as their answers told it. Counted by this process
/// from its start: what others use up with the same identity shows in what is left, and nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Reads left, of the subscription that has the fewest.
    pub reads: Option<Left>,
    /// Writes left, of the subscription that has the fewest.
    pub writes: Option<Left>,
    /// Queries of Resource Graph left.
    pub graph: Option<Left>,
    /// Answers in the last minute.
    pub answers: u32,
    /// 429 in the last fifteen minutes.
    pub throttled: u32,
    /// 5xx in the last fifteen minutes.
    pub faults: u32,
    /// Until when Azure asked us to ask nothing of some kind.
    pub closed_until: Option<Timestamp>,
    /// When the token in use ends; `None` before there was one.
    pub token_until: Option<Timestamp>,
}

/// What a header of an answer said is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// So many requests.
    pub requests: u32,
    /// When it said so.
    pub at: Timestamp,
}

/// What is to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// These instances.
    pub instances: Vec<ResourceId>,
    /// The activity log of this one, from this moment on.
    pub log: Option<(ResourceId, Timestamp)>,
}
