//! Runs the Azure CLI and azd for a token, without a terminal and not for ever.
//!
//! The executor that azure_identity brings lets the child inherit our standard input, which is a terminal in raw
//! mode, and waits for it without end.

use std::ffi::OsStr;
use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use azure_identity::Executor;
use tokio::process::{Child, Command};

/// `az` needs a second or two; whoever needs thirty waits for something that will not come.
const LONGEST: Duration = Duration::from_secs(30);

/// What a tool that is asked for a token has no use for: the secrets of other ways to sign in, and those of storage. The
/// rest of the environment goes along, because it says where the tool keeps its sign-in, which proxy and which
/// certificates it takes, and in a cloud shell how it signs in itself; leaving any of that out would be found out in an
/// incident.
const KEPT_FROM_TOOLS: [&str; 6] = [
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_PASSWORD",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_CONNECTION_STRING",
];

/// Runs a program with no input, in a process group of its own, for a bounded time.
#[derive(Debug)]
pub(crate) struct Quiet {
    longest: Duration,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { longest: LONGEST }
    }
}

#[async_trait::async_trait]
impl Executor for Quiet {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let mut command = Command::new(program);
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for name in KEPT_FROM_TOOLS {
            command.env_remove(name);
        }
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn()?;
        let family = Family::of(&child);
        let output = tokio::time::timeout(self.longest, child.wait_with_output()).await;
        match output {
            Ok(output) => {
                family.let_go();
                output
            }
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("it gave no answer within {} s and was stopped", self.longest.as_secs()),
            )),
        }
    }
}

/// The child and what it started: `az` is a shell script that starts Python, and killing the shell would leave
/// Python behind. Dropped before the child has ended, it ends them all.
struct Family {
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
}

impl Family {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { group: id.and_then(rustix::process::Pid::from_raw) }
    }

    #[cfg(not(unix))]
    fn of(_child: &Child) -> Self {
        Self {}
    }

    #[cfg(unix)]
    fn let_go(mut self) {
        self.group = None;
    }

    #[cfg(not(unix))]
    fn let_go(self) {}
}

#[cfg(unix)]
impl Drop for Family {
    fn drop(&mut self) {
        if let Some(group) = self.group.take() {
            // It may have ended by itself in the meantime, which is all that was wanted.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Instant;

    async fn run(script: &str, longest: Duration) -> io::Result<Output> {
        let args = [OsStr::new("-c"), OsStr::new(script)];
        Quiet { longest }.run(OsStr::new("/bin/sh"), &args).await
    }

    #[tokio::test]
    async fn its_child_reads_nothing_and_its_words_come_back() {
        let output = run("cat; echo out; echo err >&2; exit 3", LONGEST).await.unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
    }

    #[tokio::test]
    async fn a_child_that_hangs_is_stopped_with_all_that_it_started() {
        let began = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("alive");
        let script = format!("(sleep 1; touch {}) & sleep 60", mark.display());
        let error = run(&script, Duration::from_millis(200)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert!(!mark.exists(), "a grandchild lived on");
    }
}
