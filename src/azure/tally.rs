//! How many answers came, and how many of them were a 429 or a fault of Azure's: what a person wants to know who wonders
//! why the screen is slow. Pure: time is an argument, counted from any one moment.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use super::budget::{Meter, Said};
use crate::domain::glance::{Left, Quota};

/// How far back anything is counted.
const SPAN: Duration = Duration::from_secs(15 * 60);
/// What "now" means for the number of answers.
const MINUTE: Duration = Duration::from_secs(60);
/// Answers within this time are counted together, so that a survey of a thousand subscriptions takes no room.
const GRAIN: Duration = Duration::from_secs(5);

/// The count.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: VecDeque<Count>,
    left: HashMap<Meter, Left>,
    closed_until: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    from: Duration,
    answers: u32,
    throttled: u32,
    faults: u32,
}

impl Tally {
    /// Takes an answer in.
    pub(crate) fn heard(&mut self, meter: &Meter, status: u16, said: Said, (now, at): (Duration, Timestamp)) {
        while self.counts.front().is_some_and(|oldest| oldest.from + SPAN + GRAIN < now) {
            self.counts.pop_front();
        }
        if self.counts.back().is_none_or(|newest| newest.from + GRAIN <= now) {
            self.counts.push_back(Count { from: now, ..Count::default() });
        }
        if let Some(count) = self.counts.back_mut() {
            count.answers += 1;
            count.throttled += u32::from(status == 429);
            count.faults += u32::from(status >= 500);
        }
        if let Some(requests) = said.left {
            self.left.insert(meter.clone(), Left { requests, at });
        }
        let closed = said.closed.and_then(|closed| at.checked_add(closed).ok());
        self.closed_until = self.closed_until.max(closed);
    }

    /// What it comes to at this moment.
    pub(crate) fn quota(&self, (now, at): (Duration, Timestamp)) -> Quota {
        let within = |span: Duration, part: fn(&Count) -> u32| {
            self.counts.iter().filter(|it| it.from + span >= now).map(part).sum()
        };
        // The accounts fill again by themselves, so what was said long ago says nothing.
        let fewest = |is: fn(&Meter) -> bool| {
            let recent =
                |left: &&Left| Duration::try_from(at.duration_since(left.at)).is_ok_and(|it| it <= SPAN);
            let of_kind = self.left.iter().filter(|(meter, _)| is(meter)).map(|(_, left)| left);
            of_kind.filter(recent).min_by_key(|left| left.requests).copied()
        };
        Quota {
            reads: fewest(|meter| matches!(meter, Meter::Reads(_))),
            writes: fewest(|meter| matches!(meter, Meter::Writes(_))),
            graph: fewest(|meter| *meter == Meter::Graph),
            answers: within(MINUTE, |it| it.answers),
            throttled: within(SPAN, |it| it.throttled),
            faults: within(SPAN, |it| it.faults),
            closed_until: self.closed_until.filter(|until| *until > at),
            token_until: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::resource::SubscriptionId;

    fn at(seconds: u64) -> (Duration, Timestamp) {
        let passed = Duration::from_secs(seconds);
        (passed, Timestamp::UNIX_EPOCH + passed)
    }

    fn reads(of: &str) -> Meter {
        Meter::Reads(Some(SubscriptionId::new(of)))
    }

    #[test]
    fn answers_count_for_a_minute_and_refusals_for_fifteen() {
        let mut tally = Tally::default();
        for (second, status) in [(0, 429), (1, 200), (100, 503), (100, 200), (101, 200), (130, 429)] {
            tally.heard(&reads("a"), status, Said::default(), at(second));
        }
        let told = |seconds| {
            let quota = tally.quota(at(seconds));
            (quota.answers, quota.throttled, quota.faults)
        };
        assert_eq!(told(130), (4, 2, 1));
        assert_eq!(told(200), (0, 2, 1));
        assert_eq!(told(1_029), (0, 1, 0));
        assert_eq!(told(1_031), (0, 0, 0));
    }

    #[test]
    fn it_takes_the_same_room_however_much_comes() {
        let mut tally = Tally::default();
        for second in 0..20_000 {
            for _ in 0..20 {
                tally.heard(&reads("a"), 200, Said::default(), at(second));
            }
        }
        assert!(tally.counts.len() <= 182, "{}", tally.counts.len());
        assert_eq!(tally.quota(at(19_999)).answers, 60 * 20, "to the grain of five seconds");
    }

    #[test]
    fn the_fewest_are_told_while_they_mean_anything_and_a_deadline_until_it_has_passed() {
        let mut tally = Tally::default();
        let said = |left, closed: Option<u64>| Said { closed: closed.map(Duration::from_secs), left };
        tally.heard(&reads("a"), 200, said(Some(249), None), at(10));
        tally.heard(&reads("b"), 200, said(Some(17), None), at(20));
        tally.heard(&Meter::Writes(None), 429, said(None, Some(30)), at(30));
        let quota = tally.quota(at(40));
        assert_eq!(quota.reads, Some(Left { requests: 17, at: at(20).1 }));
        assert_eq!((quota.writes, quota.graph), (None, None));
        assert_eq!(quota.closed_until, Some(at(60).1));
        let later = tally.quota(at(15 * 60 + 21));
        assert_eq!((later.reads, later.closed_until), (None, None));
    }
}
