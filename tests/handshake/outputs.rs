//! What the library writes: only the lines that it means to, and nothing of what the peer sent.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::client::ClientHandshake;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::handshake::request::Request;
use oxws::protocol::handshake::response::Response;
use oxws::protocol::handshake::server::{Incoming, Rules, ServerHandshake, ServerProgress};
use oxws::protocol::handshake::versions::Versions;
use oxws::protocol::http::HeadLimits;
use proptest::prelude::*;

/// What a server lets in that is asked nothing but to read.
fn rules() -> Rules<'static> {
    Rules { origin: &OriginPolicy::Any, versions: Versions::default(), compression: None }
}

/// Text in which what could break a line is common.
fn hostile_text() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        "B",
        "X-Name",
        "example.com",
        "/",
        "?",
        ":",
        ",",
        " ",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\0",
        "\u{7f}",
        "\u{e4}",
        "#",
        "@",
        "%0d%0a",
        "Host",
        "Upgrade",
        "Origin",
        "Sec-WebSocket-Accept",
        "80",
    ]);
    prop::collection::vec(parts, 0..5).prop_map(|parts| parts.concat())
}

/// The lines of a head, which must end with an empty one and hold no other CR or LF.
fn lines(head: &[u8]) -> Vec<String> {
    let text = String::from_utf8(head.to_vec()).expect("text was put in");
    let text = text.strip_suffix("\r\n\r\n").expect("an empty line ends the head");
    let lines: Vec<String> = text.split("\r\n").map(String::from).collect();
    for line in &lines {
        assert!(!line.is_empty() && !line.contains(['\r', '\n', '\0']), "{line:?}");
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d06_requests_have_exactly_their_lines(
        host in hostile_text(),
        target in hostile_text(),
        subprotocols in prop::collection::vec(hostile_text(), 0..3),
        fields in prop::collection::vec((hostile_text(), hostile_text()), 0..4),
    ) {
        let host = ClientRequest::new(&host, "/").map_or_else(|_| "example.com".to_string(), |_| host);
        let target = ClientRequest::new("a", &target).map_or_else(|_| "/".to_string(), |_| target);
        let mut request = ClientRequest::new(&host, &target).expect("each was taken alone");
        let offered = subprotocols.iter().filter(|name| request.add_subprotocol(name).is_ok()).count();
        let added = fields.iter().filter(|(name, value)| request.add_header(name, value).is_ok()).count();
        let mut out = Vec::new();
        let _ = ClientHandshake::start(&request, [7; 16], HeadLimits::default(), &mut out);
        let lines = lines(&out);
        prop_assert_eq!(lines.len(), 6 + usize::from(offered > 0) + added);
        prop_assert_eq!(&lines[0], &format!("GET {target} HTTP/1.1"));
        prop_assert_eq!(&lines[1], &format!("Host: {host}"));

        let mut server = ServerHandshake::new(HeadLimits::default());
        let (consumed, progress) = server.feed(&out, &rules());
        prop_assert_eq!(consumed, out.len());
        let Ok(ServerProgress::Request { request, incoming: Incoming::Upgrade(offer) }) = progress else {
            return Err(TestCaseError::fail(format!("{progress:?}")));
        };
        prop_assert_eq!((request.target(), request.host()), (target.as_str(), host.as_str()));
        prop_assert_eq!(offer.subprotocols().count(), offered);
    }

    #[test]
    fn c11_answers_have_exactly_their_lines(
        status in 0_u16..700,
        phrase in hostile_text(),
        fields in prop::collection::vec((hostile_text(), hostile_text()), 0..4),
        body in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let Ok(mut reply) = Reply::new(status) else {
            prop_assert!(!(200..=599).contains(&status));
            return Ok(());
        };
        let _ = reply.set_phrase(&phrase);
        let added = fields.iter().filter(|(name, value)| reply.add_header(name, value).is_ok()).count();
        reply.set_body(&body).unwrap();
        let mut out = Vec::new();
        reply.write(true, Versions::default(), &mut out);
        let own_lines = match status {
            204 | 304 => 2,
            426 => 5,
            _ => 3,
        };
        prop_assert_eq!(lines(&out).len(), own_lines + added);
        let response = Response::parse(out.clone()).expect("what is written can be read");
        prop_assert_eq!((response.status(), response.header_count()), (status, own_lines - 1 + added));

        let mut with_body = Vec::new();
        reply.write(false, Versions::default(), &mut with_body);
        let body = if own_lines == 2 { &[][..] } else { &body };
        prop_assert_eq!(with_body, [out.as_slice(), body].concat());
    }
}

#[test]
fn d06_what_a_client_may_not_ask_for() {
    let wrong = [
        ("", "/"),
        ("a b", "/"),
        ("a\r\nX: y", "/"),
        ("user@a", "/"),
        ("a:0", "/"),
        ("a:65536", "/"),
        ("\u{e4}", "/"),
        ("a/b", "/"),
        ("a", ""),
        ("a", "b"),
        ("a", "*"),
        ("a", "http://a/"),
        ("a", "/ b"),
        ("a", "/\t"),
        ("a", "/#b"),
        ("a", "/\u{e4}"),
        ("a", "/\0"),
        ("a", "/ HTTP/1.1\r\nX: y"),
        ("a", "/\u{7f}"),
    ];
    for (host, target) in wrong {
        let made = ClientRequest::new(host, target).map(drop);
        assert_eq!(made, Err(ErrorCode::InvalidUrl), "{host:?} {target:?}");
    }
    let mut request = ClientRequest::new("a", "/").expect("both are right");
    assert_eq!(request.add_subprotocol("chat"), Ok(()));
    for name in ["", "a b", "a,b", "a\r\nb", "\u{e4}", "chat"] {
        assert_eq!(request.add_subprotocol(name), Err(ErrorCode::InvalidSubprotocol), "{name:?}");
    }
    assert_eq!(request.set_origin(Some("a\r\nb")), Err(ErrorCode::InvalidHeader));
    let fields = [
        ("Origin", "http://b"),
        ("Host", "b"),
        ("hOST", "b"),
        ("Connection", "close"),
        ("Upgrade", "h2c"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Sec-WebSocket-Key", "x"),
        ("X", "a\nb"),
    ];
    for (name, value) in fields {
        assert_eq!(request.add_header(name, value), Err(ErrorCode::InvalidHeader), "{name}");
    }
}

/// A request that names `marker` wherever a peer can put text, and the answers to it.
fn answers_to(request: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut server = ServerHandshake::new(HeadLimits::default());
    match server.feed(request, &rules()).1 {
        Ok(ServerProgress::Request { incoming: Incoming::Upgrade(offer), .. }) => {
            offer.accept(None, &Fields::default(), &mut out).expect("nothing is chosen");
        }
        Ok(_) => panic!("the request is an opening one"),
        Err(error) => Reply::refusal(error).write(false, Versions::default(), &mut out),
    }
    out
}

#[test]
fn c16_nothing_of_the_request_is_reflected() {
    let rest = "Upgrade: websocket, marker\r\nConnection: Upgrade, marker\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: marker\r\n\
        Sec-WebSocket-Extensions: marker;marker=marker\r\nOrigin: http://marker\r\n\
        Cookie: marker=marker\r\nmarker: marker\r\n";
    let cases = [
        format!(
            "GET /marker?marker HTTP/1.1\r\nHost: marker\r\n{rest}Sec-WebSocket-Version: 13\r\n\r\n"
        ),
        format!(
            "GET /marker?marker HTTP/1.1\r\nHost: marker\r\n{rest}Sec-WebSocket-Version: marker\r\n\r\n"
        ),
        format!("marker /marker HTTP/1.1\r\nHost: marker\r\n{rest}\r\n"),
        format!("GET /marker#marker HTTP/1.1\r\nHost: marker\r\n{rest}\r\n"),
        format!("GET /marker HTTP/1.1\r\nHost: marker@marker\r\n{rest}\r\n"),
        format!("GET /marker HTTP/1.1\r\nHost: marker\r\nTransfer-Encoding: marker\r\n{rest}\r\n"),
        "GET /marker HTTP/marker\r\n".to_string(),
    ];
    for request in cases {
        let answer = String::from_utf8(answers_to(request.as_bytes())).expect("answers are text");
        assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        assert!(!answer.contains("marker"), "{answer}");
        assert!(!answer.contains("dGhlIHNhbXBsZSBub25jZQ"), "{answer}");
    }
    assert!(Request::parse(b"GET / HTTP/1.1\r\nHost: marker\r\n\r\n".to_vec()).is_ok());
}

#[test]
fn d06_an_origin_is_visible_ascii() {
    let mut request = ClientRequest::new("example.com", "/").expect("both are fine");
    for origin in ["", "https://caf\u{e9}.example", "https://a b", "a\tb", "a\r\nb"] {
        assert_eq!(request.set_origin(Some(origin)), Err(ErrorCode::InvalidHeader), "{origin:?}");
        assert_eq!(request.add_header("Origin", origin), Err(ErrorCode::InvalidHeader));
    }
    assert_eq!(request.set_origin(Some("https://example.com")), Ok(()));
}
