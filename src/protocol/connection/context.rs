//! What a transport lends to a connection for the length of a call.

use crate::protocol::deflate::streams::Streams;
use crate::protocol::message::Assembly;
use crate::protocol::output::Output;
use crate::protocol::pool::Pool;
use crate::protocol::time::Time;

/// Where masking keys come from. Each must be fresh and unpredictable (RFC 6455 section 5.3).
pub trait KeySource {
    /// A key for one frame.
    fn masking_key(&mut self) -> [u8; 4];
}

/// The time, the output and the resources that a connection needs while it works.
pub struct Context<'a> {
    /// The time of the call.
    pub now: Time,
    /// The connection's output.
    pub output: &'a mut Output,
    /// Where messages are put together.
    pub messages: &'a mut Pool<Assembly>,
    /// Streams that deflate and inflate.
    pub streams: &'a mut Streams,
    /// Masking keys; asked only by clients.
    pub keys: &'a mut dyn KeySource,
}

/// Bytes that have been received, lent to the connection, which takes them from the front.
#[derive(Debug)]
pub struct Input<'b> {
    bytes: &'b mut [u8],
}

impl<'b> Input<'b> {
    /// All of `bytes`.
    #[inline]
    pub fn new(bytes: &'b mut [u8]) -> Input<'b> {
        Input { bytes }
    }

    /// What has not been taken. A connection that waits for more of a frame, or for a decision,
    /// leaves bytes; the transport must present them again, followed by new ones.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// Bytes that have not been taken.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether all has been taken.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes the first `count` bytes, or all if there are fewer.
    #[inline]
    pub(in crate::protocol) fn take(&mut self, count: usize) -> &'b mut [u8] {
        let bytes = std::mem::take(&mut self.bytes);
        let (taken, rest) = bytes.split_at_mut(count.min(bytes.len()));
        self.bytes = rest;
        taken
    }
}
