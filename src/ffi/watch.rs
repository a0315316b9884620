//! Descriptors of the program in a loop.

use std::ffi::c_void;
use std::io::ErrorKind;

use super::dispatch::Action;
use super::guard::write;
use super::loop_handle::{oxws_loop, with_core, with_loop};
use super::status::oxws_status;
use super::vocabulary::{oxws_interest, oxws_watch};
use crate::net::owner::Readiness;
use crate::protocol::error::ErrorCode;

/// Called when a descriptor is ready; `ready` are bits of `oxws_interest`.
pub type oxws_watch_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        watch: oxws_watch,
        fd: i32,
        ready: u32,
        user: *mut c_void,
    ),
>;

const READ: u32 = oxws_interest::OXWS_INTEREST_READ as u32;
const WRITE: u32 = oxws_interest::OXWS_INTEREST_WRITE as u32;

fn readiness(interest: u32) -> Result<Readiness, ErrorCode> {
    if interest == 0 || interest & !(READ | WRITE) != 0 {
        return Err(ErrorCode::InvalidArgument);
    }
    Ok(Readiness { read: interest & READ != 0, write: interest & WRITE != 0 })
}

/// Watches a descriptor of the program's own, such as a pipe or another socket: `callback` is called
/// in each round in which it is ready for one of the bits of `interest` (`oxws_interest`), as long as
/// it is.
///
/// The descriptor stays the caller's, and must not be closed before `oxws_watch_stop`. `watch` gets
/// the id, and may be NULL.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` without a callback; `OXWS_ERROR_INVALID_ARGUMENT` for a negative
/// descriptor, no bit or an unknown one; `OXWS_ERROR_SYSTEM_CALL_FAILED` for a descriptor that cannot
/// be watched, such as a file's (which never blocks: read it from a timer), or is watched already, see
/// `oxws_loop_os_error`; `OXWS_ERROR_UNSUPPORTED` on a test loop.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `watch` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_watch_start(
    r#loop: *mut oxws_loop,
    fd: i32,
    interest: u32,
    callback: oxws_watch_callback,
    user: *mut c_void,
    watch: *mut oxws_watch,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            callback.ok_or(ErrorCode::NullArgument)?;
            let interest = readiness(interest)?;
            if fd < 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            let action = Action::Watch(callback, user);
            let mut core = event_loop.core()?;
            if core.is_simulated() {
                return Err(ErrorCode::Unsupported);
            }
            event_loop.forget_os_error();
            let started = core.start_watch(fd, interest, action);
            write(watch, started.map_err(|error| failed(event_loop, &error))?);
            Ok(())
        })
    }
}

/// Changes what a descriptor is watched for.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_ARGUMENT` for no bit or an unknown one;
/// `OXWS_ERROR_SYSTEM_CALL_FAILED`, see `oxws_loop_os_error`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_watch_change(
    r#loop: *mut oxws_loop,
    watch: oxws_watch,
    interest: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let interest = readiness(interest)?;
            let mut core = event_loop.core()?;
            event_loop.forget_os_error();
            let changed = core.change_watch(watch, interest);
            changed.map_err(|error| failed(event_loop, &error))
        })
    }
}

/// Ends the watching of a descriptor: the callback is not called any more.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_watch_stop(r#loop: *mut oxws_loop, watch: oxws_watch) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.stop_watch(watch)) }
}

fn failed(event_loop: &oxws_loop, error: &std::io::Error) -> ErrorCode {
    if error.kind() == ErrorKind::NotFound && error.raw_os_error().is_none() {
        return ErrorCode::NotFound;
    }
    event_loop.keep_os_error(error);
    ErrorCode::SystemCallFailed
}
