//! What a kept draft survives, and what becomes of one that cannot be read.

use std::fs;

use jiff::Timestamp;
use tempfile::TempDir;

use super::*;
use crate::domain::approval::Acceptance;
use crate::domain::sketch::{Line, Part, Sketch};
use crate::trials::{Chance, seeds, trials};

const ROOT: &str = "https://management.azure.com";

fn now() -> Timestamp {
    "2026-11-23T12:04:31Z".parse().unwrap()
}

fn sketches(reason: &str) -> Sketches {
    let line = Line {
        source: None,
        backup: None,
        target: Some("/subscriptions/s/resourceGroups/g/providers/P.P/service/apim-dr".parse().unwrap()),
        access: Some("user:c-1".parse().unwrap()),
        accepted: vec![Acceptance { finding: "traffic".into(), reason: reason.into() }],
        part: Part::In,
    };
    Sketches { restore: Some(Sketch { as_of: now(), lines: vec![line] }), failover: None, backup: None }
}

fn kept() -> (TempDir, Drafts) {
    let state = TempDir::new().unwrap();
    let drafts = Drafts::new(state.path(), ROOT);
    drafts.store(&sketches("drill")).unwrap();
    (state, drafts)
}

#[test]
fn what_was_kept_is_found_again_for_its_cloud_only_and_goes_when_it_is_done() {
    let (state, drafts) = kept();
    assert_eq!(drafts.load(now()).unwrap(), sketches("drill"));
    let other = Drafts::new(state.path(), "http://127.0.0.1:4711");
    assert_eq!(other.load(now()).unwrap(), Sketches::default());
    drafts.store(&sketches("again")).unwrap();
    assert_eq!(drafts.load(now()).unwrap(), sketches("again"));
    drafts.store(&Sketches::default()).unwrap();
    drafts.store(&Sketches::default()).unwrap();
    assert_eq!(fs::read_dir(state.path().join("drafts")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn it_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (state, drafts) = kept();
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&state.path().join("drafts")), mode(&drafts.path())), (0o700, 0o600));
    fs::set_permissions(state.path().join("drafts"), fs::Permissions::from_mode(0o755)).unwrap();
    let problem = drafts.load(now()).unwrap_err();
    assert!(problem.summary.contains("others may enter it"), "{problem}");
}

#[test]
fn one_of_another_version_or_a_damaged_one_is_told_and_put_aside() {
    for (bytes, why) in [
        (&b"lifeboat-drafts 2 00000000\n{}"[..], "another version"),
        (b"lifeboat-drafts 1 00000000\n{}", "damaged"),
        (b"", "no first line"),
    ] {
        let (state, drafts) = kept();
        fs::write(drafts.path(), bytes).unwrap();
        let problem = drafts.load(now()).unwrap_err();
        assert!(problem.summary.contains(why), "{problem}");
        let aside = state.path().join("drafts/management-azure-com.20261123T120431Z.aside");
        assert_eq!(fs::read(aside).unwrap(), bytes);
        assert_eq!(drafts.load(now()).unwrap(), Sketches::default(), "it is told once");
    }
}

#[test]
fn whatever_the_damage_it_is_the_draft_or_a_problem() {
    let seeds = seeds(trials(300, 50_000));
    let mut told = 0;
    let state = TempDir::new().unwrap();
    let drafts = Drafts::new(state.path(), ROOT);
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        drafts.store(&sketches("drill")).unwrap();
        let mut bytes = fs::read(drafts.path()).unwrap();
        let at = usize::try_from(chance.below(bytes.len() as u64)).unwrap();
        match chance.below(3) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << chance.below(8),
            _ => drop(bytes.remove(at)),
        }
        fs::write(drafts.path(), &bytes).unwrap();
        assert!(drafts.load(now()).is_err(), "seed {seed}");
        told += 1;
    }
    println!("{told} damaged drafts told and put aside; seeds {:?} to {:?}", seeds.first(), seeds.last());
}
