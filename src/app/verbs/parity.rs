//! `parity`: an instance beside its standby.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::landscape::Landscape;
use super::lookup;
use crate::app::compose::House;
use crate::app::exit::Exit;
use crate::app::output::{Paper, Table};
use crate::cli::ParityArguments;
use crate::domain::backup::{Backup, Provenance};
use crate::domain::fact::Unreadable;
use crate::domain::parity::{ClosedBy, Comparison, Difference, IgnoredBy, Rules, Seen, Side, paper};
use crate::domain::problem::Problem;
use crate::domain::resource::ResourceId;
use crate::domain::storage::BackupAddress;
use crate::engine::parity::Recorded;
use crate::engine::survey::Depth;

/// The answer.
#[derive(Serialize)]
struct Answer {
    source: SeenShape,
    standby: SeenShape,
    differences: Vec<DifferenceShape>,
    equal: usize,
    unreadable: Vec<UnreadShape>,
    ignored: Vec<IgnoredShape>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeenShape {
    name: String,
    as_of: Timestamp,
    manifest: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DifferenceShape {
    id: String,
    setting: String,
    source: Option<String>,
    standby: Option<String>,
    closed_by: ClosedBy,
    blocks_switch: Option<bool>,
    remedy: Option<String>,
    command: Option<String>,
}

/// A difference that is set apart, and by what.
#[derive(Serialize)]
struct IgnoredShape {
    #[serde(flatten)]
    difference: DifferenceShape,
    /// The place of the rule in the configuration, from 1; none when it held for one run of the console only.
    rule: Option<usize>,
    pattern: String,
}

#[derive(Serialize)]
struct UnreadShape {
    setting: String,
    side: Side,
    reason: String,
}

/// Compares an instance with its standby.
///
/// # Errors
/// One of them is not known, or the manifest that was named cannot be read.
pub(super) async fn run(house: &House, paper: Paper, arguments: &ParityArguments) -> Result<Exit, Problem> {
    let mut comparison = compared(house, paper, arguments).await?;
    let configured = house.settings.ignore.clone();
    comparison.parity.ignore(&Rules { configured, ..Rules::default() });
    paper.answer(&answer(&comparison), Shown(&comparison))?;
    if !comparison.parity.is_blank() {
        return Ok(Exit::Done);
    }
    let forbidden = |reason: &Unreadable| matches!(reason, Unreadable::Forbidden(_));
    let only_forbidden = comparison.parity.unreadable.iter().all(|it| forbidden(&it.reason));
    paper.problem(
        &Problem::new("Nothing of the two could be compared").meaning("Whether they differ is not known"),
    );
    Ok(if only_forbidden { Exit::NotAllowed } else { Exit::Error })
}

async fn compared(house: &House, paper: Paper, arguments: &ParityArguments) -> Result<Comparison, Problem> {
    if let Some(backup) = backup_address(&arguments.source) {
        let standby = lookup::instance(house, &arguments.standby).await?;
        return house.engine.parity_with(&recorded(house, backup), &standby).await;
    }
    let seen = Landscape::survey(house, Depth::Instances, &[]).await;
    let id = |word: &str| -> Result<ResourceId, Problem> {
        match lookup::by_word(word, &seen.instances, &seen.problems) {
            Ok(instance) => Ok(instance.id.clone()),
            Err(problem) => lookup::id(word).map_err(|_| problem),
        }
    };
    let (source, standby) = (id(&arguments.source)?, id(&arguments.standby)?);
    if source == standby {
        return Err(Problem::usage("Source and standby are the same instance").about(source.to_string()));
    }
    let comparison = house.engine.parity(&source, None, &standby).await;
    if comparison.parity.unreadable.iter().all(|it| it.side != Side::Source || it.setting != "settings") {
        return Ok(comparison);
    }
    // Its control plane is silent or shut: what a backup remembers of it is better than nothing.
    paper.say(&format!("{} cannot be read; looking for the manifest of a backup of it", source.name()));
    match newest_manifest(house, &source).await {
        Some(backup) => {
            let told = house.engine.parity_with(&recorded(house, backup), &standby).await;
            told.or(Ok(comparison))
        }
        None => Ok(comparison),
    }
}

/// The newest backup of the instance whose manifest is believed.
async fn newest_manifest(house: &House, source: &ResourceId) -> Option<BackupAddress> {
    let seen = Landscape::survey(house, Depth::Discover, &[]).await;
    let told = |it: &&Backup| {
        it.source.provenance == Provenance::Manifest && it.source.instance_id.as_ref() == Some(source)
    };
    let newest = seen.backups.values().filter(told).max_by_key(|it| it.taken.map(|taken| taken.at));
    newest.map(|it| it.blob.address.clone())
}

/// A source that is a backup: three words with slashes between them, where a resource id begins with one.
fn backup_address(word: &str) -> Option<BackupAddress> {
    word.parse().ok().filter(|_| !word.starts_with('/'))
}

fn recorded(house: &House, backup: BackupAddress) -> Recorded {
    let listing = house.listing(&backup.location);
    Recorded { backup, listing }
}

/// A comparison as JSON.
///
/// # Errors
/// It cannot be written so.
pub(in crate::app) fn json(comparison: &Comparison) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&answer(comparison))
}

fn answer(comparison: &Comparison) -> Answer {
    let seen = |it: &Seen| SeenShape {
        name: it.name.clone(),
        as_of: it.as_of,
        manifest: it.manifest.as_ref().map(ToString::to_string),
    };
    let shape = |it: &Difference| DifferenceShape {
        id: it.id.clone(),
        setting: it.setting.clone(),
        source: it.source.clone(),
        standby: it.standby.clone(),
        closed_by: it.closed_by,
        blocks_switch: it.blocks_switch,
        remedy: it.remedy.as_ref().map(|it| it.advice.clone()),
        command: it.remedy.as_ref().and_then(|it| it.command.clone()),
    };
    let parity = &comparison.parity;
    Answer {
        source: seen(&comparison.source),
        standby: seen(&comparison.standby),
        differences: parity.open().map(shape).collect(),
        equal: parity.equal.len(),
        unreadable: parity
            .unreadable
            .iter()
            .map(|it| UnreadShape {
                setting: it.setting.clone(),
                side: it.side,
                reason: it.reason.to_string(),
            })
            .collect(),
        ignored: parity.ignored().map(|(it, by)| ignored(shape(it), by)).collect(),
    }
}

fn ignored(difference: DifferenceShape, by: &IgnoredBy) -> IgnoredShape {
    match by {
        IgnoredBy::Configured { rule, pattern } => {
            IgnoredShape { difference, rule: Some(*rule), pattern: pattern.clone() }
        }
        IgnoredBy::Run(pattern) => IgnoredShape { difference, rule: None, pattern: pattern.clone() },
    }
}

struct Shown<'a>(&'a Comparison);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Comparison { source, standby, parity } = self.0;
        let mut table = Table::new(&["CLOSED BY", "SWITCH", "SETTING", "SOURCE", "STANDBY"]);
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
        for it in parity.open() {
            let switch = match it.blocks_switch {
                Some(true) => "blocks",
                Some(false) => "-",
                None => "?",
            };
            table.row([
                it.closed_by.to_string(),
                switch.to_owned(),
                it.setting.clone(),
                side(&it.source),
                side(&it.standby),
            ]);
        }
        for it in &parity.unreadable {
            let (at_source, at_standby) = match it.side {
                Side::Source => (it.reason.to_string(), String::new()),
                Side::Standby => (String::new(), it.reason.to_string()),
            };
            table.row(["not readable", "?", &it.setting, &at_source, &at_standby]);
        }
        writeln!(f, "{table}")?;
        for (word, it) in [("source", source), ("standby", standby)] {
            let by =
                it.manifest.as_ref().map_or(String::new(), |backup| format!(", by the manifest of {backup}"));
            let line = format!("{} as of {}{by}", it.name, it.as_of.strftime("%Y-%m-%d %H:%MZ"));
            writeln!(f, "{word:<10} {}", crate::domain::visible::name(&line))?;
        }
        writeln!(f, "verdict    {}", paper::verdict(self.0))
    }
}
