//! From a stream to a link that is up: the stages of `pending`, one after another.
//!
//! Which addresses are tried is decided in `dial` and `connect`; what passes over the link once it
//! is up is the business of `turn`.

use mio::Token;

use super::dial::{Dialler, Race};
use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::link::Link;
use super::peer::{Reading, Writing};
use super::pending::Pending;
use super::socket::Stream;
use super::tls::stream::{Shaken, TlsStream};
use crate::protocol::error::ErrorCode;
use crate::protocol::failure::Stage;
use crate::protocol::opcode::Role;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// A stream has been connected or accepted: goes on with what lies between it and the protocol.
    /// `received` has come on it already.
    pub(super) fn begin_link(&mut self, index: u32, stream: Stream, received: &[u8]) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let begun = match peer.endpoint.new_session() {
            Ok(None) => peer.keep(received, true, &mut self.kit).map(|()| Link::Up(stream)),
            Ok(Some(session)) => {
                let mut stream = TlsStream::new(stream, session);
                let kept = stream.receive_early(received, &mut self.kit.tls);
                kept.map(|()| Link::Pending(Box::new(Pending::Securing(Box::new(stream)))))
            }
            Err(error) => Err(error),
        };
        match begun {
            Ok(Link::Up(stream)) => self.link_is_up(index, stream),
            Ok(link) => {
                peer.link = link;
                peer.connection.transport_reached(Stage::Tls, self.kit.now);
                // A server has nothing to say before the client has, of whose words the system tells
                // unless it has done so already.
                let has_come = !received.is_empty() || peer.reading != Reading::Drained;
                if peer.connection.role() == Role::Client || has_come {
                    self.go_on_securing(index);
                }
            }
            Err(error) => peer.connection.lost(error, 0),
        }
    }

    /// The turn of a connection whose link is not up.
    pub(super) fn go_on_pending(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let Link::Pending(pending) = &mut peer.link else {
            return;
        };
        match **pending {
            Pending::Connecting(_) => self.go_on_connecting(index),
            Pending::Preface(_) => self.go_on_preface(index),
            Pending::Securing(_) => self.go_on_securing(index),
            Pending::Proxied(_) => self.go_on_through_proxy(index),
            Pending::Waiting { .. } => self.go_on_waiting(index),
            Pending::Resolving { .. } | Pending::Failed(_) => {}
        }
    }

    /// Looks how the attempts came out, and tries the next address if it is due.
    fn go_on_connecting(&mut self, index: u32) {
        let came_out = self.with_race(index, |race, dialler| match race.winner(dialler) {
            Some(stream) => {
                race.stop(dialler.registry);
                Ok(Some(stream))
            }
            None => race.try_next(dialler).map(|()| None),
        });
        match came_out {
            Some(Ok(Some(stream))) => self.connected(index, stream),
            Some(Err(number)) => self.set_pending(index, Pending::Failed(number)),
            Some(Ok(None)) | None => {}
        }
    }

    /// Goes on with the attempts of a connection, if it is at that stage.
    fn with_race<R>(
        &mut self,
        index: u32,
        work: impl FnOnce(&mut Race, &Dialler<'_>) -> R,
    ) -> Option<R> {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return None;
        };
        let Link::Pending(pending) = &mut peer.link else {
            return None;
        };
        let Pending::Connecting(race) = &mut **pending else {
            return None;
        };
        let dialler = Dialler {
            registry: self.poll.registry(),
            token: Token(index as usize),
            simulation: self.simulation.as_deref(),
            dialling: &peer.endpoint.options.dialling,
            tcp: &peer.endpoint.options.tcp,
            now: self.kit.now,
            deadline: peer.connection.deadline(),
        };
        Some(work(race, &dialler))
    }

    /// Goes on with the handshake of TLS.
    fn go_on_securing(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let Link::Pending(pending) = &mut peer.link else {
            return;
        };
        let Pending::Securing(stream) = &mut **pending else {
            return;
        };
        match stream.shake_hands(&mut self.kit.tls) {
            Shaken::Waiting => {}
            Shaken::Later => peer.reading = Reading::Later,
            Shaken::Ended => peer.connection.lost(ErrorCode::ConnectionLost, 0),
            Shaken::Broken(number) => peer.connection.lost(ErrorCode::ConnectionReset, number),
            Shaken::Done => {
                if let Some(stream) = peer.take_secured() {
                    self.link_is_up(index, stream);
                }
            }
            Shaken::Failed(failure) => {
                // It is up as far as the alert needs it, which the peer has time to read.
                peer.link = peer.take_secured().map_or(Link::Down, Link::Up);
                peer.queue_records(&mut self.kit);
                peer.connection.transport_failed(failure.error, failure.alert);
            }
        }
    }

    /// The link is up: a client's request can leave, or is shown to the owner first.
    pub(super) fn link_is_up(&mut self, index: u32, stream: Stream) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        peer.link = Link::Up(stream);
        if peer.reading == Reading::Drained {
            peer.reading = Reading::Ready;
        }
        peer.writing = Writing::Ready;
        peer.queue_records(&mut self.kit);
        if peer.connection.role() == Role::Server {
            return;
        }
        peer.connection.transport_reached(Stage::Handshake, self.kit.now);
        if peer.endpoint.options.sees_requests {
            peer.connection.announce_request();
            return;
        }
        let nonce = self.kit.random.take();
        peer.with_connection(&mut self.kit, |connection, cx| {
            connection.start_request(nonce, cx);
        });
        peer.flush(&mut self.kit);
    }

    /// Begins a stage, or ends the connection if that fails.
    pub(super) fn set_pending(&mut self, index: u32, pending: Pending) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        peer.connection.transport_reached(pending.stage(), self.kit.now);
        if let Pending::Failed(number) = pending {
            peer.link = Link::Down;
            peer.connection.lost(ErrorCode::ConnectFailed, number);
            return;
        }
        peer.link = Link::Pending(Box::new(pending));
        if let Some(Err(number)) = self.with_race(index, Race::begin) {
            self.set_pending(index, Pending::Failed(number));
        }
    }

    /// Ends what a connection went over.
    pub(super) fn close_link(&mut self, mut link: Link) {
        link.deregister(self.poll.registry());
    }
}
