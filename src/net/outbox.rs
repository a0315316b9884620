//! The output of a connection while there is any.

use crate::protocol::output::Output;
use crate::protocol::pool::Pooled;
use crate::protocol::time::Time;

/// Output that waits, and since when the peer has taken none of it.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) output: Output,
    pub(super) progress: Time,
}

impl Pooled for Outbox {
    fn occupied_bytes(&self) -> usize {
        self.output.capacity()
    }

    fn clear(&mut self) {
        self.output.clear();
    }
}
