//! The only place that reads a clock: monotonic time since the loop's start, or what a test says
//! instead.

use std::cell::Cell;
use std::rc::Rc;

use nix::time::{ClockId, clock_gettime};

use crate::protocol::time::Time;

/// A monotonic clock whose origin is its creation.
#[derive(Debug)]
pub(super) enum Clock {
    /// The system's, which steps of the wall clock do not reach; what it said at the start.
    System(Time),
    /// One that stands still until it is moved.
    Simulated(Rc<Cell<Time>>),
}

impl Clock {
    pub(super) fn system() -> Clock {
        Clock::System(monotonic())
    }

    /// The time now.
    #[inline]
    pub(super) fn now(&self) -> Time {
        match self {
            Clock::System(origin) => Time::from_micros(monotonic().micros_since(*origin)),
            Clock::Simulated(now) => now.get(),
        }
    }
}

/// What the system's clock says. It fails on no system that has one.
#[inline]
fn monotonic() -> Time {
    let Ok(now) = clock_gettime(ClockId::CLOCK_MONOTONIC) else {
        return Time::default();
    };
    let seconds = u64::try_from(now.tv_sec()).unwrap_or(0);
    let micros = u64::try_from(now.tv_nsec() / 1000).unwrap_or(0);
    Time::from_micros(seconds.saturating_mul(1_000_000).saturating_add(micros))
}
