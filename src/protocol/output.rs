//! Bytes that wait to be written: the queue which the transport drains.

use super::error::ErrorCode;

/// How much a queue holds when it grows for the first time.
const FIRST_BYTES: usize = 4 * 1024;

/// The output of a connection.
///
/// The bytes behind its end stay initialised, so that a short message is copied to its place and
/// nothing else is done.
#[derive(Debug, Default)]
pub struct Output {
    bytes: Vec<u8>,
    sent: usize,
    end: usize,
    /// Bytes that have been sent since the queue was new.
    drained: u64,
    /// The newest pong that could not be queued, because the peer does not read. Older ones are
    /// dropped: section 5.5.3 lets an endpoint answer only the most recent ping.
    pong: Option<Box<[u8]>>,
    /// Whether the transport could not write all there was.
    congested: bool,
}

impl Output {
    /// What waits, oldest first.
    pub fn unsent(&self) -> &[u8] {
        self.bytes.get(self.sent..self.end).unwrap_or_default()
    }

    /// Bytes that have been sent since the queue was new or cleared.
    pub fn position(&self) -> u64 {
        self.drained
    }

    /// What [`Output::position`] will be when all that waits now has been sent.
    pub fn end_position(&self) -> u64 {
        self.drained + self.len() as u64
    }

    /// Bytes that wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.end - self.sent
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.pong.is_none()
    }

    /// Makes room for `count` bytes more.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; what waits is as before.
    #[inline]
    pub fn reserve(&mut self, count: usize) -> Result<(), ErrorCode> {
        if self.bytes.len() - self.end >= count {
            return Ok(());
        }
        self.grow(count)
    }

    #[cold]
    fn grow(&mut self, count: usize) -> Result<(), ErrorCode> {
        let needed = self.end.checked_add(count).ok_or(ErrorCode::OutOfMemory)?;
        let mut target = needed.max(self.bytes.len().saturating_mul(2)).max(FIRST_BYTES);
        if needed <= self.bytes.capacity() {
            target = target.min(self.bytes.capacity());
        }
        let more = target - self.bytes.len();
        self.bytes.try_reserve_exact(more).map_err(|_| ErrorCode::OutOfMemory)?;
        self.bytes.resize(target, 0);
        Ok(())
    }

    /// Makes sure that `count` bytes more can be appended, without touching the memory: most likely it
    /// is not needed.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; what waits is as before.
    pub fn set_aside(&mut self, count: usize) -> Result<(), ErrorCode> {
        let needed = self.end.checked_add(count).ok_or(ErrorCode::OutOfMemory)?;
        let more = needed.saturating_sub(self.bytes.len());
        self.bytes.try_reserve_exact(more).map_err(|_| ErrorCode::OutOfMemory)
    }

    /// The place for `count` bytes at the queue's end, which the caller fills; `None` if there is
    /// no room reserved for them.
    #[inline(always)]
    pub fn place(&mut self, count: usize) -> Option<&mut [u8]> {
        let end = self.end.checked_add(count)?;
        let place = self.bytes.get_mut(self.end..end)?;
        self.end = end;
        Some(place)
    }

    /// Appends a piece.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is appended.
    pub fn append(&mut self, piece: &[u8]) -> Result<(), ErrorCode> {
        self.reserve(piece.len())?;
        if let Some(place) = self.place(piece.len()) {
            place.copy_from_slice(piece);
        }
        Ok(())
    }

    /// Lets `write` fill the beginning of a place for at most `most` bytes; it says how many.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`, or that of `write`; nothing is appended.
    pub fn fill<E: From<ErrorCode>>(
        &mut self,
        most: usize,
        write: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        self.reserve(most)?;
        let place = self.bytes.get_mut(self.end..).unwrap_or_default();
        let count = write(place.get_mut(..most).unwrap_or_default())?;
        self.end += count.min(most);
        Ok(())
    }

    /// Lets `write` append to the queue: for what is written rarely and piece by piece.
    pub fn compose<R>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        self.bytes.truncate(self.end);
        let result = write(&mut self.bytes);
        self.end = self.bytes.len();
        result
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
    #[inline]
    pub fn advance(&mut self, count: usize) {
        if count >= self.len() {
            return self.all_sent();
        }
        self.sent += count;
        self.drained += count as u64;
        self.compact();
    }

    /// The transport has written all that waited.
    #[inline(always)]
    pub fn all_sent(&mut self) {
        self.drained += self.len() as u64;
        self.sent = 0;
        self.end = 0;
        self.congested = false;
        if self.pong.is_some() {
            self.release_pong();
        }
    }

    #[cold]
    fn release_pong(&mut self) {
        if let Some(frame) = self.pong.take() {
            self.compose(|bytes| bytes.extend_from_slice(&frame));
        }
    }

    /// Keeps a whole pong frame until the queue is empty, in place of an older one.
    pub fn hold_pong(&mut self, frame: &[u8]) {
        self.pong = Some(frame.into());
    }

    /// Whether a pong waits for the queue to become empty.
    pub fn holds_pong(&self) -> bool {
        self.pong.is_some()
    }

    /// Forgets a pong that is held: nothing may follow a Close frame.
    pub fn drop_pong(&mut self) {
        self.pong = None;
    }

    /// Puts other bytes in the place of those that wait.
    pub fn replace(&mut self, bytes: Vec<u8>) {
        self.clear();
        self.end = bytes.len();
        self.bytes = bytes;
    }

    /// Drops everything that waits.
    pub fn clear(&mut self) {
        self.drained = 0;
        self.sent = 0;
        self.end = 0;
        self.pong = None;
        self.congested = false;
    }

    /// Bytes that the queue occupies.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Moves what waits to the front once more has been sent than waits, so that the cost of
    /// moving stays below that of sending.
    #[inline(never)]
    fn compact(&mut self) {
        if self.sent >= self.len() {
            self.bytes.copy_within(self.sent..self.end, 0);
            self.end -= self.sent;
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
                output.append(piece).unwrap();
                let take = step.min(output.len());
                got.extend_from_slice(&output.unsent()[..take]);
                output.advance(take);
            }
            got.extend_from_slice(output.unsent());
            assert_eq!(got, want);
        }
    }

    #[test]
    fn what_was_set_aside_is_not_asked_for_again() {
        let mut output = Output::default();
        output.append(&[7; 5000]).unwrap();
        output.set_aside(100_000).unwrap();
        let memory = output.capacity();
        for piece in [[8; 1], [9; 1]] {
            output.append(&piece).unwrap();
        }
        output.append(&[7; 99_998]).unwrap();
        assert_eq!((output.len(), output.capacity()), (105_000, memory));
        assert!(output.set_aside(usize::MAX).is_err());
        assert_eq!(output.len(), 105_000);
    }

    #[test]
    fn e01_only_the_newest_pong_is_held_while_the_peer_does_not_read() {
        let mut output = Output::default();
        output.append(b"backlog").unwrap();
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
