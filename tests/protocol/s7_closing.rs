//! Section 7, closing: every transition of the closing handshake, codes and reasons.

use oxws::protocol::connection::{CloseState, Input};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::{Event, Initiator};
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::time::Time;

use crate::harness::{Driver, End, REQUEST, ROLES, Seen};
use crate::rows::{
    Case, close_frame, closed, frame, frames, leaving, lost, peer_of, ping, pong, text,
};

/// The side has sent 1000 "bye" and waits.
fn close_sent(role: Role) -> Driver {
    let mut driver = Driver::open(role, |_| ());
    driver.with(|connection, cx| connection.close(leaving(1000, "bye"), cx)).unwrap();
    driver.drain();
    assert_eq!(driver.connection.close_state(), CloseState::CloseSent);
    assert_eq!(driver.sent, close_frame(role, 1000, "bye"));
    driver.forget();
    driver
}

/// The peer has sent 1001 "off", and the answer has not been written.
fn close_received(role: Role) -> Driver {
    let mut driver = Driver::open(role, |_| ());
    driver.receive(&close_frame(peer_of(role), 1001, "off"));
    assert_eq!(driver.connection.close_state(), CloseState::CloseReceived);
    assert_eq!(driver.seen, []);
    assert_eq!(driver.output.unsent(), close_frame(role, 1001, ""));
    driver
}

/// The end of [`close_received`], whatever happened before its answer was written.
fn by_peer() -> Seen {
    closed(Initiator::Remote, (1001, ""), (1001, "off"))
}

/// The end of [`close_sent`] without an answer.
fn unanswered(error: ErrorCode) -> Seen {
    let local = Some((1000, "bye".into()));
    let (initiator, remote) = (Initiator::Local, None);
    let error = Some(error);
    Seen::Closed(End { error, initiator, local, remote, http_status: 0, announced: true })
}

fn close_again(driver: &mut Driver) -> Result<(), ErrorCode> {
    driver.with(|connection, cx| connection.close(leaving(1000, "again"), cx))
}

#[test]
fn e09_close_before_the_opening_gives_the_connection_up() {
    for role in ROLES {
        for is_deciding in [false, true] {
            let mut driver = Driver::begin(role, |_| ());
            if is_deciding && role == Role::Server {
                driver.feed(REQUEST);
                driver.forget();
            }
            assert_eq!(close_again(&mut driver), Ok(()));
            assert_eq!(close_again(&mut driver), Err(ErrorCode::Closed));
            assert_eq!(driver.connection.close_state(), CloseState::Closed);
            driver.turn();
            driver.turn();
            assert_eq!(driver.end().error, Some(ErrorCode::Cancelled));
            assert_eq!(driver.end().initiator, Initiator::Nobody);
            assert_eq!(driver.end().announced, role == Role::Client || is_deciding);
        }
    }
}

#[test]
fn e09_open_and_the_application_closes() {
    for role in ROLES {
        let mut driver = close_sent(role);
        assert_eq!(close_again(&mut driver), Err(ErrorCode::Closed));
        driver.drain();
        assert_eq!(driver.sent, b"");
        driver.feed(&close_frame(peer_of(role), 1000, "you too"));
        assert_eq!(driver.seen, [closed(Initiator::Local, (1000, "bye"), (1000, "you too"))]);
        assert_eq!(driver.sent, b"");
        assert_eq!(close_again(&mut driver), Err(ErrorCode::Closed));
        assert_eq!(driver.connection.close_state(), CloseState::Closed);
    }
}

#[test]
fn e09_open_and_the_peer_closes() {
    for role in ROLES {
        let mut driver = close_received(role);
        assert!(!driver.connection.has_ended() && !driver.connection.is_open());
        assert_eq!(close_again(&mut driver), Err(ErrorCode::Closed));
        driver.drain();
        assert_eq!(driver.seen, [by_peer()]);
        assert_eq!(driver.sent, close_frame(role, 1001, ""));
    }
}

#[test]
fn e09_simultaneous_close_counts_as_each_sides_own() {
    for role in ROLES {
        // The peer's frame is on its way while this side's waits to be written.
        let mut driver = Driver::open(role, |_| ());
        driver.with(|connection, cx| connection.close(leaving(1000, "bye"), cx)).unwrap();
        driver.receive(&close_frame(peer_of(role), 1001, "off"));
        driver.drain();
        assert_eq!(driver.seen, [closed(Initiator::Local, (1000, "bye"), (1001, "off"))]);
        assert_eq!(driver.sent, close_frame(role, 1000, "bye"));
    }
}

#[test]
fn a_broken_rule_behind_our_close_frame_ends_without_a_second_one() {
    for role in ROLES {
        let mut driver = close_sent(role);
        driver.feed(&[0x83]);
        assert_eq!(driver.seen, [unanswered(ErrorCode::ReservedOpcode)]);
        let mut driver = close_sent(role);
        driver.feed(&frame(peer_of(role), 0x88, b"\x03"));
        assert_eq!(driver.seen, [unanswered(ErrorCode::ClosePayloadLength)]);
        assert_eq!(driver.sent, b"");
    }
}

#[test]
fn loss_in_each_state() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        assert!(driver.connection.end_of_input().is_none());
        driver.turn();
        assert_eq!(driver.seen, [lost(ErrorCode::ConnectionLost)]);

        let mut driver = close_sent(role);
        driver.connection.lost(ErrorCode::ConnectionReset, 104);
        driver.turn();
        assert_eq!(driver.seen, [unanswered(ErrorCode::ConnectionReset)]);

        let mut driver = close_received(role);
        driver.connection.lost(ErrorCode::ConnectionReset, 104);
        driver.turn();
        assert_eq!(driver.seen, [by_peer()]);

        driver.connection.lost(ErrorCode::ConnectionLost, 0);
        driver.turn();
        assert_eq!(driver.seen, [by_peer()]);
    }
}

#[test]
fn abort_in_each_state() {
    let abort = |driver: &mut Driver| {
        driver.connection.abort(ErrorCode::Cancelled);
        driver.turn();
    };
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        abort(&mut driver);
        assert_eq!(driver.seen, [lost(ErrorCode::Cancelled)]);
        assert_eq!(driver.sent, b"");
        abort(&mut driver);
        assert_eq!(driver.seen.len(), 1);
        let mut driver = close_sent(role);
        abort(&mut driver);
        assert_eq!(driver.seen, [unanswered(ErrorCode::Cancelled)]);
        // The answer that waited has been given up, so the end is not clean.
        let mut driver = close_received(role);
        abort(&mut driver);
        let want = Seen::Closed(End {
            error: Some(ErrorCode::Cancelled),
            initiator: Initiator::Remote,
            local: None,
            remote: Some((1001, "off".to_owned())),
            http_status: 0,
            announced: true,
        });
        assert_eq!(driver.seen, [want]);
    }
}

#[test]
fn e08_a_peer_that_ends_after_its_close_frame_still_gets_the_answer() {
    for role in ROLES {
        let mut driver = close_received(role);
        assert!(driver.connection.end_of_input().is_none());
        assert!(!driver.connection.has_ended());
        driver.connection.output_drained(driver.now);
        driver.turn();
        assert_eq!(driver.seen, [by_peer()]);
    }
}

#[test]
fn e08_close_timeout_in_each_state() {
    for role in ROLES {
        let mut driver = close_sent(role);
        let deadline = Time::from_micros(5_000_000);
        assert_eq!(driver.connection.deadline(), Some(deadline));
        driver.now = Time::from_micros(4_999_999);
        driver.with(|connection, cx| connection.deadline_passed(cx));
        assert!(!driver.connection.has_ended());
        driver.now = deadline;
        driver.with(|connection, cx| connection.deadline_passed(cx));
        assert!(driver.connection.has_ended());
        assert_eq!(driver.connection.deadline(), None);
        // The answer to a peer that has closed leaves when the peer takes it: the transport sees
        // to that.
        assert_eq!(close_received(role).connection.deadline(), None);
        let mut driver = close_sent(role);
        driver.now = Time::from_micros(5_000_000);
        driver.with(|connection, cx| connection.deadline_passed(cx));
        driver.turn();
        assert_eq!(driver.seen, [unanswered(ErrorCode::CloseTimeout)]);
        let mut driver = Driver::open(role, |to| to.close_timeout_ms = 0);
        driver.with(|connection, cx| connection.close(leaving(1000, "bye"), cx)).unwrap();
        assert_eq!(driver.connection.deadline(), None);
    }
}

#[test]
fn e08_messages_before_the_peers_close_are_delivered_although_this_side_is_closing() {
    for role in ROLES {
        let mut driver = close_sent(role);
        let list: [(u8, &[u8]); 5] =
            [(0x81, b"late"), (0x8a, b"x"), (0x01, b"la"), (0x89, b"p"), (0x80, b"test")];
        driver.feed(&frames(peer_of(role), &list));
        driver.feed(&close_frame(peer_of(role), 1000, "bye"));
        let end = closed(Initiator::Local, (1000, "bye"), (1000, "bye"));
        // The ping is not answered: nothing may follow a Close frame.
        assert_eq!(driver.seen, [text("late"), pong(b"x"), text("latest"), end]);
        assert_eq!(driver.sent, b"");
    }
}

#[test]
fn e08_a_close_frame_leaves_behind_all_that_was_accepted_before_it() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.with(|connection, cx| {
            connection.send(MessageType::Text, b"first", cx).unwrap();
            connection.ping(b"p", cx).unwrap();
            connection.send(MessageType::Binary, b"last", cx).unwrap();
            connection.close(leaving(4000, ""), cx).unwrap();
        });
        driver.drain();
        let list: [(u8, &[u8]); 4] =
            [(0x81, b"first"), (0x89, b"p"), (0x82, b"last"), (0x88, b"\x0f\xa0")];
        assert_eq!(driver.sent, frames(role, &list));
    }
}

#[test]
fn e09_nothing_is_sent_once_closing_has_begun() {
    for role in ROLES {
        let mut ended = close_sent(role);
        ended.feed(&close_frame(peer_of(role), 1000, ""));
        for mut driver in [close_sent(role), close_received(role), ended] {
            driver.output.clear();
            let checked = driver.connection.check_send(MessageType::Binary, b"x");
            assert_eq!(checked, Err(ErrorCode::Closed));
            let pinged = driver.with(|connection, cx| connection.ping(b"x", cx));
            assert_eq!(pinged, Err(ErrorCode::Closed));
            assert!(driver.output.is_empty());
        }
    }
}

#[test]
fn a19_frames_after_close_are_discarded_unread() {
    let tails: [Vec<(u8, &[u8])>; 5] = [
        vec![(0x81, b"ghost")],
        vec![(0x89, b"ping")],
        vec![(0x88, b"\x03\xe8")],
        vec![(0xff, b"broken")],
        vec![(0x01, b"a"), (0x01, b"b"), (0x89, b"")],
    ];
    for role in ROLES {
        for tail in &tails {
            let mut received = close_frame(peer_of(role), 1001, "off");
            received.extend(frames(peer_of(role), tail));
            let sent = close_frame(role, 1001, "");
            Case::new("by peer", role, received.clone(), vec![by_peer()], sent).check();

            let mut driver = close_sent(role);
            driver.feed(&received);
            driver.feed(&received);
            assert_eq!(driver.seen, [closed(Initiator::Local, (1000, "bye"), (1001, "off"))]);
            assert_eq!(driver.sent, b"");

            let mut received = vec![0x83];
            received.extend(frames(peer_of(role), tail));
            Case::failing("failed", role, received, ErrorCode::ReservedOpcode).check();
        }
    }
}

#[test]
fn a19_frames_after_close_are_discarded_while_its_answer_waits() {
    for role in ROLES {
        let mut driver = close_received(role);
        for _ in 0..1000 {
            driver.receive(&frames(peer_of(role), &[(0x89, b"x"), (0x81, b"y")]));
            assert!(driver.left.is_empty() && driver.seen.is_empty());
        }
        driver.drain();
        assert_eq!(driver.sent, close_frame(role, 1001, ""));
        assert_eq!(driver.seen, [by_peer()]);
    }
}

#[test]
fn pings_are_answered_until_the_close_frame_and_not_after_it() {
    for role in ROLES {
        let list: [(u8, &[u8]); 3] = [(0x89, b"1"), (0x88, b"\x03\xe9off"), (0x89, b"2")];
        let sent = frames(role, &[(0x8a, b"1"), (0x88, b"\x03\xe9")]);
        let events = vec![ping(b"1"), by_peer()];
        Case::new("pings", role, frames(peer_of(role), &list), events, sent).check();
    }
}

/// Whether to linger, the error number, and the end of section 7.1.5: clean, code and reason.
type Told = (bool, i32, bool, u16, String);

fn end_told(driver: &mut Driver, bytes: &[u8]) -> Told {
    let mut bytes = bytes.to_vec();
    driver.with(|connection, cx| match connection.receive(&mut Input::new(&mut bytes), cx) {
        Some(Event::Closed(report)) => {
            let code = report.code().number();
            let reason = report.reason().to_string();
            (report.linger, report.os_error, report.was_clean(), code, reason)
        }
        other => panic!("{other:?}"),
    })
}

fn told_as(linger: bool, os_error: i32, was_clean: bool, code: u16, reason: &str) -> Told {
    (linger, os_error, was_clean, code, reason.into())
}

#[test]
fn the_report_says_whether_to_linger_and_how_it_ended() {
    for role in ROLES {
        let by = peer_of(role);
        let got = end_told(&mut Driver::open(role, |_| ()), &[0x83]);
        assert_eq!(got, told_as(true, 0, false, 1006, ""));

        let mut driver = close_received(role);
        driver.connection.output_drained(driver.now);
        assert_eq!(end_told(&mut driver, b""), told_as(true, 0, true, 1001, "off"));

        let got = end_told(&mut close_sent(role), &close_frame(by, 1000, "you"));
        assert_eq!(got, told_as(true, 0, true, 1000, "you"));
        let got = end_told(&mut close_sent(role), &frame(by, 0x88, b""));
        assert_eq!(got, told_as(true, 0, true, 1005, ""));

        let mut driver = close_sent(role);
        driver.connection.lost(ErrorCode::ConnectionReset, 104);
        assert_eq!(end_told(&mut driver, b"x"), told_as(false, 104, false, 1006, ""));

        let mut driver = close_received(role);
        driver.connection.lost(ErrorCode::ConnectionReset, 104);
        assert_eq!(end_told(&mut driver, b"x"), told_as(false, 104, true, 1001, "off"));

        let mut driver = Driver::open(role, |_| ());
        driver.connection.abort(ErrorCode::Cancelled);
        assert_eq!(end_told(&mut driver, b"x"), told_as(false, 0, false, 1006, ""));
    }
    let got = end_told(&mut Driver::begin(Role::Server, |_| ()), b"\x00");
    assert_eq!(got, told_as(true, 0, false, 1006, ""));
    let got = end_told(&mut Driver::begin(Role::Client, |_| ()), b"\x00");
    assert_eq!(got, told_as(false, 0, false, 1006, ""));
}
