//! A loop in a simulated network: what it looks like to the loop, and that it is the same each time.

use std::rc::Rc;
use std::time::{Duration, Instant};

use oxws::net::endpoint::{Endpoint, Options};
use oxws::net::slots::Id;
use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::opcode::MessageType;
use oxws::protocol::settings::Limits;
use oxws::protocol::url::Place;

use crate::harness::{PATIENCE, Reaction, What, World, echo, ignore, options, options_with};

fn host(host: &str, port: u16) -> Place {
    Place::Host { host: host.into(), port }
}

/// A simulated loop with an echo server and a client that is open: the ids of both.
fn joined() -> (World, Id, Id) {
    let mut world = World::simulated();
    world.event_loop.fix_masking_key(Some([1, 2, 3, 4])).unwrap();
    world.listen_at(&host("a.example", 80), options(), echo);
    let client = world.connect(&host("a.example", 80), options(), ignore);
    world.advance(0);
    let server = world.opened().into_iter().find(|id| *id != client).unwrap();
    assert_eq!(world.story(server), ["open"]);
    (world, server, client)
}

fn say(world: &mut World, id: Id, payload: &[u8]) {
    world.event_loop.send(id, MessageType::Binary, payload).unwrap();
}

#[test]
fn a_client_and_a_server_talk_and_part() {
    let (mut world, server, client) = joined();
    say(&mut world, client, b"hello");
    world.advance(0);
    assert_eq!(world.messages(server), [b"hello"]);
    assert_eq!(world.messages(client), [b"hello"]);
    let frame = CloseFrame::new(Some(CloseCode::NORMAL), "enough").unwrap();
    world.event_loop.close(client, frame).unwrap();
    world.advance(5000);
    for id in [server, client] {
        let report = world.report(id);
        assert_eq!(report.error, None);
        assert_eq!(report.code(), CloseCode::NORMAL);
    }
    assert_eq!(world.now_ms(), 5000);
    assert_eq!(world.event_loop.connection_count(), 0);
}

#[test]
fn hours_pass_at_once_and_in_order() {
    let mut world = World::simulated();
    let started = Instant::now();
    for (delay_ms, action) in [(7_200_000, 2), (3_600_000, 1), (10_800_000, 3)] {
        world.event_loop.start_timer(delay_ms, 0, action).unwrap();
    }
    while world.posted.is_empty() {
        world.event_loop.poll(None).unwrap();
        world.steps();
    }
    assert_eq!((world.now_ms(), world.posted.as_slice()), (3_600_000, [1].as_slice()));
    world.advance(7_200_000);
    assert_eq!((world.now_ms(), world.posted.as_slice()), (10_800_000, [1, 2, 3].as_slice()));
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn a_wait_that_nothing_can_end_is_refused() {
    let mut world = World::simulated();
    let error = world.event_loop.poll(None).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::Deadlock);
    world.event_loop.poll(Some(Duration::from_millis(20))).unwrap();
    world.steps();
    assert_eq!(world.now_ms(), 20);
}

#[test]
fn a_wake_ends_the_wait_before_the_clock_moves() {
    let mut world = World::simulated();
    world.event_loop.mailbox().wake();
    world.event_loop.poll(Some(Duration::from_millis(20))).unwrap();
    world.steps();
    assert_eq!(world.now_ms(), 0);
    world.event_loop.poll(Some(Duration::from_millis(20))).unwrap();
    world.steps();
    assert_eq!(world.now_ms(), 20);
}

#[test]
fn names_ports_and_paths_are_found_as_in_the_system() {
    let path = Place::Path("/run/oxws.sock".into());
    let cases = [
        (host("a.example", 80), host("a.example", 80), Ok(())),
        (host("a.example", 80), host("b.example", 80), Err(libc::ECONNREFUSED)),
        (host("a.example", 80), host("a.example", 81), Err(libc::ECONNREFUSED)),
        (host("*", 80), host("b.example", 80), Ok(())),
        (host("*", 80), host("::1", 80), Ok(())),
        (host("0.0.0.0", 80), host("10.0.0.1", 80), Ok(())),
        (host("127.0.0.1", 80), host("localhost", 80), Ok(())),
        (path.clone(), path.clone(), Ok(())),
        (path.clone(), Place::Path("/run/other".into()), Err(libc::ECONNREFUSED)),
        (path, host("a.example", 80), Err(libc::ECONNREFUSED)),
    ];
    for (listens, dials, want) in cases {
        let mut world = World::simulated();
        world.listen_at(&listens, options(), echo);
        let client = world.connect(&dials, options(), ignore);
        world.advance(0);
        match want {
            Ok(()) => assert_eq!(world.story(client), ["response", "open"], "{dials:?}"),
            Err(number) => {
                let report = world.report(client);
                assert_eq!(report.error, Some(ErrorCode::ConnectFailed), "{dials:?}");
                assert_eq!(report.os_error, number, "{dials:?}");
            }
        }
    }
}

#[test]
fn ports_are_given_out_once() {
    let mut world = World::simulated();
    let first = world.listen_at(&host("*", 0), options(), ignore);
    let second = world.listen_at(&host("*", 0), options(), ignore);
    assert_ne!(first.place, second.place);
    let endpoint = Rc::new(Endpoint::new(options(), ignore as Reaction));
    let error = world.event_loop.listen(&first.place, endpoint.clone()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EADDRINUSE));
    world.event_loop.close_listener(first.id).unwrap();
    world.event_loop.listen(&first.place, endpoint).unwrap();
}

#[test]
fn addresses_are_those_of_this_machine() {
    let (mut world, server, client) = joined();
    let own = world.event_loop.local_address(client).unwrap();
    assert!(own.starts_with("127.0.0.1:"), "{own}");
    assert_eq!(world.event_loop.peer_address(server).unwrap(), own);
    assert_eq!(world.event_loop.peer_address(client).unwrap(), "127.0.0.1:80");
    assert_eq!(world.event_loop.local_address(server).unwrap(), "127.0.0.1:80");
    let path = Place::Path("/run/oxws.sock".into());
    world.listen_at(&path, options(), ignore);
    let client = world.connect(&path, options(), ignore);
    world.advance(0);
    let server = *world.opened().iter().rfind(|id| **id != client).unwrap();
    assert_eq!(world.event_loop.peer_address(client).unwrap(), "unix:");
    assert_eq!(world.event_loop.local_address(client).unwrap(), "unix:");
    assert_eq!(world.event_loop.peer_address(server).unwrap(), "unix:");
    assert_eq!(world.event_loop.local_address(server).unwrap(), "unix:/run/oxws.sock");
}

#[test]
fn a_client_that_nobody_answers_has_until_its_deadline() {
    let mut world = World::simulated();
    let timeout = |limits: &mut Limits| {
        limits.handshake_timeout_ms = 3000;
    };
    world.event_loop.refuse_connects(1, 0).unwrap();
    world.listen_at(&host("*", 80), options(), echo);
    let hanging = world.connect(&host("a.example", 80), options_with(timeout), ignore);
    let other = world.connect(&host("a.example", 80), options_with(timeout), ignore);
    world.advance(2999);
    assert_eq!(world.closed(hanging), 0);
    assert_eq!(world.story(other), ["response", "open"]);
    world.advance(1);
    assert_eq!(world.report(hanging).error, Some(ErrorCode::ConnectTimeout));
}

#[test]
fn so_many_connects_fail() {
    let mut world = World::simulated();
    world.listen_at(&host("*", 80), options(), echo);
    world.event_loop.refuse_connects(2, libc::ENETUNREACH).unwrap();
    let place = host("a.example", 80);
    let ids = [(); 3].map(|()| world.connect(&place, options(), ignore));
    world.advance(0);
    for id in &ids[..2] {
        assert_eq!(world.report(*id).os_error, libc::ENETUNREACH);
    }
    assert_eq!(world.story(ids[2]), ["response", "open"]);
}

#[test]
fn bytes_take_their_time_in_each_direction() {
    let (mut world, server, client) = joined();
    world.event_loop.set_link(Some(client), 0, 30).unwrap();
    world.event_loop.set_link(Some(server), 0, 50).unwrap();
    say(&mut world, client, b"hello");
    world.advance(29);
    assert!(world.messages(server).is_empty());
    world.advance(1);
    assert_eq!(world.messages(server), [b"hello"]);
    world.advance(49);
    assert!(world.messages(client).is_empty());
    world.advance(1);
    assert_eq!(world.messages(client), [b"hello"]);
}

#[test]
fn pieces_arrive_one_after_another() {
    let (mut world, server, client) = joined();
    // A header of 2 bytes, a key of 4 and 3 bytes of payload.
    world.event_loop.set_link(Some(client), 1, 10).unwrap();
    say(&mut world, client, b"abc");
    world.advance(89);
    assert!(world.messages(server).is_empty());
    world.advance(1);
    assert_eq!(world.messages(server), [b"abc"]);
}

#[test]
fn a_full_link_pushes_back_and_tells_when_there_is_room() {
    let (mut world, server, client) = joined();
    world.event_loop.pause_reading(server).unwrap();
    world.event_loop.set_capacity(Some(client), 100).unwrap();
    say(&mut world, client, &[7; 1000]);
    world.advance(0);
    // A header of 4 bytes and a key of 4.
    assert_eq!(world.event_loop.queued_bytes(client), Ok(908));
    world.event_loop.resume_reading(server).unwrap();
    world.advance(0);
    assert_eq!(world.event_loop.queued_bytes(client), Ok(0));
    assert_eq!(world.messages(server), [[7; 1000]]);
}

#[test]
fn a_link_without_capacity_is_a_stall() {
    let mut world = World::simulated();
    let stalling = Options { write_stall_timeout_ms: 4000, ..options() };
    world.listen_at(&host("*", 80), options(), echo);
    let client = world.connect(&host("a.example", 80), stalling, ignore);
    world.advance(0);
    world.event_loop.set_capacity(Some(client), 0).unwrap();
    say(&mut world, client, b"a");
    world.advance(3999);
    assert_eq!(world.closed(client), 0);
    world.advance(1);
    assert_eq!(world.report(client).error, Some(ErrorCode::WriteStalled));
}

#[test]
fn of_a_frozen_connection_nothing_arrives_and_then_everything() {
    let (mut world, server, client) = joined();
    world.event_loop.freeze(client, true).unwrap();
    say(&mut world, client, b"one");
    say(&mut world, client, b"two");
    world.advance(1000);
    assert!(world.messages(server).is_empty());
    say(&mut world, server, b"the other way");
    world.event_loop.freeze(client, false).unwrap();
    world.advance(0);
    assert_eq!(world.messages(server), [b"one", b"two"]);
    assert_eq!(world.messages(client), [b"the other way".as_slice(), b"one", b"two"]);
}

#[test]
fn a_break_is_an_error_for_both() {
    let (mut world, server, client) = joined();
    world.event_loop.break_connection(server, libc::ETIMEDOUT).unwrap();
    world.advance(0);
    for id in [server, client] {
        let report = world.report(id);
        assert_eq!(report.error, Some(ErrorCode::ConnectionReset));
        assert_eq!(report.os_error, libc::ETIMEDOUT);
    }
}

#[test]
fn an_end_without_a_close_frame_is_seen_by_both() {
    let (mut world, server, client) = joined();
    world.event_loop.break_connection(client, 0).unwrap();
    world.advance(0);
    for id in [server, client] {
        assert_eq!(world.report(id).error, Some(ErrorCode::ConnectionLost));
    }
}

#[test]
fn injected_bytes_come_from_the_peer() {
    let (mut world, server, client) = joined();
    world.event_loop.inject(client, b"\x82\x02hi").unwrap();
    world.advance(0);
    assert_eq!(world.messages(client), [b"hi"]);
    // A frame that a server may not mask.
    world.event_loop.inject(client, b"\x82\x82abcdxy").unwrap();
    world.advance(0);
    let sent = world.report(client).local.clone().unwrap();
    assert_eq!(sent.code, CloseCode::PROTOCOL_ERROR);
    assert_eq!(world.report(server).code(), CloseCode::PROTOCOL_ERROR);
}

#[test]
fn a_pair_needs_no_listener() {
    let mut world = World::simulated();
    let endpoint = |reaction: Reaction| Rc::new(Endpoint::new(options(), reaction));
    let request = ClientRequest::new("a.example", "/").unwrap();
    let (server, client) =
        world.event_loop.pair(endpoint(echo), request, endpoint(ignore)).unwrap();
    world.advance(0);
    say(&mut world, client, b"hello");
    world.advance(0);
    assert_eq!(world.messages(server), [b"hello"]);
    assert_eq!(world.messages(client), [b"hello"]);
}

#[test]
fn what_concerns_the_simulation_is_refused_elsewhere() {
    let mut world = World::new();
    let event_loop = &mut world.event_loop;
    assert_eq!(event_loop.simulated_now(), Err(ErrorCode::InvalidState));
    assert_eq!(event_loop.set_link(None, 1, 1), Err(ErrorCode::InvalidState));
    assert_eq!(event_loop.freeze(1, true), Err(ErrorCode::InvalidState));
    assert_eq!(event_loop.fix_masking_key(None), Err(ErrorCode::InvalidState));
    let mut world = World::simulated();
    assert_eq!(world.event_loop.freeze(1, true), Err(ErrorCode::NotFound));
    let failed = world.connect(&host("a.example", 80), options(), ignore);
    assert_eq!(world.event_loop.freeze(failed, true), Err(ErrorCode::Closed));
}

#[test]
fn the_same_run_gives_the_same_story() {
    let story = || {
        let (mut world, _, client) = joined();
        world.event_loop.set_link(Some(client), 3, 7).unwrap();
        for round in 0..20_u8 {
            say(&mut world, client, &[round; 100]);
            world.advance(u64::from(round) * 10);
        }
        let end = world.now_ms();
        world.event_loop.break_connection(client, libc::ECONNRESET).unwrap();
        world.advance(1000);
        let notes: Vec<String> = world.notes.iter().map(|note| format!("{note:?}")).collect();
        assert!(notes.len() > 10);
        assert!(world.notes.iter().any(|(_, what)| matches!(what, What::Message(_))));
        (end, notes)
    };
    assert_eq!(story(), story());
}
