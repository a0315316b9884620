//! Received bytes that a connection has left: they come again before new ones.

use crate::protocol::error::ErrorCode;

/// So much of new bytes is copied behind kept ones as lets every frame get on that was begun there: a
/// header with its key has 14 bytes at most, a whole control frame 139.
pub(super) const SPLICE_BYTES: usize = 256;

/// Bytes that wait, and behind them perhaps a copy of new ones. What has been used stays where it is
/// until [`Kept::tidy`], as an event may show it.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    /// The first byte that waits.
    pub(super) start: usize,
    /// Behind the last byte that waits.
    pub(super) end: usize,
    /// How many of them have been looked at without being enough.
    pub(super) seen: usize,
}

impl Kept {
    /// How many bytes wait.
    pub(super) fn len(&self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// The bytes that wait.
    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether nothing can come of them without further bytes.
    pub(super) fn is_used_up(&self) -> bool {
        self.len() == self.seen
    }

    /// Forgets what has been used; nothing is borrowed from it any more.
    pub(super) fn tidy(&mut self) {
        if self.len() == 0 {
            *self = Kept::default();
            return;
        }
        self.bytes.truncate(self.end);
        // Only once there is more of it than of the rest, so that moving costs little.
        if self.start > self.len() {
            self.bytes.drain(..self.start);
            self.end -= self.start;
            self.start = 0;
        }
    }

    /// Appends bytes that wait, after [`Kept::tidy`].
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; nothing is appended.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), ErrorCode> {
        self.bytes.try_reserve(bytes.len()).map_err(|_| ErrorCode::OutOfMemory)?;
        self.bytes.extend_from_slice(bytes);
        self.end = self.bytes.len();
        Ok(())
    }
}
