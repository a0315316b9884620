//! Section 5.5, control frames: pings, pongs and what every control frame must hold. Closing has
//! a file of its own.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::Role;
use oxws::protocol::time::Time;

use crate::harness::{Driver, ROLES, Seen};
use crate::rows::{Case, failed, frame, frames, peer_of, ping, pong, text, told};

#[test]
fn a10_a_control_frame_of_more_than_125_bytes_fails_at_its_second_byte() {
    for role in ROLES {
        let mask = if role == Role::Server { 0x80 } else { 0 };
        for first in [0x88, 0x89, 0x8a] {
            for length in [126, 127] {
                let received = vec![first, mask | length];
                Case::failing("two bytes", role, received, ErrorCode::ControlTooLong).check();
            }
            let received = frame(peer_of(role), first, &[0x20; 126]);
            Case::failing("126 bytes", role, received, ErrorCode::ControlTooLong).check();
        }
    }
}

#[test]
fn a10_a_fragmented_control_frame_fails_at_its_first_byte() {
    for role in ROLES {
        for first in [0x08, 0x09, 0x0a] {
            Case::failing("alone", role, vec![first], ErrorCode::ControlFragmented).check();
            let received = frames(peer_of(role), &[(first, b"a"), (0x80, b"b")]);
            Case::failing("whole", role, received, ErrorCode::ControlFragmented).check();
            let mut received = frame(peer_of(role), 0x01, b"a");
            received.push(first);
            Case::failing("in a message", role, received, ErrorCode::ControlFragmented).check();
        }
    }
}

#[test]
fn a20_pings_of_every_size_are_answered_with_their_payload() {
    for role in ROLES {
        for size in [0, 1, 2, 124, 125] {
            let payload: Vec<u8> = (0..size).map(|at| 255 - at as u8).collect();
            let received = frame(peer_of(role), 0x89, &payload);
            let sent = frame(role, 0x8a, &payload);
            Case::new("ping", role, received, vec![ping(&payload)], sent).check();
            let received = frame(peer_of(role), 0x8a, &payload);
            Case::new("pong", role, received, vec![pong(&payload)], vec![]).check();
        }
    }
}

#[test]
fn pongs_are_byte_for_byte_what_the_specification_shows() {
    let received = b"\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec();
    let sent = b"\x8a\x05Hello".to_vec();
    Case::new("server", Role::Server, received, vec![ping(b"Hello")], sent).check();
    let sent = b"\x8a\x80\x01\x02\x03\x04".to_vec();
    Case::new("client", Role::Client, b"\x89\x00".to_vec(), vec![ping(b"")], sent).check();
}

#[test]
fn pings_are_answered_in_order_between_messages() {
    for role in ROLES {
        let list: [(u8, &[u8]); 5] =
            [(0x89, b"1"), (0x81, b"a"), (0x89, b"2"), (0x8a, b"x"), (0x89, b"")];
        let events = vec![ping(b"1"), text("a"), ping(b"2"), pong(b"x"), ping(b"")];
        let sent = frames(role, &[(0x8a, b"1"), (0x8a, b"2"), (0x8a, b"")]);
        Case::new("order", role, frames(peer_of(role), &list), events, sent).check();
    }
}

#[test]
fn a16_a_ping_of_more_than_125_bytes_is_refused() {
    for role in ROLES {
        for size in 0..300 {
            let mut driver = Driver::open(role, |_| ());
            let payload = vec![0x70; size];
            let result = driver.with(|connection, cx| connection.ping(&payload, cx));
            driver.drain();
            match size {
                0..=125 => {
                    assert_eq!(result, Ok(()));
                    assert_eq!(driver.sent, frame(role, 0x89, &payload));
                }
                _ => {
                    assert_eq!(result, Err(ErrorCode::TooLong));
                    assert_eq!(driver.sent, b"");
                    assert!(driver.connection.is_open());
                }
            }
        }
    }
}

#[test]
fn a_pong_tells_the_time_since_the_oldest_ping_of_its_payload() {
    let at = Time::from_micros;
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        for (time, payload) in [(100, b"1"), (200, b"2"), (300, b"3"), (400, b"2"), (450, b"4")] {
            driver.now = at(time);
            driver.with(|connection, cx| connection.ping(payload, cx)).unwrap();
        }
        for (time, payload) in
            [(1000, b"1"), (1100, b"2"), (1200, b"3"), (1300, b"4"), (1400, b"4")]
        {
            driver.now = at(time);
            driver.feed(&frame(peer_of(role), 0x8a, payload));
        }
        let want = [
            Seen::Pong(b"1".to_vec(), Some(900)),
            // The first of the two pings with this payload.
            Seen::Pong(b"2".to_vec(), Some(900)),
            Seen::Pong(b"3".to_vec(), Some(900)),
            // It answers the second one too, which came before.
            Seen::Pong(b"4".to_vec(), Some(850)),
            Seen::Pong(b"4".to_vec(), None),
        ];
        assert_eq!(driver.seen, want);
    }
}

#[test]
fn of_many_unanswered_pings_the_oldest_are_forgotten() {
    let mut driver = Driver::open(Role::Server, |_| ());
    for number in 0..40u8 {
        driver.with(|connection, cx| connection.ping(&[number], cx)).unwrap();
    }
    driver
        .feed(&frames(Role::Client, &[(0x8a, &[0]), (0x8a, &[23]), (0x8a, &[24]), (0x8a, &[39])]));
    let want = [
        Seen::Pong(vec![0], None),
        Seen::Pong(vec![23], None),
        Seen::Pong(vec![24], Some(0)),
        Seen::Pong(vec![39], Some(0)),
    ];
    assert_eq!(driver.seen, want);
}

#[test]
fn e01_a_flood_of_control_frames_ends_the_connection() {
    for role in ROLES {
        for first in [0x89, 0x8a] {
            let received = frame(peer_of(role), first, b"").repeat(4);
            let (event, pong_frame) = match first {
                0x89 => (ping(b""), frame(role, 0x8a, b"")),
                _ => (pong(b""), vec![]),
            };
            let mut events = vec![event; 3];
            events.push(failed(ErrorCode::ControlFlood));
            let sent = [pong_frame.repeat(3), told(role, ErrorCode::ControlFlood)].concat();
            let case = Case::new("flood", role, received, events, sent);
            case.with(|to| to.control_burst = 3).check();
        }
    }
}

#[test]
fn e01_control_frames_at_the_permitted_rate_go_on_for_ever() {
    // 330 a second are permitted; these come at 250, 300 and 325, each for ten minutes.
    for per_second in [250, 300, 325] {
        let mut driver = Driver::open(Role::Server, |to| to.control_burst = 100);
        let pong_frame = frame(Role::Client, 0x8a, b"");
        for count in 0..per_second * 600u64 {
            driver.now = Time::from_micros(count * 1_000_000 / per_second);
            driver.feed(&pong_frame);
            assert_eq!(driver.seen, [pong(b"")], "{count} at {per_second} a second");
            driver.forget();
        }
    }
}

#[test]
fn e01_control_frames_above_the_permitted_rate_are_a_flood_in_the_long_run() {
    for per_second in [350, 400, 1000, 5000] {
        let mut driver = Driver::open(Role::Server, |to| to.control_burst = 100);
        let pong_frame = frame(Role::Client, 0x8a, b"");
        for count in 0..per_second * 10u64 {
            driver.now = Time::from_micros(count * 1_000_000 / per_second);
            driver.feed(&pong_frame);
        }
        assert_eq!(driver.end().error, Some(ErrorCode::ControlFlood), "{per_second} a second");
    }
}

#[test]
fn e01_while_the_peer_reads_nothing_only_the_newest_pong_is_kept() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.receive(&frame(peer_of(role), 0x89, b"first"));
        driver.output.set_congested();
        let first = frame(role, 0x8a, b"first");
        assert_eq!(driver.output.unsent(), first);
        let capacity = driver.output.capacity();
        for number in 0..5000u32 {
            driver.receive(&frame(peer_of(role), 0x89, &number.to_be_bytes()));
            assert_eq!(driver.output.len(), first.len());
        }
        assert_eq!(driver.output.capacity(), capacity);
        driver.drain();
        let newest = frame(role, 0x8a, &[0, 0, 0x13, 0x87]);
        assert_eq!(driver.sent, [first, newest].concat());
        // What the peer takes again is answered at once again.
        driver.receive(&frame(peer_of(role), 0x89, b"again"));
        assert_eq!(driver.output.unsent(), frame(role, 0x8a, b"again"));
    }
}

#[test]
fn e01_no_pong_that_was_held_follows_a_close_frame() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.receive(&frame(peer_of(role), 0x89, b"1"));
        driver.output.set_congested();
        driver.receive(&frame(peer_of(role), 0x89, b"2"));
        driver.receive(&frame(peer_of(role), 0x83, b""));
        driver.drain();
        let want = [frame(role, 0x8a, b"1"), told(role, ErrorCode::ReservedOpcode)].concat();
        assert_eq!(driver.sent, want);
    }
}
