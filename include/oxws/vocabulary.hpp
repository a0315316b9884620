// The vocabulary of connections: types of messages, states, sides, stages, deadlines. Included by
// <oxws.hpp>.
#ifndef OXWS_VOCABULARY_HPP
#define OXWS_VOCABULARY_HPP

#include <cstdint>

#include <oxws.h>

/// The interface in C++; what a function does in detail, that of C tells.
namespace oxws {

namespace detail {

/// A name of the library, or an empty text for a number that has none.
inline const char *name_or_empty(const char *name) noexcept { return name == nullptr ? "" : name; }

} // namespace detail

/// The type of a message (RFC 6455 section 5.6).
enum class MessageType : std::int32_t {
    /// UTF-8 text. What is received is checked; what is sent must be.
    Text = OXWS_MESSAGE_TEXT,
    /// Arbitrary bytes.
    Binary = OXWS_MESSAGE_BINARY,
};

/// How far a connection has come.
enum class State : std::int32_t {
    /// Client: the name is being looked up.
    Resolving = OXWS_STATE_RESOLVING,
    /// Client: an address is being tried.
    Connecting = OXWS_STATE_CONNECTING,
    /// The TLS handshake has not ended.
    Tls = OXWS_STATE_TLS,
    /// Client: a proxy has been asked for the way and has not answered.
    Proxy = OXWS_STATE_PROXY,
    /// The opening handshake has not ended.
    Handshake = OXWS_STATE_HANDSHAKE,
    /// Messages can be sent.
    Open = OXWS_STATE_OPEN,
    /// A Close frame has been sent or received.
    Closing = OXWS_STATE_CLOSING,
    /// It has ended, and `on_close` will be called.
    Closed = OXWS_STATE_CLOSED,
    /// Client: it has ended, and waits to be made once more (`Config::reconnect`).
    Waiting = OXWS_STATE_WAITING,
};

/// How far the closing handshake of a connection has come.
enum class CloseState : std::int32_t {
    /// No Close frame has passed.
    Open = OXWS_CLOSE_STATE_OPEN,
    /// This side has sent its Close frame and waits for the peer's.
    CloseSent = OXWS_CLOSE_STATE_CLOSE_SENT,
    /// The peer's Close frame has come; the answer waits to be written.
    CloseReceived = OXWS_CLOSE_STATE_CLOSE_RECEIVED,
    /// The connection has ended, with a closing handshake or without.
    Closed = OXWS_CLOSE_STATE_CLOSED,
};

/// What a PROXY header of version 2 can tell besides addresses.
enum class ProxyValue : std::int32_t {
    /// The protocol that the client negotiated with the proxy by ALPN.
    Alpn = OXWS_PROXY_VALUE_ALPN,
    /// The name of the host that the client asked for, such as by SNI.
    Authority = OXWS_PROXY_VALUE_AUTHORITY,
    /// An id that the proxy has given the connection, for logs.
    UniqueId = OXWS_PROXY_VALUE_UNIQUE_ID,
    /// What is known of the client's TLS, in the binary form of the PROXY protocol.
    Tls = OXWS_PROXY_VALUE_TLS,
    /// The version of TLS that the client speaks, such as "TLSv1.3".
    TlsVersion = OXWS_PROXY_VALUE_TLS_VERSION,
    /// The common name in the client's certificate.
    TlsCommonName = OXWS_PROXY_VALUE_TLS_COMMON_NAME,
    /// The cipher suite.
    TlsCipher = OXWS_PROXY_VALUE_TLS_CIPHER,
    /// How the proxy's certificate was signed, such as "RSA-SHA256".
    TlsSignature = OXWS_PROXY_VALUE_TLS_SIGNATURE,
    /// The kind of key in the proxy's certificate, such as "RSA2048".
    TlsKey = OXWS_PROXY_VALUE_TLS_KEY,
    /// The network namespace that the client came to.
    NetworkNamespace = OXWS_PROXY_VALUE_NETWORK_NAMESPACE,
};

/// Which side of a connection somebody is.
enum class Role : std::int32_t {
    /// Sends the opening request, and masks its frames.
    Client = OXWS_ROLE_CLIENT,
    /// Answers the opening request, and never masks.
    Server = OXWS_ROLE_SERVER,
};

/// Who began to close a connection.
enum class Initiator : std::int32_t {
    /// Nobody: no Close frame passed.
    None = OXWS_INITIATOR_NONE,
    /// This side sent the first Close frame.
    Local = OXWS_INITIATOR_LOCAL,
    /// The peer sent the first Close frame.
    Remote = OXWS_INITIATOR_REMOTE,
};

/// What a connection was doing when it ended.
enum class Stage : std::int32_t {
    /// Nothing: there is no connection.
    None = OXWS_STAGE_NONE,
    /// Client: the name was being looked up.
    Resolve = OXWS_STAGE_RESOLVE,
    /// Client: an address was being tried.
    Connect = OXWS_STAGE_CONNECT,
    /// The TLS handshake had not ended.
    Tls = OXWS_STAGE_TLS,
    /// Client: a proxy had been asked for the way.
    Proxy = OXWS_STAGE_PROXY,
    /// The opening handshake had not ended, or an ordinary HTTP request was dealt with.
    Handshake = OXWS_STAGE_HANDSHAKE,
    /// Messages passed.
    Open = OXWS_STAGE_OPEN,
    /// A Close frame had been sent or received.
    Closing = OXWS_STAGE_CLOSING,
    /// Client: it had ended before, and waited to come back (`Config::reconnect`).
    Waiting = OXWS_STAGE_WAITING,
};

/// Which deadline ended a connection.
enum class Timeout : std::int32_t {
    /// None.
    None = OXWS_TIMEOUT_NONE,
    /// `Config::handshake_timeout`, once the connection was made.
    Handshake = OXWS_TIMEOUT_HANDSHAKE,
    /// `Config::handshake_timeout`, before the connection was made.
    Connect = OXWS_TIMEOUT_CONNECT,
    /// `Config::pong_timeout`.
    Pong = OXWS_TIMEOUT_PONG,
    /// `Config::idle_timeout`.
    Idle = OXWS_TIMEOUT_IDLE,
    /// `Config::close_timeout`.
    Close = OXWS_TIMEOUT_CLOSE,
    /// `Config::write_stall_timeout`.
    WriteStall = OXWS_TIMEOUT_WRITE_STALL,
};

/// An HTTP status with which a request is refused. The set is open.
enum class HttpStatus : std::uint16_t {
    /// The request breaks a rule.
    BadRequest = OXWS_HTTP_BAD_REQUEST,
    /// The client has to say who it is; the answer names the way in WWW-Authenticate.
    Unauthorized = OXWS_HTTP_UNAUTHORIZED,
    /// The request is refused, whoever makes it.
    Forbidden = OXWS_HTTP_FORBIDDEN,
    /// There is nothing at this path; there may be later.
    NotFound = OXWS_HTTP_NOT_FOUND,
    /// Nothing that the server has suits the fields of the request, such as its subprotocols.
    NotAcceptable = OXWS_HTTP_NOT_ACCEPTABLE,
    /// The client was too slow, and may ask again.
    RequestTimeout = OXWS_HTTP_REQUEST_TIMEOUT,
    /// The server does not answer for this host.
    MisdirectedRequest = OXWS_HTTP_MISDIRECTED_REQUEST,
    /// The client has to ask for a WebSocket, of a version that the server speaks.
    UpgradeRequired = OXWS_HTTP_UPGRADE_REQUIRED,
    /// The client has asked too often.
    TooManyRequests = OXWS_HTTP_TOO_MANY_REQUESTS,
    /// The server met something that it did not expect.
    InternalServerError = OXWS_HTTP_INTERNAL_SERVER_ERROR,
    /// The server cannot do what is asked for.
    NotImplemented = OXWS_HTTP_NOT_IMPLEMENTED,
    /// The server is overloaded or under maintenance for the time being.
    ServiceUnavailable = OXWS_HTTP_SERVICE_UNAVAILABLE,
};

/// What a descriptor is watched for, or is ready for; bits that can be combined with `|`.
enum class Interest : std::uint32_t {
    /// It can be read, or the other side has closed, or it has failed.
    Read = OXWS_INTEREST_READ,
    /// It can be written, or it has failed.
    Write = OXWS_INTEREST_WRITE,
};

/// How a message is sent; bits.
enum class SendFlag : std::uint32_t {
    /// As the connection does it.
    None = 0,
    /// It is not compressed, even if compression was agreed on: it is so already, or secret.
    SkipCompression = OXWS_SEND_SKIP_COMPRESSION,
    /// It is compressed, if that was agreed on, however small it is.
    ForceCompression = OXWS_SEND_FORCE_COMPRESSION,
};

/// What was agreed on about compression; see `oxws_get_deflate`.
struct Deflate {
    /// Whether what this side sends may refer to messages before.
    bool own_takeover = false;
    /// How far it may refer back, as a power of two.
    std::uint32_t own_window_bits = 0;
    /// Whether what the peer sends may refer to messages before.
    bool peer_takeover = false;
    /// How far it may refer back, as a power of two.
    std::uint32_t peer_window_bits = 0;
};

/// Both interests.
constexpr Interest operator|(Interest a, Interest b) noexcept {
    return static_cast<Interest>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
/// Whether `set` has a bit of `bits`.
constexpr bool has(Interest set, Interest bits) noexcept {
    return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(bits)) != 0;
}

/// "TEXT" or "BINARY". Lives as long as the program.
constexpr const char *to_string(MessageType messageType) noexcept {
    switch (messageType) {
    case MessageType::Text: return "TEXT";
    case MessageType::Binary: return "BINARY";
    }
    return "";
}

/// "NONE", "LOCAL" or "REMOTE". Lives as long as the program.
constexpr const char *to_string(Initiator initiator) noexcept {
    switch (initiator) {
    case Initiator::None: return "NONE";
    case Initiator::Local: return "LOCAL";
    case Initiator::Remote: return "REMOTE";
    }
    return "";
}

/// Such as "HANDSHAKE". Lives as long as the program.
constexpr const char *to_string(Stage stage) noexcept {
    switch (stage) {
    case Stage::None: return "NONE";
    case Stage::Resolve: return "RESOLVE";
    case Stage::Connect: return "CONNECT";
    case Stage::Tls: return "TLS";
    case Stage::Proxy: return "PROXY";
    case Stage::Handshake: return "HANDSHAKE";
    case Stage::Open: return "OPEN";
    case Stage::Closing: return "CLOSING";
    case Stage::Waiting: return "WAITING";
    }
    return "";
}

/// Such as "PONG". Lives as long as the program.
constexpr const char *to_string(Timeout timeout) noexcept {
    switch (timeout) {
    case Timeout::None: return "NONE";
    case Timeout::Handshake: return "HANDSHAKE";
    case Timeout::Connect: return "CONNECT";
    case Timeout::Pong: return "PONG";
    case Timeout::Idle: return "IDLE";
    case Timeout::Close: return "CLOSE";
    case Timeout::WriteStall: return "WRITE_STALL";
    }
    return "";
}

/// Such as "OPEN"; empty for any other number. Lives as long as the library.
inline const char *to_string(State state) noexcept {
    return detail::name_or_empty(oxws_state_name(static_cast<std::int32_t>(state)));
}

/// Such as "CLOSE_SENT"; empty for any other number. Lives as long as the library.
inline const char *to_string(CloseState closeState) noexcept {
    return detail::name_or_empty(oxws_close_state_name(static_cast<std::int32_t>(closeState)));
}

/// "CLIENT" or "SERVER"; empty for any other number. Lives as long as the library.
inline const char *to_string(Role role) noexcept {
    return detail::name_or_empty(oxws_role_name(static_cast<std::int32_t>(role)));
}

/// The usual phrase of an HTTP status, such as "Not Found"; empty for one that is not known. Lives as long
/// as the library.
inline const char *to_string(HttpStatus status) noexcept {
    return detail::name_or_empty(oxws_http_status_phrase(static_cast<std::uint16_t>(status)));
}
/// What an HTTP status says, as a sentence; empty for one that has no name here. Lives as long as the
/// library.
inline const char *description(HttpStatus status) noexcept {
    return detail::name_or_empty(oxws_http_status_description(static_cast<std::uint16_t>(status)));
}

/// The version of the library that the program runs with, such as "0.1.0". Lives as long as the library.
inline const char *library_version() noexcept { return oxws_library_version(); }
/// The same as a number, to be compared with `OXWS_LIBRARY_VERSION_NUMBER`.
inline std::uint32_t library_version_number() noexcept { return oxws_library_version_number(); }

} // namespace oxws

#endif
