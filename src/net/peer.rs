//! One connection of a loop: its socket, its protocol, what waits to be read and written.
//!
//! A peer does what concerns it alone. Who gets the next turn, which timers run and what is
//! reported to the owner is decided in `event_loop` and its parts.

use std::rc::Rc;

use super::endpoint::Endpoint;
use super::kit::Kit;
use super::linger::Leaving;
use super::link::Link;
use super::outbox::Outbox;
use super::pending::Pending;
use super::socket::Stream;
use super::timers::TimerId;
use crate::protocol::buffer::Buffer;
use crate::protocol::connection::{Connection, Context};
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::Role;
use crate::protocol::time::Time;

/// How long to wait after the system had no memory for a read or write, in milliseconds.
pub(super) const RETRY_MS: u32 = 10;

/// A connection in a loop.
#[derive(Debug)]
pub(super) struct Peer<C> {
    pub(super) link: Link,
    pub(super) connection: Connection,
    pub(super) outbox: Option<Box<Outbox>>,
    /// Received bytes that could not be used yet.
    pub(super) carry: Option<Box<Buffer>>,
    pub(super) endpoint: Rc<Endpoint<C>>,
    /// What the owner attached to this connection.
    pub(super) user: usize,
    pub(super) timer: Option<TimerId>,
    /// What the loop's budget has been charged for unfinished messages.
    pub(super) charged_bytes: u32,
    pub(super) reading: Reading,
    pub(super) writing: Writing,
    pub(super) pressure: Pressure,
    pub(super) life: Life,
    /// Whether the kept bytes have not been looked at since they were kept.
    pub(super) carry_is_news: bool,
    pub(super) intake: Intake,
    pub(super) is_queued: bool,
    pub(super) is_dirty: bool,
    /// Whether the system has not been asked to tell when the socket can be written.
    pub(super) is_writing_unwatched: bool,
    /// Whether other threads' sends are refused.
    pub(super) refuses_sends: bool,
}

/// Whether the owner wants what is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intake {
    /// It does.
    Open,
    /// Not for now.
    Paused,
    /// Not any more: the socket is handed over to the owner once what waits has been written.
    Detaching,
}

/// What is known about the next read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing to read until the system says so.
    Drained,
    /// There may be something to read.
    Ready,
    /// As `Ready`, and the peer has stopped sending: the system will not tell of the end again, so
    /// reading goes on until it comes.
    Last,
    /// The system had no memory for a read; to be tried again soon.
    Later,
    /// The peer has stopped sending.
    Ended,
}

impl Reading {
    /// Whether a read may find something.
    pub(super) fn has_something(self) -> bool {
        matches!(self, Reading::Ready | Reading::Last)
    }

    /// What a read says that found less than it had room for.
    pub(super) fn after_short_read(self) -> Reading {
        match self {
            Reading::Last => Reading::Last,
            _ => Reading::Drained,
        }
    }
}

/// What is known about the next write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// The system may take something.
    Ready,
    /// The system takes nothing until it says so.
    Blocked,
    /// The system had no memory; to be tried again soon.
    Retry,
    /// The connection is broken, with this error number.
    Broken(i32),
}

/// How much waits to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressure {
    /// Less than half of what may wait.
    Low,
    /// Half or more, or a send was refused.
    High,
    /// Below half again, which the owner has not been told yet.
    Relieved,
}

/// Whether the connection still matters to the owner.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// It does.
    Live,
    /// Not any more. Boxed, as a connection that leaves is not there for long.
    Leaving(Box<Leaving>),
}

impl<C> Peer<C> {
    pub(super) fn new(link: Link, connection: Connection, endpoint: Rc<Endpoint<C>>) -> Peer<C> {
        endpoint.live.set(endpoint.live.get().saturating_add(1));
        let user = endpoint.options.user;
        Peer {
            link,
            connection,
            outbox: None,
            carry: None,
            endpoint,
            user,
            timer: None,
            charged_bytes: 0,
            reading: Reading::Drained,
            writing: Writing::Ready,
            pressure: Pressure::Low,
            life: Life::Live,
            carry_is_news: false,
            intake: Intake::Open,
            is_queued: false,
            is_dirty: false,
            is_writing_unwatched: false,
            refuses_sends: false,
        }
    }

    /// Lets the protocol work with all that it needs.
    #[inline]
    pub(super) fn with_connection<R>(
        &mut self,
        kit: &mut Kit,
        work: impl FnOnce(&mut Connection, &mut Context<'_>) -> R,
    ) -> R {
        let outbox = self.outbox.get_or_insert_with(|| kit.outboxes.take());
        work(&mut self.connection, &mut kit.context(&mut outbox.output))
    }

    /// Bytes that wait to be sent.
    #[inline]
    pub(super) fn queued_bytes(&self) -> usize {
        self.outbox.as_ref().map_or(0, |outbox| outbox.len())
    }

    /// Whether something waits to be sent.
    pub(super) fn has_output(&self) -> bool {
        self.outbox.as_ref().is_some_and(|outbox| !outbox.is_empty())
    }

    /// Whether as much waits to be sent as may.
    pub(super) fn is_full(&self) -> bool {
        self.queued_bytes() as u64 >= self.endpoint.options.max_queued_bytes
    }

    /// Whether anybody waits for what is to be sent.
    pub(super) fn has_parcels(&self) -> bool {
        self.outbox.as_ref().is_some_and(|outbox| outbox.has_parcels())
    }

    /// When the peer needs the loop's attention although nothing happens.
    #[inline]
    pub(super) fn deadline(&self) -> Option<Time> {
        let protocol = match self.life {
            Life::Live => self.connection.deadline(),
            Life::Leaving(_) => self.linger_deadline(),
        };
        match (&self.outbox, &self.link) {
            (None, Link::Up(_) | Link::Down) => protocol,
            (outbox, link) => {
                let pending = match link {
                    Link::Pending(pending) => pending.deadline(),
                    _ => None,
                };
                let stall = outbox.as_ref().and_then(|outbox| self.stall_deadline(outbox));
                Time::earliest([protocol, pending, stall])
            }
        }
    }

    /// Whether nothing can have brought the deadline nearer since the timer was set.
    #[inline]
    pub(super) fn deadline_only_recedes(&self) -> bool {
        self.outbox.is_none()
            && self.reading != Reading::Later
            && self.connection.deadline_only_recedes()
            && matches!(self.link, Link::Up(_))
    }

    /// When output that waits is tried again, or given up.
    fn stall_deadline(&self, outbox: &Outbox) -> Option<Time> {
        let stall_ms = self.endpoint.options.write_stall_timeout_ms;
        match self.writing {
            Writing::Retry => Some(outbox.progress.after_ms(RETRY_MS)),
            Writing::Blocked if stall_ms != 0 => Some(outbox.progress.after_ms(stall_ms)),
            _ => None,
        }
    }

    /// Does what is due.
    pub(super) fn deadline_passed(&mut self, kit: &mut Kit) {
        let now = kit.now;
        let is_due = |at: Option<Time>| at.is_some_and(|at| now >= at);
        match self.life {
            Life::Leaving(_) if is_due(self.linger_deadline()) => self.life.leave(Leaving::Over),
            Life::Live if matches!(self.link, Link::Pending(_)) => {
                self.pending_deadline_passed(now)
            }
            Life::Live => self.with_connection(kit, |connection, cx| {
                connection.deadline_passed(cx);
            }),
            Life::Leaving(_) => {}
        }
        if self.reading == Reading::Later {
            // The end may have come meanwhile, of which the system tells only once.
            self.reading = Reading::Last;
        }
        let stall = self.outbox.as_ref().and_then(|outbox| self.stall_deadline(outbox));
        if is_due(stall) {
            match self.writing {
                Writing::Retry => self.writing = Writing::Ready,
                _ => {
                    self.connection.lost(ErrorCode::WriteStalled, 0);
                    self.drop_output(kit);
                }
            }
        }
    }

    /// Whether there is something to report, or to read, or to be removed.
    pub(super) fn wants_turn(&self) -> bool {
        let can_read = self.reading.has_something() && self.takes_input();
        let is_broken = matches!(self.writing, Writing::Broken(_));
        self.connection.has_event()
            || self.pressure == Pressure::Relieved
            || self.life.is_over()
            || ((can_read || self.has_carry_to_read()) && matches!(self.link, Link::Up(_)))
            || (is_broken && self.life == Life::Live && !self.connection.has_ended())
            || self.can_be_handed_over()
    }

    /// Whether a decision or the end of a pause has made kept bytes usable. A part of a frame is
    /// kept too, but waits for the rest.
    fn has_carry_to_read(&self) -> bool {
        self.carry_is_news && self.carry.is_some() && self.takes_input()
    }

    /// Whether received bytes can be used now.
    #[inline]
    pub(super) fn takes_input(&self) -> bool {
        self.intake == Intake::Open && !self.is_held_back() && self.connection.wants_input()
    }

    /// Whether the peer has to read before more is read from it.
    #[inline]
    pub(super) fn is_held_back(&self) -> bool {
        self.endpoint.options.pauses_while_queued
            && self.queued_bytes() as u64 >= self.endpoint.half_queued_bytes
    }

    fn pending_deadline_passed(&mut self, now: Time) {
        if self.connection.deadline().is_some_and(|at| now >= at) {
            let error = match self.connection.role() {
                Role::Client => ErrorCode::ConnectTimeout,
                Role::Server => ErrorCode::HandshakeTimeout,
            };
            self.connection.lost(error, 0);
        }
    }

    /// Reads nothing more, until [`Peer::resume_reading`] if `intake` is a pause.
    pub(super) fn stop_reading(&mut self, intake: Intake) {
        if self.intake == Intake::Open {
            self.connection.suspend_liveness();
        }
        self.intake = intake;
    }

    /// Reads again, if reading was paused.
    pub(super) fn resume_reading(&mut self, now: Time) {
        if self.intake != Intake::Paused {
            return;
        }
        self.intake = Intake::Open;
        let waits = self.pressure == Pressure::High && self.endpoint.options.pauses_while_queued;
        if !waits {
            self.connection.resume_liveness(now);
        }
    }

    /// Takes the stream whose sides were agreeing on keys.
    pub(super) fn take_secured(&mut self) -> Option<Stream> {
        match std::mem::replace(&mut self.link, Link::Down) {
            Link::Pending(pending) => match *pending {
                Pending::Securing(stream) => Some(Stream::Tls(stream)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Nothing can be written any more: because of TLS, or of the system with this error number.
    pub(super) fn broken(&mut self, number: i32) {
        let failure = match &self.link {
            Link::Up(stream) => stream.failure(),
            Link::Pending(_) | Link::Down => None,
        };
        match failure {
            Some(failure) => self.connection.transport_failed(failure.error, failure.alert),
            None => self.connection.lost(ErrorCode::ConnectionReset, number),
        }
    }

    /// Queues what TLS has to send by itself, such as the answer to a change of keys.
    pub(super) fn queue_records(&mut self, kit: &mut Kit) {
        let Link::Up(Stream::Tls(stream)) = &mut self.link else {
            return;
        };
        if stream.has_records() {
            let outbox = self.outbox.get_or_insert_with(|| kit.outboxes.take());
            if let Err(error) = outbox.take_records(stream) {
                self.connection.lost(error, 0);
            }
        }
    }

    /// Keeps bytes that cannot be used yet for the next turn; whether they have not been looked at.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(super) fn keep(
        &mut self,
        bytes: &[u8],
        is_news: bool,
        kit: &mut Kit,
    ) -> Result<(), ErrorCode> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.carry_is_news = is_news;
        let carry = self.carry.get_or_insert_with(|| kit.carries.take());
        carry.append(bytes, 0).map(|_| ())
    }
}
