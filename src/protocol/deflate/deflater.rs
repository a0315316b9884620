//! Messages deflated (RFC 7692 section 7.2.1).

use std::fmt;

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Status};

use super::TAIL;
use crate::protocol::error::ErrorCode;

/// The smallest window that zlib's algorithm is fit for. It never refers further back than 262
/// bytes less than its window, so that with 512 bytes it keeps within the 256 of 8 window bits.
const MIN_STREAM_BITS: u8 = 9;

/// How many symbols are gathered before they are coded, as zlib counts it: 4,096. With the usual 8,
/// four times as many, a stream occupies 50 KiB more, for messages that are hardly smaller.
const MEMORY_LEVEL: i32 = 6;

/// How much room is made for output at first, besides the input's size.
const SLACK: usize = 64;

/// A stream that deflates messages, one after another.
pub struct Deflater {
    stream: Deflate,
    window_bits: u8,
    level: u8,
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Deflater");
        fields.field("window_bits", &self.window_bits).field("level", &self.level);
        fields.finish_non_exhaustive()
    }
}

impl Deflater {
    /// A stream with this window, 8 to 15 bits, at this level, 1 (fast) to 9 (small).
    pub fn new(window_bits: u8, level: u8) -> Deflater {
        let config = DeflateConfig {
            level: i32::from(level.clamp(1, 9)),
            // Negative: without a header of zlib's.
            window_bits: -i32::from(window_bits.clamp(MIN_STREAM_BITS, 15)),
            mem_level: MEMORY_LEVEL,
            ..DeflateConfig::default()
        };
        Deflater { stream: Deflate::new_with_config(config), window_bits, level }
    }

    /// Whether the stream is one for these parameters.
    pub fn fits(&self, window_bits: u8, level: u8) -> bool {
        self.window_bits == window_bits && self.level == level
    }

    /// Forgets the messages before.
    pub fn reset(&mut self) {
        self.stream.reset();
    }

    /// Appends a deflated piece of a message to `out`; of the last piece the tail is left off.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; the stream is of no use any more then.
    pub fn deflate(&mut self, piece: &[u8], fin: bool, out: &mut Vec<u8>) -> Result<(), ErrorCode> {
        let start = out.len();
        let mut rest = piece;
        loop {
            let (filled, room) = (out.len(), rest.len().saturating_add(SLACK));
            out.try_reserve(room).map_err(|_| ErrorCode::OutOfMemory)?;
            out.resize(filled.saturating_add(room), 0);
            let place = out.get_mut(filled..).unwrap_or_default();
            let (taken_before, made_before) = (self.stream.total_in(), self.stream.total_out());
            let status = self.stream.compress(rest, place, DeflateFlush::SyncFlush);
            let taken = usize::try_from(self.stream.total_in() - taken_before);
            let made = usize::try_from(self.stream.total_out() - made_before);
            let (taken, made) = (taken.unwrap_or(usize::MAX), made.unwrap_or(usize::MAX));
            rest = rest.get(taken..).unwrap_or_default();
            out.truncate(filled.saturating_add(made));
            // Room that is left shows that all has come out. A stream that has nothing to flush
            // says that it got nowhere.
            match status {
                Ok(Status::Ok | Status::BufError) if made < room => break,
                Ok(_) => {}
                Err(_) => return Err(ErrorCode::OutOfMemory),
            }
        }
        if fin {
            finish(start, out);
        }
        Ok(())
    }
}

/// Leaves the tail off. What is flushed twice without anything between comes out as nothing, for
/// which the first byte of an empty block stands (section 7.2.3.6).
fn finish(start: usize, out: &mut Vec<u8>) {
    if out.get(start..).is_some_and(|deflated| deflated.ends_with(&TAIL)) {
        out.truncate(out.len() - TAIL.len());
    }
    if out.len() == start {
        out.push(0);
    }
}
