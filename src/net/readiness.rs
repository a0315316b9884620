//! Who gets a turn: what the system has told of, and what was done to a connection outside of its turn.
//!
//! Nothing is read or reported here.

use mio::Token;
use mio::event::Event;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource, WAKER};
use super::link::Link;
use super::peer::{Peer, Pressure, Reading, Writing};

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Notes that a socket can be read, if nothing else can follow from it; whether it was noted.
    #[inline(always)]
    pub(super) fn note_steady(&mut self, token: Token) -> bool {
        // What is sealed can be written to, and awaits nothing else.
        let Ok(index) = u32::try_from(token.0) else {
            return false;
        };
        let Some((_, Some(Resource::Peer(peer)))) = self.slots.sealed_mut(index) else {
            return false;
        };
        peer.reading = Reading::Ready;
        if !std::mem::replace(&mut peer.is_queued, true) {
            self.ready.push(index);
        }
        true
    }

    /// Notes an event of the system.
    #[inline(never)]
    pub(super) fn note_event(&mut self, event: &Event) {
        if event.token() == WAKER {
            return;
        }
        let ends = event.is_read_closed() || event.is_error();
        let readable = event.is_readable() || ends;
        let writable = event.is_writable() || event.is_error();
        self.note_ready(event.token(), readable, ends, writable);
    }

    /// Notes what the system said about a socket.
    pub(super) fn note_ready(&mut self, token: Token, readable: bool, ends: bool, writable: bool) {
        let Ok(index) = u32::try_from(token.0) else {
            return;
        };
        let wants_turn = match self.slots.at_mut(index) {
            Some(Resource::Peer(peer)) => {
                if note_peer(peer, readable, ends, writable)
                    && !std::mem::replace(&mut peer.is_queued, true)
                {
                    self.ready.push(index);
                }
                return;
            }
            Some(Resource::Watch(watch)) => {
                watch.note(readable, writable);
                true
            }
            Some(Resource::Listener(_)) => true,
            Some(Resource::Timer(_)) | None => false,
        };
        if wants_turn {
            self.enqueue(index);
        }
    }

    /// Gives something a turn, in this round if it has not begun, otherwise in the next.
    pub(super) fn enqueue(&mut self, index: u32) {
        let queued = match self.slots.at_mut(index) {
            Some(Resource::Peer(peer)) => &mut peer.is_queued,
            Some(Resource::Listener(listener)) => &mut listener.is_queued,
            Some(Resource::Watch(watch)) => &mut watch.is_queued,
            Some(Resource::Timer(_)) | None => return,
        };
        if !std::mem::replace(queued, true) {
            self.ready.push(index);
        }
    }

    /// Output was queued: it leaves at the end of the connection's turn, or of the round; outside
    /// of a round at once.
    #[inline]
    pub(super) fn note_output(&mut self, index: u32) {
        if self.turn.as_ref().is_some_and(|turn| turn.index == index) {
            return;
        }
        let is_idle = self.is_between_rounds();
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if is_idle {
            peer.flush(&mut self.kit);
            self.settle_peer(index);
        } else if !std::mem::replace(&mut peer.is_dirty, true) {
            self.dirty.push(index);
        }
    }

    /// Writes what was queued for others than those whose turn it was.
    #[inline(always)]
    pub(super) fn flush_dirty(&mut self) {
        if !self.dirty.is_empty() {
            self.flush_all_dirty();
        }
        self.kit.joint.forget();
    }

    fn flush_all_dirty(&mut self) {
        // Who only sends works too.
        self.worked_at = self.kit.now;
        while let Some(index) = self.dirty.pop() {
            if let Some(Resource::Peer(peer)) = self.slots.at_mut(index) {
                peer.is_dirty = false;
                if peer.flush_steadily(&mut self.kit) {
                    continue;
                }
                peer.flush(&mut self.kit);
                self.settle_peer(index);
            }
        }
    }

    /// After something was done to a connection outside of its turn: a turn if that left
    /// something to report, and the right timer.
    pub(super) fn settle_peer(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let is_full = peer.is_full();
        if is_full {
            // Who is refused now is to be told later, even if the queue empties at once.
            peer.set_pressure(Pressure::High, self.kit.now);
        }
        let timer_can_wait = peer.timer.is_some() && peer.deadline_only_recedes();
        if peer.wants_turn() {
            self.enqueue(index);
        }
        if is_full {
            self.refuse_sends(index, true);
        }
        self.watch_writing(index);
        self.charge(index);
        if !timer_can_wait {
            self.set_timer(index);
        }
    }

    /// Has the system tell when a connection can be written again, where it has not been asked to.
    pub(super) fn watch_writing(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if !peer.is_writing_unwatched || peer.writing != Writing::Blocked {
            return;
        }
        if let Link::Up(stream) = &mut peer.link {
            // What has become possible meanwhile is told too.
            match stream.watch_writing(self.poll.registry(), Token(index as usize)) {
                Ok(()) => peer.is_writing_unwatched = false,
                Err(_) => peer.writing = Writing::Retry,
            }
        }
    }
}

/// Notes what the system said about a connection; whether it wants a turn.
#[inline]
fn note_peer<C>(peer: &mut Peer<C>, readable: bool, ends: bool, writable: bool) -> bool {
    if readable && matches!(peer.reading, Reading::Drained | Reading::Later) {
        peer.reading = Reading::Ready;
    }
    if ends && peer.reading == Reading::Ready {
        peer.reading = Reading::Last;
    }
    if writable && peer.writing == Writing::Blocked {
        peer.writing = Writing::Ready;
    }
    let can_write = peer.writing == Writing::Ready && peer.has_output();
    readable || can_write || matches!(peer.link, Link::Pending(_))
}
