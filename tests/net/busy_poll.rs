//! A loop that keeps asking the system before it sleeps.

use std::time::{Duration, Instant};

use oxws::protocol::opcode::MessageType;

use crate::harness::{World, echo, options};
use crate::wire::{TEXT, bare_frame, frame};

/// What this thread has used of a processor.
fn processor_time() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(times.split(' ').next().unwrap().parse().unwrap())
}

/// How long a wait of 300 ms in which nothing happens takes, and what it costs.
fn wait(world: &mut World) -> (Duration, Duration) {
    let (began, used) = (Instant::now(), processor_time());
    world.event_loop.poll(Some(Duration::from_millis(300))).unwrap();
    world.steps();
    (began.elapsed(), processor_time() - used)
}

#[test]
fn a_loop_asks_for_as_long_as_it_is_told_to_and_waits_no_longer_for_it() {
    for (us, asks) in [(0, false), (1_000_000, true)] {
        let mut world = World::new();
        world.event_loop.set_busy_poll_us(us);
        let (took, used) = wait(&mut world);
        assert!(took >= Duration::from_millis(299), "{us}: {took:?}");
        assert_eq!(used >= Duration::from_millis(5), asks, "{us}: {used:?}");
    }
}

#[test]
fn what_comes_while_a_loop_asks_is_served_and_others_can_wake_it() {
    let mut world = World::new();
    world.event_loop.set_busy_poll_us(1_000_000);
    let server = world.listen(options(), echo);
    let (mut wire, id) = world.open(&server);
    wire.say(&frame(TEXT, b"asked"));
    world.until("the echo comes", |world| {
        wire.pump();
        world.messages(id).len() == 1 && wire.received == bare_frame(TEXT, b"asked")
    });
    let mailbox = std::sync::Arc::clone(world.event_loop.mailbox());
    let other = std::thread::spawn(move || mailbox.wake());
    // It would wait for a minute.
    world.event_loop.poll(Some(Duration::from_secs(60))).unwrap();
    other.join().unwrap();
    world.steps();
    world.event_loop.send(id, MessageType::Text, b"still here").unwrap();
}
