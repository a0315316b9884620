//! Versions of the WebSocket protocol: the drafts on the way to RFC 6455, and 13 itself.

/// A version of the protocol, as the Sec-WebSocket-Version field names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// What a server lists in the Sec-WebSocket-Version field of its 426 (section 4.4).
pub const SUPPORTED_VERSIONS: &str = "13";
