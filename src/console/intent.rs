//! What a person means by a key. Screens answer intents, not keys, so that a key can change in one place.

use super::list::Move;
use super::model::history::Way;

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
    /// Set a difference apart, or take it in again.
    Ignore,
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
    /// To the pane with this place in the wall, from 0.
    Pane(usize),
    /// To the pane before.
    PaneBefore,
    /// Let the log follow what happens, or let it stand.
    Follow,
    /// Show more or fewer lines of the log, by how much they matter.
    Level,
    /// To the next error of the log, back in time.
    OlderError,
    /// To the error before, forward in time.
    NewerError,
    /// Whether an end rings.
    Bell,
    /// Let the display stand, or go on.
    Freeze,
    /// To another line that has the word that is looked for.
    Seek(Way),
    /// Open the command line.
    Command,
    /// The next way to go on with what is typed, or the one before.
    Complete(isize),
    /// Choose the columns that are shown.
    Shape,
    /// Show it or hide it.
    Toggle,
    /// Move it by one.
    Shift(isize),
    /// As it was at first.
    Reset,
    /// Through the places where I was.
    Walk(Way),
    /// Plan the failover of the marked instances.
    FailOver,
    /// Leave a row out of the failover plan, or take it in again.
    LeaveOut,
    /// Mark the instance under the cursor, or take its mark away.
    Mark,
    /// Begin a range of marks at the cursor, or end it.
    Range,
    /// Mark from the cursor on, so many rows further; negative is up.
    MarkAlong(isize),
    /// Open the menu of what can be copied.
    Copies,
    /// Copy what the cursor is on in this form.
    CopyAs(Form),
    /// Show the portal page of what the cursor is on.
    Portal,
    /// The mouse, on or off.
    Mouse,
    /// Something that only the timeline knows.
    Tell(Tell),
    /// Write the list to a file: choose how.
    Export,
    /// Write it so.
    ExportAs(ListFormat),
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

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// CSV.
    Csv,
    /// JSON.
    Json,
}

/// A form in which a request or a thing can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The Azure CLI.
    Az,
    /// Azure PowerShell.
    PowerShell,
    /// curl.
    Curl,
    /// The address alone.
    Url,
    /// The body of the request, or what is known of the thing.
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
