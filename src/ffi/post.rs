//! Work that one thread hands to a loop's thread.

use std::ffi::c_void;

use super::dispatch::Action;
use super::loop_handle::{oxws_loop, with_loop};
use super::status::oxws_status;
use crate::net::mailbox::Command;
use crate::protocol::error::ErrorCode;

/// Called once on the loop's thread.
pub type oxws_post_callback =
    Option<unsafe extern "C" fn(r#loop: *mut oxws_loop, user: *mut c_void)>;

/// Has `callback` called once on the loop's thread, in one of its next rounds. What is posted by one
/// thread is called in its order. It is not called if the loop is freed before.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT` without a callback; `OXWS_ERROR_WOULD_EXCEED` if the mailbox
/// is full; `OXWS_ERROR_LOOP_FREED` inside `oxws_loop_free`.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_post(
    r#loop: *mut oxws_loop,
    callback: oxws_post_callback,
    user: *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            callback.ok_or(ErrorCode::NullArgument)?;
            event_loop.mailbox().put(Command::Post(Action::Post(callback, user)))
        })
    }
}
