//! Close codes (RFC 6455 section 7.4): constants, and what is known of any number.

use std::ffi::c_char;

use super::guard::{guard, guard_or, required, text, write};
use super::reason::{texts_of, with_name};
use super::status::oxws_status;
use super::vocabulary::oxws_version;
use crate::protocol::close_code::{CloseCode, Range, Reconnect, Sender};
use crate::protocol::error::ErrorCode;

/// The close codes that a specification or the IANA registry names. A close code is any `uint16_t`: 3000 to 4999 belong
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
    /// The client must authenticate itself first, as HTTP 401 says it.
    OXWS_CLOSE_UNAUTHORIZED = 3000,
    /// The client may not do what it asked for, as HTTP 403 says it.
    OXWS_CLOSE_FORBIDDEN = 3003,
    /// The peer took too long, as HTTP 408 says it.
    OXWS_CLOSE_TIMEOUT = 3008,
}

/// Who may send a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_close_sender {
    /// Nobody: it is only reported, or reserved, or no close code at all.
    OXWS_CLOSE_SENDER_NOBODY = 0,
    /// Clients and servers.
    OXWS_CLOSE_SENDER_EITHER = 1,
    /// Clients alone.
    OXWS_CLOSE_SENDER_CLIENT = 2,
    /// Servers alone.
    OXWS_CLOSE_SENDER_SERVER = 3,
}

/// Whom a close code belongs to (RFC 6455 section 7.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_close_range {
    /// 0 to 999 and from 5000 on: never a close code.
    OXWS_CLOSE_RANGE_INVALID = 0,
    /// 1000 to 2999: the protocol and its extensions.
    OXWS_CLOSE_RANGE_PROTOCOL = 1,
    /// 3000 to 3999: libraries and frameworks, which register theirs with IANA.
    OXWS_CLOSE_RANGE_LIBRARY = 2,
    /// 4000 to 4999: whatever a client and its server agree on.
    OXWS_CLOSE_RANGE_PRIVATE = 3,
}

/// What a client that wants to stay connected does after a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_reconnect {
    /// It does not come back by itself: the same would happen again, as after 1002, 1003, 1007 to 1010
    /// and 1015, or nothing is left to do, as after 1000 and 1005, or only the two programs know what
    /// the code means.
    OXWS_RECONNECT_NEVER = 0,
    /// It comes back at once, and backs off if that fails: after 1001, as others may serve the address.
    OXWS_RECONNECT_NOW = 1,
    /// It waits a random time before it comes back, at first up to 5 seconds, longer after each failure
    /// (RFC 6455 section 7.2.3): after 1006, 1011 to 1014 and 3008. After 1012 the registry asks for 5
    /// to 30 seconds.
    OXWS_RECONNECT_BACK_OFF = 2,
}

/// The name of a close code, such as "GOING_AWAY", also of one that `oxws_reason_register` was told;
/// NULL for any other.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_name(code: u16) -> *const c_char {
    guard_or(std::ptr::null(), || {
        texts_of(code).map_or(std::ptr::null(), |texts| texts.name.as_ptr())
    })
}

/// What a close code says, as a sentence in English, or as `oxws_reason_register` was told; NULL for
/// any other.
///
/// The text is NUL-terminated and lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_description(code: u16) -> *const c_char {
    guard_or(std::ptr::null(), || {
        texts_of(code).map_or(std::ptr::null(), |texts| texts.description.as_ptr())
    })
}

/// The close code with this name, such as "GOING_AWAY", in the same capitals and small letters.
///
/// Errors: `OXWS_ERROR_NOT_FOUND` if no code has the name, `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: any.
///
/// # Safety
///
/// `name` is NULL or NUL-terminated, `code` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_code_from_name(
    name: *const c_char,
    code: *mut u16,
) -> oxws_status {
    guard(|| {
        // SAFETY: promised by the caller.
        let name = unsafe { text(name) }?;
        let place = required(code)?;
        let reason = with_name(name).ok_or(ErrorCode::NotFound)?;
        // SAFETY: promised by the caller.
        unsafe { write(place, reason.code.number()) };
        Ok(())
    })
}

/// Whether a Close frame may carry the code (1), or not (0): 1000 to 1003, 1007 to 1014 and 3000 to
/// 4999 may. That some of them suit only one side, `oxws_close_code_sender` tells.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_is_sendable(code: u16) -> i32 {
    guard_or(0, || i32::from(CloseCode::from_number(code).is_valid_on_wire()))
}

/// Whether a close code is only ever reported to the program of this side (1): 1005, 1006 and 1015; 0
/// for all others. No Close frame may carry it.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_is_local_only(code: u16) -> i32 {
    guard_or(0, || i32::from(CloseCode::from_number(code).is_local_only()))
}

/// Who may send a close code: `OXWS_CLOSE_SENDER_NOBODY` exactly where
/// `oxws_close_code_is_sendable` is 0.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_sender(code: u16) -> oxws_close_sender {
    guard_or(oxws_close_sender::OXWS_CLOSE_SENDER_NOBODY, || {
        match CloseCode::from_number(code).sender() {
            Sender::Nobody => oxws_close_sender::OXWS_CLOSE_SENDER_NOBODY,
            Sender::Either => oxws_close_sender::OXWS_CLOSE_SENDER_EITHER,
            Sender::Client => oxws_close_sender::OXWS_CLOSE_SENDER_CLIENT,
            Sender::Server => oxws_close_sender::OXWS_CLOSE_SENDER_SERVER,
        }
    })
}

/// Whom a close code belongs to.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_range(code: u16) -> oxws_close_range {
    guard_or(oxws_close_range::OXWS_CLOSE_RANGE_INVALID, || {
        match CloseCode::from_number(code).range() {
            Range::Invalid => oxws_close_range::OXWS_CLOSE_RANGE_INVALID,
            Range::Protocol => oxws_close_range::OXWS_CLOSE_RANGE_PROTOCOL,
            Range::Library => oxws_close_range::OXWS_CLOSE_RANGE_LIBRARY,
            Range::Private => oxws_close_range::OXWS_CLOSE_RANGE_PRIVATE,
        }
    })
}

/// The first version of the protocol that has a close code: 6 for 1000 to 1004 and 3000 to 4999, 8 for
/// 1005 to 1007, 13 for 1008 to 1015; `OXWS_VERSION_UNKNOWN` for any other. 1004 meant a frame that is
/// too large before version 13, and nothing since.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_since_version(code: u16) -> oxws_version {
    guard_or(oxws_version::OXWS_VERSION_UNKNOWN, || {
        oxws_version::from(CloseCode::from_number(code).since())
    })
}

/// What a client that wants to stay connected does after a close code; see `oxws_reconnect`.
/// `OXWS_RECONNECT_NEVER` for a code without a name, and for what is no close code.
///
/// Where no Close frame has come the code is 1006, whatever went wrong: `oxws_close_info_reconnect` knows
/// more.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_close_code_reconnect(code: u16) -> oxws_reconnect {
    guard_or(oxws_reconnect::OXWS_RECONNECT_NEVER, || {
        CloseCode::from_number(code).reconnect().into()
    })
}

impl From<Reconnect> for oxws_reconnect {
    fn from(reconnect: Reconnect) -> oxws_reconnect {
        match reconnect {
            Reconnect::Never => oxws_reconnect::OXWS_RECONNECT_NEVER,
            Reconnect::Now => oxws_reconnect::OXWS_RECONNECT_NOW,
            Reconnect::BackOff => oxws_reconnect::OXWS_RECONNECT_BACK_OFF,
        }
    }
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
            (OXWS_CLOSE_UNAUTHORIZED, CloseCode::UNAUTHORIZED, "UNAUTHORIZED"),
            (OXWS_CLOSE_FORBIDDEN, CloseCode::FORBIDDEN, "FORBIDDEN"),
            (OXWS_CLOSE_TIMEOUT, CloseCode::TIMEOUT, "TIMEOUT"),
        ];
        assert_eq!(pairs.len(), CloseCode::known().count());
        for (constant, code, name) in pairs {
            assert_eq!(constant as u16, code.number());
            assert_eq!(code.name(), Some(name));
        }
    }
}
