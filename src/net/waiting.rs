//! How long a loop waits, and what it decides from the time that has passed: whether deadlines
//! count in this round, and when memory goes back. Waiting itself is the only thing here that
//! may block.

use std::io;
use std::time::Duration;

use mio::Events;

use super::endpoint::Host;
use super::event_loop::EventLoop;
use crate::protocol::time::Time;

/// How long deadlines may be put off while more events wait than could be taken, in milliseconds.
const GRACE_MS: u32 = 1000;

/// From so long a round on, its deadlines are left to the next one, in milliseconds.
const LONG_ROUND_MS: u32 = 10;

/// How long a loop may have nothing to do before it gives memory back.
const TRIM_AFTER_MICROS: u64 = 1_000_000;
const TRIM_AFTER: Duration = Duration::from_micros(TRIM_AFTER_MICROS);

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// How long the next round may wait: `None` if there is no deadline.
    pub fn timeout(&self) -> Option<Duration> {
        let next = match &self.simulation {
            None => self.next_deadline(),
            Some(simulation) => {
                [self.next_deadline(), simulation.next_news_in()].into_iter().flatten().min()
            }
        };
        match next {
            None if self.has_spare_memory() => Some(TRIM_AFTER),
            Some(next) if self.has_spare_memory() => Some(next.min(TRIM_AFTER)),
            next => next,
        }
    }

    /// How long until something has to be done although nothing happens.
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let is_busy = !self.ready.is_empty() || !self.posted.is_empty();
        if is_busy || !self.kit.delivered.is_empty() || self.mailbox.has_commands() {
            return Some(Duration::ZERO);
        }
        self.timers.next_ms().map(|ms| {
            let next = Time::from_micros(ms.saturating_mul(1000));
            Duration::from_micros(next.micros_since(self.clock.now()))
        })
    }

    pub(super) fn wait(&mut self, events: &mut Events, limit: Option<Duration>) -> io::Result<()> {
        if self.simulation.is_some() {
            return self.pass_time(events, limit);
        }
        let end = limit.map(|limit| u128::from(self.clock.now().micros()) + limit.as_micros());
        loop {
            let left = end.map(|end| {
                let micros = end.saturating_sub(u128::from(self.clock.now().micros()));
                Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
            });
            let timeout = match (self.timeout(), left) {
                (Some(own), Some(left)) => Some(own.min(left)),
                (own, left) => own.or(left),
            };
            if self.look_out(events, timeout)? {
                return Ok(());
            }
            match self.poll.poll(events, timeout) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Asks the system again and again for as long as the owner wants before it sleeps: to be woken
    /// takes longer than to notice. Whether there is something to do; what is due counts too.
    fn look_out(&mut self, events: &mut Events, timeout: Option<Duration>) -> io::Result<bool> {
        if self.busy_poll_us == 0 || timeout == Some(Duration::ZERO) {
            return Ok(false);
        }
        let began = self.clock.now();
        loop {
            match self.poll.poll(events, Some(Duration::ZERO)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(()) if !events.is_empty() => return Ok(true),
                Ok(()) => {}
            }
            let micros = self.clock.now().micros_since(began);
            if timeout.is_some_and(|timeout| u128::from(micros) >= timeout.as_micros()) {
                return Ok(true);
            }
            if micros >= u64::from(self.busy_poll_us) {
                return Ok(false);
            }
        }
    }

    /// Gives memory back when nothing has happened for a while, as work often comes back at once.
    pub(super) fn note_work(&mut self, is_work: bool) {
        if is_work {
            self.worked_at = self.kit.now;
        } else if self.kit.now.micros_since(self.worked_at) >= TRIM_AFTER_MICROS {
            self.kit.messages.trim();
            self.kit.sent_on.clear();
            self.kit.carries.trim();
            self.kit.outboxes.trim();
            self.kit.tls.trim();
            self.kit.veils.borrow_mut().trim();
            self.kit.streams.trim();
            self.kit.joint.trim();
            self.ready.trim();
        }
    }

    /// Whether connections may be judged by their deadlines in this round. After a long stall more
    /// events may wait than were taken, and after slow callbacks more bytes than were read: a peer
    /// whose bytes are among them must not be declared dead before they have been read, which the
    /// next round does at once. That cannot be put off for ever.
    pub(super) fn may_judge_peers(&mut self) -> bool {
        // Nearly always there is nobody to be judged, and no need to know how late it is.
        if self.due.is_empty() {
            self.put_off_since = None;
            return true;
        }
        let was_long = self.clock.now() >= self.kit.now.after_ms(LONG_ROUND_MS);
        if self.is_behind || was_long {
            let since = *self.put_off_since.get_or_insert(self.kit.now);
            if self.kit.now < since.after_ms(GRACE_MS) {
                return false;
            }
        }
        self.put_off_since = None;
        true
    }

    fn has_spare_memory(&self) -> bool {
        self.kit.messages.has_large()
            || !self.kit.sent_on.is_empty()
            || self.kit.outboxes.has_large()
            || self.kit.tls.has_large()
            || self.kit.veils.borrow().has_large()
            || self.kit.carries.has_large()
            || self.kit.streams.has_spare()
            || self.kit.joint.has_spare()
            || self.ready.has_large()
    }
}
