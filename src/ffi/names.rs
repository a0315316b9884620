//! The names of states and sides, for logs.

use std::ffi::{CStr, c_char};

use super::guard::guard_or;

/// A name that is looked up; NULL where there is none.
fn name_or_null(find: impl FnOnce() -> Option<&'static CStr>) -> *const c_char {
    guard_or(std::ptr::null(), || find().map_or(std::ptr::null(), CStr::as_ptr))
}

/// The name of an `oxws_state`, such as "OPEN"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_state_name(state: i32) -> *const c_char {
    name_or_null(|| {
        Some(match state {
            1 => c"RESOLVING",
            2 => c"CONNECTING",
            3 => c"TLS",
            4 => c"PROXY",
            5 => c"HANDSHAKE",
            6 => c"OPEN",
            7 => c"CLOSING",
            8 => c"CLOSED",
            9 => c"WAITING",
            _ => return None,
        })
    })
}

/// The name of an `oxws_close_state`, such as "CLOSE_SENT"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_state_name(close_state: i32) -> *const c_char {
    name_or_null(|| {
        Some(match close_state {
            0 => c"OPEN",
            1 => c"CLOSE_SENT",
            2 => c"CLOSE_RECEIVED",
            3 => c"CLOSED",
            _ => return None,
        })
    })
}

/// The name of an `oxws_role`: "CLIENT" or "SERVER"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_role_name(role: i32) -> *const c_char {
    name_or_null(|| {
        Some(match role {
            1 => c"CLIENT",
            2 => c"SERVER",
            _ => return None,
        })
    })
}
