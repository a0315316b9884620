//! Section 5.4, fragmentation: which frame may follow which, and what a message may be made of.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::settings::Limits;

use crate::harness::{Driver, ROLES, Seen};
use crate::rows::{
    Case, binary, close_frame, closed, failed, frame, frames, peer_of, ping, pong, text, told,
};

/// Frames, the events that they bring, and the pongs that answer them.
type Row<'a> = (&'a str, &'a [(u8, &'a [u8])], Vec<Seen>, &'a [(u8, &'a [u8])]);

#[test]
fn messages_are_put_together_from_their_frames() {
    let rows: [Row<'_>; 9] = [
        ("two", &[(0x01, b"Hel"), (0x80, b"lo")], vec![text("Hello")], &[]),
        ("three", &[(0x02, b"a"), (0x00, b"b"), (0x80, b"c")], vec![binary(b"abc")], &[]),
        ("empty first", &[(0x01, b""), (0x80, b"all")], vec![text("all")], &[]),
        ("empty last", &[(0x01, b"all"), (0x80, b"")], vec![text("all")], &[]),
        ("all empty", &[(0x02, b""), (0x00, b""), (0x80, b"")], vec![binary(b"")], &[]),
        (
            "one after another",
            &[(0x01, b"a"), (0x80, b"b"), (0x81, b"c"), (0x02, b"d"), (0x80, b"e")],
            vec![text("ab"), text("c"), binary(b"de")],
            &[],
        ),
        (
            "ping between",
            &[(0x01, b"a"), (0x89, b"p"), (0x80, b"b")],
            vec![ping(b"p"), text("ab")],
            &[(0x8a, b"p")],
        ),
        (
            "pong between",
            &[(0x02, b"a"), (0x8a, b""), (0x00, b"b"), (0x8a, b"q"), (0x80, b"c")],
            vec![pong(b""), pong(b"q"), binary(b"abc")],
            &[],
        ),
        (
            "never ended",
            &[(0x01, b"a"), (0x00, b"b"), (0x89, b"")],
            vec![ping(b"")],
            &[(0x8a, b"")],
        ),
    ];
    for role in ROLES {
        for (name, received, events, sent) in &rows {
            let received = frames(peer_of(role), received);
            Case::new(name, role, received, events.clone(), frames(role, sent)).check();
        }
    }
}

#[test]
fn a_close_frame_between_fragments_ends_the_connection_and_the_message_is_lost() {
    for role in ROLES {
        let mut received = frame(peer_of(role), 0x01, b"half");
        received.extend(close_frame(peer_of(role), 1001, "gone"));
        received.extend(frame(peer_of(role), 0x80, b"never"));
        let events = vec![closed(Initiator::Remote, (1001, ""), (1001, "gone"))];
        Case::new("close", role, received, events, close_frame(role, 1001, "")).check();
    }
}

/// What a frame does outside of a message and inside of one: the six opcodes, final or not,
/// behind each of them.
#[test]
fn a11_every_pair_of_frames() {
    let firsts: [(u8, bool); 5] =
        [(0x81, false), (0x01, true), (0x89, false), (0x8a, false), (0x82, false)];
    for role in ROLES {
        for (first, is_inside) in firsts {
            for second in [0x00, 0x80, 0x01, 0x81, 0x02, 0x82, 0x89, 0x8a] {
                check_pair(role, first, is_inside, second);
            }
        }
    }
}

fn check_pair(role: Role, first: u8, is_inside: bool, second: u8) {
    let received = frames(peer_of(role), &[(first, b"1"), (second, b"2")]);
    let (mut events, mut sent) = match first {
        0x81 => (vec![text("1")], vec![]),
        0x82 => (vec![binary(b"1")], vec![]),
        0x89 => (vec![ping(b"1")], frame(role, 0x8a, b"1")),
        0x8a => (vec![pong(b"1")], vec![]),
        _ => (vec![], vec![]),
    };
    let outcome = match (is_inside, second) {
        (false, 0x00 | 0x80) => Err(ErrorCode::UnexpectedContinuation),
        (true, 0x01 | 0x81 | 0x02 | 0x82) => Err(ErrorCode::ExpectedContinuation),
        (true, 0x80) => Ok((Some(text("12")), vec![])),
        (false, 0x81) => Ok((Some(text("2")), vec![])),
        (false, 0x82) => Ok((Some(binary(b"2")), vec![])),
        (_, 0x89) => Ok((Some(ping(b"2")), frame(role, 0x8a, b"2"))),
        (_, 0x8a) => Ok((Some(pong(b"2")), vec![])),
        _ => Ok((None, vec![])),
    };
    match outcome {
        Ok((event, answer)) => {
            events.extend(event);
            sent.extend(answer);
        }
        Err(error) => {
            events.push(failed(error));
            sent.extend(told(role, error));
        }
    }
    let name = format!("{second:#04x} behind {first:#04x}");
    Case::new(&name, role, received, events, sent).check();
}

#[test]
fn a11_a_message_begins_anew_only_when_the_last_one_has_ended() {
    let rows: [Row<'_>; 3] = [
        ("behind its end", &[(0x01, b"a"), (0x80, b"b"), (0x80, b"c")], vec![text("ab")], &[]),
        ("behind a pong", &[(0x8a, b"a"), (0x00, b"b")], vec![pong(b"a")], &[]),
        ("at the start", &[(0x00, b"a")], vec![], &[]),
    ];
    for role in ROLES {
        for (name, received, events, _) in &rows {
            let received = frames(peer_of(role), received);
            let error = ErrorCode::UnexpectedContinuation;
            let events = [&events[..], &[failed(error)]].concat();
            Case::new(name, role, received, events, told(role, error)).check();
        }
    }
}

#[test]
fn a04_fragments_may_not_add_up_to_more_than_a_message_may_have() {
    let eight = |to: &mut Limits| to.max_message_bytes = 8;
    let fitting: [&[(u8, &[u8])]; 4] = [
        &[(0x02, b"1234567"), (0x80, b"")],
        &[(0x02, b"1234567"), (0x80, b"8")],
        &[(0x02, b"1"), (0x00, b"23"), (0x00, b"45"), (0x80, b"678")],
        &[(0x02, b""), (0x80, b"12345678")],
    ];
    let too_many: [&[(u8, &[u8])]; 4] = [
        &[(0x02, b"12345678"), (0x80, b"9")],
        &[(0x02, b"1"), (0x80, b"23456789")],
        &[(0x02, b"1"), (0x00, b"23"), (0x00, b"45"), (0x80, b"6789")],
        &[(0x02, b""), (0x80, b"123456789")],
    ];
    for role in ROLES {
        for list in fitting {
            let whole: Vec<u8> = list.iter().flat_map(|(_, payload)| payload.to_vec()).collect();
            let received = frames(peer_of(role), list);
            Case::new("fits", role, received, vec![binary(&whole)], vec![]).with(eight).check();
        }
        for list in too_many {
            let mut received = frames(peer_of(role), list);
            let payload = list.last().unwrap().1.len();
            Case::failing("whole", role, received.clone(), ErrorCode::MessageTooBig)
                .with(eight)
                .check();
            // The length alone decides: neither payload nor key need have come.
            let key = if role == Role::Server { 4 } else { 0 };
            received.truncate(received.len() - payload - key);
            Case::failing("header", role, received, ErrorCode::MessageTooBig).with(eight).check();
        }
        let one = frame(peer_of(role), 0x82, b"123456789");
        Case::failing("one frame", role, one, ErrorCode::MessageTooBig).with(eight).check();
    }
}

/// The limit of 4 counts every frame of the message; each 16 bytes excuse one more.
#[test]
fn a05_tiny_fragment_flood() {
    let four = |to: &mut Limits| to.max_fragments = 4;
    for role in ROLES {
        let mut received = frame(peer_of(role), 0x02, b"1");
        (2..4).for_each(|_| received.extend(frame(peer_of(role), 0x00, b"x")));
        let mut fitting = received.clone();
        fitting.extend(frame(peer_of(role), 0x80, b"4"));
        Case::new("four", role, fitting, vec![binary(b"1xx4")], vec![]).with(four).check();
        received.extend(frame(peer_of(role), 0x00, b"x"));
        received.extend(frame(peer_of(role), 0x80, b"5"));
        let error = ErrorCode::TooManyFragments;
        Case::failing("five", role, received, error).with(four).check();
    }
    for role in ROLES {
        let mut received = frame(peer_of(role), 0x02, b"0123456789abcdef");
        (2..6).for_each(|_| received.extend(frame(peer_of(role), 0x00, b"x")));
        let mut driver = Driver::open(role, four);
        driver.feed(&received);
        assert_eq!(driver.seen, []);
        driver.feed(&frame(peer_of(role), 0x00, b"x"));
        assert_eq!(driver.seen, [failed(ErrorCode::TooManyFragments)]);
    }
}

#[test]
fn a05_fragments_of_64_bytes_are_no_flood() {
    let piece = [0x2a; 64];
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.feed(&frame(peer_of(role), 0x02, &piece));
        let middle = frame(peer_of(role), 0x00, &piece).repeat(128);
        (0..64).for_each(|_| driver.feed(&middle));
        assert_eq!(driver.seen, []);
        driver.feed(&frame(peer_of(role), 0x80, b""));
        let whole = vec![0x2a; 64 * (128 * 64 + 1)];
        assert!(driver.seen == [Seen::Binary(whole)]);
    }
}

#[test]
fn a05_a_flood_of_one_byte_fragments_pins_no_more_than_it_brings() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.feed(&frame(peer_of(role), 0x02, b"x"));
        for _ in 0..10_000 {
            driver.feed(&frame(peer_of(role), 0x00, b"x"));
            assert!(driver.connection.pinned_bytes() <= 2 * 1100);
        }
        assert_eq!(driver.seen, [failed(ErrorCode::TooManyFragments)]);
    }
}

#[test]
fn a06_empty_fragments_are_counted_with_the_control_frames() {
    let three = |to: &mut Limits| to.control_burst = 3;
    for role in ROLES {
        let by = peer_of(role);
        let received = frames(by, &[(0x01, b""), (0x00, b""), (0x00, b""), (0x00, b"")]);
        Case::failing("empty", role, received, ErrorCode::ControlFlood).with(three).check();
        let fits = frames(by, &[(0x01, b""), (0x00, b""), (0x00, b""), (0x80, b"")]);
        Case::new("the last counts not", role, fits, vec![text("")], vec![]).with(three).check();
        let fits = frame(by, 0x81, b"").repeat(20);
        Case::new("messages", role, fits, vec![text(""); 20], vec![]).with(three).check();
    }
}

#[test]
fn a06_empty_continuation_flood_ends() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.feed(&frame(peer_of(role), 0x02, b""));
        let flood = frame(peer_of(role), 0x00, b"").repeat(1000);
        (0..200).for_each(|_| driver.feed(&flood));
        assert_eq!(driver.end().error, Some(ErrorCode::TooManyFragments));
        assert_eq!(driver.sent, told(role, ErrorCode::TooManyFragments));
    }
}

#[test]
fn a07_what_an_unfinished_message_pins_can_be_asked_and_ended() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        assert_eq!(driver.connection.pinned_bytes(), 0);
        driver.feed(&frame(peer_of(role), 0x02, &[1; 50_000]));
        driver.feed(&frame(peer_of(role), 0x00, &[1; 50_000]));
        let pinned = driver.connection.pinned_bytes();
        assert!((100_000..=200_000 + 65_536).contains(&pinned), "{pinned}");
        driver.with(|connection, cx| connection.fail_later(ErrorCode::BufferBudget, cx));
        driver.turn();
        assert_eq!(driver.seen, [failed(ErrorCode::BufferBudget)]);
        assert_eq!(driver.sent, told(role, ErrorCode::BufferBudget));
        assert_eq!(driver.connection.pinned_bytes(), 0);
    }
}

/// A message that is sent leaves in one frame, whatever is being received.
#[test]
fn sending_does_not_mix_with_a_message_that_is_being_received() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.feed(&frame(peer_of(role), 0x01, b"half"));
        driver.with(|connection, cx| connection.send(MessageType::Text, b"mine", cx)).unwrap();
        driver.feed(&frame(peer_of(role), 0x80, b" done"));
        assert_eq!(driver.seen, [text("half done")]);
        assert_eq!(driver.sent, frame(role, 0x81, b"mine"));
    }
}
