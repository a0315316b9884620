//! The answer of a server, as a client's callback sees it.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use super::guard::{guard_or, lend, reference, text, write};
use super::loop_handle::oxws_loop;
use super::vocabulary::oxws_connection;
use crate::protocol::handshake::response::Response;

/// The server's answer to the opening request. Lent to `on_response` until that returns, or by
/// `oxws_close_info_response` for as long as the report of the end is there.
///
/// Texts from it are pointers and lengths without a NUL, valid as long as the response. Wherever a
/// length is returned through `len`, that may be NULL.
#[derive(Clone)]
pub struct oxws_response {
    pub(super) response: Arc<Response>,
}

/// Called with the server's answer.
pub type oxws_response_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        response: *const oxws_response,
        user: *mut c_void,
    ),
>;

/// Lends a text of a response; NULL and 0 if there is none.
///
/// # Safety
///
/// `response` is NULL or valid, `len` is NULL or writable.
unsafe fn lend_text(
    response: *const oxws_response,
    len: *mut usize,
    ask: impl FnOnce(&Response) -> Option<&[u8]>,
) -> *const u8 {
    guard_or(std::ptr::null(), || {
        // SAFETY: promised by the caller.
        let response = unsafe { reference(response) };
        // SAFETY: promised by the caller.
        unsafe { lend(response.ok().and_then(|response| ask(&response.response)), len) }
    })
}

/// The HTTP status: 101 if the server has accepted. 0 for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_status(response: *const oxws_response) -> u16 {
    let status = |response: &oxws_response| response.response.status();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(response) }.map_or(0, status))
}

/// The phrase behind the status, which may be empty. NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_phrase(
    response: *const oxws_response,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(response, len, |response| Some(response.phrase().as_bytes())) }.cast()
}

/// The value of a header field, whose name is compared without regard to case: of the first field
/// of that name for `index` 0, of the next for 1, and so on. NULL if there are not that many.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid, `name` is NULL or NUL-terminated, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_header(
    response: *const oxws_response,
    name: *const c_char,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(response, len, |response| response.header(text(name).ok()?, index)) }.cast()
}

/// How many header fields there are.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_header_count(response: *const oxws_response) -> usize {
    guard_or(0, || {
        // SAFETY: promised by the caller.
        unsafe { reference(response) }.map_or(0, |response| response.response.header_count())
    })
}

/// The header field at `index`, in the order of the response: returns its name, and through `value` its
/// value. NULL if there is no such field; then nothing is written.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid; `name_len`, `value` and `value_len` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_header_at(
    response: *const oxws_response,
    index: usize,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
) -> *const c_char {
    guard_or(std::ptr::null(), || {
        // SAFETY: promised by the caller.
        let Ok(response) = (unsafe { reference(response) }) else {
            return std::ptr::null();
        };
        let Some((name, content)) = response.response.header_at(index) else {
            return std::ptr::null();
        };
        // SAFETY: promised by the caller.
        unsafe {
            write(value, content.as_ptr().cast());
            write(value_len, content.len());
            lend(Some(name.as_bytes()), name_len).cast()
        }
    })
}

/// The subprotocol that the server chose; NULL if it chose none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_subprotocol(
    response: *const oxws_response,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(response, len, |response| response.subprotocol().map(str::as_bytes)) }.cast()
}

/// The body of a refusal, at most its first 64 KiB; empty for a 101. NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_body(
    response: *const oxws_response,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: promised by the caller.
    unsafe { lend_text(response, len, |response| Some(response.body())) }
}
