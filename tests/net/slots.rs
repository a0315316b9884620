//! Connections that come and go on the same descriptor numbers: nothing reaches the wrong one.

use std::collections::HashSet;

use oxws::net::slots::Id;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::MessageType;

use crate::harness::{World, echo, options};
use crate::wire::{REQUEST, TEXT, Wire, frame};

#[test]
fn e19_a_storm_of_connections_mixes_nothing_up() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let mut state = 3_u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).unwrap() % below
    };
    let mut wires: Vec<(Wire, String)> = Vec::new();
    for number in 0..3_000 {
        match next(4) {
            0 | 1 => {
                let mut wire = Wire::connect(&server.place);
                wire.say(REQUEST);
                let name = format!("peer {number}");
                wire.say(&frame(TEXT, name.as_bytes()));
                wires.push((wire, name));
            }
            2 if !wires.is_empty() => {
                let at = next(wires.len());
                drop(wires.swap_remove(at));
            }
            3 if !wires.is_empty() => {
                let at = next(wires.len());
                wires.swap_remove(at).0.reset();
            }
            _ => {}
        }
        if wires.len() > 60 {
            wires.drain(..30);
        }
        if number % 3 == 0 {
            world.round();
        }
    }
    // Whoever is left gets the answer to what it said itself, and only that.
    world.until("those that are left are answered", |_| {
        wires.iter_mut().all(|(wire, name)| {
            wire.pump();
            wire.text().ends_with(name.as_str())
        })
    });
    for (wire, name) in &wires {
        assert_eq!(wire.text().matches("peer").count(), 1, "{name}");
    }
    let opened = world.opened();
    let distinct: HashSet<Id> = opened.iter().copied().collect();
    assert_eq!(distinct.len(), opened.len(), "an id came twice");
    let open = wires.len();
    world.until("all others have ended", |world| {
        world.event_loop.connection_count() == open && world.watched() == open + 2
    });
    for id in &opened {
        assert!(world.closed(*id) <= 1);
    }
    assert_eq!(world.ended().len() + open, opened.len());
    drop(wires);
    world.until("these too", |world| world.ended().len() == opened.len());
    let ended: HashSet<Id> = world.ended().into_iter().collect();
    assert_eq!(ended, distinct);
    assert!(opened.len() > 500, "{}", opened.len());
    for id in opened {
        let sent = world.event_loop.send(id, MessageType::Text, b"a");
        assert_eq!(sent, Err(ErrorCode::NotFound));
    }
}

#[test]
fn e19_an_event_for_one_that_ended_in_the_same_round_is_ignored() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    for _ in 0..100 {
        let (mut first, first_id) = world.open(&server);
        let (mut second, second_id) = world.open(&server);
        // Both have something to say in the round in which both are given up.
        first.say(&frame(TEXT, b"1"));
        second.say(&frame(TEXT, b"2"));
        world.event_loop.abort(first_id).unwrap();
        world.event_loop.abort(second_id).unwrap();
        let (mut third, third_id) = world.open(&server);
        third.say(&frame(TEXT, b"3"));
        world.until("the third is answered", |_| {
            third.pump();
            third.received == b"\x81\x013"
        });
        assert_eq!(world.messages(third_id), [b"3"]);
        assert!(world.messages(first_id).is_empty() && world.messages(second_id).is_empty());
        assert_eq!((world.closed(first_id), world.closed(second_id)), (1, 1));
        world.event_loop.abort(third_id).unwrap();
        world.report(third_id);
    }
    assert_eq!(world.event_loop.connection_count(), 0);
    assert_eq!(world.watched(), 2);
}
