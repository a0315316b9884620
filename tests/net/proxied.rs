//! Connections that come through proxies: the header in front of them, and who they are from.

use oxws::net::endpoint::Options;
use oxws::net::slots::Id;
use oxws::protocol::forwarded::{ForwardedField, Forwarding};
use oxws::protocol::networks::Networks;

use crate::harness::{Server, World, echo, options, options_with, unix_place};
use crate::opening::{answer, request_with};
use crate::wire::{ACCEPTED, REQUEST, TEXT, Wire, frame};

const LINE: &[u8] = b"PROXY TCP4 192.0.2.1 198.51.100.2 50000 443\r\n";

/// Version 2: [2001:db8::1]:50000 to [2001:db8::2]:443, host "a.example".
const BINARY: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x30\
    \x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\xc3\x50\x01\xbb\
    \x02\0\x09a.example";

/// A listener for connections with a header, from these networks.
fn behind(networks: &str) -> Options {
    let mut options = options();
    options.proxy_header = Some(Networks::parse(networks).unwrap());
    options
}

/// A listener that believes a field of the request.
fn believing(networks: &str, field: &str) -> Options {
    let networks = Networks::parse(networks).unwrap();
    let mut options = options();
    options.forwarding = Some(Forwarding::new(networks, ForwardedField::new(field).unwrap()));
    options
}

/// Opens a connection with these bytes, which end with a request and maybe more.
#[track_caller]
fn open_with(world: &mut World, server: &Server, bytes: &[u8]) -> (Wire, Id) {
    let before = world.opened().len();
    let mut wire = Wire::connect(&server.place);
    wire.say(bytes);
    world.until("the handshake ends", |world| {
        wire.pump();
        wire.received.starts_with(ACCEPTED) && world.opened().len() > before
    });
    wire.received.drain(..ACCEPTED.len());
    (wire, world.opened()[before])
}

#[test]
fn the_client_is_who_the_header_says() {
    let rows: [(&[u8], &str, &str); 3] = [
        (LINE, "192.0.2.1:50000", "198.51.100.2:443"),
        (BINARY, "[2001:db8::1]:50000", "[2001:db8::2]:443"),
        (b"PROXY UNKNOWN\r\n", "", ""),
    ];
    for place in [None, Some(unix_place())] {
        for (header, client, destination) in rows {
            let mut world = World::new();
            let options = behind("127.0.0.1, unix");
            let server = match &place {
                None => world.listen(options, echo),
                Some(place) => world.listen_at(place, options, echo),
            };
            // What follows the header may come with it.
            let bytes = [header, REQUEST, &frame(TEXT, b"early")].concat();
            let (mut wire, id) = open_with(&mut world, &server, &bytes);
            world.until("what came at once is echoed", |_| {
                wire.pump();
                wire.frames().len() == 1
            });
            let socket = world.event_loop.socket_peer_address(id).unwrap();
            let is_here = socket.starts_with("127.0.0.1:") || socket == "unix:";
            assert!(is_here, "{socket}");
            let client = if client.is_empty() { &socket } else { client };
            assert_eq!(world.event_loop.peer_address(id).unwrap(), client);
            assert_eq!(world.event_loop.destination_address(id).unwrap(), destination);
            let host = world.event_loop.proxy_value(id, 2).ok();
            assert_eq!(host, (header == BINARY).then_some(b"a.example".as_slice()));
        }
    }
}

#[test]
fn a_header_may_come_in_pieces() {
    let mut world = World::new();
    let server = world.listen(behind("127.0.0.0/8"), echo);
    for header in [LINE, BINARY] {
        let whole = [header, REQUEST].concat();
        let mut wire = Wire::connect(&server.place);
        for byte in &whole {
            wire.say(&[*byte]);
            world.round();
        }
        world.until("the request is accepted", |_| {
            wire.pump();
            wire.received == ACCEPTED
        });
    }
}

#[test]
fn whoever_may_not_say_it_or_says_it_wrong_is_dropped() {
    let mut world = World::new();
    let server = world.listen(behind("127.0.0.1"), echo);
    let wrong: [&[u8]; 5] = [
        REQUEST,
        b"PROXY TCP4 192.0.2.1\r\n",
        b"PROXY UNKNOWN\n",
        b"\r\n\r\n\0\r\nQUIT\n\x11\x11\0\x0c",
        b"\x16\x03\x01\x02\0\x01",
    ];
    for bytes in wrong {
        assert_eq!(answer(&mut world, &server, bytes), "");
    }
    let elsewhere = world.listen(behind("127.0.0.2, ::1, unix"), echo);
    assert_eq!(answer(&mut world, &elsewhere, &[LINE, REQUEST].concat()), "");
    // To one without this option a header is a request that cannot be read.
    let plain = world.listen(options(), echo);
    assert!(answer(&mut world, &plain, LINE).starts_with("HTTP/1.1 400 "));
    assert!(answer(&mut world, &plain, BINARY).starts_with("HTTP/1.1 400 "));
    assert_eq!((world.opened().len(), world.ended().len()), (0, 0));
    world.until("nothing is left of them", |world| world.watched() == 4);
}

#[test]
fn c05_a_header_that_does_not_come_ends_with_the_time_of_the_handshake() {
    let mut world = World::new();
    let behind_for = |ms: u32| {
        let mut options = options_with(|limits| limits.handshake_timeout_ms = ms);
        options.proxy_header = Some(Networks::parse("127.0.0.1").unwrap());
        options
    };
    let server = world.listen(behind_for(50), echo);
    for begun in [&b""[..], &LINE[..20], &BINARY[..40]] {
        assert_eq!(answer(&mut world, &server, begun), "");
    }
    // One that comes in time leaves what is left of the time to the request.
    let server = world.listen(behind_for(500), echo);
    assert!(answer(&mut world, &server, LINE).starts_with("HTTP/1.1 408 "));
    assert_eq!((world.opened().len(), world.ended().len()), (0, 0));
}

#[test]
fn c15_a_proxys_clients_are_counted_one_by_one() {
    let mut world = World::new();
    let mut capped = behind("127.0.0.1");
    capped.max_connections_per_address = 2;
    let server = world.listen(capped, echo);
    let open = |world: &mut World, client: u8| {
        let header = format!("PROXY TCP4 192.0.2.{client} 198.51.100.2 1 2\r\n");
        open_with(world, &server, &[header.as_bytes(), REQUEST].concat())
    };
    let first = open(&mut world, 1);
    let _others = [1, 2, 2, 3].map(|client| open(&mut world, client));
    let over = [b"PROXY TCP4 192.0.2.1 198.51.100.2 1 2\r\n", REQUEST].concat();
    assert!(answer(&mut world, &server, &over).starts_with("HTTP/1.1 503 "));
    drop(first);
    world.until("the first is gone", |world| world.ended().len() == 1);
    open(&mut world, 1);
}

#[test]
fn the_client_is_who_a_believed_request_says() {
    let rows: [(&str, &str, &str, Option<&str>); 6] = [
        ("127.0.0.1", "X-Forwarded-For", "X-Forwarded-For: 192.0.2.1\r\n", Some("192.0.2.1")),
        (
            "127.0.0.1, 10.0.0.0/8",
            "X-Forwarded-For",
            "x-forwarded-for: 1.1.1.1, 192.0.2.1\r\nX-Forwarded-For: 10.0.0.1\r\n",
            Some("192.0.2.1"),
        ),
        (
            "127.0.0.1",
            "forwarded",
            "Forwarded: for=\"[2001:db8::1]:5\"\r\n",
            Some("[2001:db8::1]:5"),
        ),
        ("127.0.0.1", "X-Real-IP", "X-Forwarded-For: 192.0.2.1\r\n", None),
        ("127.0.0.2", "X-Forwarded-For", "X-Forwarded-For: 192.0.2.1\r\n", None),
        ("127.0.0.1", "X-Forwarded-For", "", None),
    ];
    for (networks, field, fields, want) in rows {
        let mut world = World::new();
        let server = world.listen(believing(networks, field), echo);
        let request = request_with(&format!("Host: a.example\r\n{fields}"));
        let (_wire, id) = open_with(&mut world, &server, &request);
        let socket = world.event_loop.socket_peer_address(id).unwrap();
        assert!(socket.starts_with("127.0.0.1:"), "{socket}");
        let address = world.event_loop.peer_address(id).unwrap();
        assert_eq!(address, want.unwrap_or(&socket), "{fields}");
    }
}

#[test]
fn a_request_is_believed_if_the_headers_client_is() {
    for (networks, want) in [("192.0.2.0/24", "203.0.113.7"), ("127.0.0.1", "192.0.2.1:50000")] {
        let mut world = World::new();
        let mut options = believing(networks, "X-Forwarded-For");
        options.proxy_header = Some(Networks::parse("127.0.0.1").unwrap());
        let server = world.listen(options, echo);
        let request = request_with("Host: a.example\r\nX-Forwarded-For: 203.0.113.7\r\n");
        let (_wire, id) = open_with(&mut world, &server, &[LINE, &request].concat());
        assert_eq!(world.event_loop.peer_address(id).unwrap(), want);
        assert_eq!(world.event_loop.destination_address(id).unwrap(), "198.51.100.2:443");
    }
}
