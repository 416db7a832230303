//! What the terminal reports, as messages of the console.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::console::key::Key;
use crate::console::message::{Focus, Msg};

/// The message that an event is, or nothing for what the console does not know: releases, mouse, single modifiers.
pub(super) fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(event) => key(event).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(columns, rows) => Some(Msg::Resize { columns, rows }),
        Event::FocusGained => Some(Msg::Focus(Focus::Gained)),
        Event::FocusLost => Some(Msg::Focus(Focus::Lost)),
        Event::Mouse(_) => None,
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

    #[test]
    fn presses_and_repeats_count_and_releases_do_not() {
        let at = |kind| key(KeyEvent::new_with_kind(KeyCode::Char('j'), KeyModifiers::NONE, kind));
        assert_eq!(at(KeyEventKind::Press), Some(Key::Char('j')));
        assert_eq!(at(KeyEventKind::Repeat), Some(Key::Char('j')));
        assert_eq!(at(KeyEventKind::Release), None);
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
