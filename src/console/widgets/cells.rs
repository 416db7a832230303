//! Letters and borders into the cells of a frame. Most of what is drawn takes one column a letter and joins with
//! nothing: that goes straight into its cells, because a frame has thousands of them at every key.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;

use crate::domain::visible;

/// Writes words from a cell on, in at most so many columns. What is beyond the frame is not written.
pub(super) fn write(buffer: &mut Buffer, (x, y): (u16, u16), words: &str, columns: usize, style: Style) {
    if !buffer.area.contains((x, y).into()) {
        return;
    }
    if !visible::is_simple(words) {
        buffer.set_stringn(x, y, words, columns, style);
        return;
    }
    let room = usize::from(buffer.area.right() - x).min(columns);
    let start = buffer.index_of(x, y);
    for (cell, letter) in buffer.content[start..].iter_mut().take(room).zip(words.chars()) {
        cell.set_char(letter).set_style(style);
    }
}

/// Draws a border around an area, as far as the frame goes. Gives what is within it.
pub(super) fn border(buffer: &mut Buffer, area: Rect, set: border::Set<'static>, style: Style) -> Rect {
    let area = area.intersection(buffer.area);
    let inner = Rect {
        x: area.x.saturating_add(1).min(area.right()),
        y: area.y.saturating_add(1).min(area.bottom()),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    if area.is_empty() {
        return inner;
    }
    let (left, right) = (area.x, area.right() - 1);
    let mut side = |y: u16, [first, between, last]: [&str; 3]| {
        let start = buffer.index_of(left, y);
        for cell in &mut buffer.content[start..start + usize::from(area.width)] {
            cell.set_symbol(between).set_style(style);
        }
        for (x, corner) in [(left, first), (right, last)] {
            buffer[(x, y)].set_symbol(corner);
        }
    };
    side(area.bottom() - 1, [set.bottom_left, set.horizontal_bottom, set.bottom_right]);
    side(area.y, [set.top_left, set.horizontal_top, set.top_right]);
    for y in inner.y..inner.bottom() {
        for (x, line) in [(right, set.vertical_right), (left, set.vertical_left)] {
            buffer[(x, y)].set_symbol(line).set_style(style);
        }
    }
    inner
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};
    use ratatui::widgets::{Block, Widget};

    use super::*;
    use crate::trials::{Chance, seeds};

    const WORDS: [&str; 10] =
        ["", "a", "apim-core-prod", "══█░", "▲ warn", "東京", "e\u{301}x", "→", "a\u{200d}b", "─\u{301}"];

    fn style(chance: &mut Chance) -> Style {
        let style = Style::new().fg(*chance.pick(&[Color::Red, Color::Reset]));
        if chance.one_in(2) { style.add_modifier(Modifier::BOLD) } else { style }
    }

    #[test]
    fn words_lie_as_the_library_lays_them() {
        let seeds = seeds(500);
        for &seed in &seeds {
            let chance = &mut Chance::new(seed);
            let mut ours = Buffer::empty(Rect::new(0, 0, 18, 3));
            let mut theirs = ours.clone();
            for _ in 0..8 {
                let mut below = |bound| u16::try_from(chance.below(bound)).unwrap();
                let (x, y, columns) = (below(18), below(3), usize::from(below(20)));
                let (words, style) = (*chance.pick(&WORDS), style(chance));
                write(&mut ours, (x, y), words, columns, style);
                theirs.set_stringn(x, y, words, columns, style);
            }
            assert_eq!(ours, theirs, "seed {seed}");
        }
    }

    #[test]
    fn what_is_beyond_the_frame_is_not_written() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 2));
        for at in [(4, 0), (0, 2), (u16::MAX, u16::MAX)] {
            write(&mut buffer, at, "words", 5, Style::new());
        }
        assert_eq!(buffer, Buffer::empty(buffer.area));
        write(&mut buffer, (2, 1), "words", 5, Style::new());
        assert_eq!(buffer, Buffer::with_lines(["    ", "  wo"]));
    }

    #[test]
    fn borders_lie_as_the_library_lays_them() {
        let all = Rect::new(0, 0, 7, 5);
        let (style, set) = (Style::new().fg(Color::Red), border::DOUBLE);
        for area in (0..=7).flat_map(|width| (0..=5).map(move |height| Rect::new(0, 0, width, height))) {
            let mut ours = Buffer::empty(all);
            ours.set_string(0, 0, "abcdef", Style::new());
            let mut theirs = ours.clone();
            let block = Block::bordered().border_set(set).border_style(style);
            let inner = block.inner(area);
            block.render(area, &mut theirs);
            assert_eq!(super::border(&mut ours, area, set, style), inner, "{area}");
            // A border of one line or column has no corners to speak of.
            if area.width > 1 && area.height > 1 {
                assert_eq!(ours, theirs, "{area}");
            }
        }
    }
}
