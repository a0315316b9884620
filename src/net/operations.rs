//! What an owner can do to a connection by its id, and what other threads asked for.

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::mailbox::Command;
use super::parcel::{Delivery, Parcel};
use super::peer::{Intake, Kit, Life, Link, Peer, Pressure, Reading};
use super::slots::Id;
use crate::protocol::close::CloseFrame;
use crate::protocol::connection::CloseState;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::reply::Reply;
use crate::protocol::opcode::MessageType;
use crate::protocol::version::Version;

/// How far a connection has come, as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The name is being looked up.
    Resolving,
    /// An address is being tried.
    Connecting,
    /// The opening handshake has not ended.
    Handshake,
    /// Messages pass.
    Open,
    /// A Close frame has passed.
    Closing,
    /// It has ended, and its end will be reported.
    Closed,
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Sends a message. It leaves at the end of the connection's turn or of the round; outside of
    /// a round at once.
    ///
    /// # Errors
    ///
    /// `NotFound`, `NotOpen`, `Closed`, `InvalidUtf8`, `OutOfMemory`, and `WouldExceed` if too
    /// much waits already; nothing is sent then.
    #[inline(always)]
    pub fn send(&mut self, id: Id, kind: MessageType, payload: &[u8]) -> Result<(), ErrorCode> {
        if let Some(turn) = &self.turn
            && turn.id == id
            && let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index)
            && peer.send_short(kind, payload, self.kit.now)
        {
            return Ok(());
        }
        self.send_any(id, kind, payload)
    }

    /// Sends a message of any length, from anywhere.
    #[inline(never)]
    fn send_any(&mut self, id: Id, kind: MessageType, payload: &[u8]) -> Result<(), ErrorCode> {
        self.refresh_now();
        let sent = live(self.slots.get_mut(id))?.send(kind, payload, &mut self.kit);
        if self.turn.as_ref().is_none_or(|turn| turn.id != id) {
            self.after_send(id, sent);
        }
        sent
    }

    /// What follows from a send outside of the connection's turn.
    fn after_send(&mut self, id: Id, sent: Result<(), ErrorCode>) {
        let Some(index) = self.slots.index_of(id) else {
            return;
        };
        match sent {
            Ok(()) => self.note_output(index),
            Err(ErrorCode::WouldExceed) => self.settle_peer(index),
            Err(_) => {}
        }
    }

    /// Sends a message that lies in several places.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::send`].
    pub fn send_parts(
        &mut self,
        id: Id,
        kind: MessageType,
        parts: &[&[u8]],
    ) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| peer.send_parts(kind, parts, kit))
    }

    /// Sends a message, and has the parcel delivered when the system has taken it, or it is clear
    /// that it will not.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::send`]; the parcel is dropped then.
    pub fn send_with(
        &mut self,
        id: Id,
        kind: MessageType,
        payload: &[u8],
        parcel: Box<dyn Parcel>,
    ) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.send(kind, payload, kit)?;
            peer.note(id, parcel, kit);
            Ok(())
        })
    }

    /// Sends the payload of a parcel, which is delivered when it is not needed any more.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::send`]; the parcel is dropped then.
    pub fn send_parcel(
        &mut self,
        id: Id,
        kind: MessageType,
        parcel: Box<dyn Parcel>,
    ) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.check_room(kit)?;
            peer.send_parcel(id, kind, parcel, kit).map_err(|(error, _)| error)
        })
    }

    /// Begins a message whose pieces follow. What other threads have sent before leaves before it;
    /// what they send until it ends is refused.
    ///
    /// # Errors
    ///
    /// `NotFound`, `NotOpen`, `Closed`, `InvalidState` while another one leaves in pieces.
    pub fn begin_message(&mut self, id: Id, kind: MessageType) -> Result<(), ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        live(self.slots.at_mut(index))?.connection.check_send(kind, &[])?;
        self.refuse_sends(index, true);
        self.take_all_commands();
        let begun = self.operate(id, |peer, _| peer.connection.begin_message(kind));
        if begun.is_err() {
            self.let_sends_in(id);
        }
        begun
    }

    /// Sends a piece of the message that was begun, the last one if `fin`.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::send`], `InvalidState` if no message was begun.
    pub fn send_piece(&mut self, id: Id, bytes: &[u8], fin: bool) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| peer.send_piece(bytes, fin, kit))?;
        if fin {
            self.let_sends_in(id);
        }
        Ok(())
    }

    /// No message leaves in pieces any more: other threads may send again, if there is room.
    fn let_sends_in(&mut self, id: Id) {
        let Some(index) = self.slots.index_of(id) else {
            return;
        };
        let is_full = self.live_peer(index).is_some_and(Peer::is_full);
        if self.refuse_sends(index, is_full) {
            self.tell_of_room(id);
        }
    }

    /// Sends a pong.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::send`], and `TooLong` for more than 125 bytes.
    pub fn pong(&mut self, id: Id, payload: &[u8]) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.check_room(kit)?;
            peer.with_connection(kit, |connection, cx| connection.pong(payload, cx))
        })
    }

    /// Sends a ping; the pong that answers it is reported.
    ///
    /// # Errors
    ///
    /// As [`EventLoop::send`], and `TooLong` for more than 125 bytes.
    pub fn ping(&mut self, id: Id, payload: &[u8]) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.check_room(kit)?;
            peer.with_connection(kit, |connection, cx| connection.ping(payload, cx))
        })
    }

    /// Begins the closing handshake, or gives up a connection that is not open yet.
    ///
    /// # Errors
    ///
    /// `NotFound`, and `Closed` if it is closing already.
    pub fn close(&mut self, id: Id, frame: CloseFrame) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.with_connection(kit, |connection, cx| connection.close(frame, cx))?;
            // The peer's Close frame has to be read.
            peer.resume_reading(kit.now);
            Ok(())
        })
    }

    /// Ends a connection at once, without a closing handshake.
    ///
    /// # Errors
    ///
    /// `NotFound`, and `Closed` if it has ended already.
    pub fn abort(&mut self, id: Id) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            if peer.connection.has_ended() {
                return Err(ErrorCode::Closed);
            }
            peer.connection.abort(ErrorCode::Cancelled);
            peer.drop_output(kit);
            Ok(())
        })
    }

    /// Accepts a request that waits for a decision, with the subprotocol and the fields of a reply.
    ///
    /// # Errors
    ///
    /// `NotFound`, `InvalidState`, `Closed`, `SubprotocolNotOffered`.
    pub fn accept(&mut self, id: Id, reply: &Reply) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.with_connection(kit, |connection, cx| {
                connection.accept(reply.subprotocol(), reply.headers(), cx)
            })
        })
    }

    /// Answers a request that waits with an ordinary response.
    ///
    /// # Errors
    ///
    /// `NotFound`, `InvalidState`, `Closed`.
    pub fn respond(&mut self, id: Id, reply: &Reply) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.with_connection(kit, |connection, cx| connection.respond(reply, cx))
        })
    }

    /// Stops reading from a connection: nothing more is reported of what the peer sends.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn pause_reading(&mut self, id: Id) -> Result<(), ErrorCode> {
        self.operate(id, |peer, _| {
            if peer.intake == Intake::Open {
                peer.stop_reading(Intake::Paused);
            }
            Ok(())
        })
    }

    /// Reads from a connection again.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn resume_reading(&mut self, id: Id) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.resume_reading(kit.now);
            Ok(())
        })
    }

    /// Bytes that wait to be sent.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn queued_bytes(&self, id: Id) -> Result<usize, ErrorCode> {
        Ok(self.peer(id)?.queued_bytes())
    }

    /// How far a connection has come.
    ///
    /// # Errors
    ///
    /// `NotFound`, also after its end has been reported.
    pub fn state(&self, id: Id) -> Result<State, ErrorCode> {
        let peer = self.peer(id)?;
        let connection = &peer.connection;
        Ok(match connection.close_state() {
            CloseState::Closed => State::Closed,
            CloseState::CloseSent | CloseState::CloseReceived => State::Closing,
            CloseState::Open if peer.link.is_resolving() => State::Resolving,
            CloseState::Open if matches!(peer.link, Link::Dialing(_)) => State::Connecting,
            CloseState::Open if connection.is_opening() && !connection.is_agreed() => {
                State::Handshake
            }
            CloseState::Open => State::Open,
        })
    }

    /// How far the closing handshake of a connection has come.
    ///
    /// # Errors
    ///
    /// `NotFound`, also after its end has been reported.
    pub fn close_state(&self, id: Id) -> Result<CloseState, ErrorCode> {
        Ok(self.peer(id)?.connection.close_state())
    }

    /// What the owner attached to a connection.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn user(&self, id: Id) -> Result<usize, ErrorCode> {
        Ok(self.peer(id)?.user)
    }

    /// Attaches something to a connection.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn set_user(&mut self, id: Id, user: usize) -> Result<(), ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        live(self.slots.at_mut(index))?.user = user;
        Ok(())
    }

    /// The subprotocol that was agreed on.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn subprotocol(&self, id: Id) -> Result<Option<&str>, ErrorCode> {
        Ok(self.peer(id)?.connection.subprotocol())
    }

    /// The version that was agreed on.
    ///
    /// # Errors
    ///
    /// `NotFound`, and `NotOpen` before the opening handshake has ended.
    pub fn version(&self, id: Id) -> Result<Version, ErrorCode> {
        let connection = &self.peer(id)?.connection;
        if connection.is_opening() && !connection.is_agreed() {
            return Err(ErrorCode::NotOpen);
        }
        Ok(connection.version())
    }

    /// The peer's address; empty while there is none.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn peer_address(&self, id: Id) -> Result<String, ErrorCode> {
        match &self.peer(id)?.link {
            Link::Up(stream) => Ok(stream.peer_address().unwrap_or_default()),
            _ => Ok(String::new()),
        }
    }

    /// This side's address; empty while there is none.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub fn local_address(&self, id: Id) -> Result<String, ErrorCode> {
        match &self.peer(id)?.link {
            Link::Up(stream) => Ok(stream.local_address().unwrap_or_default()),
            _ => Ok(String::new()),
        }
    }

    pub(super) fn peer(&self, id: Id) -> Result<&Peer<H::Context>, ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        self.live_peer(index).ok_or(ErrorCode::NotFound)
    }

    /// Does something to a connection and what follows from it.
    pub(super) fn operate(
        &mut self,
        id: Id,
        work: impl FnOnce(&mut Peer<H::Context>, &mut Kit) -> Result<(), ErrorCode>,
    ) -> Result<(), ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        self.refresh_now();
        let done = work(live(self.slots.at_mut(index))?, &mut self.kit);
        self.note_output(index);
        if self.turn.as_ref().is_none_or(|turn| turn.index != index) {
            self.settle_peer(index);
        }
        done
    }

    /// Does what another thread asked for. Its outcome interests nobody any more: the connection
    /// may have ended while the command was under way.
    pub(super) fn obey(&mut self, command: Command<H::Action>) {
        let _ = match command {
            Command::Send(id, kind, payload) => self.send_accepted(id, kind, &payload),
            Command::SendParcel(id, kind, parcel) => {
                self.send_accepted_parcel(id, kind, parcel);
                Ok(())
            }
            Command::Pong(id, payload) => self.pong(id, &payload),
            Command::Ping(id, payload) => self.ping(id, &payload),
            Command::Close(id, frame) => self.close(id, frame),
            Command::Abort(id) => self.abort(id),
            Command::Accept(id, reply) => self.accept(id, &reply),
            Command::Respond(id, reply) => self.respond(id, &reply),
            Command::Post(_) => Ok(()),
        };
    }

    /// Whoever was refused a send to a connection is told when there is room.
    pub(super) fn tell_of_room(&mut self, id: Id) {
        if let Some(Resource::Peer(peer)) = self.slots.get_mut(id)
            && peer.life == Life::Live
            && peer.connection.is_open()
        {
            if peer.connection.is_sending_pieces() {
                // Told when the message has ended.
                return self.mailbox().keep_refused(id);
            }
            let half = peer.endpoint.options.max_queued_bytes / 2;
            if (peer.queued_bytes() as u64) < half.max(1) {
                peer.set_pressure(Pressure::Relieved, self.kit.now);
            }
            if let Some(index) = self.slots.index_of(id) {
                self.enqueue(index);
            }
        }
    }

    /// Queues a message whatever waits already: the mailbox has accepted it, and it refuses
    /// further ones while the queue is long.
    fn send_accepted(
        &mut self,
        id: Id,
        kind: MessageType,
        payload: &[u8],
    ) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.connection.check_send(kind, payload)?;
            peer.with_connection(kit, |connection, cx| connection.send(kind, payload, cx))
        })
    }

    /// As [`EventLoop::send_accepted`]; the parcel goes back to its owner whatever happens.
    fn send_accepted_parcel(&mut self, id: Id, kind: MessageType, parcel: Box<dyn Parcel>) {
        let mut refused = None;
        let mut parcel = Some(parcel);
        let sent = self.operate(id, |peer, kit| match parcel.take() {
            Some(parcel) => peer.send_parcel(id, kind, parcel, kit).map_err(|(error, parcel)| {
                refused = Some(parcel);
                error
            }),
            None => Ok(()),
        });
        if let (Err(error), Some(parcel)) = (sent, refused.or(parcel)) {
            self.kit.delivered.push_back(Delivery { id, parcel, result: Err(error) });
        }
    }

    /// Whether unfinished messages pin more than they may.
    pub(super) fn is_over_budget(&self) -> bool {
        self.buffered_bytes > self.max_buffered_bytes
    }

    /// Brings the loop's account of unfinished messages up to date with a connection.
    #[inline]
    pub(super) fn charge(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let pinned = u32::try_from(peer.connection.pinned_bytes()).unwrap_or(u32::MAX);
        if pinned == peer.charged_bytes {
            return;
        }
        let charged = u64::from(std::mem::replace(&mut peer.charged_bytes, pinned));
        self.buffered_bytes = self.buffered_bytes.saturating_sub(charged) + u64::from(pinned);
        if self.is_over_budget() {
            self.fail_largest();
        }
    }

    /// Ends the connection that pins most.
    #[cold]
    fn fail_largest(&mut self) {
        let pinned = |index: &u32| self.live_peer(*index).map_or(0, |peer| peer.charged_bytes);
        let Some(index) = self.slots.indices().max_by_key(pinned) else {
            return;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if peer.charged_bytes == 0 {
            return;
        }
        peer.with_connection(&mut self.kit, |connection, cx| {
            connection.fail_later(ErrorCode::BufferBudget, cx);
        });
        let charged = u64::from(std::mem::take(&mut peer.charged_bytes));
        self.buffered_bytes = self.buffered_bytes.saturating_sub(charged);
        self.note_output(index);
        self.enqueue(index);
    }

    /// Begins to close all that there is: no listener accepts any more, open connections get the
    /// closing handshake, those that are not open yet are given up.
    pub fn close_all(&mut self, frame: &CloseFrame) {
        for index in self.slots.indices() {
            let Some(id) = self.slots.id_of(index) else {
                continue;
            };
            // What is closing already, or is nothing to close, stays as it is.
            let _ = match self.slots.at(index) {
                Some(Resource::Listener(_)) => self.close_listener(id),
                Some(Resource::Peer(_)) => self.close(id, frame.clone()),
                _ => Ok(()),
            };
        }
    }

    /// Ends a connection because the loop ends; the end is reported.
    pub(super) fn give_up(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if peer.life != Life::Live {
            return;
        }
        peer.with_connection(&mut self.kit, |connection, cx| {
            connection.fail_later(ErrorCode::LoopFreed, cx);
        });
        peer.flush(&mut self.kit);
        peer.reading = Reading::Drained;
        self.enqueue(index);
    }

    /// Puts something into the loop.
    pub(super) fn insert(&mut self, resource: Resource<H>) -> Result<u32, ErrorCode> {
        self.slots.insert(resource).ok_or(ErrorCode::OutOfMemory)
    }
}

/// The connection in a slot, unless its end has been reported.
#[inline]
fn live<H: Host>(resource: Option<&mut Resource<H>>) -> Result<&mut Peer<H::Context>, ErrorCode> {
    match resource {
        Some(Resource::Peer(peer)) if peer.life == Life::Live => Ok(peer),
        _ => Err(ErrorCode::NotFound),
    }
}
