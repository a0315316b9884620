//! Ways through proxies that speak SOCKS 5 (RFC 1928, RFC 1929), byte by byte.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::proxy::{Answer, Refusal, reply_text};

use crate::harness::{Exchange, Outcome, converse, drain, tunnel};

const GREETING: &[u8] = b"\x05\x01\x00";
const GREETING_WITH_LOGIN: &[u8] = b"\x05\x02\x00\x02";
const REQUEST: &[u8] = b"\x05\x01\x00\x03\x09a.example\x01\xbb";
const NO_LOGIN: &[u8] = b"\x05\x00";
const LOGIN: &[u8] = b"\x05\x02";
const DONE: &[u8] = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

fn said(url: &str, exchanges: &[Exchange<'_>], want: &Outcome) {
    let name = format!("{url} {exchanges:x?}");
    converse(|| tunnel(url, "a.example", 443), exchanges, want, &name);
}

fn malformed() -> Outcome {
    Outcome::Refused(Refusal { error: ErrorCode::ProxyMalformed, answer: Answer::Nothing })
}

fn unauthorized(answer: Answer) -> Outcome {
    Outcome::Refused(Refusal { error: ErrorCode::ProxyUnauthorized, answer })
}

#[test]
fn d07_a_name_is_looked_up_by_the_proxy_and_an_address_is_sent_as_one() {
    let cases: &[(&str, u16, &[u8])] = &[
        ("a.example", 443, REQUEST),
        ("192.0.2.1", 80, b"\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50"),
        (
            "2001:db8::1",
            65535,
            b"\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\xff\xff",
        ),
    ];
    for (host, port, request) in cases {
        for url in ["socks5://proxy", "socks5h://proxy"] {
            let exchanges = [(GREETING, NO_LOGIN), (*request, DONE)];
            converse(|| tunnel(url, host, *port), &exchanges, &Outcome::Open(vec![]), host);
        }
    }
    let longest = "x".repeat(254);
    let mut tunnel = tunnel("socks5://proxy", &longest, 1);
    drain(&mut tunnel, usize::MAX);
    tunnel.receive(NO_LOGIN).unwrap();
    let request = drain(&mut tunnel, usize::MAX);
    assert_eq!(request.len(), 5 + 254 + 2);
    assert_eq!(request[..5], *b"\x05\x01\x00\x03\xfe");
}

#[test]
fn d07_the_address_of_the_reply_may_be_of_every_type() {
    let long_name = [b"\x05\x00\x00\x03\xff".as_slice(), &[b'x'; 255], b"\x12\x34"].concat();
    let replies: &[&[u8]] = &[
        DONE,
        b"\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\x05\x00\x00\x03\x00\x12\x34",
        b"\x05\x00\x00\x03\x01x\x12\x34",
        &long_name,
    ];
    for reply in replies {
        for rest in [b"".as_slice(), b"\x05\x00\x00rest"] {
            let reply = [reply, rest].concat();
            let exchanges = [(GREETING, NO_LOGIN), (REQUEST, reply.as_slice())];
            said("socks5://proxy", &exchanges, &Outcome::Open(rest.to_vec()));
        }
    }
}

#[test]
fn d07_a_user_and_a_password_are_told_only_where_they_are_wanted() {
    let open = Outcome::Open(vec![]);
    let url = "socks5://user:p%40ss@proxy";
    said(url, &[(GREETING_WITH_LOGIN, NO_LOGIN), (REQUEST, DONE)], &open);
    let login = b"\x01\x04user\x04p@ss";
    said(url, &[(GREETING_WITH_LOGIN, LOGIN), (login, b"\x01\x00"), (REQUEST, DONE)], &open);
    let login = b"\x01\x04user\x00";
    let exchanges: &[Exchange<'_>] =
        &[(GREETING_WITH_LOGIN, LOGIN), (login, b"\x01\x00"), (REQUEST, DONE)];
    said("socks5://user@proxy", exchanges, &open);
    let long = "x".repeat(255);
    let login = [b"\x01\xff".as_slice(), long.as_bytes(), b"\xff", long.as_bytes()].concat();
    let exchanges: &[Exchange<'_>] =
        &[(GREETING_WITH_LOGIN, LOGIN), (&login, b"\x01\x00"), (REQUEST, DONE)];
    said(&format!("socks5://{long}:{long}@proxy"), exchanges, &open);
}

#[test]
fn d07_a_proxy_that_wants_other_credentials_is_told_of() {
    let login = b"\x01\x01u\x01p".as_slice();
    let url = "socks5://u:p@proxy";
    for status in [1, 0xff] {
        let exchanges = [(GREETING_WITH_LOGIN, LOGIN), (login, &[1, status])];
        said(url, &exchanges, &unauthorized(Answer::Nothing));
    }
    let none = unauthorized(Answer::Socks(0xff));
    said("socks5://proxy", &[(GREETING, b"\x05\xff")], &none);
    said(url, &[(GREETING_WITH_LOGIN, b"\x05\xff")], &none);
}

#[test]
fn d07_each_reply_is_kept_and_has_a_text() {
    for reply in 1..=255_u8 {
        let refused = Refusal { error: ErrorCode::ProxyRefused, answer: Answer::Socks(reply) };
        // Some proxies end the connection behind it.
        for answer in [vec![5, reply], [&[5, reply], &DONE[2..]].concat()] {
            let exchanges = [(GREETING, NO_LOGIN), (REQUEST, answer.as_slice())];
            said("socks5://proxy", &exchanges, &Outcome::Refused(refused));
        }
        let known = (1..=8).contains(&reply) || reply == 0xff;
        assert_eq!(reply_text(reply) != "unknown reply", known, "{reply}");
    }
    assert_eq!(reply_text(4), "host unreachable");
    assert_eq!(reply_text(5), "connection refused");
}

#[test]
fn d07_an_answer_that_is_not_of_socks_5_is_refused() {
    let wrong: &[&[u8]] = &[
        b"\x04",
        b"\x00\x5a",
        b"HTTP/1.1 400 x\r\n\r\n",
        // A way to log in that was not offered.
        b"\x05\x01",
        b"\x05\x02",
        b"\x05\x80",
        // An answer to what has not been asked.
        b"\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00",
    ];
    for answer in wrong {
        said("socks5://proxy", &[(GREETING, answer)], &malformed());
    }
    let wrong: &[&[u8]] = &[b"\x05", b"\x00\x00", b"\x01\x00\x05"];
    for answer in wrong {
        let exchanges = [(GREETING_WITH_LOGIN, LOGIN), (b"\x01\x01u\x01p".as_slice(), *answer)];
        said("socks5://u:p@proxy", &exchanges, &malformed());
    }
    let wrong: &[&[u8]] = &[
        b"\x04\x00",
        b"\x00\x5a\x00\x00\x00\x00\x00\x00",
        b"\x05\x00\x01",
        b"\x05\x00\x00\x00",
        b"\x05\x00\x00\x02",
        b"\x05\x00\x00\x05",
    ];
    for answer in wrong {
        said("socks5://proxy", &[(GREETING, NO_LOGIN), (REQUEST, answer)], &malformed());
    }
    let short: &[&[u8]] = &[b"", b"\x05", b"\x05\x00\x00\x03", &DONE[..9]];
    for answer in short {
        said("socks5://proxy", &[(GREETING, NO_LOGIN), (REQUEST, answer)], &Outcome::Unfinished);
    }
}

#[test]
fn d07_an_answer_before_the_question_is_refused() {
    let mut tunnel = tunnel("socks5://proxy", "a", 1);
    tunnel.advance(2);
    assert!(tunnel.receive(NO_LOGIN).is_err());
}
