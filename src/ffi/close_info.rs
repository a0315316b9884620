//! How a connection ended, for `on_close`.

use std::ffi::{c_char, c_void};

use super::guard::{guard_or, reference, write};
use super::lend::lend;
use super::loop_handle::oxws_loop;
use super::response::oxws_response;
use super::status::{OXWS_OK, oxws_status};
use super::vocabulary::{oxws_connection, oxws_initiator};
use crate::protocol::close::CloseFrame;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::{CloseReport, Initiator};

/// How a connection ended. Lent to `on_close` until that returns; what `oxws_close_info_clone` makes
/// of it lives until it is freed.
#[derive(Clone)]
pub struct oxws_close_info {
    pub(super) report: Box<CloseReport>,
    /// The answer in the report, as C sees it.
    pub(super) response: Option<oxws_response>,
}

impl oxws_close_info {
    pub(super) fn new(report: Box<CloseReport>) -> oxws_close_info {
        let response = report.response.clone().map(oxws_response::from);
        oxws_close_info { report, response }
    }
}

/// Called once for each connection, and last: its id is stale when the callback returns.
pub type oxws_close_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        info: *const oxws_close_info,
        user: *mut c_void,
    ),
>;

/// # Safety
///
/// `info` is NULL or valid.
pub(super) unsafe fn ask<T>(
    info: *const oxws_close_info,
    none: T,
    ask: impl FnOnce(&CloseReport) -> T,
) -> T {
    // SAFETY: promised by the caller.
    let Ok(info) = (unsafe { reference(info) }) else {
        return none;
    };
    ask(&info.report)
}

/// Lends the reason of a Close frame.
///
/// # Safety
///
/// `info` is NULL or valid, `len` is NULL or writable.
unsafe fn lend_reason(
    info: *const oxws_close_info,
    len: *mut usize,
    side: impl FnOnce(&CloseReport) -> Option<&CloseFrame>,
) -> *const c_char {
    let empty = c"".as_ptr();
    guard_or(empty, || {
        // SAFETY: promised by the caller.
        unsafe {
            write(len, 0);
            ask(info, empty, |report| {
                let reason = side(report).map_or("", |frame| &frame.reason);
                if reason.is_empty() { empty } else { lend(Some(reason.as_bytes()), len).cast() }
            })
        }
    })
}

/// Why the connection ended: `OXWS_OK` if both sides sent a Close frame, whatever its code is, or an
/// ordinary HTTP request was answered; otherwise what went wrong. `OXWS_ERROR_NULL_ARGUMENT` for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_status(info: *const oxws_close_info) -> oxws_status {
    let null = ErrorCode::NullArgument.number();
    // SAFETY: promised by the caller.
    guard_or(null, || unsafe {
        ask(info, null, |report| report.error.map_or(OXWS_OK, ErrorCode::number))
    })
}

/// The close code of the connection as RFC 6455 section 7.1.5 defines it: the peer's; 1005 if its
/// Close frame had none; 1006 if no Close frame came. 0 for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_code(info: *const oxws_close_info) -> u16 {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, |report| report.code().number()) })
}

/// The reason in the peer's Close frame: `*len` bytes of UTF-8, 0 to 123, without a NUL; never NULL.
/// Empty if it gave none, as most peers do that only answer; this side's own is told by
/// `oxws_close_info_local_reason`. `len` may be NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_reason(
    info: *const oxws_close_info,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_reason(info, len, |report| report.remote.as_ref()) }
}

/// The code of the Close frame that this side sent: 1005 if it carried none, 0 if none was sent.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_local_code(info: *const oxws_close_info) -> u16 {
    let code = |report: &CloseReport| report.local.as_ref().map_or(0, |frame| frame.code.number());
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, code) })
}

/// The reason of the Close frame that this side sent: `*len` bytes of UTF-8 without a NUL; never
/// NULL. `len` may be NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_local_reason(
    info: *const oxws_close_info,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_reason(info, len, |report| report.local.as_ref()) }
}

/// The code of the Close frame that the peer sent: 1005 if it carried none, 0 if none came.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_remote_code(info: *const oxws_close_info) -> u16 {
    let code = |report: &CloseReport| report.remote.as_ref().map_or(0, |frame| frame.code.number());
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, code) })
}

/// Who sent the first Close frame. `OXWS_INITIATOR_NONE` for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_initiator(info: *const oxws_close_info) -> oxws_initiator {
    let none = oxws_initiator::OXWS_INITIATOR_NONE;
    let initiator = |report: &CloseReport| match report.initiator {
        Initiator::Nobody => none,
        Initiator::Local => oxws_initiator::OXWS_INITIATOR_LOCAL,
        Initiator::Remote => oxws_initiator::OXWS_INITIATOR_REMOTE,
    };
    // SAFETY: promised by the caller.
    guard_or(none, || unsafe { ask(info, none, initiator) })
}

/// Whether both sides sent a Close frame (1), or not (0).
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_was_clean(info: *const oxws_close_info) -> i32 {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, |report| i32::from(report.was_clean())) })
}

/// The error number (errno) of the system call that failed; 0 if none did.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_os_error(info: *const oxws_close_info) -> i32 {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, |report| report.os_error) })
}

/// The HTTP status with which this side answered the request, or the server or a proxy refused it; 0 if
/// the handshake did not end so.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_http_status(info: *const oxws_close_info) -> u16 {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, |report| report.http_status) })
}

/// The reply with which a SOCKS proxy refused the connection (RFC 1928 section 6): 1 general failure, 2
/// not allowed, 3 network unreachable, 4 host unreachable, 5 connection refused, 6 time to live expired,
/// 7 command and 8 type of address not supported, 255 no acceptable way to log in; 0 if none did.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_socks_reply(info: *const oxws_close_info) -> u8 {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, |report| report.socks_reply) })
}
