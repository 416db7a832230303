//! The real binary in a pseudo-terminal: type keys, wait for text, look at the screen.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses a part of it, and stops where it cannot go on"
)]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

/// How long a text may take to appear on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One run of the binary.
pub struct Session {
    child: Box<dyn Child + Send + Sync>,
    /// Until it is cut.
    line: Option<Line>,
    seen: Arc<Mutex<Seen>>,
    /// The modes of the terminal before the program began.
    modes: String,
    strokes: usize,
}

/// Our end of the terminal.
struct Line {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    reader: JoinHandle<()>,
}

/// What the terminal has received.
struct Seen {
    parser: Parser,
    all: Vec<u8>,
    /// Nobody reads any further.
    closed: bool,
}

/// The private modes that a full screen may switch on: the alternate screen, bracketed paste, focus reports,
/// synchronized updates, mouse reports.
const PRIVATE: [u16; 6] = [1049, 2004, 1004, 2026, 1000, 1006];

impl Session {
    /// Starts the binary with these arguments and variables, in a terminal of this size.
    pub fn start(arguments: &[&str], variables: &[(&str, &str)], columns: u16, rows: u16) -> Self {
        Self::start_program(env!("CARGO_BIN_EXE_lifeboat"), arguments, variables, columns, rows)
    }

    /// Starts another program in the same way.
    pub fn start_program(
        program: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
        columns: u16,
        rows: u16,
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in variables {
            command.env(name, value);
        }
        let modes = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let keys = pair.master.take_writer().unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let parser = Parser::new(some(rows), some(columns), 0);
        let seen = Arc::new(Mutex::new(Seen { parser, all: Vec::new(), closed: false }));
        let shared = Arc::clone(&seen);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                let mut seen = shared.lock().unwrap();
                if seen.closed {
                    return;
                }
                seen.parser.process(&buffer[..count]);
                seen.all.extend_from_slice(&buffer[..count]);
            }
        });
        Self { child, line: Some(Line { master: pair.master, keys, reader }), seen, modes, strokes: 0 }
    }

    /// Types these keys. Each counts as one stroke; `\x1b`, `\r`, `\x03` and letters alike.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            self.send(key.to_string().as_bytes());
            self.strokes += 1;
        }
        self
    }

    /// Sends bytes as they are, such as a paste or an arrow, without counting them.
    pub fn send(&mut self, bytes: &[u8]) -> &mut Self {
        let keys = &mut self.line.as_mut().unwrap().keys;
        keys.write_all(bytes).unwrap();
        keys.flush().unwrap();
        self
    }

    /// How many keys were typed.
    pub fn strokes(&self) -> usize {
        self.strokes
    }

    /// Waits until the screen holds this text.
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        self.wait_until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits until the screen fulfils a condition.
    pub fn wait_until(&mut self, what: &str, condition: impl Fn(&str) -> bool) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        while !condition(&self.text()) {
            assert!(Instant::now() < end, "no {what} on this screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
        self
    }

    /// The characters of the screen.
    pub fn text(&self) -> String {
        self.screen(vt100::Screen::contents)
    }

    /// Looks at the screen with its styles and cursor.
    pub fn screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.seen.lock().unwrap().parser.screen())
    }

    /// How many bytes the program has written so far.
    pub fn bytes(&self) -> usize {
        self.seen.lock().unwrap().all.len()
    }

    /// Every byte that the program has written so far.
    pub fn written(&self) -> Vec<u8> {
        self.seen.lock().unwrap().all.clone()
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.line.as_ref().unwrap().master.resize(size).unwrap();
        self.seen.lock().unwrap().parser.screen_mut().set_size(some(rows), some(columns));
    }

    /// Closes our end, as a window that is closed or a connection that is lost. `last` is done immediately before.
    pub fn cut<T>(&mut self, last: impl FnOnce() -> T) -> T {
        self.seen.lock().unwrap().closed = true;
        // The reader holds the terminal too: another size makes the program draw, and that ends the reader.
        self.resize(99, 33);
        let Line { master, keys, reader } = self.line.take().unwrap();
        let end = Instant::now() + PATIENCE;
        while !reader.is_finished() {
            assert!(Instant::now() < end, "it did not draw for the last time");
            std::thread::sleep(Duration::from_millis(1));
        }
        let done = last();
        drop((keys, master));
        done
    }

    /// The process group that has the terminal.
    pub fn foreground(&self) -> i32 {
        self.line.as_ref().unwrap().master.process_group_leader().unwrap()
    }

    /// What is not as it was before the program began; nothing when the terminal is whole.
    pub fn amiss(&self) -> Vec<String> {
        let mut amiss = Vec::new();
        let now = modes(&*self.line.as_ref().unwrap().master);
        if now != self.modes {
            amiss.push(format!("the modes were {} and are {now}", self.modes));
        }
        let seen = self.seen.lock().unwrap();
        let last =
            |sequence: String| seen.all.windows(sequence.len()).rposition(|it| it == sequence.as_bytes());
        amiss.extend(PRIVATE.into_iter().filter_map(|mode| {
            let left_on = last(format!("\x1b[?{mode}h")) > last(format!("\x1b[?{mode}l"));
            left_on.then(|| format!("?{mode} stayed on"))
        }));
        if seen.parser.screen().hide_cursor() {
            amiss.push("the cursor stayed hidden".to_owned());
        }
        amiss
    }

    /// The process id, to send signals to.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Ends the program without asking it.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Whether the program has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the end.
    pub fn exit(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // The reader may still hold the last bytes.
                std::thread::sleep(Duration::from_millis(100));
                return status;
            }
            assert!(Instant::now() < end, "it does not end; its screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// No terminal that we have is without a row.
fn some(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN)
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
