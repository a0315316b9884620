//! A stream through TLS that carries bytes for somebody else: to a proxy, and over it perhaps TLS once
//! more to the peer. Whoever reads and writes sees a socket.

use std::cell::RefCell;
use std::rc::Rc;

use super::socket::Stream;
use super::tls::TlsFailure;
use super::tls::session::Session;
use super::tls::stream::{Shaken, TlsStream, Workroom};
use super::transfer::Transfer;
use crate::protocol::error::ErrorCode;
use crate::protocol::output::Output;

/// What is sealed at once: a record (RFC 8446 section 5.1).
const SEALED_BYTES: usize = 16 * 1024;

/// What the veils of a loop have in common. It is not what other streams through TLS use, as those may
/// read from a veil while they do.
pub(super) type VeilRoom = Rc<RefCell<Workroom>>;

/// A socket behind TLS.
#[derive(Debug)]
pub(super) struct Veil {
    tls: TlsStream,
    /// Records that have not been written.
    sealed: Output,
    /// Whether the last byte of those has not been called written: so whoever writes comes again, and
    /// what the system did not take leaves then. It is the first byte that will be written next.
    holds_back: bool,
    room: VeilRoom,
}

impl Veil {
    pub(super) fn new(socket: Stream, session: Session, room: &VeilRoom) -> Veil {
        Veil {
            tls: TlsStream::new(socket, session),
            sealed: Output::default(),
            holds_back: false,
            room: Rc::clone(room),
        }
    }

    pub(super) fn socket(&self) -> &Stream {
        self.tls.socket()
    }

    pub(super) fn socket_mut(&mut self) -> &mut Stream {
        self.tls.socket_mut()
    }

    /// Bytes of memory that hold what has come and cannot be used yet, or has not left.
    pub(super) fn pinned_bytes(&self) -> usize {
        self.tls.pinned_bytes() + self.sealed.capacity()
    }

    /// Whether the last read has brought something.
    pub(super) fn has_heard(&self) -> bool {
        self.tls.has_heard()
    }

    /// How TLS has failed, if it has.
    pub(super) fn failure(&self) -> Option<TlsFailure> {
        self.tls.failure()
    }

    /// Whether a read that found less than it had room for has left nothing.
    pub(super) fn is_drained(&self) -> bool {
        self.tls.is_drained()
    }

    /// Goes on with the handshake as far as the other side lets it.
    pub(super) fn shake_hands(&mut self) -> Shaken {
        self.tls.shake_hands(&mut self.room.borrow_mut())
    }

    /// Reads once.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Transfer {
        match self.tls.read(buffer, &mut self.room.borrow_mut()) {
            // Proxies pass on that the peer has ended, without a word in TLS of their own.
            Transfer::Refused(failure) if failure.error == ErrorCode::TlsTruncated => Transfer::End,
            transfer => transfer,
        }
    }

    /// Writes once. The bytes that were not called written come again at the next call.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Transfer {
        match self.flush() {
            Transfer::Bytes(_) => {}
            stopped => return stopped,
        }
        let held_back = usize::from(std::mem::take(&mut self.holds_back));
        let fresh = bytes.get(held_back..).unwrap_or_default();
        let fresh = fresh.get(..SEALED_BYTES).unwrap_or(fresh);
        if fresh.is_empty() {
            return Transfer::Bytes(held_back);
        }
        if let Err(failure) = self.tls.seal(fresh, &mut self.sealed) {
            return Transfer::Refused(failure);
        }
        let count = held_back + fresh.len();
        match self.flush() {
            Transfer::Bytes(_) => Transfer::Bytes(count),
            stopped @ (Transfer::WouldBlock | Transfer::Retry) => {
                self.holds_back = true;
                if count > 1 { Transfer::Bytes(count - 1) } else { stopped }
            }
            broken => broken,
        }
    }

    /// Tells the other side of TLS that nothing more comes.
    pub(super) fn say_goodbye(&mut self) {
        // Behind a record of which a part has left nothing else may stand.
        if self.sealed.is_empty() {
            self.tls.say_goodbye();
        }
    }

    /// Writes the records that wait, those of TLS itself among them.
    fn flush(&mut self) -> Transfer {
        if let Err(error) = self.tls.move_records(&mut self.sealed) {
            return Transfer::Refused(error.into());
        }
        while !self.sealed.is_empty() {
            match self.tls.socket_mut().write(self.sealed.unsent()) {
                Transfer::Bytes(count) => self.sealed.advance(count),
                stopped => return stopped,
            }
        }
        // A connection on which nothing happens keeps nothing.
        self.sealed = Output::default();
        Transfer::Bytes(0)
    }
}
