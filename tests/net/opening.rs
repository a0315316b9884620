//! Opening requests that are slow, too large, or followed by more than they should be.

use std::time::{Duration, Instant};

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::reply::Reply;

use crate::harness::{Server, What, World, echo, ignore, options, options_with, unix_place};
use crate::wire::{ACCEPTED, End, REQUEST, TEXT, Wire, frame};

/// What the server answered to these bytes, up to the end of the connection.
#[track_caller]
pub(crate) fn answer(world: &mut World, server: &Server, bytes: &[u8]) -> String {
    let mut wire = Wire::connect(&server.place);
    wire.say(bytes);
    world.until("the answer is complete", |_| {
        wire.pump();
        wire.end.is_some()
    });
    wire.text()
}

/// A request with these bytes where the usual one has its Host.
pub(crate) fn request_with(fields: &str) -> Vec<u8> {
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
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 431 "), "{refused}");
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
    let server =
        world.listen(options_with(|limits| limits.handshake_timeout_ms = DEADLINE_MS), echo);
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
    assert!(elapsed >= Duration::from_millis(DEADLINE_MS.into()), "{elapsed:?}");
    assert!(elapsed < Duration::from_millis(3 * u64::from(DEADLINE_MS)), "{elapsed:?}");
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
    for split in
        [REQUEST.len() - 1, REQUEST.len(), REQUEST.len() + 4, REQUEST.len() + 9, whole.len()]
    {
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
