//! Whose certificates are accepted.

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::failure::{Refusal, TlsFailure};
use super::pin::{Pin, is_pinned};
use super::provider::provider;
use super::{certificate, system};
use crate::protocol::error::ErrorCode;

/// What a client checks servers with.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    /// Whether the authorities of the system are trusted.
    pub(super) system: bool,
    /// Other authorities that are trusted.
    pub(super) authorities: Vec<CertificateDer<'static>>,
    /// Lists of certificates that are revoked; also for those of clients.
    pub(super) revoked: Vec<CertificateRevocationListDer<'static>>,
    /// Keys of which the server must have one; empty: any.
    pub(super) pins: Vec<Pin>,
    /// Whether whoever answers is believed to be the server.
    pub(super) accepts_any: bool,
}

impl Default for Trust {
    fn default() -> Trust {
        Trust {
            system: true,
            authorities: Vec::new(),
            revoked: Vec::new(),
            pins: Vec::new(),
            accepts_any: false,
        }
    }
}

impl Trust {
    /// The check of a server's certificate; reads the system's list of authorities if that is trusted.
    ///
    /// # Errors
    ///
    /// `TlsNotConfigured` without any authority.
    pub(super) fn of_servers(&self) -> Result<Arc<dyn ServerCertVerifier>, ErrorCode> {
        let chain = match (self.accepts_any, self.system) {
            (true, _) => None,
            (false, true) => Some(system::verifier(&self.authorities, &self.revoked)?),
            (false, false) => Some(server_verifier(store(&self.authorities), &self.revoked)?),
        };
        let authorities = self.authorities.clone();
        Ok(Arc::new(ServerCheck { chain, authorities, pins: self.pins.clone() }))
    }

    /// The check of a client's certificate by authorities of its own.
    ///
    /// # Errors
    ///
    /// `TlsNotConfigured` without any authority.
    pub(super) fn of_clients(
        &self,
        authorities: &[CertificateDer<'static>],
        is_required: bool,
    ) -> Result<Arc<dyn ClientCertVerifier>, ErrorCode> {
        let roots = Arc::new(store(authorities));
        let mut builder = WebPkiClientVerifier::builder_with_provider(roots, provider())
            .with_crls(self.revoked.iter().cloned())
            .allow_unknown_revocation_status();
        if !is_required {
            builder = builder.allow_unauthenticated();
        }
        builder.build().map_err(|_| ErrorCode::TlsNotConfigured)
    }
}

/// Whether a certificate can be used as an authority.
pub(super) fn is_usable_authority(certificate: &CertificateDer<'_>) -> bool {
    webpki::anchor_from_trusted_cert(certificate).is_ok()
}

fn store(authorities: &[CertificateDer<'static>]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities.iter().cloned());
    roots
}

/// A check by a list of authorities.
///
/// # Errors
///
/// `TlsNotConfigured` if there is none.
pub(super) fn server_verifier(
    roots: RootCertStore,
    revoked: &[CertificateRevocationListDer<'static>],
) -> Result<Arc<dyn ServerCertVerifier>, ErrorCode> {
    // That a list says nothing of some authority does not make its certificates bad.
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .with_crls(revoked.iter().cloned())
        .allow_unknown_revocation_status()
        .build();
    Ok(verifier.map_err(|_| ErrorCode::TlsNotConfigured)?)
}

/// The check of a server's certificate: by authorities and its name, then by its key.
struct ServerCheck {
    /// `None`: any certificate will do.
    chain: Option<Arc<dyn ServerCertVerifier>>,
    /// Those that are trusted besides the system's.
    authorities: Vec<CertificateDer<'static>>,
    pins: Vec<Pin>,
}

impl fmt::Debug for ServerCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerCheck").field("pins", &self.pins.len()).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for ServerCheck {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(chain) = &self.chain {
            chain
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .map_err(|error| told_apart(error, end_entity, &self.authorities))?;
        }
        if !self.pins.is_empty() && !is_pinned(end_entity, &self.pins) {
            return Err(Refusal::Pin.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A certificate that nobody vouches for but itself is another case than one of an unknown authority;
/// also one that could be an authority, as most that are made with one command could.
fn told_apart(
    error: Error,
    certificate: &CertificateDer<'_>,
    trusted: &[CertificateDer<'_>],
) -> Error {
    let may_be = matches!(
        TlsFailure::from(&error).error,
        ErrorCode::CertificateUnknownIssuer | ErrorCode::CertificateWrongUsage
    );
    if may_be && certificate::is_self_issued(certificate) && !trusted.contains(certificate) {
        return Refusal::SelfSigned.into();
    }
    error
}
