//! The short way of a turn, for what nearly all connections are nearly always: open, in no hurry, with
//! nothing waiting. It reads once, its messages are taken one by one, and it writes once.
//!
//! Whatever is not like that is left to the long way in `turn`, which can take over at each step. Nothing
//! may be done here that is not done there.

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::kit::Kit;
use super::link::Link;
use super::peer::{Intake, Life, Peer, Pressure, Reading, Writing};
use super::sending::writing_after;
use super::transfer::Transfer;
use super::turn::{Stage, Turn};

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Ends a turn whose input is used up and begins the next one with a read, if that can be done on
    /// the short way; whether there is input now.
    #[inline]
    pub(super) fn pass_turn(&mut self, buffer: &mut [u8]) -> bool {
        if self.turn.is_some() && !self.end_steadily() {
            return false;
        }
        // A phase without turns has none left.
        if self.round_left == 0 || !self.kit.delivered.is_empty() || !self.posted.is_empty() {
            return false;
        }
        self.begin_steadily(buffer)
    }

    /// Begins the next turn, if that can be done on the short way; whether there is input.
    #[inline]
    fn begin_steadily(&mut self, buffer: &mut [u8]) -> bool {
        let Some(&index) = self.ready.front() else {
            return false;
        };
        let Some((id, Resource::Peer(peer))) = self.slots.entry_mut(index) else {
            return false;
        };
        let window = self.window.min(buffer.len());
        let Some(place) = buffer.get_mut(..window) else {
            return false;
        };
        let Some(transfer) = peer.read_steadily(place) else {
            return false;
        };
        peer.is_queued = false;
        self.ready.pop_front();
        self.round_left -= 1;
        let turn = self.turn.insert(Turn::new(index, id));
        turn.has_read = true;
        let Transfer::Bytes(count) = transfer else {
            turn.stage = Stage::Unread;
            self.unread = transfer;
            return false;
        };
        turn.end = count;
        peer.outbox = Some(self.kit.outboxes.take());
        true
    }

    /// Ends the turn, if that can be done on the short way; whether it has ended.
    #[inline]
    fn end_steadily(&mut self) -> bool {
        let Some(turn) = &self.turn else {
            return true;
        };
        if !turn.is_used_up() {
            return false;
        }
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return false;
        };
        if !peer.write_steadily(&mut self.kit) {
            return false;
        }
        if peer.reading == Reading::Ready {
            peer.is_queued = true;
            self.ready.push_back(turn.index);
        }
        self.window = turn.window_after(self.window);
        self.turn = None;
        true
    }
}

impl<C> Peer<C> {
    /// Whether nothing is to be done for the connection but to read, to report messages and to write.
    #[inline]
    pub(super) fn is_steady(&self) -> bool {
        matches!(self.reading, Reading::Drained | Reading::Ready)
            && self.writing == Writing::Ready
            && self.pressure == Pressure::Low
            && self.life == Life::Live
            && self.intake == Intake::Open
            && self.carry.is_none()
            && self.charged_bytes == 0
            && self.connection.awaits_message()
    }

    /// Reads, if the connection is steady: `None` if it is not.
    #[inline]
    fn read_steadily(&mut self, place: &mut [u8]) -> Option<Transfer> {
        if self.reading == Reading::Drained || self.outbox.is_some() || !self.is_steady() {
            return None;
        }
        let Link::Up(stream) = &mut self.link else {
            return None;
        };
        let transfer = stream.read_plain(place)?;
        if let Transfer::Bytes(count) = transfer
            && count < place.len()
            && stream.is_drained_by_short_read()
        {
            self.reading = Reading::Drained;
        }
        Some(transfer)
    }

    /// Writes all that waits, if the connection is steady and is so afterwards. What the system does
    /// not take is left to the long way.
    #[inline]
    fn write_steadily(&mut self, kit: &mut Kit) -> bool {
        let has_timer = self.timer.is_some() && !self.connection.awaits_pong();
        if !self.is_steady() || !has_timer && self.connection.deadline().is_some() {
            return false;
        }
        let Link::Up(stream) = &mut self.link else {
            return false;
        };
        let Some(mut outbox) = self.outbox.take_if(|outbox| outbox.is_plain()) else {
            return false;
        };
        let is_written = match outbox.output.unsent() {
            [] => true,
            bytes => match stream.write_plain(bytes) {
                Some(Transfer::Bytes(count)) => {
                    outbox.output.advance(count);
                    outbox.output.is_empty()
                }
                Some(other) => {
                    self.writing = writing_after(other);
                    false
                }
                None => false,
            },
        };
        match is_written {
            true => kit.outboxes.lay_by(outbox),
            false => self.outbox = Some(outbox),
        }
        is_written
    }
}
