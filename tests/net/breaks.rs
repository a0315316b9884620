//! Connections that break: at each step of the protocol, in both roles, by FIN and by RST.

use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::close::CloseFrame;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;

use crate::harness::{Loop, What, World, echo, ignore, options, options_with, unix_place};
use crate::wire::{ACCEPTED, CLOSE, REQUEST, RawServer, TEXT, Wire, accept_of, bare_frame, frame};

/// How a peer goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    /// It stops sending and goes on reading.
    Half,
    /// It closes its socket.
    Close,
    /// It resets the connection, which only TCP knows.
    Reset,
}

const BREAKS: [Break; 3] = [Break::Half, Break::Close, Break::Reset];

/// Goes away; what is left of the connection.
fn break_off(wire: Wire, how: Break) -> Option<Wire> {
    match how {
        Break::Half => {
            wire.finish();
            return Some(wire);
        }
        Break::Close => drop(wire),
        Break::Reset => wire.reset(),
    }
    None
}

/// Lets rounds pass until nothing of a connection is left in the loop.
fn settle(world: &mut World, mut left: Option<Wire>, watched: usize, name: &str) {
    world.until(name, |world| {
        if let Some(wire) = &mut left {
            wire.pump();
        }
        world.watched() == watched && world.event_loop.connection_count() == 0
    });
}

#[test]
fn e07_a_server_survives_a_break_at_each_step() {
    let text = frame(TEXT, b"hello");
    let long = frame(0x82, &[9; 200_000]);
    let close = frame(CLOSE, &[3, 232]);
    // What the peer says after its request, and whether the break is clean.
    let steps: [(&str, Vec<u8>, bool); 9] = [
        ("open", vec![], false),
        ("after a message", text.clone(), false),
        ("inside a header", text[..1].to_vec(), false),
        ("inside a key", text[..4].to_vec(), false),
        ("inside a payload", text[..8].to_vec(), false),
        ("inside a long payload", long[..100_000].to_vec(), false),
        ("between fragments", frame(0x01, b"he"), false),
        ("behind a ping", frame(0x89, b"p"), false),
        ("behind a Close", close, true),
    ];
    for place in [None, Some(unix_place())] {
        let mut world = World::new();
        let server = match &place {
            None => world.listen(options(), echo),
            Some(place) => world.listen_at(place, options(), echo),
        };
        for (name, bytes, clean) in &steps {
            for how in BREAKS {
                // With the end in the same segment as the bytes, and after they were read.
                for together in [true, false] {
                    if place.is_some() && how == Break::Reset {
                        continue;
                    }
                    let name = format!("{name}, {how:?}, {together}, {place:?}");
                    let (mut wire, id) = world.open(&server);
                    wire.say(bytes);
                    if !together {
                        world.round();
                        world.round();
                    }
                    let left = break_off(wire, how);
                    let report = world.report(id);
                    // A reset may overtake the bytes that came before it.
                    if how != Break::Reset {
                        assert_eq!(report.was_clean(), *clean, "{name}: {report:?}");
                    }
                    let lost = [ErrorCode::ConnectionLost, ErrorCode::ConnectionReset];
                    let is_loss = report.error.is_some_and(|error| lost.contains(&error));
                    assert_eq!(is_loss, !report.was_clean(), "{name}: {report:?}");
                    settle(&mut world, left, 2, &name);
                    assert_eq!(world.closed(id), 1, "{name}");
                }
            }
        }
    }
}

#[test]
fn e07_a_message_before_the_end_is_delivered() {
    for how in [Break::Half, Break::Close] {
        for size in [5, 70_000, 600_000] {
            let mut world = World::new();
            let limits = options_with(|limits| limits.max_message_bytes = 1 << 20);
            let server = world.listen(limits, ignore);
            let (mut wire, id) = world.open(&server);
            let payload = vec![b'a'; size];
            wire.say(&frame(TEXT, &payload));
            let mut wire = Some(wire);
            world.until("the end is reported", |world| {
                if let Some(mut sender) = wire.take_if(|wire| wire.unsent() == 0) {
                    sender.pump();
                    // What was not read would turn a FIN into a reset.
                    assert!(sender.received.is_empty());
                    std::mem::forget(break_off(sender, how));
                }
                if let Some(wire) = &mut wire {
                    wire.pump();
                }
                world.closed(id) == 1
            });
            assert_eq!(world.messages(id), [payload.as_slice()], "{how:?}");
        }
    }
}

#[test]
fn e07_a_break_before_the_request_is_whole_is_nobodys_business() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    for cut in [0, 1, 20, REQUEST.len() - 1] {
        for how in BREAKS {
            for together in [true, false] {
                let mut wire = Wire::connect(&server.place);
                wire.say(&REQUEST[..cut]);
                if !together {
                    world.round();
                    world.round();
                }
                let left = break_off(wire, how);
                // Until it has been accepted it would look as if it had gone already.
                world.round();
                world.round();
                settle(&mut world, left, 2, &format!("cut at {cut}, {how:?}"));
            }
        }
    }
    assert!(world.notes.is_empty(), "{:?}", world.notes);
}

#[test]
fn e07_a_break_while_the_request_waits_ends_once_it_is_decided_or_due() {
    for how in BREAKS {
        for decides in [true, false] {
            let mut world = World::new();
            let mut options = options_with(|limits| limits.handshake_timeout_ms = 150);
            options.decides_requests = true;
            let server = world.listen(options, ignore);
            let mut wire = Wire::connect(&server.place);
            wire.say(REQUEST);
            world.until("the request is reported", |world| world.notes.len() == 1);
            let id = world.notes[0].0;
            let left = break_off(wire, how);
            world.round();
            if decides {
                let reply = oxws::protocol::handshake::reply::Reply::new(200).unwrap();
                // The break may have been reported already.
                let _ = world.event_loop.accept(id, &reply);
            }
            world.report(id);
            settle(&mut world, left, 2, &format!("{how:?}, {decides}"));
            assert_eq!(world.closed(id), 1, "{how:?}, {decides}");
        }
    }
}

/// Begins to close as soon as the connection is open.
fn close_at_once(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Open) = event {
        event_loop.close(id, CloseFrame::new(None, "").unwrap()).unwrap();
    }
}

#[test]
fn e07_a_break_in_answer_to_a_close_frame_is_a_loss() {
    let mut world = World::new();
    let server = world.listen(options(), close_at_once);
    for how in BREAKS {
        for answer in [vec![], frame(CLOSE, b""), frame(CLOSE, b"")[..3].to_vec()] {
            let mut wire = Wire::connect(&server.place);
            wire.say(REQUEST);
            let want = ACCEPTED.len() + 2;
            world.until("the Close frame comes", |_| {
                wire.pump();
                wire.received.len() == want
            });
            assert!(wire.received.ends_with(&[CLOSE, 0]));
            wire.say(&answer);
            let id = *world.opened().last().unwrap();
            let left = break_off(wire, how);
            let report = world.report(id);
            if how != Break::Reset {
                assert_eq!(report.was_clean(), answer.len() == 6, "{how:?}: {report:?}");
            }
            settle(&mut world, left, 2, &format!("{how:?}"));
            assert_eq!(world.closed(id), 1);
        }
    }
}

#[test]
fn e07_a_client_survives_a_break_at_each_step() {
    let close = bare_frame(CLOSE, &[3, 232]);
    let long = bare_frame(0x82, &[9; 200_000]);
    let refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\nabc".to_vec();
    type Step = (&'static str, bool, Vec<u8>);
    let steps: [Step; 8] = [
        ("before the answer", false, vec![]),
        ("inside the answer", false, b"HTTP/1.1 101 Switching".to_vec()),
        ("inside a refusal", false, refusal),
        ("open", true, vec![]),
        ("inside a header", true, vec![TEXT]),
        ("inside a long payload", true, long[..100_000].to_vec()),
        ("between fragments", true, bare_frame(0x01, b"he")),
        ("behind a Close", true, close),
    ];
    let mut world = World::new();
    for (name, accepts, bytes) in &steps {
        for how in BREAKS {
            for together in [true, false] {
                let name = format!("{name}, {how:?}, {together}");
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
                let head = if *accepts { accept_of(&wire.received) } else { vec![] };
                wire.say(&[&head, bytes.as_slice()].concat());
                if !together {
                    world.round();
                    world.round();
                }
                let left = break_off(wire, how);
                world.report(id);
                settle(&mut world, left, 1, &name);
                assert_eq!(world.closed(id), 1, "{name}");
                let opens = world.opened().iter().filter(|open| **open == id).count();
                assert!(opens <= usize::from(*accepts), "{name}");
                if how != Break::Reset {
                    assert_eq!(opens, usize::from(*accepts), "{name}");
                }
            }
        }
    }
}

#[test]
fn e07_a_break_while_output_waits_is_reported_once() {
    for how in BREAKS {
        let mut world = World::new();
        let server = world.listen_with_send_buffer(4096, options(), echo);
        let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
        let id = world.open_on(&mut wire);
        wire.say(&frame(0x82, &[1; 500_000]));
        world.until("output waits", |world| {
            // Sends without reading.
            wire.say(&[]);
            world.event_loop.queued_bytes(id).unwrap() > 100_000
        });
        let left = break_off(wire, how);
        let report = world.report(id);
        assert!(!report.was_clean(), "{report:?}");
        settle(&mut world, left, 2, &format!("{how:?}"));
        assert_eq!(world.closed(id), 1);
    }
}

#[test]
fn e07_a_broken_write_reports_what_was_received_before() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let (mut wire, id) = world.open(&server);
    for at in 0..50_u8 {
        wire.say(&frame(0x82, &[at]));
    }
    // The socket is closed with answers unread, so the system resets the connection while the
    // answers are written.
    world.round();
    for at in 50..60_u8 {
        wire.say(&frame(0x82, &[at]));
    }
    drop(wire);
    world.report(id);
    let messages = world.messages(id);
    assert!(messages.len() >= 50, "{}", messages.len());
    let in_order = messages.iter().zip(0..).all(|(message, at)| **message == [at]);
    assert!(in_order);
    assert!(matches!(world.notes.last(), Some((_, What::Closed(_)))));
}

#[test]
fn e21_a_closed_listener_leaves_its_connections_alone() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let (wire, id) = world.open(&server);
    world.event_loop.close_listener(server.id).unwrap();
    assert_eq!(world.event_loop.close_listener(server.id), Err(ErrorCode::NotFound));
    assert_eq!(world.watched(), 2);
    drop(wire);
    world.report(id);
    world.until("only the waker is left", |world| world.watched() == 1);
}
