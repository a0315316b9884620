//! The key of the opening handshake and the answer to it (RFC 6455 section 4.2.2).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};

const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Padding is needed, but the bits behind the last byte need not be zero: the key that RFC 6455
/// section 4.1 gives as its example has some set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The value of Sec-WebSocket-Accept that answers this Sec-WebSocket-Key, as 28 ASCII bytes.
pub fn accept_key(key: &[u8]) -> [u8; 28] {
    let digest: [u8; 20] = Sha1::new()
        .chain_update(key)
        .chain_update(GUID)
        .finalize()
        .into();
    encode(&digest)
}

/// A nonce as the value of Sec-WebSocket-Key, 24 ASCII bytes.
pub fn encode_nonce(nonce: [u8; 16]) -> [u8; 24] {
    encode(&nonce)
}

/// Whether this is base64 of exactly 16 bytes.
pub(super) fn is_key(text: &str) -> bool {
    let mut nonce = [0; 18];
    text.len() == 24 && BASE64.decode_slice(text, &mut nonce) == Ok(16)
}

/// `N` must be the length of the encoded bytes.
fn encode<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut text = [0; N];
    let written = BASE64.encode_slice(bytes, &mut text);
    debug_assert_eq!(written, Ok(N));
    text
}
