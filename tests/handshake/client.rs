//! What a client sends, and what it makes of the answer (RFC 6455 section 4.1).

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::client::{ClientHandshake, ClientProgress};
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::extension::ExtensionOffer;
use oxws::protocol::http::HeadLimits;
use oxws::protocol::version::Version;

use crate::chunking::for_each_chunking;

/// `the sample nonce`, whose key is that of RFC 6455 section 1.3.
const NONCE: [u8; 16] = *b"the sample nonce";

/// What came of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The answer is not complete.
    NeedMore,
    /// The connection is open; the subprotocol, and the bytes behind the 101.
    Accepted { subprotocol: Option<String>, left: Vec<u8> },
    /// The server answered with another status; that, and what was kept of the body.
    Refused(u16, Vec<u8>),
    /// The answer breaks a rule.
    Failed(ErrorCode),
}

/// A client that offers `chat` and `superchat`.
fn start() -> ClientHandshake {
    let mut request = ClientRequest::new("a", "/").expect("host and target are right");
    for subprotocol in ["chat", "superchat"] {
        request.add_subprotocol(subprotocol).expect("the subprotocol is a token");
    }
    ClientHandshake::start(&request, NONCE, HeadLimits::default(), &mut Vec::new())
}

/// Feeds the pieces, and the end of the connection where the answer is not complete.
pub(crate) fn dial(pieces: &[&[u8]]) -> Outcome {
    let mut handshake = start();
    for (index, piece) in pieces.iter().enumerate() {
        let (consumed, progress) = handshake.feed(piece);
        let outcome = match progress {
            Ok(ClientProgress::NeedMore) => {
                assert_eq!(consumed, piece.len());
                continue;
            }
            Ok(ClientProgress::Accepted { subprotocol, .. }) => {
                let mut left = piece[consumed..].to_vec();
                left.extend(pieces[index + 1..].concat());
                Outcome::Accepted { subprotocol: subprotocol.map(String::from), left }
            }
            Ok(ClientProgress::Refused { response }) => {
                Outcome::Refused(response.status(), response.body().to_vec())
            }
            Err(error) => Outcome::Failed(error),
        };
        assert!(matches!(handshake.feed(b"x"), (0, Err(ErrorCode::InvalidState))));
        assert!(handshake.end_of_input().is_none());
        return outcome;
    }
    match handshake.end_of_input() {
        Some(response) => Outcome::Refused(response.status(), response.body().to_vec()),
        None => Outcome::NeedMore,
    }
}

fn check(input: &[u8], want: &Outcome) {
    for_each_chunking(input, |how, pieces| {
        assert_eq!(dial(pieces), *want, "{how}: {:?}", String::from_utf8_lossy(input));
    });
}

const ACCEPT: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A 101 with these lines.
fn head(lines: &[&str]) -> Vec<u8> {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    format!("HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n").into_bytes()
}

#[test]
fn the_request_is_written() {
    let mut request = ClientRequest::new("server.example.com:9001", "/chat?a=b").expect("right");
    request.add_subprotocol("chat").expect("a token");
    request.add_subprotocol("superchat").expect("a token");
    request.add_header("User-Agent", "tester/1").expect("allowed");
    request.set_origin(Some("http://example.com")).expect("allowed");
    request.add_header("Cookie", "a=b").expect("allowed");
    request.add_header("Authorization", "Basic YTpi").expect("allowed");
    let mut out = Vec::new();
    let _ = ClientHandshake::start(&request, NONCE, HeadLimits::default(), &mut out);
    let want = "GET /chat?a=b HTTP/1.1\r\n\
        Host: server.example.com:9001\r\n\
        Upgrade: websocket\r\n\
        Connection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Protocol: chat, superchat\r\n\
        Origin: http://example.com\r\n\
        User-Agent: tester/1\r\n\
        Cookie: a=b\r\n\
        Authorization: Basic YTpi\r\n\
        \r\n";
    assert_eq!(String::from_utf8_lossy(&out), want);
}

#[test]
fn d01_answers_that_open_the_connection() {
    let upgrade = "Upgrade: websocket";
    let connection = "Connection: Upgrade";
    let cases: &[(&[&str], Option<&str>)] = &[
        (&[upgrade, connection, ACCEPT], None),
        (&["UPGRADE:WebSocket", "connection: keep-alive, UPGRADE", ACCEPT, "Server: x"], None),
        (&[upgrade, "Connection: keep-alive", connection, ACCEPT, "Set-Cookie: \u{e4}"], None),
        (&[upgrade, connection, ACCEPT, "Sec-WebSocket-Protocol: chat"], Some("chat")),
        (&[upgrade, connection, ACCEPT, "sec-websocket-protocol: superchat"], Some("superchat")),
    ];
    for (lines, subprotocol) in cases {
        let subprotocol = subprotocol.map(String::from);
        check(&head(lines), &Outcome::Accepted { subprotocol, left: Vec::new() });
    }
}

#[test]
fn d01_d03_answers_that_break_a_rule() {
    use ErrorCode::*;
    let upgrade = "Upgrade: websocket";
    let connection = "Connection: Upgrade";
    let extensions = "Sec-WebSocket-Extensions: permessage-deflate";
    let cases: &[(ErrorCode, &[&str])] = &[
        (HandshakeUpgrade, &[connection, ACCEPT]),
        (HandshakeUpgrade, &["Upgrade:", connection, ACCEPT]),
        (HandshakeUpgrade, &["Upgrade: h2c", connection, ACCEPT]),
        (HandshakeUpgrade, &["Upgrade: websocket, h2c", connection, ACCEPT]),
        (HandshakeUpgrade, &[upgrade, upgrade, connection, ACCEPT]),
        (HandshakeConnection, &[upgrade, ACCEPT]),
        (HandshakeConnection, &[upgrade, "Connection: close", ACCEPT]),
        (HandshakeAccept, &[upgrade, connection]),
        (HandshakeAccept, &[upgrade, connection, "Sec-WebSocket-Accept:"]),
        (HandshakeAccept, &[upgrade, connection, ACCEPT, ACCEPT]),
        (
            HandshakeAccept,
            &[upgrade, connection, "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
        ),
        (
            HandshakeAccept,
            &[upgrade, connection, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo"],
        ),
        (
            HandshakeAccept,
            &[upgrade, connection, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=="],
        ),
        (HandshakeAccept, &[upgrade, connection, "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ=="]),
        (HandshakeExtension, &[upgrade, connection, ACCEPT, extensions]),
        (HandshakeExtension, &[upgrade, connection, ACCEPT, "Sec-WebSocket-Extensions:"]),
        (HandshakeSubprotocol, &[upgrade, connection, ACCEPT, "Sec-WebSocket-Protocol: other"]),
        (HandshakeSubprotocol, &[upgrade, connection, ACCEPT, "Sec-WebSocket-Protocol: Chat"]),
        (HandshakeSubprotocol, &[upgrade, connection, ACCEPT, "Sec-WebSocket-Protocol:"]),
        (
            HandshakeSubprotocol,
            &[upgrade, connection, ACCEPT, "Sec-WebSocket-Protocol: chat, superchat"],
        ),
        (
            HandshakeSubprotocol,
            &[
                upgrade,
                connection,
                ACCEPT,
                "Sec-WebSocket-Protocol: chat",
                "Sec-WebSocket-Protocol: chat",
            ],
        ),
        (HandshakeMalformed, &[upgrade, connection, " folded", ACCEPT]),
    ];
    for (error, lines) in cases {
        check(&head(lines), &Outcome::Failed(*error));
    }
    let old = String::from_utf8_lossy(&head(&[upgrade, connection, ACCEPT])).replace("1.1", "1.0");
    check(old.as_bytes(), &Outcome::Failed(HandshakeHttpVersion));
    check(b"\x81\x05hello", &Outcome::Failed(HandshakeMalformed));
}

#[test]
fn d04_frames_behind_the_101_are_left() {
    let frames = b"\x81\x05hello\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    let answer = head(&["Upgrade: websocket", "Connection: Upgrade", ACCEPT]);
    let input = [answer.as_slice(), frames].concat();
    check(&input, &Outcome::Accepted { subprotocol: None, left: frames.to_vec() });
}

#[test]
fn d02_at_most_five_interim_answers_are_taken() {
    let interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let answer = head(&["Upgrade: websocket", "Connection: Upgrade", ACCEPT]);
    for count in 0..=5 {
        let input = [interim.repeat(count), answer.clone()].concat();
        check(&input, &Outcome::Accepted { subprotocol: None, left: Vec::new() });
    }
    check(&interim.repeat(6), &Outcome::Failed(ErrorCode::HandshakeInterim));
    check(&interim.repeat(5), &Outcome::NeedMore);
}

#[test]
fn d02_refusals_carry_their_body() {
    let cases: &[(&[u8], u16, &[u8])] = &[
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno\r\nmore", 403, b"no\r\n"),
        (b"HTTP/1.1 403\r\nContent-Length: 0\r\n\r\nmore", 403, b""),
        (b"HTTP/1.0 404 Not Found\r\n\r\nno such page", 404, b"no such page"),
        (b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 500, b"abc"),
        (b"HTTP/1.1 500 x\r\ntransfer-encoding: gzip, Chunked\r\nContent-Length: 9\r\n\r\n1\r\nc\r\n0\r\n", 500, b"c"),
        (b"HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX", 500, b"ab"),
        (b"HTTP/1.1 204 No Content\r\n\r\nx", 204, b""),
        (b"HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\nx", 304, b""),
        (b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 5\r\n\r\nab", 302, b"ab"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nab", 200, b"ab"),
        (b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nab", 200, b"ab"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 x\r\nContent-Length: 1\r\n\r\na", 401, b"a"),
        (b"HTTP/1.1 999 x\r\nContent-Length: 1\r\n\r\na", 999, b"a"),
    ];
    for (input, status, body) in cases {
        check(input, &Outcome::Refused(*status, body.to_vec()));
    }
}

#[test]
fn d02_a_refusal_is_told_with_the_last_byte_of_its_body() {
    let cases: &[&[u8]] = &[
        b"HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 x\r\n\r\n",
        b"HTTP/1.1 403 x\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
    ];
    for input in cases {
        let (last, before) = input.split_last().expect("no case is empty");
        let mut handshake = start();
        assert!(matches!(handshake.feed(before), (_, Ok(ClientProgress::NeedMore))));
        let told = handshake.feed(&[*last]);
        assert!(matches!(told, (1, Ok(ClientProgress::Refused { .. }))), "{told:?}");
    }
}

#[test]
fn d02_answers_have_limits() {
    let fields = b"A: b\r\n".repeat(101);
    let many = [b"HTTP/1.1 200 OK\r\n".as_slice(), &fields].concat();
    assert_eq!(dial(&[&many]), Outcome::Failed(ErrorCode::HandshakeHeadTooLarge));
    let long = [b"HTTP/1.1 200 ".as_slice(), &[b'x'; 9_000]].concat();
    assert_eq!(dial(&[&long]), Outcome::Failed(ErrorCode::HandshakeHeadTooLarge));
    let body = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'x'; 100_000]].concat();
    for pieces in [vec![body.as_slice()], body.chunks(1_000).collect()] {
        assert_eq!(dial(&pieces), Outcome::Refused(200, vec![b'x'; 65_536]));
    }
}

#[test]
fn an_end_before_the_answer_is_no_answer() {
    assert_eq!(dial(&[]), Outcome::NeedMore);
    assert_eq!(dial(&[b""]), Outcome::NeedMore);
    assert_eq!(dial(&[b"HTTP/1.1 403 Forbidden\r\n"]), Outcome::NeedMore);
}

/// What a client that asked for `version` reads out of an answer: the version and the extensions.
fn told(version: Version, answer: &str) -> (Version, Vec<String>) {
    let mut request = ClientRequest::new("a", "/").expect("host and target are right");
    request.set_version(version).expect("a version that is spoken");
    let limits = HeadLimits::default();
    let mut handshake = ClientHandshake::start(&request, NONCE, limits, &mut Vec::new());
    match handshake.feed(answer.as_bytes()).1 {
        Ok(ClientProgress::Accepted { response, .. } | ClientProgress::Refused { response }) => {
            let name = |extension: ExtensionOffer| {
                format!("{} {}", extension.name, extension.parameters.len())
            };
            (response.version(), response.extensions().into_iter().map(name).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_tells_its_version() {
    let lines = format!("Upgrade: websocket\r\nConnection: Upgrade\r\n{ACCEPT}\r\n");
    let accepted = format!("HTTP/1.1 101 x\r\n{lines}Sec-WebSocket-Version: 4\r\n\r\n");
    for version in [Version::V13, Version::V8, Version::V7] {
        assert_eq!(told(version, &accepted).0, version);
    }
    let cases = [
        ("", Version::Unknown),
        ("Sec-WebSocket-Version: 13\r\n", Version::V13),
        ("Sec-WebSocket-Version: 8, 13\r\n", Version::V8),
        ("Sec-WebSocket-Version: , 7\r\nsec-websocket-version: 13\r\n", Version::V7),
        ("Sec-WebSocket-Version: 14, 13\r\n", Version::Unknown),
        ("Sec-WebSocket-Version:\r\n", Version::Unknown),
        ("Sec-WebSocket-Version: \u{e4}\r\n", Version::Unknown),
    ];
    for (lines, want) in cases {
        let answer = format!("HTTP/1.1 426 x\r\nContent-Length: 0\r\n{lines}\r\n");
        assert_eq!(told(Version::V13, &answer).0, want, "{lines}");
    }
}

#[test]
fn b02_an_answer_tells_its_extensions() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        ("Sec-WebSocket-Extensions: a; b; c=\"d\", e\r\n", &["a 2", "e 0"]),
        ("Sec-WebSocket-Extensions: a\r\nsec-websocket-extensions: b\r\n", &["a 0", "b 0"]),
        ("Sec-WebSocket-Extensions: a\r\nSec-WebSocket-Extensions: b=\r\n", &["a 0"]),
        ("Sec-WebSocket-Extensions: \u{e4}\r\n", &[]),
    ];
    for (lines, want) in cases {
        let answer = format!("HTTP/1.1 400 x\r\nContent-Length: 0\r\n{lines}\r\n");
        assert_eq!(told(Version::V13, &answer).1, *want, "{lines}");
    }
}
