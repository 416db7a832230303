//! A file as a hostile disk leaves it: cut anywhere, any bit flipped, filled with zeros, or no file at all. Nothing
//! panics, the longest run of good records stays, damage is told, and the original is kept.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::error::JournalError;
use super::record::{self, BadRecord, Record};
use super::replay::{Damage, replay};
use super::tests::{accepted, finished, id, intent, now};
use super::*;
use crate::domain::operation::{OperationEvent, Poll};
use crate::trials::{Chance, trials};

/// The lines of an operation with so many polls that its file has at least this size.
fn long_story(size: u64) -> Vec<Vec<u8>> {
    let poll = |n| {
        let problem = (n % 7 == 0).then(|| Problem::new(format!("no answer \n{n}")));
        Poll { http_status: Some(202), status: Some("läuft".into()), next_in: n, problem, ..Poll::default() }
    };
    let begun = [OperationEvent::Planned(Box::new(intent(1))), OperationEvent::Submitting, accepted()];
    let events = begun.into_iter().chain((0..).map(|n| OperationEvent::Polled(poll(n))));
    let by = Driver { pid: 7, host: "laptop".into() };
    let mut left = i64::try_from(size).unwrap();
    let mut lines = Vec::new();
    for event in events {
        if left <= 0 {
            break;
        }
        let line = record::encode(&Record { version: 1, at: now(), event, by: by.clone() }).unwrap();
        left -= i64::try_from(line.len()).unwrap();
        lines.push(line);
    }
    lines
}

/// A file of 1 MB takes too long to be read again eight million times, and need not be: [`replay`]
/// goes through the lines in order, carries nothing over from one to the next but what the good ones before have said,
/// and stops at the first that is damaged without a look at what follows. So a flip changes what is told only through the
/// first line from where the flipped one begins, and it is enough that this line reads as damaged: not as good, which
/// would be another story, and not as that of a newer program, which would hide the records before it. That whole files
/// are told just so is tried on some flips, and on all of a short file below.
#[test]
fn every_flipped_bit_of_a_long_file_is_damage_from_its_line_on() {
    let lines = long_story(trials(20_000, 1_000_000));
    let (mut flips, mut begins) = (0_u64, Vec::new());
    let mut at = 0;
    for (index, line) in lines.iter().enumerate() {
        begins.push(at);
        at += line.len();
        let behind = lines.get(index + 1).map(Vec::as_slice).unwrap_or_default();
        let mut bytes = [line.as_slice(), behind].concat();
        for bit in 0..line.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let first = bytes.split_inclusive(|&byte| byte == b'\n').next().unwrap();
            if let Some(bare) = first.strip_suffix(b"\n") {
                assert_eq!(record::decode(bare), Err(BadRecord::Damaged), "line {}, bit {bit}", index + 1);
            }
            bytes[bit / 8] ^= 1 << (bit % 8);
            flips += 1;
        }
    }
    let mut whole = lines.concat();
    let seed = 3;
    let mut chance = Chance::new(seed);
    let read = trials(60, 2000);
    for _ in 0..read {
        let bit = usize::try_from(chance.below(whole.len() as u64 * 8)).unwrap();
        let line = begins.partition_point(|begin| *begin <= bit / 8);
        whole[bit / 8] ^= 1 << (bit % 8);
        told(&whole, line, begins[line - 1]);
        whole[bit / 8] ^= 1 << (bit % 8);
    }
    println!("{} bytes, {flips} flips, {read} of them by whole files, seed {seed}", whole.len());
}

/// A file whose first bad line is this one, which begins here.
fn told(bytes: &[u8], line: usize, begins: usize) {
    let replayed = replay(bytes);
    if line == 1 {
        assert!(replayed.is_err(), "the first record is gone");
        return;
    }
    let replayed = replayed.unwrap();
    assert_eq!(replayed.damage, Some(Damage { line, bytes: bytes.len() - begins }));
    assert_eq!((replayed.good, replayed.events.len()), (begins, line - 1));
}

/// As with the flips: the good lines before the cut are read alike whatever follows, so behind the first three each cut
/// line is tried in their place.
#[test]
fn a_long_file_cut_at_every_byte_is_told_up_to_the_last_whole_line() {
    let lines = long_story(trials(20_000, 1_000_000));
    let head = lines[..3].concat();
    let (mut cuts, mut at) = (0_u64, 0);
    for (index, line) in lines.iter().enumerate() {
        for cut in 0..line.len() {
            cuts += 1;
            let (before, number) =
                if index < 3 { (lines[..index].concat(), index + 1) } else { (head.clone(), 4) };
            let bytes = [before.as_slice(), &line[..cut]].concat();
            if cut > 0 || before.is_empty() {
                told(&bytes, number, before.len());
            } else {
                assert_eq!(replay(&bytes).unwrap().damage, None);
            }
        }
        at += line.len();
    }
    let whole = lines.concat();
    let seed = 5;
    let mut chance = Chance::new(seed);
    let read = trials(60, 2000);
    for _ in 0..read {
        let cut = usize::try_from(chance.below(whole.len() as u64)).unwrap();
        let good = whole[..cut].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        match replay(&whole[..cut]) {
            Err(_) => assert_eq!(good, 0),
            Ok(replayed) => {
                assert_eq!(replayed.good, good);
                assert_eq!(replayed.damage.map(|it| it.bytes), (cut > good).then_some(cut - good));
            }
        }
    }
    println!("{at} bytes, {cuts} cuts, {read} of them by whole files, seed {seed}");
}

#[test]
fn every_flipped_bit_of_a_short_file_is_told_by_the_whole_file() {
    let (_dir, _journal, path) = finished();
    let mut whole = fs::read(&path).unwrap();
    let events = replay(&whole).unwrap().events;
    for bit in 0..whole.len() * 8 {
        let line = whole[..bit / 8].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let begins: usize =
            whole.split_inclusive(|&byte| byte == b'\n').take(line - 1).map(<[u8]>::len).sum();
        whole[bit / 8] ^= 1 << (bit % 8);
        told(&whole, line, begins);
        if let Ok(replayed) = replay(&whole) {
            assert_eq!(replayed.events, events[..line - 1], "bit {bit}");
        }
        whole[bit / 8] ^= 1 << (bit % 8);
    }
    println!("{} flips, each by the whole file", whole.len() * 8);
}

/// On the disk: whatever was done to a file, whoever takes it over finds its good records, and the original beside it.
#[test]
fn a_damaged_file_is_mended_and_its_original_kept() {
    let (_dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let first_line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let seed = 7;
    let mut chance = Chance::new(seed);
    let tries = trials(150, 3000);
    let mut refused = 0;
    for _ in 0..tries {
        let damaged = hurt(&whole, &mut chance);
        fs::write(&path, &damaged).unwrap();
        let intact = replay(&damaged).is_ok_and(|it| it.damage.is_none());
        let kept = path.with_file_name(format!("{}.damaged-1", path.file_name().unwrap().to_string_lossy()));
        match journal.take_over(id(1), now()) {
            Ok(mended) => {
                assert_eq!(mended.damage().is_some(), !intact);
                drop(mended);
                if !intact {
                    assert_eq!(fs::read(&kept).unwrap(), damaged);
                    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
                    fs::remove_file(&kept).unwrap();
                }
                let after = fs::read(&path).unwrap();
                let good = replay(&damaged).unwrap().good;
                assert!(good >= first_line);
                assert_eq!(after[..good], whole[..good]);
                assert_eq!(replay(&after).unwrap().damage, None);
            }
            Err(JournalError::Unreadable { .. }) => {
                refused += 1;
                assert_eq!(fs::read(&path).unwrap(), damaged, "what tells nothing is left as it is");
                assert!(!kept.exists());
                let (listed, problems) = journal.list();
                assert_eq!((listed.len(), problems.len()), (0, 1));
            }
            Err(error) => panic!("{error}"),
        }
    }
    println!("{tries} damaged files, {refused} of them without a first record, seed {seed}");
}

/// One or several places of a file, hurt as disks do it.
fn hurt(whole: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..chance.between(1, 3) {
        let place = |chance: &mut Chance| usize::try_from(chance.below(whole.len() as u64)).unwrap();
        let (from, length) = (place(chance).min(bytes.len()), place(chance));
        let to = (from + length).min(bytes.len());
        match chance.below(6) {
            0 => bytes.truncate(from),
            1 => bytes[from..to].fill(0),
            2 => drop(bytes.drain(from..to)),
            3 => drop(bytes.splice(from..from, std::iter::repeat_n(0, 4096))),
            4 => drop(bytes.splice(from..from, b"\n".iter().copied())),
            _ if from < bytes.len() => bytes[from] ^= 1 << chance.below(8),
            _ => {}
        }
    }
    bytes
}

/// What a power failure or a hand may leave in place of a file.
#[test]
fn what_is_no_operation_is_told_left_alone_and_hides_no_other() {
    let (_dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let zeros = vec![0; 8192];
    let (first, rest) = whole.split_at(ends[0]);
    let files: [(&str, Vec<u8>); 7] = [
        ("empty", Vec::new()),
        ("a torn first record", first[..first.len() - 1].to_vec()),
        ("zeros", zeros.clone()),
        ("zeros before", [&zeros, &whole[..]].concat()),
        ("a line feed", b"\n".to_vec()),
        ("no plan", rest.to_vec()),
        ("a first record without its line feed", [&first[..first.len() - 1], rest].concat()),
    ];
    let odd = journal
        .folder()
        .join(path.file_name().unwrap().to_string_lossy().replace("0001.jsonl", "0002.jsonl"));
    for (what, bytes) in files {
        fs::write(&odd, &bytes).unwrap();
        assert!(matches!(journal.take_over(id(2), now()), Err(JournalError::Unreadable { .. })), "{what}");
        assert!(matches!(journal.create(intent(3), now()), Err(JournalError::Obscured(_))), "{what}");
        let (listed, problems) = journal.list();
        assert_eq!((listed.len(), problems.len()), (1, 1), "{what}");
        assert_eq!(fs::read(&odd).unwrap(), bytes, "{what}");
        fs::remove_file(&odd).unwrap();
    }
    let spoilt: [(&str, Vec<u8>, usize); 3] = [
        ("zeros behind", [&whole[..], &zeros].concat(), 7),
        ("zeros in the middle", [&whole[..ends[1]], &zeros, &whole[ends[1]..]].concat(), 2),
        (
            "zeros in place of a record",
            [&whole[..ends[3]], &vec![0; ends[4] - ends[3]], &whole[ends[4]..]].concat(),
            4,
        ),
    ];
    for (what, bytes, good) in spoilt {
        let replayed = replay(&bytes).unwrap();
        assert_eq!((replayed.good, replayed.events.len()), (ends[good - 1], good), "{what}");
        assert_eq!(replayed.damage.unwrap().line, good + 1, "{what}");
    }
}

#[test]
fn what_is_no_file_is_told_and_not_waited_for() {
    let (dir, journal, path) = finished();
    let odd = journal
        .folder()
        .join(path.file_name().unwrap().to_string_lossy().replace("0001.jsonl", "0002.jsonl"));
    let expect = |what: &str| {
        assert!(matches!(journal.take_over(id(2), now()), Err(JournalError::Unreadable { .. })), "{what}");
        assert!(matches!(journal.export(id(2)), Err(JournalError::Unreadable { .. })), "{what}");
        assert!(matches!(journal.create(intent(3), now()), Err(JournalError::Obscured(_))), "{what}");
        let (listed, problems) = journal.list();
        assert_eq!((listed.len(), problems.len()), (1, 1), "{what}");
    };
    fs::create_dir(&odd).unwrap();
    expect("a directory");
    fs::remove_dir(&odd).unwrap();
    assert!(Command::new("mkfifo").arg(&odd).status().unwrap().success());
    expect("a pipe");
    fs::remove_file(&odd).unwrap();
    for to in [&path, Path::new("/dev/zero"), Path::new("/nowhere")] {
        std::os::unix::fs::symlink(to, &odd).unwrap();
        expect("a link");
        fs::remove_file(&odd).unwrap();
    }
    // Sparse: it takes no room.
    fs::File::create(&odd).unwrap().set_len(1 << 40).unwrap();
    expect("huge");
    fs::remove_file(&odd).unwrap();
    assert!(matches!(journal.import(Path::new("/dev/zero")), Err(JournalError::Unreadable { .. })));
    assert!(matches!(journal.import(dir.path()), Err(JournalError::Io { .. })));
    fs::copy(&path, &odd).unwrap();
    fs::set_permissions(&odd, fs::Permissions::from_mode(0o000)).unwrap();
    if rustix::process::geteuid().is_root() {
        println!("not tried: a file that may not be read, because root may read it");
    } else {
        assert_eq!(journal.list().1.len(), 1);
        assert!(matches!(journal.create(intent(3), now()), Err(JournalError::Obscured(_))));
    }
    fs::remove_file(&odd).unwrap();
    journal.create(intent(3), now()).unwrap();
}

/// The last record, cut at every one of its bytes, and the file cut at every byte of all: the longest run of good
/// records stays, nothing panics, the original is kept.
#[test]
fn a_file_cut_at_any_byte_keeps_its_good_records() {
    let (dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let last_begins = ends[ends.len() - 2];
    for cut in 0..whole.len() {
        let good = ends.iter().copied().filter(|end| *end <= cut).max();
        let Some(good) = good else {
            assert!(replay(&whole[..cut]).is_err(), "cut at {cut}");
            continue;
        };
        let told = replay(&whole[..cut]).unwrap();
        assert_eq!(told.good, good, "cut at {cut}");
        assert_eq!(told.damage.map(|it| it.bytes), (cut > good).then_some(cut - good), "cut at {cut}");
        if cut <= last_begins {
            continue;
        }
        fs::write(&path, &whole[..cut]).unwrap();
        let mended = journal.take_over(id(1), now()).unwrap();
        assert_eq!(mended.operation().phase, Phase::Untracked);
        assert!(mended.damage().is_some());
        drop(mended);
        assert_eq!(replay(&fs::read(&path).unwrap()).unwrap().damage, None, "cut at {cut}");
        let kept = path.with_file_name(format!("{}.damaged-1", path.file_name().unwrap().to_string_lossy()));
        assert_eq!(fs::read(&kept).unwrap(), &whole[..cut]);
        fs::remove_file(kept).unwrap();
    }
    println!("{} cuts, {} of them mended on disk", whole.len(), whole.len() - last_begins - 1);
    drop(dir);
}

#[test]
fn damage_in_the_middle_loses_what_stands_behind_it_and_keeps_the_original() {
    let (_dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let second_line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let mut damaged = whole.clone();
    damaged[second_line + 20] ^= 1;
    fs::write(&path, &damaged).unwrap();
    for n in 1..=2 {
        let mended = journal.take_over(id(1), now()).unwrap();
        assert_eq!(mended.operation().phase, Phase::Planned);
        assert_eq!(mended.damage().unwrap().line, 2);
        drop(mended);
        let kept = format!("{}.damaged-{n}", path.display());
        assert_eq!(fs::read(&kept).unwrap(), damaged);
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, &damaged).unwrap();
    }
    assert_eq!(journal.list().0.len(), 1, "copies of damaged files are no operations");
}

/// Mending a file and writing down what the damage means are two steps, and a process can end between them.
#[test]
fn damage_is_not_forgotten_by_whoever_takes_over_next() {
    let (_dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let second_line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    fs::write(&path, &whole[..second_line + 20]).unwrap();
    let first = journal.take_over(id(1), now()).unwrap();
    let lost = first.damage().cloned();
    assert!(lost.is_some());
    drop(first);
    let next = journal.take_over(id(1), now()).unwrap();
    assert_eq!(next.operation().phase, Phase::Planned);
    assert_eq!(next.damage(), lost.as_ref(), "the plan would be called never sent");
}

/// What was lost is told as long as the original lies there, even when that can no longer be read.
#[test]
fn an_original_that_cannot_be_read_any_more_was_damaged_all_the_same() {
    let (_dir, journal, path) = finished();
    let whole = fs::read(&path).unwrap();
    let second_line = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    fs::write(&path, &whole[..second_line + 20]).unwrap();
    drop(journal.take_over(id(1), now()).unwrap());
    let kept = format!("{}.damaged-1", path.display());
    assert_eq!(journal.read(id(1)).unwrap().damage, Some(Damage { line: 2, bytes: 20 }));
    for bytes in [&whole[..10], &whole] {
        fs::write(&kept, bytes).unwrap();
        assert_eq!(journal.read(id(1)).unwrap().damage, Some(Damage { line: 2, bytes: 0 }));
    }
}

/// A name so long that none is left for the original: what cannot be kept is not cut.
#[test]
fn a_damaged_file_whose_original_cannot_be_kept_is_left_as_it_is() {
    let (_dir, journal, path) = finished();
    let damaged = [&fs::read(&path).unwrap()[..], b"torn"].concat();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let long = path.with_file_name(format!("{}{name}", "x".repeat(250 - name.len())));
    fs::remove_file(&path).unwrap();
    fs::write(&long, &damaged).unwrap();
    let error = journal.take_over(id(1), now()).unwrap_err();
    assert!(matches!(error, JournalError::Io { doing: "create", .. }), "{error}");
    assert_eq!(fs::read(&long).unwrap(), damaged);
}
