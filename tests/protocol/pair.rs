//! A client and a server joined in memory: whole conversations, and closing in every order.

use std::collections::VecDeque;

use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::settings::Limits;

use crate::harness::{Driver, End, Seen};
use crate::rows::{binary, closed, ping, text};

/// One end and the way from it to the other.
pub(crate) struct Side {
    pub(crate) driver: Driver,
    /// Written, and not yet received.
    wire: VecDeque<u8>,
    /// The transport has closed its socket.
    is_shut: bool,
    /// The other end has been told of that.
    is_told: bool,
    /// The messages that were taken for sending.
    pub(crate) accepted: Vec<Seen>,
}

/// The two ends; [`CLIENT`] and [`SERVER`] are their places.
pub(crate) struct Pair {
    pub(crate) sides: [Side; 2],
}

pub(crate) const CLIENT: usize = 0;
pub(crate) const SERVER: usize = 1;

impl Side {
    pub(crate) fn new(driver: Driver) -> Side {
        let (wire, accepted) = (VecDeque::new(), Vec::new());
        Side { driver, wire, is_shut: false, is_told: false, accepted }
    }

    pub(crate) fn send(&mut self, kind: MessageType, payload: &[u8]) {
        let sent = self.driver.with(|connection, cx| {
            connection.check_send(kind, payload)?;
            connection.send(kind, payload, cx)
        });
        if sent.is_ok() {
            self.accepted.push(match kind {
                MessageType::Text => Seen::Text(String::from_utf8(payload.into()).unwrap()),
                MessageType::Binary => binary(payload),
            });
        }
    }

    pub(crate) fn close(&mut self, code: u16, reason: &str) {
        let frame = CloseFrame::new(Some(CloseCode::from_number(code)), reason).unwrap();
        let _ = self.driver.with(|connection, cx| connection.close(frame, cx));
    }

    /// Gives the connection up: what has not been written is never written.
    pub(crate) fn abort(&mut self) {
        self.driver.connection.abort(ErrorCode::Cancelled);
        self.driver.receive(&[]);
        self.driver.output.clear();
        self.is_shut = true;
    }

    /// The transport writes up to `count` bytes.
    pub(crate) fn write(&mut self, count: usize) {
        let output = &mut self.driver.output;
        let count = count.min(output.len());
        self.wire.extend(&output.unsent()[..count]);
        output.advance(count);
        if output.is_empty() {
            let now = self.driver.now;
            self.driver.connection.output_drained(now);
        }
        self.driver.receive(&[]);
        if self.driver.connection.has_ended() && self.driver.output.is_empty() {
            self.is_shut = true;
        }
    }

    pub(crate) fn messages(&self) -> Vec<Seen> {
        let is_message = |seen: &&Seen| matches!(seen, Seen::Text(_) | Seen::Binary(_));
        self.driver.seen.iter().filter(is_message).cloned().collect()
    }

    pub(crate) fn end(&self) -> &End {
        self.driver.end()
    }
}

impl Pair {
    /// Two ends, of which the client has written nothing yet.
    pub(crate) fn begin(tweak: fn(&mut Limits)) -> Pair {
        let sides = [Role::Client, Role::Server].map(|role| Driver::begin(role, tweak));
        Pair { sides: sides.map(Side::new) }
    }

    /// Two ends that are open.
    pub(crate) fn open(tweak: fn(&mut Limits)) -> Pair {
        let sides = [Role::Client, Role::Server].map(|role| Driver::open(role, tweak));
        Pair { sides: sides.map(Side::new) }
    }

    /// Up to `count` bytes arrive that `from` has written; behind the last, that it has closed.
    pub(crate) fn deliver(&mut self, from: usize, count: usize) {
        let sender = &mut self.sides[from];
        let count = count.min(sender.wire.len());
        let bytes: Vec<u8> = sender.wire.drain(..count).collect();
        let is_over = sender.is_shut && sender.wire.is_empty() && !sender.is_told;
        sender.is_told |= is_over;
        let receiver = &mut self.sides[1 - from];
        receiver.driver.receive(&bytes);
        if is_over {
            assert!(receiver.driver.connection.end_of_input().is_none());
            receiver.driver.receive(&[]);
        }
    }

    /// Writes and delivers until nothing moves any more.
    pub(crate) fn settle(&mut self, step: usize) {
        for _ in 0..1_000_000 {
            for side in [CLIENT, SERVER] {
                self.sides[side].write(step);
                self.deliver(side, step);
            }
            let rests = |side: &Side| side.wire.is_empty() && side.driver.output.is_empty();
            if self.sides.iter().all(rests) {
                return;
            }
        }
        panic!("the pair never comes to rest");
    }

    pub(crate) fn advance(&mut self, ms: u32) {
        for side in &mut self.sides {
            side.driver.now = side.driver.now.after_ms(ms);
            side.driver.with(|connection, cx| connection.deadline_passed(cx));
            side.driver.receive(&[]);
        }
    }

    pub(crate) fn accept(&mut self) {
        let server = &mut self.sides[SERVER].driver;
        assert_eq!(server.seen, [Seen::Request("/chat".into())]);
        server.with(|connection, cx| connection.accept(None, &Fields::default(), cx)).unwrap();
        server.receive(&[]);
    }
}

#[test]
fn a_conversation_from_the_request_to_the_close_at_any_step() {
    for step in [1, 2, 3, 7, 64, 100_000] {
        let mut pair = Pair::begin(|_| ());
        pair.settle(step);
        pair.accept();
        pair.settle(step);
        let [client, server] = &mut pair.sides;
        assert_eq!(client.driver.seen, [Seen::Response(101), Seen::Open]);
        assert_eq!(server.driver.seen[1..], [Seen::Open]);
        client.driver.forget();
        server.driver.forget();

        client.send(MessageType::Text, "grüße".as_bytes());
        client.send(MessageType::Binary, &[0, 255, 1, 254]);
        server.send(MessageType::Text, b"");
        server.driver.with(|connection, cx| connection.ping(b"there?", cx)).unwrap();
        pair.settle(step);
        pair.sides[CLIENT].close(1000, "done");
        pair.settle(step);

        let [client, server] = &pair.sides;
        let end = closed(Initiator::Local, (1000, "done"), (1000, ""));
        assert_eq!(client.driver.seen, [text(""), ping(b"there?"), end]);
        let rtt = Seen::Pong(b"there?".to_vec(), Some(0));
        let end = closed(Initiator::Remote, (1000, ""), (1000, "done"));
        assert_eq!(server.driver.seen, [text("grüße"), binary(&[0, 255, 1, 254]), rtt, end]);
    }
}

#[test]
fn d04_the_first_message_may_ride_with_the_answer() {
    for step in [1, 50, 1000] {
        let mut pair = Pair::begin(|_| ());
        pair.settle(step);
        pair.accept();
        pair.sides[SERVER].send(MessageType::Text, b"welcome");
        pair.settle(step);
        let want = [Seen::Response(101), Seen::Open, text("welcome")];
        assert_eq!(pair.sides[CLIENT].driver.seen, want);
    }
}

#[test]
fn large_messages_cross_in_both_directions() {
    let large: Vec<u8> = (0..1_000_000u32).map(|at| (at * 31 % 255) as u8).collect();
    for step in [4093, 65_536, 2_000_000] {
        let mut pair = Pair::open(|_| ());
        for side in &mut pair.sides {
            side.driver.uses_direct = true;
            side.send(MessageType::Binary, &large);
        }
        pair.settle(step);
        for side in &pair.sides {
            assert!(side.messages() == [Seen::Binary(large.clone())], "{step}");
        }
    }
}

#[test]
fn e17_two_ends_that_only_keep_alive_stay_open() {
    let mut pair = Pair::open(|_| ());
    for _ in 0..1000 {
        pair.advance(1000);
        pair.settle(64);
    }
    assert!(pair.sides.iter().all(|side| side.driver.connection.is_open()));
    let is_pong = |seen: &Seen| matches!(seen, Seen::Ping(_) | Seen::Pong(_, Some(0)));
    assert!(pair.sides.iter().all(|side| side.driver.seen.iter().all(is_pong)));
    assert!(pair.sides.iter().all(|side| side.driver.seen.len() >= 40));
}
