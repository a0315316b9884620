//! A listening socket and its behaviour when descriptors run out.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::rc::Rc;

use mio::net::{TcpListener, UnixListener};
use mio::{Interest, Registry, Token};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use super::endpoint::{Endpoint, Options};
use super::simulation::Door;
use super::socket::Stream;
use super::socket_path::SocketPath;
use super::tcp_options::TcpOptions;
use super::timers::TimerId;
use crate::protocol::url::Place;

/// The pause after descriptors ran out, in milliseconds: at first, and at most.
const FIRST_PAUSE_MS: u32 = 100;
const LONGEST_PAUSE_MS: u32 = 1000;

/// A listener of a loop.
#[derive(Debug)]
pub(super) struct Listener<C> {
    /// The path of a Unix-domain socket that this listener has made; it goes before the socket.
    path: Option<SocketPath>,
    socket: ListenSocket,
    pub(super) endpoint: Rc<Endpoint<C>>,
    pub(super) timer: Option<TimerId>,
    pause_ms: u32,
    pub(super) is_queued: bool,
}

#[derive(Debug)]
enum ListenSocket {
    Tcp(TcpListener),
    Unix(UnixListener),
    Memory(Door),
}

impl<C> Listener<C> {
    /// Binds and listens.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub(super) fn bind(place: &Place, endpoint: Rc<Endpoint<C>>) -> io::Result<Listener<C>> {
        match place {
            Place::Host { host, port } => {
                let socket = bind_host(host, *port, &endpoint.options)?;
                Ok(Listener::new(socket, None, endpoint))
            }
            Place::Path(path) => {
                let (socket, path) = bind_path(Path::new(&**path), &endpoint.options)?;
                Ok(Listener::new(socket, Some(path), endpoint))
            }
        }
    }

    /// Takes over a descriptor that listens already.
    ///
    /// # Errors
    ///
    /// What the system said; `InvalidInput` for a descriptor that is no stream socket of a known
    /// kind, or does not listen.
    pub(super) fn adopt(descriptor: OwnedFd, endpoint: Rc<Endpoint<C>>) -> io::Result<Listener<C>> {
        let socket = match prepare(&descriptor, &endpoint.options.tcp)? {
            Domain::UNIX => ListenSocket::Unix(UnixListener::from(descriptor)),
            _ => ListenSocket::Tcp(TcpListener::from(descriptor)),
        };
        Ok(Listener::new(socket, None, endpoint))
    }

    /// Listens in a simulated network.
    pub(super) fn simulated(door: Door, endpoint: Rc<Endpoint<C>>) -> Listener<C> {
        Listener::new(ListenSocket::Memory(door), None, endpoint)
    }

    fn new(
        socket: ListenSocket,
        path: Option<SocketPath>,
        endpoint: Rc<Endpoint<C>>,
    ) -> Listener<C> {
        Listener { path, socket, endpoint, timer: None, pause_ms: FIRST_PAUSE_MS, is_queued: false }
    }

    pub(super) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match &mut self.socket {
            ListenSocket::Tcp(listener) => registry.register(listener, token, Interest::READABLE),
            ListenSocket::Unix(listener) => registry.register(listener, token, Interest::READABLE),
            ListenSocket::Memory(door) => {
                door.register(u32::try_from(token.0).ok());
                Ok(())
            }
        }
    }

    pub(super) fn deregister(&mut self, registry: &Registry) {
        // It can only fail for a descriptor that was not registered.
        let _ = match &mut self.socket {
            ListenSocket::Tcp(listener) => registry.deregister(listener),
            ListenSocket::Unix(listener) => registry.deregister(listener),
            ListenSocket::Memory(door) => {
                door.register(None);
                Ok(())
            }
        };
    }

    /// The next connection, which does not block and is closed on exec.
    pub(super) fn accept(&self) -> io::Result<(Stream, Option<IpAddr>)> {
        match &self.socket {
            ListenSocket::Tcp(listener) => {
                let (stream, address) = listener.accept()?;
                // Linux has them from the listener.
                if !cfg!(target_os = "linux") {
                    let _ = self.endpoint.options.tcp.apply(SockRef::from(&stream));
                }
                Ok((Stream::Tcp(stream.into()), Some(address.ip().to_canonical())))
            }
            ListenSocket::Unix(listener) => {
                let (stream, _) = listener.accept()?;
                Ok((Stream::Unix(stream.into()), None))
            }
            ListenSocket::Memory(door) => {
                let (end, address) = door.accept()?;
                Ok((Stream::Memory(end), address))
            }
        }
    }

    /// The port, or `None` for a Unix-domain socket.
    pub(super) fn port(&self) -> Option<u16> {
        match &self.socket {
            ListenSocket::Tcp(listener) => listener.local_addr().ok().map(|addr| addr.port()),
            ListenSocket::Unix(_) => None,
            ListenSocket::Memory(door) => door.port(),
        }
    }

    /// Does not remove the path in the end: it belongs to another process.
    pub(super) fn leave_path(&mut self) {
        if let Some(path) = self.path.take() {
            path.leave();
        }
    }

    /// How long to wait now that descriptors have run out; the next pause is twice as long.
    pub(super) fn next_pause_ms(&mut self) -> u32 {
        let pause = self.pause_ms;
        self.pause_ms = pause.saturating_mul(2).min(LONGEST_PAUSE_MS);
        pause
    }

    /// Descriptors are there again.
    pub(super) fn reset_pause(&mut self) {
        self.pause_ms = FIRST_PAUSE_MS;
    }
}

fn bind_host(host: &str, port: u16, options: &Options) -> io::Result<ListenSocket> {
    let all_v4 = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
    let addresses = match host {
        // One socket of the newer family serves both, unless the system has only the older one.
        "*" => vec![SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port), all_v4],
        "localhost" => vec![
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
            SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port),
        ],
        _ => vec![super::resolve::literal(host, port).ok_or(io::ErrorKind::InvalidInput)?],
    };
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match bind_address(address, host == "*", options) {
            Ok(socket) => return Ok(socket),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn bind_address(
    address: SocketAddr,
    both_families: bool,
    options: &Options,
) -> io::Result<ListenSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    if options.reuse_port {
        socket.set_reuse_port(true)?;
    }
    if address.is_ipv6() {
        socket.set_only_v6(!both_families)?;
    }
    // What is accepted has them from the listener.
    options.tcp.apply(SockRef::from(&socket))?;
    socket.bind(&SockAddr::from(address))?;
    socket.listen(options.backlog)?;
    Ok(ListenSocket::Tcp(TcpListener::from_std(socket.into())))
}

fn bind_path(path: &Path, options: &Options) -> io::Result<(ListenSocket, SocketPath)> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    let path = SocketPath::bind(&socket, path)?;
    socket.listen(options.backlog)?;
    Ok((ListenSocket::Unix(UnixListener::from_std(socket.into())), path))
}

/// The family of a descriptor that is to be taken over, made ready for the loop.
fn prepare(descriptor: &OwnedFd, options: &TcpOptions) -> io::Result<Domain> {
    let socket = SockRef::from(descriptor);
    let domain = socket.local_addr()?.domain();
    let is_known = matches!(domain, Domain::IPV4 | Domain::IPV6 | Domain::UNIX);
    if socket.r#type()? != Type::STREAM || !is_known || !socket.is_listener()? {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    socket.set_nonblocking(true)?;
    socket.set_cloexec(true)?;
    if domain != Domain::UNIX {
        options.apply(socket)?;
    }
    Ok(domain)
}
