//! The event loop: waits for the system, shares out turns, runs deadlines, and gives its owner
//! one event at a time.
//!
//! A round is: wait; then a turn for everything that is ready; then what is due; then the writing
//! of what was queued for others. What becomes ready meanwhile has its turn in the next round, so
//! that a round always ends.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};

use super::accept::Reserve;
use super::census::Census;
use super::clients::Clients;
use super::clock::Clock;
use super::endpoint::Host;
use super::kit::Kit;
use super::listener::Listener;
use super::loop_event::{LoopEvent, Step};
use super::mailbox::{Command, Mailbox};
use super::outbox::Outbox;
use super::owner::{UserTimer, Watch};
use super::peer::{Life, Peer};
use super::ready::Ready;
use super::resolve::{Answer, Resolver};
use super::simulation::Simulation;
use super::slots::{Content, Id, Slots};
use super::timers::{TimerId, Timers};
use super::transfer::Transfer;
use super::turn::Turn;
use crate::protocol::message::Assembly;
use crate::protocol::stage_times::StageTimes;
use crate::protocol::time::Time;

/// The size of the buffer that a loop's owner lends to [`EventLoop::step`], in bytes.
pub const RECEIVE_BUFFER_BYTES: usize = 512 * 1024;

/// Events that are taken from the system at once.
const EVENTS: usize = 1024;

/// Bytes that unfinished messages may pin in a loop unless told otherwise.
const MAX_BUFFERED_BYTES: u64 = 256 * 1024 * 1024;

/// What the waker is called where the system tells of events.
pub(super) const WAKER: Token = Token(usize::MAX);

/// Something that a loop owns.
#[derive(Debug)]
pub(super) enum Resource<H: Host> {
    Peer(Peer<H::Context>),
    Listener(Box<Listener<H::Context>>),
    Watch(Box<Watch<H::Action>>),
    Timer(Box<UserTimer<H::Action>>),
}

/// Where in a round the loop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Between rounds.
    Idle,
    /// Turns; then the deadlines, if they have not been looked at.
    Turns { deadlines_seen: bool },
}

impl<H: Host> Content for Resource<H> {
    type Part = Box<Outbox>;

    fn take_part(&mut self, part: Box<Outbox>) {
        if let Resource::Peer(peer) = self {
            peer.outbox = Some(part);
        }
    }
}

/// An event loop, which belongs to one thread at a time.
pub struct EventLoop<H: Host> {
    pub(super) poll: Poll,
    events: Option<Events>,
    pub(super) clock: Clock,
    /// What a loop for tests has instead of the system.
    pub(super) simulation: Option<Box<Simulation>>,
    pub(super) kit: Kit,
    pub(super) slots: Slots<Resource<H>>,
    pub(super) timers: Timers,
    pub(super) due: VecDeque<(TimerId, u32)>,
    pub(super) due_batch: Vec<(TimerId, u32)>,
    /// What wants a turn.
    pub(super) ready: Ready,
    /// Connections that got output outside of their turn.
    pub(super) dirty: Vec<u32>,
    phase: Phase,
    pub(super) turn: Option<Turn>,
    /// Why the read that began the turn, or the write that ended one, has moved nothing.
    pub(super) unmoved: Transfer,
    /// How long the connection was at each stage that has been opened in this turn.
    pub(super) opened_times: StageTimes,
    pub(super) mailbox: Arc<Mailbox<H::Action>>,
    pub(super) commands: VecDeque<Command<H::Action>>,
    /// Connections of which a send from another thread was refused.
    pub(super) refused: Vec<Id>,
    /// Descriptors of the owner that were reported in this round.
    pub(super) watched: Vec<u32>,
    pub(super) posted: VecDeque<H::Action>,
    /// Connections whose sockets are being handed over, and what the owner gave for it.
    pub(super) detaching: Vec<(Id, H::Action)>,
    pub(super) resolver: Resolver,
    pub(super) lookups: usize,
    answers: Vec<Answer>,
    pub(super) reserve: Reserve,
    pub(super) addresses: Census,
    pub(super) clients: Clients,
    /// Listeners that wait for a descriptor to become free.
    pub(super) paused_listeners: Vec<u32>,
    pub(super) buffered_bytes: u64,
    pub(super) max_buffered_bytes: u64,
    /// For how long the system is asked again and again before the loop sleeps, in microseconds.
    pub(super) busy_poll_us: u32,
    /// How much is read in one turn.
    pub(super) window: usize,
    /// Whether more events may wait than were taken.
    pub(super) is_behind: bool,
    /// Whether a deadline that has passed counts in this round.
    pub(super) judges_peers: bool,
    pub(super) put_off_since: Option<Time>,
    /// When the system last had something for the loop.
    pub(super) worked_at: Time,
    pub(super) is_shut: bool,
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// A loop with nothing in it.
    ///
    /// # Errors
    ///
    /// What the system said; a loop needs three descriptors.
    pub fn new() -> io::Result<EventLoop<H>> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let clock = Clock::system();
        Ok(EventLoop {
            poll,
            events: Some(Events::with_capacity(EVENTS)),
            kit: Kit::new(clock.now()),
            clock,
            simulation: None,
            slots: Slots::default(),
            timers: Timers::new(),
            due: VecDeque::new(),
            due_batch: Vec::new(),
            ready: Ready::default(),
            dirty: Vec::new(),
            phase: Phase::Idle,
            turn: None,
            unmoved: Transfer::WouldBlock,
            opened_times: StageTimes::default(),
            resolver: resolver(&waker),
            mailbox: Arc::new(Mailbox::new(waker)),
            commands: VecDeque::new(),
            refused: Vec::new(),
            watched: Vec::new(),
            posted: VecDeque::new(),
            detaching: Vec::new(),
            lookups: 0,
            answers: Vec::new(),
            reserve: Reserve::new()?,
            addresses: Census::default(),
            clients: Clients::default(),
            paused_listeners: Vec::new(),
            buffered_bytes: 0,
            max_buffered_bytes: MAX_BUFFERED_BYTES,
            busy_poll_us: 0,
            window: RECEIVE_BUFFER_BYTES,
            is_behind: false,
            judges_peers: true,
            put_off_since: None,
            worked_at: Time::default(),
            is_shut: false,
        })
    }

    /// What other threads see of the loop.
    pub fn mailbox(&self) -> &Arc<Mailbox<H::Action>> {
        &self.mailbox
    }

    /// The descriptor that is readable whenever the loop has something to do, apart from
    /// deadlines.
    pub fn descriptor(&self) -> RawFd {
        self.poll.as_raw_fd()
    }

    /// How many connections the loop has, without those that have been reported as closed.
    pub fn connection_count(&self) -> usize {
        self.slots.indices().filter(|index| self.live_peer(*index).is_some()).count()
    }

    /// How many bytes unfinished messages may pin before the largest is refused.
    pub fn set_max_buffered_bytes(&mut self, bytes: u64) {
        self.max_buffered_bytes = bytes;
    }

    /// For how many microseconds a loop that has nothing to do keeps asking the system before it
    /// sleeps.
    pub fn set_busy_poll_us(&mut self, us: u32) {
        self.busy_poll_us = us;
    }

    /// Waits for at most `limit` until there is something to do, of which giving memory back is a
    /// part, and begins a round; its events
    /// come from [`EventLoop::step`].
    ///
    /// # Errors
    ///
    /// What the system said. An interruption by a signal is not an error.
    pub fn poll(&mut self, limit: Option<Duration>) -> io::Result<()> {
        self.slots.settle();
        self.ready.forget_past();
        let Some(mut events) = self.events.take() else {
            return Ok(());
        };
        let polled = self.wait(&mut events, limit);
        self.kit.now = self.clock.now();
        let count = events.iter().count();
        for event in &events {
            let can_only_go_on = !event.is_read_closed() && !event.is_error();
            if !(event.is_readable() && can_only_go_on && self.note_steady(event.token())) {
                self.note_event(event);
            }
        }
        self.events = Some(events);
        if self.simulation.is_some() {
            self.note_news();
        }
        self.note_work(count > 0);
        polled?;
        self.is_behind = count >= EVENTS;
        self.phase = Phase::Turns { deadlines_seen: false };
        self.take_commands();
        self.take_answers();
        if !self.kit.sent_on.is_empty() {
            self.take_back_sent_on();
        }
        self.ready.begin_round();
        Ok(())
    }

    /// Whether the next part of the round is one for [`EventLoop::step`] in any case: a turn has begun, and
    /// no message of it can be at hand.
    pub fn is_step_next(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| !turn.has_input())
    }

    /// Does a part of the round. `buffer` is the same for the whole round and not touched between
    /// steps.
    #[inline]
    pub fn step<'b>(&mut self, buffer: &'b mut [u8]) -> Step<'b, H> {
        if let Some(delivery) = self.kit.delivered.pop_front() {
            return Step::Event(LoopEvent::Delivery(delivery));
        }
        if self.turn.is_some() {
            return self.step_turn(buffer);
        }
        let Phase::Turns { deadlines_seen } = self.phase else {
            return Step::Done;
        };
        if let Some(action) = self.posted.pop_front() {
            return Step::Event(LoopEvent::Posted(action));
        }
        if let Some(index) = self.ready.first() {
            self.ready.skip_first();
            return self.begin_turn(index, buffer);
        }
        if let Some((timer, key)) = self.due.pop_front() {
            return self.timer_due(timer, key);
        }
        if !deadlines_seen {
            self.expire_timers();
            self.judges_peers = self.may_judge_peers();
            self.phase = Phase::Turns { deadlines_seen: true };
            if !self.due.is_empty() {
                return Step::Again;
            }
        }
        self.flush_dirty();
        self.watch_again();
        self.put_large_outbox_away();
        self.phase = Phase::Idle;
        Step::Done
    }

    fn begin_turn<'b>(&mut self, index: u32, buffer: &'b mut [u8]) -> Step<'b, H> {
        let id = self.slots.id_of(index);
        match self.slots.at_mut(index) {
            Some(Resource::Peer(peer)) => {
                peer.is_queued = false;
                self.turn = id.map(|id| Turn::new(index, id));
                self.step_turn(buffer)
            }
            Some(Resource::Listener(listener)) => {
                listener.is_queued = false;
                self.accept_some(index);
                Step::Again
            }
            Some(Resource::Watch(_)) => self.watch_ready(index),
            Some(Resource::Timer(_)) | None => Step::Again,
        }
    }

    fn take_answers(&mut self) {
        if self.lookups == 0 {
            return;
        }
        let mut answers = std::mem::take(&mut self.answers);
        self.resolver.finished(&mut answers);
        for answer in answers.drain(..) {
            self.lookups -= 1;
            self.resolved(answer);
        }
        self.answers = answers;
    }

    #[inline]
    pub(super) fn is_between_rounds(&self) -> bool {
        self.phase == Phase::Idle
    }

    /// The time for a call that comes from outside of a round.
    pub(super) fn refresh_now(&mut self) {
        if self.is_between_rounds() {
            self.kit.now = self.clock.now();
        }
    }

    /// Takes back a message that was put together and has been dealt with.
    pub fn recycle(&mut self, message: Box<Assembly>) {
        self.kit.messages.give_back(message);
    }

    /// Begins a last round in which every connection that is alive is reported as closed. An open
    /// one is told that this side goes away, as far as the system takes it without waiting.
    pub fn shut_down(&mut self) {
        self.is_shut = true;
        self.phase = Phase::Turns { deadlines_seen: true };
        self.turn = None;
        self.posted.clear();
        self.due.clear();
        self.return_commands();
        for index in self.slots.indices() {
            self.give_up(index);
        }
        self.ready.begin_round();
    }

    /// Closes this process's copies of the loop's descriptors and touches nothing that it shares
    /// with the process that it was forked from: not the set of watched descriptors, not the paths
    /// of listeners, no lock that a thread of the other process may have held.
    pub fn abandon(mut self) {
        for index in self.slots.indices() {
            if let Some(Resource::Listener(listener)) = self.slots.at_mut(index) {
                listener.leave_path();
            }
        }
        std::mem::forget(self.resolver);
    }

    pub(super) fn live_peer(&self, index: u32) -> Option<&Peer<H::Context>> {
        match self.slots.at(index) {
            Some(Resource::Peer(peer)) if peer.life == Life::Live => Some(peer),
            _ => None,
        }
    }
}

/// A resolver that wakes the loop. It holds no descriptor when it is forgotten after a fork. A wake fails
/// only if the system has no memory for eight bytes; then nothing helps.
fn resolver(waker: &Arc<Waker>) -> Resolver {
    let waker = Arc::downgrade(waker);
    Resolver::new(Arc::new(move || drop(waker.upgrade().map(|waker| waker.wake()))))
}
