//! The limits that a server has for a head, to the byte.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::origin::OriginPolicy;

use crate::serving::{LINES, Outcome, head, serve};

const TOO_LARGE: Outcome = Outcome::Refused(ErrorCode::HandshakeHeadTooLarge);
const URI_TOO_LONG: Outcome = Outcome::Refused(ErrorCode::HandshakeUriTooLong);

/// What comes of the input, whole and in pieces of a byte and of 1460.
fn outcome(input: &[u8]) -> Outcome {
    let whole = serve(&[input], &OriginPolicy::SameHost);
    for piece_bytes in [1, 1_460] {
        let pieces: Vec<&[u8]> = input.chunks(piece_bytes).collect();
        assert_eq!(serve(&pieces, &OriginPolicy::SameHost), whole);
    }
    whole
}

fn is_let_in(input: &[u8]) -> bool {
    matches!(outcome(input), Outcome::Upgrade { .. })
}

/// A head of this many bytes, made so by the values of two fields.
fn head_of(bytes: usize) -> Vec<u8> {
    let fixed = head("GET / HTTP/1.1", "", &["A: ", "B: "]).len();
    let half = (bytes - fixed) / 2;
    let first = format!("A: {}", "x".repeat(half));
    let second = format!("B: {}", "x".repeat(bytes - fixed - half));
    head("GET / HTTP/1.1", "", &[&first, &second])
}

#[test]
fn c02_heads_have_at_most_16_kib() {
    let longest = head_of(16_384);
    assert_eq!(longest.len(), 16_384);
    assert!(is_let_in(&longest));
    assert_eq!(outcome(&head_of(16_385)), TOO_LARGE);
    assert_eq!(outcome(&head_of(16_385)[..16_384]), Outcome::NeedMore);
    let endless = [b"GET / HTTP/1.1\r\n".as_slice(), &b"Name: value\r\n".repeat(10_000)].concat();
    assert_eq!(outcome(&endless), TOO_LARGE);
}

#[test]
fn c02_lines_have_at_most_8_kib() {
    for (name, bytes, want) in [("A: ", 8_192, true), ("A: ", 8_193, false)] {
        let line = format!("{name}{}", "x".repeat(bytes - name.len()));
        assert_eq!(line.len(), bytes);
        assert_eq!(is_let_in(&head("GET / HTTP/1.1", "", &[&line])), want);
    }
    let name = "x".repeat(8_193);
    assert_eq!(outcome(format!("GET / HTTP/1.1\r\n{name}").as_bytes()), TOO_LARGE);
}

#[test]
fn c03_heads_have_at_most_100_fields() {
    for (fields, want) in [(100, true), (101, false), (2_000, false)] {
        let further = vec!["A: b"; fields - LINES.len()];
        assert_eq!(is_let_in(&head("GET / HTTP/1.1", "", &further)), want, "{fields}");
    }
    let many = [b"GET / HTTP/1.1\r\n".as_slice(), &b"A:\r\n".repeat(101)].concat();
    assert_eq!(outcome(&many), TOO_LARGE);
}

#[test]
fn c04_request_lines_have_at_most_8_kib() {
    let start = |bytes: usize| format!("GET /{} HTTP/1.1", "x".repeat(bytes - 14));
    assert_eq!(start(8_192).len(), 8_192);
    assert!(is_let_in(&head(&start(8_192), "", &[])));
    assert_eq!(outcome(&head(&start(8_193), "", &[])), URI_TOO_LONG);
    assert_eq!(outcome(&[b'A'; 20_000]), URI_TOO_LONG);
    assert_eq!(outcome(&[b'A'; 8_193]), URI_TOO_LONG);
    assert_eq!(outcome(&[b'A'; 8_192]), Outcome::NeedMore);
}

#[test]
fn c01_thousands_of_subprotocols_cost_no_more_than_their_bytes() {
    let names: Vec<String> = (0..1_400).map(|number| number.to_string()).collect();
    let line = format!("Sec-WebSocket-Protocol: {}", names.join(","));
    assert!(is_let_in(&head("GET / HTTP/1.1", "", &[&line])));
    let commas = format!("Sec-WebSocket-Protocol: a{}", ", ".repeat(4_000));
    assert!(is_let_in(&head("GET / HTTP/1.1", "", &[&commas])));
    let commas = format!("Sec-WebSocket-Extensions: a{}", ", ".repeat(4_000));
    assert!(is_let_in(&head("GET / HTTP/1.1", "", &[&commas])));
}
