//! What an owner can do to a connection by its id, other than sending: closing, deciding, pausing.

use std::rc::Rc;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::kit::Kit;
use super::peer::{Intake, Life, Peer, Reading};
use super::slots::{Id, Slots};
use crate::protocol::close::CloseFrame;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::reply::Reply;

/// What an idle connection may take, in bytes.
const MAX_SLOT_BYTES: usize = 176;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Begins the closing handshake, or gives up a connection that is not open yet. It does not come back.
    ///
    /// # Errors
    ///
    /// `NotFound`, and `Closed` if it is closing already.
    pub fn close(&mut self, id: Id, frame: CloseFrame) -> Result<(), ErrorCode> {
        self.give_way(id);
        self.operate(id, |peer, kit| {
            peer.with_connection(kit, |connection, cx| connection.close(frame, cx))?;
            // The peer's Close frame has to be read.
            peer.resume_reading(kit.now);
            Ok(())
        })
    }

    /// The owner wants a connection to end: what has waited to be sent leaves before, if it can.
    fn give_way(&mut self, id: Id) {
        if let Some(index) = self.slots.index_of(id)
            && let Some(peer) = self.live_peer(index)
        {
            let endpoint = Rc::clone(&peer.endpoint);
            self.send_waiting(index);
            endpoint.stay_away();
        }
    }

    /// Ends a connection at once, without a closing handshake. It does not come back.
    ///
    /// # Errors
    ///
    /// `NotFound`, and `Closed` if it has ended already.
    pub fn abort(&mut self, id: Id) -> Result<(), ErrorCode> {
        self.operate(id, |peer, kit| {
            peer.endpoint.stay_away();
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
    /// `NotFound`, `InvalidState`, `Closed`, `OutOfMemory`.
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
        })?;
        // The peer is watched again, which its timer may have been set without.
        if let Some(index) = self.slots.index_of(id) {
            self.set_timer(index);
        }
        Ok(())
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
        const { assert!(Slots::<Resource<H>>::SLOT_BYTES <= MAX_SLOT_BYTES) }
        self.slots.insert(resource).ok_or(ErrorCode::OutOfMemory)
    }
}

/// The connection in a slot, unless its end has been reported.
#[inline]
pub(super) fn live<H: Host>(
    resource: Option<&mut Resource<H>>,
) -> Result<&mut Peer<H::Context>, ErrorCode> {
    match resource {
        Some(Resource::Peer(peer)) if peer.life == Life::Live => Ok(peer),
        _ => Err(ErrorCode::NotFound),
    }
}
