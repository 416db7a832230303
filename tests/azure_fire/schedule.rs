//! What a server does to one connection, drawn by chance, and what the sender may say of it afterwards.

use crate::trials::Chance;

/// One connection of the one request.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) speech: Speech,
    pub(crate) reading: Reading,
    /// Informational answers before anything else.
    pub(crate) interim: Vec<u16>,
    pub(crate) act: Act,
}

/// What is spoken at the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    Plain,
    /// The client begins with TLS, and never gets it.
    Tls,
    /// Nobody listens.
    Refused,
}

/// How much of the request is read first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    Nothing,
    Bytes(usize),
    Whole,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Close,
    Reset,
    /// Until the client gives up.
    Silence,
    /// Bytes that are no answer, then the end.
    Garbage(Vec<u8>),
    Answer {
        status: u16,
        place: Place,
        body: Body,
        /// Whether it carries `x-ms-request-id`.
        is_signed: bool,
        /// `Retry-After`.
        patience: Option<&'static str>,
        cut: Cut,
        pace: Pace,
        end: End,
    },
}

/// What `Location` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Absent,
    Ours,
    Relative,
    Stranger,
    /// The very address that was asked.
    Itself,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Empty,
    Envelope,
    Idle,
    Page,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    Not,
    /// Somewhere before the empty line, by thousandths of the head.
    Head(usize),
    /// Before the last byte of the body.
    Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    AtOnce,
    /// A byte now and then, from the first on.
    TrickledHead,
    /// The head at once, then a byte now and then.
    TrickledBody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Close,
    Reset,
    /// The connection stays, for whoever would send once more.
    Keep,
}

/// Answers that mean something special, and those that do not.
const STATUSES: [u16; 28] = [
    200, 201, 202, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 407, 408, 409, 410, 411, 412, 413,
    429, 499, 500, 502, 503, 504, 599,
];

const GARBAGE: [&[u8]; 12] = [
    b"HTP/1.1 202 Accepted\r\n\r\n",
    b"HTTP/9.9 202 Accepted\r\n\r\n",
    b"HTTP/1.1 2O2 Accepted\r\n\r\n",
    b"HTTP/1.1 20 Accepted\r\n\r\n",
    b"HTTP/1.1 99999 Accepted\r\n\r\n",
    b"HTTP/1.1\r\n\r\n",
    b"202 Accepted\r\nLocation: /operationresults/1\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"<html>Sign in to the network</html>",
    b"\0\0\0\0\0\0\0\0",
    b"\r\n\r\n\r\n",
    b"HTTP/1.1 202 Accepted\r\nLocation /x\r\n bad\x01header\x02: \r\n\r\n",
];

const HELLOS: [&[u8]; 7] = [
    b"HTTP/1.1 202 Accepted\r\nLocation: /operationresults/1\r\n\r\n",
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"\x15\x03\x03\x00\x02\x01\x00",
    b"\x16\x03\x03\x00\x02\x02\x00",
    b"\x16\x03\x03\xff\xff\x02\x00\x00\x00",
    b"\x17\x03\x03\x00\x05hello",
    b"\0\0\0\0\0\0\0\0\0\0\0\0",
];

const PATIENCE: [Option<&str>; 6] = [None, Some("0"), Some("1"), Some("60"), Some("soon"), Some("-1")];

impl Schedule {
    pub(crate) fn of(chance: &mut Chance) -> Self {
        let speech = match chance.below(20) {
            0 => Speech::Refused,
            1..=3 => Speech::Tls,
            _ => Speech::Plain,
        };
        let reading = match chance.below(4) {
            0 => Reading::Nothing,
            1 => Reading::Bytes(usize::try_from(chance.between(1, 900)).unwrap()),
            _ => Reading::Whole,
        };
        if speech != Speech::Plain {
            let act = match chance.below(6) {
                0 => Act::Close,
                1 => Act::Reset,
                2 if chance.one_in(3) => Act::Silence,
                _ => Act::Garbage(chance.pick(&HELLOS).to_vec()),
            };
            // There is no whole request before there is TLS.
            let reading = if reading == Reading::Whole { Reading::Bytes(100) } else { reading };
            return Self { speech, reading, interim: Vec::new(), act };
        }
        let interim = match chance.below(5) {
            0 => (0..chance.between(1, 4)).map(|_| *chance.pick(&[100_u16, 100, 102, 103])).collect(),
            _ => Vec::new(),
        };
        let act = match chance.below(12) {
            0 => Act::Close,
            1 => Act::Reset,
            2 if chance.one_in(3) => Act::Silence,
            3 => Act::Garbage(chance.pick(&GARBAGE).to_vec()),
            _ => Self::answer(chance),
        };
        Self { speech, reading, interim, act }
    }

    fn answer(chance: &mut Chance) -> Act {
        let status = if chance.one_in(3) { *chance.pick(&[202, 202, 200]) } else { *chance.pick(&STATUSES) };
        let place =
            *chance.pick(&[Place::Absent, Place::Ours, Place::Relative, Place::Stranger, Place::Itself]);
        let pace = match chance.below(16) {
            0 => Pace::TrickledHead,
            1 => Pace::TrickledBody,
            _ => Pace::AtOnce,
        };
        let cut = match chance.below(6) {
            0 => Cut::Head(usize::try_from(chance.below(1000)).unwrap()),
            1 => Cut::Body,
            _ => Cut::Not,
        };
        Act::Answer {
            status,
            place,
            body: *chance.pick(&[Body::Empty, Body::Envelope, Body::Idle, Body::Page]),
            is_signed: chance.one_in(2),
            patience: *chance.pick(&PATIENCE),
            cut,
            pace,
            end: *chance.pick(&[End::Close, End::Reset, End::Keep]),
        }
    }

    /// Whether only the sender's own time-out ends it.
    pub(crate) fn is_slow(&self) -> bool {
        match &self.act {
            Act::Silence => true,
            Act::Answer { pace, cut, end, .. } => {
                *pace != Pace::AtOnce || (*cut != Cut::Not && *end == End::Keep)
            }
            _ => false,
        }
    }

    /// What may be said of it. The first is what is said when nothing but the schedule plays a part; the others may
    /// be said when the network loses what was on its way.
    pub(crate) fn verdicts(&self) -> Vec<&'static str> {
        if self.speech != Speech::Plain {
            return vec!["not sent"];
        }
        let mut verdicts = self.verdicts_once_connected();
        // Who hangs up or speaks before the request was written may do so before the connection is even looked at.
        if self.reading == Reading::Nothing && !matches!(self.act, Act::Silence) {
            verdicts.extend(["unconfirmed", "not sent"]);
        }
        verdicts
    }

    fn verdicts_once_connected(&self) -> Vec<&'static str> {
        match &self.act {
            Act::Close | Act::Reset | Act::Silence | Act::Garbage(_) => vec!["unconfirmed"],
            Act::Answer { cut: Cut::Head(_), .. } | Act::Answer { pace: Pace::TrickledHead, .. } => {
                vec!["unconfirmed"]
            }
            Act::Answer { status, place, body, is_signed, cut, pace, end, .. } => {
                let is_cut = *body != Body::Empty && (*cut == Cut::Body || *pace == Pace::TrickledBody);
                let is_azures = *is_signed || *body == Body::Envelope && !is_cut;
                let said = match *status {
                    400..=498 if *status != 408 && is_azures => "refused",
                    status => sorted(status, *place, *body, is_cut),
                };
                // Bytes that nobody read turn a close into a reset, which may destroy the answer on its way.
                let is_safe = *end == End::Keep || *end == End::Close && self.reading == Reading::Whole;
                if is_safe && !self.is_slow() { vec![said] } else { vec![said, "unconfirmed"] }
            }
        }
    }
}

/// What an answer means whose head arrived and that is no refusal of Azure's: the contract of the four words, written
/// down a second time.
fn sorted(status: u16, place: Place, body: Body, is_cut: bool) -> &'static str {
    let has_place = matches!(place, Place::Ours | Place::Relative | Place::Itself);
    match status {
        202 if has_place => "accepted",
        200 | 201 if is_cut => "unconfirmed",
        200 | 201 if has_place => "accepted",
        200 | 201 if body == Body::Idle => "done",
        _ => "unconfirmed",
    }
}
