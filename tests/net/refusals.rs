//! Opening requests that break a rule, come from the wrong page, or are not HTTP at all.

use std::time::{Duration, Instant};

use oxws::net::endpoint::Options;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::reply::Reply;

use crate::harness::{Loop, Server, World, echo, options, options_with};
use crate::opening::{answer, request_with};
use crate::wire::{ACCEPTED, End, REQUEST, Wire};

#[test]
fn c07_c08_c09_requests_that_break_a_rule_get_its_status_and_the_end() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let usual = std::str::from_utf8(REQUEST).unwrap();
    let host = "Host: a.example\r\n";
    let with = |fields: &str| usual.replace(host, &format!("{host}{fields}"));
    let without = |field: &str| usual.replace(&format!("{field}\r\n"), "");
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let cases = [
        ("a body", with("Content-Length: 5\r\n"), 400),
        ("a body in chunks", with("Transfer-Encoding: chunked\r\n"), 400),
        ("both", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400),
        ("a bare line feed", usual.replace("a.example\r\n", "a.example\n"), 400),
        ("a bare carriage return", usual.replace("a.example\r\n", "a.ex\rample\r\n"), 400),
        ("a folded line", with("X: a\r\n b\r\n"), 400),
        ("a space before the colon", with("X : a\r\n"), 400),
        ("a NUL", with("X: a\0b\r\n"), 400),
        ("two Hosts", with(host), 400),
        ("no Host", without("Host: a.example"), 400),
        ("POST", usual.replace("GET ", "POST "), 405),
        ("HTTP/1.0", usual.replace("HTTP/1.1", "HTTP/1.0"), 505),
        ("HTTP/2.0", usual.replace("HTTP/1.1", "HTTP/2.0"), 505),
        ("no Upgrade", without("Upgrade: websocket"), 400),
        ("another Upgrade", usual.replace("websocket\r\n", "h2c\r\n"), 400),
        ("no Connection", without("Connection: Upgrade"), 400),
        ("no key", without(key), 400),
        ("two keys", with(&format!("{key}\r\n")), 400),
        ("a short key", usual.replace("dGhlIHNhbXBsZSBub25jZQ==", "YQ=="), 400),
        ("version 8", usual.replace("Version: 13", "Version: 8"), 426),
        ("no version", without("Sec-WebSocket-Version: 13"), 426),
        ("a plain request", format!("GET / HTTP/1.1\r\n{host}\r\n"), 426),
    ];
    for (name, bytes, status) in cases {
        // A second request behind it must not be answered.
        let twice = [bytes.as_bytes(), REQUEST].concat();
        let refused = answer(&mut world, &server, &twice);
        let line = format!("HTTP/1.1 {status} ");
        assert!(refused.starts_with(&line), "{name}: {refused}");
        assert!(!refused.contains("\nHTTP/1.1 "), "{name}: {refused}");
        let closes = refused.contains("Connection: close\r\n")
            || refused.contains("Connection: Upgrade, close\r\n");
        assert!(closes, "{name}: {refused}");
        let names_version = refused.contains("\r\nSec-WebSocket-Version: 13\r\n");
        assert_eq!(names_version, status == 426, "{name}: {refused}");
    }
    assert!(world.notes.is_empty(), "{:?}", world.notes);
}

#[test]
fn c10_a_page_of_another_host_is_not_let_in() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let cases = [
        ("http://a.example", 101),
        ("http://A.Example:80", 101),
        ("http://a.example:8080", 403),
        ("http://b.example", 403),
        ("http://a.example.b.example", 403),
        ("http://a.example@b.example", 403),
        ("null", 403),
        ("", 403),
    ];
    for (origin, status) in cases {
        let mut wire = Wire::connect(&server.place);
        wire.say(&request_with(&format!("Host: a.example\r\nOrigin: {origin}\r\n")));
        world.until("the answer comes", |_| {
            wire.pump();
            wire.received.len() > 13
        });
        let want = format!("HTTP/1.1 {status} ");
        assert!(wire.text().starts_with(&want), "{origin}: {}", wire.text());
    }
}

/// Refuses from inside the report, with the status that the request names.
fn refuse(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::Request(request)) = event {
        let status = request.target().trim_start_matches('/').parse().unwrap();
        let mut reply = Reply::new(status).unwrap();
        reply.set_body(b"no").unwrap();
        event_loop.respond(id, &reply).unwrap();
        assert_eq!(event_loop.respond(id, &reply), Err(ErrorCode::Closed), "a second answer");
    }
}

#[test]
fn c12_any_status_can_refuse_from_inside_the_report() {
    let mut world = World::new();
    let mut options = options();
    options.decides_requests = true;
    let server = world.listen(options, refuse);
    let usual = std::str::from_utf8(REQUEST).unwrap();
    for status in [200, 204, 304, 401, 403, 404, 426, 500, 503, 599] {
        let request = usual.replace("/chat", &format!("/{status}"));
        let refused = answer(&mut world, &server, request.as_bytes());
        let line = format!("HTTP/1.1 {status} ");
        assert!(refused.starts_with(&line), "{refused}");
        let has_body = !matches!(status, 204 | 304);
        assert_eq!(refused.ends_with("\r\n\r\nno"), has_body, "{refused}");
        let id = *world.ended().last().unwrap();
        let report = world.report(id);
        assert_eq!(report.error, Some(ErrorCode::HandshakeDenied));
        assert_eq!(report.http_status, status);
    }
    assert_eq!(world.ended().len(), 10);
    assert_eq!(world.event_loop.connection_count(), 0);
}

#[test]
fn c12_a_connection_can_be_given_up_from_inside_the_report() {
    fn abort(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
        if let ConnectionEvent::Protocol(Event::Request(_)) = event {
            event_loop.abort(id).unwrap();
            assert_eq!(event_loop.abort(id), Err(ErrorCode::Closed));
        }
    }
    let mut world = World::new();
    let mut options = options();
    options.decides_requests = true;
    let server = world.listen(options, abort);
    assert_eq!(answer(&mut world, &server, REQUEST), "");
    let id = world.ended()[0];
    assert_eq!(world.report(id).error, Some(ErrorCode::Cancelled));
}

#[test]
fn c14_another_protocol_on_the_port_is_refused_at_once() {
    let mut world = World::new();
    // Only a refusal that waits for nothing can come before a deadline of a minute.
    let server = world.listen(options_with(|limits| limits.handshake_timeout_ms = 60_000), echo);
    let mut noise = vec![0; 1000];
    let mut state = 1_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = state.to_be_bytes()[0] | 0x80;
    }
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice();
    let cases = [
        ("TLS", tls, "HTTP/1.1 400 "),
        ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 400 "),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 505 "),
        ("noise", noise.as_slice(), "HTTP/1.1 400 "),
        ("a line feed", b"\n", "HTTP/1.1 400 "),
    ];
    for (name, bytes, want) in cases {
        let started = Instant::now();
        let refused = answer(&mut world, &server, bytes);
        assert!(refused.starts_with(want), "{name}: {refused}");
        assert!(started.elapsed() < Duration::from_millis(500), "{name}");
    }
    assert!(world.notes.is_empty());
}

#[test]
fn c14_noise_without_end_is_not_read_to_its_end() {
    const NOISE_BYTES: usize = 64 * 1024 * 1024;
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let mut wire = Wire::connect(&server.place);
    let piece = vec![0x80; 1024 * 1024];
    let mut said = 0;
    world.until("the socket is closed", |world| {
        wire.pump();
        if wire.unsent() == 0 && said < NOISE_BYTES {
            wire.say(&piece);
            said += piece.len();
        }
        world.watched() == 2
    });
    assert!(said < NOISE_BYTES / 2, "{said}");
}

#[test]
fn c16_nothing_of_a_request_comes_back_but_the_accept_value() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let secret = "Cookie: mark1\r\nAuthorization: mark2\r\nX-Mark3: mark4\r\n\
                  Sec-WebSocket-Protocol: mark5\r\nOrigin: http://a.example\r\n";
    let good = request_with(&format!("Host: a.example\r\n{secret}"));
    let mut wire = Wire::connect(&server.place);
    wire.say(&good);
    world.until("the 101 comes", |_| {
        wire.pump();
        wire.received.ends_with(b"\r\n\r\n")
    });
    assert_eq!(wire.received, ACCEPTED);
    let text = String::from_utf8(good).unwrap();
    for bad in [
        text.replace("websocket", "mark6"),
        text.replace("Version: 13", "Version: mark7"),
        text.replace("GET ", "MARK8 "),
        text.replace("/chat", "/mark9?mark9"),
        text.replace("Origin: http://a.example", "Origin: http://mark0"),
    ] {
        let refused = answer_to(&mut world, &server, bad.as_bytes());
        let lower = refused.to_ascii_lowercase();
        let reflected = lower.matches("mark").count();
        // The answer to the odd target is a 101, which holds no part of it either.
        assert_eq!(reflected, 0, "{refused}");
    }
}

/// As [`answer`], also where the connection is let in.
fn answer_to(world: &mut World, server: &Server, bytes: &[u8]) -> String {
    let mut wire = Wire::connect(&server.place);
    wire.say(bytes);
    world.until("the answer comes", |_| {
        wire.pump();
        wire.end.is_some() || wire.received.starts_with(b"HTTP/1.1 101 ")
    });
    wire.text()
}

/// Answers an ordinary request with more than any socket takes at once.
fn answer_at_length(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    if let ConnectionEvent::Protocol(Event::HttpRequest(_)) = event {
        let mut reply = Reply::new(200).unwrap();
        reply.set_body(&vec![b'a'; 900_000]).unwrap();
        event_loop.respond(id, &reply).unwrap();
    }
}

#[test]
fn e08_a_peer_that_has_stopped_sending_still_gets_the_whole_answer() {
    for finishes_first in [true, false] {
        let mut world = World::new();
        let options = Options { answers_http: true, ..options() };
        let server = world.listen_with_send_buffer(4096, options, answer_at_length);
        let mut wire = Wire::connect_with_receive_buffer(&server.place, Some(4096));
        wire.say(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        if finishes_first {
            wire.finish();
        }
        world.until("it is answered", |world| !world.ended().is_empty());
        wire.finish();
        world.rounds(3);
        world.until("the answer has come", |_| {
            wire.pump_in(50_000);
            wire.end.is_some()
        });
        assert_eq!(wire.end, Some(End::Finished));
        let body = wire.text().split_once("\r\n\r\n").map(|(_, body)| body.len());
        assert_eq!(body, Some(900_000), "finishes first: {finishes_first}");
        world.until("the socket is closed", |world| world.watched() == 2);
    }
}
