//! Section 8.1: text is UTF-8, judged at the first byte that no text can have there.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::opcode::{MessageType, Role};

use crate::harness::{Driver, ROLES, Seen};
use crate::rows::{Case, close_frame, closed, failed, frame, frames, peer_of, text, told};

/// One character of each length, and the borders of what can be written.
const VALID: [&str; 8] = [
    "κόσμε",
    "a\u{e4}\u{20ac}\u{1f600}z",
    "\u{0}\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}",
    "\u{d7ff}\u{e000}\u{fffd}\u{feff}",
    "",
    "plain",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "Hello-µ@ßöäüàá-UTF-8!!",
];

/// Bytes that are no text, and how many of them show it.
const INVALID: [(&str, &[u8], usize); 24] = [
    ("lone continuation", b"\x80", 1),
    ("lone continuation, last", b"\xbf", 1),
    ("overlong slash in two", b"\xc0\xaf", 1),
    ("overlong in two, last", b"\xc1\xbf", 1),
    ("overlong slash in three", b"\xe0\x80\xaf", 2),
    ("overlong in three, last", b"\xe0\x9f\xbf", 2),
    ("overlong slash in four", b"\xf0\x80\x80\xaf", 2),
    ("overlong in four, last", b"\xf0\x8f\xbf\xbf", 2),
    ("first surrogate", b"\xed\xa0\x80", 2),
    ("last surrogate", b"\xed\xbf\xbf", 2),
    ("pair of surrogates", b"\xed\xa0\xbd\xed\xb8\x80", 2),
    ("beyond the last character", b"\xf4\x90\x80\x80", 2),
    ("f5", b"\xf5\x80\x80\x80", 1),
    ("five bytes", b"\xf8\x88\x80\x80\x80", 1),
    ("six bytes", b"\xfc\x84\x80\x80\x80\x80", 1),
    ("fe", b"\xfe", 1),
    ("ff", b"\xff", 1),
    ("two cut by ascii", b"\xc3\x28", 2),
    ("three cut at two", b"\xe2\x28\xa1", 2),
    ("three cut at three", b"\xe2\x82\x28", 3),
    ("four cut at two", b"\xf0\x28\x8c\xbc", 2),
    ("four cut at three", b"\xf0\x90\x28\xbc", 3),
    ("four cut at four", b"\xf0\x90\x8c\x28", 4),
    ("cut by a new character", b"\xe2\x82\xe2\x82\xac", 3),
];

/// Ends inside of a character: nothing but the end of the message is wrong.
const CUT: [&[u8]; 6] =
    [b"\xc3", b"\xe2", b"\xe2\x82", b"\xf0", b"\xf0\x9f\x98", b"fine but \xf4\x8f\xbf"];

#[test]
fn a14_text_is_received_whatever_splits_its_characters() {
    for role in ROLES {
        for valid in VALID {
            let received = frame(peer_of(role), 0x81, valid.as_bytes());
            Case::new("whole", role, received, vec![text(valid)], vec![]).check();
            for cut in 0..=valid.len() {
                let (front, back) = valid.as_bytes().split_at(cut);
                let received = frames(peer_of(role), &[(0x01, front), (0x80, back)]);
                Case::new("fragments", role, received, vec![text(valid)], vec![]).check();
            }
            let mut list: Vec<(u8, &[u8])> = vec![(0x01, b"")];
            for byte in valid.as_bytes().chunks(1) {
                list.extend([(0x00, byte), (0x8a, b"")]);
            }
            list.push((0x80, b""));
            let mut driver = Driver::open(role, |_| ());
            driver.feed(&frames(peer_of(role), &list));
            assert_eq!(driver.seen.last(), Some(&text(valid)));
        }
    }
}

#[test]
fn a14_what_is_no_text_fails_wherever_it_is_cut() {
    let error = ErrorCode::TextUtf8;
    for role in ROLES {
        for (name, bytes, _) in INVALID {
            for payload in [bytes.to_vec(), [b"text ", bytes, b" and more"].concat()] {
                let received = frame(peer_of(role), 0x81, &payload);
                Case::failing(name, role, received, error).check();
                let middle = payload.len() / 2;
                let (front, back) = payload.split_at(middle);
                let received = frames(peer_of(role), &[(0x01, front), (0x80, back)]);
                Case::failing(name, role, received, error).check();
            }
        }
        for bytes in CUT {
            let received = frame(peer_of(role), 0x81, bytes);
            Case::failing("cut", role, received, error).check();
            let received = frames(peer_of(role), &[(0x01, bytes), (0x80, b"")]);
            Case::failing("cut fragment", role, received, error).check();
        }
    }
}

/// The connection fails while the frame is still on its way, at the very byte that shows it.
#[test]
fn a14_text_fails_at_its_first_impossible_byte() {
    for role in ROLES {
        let header = if role == Role::Server { 6 } else { 2 };
        for (name, bytes, shown_after) in INVALID {
            for before in ["", "abc", "\u{20ac}"] {
                let payload = [before.as_bytes(), bytes, &[b'z'; 60]].concat();
                let received = frame(peer_of(role), 0x81, &payload);
                let fails_at = header + before.len() + shown_after;
                check_fails_at(name, role, &received, fails_at);
                // In a later fragment as well, and with the character cut between two frames.
                let (front, back) = payload.split_at(before.len() + 1);
                if shown_after > 1 {
                    let received = frames(peer_of(role), &[(0x01, front), (0x00, back)]);
                    check_fails_at(name, role, &received, 2 * header + before.len() + shown_after);
                }
            }
        }
    }
}

fn check_fails_at(name: &str, role: Role, received: &[u8], fails_at: usize) {
    let mut driver = Driver::open(role, |_| ());
    for (at, byte) in received.iter().enumerate() {
        assert_eq!(driver.seen.is_empty(), at < fails_at, "{name} as {role:?} at {at}");
        driver.feed(&[*byte]);
    }
    assert_eq!(driver.seen, [failed(ErrorCode::TextUtf8)]);
    assert_eq!(driver.sent, told(role, ErrorCode::TextUtf8));
}

#[test]
fn a14_large_text_that_is_received_directly_is_judged_as_well() {
    let letters = "\u{20ac}".repeat(50_000).into_bytes();
    for role in ROLES {
        let received = frame(peer_of(role), 0x81, &letters);
        let good = Seen::Text(String::from_utf8(letters.clone()).unwrap());
        let mut bad = letters.clone();
        bad[70_000] = 0xff;
        let bad = frame(peer_of(role), 0x81, &bad);
        for step in [1000, 40_001, 90_000] {
            let mut driver = Driver::open(role, |_| ());
            driver.uses_direct = true;
            received.chunks(step).for_each(|piece| driver.feed(piece));
            assert!(driver.seen == [good.clone()], "{step}");
            let mut driver = Driver::open(role, |_| ());
            driver.uses_direct = true;
            bad.chunks(step).for_each(|piece| driver.feed(piece));
            assert_eq!(driver.seen, [failed(ErrorCode::TextUtf8)], "{step}");
        }
    }
}

#[test]
fn a14_binary_messages_may_hold_anything() {
    for role in ROLES {
        for (name, bytes, _) in INVALID {
            let received = frame(peer_of(role), 0x82, bytes);
            let events = vec![Seen::Binary(bytes.to_vec())];
            Case::new(name, role, received, events, vec![]).check();
        }
    }
}

#[test]
fn a14_each_message_begins_with_a_fresh_judgement() {
    for role in ROLES {
        let list: [(u8, &[u8]); 5] = [
            (0x02, b"\xe2\x82"),
            (0x80, b""),
            (0x81, b"\xe2\x82\xac"),
            (0x01, b"\xe2\x82"),
            (0x80, b"\xac"),
        ];
        let received = frames(peer_of(role), &list);
        let euro = "\u{20ac}";
        let events = vec![Seen::Binary(vec![0xe2, 0x82]), text(euro), text(euro)];
        Case::new("fresh", role, received, events, vec![]).check();
    }
}

#[test]
fn a15_the_reason_of_a_close_frame_is_text_too() {
    for role in ROLES {
        for (name, bytes, _) in INVALID {
            let payload = [b"\x03\xe8", bytes].concat();
            let received = frame(peer_of(role), 0x88, &payload);
            Case::failing(name, role, received, ErrorCode::CloseReasonUtf8).check();
        }
        for bytes in CUT {
            let received = frame(peer_of(role), 0x88, &[b"\x03\xe8", bytes].concat());
            Case::failing("cut", role, received, ErrorCode::CloseReasonUtf8).check();
        }
        for valid in VALID {
            let received = close_frame(peer_of(role), 3000, valid);
            let events = vec![closed(Initiator::Remote, (3000, ""), (3000, valid))];
            Case::new(valid, role, received, events, close_frame(role, 3000, "")).check();
        }
    }
}

#[test]
fn text_that_is_sent_must_be_text() {
    for role in ROLES {
        let driver = Driver::open(role, |_| ());
        for valid in VALID {
            let checked = driver.connection.check_send(MessageType::Text, valid.as_bytes());
            assert_eq!(checked, Ok(()));
        }
        for bytes in INVALID.iter().map(|(_, bytes, _)| *bytes).chain(CUT) {
            let checked = driver.connection.check_send(MessageType::Text, bytes);
            assert_eq!(checked, Err(ErrorCode::InvalidUtf8), "{bytes:x?}");
            assert_eq!(driver.connection.check_send(MessageType::Binary, bytes), Ok(()));
        }
    }
}
