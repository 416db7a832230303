//! A report as Markdown. What others wrote can neither format nor hide anything.

use super::Report;
use super::outline::{self, Block};
use crate::domain::visible;

/// The characters that mean something in Markdown.
const MARKS: &str = "\\`*_{}[]<>#|~&!";

/// Writes the report.
pub fn write(report: &Report) -> String {
    page(&outline::of(report))
}

/// Writes any document.
pub fn page(blocks: &[Block]) -> String {
    let blocks: Vec<String> = blocks.iter().map(block).collect();
    blocks.join("\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, text) => format!("{} {}\n", "#".repeat(usize::from(*level)), plain(text)),
        Block::Text(text) => format!("{}\n", plain(text)),
        Block::List(items) => items.iter().map(|item| format!("- {}\n", plain(item))).collect(),
        Block::Quote(text) => {
            visible::lines(text).lines().map(|line| format!("> {}\n", escaped(line))).collect()
        }
        Block::Table { head, rows } => {
            let line = |cells: &mut dyn Iterator<Item = String>| {
                format!("|{}\n", cells.map(|cell| format!(" {cell} |")).collect::<String>())
            };
            let mut text = line(&mut head.iter().map(|cell| plain(cell)));
            text.push_str(&line(&mut head.iter().map(|_| "---".to_owned())));
            for row in rows {
                text.push_str(&line(&mut row.iter().map(|cell| plain(cell))));
            }
            text
        }
    }
}

/// One line that Markdown takes literally.
fn plain(text: &str) -> String {
    escaped(&visible::text(text))
}

fn escaped(shown: &str) -> String {
    let mut text = String::with_capacity(shown.len());
    for c in shown.chars() {
        if MARKS.contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}
