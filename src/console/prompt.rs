//! The command line while it is open: what is typed, what it could become, and which of that was chosen. What Enter runs
//! is always what stands in the line.

use tui_input::Input;

use super::command::completion::Completion;

/// How many lines are remembered.
const KEPT: usize = 100;

/// The open command line.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// What stands in the line.
    pub input: Input,
    /// What the line could become.
    pub completions: Vec<Completion>,
    /// Which of them was chosen; the line is that one then.
    pub chosen: Option<usize>,
    /// What was typed before one was chosen.
    pub typed: String,
    /// Which remembered line it is, counted from the newest.
    pub recalled: Option<usize>,
}

impl Prompt {
    /// Puts a line in place of the present one.
    pub fn put(&mut self, line: &str) {
        self.input = Input::from(line.to_owned());
    }

    /// Chooses the next way to go on, or the one before; beyond both ends stands what was typed.
    pub fn turn(&mut self, by: isize) {
        let count = self.completions.len();
        if count == 0 {
            return;
        }
        if self.chosen.is_none() {
            self.typed = self.input.value().to_owned();
        }
        self.chosen = match (self.chosen, by.is_negative()) {
            (None, false) => Some(0),
            (None, true) => Some(count - 1),
            (Some(at), false) => (at + 1 < count).then_some(at + 1),
            (Some(at), true) => at.checked_sub(1),
        };
        let line = match self.chosen.and_then(|at| self.completions.get(at)) {
            Some(completion) => completion.line.clone(),
            None => self.typed.clone(),
        };
        self.put(&line);
    }
}

/// The lines that were run, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Said(Vec<String>);

impl Said {
    /// Remembers a line; the same one again only moves to the end.
    pub fn keep(&mut self, line: &str) {
        self.0.retain(|known| known != line);
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(line.to_owned());
    }

    /// Takes lines of earlier runs, the newest last: they are older than all that was run here.
    pub fn remember(&mut self, earlier: &[String]) {
        let here = std::mem::take(self);
        earlier.iter().chain(&here.0).for_each(|line| self.keep(line));
    }

    /// A line, counted from the newest.
    pub fn line(&self, from_newest: usize) -> Option<&str> {
        let at = self.0.len().checked_sub(from_newest + 1)?;
        self.0.get(at).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n6_lines_are_remembered_once_and_no_more_than_said() {
        let mut said = Said::default();
        for line in ["a", "b", "a"] {
            said.keep(line);
        }
        assert_eq!((said.line(0), said.line(1), said.line(2)), (Some("a"), Some("b"), None));
        for number in 0..100 {
            said.keep(&number.to_string());
        }
        assert_eq!((said.line(0), said.line(KEPT - 1), said.line(KEPT)), (Some("99"), Some("0"), None));
    }

    #[test]
    fn n6_lines_of_earlier_runs_are_older_than_those_of_this_one() {
        let mut said = Said::default();
        said.keep("now");
        said.keep("again");
        said.remember(&["then".to_owned(), "again".to_owned()]);
        let lines: Vec<_> = (0..4).map(|at| said.line(at)).collect();
        assert_eq!(lines, [Some("again"), Some("now"), Some("then"), None]);
    }

    #[test]
    fn n6_what_was_typed_stands_beyond_both_ends() {
        let named =
            |line: &str| Completion { line: line.to_owned(), label: String::new(), about: String::new() };
        let mut it = Prompt { completions: vec![named("fleet"), named("filter")], ..Prompt::default() };
        it.put("f");
        let mut seen = Vec::new();
        for by in [1, 1, 1, 1, -1, -1] {
            it.turn(by);
            seen.push(it.input.value().to_owned());
        }
        assert_eq!(seen, ["fleet", "filter", "f", "fleet", "f", "filter"]);
    }
}
