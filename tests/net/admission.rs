//! Who is let in when many want to: limits on connections, and the share of accepting.

use std::time::Instant;

use crate::harness::{PATIENCE, World, echo, options, unix_place};
use crate::wire::{TEXT, Wire, frame};

/// Whether the connection was told that the server is full.
fn is_turned_away(wire: &Wire) -> bool {
    wire.text().starts_with("HTTP/1.1 503 ") && wire.end.is_some()
}

#[test]
fn c15_connections_over_the_limit_are_told_so_and_the_count_recovers() {
    let mut world = World::new();
    let mut options = options();
    options.max_connections = 3;
    let server = world.listen(options, echo);
    let mut open: Vec<_> = (0..3).map(|_| world.open(&server)).collect();
    let mut over: Vec<Wire> = (0..20).map(|_| Wire::connect(&server.place)).collect();
    world.until("each one over the limit gets 503", |_| {
        over.iter_mut().for_each(Wire::pump);
        over.iter().all(is_turned_away)
    });
    assert!(over[0].text().contains("\r\nRetry-After: 1\r\n"));
    assert_eq!(world.event_loop.connection_count(), 3);
    for (wire, id) in &mut open {
        wire.say(&frame(TEXT, b"still here"));
        world.until("the others are served", |world| {
            wire.pump();
            !world.messages(*id).is_empty() && !wire.frames().is_empty()
        });
    }
    drop(over);
    world.until("those over the limit are gone", |world| world.watched() == 5);
    let (wire, id) = open.pop().unwrap();
    drop(wire);
    world.report(id);
    let (_wire, _) = world.open(&server);
    let mut one_more = Wire::connect(&server.place);
    world.until("the limit holds again", |_| {
        one_more.pump();
        is_turned_away(&one_more)
    });
    // Nobody was told of those that were turned away.
    assert_eq!(world.ended(), [id]);
}

#[test]
fn c15_far_over_the_limit_connections_are_dropped_without_a_word() {
    let mut world = World::new();
    let mut options = options();
    options.max_connections = 1;
    let server = world.listen(options, echo);
    let (_wire, _) = world.open(&server);
    let mut over: Vec<Wire> = (0..200).map(|_| Wire::connect(&server.place)).collect();
    let mut most = 0;
    world.until("all are turned away", |world| {
        over.iter_mut().for_each(Wire::pump);
        most = most.max(world.watched());
        over.iter().all(|wire| wire.end.is_some())
    });
    let told = over.iter().filter(|wire| is_turned_away(wire)).count();
    assert!((63..200).contains(&told), "{told}");
    // The waker, the listener, the one that is open and those that are being told.
    assert!(most <= 3 + 64, "{most}");
    assert_eq!(world.event_loop.connection_count(), 1);
}

#[test]
fn c15_one_address_gets_no_more_than_its_share() {
    let mut world = World::new();
    let mut capped = options();
    capped.max_connections_per_address = 2;
    let server = world.listen(capped.clone(), echo);
    let first = world.open(&server);
    let _second = world.open(&server);
    let mut third = Wire::connect(&server.place);
    world.until("the third is turned away", |_| {
        third.pump();
        is_turned_away(&third)
    });
    drop(third);
    drop(first);
    world.until("the first is gone", |world| world.ended().len() == 1);
    world.open(&server);
    // A Unix-domain socket has no address, so nothing is counted there.
    let server = world.listen_at(&unix_place(), capped, echo);
    let all: Vec<_> = (0..5).map(|_| world.open(&server)).collect();
    assert_eq!(all.len(), 5);
}

#[test]
fn e15_a_flood_of_connections_does_not_hold_up_the_others() {
    const FLOOD: usize = 2000;
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let (mut wire, id) = world.open(&server);
    let flood: Vec<Wire> = (0..FLOOD).map(|_| Wire::connect(&server.place)).collect();
    let started = Instant::now();
    let mut rounds = 0;
    while world.event_loop.connection_count() < FLOOD + 1 {
        let before = world.event_loop.connection_count();
        wire.say(&frame(TEXT, b"a"));
        world.round();
        rounds += 1;
        let accepted = world.event_loop.connection_count() - before;
        assert!(accepted <= 64, "{accepted} in one round");
        wire.pump();
        assert_eq!(wire.frames().len(), 1, "no answer in round {rounds}");
        assert!(started.elapsed() < PATIENCE);
    }
    assert!((FLOOD / 64..FLOOD / 8).contains(&rounds), "{rounds}");
    assert_eq!(world.messages(id).len(), rounds);
    assert_eq!(flood.len(), FLOOD);
}
