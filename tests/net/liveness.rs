//! Who is dead and who is only slow: pings, pauses and long stalls of this side.

use std::time::{Duration, Instant};

use oxws::net::endpoint::Options;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::url::Place;

use crate::harness::{Loop, World, echo, ignore, options_with};
use crate::wire::{BINARY, PING, PONG, TEXT, Wire, frame};

/// Pings soon and gives up soon.
fn watchful(interval_ms: u32, timeout_ms: u32) -> Options {
    options_with(|limits| {
        limits.ping_interval_ms = interval_ms;
        limits.pong_timeout_ms = timeout_ms;
    })
}

/// Answers each ping that has come; how many there were.
fn answer_pings(wire: &mut Wire) -> usize {
    wire.pump();
    let pings: Vec<_> = wire.frames().into_iter().filter(|frame| frame.0 == PING).collect();
    for (_, payload) in &pings {
        wire.say(&frame(PONG, payload));
    }
    pings.len()
}

#[test]
fn e06_a_peer_that_answers_no_ping_is_dropped_and_one_that_does_is_kept() {
    let mut world = World::new();
    let server = world.listen(watchful(100, 300), echo);
    let (mut dead, dead_id) = world.open(&server);
    let (mut live, live_id) = world.open(&server);
    let started = Instant::now();
    let mut pongs = 0;
    let mut died = None;
    world.until("the live peer was asked eight times", |world| {
        pongs += answer_pings(&mut live);
        if world.closed(dead_id) == 1 {
            died.get_or_insert(started.elapsed());
        }
        pongs >= 8 && died.is_some()
    });
    // The interval is a tenth shorter or longer.
    let died = died.unwrap();
    assert!(died >= Duration::from_millis(385), "{died:?}");
    assert!(died < Duration::from_millis(1_000), "{died:?}");
    let report = world.report(dead_id);
    assert_eq!(report.error, Some(ErrorCode::PongTimeout));
    assert_eq!(report.code().number(), 1006);
    assert_eq!(world.closed(live_id), 0);
    // It is not told why, as it would not hear; it is cut off.
    world.until("the socket is closed", |world| {
        dead.pump();
        live.pump();
        dead.end.is_some() && world.watched() == 3
    });
    let frames = dead.frames();
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!(frames[0].0, PING);
}

#[test]
fn e05_bytes_of_a_long_message_are_a_sign_of_life() {
    let mut world = World::new();
    let server = world.listen(watchful(150, 150), ignore);
    let (mut wire, id) = world.open(&server);
    let payload = vec![3; 40_000];
    let bytes = frame(BINARY, &payload);
    let started = Instant::now();
    let mut said = 0;
    world.until("the message has come", |world| {
        // A second and more for the whole, and not one pong.
        let due = usize::try_from(started.elapsed().as_millis()).unwrap() * 40;
        let end = due.min(bytes.len());
        if end > said {
            wire.say(&bytes[said..end]);
            said = end;
        }
        assert_eq!(world.closed(id), 0, "declared dead after {said} bytes");
        !world.messages(id).is_empty()
    });
    assert!(started.elapsed() > Duration::from_millis(900));
    assert!(world.messages(id)[0] == payload);
    let report = world.report(id);
    assert_eq!(report.error, Some(ErrorCode::PongTimeout));
}

/// Stops reading at the first message.
fn pause_at_first(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { payload, .. }) = event
        && payload.as_slice() == b"0"
    {
        event_loop.pause_reading(id).unwrap();
    }
}

#[test]
fn e04_while_this_side_does_not_read_nothing_is_reported_and_nobody_dies() {
    let mut world = World::new();
    let server = world.listen(watchful(100, 250), pause_at_first);
    let (mut wire, id) = world.open(&server);
    let (mut other, other_id) = world.open(&server);
    // In one segment with the message in which reading stops, and long after it.
    let messages: Vec<_> = (0..10).map(|at| frame(TEXT, at.to_string().as_bytes())).collect();
    wire.say(&messages.concat());
    let started = Instant::now();
    world.until("several timeouts have passed", |world| {
        answer_pings(&mut other);
        assert_eq!(world.closed(id), 0);
        started.elapsed() > Duration::from_millis(800)
    });
    assert_eq!(world.messages(id), [b"0"]);
    // The system's buffers fill up, and the loop's memory does not.
    wire.say(&frame(BINARY, &vec![1; 500_000]).repeat(40));
    for _ in 0..50 {
        wire.say(&[]);
        answer_pings(&mut other);
        world.round();
    }
    assert!(wire.unsent() > 1_000_000, "{}", wire.unsent());
    world.event_loop.resume_reading(id).unwrap();
    world.until("all has come, in order", |world| {
        wire.say(&[]);
        answer_pings(&mut wire);
        answer_pings(&mut other);
        world.messages(id).len() == 50
    });
    for (at, message) in world.messages(id).iter().enumerate() {
        match at {
            0..10 => assert_eq!(*message, at.to_string().as_bytes()),
            _ => assert!(message.len() == 500_000 && message.iter().all(|byte| *byte == 1)),
        }
    }
    assert_eq!(world.closed(other_id), 0);
}

#[test]
fn e04_an_end_that_came_while_paused_is_reported_afterwards() {
    let mut world = World::new();
    let server = world.listen(watchful(100, 250), pause_at_first);
    for together in [true, false] {
        let (mut wire, id) = world.open(&server);
        wire.say(&[frame(TEXT, b"0"), frame(TEXT, b"1")].concat());
        if !together {
            world.until("reading has stopped", |world| world.messages(id).len() == 1);
            wire.say(&frame(TEXT, b"2"));
        }
        wire.finish();
        for _ in 0..5 {
            world.round();
        }
        assert_eq!(world.messages(id), [b"0"]);
        assert_eq!(world.closed(id), 0);
        world.event_loop.resume_reading(id).unwrap();
        let report = world.report(id);
        assert_eq!(report.error, Some(ErrorCode::ConnectionLost));
        let want: &[&[u8]] = if together { &[b"0", b"1"] } else { &[b"0", b"1", b"2"] };
        assert_eq!(world.messages(id), want);
    }
}

#[test]
fn e18_after_a_long_stall_what_came_meanwhile_counts() {
    // More than are told of at once, so that some are read only in a later round.
    const PEERS: usize = 1500;
    let mut world = World::new();
    world.only_counts = true;
    let server = world.listen(watchful(800, 1_200), ignore);
    let mut wires: Vec<Wire> = (0..PEERS).map(|_| Wire::connect(&server.place)).collect();
    for wire in &mut wires {
        wire.say(crate::wire::REQUEST);
    }
    world.until("all are open", |world| world.opened().len() == PEERS);
    // Every peer is asked while the loop runs, answers while it stands still, and the answers are
    // found far beyond the deadline.
    let mut answered = vec![false; PEERS];
    world.until("all are asked", |_| {
        for (wire, answered) in wires.iter_mut().zip(&mut answered) {
            wire.pump();
            *answered |= wire.received.len() > 129 + 2;
        }
        answered.iter().all(|is_asked| *is_asked)
    });
    let stall_began = Instant::now();
    for wire in &mut wires {
        let ping = wire.received.split_off(129);
        assert_eq!(ping[..2], [PING, 8]);
        wire.say(&frame(PONG, &ping[2..10]));
    }
    while stall_began.elapsed() < Duration::from_millis(2_100) {
        std::thread::park_timeout(Duration::from_millis(50));
    }
    world.until("all answers are read", |world| {
        assert!(world.ended().is_empty(), "{} declared dead", world.ended().len());
        world.counted >= PEERS
    });
    assert!(world.ended().is_empty());
}

#[test]
fn e05_a_peer_that_dies_after_a_backlog_is_given_up_as_soon_as_any_other() {
    // Reading stops for the backlog, or the owner stops it.
    for by_backlog in [true, false] {
        let mut world = World::simulated();
        let place = Place::Host { host: "a.example".into(), port: 80 };
        let mut options = watchful(100, 100);
        options.pauses_while_queued = by_backlog;
        options.max_queued_bytes = 10_000;
        world.listen_at(&place, options, ignore);
        let client =
            world.connect(&place, options_with(|limits| limits.ping_interval_ms = 0), ignore);
        world.advance(0);
        let id = world.opened().into_iter().find(|id| *id != client).unwrap();
        world.event_loop.freeze(id, true).unwrap();
        world.event_loop.set_capacity(Some(id), 1).unwrap();
        if !by_backlog {
            world.event_loop.pause_reading(id).unwrap();
        }
        world.event_loop.send(id, MessageType::Binary, &[7; 9_000]).unwrap();
        world.advance(1_000);
        assert_eq!(world.closed(id), 0, "this side does not read");
        // The backlog leaves, and nothing comes any more.
        world.event_loop.freeze(client, true).unwrap();
        world.event_loop.freeze(id, false).unwrap();
        world.event_loop.set_capacity(Some(id), 100_000).unwrap();
        world.advance(0);
        world.event_loop.resume_reading(id).unwrap();
        assert_eq!(world.event_loop.queued_bytes(id), Ok(0));
        world.advance(250);
        assert_eq!(world.closed(id), 1, "by backlog: {by_backlog}");
        assert_eq!(world.report(id).error, Some(ErrorCode::PongTimeout));
    }
}

#[test]
fn e05_pings_go_out_in_their_interval_however_long_a_pong_may_take() {
    for timeout_ms in [0, 50, 10_000] {
        let mut world = World::simulated();
        let place = Place::Host { host: "a.example".into(), port: 80 };
        world.listen_at(&place, watchful(100, timeout_ms), ignore);
        let quiet = options_with(|limits| limits.ping_interval_ms = 0);
        let client = world.connect(&place, quiet, ignore);
        world.advance(1_000);
        let pings = world.story(client).into_iter().filter(|what| *what == "ping").count();
        // An interval is 90 to 110 ms long.
        assert!((9..=11).contains(&pings), "{pings} with {timeout_ms}");
    }
}
