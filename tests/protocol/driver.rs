//! A driver: the same conversation however its bytes are cut, both roles; what it keeps, when it is
//! due, what may wait.

use std::sync::Arc;

use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::connection::{Choice, Input, Prepared};
use oxws::protocol::driver::{Driver, OutputLimits, Step};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Event;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::pool::Pool;
use oxws::protocol::settings::Limits;
use oxws::protocol::time::Time;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::harness::{ANSWER, FixedKey, NONCE, REQUEST, ROLES, Seen, settings};
use crate::rows::{frame, frames, peer_of};

const LIMITS: OutputLimits = OutputLimits {
    max_queued_bytes: 1024 * 1024,
    pauses_while_queued: false,
    write_stall_timeout_ms: 1000,
};

/// A driver, and what a user of it would note down.
struct User {
    driver: Driver<FixedKey>,
    seen: Vec<Seen>,
    sent: Vec<u8>,
    /// Whether requests are accepted as soon as they are reported.
    accepts: bool,
    echoes: bool,
}

impl User {
    fn begin(role: Role, tweak: impl Fn(&mut Limits)) -> User {
        User::begin_with(role, LIMITS, tweak)
    }

    fn begin_with(role: Role, limits: OutputLimits, tweak: impl Fn(&mut Limits)) -> User {
        let (settings, now) = (Arc::new(settings(role, tweak)), Time::default());
        let driver = match role {
            Role::Server => Driver::server(settings, limits, FixedKey, now, 0),
            Role::Client => {
                let request = ClientRequest::new("server.example.com", "/chat").unwrap();
                let mut driver = Driver::client(settings, limits, FixedKey, now, request, 0);
                driver.start_request(NONCE);
                driver
            }
        };
        User { driver, seen: Vec::new(), sent: Vec::new(), accepts: true, echoes: false }
    }

    fn open(role: Role, tweak: impl Fn(&mut Limits)) -> User {
        let mut user = User::begin(role, tweak);
        let head = if role == Role::Server { REQUEST } else { ANSWER };
        user.receive(&mut head.to_vec());
        user.write();
        assert_eq!(user.seen.pop(), Some(Seen::Open));
        user.seen.clear();
        user.sent.clear();
        user
    }

    /// An open connection on which these pieces have come, and then the end.
    fn after(role: Role, pieces: &mut [&mut [u8]]) -> User {
        let mut user = User::open(role, |_| ());
        for piece in pieces {
            user.receive(piece);
        }
        user.driver.end_of_input();
        user.receive(&mut []);
        user.write();
        user
    }

    /// Lends bytes and takes all events.
    fn receive(&mut self, bytes: &mut [u8]) {
        let mut start = 0;
        loop {
            let mut input = Input::new(&mut bytes[start..]);
            let step = self.driver.step(&mut input);
            let left = input.len();
            let seen = match step {
                Step::Event(event) => Some(Seen::from_event(event, &mut Pool::default())),
                Step::Again => None,
                Step::Done => break assert_eq!(left, 0),
            };
            start = bytes.len() - left;
            if let Some(seen) = seen {
                self.react(&seen);
                self.seen.push(seen);
            }
        }
    }

    fn react(&mut self, seen: &Seen) {
        match seen {
            Seen::Request(_) if self.accepts => {
                self.driver.accept_first(&[], &Fields::default()).unwrap();
            }
            Seen::Text(text) if self.echoes => {
                self.driver.send(MessageType::Text, text.as_bytes()).unwrap();
            }
            Seen::Binary(bytes) if self.echoes => {
                self.driver.send(MessageType::Binary, bytes).unwrap();
            }
            _ => {}
        }
    }

    /// Writes all output and takes what follows from that.
    fn write(&mut self) {
        self.sent.extend_from_slice(self.driver.output());
        self.driver.output_written(self.driver.output().len()).unwrap();
        self.receive(&mut []);
    }

    fn at(&mut self, ms: u64) {
        self.driver.set_now(Time::from_micros(ms * 1000));
        self.driver.advance();
        self.receive(&mut []);
    }

    fn error(&self) -> Option<ErrorCode> {
        match self.seen.last() {
            Some(Seen::Closed(end)) => end.error,
            other => panic!("{other:?}"),
        }
    }
}

/// A conversation of either role: what the peer says, what is seen, what is said.
fn conversation(role: Role) -> (Vec<u8>, Vec<&'static str>, Vec<u8>) {
    let by = peer_of(role);
    let head = if role == Role::Server { REQUEST } else { ANSWER };
    let said = [
        head,
        &frame(by, 0x81, b"hello"),
        &frames(by, &[(0x02, b"frag"), (0x89, b"ping"), (0x80, b"ments")]),
        &frame(by, 0x82, &[7; 300]),
        &frame(by, 0x8a, b""),
        &frame(by, 0x88, &[3, 232]),
        b"what follows is nothing",
    ]
    .concat();
    let opened = if role == Role::Server { "request" } else { "response" };
    let seen = vec![opened, "open", "hello", "ping", "fragments", "300 bytes", "pong", "closed"];
    let answers = [
        frame(role, 0x81, b"hello"),
        frame(role, 0x8a, b"ping"),
        frame(role, 0x82, b"fragments"),
        frame(role, 0x82, &[7; 300]),
        frame(role, 0x88, &[3, 232]),
    ];
    let front = if role == Role::Server { ANSWER.to_vec() } else { Vec::new() };
    (said, seen, [front, answers.concat()].concat())
}

fn name(seen: &Seen) -> &'static str {
    match seen {
        Seen::Request(_) => "request",
        Seen::Response(101) => "response",
        Seen::Open => "open",
        Seen::Text(text) if text == "hello" => "hello",
        Seen::Ping(payload) if payload == b"ping" => "ping",
        Seen::Binary(bytes) if bytes == b"fragments" => "fragments",
        Seen::Binary(bytes) if *bytes == [7; 300] => "300 bytes",
        Seen::Pong(..) => "pong",
        Seen::Closed(end) if end.error.is_none() => "closed",
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(role: Role, user: &User, name_of_case: &str) {
    let (_, seen, sent) = conversation(role);
    assert_eq!(user.seen.iter().map(name).collect::<Vec<_>>(), seen, "{name_of_case}");
    let skip = user.sent.len() - sent.len();
    assert_eq!(user.sent[skip..], sent, "{name_of_case}");
    assert!(user.driver.connection().has_ended() && !user.driver.wants_input());
}

#[test]
fn a_conversation_is_the_same_at_every_split() {
    for role in ROLES {
        let (said, ..) = conversation(role);
        for split in 0..=said.len() {
            let mut user = User::begin(role, |_| ());
            user.echoes = true;
            let mut bytes = said.clone();
            let (front, back) = bytes.split_at_mut(split);
            user.receive(front);
            user.receive(back);
            user.write();
            check(role, &user, &format!("{role:?} at {split}"));
        }
    }
}

#[test]
fn a_conversation_is_the_same_in_pieces_of_every_size() {
    for role in ROLES {
        for size in 1..40 {
            let (mut said, ..) = conversation(role);
            let mut user = User::begin(role, |_| ());
            user.echoes = true;
            for piece in said.chunks_mut(size) {
                user.receive(piece);
                // Memory that is lent for a while is used for something else then.
                piece.fill(0xDD);
                user.write();
            }
            check(role, &user, &format!("{role:?} by {size}"));
        }
    }
}

#[test]
fn events_can_be_left_until_more_has_come() {
    for role in ROLES {
        let (said, ..) = conversation(role);
        for split in 0..said.len() {
            let mut user = User::begin(role, |_| ());
            user.echoes = true;
            let mut front = said[..split].to_vec();
            let mut input = Input::new(&mut front);
            user.driver.keep_unused(&mut input);
            assert_eq!(user.driver.unused(), &said[..split]);
            user.receive(&mut said[split..].to_vec());
            user.write();
            check(role, &user, &format!("{role:?} at {split}"));
        }
    }
}

#[test]
fn what_follows_a_request_waits_for_the_decision() {
    let follows = frame(Role::Client, 0x82, &[9; 5000]).repeat(20);
    let mut user = User::begin(Role::Server, |_| ());
    user.accepts = false;
    user.receive(&mut [REQUEST, &follows].concat());
    assert_eq!(user.seen, [Seen::Request("/chat".into())]);
    assert!(!user.driver.wants_input());
    assert_eq!(user.driver.unused(), follows);
    let mut reply = Reply::new(200).unwrap();
    reply.set_subprotocol("chat").unwrap();
    assert_eq!(user.driver.accept(&reply), Err(ErrorCode::SubprotocolNotOffered));
    user.driver.accept(&Reply::new(200).unwrap()).unwrap();
    assert!(user.driver.wants_input());
    user.receive(&mut []);
    assert_eq!(user.seen.len(), 22);
    assert_eq!(user.driver.unused(), b"");
}

#[test]
fn what_follows_an_end_is_unused() {
    let mut user = User::begin(Role::Server, |_| ());
    user.receive(&mut b"GET /page HTTP/1.1\r\nHost: a\r\n\r\nmore".to_vec());
    assert_eq!(user.seen, [Seen::HttpRequest("/page".into())]);
    let mut reply = Reply::new(200).unwrap();
    reply.set_body(b"here").unwrap();
    user.driver.respond(&reply).unwrap();
    user.write();
    assert!(user.sent.starts_with(b"HTTP/1.1 200 OK\r\n") && user.sent.ends_with(b"\r\n\r\nhere"));
    assert_eq!(user.error(), None);
    assert_eq!(user.driver.unused(), b"more");
    assert_eq!(user.driver.respond(&reply), Err(ErrorCode::Closed));

    let mut user = User::open(Role::Server, |_| ());
    user.receive(&mut [&frame(Role::Client, 0x83, b"")[..], b"more"].concat());
    assert_eq!(user.error(), Some(ErrorCode::ReservedOpcode));
    assert!(user.driver.unused().ends_with(b"more"));
}

#[test]
fn e07_the_transport_ends_after_what_it_has_brought() {
    for role in ROLES {
        for (os_error, error) in
            [(None, ErrorCode::ConnectionLost), (Some(104), ErrorCode::ConnectionReset)]
        {
            let mut user = User::open(role, |_| ());
            let mut said = frames(peer_of(role), &[(0x81, b"last"), (0x81, b"cut")]);
            said.pop();
            user.driver.send(MessageType::Text, b"lost").unwrap();
            match os_error {
                None => user.driver.end_of_input(),
                Some(number) => user.driver.lost(number),
            }
            assert!(!user.driver.wants_input());
            user.receive(&mut said);
            assert_eq!(user.seen[0], Seen::Text("last".into()));
            assert_eq!((user.seen.len(), user.error()), (2, Some(error)));
            // Who has only stopped sending may still read.
            assert_eq!(user.driver.output().is_empty(), os_error.is_some());
        }
    }
}

/// What is sent until the loss is reported has nowhere to go either.
#[test]
fn e07_nothing_waits_for_a_transport_that_is_lost() {
    for said in [&[(0x81, &b"last"[..])][..], &[(0x81, b"last"), (0x88, b"\x03\xe8")]] {
        for role in ROLES {
            let mut user = User::open(role, |_| ());
            user.echoes = true;
            user.driver.lost(104);
            user.receive(&mut frames(peer_of(role), said));
            assert_eq!(user.seen[0], Seen::Text("last".into()));
            assert!(user.driver.connection().has_ended());
            assert_eq!(user.driver.output(), b"");
            assert_eq!(user.driver.deadline(), None);
        }
    }
}

#[test]
fn e07_an_end_of_input_waits_for_a_decision_but_a_loss_does_not() {
    let mut user = User::begin(Role::Server, |_| ());
    user.accepts = false;
    user.receive(&mut REQUEST.to_vec());
    user.driver.end_of_input();
    user.receive(&mut []);
    assert_eq!(user.seen.len(), 1);
    user.driver.accept_first(&[], &Fields::default()).unwrap();
    user.receive(&mut []);
    assert_eq!(user.seen[1], Seen::Open);
    assert_eq!(user.error(), Some(ErrorCode::ConnectionLost));

    let mut user = User::begin(Role::Server, |_| ());
    user.accepts = false;
    user.receive(&mut REQUEST.to_vec());
    user.driver.lost(0);
    user.receive(&mut []);
    assert_eq!(user.error(), Some(ErrorCode::ConnectionLost));
}

#[test]
fn a_refusal_whose_body_ends_with_the_input_is_reported() {
    let mut user = User::begin(Role::Client, |_| ());
    user.receive(&mut b"HTTP/1.1 403 Forbidden\r\n\r\nbecause".to_vec());
    assert_eq!(user.seen, []);
    user.driver.end_of_input();
    user.receive(&mut []);
    assert_eq!(user.seen[0], Seen::Response(403));
    assert_eq!(user.error(), Some(ErrorCode::HandshakeStatus));
}

#[test]
fn c01_e05_deadlines_are_told_and_kept() {
    for role in ROLES {
        let mut user = User::begin(role, |limits| limits.handshake_timeout_ms = 500);
        user.write();
        assert_eq!(user.driver.deadline(), Some(Time::from_micros(500_000)));
        user.at(499);
        assert_eq!(user.seen, []);
        user.at(500);
        assert_eq!(user.error(), Some(ErrorCode::HandshakeTimeout));

        let mut user = User::open(role, |limits| {
            limits.ping_interval_ms = 1000;
            limits.pong_timeout_ms = 300;
        });
        assert_eq!(user.driver.deadline(), Some(Time::from_micros(900_000)));
        user.at(900);
        assert_eq!(user.driver.output().len(), if role == Role::Server { 10 } else { 14 });
        user.write();
        assert_eq!(user.driver.deadline(), Some(Time::from_micros(1_200_000)));
        user.at(1200);
        assert_eq!(user.error(), Some(ErrorCode::PongTimeout));

        let mut user = User::open(role, |limits| {
            limits.close_timeout_ms = 200;
            limits.ping_interval_ms = 0;
        });
        assert_eq!(user.driver.deadline(), None);
        let frame = CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap();
        user.driver.close(frame).unwrap();
        user.at(100);
        // Its time begins when the Close frame has left.
        user.write();
        assert_eq!(user.driver.deadline(), Some(Time::from_micros(300_000)));
        user.at(300);
        assert_eq!(user.error(), Some(ErrorCode::CloseTimeout));
    }
}

#[test]
fn e01_output_that_nobody_takes_is_given_up_and_does_not_grow() {
    for role in ROLES {
        let mut user = User::open(role, |limits| limits.ping_interval_ms = 0);
        user.driver.send(MessageType::Binary, &[1; 64 * 1024]).unwrap();
        let waits = user.driver.output().len();
        user.receive(&mut frame(peer_of(role), 0x89, &[2; 125]).repeat(1000));
        assert_eq!(user.seen.len(), 1000);
        assert_eq!(user.driver.output().len(), waits);
        user.at(999);
        assert!(user.driver.connection().is_open());
        user.driver.output_written(1).unwrap();
        assert_eq!(user.driver.deadline(), Some(Time::from_micros(1_999_000)));
        user.at(1999);
        assert_eq!(user.error(), Some(ErrorCode::WriteStalled));
        assert_eq!(user.driver.output(), b"");
    }
}

#[test]
fn as_much_may_wait_as_is_allowed() {
    let mut user = User::open(Role::Server, |_| ());
    user.driver.send(MessageType::Binary, &[1; 1024 * 1024]).unwrap();
    assert_eq!(user.driver.send(MessageType::Binary, b"x"), Err(ErrorCode::WouldExceed));
    assert_eq!(user.driver.ping(b"x"), Err(ErrorCode::WouldExceed));
    let count = user.driver.output().len();
    assert_eq!(user.driver.output_written(count + 1), Err(ErrorCode::InvalidArgument));
    user.driver.output_written(count).unwrap();
    user.driver.pong(b"x").unwrap();
    assert_eq!(user.driver.output(), frame(Role::Server, 0x8a, b"x"));
    user.driver.abort().unwrap();
    assert_eq!(user.driver.output(), b"");
    assert_eq!(user.driver.abort(), Err(ErrorCode::Closed));
}

#[test]
fn a_request_that_is_announced_leaves_as_it_was_given_back() {
    let settings = Arc::new(settings(Role::Client, |_| ()));
    let request = ClientRequest::new("server.example.com", "/chat").unwrap();
    let mut driver = Driver::client(settings, LIMITS, FixedKey, Time::default(), request, 0);
    driver.announce_request();
    assert_eq!(driver.output(), b"");
    assert!(!driver.wants_input());
    let none = &mut Input::new(&mut []);
    let Step::Event(Event::Connecting(mut request)) = driver.step(none) else { panic!() };
    assert!(matches!(driver.step(&mut Input::new(&mut [])), Step::Done));
    request.set_origin(Some("http://changed.example")).unwrap();
    driver.send_request(&request, NONCE).unwrap();
    assert_eq!(driver.send_request(&request, NONCE), Err(ErrorCode::InvalidState));
    let output = std::str::from_utf8(driver.output()).unwrap();
    assert!(output.contains("\r\nOrigin: http://changed.example\r\n"), "{output}");
    assert!(driver.wants_input());
}

#[test]
fn a_peer_that_does_not_read_has_to_wait() {
    let limits = OutputLimits { pauses_while_queued: true, max_queued_bytes: 100, ..LIMITS };
    let mut user = User::begin_with(Role::Server, limits, |limits| {
        limits.ping_interval_ms = 100;
        limits.pong_timeout_ms = 100;
    });
    user.echoes = true;
    user.receive(&mut REQUEST.to_vec());
    user.write();
    user.seen.clear();
    // 48 bytes in all wait after the third, which is not half yet.
    user.receive(&mut frame(Role::Client, 0x82, &[7; 14]).repeat(9));
    assert_eq!((user.seen.len(), user.driver.output().len()), (4, 64));
    assert!(!user.driver.wants_input() && user.driver.may_want_input());
    // Its silence is nobody's fault but that of its own output.
    assert_eq!(user.driver.deadline(), Some(Time::from_micros(1_000_000)));
    user.at(500);
    user.driver.end_of_input();
    user.receive(&mut []);
    assert!(user.driver.connection().is_open());
    user.write();
    assert_eq!(user.seen.len(), 8);
    user.write();
    assert_eq!(user.seen.len(), 10);
    assert_eq!(user.error(), Some(ErrorCode::ConnectionLost));
}

#[test]
fn e04_in_a_pause_nothing_is_used_and_silence_does_not_count() {
    for role in ROLES {
        let mut user = User::open(role, |limits| {
            limits.ping_interval_ms = 100;
            limits.pong_timeout_ms = 100;
        });
        user.driver.pause();
        assert!(!user.driver.wants_input());
        let said = frame(peer_of(role), 0x81, b"later");
        user.receive(&mut said.clone());
        assert_eq!((user.seen.len(), user.driver.unused()), (0, &said[..]));
        assert_eq!(user.driver.deadline(), None);
        user.at(1000);
        user.driver.resume();
        user.receive(&mut []);
        assert_eq!(user.seen, [Seen::Text("later".into())]);
        assert_eq!(user.driver.deadline(), Some(Time::from_micros(1_090_000)));
        user.driver.pause();
        user.driver.close(CloseFrame::new(None, "").unwrap()).unwrap();
        assert!(user.driver.wants_input());
    }
}

#[test]
fn time_does_not_go_back() {
    let mut user = User::open(Role::Server, |limits| limits.idle_timeout_ms = 100);
    user.at(90);
    user.driver.send(MessageType::Binary, b"x").unwrap();
    user.at(10);
    user.at(189);
    assert!(user.driver.connection().is_open());
    user.at(190);
    assert_eq!(user.error(), Some(ErrorCode::IdleTimeout));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever a peer sends, right or wrong: what is seen and said does not depend on the pieces.
    #[test]
    fn any_bytes_in_any_pieces_are_one_conversation(
        role in prop_oneof![Just(Role::Client), Just(Role::Server)],
        list in vec((any::<u8>(), vec(any::<u8>(), 0..200)), 0..12),
        sane in any::<bool>(),
        noise in vec(any::<u8>(), 0..30),
        cuts in vec(1_usize..300, 1..40),
    ) {
        let kinds = [0x01, 0x81, 0x82, 0x02, 0x80, 0x00, 0x89, 0x8a, 0x82, 0x81];
        let mut said = Vec::new();
        for (first, payload) in &list {
            let kind = if sane { kinds[*first as usize % kinds.len()] } else { *first };
            let control = kind & 0x08 != 0;
            let payload = if control { &payload[..payload.len().min(125)] } else { payload };
            said.extend(frame(peer_of(role), kind, payload));
        }
        said.extend(noise);
        let whole = User::after(role, &mut [&mut said.clone()[..]]);
        let mut rest = &mut said.clone()[..];
        let mut pieces = Vec::new();
        for cut in cuts.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, back) = rest.split_at_mut(cut.min(rest.len()));
            pieces.push(piece);
            rest = back;
        }
        let parts = User::after(role, &mut pieces);
        prop_assert_eq!(whole.seen, parts.seen);
        prop_assert_eq!(whole.sent, parts.sent);
    }
}

#[test]
fn a_prepared_message_leaves_as_any_other_and_obeys_the_same_rules() {
    let message = Prepared::new(MessageType::Text, b"tea", Choice::BySize).unwrap();
    // The masking key is 1, 2, 3, 4.
    let cases: [(Role, &[u8]); 2] =
        [(Role::Server, b"\x81\x03tea"), (Role::Client, b"\x81\x83\x01\x02\x03\x04ugb")];
    for (role, want) in cases {
        let mut early = User::begin(role, |_| ());
        assert_eq!(early.driver.send_prepared(&message), Err(ErrorCode::NotOpen));
        let mut user = User::open(role, |_| ());
        user.driver.send_prepared(&message).unwrap();
        user.write();
        assert_eq!(user.sent, want);
        user.driver.begin_message(MessageType::Text, Choice::BySize).unwrap();
        assert_eq!(user.driver.send_prepared(&message), Err(ErrorCode::InvalidState));
        user.driver.close(CloseFrame::new(Some(CloseCode::NORMAL), "").unwrap()).unwrap();
        assert_eq!(user.driver.send_prepared(&message), Err(ErrorCode::Closed));
    }
    let limits = OutputLimits { max_queued_bytes: 5, ..LIMITS };
    let mut full = User::begin_with(Role::Server, limits, |_| ());
    full.receive(&mut REQUEST.to_vec());
    full.write();
    full.driver.send_prepared(&message).unwrap();
    assert_eq!(full.driver.send_prepared(&message), Err(ErrorCode::WouldExceed));
}
