//! The key of the opening handshake and the answer to it (RFC 6455 section 4.2.2).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};

/// What a server appends to the key before it hashes it (section 1.3).
pub const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Padding is needed, but the bits behind the last byte need not be zero: the key that RFC 6455
/// section 4.1 gives as its example has some set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The value of Sec-WebSocket-Accept that answers this Sec-WebSocket-Key, as 28 ASCII bytes.
pub fn accept_key(key: &[u8]) -> [u8; 28] {
    let digest: [u8; 20] = Sha1::new().chain_update(key).chain_update(GUID).finalize().into();
    encode(&digest)
}

/// A nonce as the value of Sec-WebSocket-Key, 24 ASCII bytes.
pub fn encode_nonce(nonce: [u8; 16]) -> [u8; 24] {
    encode(&nonce)
}

/// Whether this is base64 of exactly 16 bytes.
pub fn is_key(text: &str) -> bool {
    let mut nonce = [0; 18];
    BASE64.decode_slice(text, &mut nonce) == Ok(16)
}

/// `N` must be the length of the encoded bytes.
fn encode<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut text = [0; N];
    let written = BASE64.encode_slice(bytes, &mut text);
    debug_assert_eq!(written, Ok(N));
    text
}

#[cfg(test)]
mod tests {
    use super::{accept_key, encode_nonce, is_key};

    #[test]
    fn accept_keys_are_those_of_the_specifications() {
        let cases = [
            // RFC 6455 section 1.3.
            ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            // The nonce of section 4.1, worked out with Python's hashlib.
            ("AQIDBAUGBwgJCgsMDQ4PEA==", "C/0nmHhBztSRGR1CwL6Tf4ZjwpY="),
        ];
        for (key, want) in cases {
            assert_eq!(accept_key(key.as_bytes()), *want.as_bytes(), "{key}");
        }
    }

    #[test]
    fn nonces_are_encoded() {
        let nonce = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        assert_eq!(encode_nonce(nonce), *b"AQIDBAUGBwgJCgsMDQ4PEA==");
        assert_eq!(encode_nonce([0; 16]), *b"AAAAAAAAAAAAAAAAAAAAAA==");
        assert_eq!(encode_nonce([255; 16]), *b"/////////////////////w==");
    }

    #[test]
    fn c09_keys_are_base64_of_16_bytes() {
        let cases = [
            ("dGhlIHNhbXBsZSBub25jZQ==", true),
            ("AQIDBAUGBwgJCgsMDQ4PEC==", true),
            ("AQIDBAUGBwgJCgsMDQ4PEA", false),
            ("AQIDBAUGBwgJCgsMDQ4PEA=", false),
            ("AQIDBAUGBwgJCgsMDQ4PEBE=", false),
            ("AQIDBAUGBwgJCgsMDQ4PEBES", false),
            ("AQIDBAUGBwgJCgsMDQ4=", false),
            ("AQIDBAUGBwgJCgsMDQ4PE-==", false),
            ("AQIDBAUGBwgJ CgsMDQ4PEA=", false),
            ("=QIDBAUGBwgJCgsMDQ4PEA==", false),
            ("", false),
        ];
        for (key, want) in cases {
            assert_eq!(is_key(key), want, "{key}");
        }
    }
}
