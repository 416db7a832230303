//! A report as one HTML page that loads nothing and runs nothing.

use super::Report;
use super::outline::{self, Block};
use crate::domain::visible;

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>TITLE</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid #8886; padding: .25rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
blockquote { margin: 1rem 0; padding: .25rem 1rem; border-left: .25rem solid #c33; white-space: pre-wrap; }
@media print { body { max-width: none; } }
</style>
</head>
<body>
";

/// Writes the report.
pub fn write(report: &Report) -> String {
    page("Recovery report", &outline::of(report))
}

/// Writes any document.
pub fn page(title: &'static str, blocks: &[Block]) -> String {
    let mut page = HEAD.replacen("TITLE", title, 1);
    for block in blocks {
        page.push_str(&element(block));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn element(block: &Block) -> String {
    match block {
        Block::Heading(level, text) => format!("<h{level}>{}</h{level}>\n", plain(text)),
        Block::Text(text) => format!("<p>{}</p>\n", plain(text)),
        Block::List(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>\n", plain(item))).collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Block::Quote(text) => format!("<blockquote>{}</blockquote>\n", escaped(&visible::lines(text))),
        Block::Table { head, rows } => {
            let titled = head.iter().any(|cell| !cell.is_empty());
            let cells: String =
                head.iter().map(|cell| format!("<th scope=\"col\">{}</th>", plain(cell))).collect();
            let head = if titled { format!("<thead><tr>{cells}</tr></thead>\n") } else { String::new() };
            let rows: String = rows.iter().map(|cells| row(cells)).collect();
            format!("<table>\n{head}<tbody>\n{rows}</tbody>\n</table>\n")
        }
    }
}

/// The first cell says what the row is about.
fn row(cells: &[String]) -> String {
    let mut text = String::from("<tr>");
    for (place, cell) in cells.iter().enumerate() {
        let cell = plain(cell);
        if place == 0 {
            text.push_str(&format!("<th scope=\"row\">{cell}</th>"));
        } else {
            text.push_str(&format!("<td>{cell}</td>"));
        }
    }
    text.push_str("</tr>\n");
    text
}

fn plain(text: &str) -> String {
    escaped(&visible::text(text))
}

fn escaped(shown: &str) -> String {
    let mut text = String::with_capacity(shown.len());
    for c in shown.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
    }
    text
}
