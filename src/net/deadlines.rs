//! Deadlines: one timer for each connection, set anew only when it must go off earlier.

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::link::Link;
use super::loop_event::Step;
use super::peer::{RETRY_MS, Reading};
use super::timers::TimerId;

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Makes the timer of a connection go off no later than its deadline. One that goes off too
    /// early finds nothing due and is set anew, which costs less than moving it with each message.
    #[inline]
    pub(super) fn set_timer(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let again = (peer.reading == Reading::Later).then(|| self.kit.now.after_ms(RETRY_MS));
        let deadline = match (peer.deadline(), again) {
            (Some(deadline), Some(again)) => Some(deadline.min(again)),
            (deadline, again) => deadline.or(again),
        };
        match (deadline, peer.timer) {
            (None, None) => {}
            (None, Some(timer)) => {
                peer.timer = None;
                self.timers.cancel(timer);
            }
            (Some(deadline), None) => {
                peer.timer = Some(self.timers.arm(deadline.millis_ceil(), index));
            }
            (Some(deadline), Some(timer)) => {
                let deadline = deadline.millis_ceil();
                if self.timers.deadline(timer).is_none_or(|armed| armed > deadline) {
                    self.timers.rearm(timer, deadline);
                }
            }
        }
    }

    pub(super) fn expire_timers(&mut self) {
        self.timers.expire(self.kit.now.millis(), &mut self.due_batch);
        if !self.due_batch.is_empty() {
            self.due.extend(self.due_batch.drain(..));
        }
    }

    pub(super) fn timer_due<'b>(&mut self, timer: TimerId, index: u32) -> Step<'b, H> {
        if self.timers.deadline(timer).is_some() {
            return Step::Again;
        }
        match self.slots.at_mut(index) {
            Some(Resource::Peer(peer)) if peer.timer == Some(timer) => {
                peer.timer = None;
                if !self.judges_peers {
                    // Armed for what has passed already, it goes off in the next round.
                    self.set_timer(index);
                    return Step::Again;
                }
                peer.deadline_passed(&mut self.kit);
                if peer.outbox.is_some() {
                    peer.flush(&mut self.kit);
                }
                self.turn_after_deadline(index);
                Step::Again
            }
            Some(Resource::Listener(listener)) if listener.timer == Some(timer) => {
                listener.timer = None;
                self.enqueue(index);
                Step::Again
            }
            Some(Resource::Timer(owned)) if owned.timer == Some(timer) => {
                self.user_timer_due(index)
            }
            _ => Step::Again,
        }
    }

    /// A connection whose deadline has passed may have something to report: in this round still.
    fn turn_after_deadline(&mut self, index: u32) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let is_pending = matches!(peer.link, Link::Pending(_));
        if (peer.wants_turn() || is_pending) && !peer.is_queued {
            peer.is_queued = true;
            self.ready.push_first(index);
        }
        self.watch_writing(index);
        self.set_timer(index);
    }
}
