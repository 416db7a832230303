//! What a person means by a key. Screens answer intents, not keys, so that a key can change in one place.

use super::list::Move;

/// A meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Move the cursor.
    Go(Move),
    /// Move by this many hundredths of a page.
    Page(isize),
    /// One step to the left.
    Left,
    /// One step to the right.
    Right,
    /// Open, choose, or show more of what the cursor is on.
    Open,
    /// Close the innermost thing. Never quits.
    Close,
    /// Back to where I came from; at the root, quit.
    Back,
    /// Quit, when pressed twice.
    Interrupt,
    /// Stop the program as a shell does.
    Suspend,
    /// Draw everything anew.
    Repaint,
    /// Read everything anew.
    Refresh,
    /// Show the keys.
    Help,
    /// Type a filter.
    Filter,
    /// Choose a column to sort by.
    Sort,
    /// Open the menu of acts.
    Acts,
    /// Copy the id of what the cursor is on.
    Copy,
    /// Copy the exact request.
    CopyRequest,
    /// Show times as moments or as durations.
    Times,
    /// Go to a place.
    Visit(Stop),
    /// Back to the place that I came from, and again.
    Last,
    /// Between the list and the matrix.
    Matrix,
    /// What differs only, or what is the same too.
    Equal,
    /// Accept a warning.
    Accept,
    /// The next step of a wizard.
    Next,
    /// The step before.
    Previous,
    /// One pane large, or all.
    Zoom,
    /// To the next pane or button.
    Switch,
    /// Yes.
    Yes,
    /// Watch what somebody else has begun on the instance.
    Attach,
    /// Begin a backup: opens its dialog.
    BackUp,
    /// Begin a restore: opens its wizard.
    Restore,
    /// Something that only the timeline knows.
    Tell(Tell),
}

/// What a person does with the story of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// Type a note.
    Note,
    /// Say when the incident began.
    Began,
    /// Leave the event out of the report, or take it in again.
    Include,
    /// Mark one end of a time to be measured.
    Mark,
    /// Take the names out of the report, or let them stand.
    Redact,
    /// Choose how the report is written.
    Write,
    /// Write it so.
    As(ReportFormat),
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Markdown.
    Markdown,
    /// One HTML page.
    Html,
    /// JSON.
    Json,
}

/// A place with a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Every instance.
    Fleet,
    /// The backups of the chosen instance.
    Backups,
    /// The operations wall.
    Operations,
    /// The chosen instance beside its standby.
    Parity,
    /// What went wrong.
    Problems,
    /// What happened, and the report on it.
    Timeline,
}
