//! What a person has to say about an operation: kept in its journal, told in its report, changing nothing.

use super::OperationEvent;
use crate::domain::discretion::discreet;

/// The longest note, in characters.
pub const LONGEST: usize = 500;
/// The longest name of a person, in characters.
const NAME: usize = 64;

/// Why a text is no note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRemark {
    /// There is nothing in it.
    #[error("a note needs a text")]
    Empty,
    /// It is longer than [`LONGEST`].
    #[error("the note has {0} characters; {LONGEST} are the most")]
    TooLong(usize),
    /// It has characters that act on a terminal. A note is one line.
    #[error("the note has a line break or another control character in it; it must be one line of text")]
    Control,
}

/// The note as an event. A person without a name is "somebody".
///
/// # Errors
/// The text is no note.
pub fn remark(text: &str, person: &str) -> Result<OperationEvent, BadRemark> {
    Ok(OperationEvent::Noted { text: note(text)?, person: Some(known_as(person)) })
}

/// The text as it is kept: without what looks like a secret.
///
/// # Errors
/// It is empty, too long, or has control characters.
pub fn note(text: &str) -> Result<String, BadRemark> {
    let text = discreet(text.trim());
    let length = text.chars().count();
    match () {
        () if text.is_empty() => Err(BadRemark::Empty),
        () if length > LONGEST => Err(BadRemark::TooLong(length)),
        () if text.contains(char::is_control) => Err(BadRemark::Control),
        () => Ok(text.into_owned()),
    }
}

/// What a person is called in a note.
pub fn known_as(person: &str) -> String {
    let name: String = person.trim().chars().filter(|c| !c.is_control()).take(NAME).collect();
    if name.is_empty() { "somebody".to_owned() } else { name }
}

/// How the note begins that a backup got no manifest. A note and no event of its own, so that an older console reads on
/// over it.
const UNWRITTEN: &str = "manifest not written: ";

impl OperationEvent {
    /// That a backup got no manifest, and why.
    pub fn without_manifest(why: &str) -> Self {
        Self::Noted { text: format!("{UNWRITTEN}{why}"), person: None }
    }

    /// Why a backup got no manifest, if this says so.
    pub fn unwritten(&self) -> Option<&str> {
        match self {
            Self::Noted { text, person: None } => text.strip_prefix(UNWRITTEN),
            _ => None,
        }
    }

    /// Whether it must be on the disk when it was taken: every transition, and what a person said, which nobody says
    /// again.
    pub fn is_durable(&self) -> bool {
        self.is_transition() || matches!(self, Self::Noted { person: Some(_), .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_one_line_that_says_something() {
        for (text, bad) in [
            ("", BadRemark::Empty),
            ("  ", BadRemark::Empty),
            ("two\nlines", BadRemark::Control),
            ("bell\u{7}", BadRemark::Control),
            ("\u{9b}31m", BadRemark::Control),
        ] {
            assert_eq!(remark(text, "jo"), Err(bad), "{text:?}");
        }
        assert_eq!(remark(&"x".repeat(501), "jo"), Err(BadRemark::TooLong(501)));
        assert!(remark(&"ü".repeat(500), "jo").is_ok());
        let said = OperationEvent::Noted { text: "DNS is over".into(), person: Some("jo".into()) };
        assert_eq!(remark(" DNS is over ", "jo\u{1b}"), Ok(said));
        let Ok(OperationEvent::Noted { person, .. }) = remark("x", " ") else { panic!("no note") };
        assert_eq!(person.as_deref(), Some("somebody"));
        assert_eq!(known_as(&"ü".repeat(65)), "ü".repeat(64));
    }

    #[test]
    fn a_secret_in_a_note_goes_no_further() {
        let Ok(OperationEvent::Noted { text, .. }) = remark("https://a/b?sig=c2VjcmV0c2VjcmV0c2VjcmV0", "jo")
        else {
            panic!("no note")
        };
        assert!(!text.contains("c2VjcmV0"), "{text}");
        assert_eq!(remark(&text, "jo"), Ok(OperationEvent::Noted { text, person: Some("jo".into()) }));
    }

    #[test]
    fn what_a_person_said_is_durable_and_no_transition() {
        let said = remark("x", "jo").unwrap();
        assert!(said.is_durable() && !said.is_transition());
        let own = OperationEvent::Noted { text: "looked".into(), person: None };
        assert!(!own.is_durable());
        assert!(OperationEvent::Submitting.is_durable());
    }
}
