//! What a loop for tests has instead of the system: a network in memory and a clock that moves when
//! there is nothing to do.
//!
//! The rest of the loop does not know: ends are streams like others, and what happens to them is told
//! in the terms of the system. An ordinary loop pays for it with a branch where it would call the
//! system.

mod address;
mod control;
mod end;
mod line;
mod meeting;
mod network;

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use mio::{Events, Token};

use super::clock::Clock;
use super::endpoint::Host;
use super::event_loop::EventLoop;
use super::socket::Stream;
use crate::protocol::time::Time;
use crate::protocol::url::Place;
pub(super) use end::{Door, End};
use network::{Network, Readiness, Shared};

/// The network and the clock of one loop.
#[derive(Debug)]
pub(super) struct Simulation {
    network: Shared,
    now: Rc<Cell<Time>>,
}

impl Simulation {
    /// Begins to listen.
    ///
    /// # Errors
    ///
    /// `AddrInUse`.
    pub(super) fn listen(&self, place: &Place, may_share: bool) -> io::Result<Door> {
        let number = self.network.borrow_mut().listen(place, may_share)?;
        Ok(Door::new(&self.network, number))
    }

    /// Begins to connect.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` if nobody listens there, or what a test has asked for.
    pub(super) fn dial(&self, place: &Place) -> io::Result<Stream> {
        let dialled = self.network.borrow_mut().dial(place);
        let number = dialled.map_err(io::Error::from_raw_os_error)?;
        Ok(Stream::Memory(End::new(&self.network, number)))
    }

    /// Begins to connect to an address.
    ///
    /// # Errors
    ///
    /// As for [`Simulation::dial`].
    pub(super) fn dial_address(&self, address: SocketAddr) -> io::Result<Stream> {
        let host = address.ip().to_string().into();
        self.dial(&Place::Host { host, port: address.port() })
    }

    fn move_clock(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        self.now.set(Time::from_micros(self.now.get().micros().saturating_add(micros)));
    }

    /// How long until something happens in the network.
    pub(super) fn next_news_in(&self) -> Option<Duration> {
        let at = self.network.borrow().next_news()?;
        Some(Duration::from_micros(at.micros_since(self.now.get())))
    }

    fn take_news(&self) -> Option<Readiness> {
        self.network.borrow_mut().take_news()
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// A loop whose network and clock are simulated: it listens and connects within itself, and its
    /// time passes only in [`EventLoop::poll`], without waiting.
    ///
    /// # Errors
    ///
    /// As for [`EventLoop::new`].
    pub fn simulated() -> io::Result<EventLoop<H>> {
        let mut event_loop = EventLoop::new()?;
        let now = Rc::new(Cell::new(Time::default()));
        let network = Rc::new(RefCell::new(Network::new(Rc::clone(&now))));
        event_loop.clock = Clock::Simulated(Rc::clone(&now));
        event_loop.kit.now = now.get();
        event_loop.simulation = Some(Box::new(Simulation { network, now }));
        Ok(event_loop)
    }

    /// Whether network and clock are simulated.
    pub fn is_simulated(&self) -> bool {
        self.simulation.is_some()
    }

    /// Instead of waiting moves the clock to what happens next, unless the loop was woken.
    ///
    /// # Errors
    ///
    /// `Deadlock` if nothing will ever happen.
    pub(super) fn pass_time(
        &mut self,
        events: &mut Events,
        limit: Option<Duration>,
    ) -> io::Result<()> {
        while let Err(error) = self.poll.poll(events, Some(Duration::ZERO)) {
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        let Some(simulation) = &self.simulation else {
            return Ok(());
        };
        // Only other threads and a wake of the owner come from outside.
        if !events.is_empty() {
            return Ok(());
        }
        let next =
            [self.next_deadline(), simulation.next_news_in(), limit].into_iter().flatten().min();
        let by = next.ok_or_else(|| io::Error::from_raw_os_error(libc::EDEADLK))?;
        simulation.move_clock(by);
        Ok(())
    }

    /// Notes what has happened in the simulated network.
    pub(super) fn note_news(&mut self) {
        while let Some(news) = self.simulation.as_ref().and_then(|it| it.take_news()) {
            let Readiness { slot, readable, ends, writable } = news;
            self.note_ready(Token(slot as usize), readable || ends, ends, writable);
        }
    }
}
