//! Section 10, considerations of security: limits at their borders, and input without any sense.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::Role;
use oxws::protocol::settings::Limits;
use proptest::prelude::*;

use crate::harness::{Driver, REQUEST, ROLES, Seen};
use crate::rows::{Case, binary, failed, frame, frames, peer_of, text, told};

#[test]
fn a03_a_message_above_the_limit_fails_from_its_header_alone() {
    let tight = |to: &mut Limits| to.max_message_bytes = 200;
    for role in ROLES {
        let by = peer_of(role);
        let fits = frame(by, 0x82, &[9; 200]);
        Case::new("fits", role, fits, vec![binary(&[9; 200])], vec![]).with(tight).check();
        let too_big = frame(by, 0x82, &[9; 201]);
        let case = |received| Case::failing("over", role, received, ErrorCode::MessageTooBig);
        case(too_big.clone()).with(tight).check();
        case(too_big[..4].to_vec()).with(tight).check();
    }
}

#[test]
fn a03_a_frame_above_the_limit_fails_from_its_header_alone() {
    let tight = |to: &mut Limits| to.max_frame_bytes = 200;
    for role in ROLES {
        let by = peer_of(role);
        let whole = [[9; 200], [9; 200]].concat();
        let fits = frames(by, &[(0x02, &[9; 200]), (0x80, &[9; 200])]);
        Case::new("fits", role, fits, vec![binary(&whole)], vec![]).with(tight).check();
        for first in [0x82, 0x02] {
            let received = frame(by, first, &[9; 201])[..4].to_vec();
            Case::failing("first", role, received, ErrorCode::FrameTooBig).with(tight).check();
        }
        let mut received = frame(by, 0x02, b"a");
        received.extend(&frame(by, 0x80, &[9; 201])[..4]);
        Case::failing("second", role, received, ErrorCode::FrameTooBig).with(tight).check();
    }
}

#[test]
fn a03_the_limits_of_the_defaults() {
    for (role, most) in [(Role::Server, 1_048_576), (Role::Client, 16_777_216)] {
        let mask = if role == Role::Server { 0x80 } else { 0 };
        let header = |length: u32| {
            let [a, b, c, d] = length.to_be_bytes();
            vec![0x82, mask | 127, 0, 0, 0, 0, a, b, c, d]
        };
        let mut driver = Driver::open(role, |_| ());
        driver.feed(&header(most));
        assert_eq!(driver.seen, []);
        let mut driver = Driver::open(role, |_| ());
        driver.feed(&header(most + 1));
        assert_eq!(driver.seen, [failed(ErrorCode::FrameTooBig)]);
        assert_eq!(driver.sent, told(role, ErrorCode::FrameTooBig));
    }
}

#[test]
fn a03_a_limit_of_zero_lets_empty_messages_pass() {
    for role in ROLES {
        let by = peer_of(role);
        let none = |to: &mut Limits| to.max_message_bytes = 0;
        let empty = frames(by, &[(0x81, b""), (0x01, b""), (0x80, b"")]);
        Case::new("empty", role, empty, vec![text(""), text("")], vec![]).with(none).check();
        let one = frame(by, 0x81, b"x");
        Case::failing("one", role, one, ErrorCode::MessageTooBig).with(none).check();
    }
}

#[test]
fn a03_a_declared_length_pins_no_memory() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        let mut bytes = frame(peer_of(role), 0x82, &vec![1; 1_048_576]);
        bytes.truncate(15);
        driver.feed(&bytes);
        let pinned = driver.connection.pinned_bytes();
        assert!(pinned <= 65_536 + 64, "{pinned}");
        let room = driver.connection.direct_room().unwrap().len();
        assert!((1..=65_536).contains(&room), "{room}");
    }
}

#[test]
fn direct_room_is_offered_for_large_frames_and_bounded_by_them() {
    for role in ROLES {
        let payload = vec![3; 70_000];
        let whole = frame(peer_of(role), 0x82, &payload);
        let header = whole.len() - payload.len();
        let mut driver = Driver::open(role, |_| ());
        assert!(driver.connection.direct_room().is_none());
        driver.feed(&whole[..header + 4464]);
        // 65 536 bytes are missing.
        let room = driver.connection.direct_room().map(|room| room.len());
        assert!(room.is_some_and(|len| (1..=65_536).contains(&len)), "{room:?}");
        driver.feed(&whole[header + 4464..header + 4465]);
        assert!(driver.connection.direct_room().is_none());
        driver.feed(&whole[header + 4465..]);
        assert!(driver.seen == [Seen::Binary(payload)]);
    }
}

/// Frames that are mostly right, so that what follows them is reached.
fn any_frame() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let first = prop_oneof![
        8 => prop::sample::select(vec![0x81u8, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a]),
        1 => any::<u8>(),
        1 => Just(0x88u8),
    ];
    let payload = prop_oneof![
        "\\PC{0,20}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..200),
        Just(b"\x03\xe8bye".to_vec()),
    ];
    (first, payload)
}

/// What a connection makes of `bytes`, cut into pieces of the given sizes in turn.
fn outcome(
    role: Role,
    bytes: &[u8],
    sizes: &[usize],
    tight: fn(&mut Limits),
) -> (Vec<Seen>, Vec<u8>) {
    let mut driver = Driver::open(role, tight);
    driver.uses_direct = sizes.len() % 2 == 1;
    let mut rest = bytes;
    for size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        driver.feed(piece);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    let ends = driver.seen.iter().filter(|seen| matches!(seen, Seen::Closed(_))).count();
    assert!(ends <= 1);
    assert_eq!(ends == 1, driver.connection.has_ended());
    (driver.seen, driver.sent)
}

/// A pong is at most four bytes longer than its ping; the last word is one Close frame.
fn check_any(role: Role, bytes: &[u8], sizes: &[usize], tight: fn(&mut Limits)) {
    let (seen, sent) = outcome(role, bytes, &[bytes.len().max(1)], tight);
    assert!(sent.len() <= bytes.len() * 3 + 131, "{} bytes out", sent.len());
    assert!(seen.len() <= bytes.len() / 2 + 1);
    for sizes in [sizes, &[1]] {
        let (other_seen, other_sent) = outcome(role, bytes, sizes, tight);
        assert_eq!(seen, other_seen, "{sizes:?}");
        assert_eq!(sent, other_sent, "{sizes:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a18_random_bytes_end_the_same_whatever_their_pieces(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        sizes in prop::collection::vec(1usize..50, 1..6),
    ) {
        for role in ROLES {
            check_any(role, &bytes, &sizes, |_| ());
        }
    }

    #[test]
    fn a18_random_frames_end_the_same_whatever_their_pieces(
        list in prop::collection::vec(any_frame(), 0..12),
        sizes in prop::collection::vec(1usize..300, 1..6),
        cut in 0usize..12,
    ) {
        let tight = |to: &mut Limits| {
            to.max_message_bytes = 400;
            to.max_frame_bytes = 190;
            to.max_fragments = 4;
            to.control_burst = 5;
        };
        for role in ROLES {
            let list: Vec<(u8, &[u8])> = list.iter().map(|(a, b)| (*a, &b[..])).collect();
            let mut bytes = frames(peer_of(role), &list);
            bytes.truncate(bytes.len().saturating_sub(cut));
            check_any(role, &bytes, &sizes, |_| ());
            check_any(role, &bytes, &sizes, tight);
        }
    }

    #[test]
    fn a18_random_bytes_where_a_handshake_belongs_terminate(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        step in 1usize..40,
        cut in 0usize..200,
    ) {
        for role in ROLES {
            let mut driver = Driver::begin(role, |_| ());
            driver.drain();
            let half = &REQUEST[..cut.min(REQUEST.len())];
            let bytes = [half, &bytes].concat();
            bytes.chunks(step).for_each(|piece| driver.feed(piece));
            driver.connection.lost(ErrorCode::ConnectionLost, 0);
            driver.turn();
            driver.end();
            prop_assert!(driver.sent.len() < 1000);
        }
    }
}

#[test]
fn a18_many_empty_messages_in_one_piece_are_all_reported() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        let bytes = frame(peer_of(role), 0x81, b"").repeat(50_000);
        driver.feed(&bytes);
        assert_eq!(driver.seen.len(), 50_000);
    }
}
