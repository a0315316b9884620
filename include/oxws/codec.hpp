// Frames as bytes, without a connection: for programs with a transport and a state of their own. Included
// by <oxws.hpp>. Thread: any, for all of it.
#ifndef OXWS_CODEC_HPP
#define OXWS_CODEC_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/status.hpp>
#include <oxws/version.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

/// The opcode of a frame: the low four bits of its first byte.
enum class Opcode : std::int32_t {
    /// Goes on with a fragmented message.
    Continuation = OXWS_OPCODE_CONTINUATION,
    /// Begins a message of UTF-8 text.
    Text = OXWS_OPCODE_TEXT,
    /// Begins a message of arbitrary bytes.
    Binary = OXWS_OPCODE_BINARY,
    /// Reserved for data frames.
    Reserved3 = OXWS_OPCODE_RESERVED_3,
    /// Reserved for data frames.
    Reserved4 = OXWS_OPCODE_RESERVED_4,
    /// Reserved for data frames.
    Reserved5 = OXWS_OPCODE_RESERVED_5,
    /// Reserved for data frames.
    Reserved6 = OXWS_OPCODE_RESERVED_6,
    /// Reserved for data frames.
    Reserved7 = OXWS_OPCODE_RESERVED_7,
    /// Begins or answers the closing handshake.
    Close = OXWS_OPCODE_CLOSE,
    /// Asks for a pong.
    Ping = OXWS_OPCODE_PING,
    /// Answers a ping, or comes unasked.
    Pong = OXWS_OPCODE_PONG,
    /// Reserved for control frames.
    Reserved11 = OXWS_OPCODE_RESERVED_11,
    /// Reserved for control frames.
    Reserved12 = OXWS_OPCODE_RESERVED_12,
    /// Reserved for control frames.
    Reserved13 = OXWS_OPCODE_RESERVED_13,
    /// Reserved for control frames.
    Reserved14 = OXWS_OPCODE_RESERVED_14,
    /// Reserved for control frames.
    Reserved15 = OXWS_OPCODE_RESERVED_15,
};

/// The flags in the first byte of a frame.
enum class FrameFlag : std::uint8_t {
    /// 0x80: the last or only frame of its message.
    Fin = OXWS_FRAME_FLAG_FIN,
    /// 0x40: reserved; with permessage-deflate (RFC 7692) it marks a compressed message.
    Rsv1 = OXWS_FRAME_FLAG_RSV1,
    /// 0x20: reserved for extensions.
    Rsv2 = OXWS_FRAME_FLAG_RSV2,
    /// 0x10: reserved for extensions.
    Rsv3 = OXWS_FRAME_FLAG_RSV3,
};

/// The bits of the opcode in the first byte of a frame.
inline constexpr std::uint8_t opcode_mask = OXWS_OPCODE_MASK;
/// The first byte of a whole text message.
inline constexpr std::uint8_t frame_text = OXWS_FRAME_TEXT;
/// The first byte of a whole binary message.
inline constexpr std::uint8_t frame_binary = OXWS_FRAME_BINARY;
/// The largest payload of a control frame.
inline constexpr std::size_t max_control_bytes = OXWS_MAX_CONTROL_BYTES;
/// The longest reason of a Close frame.
inline constexpr std::size_t max_reason_bytes = OXWS_MAX_REASON_BYTES;
/// The longest header of a frame.
inline constexpr std::size_t max_frame_header_bytes = OXWS_MAX_FRAME_HEADER_BYTES;

/// The name of an opcode, such as "TEXT" or "RESERVED_3". Lives as long as the library.
inline const char *to_string(Opcode opcode) noexcept {
    return detail::name_or_empty(oxws_opcode_name(static_cast<std::int32_t>(opcode)));
}
/// Whether frames with this opcode control the connection.
inline bool is_control(Opcode opcode) noexcept {
    return oxws_opcode_is_control(static_cast<std::int32_t>(opcode)) != 0;
}
/// Whether the opcode is reserved, so that a frame with it fails the connection.
inline bool is_reserved(Opcode opcode) noexcept {
    return oxws_opcode_is_reserved(static_cast<std::int32_t>(opcode)) != 0;
}
/// The number that stands in frames of a version for an opcode of today, if it has one.
inline std::optional<int> opcode_in(Version version, Opcode opcode) noexcept {
    const int number = oxws_version_opcode(static_cast<std::int32_t>(version),
                                           static_cast<std::int32_t>(opcode));
    if (number < 0) return std::nullopt;
    return number;
}
/// The opcode in the first byte of a frame.
constexpr Opcode opcode_of(std::uint8_t first_byte) noexcept {
    return static_cast<Opcode>(first_byte & opcode_mask);
}
/// Whether the first byte of a frame has this flag.
constexpr bool has(std::uint8_t first_byte, FrameFlag flag) noexcept {
    return (first_byte & static_cast<std::uint8_t>(flag)) != 0;
}

/// The key with which a client masks one frame.
using MaskingKey = std::array<std::uint8_t, 4>;

/// The header of a frame that was received.
struct FrameHeader {
    std::uint8_t first_byte;       ///< Flags and opcode.
    std::uint64_t payload_size;    ///< The bytes of payload that follow the header.
    std::optional<MaskingKey> key; ///< With which the payload is masked: a client's is.
    std::size_t size;              ///< The bytes of the header.
};

/// Reads the header of a frame that `receiver` has received. `reserved_bits` are those that an extension
/// uses.
///
/// Errors: `FrameIncomplete` if there are fewer bytes than the header has; `ReservedBits`,
/// `ReservedOpcode`, `MaskMissing`, `MaskUnexpected`, `LengthNotMinimal`, `LengthTopBit`,
/// `ControlTooLong`, `ControlFragmented`, each with the code to close with.
inline Result<FrameHeader> decode_frame_header(bytes data, Role receiver,
                                               std::uint8_t reserved_bits = 0) {
    FrameHeader header{0, 0, std::nullopt, 0};
    MaskingKey key{};
    const oxws_status status = oxws_frame_decode_header(
        data.data(), data.size(), static_cast<std::int32_t>(receiver), reserved_bits,
        &header.first_byte, &header.payload_size, key.data(), &header.size);
    if (status != OXWS_OK) return Status(status);
    if (receiver == Role::Server) header.key = key;
    return header;
}

/// The header of a frame that is to be sent.
class EncodedHeader {
public:
    /// Its bytes, valid as long as this.
    bytes data() const noexcept { return bytes(buffer_.data(), size_); }
    /// How many they are.
    std::size_t size() const noexcept { return size_; }

private:
    friend Result<EncodedHeader> encode_frame_header(std::uint8_t, std::uint64_t,
                                                     const std::optional<MaskingKey> &);

    std::array<std::uint8_t, OXWS_MAX_FRAME_HEADER_BYTES> buffer_{};
    std::size_t size_ = 0;
};

/// Makes the header of a frame with so many bytes of payload, which a client masks with a fresh key and a
/// server does not. Errors: `ReservedOpcode`, `ControlFragmented`, `ControlTooLong`, `LengthTopBit`.
inline Result<EncodedHeader> encode_frame_header(std::uint8_t first_byte, std::uint64_t payload_size,
                                                 const std::optional<MaskingKey> &key) {
    EncodedHeader header;
    const oxws_status status =
        oxws_frame_encode_header(first_byte, payload_size, key ? key->data() : nullptr,
                                 header.buffer_.data(), header.buffer_.size(), &header.size_);
    if (status != OXWS_OK) return Status(status);
    return header;
}

/// A frame that was received whole.
struct Frame {
    std::uint8_t first_byte; ///< Flags and opcode.
    bytes payload;           ///< In the memory that was read, unmasked.
    std::size_t size;        ///< The bytes of the frame: the next one begins behind them.
};

/// Reads the frame at the front of the `size` bytes at `data`, and unmasks its payload in place.
///
/// Errors, with the bytes as they were: `FrameIncomplete`; `FrameTooBig` for more than
/// `max_payload_bytes`; those of `decode_frame_header`.
inline Result<Frame> read_frame(void *data, std::size_t size, Role receiver,
                                std::uint64_t max_payload_bytes, std::uint8_t reserved_bits = 0) {
    Frame frame{0, bytes(), 0};
    std::uint8_t *payload = nullptr;
    std::size_t payload_size = 0;
    const oxws_status status =
        oxws_frame_read(data, size, static_cast<std::int32_t>(receiver), reserved_bits,
                        max_payload_bytes, &frame.first_byte, &payload, &payload_size, &frame.size);
    if (status != OXWS_OK) return Status(status);
    frame.payload = bytes(payload, payload_size);
    return frame;
}
/// Writes a whole frame into a buffer, and tells how many bytes it has. Errors: `BufferTooSmall`, those of
/// `encode_frame_header`.
inline Result<std::size_t> write_frame(std::uint8_t first_byte, bytes payload,
                                       const std::optional<MaskingKey> &key, void *buffer,
                                       std::size_t capacity) {
    std::size_t written = 0;
    const oxws_status status =
        oxws_frame_write(first_byte, payload.data(), payload.size(), key ? key->data() : nullptr,
                         buffer, capacity, &written);
    if (status != OXWS_OK) return Status(status);
    return written;
}
/// Makes a whole frame. Errors: those of `encode_frame_header`.
inline Result<std::vector<std::uint8_t>> make_frame(std::uint8_t first_byte, bytes payload,
                                                    const std::optional<MaskingKey> &key) {
    std::vector<std::uint8_t> frame(payload.size() + OXWS_MAX_FRAME_HEADER_BYTES);
    const auto written = write_frame(first_byte, payload, key, frame.data(), frame.size());
    if (!written) return written.status();
    frame.resize(*written);
    return frame;
}
/// Masks or unmasks a piece of a payload in place; `offset` bytes of the payload come before it.
inline Status mask(void *data, std::size_t size, const MaskingKey &key,
                   std::uint64_t offset = 0) noexcept {
    return Status(oxws_mask(data, size, key.data(), offset));
}
/// A fresh key, for one frame. Errors: `SystemCallFailed` if the system gives no random numbers.
inline Result<MaskingKey> new_masking_key() {
    MaskingKey key{};
    const oxws_status status = oxws_masking_key_new(key.data());
    if (status != OXWS_OK) return Status(status);
    return key;
}
/// The value of Sec-WebSocket-Accept that answers a Sec-WebSocket-Key. Errors: `HandshakeKey`.
inline Result<std::string> accept_key(const Text &key) {
    return detail::filled([&](char *buffer, std::size_t capacity, std::size_t *len) {
        return oxws_accept_key(key.c_str(), buffer, capacity, len);
    });
}
/// A fresh value for Sec-WebSocket-Key. Errors: `SystemCallFailed`.
inline Result<std::string> new_key() { return detail::filled(oxws_key_new); }

/// Whether bytes are UTF-8, as text messages and close reasons must be.
inline bool is_utf8(bytes data) noexcept { return oxws_is_utf8(data.data(), data.size()) != 0; }
/// Whether a text is UTF-8.
inline bool is_utf8(std::string_view text) noexcept { return is_utf8(as_bytes(text)); }

} // namespace oxws

#endif
