//! How long a client waits before it comes back, and when it gives up (RFC 6455 section 7.2.3).
//!
//! Whether an end is worth coming back after is judged in `comeback`. Time and randomness are lent.

use super::close_code::Reconnect;
use super::time::Time;

/// Who has been open for so long comes back as if nothing had failed before, in milliseconds.
pub const STEADY_MS: u32 = 10_000;

/// The rules by which a client comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest that the first attempt is waited for, in milliseconds; twice that for the second, and so on.
    pub first_ms: u32,
    /// The longest that any attempt is waited for, in milliseconds.
    pub max_ms: u32,
    /// How many attempts may fail one after another; 0 is any number.
    pub max_attempts: u32,
    /// How long it may all take until the connection is open, in milliseconds; 0 is for ever.
    pub max_total_ms: u32,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff { first_ms: 1000, max_ms: 60_000, max_attempts: 0, max_total_ms: 0 }
    }
}

impl Backoff {
    /// The wait before an attempt, of which `attempts` have gone before: any time up to a limit that
    /// doubles with each of them. All of it is left to chance, so that clients which have lost their
    /// server together do not come back together.
    pub fn delay_ms(&self, attempts: u32, random: u64) -> u32 {
        let limit = match 1_u64.checked_shl(attempts.min(32)) {
            Some(factor) => u64::from(self.first_ms).saturating_mul(factor),
            None => u64::MAX,
        };
        let limit = limit.min(u64::from(self.max_ms));
        u32::try_from(random % (limit + 1)).unwrap_or(self.max_ms)
    }
}

/// What an end says about coming back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// Whether to come back.
    pub reconnect: Reconnect,
    /// How long the server wants to be left alone, in seconds, if it says so.
    pub retry_after_s: Option<u32>,
}

/// How a client has fared until now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    count: u32,
    /// Since when it has not been steadily open.
    since: Time,
    open_since: Option<Time>,
}

impl Attempts {
    /// A client that begins to connect.
    pub fn begin(now: Time) -> Attempts {
        Attempts { count: 0, since: now, open_since: None }
    }

    /// How many attempts to come back have been made since it was last steadily open.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The connection is open.
    pub fn opened(&mut self, now: Time) {
        self.open_since = Some(now);
    }

    /// The connection has ended: how many milliseconds to wait before the next attempt; `None` if there is
    /// to be none.
    pub fn next(&mut self, rules: &Backoff, advice: Advice, now: Time, random: u64) -> Option<u32> {
        if let Some(opened) = self.open_since.take()
            && now >= opened.after_ms(STEADY_MS)
        {
            *self = Attempts::begin(now);
        }
        if rules.max_attempts != 0 && self.count >= rules.max_attempts {
            return None;
        }
        let by_itself = match advice.reconnect {
            Reconnect::Never => return None,
            Reconnect::Now if self.count == 0 => 0,
            Reconnect::Now | Reconnect::BackOff => rules.delay_ms(self.count, random),
        };
        let wanted_ms = advice.retry_after_s.unwrap_or(0).saturating_mul(1000);
        let delay_ms = match wanted_ms {
            0 => by_itself,
            wanted => wanted.saturating_add(by_itself).min(rules.max_ms),
        };
        let is_too_late = now.after_ms(delay_ms) > self.since.after_ms(rules.max_total_ms);
        if rules.max_total_ms != 0 && is_too_late {
            return None;
        }
        self.count = self.count.saturating_add(1);
        Some(delay_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Backoff =
        Backoff { first_ms: 1000, max_ms: 60_000, max_attempts: 0, max_total_ms: 0 };
    const BACK_OFF: Advice = Advice { reconnect: Reconnect::BackOff, retry_after_s: None };

    fn at(ms: u64) -> Time {
        Time::from_micros(ms * 1000)
    }

    #[test]
    fn d15_the_longest_wait_doubles_up_to_its_limit_whatever_the_number() {
        let longest = [
            (0, 1000),
            (1, 2000),
            (2, 4000),
            (5, 32_000),
            (6, 60_000),
            (31, 60_000),
            (32, 60_000),
            (63, 60_000),
            (64, 60_000),
            (1_000_000, 60_000),
            (u32::MAX, 60_000),
        ];
        for (attempts, want) in longest {
            assert_eq!(RULES.delay_ms(attempts, want), u32::try_from(want).unwrap(), "{attempts}");
            assert_eq!(RULES.delay_ms(attempts, want + 1), 0, "{attempts}");
            assert_eq!(RULES.delay_ms(attempts, 0), 0, "{attempts}");
        }
    }

    #[test]
    fn d15_a_million_attempts_stay_within_the_limit() {
        let mut attempts = Attempts::begin(at(0));
        let mut sum = 0;
        for number in 0..1_000_000_u64 {
            let random = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let delay = attempts.next(&RULES, BACK_OFF, at(number), random).unwrap();
            assert!(delay <= 60_000);
            sum += u64::from(delay);
        }
        assert_eq!(attempts.count(), 1_000_000);
        // Half of the limit on average, give or take what chance may do.
        assert!((29_000..31_000).contains(&(sum / 1_000_000)), "{sum}");
    }

    #[test]
    fn d15_extreme_rules_do_not_overflow() {
        for first_ms in [0, 1, u32::MAX] {
            for max_ms in [0, 1, u32::MAX] {
                for attempts in [0, 1, 31, 32, 33, u32::MAX] {
                    let rules = Backoff { first_ms, max_ms, ..RULES };
                    assert!(rules.delay_ms(attempts, u64::MAX) <= max_ms);
                }
            }
        }
        let rules = Backoff { max_ms: u32::MAX, max_total_ms: u32::MAX, ..RULES };
        let advice = Advice { retry_after_s: Some(u32::MAX), ..BACK_OFF };
        let now = Time::from_micros(u64::MAX);
        assert_eq!(Attempts::begin(now).next(&rules, advice, now, 7), Some(u32::MAX));
    }

    #[test]
    fn a_server_that_goes_away_is_asked_for_again_at_once_but_only_once() {
        let advice = Advice { reconnect: Reconnect::Now, retry_after_s: None };
        let mut attempts = Attempts::begin(at(0));
        assert_eq!(attempts.next(&RULES, advice, at(0), 777), Some(0));
        assert_eq!(attempts.next(&RULES, advice, at(0), 777), Some(777));
        assert_eq!(attempts.next(&RULES, advice, at(0), 4002), Some(1));
    }

    #[test]
    fn nobody_comes_back_where_it_does_not_help() {
        let advice = Advice { reconnect: Reconnect::Never, retry_after_s: Some(1) };
        let mut attempts = Attempts::begin(at(0));
        assert_eq!(attempts.next(&RULES, advice, at(0), 777), None);
        assert_eq!(attempts.count(), 0);
    }

    #[test]
    fn the_count_begins_anew_only_after_a_steady_connection() {
        let mut attempts = Attempts::begin(at(0));
        for want in [1, 2] {
            attempts.next(&RULES, BACK_OFF, at(0), 0).unwrap();
            assert_eq!(attempts.count(), want);
        }
        attempts.opened(at(5000));
        attempts.next(&RULES, BACK_OFF, at(14_999), 0).unwrap();
        assert_eq!(attempts.count(), 3);
        attempts.opened(at(20_000));
        attempts.next(&RULES, BACK_OFF, at(30_000), 0).unwrap();
        assert_eq!(attempts.count(), 1);
    }

    #[test]
    fn it_gives_up_after_so_many_attempts() {
        let rules = Backoff { max_attempts: 2, ..RULES };
        let mut attempts = Attempts::begin(at(0));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(0), 5), Some(5));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(9), 6), Some(6));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(99), 7), None);
        attempts.opened(at(100));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(10_100), 8), Some(8));
    }

    #[test]
    fn it_gives_up_when_the_next_attempt_would_come_too_late() {
        let rules = Backoff { max_total_ms: 5000, ..RULES };
        let mut attempts = Attempts::begin(at(1000));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(1000), 1000), Some(1000));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(4000), 2000), Some(2000));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(4000), 2001), None);
        assert_eq!(attempts.next(&rules, BACK_OFF, at(4000), 2000), Some(2000));
        assert_eq!(attempts.next(&rules, BACK_OFF, at(6001), 0), None);
    }

    #[test]
    fn a_server_that_wants_to_be_left_alone_is_within_the_limit() {
        let rows = [(None, 300), (Some(0), 300), (Some(2), 2300), (Some(60), 60_000)];
        for (retry_after_s, want) in rows {
            let advice = Advice { retry_after_s, ..BACK_OFF };
            let mut attempts = Attempts::begin(at(0));
            assert_eq!(attempts.next(&RULES, advice, at(0), 300), Some(want));
        }
        let advice = Advice { retry_after_s: Some(u32::MAX), ..BACK_OFF };
        assert_eq!(Attempts::begin(at(0)).next(&RULES, advice, at(0), 300), Some(60_000));
    }
}
