//! What a certificate says of itself, for people to read.

use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

/// Whether it names itself as its own authority.
pub(super) fn is_self_issued(certificate: &CertificateDer<'_>) -> bool {
    EndEntityCert::try_from(certificate).is_ok_and(|parsed| parsed.issuer() == parsed.subject())
}
