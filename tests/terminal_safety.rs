//! Safety at the keyboard, in a pseudo-terminal before a real HTTP server: a held key, a paste, a burst, a lost answer,
//! the mouse, and thousands of keys at random.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/sitting.rs"]
mod sitting;
#[path = "support/trials.rs"]
mod trials;

use std::time::Duration;

use lab::Lab;
use pty::Session;
use sitting::console;
use trials::{Chance, seeds, trials};

/// A laboratory whose fleet is known by its standbys, and a console that has read all of it.
fn furnished(scenario: &str, more: &[&str]) -> (Lab, Session) {
    let lab = Lab::new(scenario, 600.0);
    let session = sitting::furnished(&lab, more);
    (lab, session)
}

/// To the dialog that wants the name.
fn ask(session: &mut Session) {
    session.press("/core-p\r").wait_until("one row", |screen| !screen.contains("apim-pay-prod"));
    session.press("\r").wait_for("Backup × target");
    session.press("arnn").wait_for("25 ok");
    session.press("n").wait_for("POST");
    session.press("n").wait_for("Type the name");
}

#[test]
fn a5_a_held_enter_starts_nothing_from_the_list_or_from_any_dialog() {
    let (lab, mut session) = furnished("quiet", &[]);
    // Ten seconds of thirty repeats a second.
    for _ in 0..300 {
        session.send(b"\r");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(lab.posts().len(), 0, "{}", session.text());
    // Wherever that came to an end: Escape by itself, as no terminal joins it to the next key.
    for key in ["\x1b", "\x1b", "1"] {
        std::thread::sleep(Duration::from_millis(200));
        session.press(key);
    }
    session.wait_for("sort EXPIRES");
    ask(&mut session);
    for _ in 0..300 {
        session.send(b"\r");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(lab.posts().len(), 0, "{}", session.text());
    session.wait_for("12 characters missing");
}

#[test]
fn a5_a_paste_of_the_name_with_a_return_and_a_burst_of_it_confirm_nothing() {
    let (lab, mut session) = furnished("quiet", &[]);
    ask(&mut session);
    session.send(b"\x1b[200~apim-core-dr\r\x1b[201~");
    session.wait_for("the name has to be typed").wait_for("12 characters missing");
    session.send(b"\r");
    // What is typed ahead in one piece, as a terminal without bracketed paste would send it.
    session.send(b"apim-core-dr\r\r\r").wait_for("Enter sends it");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(lab.posts().len(), 0, "{}", session.text());
    session.press("\r").wait_until("its verdict", |screen| screen.contains("succeeded"));
    assert_eq!(lab.posts().len(), 1, "a key of its own sends it");
}

#[test]
fn a8_a_lost_answer_is_one_request_and_is_unknown_whatever_is_pressed_then() {
    let (lab, mut session) = furnished("lost-answer", &[]);
    ask(&mut session);
    session.press("apim-core-dr").wait_for("Enter sends it").press("\r");
    session.wait_for("Operations");
    for _ in 0..30 {
        session.send(b"\r");
        std::thread::sleep(Duration::from_millis(5));
    }
    session.wait_until("what became of it", |screen| {
        ["UNKNOWN", "succeeded", "running"].iter().any(|word| screen.contains(word))
    });
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(lab.posts().len(), 1, "{}", session.text());
}

#[test]
fn n8_the_terminal_reports_the_mouse_while_it_is_on_and_is_whole_after_it() {
    let (_lab, mut session) = furnished("quiet", &[]);
    let has = |session: &Session, sequence: &[u8]| {
        session.written().windows(sequence.len()).filter(|it| *it == sequence).count()
    };
    assert_eq!(has(&session, b"\x1b[?1000h"), 0, "off until it is asked for");
    session.press("M").wait_for("mouse on");
    assert_eq!(has(&session, b"\x1b[?1000h"), 1);
    // A press and a release of the first button in column 11, line 9; then the wheel.
    session.send(b"\x1b[<0;11;9M\x1b[<0;11;9m");
    session.wait_until("the ninth line chosen", |_| true);
    let end = std::time::Instant::now() + pty::PATIENCE;
    while session.screen(|screen| screen.cursor_position().0) != 8 {
        assert!(std::time::Instant::now() < end, "{}", session.text());
        std::thread::sleep(Duration::from_millis(10));
    }
    session.send(b"\x1b[<65;11;9M");
    session.press("M").wait_for("mouse off");
    assert!(has(&session, b"\x1b[?1000l") > 0);
    session.press("M").wait_for("mouse on");
    session.press("q");
    assert!(session.exit().success());
    assert!(session.amiss().is_empty(), "{:#?}", session.amiss());
}

#[test]
fn the_first_mouse_of_the_configuration_is_on_and_put_back_by_a_signal() {
    let lab = Lab::new("quiet", 600.0);
    lab.configure(&lab.base_url, "[defaults]\nmouse = true\n");
    let mut session = console(&lab, &[]);
    session.wait_for("Fleet").wait_until("the mode", |_| true);
    let end = std::time::Instant::now() + pty::PATIENCE;
    while !String::from_utf8_lossy(&session.written()).contains("\x1b[?1000h") {
        assert!(std::time::Instant::now() < end, "the mouse is not reported");
        std::thread::sleep(Duration::from_millis(10));
    }
    let pid = rustix::process::Pid::from_raw(i32::try_from(session.pid()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    session.exit();
    assert!(session.amiss().is_empty(), "{:#?}", session.amiss());
}

/// What is sent at random: keys, pieces of names, pastes, clicks, turns of the wheel. The whole name is never among it.
fn stroke(chance: &mut Chance) -> Vec<u8> {
    const KEYS: [&[u8]; 34] = [
        b"\r",
        b"\r",
        b"\r",
        b"\t",
        b"\x1b[A",
        b"\x1b[B",
        b"\x1b[C",
        b"\x1b[D",
        b"\x1b[5~",
        b"\x1b[6~",
        b"\x1b",
        b"a",
        b"r",
        b"b",
        b"n",
        b"n",
        b"p",
        b"j",
        b"k",
        b"G",
        b"g",
        b"1",
        b"2",
        b"4",
        b"7",
        b"5",
        b"Y",
        b"o",
        b"M",
        b"y",
        b"s",
        b" ",
        b"/core\r",
        b"apim-core-",
    ];
    let below = |chance: &mut Chance, end: u64| chance.below(end) + 1;
    match chance.below(20) {
        0 => b"\x1b[200~apim-core-dr\r\x1b[201~".to_vec(),
        1..4 => {
            let (column, line) = (below(chance, 120), below(chance, 35));
            format!("\x1b[<0;{column};{line}M\x1b[<0;{column};{line}m").into_bytes()
        }
        4 => format!("\x1b[<{};20;12M", 64 + chance.below(2)).into_bytes(),
        5 => vec![0x20 + u8::try_from(chance.below(0x5f)).unwrap()],
        _ => chance.pick(&KEYS).to_vec(),
    }
}

#[test]
fn a5_thousands_of_keys_clicks_pastes_and_sizes_neither_panic_nor_send_a_restore() {
    let all = seeds(trials(1, 8));
    let wanted = trials(1_500, 12_500);
    let (mut sent, mut starts, mut backups) = (0, 0, 0);
    for &seed in &all {
        let (lab, mut session) = furnished("quiet", &[]);
        let mut chance = Chance::new(seed);
        for _ in 0..wanted {
            if !session.is_running() {
                let ended = session.exit();
                assert!(ended.success(), "seed {seed}: {ended:?}\n{}", session.text());
                assert!(session.amiss().is_empty(), "seed {seed}: {:#?}", session.amiss());
                session = console(&lab, &[]);
                session.wait_for("Fleet");
                starts += 1;
            }
            if chance.one_in(40) {
                let columns = 20 + u16::try_from(chance.below(180)).unwrap();
                session.resize(columns, 10 + u16::try_from(chance.below(45)).unwrap());
            }
            session.send(&stroke(&mut chance));
            sent += 1;
            std::thread::sleep(Duration::from_millis(3));
        }
        let posts = lab.posts();
        let is_restore = |post: &&serde_json::Value| post["path"].as_str().unwrap().ends_with("/restore");
        assert_eq!(posts.iter().filter(is_restore).count(), 0, "seed {seed}: {posts:#?}");
        backups += posts.len();
        session.kill();
    }
    println!(
        "{sent} keys, clicks, pastes and names in the binary, {starts} starts anew: no panic, no restore sent, {backups} \
         backups by their own button; seeds {all:?}"
    );
}
