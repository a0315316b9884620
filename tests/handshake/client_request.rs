//! What an application can make of a client's request, down to its bytes.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::client::ClientHandshake;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::credentials::Credentials;
use oxws::protocol::http::HeadLimits;
use oxws::protocol::version::Version;
use proptest::prelude::*;

fn request() -> ClientRequest {
    ClientRequest::new("a", "/").expect("host and target are right")
}

/// The request with the key of RFC 6455 section 1.3.
fn written(request: &ClientRequest) -> String {
    let mut out = Vec::new();
    let _ = ClientHandshake::start(request, *b"the sample nonce", HeadLimits::default(), &mut out);
    String::from_utf8(out).expect("text was put in")
}

/// What stands behind the fields that every request has.
fn added(request: &ClientRequest) -> String {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    let text = written(request);
    let rest = text.strip_prefix(head).and_then(|rest| rest.strip_suffix("\r\n"));
    rest.unwrap_or_else(|| panic!("{text}")).to_string()
}

#[test]
fn the_versions_before_13_have_their_own_field_for_the_origin() {
    let cases = [
        (Version::V13, "13", "Origin"),
        (Version::V8, "8", "Sec-WebSocket-Origin"),
        (Version::V7, "7", "Sec-WebSocket-Origin"),
    ];
    for (version, number, name) in cases {
        let mut request = request();
        assert_eq!(request.version(), Version::V13);
        assert_eq!(request.set_version(version), Ok(()));
        request.set_origin(Some("http://example.com")).expect("an origin");
        let want = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: {number}\r\n\
             {name}: http://example.com\r\n\r\n"
        );
        assert_eq!(written(&request), want);
    }
    for version in [Version::Unknown, Version::V0, Version::V4, Version::V5, Version::V6] {
        assert_eq!(request().set_version(version), Err(ErrorCode::Unsupported), "{version:?}");
    }
}

#[test]
fn every_part_can_be_changed() {
    let mut request = request();
    request.set_host("[::1]:8080").expect("a host");
    assert_eq!(
        (request.host(), request.host_name(), request.port()),
        ("[::1]:8080", "[::1]", 8080)
    );
    request.set_host("b.example").expect("a host");
    assert_eq!((request.host_name(), request.port()), ("b.example", 80));
    request.set_default_port(443);
    assert_eq!(request.port(), 443);
    request.set_target("/c?d").expect("a target");
    request.add_subprotocol("one").expect("a token");
    request.set_subprotocols(&["two", "three"]).expect("tokens");
    request.set_origin(Some("null")).expect("an origin");
    request.set_header("User-Agent", "a/1").expect("a field");
    request.add_header("X", "1").expect("a field");
    request.add_header("x", "2").expect("a field");
    request.set_header("USER-AGENT", "b/2").expect("a field");
    let want = "GET /c?d HTTP/1.1\r\nHost: b.example\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: two, three\r\nOrigin: null\r\n\
        USER-AGENT: b/2\r\nX: 1\r\nx: 2\r\n\r\n";
    assert_eq!(written(&request), want);
    request.remove_header("X").expect("a name");
    request.remove_header("Absent").expect("a name");
    request.set_origin(None).expect("no origin");
    request.set_subprotocols(&[]).expect("no subprotocol");
    let want = "GET /c?d HTTP/1.1\r\nHost: b.example\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Version: 13\r\nUSER-AGENT: b/2\r\n\r\n";
    assert_eq!(written(&request), want);
}

#[test]
fn cookies_share_one_field() {
    let mut request = request();
    request.add_cookie("a", "b").expect("a cookie");
    request.add_cookie("c", "\"d\"").expect("a cookie");
    assert_eq!(added(&request), "Cookie: a=b; c=\"d\"\r\n");
    request.set_header("cookie", "x=y").expect("a field");
    request.add_header("X", "z").expect("a field");
    request.add_cookie("e", "").expect("a cookie");
    assert_eq!(added(&request), "Cookie: x=y; e=\r\nX: z\r\n");
    request.set_header("Cookie", "").expect("a field");
    request.add_cookie("a", "b").expect("a cookie");
    assert_eq!(added(&request), "Cookie: a=b\r\nX: z\r\n");
}

#[test]
fn credentials_replace_what_was_there() {
    let mut request = request();
    request.add_header("authorization", "Bearer abc").expect("a field");
    let credentials = Credentials::new("Aladdin", "open sesame").expect("credentials");
    request.set_credentials(&credentials).expect("credentials are text");
    assert_eq!(added(&request), "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
}

#[test]
fn c11_no_setter_lets_a_line_in() {
    let lines = ["a\r\nX: y", "a\nX: y", "a\rX: y", "a\0", "a\r\n\r\nGET / HTTP/1.1", "\r\n"];
    for text in lines {
        let mut request = request();
        let target = format!("/{text}");
        let (url, field) = (Err(ErrorCode::InvalidUrl), Err(ErrorCode::InvalidHeader));
        let subprotocol = Err(ErrorCode::InvalidSubprotocol);
        assert_eq!(request.set_host(text), url, "{text:?}");
        assert_eq!(request.set_host(&format!("a:80{text}")), url, "{text:?}");
        assert_eq!(request.set_target(&target), url, "{text:?}");
        assert_eq!(request.set_origin(Some(text)), field, "{text:?}");
        assert_eq!(request.add_subprotocol(text), subprotocol, "{text:?}");
        assert_eq!(request.set_subprotocols(&["a", text]), subprotocol, "{text:?}");
        for (name, value) in [(text, "a"), ("X", text)] {
            assert_eq!(request.add_header(name, value), field, "{text:?}");
            assert_eq!(request.set_header(name, value), field, "{text:?}");
            assert_eq!(request.add_cookie(name, value), field, "{text:?}");
        }
        assert_eq!(request.remove_header(text), field, "{text:?}");
        assert_eq!(added(&request), "", "{text:?}");
    }
}

#[test]
fn c11_no_setter_reaches_the_fields_of_the_library() {
    let names = ["Host", "origin", "Connection", "UPGRADE", "Content-Length", "Transfer-Encoding"];
    for name in names.iter().chain(&["Sec-WebSocket-Key", "sec-websocket-version", "a b", ""]) {
        let mut request = request();
        let want = Err(ErrorCode::InvalidHeader);
        assert_eq!(request.add_header(name, "a"), want, "{name}");
        assert_eq!(request.set_header(name, "a"), want, "{name}");
        assert_eq!(request.remove_header(name), want, "{name}");
        assert_eq!(added(&request), "", "{name}");
    }
    let mut request = request();
    assert_eq!(request.set_subprotocols(&["a", "a"]), Err(ErrorCode::InvalidSubprotocol));
    assert_eq!(request.set_origin(Some("")), Err(ErrorCode::InvalidHeader));
    assert!(request.set_host("").is_err() && request.set_target("a").is_err());
    assert_eq!(added(&request), "");
}

fn hostile_text() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "a",
        "/",
        "/b?c",
        "b:80",
        "Cookie",
        "X",
        "Host",
        "\r\n",
        "\n",
        "\r",
        "\0",
        " ",
        "\t",
        ": ",
        "; ",
        "=",
        "\"",
        ",",
        "\u{e4}",
        "Sec-WebSocket-Key",
        "Upgrade",
    ]);
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn c11_whatever_is_set_the_head_has_its_lines(
        calls in prop::collection::vec((0..9, hostile_text(), hostile_text()), 0..12),
    ) {
        let mut request = request();
        for (call, one, two) in calls {
            // What is refused leaves the request as it was.
            let before = written(&request);
            let result = match call {
                0 => request.set_host(&one),
                1 => request.set_target(&one),
                2 => request.set_origin(Some(&one)),
                3 => request.add_subprotocol(&one),
                4 => request.set_subprotocols(&[&one, &two]),
                5 => request.add_header(&one, &two),
                6 => request.set_header(&one, &two),
                7 => request.remove_header(&one),
                _ => request.add_cookie(&one, &two),
            };
            prop_assert!(result.is_ok() || written(&request) == before);
        }
        let text = written(&request);
        let head = text.strip_suffix("\r\n\r\n").expect("an empty line ends the head");
        prop_assert!(!head.contains('\0') && !head.contains("\r\n\r\n"));
        let lines: Vec<&str> = head.split("\r\n").collect();
        prop_assert!(lines.iter().all(|line| !line.contains(['\r', '\n'])));
        let wanted = 6 + usize::from(!request.subprotocols().is_empty())
            + usize::from(request.origin().is_some()) + request.headers().count();
        prop_assert_eq!(lines.len(), wanted);
        for name in ["host: ", "upgrade: ", "connection: ", "sec-websocket-key: "] {
            let count = lines.iter().filter(|line| line.to_lowercase().starts_with(name)).count();
            prop_assert_eq!(count, 1, "{}", name);
        }
    }
}
