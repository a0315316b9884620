//! What both sides agree on: offers and answers to the letter (RFC 7692 section 7.1).

use oxws::protocol::deflate::terms::{Direction, Terms, Wishes, accept, conclude, offer};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::handshake::extension::parse_extensions;

fn direction(takes_over: bool, window_bits: u8) -> Direction {
    Direction { takes_over, window_bits }
}

fn wishes(own: (bool, u8), peer: (bool, u8)) -> Wishes {
    Wishes { own: direction(own.0, own.1), peer: direction(peer.0, peer.1) }
}

const FORGETFUL: ((bool, u8), (bool, u8)) = ((false, 15), (false, 15));
const LASTING: ((bool, u8), (bool, u8)) = ((true, 15), (true, 15));

#[test]
fn b02_a_client_offers_what_it_wants() {
    let cases = [
        (
            FORGETFUL,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             client_max_window_bits",
        ),
        (LASTING, "permessage-deflate; client_max_window_bits"),
        (
            ((true, 10), (false, 8)),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=8; \
             client_max_window_bits=10",
        ),
    ];
    for ((own, peer), want) in cases {
        assert_eq!(offer(&wishes(own, peer)), want);
    }
}

/// An offer, the server's wishes, its answer without the name, and the terms.
type Accepted = (&'static str, ((bool, u8), (bool, u8)), &'static str, ((bool, u8), (bool, u8)));

#[test]
fn b07_a_server_answers_each_combination_exactly() {
    let both = "; server_no_context_takeover; client_no_context_takeover";
    let cases: [Accepted; 12] = [
        ("permessage-deflate", FORGETFUL, both, FORGETFUL),
        ("permessage-deflate", LASTING, "", LASTING),
        ("permessage-deflate; client_max_window_bits", LASTING, "", LASTING),
        (
            "permessage-deflate; server_no_context_takeover",
            LASTING,
            "; server_no_context_takeover",
            ((false, 15), (true, 15)),
        ),
        (
            "permessage-deflate; client_no_context_takeover",
            LASTING,
            "; client_no_context_takeover",
            ((true, 15), (false, 15)),
        ),
        (
            "permessage-deflate; server_max_window_bits=10",
            LASTING,
            "; server_max_window_bits=10",
            ((true, 10), (true, 15)),
        ),
        (
            "permessage-deflate; server_max_window_bits=15",
            LASTING,
            "; server_max_window_bits=15",
            LASTING,
        ),
        (
            "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11",
            ((true, 9), (true, 10)),
            "; server_max_window_bits=9; client_max_window_bits=10",
            ((true, 9), (true, 10)),
        ),
        (
            "permessage-deflate; client_max_window_bits=9",
            LASTING,
            "; client_max_window_bits=9",
            ((true, 15), (true, 9)),
        ),
        // Not offered, so it may not be demanded.
        ("permessage-deflate", ((true, 15), (true, 10)), "", LASTING),
        // The first that can be accepted.
        (
            "other, permessage-deflate; server_max_window_bits=7, permessage-deflate; nothing, \
             permessage-deflate; server_max_window_bits=8, permessage-deflate",
            LASTING,
            "; server_max_window_bits=8",
            ((true, 8), (true, 15)),
        ),
        (
            "permessage-deflate; server_max_window_bits=\"10\"",
            LASTING,
            "; server_max_window_bits=10",
            ((true, 10), (true, 15)),
        ),
    ];
    for (offered, (own, peer), answer, (server, client)) in cases {
        let offers = parse_extensions(offered).unwrap();
        let (terms, text) = accept(&wishes(own, peer), &offers).unwrap();
        assert_eq!(text, format!("permessage-deflate{answer}"), "{offered}");
        assert_eq!(terms.server, direction(server.0, server.1), "{offered}");
        assert_eq!(terms.client, direction(client.0, client.1), "{offered}");
    }
}

#[test]
fn b02_b03_offers_that_are_wrong_are_declined() {
    let parameters = [
        "server_max_window_bits",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=08",
        "server_max_window_bits=8; server_max_window_bits=8",
        "client_max_window_bits=0",
        "client_max_window_bits=16",
        "client_max_window_bits=256",
        "client_max_window_bits=99999999999999999999",
        "client_max_window_bits; client_max_window_bits",
        "server_no_context_takeover=1",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover=true",
        "client_no_context_takeover; client_no_context_takeover",
        "unknown",
        "constructor",
    ];
    let settings = wishes(LASTING.0, LASTING.1);
    for text in parameters {
        let offers = parse_extensions(&format!("permessage-deflate; {text}")).unwrap();
        assert_eq!(accept(&settings, &offers), None, "{text}");
        let answered = conclude(&settings, &offers);
        assert_eq!(answered, Err(ErrorCode::HandshakeExtension), "{text}");
    }
    let others = parse_extensions("x-webkit-deflate-frame, permessage-bzip2").unwrap();
    assert_eq!(accept(&settings, &others), None);
    assert_eq!(accept(&settings, &[]), None);
}

#[test]
fn b07_a_client_takes_only_answers_that_fit_its_offer() {
    type Sides = ((bool, u8), (bool, u8));
    let cases: [(Sides, &str, Option<Sides>); 16] = [
        (LASTING, "", Some(LASTING)),
        (LASTING, "; server_no_context_takeover", Some(((false, 15), (true, 15)))),
        (LASTING, "; client_no_context_takeover", Some(((true, 15), (false, 15)))),
        (LASTING, "; server_max_window_bits=8", Some(((true, 8), (true, 15)))),
        (LASTING, "; client_max_window_bits=8", Some(((true, 15), (true, 8)))),
        (LASTING, "; client_max_window_bits=15", Some(LASTING)),
        (LASTING, "; client_max_window_bits", None),
        (FORGETFUL, "; server_no_context_takeover", Some(FORGETFUL)),
        (FORGETFUL, "", None),
        (FORGETFUL, "; client_no_context_takeover", None),
        (((true, 15), (true, 10)), "; server_max_window_bits=10", Some(((true, 10), (true, 15)))),
        (((true, 15), (true, 10)), "; server_max_window_bits=9", Some(((true, 9), (true, 15)))),
        (((true, 15), (true, 10)), "; server_max_window_bits=11", None),
        (((true, 15), (true, 10)), "", None),
        (((true, 10), (true, 15)), "", Some(((true, 15), (true, 10)))),
        (((true, 10), (true, 15)), "; client_max_window_bits=11", None),
    ];
    for ((own, peer), parameters, want) in cases {
        let answers = parse_extensions(&format!("permessage-deflate{parameters}")).unwrap();
        let want = want.map(|(server, client)| Terms {
            server: direction(server.0, server.1),
            client: direction(client.0, client.1),
        });
        let want = want.map(Some).ok_or(ErrorCode::HandshakeExtension);
        assert_eq!(conclude(&wishes(own, peer), &answers), want, "{parameters:?}");
    }
    let settings = wishes(LASTING.0, LASTING.1);
    assert_eq!(conclude(&settings, &[]), Ok(None));
    for others in ["permessage-bzip2", "permessage-deflate, permessage-deflate", "a, b"] {
        let answers = parse_extensions(others).unwrap();
        assert_eq!(conclude(&settings, &answers), Err(ErrorCode::HandshakeExtension));
    }
}

#[test]
fn both_sides_of_a_negotiation_agree() {
    let bits = [8, 9, 12, 15];
    let directions: Vec<Direction> = [true, false]
        .into_iter()
        .flat_map(|takes_over| bits.map(|window_bits| direction(takes_over, window_bits)))
        .collect();
    for own in &directions {
        for peer in &directions {
            for server_own in &directions {
                let of_client = Wishes { own: *own, peer: *peer };
                let of_server = Wishes { own: *server_own, peer: *own };
                let offers = parse_extensions(&offer(&of_client)).unwrap();
                let (terms, answer) = accept(&of_server, &offers).unwrap();
                let answers = parse_extensions(&answer).unwrap();
                assert_eq!(conclude(&of_client, &answers), Ok(Some(terms)), "{answer}");
            }
        }
    }
}
