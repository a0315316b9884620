//! What is known of each error besides its number and its sentence: all of them in order, the name in
//! C, the close code and the HTTP status.

use super::close_code::CloseCode;
use super::error::ErrorCode;

impl ErrorCode {
    /// Every error, in the order of their numbers.
    pub const ALL: &'static [ErrorCode] = &[
        ErrorCode::InvalidArgument,
        ErrorCode::NullArgument,
        ErrorCode::WrongThread,
        ErrorCode::Busy,
        ErrorCode::InvalidUtf8,
        ErrorCode::InvalidUrl,
        ErrorCode::TooLong,
        ErrorCode::InvalidHeader,
        ErrorCode::SubprotocolNotOffered,
        ErrorCode::Unsupported,
        ErrorCode::InvalidState,
        ErrorCode::InvalidCloseCode,
        ErrorCode::Forked,
        ErrorCode::InvalidSubprotocol,
        ErrorCode::Duplicate,
        ErrorCode::BufferTooSmall,
        ErrorCode::Closed,
        ErrorCode::NotFound,
        ErrorCode::WouldExceed,
        ErrorCode::NotOpen,
        ErrorCode::Cancelled,
        ErrorCode::LoopFreed,
        ErrorCode::Detached,
        ErrorCode::HandshakeMalformed,
        ErrorCode::HandshakeMethod,
        ErrorCode::HandshakeHttpVersion,
        ErrorCode::HandshakeHost,
        ErrorCode::HandshakeUpgrade,
        ErrorCode::HandshakeConnection,
        ErrorCode::HandshakeKey,
        ErrorCode::HandshakeVersion,
        ErrorCode::HandshakeOrigin,
        ErrorCode::HandshakeBody,
        ErrorCode::HandshakeUriTooLong,
        ErrorCode::HandshakeHeadTooLarge,
        ErrorCode::HandshakeTimeout,
        ErrorCode::HandshakeDenied,
        ErrorCode::HandshakeStatus,
        ErrorCode::HandshakeAccept,
        ErrorCode::HandshakeSubprotocol,
        ErrorCode::HandshakeExtension,
        ErrorCode::HandshakeTooManyConnections,
        ErrorCode::HandshakeUpgradeRequired,
        ErrorCode::HandshakeInterim,
        ErrorCode::HandshakeVersionMissing,
        ErrorCode::HandshakeUnauthorized,
        ErrorCode::HandshakeProxyHeader,
        ErrorCode::ReservedBits,
        ErrorCode::ReservedOpcode,
        ErrorCode::MaskMissing,
        ErrorCode::MaskUnexpected,
        ErrorCode::LengthNotMinimal,
        ErrorCode::LengthTopBit,
        ErrorCode::ControlTooLong,
        ErrorCode::ControlFragmented,
        ErrorCode::UnexpectedContinuation,
        ErrorCode::ExpectedContinuation,
        ErrorCode::ClosePayloadLength,
        ErrorCode::CloseCodeNotAllowed,
        ErrorCode::CloseReasonUtf8,
        ErrorCode::TextUtf8,
        ErrorCode::FrameIncomplete,
        ErrorCode::CompressedData,
        ErrorCode::FrameTooBig,
        ErrorCode::MessageTooBig,
        ErrorCode::TooManyFragments,
        ErrorCode::ControlFlood,
        ErrorCode::PongTimeout,
        ErrorCode::IdleTimeout,
        ErrorCode::CloseTimeout,
        ErrorCode::WriteStalled,
        ErrorCode::BufferBudget,
        ErrorCode::ResolveFailed,
        ErrorCode::ConnectFailed,
        ErrorCode::ConnectTimeout,
        ErrorCode::ConnectionLost,
        ErrorCode::ConnectionReset,
        ErrorCode::ListenFailed,
        ErrorCode::SystemCallFailed,
        ErrorCode::ProxyMalformed,
        ErrorCode::ProxyRefused,
        ErrorCode::ProxyUnauthorized,
        ErrorCode::TooManyRedirects,
        ErrorCode::RedirectRefused,
        ErrorCode::TlsHandshake,
        ErrorCode::TlsAlert,
        ErrorCode::TlsTruncated,
        ErrorCode::TlsNotSpoken,
        ErrorCode::CertificateUnknownIssuer,
        ErrorCode::CertificateExpired,
        ErrorCode::CertificateNotYetValid,
        ErrorCode::CertificateWrongName,
        ErrorCode::CertificateWrongUsage,
        ErrorCode::CertificateRevoked,
        ErrorCode::CertificateMalformed,
        ErrorCode::CertificateMissing,
        ErrorCode::CertificatePin,
        ErrorCode::TlsIncompatible,
        ErrorCode::TlsNotConfigured,
        ErrorCode::TlsBadCertificate,
        ErrorCode::TlsBadKey,
        ErrorCode::TlsKeyMismatch,
        ErrorCode::TlsFileUnreadable,
        ErrorCode::CertificateSelfSigned,
        ErrorCode::TlsRecord,
        ErrorCode::TlsEnded,
        ErrorCode::Panic,
        ErrorCode::Poisoned,
        ErrorCode::OutOfMemory,
    ];

    /// The name of the constant in C.
    pub fn name(self) -> &'static str {
        match self {
            ErrorCode::InvalidArgument => "OXWS_ERROR_INVALID_ARGUMENT",
            ErrorCode::NullArgument => "OXWS_ERROR_NULL_ARGUMENT",
            ErrorCode::WrongThread => "OXWS_ERROR_WRONG_THREAD",
            ErrorCode::Busy => "OXWS_ERROR_BUSY",
            ErrorCode::InvalidUtf8 => "OXWS_ERROR_INVALID_UTF8",
            ErrorCode::InvalidUrl => "OXWS_ERROR_INVALID_URL",
            ErrorCode::TooLong => "OXWS_ERROR_TOO_LONG",
            ErrorCode::InvalidHeader => "OXWS_ERROR_INVALID_HEADER",
            ErrorCode::SubprotocolNotOffered => "OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED",
            ErrorCode::Unsupported => "OXWS_ERROR_UNSUPPORTED",
            ErrorCode::InvalidState => "OXWS_ERROR_INVALID_STATE",
            ErrorCode::InvalidCloseCode => "OXWS_ERROR_INVALID_CLOSE_CODE",
            ErrorCode::Forked => "OXWS_ERROR_FORKED",
            ErrorCode::InvalidSubprotocol => "OXWS_ERROR_INVALID_SUBPROTOCOL",
            ErrorCode::Duplicate => "OXWS_ERROR_DUPLICATE",
            ErrorCode::BufferTooSmall => "OXWS_ERROR_BUFFER_TOO_SMALL",
            ErrorCode::Closed => "OXWS_ERROR_CLOSED",
            ErrorCode::NotFound => "OXWS_ERROR_NOT_FOUND",
            ErrorCode::WouldExceed => "OXWS_ERROR_WOULD_EXCEED",
            ErrorCode::NotOpen => "OXWS_ERROR_NOT_OPEN",
            ErrorCode::Cancelled => "OXWS_ERROR_CANCELLED",
            ErrorCode::LoopFreed => "OXWS_ERROR_LOOP_FREED",
            ErrorCode::Detached => "OXWS_ERROR_DETACHED",
            ErrorCode::HandshakeMalformed => "OXWS_ERROR_HANDSHAKE_MALFORMED",
            ErrorCode::HandshakeMethod => "OXWS_ERROR_HANDSHAKE_METHOD",
            ErrorCode::HandshakeHttpVersion => "OXWS_ERROR_HANDSHAKE_HTTP_VERSION",
            ErrorCode::HandshakeHost => "OXWS_ERROR_HANDSHAKE_HOST",
            ErrorCode::HandshakeUpgrade => "OXWS_ERROR_HANDSHAKE_UPGRADE",
            ErrorCode::HandshakeConnection => "OXWS_ERROR_HANDSHAKE_CONNECTION",
            ErrorCode::HandshakeKey => "OXWS_ERROR_HANDSHAKE_KEY",
            ErrorCode::HandshakeVersion => "OXWS_ERROR_HANDSHAKE_VERSION",
            ErrorCode::HandshakeOrigin => "OXWS_ERROR_HANDSHAKE_ORIGIN",
            ErrorCode::HandshakeBody => "OXWS_ERROR_HANDSHAKE_BODY",
            ErrorCode::HandshakeUriTooLong => "OXWS_ERROR_HANDSHAKE_URI_TOO_LONG",
            ErrorCode::HandshakeHeadTooLarge => "OXWS_ERROR_HANDSHAKE_HEAD_TOO_LARGE",
            ErrorCode::HandshakeTimeout => "OXWS_ERROR_HANDSHAKE_TIMEOUT",
            ErrorCode::HandshakeDenied => "OXWS_ERROR_HANDSHAKE_DENIED",
            ErrorCode::HandshakeStatus => "OXWS_ERROR_HANDSHAKE_STATUS",
            ErrorCode::HandshakeAccept => "OXWS_ERROR_HANDSHAKE_ACCEPT",
            ErrorCode::HandshakeSubprotocol => "OXWS_ERROR_HANDSHAKE_SUBPROTOCOL",
            ErrorCode::HandshakeExtension => "OXWS_ERROR_HANDSHAKE_EXTENSION",
            ErrorCode::HandshakeTooManyConnections => "OXWS_ERROR_HANDSHAKE_TOO_MANY_CONNECTIONS",
            ErrorCode::HandshakeUpgradeRequired => "OXWS_ERROR_HANDSHAKE_UPGRADE_REQUIRED",
            ErrorCode::HandshakeInterim => "OXWS_ERROR_HANDSHAKE_INTERIM",
            ErrorCode::HandshakeVersionMissing => "OXWS_ERROR_HANDSHAKE_VERSION_MISSING",
            ErrorCode::HandshakeUnauthorized => "OXWS_ERROR_HANDSHAKE_UNAUTHORIZED",
            ErrorCode::HandshakeProxyHeader => "OXWS_ERROR_HANDSHAKE_PROXY_HEADER",
            ErrorCode::ReservedBits => "OXWS_ERROR_RESERVED_BITS",
            ErrorCode::ReservedOpcode => "OXWS_ERROR_RESERVED_OPCODE",
            ErrorCode::MaskMissing => "OXWS_ERROR_MASK_MISSING",
            ErrorCode::MaskUnexpected => "OXWS_ERROR_MASK_UNEXPECTED",
            ErrorCode::LengthNotMinimal => "OXWS_ERROR_LENGTH_NOT_MINIMAL",
            ErrorCode::LengthTopBit => "OXWS_ERROR_LENGTH_TOP_BIT",
            ErrorCode::ControlTooLong => "OXWS_ERROR_CONTROL_TOO_LONG",
            ErrorCode::ControlFragmented => "OXWS_ERROR_CONTROL_FRAGMENTED",
            ErrorCode::UnexpectedContinuation => "OXWS_ERROR_UNEXPECTED_CONTINUATION",
            ErrorCode::ExpectedContinuation => "OXWS_ERROR_EXPECTED_CONTINUATION",
            ErrorCode::ClosePayloadLength => "OXWS_ERROR_CLOSE_PAYLOAD_LENGTH",
            ErrorCode::CloseCodeNotAllowed => "OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED",
            ErrorCode::CloseReasonUtf8 => "OXWS_ERROR_CLOSE_REASON_UTF8",
            ErrorCode::TextUtf8 => "OXWS_ERROR_TEXT_UTF8",
            ErrorCode::FrameIncomplete => "OXWS_ERROR_FRAME_INCOMPLETE",
            ErrorCode::CompressedData => "OXWS_ERROR_COMPRESSED_DATA",
            ErrorCode::FrameTooBig => "OXWS_ERROR_FRAME_TOO_BIG",
            ErrorCode::MessageTooBig => "OXWS_ERROR_MESSAGE_TOO_BIG",
            ErrorCode::TooManyFragments => "OXWS_ERROR_TOO_MANY_FRAGMENTS",
            ErrorCode::ControlFlood => "OXWS_ERROR_CONTROL_FLOOD",
            ErrorCode::PongTimeout => "OXWS_ERROR_PONG_TIMEOUT",
            ErrorCode::IdleTimeout => "OXWS_ERROR_IDLE_TIMEOUT",
            ErrorCode::CloseTimeout => "OXWS_ERROR_CLOSE_TIMEOUT",
            ErrorCode::WriteStalled => "OXWS_ERROR_WRITE_STALLED",
            ErrorCode::BufferBudget => "OXWS_ERROR_BUFFER_BUDGET",
            ErrorCode::ResolveFailed => "OXWS_ERROR_RESOLVE_FAILED",
            ErrorCode::ConnectFailed => "OXWS_ERROR_CONNECT_FAILED",
            ErrorCode::ConnectTimeout => "OXWS_ERROR_CONNECT_TIMEOUT",
            ErrorCode::ConnectionLost => "OXWS_ERROR_CONNECTION_LOST",
            ErrorCode::ConnectionReset => "OXWS_ERROR_CONNECTION_RESET",
            ErrorCode::ListenFailed => "OXWS_ERROR_LISTEN_FAILED",
            ErrorCode::SystemCallFailed => "OXWS_ERROR_SYSTEM_CALL_FAILED",
            ErrorCode::ProxyMalformed => "OXWS_ERROR_PROXY_MALFORMED",
            ErrorCode::ProxyRefused => "OXWS_ERROR_PROXY_REFUSED",
            ErrorCode::ProxyUnauthorized => "OXWS_ERROR_PROXY_UNAUTHORIZED",
            ErrorCode::TooManyRedirects => "OXWS_ERROR_TOO_MANY_REDIRECTS",
            ErrorCode::RedirectRefused => "OXWS_ERROR_REDIRECT_REFUSED",
            ErrorCode::TlsHandshake => "OXWS_ERROR_TLS_HANDSHAKE",
            ErrorCode::TlsAlert => "OXWS_ERROR_TLS_ALERT",
            ErrorCode::TlsTruncated => "OXWS_ERROR_TLS_TRUNCATED",
            ErrorCode::TlsNotSpoken => "OXWS_ERROR_TLS_NOT_SPOKEN",
            ErrorCode::CertificateUnknownIssuer => "OXWS_ERROR_CERTIFICATE_UNKNOWN_ISSUER",
            ErrorCode::CertificateExpired => "OXWS_ERROR_CERTIFICATE_EXPIRED",
            ErrorCode::CertificateNotYetValid => "OXWS_ERROR_CERTIFICATE_NOT_YET_VALID",
            ErrorCode::CertificateWrongName => "OXWS_ERROR_CERTIFICATE_WRONG_NAME",
            ErrorCode::CertificateWrongUsage => "OXWS_ERROR_CERTIFICATE_WRONG_USAGE",
            ErrorCode::CertificateRevoked => "OXWS_ERROR_CERTIFICATE_REVOKED",
            ErrorCode::CertificateMalformed => "OXWS_ERROR_CERTIFICATE_MALFORMED",
            ErrorCode::CertificateMissing => "OXWS_ERROR_CERTIFICATE_MISSING",
            ErrorCode::CertificatePin => "OXWS_ERROR_CERTIFICATE_PIN",
            ErrorCode::TlsIncompatible => "OXWS_ERROR_TLS_INCOMPATIBLE",
            ErrorCode::TlsNotConfigured => "OXWS_ERROR_TLS_NOT_CONFIGURED",
            ErrorCode::TlsBadCertificate => "OXWS_ERROR_TLS_BAD_CERTIFICATE",
            ErrorCode::TlsBadKey => "OXWS_ERROR_TLS_BAD_KEY",
            ErrorCode::TlsKeyMismatch => "OXWS_ERROR_TLS_KEY_MISMATCH",
            ErrorCode::TlsFileUnreadable => "OXWS_ERROR_TLS_FILE_UNREADABLE",
            ErrorCode::CertificateSelfSigned => "OXWS_ERROR_CERTIFICATE_SELF_SIGNED",
            ErrorCode::TlsRecord => "OXWS_ERROR_TLS_RECORD",
            ErrorCode::TlsEnded => "OXWS_ERROR_TLS_ENDED",
            ErrorCode::Panic => "OXWS_ERROR_PANIC",
            ErrorCode::Poisoned => "OXWS_ERROR_POISONED",
            ErrorCode::OutOfMemory => "OXWS_ERROR_OUT_OF_MEMORY",
        }
    }

    /// The close code that belongs to the error: sent to the peer, or (1006) reported only.
    pub fn close_code(self) -> Option<CloseCode> {
        let code = match self {
            ErrorCode::LoopFreed | ErrorCode::IdleTimeout => CloseCode::GOING_AWAY,
            ErrorCode::ReservedBits
            | ErrorCode::ReservedOpcode
            | ErrorCode::MaskMissing
            | ErrorCode::MaskUnexpected
            | ErrorCode::LengthNotMinimal
            | ErrorCode::LengthTopBit
            | ErrorCode::ControlTooLong
            | ErrorCode::ControlFragmented
            | ErrorCode::UnexpectedContinuation
            | ErrorCode::ExpectedContinuation
            | ErrorCode::ClosePayloadLength
            | ErrorCode::CloseCodeNotAllowed => CloseCode::PROTOCOL_ERROR,
            ErrorCode::CloseReasonUtf8 | ErrorCode::TextUtf8 | ErrorCode::CompressedData => {
                CloseCode::INVALID_PAYLOAD
            }
            ErrorCode::FrameTooBig | ErrorCode::MessageTooBig => CloseCode::MESSAGE_TOO_BIG,
            ErrorCode::TooManyFragments | ErrorCode::ControlFlood => CloseCode::POLICY_VIOLATION,
            ErrorCode::PongTimeout
            | ErrorCode::CloseTimeout
            | ErrorCode::WriteStalled
            | ErrorCode::ResolveFailed
            | ErrorCode::ConnectFailed
            | ErrorCode::ConnectTimeout
            | ErrorCode::HandshakeTimeout
            | ErrorCode::ConnectionLost
            | ErrorCode::ConnectionReset
            | ErrorCode::TlsTruncated => CloseCode::ABNORMAL,
            ErrorCode::TlsHandshake
            | ErrorCode::TlsAlert
            | ErrorCode::TlsNotSpoken
            | ErrorCode::TlsIncompatible
            | ErrorCode::TlsNotConfigured
            | ErrorCode::CertificateUnknownIssuer
            | ErrorCode::CertificateExpired
            | ErrorCode::CertificateNotYetValid
            | ErrorCode::CertificateWrongName
            | ErrorCode::CertificateWrongUsage
            | ErrorCode::CertificateRevoked
            | ErrorCode::CertificateMalformed
            | ErrorCode::CertificateMissing
            | ErrorCode::CertificatePin
            | ErrorCode::CertificateSelfSigned
            | ErrorCode::TlsRecord
            | ErrorCode::TlsEnded => CloseCode::TLS_HANDSHAKE,
            ErrorCode::BufferBudget => CloseCode::TRY_AGAIN_LATER,
            ErrorCode::Panic | ErrorCode::OutOfMemory => CloseCode::INTERNAL_ERROR,
            _ => return None,
        };
        Some(code)
    }

    /// The HTTP status with which a server answers a request that fails so.
    pub fn http_status(self) -> Option<u16> {
        let status = match self {
            ErrorCode::HandshakeMalformed
            | ErrorCode::HandshakeHost
            | ErrorCode::HandshakeUpgrade
            | ErrorCode::HandshakeConnection
            | ErrorCode::HandshakeKey
            | ErrorCode::HandshakeBody
            | ErrorCode::HandshakeSubprotocol
            | ErrorCode::HandshakeExtension => 400,
            ErrorCode::HandshakeMethod => 405,
            ErrorCode::HandshakeHttpVersion => 505,
            ErrorCode::HandshakeVersion
            | ErrorCode::HandshakeVersionMissing
            | ErrorCode::HandshakeUpgradeRequired => 426,
            ErrorCode::HandshakeOrigin | ErrorCode::HandshakeDenied => 403,
            ErrorCode::HandshakeUriTooLong => 414,
            ErrorCode::HandshakeHeadTooLarge => 431,
            ErrorCode::HandshakeTimeout => 408,
            ErrorCode::HandshakeTooManyConnections => 503,
            ErrorCode::Panic | ErrorCode::OutOfMemory => 500,
            _ => return None,
        };
        Some(status)
    }
}
