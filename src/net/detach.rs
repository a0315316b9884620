//! Giving a connection's socket back: reading stops, what waits is written, then the owner has the
//! socket and the bytes that were received and not used.
//!
//! The connection ends by that. Should it end before, the owner is told that there is no socket.

use std::os::fd::OwnedFd;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::kit::Kit;
use super::link::Link;
use super::loop_event::{LoopEvent, Step};
use super::peer::{Intake, Life, Peer, Writing};
use super::slots::Id;
use crate::protocol::error::ErrorCode;

impl<C> Peer<C> {
    /// Whether the owner can have the socket now.
    pub(super) fn can_be_handed_over(&self) -> bool {
        self.intake == Intake::Detaching
            && self.life == Life::Live
            && !self.has_output()
            && !self.connection.is_sending_pieces()
            && !self.connection.has_event()
            && !matches!(self.writing, Writing::Broken(_))
    }

    /// Copies what was kept for the next turn to the front of the receive buffer; its length.
    pub(super) fn unpack_carry(&mut self, buffer: &mut [u8], kit: &mut Kit) -> usize {
        let Some(carry) = self.carry.take() else {
            return 0;
        };
        let place = buffer.get_mut(..carry.len()).unwrap_or_default();
        place.copy_from_slice(carry.as_slice().get(..place.len()).unwrap_or_default());
        let length = place.len();
        kit.carries.give_back(carry);
        length
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Begins to hand the socket of a connection over: [`LoopEvent::Detached`] brings it, in a later
    /// round at the earliest if there is one under way, and with it `action`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `Closed` if the connection has ended; `InvalidState` if it is being made, a head or
    /// a message has come in part, or its socket is being handed over already; `Unsupported` in a
    /// simulated network, where there is no socket, and through TLS, whose keys would be missing.
    pub fn detach(&mut self, id: Id, action: H::Action) -> Result<(), ErrorCode> {
        if self.is_simulated() {
            return Err(ErrorCode::Unsupported);
        }
        self.operate(id, |peer, _| {
            if peer.connection.has_ended() {
                return Err(ErrorCode::Closed);
            }
            if matches!(&peer.link, Link::Up(stream) if stream.tls().is_some()) {
                return Err(ErrorCode::Unsupported);
            }
            let is_up = matches!(peer.link, Link::Up(_));
            let is_between = peer.connection.is_between_messages();
            if !is_up || !is_between || peer.intake == Intake::Detaching {
                return Err(ErrorCode::InvalidState);
            }
            peer.stop_reading(Intake::Detaching);
            peer.endpoint.stay_away();
            Ok(())
        })?;
        self.detaching.push((id, action));
        Ok(())
    }

    /// What the owner gave for the detaching of a connection, once.
    fn take_detach_action(&mut self, id: Id) -> Option<H::Action> {
        let at = self.detaching.iter().position(|(detaching, _)| *detaching == id)?;
        Some(self.detaching.swap_remove(at).1)
    }

    /// Tells the owner, before it is told of the end, that there is no socket to hand over.
    #[cold]
    pub(super) fn detach_in_vain<'b>(&mut self, index: u32) -> Step<'b, H> {
        let id = self.slots.id_of(index);
        if let Some(Resource::Peer(peer)) = self.slots.at_mut(index) {
            peer.intake = Intake::Paused;
        }
        match id.and_then(|id| Some((id, self.take_detach_action(id)?))) {
            Some((id, action)) => {
                Step::Event(LoopEvent::Detached { id, descriptor: None, unread: &[], action })
            }
            None => Step::Again,
        }
    }

    /// Hands the socket over, and ends the connection. What was received and not used stands in the
    /// receive buffer from `start` to `end`, or was kept from an earlier turn.
    #[cold]
    pub(super) fn hand_over<'b>(
        &mut self,
        index: u32,
        buffer: &'b mut [u8],
        start: usize,
        end: usize,
    ) -> Step<'b, H> {
        let id = self.slots.id_of(index);
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return Step::Again;
        };
        let (start, end) = match peer.carry {
            Some(_) => (0, peer.unpack_carry(buffer, &mut self.kit)),
            None => (start, end),
        };
        let Link::Up(mut stream) = std::mem::replace(&mut peer.link, Link::Down) else {
            return Step::Again;
        };
        stream.deregister(self.poll.registry());
        peer.intake = Intake::Paused;
        peer.connection.abort(ErrorCode::Detached);
        let descriptor = OwnedFd::try_from(stream).ok();
        let unread = buffer.get(start..end).unwrap_or_default();
        match id.and_then(|id| Some((id, self.take_detach_action(id)?))) {
            Some((id, action)) => {
                Step::Event(LoopEvent::Detached { id, descriptor, unread, action })
            }
            None => Step::Again,
        }
    }
}
