//! The only place that reads a clock: monotonic time since the loop's start, or what a test says
//! instead.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use crate::protocol::time::Time;

/// A monotonic clock whose origin is its creation.
#[derive(Debug)]
pub(super) enum Clock {
    /// The system's, which steps of the wall clock do not reach; since when.
    System(Instant),
    /// One that stands still until it is moved.
    Simulated(Rc<Cell<Time>>),
}

impl Clock {
    pub(super) fn system() -> Clock {
        Clock::System(Instant::now())
    }

    /// The time now.
    #[inline]
    pub(super) fn now(&self) -> Time {
        match self {
            Clock::System(origin) => {
                let micros = origin.elapsed().as_micros();
                Time::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
            }
            Clock::Simulated(now) => now.get(),
        }
    }
}
