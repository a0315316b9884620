//! Time as the protocol sees it: a count of microseconds that the transport hands in.
//!
//! No clock is read here. The origin is the transport's own choice; only differences matter.

/// A moment, in microseconds since an origin that the transport chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time(u64);

impl Time {
    /// The moment that lies `micros` microseconds after the origin.
    pub const fn from_micros(micros: u64) -> Time {
        Time(micros)
    }

    /// Microseconds since the origin.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the origin, rounded down.
    pub const fn millis(self) -> u64 {
        self.0 / 1000
    }

    /// Whole milliseconds since the origin, rounded up: when a millisecond timer may fire.
    pub const fn millis_ceil(self) -> u64 {
        self.0.div_ceil(1000)
    }

    /// The moment `ms` milliseconds later; the end of time rather than an overflow.
    pub const fn after_ms(self, ms: u32) -> Time {
        Time(self.0.saturating_add(ms as u64 * 1000))
    }

    /// The earliest of the moments that there are.
    ///
    /// What is not there counts as the end of time, so that only values are compared which were
    /// written: optimised otherwise, memory checkers take it for the use of memory that was not.
    pub fn earliest<const COUNT: usize>(moments: [Option<Time>; COUNT]) -> Option<Time> {
        let value = |moment: Option<Time>| moment.map_or(u64::MAX, Time::micros);
        let earliest = moments.into_iter().fold(u64::MAX, |least, moment| least.min(value(moment)));
        (earliest != u64::MAX).then_some(Time(earliest))
    }

    /// Microseconds from `earlier` to this moment; 0 if `earlier` is the later one.
    pub const fn micros_since(self, earlier: Time) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn e16_no_timeout_overflows() {
        for ms in [0, 1, u32::MAX - 1, u32::MAX] {
            for start in [0, 1, u64::MAX - 1, u64::MAX] {
                assert!(Time::from_micros(start).after_ms(ms) >= Time::from_micros(start));
            }
        }
        let at = Time::from_micros;
        assert_eq!(Time::earliest([None, Some(at(7)), Some(at(5)), None]), Some(at(5)));
        assert_eq!(Time::earliest([None, None]), None);
        assert_eq!(Time::from_micros(1).millis_ceil(), 1);
        assert_eq!(Time::from_micros(1000).millis_ceil(), 1);
        assert_eq!(Time::from_micros(5).micros_since(Time::from_micros(9)), 0);
    }
}
