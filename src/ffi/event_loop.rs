//! The loop in C: made, run, stopped, freed.

use std::ffi::{c_char, c_void};
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::dispatch::CHost;
#[cfg(not(test))]
use super::guard::quieten_panics;
use super::guard::{guard, guard_or, optional_text, required, write};
use super::loop_handle::{oxws_loop, with_core, with_loop};
use super::status::{OXWS_OK, oxws_status};
use super::thread::this_thread;
use crate::net::event_loop::EventLoop;
use crate::protocol::close::{CloseCode, CloseFrame};
use crate::protocol::error::ErrorCode;

/// The longest time for which a loop may keep asking before it sleeps, in microseconds.
const MAX_BUSY_POLL_US: u32 = 1_000_000;

/// Makes a loop, which belongs to the calling thread.
///
/// It takes three descriptors and 512 KiB of address space. NULL if there is no descriptor left; errno
/// tells why.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_loop_new() -> *mut oxws_loop {
    #[cfg(not(test))]
    quieten_panics();
    guard_or(std::ptr::null_mut(), || match EventLoop::new() {
        Ok(core) => Box::into_raw(Box::new(oxws_loop::new(core))),
        Err(_) => std::ptr::null_mut(),
    })
}

/// Ends a loop and everything in it.
///
/// Each connection that is alive gets its `on_close` before this returns, with the status
/// `OXWS_ERROR_LOOP_FREED`; the peer of an open one is sent a Close frame with the code 1001 as far
/// as that is possible without waiting. No callback runs afterwards. Nothing is waited for: a name
/// that is being looked up is forgotten. A loop that is poisoned, or inherited over fork, is only
/// taken apart: no callback runs. NULL is allowed.
///
/// No other thread may use the loop any more when this returns. What one asks for while the last
/// callbacks run, and what is posted then, gives `OXWS_ERROR_LOOP_FREED`.
///
/// Errors, after which the loop is still there: `OXWS_ERROR_BUSY` inside one of its callbacks,
/// `OXWS_ERROR_WRONG_THREAD`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or was made by `oxws_loop_new` and has not been freed; no other thread uses it
/// any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_free(r#loop: *mut oxws_loop) -> oxws_status {
    // SAFETY: promised by the caller.
    let Some(event_loop) = (unsafe { r#loop.as_ref() }) else {
        return OXWS_OK;
    };
    if event_loop.is_owner() && event_loop.is_polling.get() {
        return ErrorCode::Busy.number();
    }
    if !event_loop.birthplace.is_elsewhere() {
        if !event_loop.is_owner() {
            return ErrorCode::WrongThread.number();
        }
        // SAFETY: promised by the caller. A poisoned loop is taken apart without a last word.
        unsafe { with_loop(r#loop, |event_loop| event_loop.finish(r#loop)) };
    }
    // SAFETY: made by `Box::into_raw`, and freed once as the caller promises.
    let event_loop = unsafe { Box::from_raw(r#loop) };
    guard(|| {
        // Asked anew: a callback of the last round may have forked.
        if event_loop.birthplace.is_elsewhere() {
            event_loop.core.into_inner().abandon();
        } else {
            drop(event_loop);
        }
        Ok(())
    })
}

/// Moves a loop to the calling thread, as for a loop that is made here and run there.
///
/// The thread that is to run the loop calls it first; others use the loop when it has returned. The
/// caller sees to it that no other thread is inside a function of the loop meanwhile, apart from
/// `oxws_loop_stop` and `oxws_loop_wake`. To free the loop after that thread has ended, attach it again.
///
/// Errors: `OXWS_ERROR_BUSY` inside one of its callbacks.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_attach(r#loop: *mut oxws_loop) -> oxws_status {
    let body = |event_loop: &oxws_loop| {
        if event_loop.is_polling.get() {
            return Err(ErrorCode::Busy);
        }
        event_loop.owner.store(this_thread(), Ordering::Relaxed);
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, body) }
}

/// Runs one round: waits until something is to be done, at most `timeout_ms` milliseconds, and does
/// it, callbacks included. 0 does not wait; a negative number waits without limit.
///
/// A signal that interrupts the waiting is not noticed. `oxws_loop_wake` ends the waiting.
///
/// Errors: `OXWS_ERROR_BUSY` inside one of the loop's callbacks; `OXWS_ERROR_SYSTEM_CALL_FAILED`,
/// see `oxws_loop_os_error`; on a test loop `OXWS_ERROR_INVALID_STATE` if it would wait for ever.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_poll(r#loop: *mut oxws_loop, timeout_ms: i32) -> oxws_status {
    let limit = u64::try_from(timeout_ms).ok().map(Duration::from_millis);
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, |event_loop| event_loop.round(r#loop, limit)) }
}

/// Runs rounds until `oxws_loop_stop` is called, or `oxws_loop_shutdown` and no connection is left.
/// It returns at once if the loop has been stopped since the last run.
///
/// Errors: as for `oxws_loop_poll`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_run(r#loop: *mut oxws_loop) -> oxws_status {
    let body = |event_loop: &oxws_loop| {
        // Neither the thread nor a callback may end somebody else's run.
        if event_loop.is_polling.get() {
            return Err(ErrorCode::Busy);
        }
        drop(event_loop.core()?);
        while !event_loop.mailbox().take_stop() && !event_loop.is_shut_down()? {
            event_loop.round(r#loop, None)?;
        }
        if event_loop.is_shut_down()? {
            event_loop.is_shutting_down.set(false);
        }
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, body) }
}

/// Makes `oxws_loop_run` return after the round that is under way. Connections are not touched: the
/// loop can be run again, or freed. A signal handler that calls this must not run any more when the
/// loop is freed.
///
/// Thread: any, signal-safe.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_stop(r#loop: *mut oxws_loop) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            event_loop.mailbox().stop();
            Ok(())
        })
    }
}

/// Begins to end all that the loop does: its listeners are closed, open connections get the closing
/// handshake with this code and reason (as in `oxws_close`), and connections that are not open yet
/// are given up. `on_close` follows for each; the close timeout bounds how long that takes. When no
/// connection is left, `oxws_loop_run` returns.
///
/// Until then `oxws_listen`, `oxws_connect`, `oxws_adopt_server` and their like give
/// `OXWS_ERROR_INVALID_STATE`; afterwards the loop can be used anew.
///
/// Errors: `OXWS_ERROR_INVALID_CLOSE_CODE`; `OXWS_ERROR_TOO_LONG`; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `reason` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_shutdown(
    r#loop: *mut oxws_loop,
    code: u16,
    reason: *const c_char,
) -> oxws_status {
    let body = |event_loop: &oxws_loop| {
        // SAFETY: promised by the caller.
        let reason = unsafe { optional_text(reason) }?.unwrap_or_default();
        let frame = CloseFrame::new((code != 0).then(|| CloseCode::from_number(code)), reason)?;
        event_loop.core()?.close_all(&frame);
        event_loop.is_shutting_down.set(true);
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, body) }
}

/// Sets the user pointer of the loop, for callbacks that need more than their own. The library never
/// follows it.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_set_user(
    r#loop: *mut oxws_loop,
    user: *mut c_void,
) -> oxws_status {
    let body = |event_loop: &oxws_loop| {
        drop(event_loop.core()?);
        event_loop.user.set(user);
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, body) }
}

/// The user pointer of the loop; NULL if none was set.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `user` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_get_user(
    r#loop: *const oxws_loop,
    user: *mut *mut c_void,
) -> oxws_status {
    let body = |event_loop: &oxws_loop| {
        let place = required(user)?;
        drop(event_loop.core()?);
        // SAFETY: promised by the caller.
        unsafe { write(place, event_loop.user.get()) };
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, body) }
}

/// Makes `oxws_loop_poll` return soon, or the next call of it.
///
/// Thread: any, signal-safe.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_wake(r#loop: *mut oxws_loop) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            event_loop.mailbox().wake();
            Ok(())
        })
    }
}

/// Sets how many bytes the unfinished messages of all connections together may occupy, with what TLS has of
/// records and handshakes that are not whole; 256 MiB by default. Beyond it new connections are refused with the HTTP status 503, and the connection that
/// holds most is closed with the code 1013 and `OXWS_ERROR_BUFFER_BUDGET`.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_set_max_buffered_bytes(
    r#loop: *mut oxws_loop,
    bytes: u64,
) -> oxws_status {
    let body = |core: &mut EventLoop<CHost>| {
        if bytes == 0 {
            return Err(ErrorCode::InvalidArgument);
        }
        core.set_max_buffered_bytes(bytes);
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, body) }
}

/// Sets for how many microseconds a loop that has nothing to do keeps asking the system before it
/// sleeps; 0, which is the default, sleeps at once.
///
/// To be woken takes tens of microseconds, which round trips are shorter by if the next message comes
/// within this time: 20 to 50 are sensible for a loop with a processor of its own. The price is the
/// processor's time: up to so much for each round, and all of it where messages come that often. A
/// loop that other code waits for (`oxws_loop_fd`) is not affected, as it never waits itself.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 1,000,000.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_set_busy_poll_us(
    r#loop: *mut oxws_loop,
    us: u32,
) -> oxws_status {
    let body = |core: &mut EventLoop<CHost>| {
        if us > MAX_BUSY_POLL_US {
            return Err(ErrorCode::InvalidArgument);
        }
        core.set_busy_poll_us(us);
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, body) }
}
