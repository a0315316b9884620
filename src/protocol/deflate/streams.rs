//! Streams that no connection needs at the moment, lent to whoever has a message to deflate or to
//! inflate.

use super::deflater::Deflater;
use super::inflater::Inflater;
use crate::protocol::error::ErrorCode;

/// How many streams of each kind are kept.
const KEPT: usize = 4;

/// Bytes of scratch that are kept.
const KEPT_BYTES: usize = 256 * 1024;

/// What a stream that deflates occupies with the largest window, in bytes.
const DEFLATER_BYTES: usize = 400 * 1024;

/// What a stream that inflates occupies, in bytes.
pub const INFLATER_BYTES: usize = 48 * 1024;

/// The streams of a loop, boxed as connections have them.
#[derive(Debug, Default)]
#[expect(clippy::vec_box)]
pub struct Streams {
    deflaters: Vec<Box<Deflater>>,
    inflaters: Vec<Box<Inflater>>,
    scratch: Vec<u8>,
    inflated_bytes: u64,
}

impl Streams {
    /// A stream for these parameters, which knows of no message.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub fn deflater(&mut self, window_bits: u8, level: u8) -> Result<Box<Deflater>, ErrorCode> {
        let fitting = self.deflaters.iter().position(|stream| stream.fits(window_bits, level));
        if let Some(at) = fitting {
            return Ok(self.deflaters.swap_remove(at));
        }
        check_memory(DEFLATER_BYTES)?;
        Ok(Box::new(Deflater::new(window_bits, level)))
    }

    /// Takes a stream back.
    pub fn give_back_deflater(&mut self, mut stream: Box<Deflater>) {
        stream.reset();
        if self.deflaters.len() >= KEPT {
            // The one that has waited longest is of parameters that are used least.
            self.deflaters.remove(0);
        }
        self.deflaters.push(stream);
    }

    /// A stream that knows of no message.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub fn inflater(&mut self) -> Result<Box<Inflater>, ErrorCode> {
        if let Some(stream) = self.inflaters.pop() {
            return Ok(stream);
        }
        check_memory(INFLATER_BYTES)?;
        Ok(Box::default())
    }

    /// Takes a stream back.
    pub fn give_back_inflater(&mut self, mut stream: Box<Inflater>) {
        if self.inflaters.len() < KEPT {
            stream.reset();
            self.inflaters.push(stream);
        }
    }

    /// How many bytes have been inflated in all: a few of a peer's can make a lot of work.
    #[inline]
    pub fn inflated_bytes(&self) -> u64 {
        self.inflated_bytes
    }

    /// So many bytes have been inflated.
    pub fn note_inflated(&mut self, bytes: usize) {
        self.inflated_bytes = self.inflated_bytes.wrapping_add(bytes as u64);
    }

    /// A place for deflated bytes, empty.
    pub fn scratch(&mut self) -> Vec<u8> {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch
    }

    /// Takes the place back.
    pub fn give_back_scratch(&mut self, scratch: Vec<u8>) {
        if scratch.capacity() <= KEPT_BYTES {
            self.scratch = scratch;
        }
    }

    /// Whether [`Streams::trim`] has something to drop.
    pub fn has_spare(&self) -> bool {
        !self.deflaters.is_empty() || !self.inflaters.is_empty() || self.scratch.capacity() > 0
    }

    /// Drops all that waits: nobody needs it while nothing happens.
    pub fn trim(&mut self) {
        *self = Streams { inflated_bytes: self.inflated_bytes, ..Streams::default() };
    }
}

/// Whether so much memory can be had: what makes a stream panics without.
fn check_memory(bytes: usize) -> Result<(), ErrorCode> {
    let mut memory: Vec<u8> = Vec::new();
    memory.try_reserve_exact(bytes).map_err(|_| ErrorCode::OutOfMemory)?;
    // Or the compiler, which sees that it is not used, would leave it out.
    std::hint::black_box(memory);
    Ok(())
}
