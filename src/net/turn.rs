//! The turn of a connection: what has come is read once, reported event by event, and what was
//! queued meanwhile leaves in one write.
//!
//! A turn reads at most one window, so that a peer which never stops sending gets no more than its
//! share. What it has left has its turn in the next round: the system would not tell of it again.

use super::endpoint::Host;
use super::event_loop::{EventLoop, RECEIVE_BUFFER_BYTES, Resource};
use super::linger::{Leaving, drain};
use super::link::Link;
use super::loop_event::{ConnectionEvent, Step};
use super::peer::{Intake, Life, Pressure, Reading, Writing};
use super::reading::{nothing_read, read_direct, read_into};
use super::share;
use super::slots::Id;
use crate::protocol::connection::Input;

/// A turn under way.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) index: u32,
    pub(super) id: Id,
    pub(super) stage: Stage,
    /// What of the receive buffer has not been used.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) has_read: bool,
    /// Whether the protocol has seen all of it and waits for more.
    used_up: bool,
    told_writable: bool,
    /// Whether the connection has been opened in it.
    pub(super) has_opened: bool,
    /// Whether the end was reported, and if so whether the socket lingers.
    pub(super) closed: Option<bool>,
    pub(super) events: usize,
    inflated_bytes: u64,
    /// Whether a message was received that is larger than the receive buffer.
    has_large_message: bool,
    /// How many bytes may wait while nothing else follows from that; 0 if messages that are sent in it
    /// do not leave as they are, or it has not begun on the short way.
    pub(super) plain_room: usize,
}

/// What a turn does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Send what has waited until the connection is open, of which the owner has been told.
    Release,
    /// Report what needs no input, then what the input holds.
    Report,
    /// Read.
    Read,
    /// Say what a read means that moved nothing.
    Unread,
    /// Write; the turn ends unless that gave rise to something to report.
    Write,
}

impl Turn {
    pub(super) fn new(index: u32, id: Id) -> Turn {
        Turn {
            index,
            id,
            stage: Stage::Report,
            start: 0,
            end: 0,
            has_read: false,
            used_up: false,
            told_writable: false,
            has_opened: false,
            closed: None,
            events: 0,
            inflated_bytes: 0,
            has_large_message: false,
            plain_room: 0,
        }
    }

    /// Whether input is at hand.
    #[inline]
    pub(super) fn has_input(&self) -> bool {
        self.start < self.end
    }

    /// Whether input waits that could be used.
    fn has_input_left(&self) -> bool {
        self.has_input() && !self.used_up
    }

    /// How much the next turn reads.
    #[inline]
    pub(super) fn window_after(&self, window: usize) -> usize {
        match self.has_large_message {
            true => share::LARGE_MESSAGE_WINDOW,
            false => share::next_window(window, self.events),
        }
    }

    /// The protocol has seen what there is, if there was any, and waits for more.
    fn input_seen(&mut self, has_input: bool, is_large: bool, reading: Reading) {
        self.used_up = has_input;
        // The rest of a large frame comes next, while the memory that it goes to is at hand.
        if has_input && self.start == self.end && is_large {
            self.has_large_message = true;
            self.has_read = !reading.has_something();
        }
        self.stage = self.after_report();
    }

    /// What comes when nothing is left to report.
    fn after_report(&self) -> Stage {
        if self.has_read { Stage::Write } else { Stage::Read }
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Does a part of the turn.
    #[inline]
    pub(super) fn step_turn<'b>(&mut self, buffer: &'b mut [u8]) -> Step<'b, H> {
        let Some(turn) = &self.turn else {
            return Step::Again;
        };
        match turn.stage {
            Stage::Report => self.report(buffer),
            Stage::Release => self.release(),
            Stage::Read => self.read(buffer),
            Stage::Unread => self.unread(),
            Stage::Write => self.write(buffer),
        }
    }

    /// The next event of the protocol.
    #[inline]
    fn report<'b>(&mut self, buffer: &'b mut [u8]) -> Step<'b, H> {
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            self.turn = None;
            return Step::Again;
        };
        let mut has_input = turn.start < turn.end && peer.takes_input();
        if turn.inflated_bytes >= share::MANY_INFLATED_BYTES {
            has_input = false;
            turn.has_read = true;
        }
        if !has_input && !peer.connection.has_event() {
            return self.go_on(buffer);
        }
        if peer.intake == Intake::Detaching && peer.connection.has_ended() {
            let index = turn.index;
            return self.detach_in_vain(index);
        }
        let end = if has_input { turn.end } else { turn.start };
        let mut input = Input::new(buffer.get_mut(turn.start..end).unwrap_or_default());
        if peer.connection.is_agreed() {
            // It is about to forget them.
            self.opened_times = peer.connection.stage_times(self.kit.now).unwrap_or_default();
            turn.has_opened = true;
        }
        let inflated_before = self.kit.streams.inflated_bytes();
        let event = peer
            .with_connection(&mut self.kit, |connection, cx| connection.receive(&mut input, cx));
        turn.inflated_bytes += self.kit.streams.inflated_bytes().wrapping_sub(inflated_before);
        turn.start = end - input.len();
        match event {
            Some(event) => self.report_event(event),
            None => {
                let is_large = peer.connection.outgrows(RECEIVE_BUFFER_BYTES);
                turn.input_seen(has_input, is_large, peer.reading);
                Step::Again
            }
        }
    }

    /// Nothing is left to report for now.
    #[inline]
    fn go_on<'b>(&mut self, buffer: &'b mut [u8]) -> Step<'b, H> {
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        turn.stage = turn.after_report();
        match turn.stage {
            Stage::Read => self.read(buffer),
            Stage::Report | Stage::Release | Stage::Unread | Stage::Write => self.write(buffer),
        }
    }

    /// Reads what has come, at most once a turn.
    fn read<'b>(&mut self, buffer: &'b mut [u8]) -> Step<'b, H> {
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        turn.has_read = true;
        turn.stage = Stage::Write;
        let index = turn.index;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return Step::Again;
        };
        match (&peer.link, &peer.life) {
            (Link::Pending(_), Life::Live) => {
                self.go_on_pending(index);
                Step::Again
            }
            (Link::Up(_), Life::Live) if peer.takes_input() => self.read_live(buffer),
            (Link::Up(_), life) if life.is_lingering() => {
                drain(peer, &mut self.kit, buffer);
                Step::Again
            }
            _ => Step::Again,
        }
    }

    /// A read on the short way has moved nothing.
    fn unread<'b>(&mut self) -> Step<'b, H> {
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        turn.stage = Stage::Report;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return Step::Again;
        };
        match nothing_read(peer, self.unmoved, self.kit.now) {
            Some(event) => self.report_event(event),
            None => Step::Again,
        }
    }

    fn read_live<'b>(&mut self, buffer: &'b mut [u8]) -> Step<'b, H> {
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return Step::Again;
        };
        turn.stage = Stage::Report;
        turn.used_up = false;
        if peer.carry.is_some() {
            turn.end = peer.unpack_carry(buffer, &mut self.kit);
            // Kept whole frames go first: the read may find that the connection is broken.
            if std::mem::take(&mut peer.carry_is_news) {
                turn.has_read = false;
                return Step::Again;
            }
        } else if peer.reading.has_something()
            && let Some(event) = read_direct(peer, &mut self.kit)
        {
            turn.has_large_message |= peer.connection.outgrows(RECEIVE_BUFFER_BYTES);
            return match event {
                Some(event) => self.report_event(event),
                None => Step::Again,
            };
        }
        if peer.reading != Reading::Drained {
            let room = self.window.min(buffer.len()).max(turn.end);
            let place = buffer.get_mut(turn.end..room).unwrap_or_default();
            let event = read_into(peer, &mut self.kit, place, &mut turn.end);
            peer.queue_records(&mut self.kit);
            if let Some(event) = event {
                return self.report_event(event);
            }
        }
        if turn.start < turn.end && peer.outbox.is_none() {
            peer.outbox = Some(self.kit.outboxes.take());
        }
        Step::Again
    }

    /// Writes what was queued. Only when that gives rise to nothing more is the turn over.
    fn write<'b>(&mut self, buffer: &'b mut [u8]) -> Step<'b, H> {
        let Some(turn) = &mut self.turn else {
            return Step::Again;
        };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            self.turn = None;
            return Step::Again;
        };
        if peer.outbox.is_some() {
            peer.flush(&mut self.kit);
        }
        // What was received before the break is still reported, if the owner reads at all.
        if let Writing::Broken(number) = peer.writing
            && !((peer.reading.has_something() || turn.has_input_left()) && peer.takes_input())
        {
            peer.broken(number);
        }
        if peer.connection.has_event() {
            turn.stage = Stage::Report;
            return Step::Again;
        }
        if peer.can_be_handed_over() && turn.closed.is_none() {
            if !self.kit.delivered.is_empty() {
                return Step::Again;
            }
            turn.stage = Stage::Report;
            let (index, start, end) = (turn.index, turn.start, turn.end);
            turn.start = turn.end;
            return self.hand_over(index, buffer, start, end);
        }
        if peer.pressure == Pressure::Relieved && !turn.told_writable && turn.closed.is_none() {
            turn.told_writable = true;
            return self.relieved();
        }
        self.end_turn(buffer);
        Step::Again
    }

    /// There is room again: whoever waits for it is told, once messages pass.
    fn relieved<'b>(&mut self) -> Step<'b, H> {
        let Some(turn) = &self.turn else {
            return Step::Again;
        };
        let index = turn.index;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return Step::Again;
        };
        peer.set_pressure(Pressure::Low, self.kit.now);
        let is_open = peer.connection.is_open();
        self.refuse_sends(index, false);
        // The peer may be watched again from now on.
        self.set_timer(index);
        match is_open {
            true => self.connection_event(ConnectionEvent::Writable),
            false => Step::Again,
        }
    }

    fn end_turn(&mut self, buffer: &[u8]) {
        let Some(turn) = self.turn.take() else { return };
        let Some(Resource::Peer(peer)) = self.slots.at_mut(turn.index) else {
            return;
        };
        self.window = turn.window_after(self.window);
        match turn.closed {
            Some(true) if matches!(peer.link, Link::Up(_)) => peer.begin_linger(&mut self.kit),
            Some(_) => peer.life.leave(Leaving::Over),
            None => {
                let left = buffer.get(turn.start..turn.end).unwrap_or_default();
                if let Err(error) = peer.keep(left, !turn.used_up, &mut self.kit) {
                    peer.with_connection(&mut self.kit, |connection, cx| {
                        connection.fail_later(error, cx);
                    });
                }
            }
        }
        self.finish_peer(turn.index);
    }
}
