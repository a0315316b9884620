//! What few connections have, in one place that the others do without.

use crate::protocol::version::Version;

use super::compression::Compression;
use super::outgoing::Outgoing;

/// What differs from the usual: the latest version, no subprotocol, no message that leaves
/// in pieces, no compression.
#[derive(Debug)]
pub(super) struct Extras {
    /// The version that the handshake agreed on.
    pub(super) version: Version,
    /// The subprotocol that the handshake agreed on.
    pub(super) subprotocol: Option<Box<str>>,
    /// A message that leaves in pieces and has not ended.
    pub(super) outgoing: Option<Outgoing>,
    /// Compression, if it was agreed on.
    pub(super) compression: Option<Compression>,
}

impl Extras {
    /// What the opening handshake agreed on; nothing if that is the usual.
    pub(super) fn agreed(
        version: Version,
        subprotocol: Option<Box<str>>,
        compression: Option<Compression>,
    ) -> Option<Box<Extras>> {
        let extras = Extras { version, subprotocol, outgoing: None, compression };
        (!extras.is_usual()).then(|| Box::new(extras))
    }

    /// These extras with a message that leaves in pieces, or without one.
    pub(super) fn with_outgoing(
        extras: Option<Box<Extras>>,
        outgoing: Option<Outgoing>,
    ) -> Option<Box<Extras>> {
        if extras.is_none() && outgoing.is_none() {
            return None;
        }
        let usual = || {
            let (version, subprotocol) = (Version::LATEST, None);
            Box::new(Extras { version, subprotocol, outgoing: None, compression: None })
        };
        let mut extras = extras.unwrap_or_else(usual);
        extras.outgoing = outgoing;
        (!extras.is_usual()).then_some(extras)
    }

    fn is_usual(&self) -> bool {
        self.version == Version::LATEST
            && self.subprotocol.is_none()
            && self.outgoing.is_none()
            && self.compression.is_none()
    }
}
