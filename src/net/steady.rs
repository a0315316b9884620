//! The short way of a turn, for what nearly all connections are nearly always: open, in no hurry, with
//! nothing waiting. It reads once, its messages are taken one by one, and it writes once.
//!
//! That a connection is like that is found out once, and its slot sealed: until something else touches
//! it, nothing of that is asked again. Whatever is not like that is left to the long way in `turn`, which
//! can take over at each step. Nothing may be done here that is not done there.

use super::endpoint::Host;
use super::event_loop::{EventLoop, RECEIVE_BUFFER_BYTES, Resource};
use super::link::Link;
use super::peer::{Intake, Life, Peer, Pressure, Reading, Writing};
use super::sending::{IN_PLACE_BYTES, writing_after};
use super::share;
use super::slots::Id;
use super::turn::{Stage, Turn};
use crate::protocol::connection::{Choice, Whole, put_message};
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::MessageType;
use crate::protocol::pool;
use crate::protocol::time::Time;

/// A message that was received whole, in place.
pub struct Message<'b, H: Host> {
    /// On which connection.
    pub id: Id,
    /// What the owner attached to it.
    pub user: usize,
    /// What the owner wants done with it.
    pub handler: H::MessageHandler,
    /// Text or binary.
    pub kind: MessageType,
    /// Its bytes, in the receive buffer.
    pub payload: &'b [u8],
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// The next message of the turn, if it lies whole in the buffer; after `None`
    /// [`EventLoop::next_turn`] is to be called.
    #[inline(always)]
    pub fn next_message<'b>(&mut self, buffer: &'b mut [u8]) -> Option<Message<'b, H>> {
        let turn = self.turn.as_mut().filter(|turn| turn.has_input())?;
        let Some((_, Some(Resource::Peer(peer)))) = self.slots.sealed_mut(turn.index) else {
            return None;
        };
        take_message(turn, peer, buffer.get_mut(turn.start..turn.end)?, self.kit.now)
    }

    /// Ends a turn whose input is used up and begins the next one with a read, if that can be done on
    /// the short way: its first message. After `None` [`EventLoop::next_message_of_any`] is to be called.
    #[inline(always)]
    pub fn next_turn<'b>(&mut self, buffer: &'b mut [u8]) -> Option<Message<'b, H>> {
        let has_input = self.turn.as_ref().is_some_and(Turn::has_input);
        if has_input || !self.end_steadily() {
            return None;
        }
        if !self.kit.delivered.is_empty() || !self.posted.is_empty() {
            return None;
        }
        self.begin_steadily(buffer)
    }

    /// As [`EventLoop::next_message`], on a connection of which nothing is known. After `None`
    /// [`EventLoop::step`] is to be called.
    pub fn next_message_of_any<'b>(&mut self, buffer: &'b mut [u8]) -> Option<Message<'b, H>> {
        let turn = self.turn.as_mut()?;
        if turn.stage != Stage::Report {
            return None;
        }
        let input = buffer.get_mut(turn.start..turn.end)?;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return None;
        };
        let is_taken = H::takes_whole_messages(&peer.endpoint.context);
        if !is_taken || peer.intake != Intake::Open || peer.is_held_back() {
            return None;
        }
        let whole = peer.connection.receive_whole(input, self.kit.now)?;
        Some(message_of(turn, peer, whole))
    }

    /// Sends a message of less than 64 KiB on the connection whose turn it is, if that can be done on
    /// the short way; whether it was sent. After `false` [`EventLoop::send`] is to be called.
    #[inline(always)]
    pub fn send_in_turn(&mut self, id: Id, kind: MessageType, payload: &[u8]) -> bool {
        if let Some(turn) = &self.turn
            && turn.id == id
            && let Some(outbox) = self.slots.held_part()
            && outbox.output.len() + payload.len() < turn.plain_room
        {
            return put_message(&mut outbox.output, kind, payload);
        }
        false
    }

    /// Sends a message on the connection whose turn it is, where that can be queued and nothing else
    /// follows; `None` if it cannot. A client's are masked, and some are compressed.
    pub(super) fn send_steadily(
        &mut self,
        id: Id,
        kind: MessageType,
        payload: &[u8],
    ) -> Option<Result<(), ErrorCode>> {
        let turn = self.turn.as_ref().filter(|turn| turn.id == id)?;
        let (content, outbox) = self.slots.sealed_with_part(turn.index)?;
        let (Some(Resource::Peer(peer)), Some(outbox)) = (content, outbox) else {
            return None;
        };
        let has_room = outbox.output.len() + payload.len() < peer.endpoint.turn_room;
        if !has_room || payload.len() >= IN_PLACE_BYTES {
            return None;
        }
        let checked = peer.connection.check_send(kind, payload);
        let mut cx = self.kit.context(&mut outbox.output);
        let connection = &mut peer.connection;
        Some(checked.and_then(|()| connection.send_as(kind, payload, Choice::BySize, &mut cx)))
    }

    /// Begins the next turn, if that can be done on the short way; its first message.
    #[inline(always)]
    fn begin_steadily<'b>(&mut self, buffer: &'b mut [u8]) -> Option<Message<'b, H>> {
        let index = self.ready.first()?;
        let make = || self.kit.outboxes.take();
        let Some((id, Some(Resource::Peer(peer)))) = self.slots.sealed_holding(index, make) else {
            return self.seal_and_begin(index, buffer);
        };
        let Link::Up(stream) = &mut peer.link else {
            return None;
        };
        let place = buffer.get_mut(..self.window)?;
        if peer.reading != Reading::Ready {
            return None;
        }
        peer.is_queued = false;
        self.ready.skip_first();
        let turn = self.turn.insert(Turn::new(index, id));
        turn.has_read = true;
        let count = stream.read_some(place, &mut self.unmoved);
        if count == 0 {
            turn.stage = Stage::Unread;
            self.slots.break_seal(index);
            return None;
        }
        if count < place.len() && stream.is_drained_by_short_read() {
            peer.reading = Reading::Drained;
        }
        peer.connection.note_received(self.kit.now);
        turn.end = count;
        if peer.connection.answers_plainly() {
            turn.plain_room = peer.endpoint.turn_room;
        }
        take_message(turn, peer, place.get_mut(..count)?, self.kit.now)
    }

    /// What is at hand for the output of a turn stays so, unless it has become large.
    #[inline]
    pub(super) fn put_large_outbox_away(&mut self) {
        if let Some(outbox) = self.slots.take_spare_part_if(|outbox| pool::is_large(&**outbox)) {
            self.kit.outboxes.give_back(outbox);
        }
    }

    /// Begins the turn of a connection whose slot is not sealed, if it can be.
    #[cold]
    fn seal_and_begin<'b>(&mut self, index: u32, buffer: &'b mut [u8]) -> Option<Message<'b, H>> {
        let content = self.slots.at(index);
        let is_steady = matches!(content, Some(Resource::Peer(peer))
            if peer.can_be_sealed() && H::takes_whole_messages(&peer.endpoint.context));
        if !is_steady {
            return None;
        }
        self.slots.seal(index);
        self.begin_steadily(buffer)
    }

    /// Ends the turn, if that can be done on the short way; whether it has ended.
    #[inline]
    fn end_steadily(&mut self) -> bool {
        let Some(turn) = &self.turn else {
            return true;
        };
        let Some((Some(Resource::Peer(peer)), Some(outbox))) =
            self.slots.sealed_with_part(turn.index)
        else {
            return false;
        };
        let Link::Up(stream) = &mut peer.link else {
            return false;
        };
        let bytes = outbox.output.unsent();
        if !bytes.is_empty() {
            let count = stream.write_some(bytes, &mut self.unmoved);
            if count < bytes.len() {
                if count == 0 {
                    peer.writing = writing_after(self.unmoved);
                }
                outbox.output.advance(count);
                self.slots.break_seal(turn.index);
                return false;
            }
            outbox.output.all_sent();
        }
        if peer.reading == Reading::Ready {
            peer.is_queued = true;
            self.ready.push(turn.index);
        }
        if turn.events >= share::MANY_EVENTS || self.window < RECEIVE_BUFFER_BYTES {
            self.window = share::next_window(self.window, turn.events);
        }
        self.slots.release_part();
        self.turn = None;
        true
    }
}

/// The next message of a turn, if it lies whole in the input.
#[inline(always)]
fn take_message<'b, H: Host>(
    turn: &mut Turn,
    peer: &mut Peer<H::Context>,
    input: &'b mut [u8],
    now: Time,
) -> Option<Message<'b, H>> {
    let whole = peer.connection.receive_calmly(input)?;
    if turn.events == 0 {
        peer.connection.note_message(now);
    }
    Some(message_of(turn, peer, whole))
}

/// Counts a message that was received in a turn, and says what its owner is to know of it.
#[inline(always)]
fn message_of<'b, H: Host>(
    turn: &mut Turn,
    peer: &Peer<H::Context>,
    whole: Whole<'b>,
) -> Message<'b, H> {
    turn.start += whole.consumed;
    turn.events += 1;
    let handler = H::message_handler(&peer.endpoint.context);
    let (id, user, kind, payload) = (turn.id, peer.user, whole.kind, whole.payload);
    Message { id, user, handler, kind, payload }
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
            && self.connection.is_calm()
    }

    /// Whether that stays so as long as nothing is done in its turns but that, and none of that brings its
    /// deadline nearer.
    fn can_be_sealed(&self) -> bool {
        self.is_steady()
            && self.outbox.is_none()
            && matches!(&self.link, Link::Up(stream) if stream.is_plain())
            && self.has_right_timer()
    }

    /// Whether the timer need not be set anew for what a steady connection does.
    #[inline]
    pub(super) fn has_right_timer(&self) -> bool {
        self.timer.is_some() && !self.connection.awaits_pong()
            || self.connection.deadline().is_none()
    }
}
