//! The version of the library itself.

use std::ffi::{CStr, c_char};

use super::guard::guard_or;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The version of the library that the program runs with, such as "0.1.0".
///
/// `OXWS_LIBRARY_VERSION` is the version of the header that it was compiled with. The text lives as
/// long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_library_version() -> *const c_char {
    guard_or(VERSION.as_ptr(), || VERSION.as_ptr())
}

/// The version of the library that the program runs with, as a number: major << 16 | minor << 8 |
/// patch, to be compared with `OXWS_LIBRARY_VERSION_NUMBER`.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_library_version_number() -> u32 {
    guard_or(0, || {
        VERSION
            .to_str()
            .unwrap_or_default()
            .split('.')
            .fold(0, |number, part| number << 8 | part.parse().unwrap_or(0))
    })
}
