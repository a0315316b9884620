//! Opening requests that are slow, malformed, too large or not HTTP at all.

use std::time::{Duration, Instant};

use oxws::net::event_loop::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::reply::Reply;

use crate::harness::{Loop, Server, What, World, echo, ignore, options, options_with, unix_place};
use crate::wire::{ACCEPTED, End, REQUEST, TEXT, Wire, frame};

/// What the server answered to these bytes, up to the end of the connection.
#[track_caller]
fn answer(world: &mut World, server: &Server, bytes: &[u8]) -> String {
    let mut wire = Wire::connect(&server.place);
    wire.say(bytes);
    world.until("the answer is complete", |_| {
        wire.pump();
        wire.end.is_some()
    });
    wire.text()
}

/// A request with these bytes where the usual one has its Host.
fn request_with(fields: &str) -> Vec<u8> {
    let text = std::str::from_utf8(REQUEST).unwrap();
    text.replace("Host: a.example\r\n", fields).into_bytes()
}

#[test]
fn c02_a_head_beyond_the_limit_is_refused_before_it_ends() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let fill = |bytes: usize| {
        let usual = request_with("Host: a.example\r\nX-Fill: \r\nX-Rest: \r\n").len();
        // Two fields, as a line has its own limit.
        let (first, second) = (8_100, bytes - usual - 8_100);
        let fields = format!(
            "Host: a.example\r\nX-Fill: {}\r\nX-Rest: {}\r\n",
            "a".repeat(first),
            "a".repeat(second)
        );
        request_with(&fields)
    };
    assert_eq!(fill(16_384).len(), 16_384);
    let mut wire = Wire::connect(&server.place);
    wire.say(&fill(16_384));
    world.until("16384 bytes are taken", |_| {
        wire.pump();
        wire.received == ACCEPTED
    });
    let refused = answer(&mut world, &server, &fill(16_385));
    assert!(refused.starts_with("HTTP/1.1 431 "), "{refused}");
    let endless = [b"GET / HTTP/1.1\r\nA: ".as_slice(), &[b'a'; 100_000]].concat();
    let refused = answer(&mut world, &server, &endless);
    assert!(
        refused.is_empty() || refused.starts_with("HTTP/1.1 431 "),
        "{refused}"
    );
    assert_eq!(world.opened().len(), 1);
}

#[test]
fn c03_c04_too_many_fields_and_too_long_a_target_are_refused() {
    let mut world = World::new();
    let server = world.listen(options(), echo);
    let with_fields = |count: usize| {
        let fields: String = (6..=count).map(|at| format!("X-{at}: a\r\n")).collect();
        request_with(&format!("Host: a.example\r\n{fields}"))
    };
    let with_target = |bytes: usize| {
        let text = std::str::from_utf8(REQUEST).unwrap();
        let line = format!("GET /{} HTTP/1.1", "a".repeat(bytes - 14));
        assert_eq!(line.len(), bytes);
        text.replace("GET /chat HTTP/1.1", &line).into_bytes()
    };
    let cases = [
        ("100 fields", with_fields(100), "HTTP/1.1 101 "),
        ("101 fields", with_fields(101), "HTTP/1.1 431 "),
        ("2000 fields", with_fields(2000), "HTTP/1.1 431 "),
        ("a line of 8192", with_target(8_192), "HTTP/1.1 101 "),
        ("a line of 8193", with_target(8_193), "HTTP/1.1 414 "),
    ];
    for (name, bytes, want) in cases {
        let mut wire = Wire::connect(&server.place);
        wire.say(&bytes);
        world.until(name, |_| {
            wire.pump();
            wire.received.len() >= want.len()
        });
        assert!(wire.text().starts_with(want), "{name}: {}", wire.text());
    }
}

#[test]
fn c05_the_deadline_of_the_handshake_is_absolute() {
    const DEADLINE_MS: u32 = 400;
    let mut world = World::new();
    let server = world.listen(
        options_with(|limits| limits.handshake_timeout_ms = DEADLINE_MS),
        echo,
    );
    let started = Instant::now();
    let mut slow: Vec<Wire> = (0..50).map(|_| Wire::connect(&server.place)).collect();
    // A client that behaves is served meanwhile, again and again.
    let (mut legit, _) = world.open(&server);
    let mut echoes = 0;
    let mut said = 0;
    legit.say(&frame(TEXT, b"a"));
    world.until("each slow peer is refused", |_| {
        // Every peer but the first says one byte in a fortieth of the time.
        let due = started.elapsed().as_millis() * 40 / u128::from(DEADLINE_MS);
        while said < usize::try_from(due).unwrap().min(REQUEST.len() - 1) {
            for wire in &mut slow[1..] {
                wire.say(&REQUEST[said..=said]);
            }
            said += 1;
        }
        slow.iter_mut().for_each(Wire::pump);
        legit.pump();
        if !legit.frames().is_empty() {
            echoes += 1;
            legit.say(&frame(TEXT, b"a"));
        }
        slow.iter().all(|wire| wire.end.is_some())
    });
    let elapsed = started.elapsed();
    assert!(
        elapsed >= Duration::from_millis(DEADLINE_MS.into()),
        "{elapsed:?}"
    );
    assert!(
        elapsed < Duration::from_millis(3 * u64::from(DEADLINE_MS)),
        "{elapsed:?}"
    );
    assert!((30..=REQUEST.len()).contains(&said), "{said}");
    assert!(echoes >= 20, "{echoes}");
    for wire in &slow {
        assert!(wire.text().starts_with("HTTP/1.1 408 "), "{}", wire.text());
        assert_eq!(wire.end, Some(End::Finished));
    }
    // They go on as if nothing had been said, and are let go of nevertheless.
    world.until("the sockets are closed", |world| {
        slow.iter_mut().for_each(|wire| wire.say(b"a"));
        world.watched() == 3
    });
    assert_eq!(legit.end, None);
}

#[test]
fn c05_a_request_that_nobody_decides_on_is_answered_at_the_deadline() {
    let mut world = World::new();
    let mut options = options_with(|limits| limits.handshake_timeout_ms = 100);
    options.decides_requests = true;
    let server = world.listen(options, ignore);
    let refused = answer(&mut world, &server, REQUEST);
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    let id = world.ended()[0];
    assert_eq!(world.report(id).error, Some(ErrorCode::HandshakeTimeout));
}

/// Lets a request in that waits for a decision.
fn let_in(world: &mut World) {
    world.until("the request is reported", |world| {
        matches!(world.notes.last(), Some((_, What::Request)))
    });
    let id = world.notes.last().unwrap().0;
    let reply = Reply::new(200).unwrap();
    world.event_loop.accept(id, &reply).unwrap();
}

#[test]
fn c06_frames_behind_the_head_wait_for_the_decision() {
    let behind = [frame(TEXT, b"one"), frame(TEXT, b"two")].concat();
    let whole = [REQUEST, &behind].concat();
    // Around the end of the head, inside of the first frame and between the frames.
    for split in [
        REQUEST.len() - 1,
        REQUEST.len(),
        REQUEST.len() + 4,
        REQUEST.len() + 9,
        whole.len(),
    ] {
        for place in [None, Some(unix_place())] {
            let mut world = World::new();
            let mut options = options();
            options.decides_requests = true;
            let server = match &place {
                None => world.listen(options, echo),
                Some(place) => world.listen_at(place, options, echo),
            };
            let mut wire = Wire::connect(&server.place);
            wire.say(&whole[..split]);
            for _ in 0..3 {
                world.round();
            }
            wire.say(&whole[split..]);
            let_in(&mut world);
            assert!(world.opened().is_empty() && wire.received.is_empty());
            world.until("both messages come back", |_| {
                wire.pump();
                wire.received.len() >= ACCEPTED.len() + 10
            });
            let want = [ACCEPTED, b"\x81\x03one\x81\x03two".as_slice()].concat();
            assert_eq!(wire.received, want, "split at {split}");
        }
    }
}

#[test]
fn c06_what_a_waiting_client_may_send_ahead_is_bounded() {
    let mut world = World::new();
    let mut options = options();
    options.decides_requests = true;
    let server = world.listen(options, ignore);
    let mut wire = Wire::connect(&server.place);
    wire.say(REQUEST);
    world.until("the request is reported", |world| world.notes.len() == 1);
    let flood = frame(0x82, &vec![0; 64 * 1024]).repeat(256);
    wire.say(&flood);
    // Whatever the system holds for both sides, sixteen megabytes cannot be taken.
    for _ in 0..100 {
        wire.pump();
        world.round();
    }
    assert!(wire.unsent() > 4 * 1024 * 1024, "{}", wire.unsent());
    assert_eq!(world.notes.len(), 1, "{:?}", world.notes);
}

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
        (
            "a body in chunks",
            with("Transfer-Encoding: chunked\r\n"),
            400,
        ),
        (
            "both",
            with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
            400,
        ),
        (
            "a bare line feed",
            usual.replace("a.example\r\n", "a.example\n"),
            400,
        ),
        (
            "a bare carriage return",
            usual.replace("a.example\r\n", "a.ex\rample\r\n"),
            400,
        ),
        ("a folded line", with("X: a\r\n b\r\n"), 400),
        ("a space before the colon", with("X : a\r\n"), 400),
        ("a NUL", with("X: a\0b\r\n"), 400),
        ("two Hosts", with(host), 400),
        ("no Host", without("Host: a.example"), 400),
        ("POST", usual.replace("GET ", "POST "), 405),
        ("HTTP/1.0", usual.replace("HTTP/1.1", "HTTP/1.0"), 505),
        ("HTTP/2.0", usual.replace("HTTP/1.1", "HTTP/2.0"), 505),
        ("no Upgrade", without("Upgrade: websocket"), 400),
        (
            "another Upgrade",
            usual.replace("websocket\r\n", "h2c\r\n"),
            400,
        ),
        ("no Connection", without("Connection: Upgrade"), 400),
        ("no key", without(key), 400),
        ("two keys", with(&format!("{key}\r\n")), 400),
        (
            "a short key",
            usual.replace("dGhlIHNhbXBsZSBub25jZQ==", "YQ=="),
            400,
        ),
        ("version 8", usual.replace("Version: 13", "Version: 8"), 426),
        ("no version", without("Sec-WebSocket-Version: 13"), 426),
        (
            "a plain request",
            format!("GET / HTTP/1.1\r\n{host}\r\n"),
            426,
        ),
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
        wire.say(&request_with(&format!(
            "Host: a.example\r\nOrigin: {origin}\r\n"
        )));
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
        reply.set_body(b"no");
        event_loop.respond(id, &reply).unwrap();
        assert_eq!(
            event_loop.respond(id, &reply),
            Err(ErrorCode::Closed),
            "a second answer"
        );
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
    let server = world.listen(
        options_with(|limits| limits.handshake_timeout_ms = 60_000),
        echo,
    );
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
        (
            "HTTP/2",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "HTTP/1.1 505 ",
        ),
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
