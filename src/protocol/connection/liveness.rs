//! Whether the peer is there and behaves: pings, pongs, idleness, floods of control frames.

use crate::protocol::error::ErrorCode;
use crate::protocol::settings::Limits;
use crate::protocol::time::Time;

/// How many pings may wait for their pong; of more, the oldest is forgotten.
const MAX_PINGS: usize = 16;

/// When the connection last heard what, and what it waits for.
#[derive(Debug)]
pub(super) struct Liveness {
    last_received: Time,
    last_message: Time,
    pings: Option<Box<Pings>>,
    flood: Flood,
}

/// Pings that have not been answered, oldest first. Boxed, as they are seldom there.
#[derive(Debug, Default)]
struct Pings {
    waiting: Vec<Ping>,
}

/// A ping that has not been answered.
#[derive(Debug)]
struct Ping {
    sent: Time,
    payload: Box<[u8]>,
    /// Whether the connection ends if nothing comes; a ping of the application only measures.
    is_keepalive: bool,
}

/// A leaking bucket of control frames and empty fragments.
#[derive(Debug, Default)]
struct Flood {
    /// In thousandths of a frame, as a millisecond leaks a part of one.
    level: u32,
    since_ms: u32,
}

/// What one frame adds to the level of the bucket.
const FRAME: u32 = 1000;

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Ping,
    Failure(ErrorCode),
}

impl Liveness {
    pub(super) fn new(now: Time) -> Liveness {
        Liveness { last_received: now, last_message: now, pings: None, flood: Flood::default() }
    }

    /// The connection is open from now on.
    pub(super) fn start(&mut self, now: Time) {
        self.last_received = now;
        self.last_message = now;
    }

    /// Any byte shows that the peer lives.
    #[inline]
    pub(super) fn note_received(&mut self, now: Time) {
        self.last_received = now;
    }

    /// A message passed, in either direction, or a piece of one by itself.
    #[inline]
    pub(super) fn note_message(&mut self, now: Time) {
        self.last_message = now;
    }

    /// Reading goes on after a pause, in which silence said nothing about the peer: it gets its full
    /// time again.
    pub(super) fn resume(&mut self, now: Time) {
        self.start(now);
        if let Some(pings) = &mut self.pings {
            pings.waiting.iter_mut().for_each(|ping| ping.is_keepalive = false);
        }
    }

    /// Counts a control frame or an empty fragment.
    pub(super) fn count_control(&mut self, now: Time, limits: &Limits) -> Result<(), ErrorCode> {
        self.flood.add(now, limits)
    }

    /// A ping goes out.
    pub(super) fn ping_sent(&mut self, now: Time, payload: &[u8], is_keepalive: bool) {
        let pings = &mut self.pings.get_or_insert_default().waiting;
        if pings.len() >= MAX_PINGS {
            // Not the one on which the peer's life depends.
            let oldest = pings.iter().position(|ping| !ping.is_keepalive).unwrap_or(0);
            pings.remove(oldest);
        }
        pings.push(Ping { sent: now, payload: payload.into(), is_keepalive });
    }

    /// A pong came in: the microseconds since its ping, if it answers one. Of pings with the same
    /// payload the oldest is meant, as they are answered in turn; older ones with another are
    /// answered too (RFC 6455 section 5.5.3).
    pub(super) fn pong_received(&mut self, now: Time, payload: &[u8]) -> Option<u64> {
        let pings = &mut self.pings.as_mut()?.waiting;
        let at = pings.iter().position(|ping| *ping.payload == *payload)?;
        let sent = pings.get(at)?.sent;
        pings.drain(..=at);
        if pings.is_empty() {
            self.pings = None;
        }
        Some(now.micros_since(sent))
    }

    /// Whether a ping has not been answered.
    #[inline]
    pub(super) fn awaits_pong(&self) -> bool {
        self.pings.is_some()
    }

    /// When to ask again what is due; `None` if never. `jitter` spreads the pings over a tenth of their
    /// interval either way.
    #[inline]
    pub(super) fn deadline(&self, limits: &Limits, jitter: u8) -> Option<Time> {
        let pong = self.pong_deadline(limits);
        let ping = pong.or_else(|| self.ping_time(limits, jitter));
        match (ping, self.idle_deadline(limits)) {
            (Some(ping), Some(idle)) => Some(ping.min(idle)),
            (ping, idle) => ping.or(idle),
        }
    }

    /// What is due now, with the `jitter` that was given for the deadline.
    pub(super) fn due(&self, now: Time, limits: &Limits, jitter: u8) -> Due {
        if self.idle_deadline(limits).is_some_and(|at| now >= at) {
            return Due::Failure(ErrorCode::IdleTimeout);
        }
        if self.pong_deadline(limits).is_some_and(|at| now >= at) {
            return Due::Failure(ErrorCode::PongTimeout);
        }
        let waits = self.pong_deadline(limits).is_some();
        if !waits && self.ping_time(limits, jitter).is_some_and(|at| now >= at) {
            return Due::Ping;
        }
        Due::Nothing
    }

    fn ping_time(&self, limits: &Limits, jitter: u8) -> Option<Time> {
        if limits.ping_interval_ms == 0 {
            return None;
        }
        let interval = u64::from(limits.ping_interval_ms);
        let spread = interval / 5 * u64::from(jitter) / 255;
        let ms = interval - interval / 10 + spread;
        let pings = self.pings.as_ref().map(|pings| pings.waiting.iter()).unwrap_or_default();
        // Where no pong is waited for, a ping that went out begins the interval anew.
        let keepalives = pings.filter(|ping| ping.is_keepalive).map(|ping| ping.sent);
        let since = keepalives.fold(self.last_received, Time::max);
        Some(since.after_ms(u32::try_from(ms).unwrap_or(u32::MAX)))
    }

    /// When the connection is given up: only if nothing at all came since a keepalive ping.
    fn pong_deadline(&self, limits: &Limits) -> Option<Time> {
        if limits.pong_timeout_ms == 0 {
            return None;
        }
        let unanswered = |ping: &&Ping| ping.is_keepalive && ping.sent >= self.last_received;
        let ping = self.pings.as_ref()?.waiting.iter().find(unanswered)?;
        Some(ping.sent.after_ms(limits.pong_timeout_ms))
    }

    fn idle_deadline(&self, limits: &Limits) -> Option<Time> {
        (limits.idle_timeout_ms != 0).then(|| self.last_message.after_ms(limits.idle_timeout_ms))
    }
}

impl Flood {
    fn add(&mut self, now: Time, limits: &Limits) -> Result<(), ErrorCode> {
        // The low bits suffice: only the difference to the last one counts.
        let now_ms = (now.millis() & u64::from(u32::MAX)) as u32;
        let elapsed = u64::from(now_ms.wrapping_sub(self.since_ms));
        // Frames a second are thousandths of a frame a millisecond.
        let leaked = elapsed * u64::from(limits.control_per_second);
        self.level = self.level.saturating_sub(u32::try_from(leaked).unwrap_or(u32::MAX));
        self.since_ms = now_ms;
        self.level = self.level.saturating_add(FRAME);
        // A burst of more than four million frames saturates, and so is no limit.
        if self.level > limits.control_burst.saturating_mul(FRAME) {
            return Err(ErrorCode::ControlFlood);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::connection::Connection;
    use crate::protocol::settings::Settings;

    fn at(ms: u64) -> Time {
        Time::from_micros(ms * 1000)
    }

    #[test]
    fn e01_a_flood_is_allowed_its_burst_and_its_rate() {
        let limits = Limits { control_burst: 10, control_per_second: 100, ..Limits::server() };
        let mut flood = Flood::default();
        for _ in 0..10 {
            assert_eq!(flood.add(at(5), &limits), Ok(()));
        }
        assert_eq!(flood.add(at(5), &limits), Err(ErrorCode::ControlFlood));
        let mut flood = Flood::default();
        for count in 0..10_000 {
            assert_eq!(flood.add(at(count * 10), &limits), Ok(()), "{count}");
        }
    }

    #[test]
    fn e05_any_byte_counts_and_only_a_keepalive_ping_fails() {
        let limits = Limits { ping_interval_ms: 100, pong_timeout_ms: 50, ..Limits::server() };
        let mut live = Liveness::new(at(0));
        assert_eq!(live.due(at(89), &limits, 128), Due::Nothing);
        assert_eq!(live.due(at(111), &limits, 128), Due::Ping);
        live.ping_sent(at(111), b"k", true);
        assert_eq!(live.due(at(160), &limits, 128), Due::Nothing);
        assert_eq!(live.due(at(161), &limits, 128), Due::Failure(ErrorCode::PongTimeout));
        live.note_received(at(150));
        assert_eq!(live.due(at(161), &limits, 128), Due::Nothing);
        assert_eq!(live.pong_received(at(170), b"k"), Some(59_000));
        assert_eq!(live.pong_received(at(170), b"k"), None);
        live.ping_sent(at(180), b"app", false);
        assert_eq!(live.due(at(239), &limits, 128), Due::Nothing);
        assert_ne!(live.due(at(300), &limits, 128), Due::Failure(ErrorCode::PongTimeout));
    }

    #[test]
    fn e04_silence_counts_for_nothing_while_this_side_does_not_read() {
        let limits = Limits {
            ping_interval_ms: 100,
            pong_timeout_ms: 50,
            idle_timeout_ms: 500,
            ..Limits::server()
        };
        let settings = Arc::new(Settings::new(limits));
        let mut connection = Connection::server(settings, at(0), 0);
        connection.phase = None;
        connection.liveness.ping_sent(at(100), b"k", true);
        connection.suspend_liveness();
        assert_eq!(connection.deadline(), None);
        assert_eq!(connection.due(at(10_000)), Due::Nothing);
        connection.resume_liveness(at(10_000));
        assert_eq!(connection.due(at(10_001)), Due::Nothing);
        assert_eq!(connection.deadline(), Some(at(10_090)));
    }

    #[test]
    fn e17_jitter_spreads_pings_over_a_tenth_either_way() {
        let limits = Limits { ping_interval_ms: 1000, ..Limits::server() };
        for (jitter, want) in [(0, 900), (255, 1100)] {
            assert_eq!(Liveness::new(at(0)).deadline(&limits, jitter), Some(at(want)));
        }
    }
}
