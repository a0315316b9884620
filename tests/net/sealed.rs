//! Turns of a connection on which nothing but short messages happens, and what may happen in them
//! nevertheless: what a callback asks for in the middle of a turn is seen and done at its place.

use oxws::net::event_loop::RECEIVE_BUFFER_BYTES;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::opcode::MessageType;

use crate::harness::{Loop, World, options};
use crate::wire::{BINARY, CLOSE, PING, Wire, bare_frame, frame};

/// What a message asks for is its first byte.
fn obey(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    let ConnectionEvent::Protocol(Event::Message { payload, .. }) = event else {
        return;
    };
    let payload = payload.as_slice();
    match payload.first() {
        Some(b'q') => {
            event_loop.send(id, MessageType::Binary, b"abc").unwrap();
            let queued = u8::try_from(event_loop.queued_bytes(id).unwrap()).unwrap();
            event_loop.send(id, MessageType::Binary, &[queued]).unwrap();
        }
        Some(b'c') => {
            event_loop.send(id, MessageType::Binary, b"last").unwrap();
            event_loop.close(id, CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap()).unwrap();
            let sent = event_loop.send(id, MessageType::Binary, b"late");
            assert_eq!(sent, Err(ErrorCode::Closed));
        }
        Some(b'i') => event_loop.ping(id, b"you").unwrap(),
        Some(b'p') => {
            event_loop.send(id, MessageType::Binary, b"paused").unwrap();
            event_loop.pause_reading(id).unwrap();
        }
        Some(b'a') => event_loop.abort(id).unwrap(),
        _ => event_loop.send(id, MessageType::Binary, payload).unwrap(),
    }
}

/// A connection that has had a turn of its own already, so that all is known of it.
fn open(world: &mut World) -> (Wire, Id) {
    let server = world.listen(options(), obey);
    let (mut wire, id) = world.open(&server);
    for _ in 0..3 {
        expect(world, &mut wire, &[b"x"], b"\x82\x01x");
    }
    (wire, id)
}

/// Says the messages at once, and takes the answer.
#[track_caller]
fn expect(world: &mut World, wire: &mut Wire, messages: &[&[u8]], answer: &[u8]) {
    let said: Vec<u8> = messages.iter().flat_map(|payload| frame(BINARY, payload)).collect();
    wire.say(&said);
    take(world, wire, answer);
}

/// Takes these bytes, and no others.
#[track_caller]
fn take(world: &mut World, wire: &mut Wire, answer: &[u8]) {
    world.until("the answer is there", |_| {
        wire.pump();
        wire.received.len() >= answer.len()
    });
    assert_eq!(wire.received, answer);
    wire.received.clear();
}

#[test]
fn what_waits_is_counted_in_the_middle_of_a_turn() {
    let mut world = World::new();
    let (mut wire, _) = open(&mut world);
    let answer = b"\x82\x01x\x82\x03abc\x82\x01\x08\x82\x01y";
    expect(&mut world, &mut wire, &[b"x", b"q", b"y"], answer);
    // And it is none once it has left.
    expect(&mut world, &mut wire, &[b"q"], b"\x82\x03abc\x82\x01\x05");
}

#[test]
fn a_close_frame_follows_what_was_sent_and_nothing_follows_it() {
    let mut world = World::new();
    let (mut wire, id) = open(&mut world);
    let answer = b"\x82\x01x\x82\x04last\x88\x02\x03\xe8";
    wire.say(&[frame(BINARY, b"x"), frame(BINARY, b"c")].concat());
    take(&mut world, &mut wire, answer);
    wire.say(&frame(CLOSE, b"\x03\xe8"));
    assert!(world.report(id).was_clean());
    assert_eq!(world.messages(id), [b"x", b"x", b"x", b"x", b"c"]);
}

#[test]
fn a_ping_keeps_its_place_between_messages() {
    let mut world = World::new();
    let (mut wire, _) = open(&mut world);
    let answer = b"\x82\x01x\x89\x03you\x82\x01y";
    expect(&mut world, &mut wire, &[b"x", b"i", b"y"], answer);
    // What is pinged meanwhile is answered at its place too.
    let said = [frame(BINARY, b"x"), frame(PING, b"me"), frame(BINARY, b"y")].concat();
    wire.say(&said);
    take(&mut world, &mut wire, b"\x82\x01x\x8a\x02me\x82\x01y");
}

#[test]
fn nothing_is_reported_after_a_pause_until_it_ends() {
    let mut world = World::new();
    let (mut wire, id) = open(&mut world);
    expect(&mut world, &mut wire, &[b"x", b"p", b"y", b"z"], b"\x82\x01x\x82\x06paused");
    world.rounds(5);
    assert_eq!(world.messages(id).len(), 5);
    world.event_loop.resume_reading(id).unwrap();
    take(&mut world, &mut wire, b"\x82\x01y\x82\x01z");
}

#[test]
fn nothing_is_reported_or_sent_after_an_abort() {
    let mut world = World::new();
    let (mut wire, id) = open(&mut world);
    wire.say(&[frame(BINARY, b"x"), frame(BINARY, b"a"), frame(BINARY, b"y")].concat());
    world.report(id);
    assert_eq!(world.messages(id), [b"x", b"x", b"x", b"x", b"a"]);
    world.until("the end is seen", |_| {
        wire.pump();
        wire.end.is_some()
    });
    assert!(wire.received.is_empty() || wire.received == b"\x82\x01x", "{:?}", wire.received);
}

#[test]
fn messages_that_fill_a_read_and_are_cut_by_it_come_whole_and_in_order() {
    let mut world = World::new();
    let (mut wire, _) = open(&mut world);
    let count = 3 * RECEIVE_BUFFER_BYTES / 1000;
    let (mut said, mut answer) = (Vec::new(), Vec::new());
    for number in 0..count {
        let size = 1 + number * 37 % 2000;
        let payload: Vec<u8> = (0..size).map(|at| ((at + number) % 64) as u8).collect();
        said.extend(frame(BINARY, &payload));
        answer.extend(bare_frame(BINARY, &payload));
    }
    wire.say(&said);
    take(&mut world, &mut wire, &answer);
}

#[test]
fn the_last_answer_leaves_with_what_was_queued_before_it_however_large() {
    let mut world = World::new();
    let (mut wire, _) = open(&mut world);
    // Around each form of a length, around 64 KiB, from which on it is written from where it lies, and more
    // than a read takes.
    for size in [125, 126, 16_384, 65_535, 65_536, RECEIVE_BUFFER_BYTES + 1] {
        let large = vec![b'x'; size];
        let said = [frame(BINARY, b"x"), frame(BINARY, &large), frame(PING, b"me")].concat();
        for messages in [&said[..], &said[..said.len() - 8]] {
            wire.say(messages);
            let pong = if messages.len() == said.len() { &b"\x8a\x02me"[..] } else { b"" };
            let large = bare_frame(BINARY, &large);
            take(&mut world, &mut wire, &[b"\x82\x01x", &large[..], pong].concat());
        }
    }
}

#[test]
fn what_the_system_does_not_take_of_the_last_answer_follows() {
    let mut world = World::new();
    let server = world.listen_with_send_buffer(4096, options(), obey);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    world.open_on(&mut wire);
    for size in [100, 20_000, 60_000, 65_000, 10, 30_000] {
        let payload: Vec<u8> = (0..size).map(|at| (at % 64) as u8).collect();
        wire.say(&frame(BINARY, &payload));
        while wire.unsent() > 0 {
            world.round();
            wire.say(&[]);
        }
        world.rounds(3);
        wire.say(&frame(BINARY, b"x"));
        let answer = bare_frame(BINARY, &payload);
        take(&mut world, &mut wire, &[&answer[..], b"\x82\x01x"].concat());
    }
}
