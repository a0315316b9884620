//! The calls that move bytes between a socket of the system and memory, and what they come to.
//!
//! Every write goes through `send` or `sendmsg` with `MSG_NOSIGNAL`, because a write to a closed
//! peer must be an error and never a SIGPIPE that kills the host program. What differs between
//! platforms in reading and writing stays in this file; it knows nothing of what the bytes mean.

use std::io::{self, ErrorKind, IoSlice};
use std::os::fd::BorrowedFd;

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags};
use socket2::SockRef;

use super::tls::TlsFailure;

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const NO_SIGNAL: libc::c_int = libc::MSG_NOSIGNAL;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const NO_SIGNAL: libc::c_int = 0;

/// The same for [`rustix`].
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const SILENTLY: SendFlags = SendFlags::NOSIGNAL;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const SILENTLY: SendFlags = SendFlags::empty();

/// What a read or write came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    /// So many bytes, at least one.
    Bytes(usize),
    /// Nothing now; the loop will be told when to try again.
    WouldBlock,
    /// Nothing now and nobody will tell: try again a little later.
    Retry,
    /// Read: the peer has stopped sending.
    End,
    /// The connection is broken, with this error number.
    Broken(i32),
    /// TLS does not let it be.
    Refused(TlsFailure),
}

/// How many bytes have been moved; if none have, `unmoved` says why.
pub(super) fn moved(transfer: Transfer, unmoved: &mut Transfer) -> usize {
    match transfer {
        Transfer::Bytes(count @ 1..) => count,
        other => {
            *unmoved = other;
            0
        }
    }
}

/// Reads once from a socket of the system.
pub(super) fn receive(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> Transfer {
    let mut unmoved = Transfer::Retry;
    match receive_some(socket, buffer, &mut unmoved) {
        0 => unmoved,
        count => Transfer::Bytes(count),
    }
}

/// Reads once from a socket of the system: how many bytes came. If none did, `unmoved` says why; this
/// way the number stays in a register, where a whole [`Transfer`] would go through memory.
#[inline(always)]
pub(super) fn receive_some(
    socket: BorrowedFd<'_>,
    buffer: &mut [u8],
    unmoved: &mut Transfer,
) -> usize {
    match receive_once(socket, buffer) {
        Ok(count @ 1..) => count,
        other => received(other, socket, buffer, unmoved),
    }
}

/// What a read came to, once a signal does not interrupt it.
#[cold]
fn received(
    mut result: Result<usize, Errno>,
    socket: BorrowedFd<'_>,
    buffer: &mut [u8],
    unmoved: &mut Transfer,
) -> usize {
    while result == Err(Errno::INTR) {
        result = receive_once(socket, buffer);
    }
    *unmoved = match result {
        Ok(0) => Transfer::End,
        Ok(count) => return count,
        Err(error) => failed(&error.into()),
    };
    0
}

#[inline(always)]
fn receive_once(socket: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    rustix::net::recv(socket, buffer, RecvFlags::empty()).map(|(_, count)| count)
}

/// Writes once to a socket of the system.
pub(super) fn send(socket: BorrowedFd<'_>, bytes: &[u8]) -> Transfer {
    let mut unmoved = Transfer::Bytes(0);
    match send_some(socket, bytes, &mut unmoved) {
        0 => unmoved,
        count => Transfer::Bytes(count),
    }
}

/// As [`receive_some`], the other way.
#[inline(always)]
pub(super) fn send_some(socket: BorrowedFd<'_>, bytes: &[u8], unmoved: &mut Transfer) -> usize {
    match rustix::net::send(socket, bytes, SILENTLY) {
        Ok(count @ 1..) => count,
        other => sent(other, socket, bytes, unmoved),
    }
}

/// What a write came to, once a signal does not interrupt it.
#[cold]
fn sent(
    mut result: Result<usize, Errno>,
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    unmoved: &mut Transfer,
) -> usize {
    while result == Err(Errno::INTR) {
        result = rustix::net::send(socket, bytes, SILENTLY);
    }
    *unmoved = match result {
        Ok(0) => Transfer::Bytes(0),
        Ok(count) => return count,
        Err(error) => failed(&error.into()),
    };
    0
}

/// Writes several pieces once to a socket of the system, as if they were one.
pub(super) fn send_pieces(socket: &SockRef<'_>, pieces: &[IoSlice<'_>]) -> Transfer {
    loop {
        match socket.send_vectored_with_flags(pieces, NO_SIGNAL) {
            Ok(count) => return Transfer::Bytes(count),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return failed(&error),
        }
    }
}

/// Sorts the errors of reading and writing by what is to be done.
#[cold]
fn failed(error: &io::Error) -> Transfer {
    let number = error.raw_os_error().unwrap_or(libc::EIO);
    match number {
        _ if error.kind() == ErrorKind::WouldBlock => Transfer::WouldBlock,
        libc::ENOBUFS | libc::ENOMEM => Transfer::Retry,
        _ => Transfer::Broken(number),
    }
}
