//! What is read from a request beyond the handshake: parameters, cookies, extensions, and how it
//! describes itself.

use oxws::protocol::handshake::request::Request;

use crate::serving::head;

fn request(start: &str, with: &[&str]) -> Request {
    Request::parse(head(start, "", with)).expect("the request is well-formed")
}

#[test]
fn parameters_come_from_the_query() {
    let asked = request("GET /chat?room=a+b&room=%C3%A4 HTTP/1.1", &[]);
    let parameters = asked.parameters();
    let found: Vec<(&str, &str)> = parameters.iter().collect();
    assert_eq!(found, [("room", "a b"), ("room", "\u{e4}")]);
    assert_eq!(request("GET /chat HTTP/1.1", &[]).parameters().count(), 0);
    assert_eq!(request("GET /chat? HTTP/1.1", &[]).parameters().count(), 0);
}

#[test]
fn cookies_are_found_by_name() {
    let asked = request(
        "GET / HTTP/1.1",
        &[
            "Cookie: a=1; b=\"2 3\" ;c=x=y;  a=4; empty=; flag; =none",
            "cookie: late=\u{e4}",
            "Cookie2: d=5",
        ],
    );
    let cases: &[(&str, Option<&[u8]>)] = &[
        ("a", Some(b"1")),
        ("b", Some(b"\"2 3\"")),
        ("c", Some(b"x=y")),
        ("empty", Some(b"")),
        ("late", Some("\u{e4}".as_bytes())),
        ("A", None),
        ("flag", None),
        ("d", None),
        ("x", None),
        ("a=1; b", None),
    ];
    for (name, want) in cases {
        assert_eq!(asked.cookie(name), *want, "{name}");
    }
    assert_eq!(request("GET / HTTP/1.1", &[]).cookie("a"), None);
}

#[test]
fn b02_extensions_stay_readable() {
    let asked = request(
        "GET / HTTP/1.1",
        &[
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; b=\"8\", x",
            "Sec-WebSocket-Extensions: y;z=1",
        ],
    );
    let read = asked.extensions();
    let names: Vec<&str> = read.iter().map(|extension| &*extension.name).collect();
    assert_eq!(names, ["permessage-deflate", "x", "y"]);
    let parameters: Vec<(&str, Option<&str>)> = read[0]
        .parameters
        .iter()
        .map(|parameter| (&*parameter.name, parameter.value.as_deref()))
        .collect();
    assert_eq!(parameters, [("client_max_window_bits", None), ("b", Some("8"))]);
}

#[test]
fn b03_of_what_is_no_opening_request_as_much_is_read() {
    let field = format!("Sec-WebSocket-Extensions: {}", ["a"; 16].join(","));
    let lines: Vec<&str> = [field.as_str(); 40].to_vec();
    assert_eq!(request("GET / HTTP/1.1", &lines).extensions().len(), 16);
    let wrong = ["Sec-WebSocket-Extensions: a b", "Sec-WebSocket-Extensions: c"];
    let read = request("GET / HTTP/1.1", &wrong).extensions();
    assert_eq!(read.iter().map(|extension| &*extension.name).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn a_request_describes_itself_as_json() {
    let asked = Request::parse(
        b"GET /chat/%61?room=1&x=%22&room=a+b HTTP/1.1\r\n\
        Host: server.example.com:9001\r\n\
        Upgrade: websocket\r\n\
        Origin: http://example.com\r\n\
        Cookie: session=secret\r\n\
        AUTHORIZATION: Basic secret\r\n\
        X-Bytes: \"\xFF\\\t\"\r\n\
        Sec-WebSocket-Protocol: chat, superchat\r\n\
        Sec-WebSocket-Extensions: a; b; c=1, d\r\n\
        Sec-WebSocket-Version: 13\r\n\
        \r\n"
            .to_vec(),
    )
    .expect("the request is well-formed");
    let want = concat!(
        r#"{"peer":"192.0.2.1:50000","method":"GET","host":"server.example.com:9001","#,
        r#""path":"/chat/%61","query":"room=1&x=%22&room=a+b","#,
        r#""parameters":{"room":["1","a b"],"x":["\""]},"#,
        r#""headers":[["Host","server.example.com:9001"],["Upgrade","websocket"],"#,
        r#"["Origin","http://example.com"],["Cookie","***"],["AUTHORIZATION","***"],"#,
        "[\"X-Bytes\",\"\\\"\u{fffd}\\\\\\t\\\"\"],",
        r#"["Sec-WebSocket-Protocol","chat, superchat"],"#,
        r#"["Sec-WebSocket-Extensions","a; b; c=1, d"],["Sec-WebSocket-Version","13"]],"#,
        r#""version":13,"origin":"http://example.com","subprotocols":["chat","superchat"],"#,
        r#""extensions":[{"name":"a","parameters":[["b",null],["c","1"]]},"#,
        r#"{"name":"d","parameters":[]}]}"#,
    );
    assert_eq!(asked.to_json(Some("192.0.2.1:50000")), want);
    let line = "GET /chat/%61?room=1&x=%22&room=a+b for server.example.com:9001 \
        from 192.0.2.1:50000, origin http://example.com, version 13, \
        subprotocols chat superchat, extensions a d";
    assert_eq!(asked.to_text(Some("192.0.2.1:50000")), line);
}

#[test]
fn what_is_missing_is_null_or_left_out() {
    let plain = Request::parse(b"HEAD http://a HTTP/1.1\r\nHost: b\r\n\r\n".to_vec())
        .expect("the request is well-formed");
    let want = concat!(
        r#"{"peer":null,"method":"HEAD","host":"a","path":"/","query":null,"parameters":{},"#,
        r#""headers":[["Host","b"]],"version":null,"origin":null,"subprotocols":[],"#,
        r#""extensions":[]}"#,
    );
    assert_eq!(plain.to_json(None), want);
    assert_eq!(plain.to_text(None), "HEAD http://a for a");
}

#[test]
fn f14_a_line_stays_one_line() {
    let asked = request(
        "GET /%0d%0a HTTP/1.1",
        &["Origin: a\tb", "Sec-WebSocket-Protocol: a\tb, c", "X: \u{85}\u{2028}"],
    );
    let text = asked.to_text(None);
    assert!(text.chars().all(|character| matches!(character, ' '..='~')), "{text:?}");
}
