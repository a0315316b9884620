//! permessage-deflate (RFC 7692): what is negotiated, and messages deflated and inflated.
//!
//! Nothing here knows of frames. The streams come from a pool; a connection owns one only while its
//! terms say that a context is taken over from one message to the next.

pub mod deflater;
pub mod inflater;
pub mod terms;

/// The name under which the extension is negotiated.
pub const NAME: &str = "permessage-deflate";

/// What ends each deflated message before it is sent, and is put back before it is inflated
/// (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
