//! Keys that a peer's certificate must have one of, by the hash of their SubjectPublicKeyInfo
//! (RFC 7469 section 2.4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

use super::provider::sha256;
use crate::protocol::error::ErrorCode;

/// The SHA-256 of a public key.
pub(super) type Pin = [u8; 32];

/// Reads the Base64 of a hash, with or without `pin-sha256=` or `sha256//` before it.
///
/// # Errors
///
/// `InvalidArgument`.
pub(super) fn read(text: &str) -> Result<Pin, ErrorCode> {
    let bare = ["pin-sha256=", "sha256//"].iter().find_map(|start| text.strip_prefix(start));
    let bare = bare.unwrap_or(text).trim_matches('"');
    let bytes = STANDARD.decode(bare).map_err(|_| ErrorCode::InvalidArgument)?;
    bytes.try_into().map_err(|_| ErrorCode::InvalidArgument)
}

/// Whether the key of a certificate is one of these.
pub(super) fn is_pinned(certificate: &CertificateDer<'_>, pins: &[Pin]) -> bool {
    let Ok(parsed) = EndEntityCert::try_from(certificate) else {
        return false;
    };
    sha256(&parsed.subject_public_key_info()).is_some_and(|hash| pins.contains(&hash))
}
