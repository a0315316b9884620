//! A proxy that says what a table wants, and whoever asks it.

use oxws::protocol::http::HeadLimits;
use oxws::protocol::proxy::url::Proxy;
use oxws::protocol::proxy::{Received, Refusal, Target, Tunnel};

/// One exchange: what must be asked, and what is answered to it.
pub(crate) type Exchange<'a> = (&'a [u8], &'a [u8]);

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The way is open; these bytes came from the target.
    Open(Vec<u8>),
    /// There is none.
    Refused(Refusal),
    /// The proxy has said all, and it was not enough.
    Unfinished,
}

/// Begins to ask.
pub(crate) fn tunnel(proxy: &str, host: &str, port: u16) -> Tunnel {
    let proxy = Proxy::parse(proxy).expect("the URL of the proxy is right");
    let target = Target::new(host, port).expect("the target is right");
    Tunnel::new(&proxy, &target, HeadLimits::default())
}

/// Takes all of the output, a few bytes at a time.
pub(crate) fn drain(tunnel: &mut Tunnel, at_once: usize) -> Vec<u8> {
    let mut asked = Vec::new();
    while !tunnel.output().is_empty() {
        let piece = tunnel.output().len().min(at_once);
        asked.extend_from_slice(&tunnel.output()[..piece]);
        tunnel.advance(piece);
    }
    asked
}

/// Holds the conversation with every answer whole, byte by byte, and cut in two at every place; all must
/// end alike.
pub(crate) fn converse(
    start: impl Fn() -> Tunnel,
    exchanges: &[Exchange<'_>],
    want: &Outcome,
    name: &str,
) {
    let longest = exchanges.iter().map(|(_, answer)| answer.len()).max().unwrap_or_default();
    let whole = |answer: &[u8]| vec![answer.to_vec()];
    check(start(), exchanges, whole, want, name);
    let bytes = |answer: &[u8]| answer.chunks(1).map(<[u8]>::to_vec).collect();
    check(start(), exchanges, bytes, want, name);
    for cut in 1..longest {
        let in_two = |answer: &[u8]| {
            let (first, second) = answer.split_at(cut.min(answer.len()));
            vec![first.to_vec(), second.to_vec()]
        };
        check(start(), exchanges, in_two, want, name);
    }
}

fn check(
    mut tunnel: Tunnel,
    exchanges: &[Exchange<'_>],
    cut: impl Fn(&[u8]) -> Vec<Vec<u8>>,
    want: &Outcome,
    name: &str,
) {
    let mut outcome = Outcome::Unfinished;
    for (asked, answer) in exchanges {
        assert_eq!(outcome, Outcome::Unfinished, "{name}: there is more to say");
        let sent = drain(&mut tunnel, 3);
        assert_eq!(sent, *asked, "{name}: {:?}", String::from_utf8_lossy(&sent));
        outcome = answered(&mut tunnel, &cut(answer));
    }
    assert_eq!(outcome, *want, "{name}");
}

/// Hands over an answer in pieces.
pub(crate) fn answered(tunnel: &mut Tunnel, pieces: &[Vec<u8>]) -> Outcome {
    for (place, piece) in pieces.iter().enumerate() {
        match tunnel.receive(piece) {
            Ok(Received::NeedMore) => {}
            Ok(Received::Open { consumed }) => {
                let left = [&piece[consumed..], &pieces[place + 1..].concat()].concat();
                return Outcome::Open(left);
            }
            Err(refusal) => return Outcome::Refused(refusal),
        }
    }
    Outcome::Unfinished
}
