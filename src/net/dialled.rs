//! What a dialled connection is made from, kept where it may be made once more, and the messages that
//! wait until it is open.
//!
//! Nothing here dials or sends; that is done in `reconnect`.

use std::collections::VecDeque;

use super::endpoint::Endpoint;
use crate::protocol::backoff::{Advice, Attempts, Backoff};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::opcode::MessageType;
use crate::protocol::time::Time;
use crate::protocol::url::Place;
use crate::protocol::utf8::Utf8Stream;

/// How a client comes back after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returning {
    /// When.
    pub backoff: Backoff,
    /// How many bytes of messages may wait until the connection is open; 0 refuses them.
    pub max_waiting_bytes: u64,
}

/// A message that waits until the connection is open.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) kind: MessageType,
    pub(super) payload: Box<[u8]>,
}

/// What a connection is made from.
#[derive(Debug)]
pub(super) struct Dialled {
    pub(super) place: Place,
    pub(super) request: ClientRequest,
    returning: Returning,
    attempts: Attempts,
    waiting: VecDeque<Waiting>,
    waiting_bytes: u64,
}

impl Dialled {
    /// The connection has ended: how long until it is made again, in milliseconds; `None` for never.
    pub(super) fn next_delay(&mut self, advice: Advice, now: Time, random: u64) -> Option<u32> {
        self.attempts.next(&self.returning.backoff, advice, now, random)
    }

    /// The message that is to be sent next.
    pub(super) fn first_waiting(&self) -> Option<&Waiting> {
        self.waiting.front()
    }

    /// The first message has been sent.
    pub(super) fn forget_first(&mut self) {
        if let Some(message) = self.waiting.pop_front() {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(message.payload.len() as u64);
        }
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
    }

    /// Keeps a message that the caller may send, whatever waits already.
    fn keep(&mut self, kind: MessageType, parts: &[&[u8]]) -> Result<(), ErrorCode> {
        let length = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        let mut payload = Vec::new();
        payload.try_reserve_exact(length).map_err(|_| ErrorCode::OutOfMemory)?;
        parts.iter().for_each(|part| payload.extend_from_slice(part));
        self.waiting.try_reserve(1).map_err(|_| ErrorCode::OutOfMemory)?;
        self.waiting.push_back(Waiting { kind, payload: payload.into() });
        self.waiting_bytes = self.waiting_bytes.saturating_add(length as u64);
        Ok(())
    }

    /// Whether as much waits as may.
    fn is_full(&self) -> bool {
        self.waiting_bytes >= self.returning.max_waiting_bytes
    }
}

impl<C> Endpoint<C> {
    /// Keeps what a connection is made from, if it is to come back.
    pub(super) fn note_dialled(&self, place: &Place, request: &ClientRequest, now: Time) {
        let dialled = self.options.returning.map(|returning| Dialled {
            place: place.clone(),
            request: request.clone(),
            returning,
            attempts: Attempts::begin(now),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
        });
        *self.dialled.borrow_mut() = dialled.map(Box::new);
    }

    /// The owner wants the connection to end: it does not come back, and what waits for it is dropped.
    pub(super) fn stay_away(&self) {
        self.dialled.take();
    }

    /// The connection is open; whether messages wait for it.
    pub(super) fn opened(&self, now: Time) -> bool {
        self.dialled.borrow_mut().as_mut().is_some_and(|dialled| {
            dialled.attempts.opened(now);
            !dialled.waiting.is_empty()
        })
    }

    /// Keeps a message that cannot be sent because of `error` until the connection is open.
    ///
    /// # Errors
    ///
    /// `error` where none is kept, `InvalidUtf8`, `WouldExceed` if as much waits as may, `OutOfMemory`.
    pub(super) fn put_aside(
        &self,
        kind: MessageType,
        parts: &[&[u8]],
        error: ErrorCode,
    ) -> Result<(), ErrorCode> {
        let mut dialled = self.dialled.borrow_mut();
        let dialled = dialled.as_mut().filter(|dialled| dialled.keeps_messages());
        let dialled = dialled.ok_or(error)?;
        if kind == MessageType::Text {
            let mut utf8 = Utf8Stream::default();
            parts
                .iter()
                .try_for_each(|part| utf8.push(part).map_err(|_| ErrorCode::InvalidUtf8))?;
            if !utf8.is_complete() {
                return Err(ErrorCode::InvalidUtf8);
            }
        }
        if dialled.is_full() {
            return Err(ErrorCode::WouldExceed);
        }
        dialled.keep(kind, parts)
    }

    /// Keeps a message that another thread has been told is accepted; whether there is room for more.
    pub(super) fn put_aside_accepted(&self, kind: MessageType, payload: &[u8]) -> Option<bool> {
        let mut dialled = self.dialled.borrow_mut();
        let dialled = dialled.as_mut().filter(|dialled| dialled.keeps_messages())?;
        dialled.keep(kind, &[payload]).ok()?;
        Some(!dialled.is_full())
    }
}

impl Dialled {
    fn keeps_messages(&self) -> bool {
        self.returning.max_waiting_bytes != 0
    }
}
