//! What other threads have asked for, done on the loop's own.

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::mailbox::Command;
use super::parcel::{Delivery, Parcel};
use super::peer::{Life, Pressure};
use super::slots::Id;
use crate::protocol::connection::Choice;
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::MessageType;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Does what other threads have asked for until now.
    #[inline]
    pub(super) fn take_commands(&mut self) {
        if !self.commands.is_empty() || self.mailbox.has_commands() {
            self.take_and_obey();
        }
    }

    fn take_and_obey(&mut self) {
        let mut refused = std::mem::take(&mut self.refused);
        self.mailbox.take(&mut self.commands, &mut refused);
        self.obey_all(refused);
    }

    /// As for the beginning of a round, also what a thread is about to wake the loop for.
    pub(super) fn take_all_commands(&mut self) {
        let mut refused = std::mem::take(&mut self.refused);
        self.mailbox.take_all(&mut self.commands, &mut refused);
        self.obey_all(refused);
    }

    fn obey_all(&mut self, mut refused: Vec<Id>) {
        while let Some(command) = self.commands.pop_front() {
            match command {
                Command::Post(action) => self.posted.push_back(action),
                other => self.obey(other),
            }
        }
        refused.drain(..).for_each(|id| self.tell_of_room(id));
        self.refused = refused;
    }

    /// Commands that come too late: parcels go back, the rest is dropped. None is accepted any more.
    pub(super) fn return_commands(&mut self) {
        self.mailbox.shut(&mut self.commands);
        for command in self.commands.drain(..) {
            if let Command::SendParcel(id, _, _, parcel)
            | Command::SendPrepared(id, _, Some(parcel)) = command
            {
                let result = Err(ErrorCode::LoopFreed);
                self.kit.delivered.push_back(Delivery { id, parcel, result });
            }
        }
    }

    /// Does what another thread asked for. Its outcome interests nobody any more: the connection
    /// may have ended while the command was under way.
    fn obey(&mut self, command: Command<H::Action>) {
        let _ = match command {
            Command::Send(id, kind, payload) => self.send_accepted(id, kind, &payload),
            Command::SendParcel(id, kind, choice, parcel) => {
                self.send_accepted_parcel(id, kind, choice, parcel);
                Ok(())
            }
            Command::SendPrepared(id, message, parcel) => {
                self.send_accepted_prepared(id, &message, parcel);
                Ok(())
            }
            Command::Broadcast(message, audience) => {
                self.broadcast(&message, audience, |_| ()).map(|_| ())
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

    /// Whether sends of other threads to a connection are refused: while it has as much to send as
    /// it may, or a message leaves in pieces. Returns whether one was, of those that are let in now.
    pub(super) fn refuse_sends(&mut self, index: u32, is_full: bool) -> bool {
        let Some(id) = self.slots.id_of(index) else {
            return false;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return false;
        };
        let refused = is_full || peer.connection.is_sending_pieces();
        if peer.refuses_sends == refused {
            return false;
        }
        peer.refuses_sends = refused;
        self.mailbox().set_congested(id, refused)
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
            if (peer.queued_bytes() as u64) < peer.endpoint.half_queued_bytes {
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
        let sent = self.operate(id, |peer, kit| {
            peer.connection.check_send(kind, payload)?;
            peer.with_connection(kit, |connection, cx| connection.send(kind, payload, cx))
        });
        if let Err(ErrorCode::NotOpen | ErrorCode::Closed) = sent {
            self.put_aside_accepted(id, kind, payload);
        }
        sent
    }

    /// As [`EventLoop::send_accepted`]; the parcel goes back to its owner whatever happens.
    fn send_accepted_parcel(
        &mut self,
        id: Id,
        kind: MessageType,
        choice: Choice,
        parcel: Box<dyn Parcel>,
    ) {
        let mut refused = None;
        let mut parcel = Some(parcel);
        let sent = self.operate(id, |peer, kit| match parcel.take() {
            Some(parcel) => {
                peer.send_parcel(id, kind, choice, parcel, kit).map_err(|(error, parcel)| {
                    refused = Some(parcel);
                    error
                })
            }
            None => Ok(()),
        });
        if let (Err(error), Some(parcel)) = (sent, refused.or(parcel)) {
            self.kit.delivered.push_back(Delivery { id, parcel, result: Err(error) });
        }
    }
}
