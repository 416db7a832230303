//! The pane of one operation: how it stands, how far it came, what was said last, what comes next. No percentage,
//! because Azure reports none: the bar compares with the own history.

use jiff::{SignedDuration, Timestamp};

use super::log;
use super::sheet::{Content, Freshness, Sheet};
use crate::console::model::{Model, Times, Zoom};
use crate::console::screens::operations::{self, phase_word};
use crate::console::text;
use crate::console::theme::{self, Role};
use crate::console::widgets::canvas::Words;
use crate::console::world::log::Level;
use crate::console::world::watched::Watched;
use crate::domain::duration;
use crate::domain::operation::{Operation, Phase, Purpose, Work};
use crate::domain::plan::Kind;

/// From so many rows on every step has a line of its own.
const TALL: usize = 11;
/// So many lines of what happened are shown.
const HAPPENED: usize = 200;
/// Azure is asked at least so often.
const USUAL_POLL: SignedDuration = SignedDuration::from_secs(60);

/// The pane.
pub(super) fn content(mut sheet: Sheet<'_>, watched: &Watched) -> Content {
    let operation = &watched.operation;
    let title = Words::one(Role::Strong, operations::what(&operation.intent.work, sheet.theme));
    let title = match operation.intent.purpose {
        Purpose::Drill => title.and(Role::Plain, " ").and(Role::Drill, sheet.theme.drill()),
        Purpose::Real => title,
    };
    head(&mut sheet, operation);
    let steps = steps(watched);
    if sheet.rows >= TALL {
        steps.iter().for_each(|step| sheet.line(step.line(sheet.model)));
    } else {
        let words = steps.iter().fold(Words::new(), |words, step| words.then(step.word()));
        sheet.line(words);
    }
    trouble(&mut sheet, operation);
    evidence(&mut sheet, watched);
    polls(&mut sheet, watched);
    life(&mut sheet, watched);
    ids(&mut sheet, operation);
    let safe = sheet.theme.wrapped(SAFE, sheet.columns).len();
    if !operation.phase.is_final() && sheet.rows > sheet.len() + safe {
        sheet.line(Words::new());
        sheet.prose(Role::Dim, SAFE);
    }
    if operation.phase == Phase::Succeeded {
        sheet.prose(Role::Plain, "Not all is done: 3 shows what a backup does not carry, 8 compares.");
    }
    if sheet.model.wall.zoom == Zoom::One {
        happened(&mut sheet, operation);
    }
    let (freshness, beside) = (freshness(sheet.model.now(), watched), beside(&sheet, watched));
    sheet.content(title, freshness, beside)
}

const SAFE: &str =
    "Safe to quit: it goes on in Azure. The next start, or lifeboat operations, shows it again.";

/// What the log has of it, newest first.
fn happened(sheet: &mut Sheet<'_>, operation: &Operation) {
    sheet.line(Words::new());
    sheet.line(Words::one(Role::Strong, "What happened, newest first"));
    let own = sheet.model.world.log.newest(Level::Info).filter(|it| it.operation == Some(operation.id()));
    for entry in own.take(HAPPENED) {
        sheet.line(log::words(entry, sheet.model, sheet.columns, sheet.theme));
    }
}

/// The phase, the time, what is usual; and the bar.
fn head(sheet: &mut Sheet<'_>, operation: &Operation) {
    let role = theme::of_phase(operation.phase);
    let elapsed = operation.elapsed(sheet.model.now());
    let usual = sheet.model.usual_of(operation.id());
    let words = Words::one(role, format!("{} {}", sheet.theme.sign(role), phase_word(operation)))
        .and(Role::Strong, format!("   {}", duration::short(elapsed)));
    let words = match (usual, operation.phase.is_final()) {
        (Some(usual), _) => words.and(Role::Dim, format!("   {}", usual.brief())),
        (None, true) => words,
        (None, false) => words.and(Role::Dim, "   no runs of your own yet"),
    };
    sheet.line(words);
    if operation.phase.is_final() {
        return;
    }
    let Some(usual) = usual else {
        let words = match operation.intent.work.kind() {
            Kind::Restore => "no % from Azure; recorded ones took 7 to 19 minutes",
            Kind::Backup => "no % from Azure; documented: more than a minute",
        };
        return sheet.line(Words::one(Role::Dim, words));
    };
    let note = if elapsed > usual.p90 { " longer than 9 of 10; no % from Azure" } else { " no % from Azure" };
    let wide = sheet.columns.saturating_sub(text::width(note)).min(60);
    let bar = sheet.theme.bar(wide, elapsed.as_secs(), usual.p90.as_secs());
    sheet.line(Words::one(role, bar).and(Role::Dim, note));
}

/// A step on the way.
struct Step {
    stands: Stands,
    at: Option<Timestamp>,
    short: &'static str,
    words: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Done,
    Under,
    Open,
    Unknown,
    Failed,
}

impl Step {
    fn new(stands: Stands, at: Option<Timestamp>, short: &'static str, words: impl Into<String>) -> Self {
        Self { stands, at, short, words: words.into() }
    }

    fn mark(&self) -> (Role, &'static str) {
        match self.stands {
            Stands::Done => (Role::Ok, "[x]"),
            Stands::Under => (Role::Running, "[>]"),
            Stands::Open => (Role::Dim, "[ ]"),
            Stands::Unknown => (Role::Unknown, "[?]"),
            Stands::Failed => (Role::Crit, "[!]"),
        }
    }

    /// A line of its own, with its time.
    fn line(&self, model: &Model) -> Words {
        let (role, mark) = self.mark();
        let at = self.at.map_or("".into(), |at| model.stamp_to_second(at));
        let plain = if self.stands == Stands::Open { Role::Dim } else { Role::Plain };
        Words::one(role, mark).and(Role::Dim, format!(" {at:<9}  ")).and(plain, self.words.as_str())
    }

    /// One word among others.
    fn word(&self) -> Words {
        let (role, mark) = self.mark();
        let plain = if self.stands == Stands::Open { Role::Dim } else { Role::Plain };
        Words::one(role, mark).and(plain, format!(" {}  ", self.short))
    }
}

/// The steps until Azure has taken it.
fn begun(operation: &Operation) -> Vec<Step> {
    use Stands as S;
    let phase = operation.phase;
    let mut steps = Vec::new();
    match operation.intent.work {
        Work::Plan(_) => {
            let left = if operation.submitted_at.is_some() { S::Done } else { S::Open };
            steps.push(Step::new(
                left,
                operation.submitted_at,
                "sent",
                "request sent, once; written down before",
            ));
            let taken = match (operation.accepted_at, phase) {
                (Some(_), _) | (None, Phase::Succeeded) => S::Done,
                (None, Phase::Unconfirmed) => S::Unknown,
                (None, Phase::Refused | Phase::Failed | Phase::NotSent) => S::Failed,
                (None, Phase::Submitting) => S::Under,
                (None, _) => S::Open,
            };
            let words = match taken {
                S::Unknown => "UNKNOWN whether Azure took it; looked up, not sent again",
                S::Failed if phase == Phase::NotSent => "not sent: nothing was started",
                S::Failed => "Azure refused it: nothing was started",
                _ => "accepted (202), status URL saved to the journal",
            };
            steps.push(Step::new(taken, operation.accepted_at, "accepted", words));
        }
        Work::Observed(_) => {
            steps.push(Step::new(
                S::Done,
                operation.submitted_at,
                "begun",
                "begun elsewhere, watched from here",
            ));
        }
    }
    steps
}

/// How far it came, by what is known.
fn steps(watched: &Watched) -> Vec<Step> {
    use Stands as S;
    let operation = &watched.operation;
    let phase = operation.phase;
    let kind = operation.intent.work.kind();
    let mut steps = begun(operation);
    let (at_work, applying) = match kind {
        Kind::Restore => ("applying", "the target applies the backup"),
        Kind::Backup => ("copying", "the instance writes the backup"),
    };
    let under = match (phase, watched.free, operation.accepted_at) {
        (Phase::Succeeded, ..) | (_, Some(_), _) => S::Done,
        (Phase::Accepted | Phase::Untracked, ..) => S::Under,
        (Phase::Failed, _, Some(_)) => S::Failed,
        _ => S::Open,
    };
    let free = watched.free.map(|(at, _)| at);
    let words = if free.is_some() { "end seen: the instance is busy no longer" } else { applying };
    steps.push(Step::new(under, free, at_work, words));
    let (stands, word) = match phase {
        Phase::Succeeded => (S::Done, "finished: Azure says so".to_owned()),
        Phase::Failed => (S::Failed, "failed, Azure says".to_owned()),
        _ if free.is_some() => (S::Under, "Azure's verdict is still to come".to_owned()),
        _ => (S::Open, "finished".to_owned()),
    };
    let ended = operation.ended_at.filter(|_| matches!(phase, Phase::Succeeded | Phase::Failed));
    steps.push(Step::new(stands, ended, "done", word));
    steps.push(last_step(operation, kind));
    steps
}

/// What is left when Azure has finished.
fn last_step(operation: &Operation, kind: Kind) -> Step {
    match (kind, &operation.manifest) {
        (Kind::Restore, _) => {
            Step::new(Stands::Open, None, "verify", "verify, by you: 3 what is not carried, 8 parity")
        }
        (Kind::Backup, Some(name)) => {
            Step::new(Stands::Done, None, "manifest", format!("manifest written: {name}"))
        }
        (Kind::Backup, None) => match &operation.unwritten {
            Some(why) => Step::new(Stands::Failed, None, "manifest", format!("manifest not written: {why}")),
            None => Step::new(Stands::Open, None, "manifest", "manifest beside the backup"),
        },
    }
}

fn trouble(sheet: &mut Sheet<'_>, operation: &Operation) {
    let Some(problem) = &operation.problem else { return };
    let role = theme::of_phase(operation.phase);
    let words = problem.server_message.as_ref().map(|words| format!("Azure says: {words}"));
    sheet.prose(role, &words.unwrap_or(problem.summary.clone()));
    if let Some(next) = &problem.next {
        sheet.prose(Role::Plain, next);
    }
}

/// What is known beside the polls.
fn evidence(sheet: &mut Sheet<'_>, watched: &Watched) {
    if let Some(by) = &watched.driven_by {
        sheet.prose(Role::Warn, &format!("driven by {by}; read along from here"));
    }
    if let Some((_, due)) = watched.free {
        let verdict = due.map_or("the activity log tells the verdict within 20 minutes".to_owned(), |due| {
            format!("the verdict is due {}", sheet.model.stamp_to_second(due))
        });
        sheet.told("end seen", Role::Running, &verdict);
    }
    if let Some(what) = &watched.looking {
        sheet.told("looking", Role::Unknown, what);
    }
    if let Some(evidence) = &watched.evidence {
        sheet.told("evidence", Role::Plain, evidence);
    }
    if let Some(problem) = &watched.journal_problem {
        sheet.told("journal", Role::Crit, &problem.summary);
    }
}

fn polls(sheet: &mut Sheet<'_>, watched: &Watched) {
    let operation = &watched.operation;
    let Some(at) = operation.last_polled_at else {
        if operation.operation_url.is_some() {
            sheet.fact("last poll", Role::Dim, "none yet");
        }
        return;
    };
    let status = operation.last_http_status.map_or("no answer".to_owned(), |status| status.to_string());
    let word = operation.last_status.as_deref().map_or(String::new(), |word| format!(" {word}"));
    let wait = operation.next_in.map_or(String::new(), |wait| format!(", wait {wait} s"));
    let answer = format!("{} {status}{word}{wait}", sheet.model.stamp_to_second(at));
    let polls = text::count(usize::try_from(operation.polls).unwrap_or(0), "poll");
    let count = match &watched.unreadable {
        (errors, Some((at, status))) => {
            let words =
                format!("{polls}, {} ({status} {})", text::count(*errors, "error"), sheet.model.stamp(*at));
            Words::one(Role::Warn, words)
        }
        _ => Words::one(Role::Plain, format!("{polls}, no error")),
    };
    if sheet.rows >= TALL {
        sheet.fact("last poll", Role::Plain, answer);
        sheet.labelled("polls", count);
    } else {
        sheet.labelled("last poll", Words::one(Role::Plain, answer + "   ").then(count));
    }
}

/// The instance as it was read last, and how long the sign-in lasts.
fn life(sheet: &mut Sheet<'_>, watched: &Watched) {
    let operation = &watched.operation;
    // After the end, an older reading would only contradict it.
    let reading = watched.instance.as_ref().filter(|it| operation.ended_at.is_none_or(|end| it.at >= end));
    if let Some(sign) = reading {
        let role = if sign.state.is_ok() { Role::Plain } else { Role::Unknown };
        sheet.fact("instance", role, sign.words());
    }
    if operation.phase.is_final() {
        return;
    }
    let quota = sheet.model.world.glances.quota.as_ref();
    let token = quota.and_then(|(_, quota)| quota.token_until);
    let left = token.map(|until| (until, until.duration_since(sheet.model.now())));
    match left {
        Some((until, left)) if left.is_positive() => {
            let words = format!("{} left, renewed before {}", text::age(left), text::clock(until));
            sheet.fact("token", Role::Plain, words);
        }
        Some((until, _)) => sheet.fact("token", Role::Warn, format!("ended {}", text::clock(until))),
        None => {}
    }
}

fn ids(sheet: &mut Sheet<'_>, operation: &Operation) {
    let correlation = operation.correlation_id.as_deref();
    let correlation = correlation.map_or(String::new(), |id| format!("   correlation {id}"));
    sheet.fact("ids", Role::Dim, format!("operation {}{correlation}", operation.id().short()));
    match operation.intent.work.address() {
        Some(address) => sheet.named("blob", Role::Plain, address.to_string()),
        None => sheet.fact("blob", Role::Dim, "not known: the activity log does not name it"),
    }
}

/// How fresh what is known of it is.
pub(super) fn freshness(now: Timestamp, watched: &Watched) -> Freshness {
    let operation = &watched.operation;
    if let Some(at) = operation.ended_at.filter(|_| operation.phase.is_final()) {
        return Freshness::Ended(at);
    }
    let polled = operation.last_polled_at;
    if let Some(at) = polled.filter(|_| operation.phase == Phase::Accepted && operation.problem.is_some()) {
        return Freshness::Failed(at);
    }
    let heard = [watched.heard_at, polled, operation.accepted_at, operation.submitted_at];
    let heard = heard.into_iter().flatten().max().unwrap_or(operation.planned_at);
    let asked = operation.next_in.and_then(|wait| i64::try_from(wait.min(86_400)).ok()).unwrap_or(0);
    Freshness::by_age(heard, SignedDuration::from_secs(asked).max(USUAL_POLL), now)
}

/// Who drives it, or when it is asked again.
pub(super) fn beside(sheet: &Sheet<'_>, watched: &Watched) -> Words {
    if watched.driven_by.is_some() {
        return Words::one(Role::Warn, "driven elsewhere");
    }
    if watched.operation.phase.is_final() {
        return Words::new();
    }
    // Without an address of its own it is not polled: the witnesses are looked at.
    let (next, now) = match watched.operation.operation_url {
        Some(_) => ("next poll", "polling now"),
        None => ("next look", "looking now"),
    };
    let moments = sheet.model.times == Times::Moments;
    let next = match watched.next_poll_at.map(|at| (at.duration_since(sheet.model.now()), at)) {
        None => String::new(),
        Some((left, at)) if moments && left.is_positive() => format!("{next} {}", text::clock_to_second(at)),
        Some((left, _)) if left.is_positive() => format!("{next} {}", duration::short(left)),
        Some(_) => now.to_owned(),
    };
    Words::one(Role::Dim, next)
}
