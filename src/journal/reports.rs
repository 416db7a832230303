//! Reports that a person had written: each in a file of its own, for its owner only, never over another one.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::JournalError;
use super::folder;

/// The directory of reports within the state directory.
const FOLDER: &str = "reports";
/// How many reports of one second have a name.
const MOST: u32 = 1000;

/// Keeps a report under a name with this beginning and ending, and gives the file. It is on the disk when this returns.
///
/// # Errors
/// The directory cannot be made or is not private, or the file cannot be written.
pub fn keep(state_dir: &Path, (name, ending): (&str, &str), text: &[u8]) -> Result<PathBuf, JournalError> {
    let folder = state_dir.join(FOLDER);
    folder::make_private(&folder)?;
    let mut unseen = folder::unseen(&folder)?;
    let first = folder.join(format!("{name}.{ending}"));
    let written = unseen.write_all(text).and_then(|()| unseen.as_file().sync_all());
    written.map_err(JournalError::io("write", &first))?;
    for number in 1..=MOST {
        let path = match number {
            1 => first.clone(),
            _ => folder.join(format!("{name}-{number}.{ending}")),
        };
        if path.exists() {
            continue;
        }
        folder::reveal(unseen, &path)?;
        return Ok(path);
    }
    let full = std::io::Error::other("too many reports of this second");
    Err(JournalError::io("name", &first)(full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_for_its_owner_and_takes_nobodys_name() {
        let dir = tempfile::tempdir().unwrap();
        let one = keep(dir.path(), ("report-1", "md"), b"one").unwrap();
        let two = keep(dir.path(), ("report-1", "md"), b"two").unwrap();
        assert_ne!(one, two);
        assert_eq!(two.file_name().unwrap(), "report-1-2.md");
        assert_eq!(std::fs::read(&one).unwrap(), b"one");
        assert_eq!(std::fs::read(&two).unwrap(), b"two");
        #[cfg(unix)]
        for path in [&one, &two] {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(std::fs::metadata(path).unwrap().mode() & 0o777, 0o600);
        }
        let names: Vec<_> = std::fs::read_dir(one.parent().unwrap()).unwrap().collect();
        assert_eq!(names.len(), 2, "nothing else is left there");
    }

    #[test]
    #[cfg(unix)]
    fn a_directory_that_others_may_enter_gets_no_report() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join(FOLDER);
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(keep(dir.path(), ("report", "md"), b"x").is_err());
    }
}
