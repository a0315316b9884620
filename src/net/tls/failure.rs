//! From what rustls says went wrong to the library's own errors, and the alert that belongs to them.

use std::error::Error as StdError;
use std::fmt;

use rustls::{
    AlertDescription, CertRevocationListError, CertificateError, Error, InvalidMessage, OtherError,
    PeerIncompatible,
};

use crate::protocol::error::ErrorCode;

/// How a TLS session failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsFailure {
    /// The library's own error.
    pub error: ErrorCode,
    /// The alert (RFC 8446 section 6.2) that was received, or the one that this side sent.
    pub alert: Option<u8>,
}

/// Why a certificate is refused that rustls would have no name for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is signed by itself, and nothing vouches for it.
    SelfSigned,
    /// Its key is none of those that are pinned.
    Pin,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::SelfSigned => "the certificate is signed by itself",
            Refusal::Pin => "the key of the certificate is none of those that are pinned",
        })
    }
}

impl StdError for Refusal {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        CertificateError::Other(OtherError(std::sync::Arc::new(refusal))).into()
    }
}

impl TlsFailure {
    /// The stream has ended without the peer's close_notify.
    pub fn truncated() -> TlsFailure {
        TlsFailure { error: ErrorCode::TlsTruncated, alert: None }
    }

    /// The peer has sent its close_notify before both sides had the keys.
    pub(super) fn ended() -> TlsFailure {
        let alert = Some(AlertDescription::CloseNotify.into());
        TlsFailure { error: ErrorCode::TlsEnded, alert }
    }
}

impl From<ErrorCode> for TlsFailure {
    /// A failure of this side alone.
    fn from(error: ErrorCode) -> TlsFailure {
        TlsFailure { error, alert: None }
    }
}

impl From<&Error> for TlsFailure {
    fn from(error: &Error) -> TlsFailure {
        TlsFailure { error: code(error), alert: alert(error).map(u8::from) }
    }
}

fn code(error: &Error) -> ErrorCode {
    match error {
        // Where the handshake is over it is no error.
        Error::AlertReceived(AlertDescription::CloseNotify) => ErrorCode::TlsEnded,
        Error::AlertReceived(_) => ErrorCode::TlsAlert,
        Error::InvalidCertificate(error) => certificate_code(error),
        Error::InvalidCertRevocationList(_) => ErrorCode::CertificateMalformed,
        Error::NoCertificatesPresented => ErrorCode::CertificateMissing,
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => ErrorCode::TlsIncompatible,
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => ErrorCode::TlsNotSpoken,
        Error::DecryptError | Error::EncryptError | Error::PeerSentOversizedRecord => {
            ErrorCode::TlsRecord
        }
        _ => ErrorCode::TlsHandshake,
    }
}

fn certificate_code(error: &CertificateError) -> ErrorCode {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ErrorCode::CertificateExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ErrorCode::CertificateNotYetValid
        }
        CertificateError::Revoked => ErrorCode::CertificateRevoked,
        CertificateError::UnknownIssuer => ErrorCode::CertificateUnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ErrorCode::CertificateWrongName
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            ErrorCode::CertificateWrongUsage
        }
        CertificateError::Other(OtherError(other)) => other_code(&**other),
        _ => ErrorCode::CertificateMalformed,
    }
}

fn other_code(error: &(dyn StdError + Send + Sync + 'static)) -> ErrorCode {
    use webpki::Error::{CaUsedAsEndEntity, EndEntityUsedAsCa, NameConstraintViolation};
    match error.downcast_ref::<Refusal>() {
        Some(Refusal::SelfSigned) => return ErrorCode::CertificateSelfSigned,
        Some(Refusal::Pin) => return ErrorCode::CertificatePin,
        None => {}
    }
    match error.downcast_ref::<webpki::Error>() {
        Some(CaUsedAsEndEntity | EndEntityUsedAsCa) => ErrorCode::CertificateWrongUsage,
        Some(NameConstraintViolation) => ErrorCode::CertificateWrongName,
        _ => ErrorCode::CertificateMalformed,
    }
}

/// The alert that was received, or that belongs to the error.
fn alert(error: &Error) -> Option<AlertDescription> {
    Some(match error {
        Error::AlertReceived(alert) => *alert,
        Error::InvalidCertificate(error) => error.clone().into(),
        Error::InvalidCertRevocationList(error) => revocation_list_alert(error),
        Error::InvalidMessage(message) => (*message).into(),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            AlertDescription::UnexpectedMessage
        }
        Error::NoCertificatesPresented => AlertDescription::CertificateRequired,
        Error::DecryptError => AlertDescription::BadRecordMac,
        Error::PeerSentOversizedRecord => AlertDescription::RecordOverflow,
        Error::NoApplicationProtocol => AlertDescription::NoApplicationProtocol,
        Error::PeerIncompatible(what) => incompatible_alert(what),
        Error::PeerMisbehaved(_) => AlertDescription::IllegalParameter,
        _ => return None,
    })
}

fn revocation_list_alert(error: &CertRevocationListError) -> AlertDescription {
    match error {
        CertRevocationListError::BadSignature => AlertDescription::DecryptError,
        _ => AlertDescription::CertificateUnknown,
    }
}

fn incompatible_alert(what: &PeerIncompatible) -> AlertDescription {
    match what {
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => AlertDescription::ProtocolVersion,
        _ => AlertDescription::HandshakeFailure,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{ContentType, PeerMisbehaved};

    use super::*;

    fn certificate(error: CertificateError) -> Error {
        Error::InvalidCertificate(error)
    }

    fn path(error: webpki::Error) -> Error {
        certificate(CertificateError::Other(OtherError(Arc::new(error))))
    }

    /// The numbers of alerts are those of RFC 8446 section 6.
    #[test]
    fn d08_each_failure_has_its_number_and_its_alert() {
        use CertificateError as C;
        let rows: Vec<(Error, ErrorCode, Option<u8>)> = vec![
            (Error::AlertReceived(AlertDescription::UnknownCA), ErrorCode::TlsAlert, Some(48)),
            (Error::AlertReceived(AlertDescription::CloseNotify), ErrorCode::TlsEnded, Some(0)),
            (Error::AlertReceived(AlertDescription::Unknown(99)), ErrorCode::TlsAlert, Some(99)),
            (certificate(C::UnknownIssuer), ErrorCode::CertificateUnknownIssuer, Some(48)),
            (Refusal::SelfSigned.into(), ErrorCode::CertificateSelfSigned, Some(46)),
            (Refusal::Pin.into(), ErrorCode::CertificatePin, Some(46)),
            (certificate(C::Expired), ErrorCode::CertificateExpired, Some(45)),
            (certificate(C::NotValidYet), ErrorCode::CertificateNotYetValid, Some(45)),
            (certificate(C::NotValidForName), ErrorCode::CertificateWrongName, Some(42)),
            (
                path(webpki::Error::NameConstraintViolation),
                ErrorCode::CertificateWrongName,
                Some(46),
            ),
            (certificate(C::InvalidPurpose), ErrorCode::CertificateWrongUsage, Some(43)),
            (path(webpki::Error::CaUsedAsEndEntity), ErrorCode::CertificateWrongUsage, Some(46)),
            (certificate(C::Revoked), ErrorCode::CertificateRevoked, Some(44)),
            (certificate(C::BadEncoding), ErrorCode::CertificateMalformed, Some(42)),
            (certificate(C::BadSignature), ErrorCode::CertificateMalformed, Some(51)),
            (
                path(webpki::Error::MaximumPathDepthExceeded),
                ErrorCode::CertificateMalformed,
                Some(46),
            ),
            (Error::NoCertificatesPresented, ErrorCode::CertificateMissing, Some(116)),
            (Error::NoApplicationProtocol, ErrorCode::TlsIncompatible, Some(120)),
            (PeerIncompatible::NoCipherSuitesInCommon.into(), ErrorCode::TlsIncompatible, Some(40)),
            (PeerIncompatible::Tls12NotOffered.into(), ErrorCode::TlsIncompatible, Some(70)),
            (InvalidMessage::InvalidContentType.into(), ErrorCode::TlsNotSpoken, Some(50)),
            (InvalidMessage::UnknownProtocolVersion.into(), ErrorCode::TlsNotSpoken, Some(50)),
            (InvalidMessage::MissingData("").into(), ErrorCode::TlsHandshake, Some(50)),
            (Error::DecryptError, ErrorCode::TlsRecord, Some(20)),
            (Error::EncryptError, ErrorCode::TlsRecord, None),
            (Error::PeerSentOversizedRecord, ErrorCode::TlsRecord, Some(22)),
            (PeerMisbehaved::InvalidKeyShare.into(), ErrorCode::TlsHandshake, Some(47)),
            (
                Error::InappropriateMessage {
                    expect_types: Vec::new(),
                    got_type: ContentType::ApplicationData,
                },
                ErrorCode::TlsHandshake,
                Some(10),
            ),
            (Error::FailedToGetCurrentTime, ErrorCode::TlsHandshake, None),
        ];
        for (error, code, alert) in rows {
            assert_eq!(TlsFailure::from(&error), TlsFailure { error: code, alert }, "{error:?}");
        }
        assert_eq!(TlsFailure::truncated().error, ErrorCode::TlsTruncated);
    }
}
