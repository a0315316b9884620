//! Sockets that are handed back to the owner.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use oxws::net::adopt::Adopted;
use oxws::net::endpoint::{Endpoint, Options};
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::close::CloseFrame;
use oxws::protocol::connection::Choice;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::opcode::{MessageType, Role};
use proptest::prelude::*;
use socket2::Socket;

use crate::adopted::pair;
use crate::harness::{Loop, Reaction, What, World, ignore, options};
use crate::wire::{BINARY, REQUEST, TEXT, Wire, bare_frame, frame};

/// Hands the socket over as soon as a message says so.
fn detach_at_message(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { .. }) = event {
        event_loop.detach(id, 7).unwrap();
    }
}

fn detach_at_request(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Request(_) | Event::HttpRequest(_)) = event {
        event_loop.detach(id, 7).unwrap();
    }
}

/// The socket and the unread bytes that were handed over for a connection.
fn handed(world: &mut World, id: Id) -> (Option<Socket>, Vec<u8>) {
    world.until("it is handed over", |world| world.closed(id) == 1);
    let at =
        world.notes.iter().position(|note| matches!(note, (of, What::Detached(..)) if *of == id));
    match world.notes.remove(at.unwrap()).1 {
        What::Detached(descriptor, unread) => (descriptor.map(Socket::from), unread),
        _ => unreachable!(),
    }
}

/// Reads until so many bytes are there.
fn read(socket: &mut Socket, bytes: usize) -> Vec<u8> {
    let mut all = vec![0; bytes];
    let mut read = 0;
    while read < bytes {
        match socket.read(&mut all[read..]) {
            Ok(count) => read += count,
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }
    all
}

#[test]
fn what_follows_a_message_is_unread_at_every_split() {
    let said = [frame(TEXT, b"go"), frame(TEXT, b"not for the loop")].concat();
    let first = frame(TEXT, b"go").len();
    for split in first..=said.len() {
        let mut world = World::new();
        let server = world.listen(options(), detach_at_message);
        let (mut wire, id) = world.open(&server);
        wire.say(&said[..split]);
        let (socket, mut unread) = handed(&mut world, id);
        let mut socket = socket.unwrap();
        wire.say(&said[split..]);
        let rest = read(&mut socket, said.len() - first - unread.len());
        unread.extend(rest);
        assert_eq!(unread, said[first..], "{split}");
        assert_eq!(world.story(id), ["open", "message", "closed"], "{split}");
        assert_eq!(world.report(id).error, Some(ErrorCode::Detached));
        assert_eq!((world.posted.as_slice(), world.event_loop.connection_count()), (&[7][..], 0));
        (&socket).write_all(b"by hand").unwrap();
        world.until("it has come", |_| {
            wire.pump();
            wire.received == b"by hand"
        });
    }
}

#[test]
fn what_was_sent_leaves_before_the_socket_does() {
    let mut world = World::new();
    let server = world.listen_with_send_buffer(4096, options(), ignore);
    let (mut wire, id) = world.open(&server);
    let long = vec![5; 900_000];
    world.event_loop.send(id, MessageType::Binary, &long).unwrap();
    world.event_loop.detach(id, 7).unwrap();
    assert_eq!(world.event_loop.detach(id, 8), Err(ErrorCode::InvalidState));
    world.event_loop.resume_reading(id).unwrap();
    world.rounds(3);
    assert_eq!(world.closed(id), 0);
    // What comes meanwhile stays in the socket.
    wire.say(&frame(TEXT, b"later"));
    world.until("all has come", |world| {
        wire.pump();
        world.closed(id) == 1
    });
    let (socket, unread) = handed(&mut world, id);
    assert_eq!(unread, b"");
    assert_eq!(read(&mut socket.unwrap(), 11), frame(TEXT, b"later"));
    wire.pump_up_to(900_010);
    assert_eq!(wire.received, bare_frame(BINARY, &long));
}

#[test]
fn a_request_can_be_given_to_another_protocol() {
    let other =
        b"GET /other HTTP/1.1\r\nHost: a.example\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n";
    for (request, named) in [(REQUEST, "request"), (&other[..], "http request")] {
        let mut options = options();
        options.decides_requests = true;
        options.answers_http = true;
        let mut world = World::new();
        let server = world.listen(options, detach_at_request);
        let mut wire = Wire::connect(&server.place);
        wire.say(&[request, b"behind it"].concat());
        world.until("it is handed over", |world| !world.ended().is_empty());
        let id = world.ended()[0];
        let (socket, unread) = handed(&mut world, id);
        assert!(socket.is_some());
        assert_eq!(unread, b"behind it");
        assert_eq!(world.story(id), [named, "closed"]);
    }
}

#[test]
fn a_connection_that_ends_first_hands_nothing_over() {
    let end = |world: &mut World, id: Id, how: &str| match how {
        "abort" => world.event_loop.abort(id).unwrap(),
        _ => world.event_loop.shut_down(),
    };
    for (how, error) in [("abort", ErrorCode::Cancelled), ("shut down", ErrorCode::LoopFreed)] {
        let mut world = World::new();
        let server = world.listen(options(), ignore);
        let (_wire, id) = world.open(&server);
        world.event_loop.detach(id, 7).unwrap();
        end(&mut world, id, how);
        if how == "abort" {
            assert_eq!(world.event_loop.detach(id, 8), Err(ErrorCode::Closed));
            world.rounds(2);
        } else {
            world.steps();
        }
        assert_eq!(world.story(id), ["open", "detached in vain", "closed"], "{how}");
        assert_eq!(world.report(id).error, Some(error));
        assert_eq!(world.posted, [7]);
    }
}

#[test]
fn e09_a_peer_that_breaks_while_output_waits_ends_the_detaching() {
    let mut world = World::new();
    let server = world.listen_with_send_buffer(4096, options(), ignore);
    let (wire, id) = world.open(&server);
    let long = vec![5; 900_000];
    world.event_loop.send(id, MessageType::Binary, &long).unwrap();
    world.event_loop.detach(id, 7).unwrap();
    world.rounds(1);
    wire.reset();
    assert!(handed(&mut world, id).0.is_none());
    assert_eq!(world.report(id).error, Some(ErrorCode::ConnectionReset));
}

#[test]
fn a_close_that_was_begun_leaves_first() {
    let mut world = World::new();
    let server = world.listen(options(), ignore);
    let (mut wire, id) = world.open(&server);
    world.event_loop.detach(id, 7).unwrap();
    world.event_loop.close(id, CloseFrame::new(None, "").unwrap()).unwrap();
    assert!(handed(&mut world, id).0.is_some());
    wire.pump_up_to(2);
    assert_eq!(wire.received, [0x88, 0]);
}

#[test]
fn a_message_that_was_begun_leaves_whole_first() {
    for closes in [true, false] {
        let mut world = World::new();
        let server = world.listen(options(), ignore);
        let (mut wire, id) = world.open(&server);
        world.event_loop.poll(Some(Duration::ZERO)).unwrap();
        world.event_loop.detach(id, 7).unwrap();
        world.event_loop.begin_message(id, MessageType::Binary, Choice::BySize).unwrap();
        world.event_loop.send_piece(id, b"a", false).unwrap();
        world.steps();
        world.rounds(3);
        assert_eq!(world.story(id), ["open"], "in the middle of a message");
        if closes {
            world.event_loop.close(id, CloseFrame::new(None, "").unwrap()).unwrap();
        } else {
            world.event_loop.send_piece(id, b"b", true).unwrap();
        }
        assert!(handed(&mut world, id).0.is_some());
        let rest: &[u8] = if closes { b"\x88\0" } else { b"\x80\x01b" };
        let all = [b"\x02\x01a", rest].concat();
        wire.pump_up_to(all.len());
        assert_eq!(wire.received, all);
    }
}

#[test]
fn inside_a_message_nothing_is_handed_over() {
    let mut world = World::new();
    let (ours, mut wire) = pair();
    let long = frame(BINARY, &[9; 200]);
    let received = [&frame(TEXT, b"whole"), &long[..100]].concat();
    let adopted = Adopted { descriptor: ours, received: &received };
    let target = Rc::new(Endpoint::new(options(), ignore as Reaction));
    let id = world.event_loop.adopt_open(adopted, Role::Server, None, target).unwrap();
    world.until("the whole one has come", |world| !world.messages(id).is_empty());
    assert_eq!(world.event_loop.detach(id, 7), Err(ErrorCode::InvalidState));
    wire.say(&long[100..]);
    world.until("the other one has come", |world| world.messages(id).len() == 2);
    world.event_loop.detach(id, 7).unwrap();
    assert!(handed(&mut world, id).0.is_some());
}

thread_local! {
    /// How many messages come until the socket is asked for.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// Sends each message back, and asks for the socket when it is time to.
fn echo_and_leave(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Message { kind, payload }) = event {
        event_loop.send(id, *kind, payload.as_slice()).unwrap();
        LEFT.set(LEFT.get().wrapping_sub(1));
        if LEFT.get() == 0 {
            event_loop.detach(id, 7).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_socket_that_comes_and_goes_loses_nothing(
        lengths in prop::collection::vec(
            prop_oneof![3 => 0..200_usize, 1 => 60_000..200_000_usize], 1..30,
        ),
        stays in prop::collection::vec(1..6_usize, 1..8),
    ) {
        let mut world = World::new();
        let (mut descriptor, mut wire) = pair();
        let mut unread = Vec::new();
        let mut stays = stays.into_iter();
        let payloads: Vec<Vec<u8>> = lengths.iter().map(|length| vec![*length as u8; *length]).collect();
        wire.say(&payloads.iter().flat_map(|payload| frame(BINARY, payload)).collect::<Vec<u8>>());
        let mut frames = Vec::new();
        loop {
            LEFT.set(stays.next().unwrap_or(usize::MAX));
            let options = Options { max_queued_bytes: u64::MAX, ..options() };
            let endpoint = Rc::new(Endpoint::new(options, echo_and_leave as Reaction));
            let adopted = Adopted { descriptor, received: &unread };
            let id = world.event_loop.adopt_open(adopted, Role::Server, None, endpoint).unwrap();
            world.until("the socket is given up, or all has come back", |world| {
                wire.pump();
                frames.extend(wire.frames());
                world.closed(id) == 1 || frames.len() == payloads.len()
            });
            if frames.len() == payloads.len() && world.closed(id) == 0 {
                break;
            }
            let (socket, rest) = handed(&mut world, id);
            (descriptor, unread) = (socket.unwrap().into(), rest);
        }
        let got: Vec<Vec<u8>> = frames.into_iter().map(|(_, payload)| payload).collect();
        prop_assert!(got == payloads);
    }
}
