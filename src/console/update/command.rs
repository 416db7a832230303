//! Carrying out a command. What it cannot do it says, and why; what begins something goes through the same wizard as
//! the key for it.

use super::keys::{act, go, visit};
use super::{parity, saved, timeline, wizard};
use crate::console::acts::{self, Deed};
use crate::console::command::meant::{self, Refusal, did_you_mean};
use crate::console::command::{Command, Verb, split, whereabouts};
use crate::console::effect::Effect;
use crate::console::intent::{Intent, Stop};
use crate::console::model::{FleetKey, Model, Notice, Overlay, Place, Tone};
use crate::console::world::inventory::Reading;
use crate::domain::operation::OperationId;
use crate::domain::plan::Kind;
use crate::domain::visible;
use crate::domain::writing::Wish;

/// What comes of a command.
pub(super) type Ran = Result<Vec<Effect>, Refusal>;

/// Refuses, with these words.
pub(super) fn no<T>(words: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::No(words.into()))
}

/// Runs a line.
///
/// # Errors
/// It is no command, or it cannot be carried out here.
pub(super) fn run(model: &mut Model, line: &str) -> Ran {
    let (word, rest) = split(line);
    let Some(command) = Command::named(word) else {
        return jump(model, word, rest);
    };
    match command.verb {
        Verb::Fleet => place(model, Place::Fleet),
        Verb::Operations => place(model, Place::Operations),
        Verb::Problems => place(model, Place::Problems),
        Verb::Backups => backups(model, rest),
        Verb::Parity => compare(model, rest),
        Verb::Timeline => timeline(model, rest),
        Verb::Restore => begin(model, Kind::Restore, ""),
        Verb::Backup => begin(model, Kind::Backup, rest),
        Verb::FailOver => fail_over(model),
        Verb::Sort => saved::sort(model, rest),
        Verb::Columns => saved::columns(model, rest),
        Verb::Filter => saved::filter(model, rest),
        Verb::View => saved::view(model, rest),
        Verb::Subscription => saved::subscription(model, rest),
        Verb::Theme => theme(model, rest),
        Verb::Times => Ok(act(model, Intent::Times)),
        Verb::Where => Ok(tell_where(model)),
        Verb::Info => Ok(over(model, Overlay::About { scroll: 0 })),
        Verb::Keys => Ok(act(model, Intent::Help)),
        Verb::ReadOnly => Ok(model.ask_to_write(Wish::ReadOnly)),
        Verb::Write => write(model, rest),
        Verb::Mouse => Ok(act(model, Intent::Mouse)),
        Verb::Freeze => Ok(act(model, Intent::Freeze)),
        Verb::Report => report(model),
        Verb::Quit => Ok(vec![Effect::Quit]),
    }
}

/// Goes on with the commands that the console was started with, as far as what they speak of is known. The first key
/// that somebody presses ends them: nothing moves under the hands.
pub(super) fn go_on(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some(line) = model.opening.first().cloned() {
        let (word, _) = split(&line);
        let ran = match Command::named(word).filter(|it| !it.opens()) {
            Some(it) => no(format!("--open {} is not for the shell: type it here", it.name)),
            None => run(model, &line),
        };
        match ran {
            Ok(more) => effects.extend(more),
            Err(Refusal::NotYet(_)) => break,
            Err(refusal) => super::keys::warn(model, refusal.words()),
        }
        model.opening.remove(0);
        model.touch();
    }
    effects
}

/// Commands that the console was started with.
pub(super) fn open(model: &mut Model, lines: Vec<String>) -> Vec<Effect> {
    model.opening = lines;
    go_on(model)
}

/// A word that is no command: an instance, or nothing.
fn jump(model: &mut Model, word: &str, rest: &str) -> Ran {
    if !rest.is_empty() {
        return no(meant::unknown(model, word));
    }
    match meant::instance(model, word).map(|it| it.id.clone()) {
        Ok(id) => place(model, Place::Backups(FleetKey::Instance(id))),
        Err(Refusal::No(words)) if words.contains(" instances have ") => no(words),
        Err(Refusal::No(_)) => no(meant::unknown(model, word)),
        Err(waits) => Err(waits),
    }
}

fn place(model: &mut Model, place: Place) -> Ran {
    go(model, place);
    Ok(Vec::new())
}

fn over(model: &mut Model, overlay: Overlay) -> Vec<Effect> {
    model.overlay = Some(overlay);
    Vec::new()
}

fn backups(model: &mut Model, name: &str) -> Ran {
    match name {
        "" => {
            visit(model, Stop::Backups);
            Ok(Vec::new())
        }
        whereabouts::STRAYS if model.is_there(&Place::Backups(FleetKey::Strays)) => {
            place(model, Place::Backups(FleetKey::Strays))
        }
        name => {
            let id = meant::instance(model, name)?.id.clone();
            place(model, Place::Backups(FleetKey::Instance(id)))
        }
    }
}

fn compare(model: &mut Model, names: &str) -> Ran {
    let id = |name: &str| meant::instance(model, name).map(|it| it.id.clone());
    match *names.split_whitespace().collect::<Vec<_>>().as_slice() {
        [] => Ok(parity::open(model)),
        [one] => {
            let id = id(one)?;
            Ok(parity::show(model, &id))
        }
        [one, other] => {
            let (source, standby) = (id(one)?, id(other)?);
            if source == standby {
                return no("an instance is the same as itself");
            }
            Ok(parity::show_pair(model, source, standby))
        }
        _ => no("two instances are compared: parity A B"),
    }
}

fn timeline(model: &mut Model, id: &str) -> Ran {
    let lead = model.operation_named(id);
    if !id.is_empty() && lead.is_none() {
        let digits = id.replace('-', "").to_lowercase();
        let begins = |it: &OperationId| it.to_string().replace('-', "").starts_with(&digits);
        let several = model.world.operations.keys().any(begins);
        return no(format!("{} operation begins with '{id}'", if several { "more than one" } else { "no" }));
    }
    Ok(timeline::open(model, lead))
}

fn report(model: &mut Model) -> Ran {
    let effects = timeline(model, "")?;
    model.overlay = Some(Overlay::Formats { chosen: 0 });
    Ok(effects)
}

fn begin(model: &mut Model, kind: Kind, name: &str) -> Ran {
    if matches!(model.place(), Place::Wizard(_)) {
        return no("another one is begun here: leave it first (q)");
    }
    if !name.is_empty() {
        let id = meant::instance(model, name)?.id.clone();
        go(model, Place::Backups(FleetKey::Instance(id)));
    }
    match acts::prepare(model, kind) {
        Ok(_) => Ok(wizard::begin(model, Deed::Begin(kind))),
        Err(obstacle) => no(format!("not possible: {obstacle}")),
    }
}

fn fail_over(model: &mut Model) -> Ran {
    if matches!(model.place(), Place::Wizard(_)) {
        return no("another one is begun here: leave it first (q)");
    }
    let obstacle = acts::failed_over(model).err().filter(|_| super::kept(model, Deed::FailOver).is_none());
    match obstacle {
        None => Ok(wizard::begin(model, Deed::FailOver)),
        Some(obstacle) => no(format!("not possible: {obstacle}")),
    }
}

fn theme(model: &mut Model, name: &str) -> Ran {
    let themes = &model.preferences.themes;
    let names: Vec<&str> = themes.iter().map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        return no("without colours there is one look only: NO_COLOR or --color never says so");
    }
    match themes.iter().find(|it| it.name == name) {
        Some(found) => {
            model.preferences.palette = found.palette;
            Ok(vec![Effect::Repaint])
        }
        None => {
            let meant = did_you_mean(name, names.iter().copied());
            no(format!("no theme is called '{name}'{meant}; there are {}", names.join(", ")))
        }
    }
}

fn tell_where(model: &mut Model) -> Vec<Effect> {
    let line = visible::lines(&whereabouts::line(model));
    model.notice = Some(Notice { text: format!("copied: {line}"), tone: Tone::Plain });
    vec![Effect::Copy(line)]
}

/// How long writing is to be allowed; who sends decides.
fn write(model: &mut Model, span: &str) -> Ran {
    match span.parse::<Wish>() {
        Ok(wish) => Ok(model.ask_to_write(wish)),
        Err(error) => no(error.to_string()),
    }
}

/// Refuses, for now while not all is read.
pub(super) fn unread<T>(model: &Model, words: String) -> Result<T, Refusal> {
    match model.world.inventory.reading {
        Reading::Done { .. } => Err(Refusal::No(words)),
        Reading::NotAsked | Reading::Running { .. } => Err(Refusal::NotYet(words)),
    }
}
