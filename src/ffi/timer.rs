//! Timers of the program in a loop.

use std::ffi::c_void;

use super::dispatch::Action;
use super::guard::write;
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::vocabulary::oxws_timer;
use crate::protocol::error::ErrorCode;

/// Called when a timer is due.
pub type oxws_timer_callback =
    Option<unsafe extern "C" fn(r#loop: *mut oxws_loop, timer: oxws_timer, user: *mut c_void)>;

/// Calls `callback` after `delay_ms` milliseconds, and then every `repeat_ms` milliseconds, or only
/// once if that is 0. What a busy loop has missed is not made up for.
///
/// `timer` gets the id, which may be cancelled until a timer that fires once has done so; it may be
/// NULL.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` without a callback.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `timer` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_timer_start(
    r#loop: *mut oxws_loop,
    delay_ms: u32,
    repeat_ms: u32,
    callback: oxws_timer_callback,
    user: *mut c_void,
    timer: *mut oxws_timer,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            callback.ok_or(ErrorCode::NullArgument)?;
            let action = Action::Timer(callback, user);
            write(timer, core.start_timer(delay_ms, repeat_ms, action)?);
            Ok(())
        })
    }
}

/// Ends a timer: its callback is not called any more.
///
/// Errors: `OXWS_ERROR_NOT_FOUND` if it has fired for the last time, or was cancelled.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_timer_cancel(
    r#loop: *mut oxws_loop,
    timer: oxws_timer,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.cancel_timer(timer)) }
}
