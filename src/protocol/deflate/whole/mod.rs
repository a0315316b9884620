//! Messages deflated in one piece, each without those before it: what a stream does for one that goes
//! on, made for one that does not.
//!
//! A stream of zlib's forgets a message by clearing a table of 128 KiB, searches a window that a
//! message of usual size never fills, and takes each symbol by branches that no processor foretells.
//! For texts of 4 KiB this takes two thirds of the time and for those of 200 bytes less than half, and
//! comes to the same size or less. Other libraries that do it as fast end each message with a block
//! that is marked as the last one, which not every peer takes.

mod bits;
mod block;
mod code;
mod header;
mod matcher;
mod symbols;

use std::fmt;
use std::ops::RangeInclusive;

use block::Codes;
use matcher::Matcher;
use symbols::Steps;

use crate::protocol::error::ErrorCode;

/// The most bytes of a message: as many as the largest window has.
pub const MAX_BYTES: usize = matcher::MAX_BYTES;

/// The levels at which this is the better way. At the first a stream makes no codes, which takes less
/// time still, for messages a quarter larger.
pub const LEVELS: RangeInclusive<u8> = 2..=9;

/// What such a deflater occupies besides what grows with a message, in bytes.
pub const FIXED_BYTES: usize = 160 * 1024;

/// Deflates messages, one after another.
#[derive(Default)]
pub struct WholeDeflater {
    matcher: Matcher,
    steps: Steps,
    codes: Codes,
}

impl fmt::Debug for WholeDeflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WholeDeflater").finish_non_exhaustive()
    }
}

impl WholeDeflater {
    /// Appends a message, deflated and without its tail, to `out`. Its parts have at least one byte
    /// together and at most [`MAX_BYTES`]; the window is one of 8 to 15 bits, the level one of
    /// [`LEVELS`].
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; `TooLong` if it is larger.
    pub fn deflate(
        &mut self,
        parts: &[&[u8]],
        window_bits: u8,
        level: u8,
        out: &mut Vec<u8>,
    ) -> Result<(), ErrorCode> {
        self.matcher.take(parts)?;
        self.matcher.cut(1 << window_bits.min(15), level, &mut self.steps)?;
        self.codes.write(&mut self.steps, out)
    }
}
