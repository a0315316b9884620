//! The versions of the protocol, and what sets them apart: knowledge for programs that meet old peers.

use std::ffi::{CStr, CString, c_char};
use std::sync::LazyLock;

use super::guard::{guard_or, text};
use super::vocabulary::oxws_version;
use crate::protocol::close_code::CloseCode;
use crate::protocol::opcode::Opcode;
use crate::protocol::version::{SPOKEN_VERSIONS, Version};
use crate::protocol::version_info::{FrameFormat, KeyScheme, MaskScheme, VersionInfo};

/// How a server proves that it has understood the opening request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_key_scheme {
    /// The version is unknown.
    OXWS_KEY_SCHEME_NONE = 0,
    /// The MD5 of two numbers hidden in fields and of eight bytes behind the head.
    OXWS_KEY_SCHEME_TWO_KEYS_MD5 = 1,
    /// The SHA-1 of the key; a nonce of the server goes into the masking.
    OXWS_KEY_SCHEME_KEY_NONCE_SHA1 = 2,
    /// The SHA-1 of the key.
    OXWS_KEY_SCHEME_KEY_SHA1 = 3,
}

/// How a client masks its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_mask_scheme {
    /// Not at all, or the version is unknown.
    OXWS_MASK_SCHEME_NONE = 0,
    /// With a key for each frame that is derived by SHA-1 from the keys of the handshake.
    OXWS_MASK_SCHEME_KEY_SHA1 = 1,
    /// With a key that the frame carries.
    OXWS_MASK_SCHEME_XOR = 2,
}

/// How messages are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum oxws_frame_format {
    /// Text between a 0x00 and a 0xFF byte.
    OXWS_FRAME_FORMAT_SENTINEL = 0,
    /// Today's lengths with other opcodes: 1 close, 2 ping, 3 pong, 4 text, 5 binary.
    OXWS_FRAME_FORMAT_EARLY = 1,
    /// Today's frames.
    OXWS_FRAME_FORMAT_CURRENT = 2,
}

/// The texts of a version with the NUL that C wants.
struct Texts {
    name: CString,
    description: CString,
    version_field: CString,
    version_text: CString,
    origin_field: CString,
}

/// The texts of each version, made once.
static TEXTS: LazyLock<Vec<(Version, Texts)>> = LazyLock::new(|| {
    let c_text = |text: &str| CString::new(text).unwrap_or_default();
    let texts = |info: &VersionInfo| Texts {
        name: c_text(info.name),
        description: c_text(info.description),
        version_field: c_text(info.version_field),
        version_text: c_text(info.version_text),
        origin_field: c_text(info.origin_field),
    };
    Version::ALL.into_iter().filter_map(|version| Some((version, texts(version.info()?)))).collect()
});

static SPOKEN: LazyLock<CString> =
    LazyLock::new(|| CString::new(SPOKEN_VERSIONS).unwrap_or_default());

/// A text of a version; NULL for an unknown one.
fn text_of(version: i32, pick: fn(&Texts) -> &CStr) -> *const c_char {
    guard_or(std::ptr::null(), || {
        let found = TEXTS.iter().find(|(known, _)| known.number() == version);
        found.map_or(std::ptr::null(), |(_, texts)| pick(texts).as_ptr())
    })
}

/// The name of a version: of the first draft that defines it, such as "hybi-08", or "RFC 6455"; NULL
/// for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_name(version: i32) -> *const c_char {
    text_of(version, |texts| &texts.name)
}

/// What a version brought, in a sentence or two; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_description(version: i32) -> *const c_char {
    text_of(version, |texts| &texts.description)
}

/// The number of the first hybi draft that defines a version, as 8 for hybi-08; -1 for any other
/// number. Version 0 is hixie-76 as well.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_first_draft(version: i32) -> i32 {
    guard_or(-1, || Version::from_number(version).info().map_or(-1, |info| info.drafts.0))
}

/// The number of the last hybi draft that defines a version, as 12 for version 8; -1 for any other
/// number. Version 13 is RFC 6455 as well.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_last_draft(version: i32) -> i32 {
    guard_or(-1, || Version::from_number(version).info().map_or(-1, |info| info.drafts.1))
}

/// The field of a request that says which version is asked for; NULL for any other number. For version
/// 0 it is "Sec-WebSocket-Draft", which few clients sent: their Sec-WebSocket-Key1 gives them away.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_header_name(version: i32) -> *const c_char {
    text_of(version, |texts| &texts.version_field)
}

/// What `oxws_version_header_name` carries for a version, such as "8"; NULL for any other number.
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_header_value(version: i32) -> *const c_char {
    text_of(version, |texts| &texts.version_text)
}

/// The field of a request that names its origin: "Sec-WebSocket-Origin" in the versions 4 to 8, "Origin"
/// in the others; NULL for any other number. From hybi-11 on, which is still version 8, it is "Origin".
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_origin_header_name(version: i32) -> *const c_char {
    text_of(version, |texts| &texts.origin_field)
}

/// How a server of this version proves that it has understood a request.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_key_scheme(version: i32) -> oxws_key_scheme {
    guard_or(oxws_key_scheme::OXWS_KEY_SCHEME_NONE, || {
        match Version::from_number(version).info().map(|info| info.key_scheme) {
            None => oxws_key_scheme::OXWS_KEY_SCHEME_NONE,
            Some(KeyScheme::TwoKeysMd5) => oxws_key_scheme::OXWS_KEY_SCHEME_TWO_KEYS_MD5,
            Some(KeyScheme::KeyNonceSha1) => oxws_key_scheme::OXWS_KEY_SCHEME_KEY_NONCE_SHA1,
            Some(KeyScheme::KeySha1) => oxws_key_scheme::OXWS_KEY_SCHEME_KEY_SHA1,
        }
    })
}

/// How a client of this version masks.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_mask_scheme(version: i32) -> oxws_mask_scheme {
    guard_or(oxws_mask_scheme::OXWS_MASK_SCHEME_NONE, || {
        match Version::from_number(version).info().map(|info| info.mask_scheme) {
            None | Some(MaskScheme::None) => oxws_mask_scheme::OXWS_MASK_SCHEME_NONE,
            Some(MaskScheme::KeySha1) => oxws_mask_scheme::OXWS_MASK_SCHEME_KEY_SHA1,
            Some(MaskScheme::Xor) => oxws_mask_scheme::OXWS_MASK_SCHEME_XOR,
        }
    })
}

/// How messages are framed in this version; `OXWS_FRAME_FORMAT_SENTINEL`, the oldest, for any other
/// number.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_frame_format(version: i32) -> oxws_frame_format {
    guard_or(oxws_frame_format::OXWS_FRAME_FORMAT_SENTINEL, || {
        match Version::from_number(version).info().map(|info| info.frame_format) {
            None | Some(FrameFormat::Sentinel) => oxws_frame_format::OXWS_FRAME_FORMAT_SENTINEL,
            Some(FrameFormat::Early) => oxws_frame_format::OXWS_FRAME_FORMAT_EARLY,
            Some(FrameFormat::Current) => oxws_frame_format::OXWS_FRAME_FORMAT_CURRENT,
        }
    })
}

/// The number that stands in frames of this version for an opcode of today, such as 4 for
/// `OXWS_OPCODE_TEXT` in version 6; -1 if the version has none, the opcode is reserved, or either is
/// unknown.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_opcode(version: i32, opcode: i32) -> i32 {
    guard_or(-1, || {
        let bits = u8::try_from(opcode).ok().filter(|bits| *bits < 16);
        let opcode = bits.and_then(Opcode::from_bits);
        let own = opcode.and_then(|opcode| Version::from_number(version).opcode_bits(opcode));
        own.map_or(-1, i32::from)
    })
}

/// Whether the documents of a version have a close code (1), or not (0): see
/// `oxws_close_code_since_version`.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_knows_close_code(version: i32, code: u16) -> i32 {
    let code = CloseCode::from_number(code);
    guard_or(0, || i32::from(Version::from_number(version).knows_close_code(code)))
}

/// Whether this library can speak a version (1), or not (0): it can 13, 8 and 7. A client asks for 13,
/// and a server takes 13, until their configs say otherwise.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_is_supported(version: i32) -> i32 {
    guard_or(0, || i32::from(Version::from_number(version).is_supported()))
}

/// How many versions there are, spoken or not.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_count() -> usize {
    guard_or(0, || Version::ALL.len())
}

/// The version at `index`, the oldest first; `OXWS_VERSION_UNKNOWN` if there are not that many.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_at(index: usize) -> oxws_version {
    guard_or(oxws_version::OXWS_VERSION_UNKNOWN, || {
        oxws_version::from(Version::ALL.get(index).copied().unwrap_or(Version::Unknown))
    })
}

/// The version that a text names as a Sec-WebSocket-Version field does: "13" and the like, without
/// spaces; `OXWS_VERSION_UNKNOWN` for any other text and for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `version_text` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_version_from_string(version_text: *const c_char) -> oxws_version {
    guard_or(oxws_version::OXWS_VERSION_UNKNOWN, || {
        // SAFETY: promised by the caller.
        let named = unsafe { text(version_text) };
        oxws_version::from(named.map_or(Version::Unknown, Version::from_field))
    })
}

/// The versions that this library can speak, the newest first, as a Sec-WebSocket-Version field lists
/// them: "13, 8, 7".
///
/// The text lives as long as the library.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_version_list() -> *const c_char {
    guard_or(std::ptr::null(), || SPOKEN.as_ptr())
}
