//! What a server answers to a request.

use std::ffi::{c_char, c_void};

use super::guard::{bytes, guard, guard_or, reference_mut, text};
use super::status::oxws_status;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::reply::Reply;

/// An answer to a request, for `oxws_respond` and `oxws_accept_with`, which copy it: it may be used
/// for several requests.
///
/// Made by `oxws_reply_new`, ended by `oxws_reply_free`. One thread at a time. The fields Connection,
/// Content-Length and those of the handshake are written by the library.
pub struct oxws_reply {
    pub(super) reply: Reply,
}

/// # Safety
///
/// `reply` is NULL or a reply that has not been freed and that no other thread uses meanwhile.
unsafe fn with_reply(
    reply: *mut oxws_reply,
    body: impl FnOnce(&mut Reply) -> Result<(), ErrorCode>,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let reply = unsafe { reference_mut(reply) }?;
        body(&mut reply.reply)
    })
}

/// Makes a reply with this HTTP status, its usual phrase, no fields and no body. NULL if the status
/// is not 200 to 599. For `oxws_accept_with` the status does not count: 200 will do.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_reply_new(http_status: u16) -> *mut oxws_reply {
    guard_or(std::ptr::null_mut(), || match Reply::new(http_status) {
        Ok(reply) => Box::into_raw(Box::new(oxws_reply { reply })),
        Err(_) => std::ptr::null_mut(),
    })
}

/// Ends a reply. NULL is allowed.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `reply` is NULL or was made by `oxws_reply_new` and has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reply_free(reply: *mut oxws_reply) {
    if !reply.is_null() {
        // SAFETY: made by `Box::into_raw`, and freed once as the caller promises.
        let reply = unsafe { Box::from_raw(reply) };
        guard_or((), || drop(reply));
    }
}

/// Replaces the phrase behind the status.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if it has a control character.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `reply` is NULL or has not been freed and no other thread uses it meanwhile; `phrase` is NULL or
/// NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reply_set_phrase(
    reply: *mut oxws_reply,
    phrase: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_reply(reply, |reply| reply.set_phrase(text(phrase)?)) }
}

/// Adds a field, such as Content-Type or Set-Cookie; a name may come more than once.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character, or
/// the library writes that field itself.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `reply` is NULL or has not been freed and no other thread uses it meanwhile; `name` and `value`
/// are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reply_add_header(
    reply: *mut oxws_reply,
    name: *const c_char,
    value: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_reply(reply, |reply| reply.add_header(text(name)?, text(value)?)) }
}

/// Replaces the body by a copy of `len` bytes. `data` may be NULL if `len` is 0.
///
/// Errors: `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `reply` is NULL or has not been freed and no other thread uses it meanwhile; `data` is NULL or
/// points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reply_set_body(
    reply: *mut oxws_reply,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_reply(reply, |reply| reply.set_body(bytes(data, len)?)) }
}

/// Chooses the subprotocol with which `oxws_accept_with` accepts.
///
/// Errors: `OXWS_ERROR_INVALID_SUBPROTOCOL` if it is no token.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `reply` is NULL or has not been freed and no other thread uses it meanwhile; `name` is NULL or
/// NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_reply_set_subprotocol(
    reply: *mut oxws_reply,
    name: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_reply(reply, |reply| reply.set_subprotocol(text(name)?)) }
}
