//! Close codes (RFC 6455 section 7.4) as constants and texts.

use std::ffi::{CString, c_char};
use std::sync::LazyLock;

use super::guard::guard_or;
use crate::protocol::close::CloseCode;

/// The close codes that a specification names. A close code is any `uint16_t`: 3000 to 4999 belong
/// to libraries and applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum oxws_close_code {
    /// The purpose of the connection has been fulfilled.
    OXWS_CLOSE_NORMAL = 1000,
    /// A server shuts down, or a browser leaves the page.
    OXWS_CLOSE_GOING_AWAY = 1001,
    /// The peer broke a rule of the protocol.
    OXWS_CLOSE_PROTOCOL_ERROR = 1002,
    /// This type of data cannot be accepted.
    OXWS_CLOSE_UNSUPPORTED_DATA = 1003,
    /// Reserved; never sent.
    OXWS_CLOSE_RESERVED_1004 = 1004,
    /// Reported where a Close frame carried no code; never sent.
    OXWS_CLOSE_NO_STATUS = 1005,
    /// Reported where no Close frame came; never sent.
    OXWS_CLOSE_ABNORMAL = 1006,
    /// The bytes do not fit the type of the message.
    OXWS_CLOSE_INVALID_PAYLOAD = 1007,
    /// The message broke a policy; the generic code.
    OXWS_CLOSE_POLICY_VIOLATION = 1008,
    /// The message is larger than the receiver takes.
    OXWS_CLOSE_MESSAGE_TOO_BIG = 1009,
    /// The client needs an extension that the server did not agree to; only clients send it.
    OXWS_CLOSE_MANDATORY_EXTENSION = 1010,
    /// The endpoint met a condition that it did not expect.
    OXWS_CLOSE_INTERNAL_ERROR = 1011,
    /// The service restarts.
    OXWS_CLOSE_SERVICE_RESTART = 1012,
    /// The service is overloaded; come back later.
    OXWS_CLOSE_TRY_AGAIN_LATER = 1013,
    /// A gateway got an invalid answer from the server behind it.
    OXWS_CLOSE_BAD_GATEWAY = 1014,
    /// Reported where the TLS handshake failed; never sent.
    OXWS_CLOSE_TLS_HANDSHAKE = 1015,
}

/// The texts of the codes that have one, with the NUL that C wants, made once.
static TEXTS: LazyLock<Vec<(CloseCode, CString, CString)>> = LazyLock::new(|| {
    let entry = |number| {
        let code = CloseCode::from_number(number);
        let name = CString::new(code.name()?).ok()?;
        Some((code, name, CString::new(code.description()?).ok()?))
    };
    (1000..=1015).filter_map(entry).collect()
});

/// The name of a close code, such as "GOING_AWAY"; NULL for a code that no specification names.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_name(code: u16) -> *const c_char {
    guard_or(std::ptr::null(), || {
        let known = TEXTS.iter().find(|(known, ..)| known.number() == code);
        known.map_or(std::ptr::null(), |(_, name, _)| name.as_ptr())
    })
}

/// What a close code says, as a sentence in English; NULL for a code that no specification names.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_description(code: u16) -> *const c_char {
    guard_or(std::ptr::null(), || {
        let known = TEXTS.iter().find(|(known, ..)| known.number() == code);
        known.map_or(std::ptr::null(), |(.., text)| text.as_ptr())
    })
}

/// Whether a Close frame may carry the code (1), or not (0): 1000 to 1003, 1007 to 1014 and 3000 to
/// 4999 may.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_is_sendable(code: u16) -> i32 {
    guard_or(0, || i32::from(CloseCode::from_number(code).is_valid_on_wire()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_those_of_the_protocol() {
        use oxws_close_code::*;
        let pairs = [
            (OXWS_CLOSE_NORMAL, CloseCode::NORMAL, "NORMAL"),
            (OXWS_CLOSE_GOING_AWAY, CloseCode::GOING_AWAY, "GOING_AWAY"),
            (OXWS_CLOSE_PROTOCOL_ERROR, CloseCode::PROTOCOL_ERROR, "PROTOCOL_ERROR"),
            (OXWS_CLOSE_UNSUPPORTED_DATA, CloseCode::UNSUPPORTED_DATA, "UNSUPPORTED_DATA"),
            (OXWS_CLOSE_RESERVED_1004, CloseCode::RESERVED_1004, "RESERVED_1004"),
            (OXWS_CLOSE_NO_STATUS, CloseCode::NO_STATUS, "NO_STATUS"),
            (OXWS_CLOSE_ABNORMAL, CloseCode::ABNORMAL, "ABNORMAL"),
            (OXWS_CLOSE_INVALID_PAYLOAD, CloseCode::INVALID_PAYLOAD, "INVALID_PAYLOAD"),
            (OXWS_CLOSE_POLICY_VIOLATION, CloseCode::POLICY_VIOLATION, "POLICY_VIOLATION"),
            (OXWS_CLOSE_MESSAGE_TOO_BIG, CloseCode::MESSAGE_TOO_BIG, "MESSAGE_TOO_BIG"),
            (OXWS_CLOSE_MANDATORY_EXTENSION, CloseCode::MANDATORY_EXTENSION, "MANDATORY_EXTENSION"),
            (OXWS_CLOSE_INTERNAL_ERROR, CloseCode::INTERNAL_ERROR, "INTERNAL_ERROR"),
            (OXWS_CLOSE_SERVICE_RESTART, CloseCode::SERVICE_RESTART, "SERVICE_RESTART"),
            (OXWS_CLOSE_TRY_AGAIN_LATER, CloseCode::TRY_AGAIN_LATER, "TRY_AGAIN_LATER"),
            (OXWS_CLOSE_BAD_GATEWAY, CloseCode::BAD_GATEWAY, "BAD_GATEWAY"),
            (OXWS_CLOSE_TLS_HANDSHAKE, CloseCode::TLS_HANDSHAKE, "TLS_HANDSHAKE"),
        ];
        for (constant, code, name) in pairs {
            assert_eq!(constant as u16, code.number());
            assert_eq!(code.name(), Some(name));
        }
    }
}
