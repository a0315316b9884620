//! The timing wheel against deadlines written by hand and against a sorted map.

use std::collections::BTreeMap;

use oxws::net::timers::{TimerId, Timers};
use proptest::prelude::*;

const FARTHEST: u64 = u32::MAX as u64;

fn due_keys(timers: &mut Timers, now: u64) -> Vec<u32> {
    let mut due = Vec::new();
    timers.expire(now, &mut due);
    due.into_iter().map(|(_, key)| key).collect()
}

#[test]
fn e16_a_timer_is_due_at_its_deadline_and_not_before() {
    let deadlines = [
        0,
        1,
        63,
        64,
        65,
        4_095,
        4_096,
        262_143,
        262_144,
        16_777_215,
        16_777_216,
        1 << 30,
        (1 << 32) - 2,
        (1 << 32) - 1,
    ];
    let starts = [0, 1, 63, 64, 1_000_000, (1 << 32) - 1, (1 << 36) - 5, (1 << 48) + 77];
    for start in starts {
        for after in deadlines {
            let mut timers = Timers::new();
            assert_eq!(due_keys(&mut timers, start), []);
            let id = timers.arm(start + after, 7);
            assert_eq!(timers.deadline(id), Some(start + after));
            if after > 0 {
                assert_eq!(due_keys(&mut timers, start + after - 1), [], "{start} + {after}");
            }
            assert_eq!(timers.len(), 1);
            assert_eq!(due_keys(&mut timers, start + after), [7], "{start} + {after}");
            assert_eq!((timers.len(), timers.next_ms()), (0, None));
            assert_eq!(timers.deadline(id), None);
        }
    }
}

#[test]
fn e16_a_deadline_beyond_reach_is_brought_forward() {
    for deadline in [5_000 + FARTHEST, 5_001 + FARTHEST, 1 << 40, u64::MAX] {
        let mut timers = Timers::new();
        timers.expire(5_000, &mut Vec::new());
        let id = timers.arm(deadline, 1);
        assert_eq!(timers.deadline(id), Some(4_294_972_295));
        assert_eq!(due_keys(&mut timers, 4_294_972_294), []);
        assert_eq!(due_keys(&mut timers, 4_294_972_295), [1]);
    }
}

#[test]
fn e16_the_end_of_time_does_not_overflow() {
    let mut timers = Timers::new();
    timers.expire(u64::MAX - 100, &mut Vec::new());
    timers.arm(u64::MAX - 50, 1);
    timers.arm(u64::MAX, 2);
    assert_eq!(due_keys(&mut timers, u64::MAX - 51), []);
    assert_eq!(due_keys(&mut timers, u64::MAX - 1), [1]);
    assert_eq!(due_keys(&mut timers, u64::MAX), [2]);
    timers.arm(0, 3);
    assert_eq!(due_keys(&mut timers, u64::MAX), [3]);
}

#[test]
fn e16_a_deadline_in_the_past_is_due_at_once() {
    let mut timers = Timers::new();
    timers.expire(1_000, &mut Vec::new());
    for deadline in [0, 999, 1_000] {
        let id = timers.arm(deadline, 1);
        assert_eq!(timers.deadline(id), Some(1_000));
        assert_eq!(timers.next_ms(), Some(1_000));
        assert_eq!(due_keys(&mut timers, 1_000), [1]);
    }
}

#[test]
fn time_that_goes_back_stands_still() {
    let mut timers = Timers::new();
    timers.expire(1_000, &mut Vec::new());
    timers.arm(1_000, 1);
    timers.arm(1_001, 2);
    assert_eq!(due_keys(&mut timers, 10), [1]);
    assert_eq!(due_keys(&mut timers, 1_000), []);
    assert_eq!(due_keys(&mut timers, 1_001), [2]);
}

#[test]
fn due_timers_come_by_deadline_and_then_by_age() {
    let mut timers = Timers::new();
    for (deadline, key) in [(70_000, 5), (300, 2), (20, 1), (300, 3), (9_000_000, 6), (70_000, 4)] {
        timers.arm(deadline, key);
    }
    assert_eq!(due_keys(&mut timers, 9_000_000), [1, 2, 3, 5, 4, 6]);
}

#[test]
fn timers_of_one_slot_are_cancelled_in_any_order() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for deadline in [9, 900, 90_000] {
        for order in orders {
            let mut timers = Timers::new();
            let ids = [0, 1, 2].map(|key| timers.arm(deadline, key));
            timers.cancel(ids[order[0]]);
            timers.cancel(ids[order[1]]);
            assert_eq!((timers.len(), timers.deadline(ids[order[2]])), (1, Some(deadline)));
            assert_eq!(due_keys(&mut timers, deadline), [order[2] as u32]);
        }
    }
}

#[test]
fn a_timer_that_moves_keeps_its_id_and_key() {
    let mut timers = Timers::new();
    let id = timers.arm(20_000, 9);
    for now in (0..1_000_000).step_by(999) {
        assert_eq!(due_keys(&mut timers, now), []);
        timers.rearm(id, now + 20_000);
        assert_eq!((timers.len(), timers.deadline(id)), (1, Some(now + 20_000)));
    }
    // The last round was at 999 999.
    assert_eq!(due_keys(&mut timers, 1_019_998), []);
    assert_eq!(due_keys(&mut timers, 1_019_999), [9]);
}

#[test]
fn a_due_timer_is_left_alone_until_the_next_round() {
    let mut timers = Timers::new();
    let ids = [10, 10, 10].map(|deadline| timers.arm(deadline, 0));
    assert_eq!(due_keys(&mut timers, 10), [0, 0, 0]);

    timers.cancel(ids[0]);
    timers.rearm(ids[1], 30);
    let new = timers.arm(40, 1);
    assert!(!ids.contains(&new), "an id of this round was given away");
    assert_eq!((timers.len(), timers.deadline(ids[1])), (2, Some(30)));
    assert_eq!([timers.deadline(ids[0]), timers.deadline(ids[2])], [None, None]);

    assert_eq!(due_keys(&mut timers, 29), []);
    timers.rearm(ids[0], 35);
    assert_eq!((timers.len(), timers.deadline(ids[0])), (2, None), "a freed id is inert");
    assert_eq!(due_keys(&mut timers, 50), [0, 1]);
}

#[test]
fn a_jump_of_days_costs_no_more_than_the_timers_in_it() {
    let mut timers = Timers::new();
    let mut rounds = 0;
    for key in 0..1_000 {
        timers.arm(u64::from(key) * 4_000_000, key);
    }
    assert_eq!(due_keys(&mut timers, 4_000_000_000).len(), 1_000);

    timers.arm(4_000_000_000 + FARTHEST, 0);
    while let Some(next) = timers.next_ms() {
        timers.expire(next, &mut Vec::new());
        rounds += 1;
    }
    assert!(rounds <= 6, "{rounds} rounds up to one deadline");
}

/// One step of a run; timers are named by their place among those that are armed.
#[derive(Debug, Clone)]
enum Step {
    Arm(u64),
    Cancel(usize),
    Rearm(usize, u64),
    /// To this many ms after the present.
    Advance(u64),
    /// To exactly the time that `next_ms` names.
    AdvanceToNext,
}

/// Spans in ms, most of them at the edges of the levels.
fn span() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..200_u64,
        0..100_000_u64,
        0..=FARTHEST,
        (0..=5_u32, 0..=3_u64).prop_map(|(level, more)| (64_u64.pow(level) + more) - 1),
        (0..3_u64).prop_map(|less| FARTHEST - less),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => span().prop_map(Step::Arm),
        1 => any::<usize>().prop_map(Step::Cancel),
        2 => (any::<usize>(), span()).prop_map(|(which, after)| Step::Rearm(which, after)),
        2 => span().prop_map(Step::Advance),
        3 => Just(Step::AdvanceToNext),
    ]
}

/// Timers in a sorted map: (deadline, age) to what `expire` reports.
#[derive(Default)]
struct Model {
    now: u64,
    age: u64,
    armed: BTreeMap<(u64, u64), (TimerId, u32)>,
}

impl Model {
    fn insert(&mut self, deadline: u64, timer: (TimerId, u32)) {
        self.age += 1;
        self.armed.insert((deadline, self.age), timer);
    }

    fn remove(&mut self, which: usize) -> Option<(TimerId, u32)> {
        let at = *self.armed.keys().nth(which % self.armed.len().max(1))?;
        self.armed.remove(&at)
    }

    fn expire(&mut self, now: u64) -> Vec<(TimerId, u32)> {
        self.now = now;
        let later = self.armed.split_off(&(now + 1, 0));
        std::mem::replace(&mut self.armed, later).into_values().collect()
    }
}

fn take_step(step: Step, key: u32, timers: &mut Timers, model: &mut Model) {
    let advance = |now, timers: &mut Timers, model: &mut Model| {
        let mut due = Vec::new();
        timers.expire(now, &mut due);
        assert_eq!(due, model.expire(now), "due at {now}");
    };
    match step {
        Step::Arm(after) => {
            let deadline = model.now + after;
            model.insert(deadline, (timers.arm(deadline, key), key));
        }
        Step::Cancel(which) => {
            if let Some((id, _)) = model.remove(which) {
                timers.cancel(id);
            }
        }
        Step::Rearm(which, after) => {
            if let Some((id, key)) = model.remove(which) {
                timers.rearm(id, model.now + after);
                model.insert(model.now + after, (id, key));
            }
        }
        Step::Advance(by) => advance(model.now + by, timers, model),
        Step::AdvanceToNext => {
            if let Some(next) = timers.next_ms() {
                advance(next, timers, model);
            }
        }
    }
}

proptest! {
    #[test]
    fn e16_the_wheel_does_what_a_sorted_map_does(
        start in prop_oneof![Just(0), span(), Just((1_u64 << 36) - 3)],
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let mut timers = Timers::new();
        let mut model = Model { now: start, ..Model::default() };
        timers.expire(start, &mut Vec::new());
        for (key, step) in (0..).zip(steps) {
            take_step(step, key, &mut timers, &mut model);
            prop_assert_eq!(timers.len(), model.armed.len());
            prop_assert_eq!(timers.is_empty(), model.armed.is_empty());
            for (&(deadline, _), &(id, _)) in &model.armed {
                prop_assert_eq!(timers.deadline(id), Some(deadline));
            }
            let earliest = model.armed.keys().next().map(|(deadline, _)| *deadline);
            prop_assert_eq!(timers.next_ms().is_some(), earliest.is_some());
            prop_assert!(timers.next_ms() <= earliest);
        }
    }
}
