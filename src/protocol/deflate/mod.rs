//! permessage-deflate (RFC 7692): what is negotiated, and messages deflated and inflated.
//!
//! Nothing here knows of frames. The streams come from a pool; a connection owns one only while its
//! terms say that a context is taken over from one message to the next.

pub mod deflater;
pub mod inflater;
pub mod streams;
pub mod terms;

use terms::Wishes;

/// The name under which the extension is negotiated.
pub const NAME: &str = "permessage-deflate";

/// How an endpoint compresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What it wants to agree on.
    pub wishes: Wishes,
    /// How much time is spent on smallness: 1 (fast) to 9 (small).
    pub level: u8,
    /// Messages below this size, in bytes, are sent as they are.
    pub threshold_bytes: u64,
    /// How many times as large as on the wire a message of more than 64 KiB may be once it is
    /// inflated; 0 is any.
    pub max_ratio: u32,
}

impl Default for Options {
    fn default() -> Options {
        // As small as level 6 for texts of some KiB, in less time; below 4 they grow more than time is saved.
        Options { wishes: Wishes::default(), level: 5, threshold_bytes: 64, max_ratio: 0 }
    }
}

/// What ends each deflated message before it is sent, and is put back before it is inflated
/// (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
