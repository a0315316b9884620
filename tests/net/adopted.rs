//! Connections that begin with a socket of the owner's.

use std::os::fd::OwnedFd;
use std::rc::Rc;

use oxws::net::adopt::{AdoptError, Adopted};
use oxws::net::endpoint::{Endpoint, Options};
use oxws::net::slots::Id;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::opcode::{MessageType, Role};
use socket2::{Domain, Socket, Type};

use crate::harness::{Reaction, What, World, echo, ignore, loopback, options, options_with};
use crate::wire::{
    ACCEPTED, BINARY, CLOSE, REQUEST, RawServer, TEXT, Wire, accept_of, bare_frame, frame,
};

/// Two ends of a Unix-domain stream: one for the loop, one for the test.
pub(crate) fn pair() -> (OwnedFd, Wire) {
    let (ours, peers) = Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap();
    (ours.into(), Wire::new(peers))
}

fn endpoint(options: Options, reaction: Reaction) -> Rc<Endpoint<Reaction>> {
    Rc::new(Endpoint::new(options, reaction))
}

fn serve(world: &mut World, socket: OwnedFd, received: &[u8]) -> Id {
    let adopted = Adopted { descriptor: socket, received };
    world.event_loop.adopt_server(adopted, endpoint(options(), echo)).unwrap()
}

/// The request of the sample, a message that is echoed, and a Close.
fn conversation() -> Vec<u8> {
    [REQUEST, &frame(TEXT, b"hello"), &frame(CLOSE, &[3, 232])].concat()
}

fn answers() -> Vec<u8> {
    [ACCEPTED, &bare_frame(TEXT, b"hello"), &bare_frame(CLOSE, &[3, 232])].concat()
}

#[test]
fn a_server_takes_over_at_every_byte_of_a_conversation() {
    let said = conversation();
    for split in 0..=said.len() {
        let mut world = World::new();
        let (socket, mut wire) = pair();
        let id = serve(&mut world, socket, &said[..split]);
        wire.say(&said[split..]);
        world.until("the conversation ends", |world| {
            wire.pump();
            world.closed(id) == 1 && wire.end.is_some()
        });
        assert_eq!(wire.received, answers(), "{split}");
        assert_eq!(world.story(id), ["open", "message", "closed"], "{split}");
        assert!(world.report(id).was_clean(), "{split}");
    }
}

#[test]
fn e07_the_end_of_an_adopted_connection_is_reported_even_if_no_request_came() {
    for (received, error) in [
        (&b""[..], Some(ErrorCode::ConnectionLost)),
        (b"GET / HT", Some(ErrorCode::ConnectionLost)),
        (b"\x16\x03\x01\x02", Some(ErrorCode::HandshakeMalformed)),
        // An ordinary request is answered, and that is no error.
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", None),
    ] {
        let mut world = World::new();
        let (socket, wire) = pair();
        let id = serve(&mut world, socket, received);
        drop(wire);
        assert_eq!(world.report(id).error, error);
        assert_eq!(world.story(id), ["closed"]);
    }
}

#[test]
fn a_client_speaks_first_on_what_it_adopts() {
    let mut world = World::new();
    let server = RawServer::new();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.connect(&loopback(server.address().port())).unwrap();
    let mut wire = server.accept().unwrap();
    let request = ClientRequest::new("a.example", "/chat").unwrap();
    let adopted = endpoint(options(), ignore);
    let id = world.event_loop.adopt_client(socket.into(), request, adopted).unwrap();
    world.until("the request has come", |_| {
        wire.pump();
        wire.received.ends_with(b"\r\n\r\n")
    });
    assert!(
        wire.text().starts_with("GET /chat HTTP/1.1\r\nHost: a.example\r\n"),
        "{}",
        wire.text()
    );
    let answer = accept_of(&wire.received);
    wire.say(&[&answer[..], &bare_frame(TEXT, b"first")].concat());
    world.until("the message has come", |world| !world.messages(id).is_empty());
    assert_eq!(world.story(id), ["response", "open", "message"]);
    assert_eq!(world.messages(id), [b"first"]);
}

#[test]
fn an_open_connection_goes_on_at_every_byte() {
    let said = [frame(TEXT, b"one"), frame(BINARY, &[7; 300])].concat();
    for split in 0..=said.len() {
        let mut world = World::new();
        let (descriptor, mut wire) = pair();
        let adopted = Adopted { descriptor, received: &said[..split] };
        let target = endpoint(options(), echo);
        let opened = world.event_loop.adopt_open(adopted, Role::Server, Some("chat"), target);
        let id = opened.unwrap();
        assert_eq!(world.event_loop.subprotocol(id), Ok(Some("chat")));
        world.event_loop.send(id, MessageType::Text, b"at once").unwrap();
        wire.say(&said[split..]);
        world.until("both have come back", |world| {
            wire.pump();
            world.messages(id).len() == 2 && wire.received.len() >= 9 + 5 + 304
        });
        assert_eq!(world.story(id), ["open", "message", "message"], "{split}");
        let all =
            [bare_frame(TEXT, b"at once"), bare_frame(TEXT, b"one"), bare_frame(BINARY, &[7; 300])];
        assert_eq!(wire.received, all.concat(), "{split}");
    }
}

#[test]
fn a_client_goes_on_with_what_others_have_opened() {
    let mut world = World::new();
    let (descriptor, mut wire) = pair();
    let adopted = Adopted { descriptor, received: &bare_frame(TEXT, b"hi") };
    let target = endpoint(options(), echo);
    let id = world.event_loop.adopt_open(adopted, Role::Client, None, target).unwrap();
    world.until("the echo has come", |_| {
        wire.pump();
        wire.received.len() >= 8
    });
    assert_eq!(world.story(id), ["open", "message"]);
    assert_eq!(wire.received[..2], [TEXT, 0x82]);
}

#[test]
fn c01_nobody_waits_for_ever_for_a_request() {
    let mut world = World::new();
    let (descriptor, _wire) = pair();
    let target = endpoint(options_with(|limits| limits.handshake_timeout_ms = 1), ignore);
    let adopted = Adopted { descriptor, received: b"GET" };
    let id = world.event_loop.adopt_server(adopted, target).unwrap();
    assert_eq!(world.report(id).error, Some(ErrorCode::HandshakeTimeout));
}

#[test]
fn what_is_no_connected_stream_is_refused() {
    let target = || endpoint(options(), ignore);
    let mut world = World::new();
    let watched = world.watched();
    let mut adopt = |descriptor: OwnedFd, received: &[u8]| {
        let adopted = Adopted { descriptor, received };
        world.event_loop.adopt_server(adopted, target()).unwrap_err()
    };
    let refused = |error, wanted| matches!(error, AdoptError::Refused(code) if code == wanted);
    let failed = |error: AdoptError, wanted| match error {
        AdoptError::System(error) => error.raw_os_error() == Some(wanted),
        AdoptError::Refused(_) => false,
    };
    let (datagrams, _other) = Socket::pair(Domain::UNIX, Type::DGRAM, None).unwrap();
    assert!(refused(adopt(datagrams.into(), b""), ErrorCode::InvalidArgument));
    let lonely = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    assert!(failed(adopt(lonely.into(), b""), libc::ENOTCONN));
    let file = std::fs::File::open("/dev/null").unwrap();
    assert!(failed(adopt(file.into(), b""), libc::ENOTSOCK));
    let (socket, _wire) = pair();
    assert!(refused(adopt(socket, &vec![b'x'; 512 * 1024 + 1]), ErrorCode::TooLong));
    assert_eq!(world.event_loop.connection_count(), 0);
    assert_eq!(world.watched(), watched);
}

#[test]
fn as_much_as_fits_into_the_receive_buffer_may_have_been_received() {
    let mut world = World::new();
    let (socket, mut wire) = pair();
    let mut said = REQUEST.to_vec();
    said.extend(frame(BINARY, &vec![3; 512 * 1024 - REQUEST.len() - 14]));
    assert_eq!(said.len(), 512 * 1024);
    let id = serve(&mut world, socket, &said);
    world.until("the message has come", |world| {
        wire.pump();
        world.notes.iter().any(|note| matches!(&note.1, What::Message(_)))
    });
    assert_eq!(world.messages(id)[0].len(), 512 * 1024 - REQUEST.len() - 14);
}
