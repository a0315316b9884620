//! A certificate with those that lead to its authority, and its private key.

use std::fmt;
use std::sync::Arc;

use rustls::InconsistentKeys;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use webpki::EndEntityCert;

use super::pem;
use super::provider::provider;
use crate::protocol::error::ErrorCode;

/// What a side shows of itself, checked to fit together.
pub(super) struct Identity {
    certified_key: Arc<CertifiedKey>,
    names: Vec<Box<str>>,
}

impl Identity {
    /// Reads a chain, the certificate itself first, and its key.
    ///
    /// # Errors
    ///
    /// `TlsBadCertificate`, `TlsBadKey`, `TlsKeyMismatch`.
    pub(super) fn read(chain: &[u8], key: &[u8]) -> Result<Identity, ErrorCode> {
        let chain = pem::certificates(chain)?;
        let names = names(chain.first().ok_or(ErrorCode::TlsBadCertificate)?)?;
        let key = read_key(key)?;
        let key = provider().key_provider.load_private_key(key);
        let certified = CertifiedKey::new(chain, key.map_err(|_| ErrorCode::TlsBadKey)?);
        match certified.keys_match() {
            // A key that cannot tell its public half shows itself when it signs.
            Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(rustls::Error::InconsistentKeys(_)) => return Err(ErrorCode::TlsKeyMismatch),
            Err(_) => return Err(ErrorCode::TlsBadCertificate),
        }
        Ok(Identity { certified_key: Arc::new(certified), names })
    }

    pub(super) fn certified_key(&self) -> &Arc<CertifiedKey> {
        &self.certified_key
    }

    /// The host names that it is for, in lower case; a wildcard as it is written.
    pub(super) fn names(&self) -> &[Box<str>] {
        &self.names
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("names", &self.names).finish_non_exhaustive()
    }
}

fn read_key(bytes: &[u8]) -> Result<PrivateKeyDer<'static>, ErrorCode> {
    if pem::is_der(bytes) {
        return PrivateKeyDer::try_from(bytes.to_vec()).map_err(|_| ErrorCode::TlsBadKey);
    }
    PrivateKeyDer::from_pem_slice(bytes).map_err(|_| ErrorCode::TlsBadKey)
}

fn names(certificate: &CertificateDer<'_>) -> Result<Vec<Box<str>>, ErrorCode> {
    let parsed = EndEntityCert::try_from(certificate).map_err(|_| ErrorCode::TlsBadCertificate)?;
    Ok(parsed.valid_dns_names().map(|name| name.to_ascii_lowercase().into()).collect())
}
