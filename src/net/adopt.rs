//! Connections that begin with a socket of the owner's, which somebody else has connected or accepted.

use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::Arc;

use mio::Token;
use socket2::{Domain, SockRef, Type};

use super::endpoint::{Endpoint, Host};
use super::event_loop::{EventLoop, RECEIVE_BUFFER_BYTES, Resource};
use super::link::Link;
use super::peer::Peer;
use super::pending::Pending;
use super::preface::Preface;
use super::slots::Id;
use super::socket::Stream;
use super::tcp_options::TcpOptions;
use crate::protocol::connection::Connection;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::opcode::Role;

/// Why a socket could not be taken over.
#[derive(Debug)]
pub enum AdoptError {
    /// It is no stream socket of a known family, or something else does not fit.
    Refused(ErrorCode),
    /// The system said no, as it does for a socket that is not connected.
    System(io::Error),
}

impl From<ErrorCode> for AdoptError {
    fn from(error: ErrorCode) -> AdoptError {
        AdoptError::Refused(error)
    }
}

impl From<io::Error> for AdoptError {
    fn from(error: io::Error) -> AdoptError {
        AdoptError::System(error)
    }
}

/// What a connection begins with that is adopted.
#[derive(Debug)]
pub struct Adopted<'a> {
    /// The connected socket.
    pub descriptor: OwnedFd,
    /// What was received on it already, at most [`RECEIVE_BUFFER_BYTES`].
    pub received: &'a [u8],
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Serves a connection that was accepted elsewhere. What was received begins with the request, or
    /// with what comes in front of it.
    ///
    /// # Errors
    ///
    /// See [`AdoptError`]: `InvalidArgument`, `TooLong`, `LoopFreed`, `OutOfMemory`; `Unsupported` in a
    /// simulated network.
    pub fn adopt_server(
        &mut self,
        adopted: Adopted<'_>,
        endpoint: Rc<Endpoint<H::Context>>,
    ) -> Result<Id, AdoptError> {
        let settings = Arc::clone(&endpoint.options.settings);
        let [jitter] = self.kit.random.take();
        let mut connection = Connection::server(settings, self.clock.now(), jitter);
        // Its id is known, so that its end must be told in any case.
        connection.announce();
        self.adopt(adopted, connection, endpoint, Self::begin_served)
    }

    /// Goes on with a connection whose opening handshake was done elsewhere. What was received begins
    /// with the first frame.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::adopt_server`]; `Unsupported` for an endpoint of TLS, whose keys would be
    /// missing.
    pub fn adopt_open(
        &mut self,
        adopted: Adopted<'_>,
        role: Role,
        subprotocol: Option<&str>,
        endpoint: Rc<Endpoint<H::Context>>,
    ) -> Result<Id, AdoptError> {
        if !endpoint.is_plain() {
            return Err(ErrorCode::Unsupported.into());
        }
        let settings = Arc::clone(&endpoint.options.settings);
        let [jitter] = self.kit.random.take();
        let now = self.clock.now();
        let connection = Connection::agreed(role, subprotocol, settings, now, jitter);
        self.adopt(adopted, connection, endpoint, Self::begin_link)
    }

    /// Sends a request over a connection that was made elsewhere. It takes the way of one that is
    /// dialled, from the moment at which its stream is up.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::adopt_server`].
    pub fn adopt_client(
        &mut self,
        descriptor: OwnedFd,
        request: ClientRequest,
        endpoint: Rc<Endpoint<H::Context>>,
    ) -> Result<Id, AdoptError> {
        let stream = self.adopt_stream(descriptor, &endpoint.options.tcp)?;
        let index = self.add_client_peer(request, endpoint)?;
        self.set_pending(index, Pending::of(stream));
        self.settle_peer(index);
        Ok(self.slots.id_of(index).ok_or(ErrorCode::NotFound)?)
    }

    fn adopt(
        &mut self,
        adopted: Adopted<'_>,
        connection: Connection,
        endpoint: Rc<Endpoint<H::Context>>,
        begin: fn(&mut Self, u32, Stream, &[u8]),
    ) -> Result<Id, AdoptError> {
        if adopted.received.len() > RECEIVE_BUFFER_BYTES {
            return Err(ErrorCode::TooLong.into());
        }
        let mut stream = self.adopt_stream(adopted.descriptor, &endpoint.options.tcp)?;
        let peer = Peer::new(Link::Down, connection, endpoint);
        let index = self.insert(Resource::Peer(peer))?;
        let token = Token(index as usize);
        if let Err(error) = stream.register(self.poll.registry(), token) {
            self.remove_peer(index);
            return Err(error.into());
        }
        begin(self, index, stream, adopted.received);
        self.settle_peer(index);
        Ok(self.slots.id_of(index).ok_or(ErrorCode::NotFound)?)
    }

    /// Begins as a listener would have: with a PROXY header, where one is asked for.
    fn begin_served(&mut self, index: u32, stream: Stream, received: &[u8]) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let Some(senders) = &peer.endpoint.options.proxy_header else {
            return self.begin_link(index, stream, received);
        };
        match stream.peer_network_address().filter(|sender| senders.contains(*sender)) {
            Some(sender) => self.begin_preface(index, Preface::new(stream, sender), received),
            None => {
                peer.connection.lost(ErrorCode::HandshakeProxyHeader, 0);
                self.close_link(Link::Up(stream));
            }
        }
    }

    fn adopt_stream(
        &mut self,
        descriptor: OwnedFd,
        options: &TcpOptions,
    ) -> Result<Stream, AdoptError> {
        if self.is_shut {
            return Err(ErrorCode::LoopFreed.into());
        }
        if self.is_simulated() {
            return Err(ErrorCode::Unsupported.into());
        }
        self.refresh_now();
        Ok(match prepare(&descriptor, options)? {
            Domain::UNIX => Stream::Unix(descriptor),
            _ => Stream::Tcp(descriptor),
        })
    }
}

/// The family of a socket that is to be taken over, made ready for the loop.
fn prepare(descriptor: &OwnedFd, options: &TcpOptions) -> Result<Domain, AdoptError> {
    let socket = SockRef::from(descriptor);
    let domain = socket.local_addr()?.domain();
    let is_known = matches!(domain, Domain::IPV4 | Domain::IPV6 | Domain::UNIX);
    if !is_known || socket.r#type()? != Type::STREAM {
        return Err(ErrorCode::InvalidArgument.into());
    }
    socket.peer_addr()?;
    socket.set_nonblocking(true)?;
    socket.set_cloexec(true)?;
    if domain != Domain::UNIX {
        options.apply(socket)?;
    }
    Ok(domain)
}
