//! What `on_connecting` can change of a client's request. What is refused leaves it as it was.

use std::ffi::c_char;

use super::connecting::oxws_connecting;
use super::guard::{guard, optional_text, reference_mut, text, texts};
use super::status::oxws_status;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;

/// # Safety
///
/// `connecting` is NULL or valid.
unsafe fn change(
    connecting: *mut oxws_connecting,
    body: impl FnOnce(&mut ClientRequest) -> Result<(), ErrorCode>,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let connecting = unsafe { reference_mut(connecting) }?;
        body(&mut connecting.request)
    })
}

/// Sets the Host field: `host` or `host:port`, an IPv6 address in brackets. The connection stays where it
/// is.
///
/// Errors: `OXWS_ERROR_INVALID_URL` for anything else; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `host` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_set_host(
    connecting: *mut oxws_connecting,
    host: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.set_host(text(host)?)) }
}

/// Sets path and query.
///
/// Errors: `OXWS_ERROR_INVALID_URL` if it does not begin with a "/", or has a control character, a space, a
/// "#" or a character beyond ASCII; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `resource` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_set_resource(
    connecting: *mut oxws_connecting,
    resource: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.set_target(text(resource)?)) }
}

/// Sets the origin; NULL: none.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it is empty or has anything but visible ASCII characters;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `origin` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_set_origin(
    connecting: *mut oxws_connecting,
    origin: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.set_origin(optional_text(origin)?)) }
}

/// Sets the User-Agent field; NULL: none.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if it is empty or has a control character, or a space at either
/// end; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `user_agent` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_set_user_agent(
    connecting: *mut oxws_connecting,
    user_agent: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.set_user_agent(optional_text(user_agent)?)) }
}

/// Sets the only header field of this name, in place of those that are there.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character, or a
/// space at either end, or the library writes that field itself; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `name` and `value` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_set_header(
    connecting: *mut oxws_connecting,
    name: *const c_char,
    value: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.set_header(text(name)?, text(value)?)) }
}

/// Adds a header field, behind those that are there.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, the value has a control character, or a
/// space at either end, or the library writes that field itself; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `name` and `value` are NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_add_header(
    connecting: *mut oxws_connecting,
    name: *const c_char,
    value: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.add_header(text(name)?, text(value)?)) }
}

/// Removes all header fields of this name, if there are any.
///
/// Errors: `OXWS_ERROR_INVALID_HEADER` if the name is no token, or the library writes that field itself;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `name` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_remove_header(
    connecting: *mut oxws_connecting,
    name: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.remove_header(text(name)?)) }
}

/// Offers these subprotocols, in the order of preference, and no others. `names` may be NULL if `count` is
/// 0.
///
/// Errors: `OXWS_ERROR_INVALID_SUBPROTOCOL` if one is no token or listed twice; `OXWS_ERROR_INVALID_UTF8`;
/// `OXWS_ERROR_NULL_ARGUMENT` also if one of the names is NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `names` is NULL or points to `count` pointers,
/// each NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_set_subprotocols(
    connecting: *mut oxws_connecting,
    names: *const *const c_char,
    count: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { change(connecting, |request| request.set_subprotocols(&texts(names, count)?)) }
}
