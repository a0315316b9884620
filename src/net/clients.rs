//! Who is there behind a proxy that is believed: kept apart from the connections, most of which have
//! nobody between them and their peer.

use std::collections::HashMap;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::link::Link;
use super::peer::Peer;
use super::slots::Id;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::Event;
use crate::protocol::forwarded::Forwarding;
use crate::protocol::handshake::request::Request;
use crate::protocol::network_address::NetworkAddress;
use crate::protocol::proxy_header::{ProxyHeader, Values};

/// What proxies have told of a connection.
#[derive(Debug, Default)]
pub(super) struct Client {
    /// Where the client is.
    address: Option<NetworkAddress>,
    /// What the client has connected to.
    destination: Option<NetworkAddress>,
    values: Values,
}

impl Client {
    /// What a header tells.
    pub(super) fn told_by(header: ProxyHeader) -> Client {
        Client {
            address: header.route.map(|route| route.source),
            destination: header.route.map(|route| route.destination),
            values: header.values,
        }
    }
}

/// The clients of which proxies have told, by the slots of their connections.
#[derive(Debug, Default)]
pub(super) struct Clients(HashMap<u32, Client>);

impl Clients {
    pub(super) fn note(&mut self, index: u32, client: Client) {
        // Of its own connections a proxy has nothing to tell.
        if client.address.is_some() {
            self.0.insert(index, client);
        }
    }

    pub(super) fn forget(&mut self, index: u32) {
        if !self.0.is_empty() {
            self.0.remove(&index);
        }
    }

    fn address(&self, index: u32) -> Option<NetworkAddress> {
        self.0.get(&index)?.address
    }

    /// Looks in a request for whom it was passed on.
    fn look(
        &mut self,
        index: u32,
        stream: Option<NetworkAddress>,
        request: &Request,
        forwarding: &Forwarding,
    ) {
        let Some(sender) = self.address(index).or(stream) else {
            return;
        };
        let name = forwarding.field_name();
        let fields = (0..).map_while(|at| request.header(name, at)).collect::<Vec<_>>();
        let client = forwarding.client(sender, &fields);
        if client != sender {
            self.0.entry(index).or_default().address = Some(client);
        }
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Looks in the request of an event for whom it was passed on, where that is believed.
    pub(super) fn note_client(&mut self, index: u32, event: &Event<'_>) {
        if let Event::Request(request) | Event::HttpRequest(request) = event
            && let Some(Resource::Peer(peer)) = self.slots.at(index)
            && let Some(forwarding) = &peer.endpoint.options.forwarding
        {
            self.clients.look(index, address_of(peer), request, forwarding);
        }
    }

    /// The peer's address, which is that of the client where a proxy that is believed has told it;
    /// empty while there is none.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn peer_address(&self, id: Id) -> Result<String, ErrorCode> {
        match self.told_of(id)?.and_then(|client| client.address) {
            Some(address) => Ok(address.to_string()),
            None => self.socket_peer_address(id),
        }
    }

    /// The address at the other end of the socket, whoever is there; empty while there is none.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn socket_peer_address(&self, id: Id) -> Result<String, ErrorCode> {
        match &self.peer(id)?.link {
            Link::Up(stream) => Ok(stream.peer_address().unwrap_or_default()),
            _ => Ok(String::new()),
        }
    }

    /// What the client has connected to, as the PROXY header tells; empty if there was none.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn destination_address(&self, id: Id) -> Result<String, ErrorCode> {
        let destination = self.told_of(id)?.and_then(|client| client.destination);
        Ok(destination.map(|address| address.to_string()).unwrap_or_default())
    }

    /// A value of the PROXY header.
    ///
    /// # Errors
    ///
    /// `NotFound`, also if the header has no such value.
    pub fn proxy_value(&self, id: Id, kind: u8) -> Result<&[u8], ErrorCode> {
        let value = self.told_of(id)?.and_then(|client| client.values.get(kind));
        value.ok_or(ErrorCode::NotFound)
    }

    fn told_of(&self, id: Id) -> Result<Option<&Client>, ErrorCode> {
        self.peer(id)?;
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        Ok(self.clients.0.get(&index))
    }
}

/// The address at the other end of the socket.
fn address_of<C>(peer: &Peer<C>) -> Option<NetworkAddress> {
    match &peer.link {
        Link::Up(stream) => stream.peer_network_address(),
        _ => None,
    }
}
