//! Messages that were prepared, sent to one connection or to all that are open.

use std::rc::Rc;

use super::endpoint::{Endpoint, Host};
use super::event_loop::{EventLoop, Resource};
use super::kit::Kit;
use super::link::Link;
use super::parcel::{Delivery, Parcel};
use super::peer::{Life, Peer, Writing};
use super::sending::writing_after;
use super::slots::Id;
use super::transfer::Transfer;
use crate::protocol::connection::Prepared;
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::MessageType;

/// To whom a message is sent, of all connections that are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audience {
    /// Only to those that this listener has accepted; 0 for all.
    pub listener: Id,
    /// Not to this one; 0 for nobody.
    pub except: Id,
}

impl<C> Peer<C> {
    /// Queues a message that was prepared, if it is the same frame for all and nothing stands against it. After
    /// `false` nothing has changed, and the long way says why.
    #[inline]
    fn queue_quickly(&mut self, message: &Prepared, kit: &mut Kit) -> bool {
        if self.is_full() {
            return false;
        }
        let Some(frame) = self.connection.plain_frame(message, kit.now) else {
            return false;
        };
        self.outbox.get_or_insert_with(|| kit.outboxes.take()).stow_frame(frame);
        true
    }

    /// Writes what was queued outside of a turn, if nothing else is to be done for the connection before or
    /// after. What the system does not take is left to the long way.
    #[inline]
    pub(super) fn flush_steadily(&mut self, kit: &mut Kit) -> bool {
        if !self.is_steady() || !self.has_right_timer() {
            return false;
        }
        let Link::Up(stream) = &mut self.link else {
            return false;
        };
        let Some(mut outbox) = self.outbox.take_if(|outbox| outbox.is_simple()) else {
            return false;
        };
        match outbox.write_to(stream, &mut kit.joint, &mut kit.delivered) {
            Transfer::Bytes(_) => {}
            other => self.writing = writing_after(other),
        }
        if outbox.is_empty() && self.writing == Writing::Ready {
            kit.outboxes.give_back(outbox);
            return true;
        }
        self.outbox = Some(outbox);
        false
    }

    /// Queues a message that was prepared, from where it lies if it is the same for others.
    ///
    /// # Errors
    ///
    /// `NotOpen`, `Closed`, `InvalidState`, `OutOfMemory`; nothing is queued then.
    pub(super) fn queue_prepared(
        &mut self,
        message: &Prepared,
        kit: &mut Kit,
    ) -> Result<(), ErrorCode> {
        // Its text has been looked at already.
        self.connection.check_send(MessageType::Binary, &[])?;
        let (kind, choice) = (message.kind(), message.choice());
        let frame = self.with_connection(kit, |connection, cx| {
            let frame = connection.shared_frame(message, cx)?;
            if frame.is_none() {
                connection.send_as(kind, message.payload(), choice, cx)?;
            }
            Ok(frame)
        })?;
        if let (Some(frame), Some(outbox)) = (frame, &mut self.outbox) {
            outbox.stow_frame(&frame);
        }
        Ok(())
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Sends a message that was prepared, as [`EventLoop::send`] does; the parcel is delivered when the system
    /// has taken it, or it is clear that it will not.
    ///
    /// # Errors
    ///
    /// As there; the parcel is dropped then.
    pub fn send_prepared(
        &mut self,
        id: Id,
        message: &Prepared,
        parcel: Option<Box<dyn Parcel>>,
    ) -> Result<(), ErrorCode> {
        let is_told = parcel.is_some();
        let sent = self.operate(id, |peer, kit| {
            peer.check_room(kit)?;
            peer.queue_prepared(message, kit)?;
            if let Some(parcel) = parcel {
                peer.note(id, parcel, kit);
            }
            Ok(())
        });
        match sent {
            Err(error @ (ErrorCode::NotOpen | ErrorCode::Closed)) if !is_told => {
                self.put_aside(id, message.kind(), &[message.payload()], error)
            }
            sent => sent,
        }
    }

    /// Sends a message to all open connections of an audience; how many it is sent to. `refused` is called
    /// for each of the others: as much waits for them as may, a message leaves in pieces, or there is no
    /// memory.
    ///
    /// # Errors
    ///
    /// `NotFound` for a listener that is not there; nothing is sent then.
    pub fn broadcast(
        &mut self,
        message: &Prepared,
        audience: Audience,
        mut refused: impl FnMut(Id),
    ) -> Result<usize, ErrorCode> {
        let endpoint = self.endpoint_of(audience.listener)?;
        self.refresh_now();
        let mut count = 0;
        for index in self.slots.indices() {
            let Some((id, Resource::Peer(peer))) = self.slots.entry_mut(index) else {
                continue;
            };
            let is_meant = peer.life == Life::Live
                && peer.connection.is_open()
                && id != audience.except
                && endpoint.as_ref().is_none_or(|endpoint| Rc::ptr_eq(endpoint, &peer.endpoint));
            if !is_meant {
                continue;
            }
            let is_quick = peer.queue_quickly(message, &mut self.kit);
            // It leaves with the others of its round already.
            if is_quick && peer.is_dirty {
                count += 1;
                continue;
            }
            match is_quick || self.queue_slowly(index, message) {
                true => count += 1,
                false => refused(id),
            }
            self.note_output(index);
        }
        Ok(count)
    }

    /// Queues a message for one of many; whether it could.
    #[inline(never)]
    fn queue_slowly(&mut self, index: u32, message: &Prepared) -> bool {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return false;
        };
        let has_room = peer.check_room(&mut self.kit).is_ok();
        let is_queued = has_room && peer.queue_prepared(message, &mut self.kit).is_ok();
        if !has_room && self.turn.as_ref().is_none_or(|turn| turn.index != index) {
            self.settle_peer(index);
        }
        is_queued
    }

    /// The endpoint of a listener; `None` for 0.
    fn endpoint_of(&mut self, listener: Id) -> Result<Option<Rc<Endpoint<H::Context>>>, ErrorCode> {
        match self.slots.get_mut(listener) {
            Some(Resource::Listener(listener)) => Ok(Some(Rc::clone(&listener.endpoint))),
            None if listener == 0 => Ok(None),
            _ => Err(ErrorCode::NotFound),
        }
    }

    /// Queues a message whatever waits already, as the mailbox has accepted it; the parcel goes back to its
    /// owner whatever happens.
    pub(super) fn send_accepted_prepared(
        &mut self,
        id: Id,
        message: &Prepared,
        mut parcel: Option<Box<dyn Parcel>>,
    ) {
        let sent = self.operate(id, |peer, kit| {
            peer.queue_prepared(message, kit)?;
            if let Some(parcel) = parcel.take() {
                peer.note(id, parcel, kit);
            }
            Ok(())
        });
        match (sent, parcel) {
            (Err(error), Some(parcel)) => {
                self.kit.delivered.push_back(Delivery { id, parcel, result: Err(error) });
            }
            (Err(ErrorCode::NotOpen | ErrorCode::Closed), None) => {
                self.put_aside_accepted(id, message.kind(), message.payload());
            }
            _ => {}
        }
    }
}
