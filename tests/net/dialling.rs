//! Connecting to servers that are absent, silent, broken or hostile.

use std::time::{Duration, Instant};

use oxws::net::endpoint::Options;
use oxws::net::inquiry::State;
use oxws::net::slots::Id;
use oxws::protocol::close::CloseFrame;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::url::Place;

use crate::harness::{What, World, echo, ignore, options, options_with, socket_path, unix_place};
use crate::wire::{BINARY, End, RawServer, TEXT, Wire, accept_of, bare_frame};

pub(crate) fn host(name: &str, port: u16) -> Place {
    let host = name.into();
    Place::Host { host, port }
}

/// What a client is like whose handshake must end soon.
fn hasty(ms: u32) -> Options {
    options_with(|limits| limits.handshake_timeout_ms = ms)
}

/// The server's side of a connection whose request has come whole.
#[track_caller]
pub(crate) fn asked(world: &mut World, server: &RawServer) -> Wire {
    let mut wire = None;
    world.until("the request comes", |_| {
        wire = wire.take().or_else(|| server.accept());
        wire.as_mut().is_some_and(|wire| {
            wire.pump();
            wire.received.ends_with(b"\r\n\r\n")
        })
    });
    wire.unwrap()
}

/// Connects, answers with these bytes and stops sending if asked to; how it ended.
#[track_caller]
fn answered(world: &mut World, bytes: &[u8], finishes: bool) -> (Id, ErrorCode) {
    let server = RawServer::new();
    let id = world.connect(&server.place, options(), ignore);
    let mut wire = asked(world, &server);
    wire.say(bytes);
    let mut is_finished = false;
    world.until("the end is reported", |world| {
        wire.pump();
        if finishes && wire.unsent() == 0 && !is_finished {
            wire.finish();
            is_finished = true;
        }
        world.closed(id) > 0
    });
    (id, world.report(id).error.unwrap())
}

#[test]
fn d02_answers_without_end_are_cut_off() {
    let mut world = World::new();
    let line = b"HTTP/1.1 200 OK\r\n".as_slice();
    let interim = b"HTTP/1.1 102 Processing\r\n\r\n".as_slice();
    let cases = [
        ("a head", [line, &b"A: a\r\n".repeat(20_000)].concat(), ErrorCode::HandshakeHeadTooLarge),
        ("a line", [line, b"A: ", &[b'a'; 100_000]].concat(), ErrorCode::HandshakeHeadTooLarge),
        ("interim answers", interim.repeat(1000), ErrorCode::HandshakeInterim),
    ];
    for (name, bytes, want) in cases {
        let (id, error) = answered(&mut world, &bytes, false);
        assert_eq!(error, want, "{name}");
        let what: Vec<_> = world.notes.iter().filter(|note| note.0 == id).collect();
        assert_eq!(what.len(), 1, "{what:?}");
    }
}

#[test]
fn d02_a_body_without_end_is_cut_at_64_kib() {
    let mut world = World::new();
    let head = b"HTTP/1.1 403 Forbidden\r\n\r\n".as_slice();
    let bytes = [head, &[b'a'; 1_000_000]].concat();
    let (id, error) = answered(&mut world, &bytes, false);
    assert_eq!(error, ErrorCode::HandshakeStatus);
    assert_eq!(world.report(id).http_status, 403);
    let (_, What::Response(403, body)) = &world.notes[0] else {
        panic!("{:?}", world.notes.len());
    };
    assert_eq!(body.len(), 65_536);
    assert!(body.iter().all(|byte| *byte == b'a'));
}

#[test]
fn d02_five_interim_answers_are_taken() {
    let mut world = World::new();
    let server = RawServer::new();
    let id = world.connect(&server.place, options(), ignore);
    let mut wire = asked(&mut world, &server);
    wire.say(&b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n".repeat(5));
    let accept = accept_of(&wire.received);
    wire.say(&accept);
    world.until("the connection opens", |world| world.opened() == [id]);
}

#[test]
fn d04_frames_in_the_segment_of_the_101_come_in_order() {
    let frames = [
        bare_frame(TEXT, b"one"),
        bare_frame(0x02, b"tw"),
        bare_frame(0x80, b"o"),
        bare_frame(BINARY, &[3; 70_000]),
    ]
    .concat();
    for split in 0..=12 {
        let mut world = World::new();
        let server = RawServer::new();
        let id = world.connect(&server.place, options(), ignore);
        let mut wire = asked(&mut world, &server);
        let accept = accept_of(&wire.received);
        let all = [accept.as_slice(), &frames].concat();
        // Around the end of the head and through the first frames.
        let at = accept.len() - 2 + split;
        wire.say(&all[..at]);
        if split % 2 == 0 {
            world.round();
        }
        wire.say(&all[at..]);
        world.until("three messages come", |world| {
            wire.pump();
            world.messages(id).len() == 3
        });
        assert_eq!(world.messages(id), [b"one".as_slice(), b"two", &[3; 70_000]]);
        let is_first = |at: usize, what: fn(&What) -> bool| what(&world.notes[at].1);
        assert!(is_first(0, |what| matches!(what, What::Response(101, _))));
        assert!(is_first(1, |what| matches!(what, What::Open)));
    }
}

#[test]
fn d05_a_redirect_is_reported_as_a_refusal_with_its_body() {
    let mut world = World::new();
    let bytes =
        b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 4\r\n\r\nelse";
    let (id, error) = answered(&mut world, bytes, false);
    assert_eq!(error, ErrorCode::HandshakeStatus);
    assert_eq!(world.report(id).http_status, 302);
    assert!(matches!(&world.notes[0].1, What::Response(302, body) if body == b"else"));
    assert_eq!(world.notes.len(), 2);
}

#[test]
fn d01_d14_garbage_and_early_ends_are_told_apart() {
    let mut world = World::new();
    let wrong = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let cases: [(&str, &[u8], bool, ErrorCode); 6] = [
        ("noise", &[0x80; 100], false, ErrorCode::HandshakeMalformed),
        ("SSH", b"SSH-2.0-a\r\n", false, ErrorCode::HandshakeMalformed),
        ("TLS", b"\x15\x03\x01\x00\x02\x02\x46", false, ErrorCode::HandshakeMalformed),
        ("a foreign accept", wrong.as_bytes(), false, ErrorCode::HandshakeAccept),
        ("nothing", b"", true, ErrorCode::ConnectionLost),
        ("half a head", b"HTTP/1.1 101 Sw", true, ErrorCode::ConnectionLost),
    ];
    for (name, bytes, finishes, want) in cases {
        let (id, error) = answered(&mut world, bytes, finishes);
        assert_eq!(error, want, "{name}");
        assert_eq!(world.closed(id), 1);
    }
    // A refusal whose body is cut short is a refusal all the same.
    let cut = b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nhalf";
    let (id, error) = answered(&mut world, cut, true);
    assert_eq!(error, ErrorCode::HandshakeStatus);
    let is_it =
        |note: &&(Id, What)| matches!(&note.1, What::Response(503, body) if body == b"half");
    assert_eq!(world.notes.iter().find(is_it).unwrap().0, id);
}

#[test]
fn d14_a_port_that_is_closed_is_reported_at_once_with_its_number() {
    let mut world = World::new();
    let port = RawServer::new().address().port();
    let cases = [
        (host("127.0.0.1", port), libc::ECONNREFUSED),
        (host("localhost", port), libc::ECONNREFUSED),
        (unix_place(), libc::ENOENT),
    ];
    for (place, number) in cases {
        let started = Instant::now();
        let id = world.connect(&place, options(), ignore);
        let report = world.report(id);
        assert_eq!(report.error, Some(ErrorCode::ConnectFailed), "{place:?}");
        assert_eq!(report.os_error, number, "{place:?}");
        assert!(started.elapsed() < Duration::from_secs(2));
        assert_eq!(world.closed(id), 1);
    }
    // A path on which nobody listens any more.
    let path = socket_path();
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let id = world.connect(&Place::Path(path.to_str().unwrap().into()), options(), ignore);
    assert_eq!(world.report(id).os_error, libc::ECONNREFUSED);
    std::fs::remove_file(path).unwrap();
    assert_eq!(world.watched(), 1);
}

#[test]
fn d14_a_server_that_says_nothing_costs_no_more_than_the_deadline() {
    let mut world = World::new();
    let server = RawServer::new();
    let started = Instant::now();
    let silent = world.connect(&server.place, hasty(200), ignore);
    let dribbled = world.connect(&server.place, hasty(200), ignore);
    let mut wires = [asked(&mut world, &server), asked(&mut world, &server)];
    let bytes = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n";
    let mut said = 0;
    world.until("both are given up", |world| {
        // A byte each five milliseconds does not put the end off.
        if started.elapsed().as_millis() / 5 > said as u128 && said < bytes.len() {
            wires[1].say(&bytes[said..=said]);
            said += 1;
        }
        world.closed(silent) + world.closed(dribbled) == 2
    });
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(200), "{elapsed:?}");
    assert!(elapsed < Duration::from_millis(900), "{elapsed:?}");
    for id in [silent, dribbled] {
        assert_eq!(world.report(id).error, Some(ErrorCode::HandshakeTimeout));
    }
    world.until("the sockets are closed", |_| {
        wires.iter_mut().for_each(Wire::pump);
        wires.iter().all(|wire| wire.end.is_some())
    });
}

#[test]
fn d14_connecting_that_hangs_ends_at_the_deadline() {
    let mut world = World::new();
    // The system queues one connection more than it was told; further ones get no answer.
    let server = RawServer::with_backlog(0);
    let _first = Wire::connect(&server.place);
    let started = Instant::now();
    let ids = [0; 3].map(|_| world.connect(&server.place, hasty(300), ignore));
    let last = ids[2];
    assert_eq!(world.event_loop.state(last), Ok(State::Connecting));
    assert_eq!(world.event_loop.send(last, MessageType::Text, b"a"), Err(ErrorCode::NotOpen));
    let report = world.report(last);
    assert_eq!(report.error, Some(ErrorCode::ConnectTimeout));
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(300), "{elapsed:?}");
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    world.until("all are given up", |world| ids.iter().all(|id| world.closed(*id) == 1));
    assert_eq!(world.watched(), 1);
}

#[test]
fn d14_a_client_and_a_server_of_one_loop_talk() {
    for place in [host("127.0.0.1", 0), unix_place()] {
        let mut world = World::new();
        let server = world.listen_at(&place, options(), echo);
        let id = world.connect(&server.place, options(), ignore);
        world.until("both are open", |world| world.opened().len() == 2);
        let big = vec![7; 300_000];
        world.event_loop.send(id, MessageType::Binary, &big).unwrap();
        world.event_loop.send(id, MessageType::Text, b"small").unwrap();
        world.until("both come back", |world| world.messages(id).len() == 2);
        assert_eq!(world.messages(id), [big.as_slice(), b"small"]);
        let frame = CloseFrame::new(None, "").unwrap();
        world.event_loop.close(id, frame).unwrap();
        world.until("both have ended", |world| world.ended().len() == 2);
        let report = world.report(id);
        assert!(report.was_clean() && report.error.is_none(), "{report:?}");
        world.until("both sockets are closed", |world| world.watched() == 2);
    }
}

#[test]
fn d14_an_address_that_refuses_gives_way_to_the_next() {
    // Only where the system has both addresses for the name is there something to fall back to;
    // the connection must come about in either case.
    let mut world = World::new();
    let server = RawServer::new();
    let place = host("localhost", server.address().port());
    let id = world.connect(&place, hasty(5_000), ignore);
    let mut wire = asked(&mut world, &server);
    wire.finish();
    let report = world.report(id);
    assert_eq!(report.error, Some(ErrorCode::ConnectionLost));
    world.until("the socket is closed", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
}
