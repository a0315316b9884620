//! Versions of the WebSocket protocol: the drafts on the way to RFC 6455, and 13 itself.

/// A version of the protocol, as the Sec-WebSocket-Version field names it.
///
/// What sets them apart is told by [`Version::info`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i32)]
pub enum Version {
    /// No version, or one that no draft defines.
    Unknown = -1,
    /// hixie-76 and hybi-00.
    V0 = 0,
    /// hybi-04.
    V4 = 4,
    /// hybi-05.
    V5 = 5,
    /// hybi-06.
    V6 = 6,
    /// hybi-07.
    V7 = 7,
    /// hybi-08 to hybi-12.
    V8 = 8,
    /// hybi-13 to hybi-17 and RFC 6455.
    V13 = 13,
}

impl Version {
    /// The newest version, which is the one that everybody speaks.
    pub const LATEST: Version = Version::V13;

    /// Every version that a draft defines, the oldest first.
    pub const ALL: [Version; 7] = [
        Version::V0,
        Version::V4,
        Version::V5,
        Version::V6,
        Version::V7,
        Version::V8,
        Version::V13,
    ];

    /// The number, -1 for [`Version::Unknown`].
    pub fn number(self) -> i32 {
        self as i32
    }

    /// The version with this number; `Unknown` if no draft defines it.
    pub fn from_number(number: i32) -> Version {
        let known = Version::ALL.into_iter().find(|version| version.number() == number);
        known.unwrap_or(Version::Unknown)
    }

    /// The version that the text of a Sec-WebSocket-Version field names.
    pub fn from_field(text: &str) -> Version {
        match text {
            "0" => Version::V0,
            "4" => Version::V4,
            "5" => Version::V5,
            "6" => Version::V6,
            "7" => Version::V7,
            "8" => Version::V8,
            "13" => Version::V13,
            _ => Version::Unknown,
        }
    }

    /// Whether this library can speak the version. What one endpoint allows is its own business.
    pub fn is_supported(self) -> bool {
        matches!(self, Version::V7 | Version::V8 | Version::V13)
    }
}

/// The versions that the library can speak, the newest first, as a Sec-WebSocket-Version field lists
/// them.
pub const SPOKEN_VERSIONS: &str = "13, 8, 7";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c10_only_numbers_and_fields_of_drafts_name_a_version() {
        let known = [0, 4, 5, 6, 7, 8, 13];
        for number in -70_000..70_000 {
            let version = Version::from_number(number);
            let want = if known.contains(&number) { number } else { -1 };
            assert_eq!(version.number(), want);
            assert_eq!(Version::from_field(&number.to_string()), version, "{number}");
            assert_eq!(version.is_supported(), matches!(number, 7 | 8 | 13), "{number}");
        }
        for field in ["", " 13", "13 ", "013", "+13", "13, 8", "0x0d", "1 3", "hybi-08"] {
            assert_eq!(Version::from_field(field), Version::Unknown, "{field:?}");
        }
    }
}
