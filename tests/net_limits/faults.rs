//! System calls that fail, one kind of failure after another. They are made to by strace, so
//! `tests/net/inject` runs these.

use std::time::{Duration, Instant};

use crate::alone::is_started_for;
use crate::served::{Served, serve, wait};
use crate::wire::{ACCEPTED, BINARY, REQUEST, TEXT, Wire, frame};

/// Who may suffer from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    Nobody,
    One,
}

use Harm::{Nobody, One};

/// What strace is to make of a system call, and who suffers.
const CASES: &[(&str, Harm)] = &[
    ("accept4:error=EINTR:when=1+2", Nobody),
    ("accept4:error=ECONNABORTED:when=1+2", Nobody),
    ("accept4:error=EPROTO:when=1+2", Nobody),
    ("accept4:error=ENETDOWN:when=1+2", Nobody),
    ("accept4:error=EHOSTUNREACH:when=1+2", Nobody),
    ("accept4:error=ETIMEDOUT:when=1+2", Nobody),
    ("recvfrom:error=EINTR:when=1+2", Nobody),
    ("recvfrom:error=ENOMEM:when=1+2", Nobody),
    ("recvfrom:error=ENOBUFS:when=2+3", Nobody),
    ("recvfrom:error=ECONNRESET:when=1", One),
    ("recvfrom:error=ETIMEDOUT:when=2", One),
    ("recvfrom:error=EHOSTUNREACH:when=3", One),
    ("sendto:error=EINTR:when=1+2", Nobody),
    ("sendto:error=ENOBUFS:when=1+2", Nobody),
    ("sendto:error=ENOMEM:when=2+2", Nobody),
    ("sendto:error=EPIPE:when=1", One),
    ("sendto:error=ECONNRESET:when=2", One),
    ("sendto:error=ETIMEDOUT:when=3", One),
    ("sendmsg:error=EINTR:when=1+2", Nobody),
    ("sendmsg:error=ENOBUFS:when=1+2", Nobody),
    ("sendmsg:error=ENOMEM:when=1+2", Nobody),
    ("sendmsg:error=EPIPE:when=1", One),
    ("sendmsg:error=EHOSTUNREACH:when=2", One),
    ("epoll_wait:error=EINTR:when=1+2", Nobody),
];

/// The command that makes system calls fail.
fn strace(inject: &str) -> [&str; 7] {
    ["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject]
}

/// Does a handshake and sends messages of all sizes; whether all came back.
#[track_caller]
fn is_served(server: &Served, case: &str) -> bool {
    let mut wire = Wire::connect(&server.place);
    wire.say(REQUEST);
    let sizes = [0, 5, 125, 1_000, 63_000, 64 * 1024, 500_000];
    let mut want = ACCEPTED.to_vec();
    for size in sizes {
        let payload = vec![9; size];
        wire.say(&frame(BINARY, &payload));
        want.extend(crate::wire::bare_frame(BINARY, &payload));
    }
    wait(case, || {
        wire.pump();
        wire.end.is_some() || wire.received.len() >= want.len()
    });
    let is_whole = wire.received == want;
    // Whatever came, came in order.
    assert!(is_whole || want.starts_with(&wire.received), "{case}");
    is_whole
}

/// The server whose system calls fail.
#[test]
#[ignore = "started by the others"]
fn faulty_server() {
    if is_started_for("faults::faulty_server") {
        serve();
    }
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn e12_a_failing_call_harms_at_most_its_connection() {
    for (case, harm) in CASES {
        let inject = format!("inject={case}");
        let through = strace(&inject);
        let server = Served::start(&through, "faults::faulty_server");
        let served = (0..4).filter(|_| is_served(&server, case)).count();
        let want = if *harm == Nobody { 4 } else { 3 };
        assert_eq!(served, want, "{case}");
        let mut wire = server.open();
        assert!(server.stop(&mut wire).success(), "{case}");
    }
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn e13_shortages_while_accepting_pass() {
    for error in ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"] {
        // Two calls for each: the one that is told of the shortage, and that of the reserve.
        let inject = format!("inject=accept4:error={error}:when=1..4");
        let through = strace(&inject);
        let server = Served::start(&through, "faults::faulty_server");
        for _ in 0..3 {
            assert!(is_served(&server, error), "{error}");
        }
        let mut wire = server.open();
        assert!(server.stop(&mut wire).success(), "{error}");
    }
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn e12_one_shortage_does_not_silence_a_connection_with_much_to_say() {
    // The first call is that of the handshake.
    let through = strace("inject=sendto:error=ENOBUFS:when=2");
    let server = Served::start(&through, "faults::faulty_server");
    let mut wire = server.open();
    // More often than a failed call is tried again.
    const PERIOD: Duration = Duration::from_millis(4);
    let mut said = 0;
    let mut last = Instant::now();
    wait("an echo comes", || {
        if last.elapsed() > PERIOD {
            assert!(said < 2_000, "silent for {said} messages");
            wire.say(&frame(BINARY, b"x"));
            said += 1;
            last = Instant::now();
        }
        wire.pump();
        !wire.received.is_empty()
    });
    wait("all echoes come", || {
        wire.pump();
        wire.received.len() >= 3 * said
    });
    assert_eq!(wire.received, b"\x82\x01x".repeat(said));
    assert!(server.stop(&mut wire).success());
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn e12_reading_that_fails_for_long_does_not_spin() {
    // The first call is that of the handshake, or came too early for it: then the handshake has to wait.
    let through = strace("inject=recvfrom:error=ENOMEM:when=2..101");
    let server = Served::start(&through, "faults::faulty_server");
    let began = Instant::now();
    let mut wire = server.open();
    wire.say(&frame(TEXT, b"unread"));
    wait("it is read after all", || {
        wire.pump();
        wire.received == b"\x81\x06unread"
    });
    // Each of a hundred failures is followed by 10 ms of rest.
    assert!(began.elapsed() > Duration::from_millis(500), "{:?}", began.elapsed());
    assert!(server.stop(&mut wire).success());
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn e12_an_end_that_came_before_a_failing_read_is_seen() {
    let through = strace("inject=recvfrom:error=ENOMEM:when=2+2");
    let server = Served::start(&through, "faults::faulty_server");
    for at in 0..10 {
        let mut wire = server.open();
        wire.say(&frame(TEXT, b"last"));
        wire.finish();
        wait("the server ends too", || {
            wire.pump();
            wire.end.is_some()
        });
        assert_eq!(wire.received, b"\x81\x04last", "{at}");
    }
    let mut wire = server.open();
    assert!(server.stop(&mut wire).success());
}

#[test]
#[ignore = "needs strace; run by tests/net/inject"]
fn e12_accepting_that_fails_for_long_does_not_spin() {
    // Five turns of 64 calls each.
    let through = strace("inject=accept4:error=EPERM:when=1..320");
    let server = Served::start(&through, "faults::faulty_server");
    let began = Instant::now();
    // Nothing tells the loop when calls fail no longer: it comes back by itself.
    assert!(is_served(&server, "after the failures"));
    // It rests after each turn, for 100 ms at first, then for twice as long as before.
    assert!(began.elapsed() > Duration::from_secs(1), "{:?}", began.elapsed());
    let mut wire = server.open();
    assert!(server.stop(&mut wire).success());
}
