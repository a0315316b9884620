//! Everything that can go wrong, as one list of numbers that never change.
//!
//! Each variant is one rule broken or one cause. A retired number is kept as a tombstone.

use thiserror::Error;

/// What went wrong. Negative, in groups of a hundred; 0 is success and is no error.
///
/// cbindgen:rename-all=QualifiedScreamingSnakeCase
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[repr(i32)]
pub enum ErrorCode {
    // Misuse: the call itself is wrong; nothing has happened.
    /// An argument is out of range, not of a known kind, or does not go with the others.
    #[error("an argument is out of range or of no known kind")]
    InvalidArgument = -100,
    /// A pointer that must not be NULL is NULL.
    #[error("a pointer that must not be NULL is NULL")]
    NullArgument = -101,
    /// The function belongs to the loop's thread and was called on another; `oxws_loop_attach` moves the loop.
    #[error("called on a thread that does not own the loop; move the loop with oxws_loop_attach")]
    WrongThread = -102,
    /// The call is not possible inside a callback of the same loop, as freeing or polling it is.
    #[error("not possible inside a callback of the same loop")]
    Busy = -103,
    /// A string or text message that was passed in is not UTF-8.
    #[error("the text that was passed in is not UTF-8")]
    InvalidUtf8 = -104,
    /// The URL cannot be read, or has a part that is not allowed there.
    #[error("the URL cannot be read or has a part that is not allowed there")]
    InvalidUrl = -105,
    /// A close reason has more than 123 bytes, or a ping more than 125, or a name is beyond its limit.
    #[error("too long: a reason has at most 123 bytes and a ping at most 125")]
    TooLong = -106,
    /// A field name is not a token, or a value has a control character, or the library writes that field itself.
    #[error(
        "a header name or value has a character that is not allowed, or the library writes that header itself"
    )]
    InvalidHeader = -107,
    /// The subprotocol that was chosen is not among those that the client offered.
    #[error("the subprotocol is not among those that the client offered")]
    SubprotocolNotOffered = -108,
    /// The feature is not part of this build or platform.
    #[error("not supported by this build or platform")]
    Unsupported = -109,
    /// The connection is not in a state where the call makes sense, such as accepting it twice.
    #[error("the connection is not in a state in which the call makes sense")]
    InvalidState = -110,
    /// The close code may not be sent: it must be 1000 to 1003, 1007 to 1014 or 3000 to 4999.
    #[error("this close code may not be sent")]
    InvalidCloseCode = -111,
    /// The process is a child of the one that made the loop; only freeing it is allowed.
    #[error("the loop belongs to the parent process; only freeing it is allowed after fork")]
    Forked = -112,
    /// A subprotocol is not a token of RFC 6455 section 4.1, or is listed twice.
    #[error("a subprotocol must be a token and be listed once")]
    InvalidSubprotocol = -113,
    /// Something else has this code or name already.
    #[error("something else has this code or name already")]
    Duplicate = -114,
    /// The buffer of the caller is too small for the result.
    #[error("the buffer is too small for the result")]
    BufferTooSmall = -115,

    // The connection cannot take the call, now or any more.
    /// The connection is closing or closed.
    #[error("the connection is closing or closed")]
    Closed = -200,
    /// The id is unknown: what it named is gone, or never was.
    #[error("nothing has this id: what it named is gone or never was")]
    NotFound = -201,
    /// The limit on bytes waiting to be sent would be passed; nothing was queued.
    #[error("too many bytes are waiting to be sent; nothing was queued")]
    WouldExceed = -202,
    /// The opening handshake has not ended yet.
    #[error("the opening handshake has not ended yet")]
    NotOpen = -203,
    /// The connection was given up by this side before it was open, or aborted.
    #[error("this side gave the connection up")]
    Cancelled = -204,
    /// The loop was freed while the connection lived.
    #[error("the loop was freed while the connection lived")]
    LoopFreed = -205,
    /// The descriptor was given back to the program, which goes on with it.
    #[error("the descriptor was given back to the program")]
    Detached = -206,

    // The opening handshake.
    /// The bytes are not an HTTP/1.1 head (RFC 9112).
    #[error("the bytes are not a well-formed HTTP/1.1 head")]
    HandshakeMalformed = -300,
    /// The method is not GET (RFC 6455 section 4.1).
    #[error("the method of the request is not GET")]
    HandshakeMethod = -301,
    /// The version is not HTTP/1.1 (RFC 6455 section 4.1).
    #[error("the HTTP version is not 1.1")]
    HandshakeHttpVersion = -302,
    /// The Host field is missing, repeated or malformed (RFC 9112 section 3.2).
    #[error("the Host field is missing, repeated or malformed")]
    HandshakeHost = -303,
    /// The Upgrade field is missing or does not name websocket (RFC 6455 section 4.2.1).
    #[error("the Upgrade field does not name websocket")]
    HandshakeUpgrade = -304,
    /// The Connection field does not name Upgrade (RFC 6455 section 4.2.1).
    #[error("the Connection field does not name Upgrade")]
    HandshakeConnection = -305,
    /// Sec-WebSocket-Key is missing, repeated or does not decode to 16 bytes (RFC 6455 section 4.2.1).
    #[error("Sec-WebSocket-Key is missing, repeated or malformed")]
    HandshakeKey = -306,
    /// The request is of a version that is not spoken, or names several (RFC 6455 section 4.4).
    #[error("Sec-WebSocket-Version names a version that is not spoken here")]
    HandshakeVersion = -307,
    /// The Origin is not allowed (RFC 6455 section 10.2).
    #[error("the Origin of the request is not allowed")]
    HandshakeOrigin = -308,
    /// An opening request has a body.
    #[error("the opening request has a body")]
    HandshakeBody = -309,
    /// The request line is longer than the limit.
    #[error("the request line is longer than the limit")]
    HandshakeUriTooLong = -310,
    /// The head, one of its lines or their number is beyond the limit.
    #[error("the head, one of its lines or the number of lines is beyond the limit")]
    HandshakeHeadTooLarge = -311,
    /// The opening handshake did not end before its deadline.
    #[error("the opening handshake did not end before its deadline")]
    HandshakeTimeout = -312,
    /// The application of this side denied the request.
    #[error("the application denied the request")]
    HandshakeDenied = -313,
    /// The server answered with a status other than 101.
    #[error("the server answered with a status other than 101")]
    HandshakeStatus = -314,
    /// Sec-WebSocket-Accept is missing, repeated or wrong (RFC 6455 section 4.1).
    #[error("Sec-WebSocket-Accept is missing, repeated or wrong")]
    HandshakeAccept = -315,
    /// The subprotocol field is malformed, or its answer was not offered (RFC 6455 section 4.1).
    #[error("the subprotocol field is malformed or names what was not offered")]
    HandshakeSubprotocol = -316,
    /// The extensions field is malformed, or its answer was not offered (RFC 6455 section 4.1).
    #[error("the extensions field is malformed or names what was not offered")]
    HandshakeExtension = -317,
    /// The server has as many connections as it may have.
    #[error("the server has as many connections as it may have")]
    HandshakeTooManyConnections = -318,
    /// An ordinary request came to an address that only speaks WebSocket.
    #[error("an ordinary request came where only WebSocket is spoken")]
    HandshakeUpgradeRequired = -319,
    /// The server sent more interim responses than the limit.
    #[error("the server sent too many interim responses")]
    HandshakeInterim = -320,
    /// Sec-WebSocket-Version is missing (RFC 6455 section 4.2.1).
    #[error("Sec-WebSocket-Version is missing")]
    HandshakeVersionMissing = -321,
    /// The server wants credentials, or others: it answered 401 or 407.
    #[error("the server wants credentials, or others")]
    HandshakeUnauthorized = -322,
    /// The PROXY header of a connection is missing or malformed, or its sender may not send one.
    #[error("the PROXY header is missing or malformed, or its sender may not send one")]
    HandshakeProxyHeader = -323,

    // Frames and messages.
    /// A reserved bit is set that no extension defines (RFC 6455 section 5.2).
    #[error("a reserved bit is set that no extension defines")]
    ReservedBits = -400,
    /// The opcode is reserved (RFC 6455 section 5.2).
    #[error("the opcode is reserved")]
    ReservedOpcode = -401,
    /// A frame from a client is not masked (RFC 6455 section 5.1).
    #[error("a frame from a client is not masked")]
    MaskMissing = -402,
    /// A frame from a server is masked (RFC 6455 section 5.1).
    #[error("a frame from a server is masked")]
    MaskUnexpected = -403,
    /// The length is not in its shortest form (RFC 6455 section 5.2).
    #[error("the length of a frame is not in its shortest form")]
    LengthNotMinimal = -404,
    /// The most significant bit of a 64-bit length is set (RFC 6455 section 5.2).
    #[error("the top bit of a 64-bit length is set")]
    LengthTopBit = -405,
    /// A control frame has more than 125 bytes (RFC 6455 section 5.5).
    #[error("a control frame has more than 125 bytes")]
    ControlTooLong = -406,
    /// A control frame is fragmented (RFC 6455 section 5.5).
    #[error("a control frame is fragmented")]
    ControlFragmented = -407,
    /// A continuation frame has no message to go on with (RFC 6455 section 5.4).
    #[error("a continuation frame has no message to go on with")]
    UnexpectedContinuation = -408,
    /// A message begins inside another (RFC 6455 section 5.4).
    #[error("a message begins before the last one has ended")]
    ExpectedContinuation = -409,
    /// A Close frame has a payload of one byte (RFC 6455 section 5.5.1).
    #[error("a Close frame has a payload of one byte")]
    ClosePayloadLength = -410,
    /// A Close frame carries a code that may not stand on the wire (RFC 6455 section 7.4).
    #[error("a Close frame carries a code that may not stand on the wire")]
    CloseCodeNotAllowed = -411,
    /// The reason of a Close frame is not UTF-8 (RFC 6455 section 5.5.1).
    #[error("the reason of a Close frame is not UTF-8")]
    CloseReasonUtf8 = -412,
    /// A text message is not UTF-8 (RFC 6455 section 8.1).
    #[error("a text message is not UTF-8")]
    TextUtf8 = -413,
    /// There are fewer bytes than the frame has.
    #[error("there are fewer bytes than the frame has")]
    FrameIncomplete = -414,
    /// A compressed message is damaged (RFC 7692 section 7.2.2).
    #[error("a compressed message is damaged")]
    CompressedData = -415,

    // Limits and deadlines.
    /// A frame is larger than `max_frame_bytes`.
    #[error("a frame is larger than the limit")]
    FrameTooBig = -500,
    /// A message is larger than `max_message_bytes`.
    #[error("a message is larger than the limit")]
    MessageTooBig = -501,
    /// A message has more fragments than its size excuses.
    #[error("a message has too many fragments for its size")]
    TooManyFragments = -502,
    /// Pings, pongs and empty fragments come faster than the limit.
    #[error("pings, pongs or empty fragments come faster than the limit")]
    ControlFlood = -503,
    /// No byte came between a ping and its deadline.
    #[error("no answer to a ping came before its deadline")]
    PongTimeout = -504,
    /// No message passed for longer than the idle timeout.
    #[error("no message passed for longer than the idle timeout")]
    IdleTimeout = -505,
    /// The peer did not answer a Close frame before the deadline.
    #[error("the peer did not answer the Close frame before its deadline")]
    CloseTimeout = -506,
    /// The peer took no byte of what waits to be sent for too long.
    #[error("the peer took nothing of what waits to be sent for too long")]
    WriteStalled = -507,
    /// The loop's budget for unfinished messages is used up, and this connection held most of it.
    #[error("the loop's budget for unfinished messages is used up")]
    BufferBudget = -508,

    // Network and system.
    /// The host name could not be resolved.
    #[error("the host name could not be resolved")]
    ResolveFailed = -600,
    /// No address of the host accepted the connection; `oxws_close_info_os_error` tells of the last one.
    #[error("no address of the host accepted the connection")]
    ConnectFailed = -601,
    /// The connection and its handshake did not end before their deadline.
    #[error("connecting did not end before its deadline")]
    ConnectTimeout = -602,
    /// The connection ended without a Close frame.
    #[error("the connection ended without a Close frame")]
    ConnectionLost = -603,
    /// Reading or writing failed; `oxws_close_info_os_error` tells how.
    #[error("the connection was reset or failed")]
    ConnectionReset = -604,
    /// The address could not be bound or listened on; `oxws_loop_os_error` tells why.
    #[error("the address could not be bound or listened on")]
    ListenFailed = -605,
    /// A system call failed; `oxws_loop_os_error` tells how.
    #[error("a system call failed")]
    SystemCallFailed = -606,
    /// The answer of the proxy cannot be read.
    #[error("the answer of the proxy cannot be read")]
    ProxyMalformed = -607,
    /// The proxy does not let the connection through, or cannot.
    #[error("the proxy does not let the connection through")]
    ProxyRefused = -608,
    /// The proxy wants credentials, or others.
    #[error("the proxy wants credentials, or others")]
    ProxyUnauthorized = -609,
    /// The server led elsewhere more often than `oxws_config_max_redirects` allows.
    #[error("the server led elsewhere too often")]
    TooManyRedirects = -610,
    /// The server led to an address that is not followed: none, none that can be dialled, one with
    /// credentials, or from `wss` to `ws`.
    #[error("the server led to an address that is not followed")]
    RedirectRefused = -611,

    // TLS.
    /// The TLS handshake failed for another reason than those below.
    #[error("the TLS handshake failed")]
    TlsHandshake = -700,
    /// The peer ended TLS with an alert; the failure record has its number.
    #[error("the peer ended TLS with an alert")]
    TlsAlert = -701,
    /// The stream ended without the peer's close_notify (RFC 8446 section 6.1).
    #[error("the stream ended without the end of TLS")]
    TlsTruncated = -702,
    /// What came is not TLS.
    #[error("what came is not TLS")]
    TlsNotSpoken = -703,
    /// No authority that is trusted vouches for the certificate.
    #[error("no authority that is trusted vouches for the certificate")]
    CertificateUnknownIssuer = -704,
    /// The certificate, or one between it and the authority, is no longer valid.
    #[error("the certificate is no longer valid")]
    CertificateExpired = -705,
    /// The certificate, or one between it and the authority, is not valid yet.
    #[error("the certificate is not valid yet")]
    CertificateNotYetValid = -706,
    /// The certificate is for other hosts.
    #[error("the certificate is for other hosts")]
    CertificateWrongName = -707,
    /// The certificate is for another use, as that of a client shown by a server.
    #[error("the certificate is for another use")]
    CertificateWrongUsage = -708,
    /// The certificate has been revoked.
    #[error("the certificate has been revoked")]
    CertificateRevoked = -709,
    /// The certificate cannot be read, is badly signed, or has what is not supported.
    #[error("the certificate cannot be read, is badly signed, or has what is not supported")]
    CertificateMalformed = -710,
    /// The client showed no certificate although one is required.
    #[error("the client showed no certificate although one is required")]
    CertificateMissing = -711,
    /// The key of the certificate is none of those that are pinned.
    #[error("the key of the certificate is none of those that are pinned")]
    CertificatePin = -712,
    /// Both sides have no version, cipher suite or application protocol in common.
    #[error("both sides have no version, cipher suite or application protocol in common")]
    TlsIncompatible = -713,
    /// What TLS needs has not been set: a certificate to listen with, or an authority to trust.
    #[error("what TLS needs is not set: a certificate to listen with, or an authority to trust")]
    TlsNotConfigured = -714,
    /// The text or file has no certificate, or revocation list of version 2, that can be read.
    #[error(
        "the text or file has no certificate, or revocation list of version 2, that can be read"
    )]
    TlsBadCertificate = -715,
    /// The text or file has no private key that can be read.
    #[error("the text or file has no private key that can be read")]
    TlsBadKey = -716,
    /// The private key is not that of the certificate.
    #[error("the private key is not that of the certificate")]
    TlsKeyMismatch = -717,
    /// The file cannot be opened or read.
    #[error("the file cannot be opened or read")]
    TlsFileUnreadable = -718,
    /// The certificate is signed by itself and not trusted.
    #[error("the certificate is signed by itself and not trusted")]
    CertificateSelfSigned = -719,
    /// A record of TLS cannot be opened, as it was changed on its way, or what is to be sent cannot be
    /// made into one.
    #[error("a record of TLS cannot be opened or made")]
    TlsRecord = -720,
    /// The peer has ended TLS by a close_notify before its handshake was over.
    #[error("the peer has ended TLS before its handshake was over")]
    TlsEnded = -721,

    // Fatal: the loop cannot go on.
    /// The library met a fault of its own; the loop is unusable and can only be freed.
    #[error("an internal fault; the loop can only be freed")]
    Panic = -900,
    /// The loop met a fault of the library earlier and can only be freed.
    #[error("the loop met an internal fault earlier and can only be freed")]
    Poisoned = -901,
    /// Memory for a payload could not be had.
    #[error("memory could not be had")]
    OutOfMemory = -902,
}

impl ErrorCode {
    /// The stable number, below zero.
    pub fn number(self) -> i32 {
        self as i32
    }

    /// The error with this number.
    pub fn from_number(number: i32) -> Option<ErrorCode> {
        ErrorCode::ALL.iter().copied().find(|error| error.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn numbers_are_negative_distinct_and_found_again() {
        for (place, error) in ErrorCode::ALL.iter().enumerate() {
            assert!(error.number() <= -100, "{error:?}");
            assert_eq!(ErrorCode::from_number(error.number()), Some(*error));
            assert!(ErrorCode::ALL.iter().skip(place + 1).all(|other| other != error));
            assert!(!error.to_string().is_empty());
        }
        assert_eq!(ErrorCode::from_number(0), None);
        assert_eq!(ErrorCode::from_number(-1), None);
    }
}
