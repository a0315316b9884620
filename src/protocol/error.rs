//! Everything that can go wrong, as one list of numbers that never change.
//!
//! Each variant is one rule broken or one cause. A retired number is kept as a tombstone.

use thiserror::Error;

use super::close::CloseCode;

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
        ErrorCode::Panic,
        ErrorCode::Poisoned,
        ErrorCode::OutOfMemory,
    ];

    /// The stable number, below zero.
    pub fn number(self) -> i32 {
        self as i32
    }

    /// The error with this number.
    pub fn from_number(number: i32) -> Option<ErrorCode> {
        ErrorCode::ALL.iter().copied().find(|error| error.number() == number)
    }

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
            ErrorCode::CloseReasonUtf8 | ErrorCode::TextUtf8 => CloseCode::INVALID_PAYLOAD,
            ErrorCode::FrameTooBig | ErrorCode::MessageTooBig => CloseCode::MESSAGE_TOO_BIG,
            ErrorCode::TooManyFragments | ErrorCode::ControlFlood => CloseCode::POLICY_VIOLATION,
            ErrorCode::PongTimeout
            | ErrorCode::CloseTimeout
            | ErrorCode::WriteStalled
            | ErrorCode::ResolveFailed
            | ErrorCode::ConnectFailed
            | ErrorCode::ConnectTimeout
            | ErrorCode::ConnectionLost
            | ErrorCode::ConnectionReset => CloseCode::ABNORMAL,
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
