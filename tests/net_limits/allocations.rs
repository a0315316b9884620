//! Memory that is taken from the allocator: none for each delivery of a message that goes to all, and
//! none for an echo.

use std::time::Duration;

use oxws::net::broadcast::Audience;
use oxws::protocol::connection::{Choice, Prepared};
use oxws::protocol::opcode::MessageType;

use crate::allocator::counted;
use crate::harness::{World, echo, ignore, options};
use crate::wire::{BINARY, TEXT, Wire, bare_frame, frame};

const CONNECTIONS: usize = 100;
/// Connections whose messages are echoed.
const ECHOING: usize = 3;
const MESSAGES: usize = 8;

/// A round in which as many messages go to all, and all that comes of it is read.
fn play_round(world: &mut World, wires: &mut [Wire], message: &Prepared) -> usize {
    world.event_loop.poll(Some(Duration::ZERO)).unwrap();
    let ((), tally) = counted(0, || {
        for _ in 0..MESSAGES {
            let reached = world.event_loop.broadcast(message, Audience::default(), |_| ());
            assert_eq!(reached, Ok(CONNECTIONS));
        }
        world.steps();
    });
    let size = message.payload().len() + if message.payload().len() > 125 { 4 } else { 2 };
    for wire in wires {
        wire.pump_up_to(MESSAGES * size);
        assert_eq!(wire.received.len(), MESSAGES * size);
        wire.received.clear();
    }
    tally.count
}

#[test]
fn a_message_to_all_allocates_nothing_for_each() {
    for size in [100, 1024, 4096] {
        let mut world = World::new();
        let server = world.listen(options(), ignore);
        let mut wires: Vec<_> = (0..CONNECTIONS).map(|_| world.open(&server).0).collect();
        let message = Prepared::new(MessageType::Binary, &vec![7; size], Choice::BySize).unwrap();
        for _ in 0..3 {
            play_round(&mut world, &mut wires, &message);
        }
        for _ in 0..20 {
            assert_eq!(play_round(&mut world, &mut wires, &message), 0, "{size}");
        }
    }
}

/// Batches on all connections, so often, and their echoes; the allocations of the loop for them.
#[track_caller]
fn echo_batches(world: &mut World, wires: &mut [Wire], batch: &[u8], echoes: &[u8]) -> usize {
    let mut count = 0;
    for _ in 0..20 {
        for wire in &mut *wires {
            wire.say(batch);
        }
        world.until("the echoes come", |world| {
            let ((), tally) = counted(0, || world.round());
            count += tally.count;
            wires.iter_mut().for_each(Wire::pump);
            wires.iter().all(|wire| wire.received.len() >= echoes.len())
        });
        for wire in &mut *wires {
            assert_eq!(wire.received, echoes);
            wire.received.clear();
        }
    }
    count
}

#[test]
fn echoes_of_whole_messages_allocate_nothing() {
    for (first, size, in_flight) in
        [(BINARY, 0, 1), (TEXT, 16, 1), (BINARY, 125, 16), (TEXT, 1024, 16), (BINARY, 65_536, 1)]
    {
        let mut world = World::new();
        world.only_counts = true;
        let server = world.listen(options(), echo);
        let mut wires: Vec<Wire> = (0..ECHOING).map(|_| world.open(&server).0).collect();
        let payload = vec![b'x'; size];
        let batch = frame(first, &payload).repeat(in_flight);
        let echoes = bare_frame(first, &payload).repeat(in_flight);
        echo_batches(&mut world, &mut wires, &batch, &echoes);
        let count = echo_batches(&mut world, &mut wires, &batch, &echoes);
        assert_eq!(count, 0, "{in_flight} of {size} bytes");
    }
}
