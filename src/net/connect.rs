//! Dialling within the loop: names looked up elsewhere, addresses tried one after another.

use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::dial::Attempt;
use super::endpoint::{Endpoint, Host};
use super::event_loop::{EventLoop, Resource};
use super::peer::{Link, Peer};
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
    /// Begins to connect, to the proxy on the way to `place` if there is one. Whatever comes of it is reported, at the latest at the deadline of the
    /// handshake, which covers looking the name up, connecting and the handshake itself.
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
        let way = endpoint.options.way.clone();
        let place = way.as_ref().map_or(place, |way| way.place());
        self.add_client(request, endpoint, |event_loop, id| match &event_loop.simulation {
            None => event_loop.begin_dial(place, id),
            Some(simulation) => simulation.dial(place),
        })
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

    fn begin_dial(&mut self, place: &Place, id: Id) -> Pending {
        match place {
            Place::Path(path) => match Stream::connect_unix(Path::new(&**path)) {
                Ok(stream) => Pending::of(stream),
                Err(error) => Pending::Failed(error.raw_os_error().unwrap_or(libc::EIO)),
            },
            Place::Host { host, port } => match literal(host, *port) {
                Some(address) => {
                    Attempt::next(VecDeque::from([address]), 0, self.kit.now, None).into()
                }
                None => match self.resolver.resolve(id, host.clone(), *port) {
                    Ok(()) => {
                        self.lookups += 1;
                        Pending::Resolving
                    }
                    Err(error) => Pending::Failed(error.raw_os_error().unwrap_or(libc::EAGAIN)),
                },
            },
        }
    }

    /// A name has been looked up.
    pub(super) fn resolved(&mut self, answer: Answer) {
        // The connection may have been given up meanwhile.
        let Some(index) = self.slots.index_of(answer.key) else {
            return;
        };
        let now = self.kit.now;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if !peer.link.is_resolving() || peer.connection.has_ended() {
            return;
        }
        match answer.result {
            Ok(addresses) => {
                let attempt = Attempt::next(addresses.into(), 0, now, peer.connection.deadline());
                self.set_pending(index, attempt.into());
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
