//! Which versions of the protocol a server speaks, and how it lists them (RFC 6455 section 4.4).

use crate::protocol::error::ErrorCode;
use crate::protocol::version::Version;

/// The versions of one server: 13, and those of 8 and 7, whose frames are the same, that were
/// allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Versions {
    older: Older,
}

/// The versions below 13 that are spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Older {
    #[default]
    None,
    Eight,
    Seven,
    Both,
}

impl Versions {
    /// Speaks this version too.
    ///
    /// # Errors
    ///
    /// `Unsupported`: the version is none of 13, 8 and 7.
    pub fn allow(&mut self, version: Version) -> Result<(), ErrorCode> {
        self.older = match (version, self.older) {
            (Version::V13, older) => older,
            (Version::V8, Older::None | Older::Eight) => Older::Eight,
            (Version::V7, Older::None | Older::Seven) => Older::Seven,
            (Version::V8 | Version::V7, _) => Older::Both,
            _ => return Err(ErrorCode::Unsupported),
        };
        Ok(())
    }

    /// Whether the version is spoken.
    pub fn contains(self, version: Version) -> bool {
        match version {
            Version::V13 => true,
            Version::V8 => matches!(self.older, Older::Eight | Older::Both),
            Version::V7 => matches!(self.older, Older::Seven | Older::Both),
            _ => false,
        }
    }

    /// The list of a Sec-WebSocket-Version field, newest first.
    pub fn list(self) -> &'static str {
        match self.older {
            Older::None => "13",
            Older::Eight => "13, 8",
            Older::Seven => "13, 7",
            Older::Both => "13, 8, 7",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Versions;
    use crate::protocol::error::ErrorCode;
    use crate::protocol::version::Version;

    #[test]
    fn versions_are_allowed_in_any_order_and_listed_newest_first() {
        use Version::{V7, V8, V13};
        let cases: &[(&[Version], &str, [bool; 3])] = &[
            (&[], "13", [true, false, false]),
            (&[V13], "13", [true, false, false]),
            (&[V8], "13, 8", [true, true, false]),
            (&[V8, V8, V13], "13, 8", [true, true, false]),
            (&[V7], "13, 7", [true, false, true]),
            (&[V7, V7], "13, 7", [true, false, true]),
            (&[V7, V8], "13, 8, 7", [true, true, true]),
            (&[V8, V7, V8, V7, V13], "13, 8, 7", [true, true, true]),
        ];
        for (allowed, list, contains) in cases {
            let mut versions = Versions::default();
            for version in *allowed {
                assert_eq!(versions.allow(*version), Ok(()), "{version:?}");
            }
            assert_eq!(versions.list(), *list, "{allowed:?}");
            assert_eq!([V13, V8, V7].map(|version| versions.contains(version)), *contains);
        }
    }

    #[test]
    fn other_versions_cannot_be_allowed() {
        use Version::{Unknown, V0, V4, V5, V6, V7};
        let mut versions = Versions::default();
        versions.allow(V7).expect("version 7 is spoken");
        for version in [Unknown, V0, V4, V5, V6] {
            assert_eq!(versions.allow(version), Err(ErrorCode::Unsupported), "{version:?}");
            assert!(!versions.contains(version), "{version:?}");
        }
        assert_eq!(versions.list(), "13, 7");
    }
}
