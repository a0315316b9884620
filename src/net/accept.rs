//! Listening: connections that come in, the limits on them, and what happens when descriptors run
//! out.

use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use mio::Token;

use super::endpoint::{Endpoint, Host, Security};
use super::event_loop::{EventLoop, Resource};
use super::linger::Leaving;
use super::link::Link;
use super::listener::Listener;
use super::peer::Peer;
use super::preface::Preface;
use super::slots::Id;
use super::socket::Stream;
use crate::protocol::connection::Connection;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::reply::Reply;
use crate::protocol::network_address::NetworkAddress;
use crate::protocol::url::Place;

/// Connections that one listener accepts in one turn.
const ACCEPTS: usize = 64;

/// How many connections over the limit are told so at once; more are closed without a word.
const MAX_TURNED_AWAY: u32 = 64;

/// How long a connection over the limit may take to read that it is, in milliseconds.
const TURNED_AWAY_MS: u32 = 1000;

/// A descriptor that is held back. When none is left, it makes room for one more connection, which
/// is closed at once: otherwise the system would announce it for ever, or never again.
#[derive(Debug)]
pub(super) struct Reserve(Option<File>);

impl Reserve {
    pub(super) fn new() -> io::Result<Reserve> {
        File::open("/dev/null").map(|file| Reserve(Some(file)))
    }
}

/// Why a listener accepts no more for now.
enum End {
    /// Nobody waits, or it does not accept.
    Empty,
    /// Others are to have their turn.
    Enough,
    /// Not the connections are at fault: trying on at once would only cost time.
    Failing,
    /// No descriptor is left, or no memory.
    Shortage,
}

/// What is to be done with a connection that has come in.
enum Admission {
    Welcome,
    TellFull,
    Drop,
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Listens at an address.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub fn listen(&mut self, place: &Place, endpoint: Rc<Endpoint<H::Context>>) -> io::Result<Id> {
        let listener = match &self.simulation {
            None => Listener::bind(place, endpoint)?,
            Some(simulation) => {
                let door = simulation.listen(place, endpoint.options.reuse_port)?;
                Listener::simulated(door, endpoint)
            }
        };
        self.add_listener(listener)
    }

    /// Listens on a descriptor that is bound and listens already, and takes it over.
    ///
    /// # Errors
    ///
    /// What the system said; `InvalidInput` for a descriptor that is not a listening stream
    /// socket.
    pub fn listen_on(
        &mut self,
        descriptor: OwnedFd,
        endpoint: Rc<Endpoint<H::Context>>,
    ) -> io::Result<Id> {
        self.add_listener(Listener::adopt(descriptor, endpoint)?)
    }

    fn add_listener(&mut self, listener: Listener<H::Context>) -> io::Result<Id> {
        self.refresh_now();
        let index = self
            .insert(Resource::Listener(Box::new(listener)))
            .map_err(|_| io::ErrorKind::OutOfMemory)?;
        let Some(Resource::Listener(listener)) = self.slots.at_mut(index) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        match listener.register(self.poll.registry(), Token(index as usize)) {
            Ok(()) => self.slots.id_of(index).ok_or_else(|| io::ErrorKind::NotFound.into()),
            Err(error) => {
                self.slots.remove(index);
                Err(error)
            }
        }
    }

    /// Stops listening. Connections that were accepted live on.
    ///
    /// # Errors
    ///
    /// `NotFound` for a stale id.
    pub fn close_listener(&mut self, id: Id) -> Result<(), ErrorCode> {
        let index = self.listener_index(id)?;
        if let Some(Resource::Listener(mut listener)) = self.slots.remove(index) {
            listener.deregister(self.poll.registry());
            if let Some(timer) = listener.timer {
                self.timers.cancel(timer);
            }
        }
        Ok(())
    }

    /// Has new connections of a listener go through something else than those before.
    ///
    /// # Errors
    ///
    /// `NotFound` for a stale id; `InvalidState` for one that is plain, and stays it.
    pub fn secure_listener(&mut self, id: Id, security: Security) -> Result<(), ErrorCode> {
        let index = self.listener_index(id)?;
        match self.slots.at(index) {
            Some(Resource::Listener(listener)) if listener.endpoint.is_plain() => {
                Err(ErrorCode::InvalidState)
            }
            Some(Resource::Listener(listener)) => {
                listener.endpoint.security.replace(security);
                Ok(())
            }
            _ => Err(ErrorCode::NotFound),
        }
    }

    /// The port of a listener; 0 for a Unix-domain socket.
    ///
    /// # Errors
    ///
    /// `NotFound` for a stale id.
    pub fn listener_port(&self, id: Id) -> Result<u16, ErrorCode> {
        let index = self.listener_index(id)?;
        match self.slots.at(index) {
            Some(Resource::Listener(listener)) => Ok(listener.port().unwrap_or(0)),
            _ => Err(ErrorCode::NotFound),
        }
    }

    fn listener_index(&self, id: Id) -> Result<u32, ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        match self.slots.at(index) {
            Some(Resource::Listener(_)) => Ok(index),
            _ => Err(ErrorCode::NotFound),
        }
    }

    /// The turn of a listener.
    pub(super) fn accept_some(&mut self, index: u32) {
        let place = self.ready.place();
        let end = self.accept_until(index);
        // What a client has to say has most likely come with it: it is heard in this round.
        self.ready.bring_forward(place);
        match end {
            End::Empty => {}
            End::Enough => self.enqueue(index),
            End::Failing => self.pause_accepting(index),
            End::Shortage => self.descriptors_ran_out(index),
        }
    }

    /// Accepts until nobody waits any more, or there is a reason to stop.
    fn accept_until(&mut self, index: u32) -> End {
        let mut failures = 0;
        for _ in 0..ACCEPTS {
            let Some(Resource::Listener(listener)) = self.slots.at_mut(index) else {
                return End::Empty;
            };
            if listener.timer.is_some() {
                return End::Empty;
            }
            match listener.accept() {
                Ok((stream, address)) => {
                    listener.reset_pause();
                    let endpoint = Rc::clone(&listener.endpoint);
                    self.welcome(stream, address, endpoint);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return End::Empty,
                Err(error) if is_shortage(&error) => return End::Shortage,
                // This connection was lost before it was accepted; the next one may be well.
                Err(_) => failures += 1,
            }
        }
        match failures {
            ACCEPTS => End::Failing,
            _ => End::Enough,
        }
    }

    fn welcome(
        &mut self,
        stream: Stream,
        address: Option<IpAddr>,
        endpoint: Rc<Endpoint<H::Context>>,
    ) {
        let sender = address.map_or(NetworkAddress::Unix, NetworkAddress::without_port);
        let header = endpoint.options.proxy_header.as_ref();
        if header.is_some_and(|senders| !senders.contains(sender)) {
            return;
        }
        // Who it is whom a proxy passes on its header will tell.
        let address = if header.is_some() { None } else { address };
        let is_crowded = self.addresses.is_crowded(&endpoint, address);
        match admission(&endpoint, is_crowded || self.is_over_budget()) {
            Admission::Welcome => {
                let sender = header.map(|_| sender);
                if let Some(index) = self.add_server_peer(stream, sender, Rc::clone(&endpoint)) {
                    self.addresses.admit(index, &endpoint, address);
                }
            }
            Admission::TellFull if endpoint.is_plain() => {
                if let Some(index) = self.add_server_peer(stream, None, endpoint) {
                    self.tell_full(index);
                }
            }
            // To tell anything through TLS would cost as much as to serve.
            Admission::TellFull | Admission::Drop => drop(stream),
        }
    }

    /// Puts a connection into the loop that has come in. With `sender`, who sent it, a PROXY header
    /// comes first.
    pub(super) fn add_server_peer(
        &mut self,
        mut stream: Stream,
        sender: Option<NetworkAddress>,
        endpoint: Rc<Endpoint<H::Context>>,
    ) -> Option<u32> {
        let jitter = self.kit.random.take::<1>()[0];
        let settings = std::sync::Arc::clone(&endpoint.options.settings);
        let connection = Connection::server(settings, self.clock.now(), jitter);
        let is_plain = endpoint.is_plain();
        let peer = Peer::new(Link::Down, connection, endpoint);
        let index = self.insert(Resource::Peer(peer)).ok()?;
        let (registry, token) = (self.poll.registry(), Token(index as usize));
        let registered = match is_plain {
            true => stream.register_for_reading(registry, token),
            // The handshake of TLS writes without asking.
            false => stream.register(registry, token).map(|()| false),
        };
        match (registered, self.slots.at_mut(index)) {
            (Ok(is_unwatched), Some(Resource::Peer(peer))) => {
                peer.is_writing_unwatched = is_unwatched;
            }
            _ => {
                self.remove_peer(index);
                return None;
            }
        }
        match sender {
            Some(sender) => self.begin_preface(index, Preface::new(stream, sender), &[]),
            None => self.begin_link(index, stream, &[]),
        }
        self.settle_peer(index);
        Some(index)
    }

    /// Answers 503 to a connection over the limit, without reading what it wants.
    pub(super) fn tell_full(&mut self, index: u32) {
        let until = self.kit.now.after_ms(TURNED_AWAY_MS);
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let reply = Reply::refusal(ErrorCode::HandshakeTooManyConnections);
        let versions = peer.connection.settings().versions;
        peer.with_connection(&mut self.kit, |connection, cx| {
            cx.output.compose(|out| reply.write(false, versions, out));
            connection.abort(ErrorCode::HandshakeTooManyConnections);
            // Nobody was told of this connection, so nobody is told of its end.
            connection.receive(&mut crate::protocol::connection::Input::new(&mut []), cx);
        });
        peer.begin_linger(&mut self.kit);
        peer.life.leave(Leaving::Lingering { until, bytes: 64 * 1024 });
        self.enqueue(index);
        self.set_timer(index);
    }

    /// No descriptor is left: one connection is closed with the help of the reserve, so that the
    /// system does not hold it for ever, and accepting pauses.
    fn descriptors_ran_out(&mut self, index: u32) {
        self.reserve.0 = None;
        let Some(Resource::Listener(listener)) = self.slots.at_mut(index) else {
            return;
        };
        let _ = listener.accept();
        self.reserve.0 = File::open("/dev/null").ok();
        self.pause_accepting(index);
    }

    fn pause_accepting(&mut self, index: u32) {
        let Some(Resource::Listener(listener)) = self.slots.at_mut(index) else {
            return;
        };
        let pause = listener.next_pause_ms();
        let at = self.kit.now.after_ms(pause).millis_ceil();
        listener.timer = Some(self.timers.arm(at, index));
        if !self.paused_listeners.contains(&index) {
            self.paused_listeners.push(index);
        }
    }

    /// A descriptor of this loop has been closed: listeners that wait for one go on.
    pub(super) fn descriptor_freed(&mut self) {
        while let Some(index) = self.paused_listeners.pop() {
            if let Some(Resource::Listener(listener)) = self.slots.at_mut(index) {
                if let Some(timer) = listener.timer.take() {
                    self.timers.cancel(timer);
                }
                self.enqueue(index);
            }
        }
        if self.reserve.0.is_none() {
            self.reserve.0 = File::open("/dev/null").ok();
        }
    }
}

/// Whether a listener may take one more connection.
fn admission<C>(endpoint: &Endpoint<C>, is_refused: bool) -> Admission {
    let max = endpoint.options.max_connections;
    let live = endpoint.live.get();
    match () {
        () if live < max && !is_refused => Admission::Welcome,
        () if live < max.saturating_add(MAX_TURNED_AWAY) => Admission::TellFull,
        () => Admission::Drop,
    }
}

/// Whether accepting failed for want of descriptors or memory, and not because of the connection.
fn is_shortage(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM))
}
