//! Opens an address in the browser of this machine, with what the platform has for it. Only asked where somebody sits
//! before its display.

use std::process::Stdio;

use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;

use super::executor::post;
use crate::console::message::Msg;
use crate::domain::problem::Problem;

/// The platform's opener and the words before the address. On Windows not `start`, which is a word of a shell that would
/// read the address: `%2F` is the beginning of a variable there.
const OPENER: (&str, &[&str]) = if cfg!(windows) {
    ("rundll32.exe", &["url.dll,FileProtocolHandler"])
} else if cfg!(target_os = "macos") {
    ("open", &[])
} else {
    ("xdg-open", &[])
};

/// Begins to open it; a failure is told, and the address stays on the screen.
pub(super) fn open(address: String, inbox: UnboundedSender<Msg>) {
    tokio::spawn(async move {
        let (program, words) = OPENER;
        let mut command = Command::new(program);
        command.args(words).arg(&address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let why = match command.status().await {
            Ok(status) if status.success() => return,
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        let problem = Problem::new(format!("{program} did not open the browser: {why}"))
            .meaning("The address is on the clipboard")
            .next("Open it by hand");
        post(&inbox, Msg::Trouble(problem));
    });
}
