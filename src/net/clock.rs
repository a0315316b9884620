//! The only place that reads a clock: monotonic time since the loop's start.

use std::time::Instant;

use crate::protocol::time::Time;

/// A monotonic clock whose origin is its creation. Steps of the wall clock do not reach it.
#[derive(Debug)]
pub(super) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(super) fn new() -> Clock {
        Clock { origin: Instant::now() }
    }

    /// The time now.
    pub(super) fn now(&self) -> Time {
        let micros = self.origin.elapsed().as_micros();
        Time::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}
