// Close codes, what is known of them, and the payload of a Close frame. Included by <oxws.hpp>.
#ifndef OXWS_CLOSE_CODE_HPP
#define OXWS_CLOSE_CODE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/status.hpp>
#include <oxws/version.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

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
    /// The client must authenticate itself first, as HTTP 401 says it.
    Unauthorized = OXWS_CLOSE_UNAUTHORIZED,
    /// The client may not do what it asked for, as HTTP 403 says it.
    Forbidden = OXWS_CLOSE_FORBIDDEN,
    /// The peer took too long, as HTTP 408 says it.
    Timeout = OXWS_CLOSE_TIMEOUT,
};

/// Who may send a close code.
enum class CloseSender : std::int32_t {
    /// Nobody: it is only reported, or reserved, or no close code at all.
    Nobody = OXWS_CLOSE_SENDER_NOBODY,
    /// Clients and servers.
    Either = OXWS_CLOSE_SENDER_EITHER,
    /// Clients alone.
    Client = OXWS_CLOSE_SENDER_CLIENT,
    /// Servers alone.
    Server = OXWS_CLOSE_SENDER_SERVER,
};

/// Whom a close code belongs to (RFC 6455 section 7.4.2).
enum class CloseRange : std::int32_t {
    /// 0 to 999 and from 5000 on: never a close code.
    Invalid = OXWS_CLOSE_RANGE_INVALID,
    /// 1000 to 2999: the protocol and its extensions.
    Protocol = OXWS_CLOSE_RANGE_PROTOCOL,
    /// 3000 to 3999: libraries and frameworks, which register theirs with IANA.
    Library = OXWS_CLOSE_RANGE_LIBRARY,
    /// 4000 to 4999: whatever a client and its server agree on.
    Private = OXWS_CLOSE_RANGE_PRIVATE,
};

/// What a client that wants to stay connected does after a close code.
enum class Reconnect : std::int32_t {
    /// It does not come back by itself: the same would happen again, as after 1002, 1003, 1007 to 1010
    /// and 1015, or nothing is left to do, as after 1000 and 1005, or only the two programs know what
    /// the code means.
    Never = OXWS_RECONNECT_NEVER,
    /// It comes back at once, and backs off if that fails: after 1001, as others may serve the address.
    Now = OXWS_RECONNECT_NOW,
    /// It waits a random time before it comes back, at first up to 5 seconds, longer after each failure
    /// (RFC 6455 section 7.2.3): after 1006, 1011 to 1014 and 3008. After 1012 the registry asks for 5
    /// to 30 seconds.
    BackOff = OXWS_RECONNECT_BACK_OFF,
};

/// What is known of a close code: a pointer to what lives as long as the library. Thread: any.
class Reason {
public:
    /// The reason of a code; none for what is no close code: below 1000 and from 5000 on.
    explicit Reason(CloseCode code) noexcept
        : reason_(oxws_reason_get(static_cast<std::uint16_t>(code))) {}
    /// A view of a reason in C.
    explicit Reason(const oxws_reason *reason) noexcept : reason_(reason) {}
    /// The reason of this name, such as "GOING_AWAY"; none if no code has it.
    static Reason from_name(const Text &name) noexcept {
        return Reason(oxws_reason_from_name(name.c_str()));
    }
    /// All that have a name, ordered by their codes: a range of `Reason`.
    static detail::Indexed<detail::Library, Reason> all() noexcept { return {{}, count, at}; }
    /// Gives a name and a description to a code of 3000 to 4999, in the whole process and for ever.
    ///
    /// Errors: `InvalidArgument` for another code, or a name that is not like one of C; `TooLong`;
    /// `Duplicate` if the code or the name stands for something else already.
    static Status add(CloseCode code, const Text &name, const Text &description) noexcept {
        return Status(oxws_reason_register(static_cast<std::uint16_t>(code), name.c_str(),
                                           description.c_str()));
    }

    /// Whether there is a reason.
    explicit operator bool() const noexcept { return reason_ != nullptr; }
    /// The reason in C.
    const oxws_reason *get() const noexcept { return reason_; }
    /// The close code; 0 if there is no reason.
    CloseCode code() const noexcept { return static_cast<CloseCode>(oxws_reason_code(reason_)); }
    /// The name, such as "GOING_AWAY"; empty as long as it has none. Lives as long as the library.
    const char *name() const noexcept { return oxws_reason_name(reason_); }
    /// What it says, as a sentence; empty as long as it has no name. Lives as long as the library.
    const char *description() const noexcept { return oxws_reason_description(reason_); }
    /// Who may send it.
    CloseSender sender() const noexcept {
        return static_cast<CloseSender>(oxws_reason_sender(reason_));
    }
    /// Whom it belongs to.
    CloseRange range() const noexcept { return static_cast<CloseRange>(oxws_reason_range(reason_)); }
    /// The first version of the protocol that has it.
    Version since_version() const noexcept {
        return static_cast<Version>(oxws_reason_since_version(reason_));
    }
    /// What a client that wants to stay connected does after it.
    Reconnect reconnect() const noexcept {
        return static_cast<Reconnect>(oxws_reason_reconnect(reason_));
    }
    /// Whether a Close frame may carry it.
    bool is_sendable() const noexcept { return oxws_reason_is_sendable(reason_) != 0; }
    /// Whether it is only ever reported to the program of this side.
    bool is_local_only() const noexcept { return oxws_reason_is_local_only(reason_) != 0; }
    /// Whether it has a name, of the specifications or registered.
    bool is_known() const noexcept { return oxws_reason_is_known(reason_) != 0; }

    /// Whether both are of the same code.
    friend bool operator==(Reason a, Reason b) noexcept { return a.reason_ == b.reason_; }
    /// Whether they are of different codes.
    friend bool operator!=(Reason a, Reason b) noexcept { return a.reason_ != b.reason_; }

private:
    static std::size_t count(detail::Library) noexcept { return oxws_reason_count(); }
    static Reason at(detail::Library, std::size_t index) noexcept {
        return Reason(oxws_reason_at(index));
    }

    const oxws_reason *reason_;
};

/// The name of a close code, such as "GOING_AWAY"; empty for one that has none. Lives as long as the
/// library.
inline const char *to_string(CloseCode code) noexcept {
    return detail::name_or_empty(oxws_close_code_name(static_cast<std::uint16_t>(code)));
}
/// What a close code says, as a sentence; empty for one without a name. Lives as long as the library.
inline const char *description(CloseCode code) noexcept {
    return detail::name_or_empty(oxws_close_code_description(static_cast<std::uint16_t>(code)));
}
/// Whether a Close frame may carry the code.
inline bool is_sendable(CloseCode code) noexcept {
    return oxws_close_code_is_sendable(static_cast<std::uint16_t>(code)) != 0;
}
/// Whether the code is only ever reported to the program of this side.
inline bool is_local_only(CloseCode code) noexcept {
    return oxws_close_code_is_local_only(static_cast<std::uint16_t>(code)) != 0;
}
/// Who may send the code.
inline CloseSender sender(CloseCode code) noexcept {
    return static_cast<CloseSender>(oxws_close_code_sender(static_cast<std::uint16_t>(code)));
}
/// Whom the code belongs to.
inline CloseRange range(CloseCode code) noexcept {
    return static_cast<CloseRange>(oxws_close_code_range(static_cast<std::uint16_t>(code)));
}
/// The first version of the protocol that has the code.
inline Version since_version(CloseCode code) noexcept {
    return static_cast<Version>(oxws_close_code_since_version(static_cast<std::uint16_t>(code)));
}
/// What a client that wants to stay connected does after the code.
inline Reconnect reconnect(CloseCode code) noexcept {
    return static_cast<Reconnect>(oxws_close_code_reconnect(static_cast<std::uint16_t>(code)));
}
/// The close code with this name. Errors: `NotFound`.
inline Result<CloseCode> close_code_from_name(const Text &name) {
    std::uint16_t code = 0;
    const oxws_status status = oxws_close_code_from_name(name.c_str(), &code);
    if (status != OXWS_OK) return Status(status);
    return static_cast<CloseCode>(code);
}
/// Whether the documents of a version have a close code.
inline bool knows(Version version, CloseCode code) noexcept {
    return oxws_version_knows_close_code(static_cast<std::int32_t>(version),
                                         static_cast<std::uint16_t>(code)) != 0;
}

/// What a Close frame says.
struct ClosePayload {
    CloseCode code;          ///< `NoStatus` for an empty payload.
    std::string_view reason; ///< Lent from the payload.
};

/// Reads the payload of a Close frame. Errors: `ClosePayloadLength`, `CloseCodeNotAllowed`,
/// `CloseReasonUtf8`, `ControlTooLong`, each with the code to answer with.
inline Result<ClosePayload> parse_close_payload(bytes payload) {
    std::uint16_t code = 0;
    const char *reason = nullptr;
    std::size_t len = 0;
    const oxws_status status =
        oxws_close_payload_parse(payload.data(), payload.size(), &code, &reason, &len);
    if (status != OXWS_OK) return Status(status);
    return ClosePayload{static_cast<CloseCode>(code), detail::view(reason, len)};
}
/// Writes the payload of a Close frame; the code 0 makes an empty one. Errors: `InvalidCloseCode`,
/// `TooLong`, `InvalidUtf8`.
inline Result<std::vector<std::uint8_t>> build_close_payload(CloseCode code,
                                                             std::string_view reason = {}) {
    std::vector<std::uint8_t> payload(OXWS_MAX_CONTROL_BYTES);
    std::size_t len = 0;
    const oxws_status status =
        oxws_close_payload_build(static_cast<std::uint16_t>(code), reason.data(), reason.size(),
                                 payload.data(), payload.size(), &len);
    if (status != OXWS_OK) return Status(status);
    payload.resize(len);
    return payload;
}
/// As much of the front of a text as a Close frame has room for, without cutting a character.
inline std::string_view fitting_reason(std::string_view text) noexcept {
    return text.substr(0, oxws_close_reason_fitting_len(text.data(), text.size()));
}
/// The reason that goes with `CloseCode::MandatoryExtension`: the names of the extensions that are missing.
/// Errors: `InvalidArgument` if a name is no token.
inline Result<std::string> missing_extensions_reason(const std::vector<std::string> &names) {
    std::vector<const char *> all;
    for (const std::string &name : names) all.push_back(Text(name).c_str());
    return detail::filled([&](char *buffer, std::size_t capacity, std::size_t *len) {
        return oxws_close_reason_missing_extensions(all.data(), all.size(), buffer, capacity, len);
    });
}

} // namespace oxws

#endif
