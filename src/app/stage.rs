//! The loop of the full screen: one inbox, one order. It takes what happened, lets the console decide, draws once per
//! batch, and never waits for Azure.

use std::io;
use std::time::Duration;

use crossterm::event::EventStream;
use futures::StreamExt;
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::executor::Executor;
use super::input;
use super::suspension::{self, Continued};
use super::terminal::Screen;
use crate::azure::Clock;
use crate::console::effect::Effect;
use crate::console::message::Msg;
use crate::console::model::Model;
use crate::console::{update, view};

/// Never more than one frame in this time.
const FRAME: Duration = Duration::from_millis(16);

/// Messages that are taken before the next frame at most, so that a flood of answers cannot hide the keys.
const BATCH: usize = 512;

/// The full screen while it runs.
pub(super) struct Stage {
    screen: Screen,
    model: Model,
    executor: Executor,
    clock: Clock,
    last_frame: Option<Instant>,
}

/// What was to be done when the loop went round.
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Turn {
    Heard(Msg),
    Continued,
    TickDue,
    FrameDue,
    Over,
}

impl Stage {
    /// A stage on which nothing was drawn yet.
    pub(super) fn new(screen: Screen, model: Model, executor: Executor, clock: Clock) -> Self {
        Self { screen, model, executor, clock, last_frame: None }
    }

    /// Runs until somebody leaves. The first frame shows what the disk knows and waits for nobody.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) async fn run(
        mut self,
        first: Vec<Effect>,
        mut inbox: UnboundedReceiver<Msg>,
        ended: impl Future<Output = ()>,
        mut panicked: UnboundedReceiver<()>,
    ) -> io::Result<()> {
        let mut continued = Continued::listen();
        if self.perform(first)? {
            return Ok(());
        }
        while let Ok(message) = inbox.try_recv() {
            self.feed(message)?;
        }
        self.draw()?;
        let mut keys = EventStream::new();
        let mut ended = std::pin::pin!(ended);
        loop {
            let tick = self.model.next_tick();
            let turn = tokio::select! {
                biased;
                () = &mut ended => Turn::Over,
                _ = panicked.recv() => return Err(io::Error::other("a part of the program broke down; see above")),
                event = keys.next() => match event {
                    Some(Ok(event)) => match input::message(event) {
                        Some(message) => Turn::Heard(message),
                        None => continue,
                    },
                    Some(Err(error)) => return Err(error),
                    None => Turn::Over,
                },
                () = continued.wait() => Turn::Continued,
                () = tokio::time::sleep_until(self.frame_due()), if self.model.is_dirty() => Turn::FrameDue,
                Some(message) = inbox.recv() => Turn::Heard(message),
                () = tokio::time::sleep(tick.unwrap_or_default()), if tick.is_some() => Turn::TickDue,
            };
            match turn {
                Turn::Over => return Ok(()),
                Turn::Continued => self.go_on()?,
                Turn::TickDue => self.feed(Msg::Tick(self.now()))?,
                Turn::FrameDue => self.draw()?,
                Turn::Heard(message) => {
                    if self.take(message, &mut inbox)? {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Takes a message and what lies behind it in the inbox. Says whether the console wishes to leave.
    fn take(&mut self, first: Msg, inbox: &mut UnboundedReceiver<Msg>) -> io::Result<bool> {
        let now = self.now();
        let mut effects = update(&mut self.model, Msg::Tick(now));
        effects.extend(update(&mut self.model, first));
        for _ in 0..BATCH {
            let Ok(message) = inbox.try_recv() else { break };
            effects.extend(update(&mut self.model, message));
        }
        self.perform(effects)
    }

    fn feed(&mut self, message: Msg) -> io::Result<()> {
        let effects = update(&mut self.model, message);
        self.perform(effects).map(|_| ())
    }

    fn frame_due(&self) -> Instant {
        self.last_frame.map_or_else(Instant::now, |at| at + FRAME)
    }

    fn draw(&mut self) -> io::Result<()> {
        let model = &self.model;
        self.screen.draw(|frame| view(model, frame))?;
        self.last_frame = Some(Instant::now());
        let effects = update(&mut self.model, Msg::Drawn);
        self.perform(effects).map(|_| ())
    }

    /// Does what concerns the screen, and hands the rest on. Says whether the console wishes to leave.
    fn perform(&mut self, effects: Vec<Effect>) -> io::Result<bool> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(true),
                Effect::Copy(text) => self.screen.copy(&text)?,
                Effect::Bell => self.screen.ring()?,
                Effect::Repaint => self.screen.repaint()?,
                Effect::Suspend => {
                    self.screen.leave();
                    suspension::stop();
                    self.go_on()?;
                }
                other => self.executor.act(other),
            }
        }
        Ok(false)
    }

    /// The process goes on after a stop: takes the terminal again. All of it is drawn with the next frame.
    fn go_on(&mut self) -> io::Result<()> {
        self.screen.leave();
        self.screen.take()?;
        let (columns, rows) = crossterm::terminal::size()?;
        // The console wishes nothing about a size.
        drop(update(&mut self.model, Msg::Resize { columns, rows }));
        Ok(())
    }
}
