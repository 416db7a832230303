//! How the program behaves in terminals of many kinds, with nobody to answer, and with far more to show than fits.
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

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use pty::Session;
use sitting::alone;
use tempfile::TempDir;
use trials::trials;

/// What this process has computed so far: fields 14 and 15 of `/proc/<pid>/stat` (proc_pid_stat(5)), in hundredths of a
/// second.
#[cfg(target_os = "linux")]
fn computed(session: &Session) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", session.pid())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

#[test]
fn l2_without_sign_in_configuration_and_network_it_starts_and_says_what_is_missing() {
    let home = TempDir::new().unwrap();
    // A port on which nobody listens any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = home.path().join("lab.toml");
    let nowhere = format!("http://127.0.0.1:{port}");
    let cloud = format!(
        "[clouds.nowhere]\nresource_manager = \"{nowhere}\"\nlogin = \"{nowhere}\"\nblob_suffix = \"blob.nowhere\"\n"
    );
    fs::write(&config, cloud).unwrap();
    let config = config.display().to_string();
    for words in [
        &["--config", config.as_str(), "--cloud", "nowhere", "--auth", "environment"][..],
        &["--config", "/there/is/none.toml", "--auth", "environment"][..],
    ] {
        let mut session = alone(home.path(), words, &[]);
        session.wait_for("Fleet");
        session.wait_until("what is missing", |screen| {
            ["AZURE_", "sign", "could not be", "cannot be"].iter().any(|word| screen.contains(word))
        });
        assert!(!session.text().contains("panicked"), "{}", session.text());
        session.press("\x03\x03");
        assert!(session.exit().success());
        assert!(session.amiss().is_empty(), "{:#?}", session.amiss());
    }
}

#[test]
fn l6_a_large_made_up_fleet_needs_no_account_and_is_marked_on_every_screen() {
    let home = TempDir::new().unwrap();
    let mut session = alone(home.path(), &["--sandbox", "--instances", "120", "--backups", "2000"], &[]);
    session.wait_until("the crowd", |screen| {
        screen.contains("SANDBOX") && screen.contains("of 12") && !screen.contains("reading")
    });
    for keys in ["\r", "\x1b", "4", "1", "7", "1"] {
        session.press(keys).wait_for("SANDBOX");
    }
    session.press("\x03\x03");
    assert!(session.exit().success());
}

#[test]
fn t6_the_terminal_is_asked_nothing() {
    let home = TempDir::new().unwrap();
    let mut session = alone(home.path(), &["--sandbox"], &[]);
    session.wait_for("apim-core-prod").press("jj?").wait_for("Keys").press("\x1b");
    // Answers that come late, of questions that somebody else asked, do nothing.
    session.send(b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\").send(b"\x1b[?62;22c");
    std::thread::sleep(Duration::from_millis(300));
    let written = session.written();
    let asks = |question: &[u8]| written.windows(question.len()).any(|it| it == question);
    for question in [
        &b"\x1b[6n"[..],
        b"\x1b[c",
        b"\x1b[0c",
        b"\x1b[>c",
        b"\x1b[>0q",
        b"\x1b[?u",
        b"\x1b]11;?",
        b"\x1b]10;?",
        b"\x1bP+q",
    ] {
        assert!(!asks(question), "it asks {:?}", String::from_utf8_lossy(question));
    }
    assert!(session.is_running(), "{}", session.text());
    session.press("\x03\x03");
    assert!(session.exit().success());
}

#[test]
fn t9_in_every_kind_of_terminal_it_starts_moves_and_quits() {
    let kinds = [
        ("xterm-256color", "C.UTF-8", ""),
        ("xterm", "C.UTF-8", "WT_SESSION"),
        ("xterm-256color", "C.UTF-8", "TERM_PROGRAM"),
        ("linux", "C.UTF-8", ""),
        ("screen", "C.UTF-8", "STY"),
        ("tmux-256color", "C.UTF-8", "TMUX"),
        ("vt220", "C", ""),
    ];
    for (term, lang, variable) in kinds {
        let home = TempDir::new().unwrap();
        let mut more = vec![("TERM", term), ("LANG", lang)];
        if !variable.is_empty() {
            more.push((variable, "vscode"));
        }
        let mut session = alone(home.path(), &["--sandbox"], &more);
        session.wait_until("the fleet", |screen| {
            screen.contains("apim-core-prod") && !screen.contains("reading")
        });
        let before = session.screen(vt100::Screen::cursor_position);
        session.press("j").wait_until("another row", |_| true);
        let moved = |session: &Session| session.screen(vt100::Screen::cursor_position).0 == before.0 + 1;
        for _ in 0..200 {
            if moved(&session) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(moved(&session), "{term}: the cursor did not move\n{}", session.text());
        session.press("q");
        assert!(session.exit().success(), "{term}");
        assert!(session.amiss().is_empty(), "{term}: {:#?}", session.amiss());
    }
    println!("{} kinds of terminal", kinds.len());
}

#[test]
fn v7_in_a_terminal_the_cursor_stands_on_the_chosen_row() {
    let home = TempDir::new().unwrap();
    let mut session = alone(home.path(), &["--sandbox"], &[]);
    session.wait_until("the fleet", |screen| screen.contains("29/30") && !screen.contains("reading"));
    for (keys, shown) in
        [("jjk", "Fleet"), ("/core-p\r\r", "KNOWN BY"), ("jj", "KNOWN BY"), ("ar", "Restore into")]
    {
        session.press(keys).wait_for(shown);
        let mut chosen = String::new();
        for _ in 0..200 {
            let (hidden, symbol) = session.screen(|screen| {
                let (row, column) = screen.cursor_position();
                let symbol = screen.cell(row, column).map(|cell| cell.contents().to_owned());
                (screen.hide_cursor(), symbol.unwrap_or_default())
            });
            chosen = format!("{symbol} {hidden}");
            if symbol == "›" && !hidden {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(chosen, "› false", "after {keys:?}\n{}", session.text());
    }
    session.press("\x03\x03");
    session.exit();
}

#[test]
#[cfg(target_os = "linux")]
fn s3_a_crowd_is_moved_through_filtered_and_sorted_with_little() {
    let home = TempDir::new().unwrap();
    let (instances, backups) = (trials(300, 5_000).to_string(), trials(2_000, 20_000).to_string());
    let mut session =
        alone(home.path(), &["--sandbox", "--instances", &instances, "--backups", &backups], &[]);
    session.wait_for("apim-");
    for _ in 0..40 {
        if session.text().contains("as of") {
            break;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    session.wait_for("as of");
    std::thread::sleep(Duration::from_secs(2));
    let (time, bytes) = (computed(&session), session.bytes());
    for _ in 0..100 {
        session.press("j");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(700));
    let (scroll, wrote) = (computed(&session) - time, session.bytes() - bytes);
    let time = computed(&session);
    session.press("/0042").wait_for("filter /0042");
    std::thread::sleep(Duration::from_millis(700));
    let filter = computed(&session) - time;
    let time = computed(&session);
    session.press("\rsr").wait_for("RPO");
    std::thread::sleep(Duration::from_millis(700));
    let sort = computed(&session) - time;
    println!(
        "100 steps: {scroll:?} computed, {wrote} bytes; 5 keys of a filter: {filter:?}; a sort: {sort:?}"
    );
    assert!(wrote < 100 * 3_000, "{wrote} bytes for 100 steps");
    session.press("\x03\x03");
    session.exit();
}
