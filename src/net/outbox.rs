//! The output of a connection while there is any: bytes that were copied, bytes that lie elsewhere because
//! they are lent or shared, and who wants to be told when they are gone.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::joint::{Joint, MOST_BYTES};
use super::parcel::{Delivery, Parcel};
use super::shown::Part;
use super::slots::Id;
use super::socket::Stream;
use super::stowed::{Cargo, Stowed, walk};
use super::tls::TlsFailure;
use super::tls::stream::TlsStream;
use super::transfer::Transfer;
use crate::protocol::connection::SharedFrame;
use crate::protocol::error::ErrorCode;
use crate::protocol::output::Output;
use crate::protocol::pool::Pooled;
use crate::protocol::time::Time;

/// Pieces that are given to the system at once.
const PIECES: usize = 16;

/// Frames that are shared and wait for one peer before small ones are copied: a queue of many costs more
/// memory than they do.
const MANY_FRAMES: usize = 64;

/// Up to this size a shared frame is small, in bytes.
const SMALL_BYTES: usize = 1024;

/// Plaintext that becomes records at once.
const SEALED_BYTES: usize = 64 * 1024;

/// Output that waits, and since when the peer has taken none of it.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// What was copied.
    pub(super) output: Output,
    pub(super) progress: Time,
    /// What lies elsewhere, and who waits, by their place in the output.
    stowed: VecDeque<Stowed>,
    /// Bytes that lie elsewhere and have not been written.
    stowed_bytes: usize,
    /// How much of what is stowed goes back to somebody.
    parcels: usize,
    /// Records of TLS that have not been written.
    sealed: Output,
    /// How much of the output is in them; it stays there until they are gone.
    sealed_bytes: usize,
}

impl Pooled for Outbox {
    fn occupied_bytes(&self) -> usize {
        self.output.capacity()
            + self.sealed.capacity()
            + self.stowed.capacity() * size_of::<Stowed>()
    }

    fn clear(&mut self) {
        self.output.clear();
        self.stowed.clear();
        self.stowed_bytes = 0;
        self.parcels = 0;
        self.sealed.clear();
        self.sealed_bytes = 0;
    }
}

impl Outbox {
    /// Bytes that wait, without a pong that is held.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.output.len() + self.stowed_bytes
    }

    /// Whether bytes wait, not only somebody to be told.
    pub(super) fn has_bytes(&self) -> bool {
        self.stowed_bytes > 0 || !self.output.unsent().is_empty() || !self.sealed.is_empty()
    }

    /// Whether nothing waits, and nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.output.is_empty() && self.stowed.is_empty() && self.sealed.is_empty()
    }

    /// Whether nobody waits for what it holds, no TLS has any of it, and no pong is held.
    #[inline]
    pub(super) fn is_simple(&self) -> bool {
        self.parcels == 0 && self.sealed.is_empty() && !self.output.is_congested()
    }

    /// Whether anything stands between the copied bytes.
    pub(super) fn has_stowed(&self) -> bool {
        !self.stowed.is_empty()
    }

    /// Whether anything is lent, or anybody waits.
    pub(super) fn has_parcels(&self) -> bool {
        self.parcels > 0
    }

    /// Has a parcel delivered when all that has been queued is written.
    pub(super) fn stow_note(&mut self, id: Id, parcel: Box<dyn Parcel>) {
        self.stow_parcel(0, id, parcel);
    }

    /// Queues the payload of a parcel from where it lies, and has the parcel delivered when it has
    /// been written.
    pub(super) fn stow_payload(&mut self, id: Id, parcel: Box<dyn Parcel>) {
        let left = parcel.payload().len();
        self.stow_parcel(left, id, parcel);
    }

    fn stow_parcel(&mut self, left: usize, id: Id, parcel: Box<dyn Parcel>) {
        self.parcels += 1;
        self.stow(left, Cargo::Parcel(id, parcel));
    }

    /// Queues a frame that other connections have too, from where it lies if that is worth it.
    #[inline]
    pub(super) fn stow_frame(&mut self, frame: &Arc<SharedFrame>) {
        let bytes = frame.as_bytes();
        // Where the place is there already, a copy of a few bytes is the shorter way.
        let is_copied = bytes.len() <= SMALL_BYTES
            && match self.stowed.len() {
                0 => true,
                count => count >= MANY_FRAMES && self.output.reserve(bytes.len()).is_ok(),
            };
        if is_copied && let Some(place) = self.output.place(bytes.len()) {
            place.copy_from_slice(bytes);
            return;
        }
        self.stow(bytes.len(), Cargo::Frame(Arc::clone(frame)));
    }

    /// Queues a part of a received message from where it lies.
    pub(super) fn stow_part(&mut self, part: Part) {
        self.stow(part.as_bytes().len(), Cargo::Part(part));
    }

    fn stow(&mut self, left: usize, cargo: Cargo) {
        self.stowed_bytes += left;
        self.stowed.push_back(Stowed::new(self.output.end_position(), left, cargo));
    }

    /// Writes once; what has left is gone from the queue, and parcels whose turn has come are put
    /// into `delivered`.
    pub(super) fn write_to(
        &mut self,
        stream: &mut Stream,
        joint: &mut Joint,
        delivered: &mut VecDeque<Delivery>,
    ) -> Transfer {
        if let Stream::Tls(stream) = stream {
            return self.write_sealed(stream, joint, delivered);
        }
        if self.stowed.is_empty() {
            let transfer = stream.write(self.output.unsent());
            if let Transfer::Bytes(count) = transfer {
                self.output.advance(count);
            }
            return transfer;
        }
        let transfer = self.write_stowed(stream, joint);
        if let Transfer::Bytes(count) = transfer {
            self.advance(count, delivered);
        }
        transfer
    }

    /// Puts what TLS itself has to send in front of what will be sealed.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(super) fn take_records(&mut self, stream: &mut TlsStream) -> Result<(), ErrorCode> {
        stream.move_records(&mut self.sealed)
    }

    /// As `write_to`, through TLS: what is in records that have all been written is gone.
    fn write_sealed(
        &mut self,
        stream: &mut TlsStream,
        joint: &mut Joint,
        delivered: &mut VecDeque<Delivery>,
    ) -> Transfer {
        if self.sealed_bytes == 0 {
            // What TLS itself has to say of its failure, which the next read tells of, still leaves.
            if stream.failure().is_some() {
                self.output.clear();
                self.return_parcels(delivered);
            }
            if let Err(failure) = self.seal(stream, joint) {
                // What was sealed before leaves if the socket takes it now, TLS's own last word with it.
                stream.socket_mut().write(self.sealed.unsent());
                return Transfer::Refused(failure);
            }
        }
        let transfer = match self.sealed.is_empty() {
            true => Transfer::Bytes(0),
            false => stream.socket_mut().write(self.sealed.unsent()),
        };
        if let Transfer::Bytes(count) = transfer {
            self.sealed.advance(count);
            if self.sealed.is_empty() {
                let written = std::mem::take(&mut self.sealed_bytes);
                self.advance(written, delivered);
            }
        }
        transfer
    }

    /// Makes records of what waits, of 64 KiB of it at most.
    fn seal(&mut self, stream: &mut TlsStream, joint: &mut Joint) -> Result<(), TlsFailure> {
        stream.move_records(&mut self.sealed)?;
        // Many small pieces become one record, not one each.
        if self.stowed.len() > 1
            && self.len() <= SEALED_BYTES
            && let Some(scratch) = joint.scratch()
        {
            self.copy_some(scratch);
            self.sealed_bytes = scratch.len();
            return match scratch.is_empty() {
                true => Ok(()),
                false => stream.seal(scratch, &mut self.sealed),
            };
        }
        let Outbox { output, stowed, sealed, sealed_bytes, .. } = self;
        let sealing = walk(output, stowed, |bytes| {
            let room = SEALED_BYTES - *sealed_bytes;
            let bytes = bytes.get(..room).unwrap_or(bytes);
            if bytes.is_empty() {
                return ControlFlow::Break(Ok(()));
            }
            *sealed_bytes += bytes.len();
            match stream.seal(bytes, sealed) {
                Ok(()) => ControlFlow::Continue(()),
                failed => ControlFlow::Break(failed),
            }
        });
        sealing.break_value().unwrap_or(Ok(()))
    }

    /// Writes from where all lies, in one piece if others have the same to send.
    fn write_stowed(&self, stream: &mut Stream, joint: &mut Joint) -> Transfer {
        if self.output.unsent().is_empty() {
            let one = match self.stowed.front() {
                Some(only) if self.stowed.len() == 1 => Some(only.unsent()),
                _ => joint.whole(&self.stowed),
            };
            if let Some(bytes) = one.filter(|bytes| !bytes.is_empty()) {
                return stream.write(bytes);
            }
        }
        let mut gathered = [IoSlice::new(&[]); PIECES];
        let (mut count, mut bytes) = (0, 0);
        let all = walk(&self.output, &self.stowed, |piece| match gathered.get_mut(count) {
            Some(place) => {
                *place = IoSlice::new(piece);
                (count, bytes) = (count + 1, bytes + piece.len());
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        });
        if all.is_break()
            && bytes < MOST_BYTES
            && let Some(scratch) = joint.scratch()
        {
            self.copy_some(scratch);
            return stream.write(scratch);
        }
        match gathered.get(..count).unwrap_or_default() {
            [] => Transfer::Bytes(0),
            [one] => stream.write(one),
            several => stream.write_vectored(several),
        }
    }

    /// Copies as much of what waits as is worth it.
    fn copy_some(&self, scratch: &mut Vec<u8>) {
        let _ = walk(&self.output, &self.stowed, |bytes| {
            let room = MOST_BYTES - scratch.len();
            scratch.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            if scratch.len() < MOST_BYTES {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
    }

    /// `count` bytes have been written, wherever they lay.
    fn advance(&mut self, mut count: usize, delivered: &mut VecDeque<Delivery>) {
        if self.parcels == 0 && count == self.len() {
            self.stowed.clear();
            self.stowed_bytes = 0;
            return self.output.advance(count);
        }
        while let Some(stowed) = self.stowed.front_mut() {
            let before = usize::try_from(stowed.at - self.output.position()).unwrap_or(usize::MAX);
            let copied = count.min(before);
            self.output.advance(copied);
            count -= copied;
            if copied < before {
                return;
            }
            let taken = count.min(stowed.left);
            stowed.left -= taken;
            self.stowed_bytes -= taken;
            count -= taken;
            if stowed.left > 0 {
                return;
            }
            if let Some(delivery) = self.stowed.pop_front().and_then(|done| done.deliver(Ok(()))) {
                self.parcels -= 1;
                delivered.push_back(delivery);
            }
        }
        self.output.advance(count);
    }

    /// Drops all that waits; parcels in front of which nothing does are delivered, the others go back.
    pub(super) fn give_up(&mut self, delivered: &mut VecDeque<Delivery>) {
        self.advance(0, delivered);
        self.output.clear();
        self.sealed.clear();
        self.sealed_bytes = 0;
        self.return_parcels(delivered);
    }

    /// Takes lent bytes into the own queue, as nobody lends them any longer; parcels go back
    /// without it being known what becomes of their bytes.
    pub(super) fn take_over(&mut self, delivered: &mut VecDeque<Delivery>) {
        self.advance(0, delivered);
        if self.stowed.iter().any(Stowed::is_lent) {
            let mut all = Vec::new();
            if all.try_reserve_exact(self.len()).is_ok() {
                self.copy_all(&mut all);
            }
            self.output.replace(all);
            return self.return_parcels(delivered);
        }
        let (parcels, frames) = self.stowed.drain(..).partition(Stowed::is_parcel);
        self.stowed = frames;
        self.parcels = 0;
        give_back(parcels, delivered);
    }

    fn copy_all(&self, all: &mut Vec<u8>) {
        let _ = walk(&self.output, &self.stowed, |bytes| {
            all.extend_from_slice(bytes);
            ControlFlow::<()>::Continue(())
        });
    }

    fn return_parcels(&mut self, delivered: &mut VecDeque<Delivery>) {
        (self.stowed_bytes, self.parcels) = (0, 0);
        give_back(std::mem::take(&mut self.stowed), delivered);
    }
}

fn give_back(stowed: VecDeque<Stowed>, delivered: &mut VecDeque<Delivery>) {
    let closed = Err(ErrorCode::Closed);
    delivered.extend(stowed.into_iter().filter_map(|stowed| stowed.deliver(closed)));
}

#[cfg(test)]
mod tests;
