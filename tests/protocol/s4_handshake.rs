//! Section 4 as a connection lives it: stages of the opening, decisions and bytes behind heads.
//! What a head must hold is tested with the handshakes themselves.

use oxws::protocol::connection::CloseState;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::{MessageType, Role};

use crate::harness::{ANSWER, Driver, End, REQUEST, Seen};
use crate::rows::{binary, frame, frames, ping, text};

/// What a client and a server see that open as the sample does.
fn opening(role: Role) -> Vec<Seen> {
    match role {
        Role::Client => vec![Seen::Response(101), Seen::Open],
        Role::Server => vec![Seen::Request("/chat".into()), Seen::Open],
    }
}

fn unopened(error: Option<ErrorCode>, http_status: u16, announced: bool) -> Seen {
    let (local, remote, initiator) = (None, None, Initiator::Nobody);
    Seen::Closed(End { error, initiator, local, remote, http_status, announced })
}

#[test]
fn the_sample_of_section_1_3_opens_a_client_at_every_split() {
    for cut in 0..=ANSWER.len() {
        let mut driver = Driver::begin(Role::Client, |_| ());
        driver.drain();
        assert_eq!(driver.sent, REQUEST);
        assert!(driver.connection.is_opening() && driver.connection.wants_input());
        driver.feed(&ANSWER[..cut]);
        driver.feed(&ANSWER[cut..]);
        assert_eq!(driver.seen, opening(Role::Client));
        assert!(driver.connection.is_open());
    }
}

#[test]
fn the_sample_of_section_1_3_opens_a_server_at_every_split() {
    for cut in 0..=REQUEST.len() {
        let mut driver = Driver::begin(Role::Server, |_| ());
        driver.feed(&REQUEST[..cut]);
        driver.feed(&REQUEST[cut..]);
        assert_eq!(driver.seen, [Seen::Request("/chat".into())]);
        assert!(!driver.connection.wants_input() && driver.sent.is_empty());
        driver.accept();
        assert_eq!(driver.seen, opening(Role::Server));
        assert_eq!(driver.sent, ANSWER);
    }
}

#[test]
fn c06_frames_behind_a_request_wait_for_the_decision() {
    let tail = frames(Role::Client, &[(0x81, b"early"), (0x89, b"p"), (0x02, b"half")]);
    let whole = [REQUEST, &tail].concat();
    for cut in 0..=whole.len() {
        let mut driver = Driver::begin(Role::Server, |_| ());
        driver.feed(&whole[..cut]);
        driver.feed(&whole[cut..]);
        assert_eq!(driver.seen, [Seen::Request("/chat".into())], "{cut}");
        assert_eq!(driver.left, tail);
        driver.accept();
        let mut want = opening(Role::Server);
        want.extend([text("early"), ping(b"p")]);
        assert_eq!(driver.seen, want, "{cut}");
        assert_eq!(driver.sent, [ANSWER, b"\x8a\x01p"].concat());
        driver.feed(&frame(Role::Client, 0x80, b" way"));
        assert_eq!(driver.seen.last(), Some(&binary(b"half way")));
    }
}

#[test]
fn c06_a_second_request_behind_the_first_is_never_read() {
    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.feed(&[REQUEST, REQUEST].concat());
    driver.with(|connection, cx| connection.respond(&Reply::new(404).unwrap(), cx)).unwrap();
    driver.turn();
    let want =
        [Seen::Request("/chat".into()), unopened(Some(ErrorCode::HandshakeDenied), 404, true)];
    assert_eq!(driver.seen, want);
    assert!(driver.left.is_empty());

    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.feed(&[REQUEST, REQUEST].concat());
    driver.accept();
    // G is 0x47: a reserved bit.
    assert_eq!(driver.end().error, Some(ErrorCode::ReservedBits));
}

#[test]
fn d04_frames_behind_an_answer_come_after_the_opening() {
    let tail = frames(Role::Server, &[(0x81, b"hello"), (0x89, b"p"), (0x82, b"more")]);
    let whole = [ANSWER, &tail].concat();
    for cut in 0..=whole.len() {
        let mut driver = Driver::begin(Role::Client, |_| ());
        driver.drain();
        driver.forget();
        driver.feed(&whole[..cut]);
        driver.feed(&whole[cut..]);
        let mut want = opening(Role::Client);
        want.extend([text("hello"), ping(b"p"), binary(b"more")]);
        assert_eq!(driver.seen, want, "{cut}");
        assert_eq!(driver.sent, frame(Role::Client, 0x8a, b"p"));
    }
}

#[test]
fn d04_the_answer_byte_by_byte_with_frames_behind_it() {
    let whole = [ANSWER, b"\x81\x02hi"].concat();
    let mut driver = Driver::begin(Role::Client, |_| ());
    whole.chunks(1).for_each(|byte| driver.feed(byte));
    let mut want = opening(Role::Client);
    want.push(text("hi"));
    assert_eq!(driver.seen, want);
}

#[test]
fn a_server_chooses_one_of_the_subprotocols_offered() {
    let head = REQUEST.strip_suffix(b"\r\n").unwrap();
    let request = [head, b"Sec-WebSocket-Protocol: chat, superchat\r\n\r\n"].concat();
    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.feed(&request);
    let offered: Vec<String> =
        driver.connection.offer().unwrap().subprotocols().map(String::from).collect();
    assert_eq!(offered, ["chat", "superchat"]);
    let mut fields = Fields::default();
    fields.add("X-Served-By", "one").unwrap();
    let refused = driver.with(|connection, cx| connection.accept(Some("other"), &fields, cx));
    assert_eq!(refused, Err(ErrorCode::SubprotocolNotOffered));
    assert!(driver.connection.is_opening() && driver.output.is_empty());
    driver.with(|connection, cx| connection.accept(Some("superchat"), &fields, cx)).unwrap();
    driver.turn();
    assert_eq!(driver.connection.subprotocol(), Some("superchat"));
    let sent = String::from_utf8(driver.sent.clone()).unwrap();
    assert!(sent.contains("\r\nSec-WebSocket-Protocol: superchat\r\n"), "{sent}");
    assert!(sent.contains("\r\nX-Served-By: one\r\n"), "{sent}");
}

#[test]
fn e09_a_request_is_decided_once() {
    let mut driver = Driver::begin(Role::Server, |_| ());
    let accept = |driver: &mut Driver| {
        driver.with(|connection, cx| connection.accept(None, &Fields::default(), cx))
    };
    let deny = |driver: &mut Driver| {
        driver.with(|connection, cx| connection.respond(&Reply::new(403).unwrap(), cx))
    };
    assert_eq!(accept(&mut driver), Err(ErrorCode::InvalidState));
    assert_eq!(deny(&mut driver), Err(ErrorCode::InvalidState));
    driver.feed(REQUEST);
    assert_eq!(accept(&mut driver), Ok(()));
    for _ in 0..2 {
        assert_eq!(accept(&mut driver), Err(ErrorCode::InvalidState));
        assert_eq!(deny(&mut driver), Err(ErrorCode::InvalidState));
        driver.turn();
    }
    assert_eq!(driver.sent, ANSWER);

    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.feed(REQUEST);
    assert_eq!(deny(&mut driver), Ok(()));
    assert_eq!(accept(&mut driver), Err(ErrorCode::Closed));
    assert_eq!(deny(&mut driver), Err(ErrorCode::Closed));
    driver.turn();
    assert_eq!(driver.end().http_status, 403);
    assert!(driver.sent.starts_with(b"HTTP/1.1 403 Forbidden\r\n"));
}

#[test]
fn an_ordinary_request_is_answered_and_can_not_be_accepted() {
    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.feed(b"GET /page?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(driver.seen, [Seen::HttpRequest("/page?x=1".into())]);
    let accepted = driver.with(|connection, cx| connection.accept(None, &Fields::default(), cx));
    assert_eq!(accepted, Err(ErrorCode::InvalidState));
    let mut reply = Reply::new(200).unwrap();
    reply.set_body(b"hi").unwrap();
    driver.with(|connection, cx| connection.respond(&reply, cx)).unwrap();
    driver.turn();
    assert_eq!(driver.seen.last(), Some(&unopened(None, 200, true)));
    let want = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    assert_eq!(driver.sent, want);
}

#[test]
fn a_request_that_is_none_is_refused_and_ends_unannounced() {
    let rows: [(&[u8], ErrorCode, u16); 4] = [
        (b"\x16\x03\x01\x00\xa5\x01", ErrorCode::HandshakeMalformed, 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", ErrorCode::HandshakeMethod, 405),
        (b"GET / HTTP/1.1\r\n\r\n", ErrorCode::HandshakeHost, 400),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", ErrorCode::HandshakeHttpVersion, 505),
    ];
    for (request, error, status) in rows {
        for step in [1, 7, 100] {
            let mut driver = Driver::begin(Role::Server, |_| ());
            request.chunks(step).for_each(|piece| driver.feed(piece));
            assert_eq!(driver.seen, [unopened(Some(error), status, false)]);
            let line = format!("HTTP/1.1 {status} ");
            assert!(driver.sent.starts_with(line.as_bytes()));
        }
    }
}

#[test]
fn a_server_that_answers_otherwise_refuses_the_client() {
    let refusal = b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy\x81\x02hi";
    for cut in 0..=refusal.len() {
        let mut driver = Driver::begin(Role::Client, |_| ());
        driver.feed(&refusal[..cut]);
        driver.feed(&refusal[cut..]);
        let want = [Seen::Response(503), unopened(Some(ErrorCode::HandshakeStatus), 503, true)];
        assert_eq!(driver.seen, want, "{cut}");
    }
}

#[test]
fn a_refusal_whose_body_is_cut_short_is_still_reported() {
    let mut driver = Driver::begin(Role::Client, |_| ());
    driver.feed(b"HTTP/1.1 401 No\r\nContent-Length: 400\r\n\r\nonly this");
    assert_eq!(driver.seen, []);
    let status = match driver.connection.end_of_input() {
        Some(oxws::protocol::event::Event::Response(response)) => {
            assert_eq!(response.body(), b"only this");
            response.status()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(status, 401);
    driver.turn();
    assert_eq!(driver.seen, [unopened(Some(ErrorCode::HandshakeUnauthorized), 401, true)]);
}

#[test]
fn an_answer_that_breaks_a_rule_ends_the_client_without_a_word() {
    let text = std::str::from_utf8(ANSWER).unwrap();
    let rows = [
        (text.replace("s3pP", "S3pP"), ErrorCode::HandshakeAccept),
        (text.replace("Upgrade: websocket", "Upgrade: h2c"), ErrorCode::HandshakeUpgrade),
        (text.replace("on: Upgrade", "on: close"), ErrorCode::HandshakeConnection),
        (text.replace("HTTP/1.1", "HTTP/1.0"), ErrorCode::HandshakeHttpVersion),
        (text.replace("HTTP/1.1 101", "SSH-2.0-x"), ErrorCode::HandshakeMalformed),
    ];
    for (answer, error) in rows {
        let mut driver = Driver::begin(Role::Client, |_| ());
        driver.drain();
        driver.forget();
        driver.feed(answer.as_bytes());
        driver.feed(b"\x81\x02hi");
        assert_eq!(driver.seen, [unopened(Some(error), 0, true)]);
        assert_eq!(driver.sent, b"");
    }
}

#[test]
fn e09_nothing_is_sent_before_the_opening() {
    for role in [Role::Client, Role::Server] {
        let mut driver = Driver::begin(role, |_| ());
        driver.drain();
        driver.forget();
        if role == Role::Server {
            driver.feed(REQUEST);
        }
        let checked = driver.connection.check_send(MessageType::Text, b"x");
        assert_eq!(checked, Err(ErrorCode::NotOpen));
        let pinged = driver.with(|connection, cx| connection.ping(b"", cx));
        assert_eq!(pinged, Err(ErrorCode::NotOpen));
        assert_eq!(driver.connection.close_state(), CloseState::Open);
        assert!(driver.connection.direct_room().is_none());
        assert!(driver.output.is_empty());
    }
}

#[test]
fn f06_a_connection_lost_before_it_opens_ends_once() {
    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.feed(&REQUEST[..30]);
    assert!(driver.connection.end_of_input().is_none());
    driver.turn();
    driver.turn();
    assert_eq!(driver.seen, [unopened(Some(ErrorCode::ConnectionLost), 0, false)]);

    let mut driver = Driver::begin(Role::Client, |_| ());
    driver.feed(&ANSWER[..30]);
    driver.connection.lost(ErrorCode::ConnectionReset, 104);
    driver.connection.lost(ErrorCode::ConnectionLost, 0);
    driver.feed(&ANSWER[30..]);
    driver.turn();
    assert_eq!(driver.seen, [unopened(Some(ErrorCode::ConnectionReset), 0, true)]);
}
