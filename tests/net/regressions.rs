//! Sequences that once went wrong, each with the rule that it broke.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use oxws::net::endpoint::Options;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::mailbox::Command;
use oxws::net::slots::Id;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::MessageType;

use crate::harness::{Loop, Reaction, World, ignore, options, options_with, unix_place};
use crate::wire::{BINARY, PING, PONG, REQUEST, TEXT, Wire, frame};

pub(crate) fn deciding() -> Options {
    Options { decides_requests: true, ..options() }
}

/// A connection of a peer with small buffers, before its handshake.
pub(crate) fn narrow(world: &mut World, options: Options, reaction: Reaction) -> Wire {
    let server = world.listen_with_send_buffer(4096, options, reaction);
    Wire::connect_with_receive_buffer(&server.place, Some(4096))
}

/// Keeps whoever calls it busy.
fn work_for(time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        park_timeout(time.saturating_sub(began.elapsed()));
    }
}

/// Answers each message with 800,000 bytes.
fn answer_at_length(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { .. }) = event {
        event_loop.send(id, MessageType::Binary, &vec![9; 800_000]).unwrap();
    }
}

/// Sends messages of 1000 bytes until `bytes` or more wait; how many it sent.
fn stuff(world: &mut World, id: Id, bytes: usize) -> usize {
    let mut sent = 0;
    while world.event_loop.queued_bytes(id).unwrap() < bytes {
        world.event_loop.send(id, MessageType::Binary, &[1; 1000]).unwrap();
        sent += 1;
    }
    sent
}

#[test]
fn e10_a_pong_that_was_held_stays_out_of_a_large_frame() {
    let mut world = World::new();
    let server = world.listen_with_send_buffer(64 * 1024, options(), answer_at_length);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(16 * 1024));
    let id = world.open_on(&mut wire);
    let sent = stuff(&mut world, id, 1);
    wire.say(&frame(PING, b"p"));
    world.until("the ping is read", |world| world.story(id) == ["open", "ping"]);
    let queued = world.event_loop.queued_bytes(id).unwrap();
    assert!(queued > 0);
    // The peer takes all that the system holds, and asks: the loop finds room and a message at once.
    wire.pump_up_to(sent * 1004 - queued);
    wire.say(&frame(BINARY, b"go"));
    let mut frames = Vec::new();
    world.until("all arrives", |_| {
        wire.pump();
        frames.extend(wire.frames());
        frames.len() == sent + 2
    });
    let pongs: Vec<_> = frames.extract_if(.., |frame| frame.0 == PONG).collect();
    assert_eq!(pongs, [(PONG, b"p".to_vec())]);
    let answer = frames.pop().unwrap();
    assert!(answer == (BINARY, vec![9; 800_000]));
    assert!(frames.iter().all(|frame| *frame == (BINARY, vec![1; 1000])));
    assert!(wire.received.is_empty());
}

/// Stops reading while much waits to be sent.
fn pause_while_full(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    match event {
        ConnectionEvent::Protocol(Event::Message { .. }) => {
            if event_loop.queued_bytes(id).unwrap() > 10_000 {
                event_loop.pause_reading(id).unwrap();
            }
        }
        ConnectionEvent::Writable => event_loop.resume_reading(id).unwrap(),
        ConnectionEvent::Protocol(_) | ConnectionEvent::Disconnected { .. } => {}
    }
}

#[test]
fn e04_a_pause_that_ends_in_the_turn_in_which_it_began_strands_nothing() {
    let mut world = World::new();
    let options = Options { max_queued_bytes: 40_000, ..options() };
    let server = world.listen_with_send_buffer(64 * 1024, options, pause_while_full);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(16 * 1024));
    let id = world.open_on(&mut wire);
    let sent = stuff(&mut world, id, 30_000);
    let queued = world.event_loop.queued_bytes(id).unwrap();
    wire.pump_up_to(sent * 1004 - queued);
    wire.say(&[frame(TEXT, b"a"), frame(TEXT, b"b"), frame(TEXT, b"c")].concat());
    world.until("all messages are reported", |world| {
        wire.pump();
        world.messages(id).len() == 3
    });
    assert_eq!(world.messages(id), [b"a", b"b", b"c"]);
    assert_eq!(world.story(id)[..3], ["open", "message", "writable"]);
}

/// Takes half a second for each message.
fn be_slow(_: &mut Loop, _: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { .. }) = event {
        work_for(Duration::from_millis(500));
    }
}

#[test]
fn e18_a_slow_callback_takes_nothing_from_the_time_for_a_pong() {
    let mut world = World::new();
    let options = options_with(|limits| {
        limits.ping_interval_ms = 200;
        limits.pong_timeout_ms = 400;
    });
    let server = world.listen(options, be_slow);
    let (mut busy, _) = world.open(&server);
    let (mut quiet, id) = world.open(&server);
    // The ping is due in the round in which the callback works.
    work_for(Duration::from_millis(250));
    busy.say(&frame(BINARY, b"work"));
    world.until("the quiet peer is asked", |world| {
        assert_eq!(world.closed(id), 0, "{:?}", world.story(id));
        quiet.pump();
        quiet.received.len() >= 10
    });
    let asked = Instant::now();
    while asked.elapsed() < Duration::from_millis(200) {
        world.round();
        busy.pump();
        assert_eq!(world.closed(id), 0, "given up {:?} after its ping", asked.elapsed());
    }
    quiet.pump();
    let pings = quiet.frames();
    assert_eq!((pings.len(), pings[0].0), (1, PING));
    quiet.say(&frame(PONG, &pings[0].1));
    world.until("the answer is read", |world| {
        busy.pump();
        world.story(id) == ["open", "pong"]
    });
}

/// After 200 ms of work, starts a timer of 100 ms.
fn start_late_timer(event_loop: &mut Loop, _: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { .. }) = event {
        work_for(Duration::from_millis(200));
        event_loop.start_timer(100, 0, 7).unwrap();
    }
}

#[test]
fn e16_a_timer_that_is_started_late_in_a_round_has_its_whole_time() {
    let mut world = World::new();
    let server = world.listen(options(), start_late_timer);
    let (mut wire, _) = world.open(&server);
    let started = Instant::now();
    wire.say(&frame(BINARY, b"work"));
    world.until("the timer goes off", |world| world.posted == [7]);
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(300), "{elapsed:?}");
}

#[test]
fn e02_nobody_is_told_of_room_before_the_opening() {
    let mut world = World::new();
    let server = world.listen(deciding(), ignore);
    let mut wire = Wire::connect(&server.place);
    wire.say(REQUEST);
    world.until("the request is reported", |world| !world.notes.is_empty());
    let id = world.notes[0].0;
    let mailbox = Arc::clone(world.event_loop.mailbox());
    let piece = vec![1; 1 << 20];
    let send = || mailbox.put(Command::Send(id, MessageType::Binary, piece.as_slice().into()));
    let mut puts = 0;
    while send().is_ok() {
        puts += 1;
        assert!(puts < 1_000, "never refused");
    }
    world.rounds(20);
    assert_eq!(world.story(id), ["request"]);
    world.event_loop.accept(id, &Reply::new(200).unwrap()).unwrap();
    world.until("the connection opens", |world| world.opened() == [id]);
    assert_eq!(world.story(id)[..2], ["request", "open"]);
}

/// Reads nothing until it is told to; then sends each message back, which must never be refused.
fn echo_after_a_pause(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    match event {
        ConnectionEvent::Protocol(Event::Open) => event_loop.pause_reading(id).unwrap(),
        ConnectionEvent::Protocol(Event::Message { kind, payload }) => {
            assert_eq!(event_loop.send(id, *kind, payload.as_slice()), Ok(()));
        }
        _ => {}
    }
}

#[test]
fn e02_echoes_of_small_messages_behind_a_large_one_are_never_refused() {
    let mut world = World::new();
    let options = Options { pauses_while_queued: true, ..options() };
    // Large, so that one read finds all that one can.
    let server = world.listen_with_buffers(4096, Some(4 << 20), options, echo_after_a_pause);
    let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
    wire.socket.set_send_buffer_size(4 << 20).unwrap();
    let id = world.open_on(&mut wire);
    let small = frame(BINARY, &[2; 1000]);
    let large = frame(BINARY, &vec![1; 574_288]);
    wire.say(&[small.repeat(480), large, small.repeat(2_000)].concat());
    for _ in 0..100 {
        wire.say(&[]);
        world.round();
    }
    world.event_loop.resume_reading(id).unwrap();
    let mut sizes = Vec::new();
    world.until("all has come back", |_| {
        // Slower than the loop, so that echoes pile up.
        wire.say(&[]);
        wire.pump_in(20_000);
        sizes.extend(wire.frames().iter().map(|frame| frame.1.len()));
        sizes.len() == 2_481
    });
    assert_eq!(sizes[480], 574_288);
    assert_eq!(sizes.iter().filter(|size| **size == 1000).count(), 2_480);
}

#[test]
fn e10_a_descriptor_that_a_peer_passes_hides_nothing_behind_it() {
    let mut world = World::new();
    let server = world.listen_at(&unix_place(), options(), ignore);
    let (mut wire, id) = world.open(&server);
    wire.say_with_descriptor(&frame(TEXT, b"one"), std::io::stderr().as_fd());
    wire.say(&frame(TEXT, b"two"));
    world.until("both are reported", |world| world.messages(id).len() == 2);
    assert_eq!(world.messages(id), [b"one", b"two"]);
}
