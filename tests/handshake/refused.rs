//! Requests that a server refuses, and why (RFC 6455 section 4.2.1, RFC 9112).

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::origin::OriginPolicy;

use crate::chunking::for_each_chunking;
use crate::serving::{Outcome, head, serve};

const GET: &str = "GET /chat HTTP/1.1";

type Case = (&'static str, &'static str, &'static [&'static str]);

#[test]
fn c07_c08_c09_requests_that_are_refused() {
    use ErrorCode::*;
    let cases: &[(ErrorCode, Case)] = &[
        (HandshakeMethod, ("POST /chat HTTP/1.1", "", &[])),
        (HandshakeMethod, ("HEAD /chat HTTP/1.1", "", &[])),
        (HandshakeMethod, ("get /chat HTTP/1.1", "", &[])),
        (HandshakeMethod, ("CONNECT server.example.com:80 HTTP/1.1", "", &[])),
        (HandshakeMethod, ("OPTIONS * HTTP/1.1", "", &[])),
        (HandshakeMethod, ("GETX / HTTP/1.1", "", &[])),
        (HandshakeHttpVersion, ("GET /chat HTTP/1.0", "", &[])),
        (HandshakeHttpVersion, ("GET /chat HTTP/2.0", "", &[])),
        (HandshakeMalformed, ("GET * HTTP/1.1", "", &[])),
        (HandshakeMalformed, ("GET server.example.com:80 HTTP/1.1", "", &[])),
        (HandshakeMalformed, ("GET chat HTTP/1.1", "", &[])),
        (HandshakeMalformed, ("GET /chat#top HTTP/1.1", "", &[])),
        (HandshakeMalformed, ("GET ftp://a/chat HTTP/1.1", "", &[])),
        (HandshakeMalformed, ("GET http://user@a/chat HTTP/1.1", "", &[])),
        (HandshakeHost, (GET, "Host", &[])),
        (HandshakeHost, (GET, "Host", &["Host:"])),
        (HandshakeHost, (GET, "Host", &["Host: a b"])),
        (HandshakeHost, (GET, "Host", &["Host: user@a"])),
        (HandshakeHost, (GET, "Host", &["Host: a, b"])),
        (HandshakeHost, (GET, "Host", &["Host: a/b"])),
        (HandshakeHost, (GET, "Host", &["Host: \u{e4}"])),
        (HandshakeHost, (GET, "", &["Host: server.example.com"])),
        (HandshakeHost, (GET, "", &["hOST: other.example.com"])),
        (HandshakeHost, ("GET http://server.example.com/ HTTP/1.1", "Host", &[])),
        (HandshakeBody, (GET, "", &["Content-Length: 1"])),
        (HandshakeBody, (GET, "", &["Content-Length: +0"])),
        (HandshakeBody, (GET, "", &["Content-Length:"])),
        (HandshakeBody, (GET, "", &["Content-Length: 0, 0"])),
        (HandshakeBody, (GET, "", &["Content-Length: 0", "Content-Length: 0"])),
        (HandshakeBody, (GET, "", &["Content-Length: 18446744073709551616"])),
        (HandshakeBody, (GET, "", &["Transfer-Encoding: chunked"])),
        (HandshakeBody, (GET, "", &["Transfer-Encoding: identity"])),
        (HandshakeBody, (GET, "", &["Content-Length: 0", "transfer-encoding:"])),
        (HandshakeUpgrade, (GET, "Upgrade", &[])),
        (HandshakeUpgrade, (GET, "Upgrade", &["Upgrade:"])),
        (HandshakeUpgrade, (GET, "Upgrade", &["Upgrade: h2c"])),
        (HandshakeUpgrade, (GET, "Upgrade", &["Upgrade: websockets"])),
        (HandshakeUpgrade, (GET, "Upgrade", &["Upgrade: websocket/13"])),
        (HandshakeConnection, (GET, "Connection", &[])),
        (HandshakeConnection, (GET, "Connection", &["Connection:"])),
        (HandshakeConnection, (GET, "Connection", &["Connection: close"])),
        (HandshakeConnection, (GET, "Connection", &["Connection: keep-alive; Upgrade"])),
        (HandshakeVersionMissing, (GET, "Sec-WebSocket-Version", &[])),
        (HandshakeVersion, (GET, "Sec-WebSocket-V", &["Sec-WebSocket-Version: 8"])),
        (HandshakeVersion, (GET, "Sec-WebSocket-V", &["Sec-WebSocket-Version: 14"])),
        (HandshakeVersion, (GET, "Sec-WebSocket-V", &["Sec-WebSocket-Version: 013"])),
        (HandshakeVersion, (GET, "Sec-WebSocket-V", &["Sec-WebSocket-Version: 13, 8"])),
        (HandshakeVersion, (GET, "Sec-WebSocket-V", &["Sec-WebSocket-Version:"])),
        (HandshakeVersion, (GET, "", &["Sec-WebSocket-Version: 13"])),
        (HandshakeVersion, (GET, "Sec-WebSocket", &["Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5"])),
        (HandshakeKey, (GET, "Sec-WebSocket-Key", &[])),
        (HandshakeKey, (GET, "Sec-WebSocket-K", &["Sec-WebSocket-Key:"])),
        (HandshakeKey, (GET, "Sec-WebSocket-K", &["Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4="])),
        (HandshakeKey, (GET, "Sec-WebSocket-K", &["Sec-WebSocket-Key: \u{e4}"])),
        (HandshakeKey, (GET, "", &["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="])),
        (HandshakeOrigin, (GET, "", &["Origin: http://other.example.com"])),
        (HandshakeOrigin, (GET, "", &["Origin: null"])),
        (HandshakeOrigin, (GET, "", &["Origin:"])),
        (HandshakeOrigin, (GET, "", &["Origin: http://\u{e4}"])),
        (
            HandshakeOrigin,
            (GET, "", &["Origin: http://server.example.com", "Origin: http://server.example.com"]),
        ),
        (HandshakeSubprotocol, (GET, "", &["Sec-WebSocket-Protocol:"])),
        (HandshakeSubprotocol, (GET, "", &["Sec-WebSocket-Protocol: ,"])),
        (HandshakeSubprotocol, (GET, "", &["Sec-WebSocket-Protocol: a b"])),
        (HandshakeSubprotocol, (GET, "", &["Sec-WebSocket-Protocol: a;b"])),
        (HandshakeSubprotocol, (GET, "", &["Sec-WebSocket-Protocol: \u{e4}"])),
        (HandshakeSubprotocol, (GET, "", &["Sec-WebSocket-Protocol: a, b, a"])),
        (
            HandshakeSubprotocol,
            (GET, "", &["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: a"]),
        ),
        (HandshakeExtension, (GET, "", &["Sec-WebSocket-Extensions:"])),
        (HandshakeExtension, (GET, "", &["Sec-WebSocket-Extensions: a;b=\"c d\""])),
        (HandshakeExtension, (GET, "", &["Sec-WebSocket-Extensions: a b"])),
        (HandshakeExtension, (GET, "", &["Sec-WebSocket-Extensions: \u{e4}"])),
        (
            HandshakeExtension,
            (
                GET,
                "",
                &[
                    "Sec-WebSocket-Extensions: a,a,a,a,a,a,a,a,a",
                    "Sec-WebSocket-Extensions: a,a,a,a,a,a,a,a",
                ],
            ),
        ),
    ];
    for (want, (start, without, with)) in cases {
        let input = head(start, without, with);
        for_each_chunking(&input, |how, pieces| {
            let outcome = serve(pieces, &OriginPolicy::SameHost);
            assert_eq!(outcome, Outcome::Refused(*want), "{how}: {start}, {with:?}");
        });
    }
}

#[test]
fn c14_other_protocols_are_refused_before_they_wait() {
    let cases: &[(&[u8], ErrorCode)] = &[
        (b"\x16", ErrorCode::HandshakeMalformed),
        (b"\x16\x03\x01\x02\x00\x01", ErrorCode::HandshakeMalformed),
        (b"\x80\x2e\x01", ErrorCode::HandshakeMalformed),
        (b"SSH-2.0-OpenSSH_9.6\r", ErrorCode::HandshakeMalformed),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ErrorCode::HandshakeHttpVersion),
        (b"PRI * HTTP/2", ErrorCode::HandshakeHttpVersion),
        (b"EHLO mail.example.com\r", ErrorCode::HandshakeMalformed),
        (b"HTTP/1.1 200 OK\r\n", ErrorCode::HandshakeMalformed),
        (b"\r\n", ErrorCode::HandshakeMalformed),
        (b"\n", ErrorCode::HandshakeMalformed),
        (b"\0", ErrorCode::HandshakeMalformed),
        (b"<policy-file-request/>\0", ErrorCode::HandshakeMalformed),
        (b"\xEF\xBB\xBFGET", ErrorCode::HandshakeMalformed),
    ];
    for (input, want) in cases {
        let name = String::from_utf8_lossy(input);
        for_each_chunking(input, |how, pieces| {
            let outcome = serve(pieces, &OriginPolicy::SameHost);
            assert_eq!(outcome, Outcome::Refused(*want), "{how}: {name:?}");
        });
    }
}
