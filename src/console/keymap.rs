//! Which key means what, as data. Lookup, the hints at the bottom and the help are made from this one table, so they
//! cannot drift apart.

mod bound;
mod chains;
mod configured;
mod names;
#[cfg(test)]
mod rebinding;

use std::fmt;

pub use self::bound::{Bound, Keymap};
pub use self::chains::CHAINS;
pub use self::configured::{Entry, PRESETS, Preset, Refused, repeated};
use super::intent::{Form, Intent, ListFormat, ReportFormat, Stop, Tell};
use super::key::Key;
use super::list::Move;
use super::model::history::Way;

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere but in text fields and dialogs.
    Everywhere,
    /// Wherever something can be moved through.
    Lists,
    /// The fleet.
    Fleet,
    /// The backups of an instance.
    Backups,
    /// Choosing a target, an access, a location.
    Choice,
    /// The findings of a check.
    Findings,
    /// All of one finding.
    Evidence,
    /// All of one cell of the matrix.
    Cell,
    /// The review of a restore.
    Review,
    /// The dialog that wants the target's name.
    Confirm,
    /// The dialog that confirms a backup.
    Ready,
    /// The operations wall.
    Operations,
    /// An instance beside its standby.
    Parity,
    /// The list of problems.
    Problems,
    /// The menu of acts.
    Acts,
    /// The failover plan.
    Failover,
    /// The question whether to go on with a draft.
    Offer,
    /// The menu of columns.
    Columns,
    /// The help.
    Help,
    /// Typing a command.
    Command,
    /// The menu of the columns that are shown.
    Shape,
    /// A text that is read.
    Reading,
    /// Typing what is looked for in it.
    Searching,
    /// Typing a filter.
    Typing,
    /// Typing a reason.
    Reason,
    /// The question whether to leave while operations run.
    Leaving,
    /// The timeline.
    Timeline,
    /// Typing a note or a time.
    Writing,
    /// The menu of the report's formats.
    Formats,
    /// All of one event.
    Event,
    /// The display stands.
    Frozen,
    /// The menu of what can be copied.
    Copies,
    /// A text that is shown whole.
    Sheet,
    /// The menu of the formats of a list.
    Export,
}

impl Scope {
    /// Whether letters are text there.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Typing | Self::Reason | Self::Confirm | Self::Command | Self::Searching)
    }
}

/// For people.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Everywhere => "everywhere",
            Self::Lists => "lists",
            Self::Fleet => "fleet",
            Self::Backups => "backups",
            Self::Choice => "choice",
            Self::Findings => "checks",
            Self::Evidence => "evidence",
            Self::Cell => "matrix cell",
            Self::Review => "review",
            Self::Confirm => "confirm restore",
            Self::Ready => "confirm backup",
            Self::Operations => "operations",
            Self::Parity => "parity",
            Self::Problems => "problems",
            Self::Acts => "acts",
            Self::Failover => "failover",
            Self::Offer => "kept draft",
            Self::Columns => "sort menu",
            Self::Help => "help",
            Self::Command => "command",
            Self::Shape => "columns",
            Self::Reading => "text",
            Self::Searching => "search",
            Self::Typing => "filter",
            Self::Reason => "reason",
            Self::Leaving => "leaving",
            Self::Timeline => "timeline",
            Self::Writing => "note",
            Self::Formats => "report",
            Self::Event => "event",
            Self::Frozen => "frozen",
            Self::Copies => "copy menu",
            Self::Sheet => "shown text",
            Self::Export => "export",
        })
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub scope: Scope,
    /// The keys; the first is the one that is shown in hints.
    pub keys: &'static [Key],
    /// What they mean.
    pub intent: Intent,
    /// One or two words for the hints; empty for none.
    pub word: &'static str,
    /// A line for the help.
    pub help: &'static str,
    /// Hints with greater rank go first when the line is narrow.
    pub rank: u8,
}

const fn bind(
    scope: Scope,
    keys: &'static [Key],
    intent: Intent,
    hint: (&'static str, u8),
    help: &'static str,
) -> Binding {
    Binding { scope, keys, intent, word: hint.0, help, rank: hint.1 }
}

/// No hint.
const QUIET: (&str, u8) = ("", 0);

/// The table.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = {
    use Intent as I;
    use Key::{BackTab, Char, Ctrl, Down, End, Enter, Esc, F, Home, Left, PageDown, PageUp, Right, Tab, Up};
    use Scope as S;
    &[
        bind(S::Fleet, &[Enter], I::Open, ("open", 9), "Open the backups of the instance"),
        bind(S::Cell, &[Enter], I::Open, ("close", 10), "Close it"),
        bind(S::Backups, &[Enter], I::Open, ("evidence", 8), "Show all that is known of this backup and this target"),
        bind(S::Backups, &[Tab, Char('3')], I::Matrix, ("matrix", 7), "Show the backup × target matrix, or why this backup fits"),
        bind(S::Backups, &[Left, Char('h')], I::Left, QUIET, "Judge against the target before"),
        bind(S::Backups, &[Right, Char('l')], I::Right, ("target", 6), "Judge against the next target"),
        bind(S::Choice, &[Enter, Char('n')], I::Next, ("choose", 9), "Choose it and go on"),
        bind(S::Choice, &[Char('p')], I::Previous, ("previous", 6), "The step before"),
        bind(S::Findings, &[Char(' ')], I::Accept, ("accept", 9), "Accept the warning, with a reason"),
        bind(S::Findings, &[Char('n')], I::Next, ("next", 8), "Go on when nothing is left to accept"),
        bind(S::Findings, &[Enter], I::Open, ("evidence", 7), "Show what the finding rests on"),
        bind(S::Findings, &[Char('p')], I::Previous, ("previous", 6), "The step before"),
        bind(S::Findings, &[Ctrl('r'), F(5)], I::Refresh, ("check again", 5), "Run every check again"),
        bind(S::Evidence, &[Enter], I::Open, ("close", 9), "Back to the list"),
        bind(S::Evidence, &[Char('y')], I::Copy, ("copy command", 8), "Copy the command that mends it"),
        bind(S::Evidence, &[Char(' ')], I::Accept, ("accept", 7), "Accept the warning, with a reason"),
        bind(S::Evidence, &[Right, Char('l')], I::Right, ("next", 6), "The next finding"),
        bind(S::Evidence, &[Left, Char('h')], I::Left, QUIET, "The finding before"),
        bind(S::Review, &[Char('n')], I::Next, ("confirm…", 9), "Go on to the last question"),
        bind(S::Review, &[Char('p')], I::Previous, ("previous", 8), "The step before"),
        bind(S::Operations, &[Char('1')], I::Pane(0), ("to 9: pane", 8), "The operation"),
        bind(S::Operations, &[Char('2')], I::Pane(1), QUIET, "All operations"),
        bind(S::Operations, &[Char('3')], I::Pane(2), QUIET, "What is left to do by hand"),
        bind(S::Operations, &[Char('4')], I::Pane(3), QUIET, "The instance that is worked on"),
        bind(S::Operations, &[Char('5')], I::Pane(4), QUIET, "The instance that the backup was taken of"),
        bind(S::Operations, &[Char('6')], I::Pane(5), QUIET, "The container of the backup"),
        bind(S::Operations, &[Char('7')], I::Pane(6), QUIET, "Quota and throttling"),
        bind(S::Operations, &[Char('8')], I::Pane(7), QUIET, "Parity"),
        bind(S::Operations, &[Char('9')], I::Pane(8), QUIET, "Activity and log"),
        bind(S::Operations, &[Tab], I::Switch, QUIET, "To the next pane"),
        bind(S::Operations, &[BackTab], I::PaneBefore, QUIET, "To the pane before"),
        bind(S::Operations, &[Char('z')], I::Zoom, ("zoom", 9), "One pane large, or all"),
        bind(S::Operations, &[Enter], I::Open, QUIET, "One pane large, or all; in 3 and 8 compare both instances"),
        bind(S::Operations, &[Char('l'), Right], I::Right, ("operation", 7), "To the next operation"),
        bind(S::Operations, &[Left, Char('h')], I::Left, QUIET, "To the operation before"),
        bind(S::Operations, &[Char('F')], I::Follow, ("follow", 5), "Let the log follow what happens"),
        bind(S::Operations, &[Char('L')], I::Level, ("level", 4), "Show all of the log, warnings, or errors"),
        bind(S::Operations, &[Char('e')], I::OlderError, ("error", 3), "To the next error, back in time"),
        bind(S::Operations, &[Char('E')], I::NewerError, QUIET, "To the error before, forward in time"),
        bind(S::Operations, &[Char('m')], I::Tell(Tell::Mark), QUIET, "Mark two lines of the log to measure the time between them"),
        bind(S::Operations, &[Char('b')], I::Bell, ("bell", 3), "Whether the end of an operation rings"),
        bind(S::Operations, &[Char('y')], I::Copy, ("copy ids", 6), "Copy the ids of the operation, or the line of the log"),
        bind(S::Review, &[Char('y')], I::CopyRequest, ("copy request", 7), "Copy the exact request, without any key"),
        bind(S::Failover, &[Enter], I::Open, ("open", 9), "Open the row: target, access, checks, and its own confirmation"),
        bind(S::Failover, &[Char('n')], I::Next, ("take", 8), "Take what is proposed for the row, and run its checks"),
        bind(S::Failover, &[Char(' ')], I::LeaveOut, ("leave out", 7), "Leave the row out, or take it in again"),
        bind(S::Failover, &[Right, Char('l')], I::Right, ("older backup", 6), "Propose an older usable backup"),
        bind(S::Failover, &[Left, Char('h')], I::Left, QUIET, "Propose a newer usable backup"),
        bind(S::Failover, &[Ctrl('r'), F(5)], I::Refresh, ("check again", 5), "Run the checks of the row again"),
        bind(S::Parity, &[Enter], I::Open, ("both sides", 10), "Show both sides whole, what a restore makes of it, and what to do"),
        bind(S::Parity, &[Char('=')], I::Equal, ("all", 9), "What differs only, or what is ignored and the same too"),
        bind(S::Parity, &[Char('i')], I::Ignore, ("ignore", 7), "Ignore it for this run and copy the line for the configuration, or undo"),
        bind(S::Parity, &[Char('w')], I::Tell(Tell::Write), ("write", 6), "Write the comparison to a file: Markdown, HTML or JSON"),
        bind(S::Parity, &[Char('n')], I::Next, ("next", 8), "The next that must be closed by hand, blocks, or is not known"),
        bind(S::Parity, &[Char('N')], I::Previous, QUIET, "The one before"),
        bind(S::Parity, &[Left, Char('h')], I::Left, QUIET, "Compare with the standby before"),
        bind(S::Parity, &[Right, Char('l')], I::Right, ("standby", 5), "Compare with the next standby"),
        bind(S::Parity, &[Char('y')], I::Copy, ("copy", 7), "Copy the command, or the difference"),
        bind(S::Parity, &[Ctrl('r'), F(5)], I::Refresh, ("compare again", 3), "Read both instances again"),
        bind(S::Problems, &[Enter], I::Open, ("whole text", 8), "Show the whole problem"),
        bind(S::Problems, &[Char('y')], I::Copy, ("copy", 7), "Copy the problem with its ids"),

        bind(S::Lists, &[Down, Char('j')], I::Go(Move::By(1)), QUIET, "Down"),
        bind(S::Lists, &[Up, Char('k')], I::Go(Move::By(-1)), QUIET, "Up"),
        bind(S::Lists, &[Left, Char('h')], I::Go(Move::By(-1)), QUIET, "Left, or up"),
        bind(S::Lists, &[Right, Char('l')], I::Go(Move::By(1)), QUIET, "Right, or down"),
        bind(S::Lists, &[PageDown, Ctrl('f')], I::Page(100), QUIET, "A page down"),
        bind(S::Lists, &[PageUp, Ctrl('b')], I::Page(-100), QUIET, "A page up"),
        bind(S::Lists, &[Ctrl('d')], I::Page(50), QUIET, "Half a page down"),
        bind(S::Lists, &[Ctrl('u')], I::Page(-50), QUIET, "Half a page up"),
        bind(S::Lists, &[Char('g'), Home], I::Go(Move::First), QUIET, "To the first"),
        bind(S::Lists, &[Char('G'), End], I::Go(Move::Last), QUIET, "To the last"),
        bind(S::Fleet, &[Char(' ')], I::Mark, ("mark", 5), "Mark the instance, and go down"),
        bind(S::Fleet, &[Char('v')], I::Range, QUIET, "Begin a range of marks, or end it"),
        bind(S::Fleet, &[Key::ShiftDown], I::MarkAlong(1), QUIET, "Mark down"),
        bind(S::Fleet, &[Key::ShiftUp], I::MarkAlong(-1), QUIET, "Mark up"),
        bind(S::Fleet, &[Char('/')], I::Filter, ("filter", 8), "Filter: word, !word, ~fuzzy, column:word"),
        bind(S::Backups, &[Char('/')], I::Filter, ("filter", 6), "Filter: word, !word, ~fuzzy, column:word"),
        bind(S::Fleet, &[Char('s')], I::Sort, ("sort", 6), "Choose the column to sort by"),
        bind(S::Backups, &[Char('s')], I::Sort, ("sort", 5), "Choose the column to sort by"),
        bind(S::Fleet, &[Char('a')], I::Acts, ("acts", 9), "Back up, restore, watch: no other key writes"),
        bind(S::Backups, &[Char('a')], I::Acts, ("acts", 9), "Back up, restore, watch: no other key writes"),
        bind(S::Fleet, &[Char('y')], I::Copy, ("copy id", 3), "Copy the resource id"),
        bind(S::Backups, &[Char('y')], I::Copy, ("copy address", 3), "Copy the address of the backup"),

        bind(S::Everywhere, &[Esc], I::Close, ("", 0), "Close the innermost thing; never quits"),
        bind(S::Everywhere, &[Char('q')], I::Back, ("back", 2), "Back; at the fleet, quit"),
        bind(S::Everywhere, &[Char('1')], I::Visit(Stop::Fleet), QUIET, "The fleet"),
        bind(S::Everywhere, &[Char('2')], I::Visit(Stop::Backups), QUIET, "The backups of the chosen instance"),
        bind(S::Everywhere, &[Char('4')], I::Visit(Stop::Operations), ("operations", 4), "The operations wall"),
        bind(S::Everywhere, &[Char('5')], I::Visit(Stop::Parity), ("parity", 2), "The chosen instance beside its standby"),
        bind(S::Everywhere, &[Char('6')], I::Visit(Stop::Timeline), ("timeline", 1), "What happened, and the report on it"),
        bind(S::Everywhere, &[Char('!'), Char('7')], I::Visit(Stop::Problems), ("problems", 2), "What went wrong"),
        bind(S::Everywhere, &[Char('-')], I::Last, QUIET, "The place before, and back again"),
        bind(S::Everywhere, &[Char('f')], I::Freeze, QUIET, "Let the display stand; what happens goes on behind it"),
        bind(S::Fleet, &[Char('x')], I::Shape, ("columns", 2), "Choose the columns and their order"),
        bind(S::Backups, &[Char('x')], I::Shape, ("columns", 2), "Choose the columns and their order"),
        bind(S::Everywhere, &[Char(':')], I::Command, ("command", 6), "A command, or the name of an instance"),
        bind(S::Everywhere, &[Char('[')], I::Walk(Way::Back), QUIET, "Back through the places where I was"),
        bind(S::Everywhere, &[Char(']')], I::Walk(Way::Forth), QUIET, "Forth again"),
        bind(S::Everywhere, &[Char('t')], I::Times, QUIET, "Times as usual, all as moments, all as durations"),
        bind(S::Everywhere, &[Ctrl('r'), F(5)], I::Refresh, ("read anew", 1), "Read everything anew"),
        bind(S::Everywhere, &[Ctrl('l')], I::Repaint, QUIET, "Draw the screen anew"),
        bind(S::Everywhere, &[Ctrl('z')], I::Suspend, QUIET, "Suspend; fg comes back"),
        bind(S::Everywhere, &[Ctrl('c')], I::Interrupt, QUIET, "Twice: quit"),
        bind(S::Everywhere, &[Char('?'), F(1)], I::Help, ("help", 20), "These keys"),

        bind(S::Fleet, &[Char('Y')], I::Copies, ("copy as", 1), "Copy as az, PowerShell, curl, URL or JSON"),
        bind(S::Backups, &[Char('Y')], I::Copies, ("copy as", 1), "Copy as az, PowerShell, URL or JSON"),
        bind(S::Operations, &[Char('Y')], I::Copies, ("copy as", 1), "Copy how it is asked for: az, PowerShell, curl, URL, JSON"),
        bind(S::Review, &[Char('Y')], I::Copies, ("copy as", 6), "Copy the request as az, PowerShell, curl, URL or JSON"),
        bind(S::Fleet, &[Char('o')], I::Portal, ("portal", 1), "The portal page of the instance"),
        bind(S::Backups, &[Char('o')], I::Portal, ("portal", 1), "The portal page of the storage account"),
        bind(S::Operations, &[Char('o')], I::Portal, ("portal", 1), "The portal page of the instance that is worked on"),
        bind(S::Copies, &[Char('a')], I::CopyAs(Form::Az), ("az", 9), "A command for the Azure CLI, for bash and zsh"),
        bind(S::Copies, &[Char('p')], I::CopyAs(Form::PowerShell), ("PowerShell", 9), "A command for Azure PowerShell"),
        bind(S::Copies, &[Char('c')], I::CopyAs(Form::Curl), ("curl", 9), "A command for curl, for bash and zsh"),
        bind(S::Copies, &[Char('u')], I::CopyAs(Form::Url), ("URL", 9), "The address alone"),
        bind(S::Copies, &[Char('j')], I::CopyAs(Form::Json), ("JSON", 9), "What is sent, or what is known of it, as JSON"),
        bind(S::Copies, &[Enter], I::Open, ("copy", 10), "Copy the chosen one"),
        bind(S::Copies, &[Esc, Char('q'), Char('Y')], I::Close, ("close", 7), "Close"),
        bind(S::Sheet, &[Char('y')], I::Copy, ("copy", 8), "Copy it"),
        bind(S::Sheet, &[Esc, Char('q'), Enter], I::Close, ("close", 9), "Close"),
        bind(S::Everywhere, &[Char('M')], I::Mouse, QUIET, "The mouse, on or off: a click chooses, and no more"),

        bind(S::Acts, &[Char('w')], I::Attach, ("watch", 6), "Watch what somebody else has begun on the instance"),
        bind(S::Acts, &[Char('b')], I::BackUp, ("back up…", 8), "Back the instance up"),
        bind(S::Acts, &[Char('r')], I::Restore, ("restore…", 8), "Restore a backup into an instance"),
        bind(S::Acts, &[Char('f')], I::FailOver, ("fail over…", 7), "Plan the failover of the marked instances"),
        bind(S::Acts, &[Enter], I::Open, ("choose", 9), "Choose"),
        bind(S::Acts, &[Esc, Char('q'), Char('a')], I::Close, ("close", 7), "Close"),
        bind(S::Offer, &[Enter], I::Open, ("go on with it", 9), "Go on with the draft; its checks run again"),
        bind(S::Offer, &[Char('n')], I::Next, ("begin anew", 8), "Begin anew; the draft is given up when another target is chosen"),
        bind(S::Offer, &[Esc, Char('q')], I::Close, ("neither", 7), "Neither"),
        bind(S::Columns, &[Enter], I::Open, ("sort", 9), "Sort by it; again turns the order"),
        bind(S::Columns, &[Esc, Char('q'), Char('s')], I::Close, ("close", 7), "Close"),
        bind(S::Help, &[Esc, Char('q'), Char('?'), F(1)], I::Close, ("close", 9), "Close"),
        bind(S::Command, &[Enter], I::Open, ("run", 9), "Run what stands in the line"),
        bind(S::Command, &[Tab], I::Complete(1), ("complete", 8), "Complete, or choose the next way"),
        bind(S::Command, &[BackTab], I::Complete(-1), QUIET, "Choose the way before"),
        bind(S::Command, &[Up], I::Go(Move::By(-1)), ("earlier lines", 6), "An earlier line while it is empty, else the way before"),
        bind(S::Command, &[Down], I::Go(Move::By(1)), QUIET, "The next way, or a later line"),
        bind(S::Command, &[Esc], I::Close, ("close", 7), "Close; nothing is run"),
        bind(S::Shape, &[Char(' ')], I::Toggle, ("show or hide", 9), "Show the column, or hide it"),
        bind(S::Shape, &[Char('<'), Char(',')], I::Shift(-1), ("up", 7), "Move the column to the left"),
        bind(S::Shape, &[Char('>'), Char('.')], I::Shift(1), ("down", 6), "Move the column to the right"),
        bind(S::Shape, &[Char('0')], I::Reset, ("as at first", 5), "Every column, in the usual order"),
        bind(S::Shape, &[Esc, Enter, Char('q'), Char('x')], I::Close, ("close", 8), "Close"),
        bind(S::Reading, &[Char('/')], I::Filter, ("search", 6), "Look for a word in the text"),
        bind(S::Reading, &[Char('n')], I::Seek(Way::Forth), ("next", 5), "The next line that has it"),
        bind(S::Reading, &[Char('N')], I::Seek(Way::Back), QUIET, "The line before that has it"),
        bind(S::Searching, &[Enter], I::Open, ("keep", 9), "Keep the word; n and N go on"),
        bind(S::Searching, &[Esc], I::Close, ("clear", 8), "Look no more"),
        bind(S::Typing, &[Enter], I::Open, ("keep", 9), "Keep the filter"),
        bind(S::Typing, &[Esc], I::Close, ("clear", 8), "Clear the filter"),
        bind(S::Reason, &[Enter], I::Open, ("accept", 9), "Accept with this reason"),
        bind(S::Reason, &[Esc], I::Close, ("not now", 8), "Do not accept"),
        bind(S::Confirm, &[Enter], I::Open, ("press the button", 8), "Press the chosen button; nothing before the name is whole"),
        bind(S::Confirm, &[Tab, BackTab], I::Switch, ("button", 7), "The other button"),
        bind(S::Confirm, &[Esc], I::Close, ("cancel, nothing was sent", 9), "Cancel"),
        bind(S::Ready, &[Enter], I::Open, ("press the button", 8), "Press the chosen button"),
        bind(S::Ready, &[Tab, BackTab, Left, Right, Char('h'), Char('l')], I::Switch, ("button", 7), "The other button"),
        bind(S::Ready, &[Esc, Char('q'), Char('p')], I::Close, ("cancel, nothing was sent", 9), "Back to the findings"),
        bind(S::Frozen, &[Char('f'), Esc], I::Freeze, ("go on", 9), "Show again what is"),
        bind(S::Frozen, &[Char(':')], I::Command, ("command", 6), "A command; the display goes on with it"),
        bind(S::Frozen, &[Char('?'), F(1)], I::Help, ("help", 10), "These keys"),
        bind(S::Frozen, &[Ctrl('c')], I::Interrupt, ("twice: quit", 3), "Twice: quit"),
        bind(S::Leaving, &[Char('y')], I::Yes, ("quit", 9), "Quit; the operations go on in Azure"),
        bind(S::Leaving, &[Esc, Char('n'), Char('q')], I::Close, ("stay", 8), "Stay"),

        bind(S::Timeline, &[Char('+')], I::Tell(Tell::Note), ("note", 9), "Note what you saw, decided or did: kept in the journal and the report"),
        bind(S::Timeline, &[Char('w')], I::Tell(Tell::Write), ("write report", 9), "Write the report to a file: Markdown, HTML or JSON"),
        bind(S::Timeline, &[Tab, BackTab], I::Switch, ("report", 8), "Between the events and the report"),
        bind(S::Timeline, &[Enter], I::Open, ("whole event", 7), "All of the event, with its ids and its line of the journal"),
        bind(S::Timeline, &[Char(' ')], I::Tell(Tell::Include), ("leave out", 6), "Leave the event out of the report, or take it in again"),
        bind(S::Timeline, &[Char('b')], I::Tell(Tell::Began), ("began", 5), "Say when the incident began: RTO and RPO are measured from there"),
        bind(S::Timeline, &[Char('m')], I::Tell(Tell::Mark), ("measure", 4), "Mark two events to measure the time between them"),
        bind(S::Timeline, &[Char('r')], I::Tell(Tell::Redact), ("redact", 5), "Take the names out of the report, or let them stand"),
        bind(S::Timeline, &[Char('/')], I::Filter, ("filter", 4), "Filter: word, !word, who:word, target:word"),
        bind(S::Timeline, &[Left, Char('h')], I::Left, QUIET, "The operation before, or all of the incident"),
        bind(S::Timeline, &[Right, Char('l')], I::Right, QUIET, "Only the next operation of the incident"),
        bind(S::Timeline, &[Char('y')], I::Copy, ("copy", 3), "Copy the event with its ids"),
        bind(S::Timeline, &[Ctrl('r'), F(5)], I::Refresh, QUIET, "Read the journal again"),
        bind(S::Operations, &[Char('T')], I::Visit(Stop::Timeline), ("timeline", 5), "What happened to the chosen operation, and the report on it"),
        bind(S::Event, &[Enter], I::Open, ("close", 9), "Back to the events"),
        bind(S::Event, &[Char('+')], I::Tell(Tell::Note), ("note", 8), "Note what you saw, decided or did"),
        bind(S::Event, &[Char('y')], I::Copy, ("copy", 7), "Copy the event with its ids"),
        bind(S::Event, &[Right, Char('l')], I::Right, ("next", 6), "The next event"),
        bind(S::Event, &[Left, Char('h')], I::Left, QUIET, "The event before"),
        bind(S::Writing, &[Enter], I::Open, ("keep", 9), "Keep it"),
        bind(S::Writing, &[Esc], I::Close, ("not now", 8), "Not now; a note that was typed is kept for the next time"),
        bind(S::Formats, &[Char('m')], I::Tell(Tell::As(ReportFormat::Markdown)), ("Markdown", 8), "Write it as Markdown"),
        bind(S::Formats, &[Char('h')], I::Tell(Tell::As(ReportFormat::Html)), ("HTML", 7), "Write it as one HTML page that loads nothing"),
        bind(S::Formats, &[Char('j')], I::Tell(Tell::As(ReportFormat::Json)), ("JSON", 6), "Write it as JSON"),
        bind(S::Formats, &[Enter], I::Open, ("write", 9), "Write it as chosen"),
        bind(S::Formats, &[Esc, Char('q'), Char('w')], I::Close, ("close", 5), "Close"),

        bind(S::Fleet, &[Char('w')], I::Export, ("export", 1), "Write the list as it is shown to a file: CSV or JSON"),
        bind(S::Backups, &[Char('w')], I::Export, ("export", 1), "Write the list as it is shown to a file: CSV or JSON"),
        bind(S::Problems, &[Char('w')], I::Export, ("export", 5), "Write the problems to a file: CSV or JSON"),
        bind(S::Findings, &[Char('w')], I::Export, ("export", 4), "Write the checks to a file: CSV or JSON"),
        bind(S::Evidence, &[Char('w')], I::Export, ("export", 4), "Write what it rests on to a file: CSV or JSON"),
        bind(S::Export, &[Char('c')], I::ExportAs(ListFormat::Csv), ("CSV", 8), "Write it as CSV"),
        bind(S::Export, &[Char('j')], I::ExportAs(ListFormat::Json), ("JSON", 7), "Write it as JSON"),
        bind(S::Export, &[Enter], I::Open, ("write", 9), "Write it as chosen"),
        bind(S::Export, &[Esc, Char('q'), Char('w')], I::Close, ("close", 5), "Close"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings_in_one_scope() {
        for (at, one) in BINDINGS.iter().enumerate() {
            for other in BINDINGS[at + 1..].iter().filter(|other| other.scope == one.scope) {
                let shared = one.keys.iter().find(|key| other.keys.contains(key));
                assert!(shared.is_none(), "{:?} in {:?}", shared, one.scope);
            }
        }
    }

    #[test]
    fn every_line_can_be_explained() {
        for binding in BINDINGS {
            assert!(!binding.help.is_empty() && !binding.keys.is_empty(), "{binding:?}");
            assert_eq!(binding.word.is_empty(), binding.rank == 0, "{binding:?}");
        }
    }

    #[test]
    fn acts_have_keys_in_the_menu_of_acts_only() {
        for binding in BINDINGS {
            if matches!(binding.intent, Intent::BackUp | Intent::Restore | Intent::FailOver) {
                assert_eq!(binding.scope, Scope::Acts);
            }
        }
    }

    #[test]
    fn moves_keep_their_meaning_where_lists_are_moved_through() {
        for binding in
            BINDINGS.iter().filter(|it| matches!(it.scope, Scope::Fleet | Scope::Findings | Scope::Choice))
        {
            for key in ['h', 'j', 'k', 'l', 'g', 'G'] {
                assert!(!binding.keys.contains(&Key::Char(key)), "{binding:?}");
            }
        }
    }
}
