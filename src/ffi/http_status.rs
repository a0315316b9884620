//! HTTP statuses with which requests are refused.

use std::ffi::{CStr, CString, c_char};
use std::sync::LazyLock;

use super::guard::guard_or;
use crate::protocol::handshake::reply::usual_phrase;

/// HTTP statuses (RFC 9110 section 15) that `oxws_deny` is most often given; any from 200 to 599 may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum oxws_http_status {
    /// The request breaks a rule.
    OXWS_HTTP_BAD_REQUEST = 400,
    /// The client has to say who it is; the answer names the way in WWW-Authenticate.
    OXWS_HTTP_UNAUTHORIZED = 401,
    /// The request is refused, whoever makes it.
    OXWS_HTTP_FORBIDDEN = 403,
    /// There is nothing at this path; there may be later.
    OXWS_HTTP_NOT_FOUND = 404,
    /// Nothing that the server has suits the fields of the request, such as its subprotocols.
    OXWS_HTTP_NOT_ACCEPTABLE = 406,
    /// The client was too slow, and may ask again.
    OXWS_HTTP_REQUEST_TIMEOUT = 408,
    /// The server does not answer for this host.
    OXWS_HTTP_MISDIRECTED_REQUEST = 421,
    /// The client has to ask for a WebSocket, of a version that the server speaks.
    OXWS_HTTP_UPGRADE_REQUIRED = 426,
    /// The client has asked too often.
    OXWS_HTTP_TOO_MANY_REQUESTS = 429,
    /// The server met something that it did not expect.
    OXWS_HTTP_INTERNAL_SERVER_ERROR = 500,
    /// The server cannot do what is asked for.
    OXWS_HTTP_NOT_IMPLEMENTED = 501,
    /// The server is overloaded or under maintenance for the time being.
    OXWS_HTTP_SERVICE_UNAVAILABLE = 503,
}

/// The phrases that are known, with the NUL that C wants, made once.
static PHRASES: LazyLock<Vec<(u16, CString)>> = LazyLock::new(|| {
    let phrases = (200..=599).map(|status| (status, usual_phrase(status)));
    let known = phrases.filter(|(_, phrase)| !phrase.is_empty());
    known.map(|(status, phrase)| (status, CString::new(phrase).unwrap_or_default())).collect()
});

fn description(status: u16) -> Option<&'static CStr> {
    Some(match status {
        400 => c"the request breaks a rule",
        401 => c"the client has to say who it is",
        403 => c"the request is refused, whoever makes it",
        404 => c"there is nothing at this path; there may be later",
        406 => c"nothing that the server has suits the fields of the request",
        408 => c"the client was too slow, and may ask again",
        421 => c"the server does not answer for this host",
        426 => c"the client has to ask for a WebSocket, of a version that the server speaks",
        429 => c"the client has asked too often",
        500 => c"the server met something that it did not expect",
        501 => c"the server cannot do what is asked for",
        503 => c"the server is overloaded or under maintenance for the time being",
        _ => return None,
    })
}

/// The usual phrase of an HTTP status, such as "Not Found"; NULL for one that is not known.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_http_status_phrase(http_status: u16) -> *const c_char {
    guard_or(std::ptr::null(), || {
        let known = PHRASES.iter().find(|(known, _)| *known == http_status);
        known.map_or(std::ptr::null(), |(_, phrase)| phrase.as_ptr())
    })
}

/// What an `oxws_http_status` says, as a sentence in English without a full stop; NULL for any other
/// number.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_http_status_description(http_status: u16) -> *const c_char {
    guard_or(std::ptr::null(), || description(http_status).map_or(std::ptr::null(), CStr::as_ptr))
}
