//! Sequences at the ends of a connection that once went wrong, each with the rule that it broke.

use std::sync::Arc;
use std::time::{Duration, Instant};

use oxws::net::endpoint::Options;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::MessageType;

use crate::dialling::asked;
use crate::harness::{Loop, World, echo, ignore, options, options_with};
use crate::regressions::{deciding, narrow};
use crate::wire::{
    BINARY, CLOSE, End, REQUEST, RawServer, TEXT, Wire, accept_of, bare_frame, frame,
};

/// A peer that takes half a megabyte a second.
const STEADY_BYTES_PER_MS: usize = 500;

fn normal() -> CloseFrame {
    CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap()
}

const PAGE_REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

fn answering() -> Options {
    Options { answers_http: true, ..options() }
}

/// Answers each request for a page with 900,000 bytes.
fn answer_page(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::HttpRequest(_)) = event {
        let mut reply = Reply::new(200).unwrap();
        reply.set_body(&vec![b'x'; 900_000]).unwrap();
        event_loop.respond(id, &reply).unwrap();
    }
}

/// Whether the head and the page have come whole.
fn is_page(received: &[u8]) -> bool {
    let head = received.len().saturating_sub(900_000);
    received.starts_with(b"HTTP/1.1 200 OK\r\n")
        && received[..head].ends_with(b"\r\n\r\n")
        && received[head..].iter().all(|byte| *byte == b'x')
}

/// Reads at a steady pace until the other side ends or all of `bytes` has come; how long it took.
#[track_caller]
fn read_steadily(world: &mut World, wire: &mut Wire, bytes: usize) -> Duration {
    let started = Instant::now();
    world.until("all that waited arrives", |_| {
        let elapsed = usize::try_from(started.elapsed().as_millis()).unwrap();
        let due = (elapsed * STEADY_BYTES_PER_MS).min(bytes);
        wire.pump_in(due.saturating_sub(wire.received.len()));
        wire.end.is_some() || wire.received.len() >= bytes
    });
    started.elapsed()
}

#[test]
fn e02_after_the_end_nobody_is_told_of_room() {
    let mut world = World::new();
    let options = Options { max_queued_bytes: 100_000, ..options() };
    let mut wire = narrow(&mut world, options, ignore);
    let id = world.open_on(&mut wire);
    world.event_loop.send(id, MessageType::Binary, &[7; 99_000]).unwrap();
    // No frame of a client is without a mask.
    wire.say(b"\x82\x00");
    assert_eq!(world.report(id).error, Some(ErrorCode::MaskMissing));
    world.until("all that waited arrives", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
    drop(wire);
    world.until("the socket is closed", |world| world.watched() == 2);
    assert_eq!(world.story(id), ["open", "closed"]);
}

#[test]
fn e02_after_a_page_nobody_is_told_of_room() {
    let mut world = World::new();
    let mut wire = narrow(&mut world, answering(), answer_page);
    wire.say(PAGE_REQUEST);
    world.until("all of the page arrives", |_| {
        wire.pump();
        wire.end == Some(End::Finished)
    });
    assert!(is_page(&wire.received));
    drop(wire);
    world.until("the socket is closed", |world| world.watched() == 2);
    let id = world.notes[0].0;
    assert_eq!(world.story(id), ["http request", "closed"]);
}

#[test]
fn e08_a_peer_that_stops_sending_after_its_close_frame_gets_all_answers() {
    let mut world = World::new();
    let mut wire = narrow(&mut world, options(), echo);
    let id = world.open_on(&mut wire);
    wire.say(&frame(BINARY, &vec![1; 30_000]).repeat(10));
    wire.say(&frame(CLOSE, b"\x03\xe8"));
    world.until("all is read", |world| {
        wire.say(&[]);
        wire.unsent() == 0 && world.messages(id).len() == 10
    });
    world.rounds(20);
    wire.finish();
    world.rounds(20);
    let mut frames = Vec::new();
    world.until("the server ends", |_| {
        wire.pump();
        frames.extend(wire.frames());
        wire.end.is_some()
    });
    assert_eq!(wire.end, Some(End::Finished));
    assert_eq!(frames.pop(), Some((CLOSE, b"\x03\xe8".to_vec())));
    assert_eq!(frames.len(), 10);
    assert!(frames.iter().all(|frame| *frame == (BINARY, vec![1; 30_000])));
    let report = world.report(id);
    assert!(report.was_clean(), "{report:?}");
}

#[test]
fn e08_a_page_arrives_however_slowly_its_peer_reads() {
    let mut world = World::new();
    let mut options = answering();
    Arc::get_mut(&mut options.settings).unwrap().limits.close_timeout_ms = 300;
    let mut wire = narrow(&mut world, options, answer_page);
    wire.say(PAGE_REQUEST);
    let elapsed = read_steadily(&mut world, &mut wire, usize::MAX);
    assert!(elapsed > Duration::from_millis(1_700), "{elapsed:?}");
    assert!(is_page(&wire.received), "{} bytes", wire.received.len());
    assert_eq!(wire.end, Some(End::Finished));
}

#[test]
fn e08_a_close_frame_behind_much_arrives_however_slowly_its_peer_reads() {
    let mut world = World::new();
    let options = options_with(|limits| limits.close_timeout_ms = 300);
    let mut wire = narrow(&mut world, options, ignore);
    let id = world.open_on(&mut wire);
    world.event_loop.send(id, MessageType::Binary, &vec![7; 900_000]).unwrap();
    world.event_loop.close(id, normal()).unwrap();
    let elapsed = read_steadily(&mut world, &mut wire, 10 + 900_000 + 4);
    assert!(elapsed > Duration::from_millis(1_700), "{elapsed:?}");
    let frames = wire.frames();
    assert!(frames == [(BINARY, vec![7; 900_000]), (CLOSE, b"\x03\xe8".to_vec())]);
}

#[test]
fn e08_the_answer_to_a_close_frame_arrives_however_slowly_its_peer_reads() {
    let mut world = World::new();
    let options = options_with(|limits| limits.close_timeout_ms = 300);
    let mut wire = narrow(&mut world, options, ignore);
    let id = world.open_on(&mut wire);
    world.event_loop.send(id, MessageType::Binary, &vec![7; 900_000]).unwrap();
    wire.say(&frame(CLOSE, b"\x03\xe9"));
    let elapsed = read_steadily(&mut world, &mut wire, usize::MAX);
    assert!(elapsed > Duration::from_millis(1_700), "{elapsed:?}");
    let frames = wire.frames();
    assert!(frames == [(BINARY, vec![7; 900_000]), (CLOSE, b"\x03\xe9".to_vec())]);
    assert_eq!(wire.end, Some(End::Finished));
    let report = world.report(id);
    assert!(report.was_clean(), "{report:?}");
}

#[test]
fn e02_a_page_of_which_nothing_is_read_is_given_up_after_the_stall_timeout() {
    let mut world = World::new();
    let options = Options { write_stall_timeout_ms: 300, ..answering() };
    let mut wire = narrow(&mut world, options, answer_page);
    let started = Instant::now();
    wire.say(PAGE_REQUEST);
    world.until("the page is asked for", |world| !world.notes.is_empty());
    world.until("the socket is closed", |world| world.watched() == 2);
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(300), "{elapsed:?}");
    assert!(elapsed < Duration::from_millis(950), "{elapsed:?}");
}

/// Closes as soon as it is known that the connection will open.
fn close_at_once(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    match event {
        ConnectionEvent::Protocol(Event::Request(_)) => {
            event_loop.accept(id, &Reply::new(200).unwrap()).unwrap();
        }
        ConnectionEvent::Protocol(Event::Response(_)) => {}
        _ => return,
    }
    event_loop.close(id, normal()).unwrap();
}

#[test]
fn e09_a_client_that_closes_at_the_answer_is_told_of_the_opening_first() {
    let mut world = World::new();
    let server = RawServer::new();
    let id = world.connect(&server.place, options(), close_at_once);
    let mut wire = asked(&mut world, &server);
    let accept = accept_of(&wire.received);
    wire.say(&[accept, bare_frame(TEXT, b"hi"), bare_frame(CLOSE, b"\x03\xe8")].concat());
    assert!(world.report(id).was_clean());
    assert_eq!(world.messages(id), [b"hi"]);
    assert_eq!(world.story(id), ["response", "open", "message", "closed"]);
}

#[test]
fn e09_a_server_that_closes_after_accepting_is_told_of_the_opening_first() {
    let mut world = World::new();
    let server = world.listen(deciding(), close_at_once);
    let mut wire = Wire::connect(&server.place);
    wire.say(&[REQUEST, &frame(TEXT, b"hi"), &frame(CLOSE, b"\x03\xe8")].concat());
    world.until("the end is reported", |world| world.ended().len() == 1);
    let id = world.notes[0].0;
    assert!(world.report(id).was_clean());
    assert_eq!(world.messages(id), [b"hi"]);
    assert_eq!(world.story(id), ["request", "open", "message", "closed"]);
}
