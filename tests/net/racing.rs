//! Several addresses of one name, raced against each other.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use oxws::net::dial::Dialling;
use oxws::net::endpoint::Options;
use oxws::net::inquiry::State;
use oxws::net::slots::Id;
use oxws::protocol::error::ErrorCode;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::dialling::host;
use crate::harness::{World, echo, ignore, options, options_with};

const NEVER: u32 = u32::MAX;

/// An address, how long connecting to it takes, and with which error number it fails.
type Route = (&'static str, u32, i32);

/// A client that finds these addresses, with ten seconds for all.
fn client(addresses: &[&str], delay_ms: u32) -> Options {
    let addresses: Vec<IpAddr> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
    let mut options = options_with(|limits| limits.handshake_timeout_ms = 10_000);
    let dialling = Dialling { attempt_delay_ms: delay_ms, addresses, ..Dialling::default() };
    options.dialling = Arc::new(dialling);
    options
}

/// A simulated loop that listens at every address of port 80, but takes so long, and fails so, at
/// these; and a client that has begun.
fn race(routes: &[Route], delay_ms: u32) -> (World, Id) {
    let mut world = World::simulated();
    world.listen_at(&host("*", 80), options(), echo);
    for (address, delay_ms, error) in routes {
        world.event_loop.set_route(address.parse().unwrap(), *delay_ms, *error).unwrap();
    }
    let addresses: Vec<&str> = routes.iter().map(|route| route.0).collect();
    let id = world.connect(&host("a.example", 80), client(&addresses, delay_ms), ignore);
    (world, id)
}

fn is_open(world: &World, id: Id) -> bool {
    world.event_loop.state(id) == Ok(State::Open)
}

const A: &str = "192.0.2.1";
const B: &str = "192.0.2.2";
const C: &str = "2001:db8::1";

#[test]
fn d14_the_first_that_answers_wins_at_its_moment() {
    let refused = libc::ECONNREFUSED;
    let cases: [(&str, &[Route], u32, u64, &str); 11] = [
        ("one", &[(A, 30, 0)], 250, 30, A),
        ("the first at once", &[(A, 0, 0), (B, 0, 0)], 250, 0, A),
        ("the first never", &[(A, NEVER, 0), (B, 0, 0)], 250, 250, B),
        ("the first late, the second sooner", &[(A, 400, 0), (B, 100, 0)], 250, 350, B),
        ("the first late, the second later", &[(A, 400, 0), (B, 200, 0)], 250, 400, A),
        ("the first refuses", &[(A, 7, refused), (B, 5, 0)], 250, 12, B),
        ("two never", &[(A, NEVER, 0), (B, NEVER, 0), (C, 3, 0)], 100, 103, C),
        ("all three", &[(A, NEVER, 0), (B, 3, 0), (C, NEVER, 0)], 100, 203, B),
        (
            "one refuses while another is awaited",
            &[(A, NEVER, 0), (C, 5, refused), (B, 1, 0)],
            250,
            256,
            B,
        ),
        ("one after another", &[(A, NEVER, 0), (B, 2, 0)], 0, 5002, B),
        ("one after another, a refusal", &[(A, 9, refused), (B, 2, 0)], 0, 11, B),
    ];
    for (name, routes, delay_ms, at, winner) in cases {
        let (mut world, id) = race(routes, delay_ms);
        if at > 0 {
            world.advance(at - 1);
            assert_eq!(world.event_loop.state(id), Ok(State::Connecting), "{name}");
            world.advance(1);
        } else {
            world.advance(0);
        }
        assert!(is_open(&world, id), "{name}: {:?}", world.event_loop.state(id));
        let want = SocketAddr::new(winner.parse().unwrap(), 80).to_string();
        assert_eq!(world.event_loop.peer_address(id).unwrap(), want, "{name}");
        // The others are closed and come to nothing.
        world.advance(60_000);
        assert_eq!(world.event_loop.connection_count(), 2, "{name}");
    }
}

#[test]
fn d14_when_all_fail_the_last_error_is_told() {
    let cases: [(&str, &[Route], u64, i32); 3] = [
        (
            "by turns",
            &[(A, 5, libc::ECONNREFUSED), (B, 5, libc::EHOSTUNREACH)],
            10,
            libc::EHOSTUNREACH,
        ),
        (
            "the first at last",
            &[(A, 600, libc::ENETUNREACH), (B, 5, libc::ECONNREFUSED)],
            600,
            libc::ENETUNREACH,
        ),
        ("one alone", &[(A, 1, libc::EHOSTUNREACH)], 1, libc::EHOSTUNREACH),
    ];
    for (name, routes, at, number) in cases {
        let (mut world, id) = race(routes, 250);
        world.advance(at - 1);
        assert_eq!(world.closed(id), 0, "{name}");
        world.advance(1);
        let report = world.report(id);
        assert_eq!(report.error, Some(ErrorCode::ConnectFailed), "{name}");
        assert_eq!(report.os_error, number, "{name}");
    }
}

#[test]
fn d14_when_nobody_answers_the_deadline_ends_it() {
    for delay_ms in [250, 0] {
        let (mut world, id) = race(&[(A, NEVER, 0), (B, NEVER, 0)], delay_ms);
        world.advance(9_999);
        assert_eq!(world.closed(id), 0);
        world.advance(1);
        assert_eq!(world.report(id).error, Some(ErrorCode::ConnectTimeout));
    }
}

#[test]
fn d14_sixteen_addresses_are_tried_and_no_more() {
    let mut world = World::simulated();
    world.listen_at(&host("*", 80), options(), echo);
    let addresses: Vec<String> = (1..=17).map(|last| format!("192.0.2.{last}")).collect();
    for address in &addresses[..16] {
        world.event_loop.set_route(address.parse().unwrap(), 0, libc::EHOSTUNREACH).unwrap();
    }
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let id = world.connect(&host("a.example", 80), client(&addresses, 250), ignore);
    world.advance(1);
    assert_eq!(world.report(id).os_error, libc::EHOSTUNREACH);
}

#[test]
fn d14_a_race_can_be_called_off() {
    let (mut world, id) = race(&[(A, NEVER, 0), (B, NEVER, 0), (C, 1, 0)], 250);
    world.advance(300);
    world.event_loop.abort(id).unwrap();
    world.advance(10_000);
    assert_eq!(world.closed(id), 1);
    assert_eq!(world.event_loop.connection_count(), 0);
}

/// A socket at another address but the same port, whose queue is full: it answers nobody any more.
fn black_hole(port: u16) -> [Socket; 3] {
    let place = SockAddr::from(SocketAddr::from(([127, 0, 0, 2], port)));
    let sockets = [0; 3].map(|_| Socket::new(Domain::IPV4, Type::STREAM, None).unwrap());
    let [hole, first, second] = &sockets;
    hole.bind(&place).unwrap();
    // The system queues one connection more than it was told.
    hole.listen(0).unwrap();
    first.connect(&place).unwrap();
    second.set_nonblocking(true).unwrap();
    assert!(second.connect(&place).is_err());
    sockets
}

#[test]
fn d14_a_real_address_that_does_not_answer_gives_way() {
    for delay_ms in [250, 10] {
        let mut world = World::new();
        let server = world.listen(options(), echo);
        let port = world.event_loop.listener_port(server.id).unwrap();
        let hole = black_hole(port);
        let options = client(&["127.0.0.2", "127.0.0.1"], delay_ms);
        let id = world.connect(&host("a.example", port), options, ignore);
        assert_eq!(world.event_loop.state(id), Ok(State::Connecting));
        world.until("the connection opens", |world| world.opened().len() == 2);
        assert!(world.event_loop.peer_address(id).unwrap().starts_with("127.0.0.1:"));
        // The waker, the listener, both ends: nothing is left of the other attempt.
        assert_eq!(world.watched(), 4);
        drop(hole);
    }
}

#[test]
fn d14_a_real_address_that_refuses_gives_way_at_once() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let port = world.event_loop.listener_port(server.id).unwrap();
    // With less time than the next address would be kept waiting.
    let mut options = client(&["127.0.0.3", "::1", "127.0.0.1"], 60_000);
    Arc::make_mut(&mut options.settings).limits.handshake_timeout_ms = 5_000;
    let id = world.connect(&host("a.example", port), options, ignore);
    world.until("the connection opens", |world| world.opened().len() == 2);
    assert!(is_open(&world, id));
    assert_eq!(world.watched(), 4);
}
