//! What a dialled connection is made from, kept where it may be made once more, and the messages that
//! wait until it is open.
//!
//! Nothing here dials or sends; that is done in `reconnect`.

use std::collections::VecDeque;

use super::endpoint::{Endpoint, Security};
use crate::protocol::backoff::{Advice, Attempts, Backoff};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::opcode::MessageType;
use crate::protocol::time::Time;
use crate::protocol::url::{Address, Place, Scheme};
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

/// Where redirects have led.
#[derive(Debug)]
pub(super) struct Detour {
    pub(super) address: Address,
    pub(super) request: ClientRequest,
    /// How many it were.
    pub(super) count: u32,
    /// Whether that is another site than the first.
    pub(super) is_elsewhere: bool,
    /// What streams to the first address go through.
    pub(super) security: Security,
}

/// What a connection is made from.
#[derive(Debug)]
pub(super) struct Dialled {
    pub(super) address: Address,
    request: ClientRequest,
    /// Where a redirect has led.
    pub(super) detour: Option<Box<Detour>>,
    /// When the attempt under way is given up.
    pub(super) deadline: Option<Time>,
    returning: Option<Returning>,
    attempts: Attempts,
    waiting: VecDeque<Waiting>,
    waiting_bytes: u64,
}

impl Dialled {
    /// The connection has ended: how long until it is made again, in milliseconds; `None` for never.
    pub(super) fn next_delay(&mut self, advice: Advice, now: Time, random: u64) -> Option<u32> {
        self.attempts.next(&self.returning?.backoff, advice, now, random)
    }

    /// Whether it may be made once more after an end.
    pub(super) fn comes_back(&self) -> bool {
        self.returning.is_some()
    }

    /// Where the connection goes now, and what is asked for there.
    pub(super) fn current(&self) -> (&Address, &ClientRequest) {
        match &self.detour {
            Some(detour) => (&detour.address, &detour.request),
            None => (&self.address, &self.request),
        }
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
        self.waiting_bytes >= self.max_waiting_bytes()
    }
}

impl<C> Endpoint<C> {
    /// Keeps what a connection is made from, if it may be made once more.
    pub(super) fn note_dialled(&self, place: &Place, request: &ClientRequest, now: Time) {
        let options = &self.options;
        if options.returning.is_none() && options.redirects.is_none() {
            return;
        }
        let address = Address {
            scheme: if self.is_plain() { Scheme::Ws } else { Scheme::Wss },
            place: place.clone(),
            target: request.target().into(),
            host_field: request.host().into(),
        };
        *self.dialled.borrow_mut() = Some(Box::new(Dialled {
            address,
            request: request.clone(),
            detour: None,
            deadline: self.handshake_deadline(now),
            returning: options.returning,
            attempts: Attempts::begin(now),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
        }));
    }

    /// When an attempt that begins now is given up.
    fn handshake_deadline(&self, now: Time) -> Option<Time> {
        let ms = self.options.settings.limits.handshake_timeout_ms;
        (ms != 0).then(|| now.after_ms(ms))
    }

    /// Begins another attempt: where it goes, and when it is given up.
    pub(super) fn next_attempt(&self, now: Time) -> Option<(Place, Option<Time>)> {
        let deadline = self.handshake_deadline(now);
        let mut dialled = self.dialled.borrow_mut();
        let dialled = dialled.as_mut()?;
        dialled.deadline = deadline;
        Some((dialled.address.place.clone(), deadline))
    }

    /// Whether a redirect has led to another site.
    pub(super) fn is_elsewhere(&self) -> bool {
        let dialled = self.dialled.borrow();
        let detour = dialled.as_ref().and_then(|dialled| dialled.detour.as_ref());
        detour.is_some_and(|detour| detour.is_elsewhere)
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
    fn max_waiting_bytes(&self) -> u64 {
        self.returning.map_or(0, |returning| returning.max_waiting_bytes)
    }

    fn keeps_messages(&self) -> bool {
        self.max_waiting_bytes() != 0
    }
}
