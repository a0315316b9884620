//! Bytes that wait to be written: the queue which the transport drains.

/// The output of a connection.
#[derive(Debug, Default)]
pub struct Output {
    bytes: Vec<u8>,
    sent: usize,
    /// The newest pong that could not be queued, because the peer does not read. Older ones are
    /// dropped: section 5.5.3 lets an endpoint answer only the most recent ping.
    pong: Option<Box<[u8]>>,
    /// Whether the transport could not write all there was.
    congested: bool,
}

impl Output {
    /// An empty queue that holds `bytes` before it grows.
    pub fn with_capacity(bytes: usize) -> Output {
        Output { bytes: Vec::with_capacity(bytes), ..Output::default() }
    }

    /// What waits, oldest first.
    pub fn unsent(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// Bytes that wait.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.sent
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.pong.is_none()
    }

    /// The queue's end, to append to.
    pub fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Whether the transport has said that the peer takes no more for now.
    pub fn is_congested(&self) -> bool {
        self.congested
    }

    /// The transport could not write all: until the queue is empty, pongs are not piled up.
    pub fn set_congested(&mut self) {
        self.congested = true;
    }

    /// The transport has written `count` bytes.
    pub fn advance(&mut self, count: usize) {
        self.sent = self.bytes.len().min(self.sent.saturating_add(count));
        if self.sent < self.bytes.len() {
            self.compact();
            return;
        }
        self.bytes.clear();
        self.sent = 0;
        self.congested = false;
        if let Some(frame) = self.pong.take() {
            self.bytes.extend_from_slice(&frame);
        }
    }

    /// Keeps a whole pong frame until the queue is empty, in place of an older one.
    pub fn hold_pong(&mut self, frame: &[u8]) {
        self.pong = Some(frame.into());
    }

    /// Forgets a pong that is held: nothing may follow a Close frame.
    pub fn drop_pong(&mut self) {
        self.pong = None;
    }

    /// Drops everything that waits.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.sent = 0;
        self.pong = None;
        self.congested = false;
    }

    /// Bytes that the queue occupies.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Moves what waits to the front once more has been sent than waits, so that the cost of
    /// moving stays below that of sending.
    fn compact(&mut self) {
        if self.sent >= self.bytes.len() - self.sent {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Output;

    #[test]
    fn e10_any_sequence_of_short_writes_keeps_the_bytes_in_order() {
        let want: Vec<u8> = (0..=255).collect();
        for step in 1..40 {
            let mut output = Output::default();
            let mut got = Vec::new();
            for piece in want.chunks(7) {
                output.bytes().extend_from_slice(piece);
                let take = step.min(output.len());
                got.extend_from_slice(&output.unsent()[..take]);
                output.advance(take);
            }
            got.extend_from_slice(output.unsent());
            assert_eq!(got, want);
        }
    }

    #[test]
    fn e01_only_the_newest_pong_is_held_while_the_peer_does_not_read() {
        let mut output = Output::default();
        output.bytes().extend_from_slice(b"backlog");
        output.set_congested();
        output.hold_pong(b"old");
        output.hold_pong(b"new");
        output.advance(3);
        assert_eq!(output.unsent(), b"klog");
        output.advance(4);
        assert_eq!(output.unsent(), b"new");
        assert!(!output.is_congested());
        output.advance(3);
        assert!(output.is_empty());
    }
}
