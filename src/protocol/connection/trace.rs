//! What a connection remembers of the frames that it has received, for the report of its end.
//!
//! It is kept with every frame, so it is two numbers and nothing is worked out before it is needed.

use crate::protocol::failure::FrameHeads;

/// Stands where no frame has come yet: no frame begins so and is taken, as its opcode is reserved.
const ABSENT: u64 = u64::MAX;

/// Where the newest frame ends, and how the last four begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trace {
    end: u64,
    heads: u64,
}

impl Trace {
    pub(super) fn new() -> Trace {
        Trace { end: 0, heads: ABSENT }
    }

    /// A frame has been taken, or its header has: its first two bytes, and how many it has in all.
    #[inline(always)]
    pub(super) fn record(&mut self, head: [u8; 2], bytes: u64) {
        self.heads = self.heads << 16 | FrameHeads::bits_of(head);
        self.end = self.end.wrapping_add(bytes);
    }

    /// The offset, in what follows the head of the handshake, at which the newest frame ends and
    /// the next one begins.
    #[inline]
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// How the last frames begin.
    pub(super) fn heads(&self) -> FrameHeads {
        let absent = self.heads.leading_ones() / 16;
        let present = u32::from(FrameHeads::CAPACITY).saturating_sub(absent);
        FrameHeads::new(self.heads, u8::try_from(present).unwrap_or(FrameHeads::CAPACITY))
    }
}

#[cfg(test)]
mod tests {
    use super::Trace;

    #[test]
    fn the_last_four_frames_are_remembered() {
        let frames = [[0x01, 0xFF], [0x00, 0x00], [0x00, 0x00], [0x80, 0x85], [0x82, 0x7F]];
        let mut trace = Trace::new();
        assert_eq!(trace.heads().count(), 0);
        for (place, head) in frames.into_iter().enumerate() {
            trace.record(head, 100);
            let first = (place + 1).saturating_sub(4);
            let got: Vec<_> = trace.heads().iter().collect();
            assert_eq!(got, frames[first..=place]);
            assert_eq!(trace.heads().at(got.len()), None);
        }
        assert_eq!(trace.end(), 500);
    }
}
