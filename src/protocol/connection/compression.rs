//! Compression as a connection has it: its terms, and the streams that it owns because of them.
//!
//! A stream that takes nothing over from one message to the next is only borrowed from the loop, for
//! the length of a message.

use crate::protocol::deflate::Options;
use crate::protocol::deflate::deflater::Deflater;
use crate::protocol::deflate::inflater::Inflater;
use crate::protocol::deflate::streams::Streams;
use crate::protocol::deflate::terms::{Direction, Terms};
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::Role;

/// How large a message may become whatever its ratio: what is short and often said comes to a few
/// bytes.
const ANY_RATIO_BYTES: u64 = 64 * 1024;

/// Whether a message is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// If it is large enough.
    #[default]
    BySize,
    /// Not.
    Skip,
    /// However small it is.
    Force,
}

/// What decides on the bytes of a message that refers to no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) window_bits: u8,
    pub(super) level: u8,
}

/// What was agreed on, and what it needs.
#[derive(Debug)]
pub(super) struct Compression {
    terms: Terms,
    own: Direction,
    peer: Direction,
    options: Options,
    deflater: Option<Box<Deflater>>,
    inflater: Option<Box<Inflater>>,
}

impl Compression {
    pub(super) fn new(terms: Terms, role: Role, options: Options) -> Compression {
        let (own, peer) = (terms.of(role), terms.of_peer(role));
        Compression { terms, own, peer, options, deflater: None, inflater: None }
    }

    pub(super) fn terms(&self) -> Terms {
        self.terms
    }

    /// Whether a message of this size is to be compressed.
    pub(super) fn wants(&self, choice: Choice, bytes: usize) -> bool {
        match choice {
            Choice::BySize => {
                let threshold = self.options.threshold_bytes.max(1);
                bytes as u64 >= threshold && threshold < u64::MAX
            }
            Choice::Skip => false,
            Choice::Force => bytes > 0,
        }
    }

    /// Whether a message that compression makes no smaller may be sent as it is: nothing later
    /// refers to it.
    pub(super) fn may_leave_plain(&self) -> bool {
        !self.own.takes_over
    }

    /// How a message is deflated; `None` if it may refer to those before it.
    pub(super) fn manner(&self) -> Option<Manner> {
        let (window_bits, level) = (self.own.window_bits, self.options.level);
        (!self.own.takes_over).then_some(Manner { window_bits, level })
    }

    /// Deflates a piece of a message, the last one if `fin`, behind what is in `out`.
    pub(super) fn deflate(
        &mut self,
        piece: &[u8],
        fin: bool,
        streams: &mut Streams,
        out: &mut Vec<u8>,
    ) -> Result<(), ErrorCode> {
        let (bits, level) = (self.own.window_bits, self.options.level);
        let mut stream = match self.deflater.take() {
            Some(stream) => stream,
            None => streams.deflater(bits, level)?,
        };
        // After an error the stream is not kept, as what it knows does not reach the peer.
        stream.deflate(piece, fin, out)?;
        if fin && !self.own.takes_over {
            streams.give_back_deflater(stream);
        } else {
            self.deflater = Some(stream);
        }
        Ok(())
    }

    /// What was deflated last is not sent: nothing later may refer to it. A new stream refers to
    /// nothing, which the peer takes wherever it comes.
    pub(super) fn take_back(&mut self) {
        self.deflater = None;
    }

    /// No message passes any more: what was agreed on can still be asked.
    pub(super) fn release(&mut self) {
        (self.deflater, self.inflater) = (None, None);
    }

    /// The stream that inflates what the peer sends; to be given back.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(super) fn inflater(&mut self, streams: &mut Streams) -> Result<Box<Inflater>, ErrorCode> {
        match self.inflater.take() {
            Some(stream) => Ok(stream),
            None => streams.inflater(),
        }
    }

    /// Takes the stream back, after the last piece of a message if `fin`.
    pub(super) fn keep_inflater(
        &mut self,
        stream: Box<Inflater>,
        fin: bool,
        streams: &mut Streams,
    ) {
        if fin && !self.peer.takes_over {
            streams.give_back_inflater(stream);
        } else {
            self.inflater = Some(stream);
        }
    }

    /// How large a message may be that has had so many bytes on the wire.
    pub(super) fn limit(&self, max_message_bytes: u64, wire_bytes: u64) -> u64 {
        match self.options.max_ratio {
            0 => max_message_bytes,
            ratio => {
                let most = wire_bytes.saturating_mul(u64::from(ratio)).max(ANY_RATIO_BYTES);
                max_message_bytes.min(most)
            }
        }
    }
}
