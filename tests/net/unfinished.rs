//! Messages that are never finished, or come in far too many pieces.

use std::time::{Duration, Instant};

use oxws::protocol::error::ErrorCode;

use crate::harness::{World, echo, ignore, options, options_with};
use crate::wire::{BINARY, CLOSE, REQUEST, TEXT, Wire, frame};

#[test]
fn a05_a_flood_of_tiny_fragments_is_a_violation() {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    let mut bytes = frame(0x02, b"x");
    bytes.extend(frame(0x00, b"x").repeat(1_000_000));
    wire.say(&bytes);
    let report = world.report(id);
    assert_eq!(report.error, Some(ErrorCode::TooManyFragments));
    assert_eq!(report.local.as_ref().unwrap().code.number(), 1008);
    // 1092 bytes excuse 68 fragments besides the 1024.
    assert!(world.messages(id).is_empty());
    world.until("the socket is closed", |world| world.watched() == 2);
}

#[test]
fn a05_as_many_fragments_as_are_excused_pass() {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    let mut bytes = frame(0x02, &[1; 64]);
    bytes.extend(frame(0x00, &[1; 64]).repeat(9_998));
    bytes.extend(frame(0x80, &[1; 64]));
    wire.say(&bytes);
    world.until("the message has come", |world| {
        wire.pump();
        world.messages(id).len() == 1
    });
    assert_eq!(world.messages(id)[0].len(), 640_000);
}

#[test]
fn a06_a_flood_of_empty_fragments_is_a_violation_and_cheap() {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    let mut bytes = frame(0x02, b"");
    bytes.extend(frame(0x00, b"").repeat(200_000));
    let started = Instant::now();
    wire.say(&bytes);
    let report = world.report(id);
    assert_eq!(report.error, Some(ErrorCode::TooManyFragments));
    assert_eq!(report.local.as_ref().unwrap().code.number(), 1008);
    assert!(started.elapsed() < Duration::from_secs(1));
    // With any number of fragments allowed, the limit on empty ones still holds.
    let options = options_with(|limits| limits.max_fragments = u32::MAX);
    let server = world.listen(options, ignore);
    let (mut wire, id) = world.open(&server);
    wire.say(&bytes);
    assert_eq!(world.report(id).error, Some(ErrorCode::ControlFlood));
}

#[test]
fn a07_the_largest_of_unfinished_messages_pays_for_the_budget() {
    const BUDGET: usize = 4_000_000;
    let mut world = World::new();
    world.event_loop.set_max_buffered_bytes(BUDGET as u64);
    let server = world.listen(options(), echo);
    let (mut bystander, _) = world.open(&server);
    // Each holds nine tenths of a message and does not go on.
    let part = [0x02, 0xff]
        .into_iter()
        .chain(1_000_000_u64.to_be_bytes())
        .chain([0; 4])
        .chain(std::iter::repeat_n(7, 900_000))
        .collect::<Vec<u8>>();
    let mut wires = Vec::new();
    for count in 1..=100 {
        let (mut wire, id) = world.open(&server);
        wire.say(&part);
        wires.push((wire, id));
        world.until("the part has come", |world| {
            let (wire, id) = wires.last_mut().unwrap();
            wire.say(&[]);
            world.round();
            wire.unsent() == 0 || world.closed(*id) == 1
        });
        if count % 10 == 0 {
            bystander.say(&frame(TEXT, b"a"));
            world.until("the bystander is served", |_| {
                bystander.pump();
                bystander.frames() == [(TEXT, b"a".to_vec())]
            });
        }
    }
    world.until("what is over the budget has been given up", |world| {
        wires.iter_mut().for_each(|(wire, _)| wire.pump());
        world.ended().len() >= 96
    });
    let survivors: Vec<_> = (0..100).filter(|at| world.closed(wires[*at].1) == 0).collect();
    assert!((2..=4).contains(&survivors.len()), "{survivors:?}");
    for (wire, id) in &mut wires {
        if world.closed(*id) == 0 {
            continue;
        }
        assert_eq!(world.report(*id).error, Some(ErrorCode::BufferBudget));
        wire.pump();
        let frames = wire.frames();
        assert_eq!(frames[0].0, CLOSE);
        assert_eq!(frames[0].1[..2], 1013_u16.to_be_bytes());
    }
    // Those that were spared can finish.
    let rest: Vec<u8> = vec![7; 100_000];
    for at in survivors {
        let (wire, id) = &mut wires[at];
        wire.say(&rest);
        wire.say(&frame(0x80, b""));
        world.until("the message has come", |world| {
            wire.pump();
            world.messages(*id).len() == 1
        });
        assert_eq!(world.messages(*id)[0].len(), 1_000_000);
    }
}

#[test]
fn a07_the_largest_pays_and_not_the_last() {
    let mut world = World::new();
    world.event_loop.set_max_buffered_bytes(1_000_000);
    let server = world.listen(options(), ignore);
    let part = |bytes: usize| {
        let whole = frame(BINARY, &vec![1; 900_000]);
        whole[..14 + bytes].to_vec()
    };
    let (mut large, large_id) = world.open(&server);
    large.say(&part(700_000));
    world.until("it is taken", |_| {
        large.say(&[]);
        large.unsent() == 0
    });
    let mut small = Vec::new();
    while world.closed(large_id) == 0 {
        assert!(small.len() < 10, "the budget never trips");
        let (mut wire, id) = world.open(&server);
        wire.say(&part(120_000));
        for _ in 0..5 {
            wire.say(&[]);
            world.round();
        }
        small.push((wire, id));
    }
    assert_eq!(world.report(large_id).error, Some(ErrorCode::BufferBudget));
    assert!(small.iter().all(|(_, id)| world.closed(*id) == 0));
    for (wire, id) in &mut small {
        wire.say(&frame(BINARY, &vec![1; 900_000])[14 + 120_000..]);
        // One after another they fit into the budget or are given up; none hangs.
        world.until("it ends one way or the other", |world| {
            wire.pump();
            !world.messages(*id).is_empty() || world.closed(*id) == 1
        });
    }
    // The account is even again: a further connection has the whole budget.
    let (mut wire, id) = world.open(&server);
    wire.say(&frame(BINARY, &vec![2; 900_000]));
    world.until("a message of nearly the budget passes", |world| {
        wire.pump();
        world.messages(id).len() == 1
    });
    let mut again = Wire::connect(&server.place);
    again.say(REQUEST);
    world.until("newcomers are let in", |_| {
        again.pump();
        again.text().starts_with("HTTP/1.1 101 ")
    });
}
