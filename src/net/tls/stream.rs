//! A stream through TLS: a socket and a session, with what lies between them.
//!
//! Received records are opened in memory that the loop lends; the connection keeps what is there
//! in part, what did not fit, and nothing else.

use super::TlsFailure;
use super::session::{Opened, Session, Standing};
use crate::net::socket::Stream;
use crate::net::tls_facts::TlsFacts;
use crate::net::transfer::Transfer;
use crate::protocol::buffer::Buffer;
use crate::protocol::error::ErrorCode;
use crate::protocol::output::Output;
use crate::protocol::pool::Pool;

/// Received bytes that are opened at once. A handshake message, which is the longest thing that
/// may be there in part, has at most 64 KiB.
const SCRATCH_BYTES: usize = 256 * 1024;

/// What may be there in part: such a message in records that are not unreasonably short. As all of it
/// is looked at again with each read, more would cost more than it is worth.
const MAX_PARTIAL_BYTES: usize = 96 * 1024;

/// What is read at least, where there is less room for what is in it: a record.
const MIN_READ_BYTES: usize = 18 * 1024;

/// Reads that may bring nothing for the protocol, one after another.
const FRUITLESS_READS: usize = 16;

/// What the streams of a loop use while they work.
#[derive(Debug, Default)]
pub(in crate::net) struct Workroom {
    scratch: Vec<u8>,
    /// What is there in part, and what did not fit. They are apart, as the former is short and may be
    /// kept for long.
    partials: Pool<Buffer>,
    spills: Pool<Buffer>,
}

impl Workroom {
    /// Whether [`Workroom::trim`] has something to drop.
    pub(in crate::net) fn has_large(&self) -> bool {
        self.partials.has_large() || self.spills.has_large()
    }

    /// Drops what nobody needs while nothing happens.
    pub(in crate::net) fn trim(&mut self) {
        self.partials.trim();
        self.spills.trim();
    }
}

/// A stream whose bytes go through TLS.
#[derive(Debug)]
pub(in crate::net) struct TlsStream {
    socket: Stream,
    session: Session,
    standing: Standing,
    /// What TLS itself has to send: records of the handshake, alerts.
    records: Output,
    /// The beginning of what has not come whole.
    partial: Option<Box<Buffer>>,
    /// Plaintext for which there was no room.
    spill: Option<Box<Spill>>,
    failure: Option<TlsFailure>,
    /// Whether the last read has left nothing in the socket.
    is_drained: bool,
    /// Whether the last read has brought something, if only a part of a record.
    has_heard: bool,
    /// Whether the peer has been told that nothing more comes.
    said_goodbye: bool,
}

#[derive(Debug)]
struct Spill {
    buffer: Box<Buffer>,
    start: usize,
}

/// How far a handshake has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::net) enum Shaken {
    /// It waits for the peer.
    Waiting,
    /// It is to be gone on with a little later.
    Later,
    /// Both sides have the keys.
    Done,
    /// The peer has stopped sending.
    Ended,
    /// The socket is broken, with this error number.
    Broken(i32),
    /// TLS does not come about.
    Failed(TlsFailure),
}

impl TlsStream {
    /// A stream through TLS. A client's first words are ready to be sent.
    pub(in crate::net) fn new(socket: Stream, session: Session) -> TlsStream {
        let mut stream = TlsStream {
            socket,
            session,
            standing: Standing::Handshake,
            records: Output::default(),
            partial: None,
            spill: None,
            failure: None,
            is_drained: false,
            has_heard: false,
            said_goodbye: false,
        };
        let opened = stream.session.open(&mut [], &mut stream.records, &mut |_| ());
        stream.failure = opened.outcome.err();
        stream
    }

    pub(in crate::net) fn socket(&self) -> &Stream {
        &self.socket
    }

    pub(in crate::net) fn socket_mut(&mut self) -> &mut Stream {
        &mut self.socket
    }

    /// What was agreed on, once the handshake has ended.
    pub(in crate::net) fn facts(&self) -> Option<TlsFacts<'_>> {
        self.session.facts()
    }

    /// Goes on with the handshake as far as the peer lets it.
    pub(in crate::net) fn shake_hands(&mut self, room: &mut Workroom) -> Shaken {
        for _ in 0..FRUITLESS_READS {
            let flushed = self.flush_records();
            if let Some(failure) = self.failure {
                return Shaken::Failed(failure);
            }
            if !self.session.is_handshaking() {
                return Shaken::Done;
            }
            if let Some(shaken) = shaken_after(self.fill(&mut [], room), flushed) {
                return shaken;
            }
        }
        Shaken::Later
    }

    /// Reads plaintext, as [`Stream::read`] does bytes.
    pub(in crate::net) fn read(&mut self, place: &mut [u8], room: &mut Workroom) -> Transfer {
        self.has_heard = false;
        let spilled = self.take_spilled(place, room);
        if spilled > 0 {
            return Transfer::Bytes(spilled);
        }
        for _ in 0..FRUITLESS_READS {
            match (self.failure, self.standing) {
                (Some(failure), _) => return Transfer::Refused(failure),
                (None, Standing::PeerClosed) => return Transfer::End,
                _ => {}
            }
            match self.fill(place, room) {
                // Only a read that finds nothing shows whether the end waits behind it.
                Transfer::Bytes(0) => {}
                // Whoever sends nothing more says so in TLS (RFC 8446 section 6.1).
                Transfer::End => return Transfer::Refused(ErrorCode::TlsTruncated.into()),
                other => return other,
            }
        }
        Transfer::Retry
    }

    /// Whether the last read has brought something of the peer's, if only a part of a record.
    pub(in crate::net) fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// Bytes of memory that hold what has come and cannot be used yet, and what TLS itself has to say to a
    /// peer that does not read.
    pub(in crate::net) fn pinned_bytes(&self) -> usize {
        let partial = self.partial.as_ref().map_or(0, |partial| partial.capacity());
        let spill = self.spill.as_ref().map_or(0, |spill| spill.buffer.capacity());
        partial + spill + self.records.capacity()
    }

    /// Whether a read that found less than it had room for has left nothing: here, and in the
    /// socket.
    pub(in crate::net) fn is_drained(&self) -> bool {
        self.is_drained
            && self.spill.is_none()
            && self.failure.is_none()
            && self.standing != Standing::PeerClosed
    }

    /// Reads records once, and opens them: so many bytes of plaintext, which may be none.
    fn fill(&mut self, place: &mut [u8], room: &mut Workroom) -> Transfer {
        if provide(&mut room.scratch).is_err() {
            return Transfer::Retry;
        }
        let kept = self.partial.as_ref().map_or(0, |partial| partial.len());
        let limit = (kept + place.len().max(MIN_READ_BYTES)).min(room.scratch.len());
        let fresh = room.scratch.get_mut(kept..limit).unwrap_or_default();
        let room_for = fresh.len();
        let count = match self.socket.read_raw(fresh) {
            Transfer::Bytes(count) => count,
            other => return other,
        };
        self.is_drained = count < room_for && self.socket.is_drained_by_short_read();
        self.has_heard = true;
        if let Some(partial) = self.partial.take() {
            let front = room.scratch.get_mut(..kept).unwrap_or_default();
            front.copy_from_slice(partial.as_slice());
            room.partials.give_back(partial);
        }
        Transfer::Bytes(self.open(kept + count, place, room))
    }

    /// Opens so many received bytes, which lie in the workroom. What is over is kept.
    fn open(&mut self, count: usize, place: &mut [u8], room: &mut Workroom) -> usize {
        let Workroom { scratch, partials, spills } = room;
        let received = scratch.get_mut(..count).unwrap_or_default();
        let TlsStream { session, records, spill, .. } = self;
        let mut filled = 0;
        let mut is_lost = false;
        let Opened { used, outcome } = session.open(received, records, &mut |plaintext| {
            let free = place.get_mut(filled..).unwrap_or_default();
            let (fits, over) = plaintext.split_at(plaintext.len().min(free.len()));
            free.get_mut(..fits.len()).unwrap_or_default().copy_from_slice(fits);
            filled += fits.len();
            is_lost |= !over.is_empty() && spill_over(spill, over, spills).is_err();
        });
        match outcome {
            Ok(standing) => self.standing = standing,
            Err(failure) => self.failure = Some(failure),
        }
        // What comes behind the peer's last word is nothing.
        let left = match self.standing {
            Standing::PeerClosed => &[],
            _ => received.get(used..).unwrap_or_default(),
        };
        if left.len() > MAX_PARTIAL_BYTES && self.failure.is_none() {
            self.failure = Some(ErrorCode::TlsHandshake.into());
        } else if is_lost || keep(&mut self.partial, left, partials).is_err() {
            self.failure = Some(ErrorCode::OutOfMemory.into());
        }
        filled
    }

    /// Puts what did not fit before where there is room now.
    fn take_spilled(&mut self, place: &mut [u8], room: &mut Workroom) -> usize {
        let Some(spill) = &mut self.spill else {
            return 0;
        };
        let left = spill.buffer.as_slice().get(spill.start..).unwrap_or_default();
        let count = left.len().min(place.len());
        let (taken, rest) = left.split_at(count);
        place.get_mut(..count).unwrap_or_default().copy_from_slice(taken);
        let is_used_up = rest.is_empty();
        spill.start += count;
        // The socket was empty when this was read: what has come since was told of meanwhile.
        self.is_drained = false;
        if is_used_up && let Some(spill) = self.spill.take() {
            room.spills.give_back(spill.buffer);
        }
        count
    }

    /// Makes records of plaintext, behind those which `records` has.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`, or what TLS has against it.
    pub(in crate::net) fn seal(
        &mut self,
        plaintext: &[u8],
        records: &mut Output,
    ) -> Result<(), TlsFailure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let partial = self.partial.as_mut().map_or(&mut [][..], |partial| partial.as_mut_slice());
        let sealed = self.session.seal(plaintext, partial, records);
        self.failure = sealed.err();
        sealed
    }

    /// How it has failed, if it has: nothing can be sealed any more.
    pub(in crate::net) fn failure(&self) -> Option<TlsFailure> {
        self.failure
    }

    /// Whether TLS itself has something to send.
    pub(in crate::net) fn has_records(&self) -> bool {
        !self.records.is_empty()
    }

    /// Puts what TLS itself has to send behind what `records` has.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(in crate::net) fn move_records(&mut self, records: &mut Output) -> Result<(), ErrorCode> {
        records.append(self.records.unsent())?;
        self.records = Output::default();
        Ok(())
    }

    /// Tells the peer in TLS that nothing more comes, as far as the socket takes it at once.
    pub(in crate::net) fn say_goodbye(&mut self) {
        // Whoever gave up has said so in an alert.
        if !std::mem::replace(&mut self.said_goodbye, true) && self.failure.is_none() {
            let partial =
                self.partial.as_mut().map_or(&mut [][..], |partial| partial.as_mut_slice());
            self.session.close(partial, &mut self.records);
            self.flush_records();
        }
    }

    /// Takes what was received before the stream was handed over.
    ///
    /// # Errors
    ///
    /// `TooLong` for more than can be opened at once; `OutOfMemory`.
    pub(in crate::net) fn receive_early(
        &mut self,
        received: &[u8],
        room: &mut Workroom,
    ) -> Result<(), ErrorCode> {
        if received.is_empty() {
            return Ok(());
        }
        provide(&mut room.scratch)?;
        let place = room.scratch.get_mut(..received.len()).ok_or(ErrorCode::TooLong)?;
        place.copy_from_slice(received);
        self.open(received.len(), &mut [], room);
        Ok(())
    }

    /// Writes what TLS itself has to send.
    fn flush_records(&mut self) -> Transfer {
        while !self.records.is_empty() {
            match self.socket.write(self.records.unsent()) {
                Transfer::Bytes(count) => self.records.advance(count),
                other => return other,
            }
        }
        // It is seldom needed again.
        self.records = Output::default();
        Transfer::Bytes(0)
    }
}

/// How far a handshake has come after a read and the write before it; `None` if it goes on at once.
pub(super) fn shaken_after(read: Transfer, written: Transfer) -> Option<Shaken> {
    Some(match (read, written) {
        (Transfer::Bytes(_), _) => return None,
        (Transfer::Refused(failure), _) => Shaken::Failed(failure),
        // Why the peer has broken off may have been among what it sent before.
        (Transfer::Broken(number), _) | (_, Transfer::Broken(number)) => Shaken::Broken(number),
        (Transfer::End, _) => Shaken::Ended,
        // Nobody tells when the system has memory again.
        (Transfer::Retry, _) | (Transfer::WouldBlock, Transfer::Retry) => Shaken::Later,
        (Transfer::WouldBlock, _) => Shaken::Waiting,
    })
}

/// Makes the memory in which records are opened, once.
fn provide(scratch: &mut Vec<u8>) -> Result<(), ErrorCode> {
    if scratch.is_empty() {
        scratch.try_reserve_exact(SCRATCH_BYTES).map_err(|_| ErrorCode::OutOfMemory)?;
        scratch.resize(SCRATCH_BYTES, 0);
    }
    Ok(())
}

fn keep(
    partial: &mut Option<Box<Buffer>>,
    bytes: &[u8],
    partials: &mut Pool<Buffer>,
) -> Result<(), ErrorCode> {
    if bytes.is_empty() {
        return Ok(());
    }
    partial.get_or_insert_with(|| partials.take()).append(bytes, 0).map(|_| ())
}

fn spill_over(
    spill: &mut Option<Box<Spill>>,
    bytes: &[u8],
    spills: &mut Pool<Buffer>,
) -> Result<(), ErrorCode> {
    let spill = spill.get_or_insert_with(|| Box::new(Spill { buffer: spills.take(), start: 0 }));
    spill.buffer.append(bytes, 0).map(|_| ())
}
