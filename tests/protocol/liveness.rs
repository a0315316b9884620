//! Deadlines under a clock of the test's own: handshake, pings, pongs, idleness.

use oxws::protocol::connection::Choice;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::settings::Limits;
use oxws::protocol::time::Time;

use crate::harness::{ANSWER, Driver, REQUEST, ROLES, Seen};
use crate::rows::{failed, frame, lost, peer_of, text, told};

fn ms(ms: u64) -> Time {
    Time::from_micros(ms * 1000)
}

/// Sets the clock, does what is due and writes it.
fn at(driver: &mut Driver, time: Time) {
    driver.now = time;
    driver.with(|connection, cx| connection.deadline_passed(cx));
    driver.turn();
}

/// A keepalive after a second, less a tenth as the jitter of the tests is 0, and half a second for
/// the answer.
fn lively(to: &mut Limits) {
    to.ping_interval_ms = 1000;
    to.pong_timeout_ms = 500;
}

/// A keepalive ping carries its time in microseconds.
fn keepalive(role: Role, time: Time) -> Vec<u8> {
    frame(role, 0x89, &time.micros().to_be_bytes())
}

#[test]
fn the_deadline_of_a_handshake_is_absolute() {
    for role in ROLES {
        let bytes = if role == Role::Client { ANSWER } else { REQUEST };
        let mut driver = Driver::begin(role, |to| to.handshake_timeout_ms = 1000);
        driver.drain();
        driver.forget();
        for (count, byte) in bytes.iter().take(99).enumerate() {
            assert_eq!(driver.connection.deadline(), Some(ms(1000)));
            at(&mut driver, ms(count as u64 * 10));
            driver.feed(&[*byte]);
        }
        at(&mut driver, Time::from_micros(999_999));
        assert!(driver.connection.is_opening());
        at(&mut driver, ms(1000));
        assert_eq!(driver.end().error, Some(ErrorCode::HandshakeTimeout));
        assert_eq!(driver.end().announced, role == Role::Client);
        match role {
            Role::Client => assert_eq!(driver.sent, b""),
            Role::Server => assert!(driver.sent.starts_with(b"HTTP/1.1 408 Request Timeout\r\n")),
        }
    }
}

#[test]
fn a_request_that_nobody_decides_on_is_denied_at_its_deadline() {
    let mut driver = Driver::begin(Role::Server, |to| to.handshake_timeout_ms = 1000);
    driver.feed(REQUEST);
    at(&mut driver, ms(999));
    assert!(driver.sent.is_empty());
    at(&mut driver, ms(1000));
    assert!(driver.sent.starts_with(b"HTTP/1.1 503 Service Unavailable\r\n"));
    assert_eq!(driver.end().error, Some(ErrorCode::HandshakeTimeout));
    assert_eq!((driver.end().http_status, driver.end().announced), (503, true));
}

#[test]
fn a_handshake_that_has_ended_well_has_no_deadline_any_more() {
    let quiet = |to: &mut Limits| (to.handshake_timeout_ms, to.ping_interval_ms) = (1000, 0);
    for role in ROLES {
        let mut driver = Driver::open(role, quiet);
        assert_eq!(driver.connection.deadline(), None);
        at(&mut driver, ms(100_000));
        assert!(driver.connection.is_open());
    }
    let driver = Driver::begin(Role::Server, |to| to.handshake_timeout_ms = 0);
    assert_eq!(driver.connection.deadline(), None);
}

#[test]
fn e17_a_ping_goes_out_when_nothing_came_for_the_interval() {
    for role in ROLES {
        let mut driver = Driver::open(role, lively);
        assert_eq!(driver.connection.deadline(), Some(ms(900)));
        at(&mut driver, ms(899));
        assert_eq!(driver.sent, b"");
        at(&mut driver, ms(900));
        assert_eq!(driver.sent, keepalive(role, ms(900)));
        // Until the answer or its deadline, no other ping.
        assert_eq!(driver.connection.deadline(), Some(ms(1400)));
        at(&mut driver, ms(1399));
        assert_eq!(driver.sent, keepalive(role, ms(900)));
        assert_eq!(driver.seen, []);
    }
}

#[test]
fn a_ping_that_nothing_answers_ends_the_connection_without_a_close_frame() {
    for role in ROLES {
        let mut driver = Driver::open(role, lively);
        at(&mut driver, ms(900));
        driver.forget();
        at(&mut driver, ms(1400));
        assert_eq!(driver.seen, [lost(ErrorCode::PongTimeout)]);
        assert_eq!(driver.end().initiator, Initiator::Nobody);
        assert_eq!(driver.sent, b"");
    }
}

#[test]
fn one_ping_at_a_time_waits_for_its_answer_however_long_that_may_take() {
    for role in ROLES {
        let mut driver = Driver::open(role, |to| {
            to.ping_interval_ms = 1000;
            to.pong_timeout_ms = 5000;
        });
        for time in [900, 1800, 2700, 5899] {
            at(&mut driver, ms(time));
            assert_eq!(driver.connection.deadline(), Some(ms(5900)));
        }
        assert_eq!(driver.sent, keepalive(role, ms(900)));
        at(&mut driver, ms(5900));
        assert_eq!(driver.seen, [lost(ErrorCode::PongTimeout)]);
    }
}

#[test]
fn e06_pings_of_the_application_do_not_hide_that_the_keepalive_has_no_answer() {
    for role in ROLES {
        for pings in [1, 15, 16, 17, 200] {
            let mut driver = Driver::open(role, lively);
            at(&mut driver, ms(900));
            for _ in 0..pings {
                driver.with(|connection, cx| connection.ping(b"app", cx)).unwrap();
            }
            driver.drain();
            assert_eq!(driver.connection.deadline(), Some(ms(1400)), "{pings}");
            at(&mut driver, ms(1399));
            assert_eq!(driver.seen, []);
            at(&mut driver, ms(1400));
            assert_eq!(driver.seen, [lost(ErrorCode::PongTimeout)], "{pings}");
        }
    }
}

#[test]
fn a_pong_ends_the_waiting_and_tells_the_time() {
    for role in ROLES {
        let mut driver = Driver::open(role, lively);
        at(&mut driver, ms(900));
        driver.now = Time::from_micros(1_234_567);
        let payload = ms(900).micros().to_be_bytes();
        driver.feed(&frame(peer_of(role), 0x8a, &payload));
        assert_eq!(driver.seen, [Seen::Pong(payload.to_vec(), Some(334_567))]);
        assert_eq!(driver.connection.deadline(), Some(Time::from_micros(2_134_567)));
    }
}

#[test]
fn e05_any_byte_is_a_sign_of_life() {
    for role in ROLES {
        let mut driver = Driver::open(role, lively);
        let slow = frame(peer_of(role), 0x82, &[7; 100]);
        let mut bytes = slow.chunks(1);
        // A byte each 800 ms: never silent for the interval.
        for count in 1..60 {
            at(&mut driver, ms(count * 800));
            driver.feed(bytes.next().unwrap());
        }
        assert_eq!((driver.seen.len(), driver.sent.len()), (0, 0));
        // A byte between a ping and its deadline counts as its answer.
        at(&mut driver, ms(59 * 800 + 900));
        assert_eq!(driver.sent, keepalive(role, ms(59 * 800 + 900)));
        driver.now = ms(59 * 800 + 1300);
        driver.feed(bytes.next().unwrap());
        at(&mut driver, ms(59 * 800 + 1401));
        assert_eq!(driver.seen, []);
        assert_eq!(driver.connection.deadline(), Some(ms(59 * 800 + 1300 + 900)));
    }
}

#[test]
fn e05_bytes_that_come_straight_into_a_message_count_too() {
    let mut driver = Driver::open(Role::Client, lively);
    driver.uses_direct = true;
    let slow = frame(Role::Server, 0x82, &[7; 200_000]);
    for (count, piece) in slow.chunks(20_000).enumerate() {
        at(&mut driver, ms(count as u64 * 800));
        driver.feed(piece);
    }
    assert_eq!(driver.sent, b"");
    assert_eq!(driver.seen, [Seen::Binary(vec![7; 200_000])]);
}

#[test]
fn e04_a_pause_of_our_own_is_not_held_against_the_peer() {
    for role in ROLES {
        let mut driver = Driver::open(role, |to| {
            lively(to);
            to.idle_timeout_ms = 5000;
        });
        at(&mut driver, ms(900));
        driver.forget();
        driver.connection.suspend_liveness();
        assert_eq!(driver.connection.deadline(), None);
        at(&mut driver, ms(60_000));
        assert_eq!((driver.seen.len(), driver.sent.len()), (0, 0));
        driver.connection.resume_liveness(ms(60_000));
        assert_eq!(driver.connection.deadline(), Some(ms(60_900)));
        at(&mut driver, ms(60_900));
        assert_eq!(driver.sent, keepalive(role, ms(60_900)));
    }
}

#[test]
fn e04_a_pause_does_not_stop_the_deadline_of_closing() {
    let mut driver = Driver::open(Role::Server, |_| ());
    driver.connection.suspend_liveness();
    let bye = oxws::protocol::close::CloseFrame::new(None, "").unwrap();
    driver.with(|connection, cx| connection.close(bye, cx)).unwrap();
    // The peer's time begins when the Close frame has left.
    assert_eq!(driver.connection.deadline(), None);
    driver.drain();
    assert_eq!(driver.connection.deadline(), Some(ms(5000)));
}

#[test]
fn idleness_is_the_time_without_a_message_in_either_direction() {
    let idle = |to: &mut Limits| (to.idle_timeout_ms, to.ping_interval_ms) = (1000, 0);
    for role in ROLES {
        let mut driver = Driver::open(role, idle);
        at(&mut driver, ms(600));
        driver.feed(&frame(peer_of(role), 0x81, b"in"));
        assert_eq!(driver.connection.deadline(), Some(ms(1600)));
        at(&mut driver, ms(1200));
        driver.with(|connection, cx| connection.send(MessageType::Text, b"out", cx)).unwrap();
        assert_eq!(driver.connection.deadline(), Some(ms(2200)));
        driver.drain();
        driver.forget();
        // A ping is no message.
        driver.now = ms(2000);
        driver.feed(&frame(peer_of(role), 0x8a, b""));
        driver.forget();
        at(&mut driver, ms(2200));
        assert_eq!(driver.seen, [failed(ErrorCode::IdleTimeout)]);
        assert_eq!(driver.sent, told(role, ErrorCode::IdleTimeout));
    }
}

#[test]
fn pieces_that_are_reported_or_sent_by_themselves_count_for_idleness() {
    for role in ROLES {
        let mut driver = Driver::open_for_chunks(role, |to| {
            (to.idle_timeout_ms, to.ping_interval_ms) = (1000, 0);
        });
        for (round, first) in [0x01, 0x00, 0x00].into_iter().enumerate() {
            at(&mut driver, ms(600 * round as u64));
            driver.feed(&frame(peer_of(role), first, b"in"));
            assert_eq!(driver.connection.deadline(), Some(ms(600 * round as u64 + 1000)));
        }
        driver
            .with(|connection, _| connection.begin_message(MessageType::Text, Choice::BySize))
            .unwrap();
        at(&mut driver, ms(2000));
        driver.with(|connection, cx| connection.send_piece(b"out", false, cx)).unwrap();
        assert_eq!(driver.connection.deadline(), Some(ms(3000)));
    }
}

#[test]
fn a_message_counts_for_idleness_however_it_comes_or_leaves() {
    let idle = |to: &mut Limits| (to.idle_timeout_ms, to.ping_interval_ms) = (1000, 0);
    for role in ROLES {
        let mut driver = Driver::open(role, idle);
        driver.now = ms(300);
        driver.feed(&frame(peer_of(role), 0x01, b"in "));
        assert_eq!(driver.connection.deadline(), Some(ms(1000)));
        driver.now = ms(700);
        driver.feed(&frame(peer_of(role), 0x80, b"pieces"));
        assert_eq!(driver.connection.deadline(), Some(ms(1700)));
        driver.now = ms(900);
        let in_place = driver.with(|connection, cx| {
            connection.header_in_place(MessageType::Text, 9, Choice::BySize, cx)
        });
        let due = if in_place.is_some() { ms(1900) } else { ms(1700) };
        assert_eq!(driver.connection.deadline(), Some(due));
    }
}

#[test]
fn the_times_of_an_open_connection_begin_when_it_opens() {
    let both = |to: &mut Limits| (to.idle_timeout_ms, to.ping_interval_ms) = (2000, 1000);
    for role in ROLES {
        let bytes = if role == Role::Client { ANSWER } else { REQUEST };
        let mut driver = Driver::begin(role, both);
        driver.now = ms(5000);
        driver.feed(bytes);
        if role == Role::Server {
            driver.now = ms(7000);
            driver.with(|connection, cx| connection.accept(None, &Fields::default(), cx)).unwrap();
            assert_eq!(driver.connection.deadline(), None);
            driver.turn();
        }
        assert!(driver.connection.is_open());
        let opened = if role == Role::Client { 5000 } else { 7000 };
        assert_eq!(driver.connection.deadline(), Some(ms(opened + 900)));
        at(&mut driver, ms(opened + 899));
        assert!(driver.connection.is_open());
        assert!(driver.seen.iter().all(|seen| !matches!(seen, Seen::Closed(_))));
    }
}

#[test]
fn e16_a_time_of_zero_switches_off_what_it_governs() {
    let never = |to: &mut Limits| {
        to.ping_interval_ms = 0;
        to.pong_timeout_ms = 0;
        to.idle_timeout_ms = 0;
        to.handshake_timeout_ms = 0;
        to.close_timeout_ms = 0;
    };
    for role in ROLES {
        let mut driver = Driver::begin(role, never);
        assert_eq!(driver.connection.deadline(), None);
        at(&mut driver, ms(1 << 40));
        assert!(driver.connection.is_opening());
        let mut driver = Driver::open(role, never);
        assert_eq!(driver.connection.deadline(), None);
        at(&mut driver, ms(1 << 40));
        assert_eq!((driver.seen.len(), driver.sent.len()), (0, 0));
    }
}

/// Pings without a deadline for their pongs only keep the way open: one each interval.
#[test]
fn e16_without_a_pong_timeout_pings_go_on_at_their_interval() {
    for role in ROLES {
        let mut driver = Driver::open(role, |to| {
            lively(to);
            to.pong_timeout_ms = 0;
        });
        for count in 1..100 {
            let due = ms(count * 900);
            assert_eq!(driver.connection.deadline(), Some(due), "{count}");
            at(&mut driver, due);
            assert_eq!(driver.sent, keepalive(role, due));
            at(&mut driver, due);
            assert_eq!(driver.sent.len(), keepalive(role, due).len(), "a ping at a time");
            driver.forget();
        }
        assert_eq!(driver.seen, []);
    }
}

#[test]
fn e16_the_largest_times_do_not_overflow() {
    let longest = |to: &mut Limits| {
        to.ping_interval_ms = u32::MAX;
        to.pong_timeout_ms = u32::MAX;
        to.idle_timeout_ms = u32::MAX;
        to.handshake_timeout_ms = u32::MAX;
        to.close_timeout_ms = u32::MAX;
        to.control_burst = u32::MAX;
        to.control_per_second = u32::MAX;
    };
    for role in ROLES {
        for start in [0, 1, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
            let mut driver = Driver::open(role, longest);
            driver.now = Time::from_micros(start);
            driver.feed(&frame(peer_of(role), 0x89, b""));
            driver.feed(&frame(peer_of(role), 0x81, b"x"));
            assert!(driver.connection.deadline() >= Some(driver.now));
            driver.now = Time::from_micros(u64::MAX);
            driver.with(|connection, cx| connection.deadline_passed(cx));
            driver.turn();
            assert_eq!(driver.seen.get(1), Some(&text("x")));
        }
    }
}

#[test]
fn a_clock_that_stands_still_or_goes_back_does_no_harm() {
    for role in ROLES {
        let mut driver = Driver::open(role, lively);
        at(&mut driver, ms(500));
        driver.feed(&frame(peer_of(role), 0x81, b"x"));
        at(&mut driver, ms(100));
        driver.feed(&frame(peer_of(role), 0x89, b""));
        assert!(driver.connection.is_open());
        assert_eq!(driver.connection.deadline(), Some(ms(1000)));
    }
}
