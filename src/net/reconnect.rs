//! Connections that come back: after its end a client waits, and is made once more behind the same id.
//!
//! Whether and when is decided in `protocol::comeback` and `protocol::backoff`. What an ended connection
//! went over goes on in a slot of its own until it has been closed as any other, while the new one is
//! being made already.

use std::rc::Rc;
use std::sync::Arc;

use mio::Token;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::linger::Leaving;
use super::link::Link;
use super::peer::Peer;
use super::pending::Pending;
use super::slots::Id;
use crate::protocol::connection::Connection;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::CloseReport;
use crate::protocol::failure::Stage;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::opcode::MessageType;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// A connection has ended: unless that is its last end, another one waits in its place from now on,
    /// so many milliseconds.
    pub(super) fn come_back(&mut self, index: u32, report: &CloseReport) -> Option<u32> {
        let now = self.kit.now;
        if self.is_shut {
            return None;
        }
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return None;
        };
        let endpoint = Rc::clone(&peer.endpoint);
        let delay_ms = {
            let mut dialled = endpoint.dialled.borrow_mut();
            let dialled = dialled.as_mut().filter(|dialled| dialled.comes_back())?;
            let random = u64::from_le_bytes(self.kit.random.take());
            dialled.next_delay(report.advice(), now, random)?
        };
        endpoint.end_detour();
        let request = endpoint.dialled.borrow().as_ref().map(|dialled| dialled.current().1.clone());
        let until = now.after_ms(delay_ms);
        let link = Link::Pending(Box::new(Pending::Waiting { until }));
        self.replace(index, request?, link, Stage::Waiting, report.linger);
        Some(delay_ms)
    }

    /// Puts a connection that is not made yet in the place of one that has ended.
    pub(super) fn replace(
        &mut self,
        index: u32,
        request: ClientRequest,
        link: Link,
        stage: Stage,
        lingers: bool,
    ) {
        let now = self.kit.now;
        let [jitter] = self.kit.random.take();
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let endpoint = Rc::clone(&peer.endpoint);
        let settings = Arc::clone(&endpoint.options.settings);
        let mut connection = Connection::client(settings, Box::new(request), now, jitter);
        connection.set_opening_deadline(None);
        connection.transport_reached(stage, now);
        let mut fresh = Peer::new(link, connection, endpoint);
        fresh.user = peer.user;
        fresh.is_queued = peer.is_queued;
        fresh.is_dirty = peer.is_dirty;
        let ended = std::mem::replace(peer, fresh);
        if let (Some(id), true) = (self.slots.id_of(index), ended.refuses_sends) {
            self.mailbox().set_congested(id, false);
        }
        self.let_go(ended, lingers);
    }

    /// Ends what a connection that has ended went over, in a slot of which nobody knows.
    fn let_go(&mut self, mut ended: Peer<H::Context>, lingers: bool) {
        if let Some(timer) = ended.timer.take() {
            self.timers.cancel(timer);
        }
        (ended.is_queued, ended.is_dirty, ended.refuses_sends) = (false, false, false);
        ended.link.deregister(self.poll.registry());
        ended.life.leave(Leaving::Over);
        if lingers && matches!(ended.link, Link::Up(_)) {
            ended.flush(&mut self.kit);
            ended.begin_linger(&mut self.kit);
        }
        let Ok(index) = self.insert(Resource::Peer(ended)) else {
            return;
        };
        if let Some(Resource::Peer(ended)) = self.slots.at_mut(index)
            && !ended.life.is_over()
            && let Link::Up(stream) = &mut ended.link
            && stream.register(self.poll.registry(), Token(index as usize)).is_err()
        {
            ended.life.leave(Leaving::Over);
        }
        self.finish_peer(index);
    }

    /// The turn of a connection that waits: makes it, if it has waited long enough.
    pub(super) fn go_on_waiting(&mut self, index: u32) {
        let now = self.kit.now;
        let id = self.slots.id_of(index);
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let is_over = peer.link.waits_until().is_some_and(|until| now >= until);
        let endpoint = Rc::clone(&peer.endpoint);
        let (Some(id), true) = (id, is_over) else {
            return;
        };
        let Some((place, deadline)) = endpoint.next_attempt(now) else {
            return;
        };
        peer.connection.set_opening_deadline(deadline);
        let pending = self.dial(&place, &endpoint, id);
        self.set_pending(index, pending);
    }

    /// Keeps a message that cannot be sent because of `error` until the connection is open, where that is
    /// wanted.
    ///
    /// # Errors
    ///
    /// `error` where it is not, `NotFound`, `InvalidUtf8`, `WouldExceed`, `OutOfMemory`.
    #[cold]
    pub(super) fn put_aside(
        &mut self,
        id: Id,
        kind: MessageType,
        parts: &[&[u8]],
        error: ErrorCode,
    ) -> Result<(), ErrorCode> {
        self.peer(id)?.endpoint.put_aside(kind, parts, error)
    }

    /// As [`EventLoop::put_aside`], for a message of another thread, whose next one is refused if as much
    /// waits as may.
    pub(super) fn put_aside_accepted(&mut self, id: Id, kind: MessageType, payload: &[u8]) {
        let Some(index) = self.slots.index_of(id) else {
            return;
        };
        let Some(peer) = self.live_peer(index) else {
            return;
        };
        if peer.endpoint.put_aside_accepted(kind, payload) == Some(false) {
            self.refuse_sends(index, true);
        }
    }

    /// Sends the messages that have waited until the connection is open, in their order. Those that it
    /// does not take, because it is closing or a message leaves in pieces, go on waiting.
    pub(super) fn send_waiting(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let endpoint = Rc::clone(&peer.endpoint);
        let mut dialled = endpoint.dialled.borrow_mut();
        let Some(dialled) = dialled.as_mut().filter(|dialled| dialled.first_waiting().is_some())
        else {
            return;
        };
        while let Some(message) = dialled.first_waiting()
            && peer.connection.check_send(MessageType::Binary, &[]).is_ok()
        {
            let (kind, payload) = (message.kind, &message.payload);
            let sent = peer.with_connection(&mut self.kit, |connection, cx| {
                connection.send(kind, payload, cx)
            });
            if sent.is_err() {
                break;
            }
            dialled.forget_first();
        }
        let is_full = peer.is_full();
        self.refuse_sends(index, is_full);
    }
}
