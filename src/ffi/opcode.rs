//! Opcodes and the other bits of a frame's first byte (RFC 6455 section 5.2).

use std::ffi::{CStr, c_char};

use super::guard::guard_or;

/// The opcode of a frame: the low four bits of its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_opcode {
    /// Goes on with a fragmented message.
    OXWS_OPCODE_CONTINUATION = 0,
    /// Begins a message of UTF-8 text.
    OXWS_OPCODE_TEXT = 1,
    /// Begins a message of arbitrary bytes.
    OXWS_OPCODE_BINARY = 2,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_3 = 3,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_4 = 4,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_5 = 5,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_6 = 6,
    /// Reserved for data frames.
    OXWS_OPCODE_RESERVED_7 = 7,
    /// Begins or answers the closing handshake.
    OXWS_OPCODE_CLOSE = 8,
    /// Asks for a pong.
    OXWS_OPCODE_PING = 9,
    /// Answers a ping, or comes unasked.
    OXWS_OPCODE_PONG = 10,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_11 = 11,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_12 = 12,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_13 = 13,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_14 = 14,
    /// Reserved for control frames.
    OXWS_OPCODE_RESERVED_15 = 15,
}

/// The high four bits of a frame's first byte; bits that can be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum oxws_frame_flag {
    /// 0x80: the last or only frame of its message.
    OXWS_FRAME_FLAG_FIN = 0x80,
    /// 0x40: reserved; with permessage-deflate (RFC 7692) it marks a compressed message.
    OXWS_FRAME_FLAG_RSV1 = 0x40,
    /// 0x20: reserved for extensions.
    OXWS_FRAME_FLAG_RSV2 = 0x20,
    /// 0x10: reserved for extensions.
    OXWS_FRAME_FLAG_RSV3 = 0x10,
}

/// The bits of a frame's first byte that are its opcode: 0x0F.
pub const OXWS_OPCODE_MASK: u8 = 0x0F;

/// The first byte of a text message in one frame: 0x81.
pub const OXWS_FRAME_TEXT: u8 = 0x81;

/// The first byte of a binary message in one frame: 0x82.
pub const OXWS_FRAME_BINARY: u8 = 0x82;

const NAMES: [&CStr; 16] = [
    c"CONTINUATION",
    c"TEXT",
    c"BINARY",
    c"RESERVED_3",
    c"RESERVED_4",
    c"RESERVED_5",
    c"RESERVED_6",
    c"RESERVED_7",
    c"CLOSE",
    c"PING",
    c"PONG",
    c"RESERVED_11",
    c"RESERVED_12",
    c"RESERVED_13",
    c"RESERVED_14",
    c"RESERVED_15",
];

/// The name of an `oxws_opcode`, such as "TEXT" or "RESERVED_3"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_opcode_name(opcode: i32) -> *const c_char {
    guard_or(std::ptr::null(), || {
        let name = usize::try_from(opcode).ok().and_then(|place| NAMES.get(place));
        name.map_or(std::ptr::null(), |name| name.as_ptr())
    })
}

/// Whether frames with this opcode control the connection (1), or not (0): 8 to 15 do, the reserved
/// ones among them too. 0 for any other number.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_opcode_is_control(opcode: i32) -> i32 {
    guard_or(0, || i32::from(matches!(opcode, 8..=15)))
}

/// Whether an opcode is reserved, so that a frame with it fails the connection (1), or not (0): 3 to
/// 7 and 11 to 15 are. 0 for any other number.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_opcode_is_reserved(opcode: i32) -> i32 {
    guard_or(0, || i32::from(matches!(opcode, 3..=7 | 11..=15)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::opcode::Opcode;

    #[test]
    fn a09_the_opcodes_are_those_of_the_protocol() {
        for number in 0..16u8 {
            let known = Opcode::from_bits(number);
            let reserved = oxws_opcode_is_reserved(i32::from(number)) == 1;
            assert_eq!(known.is_none(), reserved, "{number}");
            if let Some(opcode) = known {
                let is_control = oxws_opcode_is_control(i32::from(number)) == 1;
                assert_eq!(opcode.is_control(), is_control, "{number}");
            }
        }
    }
}
