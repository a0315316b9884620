//! The closing handshake over sockets: peers that stall, cross it, or go on sending.

use std::time::{Duration, Instant};

use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::{Event, Initiator};
use oxws::protocol::opcode::MessageType;

use crate::harness::{Loop, World, echo, ignore, options, options_with};
use crate::wire::{CLOSE, End, PING, RawServer, TEXT, Wire, accept_of, bare_frame, frame};

fn normal() -> CloseFrame {
    CloseFrame::new(Some(CloseCode::NORMAL), "bye").unwrap()
}

#[test]
fn e08_a_peer_that_never_answers_a_close_frame_is_dropped_at_the_deadline() {
    let mut world = World::new();
    let server = world.listen(options_with(|limits| limits.close_timeout_ms = 150), echo);
    let (mut wire, id) = world.open(&server);
    let started = Instant::now();
    world.event_loop.close(id, normal()).unwrap();
    let report = world.report(id);
    assert_eq!(report.error, Some(ErrorCode::CloseTimeout));
    assert_eq!(report.initiator, Initiator::Local);
    assert!(!report.was_clean());
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(150), "{elapsed:?}");
    assert!(elapsed < Duration::from_millis(900), "{elapsed:?}");
    world.until("the socket is closed", |world| {
        wire.pump();
        wire.end.is_some() && world.watched() == 2
    });
    assert_eq!(wire.received, b"\x88\x05\x03\xe8bye");
}

#[test]
fn e08_data_on_either_side_of_a_close_frame_arrives() {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    // Large enough that the system does not take it at once.
    let big = vec![5; 6_000_000];
    let small = vec![6; 3];
    world.event_loop.send(id, MessageType::Binary, &small).unwrap();
    world.event_loop.send(id, MessageType::Binary, &big).unwrap();
    world.event_loop.close(id, normal()).unwrap();
    assert_eq!(world.event_loop.send(id, MessageType::Binary, &small), Err(ErrorCode::Closed));
    // The peer does not know yet: what it sends is still reported.
    wire.say(&frame(TEXT, b"late"));
    let mut frames = Vec::new();
    world.until("the Close frame comes", |_| {
        wire.pump_in(1 << 20);
        frames.extend(wire.frames());
        frames.len() == 3
    });
    assert_eq!(frames[0], (0x82, small));
    assert!(frames[1] == (0x82, big));
    assert_eq!(frames[2], (CLOSE, b"\x03\xe8bye".to_vec()));
    wire.say(&frame(CLOSE, b"\x03\xe8"));
    let report = world.report(id);
    assert!(report.was_clean() && report.error.is_none(), "{report:?}");
    assert_eq!(world.messages(id), [b"late"]);
    world.until("the server stops sending first", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
    drop(wire);
    world.until("the socket is closed", |world| world.watched() == 2);
}

#[test]
fn e08_messages_before_the_peers_close_frame_are_delivered_and_none_after_it() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let (mut wire, id) = world.open(&server);
    let all = [
        frame(TEXT, b"one"),
        frame(PING, b"p"),
        frame(TEXT, b"two"),
        frame(CLOSE, b"\x0f\xa0why"),
        frame(TEXT, b"three"),
        frame(PING, b"q"),
        frame(CLOSE, b"\x03\xe8"),
    ];
    wire.say(&all.concat());
    let report = world.report(id);
    assert!(report.was_clean(), "{report:?}");
    assert_eq!(report.initiator, Initiator::Remote);
    assert_eq!((report.code().number(), report.reason()), (4000, "why"));
    assert_eq!(world.messages(id), [b"one", b"two"]);
    world.until("the server stops sending", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
    assert_eq!(wire.received, b"\x81\x03one\x8a\x01p\x81\x03two\x88\x02\x0f\xa0");
    assert_eq!(world.closed(id), 1);
}

#[test]
fn e08_a_peer_that_neither_closes_nor_falls_silent_after_the_end_is_let_go_of() {
    // The first sends without end, the second keeps its socket open.
    for floods in [true, false] {
        let mut world = World::new();
        let server = world.listen(options(), echo);
        let (mut wire, id) = world.open(&server);
        wire.say(&frame(CLOSE, b""));
        world.report(id);
        let started = Instant::now();
        let piece = vec![0; 16 * 1024];
        let mut said = 0;
        world.until("the socket is closed", |world| {
            if floods && wire.unsent() == 0 {
                wire.say(&piece);
                said += piece.len();
            }
            world.watched() == 2
        });
        let elapsed = started.elapsed();
        match floods {
            true => assert!(elapsed < Duration::from_millis(900), "{elapsed:?}"),
            false => assert!(elapsed >= Duration::from_millis(900), "{elapsed:?}"),
        }
        assert!(elapsed < Duration::from_millis(2_500), "{elapsed:?}");
        assert!(said < 16 * 1024 * 1024, "{said}");
        assert_eq!(world.closed(id), 1);
    }
}

#[test]
fn e08_a_client_waits_for_the_server_to_close_but_not_for_ever() {
    for closes in [true, false] {
        let mut world = World::new();
        let server = RawServer::new();
        let id = world.connect(&server.place, options(), ignore);
        let mut wire = None;
        world.until("the request comes", |_| {
            wire = wire.take().or_else(|| server.accept());
            wire.as_mut().is_some_and(|wire: &mut Wire| {
                wire.pump();
                wire.received.ends_with(b"\r\n\r\n")
            })
        });
        let mut wire = wire.unwrap();
        let accept = accept_of(&wire.received);
        wire.received.clear();
        wire.say(&accept);
        world.until("the connection opens", |world| world.opened() == [id]);
        world.event_loop.close(id, normal()).unwrap();
        world.until("the Close frame comes", |_| {
            wire.pump();
            wire.received.len() == 11
        });
        assert_eq!(wire.received[..2], [CLOSE, 0x85]);
        wire.say(&bare_frame(CLOSE, b"\x03\xe8"));
        assert!(world.report(id).was_clean());
        // The server is to close first (RFC 6455 section 7.1.1).
        let started = Instant::now();
        for _ in 0..5 {
            wire.pump();
            assert_eq!(wire.end, None);
            world.round();
        }
        if closes {
            wire.finish();
        }
        world.until("the socket is closed", |world| {
            wire.pump();
            wire.end.is_some() && world.watched() == 1
        });
        let elapsed = started.elapsed();
        let limit = if closes { 500 } else { 2_500 };
        assert!(elapsed < Duration::from_millis(limit), "{elapsed:?}");
    }
}

#[test]
fn e09_both_sides_may_close_at_once() {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    wire.say(&frame(CLOSE, b"\x03\xe9"));
    world.event_loop.close(id, normal()).unwrap();
    let report = world.report(id);
    assert!(report.was_clean(), "{report:?}");
    assert_eq!(report.initiator, Initiator::Local);
    assert_eq!(report.code().number(), 1001);
    world.until("one Close frame comes, and the end", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
    assert_eq!(wire.received, b"\x88\x05\x03\xe8bye");
    assert_eq!(world.closed(id), 1);
}

#[test]
fn e09_a_second_close_is_refused_and_changes_nothing() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let (mut wire, id) = world.open(&server);
    world.event_loop.close(id, normal()).unwrap();
    assert_eq!(world.event_loop.close(id, normal()), Err(ErrorCode::Closed));
    assert_eq!(world.event_loop.ping(id, b""), Err(ErrorCode::Closed));
    wire.say(&frame(CLOSE, b""));
    world.report(id);
    assert_eq!(world.event_loop.close(id, normal()), Err(ErrorCode::NotFound));
    assert_eq!(world.event_loop.abort(id), Err(ErrorCode::NotFound));
    assert_eq!(world.event_loop.send(id, MessageType::Text, b"a"), Err(ErrorCode::NotFound));
    assert_eq!(world.closed(id), 1);
}

/// Does to a connection, at each event, all that can be done.
fn do_everything(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Closed(_)) = event {
        assert!(event_loop.send(id, MessageType::Text, b"a").is_err());
        assert!(event_loop.close(id, normal()).is_err());
        let _ = event_loop.abort(id);
        return;
    }
    let _ = event_loop.send(id, MessageType::Text, b"a");
    let _ = event_loop.close(id, normal());
    let _ = event_loop.close(id, normal());
    let _ = event_loop.send(id, MessageType::Text, b"a");
    if let ConnectionEvent::Protocol(Event::Message { .. }) = event {
        let _ = event_loop.abort(id);
        let _ = event_loop.abort(id);
    }
}

#[test]
fn e09_whatever_is_done_inside_events_the_end_comes_once_and_last() {
    let mut world = World::new();
    let server = world.listen(options(), do_everything);
    let mut wires: Vec<_> = (0..20).map(|_| world.open(&server)).collect();
    for (wire, _) in &mut wires {
        wire.say(&frame(TEXT, b"x").repeat(3));
    }
    for (_, id) in &wires {
        world.report(*id);
        assert_eq!(world.closed(*id), 1);
        let last = world.notes.iter().rfind(|note| note.0 == *id).unwrap();
        assert!(matches!(last.1, crate::harness::What::Closed(_)));
        // What lay behind the message in which it was given up is not reported.
        assert_eq!(world.messages(*id), [b"x"]);
    }
    drop(wires);
    world.until("the sockets are closed", |world| world.watched() == 2);
}
