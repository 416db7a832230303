//! The commands that were run in the console, for the next run: one small file, of which nothing depends. Consoles that
//! run side by side each add to what is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::discretion::discreet;
use crate::domain::problem::Problem;

use super::error::JournalError;
use super::folder;

/// The version of the file.
const VERSION: u32 = 1;
/// So many lines are kept.
const KEPT: usize = 100;
/// A longer line is not kept.
const LONGEST: usize = 500;

/// Where they are kept.
#[derive(Clone, Debug)]
pub struct Commands {
    folder: PathBuf,
    /// Whoever holds it replaces the file: two commands of one console come one after the other.
    turn: Arc<Mutex<()>>,
}

impl Commands {
    /// The commands in this state directory. A folder is made in it when something is kept.
    pub fn new(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("commands"), turn: Arc::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("commands.txt")
    }

    /// What was kept, the newest last; nothing when nothing was.
    ///
    /// # Errors
    /// It cannot be read, or is of another version. It was put aside, where it stays.
    pub fn load(&self, now: Timestamp) -> Result<Vec<String>, Problem> {
        let path = self.path();
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            _ => {}
        }
        let read = folder::check_private(&self.folder).and_then(|()| folder::read_own(&path));
        let why = match read.map(|bytes| decode(&bytes)) {
            Ok(Ok(lines)) => return Ok(lines),
            Ok(Err(why)) => why.to_owned(),
            Err(error) => error.to_string(),
        };
        let aside = self.folder.join(format!("commands.{}.aside", now.strftime("%Y%m%dT%H%M%SZ")));
        let problem = Problem::new(format!("The commands of earlier runs cannot be read: {why}"))
            .meaning("Only the lines that Up brings back are lost");
        Err(match fs::rename(&path, &aside) {
            Ok(()) => {
                problem.about(aside.display().to_string()).next("Nothing; the file was put aside as it is")
            }
            Err(error) => problem
                .about(path.display().to_string())
                .next(format!("Take the file away: it could not be put aside ({error})")),
        })
    }

    /// Adds a line to what was kept; the same one again only moves to the end. One that could hold a secret is not kept,
    /// nor one that is too long or holds what no key types.
    ///
    /// # Errors
    /// The disk says no, or what is there cannot be read; it stays.
    pub fn keep(&self, line: &str) -> Result<(), JournalError> {
        if discreet(line) != line || line.len() > LONGEST || line.contains(char::is_control) {
            return Ok(());
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path();
        let mut lines = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            _ => {
                let bytes = folder::read_own(&path)?;
                let unreadable =
                    |why: &str| JournalError::Unreadable { path: path.clone(), why: why.to_owned() };
                decode(&bytes).map_err(unreadable)?
            }
        };
        lines.retain(|known| known != line);
        lines.push(line.to_owned());
        let first = lines.len().saturating_sub(KEPT);
        let body = lines.split_off(first).join("\n");
        folder::replace(&self.folder, &path, &header(body.as_bytes()), body.as_bytes())
    }
}

/// The first line: what it is, its version, the checksum of the rest.
fn header(body: &[u8]) -> String {
    format!("lifeboat-commands {VERSION} {:08x}", crc32fast::hash(body))
}

fn decode(bytes: &[u8]) -> Result<Vec<String>, &'static str> {
    let end = bytes.iter().position(|&byte| byte == b'\n').ok_or("it has no first line")?;
    let (head, body) = (&bytes[..end], &bytes[end + 1..]);
    if !head.starts_with(format!("lifeboat-commands {VERSION} ").as_bytes()) {
        return Err("it is of another version");
    }
    if head != header(body).as_bytes() {
        return Err("it is damaged");
    }
    let text = std::str::from_utf8(body).map_err(|_| "it is no text")?;
    Ok(text.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:04:31Z".parse().unwrap()
    }

    #[test]
    fn n6_the_last_hundred_lines_outlive_the_run_each_once() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Commands::new(dir.path()), Commands::new(dir.path()));
        assert!(one.load(now()).unwrap().is_empty());
        for number in 0..120 {
            one.keep(&format!("fleet {number}")).unwrap();
        }
        other.keep("fleet 100").unwrap();
        let lines = one.load(now()).unwrap();
        assert_eq!(lines.len(), KEPT);
        assert_eq!((lines[0].as_str(), lines[99].as_str()), ("fleet 20", "fleet 100"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(fs::metadata(one.path()).unwrap().mode() & 0o777, 0o600);
            assert_eq!(fs::metadata(&one.folder).unwrap().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn n6_no_line_with_a_secret_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let it = Commands::new(dir.path());
        let long = "x".repeat(LONGEST + 1);
        for line in ["backups https://st/c?sig=c4n4ry", "filter AccountKey=c4n4ry", &long, "a\nb", "ops"] {
            it.keep(line).unwrap();
        }
        assert_eq!(it.load(now()).unwrap(), ["ops"]);
    }

    #[test]
    fn n6_a_damaged_file_is_told_put_aside_and_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let it = Commands::new(dir.path());
        it.keep("ops").unwrap();
        let mut bytes = fs::read(it.path()).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(it.path(), &bytes).unwrap();
        assert!(it.keep("fleet").is_err(), "what cannot be read is not written over");
        let problem = it.load(now()).unwrap_err();
        assert!(problem.summary.ends_with("it is damaged"), "{problem}");
        assert_eq!(fs::read(it.folder.join("commands.20261123T120431Z.aside")).unwrap(), bytes);
        it.keep("fleet").unwrap();
        assert_eq!(it.load(now()).unwrap(), ["fleet"]);
    }
}
