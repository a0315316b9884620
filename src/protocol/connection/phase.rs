//! Where in its life a connection is. What only its beginning and its end need lies in a box of
//! their own, which an open connection does not have.

use crate::protocol::event::CloseReport;

use super::Connection;
use super::closing::{Closing, Side};
use super::opening::{Opening, Stage};

/// Where in its life the connection is when it is not open; boxed, and gone while it is open.
#[derive(Debug)]
pub(super) enum Phase {
    Opening(Opening),
    Closing(Closing),
    /// Over; the report is there until it has been given out.
    Ended(Option<Box<CloseReport>>),
}

impl Connection {
    /// Whether the opening handshake has not ended.
    pub fn is_opening(&self) -> bool {
        matches!(self.phase.as_deref(), Some(Phase::Opening(_)))
    }

    /// Whether the handshake has ended well, but has not been reported.
    pub fn is_agreed(&self) -> bool {
        match self.phase.as_deref() {
            Some(Phase::Opening(opening)) => matches!(opening.stage, Stage::Agreed),
            _ => false,
        }
    }

    /// Whether messages pass.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.phase.is_none()
    }

    /// Whether the connection has ended, reported or not.
    #[inline]
    pub fn has_ended(&self) -> bool {
        matches!(self.phase.as_deref(), Some(Phase::Ended(_)))
    }

    /// Whether `receive` has something to report without any input.
    #[inline]
    pub fn has_event(&self) -> bool {
        match self.phase.as_deref() {
            Some(Phase::Opening(opening)) => {
                matches!(opening.stage, Stage::Agreed | Stage::Announcing(_))
            }
            Some(Phase::Closing(closing)) => closing.open_is_due,
            Some(Phase::Ended(report)) => report.is_some(),
            None => false,
        }
    }

    /// Whether input can be taken: not while a request waits for its decision or to be written.
    pub fn wants_input(&self) -> bool {
        match self.phase.as_deref() {
            Some(Phase::Opening(opening)) => {
                matches!(opening.stage, Stage::Reading(_) | Stage::Waiting(_) | Stage::Agreed)
            }
            _ => true,
        }
    }

    /// Whether no part of a head or of a message has passed without the rest of it, in either
    /// direction, nor the peer's Close frame.
    pub fn is_between_messages(&self) -> bool {
        match self.phase.as_deref() {
            Some(Phase::Opening(opening)) => {
                matches!(opening.stage, Stage::Deciding(_) | Stage::Agreed)
            }
            None => self.message.is_none() && !self.is_sending_pieces(),
            Some(Phase::Closing(closing)) => {
                self.message.is_none() && matches!(closing.side, Side::Sent { .. })
            }
            Some(Phase::Ended(_)) => false,
        }
    }

    /// Goes on to a phase other than being open.
    pub(super) fn enter(&mut self, phase: Phase) {
        match self.phase.as_deref_mut() {
            Some(before) => *before = phase,
            None => self.phase = Some(Box::new(phase)),
        }
    }
}
