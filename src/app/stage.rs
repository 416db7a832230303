//! The loop of the full screen: one inbox, one order. It takes what happened, lets the console decide, draws once per
//! batch, and never waits for Azure.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::executor::Executor;
use super::exit::Exit;
use super::suspension::{News, Suspension};
use super::terminal::Screen;
use super::{hangup, input};
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
    suspension: Suspension,
    last_frame: Option<Instant>,
}

/// What was to be done when the loop went round.
enum Turn {
    Heard(Vec<Msg>),
    Told(News),
    TickDue,
    FrameDue,
}

impl Stage {
    /// A stage on which nothing was drawn yet.
    pub(super) fn new(screen: Screen, model: Model, executor: Executor, clock: Clock) -> Self {
        Self { screen, model, executor, clock, suspension: Suspension::listen(), last_frame: None }
    }

    /// Runs until somebody leaves, the terminal ends, or a part of the program breaks down. The first frame shows what
    /// the disk knows and waits for nobody.
    ///
    /// # Errors
    /// The terminal does not do what it should.
    pub(super) async fn run(
        self,
        first: Vec<Effect>,
        inbox: UnboundedReceiver<Msg>,
        ended: impl Future<Output = Exit>,
        mut panicked: UnboundedReceiver<()>,
    ) -> io::Result<Exit> {
        let played = tokio::select! {
            biased;
            _ = panicked.recv() => return Ok(Exit::Unknown),
            exit = ended => return Ok(exit),
            () = hangup::noticed() => return Ok(Exit::HungUp),
            played = self.play(first, inbox) => played,
        };
        match played {
            // It may be noticed by a frame that cannot be drawn before it is noticed by itself.
            Err(error) if hangup::is_over() => {
                tracing::info!(%error, "the terminal is gone");
                return Ok(Exit::HungUp);
            }
            other => other?,
        }
        Ok(Exit::Done)
    }

    /// Runs until somebody leaves.
    async fn play(mut self, first: Vec<Effect>, mut inbox: UnboundedReceiver<Msg>) -> io::Result<()> {
        if self.perform(first)? {
            return Ok(());
        }
        while let Ok(message) = inbox.try_recv() {
            self.feed(message)?;
        }
        self.draw()?;
        let mut keys = input::listen()?;
        loop {
            let tick = self.model.next_tick();
            let frame = self.frame_due();
            let turn = tokio::select! {
                biased;
                burst = keys.recv() => match burst {
                    Some(burst) => Turn::Heard(burst?),
                    None => return Ok(()),
                },
                news = self.suspension.news() => Turn::Told(news),
                () = tokio::time::sleep_until(frame), if self.model.is_dirty() => Turn::FrameDue,
                Some(message) = inbox.recv() => Turn::Heard(vec![message]),
                () = tokio::time::sleep(tick.unwrap_or_default()), if tick.is_some() => Turn::TickDue,
            };
            match turn {
                Turn::Told(News::Continued) => self.go_on()?,
                Turn::Told(News::Stop) => {
                    self.suspend()?;
                    // Whoever is stopped again and again must still hear that something broke down.
                    tokio::task::yield_now().await;
                }
                Turn::TickDue => self.feed(Msg::Tick(self.now()))?,
                Turn::FrameDue => self.draw()?,
                Turn::Heard(messages) => {
                    if self.take(messages, &mut inbox)? {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Takes messages and what lies behind them in the inbox. Says whether the console wishes to leave.
    fn take(&mut self, first: Vec<Msg>, inbox: &mut UnboundedReceiver<Msg>) -> io::Result<bool> {
        let now = self.now();
        let mut effects = update(&mut self.model, Msg::Tick(now));
        for message in first {
            effects.extend(update(&mut self.model, message));
        }
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
                Effect::Copy(text) => {
                    if let Some(problem) = self.screen.copy(&text)? {
                        drop(update(&mut self.model, Msg::Uncopied { text, problem }));
                    }
                }
                Effect::Mouse(mouse) => self.screen.report_mouse(mouse)?,
                Effect::Announce(words) => self.screen.announce(&words)?,
                Effect::Repaint => self.screen.repaint()?,
                Effect::Suspend => self.suspend()?,
                other => self.executor.act(other),
            }
        }
        Ok(false)
    }

    /// Gives the terminal back, stops, and goes on when somebody lets it.
    fn suspend(&mut self) -> io::Result<()> {
        self.screen.leave();
        self.suspension.stop();
        self.go_on()
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
