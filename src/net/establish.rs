//! From a stream to a link that is up: the stages of `pending`, one after another.
//!
//! Which addresses are tried is decided in `dial` and `connect`; what passes over the link once it
//! is up is the business of `turn`.

use mio::Token;

use super::dial::Attempt;
use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::peer::{Link, Reading, Writing};
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
                peer.connection.transport_reached(Stage::Tls);
                // A server has nothing to say before the client has.
                if peer.connection.role() == Role::Client || !received.is_empty() {
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
            Pending::Resolving | Pending::Failed(_) => {}
        }
    }

    /// Looks how the attempt came out, and tries the next address if it failed.
    fn go_on_connecting(&mut self, index: u32) {
        let now = self.kit.now;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let deadline = peer.connection.deadline();
        let Link::Pending(pending) = &mut peer.link else {
            return;
        };
        let Pending::Connecting(attempt) = &mut **pending else {
            return;
        };
        let outcome = match attempt.stream.connected() {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(error.raw_os_error().unwrap_or(libc::EIO)),
            None if attempt.until.is_some_and(|until| now >= until) => Err(libc::ETIMEDOUT),
            None => return,
        };
        let Link::Pending(pending) = std::mem::replace(&mut peer.link, Link::Down) else {
            return;
        };
        let Pending::Connecting(Attempt { mut stream, rest, .. }) = *pending else {
            return;
        };
        match outcome {
            Ok(()) => self.connected(index, stream),
            Err(error) => {
                stream.deregister(self.poll.registry());
                drop(stream);
                self.set_pending(index, Attempt::next(rest, error, now, deadline).into());
            }
        }
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
        peer.connection.transport_reached(Stage::Handshake);
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

    /// Begins a stage that has a stream of its own, or none: registers it, or ends the connection.
    pub(super) fn set_pending(&mut self, index: u32, mut pending: Pending) {
        let token = Token(index as usize);
        if let Some(stream) = pending.stream_mut()
            && let Err(error) = stream.register(self.poll.registry(), token)
        {
            pending = Pending::Failed(error.raw_os_error().unwrap_or(libc::EIO));
        }
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        peer.connection.transport_reached(pending.stage());
        match pending {
            Pending::Failed(number) => {
                peer.link = Link::Down;
                peer.connection.lost(ErrorCode::ConnectFailed, number);
            }
            pending => peer.link = Link::Pending(Box::new(pending)),
        }
    }

    /// Ends what a connection went over.
    pub(super) fn close_link(&mut self, mut link: Link) {
        if let Some(stream) = link.stream_mut() {
            stream.deregister(self.poll.registry());
        }
    }
}
