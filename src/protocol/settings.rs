//! What one endpoint allows and expects: limits, deadlines, and what its handshake agrees to.

use super::deflate;
use super::handshake::origin::OriginPolicy;
use super::handshake::server::Rules;
use super::handshake::versions::Versions;
use super::http::HeadLimits;

/// Limits and deadlines of a connection. A time of 0 switches what it governs off.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest message that is received, in bytes of payload.
    pub max_message_bytes: u64,
    /// The largest frame that is received, in bytes of payload.
    pub max_frame_bytes: u64,
    /// The largest compressed message that is received, in bytes on the wire.
    pub max_wire_message_bytes: u64,
    /// The most that a frame of a compressed message may come to once it is inflated, in bytes.
    pub max_inflated_frame_bytes: u64,
    /// Fragments that a message may have besides one for each 16 bytes of it.
    pub max_fragments: u32,
    /// Pings, pongs and empty fragments that may come at once.
    pub control_burst: u32,
    /// Pings, pongs and empty fragments that may come each second in the long run.
    pub control_per_second: u32,
    /// From the beginning of the handshake to its end, in milliseconds; absolute.
    pub handshake_timeout_ms: u32,
    /// From our Close frame to the peer's, in milliseconds.
    pub close_timeout_ms: u32,
    /// From the last byte received to the ping that asks for another, in milliseconds.
    pub ping_interval_ms: u32,
    /// From a ping to the first byte received after it, in milliseconds.
    pub pong_timeout_ms: u32,
    /// The longest time without a message in either direction, in milliseconds.
    pub idle_timeout_ms: u32,
    /// The head of a request or response.
    pub head: HeadLimits,
}

impl Limits {
    /// The largest message that one frame may carry, in bytes of payload.
    #[inline]
    pub fn largest_whole(&self) -> u64 {
        self.max_frame_bytes.min(self.max_message_bytes)
    }

    /// What a server uses unless told otherwise.
    pub fn server() -> Limits {
        Limits {
            max_message_bytes: 1024 * 1024,
            max_frame_bytes: 1024 * 1024,
            max_wire_message_bytes: wire_bytes(1024 * 1024),
            max_inflated_frame_bytes: 1024 * 1024,
            max_fragments: 1024,
            control_burst: 10_000,
            control_per_second: 330,
            handshake_timeout_ms: 10_000,
            close_timeout_ms: 5_000,
            ping_interval_ms: 20_000,
            pong_timeout_ms: 20_000,
            idle_timeout_ms: 0,
            head: HeadLimits::default(),
        }
    }

    /// What a client uses unless told otherwise.
    pub fn client() -> Limits {
        let max = 16 * 1024 * 1024;
        Limits {
            max_message_bytes: max,
            max_frame_bytes: max,
            max_wire_message_bytes: wire_bytes(max),
            max_inflated_frame_bytes: max,
            ..Limits::server()
        }
    }
}

/// How large on the wire a compressed message can be that has so many bytes: what cannot be made
/// smaller becomes larger, by an eighth at the most.
pub fn wire_bytes(message_bytes: u64) -> u64 {
    message_bytes.saturating_add(message_bytes / 8).saturating_add(64)
}

/// Everything that the connections of one listener, or one dialled connection, have in common.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Limits and deadlines.
    pub limits: Limits,
    /// Whether a message that has not come whole is reported piece by piece, rather than put
    /// together.
    pub reports_chunks: bool,
    /// How messages are compressed, where the peer agrees; `None` is not at all.
    pub compression: Option<deflate::Options>,
    /// Whether pings are answered without the application.
    pub answers_pings: bool,
    /// Which origins a server lets in.
    pub origin: OriginPolicy,
    /// Which versions a server speaks.
    pub versions: Versions,
}

impl Settings {
    /// What a server lets in.
    pub(super) fn rules(&self) -> Rules<'_> {
        Rules {
            origin: &self.origin,
            versions: self.versions,
            compression: self.compression.as_ref().map(|options| &options.wishes),
        }
    }

    /// What an endpoint uses unless told otherwise, with these limits.
    pub fn new(limits: Limits) -> Settings {
        Settings {
            limits,
            reports_chunks: false,
            answers_pings: true,
            compression: None,
            origin: OriginPolicy::default(),
            versions: Versions::default(),
        }
    }
}
