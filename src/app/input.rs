//! What the terminal reports, as messages of the console.
//!
//! It is read in a thread of its own. Reading stands still in the middle of an escape sequence, and never comes back
//! when the terminal has ended, whatever time limit it was given (crossterm 0.29; see `hangup`).

use std::io;
use std::time::Duration;

use crossterm::event::{
    self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use tokio::sync::mpsc::{Receiver, channel};

use crate::console::key::Key;
use crate::console::message::{Focus, Msg, Turn};

/// What was typed in one burst, as far as it was there to be read. No frame comes in between, so that nothing counts as
/// an answer to a frame that was typed before it was drawn.
pub(super) type Burst = io::Result<Vec<Msg>>;

/// So much of a flood makes a burst.
const BURST: usize = 512;

/// Begins to read.
///
/// # Errors
/// There is no thread to be had.
pub(super) fn listen() -> io::Result<Receiver<Burst>> {
    let (tell, told) = channel(1);
    let read = move || {
        // Ends when nobody listens any longer, or with an error, which is told.
        while let Ok(()) = tell.blocking_send(burst()) {}
    };
    std::thread::Builder::new().name("keys".to_owned()).spawn(read)?;
    Ok(told)
}

/// Waits for something, and takes along what came with it.
fn burst() -> Burst {
    let mut messages = Vec::new();
    messages.extend(message(event::read()?));
    while messages.len() < BURST && event::poll(Duration::ZERO)? {
        messages.extend(message(event::read()?));
    }
    Ok(messages)
}

/// The message that an event is, or nothing for what the console does not know: releases, a mouse that is only moved, single
/// modifiers.
fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(event) => key(event).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(columns, rows) => Some(Msg::Resize { columns, rows }),
        Event::FocusGained => Some(Msg::Focus(Focus::Gained)),
        Event::FocusLost => Some(Msg::Focus(Focus::Lost)),
        Event::Mouse(event) => mouse(event),
    }
}

/// What the console knows of the mouse: the wheel, and the first button as it goes down.
fn mouse(event: MouseEvent) -> Option<Msg> {
    match event.kind {
        MouseEventKind::ScrollUp => Some(Msg::Wheel(Turn::Up)),
        MouseEventKind::ScrollDown => Some(Msg::Wheel(Turn::Down)),
        MouseEventKind::Down(MouseButton::Left) => Some(Msg::Click { column: event.column, line: event.row }),
        _ => None,
    }
}

/// A press as the console knows it. Windows reports releases too, and would type everything twice. A held key counts as
/// pressed again: where that could do harm the console takes nothing that came before its last frame.
fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let held = event.modifiers;
    // Ctrl with Alt is AltGr on Windows: it makes a character.
    let control = held.contains(KeyModifiers::CONTROL) && !held.contains(KeyModifiers::ALT);
    match event.code {
        KeyCode::Char(c) if control => Some(Key::Ctrl(c.to_ascii_lowercase())),
        KeyCode::Char(c) if held.contains(KeyModifiers::ALT) && !held.contains(KeyModifiers::CONTROL) => {
            tracing::debug!(%c, "Alt means nothing here");
            None
        }
        KeyCode::Char(c) => Some(Key::Char(c)),
        KeyCode::Enter => Some(Key::Enter),
        KeyCode::Esc => Some(Key::Esc),
        KeyCode::Tab if held.contains(KeyModifiers::SHIFT) => Some(Key::BackTab),
        KeyCode::Tab => Some(Key::Tab),
        KeyCode::BackTab => Some(Key::BackTab),
        KeyCode::Backspace => Some(Key::Backspace),
        KeyCode::Delete => Some(Key::Delete),
        KeyCode::Up => Some(Key::Up),
        KeyCode::Down => Some(Key::Down),
        KeyCode::Left => Some(Key::Left),
        KeyCode::Right => Some(Key::Right),
        KeyCode::Home => Some(Key::Home),
        KeyCode::End => Some(Key::End),
        KeyCode::PageUp => Some(Key::PageUp),
        KeyCode::PageDown => Some(Key::PageDown),
        KeyCode::F(n) => Some(Key::F(n)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, held: KeyModifiers) -> Option<Key> {
        key(KeyEvent::new(code, held))
    }

    /// Every key that the console knows, as the terminal names it.
    const CODES: [(KeyCode, Key); 12] = [
        (KeyCode::Char('j'), Key::Char('j')),
        (KeyCode::Char(' '), Key::Char(' ')),
        (KeyCode::Enter, Key::Enter),
        (KeyCode::Esc, Key::Esc),
        (KeyCode::Tab, Key::Tab),
        (KeyCode::Backspace, Key::Backspace),
        (KeyCode::Delete, Key::Delete),
        (KeyCode::Up, Key::Up),
        (KeyCode::Left, Key::Left),
        (KeyCode::Home, Key::Home),
        (KeyCode::PageDown, Key::PageDown),
        (KeyCode::F(5), Key::F(5)),
    ];

    fn event(code: KeyCode, kind: KeyEventKind) -> Event {
        Event::Key(KeyEvent::new_with_kind(code, KeyModifiers::NONE, kind))
    }

    #[test]
    fn t4_presses_and_repeats_count_and_releases_do_not() {
        for (code, expected) in CODES {
            for (kind, counts) in
                [(KeyEventKind::Press, true), (KeyEventKind::Repeat, true), (KeyEventKind::Release, false)]
            {
                let told = message(event(code, kind));
                let is_it = matches!(told, Some(Msg::Key(key)) if key == expected);
                assert_eq!((is_it, told.is_some()), (counts, counts), "{code:?} {kind:?}");
            }
        }
    }

    #[test]
    fn t4_windows_types_every_letter_once() {
        let word = "apim-core-dr";
        let told: String = word
            .chars()
            .flat_map(|c| {
                [KeyEventKind::Press, KeyEventKind::Release].map(|kind| event(KeyCode::Char(c), kind))
            })
            .filter_map(message)
            .filter_map(|told| match told {
                Msg::Key(Key::Char(c)) => Some(c),
                _ => None,
            })
            .collect();
        assert_eq!(told, word);
    }

    #[test]
    fn n8_of_the_mouse_the_wheel_and_a_press_of_the_first_button_are_told() {
        let at = |kind| {
            message(Event::Mouse(MouseEvent { kind, column: 7, row: 3, modifiers: KeyModifiers::NONE }))
        };
        assert!(matches!(at(MouseEventKind::ScrollUp), Some(Msg::Wheel(Turn::Up))));
        assert!(matches!(at(MouseEventKind::ScrollDown), Some(Msg::Wheel(Turn::Down))));
        let press = at(MouseEventKind::Down(MouseButton::Left));
        assert!(matches!(press, Some(Msg::Click { column: 7, line: 3 })), "{press:?}");
        for silent in [
            MouseEventKind::Up(MouseButton::Left),
            MouseEventKind::Drag(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Right),
            MouseEventKind::Down(MouseButton::Middle),
            MouseEventKind::Moved,
            MouseEventKind::ScrollLeft,
        ] {
            assert!(at(silent).is_none(), "{silent:?}");
        }
    }

    #[test]
    fn modifiers_are_read_as_people_mean_them() {
        let altgr = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(pressed(KeyCode::Char('Z'), KeyModifiers::CONTROL), Some(Key::Ctrl('z')));
        assert_eq!(pressed(KeyCode::Char('@'), altgr), Some(Key::Char('@')));
        assert_eq!(pressed(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Key::Char('G')));
        assert_eq!(pressed(KeyCode::Char('x'), KeyModifiers::ALT), None);
        assert_eq!(pressed(KeyCode::Tab, KeyModifiers::SHIFT), Some(Key::BackTab));
    }
}
