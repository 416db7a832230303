//! The commands behind `:`, as data. Completion, help, documentation and what a wrong word is told are made from this
//! one table.

pub mod completion;
pub mod meant;
pub mod whereabouts;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// To the fleet.
    Fleet,
    /// To the backups of an instance.
    Backups,
    /// To the operations.
    Operations,
    /// To the comparison of two instances.
    Parity,
    /// To the timeline.
    Timeline,
    /// To the problems.
    Problems,
    /// Begin a restore, by way of its wizard.
    Restore,
    /// Begin a backup, by way of its wizard.
    Backup,
    /// Plan the failover of the marked instances.
    FailOver,
    /// Order the list.
    Sort,
    /// Choose the columns of the list.
    Columns,
    /// Filter the list.
    Filter,
    /// A saved view.
    View,
    /// Narrow the fleet to a subscription.
    Subscription,
    /// Other colours.
    Theme,
    /// Times as moments or as durations.
    Times,
    /// Copy what opens this view elsewhere.
    Where,
    /// What is known of this program.
    Info,
    /// The keys of the place.
    Keys,
    /// Write nothing from now on.
    ReadOnly,
    /// Allow writing for a while.
    Write,
    /// The mouse, on or off.
    Mouse,
    /// Let the display stand.
    Freeze,
    /// Write the report.
    Report,
    /// Leave.
    Quit,
}

/// What stands behind a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// Nothing.
    Nothing,
    /// An instance.
    Instance,
    /// An instance, or none for the chosen one.
    PerhapsInstance,
    /// One instance, or two.
    Pair,
    /// An operation, or none.
    PerhapsOperation,
    /// A column to order by.
    Order,
    /// Columns to show, or none for the menu.
    PerhapsColumns,
    /// A saved view.
    View,
    /// A subscription, or `all`.
    Subscription,
    /// A theme.
    Theme,
    /// How long.
    Span,
    /// Any text, or none.
    Text,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// Other names.
    pub also: &'static [&'static str],
    /// What stands behind it, for people.
    pub arguments: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// What stands behind it.
    pub wants: Wants,
    /// What it does.
    pub verb: Verb,
}

const fn command(
    (name, also): (&'static str, &'static [&'static str]),
    (arguments, wants): (&'static str, Wants),
    about: &'static str,
    verb: Verb,
) -> Command {
    Command { name, also, arguments, about, wants, verb }
}

/// The table.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = {
    use Verb as V;
    use Wants as W;
    &[
        command(("fleet", &["instances"]), ("", W::Nothing), "every instance", V::Fleet),
        command(("backups", &[]), ("NAME", W::PerhapsInstance), "the backups of an instance", V::Backups),
        command(("ops", &["operations"]), ("", W::Nothing), "the operations wall", V::Operations),
        command(("parity", &["diff"]), ("A [B]", W::Pair), "an instance beside its standby, or beside B", V::Parity),
        command(("timeline", &[]), ("[ID]", W::PerhapsOperation), "what happened when", V::Timeline),
        command(("problems", &["errors"]), ("", W::Nothing), "what went wrong", V::Problems),
        command(("backup", &[]), ("[NAME]", W::PerhapsInstance), "back an instance up, by way of its checks", V::Backup),
        command(("restore", &[]), ("", W::Nothing), "restore the chosen backup, by way of its checks", V::Restore),
        command(("failover", &[]), ("", W::Nothing), "fail over the marked instances, each by its own name", V::FailOver),
        command(("sort", &[]), ("COL [down]", W::Order), "order the list", V::Sort),
        command(("cols", &["columns"]), ("[COL ...]", W::PerhapsColumns), "choose the columns of the list", V::Columns),
        command(("filter", &[]), ("TEXT", W::Text), "word, !word, ~fuzzy, column:word; no text clears it", V::Filter),
        command(("view", &[]), ("NAME", W::View), "a view of the configuration", V::View),
        command(("sub", &["subscription"]), ("NAME|all", W::Subscription), "one subscription, or all", V::Subscription),
        command(("theme", &["colours", "colors"]), ("NAME", W::Theme), "other colours", V::Theme),
        command(("times", &[]), ("", W::Nothing), "times as usual, as moments, as durations", V::Times),
        command(("where", &[]), ("", W::Nothing), "copy the command that opens this view elsewhere", V::Where),
        command(("info", &["about"]), ("", W::Nothing), "version, paths, what was seen, all commands", V::Info),
        command(("keys", &["help"]), ("", W::Nothing), "the keys of this screen", V::Keys),
        command(("readonly", &["read-only"]), ("", W::Nothing), "write nothing from now on", V::ReadOnly),
        command(("write", &[]), ("DURATION", W::Span), "allow writing for a while: 15m", V::Write),
        command(("mouse", &[]), ("", W::Nothing), "the mouse, on or off: a click chooses, and no more", V::Mouse),
        command(("freeze", &[]), ("", W::Nothing), "let the display stand; f goes on", V::Freeze),
        command(("report", &[]), ("", W::Nothing), "write the report of the timeline", V::Report),
        command(("quit", &["q", "exit"]), ("", W::Nothing), "leave; operations go on in Azure", V::Quit),
    ]
};

impl Command {
    /// The command of this name.
    pub fn named(word: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|it| it.name == word || it.also.contains(&word))
    }

    /// Its name and what stands behind it.
    pub fn usage(&self) -> String {
        format!("{} {}", self.name, self.arguments).trim_end().to_owned()
    }

    /// Whether it may stand on the command line of the shell: what is opened is looked at. A line that somebody else
    /// wrote begins nothing and lifts nothing.
    pub fn opens(&self) -> bool {
        use Verb as V;
        !matches!(self.verb, V::Restore | V::Backup | V::FailOver | V::Write | V::Report | V::Quit)
    }
}

/// A line taken apart: the first word, and the rest.
pub fn split(line: &str) -> (&str, &str) {
    let line = line.trim().trim_start_matches(':').trim_start();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (word, rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n6_no_name_is_given_twice_and_each_says_what_it_does() {
        let names: Vec<&str> =
            COMMANDS.iter().flat_map(|it| std::iter::once(it.name).chain(it.also.iter().copied())).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[at + 1..].contains(name), "{name}");
            assert!(Command::named(name).is_some());
        }
        for it in COMMANDS {
            assert!(!it.about.is_empty() && it.about.len() <= 56, "{}", it.name);
            assert_eq!(it.arguments.is_empty(), it.wants == Wants::Nothing, "{}", it.name);
            assert!(it.usage().len() <= 18, "{}", it.usage());
        }
        println!("N6: {} commands, {} names", COMMANDS.len(), names.len());
    }

    #[test]
    fn a_line_is_a_word_and_the_rest() {
        for (line, word, rest) in [
            ("", "", ""),
            ("  ", "", ""),
            ("fleet", "fleet", ""),
            (":fleet ", "fleet", ""),
            ("filter  a  b ", "filter", "a  b"),
            ("sub\tCore Services", "sub", "Core Services"),
        ] {
            assert_eq!(split(line), (word, rest), "{line:?}");
        }
    }
}
