//! Statuses: their names, sentences and counterparts on the wire.

use std::ffi::{CStr, c_char};
use std::sync::LazyLock;

use super::guard::guard_or;
use crate::protocol::error::ErrorCode;

/// The result of a call: `OXWS_OK`, or one of `oxws_error`, which are all negative.
///
/// Its numbers never change. Errors come in groups of a hundred: misuse (-100), not now or not any
/// more (-200), opening handshake (-300), frames (-400), limits (-500), network (-600), fatal (-900).
pub type oxws_status = i32;

/// Success.
pub const OXWS_OK: oxws_status = 0;

struct Text {
    number: i32,
    message: Box<CStr>,
    name: Box<CStr>,
    header_name: Option<Box<CStr>>,
}

/// The texts with the NUL that C wants, made once.
static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| {
    let c_text = |text: &str| std::ffi::CString::new(text).unwrap_or_default().into_boxed_c_str();
    let text = |number, name: &str, message: &str, header_name: Option<&str>| Text {
        number,
        name: c_text(name),
        message: c_text(message),
        header_name: header_name.map(c_text),
    };
    let mut texts = vec![text(OXWS_OK, "OXWS_OK", "success", None)];
    for error in ErrorCode::ALL {
        let (name, message) = (error.name(), error.to_string());
        texts.push(text(error.number(), name, &message, error.header_name()));
    }
    texts
});

fn find(status: oxws_status) -> Option<&'static Text> {
    TEXTS.iter().find(|text| text.number == status)
}

/// The name of the header field that an error is about; NULL if it is about none.
pub(super) fn header_name(error: ErrorCode) -> *const c_char {
    let text = find(error.number()).and_then(|text| text.header_name.as_ref());
    text.map_or(std::ptr::null(), |name| name.as_ptr())
}

/// The name of a status, such as "OXWS_ERROR_CLOSED"; "OXWS_UNKNOWN" for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_status_name(status: oxws_status) -> *const c_char {
    guard_or(c"OXWS_UNKNOWN".as_ptr(), || match find(status) {
        Some(text) => text.name.as_ptr(),
        None => c"OXWS_UNKNOWN".as_ptr(),
    })
}

/// What a status means, as a sentence in English without a full stop.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_status_message(status: oxws_status) -> *const c_char {
    guard_or(c"an unknown status".as_ptr(), || match find(status) {
        Some(text) => text.message.as_ptr(),
        None => c"an unknown status".as_ptr(),
    })
}

/// The close code with which a connection that fails so is closed, or, for 1006, reported; 0 if none
/// belongs to the status, as to misuse and to a request that is refused.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_status_close_code(status: oxws_status) -> u16 {
    guard_or(0, || {
        ErrorCode::from_number(status)
            .and_then(ErrorCode::close_code)
            .map_or(0, |code| code.number())
    })
}

/// The HTTP status with which a request that fails so is answered; 0 if none belongs to the status.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_status_http_status(status: oxws_status) -> u16 {
    guard_or(0, || ErrorCode::from_number(status).and_then(ErrorCode::http_status).unwrap_or(0))
}
