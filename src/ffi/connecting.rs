//! A client's request before it is written, as `on_connecting` sees it.

use std::ffi::{c_char, c_void};

use super::guard::{guard, guard_or, reference, text, write_text};
use super::lend::{lend_pair, lend_text};
use super::loop_handle::oxws_loop;
use super::peer_address::PeerAddress;
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::protocol::handshake::client_request::ClientRequest;

/// A client's request that is about to be written. Lent to `on_connecting` until that returns, which may
/// change it.
///
/// Texts from it are pointers and lengths without a NUL, valid until it is changed. Wherever a length is
/// returned through `len`, that may be NULL.
pub struct oxws_connecting {
    pub(super) request: Box<ClientRequest>,
    pub(super) peer_address: PeerAddress,
}

/// Called with a client's request before it is written.
pub type oxws_connecting_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        connecting: *mut oxws_connecting,
        user: *mut c_void,
    ),
>;

/// The address that the stream is connected to, as `oxws_get_peer_address` gives it; NULL where it is
/// not known, as for an `oxws_protocol`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_peer_address(
    connecting: *const oxws_connecting,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(connecting, len, |connecting| connecting.peer_address.get()) }
}

/// The host for which the request is, out of its Host field: a name, or an address, an IPv6 one in
/// brackets. NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_host(
    connecting: *const oxws_connecting,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(connecting, len, |connecting| Some(connecting.request.host_name())) }
}

/// The port for which the request is: that of its Host field, or the usual one of the scheme. 0 for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_port(connecting: *const oxws_connecting) -> u16 {
    let port = |connecting: &oxws_connecting| connecting.request.port();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(connecting) }.map_or(0, port))
}

/// Path and query, at least "/". NULL for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_resource(
    connecting: *const oxws_connecting,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(connecting, len, |connecting| Some(connecting.request.target())) }
}

/// The origin; NULL if there is none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_origin(
    connecting: *const oxws_connecting,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(connecting, len, |connecting| connecting.request.origin()) }
}

/// The value of the User-Agent field; NULL if there is none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_user_agent(
    connecting: *const oxws_connecting,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_text(connecting, len, |connecting| connecting.request.headers().get("User-Agent", 0))
    }
}

/// The value of a header field, whose name is compared without regard to case: of the first field
/// of that name for `index` 0, of the next for 1, and so on. NULL if there are not that many. The fields
/// that the library writes itself are not among them: Host, Origin, Connection, Upgrade, Sec-WebSocket-*.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `name` is NULL or NUL-terminated, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_header(
    connecting: *const oxws_connecting,
    name: *const c_char,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_text(connecting, len, |connecting| {
            connecting.request.headers().get(text(name).ok()?, index)
        })
    }
}

/// How many header fields there are, as `oxws_connecting_header` counts them.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_header_count(connecting: *const oxws_connecting) -> usize {
    let count = |connecting: &oxws_connecting| connecting.request.headers().count();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(connecting) }.map_or(0, count))
}

/// The header field at `index`, in the order of the request: returns its name, and through `value` its
/// value. NULL if there is no such field; then nothing is written.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid; `name_len`, `value` and `value_len` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_header_at(
    connecting: *const oxws_connecting,
    index: usize,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_pair(connecting, name_len, value, value_len, |connecting| {
            let (name, content) = connecting.request.headers().at(index)?;
            Some((name, Some(content.as_bytes())))
        })
    }
}

/// How many subprotocols the request offers.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_subprotocol_count(
    connecting: *const oxws_connecting,
) -> usize {
    let count = |connecting: &oxws_connecting| connecting.request.subprotocols().len();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(connecting) }.map_or(0, count))
}

/// The subprotocol at `index`, in the order of preference; NULL if there is none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_subprotocol_at(
    connecting: *const oxws_connecting,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_text(connecting, len, |connecting| {
            connecting.request.subprotocols().get(index).map(|name| &**name)
        })
    }
}

/// The request as a JSON object with the members `peer` (text, or null), `host`, `port`, `resource`,
/// `version`, `origin` (or null), `subprotocols` (a list) and `headers` (a list of names with their
/// values). Secrets are not in it: the values of Authorization, Proxy-Authorization and Cookie are
/// "***".
///
/// It is copied into `buffer` with a NUL behind it; `*len` gets its bytes without the NUL, also if it does
/// not fit. `buffer` may be NULL if `capacity` is 0, to ask for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `connecting` is NULL or valid, `buffer` is NULL or points to `capacity` writable bytes, `len` is NULL
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_to_json(
    connecting: *const oxws_connecting,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        unsafe {
            let connecting = reference(connecting)?;
            let json = connecting.request.to_json(connecting.peer_address.get());
            write_text(&json, buffer, capacity, len)
        }
    })
}

/// The request as one line for people, such as a log wants it. The buffer works as for
/// `oxws_connecting_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_connecting_to_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_connecting_to_text(
    connecting: *const oxws_connecting,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        unsafe {
            let connecting = reference(connecting)?;
            let text = connecting.request.to_text(connecting.peer_address.get());
            write_text(&text, buffer, capacity, len)
        }
    })
}
