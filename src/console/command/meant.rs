//! Names of instances, subscriptions, views as a person writes them, and what was meant by a word that is none.

use crate::console::command::COMMANDS;
use crate::console::model::Model;
use crate::console::world::inventory::Reading;
use crate::domain::instance::Instance;

/// Why a line was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be, and this is why.
    No(String),
    /// Not before more of the inventory is there.
    NotYet(String),
}

impl Refusal {
    /// Why, for people.
    pub fn words(&self) -> &str {
        match self {
            Self::No(words) | Self::NotYet(words) => words,
        }
    }
}

/// How alike two words must be that one may be meant by the other.
const ALIKE: f64 = 0.6;
/// How many names are listed where several would fit.
const LISTED: usize = 4;

/// The instance of this name; a part of it is enough once all are known and only one has it.
///
/// # Errors
/// There is none, or there are several.
pub fn instance<'a>(model: &'a Model, word: &str) -> Result<&'a Instance, Refusal> {
    let all = model.world.inventory.instances.all();
    if let Some(found) = all.iter().find(|it| it.name.eq_ignore_ascii_case(word) || it.id.as_str() == word) {
        return Ok(found);
    }
    if !matches!(model.world.inventory.reading, Reading::Done { .. }) {
        return Err(Refusal::NotYet(format!("no instance '{word}' is known yet; still reading")));
    }
    let wanted = word.to_lowercase();
    let having: Vec<&Instance> =
        all.iter().filter(|it| !wanted.is_empty() && it.name.to_lowercase().contains(&wanted)).collect();
    match having.as_slice() {
        [one] => Ok(one),
        [] => {
            let names = all.iter().map(|it| it.name.as_str());
            Err(Refusal::No(format!("no instance is called '{word}'{}", did_you_mean(word, names))))
        }
        several => {
            let names: Vec<&str> = several.iter().take(LISTED).map(|it| it.name.as_str()).collect();
            let more = if several.len() > LISTED { ", …" } else { "" };
            let count = several.len();
            Err(Refusal::No(format!("{count} instances have '{word}': {}{more}", names.join(", "))))
        }
    }
}

/// What is told of a word that is neither a command nor an instance.
pub fn unknown(model: &Model, word: &str) -> String {
    let commands = COMMANDS.iter().flat_map(|it| std::iter::once(it.name).chain(it.also.iter().copied()));
    let instances = model.world.inventory.instances.all().iter().map(|it| it.name.as_str());
    let meant = did_you_mean(word, commands.chain(instances));
    let hint = if meant.is_empty() { "; Tab shows the commands" } else { meant.as_str() };
    format!("no command or instance is called '{word}'{hint}")
}

/// `; did you mean fleet?`, or nothing.
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let word = word.to_lowercase();
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&word, &known.to_lowercase());
    let best = known.map(|known| (likeness(known), known)).max_by(|one, two| one.0.total_cmp(&two.0));
    match best.filter(|(alike, _)| *alike >= ALIKE) {
        Some((_, known)) => format!("; did you mean {known}?"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n6_a_slip_of_the_finger_is_understood_and_nonsense_is_not() {
        let known = || COMMANDS.iter().map(|it| it.name);
        for (typed, meant) in [
            ("flete", "fleet"),
            ("fleets", "fleet"),
            ("backpus", "backups"),
            ("oops", "ops"),
            ("thmee", "theme"),
            ("PROBLEM", "problems"),
            ("raedonly", "readonly"),
            ("time", "times"),
        ] {
            assert_eq!(did_you_mean(typed, known()), format!("; did you mean {meant}?"), "{typed}");
        }
        for typed in ["", "xyzzy", "kubectl", "delete", "東京"] {
            assert_eq!(did_you_mean(typed, known()), "", "{typed}");
        }
    }
}
