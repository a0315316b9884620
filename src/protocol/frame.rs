//! Frames that arrive (RFC 6455 section 5.2): bytes to header and payload.
//!
//! Only what a header says by itself is judged here; what a frame means in its place among others
//! is the business of `message` and `connection`.

use super::error::ErrorCode;
use super::mask;
use super::opcode::{Opcode, Role};

/// The most bytes that the payload of a control frame can have (section 5.5).
pub const MAX_CONTROL_BYTES: usize = 125;

/// The most bytes that a payload can have whose length is in the second byte.
pub(super) const SHORT_BYTES: usize = 125;

/// The most bytes that a header can have: two, a 64-bit length and a key.
pub const MAX_HEADER_BYTES: usize = 14;

/// The bit of the first byte that marks the last frame of a message.
pub(super) const FINAL: u8 = 0x80;
/// The bits of the first byte that are reserved for extensions.
pub const RESERVED: u8 = 0x70;
/// The bit of the second byte that announces a key.
pub(super) const MASKED: u8 = 0x80;

/// What the header of a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// The opcode.
    pub opcode: Opcode,
    /// Whether it is the last frame of its message.
    pub fin: bool,
    /// The reserved bits that are set, of those that an extension uses.
    pub reserved: u8,
    /// Bytes of payload that follow the header.
    pub length: u64,
    /// The masking key; zeros where the frame is not masked.
    pub key: [u8; 4],
    /// Bytes of the header itself, 2 to 14.
    pub size: usize,
}

impl FrameHeader {
    /// Bytes of the frame, header and payload.
    #[inline]
    pub fn frame_bytes(&self) -> u64 {
        self.length.saturating_add(self.size as u64)
    }
}

/// What `bytes`, as received by `role`, begin with: a whole header, or `None` if more are needed.
///
/// Whatever can be judged is judged at the first byte that shows it, so that a frame which must
/// fail is not waited for.
///
/// # Errors
///
/// `ReservedBits`, `ReservedOpcode`, `ControlFragmented`, `ControlTooLong`, `MaskMissing`,
/// `MaskUnexpected`, `LengthNotMinimal`, `LengthTopBit`.
#[inline]
pub fn decode(bytes: &[u8], role: Role) -> Result<Option<FrameHeader>, ErrorCode> {
    decode_extended(bytes, role, 0)
}

/// What [`decode`] says where extensions use these of the reserved bits.
///
/// # Errors
///
/// As [`decode`].
#[inline]
pub fn decode_extended(
    bytes: &[u8],
    role: Role,
    used: u8,
) -> Result<Option<FrameHeader>, ErrorCode> {
    let Some(&first) = bytes.first() else {
        return Ok(None);
    };
    if first & RESERVED & !used != 0 {
        return Err(ErrorCode::ReservedBits);
    }
    let opcode = Opcode::from_bits(first).ok_or(ErrorCode::ReservedOpcode)?;
    let fin = first & FINAL != 0;
    if opcode.is_control() && !fin {
        return Err(ErrorCode::ControlFragmented);
    }
    let Some(&second) = bytes.get(1) else {
        return Ok(None);
    };
    check_mask(second, role)?;
    let short = second & !MASKED;
    if opcode.is_control() && usize::from(short) > MAX_CONTROL_BYTES {
        return Err(ErrorCode::ControlTooLong);
    }
    let Some((length, at)) = decode_length(short, bytes)? else {
        return Ok(None);
    };
    let (key, size) = match role {
        Role::Client => ([0; 4], at),
        Role::Server => match bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
            Some(key) => (*key, at + 4),
            // The length is known and may be over a limit: zero keys are never used, as the
            // caller sees that the header is longer than what there is.
            None => ([0; 4], at + 4),
        },
    };
    let reserved = first & RESERVED;
    Ok(Some(FrameHeader { opcode, fin, reserved, length, key, size }))
}

#[inline]
fn check_mask(second: u8, role: Role) -> Result<(), ErrorCode> {
    match (role, second & MASKED != 0) {
        (Role::Server, false) => Err(ErrorCode::MaskMissing),
        (Role::Client, true) => Err(ErrorCode::MaskUnexpected),
        _ => Ok(()),
    }
}

/// The length and where in the header it ends.
#[inline]
fn decode_length(short: u8, bytes: &[u8]) -> Result<Option<(u64, usize)>, ErrorCode> {
    match short {
        0..=125 => Ok(Some((u64::from(short), 2))),
        126 => {
            let Some(length) = bytes.get(2..).and_then(|rest| rest.first_chunk::<2>()) else {
                return Ok(None);
            };
            let length = u16::from_be_bytes(*length);
            if length < 126 {
                return Err(ErrorCode::LengthNotMinimal);
            }
            Ok(Some((u64::from(length), 4)))
        }
        _ => decode_long_length(bytes),
    }
}

#[cold]
fn decode_long_length(bytes: &[u8]) -> Result<Option<(u64, usize)>, ErrorCode> {
    if bytes.get(2).is_some_and(|byte| byte & 0x80 != 0) {
        return Err(ErrorCode::LengthTopBit);
    }
    let Some(length) = bytes.get(2..).and_then(|rest| rest.first_chunk::<8>()) else {
        return Ok(None);
    };
    let length = u64::from_be_bytes(*length);
    if length < 0x1_0000 {
        return Err(ErrorCode::LengthNotMinimal);
    }
    Ok(Some((length, 10)))
}

/// The header of a masked message of at most [`SHORT_BYTES`] that one frame carries.
#[derive(Debug)]
pub(super) struct ShortHeader {
    pub(super) is_text: bool,
    /// Its first two bytes.
    pub(super) head: [u8; 2],
    /// Bytes of payload, which are there.
    pub(super) length: usize,
    pub(super) key: [u8; 4],
}

impl ShortHeader {
    /// Bytes of the header, with the key.
    pub(super) const SIZE: usize = 6;

    /// As [`whole`], for what a server receives most.
    #[inline(always)]
    pub(super) fn read(bytes: &[u8]) -> Option<ShortHeader> {
        let (header, rest) = bytes.split_first_chunk::<{ ShortHeader::SIZE }>()?;
        let [first, second, key @ ..] = *header;
        // FIN, no reserved bit, text or binary.
        if first != 0x81 && first != 0x82 {
            return None;
        }
        // Without the bit of the mask this is longer than short.
        let length = usize::from(second ^ MASKED);
        let is_short = length <= SHORT_BYTES && length <= rest.len();
        is_short.then_some(ShortHeader {
            is_text: first == 0x81,
            head: [first, second],
            length,
            key,
        })
    }
}

/// A message that one frame carries whole.
#[derive(Debug)]
pub(super) struct WholeFrame<'b> {
    pub(super) is_text: bool,
    /// Its first two bytes.
    pub(super) head: [u8; 2],
    /// Bytes of the header, with the key.
    pub(super) size: usize,
    pub(super) payload: &'b mut [u8],
    /// Zeros where the frame is not masked.
    pub(super) key: [u8; 4],
}

/// The frame at the front of `bytes`, if it is an unfragmented data frame of less than 64 KiB, is
/// there whole and has no fault in its header. `None` says nothing about what else there is:
/// [`decode`] does.
#[inline(always)]
pub(super) fn whole(bytes: &mut [u8], role: Role) -> Option<WholeFrame<'_>> {
    let [first, second, ..] = *bytes else {
        return None;
    };
    // FIN, no reserved bit, text or binary.
    if first != 0x81 && first != 0x82 {
        return None;
    }
    let is_text = first == 0x81;
    let head = [first, second];
    match (role, second) {
        (Role::Server, 0x80..=0xFD) => {
            let (header, rest) = bytes.split_first_chunk_mut::<6>()?;
            let [_, _, key @ ..] = *header;
            let payload = rest.get_mut(..usize::from(second & !MASKED))?;
            Some(WholeFrame { is_text, head, size: 6, payload, key })
        }
        (Role::Server, 0xFE) => {
            let (header, rest) = bytes.split_first_chunk_mut::<8>()?;
            let [_, _, high, low, key @ ..] = *header;
            let payload = rest.get_mut(..medium_length(high, low)?)?;
            Some(WholeFrame { is_text, head, size: 8, payload, key })
        }
        (Role::Client, 0..=125) => {
            let payload = bytes.get_mut(2..2 + usize::from(second))?;
            Some(WholeFrame { is_text, head, size: 2, payload, key: [0; 4] })
        }
        (Role::Client, 126) => {
            let (header, rest) = bytes.split_first_chunk_mut::<4>()?;
            let [_, _, high, low] = *header;
            let payload = rest.get_mut(..medium_length(high, low)?)?;
            Some(WholeFrame { is_text, head, size: 4, payload, key: [0; 4] })
        }
        _ => None,
    }
}

/// A length of sixteen bits, unless it could have been shorter.
#[inline(always)]
fn medium_length(high: u8, low: u8) -> Option<usize> {
    let length = u16::from_be_bytes([high, low]);
    (length > 125).then_some(usize::from(length))
}

/// A frame that is there whole, its payload unmasked.
#[derive(Debug)]
pub struct Frame<'b> {
    /// The first byte: flags and opcode.
    pub first_byte: u8,
    /// The payload.
    pub payload: &'b mut [u8],
    /// Bytes of the header and the payload.
    pub size: usize,
}

/// The frame at the front of `bytes`, as received by `role`, whose payload is unmasked in place.
/// Extensions use the reserved bits in `used`.
///
/// # Errors
///
/// As [`decode`], then `FrameTooBig` for a payload of more than `max` bytes, then `FrameIncomplete`:
/// nothing has been unmasked.
pub fn read(bytes: &mut [u8], role: Role, used: u8, max: u64) -> Result<Frame<'_>, ErrorCode> {
    let header = decode_extended(bytes, role, used)?.ok_or(ErrorCode::FrameIncomplete)?;
    if header.length > max {
        return Err(ErrorCode::FrameTooBig);
    }
    let length = usize::try_from(header.length).map_err(|_| ErrorCode::FrameTooBig)?;
    let first_byte = bytes.first().copied().unwrap_or_default();
    let rest = bytes.get_mut(header.size..);
    let payload = rest.and_then(|rest| rest.get_mut(..length));
    let payload = payload.ok_or(ErrorCode::FrameIncomplete)?;
    if role == Role::Server {
        mask::apply(payload, header.key);
    }
    Ok(Frame { first_byte, payload, size: header.size + length })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::encoded_header::EncodedHeader;

    const MAX: u64 = u64::MAX >> 1;

    fn encode(opcode: Opcode, fin: bool, length: usize, key: Option<[u8; 4]>) -> Vec<u8> {
        EncodedHeader::new(opcode, fin, length, key).as_bytes().to_vec()
    }

    #[test]
    fn a20_lengths_at_the_borders_of_their_forms_encode_minimally() {
        let cases: [(usize, &[u8]); 7] = [
            (0, &[0x82, 0]),
            (1, &[0x82, 1]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (65535, &[0x82, 126, 0xff, 0xff]),
            (65536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
            (16 << 20, &[0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0]),
        ];
        for (length, want) in cases {
            assert_eq!(encode(Opcode::Binary, true, length, None), want);
            let mut masked = want.to_vec();
            masked[1] |= 0x80;
            masked.extend_from_slice(&[9, 8, 7, 6]);
            assert_eq!(encode(Opcode::Binary, true, length, Some([9, 8, 7, 6])), masked);
            let got = decode(&masked, Role::Server).unwrap().unwrap();
            assert_eq!((got.length, got.size), (length as u64, masked.len()));
            assert_eq!(got.key, [9, 8, 7, 6]);
        }
    }

    #[test]
    fn a01_a02_a13_lengths_are_judged_as_soon_as_they_can_be() {
        let over = |bytes: &[u8]| decode(bytes, Role::Client);
        assert_eq!(over(&[0x82, 127, 0x80]), Err(ErrorCode::LengthTopBit));
        assert_eq!(over(&[0x82, 127, 0xff]), Err(ErrorCode::LengthTopBit));
        assert_eq!(over(&[0x82, 127, 0x7f]), Ok(None));
        assert_eq!(over(&[0x82, 126, 0, 125]), Err(ErrorCode::LengthNotMinimal));
        assert_eq!(
            over(&[0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff]),
            Err(ErrorCode::LengthNotMinimal)
        );
        for length in [1u64 << 31, (1 << 31) + 1, 1 << 32, (1 << 32) - 1, 1 << 62, MAX] {
            let mut bytes = vec![0x82, 127];
            bytes.extend_from_slice(&length.to_be_bytes());
            assert_eq!(over(&bytes).unwrap().unwrap().length, length);
        }
    }

    #[test]
    fn a08_a09_a10_the_first_byte_alone_fails() {
        for first in 0..=255u8 {
            let got = decode(&[first], Role::Server);
            let opcode = first & 0x0f;
            let want = if first & 0x70 != 0 {
                Err(ErrorCode::ReservedBits)
            } else if matches!(opcode, 3..=7 | 0xb..=0xf) {
                Err(ErrorCode::ReservedOpcode)
            } else if opcode >= 8 && first & 0x80 == 0 {
                Err(ErrorCode::ControlFragmented)
            } else {
                Ok(None)
            };
            assert_eq!(got, want, "{first:#04x}");
        }
    }

    #[test]
    fn a10_a12_the_second_byte_alone_fails() {
        for second in 0..=255u8 {
            let masked = second & 0x80 != 0;
            let long = second & 0x7f > 125;
            for (role, wrong) in [(Role::Server, !masked), (Role::Client, masked)] {
                let error = decode(&[0x89, second], role).err();
                let want = match (wrong, role) {
                    (true, Role::Server) => Some(ErrorCode::MaskMissing),
                    (true, Role::Client) => Some(ErrorCode::MaskUnexpected),
                    (false, _) => long.then_some(ErrorCode::ControlTooLong),
                };
                assert_eq!(error, want, "{second:#04x} {role:?}");
            }
        }
    }
}
