//! What the reader of heads takes and refuses, in every chunking (RFC 9112 sections 2 to 5).

use oxws::protocol::error::ErrorCode;
use oxws::protocol::http::{Fed, FieldPlace, HeadKind, HeadLimits, HeadReader, WholeHead};

use crate::chunking::for_each_chunking;

const MALFORMED: Result<usize, ErrorCode> = Err(ErrorCode::HandshakeMalformed);
const VERSION: Result<usize, ErrorCode> = Err(ErrorCode::HandshakeHttpVersion);
const TOO_LARGE: Result<usize, ErrorCode> = Err(ErrorCode::HandshakeHeadTooLarge);
const URI_TOO_LONG: Result<usize, ErrorCode> = Err(ErrorCode::HandshakeUriTooLong);

const SMALL: HeadLimits = HeadLimits { total_bytes: 40, line_bytes: 20, fields: 2 };

/// Feeds the pieces; the number of bytes of the head, 0 where it is not complete.
fn read(kind: HeadKind, limits: HeadLimits, pieces: &[&[u8]]) -> Result<usize, ErrorCode> {
    let mut reader = HeadReader::new(kind, limits);
    for piece in pieces {
        let fed = reader.feed(piece)?;
        if fed.complete {
            let head_bytes = reader.buffered_bytes();
            assert_eq!(reader.feed(b"x"), Ok(Fed { consumed: 0, complete: true }));
            assert_eq!(reader.into_head().bytes.len(), head_bytes);
            return Ok(head_bytes);
        }
        assert_eq!(fed.consumed, piece.len());
    }
    Ok(0)
}

fn check(kind: HeadKind, limits: HeadLimits, input: &[u8], want: Result<usize, ErrorCode>) {
    let name = String::from_utf8_lossy(input);
    for_each_chunking(input, |how, pieces| {
        assert_eq!(read(kind, limits, pieces), want, "{how}: {name:?}");
    });
}

#[test]
fn c08_request_heads_are_read_strictly() {
    let cases: &[(&[u8], Result<usize, ErrorCode>)] = &[
        (b"GET / HTTP/1.1\r\n\r\n", Ok(18)),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", Ok(27)),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n\x81\x00", Ok(27)),
        (b"GET / HTTP/1.1\r\nA:\r\n\r\n", Ok(22)),
        (b"GET / HTTP/1.1\r\nA:\tb\tc \r\n\r\n", Ok(27)),
        (b"GET / HTTP/1.1\r\nA: \xC3\xA4\xFF\r\n\r\n", Ok(26)),
        (b"!#$%&'*+-.^_`|~aZ09 / HTTP/1.1\r\n\r\n", Ok(34)),
        (b"GET / HTTP/1.1\r\n!#$%&'*+-.^_`|~aZ09:x\r\n\r\n", Ok(41)),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r", Ok(0)),
        (b"", Ok(0)),
        (b"\r\n", MALFORMED),
        (b" GET / HTTP/1.1\r\n", MALFORMED),
        (b"GET  / HTTP/1.1\r\n", MALFORMED),
        (b"GET\t/ HTTP/1.1\r\n", MALFORMED),
        (b"GET / HTTP/1.1 \r\n", MALFORMED),
        (b"GET /  HTTP/1.1\r\n", MALFORMED),
        (b"GET / x HTTP/1.1\r\n", MALFORMED),
        (b"GET /\r\n", MALFORMED),
        (b"GET\r\n", MALFORMED),
        (b"GET /\xC3\xA4 HTTP/1.1\r\n", MALFORMED),
        (b"GET /\x7F HTTP/1.1\r\n", MALFORMED),
        (b"GET /\x00 HTTP/1.1\r\n", MALFORMED),
        (b"G(T / HTTP/1.1\r\n", MALFORMED),
        (b"GET / http/1.1\r\n", MALFORMED),
        (b"GET / HTTP/1.1x\r\n", MALFORMED),
        (b"GET / HTTP/1.10\r\n", MALFORMED),
        (b"GET / HTTP/11\r\n", MALFORMED),
        (b"GET / HTTPS/1.1\r\n", MALFORMED),
        (b"GET / HTTP/1.0\r\n", VERSION),
        (b"GET / HTTP/1.2\r\n", VERSION),
        (b"GET / HTTP/2.0\r\n", VERSION),
        (b"GET / HTTP/0.9\r\n", VERSION),
        (b"GET / HTTP/1.1\nHost: a\r\n\r\n", MALFORMED),
        (b"GET / HTTP/1.1\rHost: a\r\n\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nHost: a\n\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nHost: a\r\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nHost: a\rb\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\n\n", MALFORMED),
        (b"GET / HTTP/1.1\r\n\rx", MALFORMED),
        (b"GET / HTTP/1.1\r\n Host: a\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nHost : a\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nHost\t: a\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nHo st: a\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nHost\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\n: a\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nH\xC3\xA4: a\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nH\x00: a\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nA: \x00\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nA: \x0B\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nA: \x1B[2J\r\n", MALFORMED),
        (b"GET / HTTP/1.1\r\nA: \x7F\r\n", MALFORMED),
    ];
    for (input, want) in cases {
        check(HeadKind::Request, HeadLimits::default(), input, *want);
    }
}

#[test]
fn fields_are_found_where_they_stand() {
    let head = b"GET /a HTTP/1.1\r\nHost: a\r\nB:\r\nC-c: \t d:e \xFF\r\nHost:f\r\n\r\n";
    let want: [(&[u8], &[u8]); 4] =
        [(b"Host", b" a"), (b"B", b""), (b"C-c", b" \t d:e \xFF"), (b"Host", b"f")];
    for_each_chunking(head, |how, pieces| {
        let mut reader = HeadReader::new(HeadKind::Request, HeadLimits::default());
        for piece in pieces {
            reader.feed(piece).unwrap();
        }
        let WholeHead { bytes, fields } = reader.into_head();
        let text = |field: &FieldPlace| {
            (&bytes[field.start..field.colon], &bytes[field.colon + 1..field.end])
        };
        assert_eq!(fields.iter().map(text).collect::<Vec<_>>(), want, "{how}");
        assert_eq!(bytes, head, "{how}");
    });
}

#[test]
fn response_heads_are_read_strictly() {
    let cases: &[(&[u8], Result<usize, ErrorCode>)] = &[
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", Ok(36)),
        (b"HTTP/1.1 101 \r\nA: b\r\n\r\n", Ok(23)),
        (b"HTTP/1.1 101\r\n\r\n", Ok(16)),
        (b"HTTP/1.0 403 Forbidden\r\n\r\n", Ok(26)),
        (b"HTTP/1.1 200 \xC3\xA4\t\r\n\r\n", Ok(20)),
        (b"HTTP/2.0 200 OK\r\n\r\n", VERSION),
        (b"HTTP/1.2 200 OK\r\n\r\n", VERSION),
        (b"HTTP/1.1  200 OK\r\n\r\n", MALFORMED),
        (b"HTTP/1.1 20 OK\r\n\r\n", MALFORMED),
        (b"HTTP/1.1 2000 OK\r\n\r\n", MALFORMED),
        (b"HTTP/1.1 20x OK\r\n\r\n", MALFORMED),
        (b"HTTP/1.1\r\n\r\n", MALFORMED),
        (b"HTTP/1.1 200 O\x00K\r\n\r\n", MALFORMED),
        (b"HTTP/1.1 200 OK\n\r\n", MALFORMED),
        (b"\x81\x05hello", MALFORMED),
        (b"GET / HTTP/1.1\r\n", MALFORMED),
    ];
    for (input, want) in cases {
        check(HeadKind::Response, HeadLimits::default(), input, *want);
    }
}

#[test]
fn c02_c03_c04_limits_hold_to_the_byte() {
    let request: &[(&[u8], Result<usize, ErrorCode>)] = &[
        (b"GET /6789 HTTP/1.1\r\n\r\n", Ok(22)),
        (b"GET /67890a HTTP/1.1\r\n\r\n", Ok(24)),
        (b"GET /67890ab HTTP/1.1\r\n\r\n", URI_TOO_LONG),
        (b"AAAAAAAAAAAAAAAAAAAA", Ok(0)),
        (b"AAAAAAAAAAAAAAAAAAAAA", URI_TOO_LONG),
        (b"G / HTTP/1.1\r\nA: 45678901234567890\r\n\r\n", Ok(38)),
        (b"G / HTTP/1.1\r\nA: 456789012345678901\r\n\r\n", TOO_LARGE),
        (b"G / HTTP/1.1\r\nA: 45678901234567890\rx", MALFORMED),
        (b"G / HTTP/1.1\r\nA:\r\nB:\r\n\r\n", Ok(24)),
        (b"G / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\n", TOO_LARGE),
        (b"G / HTTP/1.1\r\nA: 4567890\r\nB: 4567890\r\n\r\n", Ok(40)),
        (b"G / HTTP/1.1\r\nA: 4567890\r\nB: 45678901\r\n\r\n", TOO_LARGE),
    ];
    for (input, want) in request {
        check(HeadKind::Request, SMALL, input, *want);
    }
    check(HeadKind::Response, SMALL, b"HTTP/1.1 200 45678901", TOO_LARGE);
    check(HeadKind::Response, SMALL, b"HTTP/1.1 200 4567890\r\n\r\n", Ok(24));
}
