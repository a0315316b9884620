//! The output of a connection while there is any: bytes that were copied, bytes that are lent, and
//! who wants to be told when they are gone.

use std::collections::VecDeque;
use std::io::IoSlice;

use super::parcel::{Delivery, Parcel};
use super::slots::Id;
use super::socket::Stream;
use super::tls::TlsFailure;
use super::tls::stream::TlsStream;
use super::transfer::Transfer;
use crate::protocol::error::ErrorCode;
use crate::protocol::output::Output;
use crate::protocol::pool::Pooled;
use crate::protocol::time::Time;

/// Pieces that are given to the system at once.
const PIECES: usize = 16;

/// Plaintext that becomes records at once.
const SEALED_BYTES: usize = 64 * 1024;

/// Output that waits, and since when the peer has taken none of it.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// What was copied.
    pub(super) output: Output,
    pub(super) progress: Time,
    /// What is lent, and who waits, by their place in the output.
    parcels: VecDeque<Stowed>,
    /// Bytes of lent payloads that have not been written.
    lent_bytes: usize,
    /// Records of TLS that have not been written.
    sealed: Output,
    /// How much of the output is in them; it stays there until they are gone.
    sealed_bytes: usize,
}

/// A parcel, and where in the output it stands.
#[derive(Debug)]
struct Stowed {
    /// So much copied output comes before it.
    at: u64,
    id: Id,
    parcel: Box<dyn Parcel>,
    /// Bytes of its payload that have not been written; 0 where that was copied.
    left: usize,
}

impl Stowed {
    fn unsent(&self) -> &[u8] {
        let payload = self.parcel.payload();
        payload.get(payload.len().saturating_sub(self.left)..).unwrap_or_default()
    }
}

impl Pooled for Outbox {
    fn occupied_bytes(&self) -> usize {
        self.output.capacity()
            + self.sealed.capacity()
            + self.parcels.capacity() * size_of::<Stowed>()
    }

    fn clear(&mut self) {
        self.output.clear();
        self.parcels.clear();
        self.lent_bytes = 0;
        self.sealed.clear();
        self.sealed_bytes = 0;
    }
}

impl Outbox {
    /// Bytes that wait, without a pong that is held.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.output.len() + self.lent_bytes
    }

    /// Whether bytes wait, not only somebody to be told.
    pub(super) fn has_bytes(&self) -> bool {
        self.lent_bytes > 0 || !self.output.unsent().is_empty() || !self.sealed.is_empty()
    }

    /// Whether nothing waits, and nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.output.is_empty() && self.parcels.is_empty() && self.sealed.is_empty()
    }

    /// Whether it holds nothing but bytes that were copied and can be sent as they are.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.parcels.is_empty() && self.sealed.is_empty() && !self.output.is_congested()
    }

    /// Whether anything is lent, or anybody waits.
    pub(super) fn has_parcels(&self) -> bool {
        !self.parcels.is_empty()
    }

    /// Has a parcel delivered when all that has been queued is written.
    pub(super) fn stow_note(&mut self, id: Id, parcel: Box<dyn Parcel>) {
        self.stow(id, parcel, 0);
    }

    /// Queues the payload of a parcel from where it lies, and has the parcel delivered when it has
    /// been written.
    pub(super) fn stow_payload(&mut self, id: Id, parcel: Box<dyn Parcel>) {
        let left = parcel.payload().len();
        self.stow(id, parcel, left);
    }

    fn stow(&mut self, id: Id, parcel: Box<dyn Parcel>, left: usize) {
        self.lent_bytes += left;
        self.parcels.push_back(Stowed { at: self.output.end_position(), id, parcel, left });
    }

    /// Writes once; what has left is gone from the queue, and parcels whose turn has come are put
    /// into `delivered`.
    pub(super) fn write_to(
        &mut self,
        stream: &mut Stream,
        delivered: &mut VecDeque<Delivery>,
    ) -> Transfer {
        if let Stream::Tls(stream) = stream {
            return self.write_sealed(stream, delivered);
        }
        if self.parcels.is_empty() {
            let transfer = stream.write(self.output.unsent());
            if let Transfer::Bytes(count) = transfer {
                self.output.advance(count);
            }
            return transfer;
        }
        let transfer = match self.len() {
            0 => Transfer::Bytes(0),
            _ => self.write_pieces(stream),
        };
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
        delivered: &mut VecDeque<Delivery>,
    ) -> Transfer {
        if self.sealed_bytes == 0 {
            // What TLS itself has to say of its failure, which the next read tells of, still leaves.
            if stream.failure().is_some() {
                self.output.clear();
                self.return_parcels(delivered);
            }
            if let Err(failure) = self.seal(stream) {
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
    fn seal(&mut self, stream: &mut TlsStream) -> Result<(), TlsFailure> {
        stream.move_records(&mut self.sealed)?;
        let Outbox { output, parcels, sealed, sealed_bytes, .. } = self;
        let mut position = output.position();
        let mut rest = output.unsent();
        let mut put = |bytes: &[u8]| {
            let room = SEALED_BYTES - *sealed_bytes;
            let bytes = bytes.get(..room).unwrap_or(bytes);
            *sealed_bytes += bytes.len();
            match bytes.is_empty() {
                true => Ok(()),
                false => stream.seal(bytes, sealed),
            }
        };
        for stowed in parcels.iter() {
            let (before, after) = split(rest, stowed.at - position);
            put(before)?;
            put(stowed.unsent())?;
            (position, rest) = (stowed.at, after);
        }
        put(rest)
    }

    fn write_pieces(&self, stream: &mut Stream) -> Transfer {
        let mut pieces = [IoSlice::new(&[]); PIECES];
        let mut places = pieces.iter_mut();
        let mut put = |bytes| {
            if let Some(place) = places.next() {
                *place = IoSlice::new(bytes);
            }
        };
        let mut position = self.output.position();
        let mut rest = self.output.unsent();
        // Two pieces for each parcel, and one behind them.
        for stowed in self.parcels.iter().take((PIECES - 1) / 2) {
            let (before, after) = split(rest, stowed.at - position);
            put(before);
            put(stowed.unsent());
            (position, rest) = (stowed.at, after);
        }
        if self.parcels.len() <= (PIECES - 1) / 2 {
            put(rest);
        }
        stream.write_vectored(&pieces)
    }

    /// `count` bytes have been written, wherever they lay.
    fn advance(&mut self, mut count: usize, delivered: &mut VecDeque<Delivery>) {
        while let Some(stowed) = self.parcels.front_mut() {
            let before = usize::try_from(stowed.at - self.output.position()).unwrap_or(usize::MAX);
            let copied = count.min(before);
            self.output.advance(copied);
            count -= copied;
            if copied < before {
                return;
            }
            let lent = count.min(stowed.left);
            stowed.left -= lent;
            self.lent_bytes -= lent;
            count -= lent;
            if stowed.left > 0 {
                return;
            }
            if let Some(stowed) = self.parcels.pop_front() {
                delivered.push_back(stowed.deliver(Ok(())));
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
        let mut all = Vec::new();
        let is_lent = self.lent_bytes > 0;
        if is_lent && all.try_reserve_exact(self.len()).is_ok() {
            self.copy_all(&mut all);
        }
        if is_lent {
            self.output.replace(all);
        }
        self.return_parcels(delivered);
    }

    fn copy_all(&self, all: &mut Vec<u8>) {
        let mut position = self.output.position();
        let mut rest = self.output.unsent();
        for stowed in &self.parcels {
            let (before, after) = split(rest, stowed.at - position);
            all.extend_from_slice(before);
            all.extend_from_slice(stowed.unsent());
            (position, rest) = (stowed.at, after);
        }
        all.extend_from_slice(rest);
    }

    fn return_parcels(&mut self, delivered: &mut VecDeque<Delivery>) {
        self.lent_bytes = 0;
        delivered
            .extend(self.parcels.drain(..).map(|stowed| stowed.deliver(Err(ErrorCode::Closed))));
    }
}

impl Stowed {
    fn deliver(self, result: Result<(), ErrorCode>) -> Delivery {
        Delivery { id: self.id, parcel: self.parcel, result }
    }
}

/// The first `count` bytes and the rest.
fn split(bytes: &[u8], count: u64) -> (&[u8], &[u8]) {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    bytes.split_at_checked(count).unwrap_or((bytes, &[]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug)]
    struct Crate(usize, Vec<u8>);

    impl Parcel for Crate {
        fn payload(&self) -> &[u8] {
            &self.1
        }
    }

    #[derive(Debug, Clone)]
    enum Act {
        Copy(usize),
        Lend(usize),
        Note,
        Write(usize),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (1..40_usize).prop_map(Act::Copy),
            (0..40_usize).prop_map(Act::Lend),
            Just(Act::Note),
            (0..90_usize).prop_map(Act::Write),
        ]
    }

    /// The number of a parcel that came back.
    fn number_of(delivery: Delivery) -> usize {
        let parcel: Box<dyn std::any::Any> = delivery.parcel;
        parcel.downcast::<Crate>().unwrap().0
    }

    /// What waits, in order.
    fn waiting(outbox: &Outbox) -> Vec<u8> {
        let mut all = Vec::new();
        outbox.copy_all(&mut all);
        all
    }

    proptest! {
        #[test]
        fn e10_lent_and_copied_bytes_leave_in_order_and_parcels_come_back_when_theirs_have(
            acts in prop::collection::vec(act(), 1..60),
        ) {
            let mut outbox = Outbox::default();
            let mut delivered = VecDeque::new();
            // Every byte that was ever queued, and where each parcel may come back.
            let (mut queued, mut due, mut written) = (Vec::new(), Vec::new(), 0);
            let mut next = 0_u8;
            let mut fresh = |count: usize| -> Vec<u8> {
                (0..count).map(|_| { next = next.wrapping_add(1); next }).collect()
            };
            for act in acts {
                match act {
                    Act::Copy(count) => {
                        let bytes = fresh(count);
                        outbox.output.append(&bytes).unwrap();
                        queued.extend(bytes);
                    }
                    Act::Lend(count) => {
                        let bytes = fresh(count);
                        queued.extend(&bytes);
                        outbox.stow_payload(7, Box::new(Crate(due.len(), bytes)));
                        due.push(queued.len());
                    }
                    Act::Note => {
                        outbox.stow_note(7, Box::new(Crate(due.len(), Vec::new())));
                        due.push(queued.len());
                    }
                    Act::Write(count) => {
                        let count = count.min(outbox.len());
                        outbox.advance(count, &mut delivered);
                        written += count;
                    }
                }
                prop_assert_eq!(outbox.len(), queued.len() - written);
                prop_assert_eq!(waiting(&outbox), &queued[written..]);
            }
            let early = delivered.len();
            prop_assert!(due[..early].iter().all(|due| *due <= written));
            outbox.take_over(&mut delivered);
            prop_assert_eq!(outbox.output.unsent(), &queued[written..]);
            let results: Vec<bool> = delivered.iter().map(|one| one.result.is_ok()).collect();
            prop_assert!(results.iter().zip(&due).all(|(is_ok, due)| *is_ok == (*due <= written)));
            prop_assert!(delivered.into_iter().map(number_of).eq(0..due.len()));
        }
    }
}
