//! Any bytes in any chunking: no panic, one result, and never a byte taken that is the target's.

use proptest::prelude::*;

use crate::harness::{Outcome, answered, drain, tunnel};

/// Answers in pieces in any order, so that many get far, with noise between them.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&[u8]> = vec![
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 407 x\r\n",
        b"HTTP/1.1 100 x\r\n\r\n",
        b"A: b\r\n",
        b"\r\n",
        b"\x05\x00",
        b"\x05\x02",
        b"\x01\x00",
        b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00",
        b"\x05\x00\x00\x03\x01a\x00\x00",
        b"\x05\x00\x00\x04",
        b"\x05\x05",
    ];
    let part = prop_oneof![
        10 => prop::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

/// The outcome with all asked whenever there is something to ask.
fn outcome(url: &str, pieces: &[&[u8]]) -> Outcome {
    let mut tunnel = tunnel(url, "a.example", 443);
    for (place, piece) in pieces.iter().enumerate() {
        drain(&mut tunnel, usize::MAX);
        let rest = || pieces[place + 1..].concat();
        match answered(&mut tunnel, &[piece.to_vec()]) {
            Outcome::Unfinished => {}
            Outcome::Open(left) => return Outcome::Open([left, rest()].concat()),
            refused => return refused,
        }
    }
    Outcome::Unfinished
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn d07_any_chunking_of_http_gives_the_same_result(input in input(), at: prop::sample::Index) {
        let cut = at.index(input.len() + 1);
        let whole = outcome("http://p", &[&input]);
        prop_assert_eq!(outcome("http://p", &[&input[..cut], &input[cut..]]), whole.clone());
        prop_assert_eq!(outcome("http://p", &input.chunks(1).collect::<Vec<_>>()), whole.clone());
        if let Outcome::Open(left) = whole {
            prop_assert!(input.ends_with(&left));
            prop_assert!(input[..input.len() - left.len()].ends_with(b"\r\n\r\n"));
        }
    }

    #[test]
    fn d07_any_bytes_leave_socks_in_order(input in input(), at: prop::sample::Index) {
        for url in ["socks5://p", "socks5://u:p@p"] {
            let cut = at.index(input.len() + 1);
            let whole = outcome(url, &[&input]);
            // In pieces more can come of it, as each is an answer of its own; but what is open is open.
            let pieces = outcome(url, &[&input[..cut], &input[cut..]]);
            if let Outcome::Open(left) = pieces {
                prop_assert!(input.ends_with(&left));
            }
            prop_assert!(!matches!(whole, Outcome::Open(_)), "one piece cannot answer two questions");
        }
    }
}
