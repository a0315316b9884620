// The vocabulary of the protocol: types of messages, states, versions, close codes. Included by
// <oxws.hpp>.
#ifndef OXWS_VOCABULARY_HPP
#define OXWS_VOCABULARY_HPP

#include <cstdint>

#include <oxws.h>

namespace oxws {

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
};

/// A version of the protocol. 13 is RFC 6455.
enum class Version : std::int32_t {
    /// No version, or one that no draft defines.
    Unknown = OXWS_VERSION_UNKNOWN,
    /// hixie-76 and hybi-00.
    V0 = OXWS_VERSION_V0,
    /// hybi-04.
    V4 = OXWS_VERSION_V4,
    /// hybi-05.
    V5 = OXWS_VERSION_V5,
    /// hybi-06.
    V6 = OXWS_VERSION_V6,
    /// hybi-07.
    V7 = OXWS_VERSION_V7,
    /// hybi-08 to hybi-12.
    V8 = OXWS_VERSION_V8,
    /// hybi-13 to hybi-17 and RFC 6455.
    V13 = OXWS_VERSION_V13,
    /// The newest version.
    Latest = OXWS_VERSION_LATEST,
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

/// A close code. The set is open: 3000 to 4999 belong to libraries and applications, and are written
/// `CloseCode{4001}`.
enum class CloseCode : std::uint16_t {
    /// The purpose of the connection has been fulfilled.
    Normal = OXWS_CLOSE_NORMAL,
    /// A server shuts down, or a browser leaves the page.
    GoingAway = OXWS_CLOSE_GOING_AWAY,
    /// The peer broke a rule of the protocol.
    ProtocolError = OXWS_CLOSE_PROTOCOL_ERROR,
    /// This type of data cannot be accepted.
    UnsupportedData = OXWS_CLOSE_UNSUPPORTED_DATA,
    /// Reserved; never sent.
    Reserved1004 = OXWS_CLOSE_RESERVED_1004,
    /// Reported where a Close frame carried no code; never sent.
    NoStatus = OXWS_CLOSE_NO_STATUS,
    /// Reported where no Close frame came; never sent.
    Abnormal = OXWS_CLOSE_ABNORMAL,
    /// The bytes do not fit the type of the message.
    InvalidPayload = OXWS_CLOSE_INVALID_PAYLOAD,
    /// The message broke a policy; the generic code.
    PolicyViolation = OXWS_CLOSE_POLICY_VIOLATION,
    /// The message is larger than the receiver takes.
    MessageTooBig = OXWS_CLOSE_MESSAGE_TOO_BIG,
    /// The client needs an extension that the server did not agree to; only clients send it.
    MandatoryExtension = OXWS_CLOSE_MANDATORY_EXTENSION,
    /// The endpoint met a condition that it did not expect.
    InternalError = OXWS_CLOSE_INTERNAL_ERROR,
    /// The service restarts.
    ServiceRestart = OXWS_CLOSE_SERVICE_RESTART,
    /// The service is overloaded; come back later.
    TryAgainLater = OXWS_CLOSE_TRY_AGAIN_LATER,
    /// A gateway got an invalid answer from the server behind it.
    BadGateway = OXWS_CLOSE_BAD_GATEWAY,
    /// Reported where the TLS handshake failed; never sent.
    TlsHandshake = OXWS_CLOSE_TLS_HANDSHAKE,
};

/// What a descriptor is watched for, or is ready for; bits that can be combined with `|`.
enum class Interest : std::uint32_t {
    /// It can be read, or the other side has closed, or it has failed.
    Read = OXWS_INTEREST_READ,
    /// It can be written, or it has failed.
    Write = OXWS_INTEREST_WRITE,
};

constexpr Interest operator|(Interest a, Interest b) noexcept {
    return static_cast<Interest>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
/// Whether `set` has a bit of `bits`.
constexpr bool has(Interest set, Interest bits) noexcept {
    return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(bits)) != 0;
}

/// "TEXT" or "BINARY". Lives as long as the program.
constexpr const char *to_string(MessageType type) noexcept {
    switch (type) {
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

/// The name of a close code, such as "GOING_AWAY"; empty for one that has none. Lives as long as the
/// library.
inline const char *to_string(CloseCode code) noexcept {
    const char *name = oxws_close_code_name(static_cast<std::uint16_t>(code));
    return name == nullptr ? "" : name;
}
/// What a close code says, as a sentence; empty for one without a name. Lives as long as the library.
inline const char *description(CloseCode code) noexcept {
    const char *text = oxws_close_code_description(static_cast<std::uint16_t>(code));
    return text == nullptr ? "" : text;
}
/// Whether a Close frame may carry the code.
inline bool is_sendable(CloseCode code) noexcept {
    return oxws_close_code_is_sendable(static_cast<std::uint16_t>(code)) != 0;
}

/// The version of the library that the program runs with, such as "0.1.0". Lives as long as the library.
inline const char *library_version() noexcept { return oxws_library_version(); }
/// The same as a number, to be compared with `OXWS_LIBRARY_VERSION_NUMBER`.
inline std::uint32_t library_version_number() noexcept { return oxws_library_version_number(); }

} // namespace oxws

#endif
