//! What can be asked of a loop, by programs that wait for it with a loop of their own too.

use super::dispatch::CHost;
use super::guard::{required, write};
use super::loop_handle::{oxws_loop, with_core, with_loop};
use super::status::oxws_status;
use crate::net::event_loop::EventLoop;
use crate::protocol::error::ErrorCode;

/// The descriptor that is readable whenever the loop has something to do, apart from deadlines: to
/// be watched for reading, level-triggered, by a loop of the program's own. Then
/// `oxws_loop_poll(loop, 0)` is to be called whenever it is readable, and when the time of
/// `oxws_loop_timeout_ms` is over, which is to be asked after each call of a function of the loop.
///
/// The descriptor stays the loop's and must not be read, written or closed.
///
/// Errors: `OXWS_ERROR_UNSUPPORTED` on a test loop, which waits for nothing.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed; `fd` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_fd(r#loop: *const oxws_loop, fd: *mut i32) -> oxws_status {
    let body = |event_loop: &oxws_loop| {
        let fd = required(fd)?;
        if event_loop.core()?.is_simulated() {
            return Err(ErrorCode::Unsupported);
        }
        // SAFETY: promised by the caller.
        unsafe { write(fd, event_loop.descriptor) };
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, body) }
}

/// How many milliseconds may pass until `oxws_loop_poll` is to be called although the descriptor
/// has not become readable: 0 for at once, -1 for any time.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed; `timeout_ms` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_timeout_ms(
    r#loop: *const oxws_loop,
    timeout_ms: *mut i32,
) -> oxws_status {
    let body = |core: &mut EventLoop<CHost>| {
        let place = required(timeout_ms)?;
        let ms = core.timeout().map_or(-1, |timeout| {
            // Rounded up: a call that comes too early would find nothing due and be repeated.
            let ms = timeout.as_micros().div_ceil(1000);
            i32::try_from(ms).unwrap_or(i32::MAX)
        });
        // SAFETY: promised by the caller.
        unsafe { write(place, ms) };
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, body) }
}

/// How many connections the loop has, of both roles, whose `on_close` has not been called.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed; `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_connection_count(
    r#loop: *const oxws_loop,
    count: *mut usize,
) -> oxws_status {
    let body = |core: &mut EventLoop<CHost>| {
        let count = required(count)?;
        // SAFETY: promised by the caller.
        unsafe { write(count, core.connection_count()) };
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, body) }
}

/// The error number (errno) behind the status of the last `oxws_listen`, `oxws_listen_fd`,
/// `oxws_connect`, `oxws_adopt_server` and its like, `oxws_watch_start`, `oxws_watch_change` or
/// `oxws_loop_poll`; 0 if it has none. That of a connection is told by `oxws_close_info_os_error`.
///
/// Thread: the loop's; 0 on any other.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_os_error(r#loop: *const oxws_loop) -> i32 {
    let mut number = 0;
    let body = |event_loop: &oxws_loop| {
        drop(event_loop.core()?);
        number = event_loop.os_error.get();
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, body) };
    number
}
