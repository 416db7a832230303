//! Caches as a hostile disk leaves them: none crashes, none is believed, all are made again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;
use crate::domain::backup::samples::backup;
use crate::domain::instance::samples::instance;
use crate::domain::sku::Tier;
use crate::trials::{Chance, seeds, trials};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn inventory() -> CachedInventory {
    CachedInventory {
        as_of: now(),
        resource_manager: "https://management.azure.com".into(),
        subscriptions: Vec::new(),
        instances: vec![instance("apim-core", Tier::Premium)],
        accounts: Vec::new(),
        backups: vec![backup("apim-core", 5, now())],
    }
}

#[test]
fn the_cache_is_whole_or_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::new(&dir.path().join("cache"));
    let kept = inventory();
    assert_eq!(cache.load(&kept.resource_manager), None);
    cache.store(&kept).unwrap();
    assert_eq!(cache.load(&kept.resource_manager), Some(kept.clone()));
    assert_eq!(cache.load("https://management.chinacloudapi.cn"), None);
    cache.store(&CachedInventory { backups: Vec::new(), ..kept.clone() }).unwrap();
    assert_eq!(cache.load(&kept.resource_manager).unwrap().backups, Vec::new());
    let file = dir.path().join("cache/inventory.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(dir.path().join("cache")).unwrap().count(), 1);
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        fs::write(&file, &damaged).unwrap();
        assert_eq!(cache.load(&kept.resource_manager), None, "byte {at}");
        fs::write(&file, &whole[..at]).unwrap();
        assert_eq!(cache.load(&kept.resource_manager), None, "cut at {at}");
    }
}

/// A cache of some other making. Every kind is either not what was sealed, or sealed and no inventory.
fn corrupted(whole: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let place = |chance: &mut Chance, of: usize| usize::try_from(chance.below(of as u64)).unwrap();
    let from = place(chance, whole.len());
    let to = (from + 1 + place(chance, whole.len())).min(whole.len());
    let sealed = |body: Vec<u8>| [header(&body).as_bytes(), b"\n", &body].concat();
    let body = whole.split(|&byte| byte == b'\n').nth(1).unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    match chance.below(12) {
        0 => bytes[from] ^= 1 << chance.below(8),
        1 => bytes.truncate(from),
        2 => bytes[from..to].fill(0),
        3 => drop(bytes.drain(from..to)),
        4 => drop(bytes.splice(from..from, std::iter::repeat_n(b'x', to - from))),
        5 => bytes = (0..place(chance, 5000)).map(|_| chance.bits() as u8).collect(),
        6 => bytes = sealed(b"[".repeat(100_000)),
        7 => bytes = sealed(text.replace("\"asOf\":\"2026", "\"asOf\":\"99999").into_bytes()),
        8 => bytes = sealed(text.replacen('{', "[", 1).into_bytes()),
        9 => bytes = sealed(text.replace("\"backups\":[", "\"backups\":[1e999,").into_bytes()),
        10 => bytes = String::from_utf8(whole.to_vec()).unwrap().replacen(" 1 ", " 2 ", 1).into_bytes(),
        _ => bytes = [whole, &whole[..from + 1]].concat(),
    }
    bytes
}

#[test]
fn no_corrupted_cache_is_believed_and_each_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::new(&dir.path().join("cache"));
    let kept = inventory();
    cache.store(&kept).unwrap();
    let file = dir.path().join("cache/inventory.json");
    let whole = fs::read(&file).unwrap();
    let seeds = seeds(trials(300, 1000));
    for seed in &seeds {
        let bytes = corrupted(&whole, &mut Chance::new(*seed));
        // A stretch of zeros can fall on nothing but zeros; there is none here.
        assert_ne!(bytes, whole, "seed {seed}");
        fs::write(&file, bytes).unwrap();
        assert_eq!(cache.load(&kept.resource_manager), None, "seed {seed}");
        cache.store(&kept).unwrap();
        assert_eq!(cache.load(&kept.resource_manager).as_ref(), Some(&kept), "seed {seed}");
    }
    println!("{} caches, seeds {:?} to {:?}", seeds.len(), seeds.first(), seeds.last());
}

#[test]
fn what_is_no_file_or_somebody_elses_is_no_cache() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("cache");
    let cache = Cache::new(&folder);
    let kept = inventory();
    cache.store(&kept).unwrap();
    let (file, aside) = (folder.join(NAME), dir.path().join("aside"));
    fs::rename(&file, &aside).unwrap();
    std::os::unix::fs::symlink(&aside, &file).unwrap();
    assert_eq!(cache.load(&kept.resource_manager), None, "a link");
    cache.store(&kept).unwrap();
    assert!(cache.load(&kept.resource_manager).is_some());
    assert!(
        fs::symlink_metadata(&file).unwrap().is_file() && aside.exists(),
        "the link is gone, not its end"
    );
    fs::remove_file(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    assert_eq!(cache.load(&kept.resource_manager), None, "a pipe is not waited for");
    cache.store(&kept).unwrap();
    fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(cache.load(&kept.resource_manager), None, "huge");
    cache.store(&kept).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
    assert_eq!(cache.load(&kept.resource_manager), None, "others may write there");
    assert!(cache.store(&kept).is_err());
}

#[test]
fn a_disk_that_refuses_the_cache_is_told_and_leaves_nothing_half() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("cache");
    let cache = Cache::new(&folder);
    fs::write(&folder, "").unwrap();
    assert!(matches!(cache.store(&inventory()), Err(JournalError::NotPrivate { .. })));
    fs::remove_file(&folder).unwrap();
    folder::make_private(&folder).unwrap();
    fs::create_dir(folder.join(NAME)).unwrap();
    let error = cache.store(&inventory()).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "replace", .. }), "{error}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(cache.load(&inventory().resource_manager), None);
}
