//! How long a connection was at each stage on its way to being open.

use super::failure::Stage;
use super::time::Time;

/// How many stages are timed.
const STAGES: usize = 5;

/// Microseconds at each stage that leads to an open connection, added up where one was reached more than
/// once.
#[derive(Debug, Clone, Copy, Default)]
pub struct StageTimes {
    micros: [u64; STAGES],
    /// The stage that is not over, and when it began.
    current: Option<(Stage, Time)>,
}

impl StageTimes {
    /// How long the connection was at a stage; 0 if it never was, and for a stage behind the opening.
    pub fn micros(&self, stage: Stage) -> u64 {
        place(stage).and_then(|place| self.micros.get(place)).copied().unwrap_or(0)
    }

    /// The next stage has been reached.
    pub(super) fn reach(&mut self, stage: Stage, now: Time) {
        self.stop(now);
        self.current = Some((stage, now));
    }

    /// The last stage is over, if one is under way.
    pub(super) fn stop(&mut self, now: Time) {
        if let Some((stage, since)) = self.current.take()
            && let Some(micros) = place(stage).and_then(|place| self.micros.get_mut(place))
        {
            *micros = micros.saturating_add(now.micros_since(since));
        }
    }
}

fn place(stage: Stage) -> Option<usize> {
    match stage {
        Stage::Resolve => Some(0),
        Stage::Connect => Some(1),
        Stage::Proxy => Some(2),
        Stage::Tls => Some(3),
        Stage::Handshake => Some(4),
        Stage::Open | Stage::Closing | Stage::Waiting => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_has_its_own_time() {
        let at = Time::from_micros;
        let mut times = StageTimes::default();
        let steps = [
            (Stage::Waiting, 0),
            (Stage::Resolve, 5),
            (Stage::Connect, 15),
            (Stage::Tls, 115),
            (Stage::Proxy, 1115),
            (Stage::Tls, 2000),
            (Stage::Handshake, 2001),
        ];
        steps.iter().for_each(|(stage, micros)| times.reach(*stage, at(*micros)));
        times.stop(at(2010));
        times.stop(at(9999));
        let cases = [
            (Stage::Waiting, 0),
            (Stage::Resolve, 10),
            (Stage::Connect, 100),
            (Stage::Tls, 1001),
            (Stage::Proxy, 885),
            (Stage::Handshake, 9),
            (Stage::Open, 0),
        ];
        for (stage, want) in cases {
            assert_eq!(times.micros(stage), want, "{stage:?}");
        }
    }

    #[test]
    fn a_clock_that_goes_back_takes_nothing_away() {
        let mut times = StageTimes::default();
        times.reach(Stage::Connect, Time::from_micros(50));
        times.reach(Stage::Handshake, Time::from_micros(20));
        times.stop(Time::from_micros(30));
        assert_eq!((times.micros(Stage::Connect), times.micros(Stage::Handshake)), (0, 10));
    }
}
