//! What sets the versions of the protocol apart, as a table: what a program wants to know of a peer
//! that asks for an old one. It is knowledge alone; which of it is spoken, `version` says.

use super::close_code::CloseCode;
use super::opcode::Opcode;
use super::version::Version;

/// How a server proves that it has understood the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyScheme {
    /// The MD5 of two numbers hidden in fields and of eight bytes behind the head.
    TwoKeysMd5,
    /// The SHA-1 of the key; a nonce of the server goes into the masking.
    KeyNonceSha1,
    /// The SHA-1 of the key.
    KeySha1,
}

/// How a client masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskScheme {
    /// Not at all.
    None,
    /// With a key for each frame that is derived by SHA-1 from the keys of the handshake.
    KeySha1,
    /// With a key that the frame carries.
    Xor,
}

/// How messages are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameFormat {
    /// Text between a 0x00 and a 0xFF byte.
    Sentinel,
    /// Today's lengths, with other opcodes.
    Early,
    /// Today's frames.
    Current,
}

/// What is known of a version.
#[derive(Debug)]
pub struct VersionInfo {
    /// The name of the first document that defines it, or of the last where that is an RFC.
    pub name: &'static str,
    /// What it brought, as a sentence.
    pub description: &'static str,
    /// The numbers of the first and the last hybi draft that define it.
    pub drafts: (i32, i32),
    /// The field that carries the version.
    pub version_field: &'static str,
    /// What that field says.
    pub version_text: &'static str,
    /// The field of a request that names its origin.
    pub origin_field: &'static str,
    /// How a server proves that it has understood the request.
    pub key_scheme: KeyScheme,
    /// How a client masks.
    pub mask_scheme: MaskScheme,
    /// How messages are framed.
    pub frame_format: FrameFormat,
}

const V0: VersionInfo = VersionInfo {
    name: "hybi-00",
    description: "hixie-76 as well. Two keys in fields and one behind the head, answered with \
                  their MD5; text alone, between a 0x00 and a 0xFF byte. Most clients send no \
                  version at all; their Sec-WebSocket-Key1 gives them away.",
    drafts: (0, 0),
    version_field: "Sec-WebSocket-Draft",
    version_text: "0",
    origin_field: "Origin",
    key_scheme: KeyScheme::TwoKeysMd5,
    mask_scheme: MaskScheme::None,
    frame_format: FrameFormat::Sentinel,
};

const V4: VersionInfo = VersionInfo {
    name: "hybi-04",
    description: "Sec-WebSocket-Key, answered by Sec-WebSocket-Accept and a Sec-WebSocket-Nonce. \
                  Frames with a length and an opcode, masked with keys that are derived from both.",
    drafts: (4, 4),
    version_field: "Sec-WebSocket-Version",
    version_text: "4",
    origin_field: "Sec-WebSocket-Origin",
    key_scheme: KeyScheme::KeyNonceSha1,
    mask_scheme: MaskScheme::KeySha1,
    frame_format: FrameFormat::Early,
};

const V5: VersionInfo = VersionInfo {
    name: "hybi-05",
    description: "The nonce is gone: each masked frame carries its own key of four bytes.",
    drafts: (5, 5),
    version_text: "5",
    key_scheme: KeyScheme::KeySha1,
    mask_scheme: MaskScheme::Xor,
    ..V4
};

const V6: VersionInfo = VersionInfo {
    name: "hybi-06",
    description: "The closing handshake was written anew, with the close codes 1000 to 1004.",
    drafts: (6, 6),
    version_text: "6",
    ..V5
};

const V7: VersionInfo = VersionInfo {
    name: "hybi-07",
    description: "The opcodes of today, and the bit that says whether a frame is masked.",
    drafts: (7, 7),
    version_text: "7",
    frame_format: FrameFormat::Current,
    ..V6
};

const V8: VersionInfo = VersionInfo {
    name: "hybi-08",
    description: "The close codes 1005 to 1007. The origin moved to the Origin field in hybi-11, \
                  so that clients of this version send one or the other.",
    drafts: (8, 12),
    version_text: "8",
    ..V7
};

const V13: VersionInfo = VersionInfo {
    name: "RFC 6455",
    description: "The standard, and hybi-13 to hybi-17 before it: close codes from 1008 on, \
                  shortest lengths, masking enforced, servers that list their versions.",
    drafts: (13, 17),
    version_text: "13",
    origin_field: "Origin",
    ..V8
};

impl Version {
    /// What is known of the version; nothing of `Unknown`.
    pub fn info(self) -> Option<&'static VersionInfo> {
        match self {
            Version::Unknown => None,
            Version::V0 => Some(&V0),
            Version::V4 => Some(&V4),
            Version::V5 => Some(&V5),
            Version::V6 => Some(&V6),
            Version::V7 => Some(&V7),
            Version::V8 => Some(&V8),
            Version::V13 => Some(&V13),
        }
    }

    /// The number that stands for an opcode of today in frames of this version.
    pub fn opcode_bits(self, opcode: Opcode) -> Option<u8> {
        match (self.info()?.frame_format, opcode) {
            (FrameFormat::Sentinel, _) => None,
            (FrameFormat::Current, _) => Some(opcode.bits()),
            (FrameFormat::Early, Opcode::Continuation) => Some(0),
            (FrameFormat::Early, Opcode::Close) => Some(1),
            (FrameFormat::Early, Opcode::Ping) => Some(2),
            (FrameFormat::Early, Opcode::Pong) => Some(3),
            (FrameFormat::Early, Opcode::Text) => Some(4),
            (FrameFormat::Early, Opcode::Binary) => Some(5),
        }
    }

    /// Whether the version gives the close code a meaning, or leaves it to programs.
    pub fn knows_close_code(self, code: CloseCode) -> bool {
        let since = code.since();
        since != Version::Unknown && self >= since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_told_apart() {
        use {FrameFormat::*, KeyScheme::*};
        let cases = [
            (Version::V0, "hybi-00", "0", "Origin", TwoKeysMd5, MaskScheme::None, Sentinel),
            (Version::V4, "hybi-04", "4", OLD_ORIGIN, KeyNonceSha1, MaskScheme::KeySha1, Early),
            (Version::V5, "hybi-05", "5", OLD_ORIGIN, KeySha1, MaskScheme::Xor, Early),
            (Version::V6, "hybi-06", "6", OLD_ORIGIN, KeySha1, MaskScheme::Xor, Early),
            (Version::V7, "hybi-07", "7", OLD_ORIGIN, KeySha1, MaskScheme::Xor, Current),
            (Version::V8, "hybi-08", "8", OLD_ORIGIN, KeySha1, MaskScheme::Xor, Current),
            (Version::V13, "RFC 6455", "13", "Origin", KeySha1, MaskScheme::Xor, Current),
        ];
        assert_eq!(cases.map(|case| case.0), Version::ALL);
        for (version, name, text, origin, key_scheme, mask_scheme, frame_format) in cases {
            let info = version.info().unwrap();
            assert_eq!((info.name, info.version_text, info.origin_field), (name, text, origin));
            assert_eq!(info.key_scheme, key_scheme, "{version:?}");
            assert_eq!(info.mask_scheme, mask_scheme, "{version:?}");
            assert_eq!(info.frame_format, frame_format, "{version:?}");
            assert_eq!(Version::from_field(info.version_text), version);
            assert!(info.drafts.0 <= info.drafts.1 && info.description.ends_with('.'));
            let is_oldest = version == Version::V0;
            let field = if is_oldest { "Sec-WebSocket-Draft" } else { "Sec-WebSocket-Version" };
            assert_eq!(info.version_field, field);
        }
        assert!(Version::Unknown.info().is_none());
    }

    const OLD_ORIGIN: &str = "Sec-WebSocket-Origin";

    #[test]
    fn opcodes_have_the_numbers_of_their_version() {
        use Opcode::*;
        let opcodes = [Continuation, Text, Binary, Close, Ping, Pong];
        let early = [0, 4, 5, 1, 2, 3].map(Some);
        let current = [0, 1, 2, 8, 9, 10].map(Some);
        let cases = [
            (Version::Unknown, [None; 6]),
            (Version::V0, [None; 6]),
            (Version::V4, early),
            (Version::V5, early),
            (Version::V6, early),
            (Version::V7, current),
            (Version::V8, current),
            (Version::V13, current),
        ];
        for (version, want) in cases {
            assert_eq!(opcodes.map(|opcode| version.opcode_bits(opcode)), want, "{version:?}");
        }
    }

    #[test]
    fn a15_every_version_knows_the_close_codes_of_its_documents() {
        let since_6 = |code: u16| matches!(code, 1000..=1004 | 3000..=4999);
        let since_8 = |code: u16| since_6(code) || matches!(code, 1005..=1007);
        let since_13 = |code: u16| since_8(code) || matches!(code, 1008..=1015);
        for number in 0..=u16::MAX {
            let code = CloseCode::from_number(number);
            for version in [Version::Unknown, Version::V0, Version::V4, Version::V5] {
                assert!(!version.knows_close_code(code), "{number} {version:?}");
            }
            assert_eq!(Version::V6.knows_close_code(code), since_6(number), "{number}");
            assert_eq!(Version::V7.knows_close_code(code), since_6(number), "{number}");
            assert_eq!(Version::V8.knows_close_code(code), since_8(number), "{number}");
            assert_eq!(Version::V13.knows_close_code(code), since_13(number), "{number}");
        }
    }
}
