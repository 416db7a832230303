//! A comparison as a document: the same blocks as a report, for every format that people read.

use jiff::Timestamp;

use super::{ClosedBy, Comparison, Difference, IgnoredBy, Seen, Side};
use crate::domain::report::outline::Block;

/// The blocks of a comparison.
pub fn of(comparison: &Comparison, written_at: Timestamp) -> Vec<Block> {
    let Comparison { source, standby, parity } = comparison;
    let mut blocks = vec![
        Block::Heading(1, "Comparison of an instance with its standby".to_owned()),
        Block::Text(format!(
            "Written {}. Times are UTC. Secrets are not compared but by hash.",
            utc(written_at)
        )),
        Block::List(vec![seen("source", source), seen("standby", standby)]),
        Block::Text(verdict(comparison)),
    ];
    let open: Vec<&Difference> = parity.open().collect();
    blocks.push(Block::Heading(2, "What differs".to_owned()));
    if open.is_empty() {
        blocks.push(Block::Text("Nothing that is not ignored.".to_owned()));
    } else {
        blocks.push(Block::Table {
            head: vec!["Closed by", "Blocks a switch", "Setting", "Source", "Standby", "After a restore"],
            rows: open.iter().map(|it| row(it)).collect(),
        });
    }
    let advised: Vec<String> = open.iter().filter_map(|it| advice(it)).collect();
    if !advised.is_empty() {
        blocks.push(Block::Heading(2, "What to do".to_owned()));
        blocks.push(Block::List(advised));
    }
    if !parity.unreadable.is_empty() {
        blocks.push(Block::Heading(2, "What could not be compared".to_owned()));
        let side = |side: Side| match side {
            Side::Source => "source",
            Side::Standby => "standby",
        };
        let line = |it: &super::Unread| format!("{} of the {}: {}", it.setting, side(it.side), it.reason);
        blocks.push(Block::List(parity.unreadable.iter().map(line).collect()));
    }
    let ignored: Vec<Vec<String>> = parity.ignored().map(|(it, by)| set_apart(it, by)).collect();
    if !ignored.is_empty() {
        blocks.push(Block::Heading(2, "What differs and is ignored".to_owned()));
        let head = vec!["Ignored by", "Blocks a switch", "Id", "Source", "Standby"];
        blocks.push(Block::Table { head, rows: ignored });
    }
    blocks
}

/// How many differ how, in one sentence.
pub fn verdict(Comparison { parity, .. }: &Comparison) -> String {
    let ignored = match (parity.ignored().count(), parity.ignored_blocking()) {
        (0, _) => String::new(),
        (count, 0) => format!("; {count} ignored"),
        (count, blocking) => format!("; {count} ignored, of which {blocking} block a switch"),
    };
    format!(
        "{} by hand, {} by a restore, {} block a switch even then; {} equal, {} not readable{ignored}",
        parity.closed_by(ClosedBy::ByHand),
        parity.closed_by(ClosedBy::Restore),
        parity.blocking(),
        parity.equal.len(),
        parity.unreadable.len(),
    )
}

/// For people, where it is about one difference.
impl std::fmt::Display for IgnoredBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Configured { rule, pattern } => write!(f, "rule {rule} ({pattern})"),
            Self::Run(pattern) => write!(f, "this run ({pattern})"),
        }
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn seen(word: &str, it: &Seen) -> String {
    let by = it.manifest.as_ref().map_or(String::new(), |backup| format!(", by the manifest of {backup}"));
    format!("{word}: {} as of {}{by}", it.name, utc(it.as_of))
}

fn side(value: Option<&str>) -> String {
    value.unwrap_or("(none)").to_owned()
}

fn blocks(it: &Difference) -> String {
    match it.blocks_switch {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    }
    .to_owned()
}

fn row(it: &Difference) -> Vec<String> {
    let restored =
        if it.closed_by == ClosedBy::Restore { side(it.restored()) } else { "unchanged".to_owned() };
    let (one, other) = (side(it.source.as_deref()), side(it.standby.as_deref()));
    vec![it.closed_by.to_string(), blocks(it), it.setting.clone(), one, other, restored]
}

fn set_apart(it: &Difference, by: &IgnoredBy) -> Vec<String> {
    vec![by.to_string(), blocks(it), it.id.clone(), side(it.source.as_deref()), side(it.standby.as_deref())]
}

fn advice(it: &Difference) -> Option<String> {
    let remedy = it.remedy.as_ref()?;
    let command = remedy.command.as_ref().map_or(String::new(), |command| format!(" Command: {command}"));
    Some(format!("{}: {}.{command}", it.setting, remedy.advice.trim_end_matches('.')))
}
