//! A terminal screen as an SVG picture: one `<text>` per run of equal style, glyph widths pinned so that every
//! viewer keeps the columns.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

const CELL_WIDTH: f32 = 8.4;
const CELL_HEIGHT: u16 = 18;
const FOREGROUND: &str = "#d8dee9";
const BACKGROUND: &str = "#14181f";

/// The sixteen colours as most dark terminals paint them.
const PALETTE: [&str; 16] = [
    "#2e3440", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9", "#5c6370",
    "#ff7b86", "#b5e890", "#ffd78a", "#82c7ff", "#de94f5", "#7fd6e0", "#ffffff",
];

/// How a run of cells looks.
#[derive(Clone, PartialEq)]
struct Look {
    ink: String,
    paper: Option<String>,
    bold: bool,
    dim: bool,
    underline: bool,
}

/// Draws the whole screen; `title` is read to people who cannot see it.
pub fn draw(screen: &Screen, title: &str) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (f32::from(columns) * CELL_WIDTH + 16.0, rows * CELL_HEIGHT + 16);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height}\" width=\"{width:.0}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" \
         fill=\"{BACKGROUND}\"/>\n<g font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\" \
         font-size=\"14\" xml:space=\"preserve\">\n"
    );
    for row in 0..rows {
        for run in runs(screen, row, columns) {
            run.draw(row, &mut svg);
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// Draws several screens as one picture that moves: each stands for so many seconds, then the next; at the end it begins
/// anew. What does not change from one to the next is drawn once. Who wants less motion sees the last one, and it stands.
pub fn film(screens: &[(String, f32)], title: &str) -> String {
    let whole: f32 = screens.iter().map(|(_, seconds)| seconds).sum();
    let split = |svg: &str| -> Vec<String> {
        let body = svg.split_once("xml:space=\"preserve\">\n").map_or("", |(_, body)| body);
        body.trim_end_matches("</g>\n</svg>\n").lines().map(str::to_owned).collect()
    };
    let bodies: Vec<Vec<String>> = screens.iter().map(|(svg, _)| split(svg)).collect();
    let common: Vec<&String> =
        bodies[0].iter().filter(|line| bodies.iter().all(|body| body.contains(line))).collect();
    let head = screens[0].0.split("<rect ").next().unwrap_or_default();
    let head = head.split("aria-label").next().unwrap_or_default();
    let mut film = format!("{head}aria-label=\"{title}\">\n<style>\n.f{{visibility:hidden}}\n");
    let mut at = 0.0;
    for (number, (_, seconds)) in screens.iter().enumerate() {
        let (from, to) = (at / whole * 100.0, (at + seconds) / whole * 100.0);
        let before =
            if number == 0 { String::new() } else { format!("0%,{:.2}%{{visibility:hidden}}", from - 0.01) };
        let after =
            if to > 99.99 { String::new() } else { format!("{:.2}%,100%{{visibility:hidden}}", to + 0.01) };
        let _ = writeln!(
            film,
            "@keyframes k{number}{{{before}{from:.2}%,{to:.2}%{{visibility:visible}}{after}}}\n\
             .f{number}{{animation:k{number} {whole}s step-end infinite}}"
        );
        at += seconds;
    }
    let last = screens.len() - 1;
    let _ = writeln!(
        film,
        "@media (prefers-reduced-motion:reduce){{.f{{animation:none}}.f{last}{{visibility:visible}}}}\n</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n<g font-family=\"'DejaVu Sans \
         Mono','Menlo','Consolas',monospace\" font-size=\"14\" xml:space=\"preserve\">"
    );
    for line in &common {
        let _ = writeln!(film, "{line}");
    }
    for (number, body) in bodies.iter().enumerate() {
        let _ = writeln!(film, "<g class=\"f f{number}\">");
        for line in body.iter().filter(|line| !common.contains(line)) {
            let _ = writeln!(film, "{line}");
        }
        film.push_str("</g>\n");
    }
    film.push_str("</g>\n</svg>\n");
    film
}

struct Run {
    column: u16,
    cells: u16,
    text: String,
    look: Look,
}

/// Equal style makes a run; a glyph outside ASCII stands alone, because a missing one changes the font of its run.
fn runs(screen: &Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut joins = false;
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else {
            continue;
        };
        let text = if cell.has_contents() { cell.contents() } else { " " };
        let look = look(cell);
        let cells = if cell.is_wide() { 2 } else { 1 };
        let plain = text.is_ascii();
        // A line of one glyph is as safe as the glyph.
        let same = |last: &Run| !plain && last.text.split(text).all(str::is_empty);
        match runs.last_mut() {
            Some(last) if last.look == look && (joins && plain || same(last)) => {
                last.text.push_str(text);
                last.cells += cells;
            }
            _ => runs.push(Run { column, cells, text: text.to_owned(), look }),
        }
        joins = plain;
    }
    runs
}

fn look(cell: &Cell) -> Look {
    let (mut ink, mut paper) = (colour(cell.fgcolor()), colour(cell.bgcolor()));
    if cell.inverse() {
        let ink_was = ink.unwrap_or_else(|| FOREGROUND.to_owned());
        ink = Some(paper.unwrap_or_else(|| BACKGROUND.to_owned()));
        paper = Some(ink_was);
    }
    Look {
        ink: ink.unwrap_or_else(|| FOREGROUND.to_owned()),
        paper,
        bold: cell.bold(),
        dim: cell.dim(),
        underline: cell.underline(),
    }
}

fn colour(colour: Color) -> Option<String> {
    match colour {
        Color::Default => None,
        Color::Idx(index) => PALETTE.get(usize::from(index)).map(|hex| (*hex).to_owned()),
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
    }
}

impl Run {
    fn draw(&self, row: u16, svg: &mut String) {
        let (x, y) = (f32::from(self.column) * CELL_WIDTH + 8.0, row * CELL_HEIGHT + 8);
        let width = f32::from(self.cells) * CELL_WIDTH;
        if let Some(paper) = &self.look.paper {
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{CELL_HEIGHT}\" fill=\"{paper}\" \
                 shape-rendering=\"crispEdges\"/>"
            );
        }
        if self.text.trim().is_empty() {
            return;
        }
        let text = self.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let weight = if self.look.bold { " font-weight=\"bold\"" } else { "" };
        let faint = if self.look.dim { " opacity=\"0.65\"" } else { "" };
        let line = if self.look.underline { " text-decoration=\"underline\"" } else { "" };
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
             fill=\"{}\"{weight}{faint}{line}>{text}</text>",
            y + 13,
            self.look.ink
        );
    }
}
