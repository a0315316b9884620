//! A client's request between the connecting of its socket and its writing.

use oxws::net::endpoint::Options;
use oxws::net::inquiry::State;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::close::CloseFrame;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::client_request::ClientRequest;

use crate::dialling::{asked, host};
use crate::harness::{Loop, Reaction, World, echo, ignore, options, options_with, unix_place};
use crate::wire::{End, RawServer, Wire};

/// What a client is like whose owner sees its request.
fn seeing() -> Options {
    Options { sees_requests: true, ..options() }
}

/// Gives the request back with one field more.
fn add_field(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Connecting(request)) = event {
        assert_eq!(event_loop.state(id), Ok(State::Handshake));
        assert!(event_loop.peer_address(id).unwrap().starts_with("127.0.0.1:"));
        let mut request = request.clone();
        request.add_header("X-Late", "a").unwrap();
        event_loop.send_request(id, &request).unwrap();
    }
}

/// Gives the request back as it is.
fn send(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Connecting(request)) = event {
        event_loop.send_request(id, request).unwrap();
    }
    echo(event_loop, id, event);
}

#[test]
fn the_request_leaves_as_its_owner_has_changed_it() {
    let mut world = World::new();
    let server = RawServer::new();
    let id = world.connect(&server.place, seeing(), add_field);
    assert!(world.story(id).is_empty());
    let mut wire = asked(&mut world, &server);
    assert_eq!(world.story(id), ["connecting"]);
    let text = wire.text();
    let key = text.split("Key: ").nth(1).unwrap().get(..24).unwrap();
    let want = format!(
        "GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nX-Late: a\r\n\r\n"
    );
    assert_eq!(text, want);
    wire.say(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(world.report(id).error, Some(ErrorCode::HandshakeStatus));
    assert_eq!(world.story(id), ["connecting", "response", "closed"]);
}

#[test]
fn a_request_without_a_change_opens_the_connection() {
    for place in [host("127.0.0.1", 0), unix_place()] {
        let mut world = World::new();
        let server = world.listen_at(&place, options(), echo);
        let id = world.connect(&server.place, seeing(), send);
        world.until("both are open", |world| world.opened().len() == 2);
        assert_eq!(world.story(id), ["connecting", "response", "open"]);
        world.event_loop.abort(id).unwrap();
        world.until("both have ended", |world| world.ended().len() == 2);
    }
}

/// Connects; the server's side, with what it has got until the connection is gone.
#[track_caller]
fn walked_away(world: &mut World, reaction: Reaction) -> (Id, Wire) {
    let server = RawServer::new();
    let id = world.connect(&server.place, seeing(), reaction);
    let mut wire = None;
    world.until("the socket is closed", |_| {
        wire = wire.take().or_else(|| server.accept());
        wire.as_mut().is_some_and(|wire: &mut Wire| {
            wire.pump();
            wire.end.is_some()
        })
    });
    (id, wire.unwrap())
}

#[test]
fn f01_who_walks_away_instead_leaves_nothing_behind() {
    let close: Reaction = |event_loop, id, event| {
        if let ConnectionEvent::Protocol(Event::Connecting(request)) = event {
            event_loop.close(id, CloseFrame::new(None, "").unwrap()).unwrap();
            assert_eq!(event_loop.send_request(id, request), Err(ErrorCode::Closed));
        }
    };
    let abort: Reaction = |event_loop, id, event| {
        if let ConnectionEvent::Protocol(Event::Connecting(request)) = event {
            event_loop.abort(id).unwrap();
            assert_eq!(event_loop.send_request(id, request), Err(ErrorCode::Closed));
        }
    };
    for reaction in [close, abort] {
        let mut world = World::new();
        let (id, wire) = walked_away(&mut world, reaction);
        assert_eq!((wire.received.len(), wire.end), (0, Some(End::Finished)));
        assert_eq!(world.report(id).error, Some(ErrorCode::Cancelled));
        assert_eq!(world.story(id), ["connecting", "closed"]);
        assert_eq!(world.watched(), 1);
    }
}

#[test]
fn d14_a_request_that_is_never_given_back_ends_at_the_deadline() {
    let mut world = World::new();
    let server = RawServer::new();
    let options = options_with(|limits| limits.handshake_timeout_ms = 50);
    let id = world.connect(&server.place, Options { sees_requests: true, ..options }, ignore);
    assert_eq!(world.report(id).error, Some(ErrorCode::HandshakeTimeout));
    assert_eq!(world.story(id), ["connecting", "closed"]);
    assert_eq!(world.watched(), 1);
}

#[test]
fn d14_a_server_that_speaks_first_is_not_heard_before_the_request_has_left() {
    let mut world = World::new();
    let server = RawServer::new();
    let id = world.connect(&server.place, seeing(), ignore);
    let mut wire = None;
    world.until("the owner has the request", |world| {
        wire = wire.take().or_else(|| server.accept());
        wire.is_some() && !world.story(id).is_empty()
    });
    let mut wire = wire.unwrap();
    wire.say(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    wire.finish();
    world.rounds(5);
    assert_eq!(world.story(id), ["connecting"]);
    let request = ClientRequest::new("a", "/").unwrap();
    world.event_loop.send_request(id, &request).unwrap();
    assert_eq!(world.report(id).error, Some(ErrorCode::HandshakeStatus));
    assert_eq!(world.story(id), ["connecting", "response", "closed"]);
}

#[test]
fn f04_only_a_request_that_was_handed_out_can_be_sent() {
    let mut world = World::new();
    let server = RawServer::new();
    let request = ClientRequest::new("a", "/").unwrap();
    let id = world.connect(&server.place, options(), ignore);
    assert_eq!(world.event_loop.send_request(id, &request), Err(ErrorCode::InvalidState));
    let _wire = asked(&mut world, &server);
    assert_eq!(world.event_loop.send_request(id, &request), Err(ErrorCode::InvalidState));
    world.event_loop.abort(id).unwrap();
    assert_eq!(world.report(id).error, Some(ErrorCode::Cancelled));
    assert_eq!(world.event_loop.send_request(id, &request), Err(ErrorCode::NotFound));
    assert_eq!(world.event_loop.send_request(77, &request), Err(ErrorCode::NotFound));
}
