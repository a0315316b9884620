//! Section 4.1 before the first byte: a client's request waits for the transport, and the
//! application may see it before it is written.

use std::sync::Arc;

use oxws::protocol::connection::Connection;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::opcode::Role;
use oxws::protocol::time::Time;
use oxws::protocol::version::Version;

use crate::harness::{ANSWER, Driver, NONCE, REQUEST, Seen, settings};

fn request() -> Box<ClientRequest> {
    Box::new(ClientRequest::new("server.example.com", "/chat").unwrap())
}

/// A client whose transport is not connected yet.
fn unconnected() -> Driver {
    let mut driver = Driver::begin(Role::Client, |_| ());
    driver.output.clear();
    let settings = settings(Role::Client, |_| ());
    driver.connection = Connection::client(Arc::new(settings), request(), Time::from_micros(0), 0);
    driver
}

/// A client whose application has the request.
fn announced() -> (Driver, Box<ClientRequest>) {
    let mut driver = unconnected();
    driver.connection.announce_request();
    let mut bytes = [];
    let mut input = oxws::protocol::connection::Input::new(&mut bytes);
    let event = driver.with(|connection, cx| connection.receive(&mut input, cx));
    match event {
        Some(Event::Connecting(request)) => (driver, request),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_written_or_read_before_the_transport_is_connected() {
    let mut driver = unconnected();
    driver.turn();
    assert!(driver.output.is_empty() && driver.sent.is_empty());
    assert!(!driver.connection.has_event() && !driver.connection.wants_input());
    assert!(driver.connection.is_opening());
    driver.with(|connection, cx| connection.start_request(NONCE, cx));
    driver.drain();
    assert_eq!(driver.sent, REQUEST);
    driver.feed(ANSWER);
    assert_eq!(driver.seen, [Seen::Response(101), Seen::Open]);
}

#[test]
fn the_request_is_shown_once_and_written_when_it_is_given_back() {
    let (mut driver, request) = announced();
    assert_eq!((request.host(), request.target()), ("server.example.com", "/chat"));
    assert!(!driver.connection.has_event() && !driver.connection.wants_input());
    driver.connection.announce_request();
    driver.with(|connection, cx| connection.start_request(NONCE, cx));
    driver.turn();
    assert!(driver.seen.is_empty() && driver.sent.is_empty());
    driver.with(|connection, cx| connection.send_request(&request, NONCE, cx)).unwrap();
    driver.drain();
    assert_eq!(driver.sent, REQUEST);
    let again = driver.with(|connection, cx| connection.send_request(&request, NONCE, cx));
    assert_eq!(again, Err(ErrorCode::InvalidState));
    driver.feed(ANSWER);
    assert_eq!(driver.seen, [Seen::Response(101), Seen::Open]);
    let open = driver.with(|connection, cx| connection.send_request(&request, NONCE, cx));
    assert_eq!(open, Err(ErrorCode::InvalidState));
    assert_eq!(driver.sent, REQUEST);
}

#[test]
fn a_request_that_was_changed_is_written_as_it_is_then() {
    let (mut driver, mut request) = announced();
    request.add_header("X-Late", "a").unwrap();
    driver.with(|connection, cx| connection.send_request(&request, NONCE, cx)).unwrap();
    driver.drain();
    let text = std::str::from_utf8(REQUEST).unwrap();
    let want = text.replace("13\r\n\r\n", "13\r\nX-Late: a\r\n\r\n");
    assert_eq!(String::from_utf8(driver.sent).unwrap(), want);
}

#[test]
fn a_connection_that_is_given_up_writes_no_request() {
    let (mut driver, request) = announced();
    let frame = oxws::protocol::close::CloseFrame::new(None, "").unwrap();
    driver.with(|connection, cx| connection.close(frame, cx)).unwrap();
    let late = driver.with(|connection, cx| connection.send_request(&request, NONCE, cx));
    assert_eq!(late, Err(ErrorCode::Closed));
    driver.turn();
    assert_eq!(driver.end().error, Some(ErrorCode::Cancelled));
    assert!(driver.end().announced && driver.sent.is_empty());

    let mut driver = unconnected();
    driver.connection.announce_request();
    driver.connection.abort(ErrorCode::Cancelled);
    driver.turn();
    assert_eq!(driver.seen.len(), 1);
    assert_eq!(driver.end().error, Some(ErrorCode::Cancelled));
}

#[test]
fn d14_the_deadline_covers_the_time_before_the_request() {
    for is_announced in [false, true] {
        let mut driver = if is_announced { announced().0 } else { unconnected() };
        driver.now = Time::from_micros(9_999_999);
        driver.with(Connection::deadline_passed);
        assert!(driver.connection.is_opening());
        driver.now = Time::from_micros(10_000_000);
        driver.with(Connection::deadline_passed);
        driver.turn();
        assert_eq!(driver.end().error, Some(ErrorCode::HandshakeTimeout));
        assert!(driver.sent.is_empty());
    }
}

#[test]
fn a_server_has_no_request_to_send() {
    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.connection.announce_request();
    driver.with(|connection, cx| connection.start_request(NONCE, cx));
    let sent = driver.with(|connection, cx| connection.send_request(&request(), NONCE, cx));
    assert_eq!(sent, Err(ErrorCode::InvalidState));
    driver.feed(REQUEST);
    assert_eq!(driver.seen, [Seen::Request("/chat".into())]);
    assert!(driver.sent.is_empty());
}

#[test]
fn the_version_that_was_asked_for_is_the_one_that_is_spoken() {
    for version in [Version::V7, Version::V8, Version::V13] {
        let (mut driver, mut request) = announced();
        request.set_version(version).unwrap();
        driver.with(|connection, cx| connection.send_request(&request, NONCE, cx)).unwrap();
        driver.drain();
        driver.feed(ANSWER);
        assert_eq!(driver.connection.version(), version);
        assert_eq!(driver.connection.subprotocol(), None);
    }
}
