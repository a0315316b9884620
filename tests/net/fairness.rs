//! Shares of the loop: one peer that never stops sending does not starve the others.

use oxws::net::event_loop::RECEIVE_BUFFER_BYTES;
use oxws::protocol::opcode::MessageType;

use crate::harness::{World, echo, ignore, options, options_with};
use crate::wire::{BINARY, PING, PONG, TEXT, Wire, frame};

/// How many rounds pass until each peer has its answer, while `flood` always has more to send.
#[track_caller]
fn rounds_until_answered(flood: &[u8]) -> usize {
    let mut world = World::new();
    world.only_counts = true;
    let options = options_with(|limits| limits.control_burst = u32::MAX);
    let server = world.listen(options, ignore);
    let (mut flooder, _) = world.open(&server);
    let mut pingers: Vec<Wire> = (0..50).map(|_| world.open(&server).0).collect();
    let mut worst = 0;
    for _ in 0..5 {
        flooder.say(flood);
        for wire in &mut pingers {
            wire.say(&frame(PING, b"x"));
        }
        let mut rounds = 0;
        loop {
            flooder.say(&[]);
            assert!(flooder.unsent() > 0, "the flood has run dry");
            world.round();
            rounds += 1;
            pingers.iter_mut().for_each(Wire::pump);
            if pingers.iter().all(|wire| wire.received == [PONG, 1, b'x']) {
                break;
            }
            assert!(rounds < 100, "starved");
        }
        pingers.iter_mut().for_each(|wire| wire.received.clear());
        worst = worst.max(rounds);
    }
    worst
}

#[test]
fn e14_a_flood_costs_the_others_a_round_at_most() {
    let small = frame(BINARY, b"x").repeat(2_000_000);
    assert!(rounds_until_answered(&small) <= 2);
    let large = frame(BINARY, &vec![1; 900_000]).repeat(20);
    assert!(rounds_until_answered(&large) <= 2);
}

#[test]
fn e14_a_turn_takes_no_more_than_the_buffer_and_less_when_its_events_are_many() {
    let mut world = World::new();
    world.only_counts = true;
    let server = world.listen(options(), ignore);
    let (mut wire, _) = world.open(&server);
    let one = frame(BINARY, b"x");
    wire.say(&one.repeat(1_000_000));
    let mut most = Vec::new();
    world.until("all has come", |world| {
        wire.say(&[]);
        let before = world.counted;
        world.round();
        most.push(world.counted - before);
        world.counted == 1_000_000
    });
    let window = RECEIVE_BUFFER_BYTES / one.len();
    assert!(most.iter().all(|count| *count <= window + 1), "{most:?}");
    // The window has shrunk to an eighth after a few rounds.
    let late = &most[most.len() / 2..];
    assert!(late.iter().all(|count| *count <= window / 8 + 1), "{late:?}");
}

#[test]
fn e14_what_is_left_after_a_turn_has_its_turn_without_further_bytes() {
    let mut world = World::new();
    world.only_counts = true;
    let server = world.listen(options(), ignore);
    let (mut wire, _) = world.open(&server);
    // All of it lies in the system's buffers before the loop looks.
    wire.say(&frame(BINARY, b"x").repeat(200_000));
    assert!(wire.unsent() < 200_000 * 7);
    let said = 200_000 * 7 - wire.unsent();
    world.until("all that was sent has come", |world| world.counted >= said / 7);
    assert_eq!(world.counted, said / 7);
    let left = wire.unsent();
    world.until("the rest comes too", |world| {
        wire.say(&[]);
        world.counted == 200_000
    });
    assert_eq!(wire.unsent(), 0, "{left}");
}

#[test]
fn e14_a_peer_that_makes_others_busy_does_not_hold_up_their_output() {
    // Sends outside of a connection's own turn leave at the end of the round.
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let mut wires: Vec<_> = (0..20).map(|_| world.open(&server)).collect();
    let ids: Vec<_> = wires.iter().map(|(_, id)| *id).collect();
    for at in 0..20_u8 {
        for id in &ids {
            world.event_loop.send(*id, MessageType::Binary, &[at]).unwrap();
        }
    }
    // Outside of a round they leave at once.
    for (wire, _) in &mut wires {
        wire.pump();
        let frames = wire.frames();
        assert_eq!(frames.len(), 20);
        assert!(frames.iter().zip(0..).all(|(frame, at)| *frame == (BINARY, vec![at])));
        wire.say(&frame(TEXT, b"back"));
    }
    world.until("each is answered", |_| {
        wires.iter_mut().all(|(wire, _)| {
            wire.pump();
            wire.received == b"\x81\x04back"
        })
    });
}
