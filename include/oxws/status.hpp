// What calls give back: Status, and Result with a value. Included by <oxws.hpp>.
#ifndef OXWS_STATUS_HPP
#define OXWS_STATUS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <oxws.h>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
/// 1 if this translation unit is compiled with exceptions, otherwise 0.
#define OXWS_HAS_EXCEPTIONS 1
#else
#define OXWS_HAS_EXCEPTIONS 0
#endif

namespace oxws {

enum class CloseCode : std::uint16_t;

/// What went wrong; the texts of oxws.h say more of each.
enum class Error : std::int32_t {
    /// An argument is out of range, not of a known kind, or does not go with the others.
    InvalidArgument = OXWS_ERROR_INVALID_ARGUMENT,
    /// A pointer that must not be NULL is NULL.
    NullArgument = OXWS_ERROR_NULL_ARGUMENT,
    /// The function belongs to the loop's thread and was called on another; `Loop::attach` moves the loop.
    WrongThread = OXWS_ERROR_WRONG_THREAD,
    /// The call is not possible inside a callback of the same loop, as freeing or polling it is.
    Busy = OXWS_ERROR_BUSY,
    /// A string or text message that was passed in is not UTF-8.
    InvalidUtf8 = OXWS_ERROR_INVALID_UTF8,
    /// The URL cannot be read, or has a part that is not allowed there.
    InvalidUrl = OXWS_ERROR_INVALID_URL,
    /// A close reason has more than 123 bytes, or a ping more than 125, or a name is beyond its limit.
    TooLong = OXWS_ERROR_TOO_LONG,
    /// A field name is not a token, or a value has a control character, or the library writes that field itself.
    InvalidHeader = OXWS_ERROR_INVALID_HEADER,
    /// The subprotocol that was chosen is not among those that the client offered.
    SubprotocolNotOffered = OXWS_ERROR_SUBPROTOCOL_NOT_OFFERED,
    /// The feature is not part of this build or platform.
    Unsupported = OXWS_ERROR_UNSUPPORTED,
    /// The connection is not in a state where the call makes sense, such as accepting it twice.
    InvalidState = OXWS_ERROR_INVALID_STATE,
    /// The close code may not be sent: it must be 1000 to 1003, 1007 to 1014 or 3000 to 4999.
    InvalidCloseCode = OXWS_ERROR_INVALID_CLOSE_CODE,
    /// The process is a child of the one that made the loop; only freeing it is allowed.
    Forked = OXWS_ERROR_FORKED,
    /// A subprotocol is not a token of RFC 6455 section 4.1, or is listed twice.
    InvalidSubprotocol = OXWS_ERROR_INVALID_SUBPROTOCOL,
    /// Something else has this code or name already.
    Duplicate = OXWS_ERROR_DUPLICATE,
    /// The buffer of the caller is too small for the result.
    BufferTooSmall = OXWS_ERROR_BUFFER_TOO_SMALL,
    /// The connection is closing or closed.
    Closed = OXWS_ERROR_CLOSED,
    /// The id is unknown: what it named is gone, or never was.
    NotFound = OXWS_ERROR_NOT_FOUND,
    /// The limit on bytes waiting to be sent would be passed; nothing was queued.
    WouldExceed = OXWS_ERROR_WOULD_EXCEED,
    /// The opening handshake has not ended yet.
    NotOpen = OXWS_ERROR_NOT_OPEN,
    /// The connection was given up by this side before it was open, or aborted.
    Cancelled = OXWS_ERROR_CANCELLED,
    /// The loop was freed while the connection lived.
    LoopFreed = OXWS_ERROR_LOOP_FREED,
    /// The descriptor was given back to the program, which goes on with it.
    Detached = OXWS_ERROR_DETACHED,
    /// The bytes are not an HTTP/1.1 head (RFC 9112).
    HandshakeMalformed = OXWS_ERROR_HANDSHAKE_MALFORMED,
    /// The method is not GET (RFC 6455 section 4.1).
    HandshakeMethod = OXWS_ERROR_HANDSHAKE_METHOD,
    /// The version is not HTTP/1.1 (RFC 6455 section 4.1).
    HandshakeHttpVersion = OXWS_ERROR_HANDSHAKE_HTTP_VERSION,
    /// The Host field is missing, repeated or malformed (RFC 9112 section 3.2).
    HandshakeHost = OXWS_ERROR_HANDSHAKE_HOST,
    /// The Upgrade field is missing or does not name websocket (RFC 6455 section 4.2.1).
    HandshakeUpgrade = OXWS_ERROR_HANDSHAKE_UPGRADE,
    /// The Connection field does not name Upgrade (RFC 6455 section 4.2.1).
    HandshakeConnection = OXWS_ERROR_HANDSHAKE_CONNECTION,
    /// Sec-WebSocket-Key is missing, repeated or does not decode to 16 bytes (RFC 6455 section 4.2.1).
    HandshakeKey = OXWS_ERROR_HANDSHAKE_KEY,
    /// The request is of a version that is not spoken, or names several (RFC 6455 section 4.4).
    HandshakeVersion = OXWS_ERROR_HANDSHAKE_VERSION,
    /// The Origin is not allowed (RFC 6455 section 10.2).
    HandshakeOrigin = OXWS_ERROR_HANDSHAKE_ORIGIN,
    /// An opening request has a body.
    HandshakeBody = OXWS_ERROR_HANDSHAKE_BODY,
    /// The request line is longer than the limit.
    HandshakeUriTooLong = OXWS_ERROR_HANDSHAKE_URI_TOO_LONG,
    /// The head, one of its lines or their number is beyond the limit.
    HandshakeHeadTooLarge = OXWS_ERROR_HANDSHAKE_HEAD_TOO_LARGE,
    /// The opening handshake did not end before its deadline.
    HandshakeTimeout = OXWS_ERROR_HANDSHAKE_TIMEOUT,
    /// The application of this side denied the request.
    HandshakeDenied = OXWS_ERROR_HANDSHAKE_DENIED,
    /// The server answered with a status other than 101.
    HandshakeStatus = OXWS_ERROR_HANDSHAKE_STATUS,
    /// Sec-WebSocket-Accept is missing, repeated or wrong (RFC 6455 section 4.1).
    HandshakeAccept = OXWS_ERROR_HANDSHAKE_ACCEPT,
    /// The subprotocol field is malformed, or its answer was not offered (RFC 6455 section 4.1).
    HandshakeSubprotocol = OXWS_ERROR_HANDSHAKE_SUBPROTOCOL,
    /// The extensions field is malformed, or its answer was not offered (RFC 6455 section 4.1).
    HandshakeExtension = OXWS_ERROR_HANDSHAKE_EXTENSION,
    /// The server has as many connections as it may have.
    HandshakeTooManyConnections = OXWS_ERROR_HANDSHAKE_TOO_MANY_CONNECTIONS,
    /// An ordinary request came to an address that only speaks WebSocket.
    HandshakeUpgradeRequired = OXWS_ERROR_HANDSHAKE_UPGRADE_REQUIRED,
    /// The server sent more interim responses than the limit.
    HandshakeInterim = OXWS_ERROR_HANDSHAKE_INTERIM,
    /// Sec-WebSocket-Version is missing (RFC 6455 section 4.2.1).
    HandshakeVersionMissing = OXWS_ERROR_HANDSHAKE_VERSION_MISSING,
    /// The server wants credentials, or others: it answered 401 or 407.
    HandshakeUnauthorized = OXWS_ERROR_HANDSHAKE_UNAUTHORIZED,
    /// The PROXY header of a connection is missing or malformed, or its sender may not send one.
    HandshakeProxyHeader = OXWS_ERROR_HANDSHAKE_PROXY_HEADER,
    /// A reserved bit is set that no extension defines (RFC 6455 section 5.2).
    ReservedBits = OXWS_ERROR_RESERVED_BITS,
    /// The opcode is reserved (RFC 6455 section 5.2).
    ReservedOpcode = OXWS_ERROR_RESERVED_OPCODE,
    /// A frame from a client is not masked (RFC 6455 section 5.1).
    MaskMissing = OXWS_ERROR_MASK_MISSING,
    /// A frame from a server is masked (RFC 6455 section 5.1).
    MaskUnexpected = OXWS_ERROR_MASK_UNEXPECTED,
    /// The length is not in its shortest form (RFC 6455 section 5.2).
    LengthNotMinimal = OXWS_ERROR_LENGTH_NOT_MINIMAL,
    /// The most significant bit of a 64-bit length is set (RFC 6455 section 5.2).
    LengthTopBit = OXWS_ERROR_LENGTH_TOP_BIT,
    /// A control frame has more than 125 bytes (RFC 6455 section 5.5).
    ControlTooLong = OXWS_ERROR_CONTROL_TOO_LONG,
    /// A control frame is fragmented (RFC 6455 section 5.5).
    ControlFragmented = OXWS_ERROR_CONTROL_FRAGMENTED,
    /// A continuation frame has no message to go on with (RFC 6455 section 5.4).
    UnexpectedContinuation = OXWS_ERROR_UNEXPECTED_CONTINUATION,
    /// A message begins inside another (RFC 6455 section 5.4).
    ExpectedContinuation = OXWS_ERROR_EXPECTED_CONTINUATION,
    /// A Close frame has a payload of one byte (RFC 6455 section 5.5.1).
    ClosePayloadLength = OXWS_ERROR_CLOSE_PAYLOAD_LENGTH,
    /// A Close frame carries a code that may not stand on the wire (RFC 6455 section 7.4).
    CloseCodeNotAllowed = OXWS_ERROR_CLOSE_CODE_NOT_ALLOWED,
    /// The reason of a Close frame is not UTF-8 (RFC 6455 section 5.5.1).
    CloseReasonUtf8 = OXWS_ERROR_CLOSE_REASON_UTF8,
    /// A text message is not UTF-8 (RFC 6455 section 8.1).
    TextUtf8 = OXWS_ERROR_TEXT_UTF8,
    /// There are fewer bytes than the frame has.
    FrameIncomplete = OXWS_ERROR_FRAME_INCOMPLETE,
    /// A compressed message is damaged.
    CompressedData = OXWS_ERROR_COMPRESSED_DATA,
    /// A frame is larger than `max_frame_bytes`.
    FrameTooBig = OXWS_ERROR_FRAME_TOO_BIG,
    /// A message is larger than `max_message_bytes`.
    MessageTooBig = OXWS_ERROR_MESSAGE_TOO_BIG,
    /// A message has more fragments than its size excuses.
    TooManyFragments = OXWS_ERROR_TOO_MANY_FRAGMENTS,
    /// Pings, pongs and empty fragments come faster than the limit.
    ControlFlood = OXWS_ERROR_CONTROL_FLOOD,
    /// No byte came between a ping and its deadline.
    PongTimeout = OXWS_ERROR_PONG_TIMEOUT,
    /// No message passed for longer than the idle timeout.
    IdleTimeout = OXWS_ERROR_IDLE_TIMEOUT,
    /// The peer did not answer a Close frame before the deadline.
    CloseTimeout = OXWS_ERROR_CLOSE_TIMEOUT,
    /// The peer took no byte of what waits to be sent for too long.
    WriteStalled = OXWS_ERROR_WRITE_STALLED,
    /// The loop's budget for unfinished messages is used up, and this connection held most of it.
    BufferBudget = OXWS_ERROR_BUFFER_BUDGET,
    /// The host name could not be resolved.
    ResolveFailed = OXWS_ERROR_RESOLVE_FAILED,
    /// No address of the host accepted the connection; `CloseInfoView::os_error` tells of the last one.
    ConnectFailed = OXWS_ERROR_CONNECT_FAILED,
    /// The connection and its handshake did not end before their deadline.
    ConnectTimeout = OXWS_ERROR_CONNECT_TIMEOUT,
    /// The connection ended without a Close frame.
    ConnectionLost = OXWS_ERROR_CONNECTION_LOST,
    /// Reading or writing failed; `CloseInfoView::os_error` tells how.
    ConnectionReset = OXWS_ERROR_CONNECTION_RESET,
    /// The address could not be bound or listened on; `Loop::os_error` tells why.
    ListenFailed = OXWS_ERROR_LISTEN_FAILED,
    /// A system call failed; `Loop::os_error` tells how.
    SystemCallFailed = OXWS_ERROR_SYSTEM_CALL_FAILED,
    /// The answer of the proxy cannot be read.
    ProxyMalformed = OXWS_ERROR_PROXY_MALFORMED,
    /// The proxy does not let the connection through, or cannot.
    ProxyRefused = OXWS_ERROR_PROXY_REFUSED,
    /// The proxy wants credentials, or others.
    ProxyUnauthorized = OXWS_ERROR_PROXY_UNAUTHORIZED,
    /// The server led elsewhere more often than `Config::max_redirects` allows.
    TooManyRedirects = OXWS_ERROR_TOO_MANY_REDIRECTS,
    /// The server led to an address that is not followed.
    RedirectRefused = OXWS_ERROR_REDIRECT_REFUSED,
    /// The TLS handshake failed for another reason than those below.
    TlsHandshake = OXWS_ERROR_TLS_HANDSHAKE,
    /// The peer ended TLS with an alert; the failure record has its number.
    TlsAlert = OXWS_ERROR_TLS_ALERT,
    /// The stream ended without the peer's close_notify (RFC 8446 section 6.1).
    TlsTruncated = OXWS_ERROR_TLS_TRUNCATED,
    /// What came is not TLS.
    TlsNotSpoken = OXWS_ERROR_TLS_NOT_SPOKEN,
    /// No authority that is trusted vouches for the certificate.
    CertificateUnknownIssuer = OXWS_ERROR_CERTIFICATE_UNKNOWN_ISSUER,
    /// The certificate, or one between it and the authority, is no longer valid.
    CertificateExpired = OXWS_ERROR_CERTIFICATE_EXPIRED,
    /// The certificate, or one between it and the authority, is not valid yet.
    CertificateNotYetValid = OXWS_ERROR_CERTIFICATE_NOT_YET_VALID,
    /// The certificate is for other hosts.
    CertificateWrongName = OXWS_ERROR_CERTIFICATE_WRONG_NAME,
    /// The certificate is for another use, as that of a client shown by a server.
    CertificateWrongUsage = OXWS_ERROR_CERTIFICATE_WRONG_USAGE,
    /// The certificate has been revoked.
    CertificateRevoked = OXWS_ERROR_CERTIFICATE_REVOKED,
    /// The certificate cannot be read, is badly signed, or has what is not supported.
    CertificateMalformed = OXWS_ERROR_CERTIFICATE_MALFORMED,
    /// The client showed no certificate although one is required.
    CertificateMissing = OXWS_ERROR_CERTIFICATE_MISSING,
    /// The key of the certificate is none of those that are pinned.
    CertificatePin = OXWS_ERROR_CERTIFICATE_PIN,
    /// Both sides have no version, cipher suite or application protocol in common.
    TlsIncompatible = OXWS_ERROR_TLS_INCOMPATIBLE,
    /// What TLS needs has not been set: a certificate to listen with, or an authority to trust.
    TlsNotConfigured = OXWS_ERROR_TLS_NOT_CONFIGURED,
    /// The text or file has no certificate, or revocation list of version 2, that can be read.
    TlsBadCertificate = OXWS_ERROR_TLS_BAD_CERTIFICATE,
    /// The text or file has no private key that can be read.
    TlsBadKey = OXWS_ERROR_TLS_BAD_KEY,
    /// The private key is not that of the certificate.
    TlsKeyMismatch = OXWS_ERROR_TLS_KEY_MISMATCH,
    /// The file cannot be opened or read.
    TlsFileUnreadable = OXWS_ERROR_TLS_FILE_UNREADABLE,
    /// The certificate is signed by itself and not trusted.
    CertificateSelfSigned = OXWS_ERROR_CERTIFICATE_SELF_SIGNED,
    /// A record of TLS cannot be opened, as it was changed on its way, or what is to be sent cannot be
    /// made into one.
    TlsRecord = OXWS_ERROR_TLS_RECORD,
    /// The peer has ended TLS by a close_notify before its handshake was over.
    TlsEnded = OXWS_ERROR_TLS_ENDED,
    /// The library met a fault of its own; the loop is unusable and can only be freed.
    Panic = OXWS_ERROR_PANIC,
    /// The loop met a fault of the library earlier and can only be freed.
    Poisoned = OXWS_ERROR_POISONED,
    /// Memory for a payload could not be had.
    OutOfMemory = OXWS_ERROR_OUT_OF_MEMORY,
};

/// The result of a call: success, or an `Error`.
class [[nodiscard]] Status {
public:
    /// Success.
    constexpr Status() noexcept = default;
    /// An error.
    constexpr Status(Error error) noexcept : code_(static_cast<oxws_status>(error)) {}
    /// A result of the C interface.
    constexpr explicit Status(oxws_status code) noexcept : code_(code) {}

    /// Whether the call succeeded.
    constexpr explicit operator bool() const noexcept { return code_ == OXWS_OK; }
    /// Whether the call succeeded.
    constexpr bool ok() const noexcept { return code_ == OXWS_OK; }
    /// The number: `OXWS_OK`, or an `OXWS_ERROR_...`.
    constexpr oxws_status code() const noexcept { return code_; }
    /// The name of the number, such as "OXWS_ERROR_CLOSED". Lives as long as the library.
    const char *name() const noexcept { return oxws_status_name(code_); }
    /// What it means, as a sentence without a full stop. Lives as long as the library.
    const char *message() const noexcept { return oxws_status_message(code_); }
    /// The close code with which a connection that fails so is closed or reported, if there is one.
    std::optional<CloseCode> close_code() const noexcept {
        const std::uint16_t code = oxws_status_close_code(code_);
        if (code == 0) return std::nullopt;
        return static_cast<CloseCode>(code);
    }
    /// The HTTP status with which a request that fails so is answered; 0 if none belongs to it.
    std::uint16_t http_status() const noexcept { return oxws_status_http_status(code_); }

#if OXWS_HAS_EXCEPTIONS
    /// Throws an `Exception` unless the call succeeded.
    void or_throw() const;
#endif

    /// Whether both are the same number.
    friend constexpr bool operator==(Status a, Status b) noexcept { return a.code_ == b.code_; }
    /// Whether they are different numbers.
    friend constexpr bool operator!=(Status a, Status b) noexcept { return a.code_ != b.code_; }

private:
    oxws_status code_ = OXWS_OK;
};

/// The name of an error, such as "OXWS_ERROR_CLOSED". Lives as long as the library.
inline const char *to_string(Error error) noexcept { return Status(error).name(); }
/// The name of a status, such as "OXWS_OK". Lives as long as the library.
inline const char *to_string(Status status) noexcept { return status.name(); }

#if OXWS_HAS_EXCEPTIONS
/// What `or_throw` and `value_or_throw` throw; the library itself throws nothing.
class Exception : public std::runtime_error {
public:
    explicit Exception(Status status) : std::runtime_error(status.message()), status_(status) {}
    /// What went wrong.
    Status status() const noexcept { return status_; }

private:
    Status status_;
};

inline void Status::or_throw() const {
    if (!ok()) throw Exception(*this);
}
#endif

/// A value, or the `Status` that tells why there is none.
template <class T>
class [[nodiscard]] Result {
public:
    /// A value.
    Result(T value) : value_(std::move(value)) {}
    /// An error.
    Result(Status status) noexcept : status_(status) {}
    /// An error.
    Result(Error error) noexcept : status_(error) {}

    /// Whether there is a value.
    explicit operator bool() const noexcept { return value_.has_value(); }
    /// Whether there is a value.
    bool has_value() const noexcept { return value_.has_value(); }
    /// Success, or why there is no value.
    Status status() const noexcept { return status_; }
    /// The value, which must be there.
    T &operator*() & noexcept { return *value_; }
    /// The value, which must be there.
    const T &operator*() const & noexcept { return *value_; }
    /// The value, which must be there, to be moved away.
    T &&operator*() && noexcept { return std::move(*value_); }
    /// A member of the value, which must be there.
    T *operator->() noexcept { return &*value_; }
    /// A member of the value, which must be there.
    const T *operator->() const noexcept { return &*value_; }
    /// The value, or another if there is none.
    T value_or(T other) const & { return value_.value_or(std::move(other)); }
#if OXWS_HAS_EXCEPTIONS
    /// The value; throws an `Exception` if there is none.
    T value_or_throw() && {
        status_.or_throw();
        return std::move(*value_);
    }
    /// The value; throws an `Exception` if there is none.
    const T &value_or_throw() const & {
        status_.or_throw();
        return *value_;
    }
#endif

private:
    std::optional<T> value_;
    Status status_;
};

namespace detail {

/// A text that the library copies into a buffer: `fill(buffer, capacity, len)`.
template <class Fill>
Result<std::string> filled(Fill fill) {
    char small[256];
    std::size_t len = 0;
    oxws_status status = fill(small, sizeof small, &len);
    if (status == OXWS_OK) return std::string(small, len);
    if (len < sizeof small) return Status(status);
    std::string large(len + 1, '\0');
    status = fill(&large[0], large.size(), &len);
    if (status != OXWS_OK) return Status(status);
    large.resize(len);
    return large;
}

} // namespace detail

} // namespace oxws

#endif
