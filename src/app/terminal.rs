//! The terminal, and that it is whole again whatever happens: quit, error, panic in any thread, signal, suspension.
//!
//! Everything that this file changes in a terminal is undone by `Held::put_back`, which may run at any time, from any
//! thread, and more than once. Nothing is written after it, so a late frame cannot spoil the shell. Taking, putting back
//! and each write hold the lock of standard output, so that none of them comes in the middle of another; the lock lets
//! the thread in that holds it already, which may be the one that panics.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write, stdin, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{Command, execute, queue};
use ratatui::layout::{Position, Rect};
use ratatui::{Frame, Terminal};

use super::osc;
use super::painter::Painter;
use crate::console::preferences::Mouse;
use crate::domain::problem::Problem;
use crate::domain::visible;
use crate::settings::Surroundings;

/// Whether the terminal is ours at the moment, and whether it reports the mouse to us. Shared with the panic hook.
#[derive(Clone, Debug, Default)]
pub struct Held(Arc<AtomicU8>, Arc<AtomicBool>);

/// It is not ours now.
const FREE: u8 = 0;
/// It is ours.
const OURS: u8 = 1;
/// It will not be ours again.
const OVER: u8 = 2;

impl Held {
    fn is(&self) -> bool {
        self.0.load(Ordering::SeqCst) == OURS
    }

    fn turns(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Makes the terminal whole.
    pub(super) fn put_back(&self) {
        let out = stdout().lock();
        if self.turns(OURS, FREE) {
            self.undo(out);
        }
    }

    /// Makes the terminal whole, and sees to it that nobody takes it again: not even a console that goes on after a stop
    /// and has not yet heard that it is over.
    pub(super) fn put_back_for_good(&self) {
        let out = stdout().lock();
        if self.0.swap(OVER, Ordering::SeqCst) == OURS {
            self.undo(out);
        }
    }

    /// Every step is tried, whatever became of the others.
    fn undo(&self, mut out: StdoutLock<'_>) {
        // Windows fails to switch off what was never on.
        let mouse =
            if self.1.swap(false, Ordering::SeqCst) { execute!(out, DisableMouseCapture) } else { Ok(()) };
        let undone = [
            mouse,
            execute!(out, EndSynchronizedUpdate),
            execute!(out, DisableFocusChange),
            execute!(out, DisableBracketedPaste),
            execute!(out, LeaveAlternateScreen),
            execute!(out, Show),
            execute!(out, POP_TITLE),
            disable_raw_mode(),
            out.flush(),
        ];
        for error in undone.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "the terminal could not be put back whole");
        }
    }
}

/// Standard output as long as the terminal is ours; what is written later goes nowhere. A panic in the middle of a
/// frame leaves a part of it in the buffer above, which is emptied when the screen is dropped.
struct WhileHeld(Held);

impl Write for WhileHeld {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut out = stdout().lock();
        if self.0.is() { out.write(bytes) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut out = stdout().lock();
        if self.0.is() { out.flush() } else { Ok(()) }
    }
}

/// The full screen.
pub struct Screen {
    terminal: Terminal<Painter<BufWriter<WhileHeld>>>,
    held: Held,
    around: Surroundings,
    mouse: Mouse,
}

/// The terminals that keep a stack of window titles put the old one back; the others ignore it (xterm control
/// sequences, `CSI 22;0 t` and `CSI 23;0 t`).
const PUSH_TITLE: Told<'_> = Told("\x1b[22;0t");
const POP_TITLE: Told<'_> = Told("\x1b[23;0t");

/// Presses and the wheel alone, with columns beyond 223 (xterm control sequences, modes 1000 and 1006): a mouse that is
/// only moved would be told with every column.
#[cfg(not(windows))]
const TAKE_MOUSE: Told<'_> = Told("\x1b[?1000h\x1b[?1006h");
#[cfg(windows)]
const TAKE_MOUSE: crossterm::event::EnableMouseCapture = crossterm::event::EnableMouseCapture;

/// Bytes for the terminal that draw nothing.
struct Told<'a>(&'a str);

impl Command for Told<'_> {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str(self.0)
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether there is a terminal that a full screen could be drawn on.
pub(super) fn is_there() -> bool {
    stdin().is_terminal() && stdout().is_terminal()
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// The terminal does not let itself be changed; it is as it was.
    pub fn enter(held: Held, around: Surroundings) -> io::Result<Self> {
        let out = BufWriter::with_capacity(1 << 16, WhileHeld(held.clone()));
        let terminal = Terminal::new(Painter::new(out))?;
        let mut screen = Self { terminal, held, around, mouse: Mouse::Off };
        screen.take()?;
        Ok(screen)
    }

    /// Takes the terminal again, after a suspension; the next frame is drawn whole. Does nothing once it was put back for
    /// good.
    ///
    /// # Errors
    /// As for [`Screen::enter`].
    pub fn take(&mut self) -> io::Result<()> {
        let _whole = stdout().lock();
        if !self.held.turns(FREE, OURS) {
            return Ok(());
        }
        let taken = enable_raw_mode().and_then(|()| {
            execute!(stdout(), PUSH_TITLE, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange)?;
            self.forget()
        });
        let taken = taken.and_then(|()| self.obey_mouse());
        if taken.is_err() {
            self.held.put_back();
        }
        taken
    }

    /// Has the terminal report the mouse, or not; also after a suspension.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn report_mouse(&mut self, mouse: Mouse) -> io::Result<()> {
        self.mouse = mouse;
        let _whole = stdout().lock();
        if self.held.is() { self.obey_mouse() } else { Ok(()) }
    }

    /// Whoever holds the lock of standard output asks.
    fn obey_mouse(&mut self) -> io::Result<()> {
        match self.mouse {
            Mouse::On if !self.held.1.swap(true, Ordering::SeqCst) => execute!(stdout(), TAKE_MOUSE),
            Mouse::Off if self.held.1.swap(false, Ordering::SeqCst) => {
                execute!(stdout(), DisableMouseCapture)
            }
            Mouse::On | Mouse::Off => Ok(()),
        }
    }

    /// Gives the terminal back to whoever had it.
    pub fn leave(&self) {
        self.held.put_back();
    }

    /// Draws one frame, or nothing when the terminal is not ours.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !self.held.is() {
            return Ok(());
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(paint)?;
        self.send(EndSynchronizedUpdate)
    }

    /// Forgets what is on the screen, so that the next frame is drawn whole.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn repaint(&mut self) -> io::Result<()> {
        if self.held.is() { self.forget() } else { Ok(()) }
    }

    /// Empties the screen. Not by [`Terminal::clear`], which asks the terminal where its cursor is and waits for the
    /// answer.
    fn forget(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Puts a text on the clipboard of the terminal (OSC 52), which works through SSH too; or says why not.
    ///
    /// # Errors
    /// The terminal is gone. Whether it took the text, no terminal tells; what it would surely not take is not sent.
    pub fn copy(&mut self, text: &str) -> io::Result<Option<Problem>> {
        match osc::clipboard(text, self.around) {
            Ok(sequence) => self.send(Told(&sequence)).map(|()| None),
            Err(too_long) => Ok(Some(too_long.problem())),
        }
    }

    /// Tells somebody who looks elsewhere.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn announce(&mut self, words: &str) -> io::Result<()> {
        self.send(Told(&osc::announce(words, self.around)))
    }

    /// Names the window.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn name(&mut self, title: &str) -> io::Result<()> {
        self.send(SetTitle(visible::name(title)))
    }

    fn send(&mut self, command: impl Command) -> io::Result<()> {
        if !self.held.is() {
            return Ok(());
        }
        execute!(self.terminal.backend_mut(), command)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.held.put_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_back_for_good_is_never_taken_again() {
        let held = Held::default();
        held.put_back();
        assert!(held.turns(FREE, OURS), "until then it is");
        assert!(held.turns(OURS, FREE));
        held.put_back_for_good();
        held.put_back();
        assert!(!held.turns(FREE, OURS) && !held.is());
    }
}
