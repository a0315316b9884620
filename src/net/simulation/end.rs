//! What a loop holds of a simulated network: one end of a connection, or a listener.
//!
//! Each is closed when it is dropped, as a socket is.

use std::io;
use std::net::IpAddr;
use std::rc::Rc;

use super::super::transfer::Transfer;
use super::network::{Number, Shared};

/// One end of a connection in memory.
#[derive(Debug)]
pub(in crate::net) struct End {
    network: Shared,
    number: Number,
}

impl End {
    pub(super) fn new(network: &Shared, number: Number) -> Box<End> {
        Box::new(End { network: Rc::clone(network), number })
    }

    pub(super) fn number(&self) -> Number {
        self.number
    }

    /// How connecting came out: `None` while it is under way.
    pub(in crate::net) fn connected(&self) -> Option<io::Result<()>> {
        self.network.borrow().connected(self.number)
    }

    /// The slot that is told of what happens; `None` for no more.
    pub(in crate::net) fn register(&self, slot: Option<u32>) {
        self.network.borrow_mut().register(self.number, slot);
    }

    pub(in crate::net) fn read(&self, buffer: &mut [u8]) -> Transfer {
        self.network.borrow_mut().read(self.number, buffer)
    }

    pub(in crate::net) fn write(&self, bytes: &[u8]) -> Transfer {
        self.network.borrow_mut().write(self.number, bytes)
    }

    /// Writes several pieces as if they were one.
    pub(in crate::net) fn write_vectored(&self, pieces: &[io::IoSlice<'_>]) -> Transfer {
        let mut count = 0;
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            match self.write(piece) {
                Transfer::Bytes(written) => {
                    count += written;
                    if written < piece.len() {
                        break;
                    }
                }
                other if count == 0 => return other,
                _ => break,
            }
        }
        Transfer::Bytes(count)
    }

    pub(in crate::net) fn stop_writing(&self) {
        self.network.borrow_mut().stop_writing(self.number);
    }

    pub(in crate::net) fn peer_address(&self) -> Option<String> {
        self.network.borrow().peer_address(self.number)
    }

    pub(in crate::net) fn peer_ip(&self) -> Option<IpAddr> {
        self.network.borrow().peer_ip(self.number)
    }

    pub(in crate::net) fn local_address(&self) -> Option<String> {
        self.network.borrow().address(self.number)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.network.borrow_mut().close(self.number);
    }
}

/// A listener in a simulated network.
#[derive(Debug)]
pub(in crate::net) struct Door {
    network: Shared,
    number: u32,
}

impl Door {
    pub(super) fn new(network: &Shared, number: u32) -> Door {
        Door { network: Rc::clone(network), number }
    }

    /// The slot that is told of connections to accept; `None` for no more.
    pub(in crate::net) fn register(&self, slot: Option<u32>) {
        self.network.borrow_mut().register_door(self.number, slot);
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    ///
    /// `WouldBlock`.
    pub(in crate::net) fn accept(&self) -> io::Result<(Box<End>, Option<IpAddr>)> {
        let mut network = self.network.borrow_mut();
        let number = network.accept(self.number).ok_or(io::ErrorKind::WouldBlock)?;
        Ok((End::new(&self.network, number), network.peer_ip(number)))
    }

    /// The port, or `None` for a path.
    pub(in crate::net) fn port(&self) -> Option<u16> {
        self.network.borrow().doors.get(&self.number)?.port()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.network.borrow_mut().close_door(self.number);
    }
}
