//! Section 5.4 from the sending side: messages in pieces and in parts, and pongs of the
//! application's own.

use oxws::protocol::close::CloseFrame;
use oxws::protocol::connection::{Choice, Connection, Context, put_message};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::{MessageType, Role};

use crate::harness::{Driver, ROLES};
use crate::rows::{close_frame, frame, frames, leaving, peer_of, ping};

/// Pieces, the last of which ends the message, and the frames that they become.
type Row<'a> = (&'a str, MessageType, &'a [&'a [u8]], &'a [(u8, &'a [u8])]);

/// Parts, and the first byte and the payload of their frame.
type PartsRow<'a> = (MessageType, &'a [&'a [u8]], u8, &'a [u8]);

const TEXT: MessageType = MessageType::Text;
const BINARY: MessageType = MessageType::Binary;

fn open(role: Role) -> Driver {
    Driver::open(role, |_| ())
}

fn begin(driver: &mut Driver, kind: MessageType) -> Result<(), ErrorCode> {
    driver.connection.begin_message(kind, Choice::BySize)
}

fn piece(driver: &mut Driver, bytes: &[u8], fin: bool) -> Result<(), ErrorCode> {
    driver.with(|connection, cx| connection.send_piece(bytes, fin, cx))
}

fn send(driver: &mut Driver, kind: MessageType, bytes: &[u8]) -> Result<(), ErrorCode> {
    driver.connection.check_send(kind, bytes)?;
    driver.with(|connection, cx| connection.send(kind, bytes, cx))
}

#[test]
fn a_message_in_pieces_is_a_frame_for_each() {
    let long = [7; 126];
    let rows: [Row<'_>; 9] = [
        ("one", TEXT, &[b"Hello"], &[(0x81, b"Hello")]),
        ("nothing", BINARY, &[b""], &[(0x82, b"")]),
        ("two", TEXT, &[b"Hel", b"lo"], &[(0x01, b"Hel"), (0x80, b"lo")]),
        ("three", BINARY, &[b"a", b"b", b"c"], &[(0x02, b"a"), (0x00, b"b"), (0x80, b"c")]),
        ("empty end", BINARY, &[b"a", b""], &[(0x02, b"a"), (0x80, b"")]),
        (
            "empty pieces send nothing",
            BINARY,
            &[b"", b"a", b"", b"b"],
            &[(0x02, b"a"), (0x80, b"b")],
        ),
        ("only the end", TEXT, &[b"", b"", b"x"], &[(0x81, b"x")]),
        ("longer", BINARY, &[&long, &long], &[(0x02, &long), (0x80, &long)]),
        (
            "inside a character",
            TEXT,
            &[b"\xf0", b"\x9f\x98", b"\x80"],
            &[(0x01, b"\xf0"), (0x00, b"\x9f\x98"), (0x80, b"\x80")],
        ),
    ];
    for role in ROLES {
        for (name, kind, pieces, want) in &rows {
            let mut driver = open(role);
            begin(&mut driver, *kind).unwrap();
            for (place, bytes) in pieces.iter().enumerate() {
                piece(&mut driver, bytes, place + 1 == pieces.len()).unwrap();
            }
            driver.drain();
            assert_eq!(driver.sent, frames(role, want), "{name} as {role:?}");
            assert_eq!(send(&mut driver, TEXT, b"next"), Ok(()), "{name} as {role:?}");
        }
    }
}

#[test]
fn nothing_but_control_frames_gets_between_the_pieces() {
    for role in ROLES {
        let mut driver = open(role);
        assert_eq!(piece(&mut driver, b"a", false), Err(ErrorCode::InvalidState));
        assert_eq!(piece(&mut driver, b"a", true), Err(ErrorCode::InvalidState));
        begin(&mut driver, TEXT).unwrap();
        assert_eq!(begin(&mut driver, TEXT), Err(ErrorCode::InvalidState));
        assert_eq!(send(&mut driver, TEXT, b"b"), Err(ErrorCode::InvalidState));
        piece(&mut driver, b"a", false).unwrap();
        assert_eq!(send(&mut driver, BINARY, b"b"), Err(ErrorCode::InvalidState));
        let quick = driver.with(|connection, cx| quickly(connection, BINARY, b"b", cx));
        assert!(!quick);
        let parts = driver.connection.check_parts(BINARY, &[b"b"]);
        assert_eq!(parts, Err(ErrorCode::InvalidState));
        driver.with(|connection, cx| connection.ping(b"p", cx)).unwrap();
        driver.receive(&frame(peer_of(role), 0x89, b"q"));
        piece(&mut driver, b"c", true).unwrap();
        assert_eq!(piece(&mut driver, b"d", true), Err(ErrorCode::InvalidState));
        driver.drain();
        let want: [(u8, &[u8]); 4] = [(0x01, b"a"), (0x89, b"p"), (0x8a, b"q"), (0x80, b"c")];
        assert_eq!(driver.sent, frames(role, &want), "{role:?}");
    }
}

#[test]
fn a_text_in_pieces_must_be_text_and_what_is_refused_changes_nothing() {
    for role in ROLES {
        let mut driver = open(role);
        begin(&mut driver, TEXT).unwrap();
        piece(&mut driver, b"a\xc3", false).unwrap();
        assert_eq!(piece(&mut driver, b"a", false), Err(ErrorCode::InvalidUtf8));
        assert_eq!(piece(&mut driver, b"", true), Err(ErrorCode::InvalidUtf8));
        assert_eq!(piece(&mut driver, b"\xa4\xc3", true), Err(ErrorCode::InvalidUtf8));
        piece(&mut driver, b"\xa4", true).unwrap();
        driver.drain();
        let want: [(u8, &[u8]); 2] = [(0x01, b"a\xc3"), (0x80, b"\xa4")];
        assert_eq!(driver.sent, frames(role, &want), "{role:?}");
    }
}

#[test]
fn closing_ends_a_message_that_is_under_way() {
    for role in ROLES {
        let mut driver = open(role);
        begin(&mut driver, BINARY).unwrap();
        piece(&mut driver, b"a", false).unwrap();
        let frame: CloseFrame = leaving(1001, "bye");
        driver.with(|connection, cx| connection.close(frame, cx)).unwrap();
        assert_eq!(piece(&mut driver, b"b", false), Err(ErrorCode::Closed));
        assert_eq!(piece(&mut driver, b"b", true), Err(ErrorCode::Closed));
        assert_eq!(begin(&mut driver, BINARY), Err(ErrorCode::Closed));
        driver.drain();
        let mut want = frames(role, &[(0x02, b"a")]);
        want.extend(close_frame(role, 1001, "bye"));
        assert_eq!(driver.sent, want, "{role:?}");
    }
}

#[test]
fn no_message_begins_before_the_opening() {
    for role in ROLES {
        let mut driver = Driver::begin(role, |_| ());
        assert_eq!(begin(&mut driver, TEXT), Err(ErrorCode::NotOpen));
        assert_eq!(piece(&mut driver, b"a", true), Err(ErrorCode::NotOpen));
    }
}

#[test]
fn parts_leave_as_one_frame() {
    let long = [9; 100];
    let rows: [PartsRow<'_>; 6] = [
        (BINARY, &[], 0x82, b""),
        (BINARY, &[b""], 0x82, b""),
        (TEXT, &[b"Hello"], 0x81, b"Hello"),
        (TEXT, &[b"H", b"", b"el", b"lo"], 0x81, b"Hello"),
        (TEXT, &[b"\xe2", b"\x82", b"\xac"], 0x81, b"\xe2\x82\xac"),
        (BINARY, &[&long, &long], 0x82, &[9; 200]),
    ];
    for role in ROLES {
        for (kind, parts, first, payload) in rows {
            let mut driver = open(role);
            driver.connection.check_parts(kind, parts).unwrap();
            driver
                .with(|connection, cx| connection.send_parts(kind, parts, Choice::BySize, cx))
                .unwrap();
            driver.drain();
            assert_eq!(driver.sent, frame(role, first, payload), "{parts:?} as {role:?}");
        }
        let driver = open(role);
        for parts in [&[b"\xe2", b"\x28"], &[b"\xe2", b"\x82"]] as [&[&[u8]; 2]; 2] {
            let checked = driver.connection.check_parts(TEXT, parts);
            assert_eq!(checked, Err(ErrorCode::InvalidUtf8), "{parts:?}");
            assert_eq!(driver.connection.check_parts(BINARY, parts), Ok(()), "{parts:?}");
        }
    }
}

#[test]
fn pings_can_be_left_to_the_application() {
    for role in ROLES {
        let mut driver = Driver::open_without_pongs(role);
        driver.feed(&frame(peer_of(role), 0x89, b"p"));
        assert_eq!((&driver.seen, driver.sent.len()), (&vec![ping(b"p")], 0), "{role:?}");
        let mut pong = |payload: &[u8]| driver.with(|connection, cx| connection.pong(payload, cx));
        assert_eq!(pong(b"p"), Ok(()));
        assert_eq!(pong(&[0; 126]), Err(ErrorCode::TooLong));
        assert_eq!(pong(&[0; 125]), Ok(()));
        driver.drain();
        let want: [(u8, &[u8]); 2] = [(0x8a, b"p"), (0x8a, &[0; 125])];
        assert_eq!(driver.sent, frames(role, &want), "{role:?}");
        driver.connection.abort(ErrorCode::Cancelled);
        let after = driver.with(|connection, cx| connection.pong(b"", cx));
        assert_eq!(after, Err(ErrorCode::Closed));
        let mut early = Driver::begin(role, |_| ());
        let before = early.with(|connection, cx| connection.pong(b"", cx));
        assert_eq!(before, Err(ErrorCode::NotOpen));
    }
}

/// Sends on the short way, if that can be done.
fn quickly(
    connection: &Connection,
    kind: MessageType,
    payload: &[u8],
    cx: &mut Context<'_>,
) -> bool {
    connection.answers_plainly() && put_message(cx.output, kind, payload)
}

#[test]
fn the_quick_way_writes_what_the_long_one_does_or_nothing() {
    // What the frame begins with, by the length of the payload.
    let cases: [(usize, &[u8]); 6] = [
        (0, &[0x82, 0]),
        (125, &[0x82, 125]),
        (126, &[0x82, 126, 0, 126]),
        (256, &[0x82, 126, 1, 0]),
        (65_535, &[0x82, 126, 0xff, 0xff]),
        (65_536, &[]),
    ];
    for (length, header) in cases {
        let payload = vec![b'a'; length];
        let mut driver = open(Role::Server);
        let is_queued = driver.with(|connection, cx| {
            cx.output.reserve(length + 4).unwrap();
            quickly(connection, BINARY, &payload, cx)
        });
        driver.drain();
        let want = if header.is_empty() { Vec::new() } else { [header, &payload].concat() };
        assert_eq!(is_queued, !header.is_empty(), "{length}");
        assert!(driver.sent == want, "{length}");
    }
}

#[test]
fn the_quick_way_checks_text_and_leaves_what_it_cannot_do() {
    let cases: [(Role, _, &[u8], usize, &[u8]); 5] = [
        (Role::Server, TEXT, "é".as_bytes(), 16, b"\x81\x02\xc3\xa9"),
        (Role::Server, TEXT, b"\xc3", 16, b""),
        // A client has to mask.
        (Role::Client, BINARY, b"a", 16, b""),
        // There is no room yet.
        (Role::Server, BINARY, &[b'a'; 40_000], 0, b""),
        (Role::Server, BINARY, b"ab", 4, b"\x82\x02ab"),
    ];
    for (role, kind, payload, room, want) in cases {
        let mut driver = open(role);
        let is_queued = driver.with(|connection, cx| {
            cx.output.reserve(room).unwrap();
            quickly(connection, kind, payload, cx)
        });
        driver.drain();
        assert_eq!(is_queued, !want.is_empty(), "{role:?} {kind:?} {room}");
        assert_eq!(driver.sent, want, "{role:?} {kind:?} {room}");
    }
}
