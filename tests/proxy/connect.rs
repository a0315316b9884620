//! Ways through proxies that speak HTTP (RFC 9110 section 9.3.6).

use oxws::protocol::error::ErrorCode;
use oxws::protocol::http::HeadLimits;
use oxws::protocol::proxy::choice::Proxies;
use oxws::protocol::proxy::url::Proxy;
use oxws::protocol::proxy::{Answer, Received, Refusal, Target, Tunnel};
use oxws::protocol::url::Address;

use crate::harness::{Outcome, converse, drain, tunnel};

const ASKED: &[u8] = b"CONNECT target.example:443 HTTP/1.1\r\nHost: target.example:443\r\n\r\n";

fn answered(answer: &[u8], want: &Outcome) {
    let name = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
    let start = || tunnel("http://proxy:3128", "target.example", 443);
    converse(start, &[(ASKED, answer)], want, &name);
}

fn refused(error: ErrorCode, status: u16) -> Outcome {
    Outcome::Refused(Refusal { error, answer: Answer::Http(status) })
}

fn malformed() -> Outcome {
    Outcome::Refused(Refusal { error: ErrorCode::ProxyMalformed, answer: Answer::Nothing })
}

#[test]
fn d07_the_request_has_exactly_its_lines() {
    let cases = [
        ("http://p", "a.example", 80, "a.example:80", ""),
        ("https://p", "a_b.example", 1, "a_b.example:1", ""),
        ("http://p", "192.0.2.1", 9001, "192.0.2.1:9001", ""),
        ("http://p", "2001:db8::1", 443, "[2001:db8::1]:443", ""),
        // The example of RFC 7617 section 2.
        (
            "http://Aladdin:open%20sesame@p",
            "a",
            443,
            "a:443",
            "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n",
        ),
        ("https://u@p", "a", 443, "a:443", "Proxy-Authorization: Basic dTo=\r\n"),
    ];
    for (proxy, host, port, target, more) in cases {
        let want = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{more}\r\n");
        let asked = drain(&mut tunnel(proxy, host, port), usize::MAX);
        assert_eq!(String::from_utf8(asked).unwrap(), want, "{proxy} {host}");
    }
}

#[test]
fn d07_headers_of_the_user_follow_and_may_carry_other_credentials() {
    let mut proxies = Proxies::default();
    proxies.set_proxy(Some(Proxy::parse("http://u:p@proxy").unwrap()));
    proxies.add_header("User-Agent", "test/1").unwrap();
    let address = Address::parse_dial("ws://a:1").unwrap();
    let target = Target::new("a", 1).unwrap();
    let asked = |proxies: &Proxies| {
        let proxy = proxies.choose(&address).unwrap();
        let mut tunnel = Tunnel::new(&proxy, &target, HeadLimits::default());
        String::from_utf8(drain(&mut tunnel, 7)).unwrap()
    };
    let own = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nProxy-Authorization: Basic dTpw\r\n\
        User-Agent: test/1\r\n\r\n";
    assert_eq!(asked(&proxies), own);
    proxies.add_header("proxy-authorization", "Bearer x").unwrap();
    let other = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nUser-Agent: test/1\r\n\
        proxy-authorization: Bearer x\r\n\r\n";
    assert_eq!(asked(&proxies), other);
}

#[test]
fn d07_nothing_but_a_host_and_a_port_can_be_asked_for() {
    let long = "x".repeat(255);
    let wrong = [
        ("", 1),
        ("a", 0),
        ("::1", 0),
        ("*", 1),
        ("a b", 1),
        ("a:1", 1),
        ("a/b", 1),
        ("a@b", 1),
        ("a?b", 1),
        ("a#b", 1),
        ("a%b", 1),
        ("a\r\nX: y", 1),
        ("a\n", 1),
        ("a\0", 1),
        ("a\u{7f}", 1),
        ("\u{e4}", 1),
        ("[::1]", 1),
        ("::1]", 1),
        ("fe80::1%eth0", 1),
        (&long, 1),
    ];
    for (host, port) in wrong {
        assert_eq!(Target::new(host, port), Err(ErrorCode::InvalidUrl), "{host:?} {port}");
    }
    assert!(Target::new(&"x".repeat(254), 1).is_ok());
}

#[test]
fn d07_any_2xx_opens_and_what_follows_belongs_to_the_tunnel() {
    let heads = [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.0 200 OK\r\nProxy-agent: x\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 299 x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\nContent-Length: y\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        &format!("{}HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 100 x\r\n\r\n".repeat(5)),
    ];
    for head in heads {
        for rest in ["", "\r\n", "HTTP/1.1 101 x\r\n\r\n\u{0}"] {
            let answer = format!("{head}{rest}");
            answered(answer.as_bytes(), &Outcome::Open(rest.as_bytes().to_vec()));
        }
    }
}

#[test]
fn d07_a_refusal_is_told_with_its_status() {
    let cases = [
        ("HTTP/1.1 407 Proxy Authentication Required", ErrorCode::ProxyUnauthorized, 407),
        ("HTTP/1.1 401 Unauthorized", ErrorCode::ProxyUnauthorized, 401),
        ("HTTP/1.1 403 Forbidden", ErrorCode::ProxyRefused, 403),
        ("HTTP/1.0 502 Bad Gateway", ErrorCode::ProxyRefused, 502),
        ("HTTP/1.1 503", ErrorCode::ProxyRefused, 503),
        ("HTTP/1.1 302 x", ErrorCode::ProxyRefused, 302),
        ("HTTP/1.1 999 x", ErrorCode::ProxyRefused, 999),
        ("HTTP/1.1 101 Switching Protocols", ErrorCode::ProxyMalformed, 101),
    ];
    for (line, error, status) in cases {
        let head = format!("{line}\r\nContent-Length: 3\r\n\r\nabc");
        answered(head.as_bytes(), &refused(error, status));
    }
    let flood = "HTTP/1.1 102 x\r\n\r\n".repeat(6);
    answered(flood.as_bytes(), &refused(ErrorCode::ProxyMalformed, 102));
}

#[test]
fn d07_an_answer_that_cannot_be_read_is_told_so() {
    let wrong = [
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 x\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n",
        "HTTP/1.1 100 x\r\n\r\nx",
        "\u{5}\u{0}",
        "\u{16}\u{3}\u{1}",
    ];
    for answer in wrong {
        answered(answer.as_bytes(), &malformed());
    }
    for answer in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r", "HTTP/1.1 100 x\r\n\r\n"] {
        answered(answer.as_bytes(), &Outcome::Unfinished);
    }
}

#[test]
fn d07_a_proxy_cannot_make_us_keep_more_than_a_head() {
    let lines = [
        format!("HTTP/1.1 200 {}", "x".repeat(20_000)),
        format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(9_000)),
        format!("HTTP/1.1 200 OK\r\n{}", "A: b\r\n".repeat(101)),
        format!("HTTP/1.1 200 OK\r\n{}", format!("A: {}\r\n", "x".repeat(1_000)).repeat(20)),
    ];
    for answer in lines {
        let mut tunnel = tunnel("http://proxy", "a", 1);
        drain(&mut tunnel, usize::MAX);
        let refused = answer.as_bytes().chunks(100).find_map(|piece| tunnel.receive(piece).err());
        assert_eq!(refused.map(|refusal| refusal.error), Some(ErrorCode::ProxyMalformed));
    }
}

#[test]
fn d07_an_answer_before_the_question_opens_nothing() {
    let start = || {
        let mut tunnel = tunnel("http://proxy", "a", 1);
        tunnel.advance(5);
        tunnel
    };
    let mut early = start();
    let refusal = early.receive(b"HTTP/1.1 200 OK\r\n\r\n").unwrap_err();
    assert_eq!(refusal.error, ErrorCode::ProxyMalformed);
    // One that refuses need not have read all.
    let mut refused = start();
    let refusal = refused.receive(b"HTTP/1.1 503 x\r\n\r\n").unwrap_err();
    assert_eq!((refusal.error, refusal.answer), (ErrorCode::ProxyRefused, Answer::Http(503)));
}

#[test]
fn nothing_is_taken_after_the_end() {
    let mut ended = tunnel("http://proxy", "a", 1);
    drain(&mut ended, usize::MAX);
    assert_eq!(ended.receive(b"HTTP/1.1 200 \r\n\r\n"), Ok(Received::Open { consumed: 17 }));
    assert!(ended.receive(b"HTTP/1.1 200 \r\n\r\n").is_err());
    ended.advance(usize::MAX);
    assert!(ended.output().is_empty());
}

#[test]
fn d07_a_tunnel_shows_no_credentials() {
    let tunnel = tunnel("http://alice:secret@proxy", "a", 1);
    let shown = format!("{tunnel:?}");
    assert!(!shown.contains("alice") && !shown.contains("Basic"), "{shown}");
}
