//! How a message stands in its frames, which is all that an extension changes: the frames keep their
//! rules, whatever they carry (RFC 6455 section 9).

use super::error::ErrorCode;
use super::frame::FrameHeader;
use super::opcode::Opcode;
use super::settings::Limits;

/// The reserved bit that marks a deflated message (RFC 7692 section 6).
const DEFLATED: u8 = 0x40;

/// What the frames of a message carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coding {
    /// The message as it is.
    #[default]
    Plain,
    /// The message deflated.
    Deflated,
}

impl Coding {
    /// The coding that a frame's reserved bits stand for.
    ///
    /// # Errors
    ///
    /// `ReservedBits` on any frame but the first of a message.
    #[inline]
    pub fn of(header: &FrameHeader) -> Result<Coding, ErrorCode> {
        match header.reserved {
            0 => Ok(Coding::Plain),
            DEFLATED if matches!(header.opcode, Opcode::Text | Opcode::Binary) => {
                Ok(Coding::Deflated)
            }
            _ => Err(ErrorCode::ReservedBits),
        }
    }

    /// The reserved bits of the first frame of such a message.
    #[inline]
    pub fn mark(self) -> u8 {
        match self {
            Coding::Plain => 0,
            Coding::Deflated => DEFLATED,
        }
    }

    /// The most payload that one frame of such a message may have, in bytes. Where a frame may be as
    /// large as a message, only the limit of the message counts for one that may have become larger.
    #[inline]
    pub fn max_frame_bytes(self, limits: &Limits) -> u64 {
        match self {
            Coding::Deflated if limits.max_frame_bytes >= limits.max_message_bytes => u64::MAX,
            _ => limits.max_frame_bytes,
        }
    }

    /// The most payload that the frames of such a message may have together, in bytes.
    #[inline]
    pub fn max_bytes(self, limits: &Limits) -> u64 {
        match self {
            Coding::Plain => limits.max_message_bytes,
            Coding::Deflated => limits.max_wire_message_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::frame::decode_extended;
    use crate::protocol::opcode::Role;

    #[test]
    fn a08_only_the_first_frame_of_a_message_is_marked() {
        let cases = [
            (0x81, Ok(Coding::Plain)),
            (0x00, Ok(Coding::Plain)),
            (0x89, Ok(Coding::Plain)),
            (0xC1, Ok(Coding::Deflated)),
            (0x42, Ok(Coding::Deflated)),
            (0x40, Err(ErrorCode::ReservedBits)),
            (0xC0, Err(ErrorCode::ReservedBits)),
            (0xC8, Err(ErrorCode::ReservedBits)),
            (0xC9, Err(ErrorCode::ReservedBits)),
            (0xCA, Err(ErrorCode::ReservedBits)),
            (0xE1, Err(ErrorCode::ReservedBits)),
        ];
        for (first, want) in cases {
            let header = decode_extended(&[first, 0], Role::Client, 0x70).unwrap().unwrap();
            assert_eq!(Coding::of(&header), want, "{first:#04x}");
        }
    }
}
