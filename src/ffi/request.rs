//! The request of a client, as a server's callbacks see it.

use std::cell::OnceCell;
use std::ffi::{c_char, c_void};

use super::guard::{guard_or, reference, text};
use super::lend::{lend_bytes, lend_pair, lend_text};
use super::loop_handle::oxws_loop;
use super::peer_address::PeerAddress;
use super::vocabulary::{oxws_connection, oxws_version};
use crate::protocol::handshake::extension::ExtensionOffer;
use crate::protocol::handshake::query::Parameters;
use crate::protocol::handshake::request::Request;

/// A request that has been read whole. Lent to `on_request` and `on_http_request` until they return;
/// what a later decision needs must be copied.
///
/// Texts from it are pointers and lengths without a NUL, valid as long as the request. Wherever a
/// length is returned through `len`, that may be NULL.
pub struct oxws_request {
    pub(super) request: Box<Request>,
    pub(super) peer: PeerAddress,
    /// Read when they are first asked for.
    pub(super) parameters: OnceCell<Parameters>,
    pub(super) extensions: OnceCell<Vec<ExtensionOffer>>,
}

impl oxws_request {
    /// A request that has come from this peer.
    pub(super) fn new(request: Box<Request>, peer: PeerAddress) -> oxws_request {
        let (parameters, extensions) = (OnceCell::new(), OnceCell::new());
        oxws_request { request, peer, parameters, extensions }
    }
}

/// Called with a request that has to be answered, in the callback or later.
pub type oxws_request_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        request: *const oxws_request,
        user: *mut c_void,
    ),
>;

/// Called with a request for a WebSocket, to tell whether its origin is let in: 0 if it is not. The
/// request is lent until the callback returns.
pub type oxws_origin_callback =
    Option<unsafe extern "C" fn(request: *const oxws_request, user: *mut c_void) -> i32>;

/// The method, such as "GET". NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_method(
    request: *const oxws_request,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| Some(request.request.method())) }
}

/// The target as it came: path and query, or a whole URL. NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_target(
    request: *const oxws_request,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| Some(request.request.target())) }
}

/// The path, which begins with "/" and is not decoded. NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_path(
    request: *const oxws_request,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| Some(request.request.path())) }
}

/// The query behind the "?", not decoded; NULL if there is none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_query(
    request: *const oxws_request,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| request.request.query()) }
}

/// The Host: name or address, and the port if there is one. NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_host(
    request: *const oxws_request,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| Some(request.request.host())) }
}

/// The Origin; NULL if there is none. Only a browser's can be relied on.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_origin(
    request: *const oxws_request,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| request.request.origin()) }
}

/// The value of a header field, whose name is compared without regard to case: of the first field
/// of that name for `index` 0, of the next for 1, and so on. NULL if there are not that many.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `name` is NULL or NUL-terminated, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_header(
    request: *const oxws_request,
    name: *const c_char,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_bytes(request, len, |request| request.request.header(text(name).ok()?, index)) }
        .cast()
}

/// How many header fields there are.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_header_count(request: *const oxws_request) -> usize {
    guard_or(0, || {
        // SAFETY: promised by the caller.
        unsafe { reference(request) }.map_or(0, |request| request.request.header_count())
    })
}

/// The header field at `index`, in the order of the request: returns its name, and through `value` its
/// value. NULL if there is no such field; then nothing is written.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid; `name_len`, `value` and `value_len` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_header_at(
    request: *const oxws_request,
    index: usize,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_pair(request, name_len, value, value_len, |request| {
            let (name, content) = request.request.header_at(index)?;
            Some((name, Some(content)))
        })
    }
}

/// How many subprotocols the client offers.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_subprotocol_count(request: *const oxws_request) -> usize {
    let count = |request: &oxws_request| request.request.subprotocols().count();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(request) }.map_or(0, count))
}

/// The subprotocol at `index`, in the client's order of preference; NULL if there are not that many.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_subprotocol_at(
    request: *const oxws_request,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| request.request.subprotocols().nth(index)) }
}

/// The version of the protocol that the client asks for, which a request without
/// Sec-WebSocket-Version shows by the fields that only version 0 has; `OXWS_VERSION_UNKNOWN` for an
/// ordinary request and for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_version(request: *const oxws_request) -> oxws_version {
    let unknown = oxws_version::OXWS_VERSION_UNKNOWN;
    guard_or(unknown, || {
        // SAFETY: promised by the caller.
        unsafe { reference(request) }.map_or(unknown, |request| request.request.version().into())
    })
}
