//! A buffer for bytes that cannot stay where they were received.
//!
//! A buffer keeps the bytes behind its content initialised, so that a transport can read into
//! them again and again without anything being filled with zeros first.

use super::error::ErrorCode;
use super::pool::Pooled;

/// How far beyond its content a buffer grows at once while it is small.
const STEP: usize = 64 * 1024;

/// Bytes with initialised room behind them.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// The content.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    /// The content, to be changed in place.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.filled).unwrap_or_default()
    }

    /// Bytes of content.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether there is no content.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Bytes that the buffer occupies.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Appends `piece` and returns it where it now is. `expected` bytes in all may still come:
    /// that bounds how far the buffer grows ahead.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; the content is as before.
    pub fn append(&mut self, piece: &[u8], expected: u64) -> Result<&mut [u8], ErrorCode> {
        self.grow(piece.len(), expected)?;
        let place = self.bytes.get_mut(self.filled..).unwrap_or_default();
        let place = place.get_mut(..piece.len()).unwrap_or_default();
        place.copy_from_slice(piece);
        self.filled += piece.len();
        Ok(place)
    }

    /// Room behind the content into which a transport may read, at least one byte and at most
    /// `expected`.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub fn room(&mut self, expected: u64) -> Result<&mut [u8], ErrorCode> {
        self.grow(1, expected)?;
        let room = self.bytes.get_mut(self.filled..).unwrap_or_default();
        let limit = usize::try_from(expected).unwrap_or(usize::MAX).min(room.len());
        Ok(room.get_mut(..limit).unwrap_or_default())
    }

    /// Makes the first `count` bytes of the room content, and returns them.
    pub fn commit(&mut self, count: usize) -> &mut [u8] {
        let from = self.filled;
        self.filled = self.bytes.len().min(from.saturating_add(count));
        self.bytes.get_mut(from..self.filled).unwrap_or_default()
    }

    /// Makes room for `count` bytes: doubling, in steps of at least 64 KiB, never beyond what is
    /// expected, or a quarter of what has come. A declared length alone must not make the process grow.
    fn grow(&mut self, count: usize, expected: u64) -> Result<(), ErrorCode> {
        let needed = self.filled.saturating_add(count);
        if needed <= self.bytes.len() {
            return Ok(());
        }
        let expected = usize::try_from(expected).unwrap_or(usize::MAX);
        // Frames that follow are not expected yet: a message of many small ones must not be moved with each.
        let ahead = expected.min(self.filled.max(STEP)).max(self.filled / 4);
        let ahead = self.filled.saturating_add(ahead);
        let target = needed.max(ahead);
        let more = target.saturating_sub(self.bytes.len());
        self.bytes.try_reserve_exact(more).map_err(|_| ErrorCode::OutOfMemory)?;
        self.bytes.resize(target, 0);
        Ok(())
    }
}

impl Pooled for Buffer {
    fn occupied_bytes(&self) -> usize {
        self.capacity()
    }

    fn clear(&mut self) {
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a03_growth_follows_what_was_received_and_not_what_was_declared() {
        let mut buffer = Buffer::default();
        buffer.append(b"x", 1 << 40).unwrap();
        assert!(buffer.capacity() <= STEP + 1);
        for _ in 0..40 {
            buffer.append(&[7; 10_000], 1 << 40).unwrap();
            assert!(buffer.capacity() <= 2 * buffer.len() + STEP, "{}", buffer.capacity());
        }
        let mut small = Buffer::default();
        small.append(b"abc", 5).unwrap();
        assert!(small.capacity() <= 8, "{}", small.capacity());
    }

    #[test]
    fn a05_what_comes_byte_by_byte_is_moved_seldom() {
        let mut buffer = Buffer::default();
        let mut growths = 0;
        for _ in 0..100_000 {
            let before = buffer.capacity();
            buffer.append(b"x", 1).unwrap();
            growths += usize::from(buffer.capacity() != before);
        }
        assert!(growths < 60, "{growths}");
        assert!(buffer.capacity() <= 125_000, "{}", buffer.capacity());
    }

    #[test]
    fn room_never_passes_what_is_expected_and_commit_never_passes_the_room() {
        let mut buffer = Buffer::default();
        assert_eq!(buffer.room(3).unwrap().len(), 3);
        buffer.room(3).unwrap().copy_from_slice(b"abc");
        assert_eq!(buffer.commit(2), b"ab");
        assert_eq!(buffer.as_slice(), b"ab");
        assert_eq!(buffer.commit(99).len(), 1);
        assert_eq!(buffer.as_slice(), b"abc");
    }
}
