//! The drafts that a console keeps for its next start: one small file for each root of ARM, so that what was drafted
//! for one cloud is never offered for another. Nothing can be started from it. Consoles that run side by side keep the
//! draft of whichever changed one last.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::domain::problem::Problem;
use crate::domain::sketch::Sketches;

use super::error::JournalError;
use super::folder;

/// The version of the schema.
const VERSION: u32 = 1;

/// Where the drafts for one root of ARM are kept.
#[derive(Clone, Debug)]
pub struct Drafts {
    folder: PathBuf,
    name: String,
}

impl Drafts {
    /// The drafts in this state directory. A folder is made in it when something is stored.
    pub fn new(state_dir: &Path, resource_manager: &str) -> Self {
        let root = resource_manager.split_once("://").map_or(resource_manager, |(_, rest)| rest);
        let tame = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = root.chars().map(tame).collect();
        Self { folder: state_dir.join("drafts"), name }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    /// What was kept; nothing when nothing was.
    ///
    /// # Errors
    /// It cannot be read, or is of another version. It was put aside, where it stays.
    pub fn load(&self, now: Timestamp) -> Result<Sketches, Problem> {
        let path = self.path();
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Sketches::default()),
            _ => {}
        }
        let read = folder::check_private(&self.folder).and_then(|()| folder::read_own(&path));
        let why = match read.map(|bytes| decode(&bytes)) {
            Ok(Ok(sketches)) => return Ok(sketches),
            Ok(Err(why)) => why,
            Err(error) => error.to_string(),
        };
        Err(self.put_aside(&path, &why, now))
    }

    /// Keeps drafts in place of those before; nothing is kept of none. Whoever reads sees the old ones or the new ones,
    /// whole.
    ///
    /// # Errors
    /// The disk says no; those before stay.
    pub fn store(&self, sketches: &Sketches) -> Result<(), JournalError> {
        let path = self.path();
        if sketches.is_empty() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                other => other.map_err(JournalError::io("remove", &path)),
            };
        }
        let body =
            serde_json::to_vec(sketches).map_err(|error| JournalError::Unwritable(error.to_string()))?;
        folder::replace(&self.folder, &path, &header(&body), &body)
    }

    /// Moves a file out of the way that says nothing to this program.
    fn put_aside(&self, path: &Path, why: &str, now: Timestamp) -> Problem {
        let aside = self.folder.join(format!("{}.{}.aside", self.name, now.strftime("%Y%m%dT%H%M%SZ")));
        let problem = Problem::new(format!("The draft of an earlier run cannot be read: {why}")).meaning(
            "Only what was chosen and accepted before it was sent is lost; operations are kept elsewhere",
        );
        match fs::rename(path, &aside) {
            Ok(()) => problem
                .about(aside.display().to_string())
                .next("Begin anew with a r or a f; the file was put aside as it is"),
            Err(error) => problem
                .about(path.display().to_string())
                .next(format!("Begin anew; the file could not be put aside ({error}) and stays where it is")),
        }
    }
}

/// The first line: what it is, its version, the checksum of the rest.
fn header(body: &[u8]) -> String {
    format!("lifeboat-drafts {VERSION} {:08x}", crc32fast::hash(body))
}

fn decode(bytes: &[u8]) -> Result<Sketches, String> {
    let line = bytes.iter().position(|&byte| byte == b'\n').ok_or("it has no first line")?;
    let (head, body) = (&bytes[..line], &bytes[line + 1..]);
    let ours = format!("lifeboat-drafts {VERSION} ");
    if !head.starts_with(ours.as_bytes()) {
        return Err("it is of another version".to_owned());
    }
    if head != header(body).as_bytes() {
        return Err("it is damaged".to_owned());
    }
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
