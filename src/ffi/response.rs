//! The answer of a server, as a client's callback sees it.

use std::ffi::{c_char, c_void};
use std::sync::{Arc, OnceLock};

use super::guard::{guard, guard_or, reference, text, write_text};
use super::lend::{lend_bytes, lend_pair, lend_text, pair_of};
use super::loop_handle::oxws_loop;
use super::peer_address::PeerAddress;
use super::status::oxws_status;
use super::vocabulary::{oxws_connection, oxws_version};
use crate::protocol::handshake::extension::{ExtensionOffer, ExtensionParameter};
use crate::protocol::handshake::response::Response;

/// The server's answer to the opening request. Lent to `on_response` until that returns, or by
/// `oxws_close_info_response` for as long as the report of the end is there.
///
/// Texts from it are pointers and lengths without a NUL, valid as long as the response. Wherever a
/// length is returned through `len`, that may be NULL.
#[derive(Clone)]
pub struct oxws_response {
    pub(super) response: Arc<Response>,
    pub(super) peer_address: PeerAddress,
    pub(super) extensions: OnceLock<Vec<ExtensionOffer>>,
}

impl From<Arc<Response>> for oxws_response {
    fn from(response: Arc<Response>) -> oxws_response {
        let (peer_address, extensions) = Default::default();
        oxws_response { response, peer_address, extensions }
    }
}

impl oxws_response {
    fn extensions(&self) -> &[ExtensionOffer] {
        self.extensions.get_or_init(|| self.response.extensions())
    }

    fn extension_parameters(&self, extension: usize) -> &[ExtensionParameter] {
        self.extensions().get(extension).map_or(&[], |extension| &extension.parameters)
    }
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
    unsafe { lend_text(response, len, |response| Some(response.response.phrase())) }
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
    unsafe {
        lend_bytes(response, len, |response| response.response.header(text(name).ok()?, index))
    }
    .cast()
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
    // SAFETY: promised by the caller.
    unsafe {
        lend_pair(response, name_len, value, value_len, |response| {
            let (name, content) = response.response.header_at(index)?;
            Some((name, Some(content)))
        })
    }
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
    unsafe { lend_text(response, len, |response| response.response.subprotocol()) }
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
    unsafe { lend_bytes(response, len, |response| Some(response.response.body())) }
}

/// The version of the protocol: where the server has accepted the one that was asked for, and for a
/// refusal the first that the server lists in Sec-WebSocket-Version. `OXWS_VERSION_UNKNOWN` if it lists
/// none, or one that no draft defines, and for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_version(response: *const oxws_response) -> oxws_version {
    let unknown = oxws_version::OXWS_VERSION_UNKNOWN;
    let version = |response: &oxws_response| response.response.version().into();
    // SAFETY: promised by the caller.
    guard_or(unknown, || unsafe { reference(response) }.map_or(unknown, version))
}

/// The address of the server, as `oxws_get_peer_address` gives it; NULL where it is not known, as for
/// the response of an `oxws_close_info`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_peer_address(
    response: *const oxws_response,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(response, len, |response| response.peer_address.get()) }
}

/// How many extensions the response names. A field of them that cannot be read has none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_extension_count(response: *const oxws_response) -> usize {
    let count = |response: &oxws_response| response.extensions().len();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(response) }.map_or(0, count))
}

/// The name of the extension at `index`, in the order of the response; NULL if there is none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_extension_at(
    response: *const oxws_response,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(response, len, |response| Some(&*response.extensions().get(index)?.name)) }
}

/// How many parameters the extension at `extension` has; 0 if there is no such extension.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_extension_parameter_count(
    response: *const oxws_response,
    extension: usize,
) -> usize {
    let count = |response: &oxws_response| response.extension_parameters(extension).len();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(response) }.map_or(0, count))
}

/// The parameter at `index` of the extension at `extension`: returns its name, and through `value` its
/// value without quotes, which is NULL if the parameter has none. NULL if there is no such parameter;
/// then nothing is written.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid; `name_len`, `value` and `value_len` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_extension_parameter_at(
    response: *const oxws_response,
    extension: usize,
    index: usize,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_pair(response, name_len, value, value_len, |response| {
            response.extension_parameters(extension).get(index).map(pair_of)
        })
    }
}

/// The response as a JSON object with the members `peer` (text, or null), `status`, `phrase`, `version`
/// (or null), `subprotocol` (or null), `extensions` (a list of objects with `name` and
/// `parameters`, a list of names with their values or null), `headers` (a list of names with their
/// values, secrets as "***") and `body_bytes`. The buffer works as for `oxws_connecting_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `response` is NULL or valid, `buffer` is NULL or points to `capacity` writable bytes, `len` is NULL
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_to_json(
    response: *const oxws_response,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        unsafe {
            let response = reference(response)?;
            let json = response.response.to_json(response.peer_address.get());
            write_text(&json, buffer, capacity, len)
        }
    })
}

/// The response as one line for people, such as a log wants it. The buffer works as for
/// `oxws_connecting_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_response_to_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_response_to_text(
    response: *const oxws_response,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        unsafe {
            let response = reference(response)?;
            let text = response.response.to_text(response.peer_address.get());
            write_text(&text, buffer, capacity, len)
        }
    })
}
