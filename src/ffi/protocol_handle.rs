//! The endpoint without I/O behind its handle: what is lent to it, the event that it shows, whether it
//! is usable.

use super::event::oxws_event;
use super::fork::Birthplace;
use super::guard::{guard, guard_or, reference, reference_mut};
use super::status::oxws_status;
use crate::net::random::RandomPool;
use crate::protocol::connection::{Input, KeySource};
use crate::protocol::driver::{Driver, Step};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::fields::Fields;

/// One WebSocket endpoint, server or client, without any I/O: received bytes go in, events come out,
/// and bytes to be sent, and the time of the next deadline. For programs that have a transport of their
/// own: another event loop, a TLS library, a serial line, a test.
///
/// Made by `oxws_protocol_new_server` or `oxws_protocol_new_client`, ended by `oxws_protocol_free`. One
/// thread at a time. It reads no clock: `now_us` is the time in microseconds since any moment of the
/// program's choice, the same for all calls on one endpoint; a time before that of an earlier call
/// counts as that one.
///
/// After each call that brings something in (bytes, an end, a decision, a deadline) the program takes
/// the events with `oxws_protocol_next` until that returns NULL, and writes what `oxws_protocol_output`
/// gives. No callback of the config is called.
///
/// After a fault of the library each call that returns a status gives `OXWS_ERROR_POISONED`, in a child
/// of the process that made the endpoint `OXWS_ERROR_FORKED`; there are no events and no output then, and
/// `oxws_protocol_wants_close` is 1.
pub struct oxws_protocol {
    pub(super) driver: Driver<Keys>,
    /// What a server accepts with where the program leaves it to the library; gone afterwards.
    pub(super) terms: Option<Box<Terms>>,
    pub(super) reports_chunks: bool,
    lent: Lent,
    event: Option<Box<oxws_event>>,
    birthplace: Birthplace,
    is_poisoned: bool,
}

/// What the config says of the 101.
pub(super) struct Terms {
    pub(super) subprotocols: Vec<Box<str>>,
    pub(super) fields: Fields,
}

/// Memory of the program's that it has lent, of which the bytes from `start` to `end` have not been used.
struct Lent {
    data: *mut u8,
    start: usize,
    end: usize,
}

impl Lent {
    const NOTHING: Lent = Lent { data: std::ptr::null_mut(), start: 0, end: 0 };

    /// The bytes that have not been used.
    ///
    /// # Safety
    ///
    /// What was lent is still there, and nobody else uses it for the life of the slice.
    unsafe fn rest<'a>(&self) -> &'a mut [u8] {
        if self.start >= self.end {
            return &mut [];
        }
        // SAFETY: within the bytes that were lent, which are as the caller promises.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(self.start), self.end - self.start) }
    }
}

/// Where the masking keys of an endpoint come from; a server needs none.
#[derive(Debug, Default)]
pub(super) struct Keys(Option<RandomPool>);

impl Keys {
    pub(super) fn pool(&mut self) -> &mut RandomPool {
        self.0.get_or_insert_with(RandomPool::new)
    }
}

impl KeySource for Keys {
    fn masking_key(&mut self) -> [u8; 4] {
        self.pool().take()
    }
}

impl oxws_protocol {
    pub(super) fn new(
        driver: Driver<Keys>,
        terms: Option<Box<Terms>>,
        reports_chunks: bool,
    ) -> Box<oxws_protocol> {
        Box::new(oxws_protocol {
            driver,
            terms,
            reports_chunks,
            lent: Lent::NOTHING,
            event: None,
            birthplace: Birthplace::here(),
            is_poisoned: false,
        })
    }

    fn check(&self) -> Result<(), ErrorCode> {
        match () {
            () if self.is_poisoned => Err(ErrorCode::Poisoned),
            () if self.birthplace.is_elsewhere() => Err(ErrorCode::Forked),
            () => Ok(()),
        }
    }

    /// The program is done with the event: a request that it could change leaves now.
    fn drop_event(&mut self) {
        if let Some(request) = self.event.take().and_then(|event| event.into_connecting()) {
            let nonce = self.driver.keys_mut().pool().take();
            // It fails only if the connection has been given up meanwhile.
            let _ = self.driver.send_request(&request, nonce);
        }
    }

    /// Keeps what is left of the bytes that were lent before.
    ///
    /// # Safety
    ///
    /// They are still there.
    pub(super) unsafe fn keep_lent(&mut self) {
        self.drop_event();
        // SAFETY: promised by the caller.
        let mut rest = Input::new(unsafe { self.lent.rest() });
        self.driver.keep_unused(&mut rest);
        self.lent = Lent::NOTHING;
    }

    /// Borrows bytes of the program's until all events have been taken.
    ///
    /// # Safety
    ///
    /// `data` points to `len` bytes that are there until then, or until the next call of this.
    pub(super) unsafe fn lend(&mut self, data: *mut u8, len: usize) {
        self.lent = Lent { data, start: 0, end: len };
    }

    /// The next event.
    ///
    /// # Safety
    ///
    /// What was lent is still there.
    pub(super) unsafe fn next(&mut self) -> Option<&oxws_event> {
        self.drop_event();
        loop {
            // SAFETY: promised by the caller.
            let mut input = Input::new(unsafe { self.lent.rest() });
            let step = self.driver.step(&mut input);
            let left = input.len();
            let event = match step {
                Step::Event(event) => Some(oxws_event::new(event, self.reports_chunks)),
                Step::Again => None,
                Step::Done => {
                    self.lent = Lent::NOTHING;
                    return None;
                }
            };
            self.lent.start = self.lent.end - left;
            if let Some(event) = event {
                return Some(self.event.insert(Box::new(event)));
            }
        }
    }
}

/// Runs the body of an export on an endpoint that can fail; a panic poisons it.
///
/// # Safety
///
/// `handle` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
pub(super) unsafe fn with_protocol(
    handle: *mut oxws_protocol,
    body: impl FnOnce(&mut oxws_protocol) -> Result<(), ErrorCode>,
) -> oxws_status {
    let status = guard(|| {
        // SAFETY: promised by the caller.
        let protocol = unsafe { reference_mut(handle) }?;
        protocol.check()?;
        body(protocol)
    });
    if status == ErrorCode::Panic.number() {
        // SAFETY: promised by the caller; the reference above is gone.
        unsafe { poison(handle) };
    }
    status
}

/// Runs the body of an export on an endpoint that gives a value, `none` if there is no usable endpoint.
///
/// # Safety
///
/// As for [`with_protocol`].
pub(super) unsafe fn change<T: Copy>(
    handle: *mut oxws_protocol,
    none: T,
    body: impl FnOnce(&mut oxws_protocol) -> T,
) -> T {
    let done = guard_or(None, || {
        // SAFETY: promised by the caller.
        let protocol = unsafe { reference_mut(handle) }.ok().filter(|it| it.check().is_ok());
        Some(protocol.map_or(none, body))
    });
    if done.is_none() {
        // SAFETY: promised by the caller; the reference above is gone.
        unsafe { poison(handle) };
    }
    done.unwrap_or(none)
}

/// Asks an endpoint for a value, `none` if there is no usable endpoint.
///
/// # Safety
///
/// As for [`with_protocol`].
pub(super) unsafe fn ask<T>(
    handle: *const oxws_protocol,
    none: impl Fn() -> T,
    body: impl FnOnce(&oxws_protocol) -> T,
) -> T {
    guard_or(None, || {
        // SAFETY: promised by the caller.
        unsafe { reference(handle) }.ok().filter(|it| it.check().is_ok()).map(body)
    })
    .unwrap_or_else(none)
}

/// # Safety
///
/// As for [`with_protocol`].
unsafe fn poison(handle: *mut oxws_protocol) {
    // SAFETY: promised by the caller.
    if let Some(protocol) = unsafe { handle.as_mut() } {
        protocol.is_poisoned = true;
    }
}
