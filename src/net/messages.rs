//! What an owner sends on a connection by its id: messages whole, in parts, in pieces or lent; pings
//! and pongs.

use super::endpoint::Host;
use super::event_loop::EventLoop;
use super::operations::live;
use super::parcel::Parcel;
use super::peer::Peer;
use super::slots::Id;
use crate::protocol::connection::Choice;
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::MessageType;

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
    pub fn send(&mut self, id: Id, kind: MessageType, payload: &[u8]) -> Result<(), ErrorCode> {
        if self.send_in_turn(id, kind, payload) {
            return Ok(());
        }
        match self.send_steadily(id, kind, payload) {
            Some(sent) => sent,
            None => self.send_any(id, kind, payload),
        }
    }

    /// Sends a message of any length, from anywhere.
    #[inline(never)]
    fn send_any(&mut self, id: Id, kind: MessageType, payload: &[u8]) -> Result<(), ErrorCode> {
        self.refresh_now();
        let sent = live(self.slots.get_mut(id))?.send(kind, Choice::BySize, payload, &mut self.kit);
        if let Err(error @ (ErrorCode::NotOpen | ErrorCode::Closed)) = sent {
            return self.put_aside(id, kind, &[payload], error);
        }
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
        match self.operate(id, |peer, kit| peer.send_parts(kind, parts, kit)) {
            Err(error @ (ErrorCode::NotOpen | ErrorCode::Closed)) => {
                self.put_aside(id, kind, parts, error)
            }
            sent => sent,
        }
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
        choice: Choice,
        payload: &[u8],
        parcel: Box<dyn Parcel>,
    ) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.send(kind, choice, payload, kit)?;
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
        choice: Choice,
        parcel: Box<dyn Parcel>,
    ) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.check_room(kit)?;
            peer.send_parcel(id, kind, choice, parcel, kit).map_err(|(error, _)| error)
        })
    }

    /// Begins a message whose pieces follow. What other threads have sent before leaves before it;
    /// what they send until it ends is refused.
    ///
    /// # Errors
    ///
    /// `NotFound`, `NotOpen`, `Closed`, `InvalidState` while another one leaves in pieces.
    pub fn begin_message(
        &mut self,
        id: Id,
        kind: MessageType,
        choice: Choice,
    ) -> Result<(), ErrorCode> {
        let index = self.slots.index_of(id).ok_or(ErrorCode::NotFound)?;
        live(self.slots.at_mut(index))?.connection.check_send(kind, &[])?;
        self.refuse_sends(index, true);
        self.take_all_commands();
        let begun = self.operate(id, |peer, _| peer.connection.begin_message(kind, choice));
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
        self.send_waiting(index);
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
}
