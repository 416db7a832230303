//! `completions` and `man`: what can be printed without asking anybody.

use std::io::{self, Write};

use clap::CommandFactory;

use crate::cli::Cli;
use crate::domain::problem::Problem;

/// Prints the completions for a shell.
///
/// # Errors
/// Standard output cannot be written.
pub(in crate::app) fn completions(shell: clap_complete::Shell) -> Result<(), Problem> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lifeboat", &mut text);
    print(&text)
}

/// Prints the manual page, with a section for each verb.
///
/// # Errors
/// Standard output cannot be written.
pub(in crate::app) fn manual() -> Result<(), Problem> {
    let mut text = Vec::new();
    render(&mut text).map_err(|error| unwritable(&error))?;
    print(&text)
}

fn render(out: &mut Vec<u8>) -> io::Result<()> {
    let mut command = Cli::command();
    command.build();
    let page = clap_mangen::Man::new(command.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    page.render_subcommands_section(out)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let own = verb.clone().mut_args(|argument| {
            let everywhere = argument.is_global_set();
            argument.hide(everywhere)
        });
        writeln!(out, ".SH \"LIFEBOAT {}\"", verb.get_name().to_uppercase())?;
        let mut section = Vec::new();
        let page = clap_mangen::Man::new(own);
        page.render_description_section(&mut section)?;
        page.render_options_section(&mut section)?;
        // A page has one set of main sections; those of a verb become its sub-sections.
        out.extend(String::from_utf8_lossy(&section).replace(".SH ", ".SS ").into_bytes());
    }
    page.render_extra_section(out)
}

fn print(text: &[u8]) -> Result<(), Problem> {
    let mut out = io::stdout().lock();
    out.write_all(text).and_then(|()| out.flush()).map_err(|error| unwritable(&error))
}

fn unwritable(error: &io::Error) -> Problem {
    Problem::new(format!("It could not be written to standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_has_every_verb_and_each_global_option_once() {
        let mut page = Vec::new();
        render(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for verb in
            ["INSTANCES", "BACKUPS", "CHECK", "RESTORE", "BACKUP", "OPERATIONS", "PARITY", "INFO", "SANDBOX"]
        {
            assert!(page.contains(&format!(".SH \"LIFEBOAT {verb}\"")), "{verb}");
        }
        // With its value it stands among the options; the synopsis names it without one.
        assert_eq!(page.matches("log\\-level\\fR \\fI").count(), 1, "{page}");
        assert!(page.contains("outcome unknown"));
    }
}
