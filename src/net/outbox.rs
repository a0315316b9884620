//! The output of a connection while there is any, and a pool of them.

use crate::protocol::output::Output;
use crate::protocol::time::Time;

/// Output that waits, and since when the peer has taken none of it.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) output: Output,
    pub(super) progress: Time,
}

/// How many outboxes a pool keeps.
const KEPT: usize = 64;

/// The largest outbox that a pool keeps.
const KEPT_BYTES: usize = 1024 * 1024;

/// What an outbox may occupy while nothing happens.
const IDLE_BYTES: usize = 64 * 1024;

/// Empty outboxes that wait to be used again.
#[derive(Debug, Default)]
pub(super) struct OutboxPool {
    // Boxed, as they move in and out of connections, which pay eight bytes for the place.
    #[expect(clippy::vec_box)]
    spare: Vec<Box<Outbox>>,
}

impl OutboxPool {
    pub(super) fn take(&mut self) -> Box<Outbox> {
        self.spare.pop().unwrap_or_default()
    }

    pub(super) fn give_back(&mut self, mut outbox: Box<Outbox>) {
        outbox.output.clear();
        if self.spare.len() < KEPT && outbox.output.capacity() <= KEPT_BYTES {
            self.spare.push(outbox);
        }
    }

    /// Whether [`OutboxPool::trim`] has something to drop.
    pub(super) fn has_large(&self) -> bool {
        self.spare
            .iter()
            .any(|outbox| outbox.output.capacity() > IDLE_BYTES)
    }

    /// Drops what is large: nobody needs it while nothing happens.
    pub(super) fn trim(&mut self) {
        self.spare
            .retain(|outbox| outbox.output.capacity() <= IDLE_BYTES);
    }
}
