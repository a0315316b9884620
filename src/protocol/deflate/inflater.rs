//! Messages inflated (RFC 7692 section 7.2.2), within limits that are looked at before memory grows.

use std::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::TAIL;
use crate::protocol::buffer::Buffer;
use crate::protocol::error::ErrorCode;

/// The largest window, as a power of two and in bytes.
const WINDOW_BITS: u8 = 15;
const WINDOW_BYTES: usize = 32 * 1024;

/// Blocks of a message that may be marked as the last one, besides one for each [`BYTES_A_LAST`] of
/// it: each makes the stream begin anew, which takes as long as inflating thousands of bytes.
const LASTS: u64 = 64;

/// Bytes of a deflated message that excuse one more block that is marked as the last one.
const BYTES_A_LAST: u64 = 256;

/// A stream that inflates messages, one after another.
///
/// Its window is always the largest, which whatever a peer agreed to keeps within.
pub struct Inflater {
    stream: Inflate,
    /// Whether bytes have come since the message began, or since a block that was the last.
    has_begun: bool,
    /// Bytes of the message that have come.
    received: u64,
    /// Blocks of the message that were marked as the last one.
    lasts: u64,
    /// The end of what was inflated, as far as a window reaches, once the peer has ended a block as
    /// if it were the last: the stream then begins anew and would not know it.
    history: Option<Vec<u8>>,
}

impl Default for Inflater {
    fn default() -> Inflater {
        let stream = Inflate::new(false, WINDOW_BITS);
        Inflater { stream, has_begun: false, received: 0, lasts: 0, history: None }
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").field("has_begun", &self.has_begun).finish_non_exhaustive()
    }
}

impl Inflater {
    /// Forgets the messages before.
    pub fn reset(&mut self) {
        self.stream.reset(false);
        self.history = None;
        self.begin_message();
    }

    /// Appends a piece of a message, inflated, to `out`, which may grow to `limit` bytes.
    ///
    /// # Errors
    ///
    /// `MessageTooBig` if there is more; `CompressedData` if the bytes are none that a compressor
    /// makes; `OutOfMemory`.
    pub fn inflate(&mut self, piece: &[u8], limit: u64, out: &mut Buffer) -> Result<(), ErrorCode> {
        let mut rest = piece;
        loop {
            let left = limit.saturating_sub(out.len() as u64);
            // One byte more than may be, so that a message which fits exactly is told from one
            // that goes on.
            let room = out.room(left.saturating_add(1))?;
            let room_bytes = room.len();
            let (taken_before, made_before) = (self.stream.total_in(), self.stream.total_out());
            let status = self.stream.decompress(rest, room, InflateFlush::SyncFlush);
            let status = status.map_err(|_| ErrorCode::CompressedData)?;
            let taken = usize::try_from(self.stream.total_in() - taken_before);
            let made = usize::try_from(self.stream.total_out() - made_before);
            let (taken, made) = (taken.unwrap_or(usize::MAX), made.unwrap_or(usize::MAX));
            rest = rest.get(taken..).unwrap_or_default();
            self.has_begun |= taken > 0;
            self.received += taken as u64;
            let new = out.commit(made);
            if let Some(history) = &mut self.history {
                remember(history, new);
            }
            if made as u64 > left {
                return Err(ErrorCode::MessageTooBig);
            }
            match status {
                Status::StreamEnd => self.begin_anew(out)?,
                Status::Ok | Status::BufError if made < room_bytes && rest.is_empty() => {
                    return Ok(());
                }
                Status::Ok | Status::BufError if taken == 0 && made == 0 => {
                    return Err(ErrorCode::CompressedData);
                }
                Status::Ok | Status::BufError => {}
            }
        }
    }

    /// The message, which is in `out`, has come whole.
    ///
    /// # Errors
    ///
    /// `CompressedData` if it ends inside a block.
    pub fn finish(&mut self, out: &Buffer) -> Result<(), ErrorCode> {
        // Some peers send nothing at all for an empty message, or end with a last block and leave
        // off the byte behind it: to such the tail does not belong, and what follows would suffer.
        if !self.has_begun {
            self.begin_message();
            return Ok(());
        }
        if !self.ends_with_tail() {
            return Err(ErrorCode::CompressedData);
        }
        // The empty block may itself have been marked as the last one.
        let status = self.stream.decompress(&[], &mut [0], InflateFlush::SyncFlush);
        if status == Ok(Status::StreamEnd) {
            self.begin_anew(out)?;
        }
        self.begin_message();
        Ok(())
    }

    fn begin_message(&mut self) {
        self.has_begun = false;
        self.received = 0;
        self.lasts = 0;
    }

    /// Puts the tail back, and says whether it was missing: whether it completes an empty block.
    fn ends_with_tail(&mut self) -> bool {
        let [a, b, c, d] = TAIL;
        let (taken, made) = (self.stream.total_in(), self.stream.total_out());
        // Told to stop at the end of a block, the stream leaves what is behind the tail.
        let status = self.stream.decompress(&[a, b, c, d, 0], &mut [0], InflateFlush::Block);
        status.is_ok()
            && self.stream.total_in() - taken == TAIL.len() as u64
            && self.stream.total_out() == made
    }

    /// The peer has marked a block as the last one; more may follow (section 7.2.3.4), which may
    /// refer to what came before: from the message with the first such block on, as a second window
    /// for every connection would be too much for what hardly a peer does.
    fn begin_anew(&mut self, out: &Buffer) -> Result<(), ErrorCode> {
        self.lasts += 1;
        if self.lasts > LASTS + self.received / BYTES_A_LAST {
            return Err(ErrorCode::CompressedData);
        }
        let history = self.history.get_or_insert_with(|| {
            let mut window = Vec::new();
            remember(&mut window, out.as_slice());
            window
        });
        self.stream.reset(false);
        self.has_begun = false;
        let set = self.stream.set_dictionary(history);
        set.map(|_| ()).map_err(|_| ErrorCode::CompressedData)
    }
}

/// Appends to a window, which keeps its end.
fn remember(window: &mut Vec<u8>, message: &[u8]) {
    let new = message.get(message.len().saturating_sub(WINDOW_BYTES)..).unwrap_or_default();
    let keep = WINDOW_BYTES - new.len();
    window.drain(..window.len().saturating_sub(keep));
    window.extend_from_slice(new);
}
