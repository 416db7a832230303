//! A terminal that is told by the painter looks as one that is told by the backend of ratatui, in fewer bytes.

use std::cell::RefCell;
use std::rc::Rc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;
use crate::trials::{Chance, seeds};

/// What was written.
#[derive(Clone, Default)]
struct Tape(Rc<RefCell<Vec<u8>>>);

impl Tape {
    /// What was written since it was asked last.
    fn said(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.borrow_mut())).unwrap()
    }
}

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn style(chance: &mut Chance) -> Style {
    let colours = [
        Color::Reset,
        Color::Red,
        Color::Cyan,
        Color::LightYellow,
        Color::White,
        Color::Indexed(214),
        Color::Rgb(1, 20, 255),
    ];
    // Not both: terminals disagree on what bold and dim together are, and no look has both.
    let weight = *chance.pick(&[Modifier::BOLD, Modifier::DIM, Modifier::empty()]);
    let modifiers = [Modifier::UNDERLINED, Modifier::REVERSED, Modifier::ITALIC];
    let style = Style::new().fg(*chance.pick(&colours)).bg(*chance.pick(&colours));
    let mut style = style.remove_modifier(Modifier::all()).add_modifier(weight);
    for modifier in modifiers {
        if chance.one_in(3) {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// Writes a few words in a few looks.
fn scribble(buffer: &mut Buffer, chance: &mut Chance) {
    for _ in 0..chance.between(1, 12) {
        let words = *chance.pick(&["a", "lifeboat", "   ", "═══", "● crit", "東京", "é x", "→"]);
        let x = u16::try_from(chance.below(u64::from(buffer.area.width))).unwrap();
        let y = u16::try_from(chance.below(u64::from(buffer.area.height))).unwrap();
        buffer.set_string(x, y, words, style(chance));
    }
}

/// What somebody sees: every cell with its letter and its look. Of a blank only what shows without a letter.
fn seen(tape: &Tape, area: Rect) -> Vec<String> {
    let mut screen = vt100::Parser::new(area.height.try_into().unwrap(), area.width.try_into().unwrap(), 0);
    screen.process(&tape.0.borrow());
    let cells = area.positions().map(|at| {
        let cell = screen.screen().cell(at.y, at.x).unwrap();
        let blank = matches!(cell.contents(), "" | " ");
        let lines = (cell.underline(), cell.inverse(), cell.is_wide_continuation());
        let letter = (cell.contents(), cell.bold(), cell.dim(), cell.italic());
        match blank && !cell.underline() && !cell.inverse() {
            true => format!("{:?} {lines:?}", cell.bgcolor()),
            false => format!("{letter:?} {:?} {:?} {lines:?}", cell.fgcolor(), cell.bgcolor()),
        }
    });
    cells.collect()
}

#[test]
fn any_change_of_a_frame_looks_the_same_and_takes_fewer_bytes() {
    let area = Rect::new(0, 0, 40, 6);
    let (mut ours, mut theirs, mut changes) = (0, 0, 0);
    let seeds = seeds(300);
    for &seed in &seeds {
        let mut chance = Chance::new(seed);
        let (tape, other) = (Tape::default(), Tape::default());
        let (mut painter, mut crossterm) = (Painter::new(tape.clone()), CrosstermBackend::new(other.clone()));
        let mut before = Buffer::empty(area);
        for _ in 0..6 {
            let mut next = before.clone();
            scribble(&mut next, &mut chance);
            painter.draw(before.diff_iter(&next)).unwrap();
            crossterm.draw(before.diff_iter(&next)).unwrap();
            before = next;
            changes += 1;
        }
        assert_eq!(seen(&tape, area), seen(&other, area), "seed {seed}");
        ours += tape.0.borrow().len();
        theirs += other.0.borrow().len();
    }
    assert!(ours * 4 < theirs * 3, "{ours} bytes, {theirs} by ratatui's");
    println!("{changes} changes, {ours} bytes, {theirs} by ratatui's own, seeds {}", seeds.len());
}

#[test]
fn a_look_is_one_sequence_and_a_step_to_the_right_a_short_one() {
    let tape = Tape::default();
    let mut painter = Painter::new(tape.clone());
    let mut next = Buffer::empty(Rect::new(0, 0, 20, 1));
    next.set_string(2, 0, "ab", Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
    next.set_string(8, 0, "c", Style::new());
    painter.draw(Buffer::empty(next.area).diff_iter(&next)).unwrap();
    assert_eq!(tape.said(), "\x1b[1;3H\x1b[1;31mab\x1b[4C\x1b[mc");
}

#[test]
fn what_stands_between_two_changes_is_written_again_where_that_is_shorter() {
    let area = Rect::new(0, 0, 20, 1);
    let red = Style::new().fg(Color::Red);
    let frames = [
        ("12:04:31", Style::new(), "\x1b[1H12:04:31"),
        ("13:05:31", Style::new(), "\x1b[1;2H3:05"),
        ("13:05:31", red, "\x1b[1H\x1b[31m13:05:31\x1b[m"),
        // How wide the arrow is, terminals may see otherwise.
        ("13→05:32", red, "\x1b[1;3H\x1b[31m→\x1b[8G2\x1b[m"),
        ("24→05:32", red, "\x1b[1H\x1b[31m24\x1b[m"),
    ];
    let tape = Tape::default();
    let mut painter = Painter::new(tape.clone());
    let mut before = Buffer::empty(area);
    for (words, style, wanted) in frames {
        let mut next = Buffer::empty(area);
        next.set_string(0, 0, words, style);
        painter.draw(before.diff_iter(&next)).unwrap();
        before = next;
        assert_eq!(tape.said(), wanted, "{words}");
    }
}

#[test]
fn the_cursor_is_shown_once_and_again_after_the_screen_was_cleared() {
    let tape = Tape::default();
    let mut painter = Painter::new(tape.clone());
    for (step, wanted) in
        [("show", "\x1b[?25h"), ("show", ""), ("hide", "\x1b[?25l"), ("hide", ""), ("show", "\x1b[?25h")]
    {
        if step == "show" { painter.show_cursor() } else { painter.hide_cursor() }.unwrap();
        assert_eq!(tape.said(), wanted, "{step}");
    }
    painter.clear().unwrap();
    tape.said();
    painter.show_cursor().unwrap();
    assert_eq!(tape.said(), "\x1b[?25h", "nobody knows what was written besides");
}
