//! What the report of an end tells besides the error: the stage, the place of the fault and the
//! frames before it, however the input was cut.

use oxws::protocol::close::CloseCode;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::CloseReport;
use oxws::protocol::failure::{Stage, Timeout};
use oxws::protocol::opcode::Role;
use oxws::protocol::settings::Limits;

use crate::harness::{Driver, REQUEST, ROLES, Seen};
use crate::rows::leaving;

/// Frames that an open connection receives, and what the report says of the one that is refused.
struct Refused {
    role: Role,
    received: &'static [u8],
    error: ErrorCode,
    offset: u64,
    heads: &'static [[u8; 2]],
}

const REFUSED: &[Refused] = &[
    Refused {
        role: Role::Client,
        received: b"\x81\x02hi\x82\x01\0\x91\x00",
        error: ErrorCode::ReservedBits,
        offset: 7,
        heads: &[[0x81, 2], [0x82, 1], [0x91, 0]],
    },
    Refused {
        role: Role::Client,
        received: b"\x83\x00",
        error: ErrorCode::ReservedOpcode,
        offset: 0,
        heads: &[[0x83, 0]],
    },
    Refused {
        role: Role::Client,
        received: b"\x00\x00",
        error: ErrorCode::UnexpectedContinuation,
        offset: 0,
        heads: &[[0, 0]],
    },
    Refused {
        role: Role::Client,
        received: b"\x81\x02hi\x81\x01\xff",
        error: ErrorCode::TextUtf8,
        offset: 4,
        heads: &[[0x81, 2], [0x81, 1]],
    },
    Refused {
        role: Role::Client,
        received: b"\x01\x01a\x00\x01b\x80\x01\xff",
        error: ErrorCode::TextUtf8,
        offset: 6,
        heads: &[[0x01, 1], [0x00, 1], [0x80, 1]],
    },
    // The last frame is empty, and leaves a character unfinished.
    Refused {
        role: Role::Client,
        received: b"\x01\x02a\xc3\x89\x01p\x80\x00",
        error: ErrorCode::TextUtf8,
        offset: 7,
        heads: &[[0x01, 2], [0x89, 1], [0x80, 0]],
    },
    Refused {
        role: Role::Client,
        received: b"\x81\x01a\x82\x01b\x89\x01c\x8a\x01d\x88\x01e",
        error: ErrorCode::ClosePayloadLength,
        offset: 12,
        heads: &[[0x82, 1], [0x89, 1], [0x8a, 1], [0x88, 1]],
    },
    Refused {
        role: Role::Client,
        received: b"\x82\x7f\x80",
        error: ErrorCode::LengthTopBit,
        offset: 0,
        heads: &[[0x82, 0x7f]],
    },
    Refused {
        role: Role::Server,
        received: b"\x81\x80\x01\x02\x03\x04\x89\x81\x00\x00\x00\x00p\x81\x00",
        error: ErrorCode::MaskMissing,
        offset: 13,
        heads: &[[0x81, 0x80], [0x89, 0x81], [0x81, 0]],
    },
    Refused {
        role: Role::Server,
        received: b"\x01\x80\x01\x02\x03\x04\x81\x80",
        error: ErrorCode::ExpectedContinuation,
        offset: 6,
        heads: &[[0x01, 0x80], [0x81, 0x80]],
    },
];

fn report_of(driver: &Driver) -> &CloseReport {
    driver.report.as_ref().expect("the connection has ended")
}

fn heads_of(report: &CloseReport) -> Vec<[u8; 2]> {
    report.frames.iter().collect()
}

/// The input whole, byte by byte, and cut in two at every place.
fn cuts(received: &[u8]) -> Vec<Vec<&[u8]>> {
    let two = (1..received.len()).map(|at| vec![&received[..at], &received[at..]]);
    [vec![received], received.chunks(1).collect()].into_iter().chain(two).collect()
}

#[test]
fn a_refused_frame_is_found_again() {
    for case in REFUSED {
        for pieces in cuts(case.received) {
            let mut driver = Driver::open(case.role, |_| ());
            pieces.iter().for_each(|piece| driver.feed(piece));
            let report = report_of(&driver);
            let about = format!("{:?} in {pieces:02x?}", case.error);
            assert_eq!(report.error, Some(case.error), "{about}");
            assert_eq!(report.stage, Stage::Open, "{about}");
            assert_eq!(report.byte_offset, Some(case.offset), "{about}");
            assert_eq!(heads_of(report), case.heads, "{about}");
        }
    }
}

#[test]
fn a_frame_that_fails_at_its_first_byte_is_told_as_far_as_it_came() {
    for (received, head) in [(&b"\xff\xff"[..], [0xff, 0xff]), (&b"\xff"[..], [0xff, 0])] {
        let mut driver = Driver::open(Role::Server, |_| ());
        driver.feed(received);
        assert_eq!(heads_of(report_of(&driver)), [head]);
    }
}

#[test]
fn frames_of_the_short_way_count() {
    let mut driver = Driver::open(Role::Client, |_| ());
    let mut received = *b"\x81\x02hi\x82\x7e\x00\x80";
    let now = driver.now;
    let whole = driver.connection.receive_whole(&mut received, now).unwrap();
    assert_eq!((whole.payload, whole.consumed), (&b"hi"[..], 4));
    let mut medium = [&b"\x82\x7e\x00\x80"[..], &[7; 128]].concat();
    assert_eq!(driver.connection.receive_whole(&mut medium, now).unwrap().consumed, 132);
    driver.feed(b"\x89\x00\x82\x80");
    let report = report_of(&driver);
    assert_eq!((report.error, report.byte_offset), (Some(ErrorCode::MaskUnexpected), Some(138)));
    assert_eq!(heads_of(report), [[0x81, 2], [0x82, 0x7e], [0x89, 0], [0x82, 0x80]]);
}

#[test]
fn a_large_frame_that_fails_on_its_way_is_found_again() {
    let mut payload = vec![b'a'; 200_000];
    payload[150_000] = 0xff;
    let frame = [&b"\x81\x7f\x00\x00\x00\x00\x00\x03\x0d\x40"[..], &payload].concat();
    for uses_direct in [false, true] {
        let mut driver = Driver::open(Role::Client, |_| ());
        driver.uses_direct = uses_direct;
        driver.feed(b"\x81\x02hi");
        frame.chunks(70_000).for_each(|piece| driver.feed(piece));
        let report = report_of(&driver);
        assert_eq!((report.error, report.byte_offset), (Some(ErrorCode::TextUtf8), Some(4)));
        assert_eq!(heads_of(report), [[0x81, 2], [0x81, 0x7f]]);
    }
}

#[test]
fn limits_name_the_frame_that_passed_them() {
    let few = |limits: &mut Limits| limits.max_frame_bytes = 10;
    for (received, offset) in [(&b"\x82\x0b"[..], 0), (b"\x02\x0a0123456789\x80\x0b", 12)] {
        let mut driver = Driver::open(Role::Client, few);
        driver.feed(received);
        let report = report_of(&driver);
        let want = (Some(ErrorCode::FrameTooBig), Some(offset));
        assert_eq!((report.error, report.byte_offset), want);
    }
}

#[test]
fn an_end_without_a_faulty_frame_has_no_offset() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        let ping: &[u8] =
            if role == Role::Server { b"\x89\x80\x01\x02\x03\x04" } else { b"\x89\0" };
        driver.feed(ping);
        driver.connection.lost(ErrorCode::ConnectionReset, 104);
        driver.turn();
        let report = report_of(&driver);
        assert_eq!((report.byte_offset, report.stage), (None, Stage::Open));
        assert_eq!((report.os_error, report.tls_alert), (104, None));
        assert_eq!(heads_of(report), [[ping[0], ping[1]]]);
    }
}

#[test]
fn the_stage_is_that_of_the_moment() {
    let mut opening = Driver::begin(Role::Client, |_| ());
    opening.connection.transport_reached(Stage::Resolve, opening.now);
    opening.connection.transport_reached(Stage::Connect, opening.now);
    opening.connection.lost(ErrorCode::ConnectFailed, 111);
    opening.turn();
    assert_eq!(report_of(&opening).stage, Stage::Connect);

    let mut waiting = Driver::begin(Role::Client, |_| ());
    waiting.connection.abort(ErrorCode::Cancelled);
    waiting.turn();
    assert_eq!(report_of(&waiting).stage, Stage::Handshake);

    let mut deciding = Driver::begin(Role::Server, |_| ());
    deciding.feed(REQUEST);
    deciding.connection.abort(ErrorCode::Cancelled);
    deciding.turn();
    assert_eq!(report_of(&deciding).stage, Stage::Handshake);

    let mut closing = Driver::open(Role::Client, |_| ());
    let frame = leaving(CloseCode::NORMAL.number(), "");
    closing.with(|connection, cx| connection.close(frame, cx)).unwrap();
    closing.drain();
    closing.feed(b"\x91\x00");
    let report = report_of(&closing);
    assert_eq!((report.stage, report.byte_offset), (Stage::Closing, Some(0)));

    let mut clean = Driver::open(Role::Client, |_| ());
    clean.feed(b"\x88\x00");
    let report = report_of(&clean);
    assert_eq!((report.stage, report.error), (Stage::Closing, None));
    assert_eq!(heads_of(report), [[0x88, 0]]);
}

#[test]
fn a_refused_head_is_refused_at_a_byte() {
    let cases: [(Role, &[u8], ErrorCode, u64); 5] = [
        (Role::Server, b"GET / HTTP/1.1\r\nHost: a\r\n\0", ErrorCode::HandshakeMalformed, 25),
        (Role::Server, b"GET / HTTP/2.0\r\n", ErrorCode::HandshakeHttpVersion, 11),
        (Role::Server, b"\r\nGET / HTTP/1.1\r\n", ErrorCode::HandshakeMalformed, 0),
        (Role::Client, b"HTTP/1.1 10x", ErrorCode::HandshakeMalformed, 11),
        // The offset is that in the head which is refused, not in an interim one before it.
        (Role::Client, b"HTTP/1.1 103 \r\n\r\nHTTP/1.1 \n", ErrorCode::HandshakeMalformed, 9),
    ];
    for (role, received, error, offset) in cases {
        for pieces in cuts(received) {
            let mut driver = Driver::begin(role, |_| ());
            pieces.iter().for_each(|piece| driver.feed(piece));
            let report = report_of(&driver);
            assert_eq!((report.error, report.stage), (Some(error), Stage::Handshake));
            assert_eq!(report.byte_offset, Some(offset), "{error:?} in {pieces:02x?}");
            assert_eq!(report.frames.count(), 0);
        }
    }
}

#[test]
fn c02_c03_a_head_beyond_its_limits_is_refused_at_the_byte_that_is_too_many() {
    let few = |limits: &mut Limits| (limits.head.total_bytes, limits.head.fields) = (40, 2);
    let cases: [(&[u8], u64); 2] = [
        (b"GET / HTTP/1.1\r\nHost: 0123456789012345678901234567890", 40),
        (b"GET / HTTP/1.1\r\na:1\r\nb:1\r\nc:1\r\n", 26),
    ];
    for (received, offset) in cases {
        let mut driver = Driver::begin(Role::Server, few);
        driver.feed(received);
        let report = report_of(&driver);
        let want = (Some(ErrorCode::HandshakeHeadTooLarge), Some(offset));
        assert_eq!((report.error, report.byte_offset), want);
    }
}

#[test]
fn a_field_that_is_at_fault_has_a_name_and_no_offset() {
    let without_key = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n";
    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.feed(without_key);
    let report = report_of(&driver);
    assert_eq!((report.error, report.byte_offset), (Some(ErrorCode::HandshakeKey), None));
    assert_eq!(report.http_status, 400);
    assert_eq!(ErrorCode::HandshakeKey.header_name(), Some("Sec-WebSocket-Key"));
}

#[test]
fn a_refusal_keeps_the_answer() {
    let answer = b"HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbody";
    for pieces in cuts(answer) {
        let mut driver = Driver::begin(Role::Client, |_| ());
        pieces.iter().for_each(|piece| driver.feed(piece));
        assert_eq!(driver.seen.first(), Some(&Seen::Response(403)));
        let report = report_of(&driver);
        let response = report.response.as_ref().unwrap();
        assert_eq!((response.status(), response.phrase()), (403, "No"));
        assert_eq!((response.body(), report.http_status), (&b"body"[..], 403));
    }
}

#[test]
fn deadlines_and_header_names_belong_to_their_errors() {
    let timeouts: Vec<_> = ErrorCode::ALL
        .iter()
        .filter_map(|error| error.timeout().map(|timeout| (*error, timeout)))
        .collect();
    let want = [
        (ErrorCode::HandshakeTimeout, Timeout::Handshake),
        (ErrorCode::PongTimeout, Timeout::Pong),
        (ErrorCode::IdleTimeout, Timeout::Idle),
        (ErrorCode::CloseTimeout, Timeout::Close),
        (ErrorCode::WriteStalled, Timeout::WriteStall),
        (ErrorCode::ConnectTimeout, Timeout::Connect),
    ];
    assert_eq!(timeouts, want);
    for error in ErrorCode::ALL.iter().filter(|error| error.header_name().is_some()) {
        assert!((-322..=-300).contains(&error.number()), "{error:?}");
    }
}
