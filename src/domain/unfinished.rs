//! What an operation of ours without a verdict means for a new one on the same instance. Azure refuses a second one
//! only while it knows of the first; whether it does may be just what we do not know.

use std::fmt;

use jiff::Timestamp;

use super::operation::{OperationId, Phase};
use super::plan::Kind;

/// An operation of the journal that has no verdict and stands in the way of a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Which.
    pub id: OperationId,
    /// A backup or a restore.
    pub kind: Kind,
    /// The name of its instance.
    pub instance: String,
    /// Where it stands.
    pub phase: Phase,
    /// When its request was about to leave, or when it was planned.
    pub since: Timestamp,
    /// The console that drives it; `None` when nobody does.
    pub driven_by: Option<String>,
}

/// For how long it stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// Until its end is told. That end can be found out: by the console that drives it, or by resuming it.
    UntilEnded,
    /// Until a person who knows of it wants a new one all the same. No answer tells its end, and if the evidence is lost
    /// nothing ever will.
    UntilConfirmed,
}

impl Unfinished {
    /// For how long it stands in the way.
    pub fn bar(&self) -> Bar {
        match self.phase {
            Phase::Unconfirmed | Phase::Untracked => Bar::UntilConfirmed,
            Phase::Planned
            | Phase::Submitting
            | Phase::Accepted
            | Phase::Succeeded
            | Phase::Failed
            | Phase::Refused
            | Phase::NotSent => Bar::UntilEnded,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        let id = self.id;
        match (self.bar(), &self.driven_by) {
            (Bar::UntilEnded, Some(driver)) => {
                format!("Wait for its end; {driver} watches it: lifeboat operations {id} --follow")
            }
            (Bar::UntilEnded, None) => {
                format!("Find out how it ended first: lifeboat operations resume {id}")
            }
            (Bar::UntilConfirmed, Some(driver)) => {
                format!(
                    "Wait for the evidence that {driver} looks for, or say why a new one is safe all the same"
                )
            }
            (Bar::UntilConfirmed, None) => format!(
                "Look for evidence first: lifeboat operations resume {id}; or say why a new one is safe all the same"
            ),
        }
    }
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, kind, instance, phase, since, .. } = self;
        let since = since.strftime("%Y-%m-%d %H:%MZ");
        write!(f, "the {kind} {id} of {instance} is {phase} since {since}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_to_do_by_phase_and_by_who_drives_it() {
        let table = [
            (Phase::Accepted, true, "Wait for its end; pid 7"),
            (Phase::Accepted, false, "Find out how it ended first"),
            (Phase::Unconfirmed, true, "Wait for the evidence that pid 7"),
            (Phase::Untracked, false, "Look for evidence first"),
            (Phase::Planned, true, "Wait for its end; pid 7"),
            (Phase::Submitting, false, "Find out how it ended first"),
        ];
        for (phase, is_driven, expected) in table {
            let open = Unfinished {
                id: OperationId::new(uuid::Uuid::from_u128(7)),
                kind: Kind::Restore,
                instance: "apim-dr".into(),
                phase,
                since: Timestamp::UNIX_EPOCH,
                driven_by: is_driven.then(|| "pid 7 on laptop".to_owned()),
            };
            assert!(open.remedy().starts_with(expected), "{}", open.remedy());
            let expected = format!("of apim-dr is {phase} since 1970-01-01 00:00Z");
            assert!(open.to_string().ends_with(&expected), "{open}");
        }
    }
}
