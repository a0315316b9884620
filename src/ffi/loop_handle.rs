//! The loop behind its handle: whose thread it is on, whether it is usable, and how its events become
//! callbacks.

use std::cell::{Cell, RefCell, RefMut};
use std::ffi::c_void;
use std::ops::ControlFlow;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::dispatch::{Action, CHost, deliver, dispatch};
use super::fork::Birthplace;
use super::guard::guard_or;
use super::status::{OXWS_OK, oxws_status};
use super::thread::this_thread;
use crate::net::event_loop::{EventLoop, RECEIVE_BUFFER_BYTES};
use crate::net::loop_event::Step;
use crate::net::mailbox::Mailbox;
use crate::protocol::error::ErrorCode;

/// An event loop: listeners, connections, timers and watched descriptors, all served by one thread.
///
/// Made by `oxws_loop_new`, ended by `oxws_loop_free`. Functions of the class "any thread" may be
/// called on it at once from several threads, all others only on the loop's own thread. Several
/// loops in one process know nothing of each other.
pub struct oxws_loop {
    pub(super) owner: AtomicUsize,
    pub(super) is_poisoned: AtomicBool,
    pub(super) birthplace: Birthplace,
    pub(super) mailbox: Arc<Mailbox<Action>>,
    pub(super) descriptor: RawFd,
    pub(super) os_error: Cell<i32>,
    pub(super) is_polling: Cell<bool>,
    pub(super) is_shutting_down: Cell<bool>,
    pub(super) user: Cell<*mut c_void>,
    pub(super) core: RefCell<EventLoop<CHost>>,
    buffer: RefCell<Vec<u8>>,
}

impl oxws_loop {
    pub(super) fn new(core: EventLoop<CHost>) -> oxws_loop {
        oxws_loop {
            owner: AtomicUsize::new(this_thread()),
            is_poisoned: AtomicBool::new(false),
            birthplace: Birthplace::here(),
            mailbox: Arc::clone(core.mailbox()),
            descriptor: core.descriptor(),
            os_error: Cell::new(0),
            is_polling: Cell::new(false),
            is_shutting_down: Cell::new(false),
            user: Cell::new(std::ptr::null_mut()),
            core: RefCell::new(core),
            // Zeros that the system gives page by page, when they are used first.
            buffer: RefCell::new(vec![0; RECEIVE_BUFFER_BYTES]),
        }
    }

    /// The mailbox, which any thread may use.
    pub(super) fn mailbox(&self) -> &Mailbox<Action> {
        &self.mailbox
    }

    /// Whether the caller is on the loop's thread.
    #[inline]
    pub(super) fn is_owner(&self) -> bool {
        self.owner.load(Ordering::Relaxed) == this_thread()
    }

    /// The loop itself, on its own thread.
    #[inline]
    pub(super) fn core(&self) -> Result<RefMut<'_, EventLoop<CHost>>, ErrorCode> {
        if !self.is_owner() {
            return Err(ErrorCode::WrongThread);
        }
        self.unchecked_core()
    }

    /// The loop itself if the caller is on its thread, which is where things can be done at once.
    #[inline]
    pub(super) fn core_if_owner(&self) -> Result<Option<RefMut<'_, EventLoop<CHost>>>, ErrorCode> {
        match self.is_owner() {
            true => self.unchecked_core().map(Some),
            false => Ok(None),
        }
    }

    /// The loop itself, where it is known to be its own thread.
    #[inline]
    pub(super) fn unchecked_core(&self) -> Result<RefMut<'_, EventLoop<CHost>>, ErrorCode> {
        self.core.try_borrow_mut().map_err(|_| ErrorCode::Busy)
    }

    /// Keeps the error number of a call that failed.
    pub(super) fn keep_os_error(&self, error: &std::io::Error) {
        self.os_error.set(error.raw_os_error().unwrap_or(0));
    }

    /// Forgets the error number of an earlier call, on the loop's thread.
    pub(super) fn forget_os_error(&self) {
        self.os_error.set(0);
    }

    /// The loop itself, for something that begins: not while a shutdown is under way, so that a
    /// program which reconnects when a connection ends comes to its end too.
    pub(super) fn core_for_new(&self) -> Result<RefMut<'_, EventLoop<CHost>>, ErrorCode> {
        let core = self.core()?;
        self.os_error.set(0);
        if self.is_shutting_down.get() && core.connection_count() > 0 {
            return Err(ErrorCode::InvalidState);
        }
        self.is_shutting_down.set(false);
        Ok(core)
    }

    /// Whether a shutdown has come to its end.
    pub(super) fn is_shut_down(&self) -> Result<bool, ErrorCode> {
        Ok(self.is_shutting_down.get() && self.core()?.connection_count() == 0)
    }

    #[inline(always)]
    pub(super) fn check(&self) -> Result<(), ErrorCode> {
        if self.birthplace.is_sound() { Ok(()) } else { self.check_closely() }
    }

    #[cold]
    fn check_closely(&self) -> Result<(), ErrorCode> {
        if self.is_poisoned.load(Ordering::Relaxed) {
            return Err(ErrorCode::Poisoned);
        }
        if self.birthplace.is_elsewhere() {
            return Err(ErrorCode::Forked);
        }
        Ok(())
    }

    /// After a panic of the library nothing is done with the loop any more.
    #[cold]
    fn poison(&self) -> oxws_status {
        self.is_poisoned.store(true, Ordering::Relaxed);
        self.birthplace.spoil();
        ErrorCode::Panic.number()
    }

    /// One round. Callbacks run while nothing of the loop is borrowed.
    pub(super) fn round(
        &self,
        handle: *mut oxws_loop,
        limit: Option<Duration>,
    ) -> Result<(), ErrorCode> {
        if self.is_polling.get() {
            return Err(ErrorCode::Busy);
        }
        let polled = self.core()?.poll(limit);
        self.forget_os_error();
        if let Err(error) = polled {
            self.keep_os_error(&error);
            return Err(match error.kind() {
                // A simulated loop would wait for ever.
                std::io::ErrorKind::Deadlock => ErrorCode::InvalidState,
                _ => ErrorCode::SystemCallFailed,
            });
        }
        self.run_callbacks(handle)
    }

    fn run_callbacks(&self, handle: *mut oxws_loop) -> Result<(), ErrorCode> {
        let _polling = Polling::begin(&self.is_polling);
        let mut buffer = self.buffer.try_borrow_mut().map_err(|_| ErrorCode::Busy)?;
        let buffer = buffer.as_mut_slice();
        loop {
            // The loop cannot change its thread in a round, so that it need not be checked here.
            let message = self.unchecked_core()?.next_message(buffer);
            if let Some(message) = message {
                deliver(handle, &message);
                self.check()?;
                continue;
            }
            // Twice the same, so that a message need not be carried to one place from two.
            let message = self.unchecked_core()?.next_turn(buffer);
            if let Some(message) = message {
                deliver(handle, &message);
                self.check()?;
                continue;
            }
            if self.step(handle, buffer)?.is_break() {
                return Ok(());
            }
        }
    }

    /// Does a part of the round that is not on the short way.
    #[inline(never)]
    fn step(
        &self,
        handle: *mut oxws_loop,
        buffer: &mut [u8],
    ) -> Result<ControlFlow<()>, ErrorCode> {
        let message = self.unchecked_core()?.next_message_of_any(buffer);
        if let Some(message) = message {
            deliver(handle, &message);
            return self.check().map(ControlFlow::Continue);
        }
        loop {
            let step = self.unchecked_core()?.step(buffer);
            match step {
                Step::Event(event) => {
                    dispatch(self, handle, event)?;
                    // A callback may have met a fault of the library, or be back in a child.
                    return self.check().map(ControlFlow::Continue);
                }
                Step::Again if self.unchecked_core()?.is_step_next() => {}
                Step::Again => return Ok(ControlFlow::Continue(())),
                Step::Done => return Ok(ControlFlow::Break(())),
            }
        }
    }

    /// Ends every connection and reports it, as `oxws_loop_free` promises.
    pub(super) fn finish(&self, handle: *mut oxws_loop) -> Result<(), ErrorCode> {
        self.core()?.shut_down();
        self.run_callbacks(handle)
    }
}

/// Callbacks run while this lives; a panic ends that too.
struct Polling<'a>(&'a Cell<bool>);

impl Polling<'_> {
    fn begin(is_polling: &Cell<bool>) -> Polling<'_> {
        is_polling.set(true);
        Polling(is_polling)
    }
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Runs the body of an export on a loop; a panic poisons the loop.
///
/// # Safety
///
/// `handle` is NULL or a loop that has not been freed.
#[inline]
pub(super) unsafe fn with_loop(
    handle: *const oxws_loop,
    body: impl FnOnce(&oxws_loop) -> Result<(), ErrorCode>,
) -> oxws_status {
    // SAFETY: promised by the caller. The reference is shared: what other threads may touch is
    // atomic or behind a lock, and the rest is only used after the thread has been checked.
    let Some(event_loop) = (unsafe { handle.as_ref() }) else {
        return ErrorCode::NullArgument.number();
    };
    let result = guard_or(None, || Some(event_loop.check().and_then(|()| body(event_loop))));
    match result {
        Some(Ok(())) => OXWS_OK,
        Some(Err(error)) => error.number(),
        None => event_loop.poison(),
    }
}

/// As [`with_loop`] for a body that says whether it has done it all. If it has not, or the loop cannot be
/// used, nothing has been done, and `otherwise` does it or says why not.
///
/// # Safety
///
/// As for [`with_loop`].
#[inline(always)]
pub(super) unsafe fn try_with_loop(
    handle: *const oxws_loop,
    body: impl FnOnce(&oxws_loop) -> bool,
    otherwise: impl FnOnce() -> oxws_status,
) -> oxws_status {
    // SAFETY: as in `with_loop`.
    let Some(event_loop) = (unsafe { handle.as_ref() }) else {
        return otherwise();
    };
    match guard_or(None, || Some(event_loop.birthplace.is_sound() && body(event_loop))) {
        Some(true) => OXWS_OK,
        Some(false) => otherwise(),
        None => event_loop.poison(),
    }
}

/// Runs the body of an export that belongs to the loop's thread.
///
/// # Safety
///
/// As for [`with_loop`].
#[inline]
pub(super) unsafe fn with_core(
    handle: *const oxws_loop,
    body: impl FnOnce(&mut EventLoop<CHost>) -> Result<(), ErrorCode>,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_loop(handle, |event_loop| body(&mut *event_loop.core()?)) }
}
