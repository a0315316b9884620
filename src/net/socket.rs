//! Sockets: the one place that knows what a stream is made of.
//!
//! The calls that move bytes are in `transfer`; nothing else may read or write a socket.

use std::io::{self, ErrorKind, IoSlice};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use mio::net::UnixStream;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::dial::Dialling;
use super::simulation::End;
use super::tcp_options::TcpOptions;
use super::tls::TlsFailure;
use super::tls::stream::{TlsStream, Workroom};
use super::transfer::{Transfer, moved, receive, receive_some, send, send_pieces, send_some};
use super::veil::Veil;
use crate::protocol::error::ErrorCode;
use crate::protocol::network_address::NetworkAddress;

/// A connected stream, or one that is being connected.
#[derive(Debug)]
pub(super) enum Stream {
    /// TCP, of either family.
    Tcp(OwnedFd),
    /// A Unix-domain socket.
    Unix(OwnedFd),
    /// One end of a connection in memory.
    Memory(Box<End>),
    /// One of these, through TLS.
    Tls(Box<TlsStream>),
    /// One of the first three behind TLS that is no business of the peer's.
    Veiled(Box<Veil>),
}

/// What a stream asks to do something.
enum Medium<'s> {
    System(SockRef<'s>),
    Memory(&'s End),
}

impl Stream {
    /// Begins to connect; the outcome shows when the stream becomes writable.
    pub(super) fn connect_tcp(
        address: SocketAddr,
        dialling: &Dialling,
        options: &TcpOptions,
    ) -> io::Result<Stream> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        options.apply(SockRef::from(&socket))?;
        dialling.bind(&socket)?;
        match socket.connect(&address.into()) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(error),
            _ => Ok(Stream::Tcp(socket.into())),
        }
    }

    /// Begins to connect to a Unix-domain socket.
    pub(super) fn connect_unix(path: &Path) -> io::Result<Stream> {
        UnixStream::connect(path).map(|stream| Stream::Unix(stream.into()))
    }

    /// How connecting came out: `None` while it is under way.
    pub(super) fn connected(&self) -> Option<io::Result<()>> {
        let socket = match self.medium() {
            Medium::System(socket) => socket,
            Medium::Memory(end) => return end.connected(),
        };
        match socket.take_error() {
            Ok(Some(error)) | Err(error) => return Some(Err(error)),
            Ok(None) => {}
        }
        match socket.peer_addr() {
            Ok(_) => Some(Ok(())),
            Err(error) if error.kind() == ErrorKind::NotConnected => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Asks to be told, once per change, when the stream can be read or written.
    pub(super) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        match self {
            Stream::Tcp(socket) | Stream::Unix(socket) => {
                registry.register(&mut SourceFd(&socket.as_raw_fd()), token, interest)
            }
            Stream::Memory(end) => {
                end.register(u32::try_from(token.0).ok());
                Ok(())
            }
            Stream::Tls(stream) => stream.socket_mut().register(registry, token),
            Stream::Veiled(veil) => veil.socket_mut().register(registry, token),
        }
    }

    /// As `register`, without being told when it can be written: nearly always it can, and to hear of it
    /// would cost a round. Whether that is to be asked for by `watch_writing`.
    pub(super) fn register_for_reading(
        &mut self,
        registry: &Registry,
        token: Token,
    ) -> io::Result<bool> {
        match self {
            Stream::Tcp(socket) | Stream::Unix(socket) => {
                let mut source = SourceFd(&socket.as_raw_fd());
                registry.register(&mut source, token, Interest::READABLE).map(|()| true)
            }
            other => other.register(registry, token).map(|()| false),
        }
    }

    /// Asks to be told when the stream can be written too, also if it can now.
    pub(super) fn watch_writing(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        match self {
            Stream::Tcp(socket) | Stream::Unix(socket) => {
                registry.reregister(&mut SourceFd(&socket.as_raw_fd()), token, interest)
            }
            Stream::Memory(_) | Stream::Tls(_) | Stream::Veiled(_) => Ok(()),
        }
    }

    /// Ends what `register` began; to be called before the stream is dropped.
    pub(super) fn deregister(&mut self, registry: &Registry) {
        // It can only fail for a descriptor that was not registered.
        let _ = match self {
            Stream::Tcp(socket) | Stream::Unix(socket) => {
                registry.deregister(&mut SourceFd(&socket.as_raw_fd()))
            }
            Stream::Memory(end) => {
                end.register(None);
                Ok(())
            }
            Stream::Tls(stream) => return stream.socket_mut().deregister(registry),
            Stream::Veiled(veil) => return veil.socket_mut().deregister(registry),
        };
    }

    /// Reads once into `buffer`, which is not empty, what is for the protocol.
    pub(super) fn read(&mut self, buffer: &mut [u8], room: &mut Workroom) -> Transfer {
        match self {
            Stream::Tls(stream) => stream.read(buffer, room),
            plain => plain.read_raw(buffer),
        }
    }

    /// Whether nothing lies between the socket and the protocol.
    pub(super) fn is_plain(&self) -> bool {
        !matches!(self, Stream::Tls(_) | Stream::Veiled(_))
    }

    /// Reads once into `buffer`, which is not empty, what the socket has.
    pub(super) fn read_raw(&mut self, buffer: &mut [u8]) -> Transfer {
        match self {
            Stream::Tcp(socket) | Stream::Unix(socket) => receive(socket.as_fd(), buffer),
            Stream::Memory(end) => end.read(buffer),
            Stream::Tls(stream) => stream.socket_mut().read_raw(buffer),
            Stream::Veiled(veil) => veil.read(buffer),
        }
    }

    /// As [`Stream::read_raw`]: how many bytes came; if none did, `unmoved` says why.
    #[inline(always)]
    pub(super) fn read_some(&mut self, buffer: &mut [u8], unmoved: &mut Transfer) -> usize {
        match self {
            Stream::Tcp(socket) => receive_some(socket.as_fd(), buffer, unmoved),
            other => moved(other.read_raw(buffer), unmoved),
        }
    }

    /// Whether a read that found less than it had room for has emptied the socket. In the Unix
    /// domain a read also ends where a descriptor was passed, in memory where a piece ends.
    #[inline]
    pub(super) fn is_drained_by_short_read(&self) -> bool {
        matches!(self, Stream::Tcp(_)) || self.is_otherwise_drained()
    }

    fn is_otherwise_drained(&self) -> bool {
        match self {
            Stream::Tcp(_) | Stream::Unix(_) | Stream::Memory(_) => false,
            Stream::Tls(stream) => stream.is_drained(),
            Stream::Veiled(veil) => veil.is_drained(),
        }
    }

    /// Writes once, past TLS.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Transfer {
        match self {
            Stream::Tcp(socket) | Stream::Unix(socket) => send(socket.as_fd(), bytes),
            Stream::Memory(end) => end.write(bytes),
            Stream::Tls(stream) => stream.socket_mut().write(bytes),
            Stream::Veiled(veil) => veil.write(bytes),
        }
    }

    /// As [`Stream::write`]: how many bytes have left; if none have, `unmoved` says why.
    #[inline(always)]
    pub(super) fn write_some(&mut self, bytes: &[u8], unmoved: &mut Transfer) -> usize {
        match self {
            Stream::Tcp(socket) => send_some(socket.as_fd(), bytes, unmoved),
            other => moved(other.write(bytes), unmoved),
        }
    }

    /// Writes several pieces as if they were one, past TLS.
    pub(super) fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> Transfer {
        if let Some(veil) = self.veil_mut() {
            let first = pieces.iter().find(|piece| !piece.is_empty());
            return first.map_or(Transfer::Bytes(0), |piece| veil.write(piece));
        }
        match self.medium() {
            Medium::System(socket) => send_pieces(&socket, pieces),
            Medium::Memory(end) => end.write_vectored(pieces),
        }
    }

    /// Tells the peer in TLS that nothing more will be sent.
    pub(super) fn say_goodbye(&mut self) {
        match self {
            Stream::Tls(stream) => {
                stream.say_goodbye();
                stream.socket_mut().say_goodbye();
            }
            Stream::Veiled(veil) => veil.say_goodbye(),
            Stream::Tcp(_) | Stream::Unix(_) | Stream::Memory(_) => {}
        }
    }

    fn veil_mut(&mut self) -> Option<&mut Veil> {
        match self {
            Stream::Veiled(veil) => Some(veil),
            Stream::Tls(stream) => stream.socket_mut().veil_mut(),
            Stream::Tcp(_) | Stream::Unix(_) | Stream::Memory(_) => None,
        }
    }

    /// Tells the peer that nothing more will be sent.
    pub(super) fn shut_down_writing(&self) {
        match self.medium() {
            // It fails only when the peer is gone, which the next read shows.
            Medium::System(socket) => drop(socket.shutdown(Shutdown::Write)),
            Medium::Memory(end) => end.stop_writing(),
        }
    }

    /// The peer's address as text, or `None` if the system has forgotten it.
    pub(super) fn peer_address(&self) -> Option<String> {
        match self {
            Stream::Tcp(socket) => peer_of(socket).map(|address| address.to_string()),
            Stream::Unix(_) => Some("unix:".to_owned()),
            Stream::Memory(end) => end.peer_address(),
            Stream::Tls(stream) => stream.socket().peer_address(),
            Stream::Veiled(veil) => veil.socket().peer_address(),
        }
    }

    /// Where the peer is, or `None` if the system has forgotten it.
    pub(super) fn peer_network_address(&self) -> Option<NetworkAddress> {
        match self {
            Stream::Tcp(socket) => peer_of(socket).map(NetworkAddress::from),
            Stream::Unix(_) => Some(NetworkAddress::Unix),
            Stream::Memory(end) => {
                Some(end.peer_ip().map_or(NetworkAddress::Unix, NetworkAddress::without_port))
            }
            Stream::Tls(stream) => stream.socket().peer_network_address(),
            Stream::Veiled(veil) => veil.socket().peer_network_address(),
        }
    }

    /// This side's address as text.
    pub(super) fn local_address(&self) -> Option<String> {
        match self {
            Stream::Tcp(socket) => {
                let address = SockRef::from(socket).local_addr().ok()?.as_socket();
                address.map(|address| address.to_string())
            }
            Stream::Unix(socket) => {
                let address = SockRef::from(socket).local_addr().ok()?;
                let path = address.as_pathname().map(|path| path.to_string_lossy().into_owned());
                Some(format!("unix:{}", path.unwrap_or_default()))
            }
            Stream::Memory(end) => end.local_address(),
            Stream::Tls(stream) => stream.socket().local_address(),
            Stream::Veiled(veil) => veil.socket().local_address(),
        }
    }

    #[inline]
    fn medium(&self) -> Medium<'_> {
        match self {
            Stream::Tcp(socket) | Stream::Unix(socket) => Medium::System(SockRef::from(socket)),
            Stream::Memory(end) => Medium::Memory(end),
            Stream::Tls(stream) => stream.socket().medium(),
            Stream::Veiled(veil) => veil.socket().medium(),
        }
    }

    /// What carries the bytes: the stream itself, or the one below TLS.
    pub(super) fn carrier(&self) -> &Stream {
        match self {
            Stream::Tls(stream) => stream.socket().carrier(),
            Stream::Veiled(veil) => veil.socket(),
            plain => plain,
        }
    }

    /// What TLS to the peer goes over, or the stream itself.
    pub(super) fn below_tls(&mut self) -> &mut Stream {
        match self {
            Stream::Tls(stream) => stream.socket_mut(),
            other => other,
        }
    }

    /// Bytes of memory that TLS holds of what cannot be used yet, or has not left.
    #[inline]
    pub(super) fn pinned_bytes(&self) -> usize {
        match self {
            Stream::Tls(stream) => stream.pinned_bytes() + stream.socket().pinned_bytes(),
            Stream::Veiled(veil) => veil.pinned_bytes(),
            Stream::Tcp(_) | Stream::Unix(_) | Stream::Memory(_) => 0,
        }
    }

    /// Whether the last read has brought something of the peer's, if only a part of a record of TLS.
    pub(super) fn has_heard(&self) -> bool {
        match self {
            Stream::Tls(stream) => stream.has_heard() || stream.socket().has_heard(),
            Stream::Veiled(veil) => veil.has_heard(),
            Stream::Tcp(_) | Stream::Unix(_) | Stream::Memory(_) => false,
        }
    }

    /// How TLS has failed, if it has: to the peer, or to the proxy on the way.
    pub(super) fn failure(&self) -> Option<TlsFailure> {
        match self {
            Stream::Tls(stream) => stream.failure().or_else(|| stream.socket().failure()),
            Stream::Veiled(veil) => veil.failure(),
            Stream::Tcp(_) | Stream::Unix(_) | Stream::Memory(_) => None,
        }
    }

    /// The stream through TLS, if it is one.
    pub(super) fn tls(&self) -> Option<&TlsStream> {
        match self {
            Stream::Tls(stream) => Some(stream),
            _ => None,
        }
    }
}

/// Where the other end of a TCP socket is, or `None` if the system has forgotten it.
fn peer_of(socket: &OwnedFd) -> Option<SocketAddr> {
    SockRef::from(socket).peer_addr().ok()?.as_socket()
}

impl TryFrom<Stream> for OwnedFd {
    type Error = ErrorCode;

    /// The socket, for whoever goes on with it; `Unsupported` in memory, where there is none, and
    /// through TLS, whose keys would be missing.
    fn try_from(stream: Stream) -> Result<OwnedFd, ErrorCode> {
        match stream {
            Stream::Tcp(socket) | Stream::Unix(socket) => Ok(socket),
            Stream::Memory(_) | Stream::Tls(_) | Stream::Veiled(_) => Err(ErrorCode::Unsupported),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::link::Link;
    use super::super::pending::Pending;
    use super::*;

    /// What a connection goes over where there is only the system.
    #[expect(dead_code)]
    enum SystemLink {
        Pending(Box<Pending>),
        Up(SystemStream),
        Down,
    }

    #[expect(dead_code)]
    enum SystemStream {
        Tcp(OwnedFd),
        Unix(OwnedFd),
    }

    #[test]
    fn an_end_in_memory_makes_no_other_connection_larger() {
        assert_eq!(size_of::<Link>(), size_of::<SystemLink>());
    }
}
