//! What a timer costs in memory, which cannot be seen from outside.

use super::*;

#[test]
fn a_timer_costs_sixteen_bytes_and_its_id_four() {
    assert_eq!(size_of::<Node>(), 16);
    assert_eq!(size_of::<Option<TimerId>>(), 4);
}

#[test]
fn nodes_of_timers_that_ended_are_used_again() {
    let mut timers = Timers::new();
    let mut due = Vec::new();
    for round in 0..100 {
        let cancelled = timers.arm(round * 10 + 500, 0);
        timers.arm(round * 10 + 5, 1);
        timers.cancel(cancelled);
        timers.expire(round * 10 + 9, &mut due);
    }
    assert_eq!(due.len(), 100);
    assert_eq!(timers.nodes.len(), 3);
}
