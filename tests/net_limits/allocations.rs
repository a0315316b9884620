//! Memory that is taken from the allocator: none for each delivery of a message that goes to all.

use std::time::Duration;

use oxws::net::broadcast::Audience;
use oxws::protocol::connection::{Choice, Prepared};
use oxws::protocol::opcode::MessageType;

use crate::allocator::counted;
use crate::harness::{World, ignore, options};
use crate::wire::Wire;

const CONNECTIONS: usize = 100;
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
