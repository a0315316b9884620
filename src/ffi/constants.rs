//! Fixed numbers and texts of the protocol.

use std::ffi::{CStr, c_char};

use super::guard::guard_or;

/// The most bytes that the payload of a control frame can have (RFC 6455 section 5.5).
pub const OXWS_MAX_CONTROL_BYTES: usize = 125;

/// The most bytes that a close reason can have: a control frame's less the code.
pub const OXWS_MAX_REASON_BYTES: usize = 123;

/// The most bytes that the header of a frame can have: two, a 64-bit length and a key.
pub const OXWS_MAX_FRAME_HEADER_BYTES: usize = 14;

const GUID: &CStr = c"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const VERSION: &CStr = c"13";

/// `OXWS_PROTOCOL_GUID`, for callers that cannot use macros. The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_protocol_guid() -> *const c_char {
    guard_or(GUID.as_ptr(), || GUID.as_ptr())
}

/// `OXWS_PROTOCOL_VERSION`, for callers that cannot use macros. The text lives as long as the
/// library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_protocol_version() -> *const c_char {
    guard_or(VERSION.as_ptr(), || VERSION.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{close, frame, handshake::key, version::Version};

    #[test]
    fn the_constants_are_those_that_the_protocol_works_with() {
        assert_eq!(OXWS_MAX_CONTROL_BYTES, frame::MAX_CONTROL_BYTES);
        assert_eq!(OXWS_MAX_REASON_BYTES, close::MAX_REASON_BYTES);
        assert_eq!(OXWS_MAX_FRAME_HEADER_BYTES, frame::MAX_HEADER_BYTES);
        assert_eq!(GUID.to_bytes(), key::GUID);
        assert_eq!(Version::from_field("13"), Version::LATEST);
    }
}
