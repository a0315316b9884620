//! What a request and a response tell of themselves once they are parsed.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::request::Request;
use oxws::protocol::handshake::response::Response;
use oxws::protocol::version::Version;

const REQUEST: &[u8] = b"GET /chat/%61?room=1&x=? HTTP/1.1\r\n\
    Host: server.example.com:9001\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Origin: http://example.com\r\n\
    Sec-WebSocket-Protocol: chat, superchat\r\n\
    X-Twice:  first \t\r\n\
    x-twice:\xFF\r\n\
    Empty:\r\n\
    Sec-WebSocket-Protocol: third\r\n\
    Sec-WebSocket-Version: 13\r\n\
    \r\n";

#[test]
fn a_request_tells_its_parts() {
    let request = Request::parse(REQUEST.to_vec()).expect("the request is well-formed");
    assert_eq!(request.method(), "GET");
    assert_eq!(request.target(), "/chat/%61?room=1&x=?");
    assert_eq!(request.path(), "/chat/%61");
    assert_eq!(request.query(), Some("room=1&x=?"));
    assert_eq!(request.host(), "server.example.com:9001");
    assert_eq!(request.origin(), Some("http://example.com"));
    assert_eq!(request.version(), Version::V13);
    assert!(request.is_upgrade());
    let subprotocols: Vec<&str> = request.subprotocols().collect();
    assert_eq!(subprotocols, ["chat", "superchat", "third"]);
}

#[test]
fn fields_are_found_by_name_and_by_place() {
    let request = Request::parse(REQUEST.to_vec()).expect("the request is well-formed");
    assert_eq!(request.header("host", 0), Some(&b"server.example.com:9001"[..]));
    assert_eq!(request.header("X-TWICE", 0), Some(&b"first"[..]));
    assert_eq!(request.header("X-Twice", 1), Some(&b"\xFF"[..]));
    assert_eq!(request.header("X-Twice", 2), None);
    assert_eq!(request.header("Empty", 0), Some(&b""[..]));
    assert_eq!(request.header("X-Twic", 0), None);
    assert_eq!(request.header("", 0), None);
    assert_eq!(request.header_count(), 11);
    assert_eq!(request.header_at(0), Some(("Host", &b"server.example.com:9001"[..])));
    assert_eq!(request.header_at(7), Some(("x-twice", &b"\xFF"[..])));
    assert_eq!(request.header_at(10), Some(("Sec-WebSocket-Version", &b"13"[..])));
    assert_eq!(request.header_at(11), None);
}

#[test]
fn a_plain_request_is_no_upgrade() {
    let cases: &[(&str, bool, Version)] = &[
        ("", false, Version::Unknown),
        ("Upgrade: h2c\r\n", false, Version::Unknown),
        ("Upgrade: websocket\r\n", true, Version::Unknown),
        ("Upgrade: h2c, WebSocket\r\n", true, Version::Unknown),
        ("Sec-WebSocket-Key: x\r\n", true, Version::Unknown),
        ("Sec-WebSocket-Version: 8\r\n", true, Version::V8),
        ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n", true, Version::Unknown),
    ];
    for (lines, is_upgrade, version) in cases {
        let head = format!("GET http://a HTTP/1.1\r\nHost: b\r\n{lines}\r\n");
        let request = Request::parse(head.into_bytes()).expect("the request is well-formed");
        assert_eq!((request.is_upgrade(), request.version()), (*is_upgrade, *version), "{lines:?}");
        assert_eq!((request.path(), request.query(), request.host()), ("/", None, "a"));
        assert_eq!((request.origin(), request.subprotocols().next()), (None, None));
    }
}

#[test]
fn c08_a_head_must_be_whole_and_alone() {
    let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for end in 0..head.len() {
        let parsed = Request::parse(head[..end].to_vec()).map(drop);
        assert_eq!(parsed, Err(ErrorCode::HandshakeMalformed), "{end} bytes");
    }
    assert!(Request::parse(head.to_vec()).is_ok());
    let longer = [head.as_slice(), b"x"].concat();
    assert_eq!(Request::parse(longer).map(drop), Err(ErrorCode::HandshakeMalformed));
    let line_feeds = b"GET / HTTP/1.1\nHost: a\n\n".to_vec();
    assert_eq!(Request::parse(line_feeds).map(drop), Err(ErrorCode::HandshakeMalformed));
}

#[test]
fn a_response_tells_its_parts() {
    let head = b"HTTP/1.1 302 Found it\r\nLocation: /b\r\nA: 1\r\na: 2\r\nSec-WebSocket-Protocol: c\r\n\r\n";
    let response = Response::parse(head.to_vec()).expect("the response is well-formed");
    assert_eq!((response.status(), response.phrase()), (302, "Found it"));
    assert_eq!(response.header("LOCATION", 0), Some(&b"/b"[..]));
    assert_eq!(response.header("a", 1), Some(&b"2"[..]));
    assert_eq!(response.header("a", 2), None);
    assert_eq!(response.header_count(), 4);
    assert_eq!(response.header_at(1), Some(("A", &b"1"[..])));
    assert_eq!(response.header_at(4), None);
    assert_eq!((response.subprotocol(), response.body()), (Some("c"), &b""[..]));
}

#[test]
fn statuses_and_phrases_are_read() {
    type Parts = Result<(u16, &'static str), ErrorCode>;
    let cases: &[(&[u8], Parts)] = &[
        (b"HTTP/1.1 101\r\n\r\n", Ok((101, ""))),
        (b"HTTP/1.1 200 \r\n\r\n", Ok((200, ""))),
        (b"HTTP/1.0 999 a\tb\r\n\r\n", Ok((999, "a\tb"))),
        (b"HTTP/1.1 200 \xFF\r\n\r\n", Ok((200, ""))),
        (b"HTTP/1.1 099 a\r\n\r\n", Err(ErrorCode::HandshakeMalformed)),
        (b"HTTP/1.1 000 a\r\n\r\n", Err(ErrorCode::HandshakeMalformed)),
        (b"HTTP/2.0 200 a\r\n\r\n", Err(ErrorCode::HandshakeHttpVersion)),
        (b"HTTP/1.1 200 a\r\n\r\nx", Err(ErrorCode::HandshakeMalformed)),
        (b"HTTP/1.1 200 a\r\n", Err(ErrorCode::HandshakeMalformed)),
    ];
    for (head, want) in cases {
        let response = Response::parse(head.to_vec());
        let parts = response.as_ref().map(|response| (response.status(), response.phrase()));
        assert_eq!(parts.map_err(|error| *error), *want, "{:?}", String::from_utf8_lossy(head));
    }
}
