//! What a loop reports to its owner.

use std::os::fd::{OwnedFd, RawFd};
use std::rc::Rc;

use super::endpoint::{Endpoint, Host};
use super::owner::Readiness;
use super::parcel::Delivery;
use super::slots::Id;
use crate::protocol::event::{CloseReport, Event};

/// One thing that happened in a loop. `'b` is the life of the receive buffer.
pub enum LoopEvent<'b, H: Host> {
    /// On a connection.
    Connection {
        /// Which one.
        id: Id,
        /// What it belongs to.
        endpoint: Rc<Endpoint<H::Context>>,
        /// What the owner attached to it.
        user: usize,
        /// What happened.
        event: ConnectionEvent<'b>,
    },
    /// The socket of a connection is the owner's from now on; the connection's end follows.
    Detached {
        /// Which connection.
        id: Id,
        /// The socket; `None` if the connection ended before it could be handed over.
        descriptor: Option<OwnedFd>,
        /// What was received and not used.
        unread: &'b [u8],
        /// What the owner gave for this.
        action: H::Action,
    },
    /// A timer of the owner is due.
    Timer {
        /// Which one; stale already if it was to fire once.
        id: Id,
        /// What it carries.
        action: H::Action,
    },
    /// A descriptor of the owner is ready.
    Watch {
        /// Which one.
        id: Id,
        /// The descriptor.
        descriptor: RawFd,
        /// What for.
        readiness: Readiness,
        /// What it carries.
        action: H::Action,
    },
    /// Somebody left an action in the mailbox.
    Posted(H::Action),
    /// A parcel goes back to its owner.
    Delivery(Delivery),
}

/// What happened on a connection.
#[derive(Debug)]
pub enum ConnectionEvent<'b> {
    /// The protocol reports it.
    Protocol(Event<'b>),
    /// It has ended, and will be made once more.
    Disconnected {
        /// How it ended.
        report: Box<CloseReport>,
        /// In how many milliseconds it is made.
        delay_ms: u32,
    },
    /// Less than half of what may be queued is, after it was more.
    Writable,
}

/// What a step came to.
pub enum Step<'b, H: Host> {
    /// Something to act on.
    Event(LoopEvent<'b, H>),
    /// Nothing to act on; there is more to do.
    Again,
    /// The round is over.
    Done,
}
