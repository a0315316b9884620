//! Frame headers that leave (RFC 6455 section 5.2): header to bytes.

use super::error::ErrorCode;
use super::frame::{FINAL, MASKED, MAX_CONTROL_BYTES, MAX_HEADER_BYTES};
use super::mask;
use super::opcode::Opcode;

/// A header as it goes onto the wire.
#[derive(Debug, Clone, Copy)]
pub struct EncodedHeader {
    bytes: [u8; MAX_HEADER_BYTES],
    size: u8,
    key: Option<[u8; 4]>,
}

impl EncodedHeader {
    /// The header of a frame with `length` bytes of payload, masked if there is a key.
    #[inline]
    pub fn new(opcode: Opcode, fin: bool, length: usize, key: Option<[u8; 4]>) -> EncodedHeader {
        let first = opcode.bits() | if fin { FINAL } else { 0 };
        EncodedHeader::encode(first, length as u64, key)
    }

    /// The header of a frame with this first byte, in which the reserved bits of extensions may be
    /// set.
    ///
    /// # Errors
    ///
    /// `ReservedOpcode`, `ControlFragmented`, `ControlTooLong`, `LengthTopBit`: nobody could read
    /// such a frame.
    pub fn with_first_byte(
        first: u8,
        length: u64,
        key: Option<[u8; 4]>,
    ) -> Result<EncodedHeader, ErrorCode> {
        let opcode = Opcode::from_bits(first).ok_or(ErrorCode::ReservedOpcode)?;
        if opcode.is_control() && first & FINAL == 0 {
            return Err(ErrorCode::ControlFragmented);
        }
        if opcode.is_control() && length > MAX_CONTROL_BYTES as u64 {
            return Err(ErrorCode::ControlTooLong);
        }
        if i64::try_from(length).is_err() {
            return Err(ErrorCode::LengthTopBit);
        }
        Ok(EncodedHeader::encode(first, length, key))
    }

    #[inline]
    pub(super) fn encode(first: u8, length: u64, key: Option<[u8; 4]>) -> EncodedHeader {
        let masked = if key.is_some() { MASKED } else { 0 };
        let [a, b, c, d] = key.unwrap_or_default();
        let (bytes, size) = match length {
            0..=125 => ([first, masked | length as u8, a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0], 2),
            126..=0xFFFF => {
                let [l0, l1] = (length as u16).to_be_bytes();
                ([first, masked | 126, l0, l1, a, b, c, d, 0, 0, 0, 0, 0, 0], 4)
            }
            _ => {
                let [l0, l1, l2, l3, l4, l5, l6, l7] = length.to_be_bytes();
                ([first, masked | 127, l0, l1, l2, l3, l4, l5, l6, l7, a, b, c, d], 10)
            }
        };
        EncodedHeader { bytes, size: size + if key.is_some() { 4 } else { 0 }, key }
    }

    /// Writes the header and the payload, masked if there is a key, into `frame`, which has their
    /// size.
    pub(super) fn write_frame(&self, payload: &[u8], frame: &mut [u8]) {
        let header = self.as_bytes();
        let Some((head, body)) = frame.split_at_mut_checked(header.len()) else {
            return;
        };
        head.copy_from_slice(header);
        if let Some(body) = body.get_mut(..payload.len()) {
            body.copy_from_slice(payload);
            if let Some(key) = self.key {
                mask::apply(body, key);
            }
        }
    }

    /// The bytes of the header, 2 to 14.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.size)).unwrap_or_default()
    }
}
