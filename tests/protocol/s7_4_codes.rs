//! Section 7.4, what Close frames carry: codes and reasons.

use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::opcode::Role;

use crate::harness::{Driver, ROLES};
use crate::rows::{
    Case, close_frame, close_payload, closed, failed, frame, leaving, peer_of, told,
};

#[test]
fn close_frames_are_byte_for_byte() {
    type Row = (Role, &'static [u8], &'static [u8], (u16, &'static str), (u16, &'static str));
    let rows: [Row; 5] = [
        (Role::Client, b"\x88\x00", b"\x88\x80\x01\x02\x03\x04", (1005, ""), (1005, "")),
        (Role::Server, b"\x88\x80\x09\x09\x09\x09", b"\x88\x00", (1005, ""), (1005, "")),
        (
            Role::Client,
            b"\x88\x02\x03\xe8",
            b"\x88\x82\x01\x02\x03\x04\x02\xea",
            (1000, ""),
            (1000, ""),
        ),
        (
            Role::Server,
            b"\x88\x82\x01\x02\x03\x04\x02\xea",
            b"\x88\x02\x03\xe8",
            (1000, ""),
            (1000, ""),
        ),
        (
            Role::Client,
            b"\x88\x05\x0f\xa1why",
            b"\x88\x82\x01\x02\x03\x04\x0e\xa3",
            (4001, ""),
            (4001, "why"),
        ),
    ];
    for (role, received, sent, local, remote) in rows {
        let events = vec![closed(Initiator::Remote, local, remote)];
        Case::new("close", role, received.to_vec(), events, sent.to_vec()).check();
    }
}

#[test]
fn a15_codes_that_may_not_stand_on_the_wire_are_refused_and_not_echoed() {
    let tried = (0..=20).chain(980..=1120).chain(1990..=2020).chain(2980..=3010).chain(4990..=5010);
    let tried: Vec<u16> = tried.chain([9999, 32_767, 32_768, 65_534, 65_535]).collect();
    for role in ROLES {
        for &code in &tried {
            let received = close_frame(peer_of(role), code, "");
            let mut driver = Driver::open(role, |_| ());
            driver.feed(&received);
            match code {
                1000..=1003 | 1007..=1014 | 3000..=4999 => {
                    assert_eq!(driver.seen, [closed(Initiator::Remote, (code, ""), (code, ""))]);
                    assert_eq!(driver.sent, close_frame(role, code, ""));
                }
                _ => {
                    assert_eq!(driver.seen, [failed(ErrorCode::CloseCodeNotAllowed)], "{code}");
                    assert_eq!(driver.sent, told(role, ErrorCode::CloseCodeNotAllowed));
                }
            }
        }
        for byte in [0x00, 0x03, 0xff] {
            let received = frame(peer_of(role), 0x88, &[byte]);
            Case::failing("one byte", role, received, ErrorCode::ClosePayloadLength).check();
        }
        for code in [999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
            let received = close_frame(peer_of(role), code, "with a reason");
            Case::failing("reason", role, received, ErrorCode::CloseCodeNotAllowed).check();
        }
    }
}

#[test]
fn a16_reasons_of_every_length_that_fits_cross_in_both_directions() {
    for role in ROLES {
        for len in 0..=123 {
            let reason = "r".repeat(len);
            let mut driver = Driver::open(role, |_| ());
            driver.with(|connection, cx| connection.close(leaving(1000, &reason), cx)).unwrap();
            driver.drain();
            assert_eq!(driver.sent, frame(role, 0x88, &close_payload(1000, &reason)));
            driver.feed(&close_frame(peer_of(role), 4999, &reason));
            let want = closed(Initiator::Local, (1000, &reason), (4999, &reason));
            assert_eq!(driver.seen, [want]);
        }
        for len in [124, 125, 126, 200, 300] {
            let built = CloseFrame::new(Some(CloseCode::NORMAL), &"r".repeat(len));
            assert_eq!(built, Err(ErrorCode::TooLong));
        }
    }
}

#[test]
fn a_close_without_a_code_is_sent_empty_and_reported_as_1005() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        let empty = CloseFrame::new(None, "").unwrap();
        driver.with(|connection, cx| connection.close(empty, cx)).unwrap();
        driver.drain();
        assert_eq!(driver.sent, frame(role, 0x88, b""));
        driver.feed(&frame(peer_of(role), 0x88, b""));
        assert_eq!(driver.seen, [closed(Initiator::Local, (1005, ""), (1005, ""))]);
    }
}
