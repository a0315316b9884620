//! Files of certificates and revocation lists: PEM with several, or one in DER.

use std::fs;
use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::protocol::error::ErrorCode;

/// No list of authorities comes near; what is larger is no such file.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Reads a file.
///
/// # Errors
///
/// `TlsFileUnreadable`.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, ErrorCode> {
    let size = fs::metadata(path).map_err(|_| ErrorCode::TlsFileUnreadable)?.len();
    if size > MAX_FILE_BYTES {
        return Err(ErrorCode::TlsFileUnreadable);
    }
    fs::read(path).map_err(|_| ErrorCode::TlsFileUnreadable)
}

/// Whether this is DER, which begins with the tag of a sequence; PEM is text.
pub(super) fn is_der(bytes: &[u8]) -> bool {
    // A sequence of a certificate's, a list's or a key's size says its length in this form.
    matches!(bytes, [0x30, 0x81..=0x84, ..] | [0x30, 0x20..=0x7f, 0x02, 0x01, ..])
}

/// All certificates of a text, at least one.
///
/// # Errors
///
/// `TlsBadCertificate`.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, ErrorCode> {
    all(bytes, CertificateDer::from)
}

/// All revocation lists of a text, at least one.
///
/// # Errors
///
/// `TlsBadCertificate`.
pub(super) fn revocation_lists(
    bytes: &[u8],
) -> Result<Vec<CertificateRevocationListDer<'static>>, ErrorCode> {
    let lists = all(bytes, CertificateRevocationListDer::from)?;
    for list in &lists {
        webpki::OwnedCertRevocationList::from_der(list)
            .map_err(|_| ErrorCode::TlsBadCertificate)?;
    }
    Ok(lists)
}

fn all<T: PemObject>(bytes: &[u8], from_der: fn(Vec<u8>) -> T) -> Result<Vec<T>, ErrorCode> {
    if is_der(bytes) {
        return Ok(vec![from_der(bytes.to_vec())]);
    }
    let read: Result<Vec<T>, _> = T::pem_slice_iter(bytes).collect();
    let read = read.map_err(|_| ErrorCode::TlsBadCertificate)?;
    if read.is_empty() { Err(ErrorCode::TlsBadCertificate) } else { Ok(read) }
}
