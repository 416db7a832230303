//! The real binary in a pseudo-terminal: type keys, wait for text, look at the screen.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

/// How long a text may take to appear on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One run of the binary.
pub struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    strokes: usize,
}

/// What the terminal has received.
struct Seen {
    parser: Parser,
    bytes: usize,
    raw: Vec<u8>,
}

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
        let child = pair.slave.spawn_command(command).unwrap();
        let keys = pair.master.take_writer().unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let nonzero = |n| NonZeroU16::new(n).unwrap();
        let seen = Arc::new(Mutex::new(Seen {
            parser: Parser::new(nonzero(rows), nonzero(columns), 0),
            bytes: 0,
            raw: Vec::new(),
        }));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                let mut seen = shared.lock().unwrap();
                seen.parser.process(&buffer[..count]);
                seen.bytes += count;
                seen.raw.extend_from_slice(&buffer[..count]);
            }
        });
        Self { child, master: pair.master, keys, seen, strokes: 0 }
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
        self.keys.write_all(bytes).unwrap();
        self.keys.flush().unwrap();
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
        self.seen.lock().unwrap().bytes
    }

    /// Every byte that the program has written so far.
    pub fn written(&self) -> Vec<u8> {
        self.seen.lock().unwrap().raw.clone()
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        let nonzero = |n| NonZeroU16::new(n).unwrap();
        self.seen.lock().unwrap().parser.screen_mut().set_size(nonzero(rows), nonzero(columns));
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

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
