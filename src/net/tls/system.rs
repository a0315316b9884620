//! The authorities that the system trusts, in the way of each system.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};

use super::trust;
use crate::protocol::error::ErrorCode;

/// A check by what the system trusts and `extra`.
///
/// # Errors
///
/// `TlsNotConfigured` if the system names no authority and there is no other.
#[cfg(not(any(windows, target_vendor = "apple", target_os = "android")))]
pub(super) fn verifier(
    extra: &[CertificateDer<'static>],
    revoked: &[CertificateRevocationListDer<'static>],
) -> Result<Arc<dyn ServerCertVerifier>, ErrorCode> {
    let mut roots = RootCertStore::empty();
    // A list of a system may have some that cannot be used, which are passed over.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(extra.iter().cloned());
    trust::server_verifier(roots, revoked)
}

/// A check by the system itself, which trusts `extra` besides.
///
/// # Errors
///
/// `Unsupported` with revocation lists, as the system has its own.
#[cfg(any(windows, target_vendor = "apple", target_os = "android"))]
pub(super) fn verifier(
    extra: &[CertificateDer<'static>],
    revoked: &[CertificateRevocationListDer<'static>],
) -> Result<Arc<dyn ServerCertVerifier>, ErrorCode> {
    if !revoked.is_empty() {
        return Err(ErrorCode::Unsupported);
    }
    let provider = super::provider::provider();
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(extra.iter().cloned(), provider);
    Ok(Arc::new(verifier.map_err(|_| ErrorCode::TlsNotConfigured)?))
}
