//! Keeps drafts on the disk, beside the loop: a slow disk holds up no key. Of several that wait, the last is written.

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch::{self, Sender};
use tokio::task::spawn_blocking;

use super::executor::post;
use crate::console::message::Msg;
use crate::domain::problem::Problem;
use crate::domain::sketch::Sketches;
use crate::journal::drafts::Drafts;

/// Where drafts are handed in.
pub(super) struct Keeping {
    newest: Sender<Sketches>,
}

impl Keeping {
    /// Begins to keep what is handed in. A disk that says no is told once, until it does better.
    pub(super) fn begin(drafts: Drafts, inbox: UnboundedSender<Msg>) -> Self {
        let (newest, mut changed) = watch::channel(Sketches::default());
        tokio::spawn(async move {
            let mut is_told = false;
            while changed.changed().await.is_ok() {
                let sketches = changed.borrow_and_update().clone();
                let drafts = drafts.clone();
                let stored = spawn_blocking(move || drafts.store(&sketches)).await;
                let Ok(Err(error)) = stored else {
                    is_told = false;
                    continue;
                };
                tracing::warn!(%error, "a draft was not kept");
                if !std::mem::replace(&mut is_told, true) {
                    let problem = Problem {
                        summary: format!("The draft is not kept for the next start: {error}"),
                        ..error.problem()
                    };
                    post(&inbox, Msg::Trouble(problem.meaning("It is lost when the program ends")));
                }
            }
        });
        Self { newest }
    }

    /// Keeps these in place of those before.
    pub(super) fn keep(&self, sketches: Sketches) {
        self.newest.send_replace(sketches);
    }
}
