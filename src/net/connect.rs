//! Dialling within the loop: names looked up elsewhere, addresses tried one after another.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::dial::Race;
use super::endpoint::{Endpoint, Host};
use super::event_loop::{EventLoop, Resource};
use super::link::Link;
use super::peer::Peer;
use super::pending::Pending;
use super::resolve::{Answer, literal};
use super::slots::Id;
use super::socket::Stream;
use crate::protocol::connection::Connection;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::url::Place;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Begins to connect, to the proxy on the way to `place` if there is one. Whatever comes of it is
    /// reported, at the latest at the deadline of the handshake, which covers looking the name up,
    /// connecting and the handshake itself.
    ///
    /// # Errors
    ///
    /// `LoopFreed` while the loop is shut down, `OutOfMemory` if it is full.
    pub fn connect(
        &mut self,
        place: &Place,
        request: ClientRequest,
        endpoint: Rc<Endpoint<H::Context>>,
    ) -> Result<Id, ErrorCode> {
        if self.is_shut {
            return Err(ErrorCode::LoopFreed);
        }
        self.refresh_now();
        endpoint.note_dialled(place, &request, self.kit.now);
        let of_all = Rc::clone(&endpoint);
        self.add_client(request, endpoint, |event_loop, id| event_loop.dial(place, &of_all, id))
    }

    /// Begins with the way to a place, or to the proxy that leads there.
    pub(super) fn dial(
        &mut self,
        place: &Place,
        endpoint: &Endpoint<H::Context>,
        id: Id,
    ) -> Pending {
        let addresses = &endpoint.options.dialling.addresses;
        match &*endpoint.way.borrow() {
            Some(way) => self.begin_dial(way.place(), &[], id),
            None if endpoint.is_elsewhere() => self.begin_dial(place, &[], id),
            None => self.begin_dial(place, addresses, id),
        }
    }

    /// Puts a client into the loop and begins to dial.
    ///
    /// # Errors
    ///
    /// `OutOfMemory` if the loop is full.
    pub(super) fn add_client(
        &mut self,
        request: ClientRequest,
        endpoint: Rc<Endpoint<H::Context>>,
        dial: impl FnOnce(&mut EventLoop<H>, Id) -> Pending,
    ) -> Result<Id, ErrorCode> {
        let index = self.add_client_peer(request, endpoint)?;
        let id = self.slots.id_of(index).ok_or(ErrorCode::NotFound)?;
        let pending = dial(self, id);
        self.set_pending(index, pending);
        self.settle_peer(index);
        Ok(id)
    }

    pub(super) fn add_client_peer(
        &mut self,
        request: ClientRequest,
        endpoint: Rc<Endpoint<H::Context>>,
    ) -> Result<u32, ErrorCode> {
        let [jitter] = self.kit.random.take();
        let settings = Arc::clone(&endpoint.options.settings);
        let now = self.clock.now();
        let connection = Connection::client(settings, Box::new(request), now, jitter);
        self.insert(Resource::Peer(Peer::new(Link::Down, connection, endpoint)))
    }

    /// The first stage on the way to a place, which is at these addresses if there are any.
    fn begin_dial(&mut self, place: &Place, addresses: &[IpAddr], id: Id) -> Pending {
        let (host, port) = match (place, &self.simulation) {
            (Place::Path(path), None) => return Stream::connect_unix(Path::new(&**path)).into(),
            (Place::Path(_), Some(simulation)) => return simulation.dial(place).into(),
            (Place::Host { host, port }, _) => (host, *port),
        };
        let mut addresses: Vec<_> = addresses.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
        if addresses.is_empty() {
            addresses.extend(literal(host, port));
        }
        match &self.simulation {
            _ if !addresses.is_empty() => Pending::Connecting(Race::among(&addresses)),
            Some(simulation) => simulation.dial(place).into(),
            None => self.begin_lookup(id, host, port),
        }
    }

    fn begin_lookup(&mut self, id: Id, host: &str, port: u16) -> Pending {
        match self.resolver.resolve(id, host.into(), port) {
            Ok(()) => {
                self.lookups += 1;
                Pending::Resolving { host: host.into(), port }
            }
            Err(error) => Pending::Failed(error.raw_os_error().unwrap_or(libc::EAGAIN)),
        }
    }

    /// A name has been looked up.
    pub(super) fn resolved(&mut self, answer: Answer) {
        // The connection may have been given up meanwhile.
        let Some(index) = self.slots.index_of(answer.key) else {
            return;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let is_awaited = peer.link.is_resolving_name(&answer.host, answer.port);
        if !is_awaited || peer.connection.has_ended() {
            return;
        }
        match answer.result {
            Ok(addresses) => {
                self.set_pending(index, Pending::Connecting(Race::among(&addresses)));
            }
            Err(error) => {
                let number = error.raw_os_error().unwrap_or(0);
                peer.connection.lost(ErrorCode::ResolveFailed, number);
                peer.link = Link::Down;
            }
        }
        self.settle_peer(index);
    }

    /// Sends the request of a connection that was handed out when its stream was up.
    ///
    /// # Errors
    ///
    /// `NotFound`, `InvalidState` if none was handed out, `Closed` if the connection has been given
    /// up since.
    pub fn send_request(&mut self, id: Id, request: &ClientRequest) -> Result<(), ErrorCode> {
        let nonce = self.kit.random.take();
        self.operate(id, |peer, kit| {
            peer.with_connection(kit, |connection, cx| connection.send_request(request, nonce, cx))
        })
    }
}
