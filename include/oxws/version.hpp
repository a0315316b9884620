// Versions of the protocol and what is known of them. Included by <oxws.hpp>.
#ifndef OXWS_VERSION_HPP
#define OXWS_VERSION_HPP

#include <cstddef>
#include <cstdint>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/vocabulary.hpp>

namespace oxws {

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

/// How a server proves that it has understood a request.
enum class KeyScheme : std::int32_t {
    /// The version is unknown.
    None = OXWS_KEY_SCHEME_NONE,
    /// The MD5 of two numbers hidden in fields and of eight bytes behind the head.
    TwoKeysMd5 = OXWS_KEY_SCHEME_TWO_KEYS_MD5,
    /// The SHA-1 of the key; a nonce of the server goes into the masking.
    KeyNonceSha1 = OXWS_KEY_SCHEME_KEY_NONCE_SHA1,
    /// The SHA-1 of the key.
    KeySha1 = OXWS_KEY_SCHEME_KEY_SHA1,
};

/// How a client masks.
enum class MaskScheme : std::int32_t {
    /// Not at all, or the version is unknown.
    None = OXWS_MASK_SCHEME_NONE,
    /// With a key for each frame that is derived by SHA-1 from the keys of the handshake.
    KeySha1 = OXWS_MASK_SCHEME_KEY_SHA1,
    /// With a key that the frame carries.
    Xor = OXWS_MASK_SCHEME_XOR,
};

/// How messages are framed.
enum class FrameFormat : std::int32_t {
    /// Text between a 0x00 and a 0xFF byte.
    Sentinel = OXWS_FRAME_FORMAT_SENTINEL,
    /// Today's lengths with other opcodes: 1 close, 2 ping, 3 pong, 4 text, 5 binary.
    Early = OXWS_FRAME_FORMAT_EARLY,
    /// Today's frames.
    Current = OXWS_FRAME_FORMAT_CURRENT,
};

/// The name of a version: "hybi-08" or "RFC 6455"; empty for an unknown one. Lives as long as the library.
inline const char *to_string(Version version) noexcept {
    return detail::name_or_empty(oxws_version_name(static_cast<std::int32_t>(version)));
}
/// What a version brought; empty for an unknown one. Lives as long as the library.
inline const char *description(Version version) noexcept {
    return detail::name_or_empty(oxws_version_description(static_cast<std::int32_t>(version)));
}
/// The number of the first hybi draft that defines a version; -1 for an unknown one.
inline int first_draft(Version version) noexcept {
    return oxws_version_first_draft(static_cast<std::int32_t>(version));
}
/// The number of the last hybi draft that defines a version; -1 for an unknown one.
inline int last_draft(Version version) noexcept {
    return oxws_version_last_draft(static_cast<std::int32_t>(version));
}
/// The field of a request that says which version is asked for; empty for an unknown one. Lives as long as the library.
inline const char *version_header_name(Version version) noexcept {
    return detail::name_or_empty(oxws_version_header_name(static_cast<std::int32_t>(version)));
}
/// What that field carries for a version, such as "8"; empty for an unknown one. Lives as long as the library.
inline const char *version_header_value(Version version) noexcept {
    return detail::name_or_empty(oxws_version_header_value(static_cast<std::int32_t>(version)));
}
/// The field of a request that names its origin; empty for an unknown version. Lives as long as the library.
inline const char *origin_header_name(Version version) noexcept {
    return detail::name_or_empty(oxws_version_origin_header_name(static_cast<std::int32_t>(version)));
}
/// How a server of a version proves that it has understood a request.
inline KeyScheme key_scheme(Version version) noexcept {
    return static_cast<KeyScheme>(oxws_version_key_scheme(static_cast<std::int32_t>(version)));
}
/// How a client of a version masks.
inline MaskScheme mask_scheme(Version version) noexcept {
    return static_cast<MaskScheme>(oxws_version_mask_scheme(static_cast<std::int32_t>(version)));
}
/// How messages are framed in a version.
inline FrameFormat frame_format(Version version) noexcept {
    return static_cast<FrameFormat>(oxws_version_frame_format(static_cast<std::int32_t>(version)));
}
/// Whether this library can speak a version.
inline bool is_supported(Version version) noexcept {
    return oxws_version_is_supported(static_cast<std::int32_t>(version)) != 0;
}
/// The version that a Sec-WebSocket-Version field names: "13" and the like; `Unknown` for any other text.
inline Version version_from_string(const Text &text) noexcept {
    return static_cast<Version>(oxws_version_from_string(text.c_str()));
}
/// The versions that this library can speak, the newest first: "13, 8, 7". Lives as long as the library.
inline const char *supported_versions() noexcept { return oxws_version_list(); }

namespace detail {

inline std::size_t version_count(Library) noexcept { return oxws_version_count(); }
inline Version version_at(Library, std::size_t index) noexcept {
    return static_cast<Version>(oxws_version_at(index));
}

} // namespace detail

/// All versions, spoken or not, the oldest first: a range of `Version`.
inline detail::Indexed<detail::Library, Version> all_versions() noexcept {
    return {{}, detail::version_count, detail::version_at};
}

/// The key that makes Sec-WebSocket-Accept of Sec-WebSocket-Key (RFC 6455 section 1.3). Lives as long as the
/// library.
inline const char *protocol_guid() noexcept { return oxws_protocol_guid(); }
/// What stands in Sec-WebSocket-Version today: "13". Lives as long as the library.
inline const char *protocol_version() noexcept { return oxws_protocol_version(); }

} // namespace oxws

#endif
