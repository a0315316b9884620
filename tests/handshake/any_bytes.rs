//! Any bytes in any chunking: no panic, one result, and never a byte taken that is not the head's.

use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::extension::parse_extensions;
use oxws::protocol::handshake::origin::OriginPolicy;
use oxws::protocol::handshake::request::Request;
use oxws::protocol::handshake::response::Response;
use oxws::protocol::http::{FieldPlace, HeadKind, HeadLimits, HeadReader};
use proptest::prelude::*;

use crate::{client, serving};

/// Pieces of heads in any order, so that many get far into one, with noise between them.
fn pieces_of_heads() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "GET / HTTP/1.1\r\n",
        "HEAD /a?b HTTP/1.1\r\n",
        "HTTP/1.1 101 x\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 103 x\r\n\r\n",
        "Host: a\r\n",
        "Upgrade: websocket\r\n",
        "Connection: Upgrade\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Sec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
        "Sec-WebSocket-Protocol: chat\r\n",
        "Sec-WebSocket-Extensions: a;b=\"c\"\r\n",
        "Content-Length: 3\r\n",
        "Origin: http://a\r\n",
        "Transfer-Encoding: chunked\r\n",
        "\r\n",
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "A:",
        " ",
        "\n",
        ",",
        "\r",
    ]);
    let part = prop_oneof![
        20 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(part, 0..14).prop_map(|parts| parts.concat())
}

/// Heads that are right for one role, often but for a line, and then anything.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let request = vec![
        "GET / HTTP/1.1",
        "Host: a",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: chat",
    ];
    let response = vec![
        "HTTP/1.1 101 x",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "Sec-WebSocket-Protocol: chat",
    ];
    let refusal = vec!["HTTP/1.1 403 x", "Content-Length: 9", "Transfer-Encoding: chunked"];
    let start = prop_oneof![
        prop::sample::subsequence(request, 6..=7),
        prop::sample::subsequence(response, 4..=5),
        prop::sample::subsequence(refusal, 1..=3),
    ];
    let end = prop::sample::select(vec!["", "\r\n", "\r\n", "A: b\r\n\r\n"]);
    (start, end, pieces_of_heads()).prop_map(|(lines, end, rest)| {
        let start: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        [start.as_bytes(), end.as_bytes(), &rest].concat()
    })
}

fn cut(input: &[u8], cuts: &[prop::sample::Index]) -> Vec<Vec<u8>> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
    places.push(input.len());
    places.sort_unstable();
    let mut start = 0;
    let pieces = places.into_iter().map(|end| {
        let piece = input[start..end].to_vec();
        start = end;
        piece
    });
    pieces.collect()
}

/// What came of a head: where its fields stand and how long it is, as far as it is there, or what is
/// wrong; and how many bytes are right.
fn read(
    kind: HeadKind,
    limits: HeadLimits,
    pieces: &[&[u8]],
) -> (Result<Vec<FieldPlace>, ErrorCode>, usize) {
    let mut reader = HeadReader::new(kind, limits);
    for piece in pieces {
        if let Err(error) = reader.feed(piece) {
            return (Err(error), reader.buffered_bytes());
        }
    }
    let bytes = reader.buffered_bytes();
    (Ok(reader.into_head().fields), bytes)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn c08_d02_any_chunking_gives_the_same_result(
        input in input(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let pieces = cut(&input, &cuts);
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let policy = OriginPolicy::SameHost;
        prop_assert_eq!(serving::serve(&pieces, &policy), serving::serve(&[&input], &policy));
        prop_assert_eq!(client::dial(&pieces), client::dial(&[&input]));
    }

    #[test]
    fn c02_c08_how_a_head_is_cut_moves_no_limit_and_no_field(
        input in input(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        (total_bytes, line_bytes, fields) in (20..300usize, 10..60usize, 0..9usize),
    ) {
        let pieces = cut(&input, &cuts);
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let bytes: Vec<&[u8]> = input.chunks(1).collect();
        for limits in [HeadLimits { total_bytes, line_bytes, fields }, HeadLimits::default()] {
            for kind in [HeadKind::Request, HeadKind::Response] {
                let want = read(kind, limits, &bytes);
                prop_assert_eq!(&read(kind, limits, &[&input]), &want);
                prop_assert_eq!(&read(kind, limits, &pieces), &want);
            }
        }
    }

    #[test]
    fn c08_a_parsed_head_is_what_was_read(input in input()) {
        let incoming = serving::serve(&[&input], &OriginPolicy::Any);
        if let serving::Outcome::Upgrade { left, .. } = incoming {
            let head = input[..input.len() - left.len()].to_vec();
            prop_assert!(head.ends_with(b"\r\n\r\n"));
            prop_assert!(Request::parse(head).is_ok());
        }
        if let client::Outcome::Accepted { left, .. } = client::dial(&[&input]) {
            let head = input[..input.len() - left.len()].to_vec();
            prop_assert!(head.ends_with(b"\r\n\r\n"));
        }
    }

    #[test]
    fn c14_noise_never_panics(
        input in prop::collection::vec(any::<u8>(), 0..200),
        text in "[a-c;,=\" \\\\\t]{0,40}|\\PC{0,40}",
    ) {
        let _ = serving::serve(&[&input], &OriginPolicy::SameHost);
        let _ = client::dial(&[&input]);
        let _ = Request::parse(input.clone());
        let _ = Response::parse(input);
        let _ = parse_extensions(&text);
    }
}
