//! Requests that a server lets in or leaves to the application (RFC 6455 section 4.2.1).

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::origin::OriginPolicy;

use crate::chunking::for_each_chunking;
use crate::serving::{Outcome, head, serve};

const GET: &str = "GET /chat HTTP/1.1";

fn let_in() -> Outcome {
    let answer = "HTTP/1.1 101 Switching Protocols\r\n\
        Upgrade: websocket\r\n\
        Connection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
        \r\n";
    Outcome::Upgrade { answer: answer.to_string(), left: Vec::new() }
}

type Case = (&'static str, &'static str, &'static [&'static str]);

#[test]
fn c09_requests_that_are_let_in() {
    let cases: &[Case] = &[
        (GET, "", &[]),
        ("GET /chat?room=1&x=%20 HTTP/1.1", "", &[]),
        ("GET http://server.example.com/chat HTTP/1.1", "", &[]),
        ("GET wss://other.example.com:8443/chat HTTP/1.1", "", &[]),
        (GET, "Host", &["host: server.example.com:9001"]),
        (GET, "Host", &["HOST:[::1]"]),
        (GET, "Upgrade", &["UPGRADE: WebSocket"]),
        (GET, "Upgrade", &["Upgrade: h2c, websocket"]),
        (GET, "Upgrade", &["Upgrade: h2c", "Upgrade: websocket"]),
        (GET, "Connection", &["Connection: keep-alive, Upgrade"]),
        (GET, "Connection", &["connection: keep-alive", "Connection:\tupgrade\t"]),
        (GET, "Connection", &["Connection: ,, UPGRADE ,"]),
        (GET, "Connection", &["Connection:upgrade"]),
        (GET, "", &["Content-Length: 0"]),
        (GET, "", &["Origin: http://server.example.com"]),
        (GET, "", &["Sec-WebSocket-Protocol: chat, superchat"]),
        (GET, "", &["Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: superchat"]),
        (GET, "", &["Sec-WebSocket-Protocol: ,chat,, Chat,"]),
        (GET, "", &["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]),
        (GET, "", &["Sec-WebSocket-Extensions: a;b=\"c\"", "Sec-WebSocket-Extensions: d"]),
        (GET, "", &["User-Agent: x", "Cookie: a=b; c=\"d\"", "X-Latin: \u{e4}", "Empty:"]),
    ];
    for (start, without, with) in cases {
        let input = head(start, without, with);
        for_each_chunking(&input, |how, pieces| {
            let outcome = serve(pieces, &OriginPolicy::SameHost);
            assert_eq!(outcome, let_in(), "{how}: {start}, {with:?}");
        });
    }
}

#[test]
fn plain_requests_go_to_the_application() {
    let cases: &[(&str, &[&str], Outcome)] = &[
        ("GET / HTTP/1.1", &["Host: a"], Outcome::Plain(false)),
        ("HEAD /x HTTP/1.1", &["Host: a"], Outcome::Plain(true)),
        (
            "GET / HTTP/1.1",
            &["Host: a", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"],
            Outcome::Plain(false),
        ),
        ("GET / HTTP/1.1", &["Host: a", "Origin: http://b"], Outcome::Plain(false)),
        ("POST / HTTP/1.1", &["Host: a"], Outcome::Refused(ErrorCode::HandshakeMethod)),
        ("GET / HTTP/1.1", &[], Outcome::Refused(ErrorCode::HandshakeHost)),
        (
            "GET / HTTP/1.1",
            &["Host: a", "Content-Length: 5"],
            Outcome::Refused(ErrorCode::HandshakeBody),
        ),
    ];
    for (start, lines, want) in cases {
        let lines = lines.iter().map(|line| format!("{line}\r\n"));
        let input = format!("{start}\r\n{}\r\n", lines.collect::<String>());
        for_each_chunking(input.as_bytes(), |how, pieces| {
            assert_eq!(serve(pieces, &OriginPolicy::SameHost), *want, "{how}: {input:?}");
        });
    }
}

#[test]
fn c06_bytes_behind_the_head_are_left() {
    let frames = b"\x81\x85\x00\x00\x00\x00hello\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    let input = [head(GET, "", &[]), frames.to_vec()].concat();
    for_each_chunking(&input, |how, pieces| match serve(pieces, &OriginPolicy::SameHost) {
        Outcome::Upgrade { left, .. } => assert_eq!(left, frames, "{how}"),
        other => panic!("{how}: {other:?}"),
    });
}

#[test]
fn c10_the_policy_decides() {
    let origin = "Origin: https://app.example.com";
    let list = |entry: &str| OriginPolicy::List(vec![entry.into()]);
    let refused = Outcome::Refused(ErrorCode::HandshakeOrigin);
    let cases = [
        (OriginPolicy::Any, let_in()),
        (OriginPolicy::SameHost, refused),
        (list("https://app.example.com"), let_in()),
        (list("https://*.example.com"), let_in()),
        (list("http://app.example.com"), Outcome::Refused(ErrorCode::HandshakeOrigin)),
    ];
    for (policy, want) in cases {
        assert_eq!(serve(&[&head(GET, "", &[origin])], &policy), want, "{policy:?}");
        assert_eq!(serve(&[&head(GET, "", &[])], &policy), let_in(), "{policy:?}");
    }
    // The authority of an absolute target wins over the Host field.
    let absolute = "GET https://app.example.com/ HTTP/1.1";
    let outcome = serve(&[&head(absolute, "", &[origin])], &OriginPolicy::SameHost);
    assert_eq!(outcome, let_in());
}
