//! What has to be read from a request first: its peer, parameters, cookies and extensions, and its
//! description.

use std::ffi::c_char;

use super::guard::{guard, guard_or, reference, text, write_text};
use super::lend::{lend_bytes, lend_pair, lend_text, pair_of};
use super::request::oxws_request;
use super::status::oxws_status;
use crate::protocol::handshake::extension::{ExtensionOffer, ExtensionParameter};
use crate::protocol::handshake::query::Parameters;

impl oxws_request {
    fn parameters(&self) -> &Parameters {
        self.parameters.get_or_init(|| self.request.parameters())
    }

    fn extensions(&self) -> &[ExtensionOffer] {
        self.extensions.get_or_init(|| self.request.extensions())
    }

    fn extension_parameters(&self, extension: usize) -> &[ExtensionParameter] {
        self.extensions().get(extension).map_or(&[], |extension| &extension.parameters)
    }
}

/// Where the request came from: "192.0.2.1:50000", "[2001:db8::1]:50000" or "unix:". Behind a proxy
/// that is the proxy, unless the proxy is believed whom it passes on (`oxws_config_trust_proxy_header`,
/// `oxws_config_trust_forwarded`). NULL if it is not known, as for a request of an `oxws_protocol`, and for NULL.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_peer_address(
    request: *const oxws_request,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| request.peer.get()) }
}

/// The value of a parameter of the query: of the first parameter of that name for `index` 0, of the
/// next for 1, and so on; NULL if there are not that many. Names and values are decoded as HTML forms
/// encode them: "+" is a space, "%" and two digits a byte, and what is not UTF-8 then is replaced by
/// U+FFFD; a NUL may stand in them. The case of the name counts.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `name` is NULL or NUL-terminated, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_parameter(
    request: *const oxws_request,
    name: *const c_char,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_text(request, len, |request| request.parameters().value(text(name).ok()?, index))
    }
}

/// How many parameters the query has.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_parameter_count(request: *const oxws_request) -> usize {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(request) }.map_or(0, |request| request.parameters().count()))
}

/// The parameter at `index`, in the order of the query: returns its name, and through `value` its
/// value, both decoded. NULL if there is no such parameter; then nothing is written.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid; `name_len`, `value` and `value_len` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_parameter_at(
    request: *const oxws_request,
    index: usize,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_pair(request, name_len, value, value_len, |request| {
            let (name, content) = request.parameters().at(index)?;
            Some((name, Some(content.as_bytes())))
        })
    }
}

/// The value of the first cookie of this name, as it came; NULL if there is none.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `name` is NULL or NUL-terminated, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_cookie(
    request: *const oxws_request,
    name: *const c_char,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_bytes(request, len, |request| request.request.cookie(text(name).ok()?)) }.cast()
}

/// How many extensions the client offers.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_extension_count(request: *const oxws_request) -> usize {
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(request) }.map_or(0, |request| request.extensions().len()))
}

/// The name of the extension at `index`, in the client's order of preference; NULL if there are not
/// that many.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_extension_at(
    request: *const oxws_request,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe { lend_text(request, len, |request| Some(&*request.extensions().get(index)?.name)) }
}

/// How many parameters the extension at `extension` has; 0 if there is no such extension.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_extension_parameter_count(
    request: *const oxws_request,
    extension: usize,
) -> usize {
    let count = |request: &oxws_request| request.extension_parameters(extension).len();
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { reference(request) }.map_or(0, count))
}

/// The parameter at `index` of the extension at `extension`: returns its name, and through `value` its
/// value without quotes, which is NULL if the parameter has none. NULL if there is no such parameter;
/// then nothing is written.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid; `name_len`, `value` and `value_len` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_extension_parameter_at(
    request: *const oxws_request,
    extension: usize,
    index: usize,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
) -> *const c_char {
    // SAFETY: promised by the caller.
    unsafe {
        lend_pair(request, name_len, value, value_len, |request| {
            request.extension_parameters(extension).get(index).map(pair_of)
        })
    }
}

/// The request as a JSON object with the members peer, method, host, path, query, parameters (an
/// object with an array of values for each name), headers (an array of pairs of name and value),
/// version, origin, subprotocols and extensions (objects with a name and parameters, which are pairs
/// of name and value). What is missing is null. The values of Cookie, Authorization and
/// Proxy-Authorization are "***". The text is copied into `buffer` with a NUL behind it; `*len` gets
/// its bytes without the NUL, also if it does not fit. `buffer` may be NULL if `capacity` is 0, to ask
/// for the length; `len` may be NULL.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `request` is NULL or valid, `buffer` is NULL or points to `capacity` writable bytes, `len` is NULL
/// or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_to_json(
    request: *const oxws_request,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let request = unsafe { reference(request) }?;
        let json = request.request.to_json(request.peer.get());
        // SAFETY: promised by the caller.
        unsafe { write_text(&json, buffer, capacity, len) }
    })
}

/// The request in one line of ASCII for a log, such as "GET /chat for example.com from
/// 192.0.2.1:50000, origin https://example.com, version 13". Its query is in it. The wording may
/// change. The buffer works as for `oxws_request_to_json`.
///
/// Errors: `OXWS_ERROR_BUFFER_TOO_SMALL` if it does not fit.
///
/// Thread: the loop's.
///
/// # Safety
///
/// As for `oxws_request_to_json`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_request_to_text(
    request: *const oxws_request,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let request = unsafe { reference(request) }?;
        let line = request.request.to_text(request.peer.get());
        // SAFETY: promised by the caller.
        unsafe { write_text(&line, buffer, capacity, len) }
    })
}
