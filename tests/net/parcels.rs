//! What goes with a message: memory that is lent, and being told when a message has left.

use std::any::Any;

use oxws::net::event_loop::RECEIVE_BUFFER_BYTES;
use oxws::net::loop_event::{LoopEvent, Step};
use oxws::net::mailbox::Command;
use oxws::net::parcel::{Delivery, Parcel};
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::connection::Choice;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::MessageType;

use crate::harness::{What, World, ignore, options};
use crate::wire::{BINARY, CLOSE, PING, Wire, frame};

/// A parcel with a number; its payload is lent if there is one.
#[derive(Debug)]
struct Crate {
    number: usize,
    payload: Vec<u8>,
}

impl Parcel for Crate {
    fn payload(&self) -> &[u8] {
        &self.payload
    }
}

fn note(number: usize) -> Box<dyn Parcel> {
    Box::new(Crate { number, payload: Vec::new() })
}

fn lent(number: usize, payload: Vec<u8>) -> Box<dyn Parcel> {
    Box::new(Crate { number, payload })
}

fn number_of(delivery: &Delivery) -> usize {
    let parcel: &dyn Any = &*delivery.parcel;
    parcel.downcast_ref::<Crate>().unwrap().number
}

/// Numbers and results of what has been delivered.
fn delivered(world: &World) -> Vec<(usize, Result<(), ErrorCode>)> {
    world.delivered.iter().map(|one| (number_of(one), one.result)).collect()
}

/// Bytes in which a piece at a wrong place shows.
fn payload(count: usize, salt: usize) -> Vec<u8> {
    (0..count).map(|at| ((at * 31 + salt * 7) % 251) as u8).collect()
}

fn open() -> (World, Wire, Id) {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (wire, id) = world.open(&server);
    (world, wire, id)
}

#[test]
fn e10_a_message_that_leaves_at_once_is_told_of_in_the_next_round() {
    let (mut world, mut wire, id) = open();
    world.event_loop.send_with(id, MessageType::Binary, Choice::BySize, b"abc", note(1)).unwrap();
    assert_eq!(delivered(&world), []);
    assert_eq!(world.event_loop.timeout(), Some(std::time::Duration::ZERO));
    world.round();
    assert_eq!(delivered(&world), [(1, Ok(()))]);
    world.until("it arrives", |_| {
        wire.pump();
        wire.received.len() >= 5
    });
    assert_eq!(wire.frames(), [(BINARY, b"abc".to_vec())]);
}

#[test]
fn e14_who_sends_whenever_a_message_has_left_lets_the_round_end() {
    let (mut world, mut wire, id) = open();
    let long = payload(64 * 1024, 3);
    world.event_loop.send_with(id, MessageType::Binary, Choice::BySize, &long, note(0)).unwrap();
    for round in 1..5 {
        world.event_loop.poll(Some(std::time::Duration::ZERO)).unwrap();
        let mut buffer = vec![0; RECEIVE_BUFFER_BYTES];
        let mut told = 0;
        loop {
            match world.event_loop.step(&mut buffer) {
                Step::Event(LoopEvent::Delivery(_)) => {
                    told += 1;
                    // The peer reads as fast as it can, so that there is always room.
                    wire.pump_in(usize::MAX);
                    for _ in 0..2 {
                        let (kind, parcel) = (MessageType::Binary, note(round));
                        world
                            .event_loop
                            .send_with(id, kind, Choice::BySize, &long, parcel)
                            .unwrap();
                    }
                    assert!(told < 40, "round {round}");
                }
                Step::Done => break,
                _ => {}
            }
        }
    }
}

#[test]
fn e12_what_the_system_has_taken_counts_whatever_ends_the_connection() {
    let (mut world, _wire, id) = open();
    let long = payload(64 * 1024, 3);
    world.event_loop.poll(Some(std::time::Duration::ZERO)).unwrap();
    world.event_loop.send_with(id, MessageType::Binary, Choice::BySize, &long, note(1)).unwrap();
    world.event_loop.send_with(id, MessageType::Binary, Choice::BySize, b"short", note(2)).unwrap();
    world.event_loop.abort(id).unwrap();
    world.until("the end is reported", |world| world.closed(id) == 1);
    assert_eq!(delivered(&world), [(1, Ok(())), (2, Err(ErrorCode::Closed))]);
}

#[test]
fn e10_lent_and_copied_messages_arrive_whole_and_in_order_at_a_slow_peer() {
    let (mut world, mut wire, id) = open();
    world.until("the peer's buffers are full", |world| {
        world
            .event_loop
            .send_with(id, MessageType::Binary, Choice::BySize, &[0; 60_000], note(0))
            .is_err()
            || world.event_loop.queued_bytes(id).unwrap() > 200_000
    });
    world.delivered.clear();
    let mut want = Vec::new();
    for number in 1..=40 {
        let bytes = payload(number * 500, number);
        want.push((BINARY, bytes.clone()));
        if number % 3 == 0 {
            let sent = world.event_loop.send_with(
                id,
                MessageType::Binary,
                Choice::BySize,
                &bytes,
                note(number),
            );
            sent.unwrap();
        } else {
            let parcel = lent(number, bytes);
            world.event_loop.send_parcel(id, MessageType::Binary, Choice::BySize, parcel).unwrap();
        }
        if number % 10 == 0 {
            world.event_loop.ping(id, b"now").unwrap();
            want.push((PING, b"now".to_vec()));
        }
    }
    let mut got = Vec::new();
    world.until("all has arrived", |_| {
        wire.pump();
        got.extend(wire.frames());
        got.len() >= want.len() && got.ends_with(&want)
    });
    world.round();
    assert!(delivered(&world).into_iter().rev().take(40).rev().eq((1..=40).map(|at| (at, Ok(())))));
    assert_eq!(world.event_loop.queued_bytes(id), Ok(0));
}

/// Queues so much that the peer, who does not read, has not taken all of it.
fn fill(world: &mut World, id: Id) {
    world.until("the peer's buffers are full", |world| {
        let parcel = lent(0, vec![1; 300_000]);
        let _ = world.event_loop.send_parcel(id, MessageType::Binary, Choice::BySize, parcel);
        world.event_loop.queued_bytes(id).unwrap() > 500_000
    });
    world.delivered.clear();
    world.event_loop.send_with(id, MessageType::Binary, Choice::BySize, b"told", note(7)).unwrap();
    world
        .event_loop
        .send_parcel(id, MessageType::Binary, Choice::BySize, lent(8, payload(9_000, 8)))
        .unwrap();
}

/// The places of the deliveries 7 and 8 in the story, which must come before the end.
#[track_caller]
fn both_failed_before_the_end(world: &mut World, id: Id) {
    world.report(id);
    let all = delivered(world);
    let closed = Err(ErrorCode::Closed);
    assert!(all.ends_with(&[(7, closed), (8, closed)]), "{all:?}");
    assert!(all.iter().rev().skip(2).all(|(number, _)| *number == 0));
    // The note of a delivery holds how many notes there were before it.
    let end = world.notes.iter().position(|note| matches!(note.1, What::Closed(_)));
    assert!(world.delivered_at.iter().all(|at| Some(*at) <= end), "{:?}", world.delivered_at);
}

#[test]
fn e12_parcels_come_back_before_the_end_of_their_connection() {
    let (mut world, _wire, id) = open();
    fill(&mut world, id);
    world.event_loop.abort(id).unwrap();
    both_failed_before_the_end(&mut world, id);

    let (mut world, wire, id) = open();
    fill(&mut world, id);
    wire.reset();
    both_failed_before_the_end(&mut world, id);

    let (mut world, mut wire, id) = open();
    fill(&mut world, id);
    wire.say(&frame(0x83, b""));
    both_failed_before_the_end(&mut world, id);

    let (mut world, _wire, id) = open();
    fill(&mut world, id);
    world.event_loop.shut_down();
    world.steps();
    both_failed_before_the_end(&mut world, id);
}

#[test]
fn e12_what_was_lent_still_arrives_when_this_side_fails_the_connection() {
    let (mut world, mut wire, id) = open();
    fill(&mut world, id);
    wire.say(&frame(0x83, b""));
    both_failed_before_the_end(&mut world, id);
    let mut got = Vec::new();
    world.until("the rest arrives", |_| {
        wire.pump();
        got.extend(wire.frames());
        got.last().is_some_and(|last| last.0 == CLOSE)
    });
    let last: Vec<_> = got.iter().rev().skip(1).take(2).collect();
    assert_eq!(*last[0], (BINARY, payload(9_000, 8)));
    assert_eq!(*last[1], (BINARY, b"told".to_vec()));
}

#[test]
fn e12_a_parcel_that_is_refused_does_not_come_back() {
    let (mut world, _wire, id) = open();
    let closing = CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap();
    world.event_loop.close(id, closing).unwrap();
    let closed = Err(ErrorCode::Closed);
    assert_eq!(
        world.event_loop.send_with(id, MessageType::Binary, Choice::BySize, b"a", note(1)),
        closed
    );
    assert_eq!(
        world.event_loop.send_parcel(id, MessageType::Binary, Choice::BySize, lent(2, vec![1])),
        closed
    );
    let gone = id + 1;
    let not_found = Err(ErrorCode::NotFound);
    assert_eq!(
        world.event_loop.send_parcel(gone, MessageType::Binary, Choice::BySize, note(3)),
        not_found
    );
    world.rounds(3);
    assert_eq!(delivered(&world), []);
}

#[test]
fn f12_a_parcel_from_another_thread_comes_back_whatever_happens() {
    let (mut world, mut wire, id) = open();
    let put = |world: &World, id: Id, parcel| {
        let command = Command::SendParcel(id, MessageType::Binary, Choice::BySize, parcel);
        world.event_loop.mailbox().put(command).unwrap();
    };
    put(&world, id, lent(1, payload(100_000, 1)));
    put(&world, id + 1, lent(2, payload(100, 2)));
    put(&world, id, lent(3, payload(10, 3)));
    let mut got = Vec::new();
    world.until("both arrive", |_| {
        wire.pump();
        got.extend(wire.frames());
        got.len() == 2
    });
    assert_eq!(got, [(BINARY, payload(100_000, 1)), (BINARY, payload(10, 3))]);
    world.until("all are back", |world| world.delivered.len() == 3);
    let mut all = delivered(&world);
    all.sort_by_key(|one| one.0);
    assert_eq!(all, [(1, Ok(())), (2, Err(ErrorCode::NotFound)), (3, Ok(()))]);

    put(&world, id, lent(4, payload(10, 4)));
    world.event_loop.shut_down();
    world.steps();
    assert_eq!(delivered(&world).last(), Some(&(4, Err(ErrorCode::LoopFreed))));
}

#[test]
fn pieces_and_what_other_threads_send_do_not_mix() {
    let (mut world, mut wire, id) = open();
    let send = |payload: &[u8]| Command::Send(id, MessageType::Binary, payload.into());
    let mailbox = std::sync::Arc::clone(world.event_loop.mailbox());
    mailbox.put(send(b"before")).unwrap();
    world.event_loop.begin_message(id, MessageType::Binary, Choice::BySize).unwrap();
    assert_eq!(mailbox.put(send(b"during")), Err(ErrorCode::WouldExceed));
    world.event_loop.send_piece(id, b"one", false).unwrap();
    world.round();
    assert_eq!(mailbox.put(send(b"during")), Err(ErrorCode::WouldExceed));
    assert_eq!(world.writable(id), 0);
    world.event_loop.send_piece(id, &payload(100_000, 5), false).unwrap();
    world.event_loop.send_piece(id, b"two", true).unwrap();
    mailbox.put(send(b"after")).unwrap();
    world.until("there is room again", |world| world.writable(id) == 1);
    let mut got = Vec::new();
    world.until("all arrive", |_| {
        wire.pump();
        got.extend(wire.frames());
        got.len() == 5
    });
    let want = [
        (BINARY, b"before".to_vec()),
        (0x02, b"one".to_vec()),
        (0x00, payload(100_000, 5)),
        (0x80, b"two".to_vec()),
        (BINARY, b"after".to_vec()),
    ];
    assert_eq!(got, want);
}

#[test]
fn parts_of_any_number_and_size_arrive_as_one_message() {
    let (mut world, mut wire, id) = open();
    for (count, size) in [(3, 10), (14, 10_000), (15, 10_000), (40, 5_000), (2, 200_000)] {
        let parts: Vec<Vec<u8>> = (0..count).map(|at| payload(size, at)).collect();
        let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        world.event_loop.send_parts(id, MessageType::Binary, &slices).unwrap();
        let mut got = Vec::new();
        world.until("it arrives", |_| {
            wire.pump();
            got.extend(wire.frames());
            !got.is_empty()
        });
        assert!(got == [(BINARY, parts.concat())], "{count} parts of {size} bytes");
    }
}
