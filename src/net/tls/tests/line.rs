//! Two sessions joined in memory, by a line that cuts and spoils what passes.

use proptest::prelude::*;

use super::authority::Authority;
use crate::net::tls::session::{Opened, Session, Standing};
use crate::net::tls::{TlsFailure, TlsOptions};
use crate::protocol::error::ErrorCode;
use crate::protocol::output::Output;

/// One end of the line.
pub(super) struct End {
    session: Session,
    inbox: Vec<u8>,
    records: Output,
    pub(super) received: Vec<u8>,
    pub(super) failure: Option<TlsFailure>,
    pub(super) standing: Standing,
}

impl End {
    pub(super) fn new(session: Session) -> End {
        let standing = Standing::Handshake;
        let (inbox, received) = (Vec::new(), Vec::new());
        End { session, inbox, records: Output::default(), received, failure: None, standing }
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) {
        self.inbox.extend_from_slice(bytes);
        let received = &mut self.received;
        let Opened { used, outcome } =
            self.session.open(&mut self.inbox, &mut self.records, &mut |plaintext| {
                received.extend_from_slice(plaintext)
            });
        self.inbox.drain(..used);
        match outcome {
            Ok(standing) => self.standing = standing,
            Err(failure) => self.failure = Some(failure),
        }
    }

    pub(super) fn seal(&mut self, plaintext: &[u8]) -> Result<(), TlsFailure> {
        self.session.seal(plaintext, &mut self.inbox, &mut self.records)
    }

    fn say(&mut self) -> Vec<u8> {
        let said = self.records.unsent().to_vec();
        self.records.advance(said.len());
        said
    }
}

/// A client and a server that trust each other.
fn ends() -> (End, End) {
    let authority = Authority::new("tests");
    let pair = authority.issue(&["a.example"], |_| ());
    let mut server = TlsOptions::default();
    server.add_certificate(pair.certificate.as_bytes(), pair.key.as_bytes()).unwrap();
    let mut client = TlsOptions::default();
    client.trust_system(false).unwrap();
    client.add_authorities(authority.certificate().as_bytes()).unwrap();
    let client = client.client().unwrap().session("a.example").unwrap();
    let server = server.server().unwrap().session().unwrap();
    (End::new(client), End::new(server))
}

/// Lets all that the ends say pass in pieces, until they say nothing more. `spoil` is a place in what
/// passes in all, where a byte is changed. While something has come in part, each end says something
/// of its own as soon as it can.
pub(super) fn pass(
    ends: &mut (End, End),
    piece: usize,
    spoil: Option<usize>,
    chatter: bool,
) -> usize {
    let mut passed = 0;
    for _ in 0..64 {
        let mut is_silent = true;
        for turn in 0..2 {
            let (from, to) = match turn {
                0 => (&mut ends.0, &mut ends.1),
                _ => (&mut ends.1, &mut ends.0),
            };
            let mut said = from.say();
            is_silent &= said.is_empty();
            for byte in &mut said {
                if spoil == Some(passed) {
                    *byte ^= 0x55;
                }
                passed += 1;
            }
            for bytes in said.chunks(piece) {
                to.receive(bytes);
                if chatter && to.standing == Standing::Established && to.received.len() < 4096 {
                    let _ = to.seal(b"x");
                }
            }
        }
        if is_silent {
            break;
        }
    }
    passed
}

#[test]
fn both_sides_agree_and_talk_in_pieces_of_every_size() {
    for piece in [1, 2, 5, 100, 100_000] {
        let mut ends = ends();
        ends.0.receive(&[]);
        pass(&mut ends, piece, None, false);
        assert_eq!((ends.0.failure, ends.1.failure), (None, None));
        let asked = ends.1.session.facts().unwrap().server_name;
        assert_eq!(asked, Some("a.example"));
        let message: Vec<u8> = (0..40_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        ends.0.seal(&message).unwrap();
        ends.1.seal(b"short").unwrap();
        pass(&mut ends, piece, None, false);
        assert_eq!(ends.1.received, message);
        assert_eq!(ends.0.received, b"short");
        let facts = ends.0.session.facts().unwrap();
        assert_eq!((facts.version, facts.is_resumed), (0x0304, false));
        assert_eq!(facts.alpn, Some(&b"http/1.1"[..]));
    }
}

#[test]
fn d09_what_is_sent_after_the_peer_has_ended_still_comes() {
    let mut ends = ends();
    ends.0.receive(&[]);
    pass(&mut ends, 1000, None, false);
    let End { session, inbox, records, .. } = &mut ends.0;
    session.close(inbox, records);
    pass(&mut ends, 1000, None, false);
    assert_eq!(ends.1.standing, Standing::PeerClosed);
    ends.1.seal(b"last").unwrap();
    pass(&mut ends, 1000, None, false);
    assert_eq!(ends.0.received, b"last");
}

#[test]
fn nothing_is_sealed_before_both_sides_have_keys() {
    let (mut client, mut server) = ends();
    client.receive(&[]);
    let refused = Err(ErrorCode::TlsHandshake);
    assert_eq!(client.seal(b"x").map_err(|failure| failure.error), refused);
    // A server of TLS 1.3 has its own by now.
    server.receive(&client.say());
    assert_eq!(server.seal(b"x").map_err(|failure| failure.error), refused);
}

/// A close_notify in a record that nothing protects (RFC 8446 sections 5.1 and 6.1).
const CLOSE_NOTIFY: &[u8] = b"\x15\x03\x03\x00\x02\x01\x00";

#[test]
fn c05_the_end_of_tls_within_its_handshake_is_seen() {
    let ended = TlsFailure { error: ErrorCode::TlsEnded, alert: Some(0) };
    let (mut client, mut server) = ends();
    client.receive(&[]);
    let hello = client.say();
    server.receive(&hello);
    for (mut end, front) in [(client, &[][..]), (server, &[]), (ends().1, &[]), (ends().1, &hello)]
    {
        end.receive(front);
        assert_eq!((end.standing, end.failure), (Standing::Handshake, None));
        assert_eq!(end.session.facts(), None);
        for byte in CLOSE_NOTIFY {
            assert_eq!(end.failure, None);
            end.receive(&[*byte]);
        }
        assert_eq!(end.failure, Some(ended));
        assert_eq!(end.seal(b"x"), Err(ErrorCode::TlsHandshake.into()));
    }
    let mut at_once = ends().1;
    at_once.receive(&[&hello, CLOSE_NOTIFY].concat());
    assert_eq!(at_once.failure, Some(ended));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 32 }))]

    /// Whatever is changed on the way, in the handshake or behind it, nothing else comes out than went in,
    /// and asking a failed session for more is harmless.
    #[test]
    fn d10_a_byte_that_is_changed_changes_no_plaintext(
        place in 0..8000_usize,
        piece in prop_oneof![Just(1_usize), 2..40_usize, Just(5000_usize)],
        chatter: bool,
    ) {
        let mut ends = ends();
        ends.0.receive(&[]);
        let shaken = pass(&mut ends, piece, Some(place), chatter);
        let message = [7; 3000];
        let _ = ends.0.seal(&message);
        pass(&mut ends, piece, place.checked_sub(shaken), chatter);
        // What the record layer ignores, such as its version, does no harm; a length may be waited for.
        let was_intact = ends.1.received.iter().all(|byte| [7, b'x'].contains(byte));
        prop_assert!(was_intact);
        for end in [&mut ends.0, &mut ends.1] {
            if end.failure.is_some() {
                end.receive(&[22, 3, 3, 0, 1, 0]);
                prop_assert!(end.seal(b"x").is_err());
            }
            let End { session, inbox, records, .. } = end;
            session.close(inbox, records);
        }
    }

    /// What is not TLS at all.
    #[test]
    fn c14_any_bytes_end_in_an_error_or_wait(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        begins_well: bool,
        piece in 1..600_usize,
    ) {
        for mut end in <[End; 2]>::from(ends()) {
            let head: &[u8] = if begins_well { &[22, 3, 1, 2, 0] } else { &[] };
            for bytes in head.iter().chain(&bytes).copied().collect::<Vec<u8>>().chunks(piece) {
                end.receive(bytes);
            }
            prop_assert_ne!(end.standing, Standing::Established);
        }
    }
}
